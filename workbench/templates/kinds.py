"""WhatsApp's rules for a whole template, and for each kind: for codes, with cards, with an offer."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from rejoinder.bot.templates.variables import variables_in
from rejoinder.model.written import Category, Wording, WrittenCard, WrittenTemplate
from rejoinder.workbench.templates.buttons import button_flaws
from rejoinder.workbench.templates.languages import LANGUAGES
from rejoinder.workbench.templates.rules import (
    Flaw,
    Step,
    body_flaws,
    example_flaws,
    media_flaws,
    too_long,
    words_flaws,
)

NAME = 512
TTL: Mapping[Category, tuple[int, int]] = {
    "authentication": (30, 900),
    "utility": (30, 43_200),
    "marketing": (43_200, 2_592_000),
}
"""How long WhatsApp may try to deliver, in seconds, by category."""

FOR_THE_USUAL_TIME = -1
"""What stands for 30 days; marketing does not take it."""

CARDS = (2, 10)
CARD_BODY = 160
CARD_BUTTONS = (1, 2)
CODE_MINUTES = (1, 90)
OFFER = 16
OFFER_BODY = 600
CARD_HEADERS = ("image", "video", "product")


def flaws(template: WrittenTemplate, folder: Path) -> Iterator[Flaw]:
    """Yield what is wrong with a template of the bot in `folder`."""
    if not re.fullmatch("[a-z0-9_]+", template.name) or len(template.name) > NAME:
        cure = f"rename the file: a-z, 0-9 and _, up to {NAME} characters"
        yield Flaw((), f"a template cannot be called {template.name[:60]!r}", cure)
    yield from _ttl(template)
    if template.fallback and template.fallback not in template.languages:
        cure = f"write one of {', '.join(template.languages)}"
        yield Flaw(("fallback",), f"the fallback {template.fallback!r} is not written", cure)
    for language, wording in template.languages.items():
        at: tuple[Step, ...] = ("languages", language)
        if language not in LANGUAGES:
            near = [one for one in sorted(LANGUAGES) if one[:2] == language[:2].lower()]
            cure = f"write one of {', '.join(near)}" if near else "write a code that Meta has, such as pt_BR"
            yield Flaw(at, f"WhatsApp has no language {language!r}", cure)
        yield from _wording(template, wording, at, folder)
    yield from _unlike(template)


def _ttl(template: WrittenTemplate) -> Iterator[Flaw]:
    seconds = template.ttl_seconds
    low, high = TTL[template.category]
    is_usual = seconds == FOR_THE_USUAL_TIME and template.category != "marketing"
    if seconds is not None and not is_usual and not low <= seconds <= high:
        what = f"ttl_seconds of {template.category} is {low} to {high}, not {seconds}"
        yield Flaw(("ttl_seconds",), what, f"write ttl_seconds: {min(max(seconds, low), high)}")


def _unlike(template: WrittenTemplate) -> Iterator[Flaw]:
    """Yield languages that one line of the bot cannot say: they have other variables, or other buttons."""
    first, *others = template.languages.items()
    for language, wording in others:
        for name, told in (("variables", _variables), ("buttons", _kinds)):
            if told(wording) != told(first[1]):
                what = f"{language} has other {name} than {first[0]}: one line of the bot says both"
                yield Flaw(("languages", language), what, f"write the same {name} in every language")


def _variables(wording: Wording) -> tuple[object, ...]:
    over = wording.header.text if wording.header else ""
    return tuple(sorted(variables_in(one)) for one in (over, wording.body, *(c.body for c in wording.cards)))


def _kinds(wording: Wording) -> tuple[object, ...]:
    return tuple(button.kind for button in wording.buttons), tuple(map(_form, wording.cards))


def _wording(
    template: WrittenTemplate, wording: Wording, at: tuple[Step, ...], folder: Path
) -> Iterator[Flaw]:
    """Yield what is wrong with one wording of a template."""
    if template.category == "authentication":
        yield from _code(wording, at)
        return
    yield from words_flaws(wording, str(at[-1]), at)
    if wording.header:
        yield from media_flaws(wording.header, (*at, "header"), folder)
    for name in ("security_note", "code_minutes"):
        if getattr(wording, name):
            yield Flaw((*at, name), f"{name} is for one-time codes", "write category: authentication")
    yield from button_flaws(wording.buttons, (*at, "buttons"))
    if wording.cards:
        yield from _cards(wording, at, folder)
    if wording.offer:
        yield from _offer(template, wording, at)


def _code(wording: Wording, at: tuple[Step, ...]) -> Iterator[Flaw]:
    """Yield what is wrong with a template for one-time codes, whose words are the network's."""
    for name in ("body", "header", "footer", "cards", "offer", "examples"):
        if getattr(wording, name):
            cure = f"delete {name}: write security_note and code_minutes, or another category"
            yield Flaw(
                (*at, name), f"WhatsApp writes the words around one-time codes: there is no {name}", cure
            )
    low, high = CODE_MINUTES
    if wording.code_minutes and not low <= wording.code_minutes <= high:
        what = f"code_minutes is {low} to {high}, not {wording.code_minutes}"
        yield Flaw(
            (*at, "code_minutes"), what, f"write code_minutes: {min(max(wording.code_minutes, low), high)}"
        )
    if [button.kind for button in wording.buttons] != ["otp"]:
        cure = "write buttons: [{type: otp, otp: copy_code}]"
        yield Flaw((*at, "buttons"), "a template for one-time codes has one button, of type otp", cure)
    yield from button_flaws(wording.buttons, (*at, "buttons"), is_code=True)


def _cards(wording: Wording, at: tuple[Step, ...], folder: Path) -> Iterator[Flaw]:
    fewest, most = CARDS
    cards = wording.cards
    if not fewest <= len(cards) <= most:
        what = f"a carousel has {fewest} to {most} cards, not {len(cards)}"
        yield Flaw((*at, "cards"), what, "write more cards" if len(cards) < fewest else "delete some")
    for name in ("header", "footer", "buttons", "offer"):
        if getattr(wording, name):
            yield Flaw(
                (*at, name), f"a template with cards has no {name} of its own", "write it into the cards"
            )
    for place, card in enumerate(cards):
        yield from _card(card, (*at, "cards", place), str(at[-1]), folder)
    for place, card in enumerate(cards[1:], 1):
        if _form(card) != _form(cards[0]):
            what = "all cards are alike: the same header, the same buttons, words or none"
            yield Flaw((*at, "cards", place), what, "write it as the first card")


def _form(card: WrittenCard) -> tuple[object, ...]:
    return card.header.kind, bool(card.body), tuple(button.kind for button in card.buttons)


def _card(card: WrittenCard, at: tuple[Step, ...], language: str, folder: Path) -> Iterator[Flaw]:
    if card.header.kind not in CARD_HEADERS:
        yield Flaw((*at, "header"), "a card shows an image, a video or a product", "write {image: files/…}")
    yield from media_flaws(card.header, (*at, "header"), folder)
    yield from body_flaws(card.body, CARD_BODY, language, (*at, "body"))
    yield from example_flaws(variables_in(card.body), card.examples, at)
    fewest, most = CARD_BUTTONS
    if not fewest <= len(card.buttons) <= most:
        what = f"a card has {fewest} or {most} buttons, not {len(card.buttons)}"
        yield Flaw((*at, "buttons"), what, "write quick_reply, url or phone")
    yield from button_flaws(card.buttons, (*at, "buttons"))


def _offer(template: WrittenTemplate, wording: Wording, at: tuple[Step, ...]) -> Iterator[Flaw]:
    """Yield what is wrong with an offer that ends.

    .../whatsapp/templates/marketing-templates/limited-time-offer-templates
    """
    assert wording.offer
    offer = (*at, "offer")
    if template.category != "marketing":
        yield Flaw(offer, "an offer is marketing", "write category: marketing")
    yield from too_long("the offer", wording.offer.text, OFFER, offer)
    yield from too_long("the body of a template with an offer", wording.body, OFFER_BODY, (*at, "body"))
    if wording.footer:
        yield Flaw((*at, "footer"), "a template with an offer has no footer", "delete the footer")
    if wording.header and wording.header.kind not in ("image", "video"):
        yield Flaw((*at, "header"), "over an offer stands an image or a video", "write {image: files/…}")
    if wording.offer.expires and not any(button.kind == "copy_code" for button in wording.buttons):
        cure = "write {type: copy_code, example: 25OFF}, or expires: false"
        yield Flaw((*at, "buttons"), "an offer with a clock has a button that copies its code", cure)
