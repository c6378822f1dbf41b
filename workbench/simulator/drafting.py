"""The endpoints for templates: what a business writes, and what becomes of it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from rejoinder.workbench.simulator import errors, fields
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.business import StoredTemplate
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.drafted import buttons_of, cards_of, format_of
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.template_buttons import Button
from rejoinder.workbench.simulator.templates import BODY_LIMIT, CATEGORIES, Template

NODE: Final = "MessageTemplate"
COMPONENTS: Final = (
    *("BODY", "BUTTONS", "CALL_PERMISSION_REQUEST", "CAROUSEL", "FOOTER", "HEADER", "LIMITED_TIME_OFFER"),
)
FORMATS: Final = ("DOCUMENT", "IMAGE", "LOCATION", "PRODUCT", "TEXT", "VIDEO")
LINE: Final = 60
"""The longest header, and the longest footer."""

BUTTONS: Final = 10
LABEL: Final = 25
AUTHENTICATION: Final = "{{1}} is your verification code."
"""The body of a template for one-time codes, which Meta writes."""

_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_VARIABLE: Final = re.compile(r"\{\{\s*\w+\s*\}\}")
_AT_AN_END: Final = re.compile(r"^\s*\{\{|\}\}[\s!?.,;:)]*$")
"""A variable at the start or at the end. A mark behind it does not count as text."""

_SHOWN: Final = ("name", "parameter_format", "components", "language", "status", "category", "id")


class Drafting:
    """Answers the requests for templates."""

    def __init__(self, network: Network, courier: Courier) -> None:
        self._network = network
        self._courier = courier

    async def templates(self, call: Call) -> JsonObject:
        given = call.parameters
        wanted = {key: given[key] for key in ("name", "language", "status", "category") if key in given}
        names = [*fields.asked_for(given, _SHOWN), "id"]
        all_of_them = [self._fields(one) for one in self._network.templates.values()]
        fitting = [one for one in all_of_them if all(one[key] == value for key, value in wanted.items())]
        return fields.page([fields.picked(one, names, NODE) for one in fitting], given)

    async def create(self, call: Call) -> JsonObject:
        """Keep a template. It is said to be PENDING, also when it is approved at once."""
        part = Part(call.parameters)
        name, language = part.text("name"), part.text("language")
        if not _NAME.fullmatch(name):
            raise errors.coded(100, "The name may have lower-case letters, digits and underscores only")
        if (name, language) in self._network.templates:
            why = f"There is already {language} content for this template."
            raise errors.template_error(2388024, "Content in This Language Already Exists", why)
        category = self._keep(name, language, part)
        return {"id": template_id(name, language), "status": "PENDING", "category": category}

    async def template(self, call: Call) -> JsonObject:
        names = [*fields.asked_for(call.parameters, _SHOWN), "id"]
        return fields.picked(self._fields(self._template(call.node)), names, NODE)

    async def change(self, call: Call) -> JsonObject:
        """Replace the components of a template, which is looked at anew."""
        old, part = self._template(call.node), Part(call.parameters)
        part.value = {"category": old.category, "components": self._fields(old)["components"], **part.value}
        self._keep(old.name, old.language, part)
        return {"success": True}

    async def delete(self, call: Call) -> JsonObject:
        """Delete a template in all its languages, or in the one that `hsm_id` names."""
        part = Part(call.parameters)
        name, hsm_id = part.text("name"), str(part.value.get("hsm_id", ""))
        gone = [
            key
            for key in self._network.templates
            if key[0] == name and hsm_id in ("", template_id(key[0], key[1]))
        ]
        if not gone:
            raise errors.coded(100, f"There is no template {name}")
        for key in gone:
            del self._network.templates[key]
            self._network.business.templates.pop(template_id(*key), None)
        return {"success": True}

    def has(self, node: str) -> bool:
        """Return whether an id is a template's."""
        return any(node == template_id(*key) for key in self._network.templates)

    def _template(self, node: str) -> Template:
        return next(one for key, one in self._network.templates.items() if node == template_id(*key))

    def _fields(self, template: Template) -> JsonObject:
        its_id = template_id(template.name, template.language)
        stored = self._network.business.templates.get(its_id)
        return {
            "id": its_id,
            "name": template.name,
            "language": template.language,
            "status": template.status,
            "category": template.category,
            "components": stored.components if stored else _components(template),
            "parameter_format": stored.parameter_format if stored else "POSITIONAL",
            **dict.fromkeys(("quality_score", "rejected_reason", "sub_category", "previous_category")),
            **dict.fromkeys(("message_send_ttl_seconds", "last_updated_time")),
        }

    def _keep(self, name: str, language: str, part: Part) -> str:
        category = part.text("category").upper()
        if category not in CATEGORIES:
            raise errors.not_one_of("category", CATEGORIES, category)
        components = part.parts("components")
        by_kind = {_kind(one): one for one in components}
        text = _body(by_kind, category)
        template = Template(
            name=name,
            language=language,
            body=text,
            category=category,
            header=_header(by_kind.get("HEADER")),
            header_format=format_of(by_kind.get("HEADER")),
            buttons=_buttons(by_kind.get("BUTTONS")),
            cards=cards_of(by_kind.get("CAROUSEL")),
            status="APPROVED" if self._network.settings.approves_templates else "PENDING",
        )
        _footer(by_kind.get("FOOTER"))
        self._network.approve(template)
        self._network.business.templates[template_id(name, language)] = StoredTemplate(
            name=name,
            language=language,
            category=category,
            components=[one.value for one in components],
            parameter_format=str(part.value.get("parameter_format") or "POSITIONAL").upper(),
        )
        if template.status == "APPROVED":
            self._courier.announce("message_template_status_update", _approval(template))
        return category


def _approval(template: Template) -> JsonObject:
    """Return what a webhook says of a template that was approved. There the language has a hyphen."""
    return {
        "event": "APPROVED",
        "message_template_id": int(template_id(template.name, template.language)),
        "message_template_name": template.name,
        "message_template_language": template.language.replace("_", "-"),
        "reason": "NONE",
        "message_template_category": template.category,
    }


def template_id(name: str, language: str) -> str:
    """Return the id of a template. The same name and language have the same id in each run."""
    return str(10**15 + int(hashlib.sha256(f"{name}/{language}".encode()).hexdigest()[:12], 16))


def _components(template: Template) -> list[JsonObject]:
    """Return the components of a template that was not made by the Graph API."""
    text = {"text": template.header} if template.header else {}
    header = {"type": "HEADER", "format": template.header_format, **text}
    buttons = [_button(one) for one in template.buttons]
    return [
        *([header] if text or template.header_format != "TEXT" else []),
        {"type": "BODY", "text": template.body},
        *([{"type": "BUTTONS", "buttons": buttons}] if buttons else []),
    ]


def _button(button: str | Button) -> JsonObject:
    if isinstance(button, str):
        return {"type": "QUICK_REPLY", "text": button}
    return {"type": button.kind, "text": button.text, **({"url": button.url} if button.url else {})}


def _kind(component: Part) -> str:
    kind = component.text("type").upper()
    if kind not in COMPONENTS:
        raise errors.not_one_of(component.place("type"), COMPONENTS, kind)
    return kind


def _body(by_kind: dict[str, Part], category: str) -> str:
    body = by_kind.get("BODY")
    if body is None:
        raise errors.coded(100, "A template needs a component of type BODY")
    if category == "AUTHENTICATION":
        return AUTHENTICATION
    text = body.text("text")
    _short(text, BODY_LIMIT, "body")
    if _AT_AN_END.search(text):
        why = "Variables can't be at the start or end of the template."
        raise errors.template_error(2388299, "Leading or trailing params not allowed", why)
    _exemplified(body, text, "BODY")
    return text


def _header(header: Part | None) -> str:
    if header is None:
        return ""
    kind = header.text("format").upper()
    if kind not in FORMATS:
        raise errors.not_one_of(header.place("format"), FORMATS, kind)
    if kind != "TEXT":
        return ""
    text = header.text("text")
    _short(text, LINE, "header")
    if len(_VARIABLE.findall(text)) > 1:
        why = "The header may have one variable."
        raise errors.template_error(2388047, "Message header format is incorrect", why)
    _exemplified(header, text, "HEADER")
    return text


def _footer(footer: Part | None) -> None:
    text = footer.optional_text("text") if footer else None
    if text is None:
        return
    _short(text, LINE, "footer")
    if _VARIABLE.search(text):
        why = "The footer must not have variables."
        raise errors.template_error(2388073, "Message footer format is incorrect", why)


def _buttons(buttons: Part | None) -> tuple[str | Button, ...]:
    asked = buttons.parts("buttons") if buttons else []
    if len(asked) > BUTTONS:
        raise errors.coded(100, f"There may be {BUTTONS} buttons")
    for one in asked:
        _short(one.optional_text("text") or "", LABEL, "button")
    return buttons_of(buttons)


def _short(text: str, limit: int, what: str) -> None:
    if len(text) > limit:
        why = f"The {what} may have {limit} characters."
        raise errors.template_error(2388040, "Character limit exceeded", why)


def _exemplified(component: Part, text: str, kind: str) -> None:
    if _VARIABLE.search(text) and not component.value.get("example"):
        title = 'Message template "components" param is missing expected field(s)'
        why = f"component of type {kind} is missing expected field(s) (example)"
        raise errors.template_error(2388043, title, why)
