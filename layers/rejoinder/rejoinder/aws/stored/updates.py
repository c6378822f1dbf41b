"""Updates and wake-ups as they are stored and queued."""

import json
from collections.abc import Iterable
from typing import Any

from rejoinder.aws.stored.contents import (
    dump_content,
    dump_errors,
    read_errors,
    read_inbound_content,
    read_outbound_content,
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
    words,
    words_or_none,
)
from rejoinder.aws.stored.messages import (
    account_as_json,
    account_from_json,
    contact_as_json,
    contact_from_json,
    turn_as_json,
    turn_from_json,
)
from rejoinder.model.context import Quoted, Referral, ReferredProduct
from rejoinder.model.own import Hold
from rejoinder.model.updates import GroupMessage, Inbound, InboundContent, WakeUp


def update_as_json(inbound: Inbound) -> dict[str, object]:
    """Return an update as JSON, without what the network sent."""
    return dump(
        "update",
        {
            "id": inbound.id,
            "account": account_as_json(inbound.account),
            "contact": contact_as_json(inbound.contact),
            "at": inbound.at,
            "content": _content_as_json(inbound.content),
            "reply_to": inbound.reply_to,
            "conversation_key": inbound.conversation_key,
            **_dump_surroundings(inbound),
        },
    )


def _content_as_json(content: InboundContent) -> dict[str, object]:
    """Return a content as JSON. Contacts and turns in it are stored as anywhere else."""
    if isinstance(content, Hold):
        return {"kind": content.kind, "turn": turn_as_json(content.turn)}
    if not isinstance(content, GroupMessage):
        return dump_content(content)
    sender = contact_as_json(content.sender)
    return {"kind": content.kind, "sender": sender, "content": dump_content(content.content)}


def _content_from_json(stored: Json) -> InboundContent:
    if stored.get("kind") == "hold":
        return Hold(turn=turn_from_json(object_of(stored["turn"])))
    if stored.get("kind") != "group_message":
        return read_inbound_content(stored)
    said: Any = read_inbound_content(object_of(stored["content"]))
    return GroupMessage(sender=contact_from_json(object_of(stored["sender"])), content=said)


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
    if inbound.album:
        around["album"] = inbound.album
    if inbound.errors:
        around["errors"] = dump_errors(inbound.errors)
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
            content=_content_from_json(object_of(stored["content"])),
            reply_to=words_or_none(stored["reply_to"]),
            conversation_key=words(stored["conversation_key"]),
            quoted=_read_quoted(object_of(stored["quoted"])) if "quoted" in stored else None,
            referral=_read_referral(object_of(stored["referral"])) if "referral" in stored else None,
            product=_read_product(object_of(stored["product"])) if "product" in stored else None,
            forwarded=flag(stored.get("forwarded", False)),
            forwarded_often=flag(stored.get("forwarded_often", False)),
            newest_id=words(stored.get("newest_id", "")),
            album=words(stored.get("album", "")),
            errors=read_errors(stored.get("errors", [])),
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
