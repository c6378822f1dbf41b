"""Checks of what `on` and `ask` are given: content types, words and patterns that can be met at all."""

import re
import types
import typing

from rejoinder.bot.buttons import is_our_id
from rejoinder.bot.words import fold
from rejoinder.errors import BotError
from rejoinder.model.contents import Media, Tap
from rejoinder.model.own import Reminder, TimeUp
from rejoinder.model.said import Buttons, List, Template
from rejoinder.model.spoken import SpokenContent
from rejoinder.model.updates import InboundContent

_UNSEEN = (Reminder, TimeUp)
"""What no `on` sees: it goes to the handler or question that it was planned for."""

_OURS = "that is what a bot says, and a contact answers it by a Tap or words"

_SPOKEN = (*typing.get_args(SpokenContent), Media)
_SEEN = tuple(kind for kind in (*typing.get_args(InboundContent), Media) if kind not in _UNSEEN)


def types_in(kinds: object) -> tuple[type, ...]:
    """Return the types of a type, of a union such as `Image | Document`, or of a tuple of these.

    Empty when `kinds` is something else.
    """
    if isinstance(kinds, types.UnionType) or typing.get_origin(kinds) is typing.Union:
        return types_in(typing.get_args(kinds))
    if isinstance(kinds, tuple):
        parts = [types_in(kind) for kind in kinds]
        return tuple(kind for part in parts for kind in part) if all(parts) else ()
    return (kinds,) if isinstance(kinds, type) else ()


def is_spoken(kind: type) -> bool:
    """Whether a contact may answer by a content of that kind, such as `Image`, or `Media` for every file."""
    return kind in _SPOKEN


def check_trigger(trigger: object) -> None:
    """Raise TypeError or BotError when no message can ever fit `trigger`. The text says what to write."""
    if isinstance(trigger, str):
        _check_words(trigger)
    elif isinstance(trigger, re.Pattern):
        if isinstance(trigger.pattern, bytes):
            raise TypeError(f"on({trigger!r}) is a pattern of bytes: write re.compile of a text")
    elif isinstance(trigger, Tap):
        _check_tap(trigger)
    elif isinstance(trigger, list | tuple | set | frozenset):
        raise TypeError(f"on() takes them one after another, not in a {type(trigger).__name__}: on(…, …)")
    else:
        for kind in types_in(trigger):
            _check_type(kind)


def _check_words(words: str) -> None:
    if not fold(words.removeprefix("/")):
        raise BotError(f"on({words!r}) has no word to compare: use a pattern, on(re.compile(…))")
    if words.startswith("/") and len(words.split()) > 1:
        raise BotError(
            f"on({words!r}) would never run: a command is its name alone, on({words.split(maxsplit=1)[0]!r})"
        )


def _check_tap(tap: Tap) -> None:
    given: object = tap.id  # what an untyped bot gives may be anything
    if not isinstance(given, str) or not given or given != given.strip():
        raise BotError(f"no button has the id {given!r}: an id is a text without spaces at its ends")
    if is_our_id(given):
        raise BotError(
            f"the id {given!r} is rejoinder's own: lead the button to a handler, buttons={{…: handler}}"
        )


def _check_type(kind: type) -> None:
    if kind in _SEEN:
        return
    cures = {str: "for any words write on(Text)", Buttons: _OURS, List: _OURS, Template: _OURS}
    cure = cures.get(kind, "it takes content types such as Image")
    raise TypeError(f"on({kind.__name__}) would never run: {cure}")
