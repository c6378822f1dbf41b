"""The files that a message request names, wherever they stand in its body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.media import KINDS, MediaShelf, why_not


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A file that a request names by id or by link."""

    kind: str
    """Such as `image`."""

    path: str
    """Where it stands, as Meta's errors name it."""

    id: str | None
    link: str | None


def references(body: JsonObject) -> list[Reference]:
    """Return the files that a request names, in the order in which they stand there."""
    return list(_within(body, ""))


def why_doomed(body: JsonObject, shelf: MediaShelf, phone_number_id: str) -> str | None:
    """Return why the files of a request cannot be sent; None when they can.

    An id that nobody knows, or that was uploaded on another number, is an error at once.
    """
    reasons = []
    for one in references(body):
        if one.id is None:
            continue
        medium = shelf.get(one.id)
        if medium is None or medium.phone_number_id not in (None, phone_number_id):
            raise errors.not_media(one.path)
        reasons.append(why_not(one.kind, medium.mime_type, len(medium.data)))
    return next((reason for reason in reasons if reason), None)


def _within(value: object, path: str) -> Iterator[Reference]:
    if isinstance(value, list):
        for n, item in enumerate(value):
            yield from _within(item, f"{path}[{n}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            place = f"{path}['{key}']" if path else key
            if key in KINDS and isinstance(item, dict):
                yield from _named(key, item, place)
            yield from _within(item, place)


def _named(kind: str, item: JsonObject, path: str) -> Iterator[Reference]:
    media_id, link = item.get("id"), item.get("link")
    if isinstance(media_id, str) and media_id:
        yield Reference(kind=kind, path=f"{path}['id']", id=media_id, link=None)
    elif isinstance(link, str) and link:
        yield Reference(kind=kind, path=f"{path}['link']", id=None, link=link)
