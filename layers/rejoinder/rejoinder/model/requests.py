"""Contents by which a bot asks for something that the contact gives by a button: a place, a form, a call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rejoinder.model.contents import Header


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRequest:
    """Words with a button by which the contact sends a `Location`."""

    body: str
    """The words."""

    kind: Literal["location_request"] = "location_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRequest:
    """Words with a button by which the contact sends their own `ContactCard`, with their phone number."""

    body: str
    """The words."""

    kind: Literal["contact_request"] = "contact_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """Words that ask whether the business may call the contact. They answer by a `CallPermission`."""

    body: str
    """The words."""

    kind: Literal["call_request"] = "call_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallButton:
    """Words with a button by which the contact calls the business on WhatsApp."""

    body: str
    """The words."""

    title: str = ""
    """The words on the button; the network's own where it is empty."""

    minutes: int | None = None
    """How long the button works, in minutes; None for the network's own time."""

    payload: str = ""
    """What comes back in the webhook of the call."""

    kind: Literal["call_button"] = "call_button"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Words with a button that opens a form (a WhatsApp Flow). The contact answers by a `FormReply`."""

    body: str
    """The words."""

    button: str
    """The words on the button."""

    id: str = ""
    """The id of the form at the network. Either this or `name` is given."""

    name: str = ""
    """The name of the form at the network."""

    screen: str = ""
    """The first screen of the form. Empty when the form's own endpoint says which screen comes first."""

    data: Mapping[str, object] = field(default_factory=dict)
    """What the first screen is given, as JSON values."""

    token: str = ""
    """What comes back with the answers. `ask` gives a token of its own."""

    is_draft: bool = False
    """Whether the form is not published yet: only those who test it can open it."""

    header: Header = ""
    """The line or the file above the words."""

    footer: str = ""
    """The line below the words."""

    kind: Literal["form"] = "form"

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", dict(self.data))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRequest:
    """Words with a button that opens a form for a postal address. The contact answers by a `FormReply`."""

    body: str
    """The words."""

    country: str
    """The country, such as `IN`. The network has this form for few countries."""

    values: Mapping[str, str] = field(default_factory=dict)
    """What is filled in already, by the network's names of the fields, such as `city`."""

    errors: Mapping[str, str] = field(default_factory=dict)
    """What was wrong with an earlier answer, by the names of the fields."""

    header: Header = ""
    """The line or the file above the words."""

    footer: str = ""
    """The line below the words."""

    kind: Literal["address_request"] = "address_request"

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", dict(self.values))
        object.__setattr__(self, "errors", dict(self.errors))
