"""Account events about groups."""

from dataclasses import dataclass

from rejoinder.model.contents import MessageError
from rejoinder.model.events import AccountEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPart:
    """A part of a group's settings that was to be changed."""

    name: str = ""
    """Which: `group_subject`, `group_description` or `profile_picture`."""

    text: str = ""
    """The new words."""

    mime_type: str = ""
    """The type of the new picture."""

    sha256: str = ""
    """The digest of the new picture."""

    done: str = ""
    """Whether it was changed: `true`, `false`, or empty when the network told nothing."""

    errors: tuple[MessageError, ...] = ()
    """Why it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who joined or left a group."""

    id: str = ""
    """The network's id of them."""

    phone: str = ""
    """Their number."""

    parent_user_id: str = ""
    """The network's id of them for the company that owns several portfolios."""

    username: str = ""
    """The name that they chose on the network."""

    input: str = ""
    """The number or id by which they were named in the request."""

    errors: tuple[MessageError, ...] = ()
    """Why that did not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChange:
    """One change of a group."""

    type: str = ""
    """What happened, in the network's word, such as `group_create`."""

    group_id: str = ""
    """The network's id of the group."""

    request_id: str = ""
    """The network's id of our request, where there was one."""

    at: float = 0.0
    """When it happened, in Unix seconds."""

    name: str = ""
    """The subject of the group."""

    description: str = ""
    """The description of the group."""

    invite_link: str = ""
    """The link by which people join."""

    join_approval: str = ""
    """Whether we approve who joins, in the network's word."""

    reason: str = ""
    """Why, such as `invite_link`."""

    by: str = ""
    """Who did it, such as `business`."""

    join_request_id: str = ""
    """The network's id of a wish to join."""

    added: tuple[Participant, ...] = ()
    """Who joined."""

    removed: tuple[Participant, ...] = ()
    """Who left."""

    failed: tuple[Participant, ...] = ()
    """Who could not be added or removed."""

    asking: tuple[Participant, ...] = ()
    """Who wishes to join."""

    parts: tuple[GroupPart, ...] = ()
    """The settings that were to be changed."""

    errors: tuple[MessageError, ...] = ()
    """Why it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEvents(AccountEvent):
    """Groups were made, deleted or changed, or people joined or left."""

    groups: tuple[GroupChange, ...] = ()
    """The changes."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        kinds = ", ".join(dict.fromkeys(group.type.replace("_", " ") for group in self.groups))
        return f"A group: {kinds}"
