"""`rejoinder debug` finds a talk or a failed update in the table and the queues, and only reads them."""

import io
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.model import OperationModel
from mypy_boto3_s3 import S3Client

from rejoinder.bot.bot import Bot
from rejoinder.bot.loading import load_bot
from rejoinder.model.contents import Document
from rejoinder.model.ids import conversation_key
from rejoinder.model.own import Reminder
from rejoinder.model.people import Contact
from rejoinder.model.updates import Inbound
from rejoinder.services.keep import Keeper
from rejoinder.testing.memory_files import MemoryFiles, MemoryMedia, memory_keeper
from rejoinder.workbench.cli import debug, redrive
from rejoinder.workbench.deployment.deployed import PARTS, Deployed, Where
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import StackError
from rejoinder.workbench.stack.local import OUTPUTS
from tests.moto.conftest import REGION
from tests.moto.stacks import create_stack
from tests.moto.test_operations import BOB, ids, items, process, put
from tests.moto.watched import at_once, place
from tests.unit.worlds import ACCOUNT, ADA, inbound

__all__ = ["at_once", "place"]

pytestmark = pytest.mark.slow

BOT = """
from rejoinder import Bot, Chat, Document

bot = Bot()

@bot.on("book")
def book(chat: Chat) -> None:
    day = chat.ask("Which day?", ["Today", "Tomorrow"])
    ref = chat.step(reserve, day)
    people = chat.ask("For how many?", int)
    place = chat.step(seat, people)
    table = TABLES[people]
    chat.say(f"Done: {ref}, {place}, {table}.")

@bot.on("read")
def read(chat: Chat) -> None:
    file = chat.save(chat.ask("Send it.", Document))
    chat.ask(file.read().decode())

@bot.on()
def fail(chat: Chat) -> None:
    chat.say("Soon.")
    raise LookupError("fail")

@bot.start
def start(chat: Chat) -> None:
    chat.ask("Hello! What?")

@bot.otherwise
def otherwise(chat: Chat) -> None:
    raise LookupError("otherwise")

TABLES = {2: "A"}

def reserve(day: str) -> str:
    return f"R-{day}"

def seat(people: int) -> str:
    return f"S{people}"
"""

PAGE = Path(__file__).parents[2] / "docs" / "debugging.md"

READS = {
    *("GetItem", "BatchGetItem", "Query", "Scan", "GetObject"),
    # The dead letters are looked at, and given back at once, as `rejoinder redrive` does.
    *("ReceiveMessage", "ChangeMessageVisibility"),
}

Debug = Callable[..., str]


@pytest.fixture(autouse=True)
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Yield the names of the calls of AWS. A client is made once, because that takes longer than a call."""
    calls: list[str] = []

    def called(model: OperationModel, **_more: object) -> None:
        calls.append(model.name)

    emitter = boto3._get_default_session()._session.get_component("event_emitter")
    emitter.register("before-call", called)
    monkeypatch.setattr(boto3, "client", cache(boto3.client))
    yield calls
    emitter.unregister("before-call", called)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of the bot."""
    (tmp_path / "bot.py").write_text(BOT)
    return tmp_path


@pytest.fixture
def bot(folder: Path) -> Bot:
    return load_bot(folder)


@pytest.fixture
def debugs(
    place: Deployed,
    folder: Path,
    calls: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Debug:
    """Return a function that debugs what is named, with what a person types, and returns what they see.

    It checks that AWS was only asked, and that the table is as it was.
    """

    def debugs(named: str, *typed: str, place: Deployed = place) -> str:
        before = items(place)
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in typed)))
        capsys.readouterr()
        calls.clear()
        counted: Any = boto3.client  # by the fixture `calls`
        debug.show(replace(place, client=counted), folder, named)
        assert {"GetItem", "ReceiveMessage"} <= {*calls} <= READS
        assert items(place) == before
        return capsys.readouterr().out

    return debugs


def say(
    place: Deployed,
    bot: Bot,
    *words: str | Document,
    contact: Contact = ADA,
    outside: Keeper | None = None,
) -> list[Inbound]:
    """Let a contact say some words, one after another, and return the updates."""
    updates = []
    for number, said in enumerate(words):
        id = f"wamid.{contact.id}.{number}"
        updates.append(inbound(said, id=id, contact=contact, at=time.time()))
        process(place, updates[-1], bot=bot, outside=outside)
    return updates


def key_of(contact: Contact) -> str:
    return conversation_key(str(ACCOUNT), contact.id)


def test_a_talk_is_found_by_key_by_contact_and_by_the_correlation_id_of_what_was_said_in_it(
    place: Deployed, bot: Bot, debugs: Debug
) -> None:
    _, last = say(place, bot, "book", "today")
    say(place, bot, "book", contact=BOB)
    for named in (key_of(ADA), "+15550002001", ADA.id, last.hashed_id, last.hashed_id[:8]):
        seen = debugs(named, "c")
        assert "(not sent) < Which day? [Today] [Tomorrow]\n> today\n(not sent) < For how many?" in seen
        assert f"conversation {key_of(ADA)}" in seen


def test_a_failed_update_comes_again_on_the_line_that_raised(
    place: Deployed, bot: Bot, debugs: Debug
) -> None:
    *_, parked = say(place, bot, "book", "today", "7")
    (id,) = ids(_listing(place))
    for named in (id, parked.hashed_id, parked.hashed_id[:8], key_of(ADA), "15550002001"):
        seen = debugs(named, "c", "p (day, ref, people, place)", "q")
        assert "the bot failed: KeyError at bot.py:12" in seen
        assert "> today\n" in seen
        assert "(not sent) < For how many?\n> 7\n" in seen
        assert "KeyError: 7" in seen
        assert "(Pdb) ('today', 'R-today', 7, 'S7')" in seen.replace("Today", "today")
    assert ids(_listing(place)) == [id], "it is still set aside"


def test_the_talk_of_a_failed_update_is_that_of_its_time_and_not_a_newer_one(
    place: Deployed, bot: Bot, debugs: Debug
) -> None:
    say(place, bot, "book", "today", "7")
    (id,) = ids(_listing(place))
    process(place, inbound("book", id="wamid.new", at=time.time()), bot=bot)
    seen = debugs(id, "b 12", "c", "p place", "c", "q")
    assert "(book begins, with 3 entries in its journal)" in seen
    assert "(Pdb) 'S7'" in seen
    assert "KeyError: 7" in seen
    assert "(book begins, with 1 entry in its journal)" in debugs(key_of(ADA), "q")


def test_a_failed_reminder_comes_again_beside_the_talk(place: Deployed, bot: Bot, debugs: Debug) -> None:
    say(place, bot, "book")
    reminder = inbound(Reminder(handler="fail", given={"n": 3}), id="reminder-1", at=time.time())
    process(place, reminder, bot=bot)
    (id,) = ids(_listing(place))
    seen = debugs(id, "n", "n", "p chat.given", "q", "q")
    assert "(fail begins, with 0 entries in its journal)" in seen
    assert "(Pdb) {'n': 3}" in seen


def test_a_failed_message_that_began_no_talk_comes_again(place: Deployed, bot: Bot, debugs: Debug) -> None:
    say(place, bot, "hi", "there", "what")
    (id,) = ids(_listing(place))
    seen = debugs(id, "c", "q")
    assert "LookupError: otherwise" in seen
    assert "> what" in seen


def test_of_several_failed_updates_of_a_contact_the_newest_comes_again(
    place: Deployed, bot: Bot, debugs: Debug
) -> None:
    say(place, bot, "hi", "there", "first", "second")
    say(place, bot, "hi", "there", "third", contact=BOB)
    assert len(ids(_listing(place))) == 3
    seen = debugs(key_of(ADA), "c", "q")
    assert "> second" in seen
    assert "> first" not in seen


def test_a_redriven_update_no_longer_keeps_the_talk(place: Deployed, bot: Bot, debugs: Debug) -> None:
    *_, parked = say(place, bot, "book", "today", "7")
    assert any("talk" in item for item in items(place))
    redrive.put_back(place, {*ids(_listing(place))})
    assert not any("talk" in item for item in items(place))
    assert parked.id


def test_files_of_the_contact_are_read_where_they_are_kept(
    place: Deployed, bot: Bot, debugs: Debug, s3: S3Client, unique: str
) -> None:
    bucket = f"{unique}-media"
    s3.create_bucket(Bucket=bucket)
    files, media = MemoryFiles(), MemoryMedia(of_contacts={"1": ("text/plain", b"What it says")})
    document = Document(media_id="1", mime_type="text/plain", filename="a.txt")
    say(place, bot, "read", document, outside=memory_keeper(files, media))
    for file, content in files.kept.values():
        s3.put_object(Bucket=bucket, Key=file.key, Body=content)
    seen = debugs(key_of(ADA), "c", place=replace(place, media_bucket_name=bucket))
    assert "> (document a.txt)\n(not sent) < What it says\n" in seen


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("a" * 8, f"nothing is kept under {'a' * 8}"),
        ("a" * 26, f"nothing is kept under {'a' * 26}"),
        ("15550009999", "nothing is kept under 15550009999: name a contact"),
        (BOB.id, "no talk is in progress in the conversation"),
        ("", "name the contact"),
    ],
)
def test_what_cannot_be_found_is_one_line(
    named: str, told: str, place: Deployed, bot: Bot, debugs: Debug
) -> None:
    say(place, bot, "book")
    say(place, bot, "hi", "there", contact=BOB)
    with pytest.raises(StackError, match=re.escape(told)):
        debugs(named)


def test_of_a_dead_letter_on_which_the_bot_did_not_fail_it_is_said(place: Deployed, debugs: Debug) -> None:
    queued = '{"format":1,"account":"whatsapp:1","received_at":1,"updates":[{}]}'
    put(place, place.inbound_dlq_url, queued, "group")
    (id,) = ids(_listing(place))
    with pytest.raises(StackError, match=f"did not fail on the dead letter {id}: the processor"):
        debugs(id)


def test_a_bot_that_cannot_be_loaded_is_one_line(
    place: Deployed, folder: Path, bot: Bot, debugs: Debug
) -> None:
    say(place, bot, "book")
    (folder / "bot.py").write_text("import nothing_here")
    with pytest.raises(StackError, match=r"bot.py:1: .*nothing_here"):
        debugs(key_of(ADA))


class Terminal(io.StringIO):
    """Standard input of somebody who types, and sees what they type."""

    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]  # of bytes
        line = super().readline()
        sys.stdout.write(line)
        return line


def test_the_session_on_the_page_goes_as_it_is_written(
    place: Deployed, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = PAGE.read_text()
    code, session = re.findall(r"^```(?:python|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[:2]
    (folder / "bot.py").write_text(code)
    say(place, load_bot(folder), "book", "Today", "7")
    (id,) = ids(_listing(place))
    command, _, seen = session.partition("\n")
    typed = re.findall(r"^\(Pdb\) (.*)$", session, re.MULTILINE)
    monkeypatch.setattr("sys.stdin", Terminal("".join(f"{line}\n" for line in typed)))
    outputs = {output: output for output in OUTPUTS.values()}
    outputs |= {OUTPUTS[part]: getattr(place, part) for part in PARTS} | {"MediaBucketName": ""}
    create_stack(place.stack_name, outputs, REGION)
    assert debug.main(Project(root=folder, bot=folder), Where(stack=place.stack_name), id) == 0
    assert capsys.readouterr().out.replace(f"{folder}/", "/home/ada/cafe/bot/") == seen
    assert command.startswith("$ rejoinder debug ")


def _listing(place: Deployed) -> str:
    with pytest.MonkeyPatch.context() as patch:
        out = io.StringIO()
        patch.setattr("sys.stdout", out)
        redrive.show(place)
        return out.getvalue()
