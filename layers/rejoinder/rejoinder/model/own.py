"""What reaches a conversation beside what its contact says: from ourselves, or from the network about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from rejoinder.model.answers import Payment
from rejoinder.model.consent import ConsentBy, ConsentEntry, Purpose
from rejoinder.model.links import Linked
from rejoinder.model.messages import TurnMessages
from rejoinder.model.said import OutboundContent
from rejoinder.model.spoken import FileContent, SaidContent, is_speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The moment of the messages that were gathered is over. It does not come from the contact."""

    kind: Literal["gathered"] = "gathered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """A file that the contact sent is to be saved, beside the turn. It does not come from the contact."""

    media: "FileContent"
    """The file."""

    kind: Literal["keep"] = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """The time has come for what a handler planned by `chat.later`. It does not come from the contact."""

    handler: str
    """The name of the handler that is to run."""

    given: Mapping[str, object]
    """What that handler is given."""

    kind: Literal["reminder"] = "reminder"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeUp:
    """The time that a question was given is over. It does not come from the contact."""

    question: str
    """The key of the question."""

    kind: Literal["time_up"] = "time_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A message of ours could not be delivered. It does not come from the contact."""

    outbound_id: str
    """The id of the message."""

    content: OutboundContent
    """What was to be said."""

    code: int
    """The network's error code; 0 when there was none."""

    reason: str
    """The network's words, or ours."""

    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A message of ours, said with `track=True`, is on the contact's phone. It does not come from them.

    When the contact has the chat open, the network may tell `Read` alone.
    """

    outbound_id: str
    """The id of the message."""

    content: OutboundContent
    """What was said."""

    kind: Literal["delivered"] = "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The contact has read a message of ours that was said with `track=True`. It does not come from them.

    A contact may have switched this off: then it never comes.
    """

    outbound_id: str
    """The id of the message."""

    content: OutboundContent
    """What was said."""

    kind: Literal["read"] = "read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A person of the business did something by hand, on the phone that shares the number.

    What they say begins a handoff. Edits, deletions and reactions do not.
    """

    content: "SaidContent | None" = None
    """What they said or did; None when that is not known."""

    kind: Literal["echo"] = "echo"

    @property
    def is_answer(self) -> bool:
        """Whether they answered the contact, as far as we know."""
        return self.content is None or is_speech(self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The handoff is over: the bot may speak again. It does not come from the contact."""

    kind: Literal["release"] = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """The contact told whether they want offers."""

    value: Literal["stop", "resume"]
    """`stop`: no more offers. `resume`: offers again."""

    kind: Literal["preference"] = "preference"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTold:
    """An import, or an error of the network, told of consent. It does not come from the contact."""

    purpose: Purpose
    """What it is about."""

    given: bool
    """Whether the contact agreed; else they refused."""

    by: ConsentBy
    """How it was told."""

    source: str = ""
    """Where it comes from, such as the source that an import names."""

    kind: Literal["consent_told"] = "consent_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTold:
    """A linked conversation of the same person tells its news. It does not come from the contact.

    rejoinder itself uses this.
    """

    linked: tuple[Linked, ...]
    """All conversations that it knows to be linked, itself first."""

    consent: tuple[ConsentEntry, ...] = ()
    """What the person told about consent. Each entry says which account they told it to."""

    kind: Literal["link_told"] = "link_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A message of ours is to wait until the contact writes again. It does not come from them."""

    turn: TurnMessages
    """The message, as a turn of its own. Its `window_closes_at` is the closed window that the sender saw.
    rejoinder itself uses this."""

    kind: Literal["hold"] = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOver:
    """A message of ours has waited long enough. It does not come from the contact."""

    outbound_id: str
    """The id of the message."""

    kind: Literal["hold_over"] = "hold_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionOver:
    """A conversation may have been silent for long enough. It does not come from the contact.

    What the conversation holds is erased then. No handler sees this.
    """

    kind: Literal["retention_over"] = "retention_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChanged:
    """The network changed what it says of a template. It belongs to no contact: nobody hears what is said."""

    name: str
    """The name of the template."""

    language: str
    """Its language, such as `en_US`."""

    what: Literal["status", "category", "quality", "components"]
    """What changed."""

    before: str = ""
    """What it was, in lower case; empty when we did not know."""

    now: str = ""
    """What it is, in lower case, such as `paused`, `marketing` or `red`; empty for components."""

    reason: str = ""
    """Why, in the network's words; empty when it told nothing."""

    kind: Literal["template_changed"] = "template_changed"


OwnContent = (
    Reminder
    | TimeUp
    | Failed
    | Delivered
    | Read
    | Echo
    | Release
    | Preference
    | ConsentTold
    | LinkTold
    | Gathered
    | Keep
    | Hold
    | HoldOver
    | RetentionOver
    | Payment
    | TemplateChanged
)
"""What reaches a conversation beside `SaidContent` and `GroupMessage`."""
