"""A file of a template → a `WrittenTemplate`. What stands in it is described in docs/templates.md."""

from collections.abc import Callable, Iterable
from typing import Literal, TypeVar, get_args

from rejoinder.bot.templates.nodes import Misread, Node, compose
from rejoinder.model.written import (
    ButtonKind,
    Category,
    HeaderKind,
    SupportedApp,
    Wording,
    WrittenButton,
    WrittenCard,
    WrittenHeader,
    WrittenOffer,
    WrittenTemplate,
)

T = TypeVar("T")
Word = TypeVar("Word", bound=str)

CATEGORIES: tuple[Category, ...] = get_args(Category)
OTP: tuple[Literal["copy_code", "one_tap", "zero_tap"], ...] = ("copy_code", "one_tap", "zero_tap")
FLOW_ACTIONS: tuple[Literal["navigate", "data_exchange"], ...] = ("navigate", "data_exchange")
HEADERS: tuple[HeaderKind, ...] = get_args(HeaderKind)
FILES: tuple[HeaderKind, ...] = ("image", "video", "document")
"""The headers that show a file."""

BUTTON_KEYS: dict[ButtonKind, tuple[str, str]] = {
    "quick_reply": ("text", ""),
    "url": ("text url", "example"),
    "phone": ("text phone", ""),
    "copy_code": ("", "example"),
    "otp": ("otp", "text autofill_text apps accepts_zero_tap_terms"),
    "flow": ("text", "flow_id flow_name flow_action flow_screen"),
    "catalog": ("text", ""),
    "products": ("text", ""),
    "product": ("text", ""),
    "voice_call": ("text", "minutes"),
    "request_contact": ("", "text"),
}
"""What each kind of button needs beside its type, and what it may have."""


def read(text: str, name: str, file: str) -> tuple[WrittenTemplate, Node]:
    """Return the template in a text, with the nodes that tell the lines; Misread where it cannot be read.

    Args:
        text: the text of the file.
        name: the name of the template.
        file: the name of the file, for errors.
    """
    root = compose(text, file)
    return _template(
        name, _Keys(root, file, "a template", "category languages", "fallback ttl_seconds")
    ), root


def _template(name: str, of: "_Keys") -> WrittenTemplate:
    return WrittenTemplate(
        name=name,
        category=of.word("category", CATEGORIES),
        languages=of.named("languages", lambda node: _wording(node, of.file)),
        fallback=of.text("fallback"),
        ttl_seconds=of.number("ttl_seconds", None),
    )


def _wording(node: Node, file: str) -> Wording:
    optional = "body header footer buttons examples cards offer security_note code_minutes"
    of = _Keys(node, file, "a language", "", optional)
    return Wording(
        body=of.text("body"),
        header=of.one("header", lambda header: _header(header, file)),
        footer=of.text("footer"),
        buttons=of.several("buttons", lambda button: _button(button, file)),
        cards=of.several("cards", lambda card: _card(card, file)),
        offer=of.one("offer", lambda offer: _offer(offer, file)),
        examples=of.texts("examples"),
        security_note=of.flag("security_note"),
        code_minutes=of.number("code_minutes", 0),
    )


def _header(node: Node, file: str) -> WrittenHeader:
    if isinstance(node.value, str):
        return WrittenHeader(kind="text", text=_text(node, file, "the header"))
    of = _Keys(node, file, "a header", "", f"{' '.join(HEADERS)} example")
    kinds = [kind for kind in HEADERS if kind in of.nodes]
    if len(kinds) != 1 or ("example" in of.nodes and kinds != ["text"]):
        raise of.wrong("a header is one thing", 'write a line, {text: "…", example: …} or {image: files/…}')
    (kind,) = kinds
    if kind == "text":
        return WrittenHeader(kind=kind, text=of.text("text"), example=of.text("example"))
    if kind in FILES:
        return WrittenHeader(kind=kind, example=of.text(kind))
    if not of.flag(kind):
        raise of.wrong(f"{kind} is true", f"write {kind}: true, or no header")
    return WrittenHeader(kind=kind)


def _button(node: Node, file: str) -> WrittenButton:
    kinds: tuple[ButtonKind, ...] = get_args(ButtonKind)
    every = dict.fromkeys(" ".join(map(" ".join, BUTTON_KEYS.values())).split())
    kind = _Keys(node, file, "a button", "type", " ".join(every)).word("type", kinds)
    of = _Keys(node, file, f"a button of type {kind}", f"type {BUTTON_KEYS[kind][0]}", BUTTON_KEYS[kind][1])
    return WrittenButton(
        kind=kind,
        text=of.text("text"),
        url=of.text("url"),
        phone=of.text("phone"),
        example=of.text("example"),
        otp=of.word("otp", OTP, ""),
        autofill_text=of.text("autofill_text"),
        apps=of.several("apps", lambda app: _app(app, file)),
        accepts_zero_tap_terms=of.flag("accepts_zero_tap_terms"),
        flow_id=of.text("flow_id"),
        flow_name=of.text("flow_name"),
        flow_action=of.word("flow_action", FLOW_ACTIONS, ""),
        flow_screen=of.text("flow_screen"),
        minutes=of.number("minutes", 0),
    )


def _app(node: Node, file: str) -> SupportedApp:
    of = _Keys(node, file, "an app", "package hash", "")
    return SupportedApp(package=of.text("package"), hash=of.text("hash"))


def _card(node: Node, file: str) -> WrittenCard:
    of = _Keys(node, file, "a card", "header", "body buttons examples")
    return WrittenCard(
        header=_header(of.nodes["header"], file),
        body=of.text("body"),
        buttons=of.several("buttons", lambda button: _button(button, file)),
        examples=of.texts("examples"),
    )


def _offer(node: Node, file: str) -> WrittenOffer:
    of = _Keys(node, file, "an offer", "text", "expires")
    return WrittenOffer(text=of.text("text"), expires=of.flag("expires", otherwise=True))


def _text(node: Node, file: str, what: str) -> str:
    """Return a text as it is written: 42 and yes are texts, too. A block ends without its line break."""
    if not isinstance(node.value, str) or node.kind == "null":
        raise Misread(file, node.line, f"{what} is a text", f'write {what.removeprefix("the ")}: "…"')
    return node.value.rstrip("\n")


class _Keys:
    """What stands in a mapping, by its names."""

    def __init__(self, node: Node, file: str, what: str, needed: str, optional: str) -> None:
        self.file = file
        self._line = node.line
        known = [*needed.split(), *optional.split()]
        if not isinstance(node.value, dict):
            raise self.wrong(f"{what} is written by names", f"write {known[0]}: …")
        self.nodes: dict[str, Node] = node.value
        for name, found in node.value.items():
            if name not in known:
                cure = f"write one of {', '.join(known)}"
                raise Misread(file, found.line, f"{what} has no {name!r}", cure)
        for name in needed.split():
            if name not in node.value:
                raise self.wrong(f"{what} needs {name}", f"write {name}: …")

    def wrong(self, what: str, cure: str) -> Misread:
        """Return the error that the mapping itself is wrong."""
        return Misread(self.file, self._line, what, cure)

    def text(self, name: str) -> str:
        return _text(self.nodes[name], self.file, name) if name in self.nodes else ""

    def word(self, name: str, words: tuple[Word, ...], otherwise: Word | None = None) -> Word:
        """Return the one of `words` that stands there."""
        if name not in self.nodes and otherwise is not None:
            return otherwise
        found = self.text(name)
        for word in words:
            if word == found:
                return word
        raise self._misread(name, f"{name} is no {found!r}", f"write one of {', '.join(words)}")

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        if name not in self.nodes:
            return otherwise
        if self.nodes[name].kind != "bool" or self.nodes[name].value not in ("true", "false"):
            raise self._misread(name, f"{name} is true or false", f"write {name}: true")
        return self.nodes[name].value == "true"

    def number(self, name: str, otherwise: T) -> int | T:
        if name not in self.nodes:
            return otherwise
        found = self.nodes[name]
        digits = str(found.value)
        if found.kind != "int" or not digits.removeprefix("-").isdecimal():
            raise self._misread(name, f"{name} is a whole number", f"write {name}: 60")
        return int(digits)

    def one(self, name: str, read: Callable[[Node], T]) -> T | None:
        return read(self.nodes[name]) if name in self.nodes else None

    def several(self, name: str, read: Callable[[Node], T]) -> tuple[T, ...]:
        if name not in self.nodes:
            return ()
        found = self.nodes[name].value
        if not isinstance(found, tuple):
            raise self._misread(name, f"{name} are a list", f"begin each of {name} with a hyphen: - …")
        return tuple(map(read, found))

    def named(self, name: str, read: Callable[[Node], T]) -> dict[str, T]:
        found = self.nodes[name].value
        if not isinstance(found, dict) or not found:
            raise self._misread(name, f"{name} are written by names", f"write {name}: and below it  en: …")
        return {key: read(node) for key, node in found.items()}

    def texts(self, name: str) -> dict[str, str]:
        if name not in self.nodes:
            return {}
        return self.named(name, lambda node: _text(node, self.file, f"each of the {name}"))

    def _misread(self, name: str, what: str, cure: str) -> Misread:
        return Misread(self.file, self.nodes[name].line, what, cure)


def line_of(root: Node, path: Iterable[str | int]) -> int:
    """Return the line of what lies at `path`, such as ("languages", "en", "buttons", 0); else of what is
    around it.
    """
    node = root
    for step in path:
        inside = node.value
        named = dict(enumerate(inside)) if isinstance(inside, tuple) else inside
        if isinstance(named, str) or step not in named:
            break
        node = named[step]  # type: ignore[index]  # it is one of them
    return node.line
