"""Templates in the JSON of the control API."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Final

from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.template_buttons import KINDS, Button
from rejoinder.workbench.simulator.templates import BODY_LIMIT, CATEGORIES, HEADER_FORMATS, Card, Template

# https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_BUTTONS: Final = 10
_BUTTON_TEXT: Final = 25
_KEYS: Final = (
    "name",
    "language",
    "body",
    "category",
    "header",
    "header_format",
    "footer",
    "buttons",
    "cards",
    "status",
)


def shown(template: Template) -> JsonObject:
    return asdict(template)


def template_of(raw: object) -> Template:
    """Return the template in a JSON value. Raises ControlError, with the reason, when it is invalid."""
    texts = _texts(raw, "template", _KEYS)
    buttons, cards = _buttons(texts.pop("buttons", [])), _cards(texts.pop("cards", []))
    for key in ("name", "language", "body"):
        if not texts.get(key):
            raise ControlError(f"a template needs {key}")
    template = Template(**texts, buttons=buttons, cards=cards)
    _check(template)
    return template


def _texts(raw: object, what: str, keys: tuple[str, ...]) -> JsonObject:
    """Return an object whose values, other than buttons and cards, are strings."""
    if not isinstance(raw, dict):
        raise ControlError(f"a {what} must be a JSON object")
    if unknown := [key for key in raw if key not in keys]:
        raise ControlError(f"a {what} has no {unknown[0]!r}; its keys are {', '.join(keys)}")
    for key, value in raw.items():
        if key not in ("buttons", "cards") and not isinstance(value, str):
            raise ControlError(f"{key} must be a string")
    return dict(raw)


def _check(template: Template) -> None:
    if not _NAME.fullmatch(template.name):
        raise ControlError("name must be lower-case letters, digits and underscores")
    if len(template.body) > BODY_LIMIT:
        raise ControlError(f"body must be at most {BODY_LIMIT} characters long")
    if template.category not in CATEGORIES:
        raise ControlError(f"category must be one of {', '.join(CATEGORIES)}")
    formats = {template.header_format, *(card.header_format for card in template.cards)}
    if not formats <= set(HEADER_FORMATS):
        raise ControlError(f"header_format must be one of {', '.join(HEADER_FORMATS)}")


def _buttons(raw: object) -> tuple[str | Button, ...]:
    if not isinstance(raw, list) or len(raw) > _BUTTONS:
        raise ControlError(f"buttons must be a list of up to {_BUTTONS} quick-reply texts or buttons")
    return tuple(_button(one) for one in raw)


def _button(raw: object) -> str | Button:
    if isinstance(raw, str):
        return _title(raw)
    texts = _texts(raw, "button", ("kind", "text", "url"))
    if texts.get("kind") not in KINDS:
        raise ControlError(f"kind of a button must be one of {', '.join(KINDS)}")
    return Button(kind=texts["kind"], text=_title(texts.get("text", "")), url=texts.get("url", ""))


def _title(text: str) -> str:
    if not 1 <= len(text) <= _BUTTON_TEXT:
        raise ControlError(f"a button must be a text of up to {_BUTTON_TEXT} characters")
    return text


def _cards(raw: object) -> tuple[Card, ...]:
    if not isinstance(raw, list):
        raise ControlError("cards must be a list")
    cards = []
    for one in raw:
        texts = _texts(one, "card", ("header_format", "body", "buttons"))
        cards.append(Card(**{**texts, "buttons": _buttons(texts.get("buttons", []))}))
    return tuple(cards)
