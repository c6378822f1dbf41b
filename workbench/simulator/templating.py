"""Templates in the JSON of the control API."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Final

from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.templates import BODY_LIMIT, CATEGORIES, Template

# https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_BUTTONS: Final = 10
_BUTTON_TEXT: Final = 25
_KEYS: Final = ("name", "language", "body", "category", "header", "buttons", "status")


def shown(template: Template) -> JsonObject:
    return {**asdict(template), "buttons": list(template.buttons)}


def template_of(raw: object) -> Template:
    """Return the template in a JSON value. Raises ControlError, with the reason, when it is invalid."""
    if not isinstance(raw, dict):
        raise ControlError("a template must be a JSON object")
    if unknown := [key for key in raw if key not in _KEYS]:
        raise ControlError(f"a template has no {unknown[0]!r}; its keys are {', '.join(_KEYS)}")
    texts = {key: raw[key] for key in raw if key != "buttons"}
    if wrong := [key for key, value in texts.items() if not isinstance(value, str)]:
        raise ControlError(f"{wrong[0]} must be a string")
    for key in ("name", "language", "body"):
        if not texts.get(key):
            raise ControlError(f"a template needs {key}")
    template = Template(**texts, buttons=_buttons(raw.get("buttons", [])))
    _check(template)
    return template


def _check(template: Template) -> None:
    if not _NAME.fullmatch(template.name):
        raise ControlError("name must be lower-case letters, digits and underscores")
    if len(template.body) > BODY_LIMIT:
        raise ControlError(f"body must be at most {BODY_LIMIT} characters long")
    if template.category not in CATEGORIES:
        raise ControlError(f"category must be one of {', '.join(CATEGORIES)}")


def _buttons(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or len(raw) > _BUTTONS:
        raise ControlError(f"buttons must be a list of up to {_BUTTONS} quick-reply texts")
    for text in raw:
        if not isinstance(text, str) or not 1 <= len(text) <= _BUTTON_TEXT:
            raise ControlError(f"a button must be a text of up to {_BUTTON_TEXT} characters")
    return tuple(raw)
