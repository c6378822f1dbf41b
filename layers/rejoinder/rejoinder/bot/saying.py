"""What `chat.say` is given → a content."""

from collections.abc import Callable, Mapping, Sequence

from rejoinder.bot.buttons import handler_button
from rejoinder.errors import BotError
from rejoinder.model.contents import Button, Buttons, List, OutboundContent, Row, Section, Text

AnyHandler = Callable[..., None]


def content_of(
    what: str | OutboundContent,
    buttons: Sequence[str | tuple[str, str]] | Mapping[str, AnyHandler] | None,
    rows: Sequence[str | tuple[str, str]] | Mapping[str, AnyHandler] | None,
    menu: str,
    *,
    name_of: Callable[[AnyHandler], str],
) -> OutboundContent:
    """Return words as a content, with buttons or rows under them; BotError for what does not go together.

    `menu` is the label of the button that opens a list. `name_of` returns the name by which a handler is
    found again.
    """
    if not isinstance(what, str):
        if not isinstance(what, OutboundContent):
            raise BotError(f"say() takes words or a content such as a Template, not {what!r}")
        if buttons or rows:
            raise BotError("buttons and rows go under words, not under a ready-made content")
        return what
    if buttons and rows:
        raise BotError("a message has buttons or rows, not both")
    if buttons:
        tapped = tuple(Button(id=id, title=title) for id, title in _pairs(buttons, name_of))
        return Buttons(body=what, buttons=tapped)
    if rows:
        listed = tuple(Row(id=id, title=title) for id, title in _pairs(rows, name_of))
        return List(body=what, button=menu, sections=(Section(rows=listed),))
    return Text(body=what)


def _pairs(
    choices: Sequence[str | tuple[str, str]] | Mapping[str, AnyHandler], name_of: Callable[[AnyHandler], str]
) -> list[tuple[str, str]]:
    """Return the choices as (id, title) pairs."""
    if isinstance(choices, Mapping):
        return [
            (handler_button(name_of(handler), number), title)
            for number, (title, handler) in enumerate(choices.items())
        ]
    return [(choice, choice) if isinstance(choice, str) else choice for choice in choices]
