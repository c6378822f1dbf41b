"""Reads `parse_mode=HTML`.

https://core.telegram.org/bots/api#html-style; the texts of the errors are those of `parse_html` in
https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp.
"""

from __future__ import annotations

import re
from typing import Final

from rejoinder.workbench.simulator.telegram.marks import Marks, MarkupError, Open, byte_at

_TAGS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE: Final = re.compile(r"&(?:#x([0-9a-fA-F]+)|#(\d+)|(lt|gt|amp|quot));?")
_START: Final = re.compile(r"<([^\s>]*)")
_ATTRIBUTE: Final = re.compile(r"\s*([^\s=>]*)\s*")
_VALUE: Final = re.compile(r"=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+))", re.ASCII)
_END: Final = re.compile(r"</\s*([^\s>]*)\s*")


def read(text: str) -> Marks:
    """Return the text and its entities. Raises MarkupError."""
    marks, at = Marks(), 0
    while at < len(text):
        if text.startswith("</", at):
            at = _ended(text, at, marks)
        elif text[at] == "<":
            at = _begun(text, at, marks)
        else:
            character, at = _character(text, at)
            marks.add(character)
    if marks.nested:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{marks.nested[-1].type}"')
    return marks


def _character(text: str, at: int) -> tuple[str, int]:
    match = _REFERENCE.match(text, at) if text[at] == "&" else None
    if match is None:
        return text[at], at + 1
    if match[3]:
        return _NAMED[match[3]], match.end()
    number = int(match[1], 16) if match[1] else int(match[2])
    if not 0 < number < 0x110000:
        return text[at], at + 1
    if 0xD800 <= number < 0xE000:
        raise MarkupError(
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(number), match.end()


def _begun(text: str, begin: int, marks: Marks) -> int:
    place = byte_at(text, begin)
    match = _START.match(text, begin)
    at = match.end() if match else begin
    if at == len(text):
        raise MarkupError(f"Unclosed start tag at byte offset {place}")
    tag = match[1].lower() if match else ""
    if tag not in _TAGS:
        raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {place}')
    more: dict[str, str] = {}
    while not text.startswith(">", at):
        at = _attribute(text, at, tag, place, more)
    if tag == "span" and more.get("class") != "tg-spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {place}')
    marks.begin(tag, place, **more)
    return at + 1


def _attribute(text: str, at: int, tag: str, place: int, more: dict[str, str]) -> int:
    """Read one attribute, or the space before the end of the tag. Return where it ends."""
    match = _ATTRIBUTE.match(text, at)
    name, at = (match[1].lower(), match.end()) if match else ("", at)
    if not name and text.startswith(">", at):
        return at
    if not name and at < len(text):
        raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {place}')
    if name and at < len(text) and text[at] != "=":
        if tag == "blockquote" and name == "expandable":
            more[name] = ""
            return at
        raise MarkupError(
            f'Expected equal sign in declaration of an attribute of the tag "{tag}" at byte offset {place}'
        )
    value = _VALUE.match(text, at)
    if value is None:
        quoted = text[at + 1 :].lstrip()[:1] in ('"', "'")
        raise MarkupError(
            f"Unclosed start tag{'' if quoted else f' {chr(34)}{tag}{chr(34)}'} at byte offset {place}"
        )
    if (
        value.lastindex == 3
        and text[value.end() : value.end() + 1] not in ("", ">")
        and (not text[value.end()].isspace())
    ):
        raise MarkupError(f"Unexpected end of name token at byte offset {byte_at(text, value.start(3))}")
    more[name] = value[value.lastindex or 0]
    return value.end()


def _ended(text: str, begin: int, marks: Marks) -> int:
    place = byte_at(text, begin)
    if not marks.nested:
        raise MarkupError(f"Unexpected end tag at byte offset {place}")
    match = _END.match(text, begin)
    name, at = (match[1].lower(), match.end()) if match else ("", begin)
    if not text.startswith(">", at):
        raise MarkupError(f"Unclosed end tag at byte offset {place}")
    opened = marks.end()
    if name not in ("", opened.type):
        expected = f'expected "</{opened.type}>", found "</{name}>"'
        raise MarkupError(f"Unmatched end tag at byte offset {place}, {expected}")
    _keep(opened, marks)
    return at + 1


def _keep(opened: Open, marks: Marks) -> None:
    more = opened.more
    kind = _TAGS[opened.type]
    if kind == "text_link":
        marks.link(opened, more.get("href"))
    elif kind == "custom_emoji":
        if not str(more.get("emoji-id", "")).isdecimal():
            raise MarkupError("Invalid custom emoji identifier specified")
        marks.keep(opened, kind, custom_emoji_id=more["emoji-id"])
    elif kind == "blockquote" and "expandable" in more:
        marks.keep(opened, "expandable_blockquote")
    elif kind == "code" and marks.nested and marks.nested[-1].type == "pre" and "class" in more:
        marks.nested[-1].more["language"] = str(more["class"]).removeprefix("language-")
    elif kind == "pre" and "language" in more:
        marks.keep(opened, kind, language=more["language"])
    else:
        marks.keep(opened, kind)
