"""The journal of a talk: what its handler has done so far.

When an answer comes, the handler runs again from its top, on any machine. Everything that it did before is
taken from the journal instead of being done: nothing is said twice, no step runs twice. Entries match by
their kind and place, and a step by its name; never by text. `bot.journal` replays it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Self

from rejoinder.model.ids import digest
from rejoinder.model.updates import Inbound, InboundContent

MAX_JOURNAL_BYTES = 160 * 1024
"""The most that a talk keeps, in bytes of UTF-8: its first message, what it was given, the results of its
steps, and the answers. `chat.data` does not count: it has a limit of its own. Together they fit an item of
DynamoDB (400 KB)."""


MAX_ANSWER_BYTES = 32 * 1024
"""The longest answer, in bytes of UTF-8. A longer one does not fit its question."""

MAX_GIVEN_UP_BYTES = 1024
"""The most that is kept of a last answer that did not fit and was too long, in bytes of UTF-8."""


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

    free_until: float = 0.0
    """With `window`: until when messages cost nothing, in Unix seconds; 0 when they are not free."""

    kind: Literal["time_read"] = "time_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """Entry: a step was done here."""

    name: str
    """The name of the step."""

    result: str
    """What it returned or raised, as `bot.codec` writes it."""

    arguments: str = ""
    """A fingerprint of what it was given; empty when that is not known."""

    key: str = ""
    """Its idempotency key; empty when that is the key of its name at its place."""

    kind: Literal["step_done"] = "step_done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Entry: something was planned for later here."""

    name: str = ""
    """The name of the handler that is to run; empty when that is not known."""

    arguments: str = ""
    """A fingerprint of the time, as it was given, and of what the handler is given."""

    kind: Literal["planned"] = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Entry: a question was asked here, and waits for an answer that fits. It is the last entry."""

    name: str = ""
    """The kind of answer that it wants."""

    at: float = 0.0
    """When it was asked, in Unix seconds."""

    repeated_at: float = 0.0
    """When it was asked again after the last answer that did not fit, in Unix seconds; 0 when it was not."""

    shown: tuple[str, ...] = ()
    """The titles of its choices, as they were shown."""

    numbered: bool = False
    """Whether the choices were shown with numbers."""

    messages: tuple[str, ...] = ()
    """The ids of the outbound messages that asked it."""

    has_template: bool = False
    """Whether a tap whose message is not known may answer it: a template may have asked it, because the
    service window was closed, or a content with buttons of the author's."""

    wrong: int = 0
    """How many answers did not fit."""

    wrong_id: str = ""
    """The network's id of the last answer that did not fit."""

    answers: tuple[Inbound, ...] = ()
    """The messages that came as answers and have not been looked at. It is empty in what is stored."""

    kind: Literal["asked"] = "asked"


_NOTHING: Mapping[str, object] = {}


class Answered(NamedTuple):
    """Entry: a question was asked here, and has its answer.

    Each turn of a talk reads all its answers. So they are tuples, which are made four times as fast.
    """

    name: str
    """The kind of answer that it wanted."""

    content: InboundContent
    """What was said, or `TimeUp`."""

    at: float
    """When it was said, in Unix seconds."""

    value: str = ""
    """What the answer became, as `bot.codec` writes it. It is empty when that is the content itself, its
    words, or nothing."""

    gave_up: str = ""
    """The reason of the `NoAnswer` that was raised; empty when there was an answer that fits."""

    data: Mapping[str, object] = _NOTHING
    """What others, such as reminders, had changed in `chat.data` while the question waited."""

    removed: tuple[str, ...] = ()
    """The keys that others had removed from `chat.data` while the question waited."""

    language: str = ""
    """The language that others had set while the question waited; empty when they had set none."""

    wish: Literal["", "stop", "resume"] = ""
    """What the contact had told about offers while the question waited, as in `Preference`."""

    @property
    def kind(self) -> Literal["answered"]:
        """The kind of the entry."""
        return "answered"


Entry = Said | TimeRead | StepDone | Asked | Answered | Planned

Kept = StepDone | Planned
"""What a talk that begins again does not do again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Entries, with the text that they are stored as. They are neither written anew nor measured again."""

    entries: tuple[Entry, ...] = ()
    """The entries."""

    text: str = ""
    """Their text."""


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

    missed: tuple[Inbound, ...] = ()
    """What the contact had said during a handoff, when the talk began."""

    opted_out: bool = False
    """Whether the contact wanted no offers when the talk began."""

    entries: tuple[Entry, ...] = ()
    """What was done since, in order."""

    kept: tuple[Kept, ...] = ()
    """What was done before the talk began again, and has not been asked for since."""

    read: Written = field(default=Written(), compare=False, repr=False)
    """The entries that were read from where it is stored; nothing when it was not stored yet."""

    def key(self, place: int) -> str:
        """Return a key for what is done at `place`: the same however often it is done, and no other's."""
        return digest(self.message.hashed_id, str(self.number), self.handler, str(place))

    def key_of_step(self, place: int, name: str) -> str:
        """Return the idempotency key of a step at `place`, if no other step had that key before."""
        return digest(self.key(place), name)

    def question_key(self, place: int) -> str:
        """Return a key for the question at `place`. A question asked again after a restart has another."""
        return digest(self.key(place), str(self.restarts))

    @property
    def question(self) -> str:
        """The key of the question that waits for an answer."""
        return self.question_key(len(self.entries) - 1)

    @property
    def asked(self) -> Asked:
        """The question that waits for an answer."""
        last = self.entries[-1] if self.entries else None
        if not isinstance(last, Asked):
            raise TypeError("the last entry is no question")
        return last

    @property
    def parts(self) -> tuple[Written, tuple[Entry, ...]]:
        """Those of its first entries that are written already, and the others."""
        size = len(self.read.entries)
        if self.entries[:size] == self.read.entries:
            return self.read, self.entries[size:]
        return Written(), self.entries

    def again(self, data: Mapping[str, object], language: str, _answer: Inbound) -> Self:
        """Return this talk begun again, with the data and language of now. It does not do its steps again."""
        kept = [*self.kept]
        for place, entry in enumerate(self.entries):
            if isinstance(entry, StepDone):
                kept.append(replace(entry, key=entry.key or self.key_of_step(place, entry.name)))
            elif isinstance(entry, Planned):
                kept.append(entry)
        restarts = self.restarts + 1
        return replace(self, data=data, language=language, entries=(), kept=tuple(kept), restarts=restarts)

    def answered(self, answer: Inbound) -> Self:
        """Return this journal with an answer to its last question."""
        *before, _ = self.entries
        return replace(self, entries=(*before, replace(self.asked, answers=(*self.asked.answers, answer))))


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
