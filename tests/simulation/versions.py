"""Two versions of the code at the same time: the deployed one and the one before it.

The earlier version knows each changed shape by its former format number. It cannot read what the present
version writes. The present version reads both.
"""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Generic, TypeVar, cast

from rejoinder.aws.stored import formats

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
"""The shapes that may have changed between the two versions. The first choice is the dullest."""


def changes_of(drawn: int) -> tuple[str, ...]:
    """Return the changed shapes for a drawn number. In most runs nothing has changed."""
    return CHANGES[drawn] if drawn < len(CHANGES) else ()


@contextmanager
def before(changed: tuple[str, ...]) -> Iterator[None]:
    """Run the earlier version in the `with` block. It knows only the former formats of `changed`."""
    known = cast(dict[str, int], formats.FORMATS)
    then = dict(known)
    known.update({shape: _PRESENT[shape] - 1 for shape in changed})
    try:
        yield
    finally:
        known.update(then)


@contextmanager
def present() -> Iterator[None]:
    """Run the present version in the `with` block. Inside `before`, it stands for another machine."""
    known = cast(dict[str, int], formats.FORMATS)
    then = dict(known)
    known.update(_PRESENT)
    try:
        yield
    finally:
        known.update(then)


_PRESENT = dict(formats.FORMATS)


class Shelf(MutableMapping[str, T], Generic[T, S]):
    """A mapping whose values are written and read in the way of the running version."""

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
