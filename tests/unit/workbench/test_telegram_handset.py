"""The phone of a person on the simulated Telegram, as the commands of the workbench hold it."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rejoinder.model.contents import ContactCard, FormReply, Image, Location, Text
from rejoinder.model.markup import bold, code, italic, link
from rejoinder.testing.transcript import said
from rejoinder.workbench.cli import talk
from rejoinder.workbench.development import TELEGRAM_BOT_TOKEN
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.handset.handset import Handset, is_settled
from rejoinder.workbench.simulator.server import Simulator

ADA = "1111111"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def handset(simulator: Simulator) -> Handset:
    httpx.post(f"{simulator.url}/sim/reset", json={}, trust_env=False).raise_for_status()
    return Handset(simulator.url, ADA, "Ada Lovelace", channel="telegram")


def ask(simulator: Simulator, method: str, **parameters: Any) -> Any:
    """Return the result of a method of the Bot API."""
    url = f"{simulator.url}/bot{TELEGRAM_BOT_TOKEN}/{method}"
    answer = httpx.post(url, json=parameters, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_a_talk_reads_as_a_written_one(simulator: Simulator, handset: Handset) -> None:
    handset.say("/start table-7")
    keyboard = {
        "inline_keyboard": [
            [{"text": "Book", "callback_data": "b"}],
            [{"text": "Site", "url": "https://a.example"}],
        ]
    }
    ask(simulator, "sendMessage", chat_id=ADA, text="Hello!\nWhat now?", reply_markup=keyboard)
    tapped = handset.say("[Book]")
    where = {"keyboard": [[{"text": "Here", "request_location": True}]]}
    ask(simulator, "sendMessage", chat_id=ADA, text="Where?", reply_markup=where)
    handset.send(Location(latitude=52.5, longitude=13.4, name="Zoo"))
    ask(simulator, "sendVenue", chat_id=ADA, latitude=1.5, longitude=2.5, title="Home", address="Long Road 1")
    ask(
        simulator,
        "sendContact",
        chat_id=ADA,
        phone_number="15550001111",
        first_name="Grace",
        last_name="Hopper",
    )
    assert [str(one) for one in handset.shows()] == [
        "> /start table-7",
        "< Hello!\n  What now? [Book] [Site]",
        "> [Book]",
        "< (asks for a location) Where?",
        "> (location Zoo, 52.5, 13.4)",
        "< (location Home Long Road 1, 1.5, 2.5)",
        "< (contact card Grace Hopper)",
    ]
    assert len(handset.heard()) == 4
    update = ask(simulator, "getUpdates")[1]["callback_query"]
    assert tapped == f"{ADA}.{update['message']['message_id']}.t{update['id']}"


def test_files_go_both_ways_with_their_names(simulator: Simulator, handset: Handset, tmp_path: Path) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"\xff\xd8\xff meow")
    handset.send(Image("cat.jpg", caption="Look"), tmp_path)
    handset.send(ContactCard(name="Grace Hopper", phones=("+15550001111",)))
    photo, card = (update["message"] for update in ask(simulator, "getUpdates"))
    assert (photo["caption"], card["contact"]["last_name"]) == ("Look", "Hopper")
    ask(simulator, "sendPhoto", chat_id=ADA, photo=photo["photo"][-1]["file_id"], caption="Nice")
    assert [str(one) for one in handset.shows()] == [
        "> (image cat.jpg) Look",
        "> (contact card Grace Hopper)",
        "< (image cat.jpg) Nice",
    ]


def test_formatted_words_have_the_marks_of_a_written_talk(simulator: Simulator, handset: Handset) -> None:
    handset.say("hi")
    words = "<b>Dear <i>Ada</i></b>, <code>x</code> <a href='https://a.example/'>here</a>, @ada"
    ask(simulator, "sendMessage", chat_id=ADA, text=f"\N{WAVING HAND SIGN} {words}", parse_mode="HTML")
    ann, where = bold(f"Dear {italic('Ada')}"), link("here", "https://a.example/")
    body = f"\N{WAVING HAND SIGN} {ann}, {code('x')} {where}, @ada"
    assert str(handset.heard()[-1]) == said(Text(body=body))


def test_no_statuses_are_waited_for(simulator: Simulator, handset: Handset) -> None:
    handset.say("hi")
    ask(simulator, "sendMessage", chat_id=ADA, text="Hello")
    (message,) = handset.heard()
    assert handset.steps(message.id) == ["accepted"]
    assert is_settled(message, ["accepted"])


def test_the_answers_of_a_form_are_typed_as_lines(simulator: Simulator, handset: Handset) -> None:
    response = '{"full_name": "Ada", "people": 3, "wishes": ["tea", "a window"]}'
    handset.send(FormReply(name="flow", response=response, body="Sent"))
    (update,) = ask(simulator, "getUpdates")
    assert update["message"]["text"] == "full name: Ada\npeople: 3\nwishes: tea, a window"


def test_what_telegram_lacks_cannot_be_sent(handset: Handset) -> None:
    with pytest.raises(StackError, match="a handset of Telegram cannot send text"):
        handset.send(Text(body="by say"))


def test_a_file_of_a_talk_comes_with_its_bytes(
    simulator: Simulator, handset: Handset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cat.jpg").write_bytes(b"\xff\xd8\xff meow")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"/photo {tmp_path}/cat.jpg Look"))
    monkeypatch.setattr(talk, "ANSWER_SECONDS", 0)
    monkeypatch.setattr(talk, "QUIET_SECONDS", 0)
    talk.Talk(handset).hold()
    (photo,) = (update["message"]["photo"][-1] for update in ask(simulator, "getUpdates"))
    place = ask(simulator, "getFile", file_id=photo["file_id"])["file_path"]
    found = httpx.get(f"{simulator.url}/file/bot{TELEGRAM_BOT_TOKEN}/{place}", trust_env=False)
    assert found.content == b"\xff\xd8\xff meow"


def test_a_button_with_the_mark_of_a_tap_is_tapped_by_its_title(
    simulator: Simulator, handset: Handset
) -> None:
    handset.say("hi")
    marked = {
        "inline_keyboard": [[{"text": "✓ Book", "callback_data": "b"}, {"text": "A", "callback_data": "a"}]]
    }
    ask(simulator, "sendMessage", chat_id=ADA, text="What now?", reply_markup=marked)
    assert handset.say("[Book]")
    assert handset.say("[A]")
    with pytest.raises(StackError, match="shows no button"):
        handset.say("[Gone]")
