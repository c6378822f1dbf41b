"""What `chat.say` is given → a content, and the message that it quotes."""

from collections.abc import Callable, Mapping, Sequence

from rejoinder.bot.buttons import handler_button, is_our_id
from rejoinder.errors import BotError
from rejoinder.model.blanks import one_line
from rejoinder.model.contents import Document, Header, Image, Reaction, Text, Video
from rejoinder.model.markup import plain
from rejoinder.model.said import Button, Buttons, Carousel, List, OutboundContent, Row, Section
from rejoinder.model.updates import Inbound

AnyHandler = Callable[..., None]


def content_of(
    what: str | OutboundContent,
    buttons: Sequence[str | tuple[str, str]] | Mapping[str, AnyHandler] | None,
    rows: Sequence[str | tuple[str, str]] | Mapping[str, AnyHandler] | None,
    menu: str,
    *,
    name_of: Callable[[AnyHandler], str],
    descriptions: Mapping[str, str] | None = None,
    header: Header = "",
    footer: str = "",
) -> OutboundContent:
    """Return words as a content, with buttons or rows under them; BotError for what does not go together.

    `menu` is the label of the button that opens a list. `name_of` returns the name by which a handler is
    found again.
    """
    if not isinstance(what, str):
        return ready_made(what, is_alone=not (buttons or rows or descriptions or header or footer))
    if buttons and rows:
        raise BotError("a message has buttons or rows, not both")
    if descriptions and not rows:
        raise BotError("descriptions are second lines of rows: write rows=[…] instead of buttons")
    if buttons:
        tapped = tuple(Button(id=id, title=title) for id, title in _pairs("buttons", buttons, name_of))
        return Buttons(body=what, buttons=tapped, header=_header(header), footer=footer)
    if rows:
        listed = described(_pairs("rows", rows, name_of), descriptions or {})
        return List(
            body=what, button=menu, sections=(Section(rows=listed),), header=_line(header), footer=footer
        )
    if header or footer:
        raise BotError("a header and a footer stand around words with buttons=… or rows=…")
    return Text(body=what)


def described(pairs: Sequence[tuple[str, str]], descriptions: Mapping[str, str]) -> tuple[Row, ...]:
    """Return rows for (id, title) pairs, with the second lines that titles lead to; BotError for others."""
    lines = {one_line(plain(title)): line for title, line in descriptions.items()}
    unknown = sorted(lines.keys() - {title for _, title in pairs})
    if unknown:
        raise BotError(f"descriptions have a second line for {unknown[0]!r}, and no row has that title")
    return tuple(Row(id=id, title=title, description=lines.get(title, "")) for id, title in pairs)


def _header(header: object) -> Header:
    if not isinstance(header, str | Image | Video | Document):
        raise BotError(f"a header is a line, or an Image, a Video or a Document, not {header!r}")
    return header


def _line(header: Header) -> str:
    if not isinstance(header, str):
        raise BotError("the header of a list is a line: a picture goes over buttons=…, or before the list")
    return header


def quote_of(quote: Inbound | str | None, content: OutboundContent) -> str:
    """Return the network's id of the message that is quoted; empty for none.

    Raises BotError when there is nothing to quote.
    """
    if not quote:
        return ""
    if isinstance(content, Reaction):
        raise BotError("a reaction names its message by message_id=…; it takes no quote")
    if isinstance(quote, str):
        return quote
    if not isinstance(quote, Inbound):
        raise BotError(f"quote is a message, such as chat.message, or the network's id of one, not {quote!r}")
    if not quote.is_from_contact:
        raise BotError("quote is a message of the contact, and this one is our own")
    if not quote.id:
        raise BotError("this answer has no id any more: keep chat.message.id before you ask again")
    return quote.newest_id or quote.id


def ready_made(what: OutboundContent, *, is_alone: bool) -> OutboundContent:
    """Return a content as it is; BotError when it is none, or something stands beside it."""
    if not isinstance(what, OutboundContent):
        raise BotError(f"say() takes words or a content such as a Template, not {what!r}")
    if not is_alone:
        raise BotError("buttons, rows, headers and footers go with words, not with a ready-made content")
    for choice in choices_in(what):
        _refuse_our_id(choice.id)
    return what


def choices_in(content: OutboundContent) -> tuple[Button | Row, ...]:
    """Return what can be tapped in a content, and comes back as a `Tap`."""
    match content:
        case Buttons(buttons=buttons):
            return buttons
        case List(sections=sections):
            return tuple(row for section in sections for row in section.rows)
        case Carousel(cards=cards):
            return tuple(button for card in cards for button in card.buttons)
        case _:
            return ()


def _pairs(name: str, choices: object, name_of: Callable[[AnyHandler], str]) -> list[tuple[str, str]]:
    """Return the choices as (id, title) pairs."""
    if isinstance(choices, Mapping):
        return [
            (handler_button(_named(name, title, handler, name_of), number), _title(name, title))
            for number, (title, handler) in enumerate(choices.items())
        ]
    if isinstance(choices, str | bytes) or not isinstance(choices, Sequence):
        raise BotError(f"{name} are a list of titles or a mapping: write {name}=[…], not {choices!r}")
    return [_pair(name, choice) for choice in choices]


def _pair(name: str, choice: object) -> tuple[str, str]:
    match choice:
        case str():
            pair = (_title(name, choice), _title(name, choice))
        case (str(id), str(title)):
            pair = (id, _title(name, title))
        case _:
            raise BotError(f"each of {name} is a title or a pair of words, (id, title), not {choice!r}")
    _refuse_our_id(pair[0])
    return pair


def _title(name: str, title: object) -> str:
    """Return the title on one line: spaces at its ends may come from a file, and nobody sees them. No network
    shows markup in a title.
    """
    if not isinstance(title, str):
        raise BotError(f"the titles of {name} are words, not {title!r}")
    return one_line(plain(title))


def _named(name: str, title: object, handler: object, name_of: Callable[[AnyHandler], str]) -> str:
    if not callable(handler):
        raise BotError(
            f"{name} lead from titles to handlers, and {title!r} leads to {handler!r}. "
            f"For ids of your own write pairs: {name}=[(id, title), …]"
        )
    return name_of(handler)


def _refuse_our_id(id: str) -> None:  # noqa: A002 - a field
    if is_our_id(id):
        raise BotError(f"the id {id!r} begins as rejoinder's own ids do: give the button another one")
