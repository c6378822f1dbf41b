"""What a step returned or raised, and what an answer became, comes back from its text as it was."""

import dataclasses
import enum
import json
import math
import sys
import threading
import urllib.error
from collections import namedtuple
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from email.message import Message
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pydantic
import pytest
import requests
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from hypothesis import given
from hypothesis import strategies as st

from rejoinder import BotError, Image, Text
from rejoinder.bot.codec import (
    MAX_PART_BYTES,
    Unknown,
    fingerprint,
    is_same,
    read,
    read_error,
    result_of,
    write,
    write_error,
)

BERLIN = ZoneInfo("Europe/Berlin")
Point = namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = "r"
    ROSE = Decimal("1.5")


class Right(enum.Flag):
    READ = 1
    WRITE = 2


class Number(enum.IntEnum):
    ONE = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Day:
    day: date
    colour: Colour = Colour.RED


@dataclasses.dataclass
class Week:
    days: list[Day]
    note: str = dataclasses.field(default="", compare=False)


@pytest.mark.parametrize(
    "value",
    [
        Decimal("9.90"),
        datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=1),
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        time(10, tzinfo=BERLIN),
        time(2, 30, fold=1),
        Colour.ROSE,
        Right.READ | Right.WRITE,
        Right(0),
        Week([Day(date(2030, 1, 1))]),
        Point(1, Point(2, None)),
        {1: "a", "1": "b", None: "c", (1, 2): "d", Colour.RED: "e"},
        {"$date": "x"},
        {"a": 1, "$raise": []},
        b"\xff",
        10**400,
        math.inf,
        "half of a pair: \ud83d",
        [Text(body="a"), Image(media_id="1", caption="b")],
        SimpleNamespace(code=402),
        {"deep": [({date(2030, 1, 1): {Decimal(1)}},)]},
    ],
    ids=repr,
)
def test_a_value_comes_back_with_its_type(value: object) -> None:
    again = read(write(value, "it"))
    assert again == value
    assert repr(again) == repr(value)
    assert math.isnan(read(write(math.nan, "it")))


SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.uuids()
    | st.sampled_from([*Colour, *Number, Right.READ, Right.READ | Right.WRITE])
)
KEYS = st.text(max_size=3) | st.sampled_from(["$date", "$", "$dict"]) | st.integers() | st.dates()
VALUES = st.recursive(
    SIMPLE,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.frozensets(SIMPLE, max_size=3)
        | st.tuples(inner, inner).map(lambda pair: Point(*pair))
    ),
    max_leaves=10,
)


@given(value=VALUES)
def test_any_value_comes_back_as_it_was(value: Any) -> None:
    again = read(write(value, "it"))
    assert again == value
    assert type(again) is type(value)


class Plain: ...


@dataclasses.dataclass
class Strange(Exception):
    code: int = 0


@dataclasses.dataclass
class Odd(str):
    note: str = ""


def local() -> object:
    @dataclasses.dataclass
    class Local:
        pass

    return Local()


HOLDS_ITSELF: list[object] = []
HOLDS_ITSELF.append(HOLDS_ITSELF)


@pytest.mark.parametrize(
    "value",
    [object(), Plain(), {"deep": [Plain()]}, local(), range(3), 1j, threading.Lock(), HOLDS_ITSELF],
    ids=lambda value: type(value).__name__,
)
def test_what_could_not_be_read_again_is_refused(value: object) -> None:
    with pytest.raises(BotError, match="what was returned"):
        write(value, "what was returned")


def test_what_can_be_written_and_not_read_is_refused() -> None:
    with pytest.raises(BotError, match="cannot be kept"):
        write(Odd("5"), "it")


@pytest.mark.parametrize(
    "text",
    [
        '{"$dataclass":["tests.unit.gone:Gone",{}]}',
        '{"$enum":["tests.unit.test_codec:Colour","GREEN","g"]}',
        '{"$decimal":"many"}',
        '{"$raise":["tests.unit.gone:Gone",[],[],{},null]}',
        '{"$raise":["builtins:len",["abc"],[],{},null]}',
    ],
)
def test_what_a_deployment_made_unreadable_is_unknown(text: str) -> None:
    with pytest.raises(Unknown):
        result_of(text)


def test_a_fingerprint_does_not_depend_on_the_machine() -> None:
    assert fingerprint([Plain()]) == fingerprint([Plain()])
    assert fingerprint([{"b", "a"}]) == fingerprint([{"a", "b"}])
    assert fingerprint([10**5000]) == fingerprint([10**5000])
    assert len({fingerprint(value) for value in (1, True, 1.0, "1", Decimal(1), None, [1], (1,))}) == 8


class Declined(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(f"declined with code {code}")
        self.code = code


class NoConnection(OSError):
    def __init__(self, host: str) -> None:
        super().__init__(5, f"no connection to {host}")
        self.host = host


class OnlyNamed(Exception):
    def __init__(self, *, code: int) -> None:
        super().__init__("text")
        self.code = code


class Slotted(Exception):
    __slots__ = ("sum",)

    def __init__(self, one: int, two: int) -> None:
        self.sum = one + two

    def __str__(self) -> str:
        return f"in all {self.sum}"


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    code: int


class Locked(Exception):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.lock = threading.Lock()


class Form(pydantic.BaseModel):
    age: int

    @pydantic.field_validator("age")
    @classmethod
    def adult(cls, age: int) -> int:
        if age < 18:
            raise ValueError("too young")
        return age


def throws(error: Exception) -> Callable[[], None]:
    def throw() -> None:
        raise error

    return throw


def chained() -> None:
    try:
        json.loads("{")
    except ValueError as error:
        raise Declined(3) from error


def noted() -> None:
    error = ValueError("a")
    error.add_note("while paying")
    raise error


def refused() -> requests.HTTPError:
    response = requests.Response()
    response.status_code, response.reason = 402, "Payment Required"
    return requests.HTTPError("402", response=response)


REFUSED = {"Error": {"Code": "ConditionalCheckFailedException", "Message": "m"}}
NOTHING: dict[str, int] = {}
RAISES: dict[str, Callable[[], object]] = {
    "an __init__ of its own": throws(Declined(5)),
    "an OSError with an __init__ of its own": throws(NoConnection("bank")),
    "only named arguments": throws(OnlyNamed(code=3)),
    "slots": throws(Slotted(one=1, two=2)),
    "a dataclass": throws(Strange(code=7)),
    "what cannot be kept": throws(Locked("text")),
    "pydantic": lambda: Form.model_validate({"age": "x"}),
    "pydantic with an error inside": lambda: Form.model_validate({"age": 3}),
    "botocore's ClientError": throws(ClientError(REFUSED, "PutItem")),  # type: ignore[arg-type]
    "botocore without credentials": throws(NoCredentialsError()),
    "botocore without connection": throws(EndpointConnectionError(endpoint_url="https://a", error="no")),
    "requests": throws(requests.ConnectionError("gone")),
    "a response": throws(refused()),
    "KeyError": lambda: NOTHING["k"],
    "a group": throws(ExceptionGroup("two", [ValueError("a"), ExceptionGroup("b", [Declined(1)])])),
    "chained": chained,
    "noted": noted,
    "decoding": b"\xff".decode,
    "JSON": lambda: json.loads("{"),
    "a missing file": lambda: open("/nowhere"),  # noqa: SIM115, PTH123 - it is never open
    "a missing module": lambda: __import__("nowhere"),
    "no arguments": throws(TimeoutError()),
    "a program that ends": sys.exit,
}


@pytest.mark.parametrize("name", RAISES)
def test_an_exception_comes_back_as_an_equal_one(name: str) -> None:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - of any kind
        RAISES[name]()
    error = caught.value
    again = read_error(write_error(error))
    assert type(again) is type(error)
    assert (str(again), repr(again.args)) == (str(error), repr(error.args))
    assert repr(again.__cause__) == repr(error.__cause__)
    for attribute in ("code", "errno", "__notes__", "doc", "host", "exceptions", "kwargs", "operation_name"):
        assert repr(getattr(again, attribute, None)) == repr(getattr(error, attribute, None))


def test_of_a_response_its_plain_attributes_come_back() -> None:
    error = refused()
    again = read_error(write_error(error))
    assert not is_same(error, again)
    assert isinstance(again, requests.HTTPError)
    assert again.response.status_code == 402
    assert again.response.reason == "Payment Required"
    missing = urllib.error.HTTPError("https://a", 404, "not found", Message(), None)
    assert read_error(write_error(missing)).code == 404  # type: ignore[attr-defined]


def test_a_class_that_cannot_be_found_is_replaced_by_its_base() -> None:
    class Lost(Declined):
        pass

    error = Lost(4)
    again = read_error(write_error(error))
    assert (type(again), str(again), vars(again)) == (Declined, "declined with code 4", {"code": 4})
    assert not is_same(error, again)
    with pytest.raises(pydantic.ValidationError) as caught:
        Form.model_validate({"age": "x" * 20_000})
    assert type(read_error(write_error(caught.value))) is ValueError


def test_a_frozen_exception_comes_back() -> None:
    assert repr(read_error(write_error(Frozen(7)))) == "Frozen(code=7)"


@pytest.mark.parametrize("error", [ValueError("x" * 10**6), OnlyNamed(code=10**5 * "9")])  # type: ignore[arg-type]
def test_a_long_exception_is_cut(error: Exception) -> None:
    written = write_error(error)
    assert len(written) < 3 * MAX_PART_BYTES
    assert type(read_error(written)) is type(error)
