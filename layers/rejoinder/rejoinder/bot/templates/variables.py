"""The variables in the words of a template."""

import re

VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def variables_in(words: str) -> tuple[str, ...]:
    """Return the names of the variables in `words`, each once; numbers in their order."""
    found = dict.fromkeys(VARIABLE.findall(words))
    if found and all(map(str.isdecimal, found)):
        return tuple(sorted(found, key=int))
    return tuple(found)
