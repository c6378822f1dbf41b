"""Transcripts: a conversation as text. `> hi` is the contact, `< Hello! [Book a table]` is the bot.

More lines of the same message begin with two spaces. Buttons and rows are in brackets after the words. A file
is named before the words under it: `> (image files/garden.jpg) My garden`. An album is a message for each
file. What the contact sends lies in the folder of the bot. A place, a card and the answers of a form look so:
`> (location Zoo, 52.5, 13.4)`, `> (contact card Ada +15550001111)`, `> (form {"name": "Ada"})`. Markup has
WhatsApp's marks on every network: `< Hello *Ada*! See _our menu_ (https://example.com/menu).` The line
`... 25 hours` means that nothing was said for that time.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal

from rejoinder.bot.templates.showing import Shown, ShownCard
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    FormReply,
    Image,
    Location,
    Reaction,
    Sticker,
    Tap,
    Text,
    Video,
)
from rejoinder.model.files import File
from rejoinder.model.marks import marked
from rejoinder.model.markup import plain, with_words
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import (
    Album,
    Buttons,
    Card,
    Carousel,
    LinkButton,
    List,
    OutboundContent,
    SaidFile,
    Template,
)
from rejoinder.model.selling import Catalog, OrderDetails, OrderStatus, Product, ProductList
from rejoinder.model.templates import (
    ButtonTake,
    CatalogPicture,
    CopyCode,
    FormStart,
    LinkEnd,
    ProductChoice,
    TapId,
    TemplateHeader,
    words_of,
)
from rejoinder.model.updates import InboundContent

Worded = (
    Buttons
    | List
    | LinkButton
    | LocationRequest
    | ContactRequest
    | CallRequest
    | CallButton
    | Form
    | Product
    | ProductList
    | Catalog
    | Carousel
    | AddressRequest
    | OrderDetails
    | OrderStatus
)
"""What has words with something to tap."""

Speaker = Literal[">", "<"]


def write(speaker: Speaker, words: str, choices: Sequence[str] = ()) -> str:
    """Return one message of a transcript. `choices` are the titles that can be tapped."""
    brackets = "".join(f" [{plain(title)}]" for title in choices)
    first, *further = (marked(words) + brackets).strip().splitlines() or [""]
    return "\n".join([f"{speaker} {first}", *(f"  {line}".rstrip() for line in further)])


_UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
_PASSED = re.compile(r"\.\.\. ([1-9]\d{0,5}) (day|hour|minute)s?")


def passed(time: timedelta) -> str:
    """Return the line that `time` passed, in the largest unit that is exact; in minutes when none is."""
    unit = next((name for name, one in _UNITS.items() if time >= one and not time % one), "minute")
    number = time // _UNITS[unit]
    return f"... {number} {unit}{'' if number == 1 else 's'}"


def time_in(line: str) -> timedelta | None:
    """Return the time that passes in `line`; None when it is another kind of line."""
    match = _PASSED.fullmatch(line)
    return int(match[1]) * _UNITS[match[2]] if match else None


_SENT = re.compile(r"> \((image|video|document|audio|voice message|sticker) ([^()\n]+)\) ?(.*)", re.DOTALL)


_PLACE = re.compile(r"> \(location (?:(.+), )?(-?\d+(?:\.\d+)?), (-?\d+(?:\.\d+)?)\)")
_CARD = re.compile(r"> \(contact card (.+) \+([\d ]{4,24})\)")
_FORM = re.compile(r"> \(form (\{.*\})\)")


def sent_in(line: str) -> SaidFile | Location | ContactCard | FormReply | None:
    """Return what the contact sends in `line`: a file, a place, a card, a form; None for other lines."""
    if match := _PLACE.fullmatch(line):
        return Location(name=match[1] or "", latitude=float(match[2]), longitude=float(match[3]))
    if match := _CARD.fullmatch(line):
        return ContactCard(name=match[1], phones=(match[2].replace(" ", ""),))
    if match := _FORM.fullmatch(line):
        return FormReply(name="flow", response=match[1])
    return _file_in(line)


def _file_in(line: str) -> SaidFile | None:
    match = _SENT.fullmatch(line)
    if not match:
        return None
    kind, name, caption = match[1], match[2], match[3].replace("\n  ", "\n")
    match kind:
        case "image":
            return Image(name, caption=caption)
        case "video":
            return Video(name, caption=caption)
        case "document":
            return Document(name, caption=caption)
        case "sticker":
            return Sticker(name)
        case _:
            return Audio(name, voice=kind == "voice message")


def heard(content: InboundContent) -> str:
    """Return a message of the contact, as a transcript has it."""
    match content:
        case Text(body=body):
            return write(">", body)
        case Tap(title=title):
            return write(">", "", [title])
        case Image() | Video() | Audio() | Document() | Sticker():
            return write(">", f"({_file(content)}) {content.caption}")
        case ContactCard(name=name, phones=(phone, *_)):
            return write(">", f"(contact card {name} +{phone.removeprefix('+')})")
        case Location() | ContactCard() | Reaction():
            return write(">", f"({_thing(content)})")
        case FormReply(response=response):
            return write(">", f"(form {response})")
        case _:
            return write(">", f"({content.kind})")


def said(content: OutboundContent, shown: Shown | None = None) -> str:
    """Return a message of the bot, as a transcript has it. `shown` is what is read of a template of the bot.

    What a phone shows in its own way is named in brackets before the words.
    """
    content = with_words(content, str)
    match content:
        case Text(body=body):
            return write("<", body)
        case Template():
            return write("<", plain(_template(content, shown)))
        case Image() | Video() | Audio() | Document() | Sticker():
            return write("<", f"({_file(content)}) {content.caption}")
        case Album(files=files):
            return "\n".join(map(said, files))
        case Location() | ContactCard() | Reaction():
            return write("<", f"({_thing(content)})")
        case _:
            return write("<", _words_of(content), _titles(content))


def _template(content: Template, read: Shown | None) -> str:
    """Return the words of a template, or what fills them where only that is known, between its name and its
    buttons; each card has a line.
    """
    order = f"{_SHOWN[content.order.kind]} {_detail(content.order)}" if content.order else ""
    offer = f"offer until {content.offer_ends_at:%Y-%m-%d %H:%M}" if content.offer_ends_at else ""
    words, shown = _over(content.header)
    named = ", ".join(filter(None, [f"template {content.name} {content.language}", shown, order, offer]))
    filled = " ".join([*filter(None, [words]), *words_of(content.parameters)])
    if read:
        filled = "\n".join(filter(None, [read.header, read.body, read.footer]))
    lines = [_line(named, filled, _titled(read) if read else _taken(content.buttons))]
    cards = iter(read.cards if read else ())
    for card in content.cards:
        seen = next(cards, None)
        filled = seen.body if seen else " ".join(words_of(card.parameters))
        lines.append(_line(_over(card.header)[1], filled, _titled(seen) if seen else _taken(card.buttons)))
    return "\n".join(lines)


def _line(named: str, words: str, buttons: Sequence[str]) -> str:
    return " ".join(filter(None, [f"({named})", words, *buttons]))


def _titled(read: Shown | ShownCard) -> list[str]:
    return [f"[{title}]" for title in read.buttons]


def _over(header: TemplateHeader) -> tuple[str, str]:
    """Return what fills the header of a template: words, or what a phone shows in its own way."""
    match header:
        case str():
            return header, ""
        case Location():
            return "", _thing(header)
        case Product(product_id=product_id):
            return "", f"product {product_id}"
        case _:
            return "", _file(header)


def _taken(buttons: tuple[ButtonTake | None, ...]) -> list[str]:
    """Return what the buttons of a template take, in brackets; what nobody would read is not shown."""
    return [f"[{words}]" for words in map(_take, buttons) if words]


def _take(button: ButtonTake | None) -> str:
    match button:
        case LinkEnd(end=words) | TapId(id=words) | CopyCode(code=words) | CatalogPicture(product_id=words):
            return words
        case ProductChoice(sections=sections):
            return ", ".join(one for section in sections for one in section.product_ids)
        case FormStart():
            return "form"
        case _:
            return ""


def _file(content: SaidFile) -> str:
    name = content.filename if isinstance(content, Document) else ""
    kind = "voice message" if isinstance(content, Audio) and content.voice else content.kind
    return f"{kind} {name or _name_of(content)}".rstrip()


def _name_of(content: SaidFile) -> str:
    """Return the name of a file; empty where it has none."""
    match content.file:
        case File(name=name):
            return name
        case str() as name:
            return name
        case _:
            return ""


def _thing(content: Location | ContactCard | Reaction) -> str:
    match content:
        case Location(latitude=latitude, longitude=longitude):
            named = " ".join(filter(None, [content.name, content.address]))
            return f"location {', '.join(filter(None, [named, f'{latitude}, {longitude}']))}"
        case ContactCard():
            return f"contact card {', '.join(card.name for card in (content, *content.further))}"
        case Reaction(emoji=emoji):
            return f"reaction {emoji}" if emoji else "reaction taken away"


_SHOWN = {
    "location_request": "asks for a location",
    "contact_request": "asks for a contact card",
    "call_request": "asks to call",
    "address_request": "asks for an address",
    "product": "product",
    "product_list": "products",
    "catalog": "catalogue",
    "carousel": "carousel",
    "order_details": "bill",
    "order_status": "order",
}
"""What stands in brackets for a kind."""


def _words_of(content: Worded) -> str:
    """Return the words of a message, behind what else it shows."""
    header = getattr(content, "header", "")
    shown = [_SHOWN.get(content.kind, ""), "" if isinstance(header, str) else _file(header), _detail(content)]
    named = " ".join(filter(None, shown))
    return f"({named}) {content.body}" if named else content.body


def _detail(content: Worded) -> str:
    match content:
        case OrderDetails(reference_id=reference_id) | OrderStatus(reference_id=reference_id):
            return f"{reference_id} {content.status}" if isinstance(content, OrderStatus) else reference_id
        case Product(product_id=product_id):
            return product_id
        case ProductList(sections=sections):
            return ", ".join(one for section in sections for one in section.product_ids)
        case _:
            return ""


def _titles(content: Worded) -> list[str]:
    """Return the titles of what can be tapped."""
    match content:
        case Buttons(buttons=buttons):
            return [button.title for button in buttons]
        case List(sections=sections):
            return [row.title for section in sections for row in section.rows]
        case Form(button=title) | LinkButton(title=title):
            return [title]
        case CallButton(title=title):
            return [title or "Call"]
        case Carousel(cards=cards):
            return [title for card in cards for title in _card(card)]
        case _:
            return []


def _card(card: Card) -> list[str]:
    return [card.title or card.product_id] if not card.buttons else [button.title for button in card.buttons]


def read(lines: Iterable[str]) -> list[str]:
    """Return the messages of a written transcript, each as `write` returns it. `#` begins a comment.

    Raises ValueError when a line is neither a message nor a comment.
    """
    messages: list[str] = []
    blank_lines = ""
    for number, line in enumerate(map(str.rstrip, lines), 1):
        if line.startswith(("> ", "< ")) or time_in(line):
            messages.append(line)
        elif line.startswith("  ") and messages:
            messages[-1] += blank_lines + "\n" + line
        elif line and not line.startswith("#"):
            raise ValueError(f"line {number} is neither a message nor a comment: {line!r}")
        blank_lines = blank_lines + "\n" if not line else ""
    return messages


def difference(written: Sequence[str], played: Sequence[str]) -> str:
    """Return where the bot left a written talk. The rest of the talk was not played."""
    turns = sum(not line.startswith("<") for line in played)
    begins = [number for number, line in enumerate(written) if not line.startswith("<")]
    end = begins[turns] if turns < len(begins) else len(written)
    expected, got = ("\n".join(lines).splitlines() for lines in (written[:end], played))
    lines = [line.rstrip() for line in difflib.ndiff(expected, got) if not line.startswith("?")]
    return "\n".join(["the bot answers something else (- as written, + as said):", "", *lines])
