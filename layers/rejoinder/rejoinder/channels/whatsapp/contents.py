"""Parsing: a message of a webhook → its content. Nothing here raises.

Words, taps and the like are read here, by the standard library; `shapes` reads what needs more.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial

from rejoinder.channels.whatsapp.codes import errors_of
from rejoinder.channels.whatsapp.fields import Json, NotAsExpected, needed_words, object_of, words_of
from rejoinder.model.contents import FormReply, Reaction, System, Tap, Text, Unsupported
from rejoinder.model.ids import clean_id
from rejoinder.model.updates import Deleted, Edited, SaidContent, is_speech


def parse_content(message: Json) -> SaidContent:
    """Return what a message holds, be it from a contact or from the business's own phone."""
    name = words_of(message.get("type")) or "unknown"
    if message.get("group_id"):
        return Unsupported(type="group", reason=name, errors=errors_of(message.get("errors")))
    parser = _PARSERS.get(name)
    if parser is None:
        return _unsupported(message, name, _reason(message))
    try:
        content = parser(message.get(name))
    except NotAsExpected as error:
        return _unsupported(message, name, f"not as expected: {', '.join(error.places)}"[:200])
    if isinstance(content, Unsupported):
        return _unsupported(message, name, content.reason)
    return content


_UNSPOKEN = {"edit", "keep_in_chat", "pin", "poll_update", "reaction", "revoke", "system"}
"""Types that are nothing to answer, even where we cannot read them or Meta does not pass them on."""


def _unsupported(message: Json, name: str, reason: str) -> Unsupported:
    spoken = not {name, reason} & _UNSPOKEN
    return Unsupported(type=name, reason=reason, errors=errors_of(message.get("errors")), spoken=spoken)


def _reason(message: Json) -> str:
    """Return Meta's name for the kind of a message that it does not pass on, such as `poll_creation`."""
    return words_of(object_of(message, "unsupported").get("type"))


def _text(part: object) -> SaidContent:
    return Text(body=needed_words("text", part, "body"))


def _interactive(part: object) -> SaidContent:
    if not isinstance(part, dict):
        raise NotAsExpected(["interactive"])
    for name in ("button_reply", "list_reply"):
        reply = object_of(part, name)
        if isinstance(reply.get("id"), str):
            return Tap(id=words_of(reply["id"]), title=words_of(reply.get("title")))
    form = part.get("nfm_reply")
    if isinstance(form, dict):
        response = form.get("response_json")
        if isinstance(response, dict):
            response = json.dumps(response, ensure_ascii=False)
        return FormReply(name=words_of(form.get("name")), response=words_of(response))
    kind = part.get("type")
    return Unsupported(
        type="interactive", reason=words_of(kind)[:100] if isinstance(kind, str) else "unknown"
    )


def _quick_reply(part: object) -> SaidContent:
    if not isinstance(part, dict):
        raise NotAsExpected(["button"])
    payload, text = words_of(part.get("payload")), words_of(part.get("text"))
    if not (payload or text):
        return Unsupported(type="button", reason="it has neither payload nor text")
    return Tap(id=payload, title=text)


def _reaction(part: object) -> SaidContent:
    message_id = needed_words("reaction", part, "message_id")
    assert isinstance(part, dict)
    return Reaction(message_id=clean_id(message_id) or "", emoji=words_of(part.get("emoji")) or None)


def _system(part: object) -> SaidContent:
    return System(event=needed_words("system", part, "type"))


def _edit(part: object) -> SaidContent:
    message_id = needed_words("edit", part, "original_message_id")
    assert isinstance(part, dict)
    content = _new_content(object_of(part, "message"))
    return Edited(message_id=clean_id(message_id) or "", content=content)


def _new_content(message: Json) -> SaidContent | None:
    """Return what an edited message holds now; None when that is not told.

    A new caption may come without the id of its file.
    """
    name = words_of(message.get("type"))
    if name in _UNSPOKEN:
        return None
    content = parse_content({**message, name: {"id": "", **object_of(message, name)}})
    return None if isinstance(content, Unsupported) or not is_speech(content) else content


def _revoke(part: object) -> SaidContent:
    return Deleted(message_id=clean_id(needed_words("revoke", part, "original_message_id")) or "")


def _shape(name: str, part: object) -> SaidContent:
    from rejoinder.channels.whatsapp.shapes import parse_shape  # noqa: PLC0415 - few messages need pydantic

    return parse_shape(name, part)


_SHAPES = ("image", "video", "audio", "voice", "document", "sticker", "location", "contacts", "order")

_PARSERS: Mapping[str, Callable[[object], SaidContent]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _quick_reply,
    "reaction": _reaction,
    "system": _system,
    "edit": _edit,
    "revoke": _revoke,
    **{name: partial(_shape, name) for name in _SHAPES},
}
