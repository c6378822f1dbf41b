"""The words of a message: all that stands in its text, or in the caption under its file.

What Telegram has no place for, such as the second lines of a list, stands there as well.
"""

import unicodedata
from collections.abc import Iterable
from decimal import Decimal

from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Image,
    Location,
    Reaction,
    Sticker,
    Text,
    Video,
)
from rejoinder.model.markup import Marked, bold, italic, read
from rejoinder.model.said import Album, Card, Carousel, List, OutboundContent, Section, Template
from rejoinder.model.selling import OrderDetails, OrderStatus, Product, ProductList, ProductSection
from rejoinder.model.splitting import length_of

NO_TEMPLATE = "Telegram has no templates: the bot says their words"

MAX_ENTITIES = 100
"""The most marked parts of a message. Telegram leaves out further ones."""

_TYPES = {"bold": "bold", "italic": "italic", "code": "code", "link": "text_link"}


def entities_of(marked: Marked) -> list[dict[str, object]]:
    """Return the marked parts as Telegram's entities. So nothing in the words is read as markup."""
    found = []
    for span in marked.spans[:MAX_ENTITIES]:
        entity: dict[str, object] = {
            "type": _TYPES[span.kind],
            "offset": length_of(marked.plain[: span.start]),
            "length": length_of(marked.plain[span.start : span.end]),
        }
        found.append(entity | {"url": span.url} if span.url else entity)
    return found


def words_of(content: OutboundContent) -> Marked:
    """Return the words of a message, with those above and below them."""
    match content:
        case Text(body=body):
            return read(body)
        case ContactCard():
            return read("\n\n".join(_card(card) for card in (content, *content.further)))
        case Location() | Reaction() | Template() | Album():
            return read("")
        case Image() | Video() | Audio() | Document() | Sticker():
            return read(content.caption)
        case _:
            header, footer = getattr(content, "header", ""), getattr(content, "footer", "")
            over = bold(header) if header and isinstance(header, str) else ""
            under = italic(footer) if footer else ""
            return read(_paragraphs([over, content.body, *_details(content), under]))


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(filter(None, parts))


def _details(content: OutboundContent) -> Iterable[str]:
    """Return what stands between the words of a message and its footer."""
    match content:
        case List(sections=sections):
            return _rows(sections)
        case Carousel(cards=cards):
            return (line for number, card in enumerate(cards, 1) if (line := _numbered(number, card)))
        case Product(product_id=product_id):
            return (product_id,)
        case ProductList(sections=sections):
            return map(_products, sections)
        case OrderDetails():
            return ("\n".join(_bill(content)),)
        case OrderStatus():
            return (f"{content.reference_id}: {content.description or content.status}",)
        case _:
            return ()


def _rows(sections: tuple[Section, ...]) -> Iterable[str]:
    """Return all rows, in sections, where one of them has more to tell than its button shows."""
    rows = [row for section in sections for row in section.rows]
    if not any(row.description for row in rows) and len(sections) == 1:
        return
    for section in sections:
        lines = [f"{row.title} – {row.description}" if row.description else row.title for row in section.rows]
        yield "\n".join([*([bold(section.title)] if section.title else []), *lines])


def _products(section: ProductSection) -> str:
    return "\n".join([*([bold(section.title)] if section.title else []), *section.product_ids])


def _numbered(number: int, card: Card) -> str:
    words = card.body or card.product_id
    return f"{number}. {words}" if words else ""


def _bill(bill: OrderDetails) -> Iterable[str]:
    """Return the lines of a bill. They have signs and no words: we do not know the contact's language."""
    total = Decimal(0)
    for line in bill.lines:
        price = line.price if line.sale_price is None else line.sale_price
        total += price * line.quantity
        yield f"{line.quantity} × {line.name}: {price * line.quantity} {bill.currency}"
    added = bill.tax + bill.shipping
    if added:
        yield f"+ {added} {bill.currency}"
    if bill.discount:
        yield f"− {bill.discount} {bill.currency}"
    yield bold(f"= {total + added - bill.discount} {bill.currency}")


def _card(card: ContactCard) -> str:
    """Return a card as words: a line for each thing on it."""
    work = ", ".join(filter(None, [card.title, card.department, card.organization]))
    places = (
        ", ".join(filter(None, [one.street, one.zip, one.city, one.state, one.country]))
        for one in card.addresses
    )
    lines = [bold(card.name), work, card.birthday, *card.phones, *card.emails, *card.urls, *places]
    return "\n".join(filter(None, lines))


def plain_emoji(emoji: str) -> str:
    """Return an emoji as Telegram names it: without the colour of a skin, and without the sign for colour."""
    kept = (sign for sign in emoji if sign != "\ufe0f" and unicodedata.category(sign) != "Sk")
    return "".join(kept)
