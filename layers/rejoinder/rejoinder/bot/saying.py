"""What `chat.say` is given → a content."""

from collections.abc import Callable, Mapping, Sequence

from rejoinder.bot.buttons import handler_button, is_our_id
from rejoinder.errors import BotError
from rejoinder.model.blanks import one_line
from rejoinder.model.contents import Text
from rejoinder.model.said import Button, Buttons, List, OutboundContent, Row, Section

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
        return _ready_made(what, has_choices=bool(buttons or rows))
    if buttons and rows:
        raise BotError("a message has buttons or rows, not both")
    if buttons:
        tapped = tuple(Button(id=id, title=title) for id, title in _pairs("buttons", buttons, name_of))
        return Buttons(body=what, buttons=tapped)
    if rows:
        listed = tuple(Row(id=id, title=title) for id, title in _pairs("rows", rows, name_of))
        return List(body=what, button=menu, sections=(Section(rows=listed),))
    return Text(body=what)


def _ready_made(what: OutboundContent, *, has_choices: bool) -> OutboundContent:
    if not isinstance(what, OutboundContent):
        raise BotError(f"say() takes words or a content such as a Template, not {what!r}")
    if has_choices:
        raise BotError("buttons and rows go under words, not under a ready-made content")
    for choice in _choices_in(what):
        _refuse_our_id(choice.id)
    return what


def _choices_in(content: OutboundContent) -> tuple[Button | Row, ...]:
    match content:
        case Buttons(buttons=buttons):
            return buttons
        case List(sections=sections):
            return tuple(row for section in sections for row in section.rows)
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
    """Return the title on one line: spaces at its ends may come from a file, and nobody sees them."""
    if not isinstance(title, str):
        raise BotError(f"the titles of {name} are words, not {title!r}")
    return one_line(title)


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
