"""Updates: what reaches a conversation, from its contact, from the network, or from ourselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Literal, Self

from rejoinder.model.answers import Payment
from rejoinder.model.consent import ConsentBy, ConsentEntry, Purpose
from rejoinder.model.contents import (
    Media,
    MessageError,
)
from rejoinder.model.context import Quoted, Referral, ReferredProduct
from rejoinder.model.ids import correlation_id, digest, group_of
from rejoinder.model.links import Linked
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.spoken import FileContent, SaidContent, Several, is_speech, text_of

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # Python 3.11 has no defaults; type checkers know this module

    Content_co = TypeVar(
        "Content_co", bound="InboundContent | Media", covariant=True, default="InboundContent"
    )
else:
    from typing import TypeVar

    Content_co = TypeVar("Content_co", covariant=True)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMessage:
    """Somebody said or did something in a group that the business is in.

    Its conversation is that of the group; on Telegram, that of the person in the group. No other handler gets
    it: without `on(GroupMessage)` the bot is silent. What the handler says, everybody in the group reads.
    """

    sender: Contact
    """Who it is from."""

    content: "SaidContent"
    """What they said or did."""

    kind: Literal["group_message"] = "group_message"

    @property
    def text(self) -> str:
        """Their words: what was typed, or a caption; else empty."""
        return text_of(self.content)


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
"""What reaches a conversation beside that."""

InboundContent = SaidContent | GroupMessage | OwnContent
"""What an update may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound(Generic[Content_co]):
    """One update of a conversation: a message of its contact, or something that concerns the contact.

    To type checkers, `Inbound[Image]` is one that holds an Image.
    """

    id: str
    """The network's id of it, or one that we made."""

    account: Account
    """The account that it came to."""

    contact: Contact
    """Who it is about, as it names them."""

    at: float
    """When it was sent, in Unix seconds, as far as we trust that."""

    content: Content_co
    """What it holds."""

    reply_to: str | None = None
    """The network's id of the message that it quotes, or whose button was tapped; None when there is none."""

    quoted: Quoted | None = None
    """That message, if it is one of ours and we still know it. We know it for 32 days."""

    referral: Referral | None = None
    """The advertisement that led the contact here, if one did."""

    product: ReferredProduct | None = None
    """The product of the catalogue that the contact asks about, if they came from one."""

    forwarded: bool = False
    """Whether the contact forwarded it from another chat."""

    forwarded_often: bool = False
    """Whether it was forwarded many times, by whomever."""

    album: str = ""
    """The network's id of the album that its file belongs to; empty where it belongs to none."""

    conversation_key: str = ""
    """The key of the conversation that an update of our own is for; empty for what the network told us."""

    newest_id: str = ""
    """The network's id of the newest of several messages that were gathered in it; else empty."""

    errors: tuple[MessageError, ...] = ()
    """What the network told that went wrong with it, such as a file that it could not pass on. What is
    `Unsupported` has its errors itself."""

    receipt: str = field(default="", compare=False, repr=False)
    """What marks it as read at the network; empty where its id does. It is not kept, as `raw` is not."""

    raw: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    """The message as the network sent it, with all that has no name here. It is not kept: it is empty when a
    handler runs again with an answer, in `chat.missed`, and where messages were gathered."""

    @property
    def hashed_id(self) -> str:
        """Our id of it, for logs, queues and outbound ids: the network's own may embed a phone number."""
        return correlation_id(str(self.account), self.id)

    @property
    def text(self) -> str:
        """The contact's words: what was typed, the title of what was tapped, a caption; else empty."""
        return text_of(self.content)

    @property
    def parts(self) -> "tuple[SaidContent, ...]":
        """The contents of several messages that were gathered in it; else nothing."""
        return self.content.contents if isinstance(self.content, Several) else ()

    @property
    def group(self) -> str:
        """The queue group of its conversation.

        What ends a moment waits in a group of its own: what is still to come in that moment must not wait
        behind it. So does the saving of a file: another file must not wait behind it until it is lost.
        """
        if isinstance(self.content, Keep):
            return digest(self.content.kind, self.id)
        if isinstance(self.content, Gathered):
            return digest(self.content.kind, self.conversation_key)
        return group_of(str(self.account), self.contact.id)

    @property
    def is_from_contact(self) -> bool:
        """Whether the contact did this; else we did, or a person of the business."""
        return not isinstance(self.content, OwnContent) or isinstance(self.content, Preference)

    @property
    def is_spoken(self) -> bool:
        """Whether the contact said this to us alone (see `is_speech`), and in no group."""
        content = self.content
        return not isinstance(content, OwnContent | GroupMessage) and is_speech(content)

    @property
    def opens_window(self) -> bool:
        """Whether the service window is open from now on: it was said to us, or in a group with us."""
        content = self.content
        return is_speech(content.content) if isinstance(content, GroupMessage) else self.is_spoken

    def without_raw(self) -> Self:
        """Return this update as it is kept."""
        return replace(self, raw={}) if self.raw else self


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeUp:
    """An update of ours that is to reach its conversation later."""

    at: float
    """When it is due, in Unix seconds."""

    inbound: Inbound
    """The update. Its hashed id names the wake-up."""
