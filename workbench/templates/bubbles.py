"""A template as a contact sees it: its words with their examples, in the terminal."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from rejoinder.model.written import (
    ButtonKind,
    Wording,
    WrittenButton,
    WrittenCard,
    WrittenHeader,
    WrittenTemplate,
)
from rejoinder.workbench.templates.variables import filled
from rejoinder.workbench.terminal import visible

WIDTH = 46
"""How wide a phone is, in characters."""

CODE = "123456"
SIGNS: dict[ButtonKind, str] = {
    "quick_reply": "↩",
    "url": "↗",
    "phone": "☎",
    "copy_code": "▣",
    "otp": "▣",
    "flow": "☰",
    "catalog": "☰",
    "products": "☰",
    "product": "☰",
    "voice_call": "☎",
    "request_contact": "☺",
}
TITLES: dict[ButtonKind, str] = {
    "copy_code": "Copy offer code",
    "otp": "Copy code",
    "request_contact": "Share phone number",
}
"""The words that the network writes on buttons that have none of their own."""

HEADERS = {
    "image": "picture",
    "video": "film",
    "document": "document",
    "location": "map",
    "product": "product",
}
STYLES = {"*": "bold", "_": "italic", "~": "strike"}
_STYLED = re.compile(r"(?<!\w)([*_~])(\S(?:[^\n]*?\S)?)\1(?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """What a contact sees of a template, or of a card."""

    header: str = ""
    """The line above the words."""

    file: str = ""
    """What stands above them instead, such as `picture`; empty for nothing."""

    example: str = ""
    """The name of the file that is the example of it; empty for none."""

    body: str = ""
    """The words."""

    footer: str = ""
    """The line below them."""

    offer: str = ""
    """The line about an offer that ends."""

    buttons: tuple[tuple[str, str], ...] = ()
    """A sign and the words of each button."""

    cards: tuple["Bubble", ...] = ()
    """The cards of the carousel."""


def bubble(template: WrittenTemplate, language: str) -> Bubble:
    """Return a template in one language, with its examples."""
    wording = template.languages[language]
    is_code = template.category == "authentication"
    header, file, example = _header(wording.header, wording)
    return Bubble(
        header=header,
        file=file,
        example=example,
        body=_code_words(wording) if is_code else filled(wording.body, wording.examples).strip(),
        footer=f"This code expires in {wording.code_minutes} minutes."
        if wording.code_minutes
        else wording.footer,
        offer=wording.offer.text if wording.offer else "",
        buttons=tuple(map(_button, wording.buttons)),
        cards=tuple(map(_card, wording.cards)),
    )


def _code_words(wording: Wording) -> str:
    advice = " For your security, do not share this code." if wording.security_note else ""
    return f"*{CODE}* is your verification code.{advice}"


def _header(header: WrittenHeader | None, wording: Wording | WrittenCard) -> tuple[str, str, str]:
    if header is None:
        return "", "", ""
    if header.kind != "text":
        return "", HEADERS[header.kind], header.example
    if header.example:
        return re.sub(r"\{\{.*?\}\}", lambda _: header.example, header.text), "", ""
    return filled(header.text, wording.examples), "", ""


def _button(button: WrittenButton) -> tuple[str, str]:
    return SIGNS[button.kind], button.text or TITLES.get(button.kind, button.kind)


def _card(card: WrittenCard) -> Bubble:
    _, file, example = _header(card.header, card)
    buttons = tuple(map(_button, card.buttons))
    return Bubble(file=file, example=example, body=filled(card.body, card.examples).strip(), buttons=buttons)


def drawn(bubble: Bubble, title: str) -> Panel:
    """Return a bubble for the terminal."""
    return Panel(Group(*_parts(bubble)), title=Text(title), title_align="left", width=WIDTH)


def _parts(bubble: Bubble) -> Iterator[RenderableType]:
    if bubble.file:
        shown = f"[{bubble.file}{f' {bubble.example}' if bubble.example else ''}]"
        yield Text(visible(shown), style="dim")
    if bubble.header:
        yield Text(visible(bubble.header), style="bold")
    if bubble.offer:
        yield Text(visible(f"⏳ {bubble.offer}"))
    yield styled(bubble.body)
    if bubble.footer:
        yield Text(visible(bubble.footer), style="dim")
    for sign, words in bubble.buttons:
        yield Text(visible(f"{sign} {words}"), style="cyan", justify="center")
    for number, card in enumerate(bubble.cards, 1):
        yield Panel(Group(*_parts(card)), title=f"card {number}", title_align="left")


def styled(words: str) -> Text:
    """Return words with WhatsApp's marks for bold, italic and struck text as styles."""
    text, at = Text(), 0
    for found in _STYLED.finditer(words):
        text.append(visible(words[at : found.start()]))
        text.append(visible(found[2]), style=STYLES[found[1]])
        at = found.end()
    return text.append(visible(words[at:]))


def picture_of(file: Path) -> str:
    """Return a picture as an address that a page can show; empty for another file, and for none."""
    kind = guess_type(file.name)[0] or ""
    if not kind.startswith("image/") or not file.is_file():
        return ""
    return f"data:{kind};base64,{b64encode(file.read_bytes()).decode('ascii')}"
