"""A template with its variables filled, as its contact reads it."""

from collections.abc import Mapping
from dataclasses import dataclass

from rejoinder.bot.templates.catalog import Catalog
from rejoinder.bot.templates.variables import VARIABLE
from rejoinder.model.templates import Parameters, TapId, Template
from rejoinder.model.written import Wording, WrittenButton

CODE = "{{1}} is your verification code."
ADVICE = "For your security, do not share this code."
EXPIRY = "This code expires in {} minutes."
"""What the network writes into a template for one-time codes, in English."""

_TITLES = {"copy_code": "Copy code", "otp": "Copy code", "request_contact": "Share contact info"}
"""The words of the network on its own buttons, in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    """A card of a carousel, filled."""

    body: str
    """Its words."""

    buttons: tuple[str, ...]
    """The words on its buttons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A template, filled."""

    header: str
    """The line above the words; empty where there is none, or where it is no text."""

    body: str
    """The words."""

    footer: str
    """The line below the words."""

    buttons: tuple[str, ...]
    """The words on the buttons, in order."""

    replies: dict[str, str]
    """The ids that taps on the quick replies bring, by the words on them."""

    cards: tuple[ShownCard, ...]
    """The cards of its carousel."""


def shown_of(content: object, catalog: Catalog | None) -> Shown | None:
    """Return what a contact reads of a template of the bot; None for any other content."""
    if catalog is None or not isinstance(content, Template) or not content.category:
        return None
    return shown(catalog.template(content.name).languages[content.language], content)


def shown(wording: Wording, template: Template) -> Shown:
    """Return what a contact reads of `template`, whose wording is `wording`."""
    over = wording.header.text if wording.header else ""
    header = VARIABLE.sub(lambda _: str(template.header), over)
    patterns = wording.cards
    if len(patterns) != len(template.cards):  # the file shows two products, and a message may have ten
        patterns = patterns[:1] * len(template.cards)
    return Shown(
        header=header,
        body=_filled(wording.body or _code(wording), template.parameters),
        footer=wording.footer or (EXPIRY.format(wording.code_minutes) if wording.code_minutes else ""),
        buttons=tuple(map(_title, wording.buttons)),
        replies=_replies(wording, template),
        cards=tuple(
            ShownCard(
                body=_filled(written.body, card.parameters), buttons=tuple(map(_title, written.buttons))
            )
            for written, card in zip(patterns, template.cards, strict=False)
        ),
    )


def _code(wording: Wording) -> str:
    return f"{CODE} {ADVICE}" if wording.security_note else CODE


def _replies(wording: Wording, template: Template) -> dict[str, str]:
    takes = dict(enumerate(template.buttons))
    ids = {}
    for place, button in enumerate(wording.buttons):
        if button.kind == "quick_reply":
            take = takes.get(place)
            ids[button.text] = take.id if isinstance(take, TapId) else button.text
    return ids


def _title(button: WrittenButton) -> str:
    return button.text or _TITLES.get(button.kind, button.kind)


def _filled(words: str, parameters: Parameters) -> str:
    """Return `words` with their variables filled; one that nothing fills stays."""
    by_number = enumerate(parameters, 1) if isinstance(parameters, tuple) else ()
    named = dict(parameters) if isinstance(parameters, Mapping) else {str(n): one for n, one in by_number}
    texts = {name: str(getattr(one, "text", one)) for name, one in named.items()}
    return VARIABLE.sub(lambda match: texts.get(match[1], match[0]), words)
