"""The journal of a talk: what its handler has done so far.

When an answer comes, the handler runs again from its top, on any machine. Everything that it did before is
taken from the journal instead of being done: nothing is said twice, no step runs twice. Entries match by
their kind and place, and a step by its name; never by text. `bot.journal` replays it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Self

from rejoinder.model.ids import digest
from rejoinder.model.updates import Inbound

MAX_JOURNAL_BYTES = 64 * 1024
"""The longest journal, in bytes of JSON. It shares an item of DynamoDB (400 KB) with the bot's data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Entry: something was said here."""

    kind: Literal["said"] = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRead:
    """Entry: a time was read here, such as `chat.now`."""

    at: float
    """The time that was read, in Unix seconds."""

    name: str = "now"
    """Which time: `now`, or `window` for the end of the service window."""

    kind: Literal["time_read"] = "time_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """Entry: a step was done here."""

    name: str
    """The name of the step."""

    result: str
    """Its result as JSON."""

    kind: Literal["step_done"] = "step_done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Entry: a question was asked here."""

    name: str = ""
    """The kind of answer that it wants."""

    answers: tuple[Inbound, ...] = ()
    """The messages that came as answers."""

    kind: Literal["asked"] = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Entry: something was planned for later here."""

    kind: Literal["planned"] = "planned"


Entry = Said | TimeRead | StepDone | Asked | Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One talk."""

    handler: str
    """The name of its handler."""

    message: Inbound
    """The update that began it."""

    number: int = 0
    """How many handlers the same message began before this one, by `chat.go`."""

    restarts: int = 0
    """How often the talk had to begin again."""

    data: Mapping[str, object]
    """`chat.data` as it was when the talk began."""

    language: str = ""
    """The contact's language as it was when the talk began."""

    given: Mapping[str, object] = field(default_factory=dict)
    """What it began with: the slots of an intent, or what was given to `chat.later` or `chat.go`."""

    entries: tuple[Entry, ...] = ()
    """What was done since, in order."""

    def key(self, place: int) -> str:
        """Return a key for what is done at `place`: the same however often it is done, and no other's."""
        return digest(self.message.hashed_id, str(self.number), self.handler, str(place))

    def question_key(self, place: int) -> str:
        """Return a key for the question at `place`. A question asked again after a restart has another."""
        return digest(self.key(place), str(self.restarts))

    @property
    def question(self) -> str:
        """The key of the question that waits for an answer."""
        return self.question_key(len(self.entries) - 1)

    def again(self, data: Mapping[str, object], language: str, _answer: Inbound) -> Self:
        """Return this talk begun again, with the data and language of now."""
        return replace(self, data=data, language=language, entries=(), restarts=self.restarts + 1)

    def answered(self, answer: Inbound) -> Self:
        """Return this journal with an answer to its last question."""
        *before, last = self.entries
        if not isinstance(last, Asked):
            raise TypeError("the last entry is no question")
        return replace(self, entries=(*before, replace(last, answers=(*last.answers, answer))))


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableJournal:
    """A journal that this version of the code cannot read, such as one of a newer version after a rollback.

    Its talk begins again with the contact's next message. Until then it is kept as it is stored: the version
    that wrote it may come back.
    """

    stored: str
    """The journal as it is stored."""

    handler: str = ""
    """The name of its handler; empty when not even that can be read."""

    message: Inbound | None = None
    """The update that began it; None when it cannot be read."""

    number: int = 0
    """As in `Journal`."""

    restarts: int = 0
    """As in `Journal`."""

    given: Mapping[str, object] = field(default_factory=dict)
    """As in `Journal`."""

    @property
    def question(self) -> str:
        """The key of the question that waits: it cannot be known, so no wake-up is for it."""
        return ""

    def again(self, data: Mapping[str, object], language: str, answer: Inbound) -> Journal:
        """Return the talk begun again, with the data and language of now.

        Where the update that began it cannot be read, `answer` begins it: the one that came just now.
        """
        return Journal(
            handler=self.handler,
            message=self.message or answer,
            number=self.number,
            restarts=self.restarts + 1,
            data=data,
            language=language,
            given=self.given,
        )


Talk = Journal | UnreadableJournal
"""The talk in progress, as a conversation keeps it."""
