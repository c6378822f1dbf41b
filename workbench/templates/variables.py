"""What the workbench does with the variables of a template's text."""

from collections.abc import Iterable, Mapping

from rejoinder.bot.templates.variables import VARIABLE


def are_named(names: Iterable[str]) -> bool:
    """Return whether variables have names instead of numbers."""
    return any(not name.isdecimal() for name in names)


def filled(text: str, examples: Mapping[str, str]) -> str:
    """Return a text with its examples in it. A variable without one stays."""
    return VARIABLE.sub(lambda found: examples.get(found[1], found[0]), text)
