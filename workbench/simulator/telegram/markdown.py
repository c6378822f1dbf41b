"""Reads `parse_mode=MarkdownV2` and the older `parse_mode=Markdown`.

https://core.telegram.org/bots/api#markdownv2-style; the texts of the errors are those of `parse_markdown` and
`parse_markdown_v2` in https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp.
"""

from __future__ import annotations

import re
from typing import Final

from rejoinder.workbench.simulator.telegram.marks import Marks, MarkupError, byte_at

_RESERVED: Final = "_*[]()~`>#+-=|{}.!"
_SIGNS: Final = {
    "__": ("underline", "Underline"),
    "||": ("spoiler", "Spoiler"),
    "```": ("pre", "Pre"),
    "![": ("custom_emoji", "CustomEmoji"),
    "_": ("italic", "Italic"),
    "*": ("bold", "Bold"),
    "~": ("strikethrough", "Strikethrough"),
    "`": ("code", "Code"),
    "[": ("text_link", "TextUrl"),
}
"""What begins an entity: its type, and its name in errors."""

_ENDS: Final = {
    "text_link": "]",
    "custom_emoji": "]",
    **{kind: sign for sign, (kind, _) in _SIGNS.items() if "[" not in sign},
}
_NAMES: Final = dict(_SIGNS.values())
_VERBATIM: Final = ("code", "pre")
_LANGUAGE: Final = re.compile(r"```(?:([^\s`]+)(?=\s))?(?:\r\n|\n\r|\n|\r)?")
_EMOJI: Final = re.compile(r"tg://emoji\?id=(\d+)")
_QUOTE: Final = re.compile(r"(?:\*\*)?>")


def read_v2(text: str) -> Marks:
    """Return the text and its entities. Raises MarkupError."""
    marks, at = Marks(), 0
    while at < len(text):
        at = _step(text, at, marks)
    _end_quote(marks, "")
    if marks.nested:
        last = marks.nested[-1]
        raise MarkupError(f"Can't find end of {_NAMES[last.type]} entity at byte offset {last.at}")
    return marks


def _step(text: str, at: int, marks: Marks) -> int:
    """Read the next sign. Return where it ends."""
    inner = marks.nested[-1].type if marks.nested else ""
    if text[at] == "\\" and "\0" < text[at + 1 : at + 2] <= "~":
        marks.add(text[at + 1])
        return at + 2
    if (
        inner
        and inner != "blockquote"
        and text.startswith(_ENDS[inner], at)
        and not _is_longer(text, at, inner)
    ):
        return _ended(text, at, marks)
    if inner not in _VERBATIM and _begins_line(text, at) and (quote := _quoted(text, at, marks)):
        return quote
    if (inner in _VERBATIM and text[at] != "`") or text[at] not in _RESERVED:
        marks.add(text[at])
        return at + 1
    return _begun(text, at, marks)


def _is_longer(text: str, at: int, inner: str) -> bool:
    """Whether `__` stands where `_` would end the entity: it is read as underline."""
    return inner == "italic" and text.startswith("__", at)


def _begins_line(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] == "\n"


def _quoted(text: str, at: int, marks: Marks) -> int:
    """Begin, go on with, or end a quotation. Return where its sign ends; 0 when none stands here."""
    match = _QUOTE.match(text, at)
    is_open = bool(marks.nested) and marks.nested[-1].type == "blockquote"
    if is_open and (match is None or match[0] != ">"):
        _end_quote(marks, "\n")
        is_open = False
    if match is None:
        return 0
    if not is_open:
        marks.begin("blockquote", byte_at(text, at), expandable=match[0] != ">")
    return match.end()


def _end_quote(marks: Marks, after: str) -> None:
    if marks.nested and marks.nested[-1].type == "blockquote":
        opened = marks.end()
        marks.offset -= len(after)
        marks.keep(opened, "expandable_blockquote" if opened.more["expandable"] else "blockquote")
        marks.offset += len(after)


def _begun(text: str, at: int, marks: Marks) -> int:
    sign = next((sign for sign in _SIGNS if text.startswith(sign, at)), None)
    if sign is None:
        raise MarkupError(f"Character '{text[at]}' is reserved and must be escaped with the preceding '\\'")
    place = byte_at(text, at)
    if sign == "```" and (match := _LANGUAGE.match(text, at)):
        marks.begin("pre", place, **({"language": match[1]} if match[1] else {}))
        return match.end()
    marks.begin(_SIGNS[sign][0], place)
    return at + len(sign)


def _ended(text: str, at: int, marks: Marks) -> int:
    opened = marks.end()
    at += len(_ENDS[opened.type])
    if opened.type not in ("text_link", "custom_emoji"):
        marks.keep(opened, opened.type, **opened.more)
        return at
    url: str | None = None
    if text.startswith("(", at):
        url, at = _address(text, at + 1)
    if opened.type == "text_link":
        marks.link(opened, url)
    elif emoji := _EMOJI.fullmatch(url or ""):
        marks.keep(opened, "custom_emoji", custom_emoji_id=emoji[1])
    else:
        raise MarkupError("Custom emoji URL must have scheme tg")
    return at


def _address(text: str, begin: int) -> tuple[str, int]:
    match = re.compile(r"((?:\\[\x01-\x7e]|[^)\\]|\\)*)\)").match(text, begin)
    if match is None:
        raise MarkupError(f"Can't find end of a URL at byte offset {byte_at(text, begin)}")
    return re.sub(r"\\([\x01-\x7e])", r"\1", match[1]), match.end()


_OLD: Final = {"_": ("italic", "_"), "*": ("bold", "*"), "`": ("code", "`"), "[": ("text_link", "]")}


def read_old(text: str) -> Marks:
    """Return the text and its entities. Entities do not nest there. Raises MarkupError."""
    marks, at = Marks(), 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in ("_", "*", "`", "["):
            marks.add(text[at + 1])
            at += 2
        elif text[at] not in _OLD:
            marks.add(text[at])
            at += 1
        else:
            at = _old_entity(text, at, marks)
    return marks


def _old_entity(text: str, begin: int, marks: Marks) -> int:
    kind, end = _OLD[text[begin]]
    at, more = begin + 1, {}
    if text.startswith("```", begin) and (match := _LANGUAGE.match(text, begin)):
        kind, end, at = "pre", "```", match.end()
        more = {"language": match[1]} if match[1] else {}
    close = text.find(end, at)
    if close < 0:
        place = byte_at(text, begin)
        raise MarkupError(f"Can't find end of the entity starting at byte offset {place}")
    marks.begin(kind, begin)
    marks.add(text[at:close])
    opened, at = marks.end(), close + len(end)
    if kind != "text_link":
        marks.keep(opened, kind, **more)
        return at
    url: str | None = None
    if text.startswith("(", at):
        ending = text.find(")", at)
        ending = len(text) if ending < 0 else ending
        url, at = text[at + 1 : ending], ending + 1
    marks.link(opened, url)
    return at
