"""The contacts that a number has blocked.

https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rejoinder.workbench.graph.answers import objects, text
from rejoinder.workbench.graph.changes import Change, delete, post
from rejoinder.workbench.graph.client import Graph, Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A contact that Meta did not block."""

    contact: str
    """The number or the user id that was asked for."""

    why: str
    """What Meta says."""


def blocked(graph: Graph, number_id: str) -> Iterator[str]:
    """Yield the blocked contacts: their numbers, or user ids without one. Raises GraphError."""
    for one in graph.pages(f"{number_id}/block_users"):
        yield text(one, "wa_id") or text(one, "user_id")


def block(number_id: str, contacts: Iterable[str]) -> Change:
    """Return the request that blocks contacts. Meta takes only who wrote in the last 24 hours."""
    return post(f"{number_id}/block_users", _users(contacts))


def unblock(number_id: str, contacts: Iterable[str]) -> Change:
    """Return the request that unblocks contacts."""
    return delete(f"{number_id}/block_users", _users(contacts))


def refused(answer: Json) -> tuple[Refused, ...]:
    """Return the contacts that an answer names as not blocked."""
    return tuple(
        Refused(contact=text(one, "input"), why=_why(one))
        for one in objects(answer, "block_users", "failed_users")
    )


def _why(one: Json) -> str:
    (first, *_) = objects(one, "errors") or ({},)
    return text(first, "error_data", "details") or text(first, "message")


def _users(contacts: Iterable[str]) -> Json:
    return {"messaging_product": "whatsapp", "block_users": [{"user": contact} for contact in contacts]}
