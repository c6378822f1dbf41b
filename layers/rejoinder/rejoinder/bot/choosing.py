"""What `chat.ask` is given → choices, contents or a converter. What nobody could answer is refused."""

import enum
import inspect
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, get_origin

from rejoinder.bot.handlers import name_of, why_not_plain
from rejoinder.bot.triggers import is_spoken, types_in
from rejoinder.errors import BotError
from rejoinder.model.blanks import is_blank, one_line
from rejoinder.model.markup import plain
from rejoinder.model.said import OutboundContent

_READ_NO_WORDS = (
    *(bool, bytes, bytearray, dict, frozenset, list, object, set, tuple, type, type(None)),
    *(datetime, time, timedelta),
)
"""Types that take words without reading them, or take none at all."""


def choices_of(answer: object) -> dict[str, Any] | None:
    """Return the choices that `answer` names: titles, as they are shown, → values. None when it names none.

    The titles of an Enum are its values, and the values its members. Titles are put on one line.

    Raises:
        BotError: there is no choice, a title is no word or shows nothing, or two titles read alike.
    """
    pairs = _pairs(answer)
    if pairs is None:
        return None
    if not pairs:
        raise BotError("a question with choices needs at least one")
    choices: dict[str, Any] = {}
    read: dict[str, str] = {}
    for title, value in pairs:
        shown = _shown(title)
        typed = unicodedata.normalize("NFKC", shown)
        if typed in read:
            raise BotError(
                f"the choices {read[typed]!r} and {shown!r} read alike: nobody can tell them apart"
            )
        read[typed] = shown
        choices[shown] = value
    return choices


def contents_of(answer: object) -> tuple[type, ...]:
    """Return the contents that `answer` asks for; empty when it asks for something else.

    They are those of `Image`, `Image | Document` or `(Image, Document)`; `Media` stands for every file.

    Raises:
        BotError: some of them are contents that a contact sends, and some are not.
    """
    kinds = types_in(answer)
    if not any(map(is_spoken, kinds)):
        return ()
    for kind in kinds:
        if not is_spoken(kind):
            raise BotError(f"ask() waits for contents such as Image; no contact answers by {kind.__name__}")
    return kinds


def check_converter(answer: object) -> None:
    """Raise BotError when `answer` cannot turn words into a value. It names neither choices nor contents."""
    if not callable(answer):
        raise BotError(f"ask() takes a type, a converter or a list of choices, not {answer!r}")
    name = name_of(answer)
    if any(answer is kind for kind in _READ_NO_WORDS) or get_origin(answer) or inspect.isabstract(answer):
        raise BotError(f"ask() cannot read a {name} from words: give a function or choices")
    if isinstance(answer, type) and issubclass(answer, OutboundContent):
        raise BotError(f"ask() waits for what a contact sends, and {name} is what a bot says")
    if why := why_not_plain(answer):
        raise BotError(f"{name} {why}; a converter is a plain function")
    try:
        inspect.signature(answer).bind("words")
    except ValueError:  # a type written in C may have no signature
        return
    except TypeError:
        raise BotError(f"{name} must take one argument, the words of the answer") from None


def _pairs(answer: object) -> list[tuple[object, Any]] | None:
    """Return titles with values, as they were given; None when `answer` holds no choices."""
    match answer:
        case enum.EnumType():
            members: Mapping[str, enum.Enum] = answer.__members__  # with those whose value is there twice
            return [(member.value, member) for member in members.values()]
        case Mapping():
            return list(answer.items())
        case str() | bytes() | bytearray():
            return None
        case Sequence() if not types_in(answer):
            return [(title, title) for title in answer]
        case _:
            return None


def _shown(title: object) -> str:
    if not isinstance(title, str):
        raise BotError(
            f"a choice is a title, not {title!r}: write words, or a mapping from titles to values, {{…: …}}"
        )
    if is_blank(plain(title)):
        raise BotError(f"the choice {title!a} shows nothing")
    return one_line(plain(title))
