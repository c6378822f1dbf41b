"""Two versions of the code at once: the one that is deployed, and the one before it.

The version before knows each shape that has changed since by its format number before. It cannot read what
the present version writes. The present version reads both.
"""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Generic, TypeVar, cast

from rejoinder.aws.stored import fields

T = TypeVar("T")
S = TypeVar("S")

CHANGES: tuple[tuple[str, ...], ...] = (
    (),
    ("journal",),
    ("journal",),
    ("journal",),
    ("turn",),
    ("conversation",),
    ("marker",),
    ("update",),
    ("wake_up", "contact"),
    ("inbound_body", "own_body"),
    ("record", "events_body"),
    ("journal", "turn", "conversation", "marker", "update", "wake_up", "contact"),
)
"""What may have changed between the two versions; the first is the dullest."""


def changes_of(drawn: int) -> tuple[str, ...]:
    """What has changed, by a number: in most runs nothing."""
    return CHANGES[drawn] if drawn < len(CHANGES) else ()


@contextmanager
def before(changed: tuple[str, ...]) -> Iterator[None]:
    """Run the version before, to which the `changed` shapes are unknown as they are now."""
    formats = cast(dict[str, int], fields.FORMATS)
    then = dict(formats)
    formats.update({shape: _PRESENT[shape] - 1 for shape in changed})
    try:
        yield
    finally:
        formats.update(then)


@contextmanager
def present() -> Iterator[None]:
    """Run the present version, also inside of `before`: another machine does something."""
    formats = cast(dict[str, int], fields.FORMATS)
    then = dict(formats)
    formats.update(_PRESENT)
    try:
        yield
    finally:
        formats.update(then)


_PRESENT = dict(fields.FORMATS)


class Shelf(MutableMapping[str, T], Generic[T, S]):
    """Values as the version that is running writes and reads them."""

    def __init__(self, dump: Callable[[T], S], read: Callable[[str, S], T]) -> None:
        self._stored: dict[str, S] = {}
        self._dump = dump
        self._read = read

    def __getitem__(self, key: str) -> T:
        return self._read(key, self._stored[key])

    def __setitem__(self, key: str, value: T) -> None:
        self._stored[key] = self._dump(value)

    def __delitem__(self, key: str) -> None:
        del self._stored[key]

    def __contains__(self, key: object) -> bool:
        return key in self._stored

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)
