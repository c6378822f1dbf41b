"""`rejoinder chat`: talk to the bot in the terminal at once, without AWS.

An edit of the bot, or of what it requires, is used from the next line on.
"""

import io
import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import assert_never

from rejoinder.bot.bot import Bot
from rejoinder.bot.loading import load_bot, place_of
from rejoinder.bot.places import told_of
from rejoinder.errors import BotError, BotFailed
from rejoinder.model.contents import Text
from rejoinder.model.own import Echo, Failed
from rejoinder.model.spoken import FileContent
from rejoinder.model.updates import Inbound
from rejoinder.testing import Phone
from rejoinder.workbench import source
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.handset import lines
from rejoinder.workbench.requirements import Required
from rejoinder.workbench.terminal import DIM, GREEN, RED, show

GREETING = """Talk to {folder}/bot.py. [Title] taps a button. /photo cat.jpg sends a picture.
`... 25 hours` lets that time pass. /help shows the rest. An empty line ends.
Edits are used from your next line on. All is remembered until you leave.
"""

SILENCE = "(no answer: no handler matches, or the handler says nothing)"
SILENT_TIME = "(nothing is said in that time)"
HANDED_OVER = "(no answer: a person of the business has taken over, until /release)"
RELEASED = "(the bot may speak again)"


def main(folder: Path, channel: str) -> int:
    """Talk to the bot in a folder, as over a channel, until the input ends. Return 1 when there is none."""
    logging.getLogger("rejoinder").propagate = False  # what is logged here is the bot's own
    # Python takes bytecode of a file for its own when second and size agree: two quick edits may be so.
    sys.dont_write_bytecode = True
    prints = _Prints()
    loaded = _Loaded(folder, prints)
    bot = loaded.newest()
    if bot is None:
        return 1
    phone = _Phone(bot, name="You", channel=channel)
    print(GREETING.format(folder=folder))
    while typed := _read():
        edited = loaded.newest()
        if edited:
            phone.redeploys(edited)
        _turn(phone, typed, folder, prints)
    return 0


def _turn(phone: "_Phone", typed: str, folder: Path, prints: "_Prints") -> None:
    """Do what a line says, and show what comes of it."""
    try:
        line = lines.read(typed)
        if isinstance(line, lines.Sending):
            show(f"({line.told})", DIM)
        with prints.shown():
            seen = len(phone.received)
            answers = [*_answers(phone, line), *phone.unsent()]
    except (lines.Mistyped, KeyError) as error:
        show(f"! {error.args[0].partition('; the talk so far')[0]}", RED)
    except (BotError, BotFailed) as error:
        _tell(error.__cause__ or error, folder)
    else:
        for answer in answers:
            show(answer, GREEN if answer.startswith("<") else DIM)
        for file in phone.received[seen:]:
            show(f"({file.name} is in {file.path.parent})", DIM)


def _answers(phone: "_Phone", line: lines.Line) -> list[str]:
    match line:
        case lines.Words():
            return phone.says(line.words) or phone.silence()
        case lines.Choice():
            return phone.taps(line.title) or phone.silence()
        case lines.Sending(content=content, file=file):
            if file and isinstance(content, FileContent):
                content = replace(content, file=file)
            return phone.sends(content) or phone.silence()
        case lines.Passing():
            return phone.waits(minutes=line.time / timedelta(minutes=1)) or phone.silence(SILENT_TIME)
        case lines.ByHand():
            answers = phone.sends(Echo(content=Text(body=line.words)))
            return [f"(a person of the business answers: {line.words})", *answers]
        case _:
            return _about(phone, line)


def _about(phone: "_Phone", asked: lines.Bare) -> list[str]:
    match asked:
        case "release":
            return [RELEASED, *phone.is_released()]
        case "data":
            return [json.dumps(phone.data, indent=2, ensure_ascii=False, default=str)]
        case "help":
            return [lines.A_PHONE, lines.MORE]
        case _:
            assert_never(asked)


def _tell(error: BaseException, folder: Path) -> None:
    """Show an error of the bot: one line, and the way to it when the line does not say it all."""
    show(f"! {place_of(error, folder)}", RED)
    if not isinstance(error, BotError | SyntaxError):
        show("  " + told_of(error, folder).rstrip().replace("\n", "\n  "), DIM)


def _read() -> str:
    prompt = "> " if sys.stdin.isatty() else ""
    try:
        words = input(prompt).strip()
    except (EOFError, KeyboardInterrupt):
        print()
        return ""
    if words and not prompt:
        print(f"> {words}")
    return words


class _Phone(Phone):
    _failures: tuple[str, ...] = ()

    @property
    def data(self) -> Mapping[str, object]:
        """What the bot keeps in `chat.data`."""
        return next((one.data for one in self._store.conversations.values()), {})

    def silence(self, why: str = SILENCE) -> list[str]:
        """Return what a person is told when the bot says nothing: nothing more if `unsent` tells why."""
        if self._failures:
            return []
        is_handed_over = why == SILENCE and any(one.handoff for one in self._store.conversations.values())
        return [HANDED_OVER if is_handed_over else why]

    def unsent(self) -> list[str]:
        """Return why messages of the last turn did not go out, once."""
        failures, self._failures = self._failures, ()
        return [f"(a message did not go out: {one})" for one in failures]

    def _turn(self, inbound: Inbound) -> None:
        if isinstance(inbound.content, Failed):
            self._failures += (inbound.content.reason,)
        super()._turn(inbound)


class _Prints(io.TextIOBase):
    """Takes what the bot prints, and shows it as the bot's own: its lines begin with `|`.

    There is one for all turns, because a bot may keep the standard output that it was loaded with.
    """

    def __init__(self) -> None:
        self._screen = sys.stdout
        self._is_within_turn = self._is_within_line = False

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show what is printed meanwhile."""
        self._is_within_turn = True
        try:
            with redirect_stdout(self), redirect_stderr(self):
                yield
        finally:
            self._is_within_turn = False
            if self._is_within_line:
                self.write("\n")

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        """Show a text that was printed, line by line."""
        if self._is_within_turn and sys.stdout is not self:
            return len(text)  # the phone runs each turn twice, and hides what is printed in the second run
        for part in text.splitlines(keepends=True):
            words = part.removesuffix("\n")
            end = part.removeprefix(words)
            show(words if self._is_within_line else f"| {words}", DIM, end=end, to=self._screen)
            self._is_within_line = not end
        return len(text)


class _Loaded:
    """The bot of a folder. It is read again when one of its files, or what it requires, has changed."""

    def __init__(self, folder: Path, prints: _Prints) -> None:
        self._folder = folder
        self._prints = prints
        self._required = Required(bot=folder)
        self._seen: dict[Path, int] = {}
        self._was_read = False

    def newest(self) -> Bot | None:
        """Return the bot if it has changed since the last call; else None. Show an error in its files."""
        files = {}
        for file in source.files([self._folder]):
            with suppress(FileNotFoundError):  # a temporary file of an editor
                if file.suffix == ".py":
                    files[file] = file.stat().st_mtime_ns
        is_edited = files != self._seen or not files
        if is_edited and self._seen:
            show(f"({self._folder} was edited)", DIM)
        self._seen = files
        return self._load() if self._requires_others() or is_edited else None

    def _requires_others(self) -> bool:
        try:
            return self._required.use()
        except StackError as error:
            show(f"! {error}", RED)
        return False

    def _load(self) -> Bot | None:
        try:
            with self._prints.shown():
                bot = load_bot(self._folder)
            self._was_read = True
            return bot
        except BotError as error:
            show(f"! {error}", RED)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - it may be half written
            _tell(error, self._folder)
        if self._was_read:
            show("(the bot from before goes on)", DIM)
        return None
