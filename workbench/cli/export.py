"""`rejoinder export`: prints everything that is kept of a contact, as JSON."""

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rejoinder.aws.stored.items import Item
from rejoinder.workbench.cli.deployed import Deployed, Where, deployed
from rejoinder.workbench.cli.files import FilesOfContacts, Kept
from rejoinder.workbench.cli.letters import Letter, dead_letters
from rejoinder.workbench.cli.linked import LinkedTable
from rejoinder.workbench.cli.people import NOBODY, Table
from rejoinder.workbench.cli.person import Person, values_of
from rejoinder.workbench.cli.wake_ups import WakeUps
from rejoinder.workbench.stack import StackError

MORE = """\
About {} dead letters could not be read, and may belong to this contact too: a queue shows at most ten of one
conversation until those are gone. Put them back (rejoinder redrive) and export again."""


def main(where: Where, contact: str, folder: Path | None) -> int:
    """Print what is kept of the contact. Their files are written into `folder`, if one is given."""
    with deployed(where) as place:
        print(json.dumps(kept(place, contact, folder), indent=2, default=_number))
    return 0


def kept(place: Deployed, contact: str, folder: Path | None = None) -> list[dict[str, Any]]:
    """Return what is kept, for each account that knows the contact; StackError when none does."""
    people = Table(place).find(contact)
    with dead_letters(place) as letters:
        received = letters.receive()
        more = letters.more()
    if more:
        print(MORE.format(more), file=sys.stderr)
    found = [(person, _kept(place, person, received, folder)) for person in people]
    known = [
        {"account": str(person.account), "contact_ids": person.ids, **what}
        for person, what in found
        if any(what.values())
    ]
    if not known:
        raise StackError(NOBODY)
    return known


def _kept(place: Deployed, person: Person, letters: Iterable[Letter], folder: Path | None) -> dict[str, Any]:
    table, files = Table(place), FilesOfContacts(place)
    markers, records, network_ids = table.messages([person])
    return {
        "conversation": {
            name: value for name, value in _readable(person.item).items() if name != "taken_over"
        },
        "aliases": [_readable(item) for item in table.aliases(person)],
        "messages_from_them": [_readable(item) for item in markers],
        "messages_to_them": [_readable(item) for item in records],
        "turns_that_wait": [_readable(item) for item in table.waiting([person])],
        "ids_of_messages_to_them": [_readable(item) for item in network_ids],
        "codes_that_link": [_readable(item) for item in LinkedTable(place).codes([person])],
        "consent": [_readable(item) for item in table.ledger([person])],
        "wake_ups": [
            {"at": wake_up["ScheduleExpression"], "update": json.loads(wake_up["Target"]["Input"])}
            for wake_up in WakeUps(place).of([person])
        ],
        "set_aside": [
            {"at": _time(letter.at), "cause": letter.cause, "message": letter.content}
            for letter in letters
            if table.has(person, letter)
        ],
        "files": [
            _file(one) | ({"path": str(files.download(one.file, folder))} if folder else {})
            for one in files.of([person])
        ],
    }


def _file(kept: Kept) -> dict[str, Any]:
    file = kept.file
    return {
        "name": file.name,
        "type": file.mime_type,
        "bytes": file.size,
        "at": kept.at.isoformat(timespec="seconds"),
        "key": file.key,
    }


def _readable(item: Item) -> dict[str, Any]:
    """Return an item as Python values: JSON in it is read, and times are in ISO 8601."""
    return {name: _value(name, value) for name, value in values_of(item).items()}


def _value(name: str, value: Any) -> Any:
    if name.endswith(("_at", "_until")) and isinstance(value, Decimal):
        return _time(float(value))
    if isinstance(value, list):
        return [_value(name, one) for one in value]
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _number(value: object) -> float:
    """Return a number of DynamoDB, a Decimal, as one that JSON knows; TypeError for anything else."""
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not JSON")
    return int(value) if value == value.to_integral_value() else float(value)
