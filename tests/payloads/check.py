"""Sends one body through rejoinder, and finds what is lost of it."""

import dataclasses
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rejoinder.aws.account_events import message_of
from rejoinder.channels.nesting import TOO_DEEP
from rejoinder.channels.whatsapp.codes import error_of
from rejoinder.channels.whatsapp.front import split
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.statuses import parse_event
from rejoinder.model.events import AccountEvent
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound
from tests.payloads import telegram
from tests.payloads.dropped import ENTRY, ERRORS, Table, table_for, why_dropped
from tests.payloads.leaves import Path, lost, written
from tests.payloads.outbound import outbound
from tests.payloads.recognise import Body

LATER = 4.0e9
"""When a body is said to come: no time in it is later."""

VALUE = 5
"""The length of the path to the parts of a value: `entry`, place, `changes`, place, `value`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found out about one body."""

    kind: str
    """What it is."""

    lost: tuple[str, ...] = ()
    """The leaves that are lost."""

    dropped: tuple[str, ...] = ()
    """The leaves that are dropped on purpose."""

    why: str = ""
    """Why it is not ours, or what was raised."""

    raised: bool = False
    """Whether something was raised."""

    set_aside: bool = False
    """Whether the ingress keeps it whole in the quarantine, because it belongs to no account or contact."""


def check(body: Body) -> Found:
    """Return what becomes of `body`. Never raises."""
    try:
        match body.kind:
            case "webhook":
                return _webhook(body)
            case "update":
                return _update(body)
            case "error":
                return _judged("error", _lost_of_error(body), ERRORS)
            case "outbound":
                return Found(kind="outbound", **outbound(body.json))
            case "answer":
                return Found(kind="answer", why="of an answer, only the id of the message is read")
            case _:
                return Found(kind=body.kind, why=body.why)
    except RecursionError:
        return Found(kind=body.kind, why=TOO_DEEP, set_aside=True)
    except Exception as error:
        return Found(kind=body.kind, why=f"raised {type(error).__name__}: {error}", raised=True)


def become(webhook: Any) -> Any:
    """Return what a webhook becomes: updates, statuses, and account events as they are published.

    Ids that are made from the whole message are left out: every leaf is in them.
    """
    body = json.dumps(webhook)
    try:
        found = split(body.encode())
    except ValueError as error:
        return str(error)
    inbound = [
        _plain(parse(Account.parse(several.account), update, received_at=LATER), body)
        for several in found.conversations
        for update in several.updates
    ]
    events = [_plain(parse_event(event, received_at=LATER), body) for event in found.events]
    return [inbound, events, list(found.misfits)]


def _plain(value: Any, body: str) -> Any:
    if isinstance(value, AccountEvent):
        return json.loads(message_of(value))
    plain = dataclasses.asdict(value)
    if isinstance(value, Inbound):
        plain |= {"raw": {}, "id": value.id if json.dumps(value.id) in body else ""}
    return plain


def _webhook(body: Body) -> Found:
    misfits = become(body.json)
    if isinstance(misfits, str) or misfits[2]:
        why = misfits if isinstance(misfits, str) else "; ".join(misfits[2])
        return Found(kind="webhook", why=f"kept whole in the quarantine: {why}", set_aside=True)
    places = list(_places(body.json, lost(body.json, become)))
    return _sorted("webhook", places)


def _update(body: Body) -> Found:
    became = telegram.become(body.json)
    if isinstance(became, str) or became[2]:
        why = became if isinstance(became, str) else "; ".join(became[2])
        return Found(kind="update", why=f"kept whole in the quarantine: {why}", set_aside=True)
    return _judged("update", lost(body.json, telegram.become), telegram.DROPPED)


def _places(webhook: Any, paths: list[Path]) -> Iterator[tuple[str, str]]:
    """Yield each lost leaf and why it is dropped; why is empty where it is lost."""
    for path in paths:
        if len(path) > VALUE and path[4] == "value":
            change = webhook["entry"][path[1]]["changes"][path[3]]
            place, field = written(path[VALUE:]), str(change.get("field"))
            value = change["value"] if isinstance(change["value"], dict) else {}
            table = table_for(field, place, has_messages=bool(value.get("messages")))
            yield f"{field}: {place}", why_dropped(table, place)
        else:
            yield written(path), why_dropped(ENTRY, written(path))


def _lost_of_error(body: Body) -> list[Path]:
    def what_it_is(answer: Any) -> Any:
        error = error_of(body.status, json.dumps(answer).encode(), {})
        return [type(error).__name__, error.code, str(error)]

    return lost(body.json, what_it_is)


def _judged(kind: str, paths: list[Path], table: Table) -> Found:
    return _sorted(kind, [(written(path), why_dropped(table, written(path))) for path in paths])


def _sorted(kind: str, places: list[tuple[str, str]]) -> Found:
    return Found(
        kind=kind,
        lost=tuple(dict.fromkeys(place for place, why in places if not why)),
        dropped=tuple(dict.fromkeys(place for place, why in places if why)),
    )
