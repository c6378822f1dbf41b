"""Lengths: how WhatsApp counts words.

Meta names its limits in characters and does not say what a character is. Senders of many messages read it in
different ways: nyaruka/courier counts code points, Secreto31126/whatsapp-api-js counts units of UTF-16, in
which most emoji are two. A flag is two code points and four units. We count units of UTF-16: that is never
less than code points or what people see as one sign. One provider, YCloud, writes of 20 bytes where Meta
writes of 20 characters. We follow Meta, so 4,096 letters of Hindi are 4,096 characters.
"""

from itertools import pairwise

from rejoinder.errors import LimitExceeded
from rejoinder.model.blanks import BREAKS, is_blank, one_line
from rejoinder.model.splitting import length_of as length_of  # noqa: PLC0414 - WhatsApp counts so


def check_title(what: str, words: str, limit: int, *, optional: bool = False) -> None:
    """Check words that are shown on one line."""
    check_length(what, words, limit, optional=optional)
    if BREAKS.search(words):
        raise LimitExceeded(f"{what} has a line break or a tab: write {one_line(words)!r}")
    _check_ends(what, words)


def check_id(what: str, words: str, limit: int) -> None:
    """Check words that nobody sees, and that come back or name something."""
    check_length(what, words, limit)
    _check_ends(what, words)


def _check_ends(what: str, words: str) -> None:
    """Refuse spaces around an id, as Meta does ("interactive object" of its reference), or around a title:
    bots make ids of titles.
    """
    if words != words.strip():
        raise LimitExceeded(f"{what} has spaces at its ends: write {words.strip()!r}, not {words!r}")


def check_length(what: str, words: object, limit: int, *, optional: bool = False) -> None:
    """Raise LimitExceeded when `words`, which `what` names, are none, show nothing or are too long."""
    if not isinstance(words, str):
        raise LimitExceeded(f"{what} is a text, not {words!r}")
    if optional and not words:
        return
    if not words.strip():
        raise LimitExceeded(f"{what} is empty")
    if is_blank(words):
        raise LimitExceeded(f"{what} has invisible characters only: {words[:40]!a}")
    if (length := length_of(words)) > limit:
        begun = f"{words[:40]!r}{_hint(words, length)}"
        raise LimitExceeded(f"{what} is {length} characters long; WhatsApp takes {limit}: {begun}")
    check_halves(what, words)


def _hint(words: str, length: int) -> str:
    return "" if length == len(words) else ". Most emoji count as 2, flags as 4"


def check_halves(what: str, words: str) -> None:
    """Raise LimitExceeded when `words` hold half of a surrogate pair."""
    if not words.isascii() and any("\ud800" <= letter <= "\udfff" for letter in words):
        raise LimitExceeded(f"{what} holds half of a surrogate pair, which is no character: {words[:40]!r}")


def check_different(what: str, choices: list[tuple[str, str]]) -> None:
    """Raise LimitExceeded when two choices, given as (title, id), cannot be told apart."""
    for name, values in (("title", [title for title, _ in choices]), ("id", [id for _, id in choices])):
        for one, next_one in pairwise(sorted(values)):
            if one == next_one:
                raise LimitExceeded(f"two {what} have the {name} {one!r}; each needs its own")
