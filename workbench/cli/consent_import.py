"""`rejoinder consent import`: what contacts told elsewhere goes into their ledgers, by the processor."""

import csv
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rejoinder.aws.outbox import SqsUpdates
from rejoinder.aws.queues import SqsQueue
from rejoinder.channels import TABLE, channel_of
from rejoinder.model.consent import Purpose
from rejoinder.model.ids import digest
from rejoinder.model.own import ConsentTold
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound
from rejoinder.workbench.deployment.deployed import Deployed, Where, deployed
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.stack import StackError

COLUMNS = ("contact", "given", "at")
GIVEN = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_SPOILT = re.compile(r"\(0\)|^'|^\d+[.,]?\d*E\+?\d+$", re.IGNORECASE)
"""Numbers that lead to nobody: with a (0) that is not dialled, or as a spreadsheet wrote it, 4.9E+11."""

MAX_SOURCE = 200
"""The longest source, in characters: it stands in each entry."""

MAX_SHOWN = 20
"""The most lines that are named when they are wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of the file."""

    contact: Contact
    """Who told it."""

    given: bool
    """Whether they agreed."""

    at: float
    """When they told it, in Unix seconds."""


def main(where: Where, file: Path, source: str, purpose: str, account: str, *, yes: bool) -> int:
    """Import a file, after a person has said yes. Return 1 when they have not."""
    if not source.strip() or len(source) > MAX_SOURCE:
        raise StackError(f"--source says in 1 to {MAX_SOURCE} characters where the contacts told it")
    with deployed(where) as place:
        ours = account_of(place, account)
        lines = read(file, ours, purpose, now=time.time())
        agreed = sum(line.given for line in lines)
        print(f"as {ours}: {agreed} agree to {purpose}, {len(lines) - agreed} refuse it; source: {source}")
        if not yes and not _says_yes(input):
            print("nothing was imported")
            return 1
        queue(place, ours, lines, Purpose(purpose), source)
    print(f"{len(lines)} queued: the processor writes them, each once, however often this is repeated")
    return 0


def queue(place: Deployed, account: Account, lines: Sequence[Told], purpose: Purpose, source: str) -> None:
    """Queue what contacts told for the processor, which alone writes conversations."""
    updates = SqsUpdates(SqsQueue(place.client("sqs"), place.inbound_queue_url))
    for line in lines:
        updates.put(_update(account, line, purpose, source))


def _says_yes(ask: Callable[[str], str]) -> bool:
    try:
        return ask("Import them? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def account_of(place: Deployed, named: str) -> Account:
    """Return the account that is named, or the only one that the table knows."""
    if named:
        account = Account.parse(named)
        if account.channel not in TABLE or not account.id:
            raise StackError(f"{named} is no account: one is named like whatsapp:106540352242922")
        return account
    known = Table(place).accounts()
    if len(known) != 1:
        found = f"the table knows {', '.join(map(str, known))}" if known else "nobody has written yet"
        raise StackError(f"name the account: --account whatsapp:<phone number id> ({found})")
    return known[0]


def read(file: Path, account: Account, purpose: str, *, now: float) -> Sequence[Told]:
    """Return the lines of a file; StackError that names each line that is wrong."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as opened:
            rows = csv.DictReader(opened, strict=True, delimiter=_delimiter(opened.readline()))
            opened.seek(0)
            missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
            if missing:
                raise StackError(f"{file} has no column {', '.join(missing)}: its first line names them")
            found = [*_lines(rows, account, purpose, now)]
    except OSError as error:
        raise StackError(f"{file} cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise StackError(f"{file} is no CSV file in UTF-8: {error}") from None
    wrong = [one for one in found if isinstance(one, str)]
    if wrong:
        more = [f"… and {len(wrong) - MAX_SHOWN} more"] if len(wrong) > MAX_SHOWN else []
        raise StackError("nothing was imported:\n" + "\n".join([*wrong[:MAX_SHOWN], *more]))
    if not found:
        raise StackError(f"{file} has no line below its first one")
    return [one for one in found if isinstance(one, Told)]


def _delimiter(heads: str) -> str:
    """Return what separates the columns: Excel writes semicolons where a comma is in numbers."""
    return max(",;\t", key=heads.count)


def _lines(rows: "csv.DictReader[str]", account: Account, purpose: str, now: float) -> Iterator[Told | str]:
    """Yield each line that has something, as what it tells, or as what is wrong with it."""
    channel = channel_of(account)
    for row in rows:
        said, given, at = (str(row[column] or "").strip() for column in COLUMNS)
        if not (said or given or at):
            continue
        contact, agreed, told_at = channel.contact_of(said), GIVEN.get(given.lower()), _time(at)
        where = f"line {rows.line_num}"
        if contact is None or _SPOILT.search(said) or not _may_be(contact):
            yield f"{where}: the contact is no phone number with its country code, and no user id"
        elif (other := row.get("purpose") or purpose) != purpose:  # as `rejoinder consent export` writes it
            yield f"{where}: it is about {other}: give --purpose {other}, and a file of those lines alone"
        elif agreed is None:
            yield f"{where}: given is yes or no"
        elif told_at is None:
            yield f"{where}: at is a date or a time such as 2026-11-25 or 2026-11-25T10:00:00+01:00"
        elif told_at > now:
            yield f"{where}: at lies in the future"
        else:
            yield Told(contact=contact, given=agreed, at=told_at)


def _may_be(contact: Contact) -> bool:
    """Whether that may be somebody: a name, and a number without its country code, make a contact too."""
    if contact.phone:
        return not contact.phone.startswith("0")
    return any(map(str.isdigit, contact.id)) and not any(map(str.isspace, contact.id))


def _time(text: str) -> float | None:
    """Return a time in Unix seconds, in UTC where it names no other zone; None when it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _update(account: Account, line: Told, purpose: Purpose, source: str) -> Inbound:
    """Return the update of a line. The same line has the same id, so that it counts once."""
    told = ConsentTold(purpose=purpose, given=line.given, by="import", source=source)
    parts = (line.contact.id, purpose, str(line.given), repr(line.at), source)
    return Inbound(
        id=f"consent-{digest(*parts)}", account=account, contact=line.contact, at=line.at, content=told
    )
