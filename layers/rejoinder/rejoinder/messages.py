"""What is said, by whom, to whom: plain values that every part of rejoinder shares.

Times are Unix seconds (`*_at`), durations seconds (`*_seconds`).
"""

import hashlib
import json
import re
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, Self

from rejoinder.errors import BotError


def digest(*parts: str) -> str:
    """26 letters and digits made from `parts`: a stable id that holds nothing personal and fits every queue.

    130 of SHA-256's bits; the parts are quoted first, so ("a", "bc") and ("ab", "c") differ.
    """
    quoted = json.dumps(parts).encode()
    return b32encode(hashlib.sha256(quoted).digest()).decode().lower()[:26]


def group_of(account: str, contact_id: str) -> str:
    """The queue group of a conversation: what concerns one contact is handled in order."""
    return digest("group", account, contact_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Our side of a channel: on WhatsApp, `id` is the phone_number_id."""

    channel: str
    id: str

    def __str__(self) -> str:
        return f"{self.channel}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person, as one account knows them.

    `id` is opaque: the business-scoped user id where there is one, else the phone number. `phone` may be
    missing. `former_ids` are other ids of the same person that this update told us of.
    """

    id: str
    name: str = ""
    phone: str | None = None
    user_id: str | None = None
    former_ids: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id of this person that we know, the most telling first, each once."""
        known = (self.id, self.user_id, self.phone, *self.former_ids)
        return tuple(dict.fromkeys(id for id in known if id))


# --- contents -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words, in or out."""

    body: str
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Tap:
    """The contact tapped a button or a row of a list that we sent. As a trigger of `on`, its `id` counts."""

    id: str
    title: str = ""
    kind: Literal["tap"] = "tap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file the contact sent; its bytes are with the network under `media_id` (WhatsApp: for 7 days)."""

    media_id: str
    mime_type: str = ""
    sha256: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Media):
    """A picture."""

    kind: Literal["image"] = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Video(Media):
    """A film."""

    kind: Literal["video"] = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audio(Media):
    """Sound; `voice` when it was spoken into the phone."""

    voice: bool = False
    kind: Literal["audio"] = "audio"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Media):
    """A file with a name."""

    filename: str = ""
    kind: Literal["document"] = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticker(Media):
    """A sticker."""

    animated: bool = False
    kind: Literal["sticker"] = "sticker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place, in degrees."""

    latitude: float
    longitude: float
    name: str = ""
    address: str = ""
    kind: Literal["location"] = "location"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """A card from the contact's address book; `further` are more cards of the same message."""

    name: str
    phones: tuple[str, ...] = ()
    further: tuple["ContactCard", ...] = ()
    kind: Literal["contact_card"] = "contact_card"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """An emoji set on a message; `emoji` is None when it was taken away."""

    message_id: str
    emoji: str | None
    kind: Literal["reaction"] = "reaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem:
    """One line of an order."""

    product_id: str
    quantity: int
    price: float
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A basket from the catalogue."""

    catalog_id: str
    items: tuple[OrderItem, ...]
    text: str = ""
    kind: Literal["order"] = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormReply:
    """A filled-in form (WhatsApp Flow); `response` is the JSON text as it came."""

    name: str
    response: str
    kind: Literal["form_reply"] = "form_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The network tells something of the contact, such as `user_changed_number`."""

    event: str
    kind: Literal["system"] = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """Something we do not understand (yet): `type` is what the network calls it, `reason` why."""

    type: str
    reason: str = ""
    kind: Literal["unsupported"] = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One reply button: `id` comes back in the `Tap`."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Buttons:
    """Words with reply buttons under them."""

    body: str
    buttons: tuple[Button, ...]
    header: str = ""
    footer: str = ""
    kind: Literal["buttons"] = "buttons"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a list: `id` comes back in the `Tap`."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows of a list under one title; the title may be empty only when it is the only section."""

    rows: tuple[Row, ...]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """Words with a button that opens a list to choose from."""

    body: str
    button: str
    sections: tuple[Section, ...]
    header: str = ""
    footer: str = ""
    kind: Literal["list"] = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A pre-approved message: the only kind that may go out when the service window is closed.

    `parameters` fills the body's variables: a tuple for {{1}}, {{2}} ..., a mapping for {{named}} ones.
    `language` is as it was approved, such as `en_US`; the network knows no fallback between `en` and `en_US`.
    """

    name: str
    language: str
    parameters: tuple[str, ...] | Mapping[str, str] = ()
    kind: Literal["template"] = "template"


OutboundContent = Text | Buttons | List | Template


_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Something that people want, however they word it: a trigger of `on`.

    `examples` are some ways to say it. `slots` lead from the names of what is to be read from the words to
    patterns (regular expressions) that it fits as a whole, such as {"order": "[0-9]{4,}"}.
    """

    name: str
    examples: Sequence[str]
    slots: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """BotError for names and patterns that cannot be used."""
        for name in (self.name, *self.slots):
            if not _NAME.fullmatch(name):
                raise BotError(f"an intent or slot is named by 1 to 64 of A-Z a-z 0-9 _ -, not {name!r}")
        if isinstance(self.examples, str) or not all(map(str.strip, self.examples)) or not self.examples:
            raise BotError(f"the intent {self.name} needs examples, each some words")
        for name, pattern in self.slots.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise BotError(f"the pattern of {self.name}'s slot {name} is none: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """The time has come for what a handler put off by `chat.later`; not from the contact."""

    handler: str
    given: Mapping[str, object]
    kind: Literal["reminder"] = "reminder"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeUp:
    """The time that a question was given is over; not from the contact. `question` is its key."""

    question: str
    kind: Literal["time_up"] = "time_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A message of ours could not be delivered; not from the contact.

    `content` is what was to be said, `code` the network's error code (0: there was none), `reason` its words.
    """

    outbound_id: str
    content: OutboundContent
    code: int
    reason: str
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A person of the business answered the contact by hand, from the phone that shares the number."""

    kind: Literal["echo"] = "echo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The bot may speak again after a handoff; not from the contact."""

    kind: Literal["release"] = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """The contact wants no more offers (`stop`), or wants them again (`resume`)."""

    value: Literal["stop", "resume"]
    kind: Literal["preference"] = "preference"


InboundContent = (
    Text
    | Tap
    | Image
    | Video
    | Audio
    | Document
    | Sticker
    | Location
    | ContactCard
    | Reaction
    | Order
    | FormReply
    | System
    | Unsupported
    | Reminder
    | TimeUp
    | Failed
    | Echo
    | Release
    | Preference
)


# --- messages -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A message from a contact. `id` is the network's; `at` when it was sent, as far as we trust that."""

    id: str
    account: Account
    contact: Contact
    at: float
    content: InboundContent
    reply_to: str | None = None

    @property
    def hashed_id(self) -> str:
        """Our id for logs, queues and outbound ids: the network's own embeds the phone number."""
        return digest(str(self.account), self.id)

    @property
    def text(self) -> str:
        """The contact's words: what was typed, the title of what was tapped, a caption; else empty."""
        match self.content:
            case Text(body=words) | Tap(title=words) | Media(caption=words):
                return words
            case _:
                return ""

    @property
    def group(self) -> str:
        """The queue group of this message's conversation."""
        return group_of(str(self.account), self.contact.id)

    @property
    def is_from_contact(self) -> bool:
        """Whether the contact did this; else we did, be it by hand."""
        return not isinstance(self.content, Reminder | TimeUp | Failed | Echo | Release)

    @property
    def is_spoken(self) -> bool:
        """Whether a person said this to us alone: a reaction, a notice or words in a group want no answer."""
        match self.content:
            case Reaction() | System() | Preference() | Unsupported(type="group"):
                return False
            case _:
                return self.is_from_contact


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeUp:
    """`inbound` is to come to the processor at the time `at`; its hashed id names it."""

    at: float
    inbound: Inbound


class Policy(StrEnum):
    """What to do when nobody knows whether the network accepted a message."""

    AT_LEAST_ONCE = "at_least_once"
    AT_MOST_ONCE = "at_most_once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A message to a contact. `id` is made from the inbound id and its place: the same turn, the same ids.

    `instead_of` is what was to be said, where the template goes out instead.
    """

    id: str
    content: OutboundContent
    outside_window: Template | None = None
    policy: Policy = Policy.AT_LEAST_ONCE
    instead_of: OutboundContent | None = None

    def as_said(self, content: OutboundContent) -> "Outbound":
        """This message with what is said: its own content, or its template."""
        return self if content == self.content else replace(self, content=content, instead_of=self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnMessages:
    """The outbound messages of one turn: ONE message on the outbound queue.

    `read_id` is the network's id of the message they answer: it is marked as read before the first of them
    (empty: there is none). `window_closes_at` is a lower bound, as known at the turn. `reports_failure` says
    that they were said because another message failed: nobody is told when they fail as well. `again` is the
    attempt whose late failure brings the turn to the sender once more.
    """

    account: Account
    contact: Contact
    conversation_key: str
    correlation_id: str
    read_id: str
    window_closes_at: float
    messages: tuple[Outbound, ...]
    reports_failure: bool = False
    again: int = 0


class Step(StrEnum):
    """One step in the life of an outbound message, each kept with its time, per attempt.

    In the order in which a state shows: what was delivered stays delivered, whatever is said of it later.
    """

    SENDING = "sending"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt at sending one outbound message; `number` counts from 1."""

    conversation_key: str
    outbound_id: str
    number: int

    def log_fields(self) -> dict[str, object]:
        """How a log line names this attempt; the outbound id begins with the inbound message's hashed id."""
        return {
            "correlation_id": self.outbound_id.rpartition("-")[0],
            "outbound_id": self.outbound_id,
            "attempt": self.number,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """What we give the network with a message and get back in its statuses."""

    stack: str
    attempt: Attempt

    FORMAT = "r1"

    def encode(self) -> str:
        """`<format>.<stack>.<conversation key>.<outbound id>.<attempt>`; none of the parts holds a dot."""
        attempt = self.attempt
        parts = (self.FORMAT, self.stack, attempt.conversation_key, attempt.outbound_id, str(attempt.number))
        return ".".join(parts)

    @classmethod
    def decode(cls, text: str) -> Self | None:
        """The callback in `text`, or None: then the message was not sent by rejoinder."""
        if not (match := _CALLBACK.fullmatch(text)):
            return None
        stack, key, outbound_id, number = match.groups()
        attempt = Attempt(conversation_key=key, outbound_id=outbound_id, number=int(number))
        return cls(stack=stack, attempt=attempt)


_CALLBACK = re.compile(
    Callback.FORMAT + r"\.([A-Za-z0-9-]{1,128})\.([a-z0-9]{1,64})\.([a-z0-9]{1,64}-\d{1,3})\.([1-9]\d{0,3})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What is known with a step: the network's id, its error code and words, what it charges for."""

    network_id: str = ""
    error_code: int | None = None
    error: str = ""
    billed_category: str = ""


class Remedy(StrEnum):
    """What helps a message that the network accepted first and then failed."""

    NONE = "none"
    AGAIN = "again"
    AGAIN_WHEN_OPEN = "again_when_open"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The network tells how far an outbound message has come; `callback` is our callback data, come back.

    `remedy` says of a failure whether another attempt makes sense: after a while, when whatever stops the
    whole account is mended, or as a template.
    """

    step: Step
    at: float
    callback: str = ""
    detail: Detail
    remedy: Remedy = Remedy.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent:
    """Something that concerns the account, such as a template's approval; `field` is the network's word."""

    field: str
