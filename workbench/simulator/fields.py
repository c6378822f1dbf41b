"""The parameter `fields` of Graph, its pages of results, and booleans, which clients write in many ways."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Final

from starlette.datastructures import URL

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.part import Part

_PAGE: Final = 25
_TRUE: Final = ("true", "1")
_FALSE: Final = ("false", "0")


def asked_for(parameters: JsonObject, usual: Iterable[str]) -> list[str]:
    """Return the names in `fields`, without what stands in brackets behind them; else the usual ones."""
    names, depth, name = [], 0, ""
    for sign in str(parameters.get("fields") or ",".join(usual)) + ",":
        depth += (sign in "{(") - (sign in "})")
        if sign == "," and depth == 0:
            names.append(name.strip())
            name = ""
        elif depth == 0 and sign not in "})":
            name += sign
    return [one.partition(".")[0] for one in names if one]


def picked(values: Mapping[str, object], names: Iterable[str], node: str) -> JsonObject:
    """Return the values of these names. A value of None is left out; a name of nothing is Graph's error."""
    if unknown := [name for name in names if name not in values]:
        raise errors.no_field(unknown[0], node)
    return {name: values[name] for name in names if values[name] is not None}


def page(items: list[JsonObject], parameters: JsonObject, url: URL | None = None) -> JsonObject:
    """Return a page of results, from `after` on, `limit` at most.

    With the address of the request it has that of the next page, too.
    """
    try:
        start = int(base64.b64decode(str(parameters.get("after") or "MA==")))
        limit = int(str(parameters.get("limit") or _PAGE))
    except ValueError:
        raise errors.coded(100, "Invalid cursors values or limit") from None
    shown = items[start : start + max(limit, 1)]
    if not shown:
        return {"data": []}
    paging: JsonObject = {"cursors": {"before": _cursor(start), "after": _cursor(start + len(shown))}}
    if url and start + len(shown) < len(items):
        paging["next"] = str(url.include_query_params(after=paging["cursors"]["after"]))
    return {"data": shown, "paging": paging}


def flag(part: Part, key: str, *, usual: bool) -> bool:
    """Return a boolean, which a form or a query writes as text."""
    given = part.value.get(key)
    if given is None:
        return usual
    text = str(given).lower()
    if text not in (*_TRUE, *_FALSE):
        raise errors.wrong_type(part.place(key), "a boolean")
    return text in _TRUE


def texts(part: Part, key: str) -> list[str]:
    """Return a list of strings. It may be missing."""
    found = part.value.get(key)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise errors.wrong_type(part.place(key), "an array of strings")
    return found


def product(part: Part) -> None:
    """Raise Graph's error unless `messaging_product` is WhatsApp."""
    name = part.text("messaging_product")
    if name.lower() != "whatsapp":
        raise errors.not_one_of("messaging_product", ("WHATSAPP",), name)


def at_most(part: Part, key: str, limit: int) -> str | None:
    """Return a string that has a greatest length; None when it is missing."""
    text = part.optional_text(key)
    if text is not None and len(text) > limit:
        raise errors.too_long(part.place(key), limit)
    return text


def _cursor(place: int) -> str:
    return base64.b64encode(str(place).encode()).decode()
