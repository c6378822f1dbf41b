"""What a button of an inline keyboard carries, and which button a tap means.

Telegram gives back 64 bytes with a tap (`callback_data`). A longer id stays with us: the button carries a
digest of it, and the message that was tapped tells the id.
"""

from collections.abc import Iterable
from dataclasses import replace

from rejoinder.model.contents import Tap
from rejoinder.model.ids import digest
from rejoinder.model.markup import plain
from rejoinder.model.said import Button, Buttons, Carousel, List, OutboundContent, Row
from rejoinder.model.updates import Inbound

MAX_DATA_BYTES = 64
"""The most that a button carries, in bytes (core.telegram.org/bots/api#inlinekeyboardbutton)."""

_MARK = "~"
"""How the digest of an id begins. An id that begins so is carried as a digest, too."""


def data_of(id: str) -> str:  # noqa: A002 - a field
    """Return what a button with this id carries: the id, or a digest of it."""
    fits = 0 < len(id.encode("utf-8", "replace")) <= MAX_DATA_BYTES
    return id if fits and not id.startswith(_MARK) else _MARK + digest("button", id)


def option_of(data: str, content: OutboundContent) -> Button | Row | None:
    """Return the button or row of `content` that carries `data`; None when it has none."""
    return next((one for one in _options_in(content) if data_of(one.id) == data), None)


def completed(inbound: Inbound) -> Inbound:
    """Return a tap with the id of its button, and with what the button said, as the tapped message tells.

    In a group, a tap on what the bot said to somebody else marks nothing: it is no answer to that.
    """
    tap = inbound.content
    if not isinstance(tap, Tap):
        return inbound
    if inbound.quoted is None:
        return replace(inbound, receipt="")
    option = option_of(tap.id, inbound.quoted.content)
    if option is None:
        return inbound
    description = option.description if isinstance(option, Row) else ""
    told = Tap(id=option.id, title=plain(option.title), description=description)
    return replace(inbound, content=told)


def _options_in(content: OutboundContent) -> Iterable[Button | Row]:
    match content:
        case Buttons(buttons=buttons):
            return buttons
        case List(sections=sections):
            return [row for section in sections for row in section.rows]
        case Carousel(cards=cards):
            return [button for card in cards for button in card.buttons]
        case _:
            return ()
