"""`rejoinder trace`: the life of one message."""

import json
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from rejoinder.workbench.cli.deployed import Deployed, Where, deployed
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.terminal import console, plain
from rejoinder.workbench.watching.timeline import Happening, Life, life_of, number

UNKNOWN = """\
nothing is known of that message. Its marker is kept for 30 days, and the records of its answers for 32.
Of what the bot has not handled, only the dead letters and the logs of the last day tell. The logs are
searched for a whole id: `rejoinder logs --json` has it.
Is it a message of this deployment?"""


APOLOGY = "answer 0 is the word of apology for a message on which the bot failed"


def main(where: Where, message: str, *, as_json: bool) -> int:
    """Print it."""
    with deployed(where) as place:
        show(place, message, as_json=as_json)
    return 0


def show(place: Deployed, message: str, *, as_json: bool) -> None:
    """Print the life of a message of a deployment. Raises StackError when nothing is known of it."""
    with console(stderr=True).status("searching the table and the logs"):
        found = life_of(place, message)
    if found is None:
        raise StackError(" ".join(UNKNOWN.split()))
    if as_json:
        print(json.dumps(_json(found), indent=2))
    else:
        _print(found)


def _print(found: Life) -> None:
    kept = found.kept
    print(f"message       {kept.correlation_id}")
    if kept.account:
        print(f"account       {kept.account}")
    if kept.conversation_key:
        print(f"conversation  {kept.conversation_key}")
    print(f"answers       {len(kept.outbound_ids)}")
    if found.happenings:
        print(f"times         {_local(found.happenings[0]):%Y-%m-%d %Z}, and seconds since the webhook\n")
        console().print(_table(found))
    print()
    if any(number(one) == "0" for one in kept.outbound_ids):
        print(APOLOGY)
    for line in found.open or ["nothing is missing"]:
        print(line)


def _table(found: Life) -> Table:
    """Return what happened. Each new day has a row, and no row is longer than a terminal is wide."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("time", no_wrap=True)
    table.add_column("seconds", no_wrap=True, justify="right")
    for title in ("where", "answer"):
        table.add_column(title, no_wrap=True)
    table.add_column("what", overflow="fold")
    day = _local(found.happenings[0]).date()
    for one in found.happenings:
        local = _local(one)
        if local.date() != day:
            day = local.date()
            table.add_row(f"{day}")
        which = number(one.outbound_id) if one.outbound_id else ""
        cells = (_clock(one), _seconds(found.since_webhook(one), one), one.where, which, one.what)
        table.add_row(*map(plain, cells))
    return table


def _local(one: Happening) -> datetime:
    """Return when it happened, in the time zone of this machine."""
    return datetime.fromtimestamp(one.at).astimezone()


def _clock(one: Happening) -> str:
    """Return the time of the day. Networks tell whole seconds."""
    local = _local(one)
    return f"{local:%H:%M:%S}" + ("" if one.is_rough else f".{local.microsecond // 1000:03d}")


def _seconds(seconds: float, one: Happening) -> str:
    return f"{round(seconds):+,d}" if one.is_rough else f"{seconds:+,.1f}"


def _json(found: Life) -> dict[str, Any]:
    kept = found.kept
    return {
        "correlation_id": kept.correlation_id,
        "account": kept.account,
        "conversation_key": kept.conversation_key,
        "answers": {
            outbound_id: {
                "state": kept.record(outbound_id).state,
                "attempts": kept.record(outbound_id).attempt,
            }
            for outbound_id in kept.outbound_ids
        },
        "events": [
            {
                "at": datetime.fromtimestamp(one.at, UTC).isoformat(),
                "seconds_since_webhook": round(found.since_webhook(one), 3),
                "where": one.where,
                "outbound_id": one.outbound_id,
                "what": one.what,
            }
            for one in found.happenings
        ],
        "open": [*found.open],
    }
