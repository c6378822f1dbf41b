"""Account events that concern contacts: calls, earlier chats, handovers, clicks."""

from dataclasses import dataclass

from rejoinder.model.contents import MessageError
from rejoinder.model.events import AccountEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call, or what became of it."""

    id: str = ""
    """The network's id of the call."""

    event: str = ""
    """What happened: `connect` or `terminate`; empty for a status."""

    status: str = ""
    """What became of it, such as `RINGING`, `ACCEPTED`, `REJECTED`, `COMPLETED` or `FAILED`."""

    direction: str = ""
    """Who called: `USER_INITIATED` or `BUSINESS_INITIATED`."""

    contact_id: str = ""
    """The network's id of the contact."""

    contact_phone: str = ""
    """The number of the contact."""

    contact_name: str = ""
    """The name of the contact."""

    at: float = 0.0
    """When it happened, in Unix seconds."""

    started_at: float = 0.0
    """When it began, in Unix seconds."""

    ended_at: float = 0.0
    """When it ended, in Unix seconds."""

    seconds: float = 0.0
    """How long it took."""

    sdp_type: str = ""
    """What `sdp` is: `offer` or `answer`."""

    sdp: str = ""
    """The description of the session, which connects the sound."""

    payload: str = ""
    """What the button or the request of the call was given (`CallButton.payload`)."""

    errors: tuple[MessageError, ...] = ()
    """Why it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls(AccountEvent):
    """A contact calls, or a call ended."""

    calls: tuple[Call, ...] = ()
    """The calls."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return "A contact called, or was called"


@dataclass(frozen=True, slots=True, kw_only=True)
class History(AccountEvent):
    """A part of the chats before the number came to the network's API."""

    phase: str = ""
    """Which days they are of: `0` for the first, `1` and `2` for those before."""

    chunk: str = ""
    """The place of this part."""

    progress: str = ""
    """How much has come, in percent."""

    chats: int = 0
    """How many chats are in this part."""

    messages: int = 0
    """How many messages are in this part."""

    errors: tuple[MessageError, ...] = ()
    """Why none came, such as that the business does not share them."""

    @property
    def holds_chats(self) -> bool:
        """Whether `raw` holds what people said to each other: it does."""
        return True

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return "A part of earlier chats"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBookEntry:
    """Somebody in the address book of the business's phone."""

    action: str = ""
    """What was done: `add` or `remove`."""

    name: str = ""
    """The whole name."""

    first_name: str = ""
    """The first name."""

    phone: str = ""
    """The number."""

    username: str = ""
    """The name that they chose on the network."""

    id: str = ""
    """The network's id of them."""

    at: float = 0.0
    """When, in Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressBook(AccountEvent):
    """The address book of the business's phone changed."""

    entries: tuple[AddressBookEntry, ...] = ()
    """The changes."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return "The address book of the phone changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover(AccountEvent):
    """Another app, or a person, takes over a conversation, or gives it back."""

    type: str = ""
    """What happened: `control_passed` or `control_taken`."""

    previous_role: str = ""
    """Who had the conversation, such as `ai_agent`."""

    new_role: str = ""
    """Who has it now, such as `customer_service`."""

    new_app_id: str = ""
    """The network's id of the app that has it now."""

    metadata: str = ""
    """What the app before wrote for the app behind."""

    summary: str = ""
    """What the conversation was about."""

    contact_phone: str = ""
    """The number of the contact."""

    contact_id: str = ""
    """The network's id of the contact."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"A conversation was handed to {self.new_role or 'another app'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby(AccountEvent):
    """Messages of a conversation that another app has now."""

    messages: int = 0
    """How many messages of the contact."""

    echoes: int = 0
    """How many messages of the business."""

    statuses: int = 0
    """How many statuses."""

    @property
    def holds_chats(self) -> bool:
        """Whether `raw` holds what people said to each other: it does."""
        return True

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return "Messages of a conversation that another app has"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The network believes that a chat from an advertisement led to something."""

    name: str = ""
    """To what, such as `LeadSubmitted`."""

    message_id: str = ""
    """The network's id of the message."""

    at: float = 0.0
    """When, in Unix seconds."""

    ctwa_clid: str = ""
    """The id of the click on the advertisement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads(AccountEvent):
    """The network believes that chats from an advertisement led to something."""

    leads: tuple[Lead, ...] = ()
    """To what."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return "A chat from an advertisement led to something"


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A contact opened the link of an offer."""

    action: str = ""
    """What they did, in the network's word, such as `marketing_messages_link_click`."""

    at: float = 0.0
    """When, in Unix seconds."""

    component: str = ""
    """What they tapped: `cta` or `body`."""

    click_id: str = ""
    """The id of the click, which the address has as well."""

    product_id: str = ""
    """The id of the product."""

    tracking_token: str = ""
    """The network's token of the click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicks(AccountEvent):
    """Contacts opened links of offers."""

    clicks: tuple[Click, ...] = ()
    """What they opened."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return "Contacts opened the link of an offer"
