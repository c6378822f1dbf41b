"""What webhooks say of a template. There the language has a hyphen, and times are numbers.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/message_template_status_update,
…/message_template_quality_update, …/message_template_components_update and …/template_category_update
"""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.simulator.business import StoredTemplate, template_id
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.templates import Template

STATUS: Final = "message_template_status_update"
QUALITY: Final = "message_template_quality_update"
CATEGORY: Final = "template_category_update"
COMPONENTS: Final = "message_template_components_update"

_BUTTON_KEYS: Final = {"type": "type", "text": "text", "url": "url", "phone_number": "phone_number"}


def named(template: Template) -> JsonObject:
    """Return what each of these webhooks says first: which template it is."""
    return {
        "message_template_id": int(template_id(template.name, template.language)),
        "message_template_name": template.name,
        "message_template_language": template.language.replace("_", "-"),
    }


def status(template: Template, event: str, reason: str | None = "NONE", **more: JsonObject) -> JsonObject:
    """Return what is said of a new status. `more` is such as `other_info`."""
    said = {"event": event, **named(template), "reason": reason}
    return {**said, "message_template_category": template.category, **more}


def quality(template: Template, before: str, now: str) -> JsonObject:
    return {"previous_quality_score": before, "new_quality_score": now, **named(template)}


def category_impending(template: Template, correct: str, at: float) -> JsonObject:
    """Return what is said a day before the category changes. The new category is still the old one."""
    announced = {"new_category": template.category, "correct_category": correct}
    return {**named(template), **announced, "category_update_timestamp": int(at)}


def category_done(template: Template, previous: str) -> JsonObject:
    return {**named(template), "previous_category": previous, "new_category": template.category}


def components(template: Template, stored: StoredTemplate) -> JsonObject:
    """Return what is said of a template whose components were changed."""
    texts = {"title": template.header, "element": template.body, "footer": template.footer}
    buttons = [
        {
            f"message_template_button_{name}": button[key]
            for key, name in _BUTTON_KEYS.items()
            if isinstance(button.get(key), str)
        }
        for component in stored.components
        if str(component.get("type")).upper() == "BUTTONS"
        for button in component.get("buttons", [])
    ]
    said = {f"message_template_{name}": text for name, text in texts.items() if text}
    return {**named(template), **said, **({"message_template_buttons": buttons} if buttons else {})}
