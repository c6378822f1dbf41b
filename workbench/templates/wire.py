"""A template of a file as Meta's Graph API takes it.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

from collections.abc import Mapping

from rejoinder.bot.templates.reading import FILES
from rejoinder.bot.templates.variables import variables_in
from rejoinder.model.written import (
    ButtonKind,
    HeaderKind,
    Wording,
    WrittenButton,
    WrittenCard,
    WrittenHeader,
    WrittenTemplate,
)
from rejoinder.workbench.graph.client import Json
from rejoinder.workbench.templates.variables import are_named

Handles = Mapping[str, str]
"""What the resumable upload has given for each file, by the file's name in the bot's folder."""

HEADER_FORMATS: Mapping[HeaderKind, str] = {
    "text": "TEXT",
    "image": "IMAGE",
    "video": "VIDEO",
    "document": "DOCUMENT",
    "location": "LOCATION",
    "product": "PRODUCT",
}
BUTTON_TYPES: Mapping[ButtonKind, str] = {
    "quick_reply": "QUICK_REPLY",
    "url": "URL",
    "phone": "PHONE_NUMBER",
    "copy_code": "COPY_CODE",
    "otp": "OTP",
    "flow": "FLOW",
    "catalog": "CATALOG",
    "products": "MPM",
    "product": "SPM",
    "voice_call": "VOICE_CALL",
    "request_contact": "REQUEST_CONTACT_INFO",
}
BUTTON_KEYS = {
    "text": "text",
    "url": "url",
    "phone": "phone_number",
    "autofill_text": "autofill_text",
    "flow_id": "flow_id",
    "flow_name": "flow_name",
    "flow_action": "flow_action",
    "flow_screen": "navigate_screen",
    "minutes": "ttl_minutes",
}
"""What Meta calls the plain fields of a button, by our name."""


def creation(template: WrittenTemplate, language: str, handles: Handles) -> Json:
    """Return what creates a template in one language."""
    return {
        "name": template.name,
        "language": language,
        **edit(template, language, handles),
    }


def edit(template: WrittenTemplate, language: str, handles: Handles) -> Json:
    """Return what changes a template in one language. Meta replaces all of it."""
    wording = template.languages[language]
    body: Json = {"category": template.category.upper(), "components": components(wording, handles)}
    if are_named(variables_in(f"{_header_line(wording)} {wording.body}")):
        body["parameter_format"] = "NAMED"
    if template.ttl_seconds is not None:
        body["message_send_ttl_seconds"] = template.ttl_seconds
    return body


def components(wording: Wording, handles: Handles) -> list[Json]:
    """Return the components of a wording."""
    parts = [
        *([_header(wording.header, wording.examples, handles)] if wording.header else []),
        *([_offer(wording)] if wording.offer else []),
        _body(wording),
        *_footer(wording),
        *_buttons(wording.buttons),
    ]
    if wording.cards:
        parts.append({"type": "CAROUSEL", "cards": [_card(card, handles) for card in wording.cards]})
    return parts


def media_of(wording: Wording) -> list[str]:
    """Return the files that reviewers see, by their names in the bot's folder."""
    headers = [wording.header, *(card.header for card in wording.cards)]
    return [header.example for header in headers if header and header.kind in FILES and header.example]


def _header_line(wording: Wording) -> str:
    return wording.header.text if wording.header else ""


def _header(header: WrittenHeader, examples: Mapping[str, str], handles: Handles) -> Json:
    part: Json = {"type": "HEADER", "format": HEADER_FORMATS[header.kind]}
    if header.kind != "text":
        handle = handles.get(header.example)
        return part | ({"example": {"header_handle": [handle]}} if handle else {})
    part["text"] = header.text
    names = variables_in(header.text)
    given = {**examples, names[0]: header.example} if names and header.example else examples
    return part | _examples("header_text", names, given)


def _body(wording: Wording) -> Json:
    if not wording.body:
        return {"type": "BODY", "add_security_recommendation": wording.security_note}
    return {"type": "BODY"} | _text("body_text", wording.body, wording.examples)


def _text(key: str, text: str, examples: Mapping[str, str]) -> Json:
    return {"text": text.strip(), **_examples(key, variables_in(text), examples)}


def _examples(key: str, names: tuple[str, ...], given: Mapping[str, str]) -> Json:
    """Return the examples of a text. Those of a body with numbers stand in a list of lists."""
    if not names or not all(name in given for name in names):
        return {}
    if are_named(names):
        return {"example": {f"{key}_named_params": [_named(name, given[name]) for name in names]}}
    values = [given[name] for name in names]
    return {"example": {key: [values] if key == "body_text" else values}}


def _named(name: str, example: str) -> Json:
    return {"param_name": name, "example": example}


def _offer(wording: Wording) -> Json:
    assert wording.offer is not None
    offer = {"text": wording.offer.text, "has_expiration": wording.offer.expires}
    return {"type": "LIMITED_TIME_OFFER", "limited_time_offer": offer}


def _footer(wording: Wording) -> list[Json]:
    if wording.code_minutes:
        return [{"type": "FOOTER", "code_expiration_minutes": wording.code_minutes}]
    return [{"type": "FOOTER", "text": wording.footer}] if wording.footer else []


def _buttons(buttons: tuple[WrittenButton, ...]) -> list[Json]:
    return [{"type": "BUTTONS", "buttons": [_button(one) for one in buttons]}] if buttons else []


def _button(button: WrittenButton) -> Json:
    part: Json = {"type": BUTTON_TYPES[button.kind]}
    part |= {theirs: value for ours, theirs in BUTTON_KEYS.items() if (value := getattr(button, ours))}
    match button.kind:
        case "otp":
            part |= _code_button(button)
        case "copy_code":
            part["example"] = button.example
        case "url" if button.example:
            part["example"] = [button.example]
        case _:
            pass
    return part


def _code_button(button: WrittenButton) -> Json:
    apps = [{"package_name": app.package, "signature_hash": app.hash} for app in button.apps]
    return {
        "otp_type": (button.otp or "copy_code").upper(),
        **({"supported_apps": apps} if apps else {}),
        **({"zero_tap_terms_accepted": True} if button.accepts_zero_tap_terms else {}),
    }


def _card(card: WrittenCard, handles: Handles) -> Json:
    body = [{"type": "BODY"} | _text("body_text", card.body, card.examples)] if card.body else []
    header = _header(card.header, card.examples, handles)
    return {"components": [header, *body, *_buttons(card.buttons)]}
