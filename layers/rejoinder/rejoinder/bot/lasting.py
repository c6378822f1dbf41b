"""Names by which classes and functions are found again, on any machine, such as `bot.orders:Order`."""

import operator
import sys
from functools import reduce
from importlib import import_module
from typing import Any


def name_in_module(thing: Any) -> str:
    """Return the name of a class or function. Raises TypeError when `found` would not find it by that."""
    if not can_be_found(thing):
        raise TypeError(
            f"the class {thing.__qualname__} must stand at the top of a module, to be found again"
        )
    return f"{_module_of(thing)}:{thing.__qualname__}"


def can_be_found(thing: Any) -> bool:
    """Whether a class or function is found again by its name: it stands at the top of its module."""
    try:
        same = reduce(getattr, thing.__qualname__.split("."), sys.modules[_module_of(thing)])
    except (AttributeError, KeyError):
        return False
    return bool(same == thing)


def found(name: str) -> Any:
    """Return the class or function of that name. Raises AttributeError or ImportError when it is gone."""
    module, _, path = name.partition(":")
    return operator.attrgetter(path)(sys.modules.get(module) or import_module(module))


def _module_of(thing: Any) -> str:
    """Return the name of the module of a class, a function, or a class method."""
    return str(thing.__module__ or getattr(thing, "__self__", thing).__module__)
