"""The tables of docs/whatsapp.md, from those of the code. `python -m tests.payloads --page` writes them."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rejoinder.channels.whatsapp.contents import ANSWERS, PARSERS
from rejoinder.channels.whatsapp.events import FIELDS
from rejoinder.channels.whatsapp.front import ASIDE, split
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.statuses import STEPS
from rejoinder.model.contact_events import Clicks
from rejoinder.model.events import AccountErrors, AccountEvent
from rejoinder.model.people import Account
from tests.payloads import dropped

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "whatsapp.md"
WIRE = ROOT / "tests" / "unit" / "whatsapp" / "wire"

_GETS_OF_STATUS = {
    "sent": "nothing; it is recorded, and what is billed is counted",
    "delivered": "`on(Delivered)`, for what was said with `track=True`",
    "read": "`on(Read)`, for what was said with `track=True`",
    "played": "nothing; it is recorded",
    "failed": "`on(Failed)`, where nothing else helps",
}


def _messages() -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each message of the wire cases, with the name of the content that it becomes."""
    for file in sorted(WIRE.glob("*.json")):
        found = split(json.dumps(json.loads(file.read_text())["webhook"]).encode())
        for several in found.conversations:
            for update in several.updates:
                message: Any = update.get("message")
                if message and not message.get("group_id"):
                    content = parse(Account.parse(several.account), update, received_at=2e9).content
                    yield message, type(content).__name__


def gets() -> dict[str, str]:
    """Return what each type of message, and each part of an interactive one, becomes."""
    found: dict[str, str] = {}
    for message, name in _messages():
        kind = str(message.get("type"))
        if kind == "interactive" and isinstance(message.get("interactive"), dict):
            kind = f"interactive, {message['interactive'].get('type')}"
        if name != "Unsupported":
            found.setdefault(kind, name)
    return found


def _types() -> Iterator[str]:
    for name in PARSERS:
        if name == "interactive":
            yield from (f"interactive, {part}" for part in ("button_reply", "list_reply", *ANSWERS))
        else:
            yield name


def _dropped_of(kind: str) -> str:
    """Return what is dropped of one type of message."""
    name = kind.partition(", ")[0]
    own = re.compile(rf"messages\[\]\.{name}(?:\[\])?\.(.+)")
    found = ((own.fullmatch(where), why) for where, why in dropped.MESSAGES.items())
    return " ".join(f"`{place[1]}`: {why}" for place, why in found if place)


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def messages() -> str:
    """Return the table of the types of messages."""
    found = gets()
    rows = ((f"`{kind}`".replace(", ", "`, `"), f"`{found[kind]}`", _dropped_of(kind)) for kind in _types())
    of_group = ("any, with a `group_id`", "`GroupMessage`, with the content of its type", "")
    other = ("any other", "`Unsupported`, with Meta's reason", "")
    return _table(("type", "what the bot gets", "what is dropped on purpose"), iter([*rows, of_group, other]))


def statuses() -> str:
    """Return the table of the statuses."""
    rows = [(f"`{status}`", _GETS_OF_STATUS[status]) for status in STEPS]
    payment = ("any, of the type `payment`", "`on(Payment)`")
    other = ("any other", "an `AccountEvent`, which is published")
    return _table(("status", "what the bot gets"), iter([*rows, payment, other]))


def _values(kind: type[AccountEvent]) -> str:
    own = dataclasses.fields(kind)[len(dataclasses.fields(AccountEvent)) :]
    return ", ".join(f"`{one.name}`" for one in own)


def fields() -> str:
    """Return the table of the fields of webhooks."""
    first = [
        ("`messages`", "see above", ""),
        *((f"`{field}`", _GETS_OF_ASIDE[field], "") for field in ASIDE),
        ("`messages` with `errors`", f"`{AccountErrors.__name__}`", _values(AccountErrors)),
        ("`messages` with `user_actions`", f"`{Clicks.__name__}`", _values(Clicks)),
    ]
    rows = [(f"`{field}`", f"`{kind.__name__}`", _values(kind)) for field, (kind, _) in FIELDS.items()]
    other = ("any other", f"`{AccountEvent.__name__}`", "")
    return _table(("field", "what it becomes", "its own values"), iter([*first, *rows, other]))


_GETS_OF_ASIDE = {
    "smb_message_echoes": "`on(Echo)`, in the conversation",
    "user_preferences": "`on(Preference)`, in the conversation",
}


def all_dropped() -> str:
    """Return the table of what is dropped."""
    tables = {
        "any": {**dropped.ENTRY, **dropped.EVERYWHERE},
        "messages": dropped.MESSAGES,
        "statuses": dropped.STATUSES,
        **dropped.FIELDS,
        "an error of the Graph API": dropped.ERRORS,
    }
    rows = ((where, f"`{place}`", why) for where, table in tables.items() for place, why in table.items())
    return _table(("of", "place", "why"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "messages": messages,
    "statuses": statuses,
    "fields": fields,
    "dropped": all_dropped,
}
"""The tables of the page, by the names of their places."""


def written(page: str) -> str:
    """Return `page` with its tables written anew."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        new = f"{begin}\n\n{table()}\n\n{end}"
        page, count = pattern.subn(new.replace("\\", r"\\"), page)
        assert count == 1, f"the page has no place for the table {name}"
    return page


def write() -> None:
    """Write the tables into the page."""
    PAGE.write_text(written(PAGE.read_text()))
