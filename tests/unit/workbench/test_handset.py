"""The phone of a contact in the simulator, as the commands of the workbench hold it."""

import io
import ssl
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from rejoinder.bot.templates.showing import shown_of
from rejoinder.channels.whatsapp.contents import parse_content
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    FormReply,
    Image,
    Location,
    Sticker,
    Text,
    Video,
)
from rejoinder.model.files import File
from rejoinder.model.people import Contact
from rejoinder.model.said import Card, Carousel, OutboundContent, SaidFile, Template, with_files
from rejoinder.model.updates import InboundContent
from rejoinder.testing.transcript import said
from rejoinder.workbench.cli import talk
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.handset.handset import Handset, Shown, is_settled
from rejoinder.workbench.handset.seen import words_of
from rejoinder.workbench.simulator.server import Simulator
from tests.stored.samples import SAID
from tests.unit.simulator.kit import ADA, NUMBER, TOKEN, Webhook
from tests.unit.template_files.files import written


def test_looking_at_the_phones_again_and_again_loads_no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make run` looks three times a second."""
    loaded: list[object] = []
    with Simulator() as simulator:
        monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: loaded.append(1))
        assert Handset(simulator.url, "").shows() == []
    assert not loaded


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()
    yield webhook
    webhook.close()


@pytest.fixture
def handset(webhook: Webhook) -> Iterator[Handset]:
    with Simulator() as simulator:
        simulator.register_webhook(webhook.url)
        yield Handset(simulator.url, ADA, "Ada")


@pytest.mark.parametrize(
    "content",
    [
        Image(media_id="1", mime_type="image/jpeg", sha256="4WMP=", caption="Look"),
        Video(media_id="2", mime_type="video/mp4"),
        Audio(media_id="3", mime_type="audio/mp4"),
        Audio(media_id="4", mime_type="audio/ogg; codecs=opus", voice=True),
        Document(media_id="5", mime_type="application/pdf", filename="menu.pdf", caption="Our menu"),
        Sticker(media_id="6", mime_type="image/webp"),
        Location(latitude=52.5, longitude=13.4),
        Location(latitude=52.5, longitude=13.4, name="Zoo"),
        ContactCard(name="Ada Lovelace", first_name="Ada", phones=("15550001111",)),
        FormReply(name="flow", response='{"people": 4}', body="Sent"),
    ],
    ids=str,
)
def test_what_a_handset_sends_reaches_the_bot_as_it_was(
    handset: Handset, webhook: Webhook, content: InboundContent
) -> None:
    message_id = handset.send(content)
    (message,) = webhook.items("messages")
    assert (message["id"], message["from"]) == (message_id, ADA)
    assert parse_content(message) == content


def test_a_handset_sends_nothing_that_a_phone_cannot(handset: Handset) -> None:
    with pytest.raises(StackError, match="cannot send text"):
        handset.send(Text(body="by say"))


def test_a_talk_takes_the_commands_that_a_phone_can_do(
    handset: Handset,
    webhook: Webhook,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "my cat.jpg").write_bytes(b"meow")
    typed = [
        "hi",
        "//hi",
        f"/photo {tmp_path}/my cat.jpg Look",
        "/location 52.5 13.4",
        "/contact Ada 15550001111",
    ]
    typed += ["[Nothing]", "/foto", "/wait 1 day", "/human hello", "/release", "/data", "/help"]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(typed)))
    monkeypatch.setattr(talk, "ANSWER_SECONDS", 0)
    monkeypatch.setattr(talk, "QUIET_SECONDS", 0)
    talk.Talk(handset).hold()
    sent = webhook.items("messages")
    assert [message["type"] for message in sent] == ["text", "text", "image", "location", "contacts"]
    assert [message["text"]["body"] for message in sent[:2]] == ["hi", "/hi"]
    assert sent[2]["image"]["caption"] == "Look"
    shown = capsys.readouterr().out
    assert "(photo my cat.jpg, image/jpeg, 1 KB)" in shown
    for told in (
        "(the simulator says: no message with the choice 'Nothing' was sent",
        "(there is no command /foto: is it /photo?",
        "(time is real here; only `rejoinder chat` can let it pass)",
        "> /human hello\n(only `rejoinder chat` can do this)",
        "(`rejoinder release` ends a handoff of the running stack)",
        "> /data\n(only `rejoinder chat` can do this)",
        "/photo FILE [CAPTION]",
    ):
        assert told in shown


LINKED = Card(
    header=Image("https://example.com/1.jpg"), body="First", title="Open", url="https://example.com/1"
)
CAROUSEL = Carousel(
    body="Look", cards=(LINKED, replace(LINKED, body="Second"))
)  # Meta takes cards of one kind


@pytest.fixture(scope="module")
def shop() -> Iterator[tuple[Simulator, Handset]]:
    """Return a simulator that knows the template of the samples, and a phone with an open window."""
    webhook = Webhook()
    with Simulator() as simulator:
        simulator.register_webhook(webhook.url)
        template = {"name": "still_there", "language": "en_US", "body": "Hello {{1}}, number {{2}}"}
        url = f"{simulator.url}/sim/templates"
        httpx.post(url, json=template, trust_env=False).raise_for_status()
        handset = Handset(simulator.url, ADA, "Ada")
        handset.say("hi")
        yield simulator, handset
    webhook.close()


@pytest.mark.parametrize(
    "content",
    [CAROUSEL if isinstance(content, Carousel) else content for content in SAID],
    ids=lambda content: content.kind,
)
def test_a_message_of_the_bot_reads_on_a_phone_as_in_a_written_talk(
    shop: tuple[Simulator, Handset], content: OutboundContent
) -> None:
    simulator, handset = shop

    def given(media: SaidFile) -> SaidFile:
        if not isinstance(media.file, File):
            return media
        return replace(media, media_id=simulator.shelf.add(b"x", media.file.mime_type, media.file.name))

    body = render(Contact(id=ADA, phone=ADA), with_files(content, given), "callback")
    url = f"{simulator.url}/v25.0/{NUMBER}/messages"
    httpx.post(url, json=body, headers=TOKEN, trust_env=False).raise_for_status()
    assert str(handset.heard()[-1]) == said(content)


def test_a_template_of_the_bot_reads_on_a_phone_as_in_a_written_talk(
    shop: tuple[Simulator, Handset], tmp_path: Path
) -> None:
    simulator, _ = shop
    text = """
category: utility
languages:
  en:
    header: "Order {{1}}"
    body: "Hello {{1}}, it is on its way."
    buttons: [{type: quick_reply, text: Track}]
"""
    catalog = written(tmp_path, own_order=text)
    approved = {"name": "own_order", "language": "en", "header": "Order {{1}}"}
    words = {"body": "Hello {{1}}, it is on its way.", "buttons": ["Track"]}
    httpx.post(f"{simulator.url}/sim/templates", json=approved | words, trust_env=False).raise_for_status()
    content = Template("own_order", language="en", parameters=("Ada",), header="7", category="utility")
    body = render(Contact(id=ADA, phone=ADA), content, "callback")
    url = f"{simulator.url}/v25.0/{NUMBER}/messages"
    httpx.post(url, json=body, headers=TOKEN, trust_env=False).raise_for_status()
    handset = Handset(simulator.url, ADA, "Ada", catalog)
    expected = "< (template own_order en) Order 7\n  Hello Ada, it is on its way. [Track]"
    assert str(handset.heard()[-1]) == said(content, shown_of(content, catalog)) == expected


def test_what_a_contact_sends_reads_as_in_a_written_talk(handset: Handset) -> None:
    handset.say("hi")
    handset.send(Location(latitude=52.5, longitude=13.4, name="Zoo"))
    assert [str(one) for one in handset.shows()] == ["> hi", "> (location Zoo, 52.5, 13.4)"]


def test_a_reaction_is_settled_when_it_is_sent() -> None:
    words, reaction = (
        Shown(id="1", ours=False, text=text, choices=(), status="sent") for text in ("Hi", "(reaction 👍)")
    )
    assert not is_settled(words, ["accepted", "sent"])
    assert is_settled(words, ["accepted", "sent", "read"])
    assert not is_settled(reaction, ["accepted"])
    assert is_settled(reaction, ["accepted", "sent"])


def test_a_message_that_no_phone_sends_is_shown_by_its_type() -> None:
    line = {"direction": "in", "text": "[location]", "content": {"type": "location", "location": "here"}}
    assert words_of(line) == "[location]"
