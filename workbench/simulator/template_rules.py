"""Meta's rules for what a business writes in a template. A broken one is an error at once.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components and
…/templates/template-management. The titles of errors are those that were seen; most other words are ours.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable
from itertools import groupby
from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.business import StoredTemplate
from rejoinder.workbench.simulator.drafted import buttons_of, cards_of, format_of
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.template_buttons import Button
from rejoinder.workbench.simulator.templates import BODY_LIMIT, CATEGORIES, FILES, VARIABLE, Template
from rejoinder.workbench.templates.languages import LANGUAGES

COMPONENTS: Final = (
    *("BODY", "BUTTONS", "CALL_PERMISSION_REQUEST", "CAROUSEL", "FOOTER", "HEADER", "LIMITED_TIME_OFFER"),
)
FORMATS: Final = ("DOCUMENT", "IMAGE", "LOCATION", "PRODUCT", "TEXT", "VIDEO")
PARAMETER_FORMATS: Final = ("NAMED", "POSITIONAL")
LINE: Final = 60
"""The longest header, and the longest footer."""

BUTTONS: Final = 10
LABEL: Final = 25
URL_LIMIT: Final = 2000
CARDS: Final = range(2, 11)
CARD_LIMIT: Final = 160
"""The longest body of a card."""

MOST: Final = {"URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1, "FLOW": 1}
"""How many buttons of a kind there may be."""

OTP_TYPES: Final = ("COPY_CODE", "ONE_TAP", "ZERO_TAP")
EXPIRY: Final = range(1, 91)
"""For how many minutes a one-time code may be good."""

TTLS: Final = {
    "AUTHENTICATION": range(30, 901),
    "UTILITY": range(30, 43_201),
    "MARKETING": range(43_200, 2_592_001),
}
"""For how many seconds the network may try to deliver a message of a category."""

AUTHENTICATION: Final = "{{1}} is your verification code."
"""The body of a template for one-time codes, which Meta writes."""

_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_SNAKE: Final = re.compile(r"[a-z][a-z0-9_]*")
_AT_AN_END: Final = re.compile(r"^\s*\{\{|\}\}[\s!?.,;:)]*$")
"""A variable at the start or at the end. A mark behind it does not count as text."""


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise errors.coded(100, "The name may have lower-case letters, digits and underscores only")


def check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise errors.not_one_of("language", tuple(sorted(LANGUAGES)), language)


def read(name: str, language: str, part: Part, handles: Container[str]) -> tuple[Template, StoredTemplate]:
    """Return a template and what is kept of it. `handles` are those of the uploads."""
    category = part.text("category").upper()
    if category not in CATEGORIES:
        raise errors.not_one_of("category", CATEGORIES, category)
    named = (part.optional_text("parameter_format") or "POSITIONAL").upper()
    if named not in PARAMETER_FORMATS:
        raise errors.not_one_of("parameter_format", PARAMETER_FORMATS, named)
    components = part.parts("components")
    by_kind = {_kind(one): one for one in components}
    header = by_kind.get("HEADER")
    template = Template(
        name=name,
        language=language,
        body=_body(by_kind, category, named),
        category=category,
        header=_header(header, named),
        header_format=format_of(header),
        footer=_footer(by_kind.get("FOOTER")),
        buttons=_buttons(by_kind.get("BUTTONS"), category),
        cards=cards_of(by_kind.get("CAROUSEL")),
        status="PENDING",
    )
    for one in (header, *_cards(by_kind.get("CAROUSEL"))):
        _handle(one, handles)
    stored = StoredTemplate(
        components=[one.value for one in components],
        parameter_format=named,
        message_send_ttl_seconds=_ttl(part, category),
    )
    return template, stored


def _kind(component: Part) -> str:
    kind = component.text("type").upper()
    if kind not in COMPONENTS:
        raise errors.not_one_of(component.place("type"), COMPONENTS, kind)
    return kind


def _body(by_kind: dict[str, Part], category: str, named: str) -> str:
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
    variables = _variables(text, named, 2388072, "Message body format is incorrect")
    # Meta does not say how many words a variable needs. Fewer than these were always refused.
    if len(re.findall(r"\w+", VARIABLE.sub(" ", text))) < 2 * len(variables) + 1 and variables:
        why = (
            "This template has too many variables for its length. Reduce the number of variables or increase "
            "the message length."
        )
        raise errors.template_error(2388293, "Params Words Ratio Exceeds Limit", why)
    _exemplified(body, variables, "BODY")
    return text


def _header(header: Part | None, named: str) -> str:
    if header is None:
        return ""
    kind = header.text("format").upper()
    if kind not in FORMATS:
        raise errors.not_one_of(header.place("format"), FORMATS, kind)
    if kind != "TEXT":
        return ""
    text, title = header.text("text"), "Message header format is incorrect"
    _short(text, LINE, "header")
    variables = _variables(text, named, 2388047, title)
    if len(variables) > 1:
        raise errors.template_error(2388047, title, "The header may have one variable.")
    _exemplified(header, variables, "HEADER")
    return text


def _variables(text: str, named: str, subcode: int, title: str) -> list[str]:
    """Return the variables of a text, each once."""
    variables = list(dict.fromkeys(VARIABLE.findall(text)))
    for one in variables:
        if named == "POSITIONAL" and not one.isdecimal():
            why = f"{{{{{one}}}}} is a name, and parameter_format is POSITIONAL."
            raise errors.template_error(subcode, title, why)
        if named == "NAMED" and not _SNAKE.fullmatch(one):
            why = f"{{{{{one}}}}} must be lower-case letters, digits and underscores."
            raise errors.template_error(subcode, title, why)
    return variables


def _footer(footer: Part | None) -> str:
    if footer is None:
        return ""
    minutes = footer.value.get("code_expiration_minutes")
    if minutes is not None and (not isinstance(minutes, int) or minutes not in EXPIRY):
        raise errors.coded(100, "code_expiration_minutes must be a number from 1 to 90")
    text = footer.optional_text("text") or ""
    _short(text, LINE, "footer")
    if VARIABLE.search(text):
        why = "The footer must not have variables."
        raise errors.template_error(2388073, "Message footer format is incorrect", why)
    return text


def _buttons(buttons: Part | None, category: str) -> tuple[str | Button, ...]:
    asked = buttons.parts("buttons") if buttons else []
    if len(asked) > BUTTONS:
        raise errors.coded(100, f"There may be {BUTTONS} buttons")
    for one in asked:
        _button(one, category)
    kinds = [one.text("type").upper() for one in asked]
    if [is_reply for is_reply, _ in groupby(kinds, lambda kind: kind == "QUICK_REPLY")].count(True) > 1:
        raise errors.coded(100, "The quick replies must stand together")
    for kind, count in Counter(kinds).items():
        if count > MOST.get(kind, BUTTONS):
            raise errors.coded(100, f"There may be {MOST[kind]} buttons of type {kind}")
    return buttons_of(buttons)


def _button(button: Part, category: str) -> None:
    _short(button.optional_text("text") or "", LABEL, "button")
    _short(button.optional_text("phone_number") or "", 20, "phone number")
    url = button.optional_text("url") or ""
    _short(url, URL_LIMIT, "address")
    if (found := VARIABLE.findall(url)) and (len(found) > 1 or not url.endswith("}}")):
        raise errors.coded(100, "An address may have one variable, at its end")
    if found and not button.value.get("example"):
        raise _missing("BUTTONS")
    if category == "AUTHENTICATION" and (kind := button.text("otp_type").upper()) not in OTP_TYPES:
        raise errors.not_one_of(button.place("otp_type"), OTP_TYPES, kind)


def _cards(carousel: Part | None) -> list[Part]:
    """Return the headers of the cards."""
    cards = carousel.parts("cards") if carousel else []
    if carousel and len(cards) not in CARDS:
        raise errors.coded(100, "A carousel has from 2 to 10 cards")
    components = [one for card in cards for one in card.parts("components")]
    for one in components:
        if one.text("type").upper() == "BODY":
            _short(one.text("text"), CARD_LIMIT, "body of a card")
    return [one for one in components if one.text("type").upper() == "HEADER"]


def _handle(header: Part | None, handles: Container[str]) -> None:
    """Check that the example of a file is a handle that an upload gave."""
    if header is None or header.text("format").upper() not in FILES:
        return
    example = header.optional_part("example")
    given = example.value.get("header_handle") if example else None
    if not isinstance(given, list) or not given:
        raise _missing("HEADER")
    for one in given:
        if one not in handles:
            why = "The uploaded media handle is invalid. Please upload the file again."
            raise errors.template_error(2494102, "Invalid media handle", why, code=131009)


def _short(text: str, limit: int, what: str) -> None:
    if len(text) > limit:
        why = f"The {what} may have {limit} characters."
        raise errors.template_error(2388040, "Character limit exceeded", why)


def _exemplified(component: Part, variables: list[str], kind: str) -> None:
    """Check that each variable has an example."""
    if not variables:
        return
    example = component.optional_part("example")
    if example is None or not example.value:
        raise _missing(kind)
    key = f"{kind.lower()}_text"
    named = example.value.get(f"{key}_named_params")
    given = _names(named) if isinstance(named, list) else _texts(example.value.get(key))
    if isinstance(named, list) and set(given) != set(variables):
        raise _missing(kind)
    if len(given) != len(variables):
        raise _missing(kind)


def _names(examples: Iterable[object]) -> list[str]:
    return [str(one.get("param_name")) for one in examples if isinstance(one, dict) and one.get("example")]


def _texts(examples: object) -> list[object]:
    """Return the examples of a body, a list in a list, or those of a header."""
    if isinstance(examples, list) and examples and isinstance(examples[0], list):
        return examples[0]
    return examples if isinstance(examples, list) else [examples] if examples else []


def _missing(kind: str) -> errors.GraphError:
    title = 'Message template "components" param is missing expected field(s)'
    why = f"component of type {kind} is missing expected field(s) (example)"
    return errors.template_error(2388043, title, why)


def _ttl(part: Part, category: str) -> int | None:
    given = str(part.value.get("message_send_ttl_seconds") or "")
    if not given or (given == "-1" and category != "MARKETING"):
        return None
    allowed = TTLS[category]
    if not (given.isascii() and given.isdecimal()) or int(given) not in allowed:
        raise errors.coded(
            100, f"message_send_ttl_seconds must be from {allowed[0]} to {allowed[-1]} for {category}"
        )
    return int(given)


def language_error(subcode: int, language: str) -> errors.GraphError:
    """Return the error for a name and a language that are taken: 2388023 while they are being deleted."""
    if subcode == 2388023:
        why = (
            f"New {language} content can't be added while the existing {language} content is being deleted. "
            "Try again in 4 weeks or consider creating a new message template."
        )
        return errors.template_error(subcode, "Message template language is being deleted", why)
    why = f"There is already {language} content for this template."
    return errors.template_error(subcode, "Content in This Language Already Exists", why)
