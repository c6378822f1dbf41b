"""Updates: what reaches a conversation, from its contact, from the network, or from ourselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Literal, Self

from rejoinder.model.contents import (
    Media,
    MessageError,
)
from rejoinder.model.context import Quoted, Referral, ReferredProduct
from rejoinder.model.ids import correlation_id, digest, group_of
from rejoinder.model.own import Gathered, Keep, OwnContent, Preference
from rejoinder.model.people import Account, Contact
from rejoinder.model.spoken import SaidContent, Several, is_speech, text_of

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # Python 3.11 has no defaults; type checkers know this module

    Content_co = TypeVar(
        "Content_co", bound="InboundContent | Media", covariant=True, default="InboundContent"
    )
else:
    from typing import TypeVar

    Content_co = TypeVar("Content_co", covariant=True)


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
