"""A talk that runs again from its journal, and shows what it says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

from rejoinder.bot.chat import Chat
from rejoinder.bot.endings import Suspended
from rejoinder.bot.handlers import name_of
from rejoinder.bot.journal import JournalMismatch, Replay
from rejoinder.bot.steps import Steps
from rejoinder.bot.turn import OpenTurn
from rejoinder.model.contents import Text
from rejoinder.model.messages import Outbound
from rejoinder.model.said import OutboundContent
from rejoinder.model.talk import Answered, Asked, Entry, Journal, Planned, Said, StepDone, TimeRead
from rejoinder.model.updates import Inbound
from rejoinder.workbench.debugger.author import Author

E = TypeVar("E", Said, TimeRead, StepDone, Planned)

WITHOUT_EFFECT = {"chat.consent", "chat.linked"}
"""The steps that only look up what the conversation knows."""


class Differs(JournalMismatch):
    """Today's handler wants something else than the journal has. The text says where, and what."""


class Rerun(Replay):
    """A journal whose handler says and asks again what it said and asked, so that it can be shown."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal)
        self.asks_again: bool = False
        """Whether the question at this place is put again, though it has been asked."""
        self.is_repeated: bool = False
        """Whether what is said or asked now was said or asked before."""
        self._wanted = ""

    def read(self, kind: type[E], name: str = "") -> E | None:
        """Return the entry at this place; None also for what was said, so that it is said again."""
        self.is_repeated, self._wanted = False, _named(kind.__name__, name)
        entry = super().read(kind, name)
        self.is_repeated = isinstance(entry, Said)
        return None if self.is_repeated else entry

    def read_question(self, name: str) -> Asked | Answered | None:
        """Return the question at this place; None when it is to be put again."""
        self.is_repeated, self._wanted = False, f"the question for {_answer(name)}"
        entry = super().read_question(name)
        if entry and self.asks_again:
            self.place, self.is_repeated = self.place - 1, True
            return None
        return entry

    def write(self, entry: Entry) -> None:
        """Add an entry at the end, unless it is there."""
        if not self.is_repeated:
            super().write(entry)
        self.is_repeated = False

    def at(self, place: int) -> Entry | None:
        """Return the entry at a place; None where the journal has ended."""
        return self._entries[place] if place < len(self._entries) else None

    def answers(self, place: int, *messages: Inbound) -> None:
        """Let these messages answer the question at a place, which comes next."""
        asked = self._entries[place]
        assert isinstance(asked, Asked)
        self.place = place
        self._entries[place] = replace(asked, answers=messages)

    def refuse_rest(self) -> None:
        """Raise Differs when the handler ends before its journal does."""
        if not self.is_live:
            self._wanted = "the end of the handler"
            raise self._mismatch("")

    def _mismatch(self, _wanted: str) -> JournalMismatch:
        entry, number, size = self._entries[self.place], self.place + 1, len(self._entries)
        was = _named(type(entry).__name__, getattr(entry, "name", ""))
        return Differs(f"entry {number} of {size} of the journal is {was}; today it would be {self._wanted}")


_SAID = {
    "Said": "something said",
    "TimeRead": "the time read: {}",
    "StepDone": "the step {}",
    "Planned": "a plan for {}",
    "Asked": "the question for {}",
    "Answered": "the question for {}",
}


def _named(kind: str, name: str) -> str:
    return _SAID[kind].format(_answer(name) if kind in ("Asked", "Answered") else name or "later")


def _answer(name: str) -> str:
    """Return the name of the kind of an answer."""
    return name or "words"


class GivenSteps(Steps):
    """Steps that are never done: the person gives the results that the journal lacks."""

    def __init__(self, replay: Replay, turn: OpenTurn, author: Author) -> None:
        super().__init__(replay, turn)
        self._author = author

    def _run(self, name: str, do: Callable[[], object]) -> object:
        return super()._run(name, do if name in WITHOUT_EFFECT else lambda: self._author.result(name))


class ShownChat(Chat[Any]):
    """A chat that shows what it says, and asks the person where it would wait for the contact."""

    def __init__(
        self, rerun: Rerun, turn: OpenTurn, author: Author, next_message: Callable[[], Inbound]
    ) -> None:
        super().__init__(rerun, turn)
        self.steps = GivenSteps(rerun, turn, author)
        self.rerun: Rerun = rerun
        """What it runs on."""
        self._author = author
        self._next_message = next_message

    def say(self, what: Any, **how: Any) -> None:
        """Show what is said."""
        with self._shown():
            super().say(what, **how)

    def ask(self, prompt: Any, answer: Any = str, **how: Any) -> Any:
        """Show the question, then its answer: the one in the journal, or what the person answers."""
        place = self.rerun.place
        self._put_again(place, lambda: super(ShownChat, self).ask(prompt, answer, **how))
        entry = self.rerun.at(place)
        if isinstance(entry, Answered):
            self._answered(entry)
            return super().ask(prompt, answer, **how)
        assert isinstance(entry, Asked)
        given = entry.answers
        for message in given:
            self._author.hears(message.content)
        while True:
            self._turn.begin_again()
            self.rerun.answers(place, *(given or [self._next()]))
            try:
                with self._shown():
                    return super().ask(prompt, answer, **how)
            except Suspended:
                self.suspended_at, given = "", ()

    def later(self, when: Any, handler: Any, /, **given: Any) -> None:
        """Tell what is planned."""
        super().later(when, handler, **given)
        self._author.tell(f"plans {name_of(handler)} for {when}: it is not planned here")

    def go(self, handler: Any, /, **given: Any) -> NoReturn:
        """Tell which handler begins."""
        self._author.tell(f"goes to {name_of(handler)}")
        super().go(handler, **given)

    def hand_over(self) -> NoReturn:
        """Tell that a person takes over."""
        self._author.tell("hands over to a person: nobody is told")
        super().hand_over()

    def _put_again(self, place: int, ask: Callable[[], object]) -> None:
        """Show the question at a place. The handler goes on as if it had not asked."""
        self.rerun.asks_again = True
        try:
            with self._shown():
                ask()
        except Suspended:
            self.suspended_at = ""
        finally:
            self.rerun.asks_again, self.rerun.place = False, place

    def _answered(self, entry: Answered) -> None:
        self._turn.begin_again()  # its turn was over
        self._author.hears(entry.content)
        if entry.gave_up == "wrong":
            self._author.tell("three answers did not fit: NoAnswer")

    def _next(self) -> Inbound:
        """Return the message that the person types, as the update of a turn of its own."""
        message = self._next_message()
        self._turn.message, self._turn.now = message, message.at
        return message

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """Show what is said in the block. What was said before may not fit today's files and limits."""
        before = [*self._turn.said]
        try:
            yield
        except Suspended:
            self._show(before)
            raise
        except Exception as error:
            if not self.rerun.is_repeated:
                raise
            self.rerun.is_repeated = False
            self._author.warn(f"! it was said, and cannot be shown today: {error}")
        else:
            self._show(before)

    def _show(self, before: Sequence[Outbound]) -> None:
        for content in _new(before, self._turn.said):
            self._author.sees(content)


def _new(before: Sequence[Outbound], after: Sequence[Outbound]) -> Iterator[OutboundContent]:
    """Yield what was said since: words may have joined those before them."""
    if before and after and after[len(before) - 1] is not before[-1]:
        old, joined = before[-1].content, after[len(before) - 1].content
        assert isinstance(old, Text)
        assert isinstance(joined, Text)
        yield replace(joined, body=joined.body.removeprefix(f"{old.body}\n\n"))
    yield from (message.content for message in after[len(before) :])
