"""What moves, and what stands: queues, dead letters, gate, alarms, clocks, the last webhook and message."""

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from rejoinder.aws.gates import GateTable
from rejoinder.aws.keys import is_marker, is_record
from rejoinder.aws.stored.items import Item, item_number, read_steps
from rejoinder.model.delivery import Step
from rejoinder.model.gate import Gate
from rejoinder.model.marker import MARKER_SECONDS
from rejoinder.model.people import Account
from rejoinder.tls import tls_context
from rejoinder.workbench.cli.letters import Letter, dead_letters
from rejoinder.workbench.doctor import business, stack, telegram
from rejoinder.workbench.doctor.facts import Facts, only_on_aws
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good, notice
from rejoinder.workbench.doctor.numbers import named, some_numbers
from rejoinder.workbench.pages import RUNBOOK, page
from rejoinder.workbench.telegram.api import id_of

WORKERS = {"inbound": "processor", "outbound": "sender", "events": "tracker"}
"""Which function works on which queue."""

OLD_SECONDS = {"inbound": 180, "outbound": 600, "events": 900}
"""How old the oldest message of a queue may be, in seconds: as in the alarms of template.yaml."""

SKEW_SECONDS = 30
"""How far a clock may be off, in seconds."""

TOO_MUCH_SECONDS = 300
"""From which difference on AWS refuses requests, in seconds: RequestTimeTooSkewed."""

DAYS = 14
"""How far back metrics are looked at, in days."""

REDRIVE = "`rejoinder redrive` lists them and puts them back"


def urls(facts: Facts) -> dict[str, str]:
    """Return the address of each queue, by its short name."""
    place = facts.patient.place
    addresses = (place.inbound_queue_url, place.outbound_queue_url, place.events_queue_url)
    return dict(zip(WORKERS, addresses, strict=True))


def count(client: Any, url: str) -> int:
    """Return about how many messages a queue has."""
    names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
    told = client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(told.get(name, 0)) for name in names)


def look_at_queues(facts: Facts) -> Finding:
    """Look whether each function gets the messages of its queue."""
    lambdas, sqs, addresses = facts.client("lambda"), facts.client("sqs"), urls(facts)
    idle = []
    for queue, worker in WORKERS.items():
        # By its queue, because it may be that of an alias of the function.
        told = sqs.get_queue_attributes(QueueUrl=addresses[queue], AttributeNames=["QueueArn"])
        arn = told["Attributes"]["QueueArn"]
        sources = lambdas.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]
        if not any(one["State"] in ("Enabled", "Enabling", "Updating", "Creating") for one in sources):
            idle.append(f"the {worker} does not get what is in {queue}")
    if idle:
        return bad("; ".join(idle), "enable the trigger in the Lambda console")
    waiting = ", ".join(f"{name} {count(sqs, url)}" for name, url in addresses.items())
    return good(f"each function works on its queue; waiting: {waiting}")


def look_at_age(facts: Facts) -> Finding:
    """Look how long the oldest message of each queue has waited."""
    only_on_aws(facts, "the local AWS does not measure how old messages are")
    ages = {}
    for queue, url in urls(facts).items():
        name = {"QueueName": url.rpartition("/")[2]}
        told = measured(facts, "AWS/SQS", "ApproximateAgeOfOldestMessage", name, "Maximum", minutes=15)
        ages[queue] = told[-1][1] if told else 0.0  # SQS does not measure a queue that is empty for hours
    if old := [f"{queue} {_ago(age)}" for queue, age in ages.items() if age > OLD_SECONDS[queue]]:
        cure = f"{RUNBOOK} says what to do, at the alarm for that queue"
        return bad(f"messages wait too long: {', '.join(old)}", cure)
    return good(f"nothing waits long: at most {_ago(max(ages.values()))}")


def measured(
    facts: Facts,
    space: str,
    metric: str,
    of: Mapping[str, str],
    statistic: str,
    *,
    minutes: int,
    period: int = 60,
) -> list[tuple[float, float]]:
    """Return when CloudWatch measured what, oldest first."""
    now = datetime.fromtimestamp(facts.patient.now(), UTC)
    told = facts.client("cloudwatch").get_metric_statistics(
        Namespace=space,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": one} for name, one in of.items()],
        StartTime=now - timedelta(minutes=minutes),
        EndTime=now + timedelta(minutes=1),
        Period=period,
        Statistics=[statistic],
    )
    return sorted((one["Timestamp"].timestamp(), float(one[statistic])) for one in told["Datapoints"])


def _ago(seconds: float) -> str:
    for unit, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{max(seconds, 0):.0f} seconds"


# -- dead letters --------------------------------------------------------------------------------------------


def letters(facts: Facts) -> tuple[list[Letter], int]:
    """Return the dead letters that can be seen, and the number of all. They are given back at once."""
    place, sqs = facts.patient.place, facts.client("sqs")
    total = sum(
        count(sqs, url) for url in (place.inbound_dlq_url, place.outbound_dlq_url, place.events_dlq_url)
    )
    if not total:
        return [], 0
    facts.client("dynamodb")
    with dead_letters(place) as held:
        return held.receive(), total


def look_at_letters(facts: Facts) -> Finding:
    """Look whether something was given up."""
    found, total = facts.of(letters)
    given_up = [one for one in found if not one.is_parked]
    if unseen := max(0, total - len(found)):
        return bad(f"{len(given_up) + unseen} dead letters", REDRIVE)
    if given_up:
        causes = sorted({one.cause for one in given_up})
        return bad(f"{len(given_up)} dead letters: {'; '.join(causes)}", REDRIVE)
    return good("there are no dead letters")


def look_at_parked(facts: Facts) -> Finding:
    """Look whether the bot failed on something for good."""
    found, _ = facts.of(letters)
    if parked := [one for one in found if one.is_parked]:
        causes = sorted({one.cause for one in parked})
        return bad(
            f"the bot failed on {len(parked)} updates: {'; '.join(causes)}",
            f"mend the bot, deploy, and {REDRIVE}",
        )
    return good("the bot failed on nothing")


# -- gate and alarms -----------------------------------------------------------------------------------------


def gates(facts: Facts) -> dict[str, Gate]:
    """Return the gates that are closed, by the numbers and the bot for which they are."""
    table = GateTable(facts.client("dynamodb"), facts.patient.place.table_name)
    gates_of = ((name, table.read(account)) for name, account in _accounts(facts))
    return {name: gate for name, gate in gates_of if gate and gate.is_closed}


def _accounts(facts: Facts) -> Iterator[tuple[str, Account]]:
    channels = facts.patient.place.channels
    if "whatsapp" in channels:
        for one in facts.of(some_numbers):
            yield named(one), Account(channel="whatsapp", id=one.id)
    token = facts.of(telegram.secret).get("bot_token") if "telegram" in channels else ""
    if token:
        yield "the bot on Telegram", Account(channel="telegram", id=id_of(token))


def look_at_gate(facts: Facts) -> Finding:
    """Look whether messages wait because the network refuses the account."""
    closed = facts.of(gates)
    if not closed:
        return good("messages go out")
    told = ", ".join(f"{number} by error {gate.why}" for number, gate in closed.items())
    cure = "mend what the other points show; then it opens by itself, with the next message that is tried"
    return bad(f"messages wait, because the network refused: {told}", cure)


def look_at_payment(facts: Facts) -> Finding:
    """Look whether Meta can take money: by what it says, and by why it refused the last messages."""
    entities = [one for kind in ("WABA", "BUSINESS") for _, one in business.ailing(facts, kind)]
    told = [business.said(one) for one in entities if one.get("error_code") in business.PAYMENT]
    refused = [number for number, gate in facts.of(gates).items() if gate.why in business.PAYMENT]
    told += [f"Meta refused messages of {number} for it" for number in refused]
    if not told:
        return good("Meta tells of no problem with the payment")
    cure = "Business settings > Billing & payments: add a payment method to the WhatsApp account"
    return bad("; ".join(told), cure)


def look_at_alarms(facts: Facts) -> Finding:
    """Look which alarms ring."""
    only_on_aws(facts, "`rejoinder watch` shows which alarms are on here")
    alarms = stack.of_type(facts, "AWS::CloudWatch::Alarm")
    if not alarms:
        return bad("the stack has no alarms, so that none can ring", "`rejoinder deploy`")
    return of_alarms(facts.client("cloudwatch"), alarms)


def of_alarms(cloudwatch: Any, alarms: Mapping[str, str]) -> Finding:
    """Return which alarms ring, are missing or switched off. `alarms` has CloudWatch's name of each."""
    names = list(alarms.values())
    told = [
        one
        for start in range(0, len(names), 100)  # the most that DescribeAlarms takes
        for one in cloudwatch.describe_alarms(AlarmNames=names[start : start + 100])["MetricAlarms"]
    ]
    ours = {its: name for name, its in alarms.items()}
    if rings := sorted(ours[one["AlarmName"]] for one in told if one["StateValue"] == "ALARM"):
        return bad(f"ringing: {', '.join(rings)}", f"{RUNBOOK} says of each alarm what to do")
    if missing := sorted(name for its, name in ours.items() if its not in {one["AlarmName"] for one in told}):
        cure = "a deployment does not make them again, but a drift-aware change set does: "
        return bad(f"missing: {', '.join(missing)}", cure + page("operations", "changed-by-hand"))
    if silent := sorted(ours[one["AlarmName"]] for one in told if not one.get("ActionsEnabled", True)):
        return notice(f"switched off: {', '.join(silent)}", "enable their actions in the CloudWatch console")
    return good(f"none of {len(told)} alarms rings")


# -- clocks --------------------------------------------------------------------------------------------------


def look_at_clock(facts: Facts) -> Finding:
    """Compare our clock with those of AWS and of the networks."""
    told = facts.of(stack.caller)["ResponseMetadata"]["HTTPHeaders"].get("date")
    place = facts.patient.place
    networks = {"whatsapp": ("Meta", place.graph_address), "telegram": ("Telegram", place.telegram_address)}
    dates = {"AWS": told, **{name: _date_of(url) for name, url in map(networks.__getitem__, place.channels)}}
    now = facts.patient.now()
    off = {name: abs(parsedate_to_datetime(date).timestamp() - now) for name, date in dates.items() if date}
    if not off:
        raise NotNow("nobody told the time")
    wrong = {name: seconds for name, seconds in off.items() if seconds > SKEW_SECONDS}
    if wrong:
        what = ", ".join(f"{_ago(seconds)} from that of {name}" for name, seconds in wrong.items())
        make = bad if max(wrong.values()) > TOO_MUCH_SECONDS else notice
        return make(f"this machine's clock is off: {what}", "let the machine set its clock by itself (NTP)")
    return good(f"this machine's clock agrees with {' and '.join(off)}")


def _date_of(address: str) -> str | None:
    try:
        date: str | None = httpx.get(address, timeout=10, verify=tls_context()).headers.get("date")
    except httpx.HTTPError:  # that a network cannot be reached is said elsewhere
        return None
    return date


# -- the last of all -----------------------------------------------------------------------------------------


def last_webhook(facts: Facts) -> float:
    """Return when the last webhook came, in Unix seconds; 0 when none did lately."""
    if facts.patient.is_local:
        return max((at for kind, at in facts.of(kept) if kind == "in"), default=0.0)
    return _counted(facts, "UpdatesReceived", "ingress")


def last_send(facts: Facts) -> float:
    """Return when a network last accepted a message, in Unix seconds; 0 when none did lately."""
    if facts.patient.is_local:
        return max((at for kind, at in facts.of(kept) if kind == "out"), default=0.0)
    return _counted(facts, "MessagesAccepted", "sender")


def _counted(facts: Facts, metric: str, function: str) -> float:
    space, minutes = f"Rejoinder/{facts.patient.place.stack_name}", DAYS * 24 * 60
    told = measured(facts, space, metric, {"service": function}, "Sum", minutes=minutes, period=3600)
    return max((at for at, counted in told if counted), default=0.0)


def kept(facts: Facts) -> list[tuple[str, float]]:
    """Return what the table of the local stack keeps of messages: in or out, and when. It is small."""
    pages = facts.client("dynamodb").get_paginator("scan")
    return list(
        _times(
            item
            for page in pages.paginate(TableName=facts.patient.place.table_name)
            for item in page["Items"]
        )
    )


def _times(items: Iterable[Item]) -> Iterator[tuple[str, float]]:
    for item in items:
        if is_marker(item) and "expires_at" in item:
            yield "in", item_number(item, "expires_at") - MARKER_SECONDS
        elif is_record(item):
            steps = read_steps(item).steps.values()
            yield from (("out", one[Step.ACCEPTED]) for one in steps if Step.ACCEPTED in one)


def look_at_last_webhook(facts: Facts) -> Finding:
    """Look when somebody last wrote."""
    at = facts.of(last_webhook)
    if at:
        return good(f"the last webhook came {_when(facts, at)}")
    if facts.patient.is_local:
        raise NotNow("nobody has written to it yet; the page of `rejoinder run` is a phone")
    cure = "write to the bot from a phone; if nothing comes, mend the points above"
    return notice(f"no webhook came in {DAYS} days", cure)


def look_at_last_send(facts: Facts) -> Finding:
    """Look when a network last accepted a message."""
    at = facts.of(last_send)
    if at:
        return good(f"the last message was accepted {_when(facts, at)}")
    if not facts.of(last_webhook):
        raise NotNow("nobody has written, so there was nothing to answer")
    return notice("people wrote, and no message was accepted", "`rejoinder logs --function sender` says why")


def _when(facts: Facts, at: float) -> str:
    ago = facts.patient.now() - at
    return (
        "within the last hour"
        if ago < 3600
        else f"{_ago(ago)} ago ({time.strftime('%Y-%m-%d %H:%M', time.gmtime(at))} UTC)"
    )
