"""What can be tapped: keyboards under a message, and those in place of the contact's own.

Source: core.telegram.org/bots/api, "InlineKeyboardMarkup" and "ReplyKeyboardMarkup".
"""

from collections.abc import Iterable

from rejoinder.channels.telegram.taps import data_of
from rejoinder.model.markup import plain
from rejoinder.model.requests import ContactRequest, LocationRequest
from rejoinder.model.said import Button, Buttons, Card, Carousel, LinkButton, List, OutboundContent, Row

Json = dict[str, object]

MAX_ABREAST = 24
"""How many letters the titles of buttons may have together that stand side by side. Others are rows, for a
narrow phone cuts its titles."""

_REQUESTS = {"location_request": ("📍", "request_location"), "contact_request": ("📞", "request_contact")}
"""For each kind of request: the words on its button, which every language knows, and what it does."""


def keyboard_of(content: OutboundContent, *, is_private: bool) -> Json:
    """Return the keyboard of a message; an empty object for none.

    Buttons that ask for a place or a number are for private chats only. Their keyboard stays until another
    message takes it away: so every message without a keyboard does.
    """
    if rows := list(_rows(content)):
        return {"inline_keyboard": rows}
    if not is_private:
        return {}
    match content:
        case LocationRequest() | ContactRequest():
            title, request = _REQUESTS[content.kind]
            keys = [[{"text": title, request: True}]]
            return {"keyboard": keys, "one_time_keyboard": True, "resize_keyboard": True}
        case _:
            return {"remove_keyboard": True}


def _rows(content: OutboundContent) -> Iterable[list[Json]]:
    match content:
        case Buttons(buttons=buttons):
            keys = [_key(button) for button in buttons]
            is_short = sum(len(plain(button.title)) for button in buttons) <= MAX_ABREAST
            return [keys] if is_short and len(keys) <= 3 else [[key] for key in keys]
        case List(sections=sections):
            return ([_key(row)] for section in sections for row in section.rows)
        case LinkButton(title=title, url=url):
            return ([_link(title, url)],)
        case Carousel(cards=cards):
            return (keys for number, card in enumerate(cards, 1) if (keys := _card(number, card)))
        case _:
            return ()


def _key(choice: Button | Row, number: str = "") -> Json:
    return {"text": number + plain(choice.title), "callback_data": data_of(choice.id)}


def _link(title: str, url: str) -> Json:
    return {"text": plain(title), "url": url}


def _card(number: int, card: Card) -> list[Json]:
    if card.url:
        return [_link(f"{number}. {card.title}", card.url)]
    return [_key(button, f"{number}. ") for button in card.buttons]
