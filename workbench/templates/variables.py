"""The variables of a template's text, such as `{{1}}` and `{{name}}`."""

import re
from collections.abc import Callable, Mapping

VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def variables_in(text: str) -> list[str]:
    """Return the variables of a text, each once: numbers in their order, names as they come."""
    found = list(dict.fromkeys(VARIABLE.findall(text)))
    return sorted(found, key=int) if all(name.isdecimal() for name in found) else found


def are_named(names: list[str]) -> bool:
    """Return whether variables have names instead of numbers."""
    return any(not name.isdecimal() for name in names)


def filled(text: str, examples: Mapping[str, str], mark: Callable[[str], str] = str) -> str:
    """Return a text with its examples in it. A variable without one stays. `mark` sets an example off."""
    return VARIABLE.sub(lambda found: mark(examples[found[1]]) if found[1] in examples else found[0], text)
