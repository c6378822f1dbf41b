"""Parsing: an update that concerns no person → an account event. Nothing here raises.

Shapes: core.telegram.org/bots/api#update.
"""

import re
from collections.abc import Mapping

from rejoinder.channels.fields import Json, object_of, timestamp_of, whole_parts, words_of
from rejoinder.channels.telegram.updates import is_id, read
from rejoinder.model.events import AccountEvent
from rejoinder.model.group_events import GroupChange, GroupEvents, Participant

_KIND = re.compile(r"[a-z_]{1,64}")
"""The name of a kind of Telegram. Others are not logged."""


def parse_event(event: Json, *, received_at: float) -> AccountEvent:
    """Parse an event as the front split it off: `{"account": "...", "update": {...}}`."""
    account, update = words_of(event.get("account")), object_of(event, "update")
    try:
        found = read(update)
    except ValueError:
        return AccountEvent(field="unknown", account=account, at=received_at, raw=whole_parts(update))
    at = timestamp_of(_whole(found.body.get("date")), received_at)
    raw: Mapping[str, object] = whole_parts(found.body)
    if found.kind in ("my_chat_member", "chat_member"):
        change = _change(found.body, at)
        return GroupEvents(field=found.kind, account=account, at=at, raw=raw, groups=(change,))
    field = found.kind if _KIND.fullmatch(found.kind) else "unknown"
    return AccountEvent(field=field, account=account, at=at, raw=raw)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _change(body: Json, at: float) -> GroupChange:
    """Return the change of a group that somebody, or the bot itself, joined or left."""
    chat, member = object_of(body, "chat"), object_of(body, "new_chat_member")
    before, now = _is_in(object_of(body, "old_chat_member")), _is_in(member)
    who = (_participant(object_of(member, "user")),)
    return GroupChange(
        type=words_of(member.get("status")),
        group_id=_id_of(chat),
        at=at,
        name=words_of(chat.get("title")),
        by=_id_of(object_of(body, "from")),
        added=who if now and not before else (),
        removed=who if before and not now else (),
    )


def _is_in(member: Json) -> bool:
    status = member.get("status")
    return status in ("creator", "administrator", "member") or member.get("is_member") is True


def _participant(user: Json) -> Participant:
    return Participant(id=_id_of(user), username=words_of(user.get("username")))


def _id_of(part: Json) -> str:
    number = part.get("id")
    return str(number) if is_id(number) else ""
