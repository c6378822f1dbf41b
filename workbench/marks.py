"""Puts what a command writes between its two marks in a file."""


def replaced(text: str, begin: str, end: str, new: str) -> str:
    """Return `text` with `new` between its two marks. Raises ValueError when they are not there."""
    before, found_begin, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise ValueError(f"there is no place for it: it lies between {begin!r} and {end!r}")
    return f"{before}{begin}{new}{end}{after}"
