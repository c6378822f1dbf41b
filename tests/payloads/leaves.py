"""Which leaves of a body matter: those whose change changes what the body becomes."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

Path = tuple[str | int, ...]

Become = Callable[[Any], Any]
"""Returns what a body becomes, as something that can be compared."""


def leaves(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and the value of each leaf that says something: null says nothing."""
    if isinstance(node, dict):
        for name, part in node.items():
            yield from leaves(part, (*path, name))
    elif isinstance(node, list):
        for place, part in enumerate(node):
            yield from leaves(part, (*path, place))
    elif node is not None:
        yield path, node


def lost(body: Any, become: Become) -> list[Path]:
    """Return the leaves of `body` that neither change what it becomes nor stand in that."""
    before = become(body)
    told = {_plain(value) for _, value in leaves(before)}
    return [
        path
        for path, value in leaves(body)
        if not (_plain(value) in told and _is_telling(value))
        and not _matters(body, path, value, become, before)
    ]


def _plain(value: Any) -> str:
    """Return a value as it is compared: a number is the same as a string of it."""
    try:
        return repr(float(value)) if not isinstance(value, bool) else repr(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)


def _is_telling(value: Any) -> bool:
    """Whether a value is hardly the same as another one by chance."""
    return not isinstance(value, bool) and len(str(value)) > 3


def _matters(body: Any, path: Path, value: Any, become: Become, before: Any) -> bool:
    for other in _others(value):
        changed = copy.deepcopy(body)
        parent = changed
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = other
        if become(changed) != before:
            return True
    return False


def _others(value: Any) -> Iterator[Any]:
    """Yield other values of the same kind."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
        yield str(value)
    else:
        if value.isascii() and value.isdecimal():
            yield str(int(value) + 1)[:400]
        yield f"{value}x"
        yield from ("1749416999", "131000", "x")
    yield None


def written(path: Path) -> str:
    """Return a path as it is written in tables, such as `messages[].image.url`."""
    text = ""
    for step in path:
        text += "[]" if isinstance(step, int) else f".{step}" if text else step
    return text
