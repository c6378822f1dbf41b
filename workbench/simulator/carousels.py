"""Meta's checks of carousels with pictures, videos or products.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-media-carousel-messages
and .../interactive-product-carousel-messages
"""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.interactive import (
    BUTTONS,
    Choice,
    Shown,
    button,
    check_header,
    frame,
    length,
    unique,
)
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.prompts import link_label, named_action

CARDS: Final = (2, 10)
"""How many cards a carousel may have."""

CARD_BODY: Final = 160
_MEDIA: Final = ("image", "video")


def carousel(message: Part) -> Shown:
    """Check a carousel."""
    body = frame(message, ())
    cards = message.part("action").parts("cards")
    least, most = CARDS
    if not least <= len(cards) <= most:
        raise errors.invalid(f"Invalid cards count. Min allowed: {least}, Max allowed: {most}")
    check_indexes(cards)
    shown = [_card(card) for card in cards]
    if len({_likeness(card) for card in cards}) > 1:
        raise errors.invalid("All cards of a carousel must have the same header and buttons of the same type")
    choices = tuple(choice for card in shown for choice in card.choices)
    unique("button id", [choice.id for choice in choices])
    return Shown(text="\n".join([body, *(card.text for card in shown)]), choices=choices)


def check_indexes(cards: list[Part]) -> None:
    """Check that the cards, of a message or a template, are numbered from 0 on."""
    for card in cards:
        index = card.value.get("card_index")
        if index is None:
            raise errors.required(card.place("card_index"))
        if isinstance(index, bool) or not isinstance(index, int):
            raise errors.wrong_type(card.place("card_index"), "an integer")
    indexes = [card.value["card_index"] for card in cards]
    if sorted(indexes) != list(range(len(cards))):
        raise errors.invalid(f"card_index must number the cards from 0 to {len(cards) - 1}")


def _likeness(card: Part) -> tuple[object, ...]:
    """Return what all cards must have in common."""
    header = card.optional_part("header")
    has_buttons = card.part("action").value.get("buttons") is not None
    return header.optional_text("type") if header else None, card.text("type"), has_buttons


def _card(card: Part) -> Shown:
    kind = card.text("type")
    if kind not in ("cta_url", "product"):
        raise errors.not_one_of(card.place("type"), ("CTA_URL", "PRODUCT"), kind)
    if kind == "product":
        action = card.part("action")
        action.text("catalog_id")
        return Shown(text=f"[product] {action.text('product_retailer_id')}")
    header = card.part("header")
    check_header(header, _MEDIA)
    body = card.optional_part("body")
    text = body.text("text") if body else ""
    if text:
        length(text, "Card body text", CARD_BODY)
    shown = f"[{header.text('type')}] {text}".rstrip()
    if card.part("action").value.get("buttons") is None:
        return Shown(text=f"{shown} [{link_label(named_action(card, 'cta_url').part('parameters'))}]")
    return Shown(text=shown, choices=_quick_replies(card.part("action")))


def _quick_replies(action: Part) -> tuple[Choice, ...]:
    buttons = action.parts("buttons")
    if not 1 <= len(buttons) <= BUTTONS:
        raise errors.invalid(f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {BUTTONS}")
    return tuple(button(one, "quick_reply") for one in buttons)
