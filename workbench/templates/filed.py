"""A template as the text of its file, and what differs between two wordings, line by line."""

import difflib
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import yaml

from rejoinder.bot.templates.reading import FILES
from rejoinder.bot.templates.variables import VARIABLE
from rejoinder.model.written import Wording, WrittenButton, WrittenCard, WrittenHeader, WrittenTemplate
from rejoinder.workbench.graph.client import Json

_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """Writes several lines as a block, and each part of a list in the line of its hyphen."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def text_of(template: WrittenTemplate) -> str:
    """Return the text of a template's file."""
    values: Json = {"category": template.category}
    if template.ttl_seconds is not None:
        values["ttl_seconds"] = template.ttl_seconds
    if template.fallback:
        values["fallback"] = template.fallback
    return _yaml(values | {"languages": {one: _values(told) for one, told in template.languages.items()}})


def differences(here: Json, there: Json) -> list[str]:
    """Return the lines that differ: those of the file after `+`, those of the network after `-`."""
    lines = difflib.unified_diff(_yaml(there).splitlines(), _yaml(here).splitlines(), n=1, lineterm="")
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def compared(wording: Wording, *, is_code: bool = False, examples: bool = True) -> Json:
    """Return what can be compared of a wording, as a file says it.

    The network shows files by other names, writes the words for codes on its own, and keeps numbers without
    signs. Without `examples`, only what contacts read is compared.
    """
    header = wording.header
    return _values(
        replace(
            wording,
            body=wording.body.strip(),
            header=_compared_header(header, examples=examples) if header else None,
            buttons=tuple(
                _compared_button(button, is_code=is_code, examples=examples) for button in wording.buttons
            ),
            cards=tuple(_compared_card(card, examples=examples) for card in wording.cards),
            examples=wording.examples if examples and not is_code else {},
        )
    )


def _compared_header(header: WrittenHeader, *, examples: bool) -> WrittenHeader:
    return header if examples and header.kind == "text" else replace(header, example="")


def _compared_card(card: WrittenCard, *, examples: bool) -> WrittenCard:
    return replace(
        card,
        body=card.body.strip(),
        header=_compared_header(card.header, examples=examples),
        buttons=tuple(_compared_button(button, is_code=False, examples=examples) for button in card.buttons),
        examples=card.examples if examples else {},
    )


def _compared_button(button: WrittenButton, *, is_code: bool, examples: bool) -> WrittenButton:
    # The words on the buttons for codes, and the apps, are not shown for every template.
    given: Json = {"text": "", "autofill_text": "", "apps": (), "accepts_zero_tap_terms": False}
    return replace(
        button,
        phone="".join(sign for sign in button.phone if sign.isdecimal()),
        example=button.example if examples else "",
        **(given if is_code else {}),
    )


def _yaml(values: Json) -> str:
    text = yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return str(text)


def _values(wording: Wording) -> Json:
    """Return a wording as its file has it. What is not said is left out."""
    offer = wording.offer
    values: Json = {
        "header": _header(wording.header) if wording.header else "",
        "body": wording.body,
        "footer": wording.footer,
        "buttons": [_button(button) for button in wording.buttons],
        "cards": [_card(card) for card in wording.cards],
        "offer": {"text": offer.text, "expires": offer.expires} if offer else {},
        "security_note": wording.security_note,
        "code_minutes": wording.code_minutes,
        "examples": _ordered(wording.examples, wording.header.text if wording.header else "", wording.body),
    }
    return {name: value for name, value in values.items() if value}


def _ordered(examples: Mapping[str, str], *texts: str) -> dict[str, str]:
    """Return examples in the order in which the texts have their variables."""
    names = [*dict.fromkeys(VARIABLE.findall(" ".join(texts))), *sorted(examples)]
    return {name: examples[name] for name in names if name in examples}


def _header(header: WrittenHeader) -> str | dict[str, Any]:
    if header.kind == "text":
        return {"text": header.text, "example": header.example} if header.example else header.text
    if header.kind in FILES:
        return {header.kind: header.example}
    return {header.kind: True}


def _button(button: WrittenButton) -> Json:
    """Return a button. The names of its fields are those of the file, but `kind`, which is `type` there."""
    values = {one.name: getattr(button, one.name) for one in fields(button) if one.name != "kind"}
    values["apps"] = [{"package": app.package, "hash": app.hash} for app in button.apps]
    return {"type": button.kind} | {name: value for name, value in values.items() if value}


def _card(card: WrittenCard) -> Json:
    values: Json = {
        "header": _header(card.header),
        "body": card.body,
        "buttons": [_button(button) for button in card.buttons],
        "examples": _ordered(card.examples, card.body),
    }
    return {name: value for name, value in values.items() if value}
