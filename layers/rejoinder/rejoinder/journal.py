"""The journal of a talk: what a handler has done so far, so that it can go on later, on any machine.

When an answer comes, the handler runs again from its top. Everything it did before is taken from the journal
instead of being done: nothing is said twice, no step runs twice. Entries match by their kind and place (and a
step by its name), never by text.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self, TypeVar

from rejoinder.messages import Inbound, digest

MOST_JOURNAL_BYTES = 64 * 1024
"""Of a journal as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something was said here."""

    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The time was asked for here, or when the service window closes: `name` says which."""

    at: float
    name: str = "now"
    kind: Literal["told"] = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """A step was done here: its name, and its result as JSON."""

    name: str
    result: str
    kind: Literal["did"] = "did"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question was asked here: `name` is the kind of answer it wants, `answers` the messages that came."""

    name: str = ""
    answers: tuple[Inbound, ...] = ()
    kind: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """Something was put off here."""

    kind: Literal["put_off"] = "put_off"


Entry = Said | Told | Did | Asked | PutOff
E = TypeVar("E", Said, Told, Did, Asked, PutOff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One talk: its handler's name, the message that began it, what was done since.

    `data` and `language` are as they were when it began, and `given` is what it began with: the slots of an
    intent, or what was given to `chat.later`. `number` counts the handlers that the same message began
    before, by `chat.go`, and `restarts` how often this one had to begin again.
    """

    handler: str
    message: Inbound
    number: int = 0
    restarts: int = 0
    data: Mapping[str, object]
    language: str = ""
    given: Mapping[str, object] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    def key(self, place: int) -> str:
        """A key for what is done at `place`: the same however often it is done, and no other's."""
        return digest(self.message.hashed_id, str(self.number), self.handler, str(place))

    def question_key(self, place: int) -> str:
        """A key for the question at `place`; one that is asked again after a restart is another one."""
        return digest(self.key(place), str(self.restarts))

    @property
    def question(self) -> str:
        """The key of the question that waits for an answer."""
        return self.question_key(len(self.entries) - 1)

    def again(self, data: Mapping[str, object], language: str) -> Self:
        """This talk, begun again with what is known now."""
        return replace(self, data=data, language=language, entries=(), restarts=self.restarts + 1)

    def answered(self, answer: Inbound) -> Self:
        """This journal with an answer to its last question."""
        *before, last = self.entries
        if not isinstance(last, Asked):
            raise TypeError("the last entry is no question")
        return replace(self, entries=(*before, replace(last, answers=(*last.answers, answer))))


class JournalMismatch(BaseException):  # no error of the bot's: it must not be able to catch it
    """The handler did something else at this place before: it was changed in the middle of the talk."""


class Replay:
    """A journal that is read up to its end, and written from there on.

    As a context: nothing is logged while it is read, since those lines of the handler ran before.
    """

    def __init__(self, journal: Journal) -> None:
        self.begun = journal
        self._entries = list(journal.entries)
        self._place = 0
        self._disabled = logging.root.manager.disable

    def __enter__(self) -> Self:
        if not self.is_live:
            logging.disable()
        return self

    def __exit__(self, *_error: object) -> None:
        logging.disable(self._disabled)

    @property
    def journal(self) -> Journal:
        """The journal as it is now."""
        return replace(self.begun, entries=tuple(self._entries))

    @property
    def key(self) -> str:
        """The key of the next entry."""
        return self.begun.key(self._place)

    @property
    def question_key(self) -> str:
        """The key of a question that is the next entry."""
        return self.begun.question_key(self._place)

    @property
    def is_live(self) -> bool:
        """Whether everything in the journal has been read."""
        return self._place == len(self._entries)

    def read(self, kind: type[E], name: str = "") -> E | None:
        """The entry at this place; None at the end. JournalMismatch when another one stands there."""
        if self.is_live:
            return None
        entry = self._entries[self._place]
        if not isinstance(entry, kind) or getattr(entry, "name", name) != name:
            raise JournalMismatch(f"{entry.kind} at place {self._place}, not {kind.__name__.lower()}")
        self._place += 1
        if self.is_live:
            logging.disable(self._disabled)
        return entry

    def write(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self._entries.append(entry)
        self._place += 1
