"""Updates and wake-ups as they are stored and queued, with the contents that only updates have."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from rejoinder.aws.stored.answers import dump_payment, read_payment
from rejoinder.aws.stored.contents import (
    dump_content,
    dump_content_or_none,
    dump_error,
    read_error,
    read_outbound_content,
    read_said_content,
    read_said_content_or_none,
)
from rejoinder.aws.stored.fields import (
    Json,
    as_text,
    check_format,
    dump,
    flag,
    list_of,
    number,
    object_of,
    objects_of,
    reading,
    whole,
    words,
    words_or_none,
)
from rejoinder.aws.stored.messages import (
    account_as_json,
    account_from_json,
    contact_as_json,
    contact_from_json,
)
from rejoinder.model.answers import Payment
from rejoinder.model.context import Quoted, Referral, ReferredProduct
from rejoinder.model.updates import (
    Echo,
    Failed,
    Gathered,
    GroupMessage,
    Inbound,
    InboundContent,
    OwnContent,
    Preference,
    Release,
    Reminder,
    TimeUp,
    WakeUp,
)


def update_as_json(inbound: Inbound) -> dict[str, object]:
    """Return an update as JSON, without what the network sent."""
    return dump(
        "update",
        {
            "id": inbound.id,
            "account": account_as_json(inbound.account),
            "contact": contact_as_json(inbound.contact),
            "at": inbound.at,
            "content": inbound_content_as_json(inbound.content),
            "reply_to": inbound.reply_to,
            "conversation_key": inbound.conversation_key,
            **_dump_surroundings(inbound),
        },
    )


def _dump_surroundings(inbound: Inbound) -> dict[str, object]:
    """Return what surrounds a message. Most messages have nothing of it, so only what is there is stored."""
    around: dict[str, object] = {}
    if quoted := inbound.quoted:
        around["quoted"] = {"outbound_id": quoted.outbound_id, "content": dump_content(quoted.content)}
    if inbound.referral:
        around["referral"] = _dump_referral(inbound.referral)
    if product := inbound.product:
        around["product"] = {"product_id": product.product_id, "catalog_id": product.catalog_id}
    if inbound.newest_id:
        around["newest_id"] = inbound.newest_id
    if inbound.errors:
        around["errors"] = [dump_error(error) for error in inbound.errors]
    flags = {"forwarded": inbound.forwarded, "forwarded_often": inbound.forwarded_often}
    return around | {name: True for name, value in flags.items() if value}


def _dump_referral(referral: Referral) -> dict[str, object]:
    return {
        "source_type": referral.source_type,
        "source_id": referral.source_id,
        "source_url": referral.source_url,
        "headline": referral.headline,
        "body": referral.body,
        "ctwa_clid": referral.ctwa_clid,
        "media_type": referral.media_type,
        "media_url": referral.media_url,
        "thumbnail_url": referral.thumbnail_url,
        "ref": referral.ref,
        "welcome_text": referral.welcome_text,
    }


def update_from_json(stored: Json) -> Inbound:
    """Return the update that is stored; Unreadable when it cannot be read."""
    with reading("update"):
        check_format("update", stored["format"])
        return Inbound(
            id=words(stored["id"]),
            account=account_from_json(object_of(stored["account"])),
            contact=contact_from_json(object_of(stored["contact"])),
            at=number(stored["at"]),
            content=inbound_content_from_json(object_of(stored["content"])),
            reply_to=words_or_none(stored["reply_to"]),
            conversation_key=words(stored["conversation_key"]),
            quoted=_read_quoted(object_of(stored["quoted"])) if "quoted" in stored else None,
            referral=_read_referral(object_of(stored["referral"])) if "referral" in stored else None,
            product=_read_product(object_of(stored["product"])) if "product" in stored else None,
            forwarded=flag(stored.get("forwarded", False)),
            forwarded_often=flag(stored.get("forwarded_often", False)),
            newest_id=words(stored.get("newest_id", "")),
            errors=objects_of(stored.get("errors", []), read_error),
            raw=object_of(stored.get("raw", {})),
        )


def _read_quoted(stored: Json) -> Quoted:
    content = read_outbound_content(object_of(stored["content"]))
    return Quoted(outbound_id=words(stored["outbound_id"]), content=content)


def _read_referral(stored: Json) -> Referral:
    return Referral(
        source_type=words(stored["source_type"]),
        source_id=words(stored["source_id"]),
        source_url=words(stored["source_url"]),
        headline=words(stored["headline"]),
        body=words(stored["body"]),
        ctwa_clid=words(stored["ctwa_clid"]),
        media_type=words(stored["media_type"]),
        media_url=words(stored["media_url"]),
        thumbnail_url=words(stored["thumbnail_url"]),
        ref=words(stored["ref"]),
        welcome_text=words(stored["welcome_text"]),
    )


def _read_product(stored: Json) -> ReferredProduct:
    return ReferredProduct(product_id=words(stored["product_id"]), catalog_id=words(stored["catalog_id"]))


def inbound_content_as_json(content: InboundContent) -> dict[str, object]:
    """Return what an update holds as JSON."""
    match content:
        case Reminder():
            return {"kind": "reminder", "handler": content.handler, "given": dict(content.given)}
        case TimeUp():
            return {"kind": "time_up", "question": content.question}
        case Failed():
            return _dump_failed(content)
        case Echo():
            return {"kind": "echo", "content": dump_content_or_none(content.content)}
        case Release() | Gathered():
            return {"kind": content.kind}
        case Preference() | Payment():
            return _dump_told(content)
        case GroupMessage():
            sender = contact_as_json(content.sender)
            return {"kind": "group_message", "sender": sender, "content": dump_content(content.content)}
        case _:
            return dump_content(content)


def _dump_told(content: Preference | Payment) -> dict[str, object]:
    if isinstance(content, Payment):
        return dump_payment(content)
    return {"kind": "preference", "value": content.value}


def _dump_failed(failed: Failed) -> dict[str, object]:
    why = {"code": failed.code, "reason": failed.reason}
    return {
        "kind": "failed",
        "outbound_id": failed.outbound_id,
        "content": dump_content(failed.content),
        **why,
    }


def inbound_content_from_json(stored: Json) -> InboundContent:
    """Return what an update holds; Unreadable when it cannot be read."""
    with reading("content"):
        reader = _OWN.get(words(stored["kind"]))
        return reader(stored) if reader else read_said_content(stored)


def _read_failed(stored: Json) -> Failed:
    return Failed(
        outbound_id=words(stored["outbound_id"]),
        content=read_outbound_content(object_of(stored["content"])),
        code=whole(stored["code"]),
        reason=words(stored["reason"]),
    )


def _read_preference(stored: Json) -> Preference:
    values: dict[str, Literal["stop", "resume"]] = {"stop": "stop", "resume": "resume"}
    return Preference(value=values[words(stored["value"])])


def _read_group_message(stored: Json) -> GroupMessage:
    sender = contact_from_json(object_of(stored["sender"]))
    return GroupMessage(sender=sender, content=read_said_content(object_of(stored["content"])))


_OWN: Mapping[str, Callable[[Json], OwnContent | GroupMessage]] = {
    "payment": read_payment,
    "group_message": _read_group_message,
    "reminder": lambda stored: Reminder(handler=words(stored["handler"]), given=object_of(stored["given"])),
    "time_up": lambda stored: TimeUp(question=words(stored["question"])),
    "failed": _read_failed,
    "echo": lambda stored: Echo(content=read_said_content_or_none(stored.get("content"))),
    "release": lambda _stored: Release(),
    "gathered": lambda _stored: Gathered(),
    "preference": _read_preference,
}


def dump_wake_ups(wake_ups: Iterable[WakeUp]) -> str:
    """Return wake-ups as JSON text."""
    return as_text(
        [
            dump("wake_up", {"at": wake_up.at, "update": update_as_json(wake_up.inbound)})
            for wake_up in wake_ups
        ]
    )


def read_wake_ups(text: str) -> tuple[WakeUp, ...]:
    """Return wake-ups; Unreadable when one of them cannot be read."""
    with reading("wake_up"):
        return tuple(_wake_up(object_of(stored)) for stored in list_of(json.loads(text)))


def _wake_up(stored: Json) -> WakeUp:
    check_format("wake_up", stored["format"])
    return WakeUp(at=number(stored["at"]), inbound=update_from_json(object_of(stored["update"])))


def dump_updates(updates: Iterable[Inbound]) -> str:
    """Return updates as JSON text."""
    return as_text([update_as_json(update) for update in updates])


def read_updates(text: str) -> tuple[Inbound, ...]:
    """Return updates; Unreadable when one of them cannot be read."""
    with reading("update"):
        return objects_of(json.loads(text), update_from_json)
