"""How deeply JSON may be nested. This module needs the standard library only. The fronts use it."""

MAX_DEPTH = 64
"""The deepest nesting of JSON that is taken, in levels. Networks use about ten; Python fails at hundreds."""

TOO_DEEP = "nested too deeply"


def is_too_deep(value: object) -> bool:
    """Whether `value` nests more than MAX_DEPTH objects and arrays. Recursion could fail, so it has none."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            part
            for node in level
            if isinstance(node, dict | list)
            for part in (node.values() if isinstance(node, dict) else node)
        ]
    return bool(level)
