"""A template as Meta's Graph API shows it, read into what a file says.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from rejoinder.bot.templates.variables import VARIABLE, variables_in
from rejoinder.model.written import (
    ButtonKind,
    Category,
    HeaderKind,
    SupportedApp,
    Wording,
    WrittenButton,
    WrittenCard,
    WrittenHeader,
    WrittenOffer,
)
from rejoinder.workbench.graph.client import Json
from rejoinder.workbench.templates.wire import BUTTON_KEYS, BUTTON_TYPES, HEADER_FORMATS

DOCUMENTED = (
    "id",
    "name",
    "language",
    "status",
    "category",
    "components",
    "parameter_format",
    "quality_score",
)
"""The fields of a template in Meta's documentation."""

SEEN = ("rejected_reason", "previous_category", "message_send_ttl_seconds", "last_updated_time")
"""The fields that other clients ask for."""

_KINDS: Mapping[str, ButtonKind] = {theirs: ours for ours, theirs in BUTTON_TYPES.items()}
_HEADERS: Mapping[str, HeaderKind] = {theirs: ours for ours, theirs in HEADER_FORMATS.items()}
_READ = {"HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"}
_CODE_URL = "https://www.whatsapp.com/otp/code/"
"""Where the buttons for one-time codes lead: Meta shows them as such links."""

_KNOWN = {
    *("type", "example", "otp_type", "supported_apps", "zero_tap_terms_accepted"),
    *("package_name", "signature_hash", *BUTTON_KEYS.values()),
}
"""The keys of a button that a file can say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A template in one language, as Meta shows it."""

    id: str
    """Meta's id of it."""

    name: str
    """Its name."""

    language: str
    """Its language."""

    category: Category
    """Its category, which Meta may have changed."""

    wording: Wording
    """What it says. The examples of pictures, films and documents are addresses of Meta's."""

    status: str = ""
    """Its status, in lower case."""

    quality: str = ""
    """Its quality, in lower case; empty when Meta does not tell it."""

    reason: str = ""
    """Why it was rejected, in Meta's word; empty for no reason."""

    ttl_seconds: int | None = None
    """How long Meta tries to deliver it; None when Meta does not tell it."""

    changed_at: float = 0.0
    """When it was last changed, in Unix seconds; 0.0 when Meta does not tell it."""

    unsaid: tuple[str, ...] = ()
    """What a file cannot say of it."""


def shown(template: Mapping[str, Any]) -> Shown:
    """Return what Meta shows of a template."""
    category = cast("Category", str(template.get("category", "")).lower())
    reason = str(template.get("rejected_reason") or "")
    parts = {_kind(part): part for part in template.get("components") or ()}
    ttl = str(template.get("message_send_ttl_seconds") or "")
    return Shown(
        id=str(template.get("id", "")),
        name=str(template["name"]),
        language=str(template["language"]),
        category=category,
        wording=_wording(parts, is_code=category == "authentication"),
        status=str(template.get("status", "")).lower(),
        quality=_quality(template.get("quality_score")),
        reason="" if reason == "NONE" else reason,
        ttl_seconds=int(ttl) if ttl.removeprefix("-").isdecimal() else None,
        changed_at=_moment(template.get("last_updated_time")),
        unsaid=tuple(dict.fromkeys(_unsaid(parts))),
    )


def _kind(part: Mapping[str, Any]) -> str:
    return str(part.get("type", "")).upper()


def _quality(score: object) -> str:
    found = score.get("score", "") if isinstance(score, Mapping) else score
    return str(found or "").lower()


def _moment(value: object) -> float:
    return float(str(value)) if str(value or "").replace(".", "", 1).isdecimal() else 0.0


def _wording(parts: Mapping[str, Json], *, is_code: bool) -> Wording:
    body, footer, offer = (parts.get(kind, {}) for kind in ("BODY", "FOOTER", "LIMITED_TIME_OFFER"))
    header, of_header = _header(parts.get("HEADER"))
    examples = _examples("body_text", body)
    if header and of_header and not of_header.keys() & {*variables_in(str(body.get("text", "")))}:
        examples, header = examples | of_header, replace(header, example="")
    wording = Wording(
        body=str(body.get("text", "")),
        header=header,
        footer=str(footer.get("text", "")),
        buttons=_buttons(parts.get("BUTTONS")),
        cards=tuple(_card(card) for card in parts.get("CAROUSEL", {}).get("cards", ())),
        offer=_offer(offer.get("limited_time_offer")),
        examples=examples,
    )
    return _of_code(wording, body, footer) if is_code else wording


def _of_code(wording: Wording, body: Json, footer: Json) -> Wording:
    """Return the wording of a template for one-time codes. Meta writes its words, so a file has none."""
    minutes = footer.get("code_expiration_minutes") or (re.findall(r"\d+", wording.footer) or ["0"])[0]
    return replace(
        wording,
        body="",
        footer="",
        examples={},
        security_note=body.get("add_security_recommendation") is True,
        code_minutes=int(minutes),
    )


def _header(part: Json | None) -> tuple[WrittenHeader | None, dict[str, str]]:
    """Return a header, and the example of its variable.

    A number may stand in the header and in the body, for different things. So the header keeps its example.
    """
    if part is None:
        return None, {}
    kind = _HEADERS.get(_format(part))
    if kind is None:  # `_unsaid` tells it
        return None, {}
    example = part.get("example") or {}
    if kind != "text":
        return WrittenHeader(kind=kind, example=_first(example.get("header_handle"))), {}
    examples = _examples("header_text", part)
    text = str(part.get("text", ""))
    return WrittenHeader(kind="text", text=text, example=next(iter(examples.values()), "")), examples


def _format(header: Json) -> str:
    return str(header.get("format", "TEXT")).upper()


def _examples(key: str, part: Json) -> dict[str, str]:
    example = part.get("example") or {}
    named = example.get(f"{key}_named_params")
    if named:
        return {str(one["param_name"]): str(one["example"]) for one in named}
    names = variables_in(str(part.get("text", "")))
    return dict(zip(names, _listed(example.get(key)), strict=False))


def _listed(value: object) -> list[str]:
    """Return examples, which stand in a list, in a list in a list, or alone."""
    while isinstance(value, list) and value and isinstance(value[0], list):
        value = value[0]
    if isinstance(value, list):
        return [str(one) for one in value]
    return [] if value is None else [str(value)]


def _first(value: object) -> str:
    return (_listed(value) or [""])[0].partition("\n")[0]


def _offer(offer: Json | None) -> WrittenOffer | None:
    if offer is None:
        return None
    return WrittenOffer(text=str(offer.get("text", "")), expires=offer.get("has_expiration") is not False)


def _card(card: Json) -> WrittenCard:
    parts = {_kind(part): part for part in card.get("components", ())}
    header, _ = _header(parts.get("HEADER"))
    body = parts.get("BODY", {})
    return WrittenCard(
        header=header or WrittenHeader(kind="image"),
        body=str(body.get("text", "")),
        buttons=_buttons(parts.get("BUTTONS")),
        examples=_examples("body_text", body),
    )


def _buttons(part: Json | None) -> tuple[WrittenButton, ...]:
    found = part.get("buttons", ()) if part else ()
    return tuple(_button(one) for one in found if _type_of(one) in _KINDS)


def _type_of(button: Mapping[str, Any]) -> str:
    is_code = str(button.get("url", "")).startswith(_CODE_URL)
    return "OTP" if is_code else _kind(button)


def _button(button: Json) -> WrittenButton:
    kind = _KINDS[_type_of(button)]
    values: Json = {ours: button[theirs] for ours, theirs in BUTTON_KEYS.items() if button.get(theirs)}
    for name in values.keys() & {
        "text",
        "url",
        "phone",
        "autofill_text",
        "flow_id",
        "flow_name",
        "flow_screen",
    }:
        values[name] = str(values[name])
    if "flow_action" in values:
        values["flow_action"] = values["flow_action"].lower()
    match kind:
        case "otp":
            values = values | _code_button(button)
        case "copy_code":
            values = {"example": _first(button.get("example"))}
        case "url":
            values["example"] = _address(values.get("url", ""), _first(button.get("example")))
        case _:
            pass
    return WrittenButton(kind=kind, **values)


def _code_button(button: Json) -> Json:
    asked = re.search(r"otp_type=(\w+)", str(button.get("url", "")))
    apps = button.get("supported_apps") or ([button] if button.get("package_name") else [])
    return {
        "url": "",
        "otp": str(button.get("otp_type") or (asked[1] if asked else "copy_code")).lower(),
        "apps": tuple(SupportedApp(package=app["package_name"], hash=app["signature_hash"]) for app in apps),
        "accepts_zero_tap_terms": button.get("zero_tap_terms_accepted") is True,
    }


def _address(url: str, example: str) -> str:
    """Return the whole address of an example. Meta takes the end alone, too."""
    if not example or "://" in example:
        return example
    return VARIABLE.sub(lambda _: example, url)


def _unsaid(parts: Mapping[str, Json]) -> Iterator[str]:
    yield from (f"a component {kind}" for kind in parts if kind not in _READ)
    cards = parts.get("CAROUSEL", {}).get("cards", ())
    rows = [parts, *({_kind(part): part for part in card.get("components", ())} for card in cards)]
    for row in rows:
        if "HEADER" in row and _format(row["HEADER"]) not in _HEADERS:
            yield f"a header {_format(row['HEADER'])}"
        for button in row.get("BUTTONS", {}).get("buttons", ()):
            yield from _unsaid_of(button)


def _unsaid_of(button: Mapping[str, Any]) -> Iterator[str]:
    kind = _type_of(button)
    if kind not in _KINDS:
        yield f"a button {kind}"
    else:
        yield from (f"{key} of the button {kind}" for key in button if key not in _KNOWN)
