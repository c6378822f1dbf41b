"""The part of `Chat` that goes through a journal: what a handler sees, and how it gets an answer."""

import inspect
import json
import math
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, Literal, NoReturn, TypeVar, overload

from rejoinder.bot.codec import Unknown
from rejoinder.bot.endings import Suspended
from rejoinder.bot.journal import JournalMismatch, Replay
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.questions import MAX_ANSWERS, Question, Reader, WrongAnswer, value_again
from rejoinder.bot.steps import Steps
from rejoinder.bot.storable import Data, parts_of
from rejoinder.bot.templates.own import AnyTemplate, OwnTemplate
from rejoinder.bot.turn import OpenTurn, Watch
from rejoinder.bot.window import OutsideWindow
from rejoinder.errors import BotError, NoAnswer, SuspensionSwallowed
from rejoinder.model.contents import Text
from rejoinder.model.data import JsonObject
from rejoinder.model.own import TimeUp
from rejoinder.model.people import Contact
from rejoinder.model.room import has_room
from rejoinder.model.said import OutboundContent, Template
from rejoinder.model.sizes import cut
from rejoinder.model.talk import MAX_GIVEN_UP_BYTES, Answered, Asked
from rejoinder.model.updates import Content_co, Inbound

T = TypeVar("T")

_HERE = __file__.rpartition("/")[0]


class Asking(Generic[Content_co]):
    """What a handler sees, and how its questions are asked and answered."""

    contact: Contact
    """Who writes, as they were when the handler began. The name is never empty: without one it is what
    `Bot(nameless=…)` says. `chat.message.contact` has what the network told."""

    data: dict[str, Any]
    """A dictionary that is kept for this contact: JSON values, 64 KB at most."""

    given: dict[str, Any]
    """What the handler was begun with: the slots of its intent, or what was given to `later` or `go`."""

    language: str
    """The contact's language, such as `de`. Set it, and what the bot says by itself follows; it is kept."""

    missed: tuple[Inbound, ...]
    """What the contact said during a handoff, when the handler of `on(Release)` runs."""

    opted_out: bool
    """Whether the contact wants no offers."""

    def __init__(self, replay: Replay, turn: OpenTurn) -> None:
        begun = replay.begun
        self.contact = begun.message.contact.called(turn.phrases(begun.language).nameless)
        self.found_data: Mapping[str, str] = JsonObject.of(begun.data).parts
        """The data as the handler found it. rejoinder itself uses this."""
        self.data = Data.of_parts(self.found_data)
        self.given = json.loads(json.dumps(begun.given)) if begun.given else {}
        self.language = begun.language
        self.missed = begun.missed
        self.opted_out = begun.opted_out
        self.suspended_at: str = ""
        """The file and line at which the handler waits; empty while it runs. rejoinder itself uses this."""
        self.found_language: str = begun.language
        """The language as the handler found it. rejoinder itself uses this."""
        self.steps: Steps = Steps(replay, turn)
        """The steps of the talk. rejoinder itself uses this; a handler calls `chat.step`."""
        self._replay = replay
        self._turn = turn
        self._thread = threading.get_ident()
        # What it holds is Content_co, because the handler was registered for that.
        self._heard: Inbound[Any] | Answered = turn.as_it_came(begun.message)
        self._is_reading = False
        self._sees = None if type(turn.watch) is Watch else turn.watch.sees  # that one looks away

    @property
    def message(self) -> Inbound[Content_co]:
        """What they wrote last: the message that began the handler, then each answer.

        Its words are `message.text`. Once the handler has asked again, an earlier answer has its content and
        its time, and no `id`.
        """
        if isinstance(self._heard, Answered):
            begun = self._replay.begun.message
            self._heard = Inbound(
                id="",
                account=begun.account,
                contact=begun.contact,
                at=self._heard.at,
                content=self._heard.content,
            )
        return self._heard

    @property
    def _phrases(self) -> Phrases:
        return self._turn.phrases(self.language)

    def _does(self, what: str, *details: object) -> None:
        """Check that the handler may do something now, and let the watch see it."""
        if self.suspended_at or self.steps.running or self._is_reading:
            self._refuse(what)
        if threading.get_ident() != self._thread:
            raise BotError(f"{what} in another thread: a handler does one thing after another")
        if self.steps.has_failed:
            self.steps.went_on()
        if self._sees:
            self._sees(what, *details)

    def _refuse(self, what: str) -> None:
        """Raise an error where the handler may not do that now."""
        self.refuse_swallowed()
        if self.steps.running:
            raise BotError(f"{what} inside the step {self.steps.running}: a step only gives back a result")
        if what not in ("now", "window"):
            raise BotError(f"{what} while an answer is read: a converter only returns what the answer means")

    def refuse_swallowed(self) -> None:
        """Raise SuspensionSwallowed when the handler goes on, or ends, after it was suspended.

        rejoinder itself uses this.
        """
        if self.suspended_at:
            raise SuspensionSwallowed(
                f"the handler went on after asking at {self.suspended_at}: let what ask() raises pass"
            )

    def _again(self, answer: Any, entry: Answered) -> Any:
        """Return what an earlier answer became, or raise NoAnswer where there was none."""
        self._see(entry)
        self._heard = entry
        if entry.gave_up:
            raise NoAnswer(entry.gave_up)
        try:
            value = value_again(answer, entry)
        except Unknown as unknown:
            raise JournalMismatch(f"the answer to a question: {unknown}") from unknown
        if self._sees:
            self._sees("get the answer", value)
        return value

    def _answer(self, asked: Question, answer: Any, waiting: Asked) -> Any:
        """Return the first answer that fits. Without one, the question goes on waiting, or is given up."""
        waiting, said = replace(waiting, answers=()), waiting.answers
        retry = ""
        for message in said:
            self._heard = self._turn.as_it_came(message)
            if isinstance(message.content, TimeUp):
                return self._again(answer, self._settled(asked, message, gave_up="timeout"))
            try:
                entry = self._settled(asked, message, waiting)
            except WrongAnswer as wrong:
                if message.at < math.floor(waiting.repeated_at):  # the bot had not asked again yet
                    continue
                waiting = replace(waiting, wrong=waiting.wrong + 1, wrong_id=message.newest_id or message.id)
                retry = self._phrases.too_long if wrong.too_long else asked.retry
                continue
            value = self._again(answer, entry)
            self._heard = self._turn.as_it_came(message)
            return value
        if waiting.wrong >= MAX_ANSWERS:
            return self._again(answer, self._settled(asked, said[-1], gave_up="wrong"))
        if not self._replay.is_live:
            raise JournalMismatch("an answer that fitted fits no longer")
        if retry:
            waiting = self._put(asked, retry, replace(waiting, repeated_at=self._turn.now), None)
        self._replay.rewrite(waiting)
        # Since the question was asked, the handler has changed nothing, and others may have.
        self.found_data, self.found_language = parts_of(self.data, "chat.data"), self.language
        return self._suspend()

    def _settled(
        self, asked: Question, message: Inbound, waiting: Asked | None = None, *, gave_up: str = ""
    ) -> Answered:
        """Return the entry of a question that has its answer, and write it into the journal.

        Raises WrongAnswer when `message` does not fit, or is too long for what the journal keeps already.
        """
        entry = Answered(name=asked.kind, content=message.content, at=message.at, gave_up=gave_up)
        if waiting:
            entry = self._read(asked, message, waiting)
        if self._replay.is_live:
            entry = self._with_changes(entry)
        self._replay.rewrite(entry)
        if not self._replay.is_live or has_room(self._replay.journal):
            return entry
        if waiting:
            self._replay.rewrite(waiting)
            raise WrongAnswer(too_long=True)
        entry = entry._replace(content=Text(body=cut(message.text, MAX_GIVEN_UP_BYTES)))
        self._replay.rewrite(entry)
        return entry

    def _read(self, asked: Question, message: Inbound, waiting: Asked) -> Answered:
        """Return what `message` is to the question. A converter must leave everything else as it was."""
        before = parts_of(self.data, "chat.data"), self.language
        self._is_reading = True
        try:
            return asked.answered(message, waiting, self._reader(message.at))
        finally:
            self._is_reading = False
            if (parts_of(self.data, "chat.data"), self.language) != before:
                raise BotError(f"{asked.kind} changed chat: a converter only returns what the answer means")

    def _with_changes(self, entry: Answered) -> Answered:
        """Return `entry` with what others changed while the question waited. From here on, only what this
        handler changes counts as its own.
        """
        data = JsonObject.of(self._turn.data)
        mine, theirs = parts_of(self.data, "chat.data"), data.parts
        wish: Literal["stop", "resume"] = "stop" if self._turn.opted_out else "resume"
        self.found_data, self.found_language = theirs, self._turn.language
        changes: dict[str, Any] = {
            "data": {name: data[name] for name, part in theirs.items() if part != mine.get(name)},
            "removed": tuple(name for name in mine if name not in theirs),
            "language": "" if self.language == self._turn.language else self._turn.language,
            "wish": "" if self.opted_out == self._turn.opted_out else wish,
        }
        return entry._replace(**changes) if any(changes.values()) else entry

    def _see(self, entry: Answered) -> None:
        """Change data, language and wish as others did while the question of `entry` waited."""
        if entry.data or entry.removed:
            self.data |= json.loads(json.dumps(dict(entry.data)))
            for name in entry.removed:
                self.data.pop(name, None)
        self.language = entry.language or self.language
        if entry.wish:
            self.opted_out = entry.wish == "stop"

    def _reader(self, said_at: float) -> Reader:
        today = datetime.fromtimestamp(said_at, self._turn.zone).date()
        return Reader(language=self.language, phrases=self._phrases, today=today)

    def _put(
        self, asked: Question, words: str, waiting: Asked, outside_window: OutsideWindow | OwnTemplate | None
    ) -> Asked:
        """Ask, and return the entry with what was shown."""
        content = asked.asked(self._turn.limits, words, self._phrases.choose)
        id = self._turn.send(content, self._filled(outside_window))
        return replace(
            waiting,
            shown=tuple(asked.choices),
            numbered=bool(asked.choices) and isinstance(content, Text),
            messages=(*waiting.messages, id),
        )

    @overload
    def _filled(self, said: AnyTemplate) -> Template: ...
    @overload
    def _filled(self, said: T | OwnTemplate) -> T | Template: ...
    def _filled(self, said: object) -> object:
        """Return a template as its file has it, in the contact's language; anything else as it is."""
        if not isinstance(said, AnyTemplate):
            return said
        from rejoinder.bot.templates.filling import filled  # noqa: PLC0415 - few turns say a template

        turn = self._turn
        return filled(said, turn.templates, language=self.language, name_of=turn.name_of)

    def _asking(
        self, prompt: str | OutboundContent | OwnTemplate, *, is_asked: bool
    ) -> str | OutboundContent:
        """Return what asks. Where the question is asked already, the files of templates may have changed."""
        return Template(prompt.name) if is_asked and isinstance(prompt, OwnTemplate) else self._filled(prompt)

    def _suspend(self) -> NoReturn:
        frame = inspect.currentframe()
        while frame and frame.f_code.co_filename.startswith(_HERE):
            frame = frame.f_back
        if frame:
            self.suspended_at = f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
        raise Suspended
