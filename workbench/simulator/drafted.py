"""The components of a template that a business writes: reads header, buttons and cards, and writes them.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
"""

from __future__ import annotations

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.template_buttons import KINDS, Button
from rejoinder.workbench.simulator.templates import HEADER_FORMATS, VARIABLE, Card, Template


def format_of(header: Part | None) -> str:
    """Return the format of a header, which is TEXT when there is none."""
    kind = header.text("format").upper() if header else "TEXT"
    if header and kind not in HEADER_FORMATS:
        raise errors.not_one_of(header.place("format"), HEADER_FORMATS, kind)
    return kind


def buttons_of(component: Part | None) -> tuple[str | Button, ...]:
    """Return the buttons."""
    return tuple(_button(one) for one in component.parts("buttons")) if component else ()


def _button(button: Part) -> str | Button:
    kind = button.text("type").upper()
    if kind not in KINDS:
        raise errors.not_one_of(button.place("type"), KINDS, kind)
    # Meta writes the words on the buttons for codes.
    text = button.optional_text("text") or ("Copy code" if kind in ("COPY_CODE", "OTP") else "")
    if kind == "QUICK_REPLY":
        return button.text("text")
    return Button(kind=kind, text=text, url=button.optional_text("url") or "")


def cards_of(carousel: Part | None) -> tuple[Card, ...]:
    """Return the cards of a carousel."""
    return tuple(_card(card) for card in carousel.parts("cards")) if carousel else ()


def _card(card: Part) -> Card:
    by_kind = {one.text("type").upper(): one for one in card.parts("components")}
    body = by_kind.get("BODY")
    return Card(
        header_format=format_of(by_kind.get("HEADER")),
        body=body.text("text") if body else "",
        buttons=buttons_of(by_kind.get("BUTTONS")),
    )


def components_of(template: Template) -> list[JsonObject]:
    """Return the components of a template that was not made by the Graph API."""
    cards = [{"components": _face(card)} for card in template.cards]
    return [*_face(template), *([{"type": "CAROUSEL", "cards": cards}] if cards else [])]


def parameter_format(template: Template) -> str:
    """Return NAMED when a variable of a template has a name."""
    names = VARIABLE.findall(f"{template.header} {template.body}")
    return "POSITIONAL" if all(name.isdecimal() for name in names) else "NAMED"


def _face(pattern: Template | Card) -> list[JsonObject]:
    title, footer = (pattern.header, pattern.footer) if isinstance(pattern, Template) else ("", "")
    text = {"text": title, **_examples("header", title)} if title else {}
    header = {"type": "HEADER", "format": pattern.header_format, **text}
    buttons = [_written(one) for one in pattern.buttons]
    return [
        *([header] if title or pattern.header_format != "TEXT" else []),
        *(
            [{"type": "BODY", "text": pattern.body, **_examples("body", pattern.body)}]
            if pattern.body
            else []
        ),
        *([{"type": "FOOTER", "text": footer}] if footer else []),
        *([{"type": "BUTTONS", "buttons": buttons}] if buttons else []),
    ]


def _examples(where: str, text: str) -> JsonObject:
    """Return the examples without which the network takes no variables: each is the name of its variable."""
    names = list(dict.fromkeys(VARIABLE.findall(text)))
    if not names:
        return {}
    if not all(name.isdecimal() for name in names):
        named = [{"param_name": name, "example": name} for name in names]
        return {"example": {f"{where}_text_named_params": named}}
    return {"example": {f"{where}_text": [names] if where == "body" else names}}


def _written(button: str | Button) -> JsonObject:
    if isinstance(button, str):
        return {"type": "QUICK_REPLY", "text": button}
    return {"type": button.kind, "text": button.text, **({"url": button.url} if button.url else {})}
