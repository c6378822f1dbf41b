"""What the account has that a message request is written for: its files and templates.

The simulator's account is empty. So the replay gives it the files that the request names, and a template that
the request fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

FILES = {
    "image": "image/png",
    "video": "video/mp4",
    "audio": "audio/ogg",
    "document": "application/pdf",
    "sticker": "image/webp",
}
"""A type for each kind of file."""

HEADERS = ("image", "video", "document", "location", "product")
"""The kinds of headers other than texts."""


def files_in(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield kind and id of each file that a request names by its id."""
    left: list[object] = [request]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            left += value.values()
            for kind in FILES.keys() & value.keys():
                file = value[kind]
                if isinstance(file, dict) and isinstance(file.get("id"), str):
                    yield kind, file["id"]


def template_for(request: dict[str, Any]) -> dict[str, Any] | None:
    """Return the template in the JSON of the control API, or None when the request fills none."""
    template = request.get("template")
    if not isinstance(template, dict):
        return None
    language = template.get("language")
    components = _objects(template, "components")
    cards = [card for part in _of_type(components, "carousel") for card in _objects(part, "cards")]
    header = _header(components)
    return {
        "name": template.get("name"),
        "language": language.get("code") if isinstance(language, dict) else None,
        "category": "UTILITY",
        **header,
        **_content(components),
        "cards": [
            {"header_format": _header(parts)["header_format"], **_content(parts)}
            for parts in (_objects(card, "components") for card in cards)
        ],
    }


def _content(components: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the body and the buttons of a template or of a card."""
    body = f"Text {_variables(_of_type(components, 'body'))}".rstrip()
    return {"body": body, "buttons": _buttons(_of_type(components, "button"))}


def _header(components: list[dict[str, Any]]) -> dict[str, Any]:
    headers = _of_type(components, "header")
    kinds = [str(item.get("type")).lower() for part in headers for item in _objects(part, "parameters")]
    if kinds and kinds[0] in HEADERS:
        return {"header_format": kinds[0].upper()}
    return {"header_format": "TEXT", "header": _variables(headers)}


def _variables(components: list[dict[str, Any]]) -> str:
    given = [item for part in components for item in _objects(part, "parameters")]
    names = [item.get("parameter_name") or number for number, item in enumerate(given, 1)]
    return " ".join(f"{{{{{name}}}}}" for name in names)


def _buttons(components: list[dict[str, Any]]) -> list[Any]:
    """Return the buttons. Those that the request does not name are quick replies."""
    named = {str(part.get("index")): str(part.get("sub_type")).upper() for part in components}
    last = max((int(index) for index in named if index.isdecimal() and len(index) == 1), default=-1)
    return [_button(named.get(str(index), "QUICK_REPLY"), index) for index in range(last + 1)]


def _button(kind: str, index: int) -> dict[str, str]:
    leads_to = {"url": "https://example.com/{{1}}"} if kind == "URL" else {}
    return {"kind": kind, "text": f"Button {index}", **leads_to}


def _of_type(components: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [part for part in components if str(part.get("type")).lower() == kind]


def _objects(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = parent.get(key)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
