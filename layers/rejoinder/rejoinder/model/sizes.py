"""How large things are when they are kept, and what is left of them when they are too large."""

import json
from dataclasses import asdict, replace

from rejoinder.model.contents import ContactCard, Media, Text, Unsupported
from rejoinder.model.updates import Inbound, InboundContent

MAX_WORDS_BYTES = 64 * 1024
"""The most that the bot sees of the words of one message, in bytes of UTF-8."""

ROOM_FOR_NAMES = 1024
"""What the names of fields may add to a content that is cut, in bytes."""

_TEXT_BYTES = len('{"body": , "kind": "text"}')
_ENCODER = json.JSONEncoder(ensure_ascii=False)  # `dumps` makes one each time


def bytes_of(words: str) -> int:
    """Return the length of `words` in bytes of UTF-8."""
    return len(words.encode(errors="surrogatepass"))


def stored_bytes_of(words: str) -> int:
    """Return the length of `words` as a string of JSON, in bytes of UTF-8."""
    return bytes_of(_ENCODER.encode(words))


def cut(words: str, to_bytes: int) -> str:
    """Return `words`, or as much of their beginning as fits into so many bytes of UTF-8."""
    if len(words) * 4 <= to_bytes:
        return words
    return words.encode(errors="surrogatepass")[:to_bytes].decode(errors="ignore")


def shortened(inbound: Inbound, to_bytes: int = MAX_WORDS_BYTES) -> Inbound:
    """Return `inbound`, with as much of its content as fits into so many bytes.

    Of words the beginning stays, and of cards the names and numbers of the first one. What is too long even
    then becomes `Unsupported`.
    """
    content = inbound.content
    match content:
        case Text(body=body) if bytes_of(body) > to_bytes:
            return replace(inbound, content=replace(content, body=cut(body, to_bytes)))
        case Media(caption=caption) if bytes_of(caption) > to_bytes:
            content = replace(content, caption=cut(caption, to_bytes))
        case ContactCard() if content_bytes_of(content) > to_bytes:
            content = replace(content, vcard="", further=())
    is_ours = not inbound.is_spoken
    if is_ours or isinstance(content, Text) or content_bytes_of(content) <= to_bytes + ROOM_FOR_NAMES:
        return inbound if content is inbound.content else replace(inbound, content=content)
    return replace(inbound, content=Unsupported(type=content.kind, reason="too long to be kept"))


def content_bytes_of(content: InboundContent) -> int:
    """Return the length of a content as JSON, in bytes of UTF-8."""
    if type(content) is Text:  # nearly every one: that need not go through a copy
        return stored_bytes_of(content.body) + _TEXT_BYTES
    return bytes_of(json.dumps(asdict(content), ensure_ascii=False, default=str))  # prices are Decimal
