"""Parsing: a message of a webhook → its content. Nothing here raises.

Words, taps and the like are read here, by the standard library; `shapes` reads what needs more.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial

from rejoinder.channels.fields import (
    Json,
    NotAsExpected,
    needed_words,
    object_of,
    time_of,
    whole_parts,
    words_of,
)
from rejoinder.channels.whatsapp.codes import errors_of
from rejoinder.model.answers import CallPermission, PaymentMethod, ProductInquiry
from rejoinder.model.contents import FormReply, Reaction, System, Tap, Text, Unsupported
from rejoinder.model.ids import clean_id
from rejoinder.model.spoken import Deleted, Edited, SaidContent, is_speech


def parse_content(message: Json) -> SaidContent:
    """Return what a message holds, be it from a contact or from the business's own phone."""
    name = words_of(message.get("type")) or "unknown"
    parser = PARSERS.get(name)
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
            title, more = words_of(reply.get("title")), words_of(reply.get("description"))
            return Tap(id=words_of(reply["id"]), title=title, description=more)
    for name, read in ANSWERS.items():
        if isinstance(part.get(name), dict):
            return read(part[name])
    kind = part.get("type")
    return Unsupported(
        type="interactive", reason=words_of(kind)[:100] if isinstance(kind, str) else "unknown"
    )


def _form(form: Json) -> SaidContent:
    response = form.get("response_json")
    if isinstance(response, dict):
        response = json.dumps(whole_parts(response), ensure_ascii=False)
    name, body = words_of(form.get("name")), words_of(form.get("body"))
    return FormReply(name=name, response=words_of(response), body=body)


def _permission(reply: Json) -> SaidContent:
    return CallPermission(
        granted=reply.get("response") == "accept",
        is_permanent=reply.get("is_permanent") is True,
        ends_at=time_of(reply.get("expiration_timestamp")),
        source=words_of(reply.get("response_source")),
    )


def _payment_method(chosen: Json) -> SaidContent:
    return PaymentMethod(
        method=words_of(chosen.get("payment_method")),
        reference_id=words_of(chosen.get("reference_id")),
        last_digits=words_of(chosen.get("last_four_digits")),
        credential_id=words_of(chosen.get("credential_id")),
        chosen_at=time_of(chosen.get("payment_timestamp")),
    )


def _inquiry(product: Json) -> SaidContent:
    ids = (words_of(product.get(name)) for name in ("product_retailer_id", "product_id", "id"))
    product_id = next(filter(None, ids), "")
    if not product_id:
        return Unsupported(type="interactive", reason="product")
    titles = (words_of(product.get(name)) for name in ("title", "name"))
    catalog_id, title = words_of(product.get("catalog_id")), next(filter(None, titles), "")
    return ProductInquiry(product_id=product_id, catalog_id=catalog_id, title=title)


ANSWERS: Mapping[str, Callable[[Json], SaidContent]] = {
    "nfm_reply": _form,
    "call_permission_reply": _permission,
    "payment_method": _payment_method,
    "product": _inquiry,
}
"""The parts of an interactive message that are no taps."""


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
    event = needed_words("system", part, "type")
    assert isinstance(part, dict)
    return System(event=event, body=words_of(part.get("body")))


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

PARSERS: Mapping[str, Callable[[object], SaidContent]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _quick_reply,
    "reaction": _reaction,
    "system": _system,
    "edit": _edit,
    "revoke": _revoke,
    **{name: partial(_shape, name) for name in _SHAPES},
}
"""How each type of message is read."""
