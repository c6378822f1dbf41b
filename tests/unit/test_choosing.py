"""What a question may be given, and what is refused at its line because nobody could answer it."""

import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum, auto
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, Union

import pytest

from rejoinder import (
    BotError,
    Button,
    Buttons,
    Document,
    Failed,
    FormReply,
    Image,
    Intent,
    Location,
    Media,
    Reaction,
    Template,
    Text,
)
from rejoinder.bot.choosing import check_converter, choices_of, contents_of
from rejoinder.model.own import Reminder


class Drink(Enum):
    TEA = "Tea"
    COFFEE = "Coffee"


class Town(StrEnum):
    BERLIN = "Berlin"


class Nothing(Enum):
    """It has no members."""


class Counted(IntEnum):
    ONE = 1


class Made(Enum):
    ONE = auto()


class Bits(Flag):
    ONE = auto()


class Alike(Enum):
    YES = "Yes"
    YEP = "yes"


class Twice(Enum):
    SMALL = "S"
    MEDIUM = "S"  # noqa: PIE796 - this is the mistake


class Blank(Enum):
    NONE = " "


CHOICES: dict[str, tuple[Any, dict[str, Any]]] = {
    "titles": (["Tea", "Coffee"], {"Tea": "Tea", "Coffee": "Coffee"}),
    "a tuple of titles": (("Tea",), {"Tea": "Tea"}),
    "a mapping": ({"One": 1, "Day": date(2030, 1, 1)}, {"One": 1, "Day": date(2030, 1, 1)}),
    "a read-only mapping": (MappingProxyType({"One": 1}), {"One": 1}),
    "an Enum": (Drink, {"Tea": Drink.TEA, "Coffee": Drink.COFFEE}),
    "a StrEnum": (Town, {"Berlin": Town.BERLIN}),
    "members": ([Town.BERLIN], {"Berlin": Town.BERLIN}),
    "a title with spaces around it": (["Yes ", "No"], {"Yes": "Yes ", "No": "No"}),
    "a title on two lines": (["Pizza\n(large)"], {"Pizza (large)": "Pizza\n(large)"}),
    "digits": (["1", "2"], {"1": "1", "2": "2"}),
    "emoji": (["👍", "👎"], {"👍": "👍", "👎": "👎"}),
    "many": ([f"No. {n}" for n in range(50)], {f"No. {n}": f"No. {n}" for n in range(50)}),
}


@pytest.mark.parametrize("name", CHOICES)
def test_choices_are_titles_that_lead_to_values(name: str) -> None:
    answer, choices = CHOICES[name]
    assert choices_of(answer) == choices
    assert contents_of(answer) == ()


NO_CHOICES: dict[str, tuple[Any, str]] = {
    "numbers": ([1, 2, 3], "a choice is a title, not 1"),
    "a range": (range(3), "a choice is a title, not 0"),
    "dates": ([date(2030, 1, 1)], r"not datetime.date\(2030, 1, 1\): write words, or a mapping"),
    "pairs": ([("t", "Tea")], r"not \('t', 'Tea'\).*a mapping from titles to values"),
    "lists": ([["Tea"]], "a choice is a title"),
    "nothing among words": (["Tea", None], "a choice is a title, not None"),
    "bytes": ([b"Tea"], "a choice is a title"),
    "buttons": ([Button(id="t", title="Tea")], "a choice is a title"),
    "members that are no words": ([Drink.TEA], "a choice is a title"),
    "a content among words": ((Image, "Tea"), "a choice is a title"),
    "numbers to words": ({1: "One"}, "a choice is a title, not 1"),
    "no choices": ([], "needs at least one"),
    "no choices in a tuple": ((), "needs at least one"),
    "no choices in a mapping": ({}, "needs at least one"),
    "an Enum without members": (Nothing, "needs at least one"),
    "an IntEnum": (Counted, "a choice is a title, not 1"),
    "an Enum of auto()": (Made, "a choice is a title, not 1"),
    "a Flag": (Bits, "a choice is a title"),
    "an Enum with a value twice": (Twice, "'S' and 'S' read alike"),
    "an Enum with an empty value": (Blank, "shows nothing"),
    "a title twice": (["Tea", "Tea"], "'Tea' and 'Tea' read alike"),
    "titles alike but for spaces": (["Tea", " Tea"], "read alike"),
    "titles alike but for the width of a letter": (["Tea", "Ｔea"], "read alike"),
    "an empty title": (["Tea", ""], "the choice '' shows nothing"),
    "a blank title": ([" \n"], "shows nothing"),
    "an invisible title": (["\u200b"], r"the choice '\\u200b' shows nothing"),
}


@pytest.mark.parametrize("name", NO_CHOICES)
def test_choices_that_are_no_words_are_refused(name: str) -> None:
    answer, why = NO_CHOICES[name]
    with pytest.raises(BotError, match=why):
        choices_of(answer)


CONTENTS: dict[str, tuple[Any, tuple[type, ...]]] = {
    "one": (Image, (Image,)),
    "a union": (Image | Document, (Image, Document)),
    "an older union": (Union[Image, Document], (Image, Document)),  # noqa: UP007
    "a tuple": ((Image, Document), (Image, Document)),
    "a union in a tuple": ((Image | Document, Location), (Image, Document, Location)),
    "every file": (Media, (Media,)),
    "words or a place": (Text | Location, (Text, Location)),
    "a form": (FormReply, (FormReply,)),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_several_contents_may_be_asked_for(name: str) -> None:
    answer, kinds = CONTENTS[name]
    assert choices_of(answer) is None
    assert contents_of(answer) == kinds


@pytest.mark.parametrize(
    "answer",
    [Image | None, Image | str, (Image, int), Image | Template, Image | Reaction],
    ids=str,
)
def test_contents_with_something_else_among_them_are_refused(answer: Any) -> None:
    with pytest.raises(BotError, match="no contact answers by"):
        contents_of(answer)


async def later(words: str) -> str:
    return words


def parts(words: str) -> Iterator[str]:
    yield words


async def later_parts(words: str) -> AsyncIterator[str]:
    yield words


def two(words: str, more: str) -> str:
    return words + more


class Later:
    async def __call__(self, words: str) -> str:
        return words


class Abstract(ABC):
    def __init__(self, words: str) -> None:
        self.words = words

    @abstractmethod
    def read(self) -> str:
        """Read."""


NO_CONVERTERS: dict[str, tuple[Any, str]] = {
    "a word": ("Yes", "a list of choices, not 'Yes'"),
    "a number": (5, "a list of choices, not 5"),
    "nothing": (None, "a list of choices"),
    "a set": ({"Tea"}, "a list of choices"),
    "keys": ({"Tea": 1}.keys(), "a list of choices"),
    "an iterator": (iter(["Tea"]), "a list of choices"),
    "an intent": (Intent(name="x", examples=["x"]), "a list of choices"),
    "a member": (Drink.TEA, "a list of choices"),
    "a pattern": (re.compile("x"), "a list of choices"),
    "a ready content": (Text(body="x"), "a list of choices"),
    "types that are no contents": ((int, str), "a list of choices"),
    "a union of types": (int | None, "a list of choices"),
    "bool": (bool, "cannot read a bool"),
    "datetime": (datetime, "cannot read a datetime"),
    "time": (time, "cannot read a time"),
    "timedelta": (timedelta, "cannot read a timedelta"),
    "list": (list, "cannot read a list"),
    "list of words": (list[str], "cannot read a list"),
    "dict": (dict, "cannot read a dict"),
    "tuple": (tuple, "cannot read a tuple"),
    "bytes": (bytes, "cannot read a bytes"),
    "object": (object, "cannot read a object"),
    "the type of None": (type(None), "cannot read a NoneType"),
    "a Literal": (Literal["Tea"], "cannot read"),
    "an abstract class": (Abstract, "cannot read a Abstract"),
    "an async function": (later, "later is async"),
    "an async lambda's object": (Later(), "Later is async"),
    "a partial of an async function": (partial(later), "later is async"),
    "a generator": (parts, "parts has a yield"),
    "an async generator": (later_parts, "later_parts is async"),
    "two arguments": (two, "two must take one argument"),
    "no argument": (lambda: 1, "must take one argument"),
    "what bots say": (Buttons, "Buttons is what a bot says"),
    "a template": (Template, "Template is what a bot says"),
    "a reminder": (Reminder, "Reminder must take one argument"),
    "a failure": (Failed, "Failed must take one argument"),
    "a reaction": (Reaction, "Reaction is what a bot says"),
}


@pytest.mark.parametrize("name", NO_CONVERTERS)
def test_what_cannot_read_words_is_refused(name: str) -> None:
    answer, why = NO_CONVERTERS[name]
    assert choices_of(answer) is None
    assert contents_of(answer) == ()
    with pytest.raises(BotError, match=why):
        check_converter(answer)


@pytest.mark.parametrize(
    "answer",
    [
        str,
        int,
        float,
        Decimal,
        str.strip,
        re.compile("x").fullmatch,
        len,
        partial(two, more="x"),
        lambda words: words,
    ],
    ids=[
        "str",
        "int",
        "float",
        "Decimal",
        "a method",
        "a bound method",
        "a function",
        "a partial",
        "a lambda",
    ],
)
def test_what_takes_words_is_a_converter(answer: Any) -> None:
    assert choices_of(answer) is None
    assert contents_of(answer) == ()
    check_converter(answer)
