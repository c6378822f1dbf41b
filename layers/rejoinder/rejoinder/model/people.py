"""The two ends of a conversation: our account and the contact."""

from dataclasses import dataclass, replace
from typing import Self

from rejoinder.model.blanks import is_blank, one_line

MAX_NAME = 100
"""The longest name that a bot says, in characters: a template takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Our side of a channel."""

    channel: str
    """The name of the network, such as `whatsapp`."""

    id: str
    """The network's id of the account; on WhatsApp the phone_number_id."""

    def __str__(self) -> str:
        return f"{self.channel}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the account that `text` names, written as `str(account)` writes it."""
        channel, _, id = text.partition(":")
        return cls(channel=channel, id=id)


_GROUP = "group:"
"""How the id of a group begins. No id of a person does."""

_BUSINESS = "business:"
"""How the id begins that stands for our own side. No id of a person does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The person, as one account knows them; or a group of people."""

    id: str
    """An opaque id: the business-scoped user id where there is one, else what the network knows them by."""

    name: str = ""
    """The name that they gave themselves; empty when the network told none."""

    phone: str | None = None
    """Their phone number in digits, without a plus; None when the network told none."""

    user_id: str | None = None
    """The network's id of them that is never given to another person; None when it told none."""

    username: str = ""
    """The name that they chose on the network; empty when the network told none. They may change it, so it is
    no id."""

    former_ids: tuple[str, ...] = ()
    """Other ids of the same person that this update told us of. Numbers are in `former_phones`."""

    former_phones: tuple[str, ...] = ()
    """Phone numbers that the same person had before, as this update told us."""

    parent_user_id: str = ""
    """The network's id of them for the company that owns several business portfolios; empty when it told
    none. Nothing is sent to it."""

    identity_hash: str = ""
    """The digest of their phone's key, where the account checks identities. It changes with the phone."""

    @classmethod
    def of_group(cls, group_id: str) -> Self:
        """Return the group with that id of the network."""
        return cls(id=_GROUP + group_id)

    @property
    def group_id(self) -> str:
        """The network's id of the group; empty for a person."""
        return self.id.removeprefix(_GROUP) if self.id.startswith(_GROUP) else ""

    @property
    def is_alone(self) -> bool:
        """Whether nobody else reads what is said to them. A group, and somebody in one, have neither a number
        nor an id of their own.
        """
        return bool(self.user_id or self.phone) and not self.group_id

    @classmethod
    def of_business(cls, owner: str) -> Self:
        """Return what stands for our own side: what concerns no contact, such as a template, goes there."""
        return cls(id=_BUSINESS + owner)

    @property
    def is_business(self) -> bool:
        """Whether this is our own side, and no person."""
        return self.id.startswith(_BUSINESS)

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id of this person that we know, each once, the present ones first."""
        known = (self.id, self.user_id, self.phone, *self.former_ids, *self.former_phones)
        return tuple(dict.fromkeys(filter(None, known)))

    def called(self, nameless: str) -> Self:
        """Return this contact under a name that can be said.

        It is the contact's own name, on one line. Without one, or with one that shows nothing, it is
        `nameless`.
        """
        name = one_line(self.name)[:MAX_NAME].strip()
        name = nameless if is_blank(name) else name
        return self if name == self.name else replace(self, name=name)

    def has_phone(self, contact_id: str) -> bool:
        """Whether `contact_id` is one of their phone numbers: those are given to other people after a while.

        An id that only looks like a number is none.
        """
        return contact_id == self.phone or contact_id in self.former_phones
