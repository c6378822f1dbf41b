"""Links between conversations as they are stored, and the codes that make them."""

import json
from collections.abc import Iterable
from typing import Any

from rejoinder.aws.stored.fields import Json, as_text, check_format, object_of, objects_of, reading, words
from rejoinder.aws.stored.formats import FORMATS
from rejoinder.aws.stored.messages import account_as_json, account_from_json
from rejoinder.model.links import LinkCode, Linked
from rejoinder.model.marker import MARKER_SECONDS


def dump_linked(linked: Iterable[Linked]) -> str:
    """Return the conversations that are linked to one, as they are stored with it."""
    return as_text([_as_json(one) for one in linked])


def read_linked(text: str) -> tuple[Linked, ...]:
    """Return the conversations that are linked to one; Unreadable when this code cannot read them."""
    with reading("conversation"):
        return objects_of(json.loads(text), _from_json)


def dump_code(code: LinkCode) -> dict[str, Any]:
    """Return the attributes of a code. One that was used stays as long as the turn may be tried again."""
    item = {
        "format": {"N": str(FORMATS["link"])},
        "account": {"S": str(code.owner.account)},
        "owner": {"S": as_text(_as_json(code.owner))},
        "ends_at": {"N": repr(code.ends_at)},
        "expires_at": {"N": str(int(code.ends_at + (MARKER_SECONDS if code.claimed_by else 0)))},
    }
    return item | ({"claimed_by": {"S": code.claimed_by}} if code.claimed_by else {})


def read_code(item: dict[str, Any]) -> LinkCode:
    """Return a code; Unreadable when this code cannot read it."""
    with reading("link"):
        check_format("link", int(item["format"]["N"]))
        return LinkCode(
            owner=_from_json(object_of(json.loads(item["owner"]["S"]))),
            ends_at=float(item["ends_at"]["N"]),
            claimed_by=words(item["claimed_by"]["S"]) if "claimed_by" in item else "",
        )


def _as_json(linked: Linked) -> dict[str, object]:
    return {
        "account": account_as_json(linked.account),
        "contact_id": linked.contact_id,
        "conversation_key": linked.conversation_key,
    }


def _from_json(stored: Json) -> Linked:
    return Linked(
        account=account_from_json(object_of(stored["account"])),
        contact_id=words(stored["contact_id"]),
        conversation_key=words(stored["conversation_key"]),
    )
