"""What logs and markers say of an error, and the tree of errors."""

import re
from collections.abc import Mapping

import pytest

from rejoinder import errors
from rejoinder.errors import QueueError, RejoinderError, describe


class ApiError(Exception):
    """An error of a bot, or of a library that it uses."""

    def __init__(self, response: object) -> None:
        super().__init__("Ada wants a table")
        self.response = response


class LazyError(Exception):
    """An error that raises when its response is read."""

    @property
    def response(self) -> Mapping[str, object]:
        raise RuntimeError("no response was received")


def test_the_tree_at_the_top_of_the_module_has_each_error_at_its_place() -> None:
    drawn, above = {}, ["RejoinderError"]
    for branches, name in re.findall(r"^([│ ]*[├└]── )(\w+)", errors.__doc__ or "", re.MULTILINE):
        above[len(branches) // 4 :] = [name]
        drawn[name] = above[-2]
    classes = [one for one in vars(errors).values() if isinstance(one, type)]
    below = [one for one in classes if issubclass(one, RejoinderError) and one is not RejoinderError]
    assert drawn == {one.__name__: one.__base__.__name__ for one in below if one.__base__}


def said_of(error: Exception) -> str:
    """Raise `error`, and return what `describe` says of it."""
    with pytest.raises(type(error)) as caught:
        raise error
    return describe(caught.value)


def test_an_error_of_aws_is_told_with_its_code_and_its_line() -> None:
    response = {"Error": {"Code": "ThrottlingException", "Message": "Ada"}, "ResponseMetadata": {}}
    first, code, *where = said_of(ApiError(response)).split()
    assert (first, code) == ("ApiError", "ThrottlingException")
    assert where[0] == "at"
    assert where[1].startswith("test_errors.py:")


@pytest.mark.parametrize(
    "response",
    [
        None,
        "boom",
        b"boom",
        404,
        [],
        ["Error"],
        {},
        {"Error": "boom"},
        {"Error": None},
        {"Error": []},
        {"Error": {}},
        {"Error": {"Code": 404}},
        {"Error": {"Code": None}},
        {"Error": {"Code": ["boom"]}},
        {"Error": {"Code": {"Code": "boom"}}},
    ],
    ids=repr,
)
def test_whatever_else_an_error_calls_its_response_is_left_out(response: object) -> None:
    assert said_of(ApiError(response)).startswith("ApiError at test_errors.py:")


def test_a_response_that_raises_when_it_is_looked_at_is_left_out() -> None:
    assert said_of(LazyError()).startswith("LazyError at test_errors.py:")


def test_the_text_of_an_error_is_not_told() -> None:
    assert "Ada" not in said_of(ApiError({"Error": {"Message": "Ada"}}))


def test_an_error_that_was_never_raised_has_no_line() -> None:
    assert describe(ValueError("x")) == "ValueError"


def test_the_code_of_aws_is_told_also_when_another_error_was_made_of_it() -> None:
    denied = ApiError({"Error": {"Code": "AccessDenied"}})
    with pytest.raises(QueueError) as caught:
        raise QueueError("the queue took nothing") from denied
    assert describe(caught.value).startswith("QueueError AccessDenied at test_errors.py:")


def test_an_error_that_is_its_own_cause_is_told() -> None:
    error = ValueError("x")
    error.__cause__ = error
    assert describe(error) == "ValueError"
