"""Several values, as an author gives them, become a tuple."""

from typing import TypeVar

from rejoinder.errors import BotError

T = TypeVar("T")


def several(name: str, kind: type[T], given: object) -> tuple[T, ...]:
    """Return what was given for the field `name`. A list will do; BotError for what holds no `kind`."""
    example = f"{name}=({kind.__name__}(…), …)"
    if not isinstance(given, list | tuple):
        raise BotError(f"{name} are a tuple or a list: write {example}, not {given!r}")
    for one in given:
        if not isinstance(one, kind):
            raise BotError(f"each of {name} is a {kind.__name__}: write {example}, not {one!r}")
    return tuple(given)
