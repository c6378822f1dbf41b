"""The limits of Telegram. They are checked when a bot makes a message.

Source of the numbers: core.telegram.org/bots/api, one section per method (Bot API 10.3).
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from rejoinder.channels.telegram.file_limits import check_album, check_file, check_header
from rejoinder.channels.telegram.ids import message_of
from rejoinder.channels.telegram.taps import data_of
from rejoinder.channels.telegram.wording import NO_TEMPLATE, plain_emoji, words_of
from rejoinder.errors import LimitExceeded
from rejoinder.model.blanks import is_blank
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
from rejoinder.model.markup import plain
from rejoinder.model.said import (
    Album,
    Button,
    Buttons,
    Carousel,
    LinkButton,
    List,
    OutboundContent,
    Row,
    SaidFile,
    Template,
    files_in,
)
from rejoinder.model.selling import OrderDetails, OrderStatus, Product, ProductList
from rejoinder.model.splitting import length_of, split

MAX_TEXT = 4096
"""The longest text, in characters, without its markup."""

MAX_CAPTION = 1024
"""The longest words under a file, in characters, without their markup."""

MAX_BUTTONS = 100
"""The most buttons of a message. Telegram's pages name no number; this is what others have found."""

MAX_TITLE = 64
"""The longest title of a button, in characters. Telegram names no limit, and phones cut it; this is ours."""

MAX_PLACE = 1024
"""The longest name or address of a place, in characters. Telegram names no limit; this is ours."""

MAX_URL = 2000
"""The longest address of a button, in characters. Telegram names no limit; this is ours."""

CONNECT_SECONDS = 3.05
"""The longest wait for a connection, in seconds. After that, we know that nothing was sent."""

ANSWER_SECONDS = 10.0
"""The longest wait for an answer, in seconds. After that, the outcome is unknown."""

UPLOAD_SECONDS = 30.0
"""The time in which the file of one message should go to Telegram, in seconds: 50 MB at 1.7 MB a second."""

_EMOJI = """
    ❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥
    🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨
    🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""

REACTIONS = frozenset(_EMOJI.split())
"""The emoji that a bot may set on a message (core.telegram.org/bots/api#reactiontypeemoji)."""


class TelegramLimits:
    """The port `Limits` of Telegram."""

    has_templates = False
    """Telegram knows no templates: anything may be said at any time."""

    has_forms = False
    """Telegram knows no forms."""

    def check(self, content: OutboundContent) -> None:
        """Raise LimitExceeded when Telegram would refuse `content`. The text names the part and its limit."""
        match content:
            case Template():
                raise LimitExceeded(NO_TEMPLATE)
            case Text(body=body):
                _check_length("a text", body, MAX_TEXT)
            case Image() | Video() | Audio() | Document() | Sticker() | Album():
                _check_files(content)
            case Location():
                _check_place(content)
            case ContactCard():
                _check_cards(content)
            case Reaction():
                _check_reaction(content)
            case _:
                _check_framed(content)

    def split(self, content: OutboundContent) -> tuple[OutboundContent, ...]:
        """Return a text in parts that Telegram takes: cut at paragraphs, or else lines, sentences, words. Any
        other content is its only part.
        """
        match content:
            case Text(body=str(body)):
                parts = split(body, MAX_TEXT, lambda text: length_of(plain(text)))
                return tuple(replace(content, body=part) for part in parts) or (content,)
            case _:
                return (content,)


def _check_files(content: SaidFile | Album) -> None:
    for file in files_in(content):
        check_file(file)
        _check_length("a caption", file.caption, MAX_CAPTION, optional=True)
    if isinstance(content, Album):
        check_album(content)


def _check_length(what: str, words: object, most: int, *, optional: bool = False) -> None:
    """Raise LimitExceeded when `words`, which `what` names, are none, show nothing or are too long."""
    if not isinstance(words, str):
        raise LimitExceeded(f"{what} is a text, not {words!r}")
    shown = plain(words)
    if is_blank(shown) and not (optional and not words):
        raise LimitExceeded(f"{what} is empty, or has invisible characters only: {words[:40]!a}")
    if (length := length_of(shown)) > most:
        raise LimitExceeded(f"{what} is {length} characters long; Telegram takes {most}: {shown[:40]!r}")
    if not words.isascii() and any("\ud800" <= letter <= "\udfff" for letter in words):
        raise LimitExceeded(f"{what} holds half of a surrogate pair, which is no character: {words[:40]!r}")


def _check_place(content: Location) -> None:
    _check_degrees("latitude", content.latitude, 90)
    _check_degrees("longitude", content.longitude, 180)
    _check_length("the name of a place", content.name, MAX_PLACE, optional=True)
    _check_length("the address of a place", content.address, MAX_PLACE, optional=True)


def _check_degrees(what: str, value: object, most: int) -> None:
    if isinstance(value, bool) or not (isinstance(value, int | float) and abs(value) <= most):  # NaN is not
        raise LimitExceeded(f"a {what} is a number of degrees, from -{most} to {most}, not {value!r}")


def _check_cards(content: ContactCard) -> None:
    for card in (content, *content.further):
        _check_length("the name on a contact card", card.name, MAX_CAPTION)
        if card is not content and card.further:
            raise LimitExceeded("a further contact card has further ones: write them all beside each other")
        for words in _words_on(card):
            _check_length("what stands on a contact card", words, MAX_CAPTION, optional=True)
    _check_length("what stands on contact cards", _shown(content), MAX_TEXT)


def _words_on(card: ContactCard) -> Iterable[str]:
    """Return all words on a card but its name."""
    yield from (card.first_name, card.last_name, card.middle_name, card.prefix, card.suffix)
    yield from (card.organization, card.department, card.title, card.birthday)
    yield from (*card.phones, *card.emails, *card.urls)
    for place in card.addresses:
        yield from (place.street, place.city, place.state, place.zip, place.country)


def _check_reaction(content: Reaction) -> None:
    if message_of(content.message_id) is None:
        raise LimitExceeded(f"a reaction names a message of Telegram, not {content.message_id!r}")
    if content.emoji and plain_emoji(content.emoji) not in REACTIONS:
        raise LimitExceeded(
            f"Telegram does not take {content.emoji!r} as a reaction, but {' '.join(_EMOJI.split())}"
        )


def _check_framed(content: OutboundContent) -> None:
    """Check a content whose words have something above, below or under them."""
    header = getattr(content, "header", "")
    has_file = not isinstance(header, str)
    if has_file:
        check_header(header)
    for what, words in _parts(content):
        _check_length(what, words, MAX_TEXT, optional=what != "the words")
    what = "what stands under a file" if has_file else "a text with all that belongs to it"
    _check_length(what, _shown(content), MAX_CAPTION if has_file else MAX_TEXT)
    _check_keys(content)


def _shown(content: OutboundContent) -> str:
    return words_of(content).plain


def _parts(content: OutboundContent) -> Iterable[tuple[str, object]]:
    """Return the words of which a message is made, by what they are."""
    header = getattr(content, "header", "")
    has_own_words = not isinstance(content, Product | OrderDetails | OrderStatus)
    yield "the words" if has_own_words else "words", getattr(content, "body", "")
    yield "a header", header if isinstance(header, str) else ""
    yield "a footer", getattr(content, "footer", "")
    match content:
        case List(sections=sections):
            for section in sections:
                yield "a section's title", section.title
                yield from (("a row's description", row.description) for row in section.rows)
        case ProductList(sections=listed):
            yield from (("a section's title", section.title) for section in listed)
        case OrderDetails(lines=lines):
            yield from (("the name of a product", line.name) for line in lines)
        case Carousel(cards=cards):
            yield from (("the text of a card", card.body) for card in cards)
        case _:
            return


def _check_keys(content: OutboundContent) -> None:
    """Check what can be tapped."""
    match content:
        case Buttons(buttons=buttons):
            _check_choices(buttons)
        case List(sections=sections):
            _check_choices([row for section in sections for row in section.rows])
        case LinkButton(title=title, url=url):
            _check_link(title, url)
        case Carousel(cards=cards):
            for card in cards:
                if card.url:
                    _check_link(card.title, card.url)
            _check_choices([button for card in cards for button in card.buttons], fewest=0)
        case _:
            return


def _check_choices(choices: Iterable[Button | Row], *, fewest: int = 1) -> None:
    given = list(choices)
    if not fewest <= len(given) <= MAX_BUTTONS:
        raise LimitExceeded(f"{len(given)} buttons; a message takes {fewest} to {MAX_BUTTONS}")
    for choice in given:
        _check_length("the title of a button", choice.title, MAX_TITLE)
        _check_length("the id of a button", choice.id, MAX_TEXT)
    if len({data_of(choice.id) for choice in given}) < len(given):
        raise LimitExceeded("two buttons have the same id; each needs its own")


def _check_link(title: str, url: str) -> None:
    _check_length("the title of a link", title, MAX_TITLE)
    _check_length("the address of a link", url, MAX_URL)
    if not re.fullmatch(r"https?://[^\s/]\S*", url):
        raise LimitExceeded(f"an address begins with https:// or http:// and has no spaces: {url[:80]!r}")
