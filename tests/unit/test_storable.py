"""What is kept comes back as it was left, or its line is told why not."""

import json
import math
import uuid
from collections import Counter, OrderedDict, UserDict, defaultdict, namedtuple
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder import Bot, Chat
from rejoinder.bot.storable import as_json
from rejoinder.errors import BotError, BotFailed
from rejoinder.testing import Phone


class Size(Enum):
    SMALL = "small"


class Number(IntEnum):
    ONE = 1


class Colour(StrEnum):
    RED = "red"


@dataclass
class Point:
    x: int


Pair = namedtuple("Pair", "a b")
LOOP: list[Any] = []
LOOP.append(LOOP)
DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]

CHANGED: dict[str, tuple[Any, str]] = {
    "a number as a key": ({7: 1}, "chat.data has the key 7: JSON keeps keys as words; write str(7)"),
    "a deeper key": (
        {"votes": {7: 1}},
        "chat.data['votes'] has the key 7: JSON keeps keys as words; write str(7)",
    ),
    "two keys that become one": ({"a": {7: 1, "7": 2}}, "chat.data['a'] has the key 7"),
    "True as a key": ({"a": {True: 1}}, "chat.data['a'] has the key True"),
    "None as a key": ({"a": {None: 1}}, "chat.data['a'] has the key None"),
    "a pair as a key": ({"a": {(1, 2): 3}}, "chat.data['a'] has the key (1, 2)"),
    "a date as a key": ({"a": {date(2030, 1, 1): 3}}, "chat.data['a'] has the key datetime.date(2030, 1, 1)"),
    "an IntEnum as a key": ({Number.ONE: 3}, "chat.data has the key <Number.ONE: 1>"),
    "a tuple": (
        {"at": [0, (1, 2)]},
        "chat.data['at'][1] is a tuple, which JSON does not bring back: keep list(…)",
    ),
    "no tuple at all": ({"a": ()}, "chat.data['a'] is a tuple"),
    "a named tuple": ({"a": Pair(1, 2)}, "chat.data['a'] is a Pair"),
    "a set": ({"a": {1}}, "chat.data['a'] is a set, which JSON does not bring back: keep sorted(…)"),
    "a frozen set": ({"a": frozenset()}, "chat.data['a'] is a frozenset"),
    "nan": ({"a": math.nan}, "chat.data['a'] is nan, which is no number of JSON: keep None"),
    "infinity": ({"a": [math.inf]}, "chat.data['a'][0] is inf"),
    "a date": (
        {"a": date(2030, 1, 1)},
        "chat.data['a'] is a date, which JSON does not bring back: keep its isoformat()",
    ),
    "a moment": ({"a": datetime(2030, 1, 1, tzinfo=UTC)}, "keep its isoformat()"),
    "a time": ({"a": time(9)}, "keep its isoformat()"),
    "a duration": ({"a": timedelta(1)}, "keep its total_seconds()"),
    "an Enum": (
        {"a": Size.SMALL},
        "chat.data['a'] is a Size, which JSON does not bring back: keep its value",
    ),
    "a Decimal": ({"a": Decimal(1)}, "keep str(…)"),
    "bytes": ({"a": b"x"}, "keep its hex()"),
    "a dataclass": ({"a": Point(1)}, "keep dataclasses.asdict(…)"),
    "a class": ({"a": Point}, "keep its parts"),
    "a UUID": ({"a": uuid.UUID(int=1)}, "keep its parts"),
    "a complex number": ({"a": 1j}, "keep its parts"),
    "a mapping": ({"a": MappingProxyType({})}, "keep dict(…)"),
    "a user's mapping": ({"a": UserDict()}, "keep dict(…)"),
    "a generator": ({"a": (n for n in [1])}, "chat.data['a'] is a generator"),
    "keys": ({"a": {}.keys()}, "chat.data['a'] is a dict_keys"),
    "a list that holds itself": ({"a": LOOP}, "holds itself"),
    "a list that lies too deep": ({"a": DEEP}, "holds itself, or lies too deep"),
    "an object that is the data": (Point(1), "chat.data is a Point"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_json_changes_is_an_error_that_says_where_and_what_to_write(name: str) -> None:
    value, text = CHANGED[name]
    with pytest.raises(BotError) as caught:
        as_json(value, "chat.data")
    assert text in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": [1, 2.5, True, None, "ä\ud83d", {"b": [[]]}]},
        {"": {"": ""}},
        {"a": 10**30, "b": -0.0},
        Counter(a=1),
        OrderedDict(b=1, a=2),
        defaultdict(int, a=1),
        {"a": Number.ONE, "b": Colour.RED, Colour.RED: 1},
        [],
        "words",
        None,
    ],
    ids=repr,
)
def test_what_comes_back_equal_is_kept(value: Any) -> None:
    copy = as_json(value, "chat.data")
    assert copy == value
    assert json.dumps(copy) == json.dumps(value)


def test_the_copy_is_a_copy() -> None:
    data = {"a": [1]}
    copy = as_json(data, "chat.data")
    data["a"].append(2)
    assert copy == {"a": [1]}


KEYS = st.text(max_size=2) | st.integers() | st.booleans() | st.none()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@given(value=VALUES)
def test_a_value_comes_back_as_it_is_or_is_refused(value: Any) -> None:
    try:
        copy = as_json(value, "chat.data")
    except BotError:
        return
    assert repr(copy) == repr(value)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (lambda data: data.update(tags={"a"}), "is a set"),
        (lambda data: data.setdefault("place", (1, 2)), "is a tuple"),
        (lambda data: data.__setitem__(7, "seven"), "has the key 7"),
        (lambda data: data.__ior__({"at": date(2030, 1, 1)}), "is a date"),
        (lambda data: data.__setitem__("votes", {1: 2}), "has the key 1"),
    ],
)
def test_what_json_would_change_is_an_error_at_the_line_that_puts_it_into_the_data(
    line: Callable[[Any], Any], told: str
) -> None:
    reached = []

    def handler(chat: Chat) -> None:
        line(chat.data)
        reached.append("the next line")

    bot = Bot()
    bot.otherwise(handler)
    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("x")
    assert told in str(failed.value.__cause__)
    assert reached == []


def test_what_is_put_into_the_data_stays_the_same_object() -> None:
    def handler(chat: Chat) -> None:
        cart = chat.data.setdefault("cart", [])
        cart.append(chat.message.text)
        chat.data |= {"newest": chat.message.text}
        chat.data.update([("count", len(cart))])
        chat.say(f"{chat.data}")

    bot = Bot()
    bot.otherwise(handler)
    phone = Phone(bot)
    phone.says("a")
    assert phone.says("b") == ["< {'cart': ['a', 'b'], 'newest': 'b', 'count': 2}"]
