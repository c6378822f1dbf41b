"""Reads the orders of the control API, which are JSON objects."""

from __future__ import annotations

from starlette.requests import Request

from rejoinder.workbench.simulator import jsontext
from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import JsonObject


async def json_of(request: Request) -> object:
    """Return the body of a request. Raises ControlError when it is no JSON."""
    try:
        return jsontext.parse(await request.body())
    except ValueError as error:
        raise ControlError(f"the body must be JSON: {error}") from error


async def order_of(request: Request, keys: tuple[str, ...]) -> JsonObject:
    """Return an order that has these keys at most. Each order may name its channel, too."""
    order = await json_of(request)
    if not isinstance(order, dict):
        raise ControlError("the body must be a JSON object")
    for key in order:
        if key not in (*keys, "channel"):
            raise ControlError(f"there is no {key!r} here; known are {', '.join(keys)}")
    return order


def object_in(order: JsonObject, key: str) -> JsonObject:
    """Return the object under a key."""
    value = order.get(key)
    if not isinstance(value, dict):
        raise ControlError(f"{key} must be an object, as it stands on the wire")
    return value


def text_in(order: JsonObject, key: str) -> str:
    """Return the string under a key, which is not empty."""
    value = order.get(key)
    if not isinstance(value, str) or not value:
        raise ControlError(f"{key} must be a string that is not empty")
    return value
