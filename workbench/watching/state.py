"""How a deployment is now: whether it answers, what fails, what waits, which alarms are on."""

import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rejoinder.model.gate import Gate
from rejoinder.model.metrics import Metric
from rejoinder.workbench.cli.deployed import Deployed
from rejoinder.workbench.doctor.traffic import OLD_SECONDS
from rejoinder.workbench.stack.logs import Entry, Tail, events, parse
from rejoinder.workbench.watching.alarms import Alarm, Alarms
from rejoinder.workbench.watching.figures import API, Figures, Of, Parts, Times, total
from rejoinder.workbench.watching.gates import ClosedGates
from rejoinder.workbench.watching.queues import Queue, queues

MINUTES = 10
"""How far back the numbers go, in minutes."""

LATELY_MINUTES = 3
"""How many minutes nothing may happen while something waits, with this one. CloudWatch is a minute late."""

LAST = timedelta(minutes=1)
"""The length of the last minute that is over."""

OUTCOMES = {"failed": "failed", "refused": "refused", "unknown": "outcome unknown"}
"""What is said of an attempt that was not accepted, by its log line."""

GATE_MINUTES = 25
"""How far back a gate may have been counted, in minutes. What waits looks at it at least every 21 minutes."""

SEARCH_SECONDS = 3.0
"""How long one look of many searches the table for closed gates."""

LATE_SECONDS = {name: OLD_SECONDS[name] for name in ("inbound", "outbound")}
"""How long something may wait in a queue until its contact is answered late, in seconds."""

LATE_MS = 30_000
"""How late a log line may come on AWS, in milliseconds."""

RIGHT_SIGNATURES = Of(metric=Metric.SIGNATURE_VALID, service="ingress")
WRONG_SIGNATURES = Of(metric=Metric.SIGNATURE_INVALID, service="ingress")
IN = Of(metric=Metric.TURNS_DONE, service="processor")
OUT = Of(metric=Metric.MESSAGES_ACCEPTED, service="sender")
FAILED = Of(metric=Metric.MESSAGES_FAILED, service="sender")
FAILED_LATE = Of(metric=Metric.MESSAGES_FAILED, service="tracker")
BOT_ERRORS = Of(metric=Metric.BOT_ERRORS, service="processor")
PARKED = Of(metric=Metric.UPDATES_PARKED, service="processor")
GATE_CLOSED = Of(metric=Metric.GATE_CLOSED, service="sender")
INGRESS_FAILED = Of(metric=Metric.WORK_FAILED, service="ingress")
WORK_FAILED = (
    INGRESS_FAILED,
    *(Of(metric=Metric.WORK_FAILED, service=service) for service in ("processor", "sender", "tracker")),
)
SERVER_ERRORS = Of(metric="5xx", service=API)
"""The webhooks that got a server error, also while the ingress does not start: see WebhookFailuresAlarm."""

COUNTED = (
    RIGHT_SIGNATURES,
    WRONG_SIGNATURES,
    IN,
    OUT,
    FAILED,
    FAILED_LATE,
    BOT_ERRORS,
    PARKED,
    GATE_CLOSED,
    *WORK_FAILED,
    SERVER_ERRORS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What one look has seen."""

    at: datetime
    """When it was."""

    counts: Mapping[Of, int]
    """What was counted in the last minutes."""

    lately: Mapping[Of, int]
    """What was counted in the last three minutes."""

    last_minute: Mapping[Of, int]
    """What was counted in the last minute that is over, as far as CloudWatch knows yet."""

    answers: Times | None
    """How long contacts waited for answers in the last minutes; None when nobody did."""

    causes: Sequence[tuple[str, int]]
    """Why messages and the bot failed in the last minutes, by the logs, and how often."""

    queues: Sequence[Queue]
    """The queues."""

    waited: Mapping[str, float]
    """For how many seconds each look has found something in a queue, by its name."""

    gates: Mapping[str, Gate]
    """The gates that are closed or for which turns still wait, by account."""

    at_gates: Mapping[str, int]
    """How many conversations have turns that wait for them."""

    is_searching: bool
    """Whether a gate is closed and the table is still searched for the account."""

    alarms: Sequence[Alarm]
    """The alarms that are on."""

    def queue(self, name: str) -> Queue:
        """Return the queue of this name."""
        return next(queue for queue in self.queues if queue.name == name)

    @property
    def letters(self) -> int:
        """How many dead letters there are."""
        return sum(queue.depth for queue in self.queues if queue.is_for_letters)

    @property
    def failed(self) -> int:
        """How many messages failed for good in the last minutes."""
        return failed_in(self.counts)

    @property
    def unfinished(self) -> Mapping[str, int]:
        """How often each function could not finish its work in the last minutes, where it happened."""
        counts = {of.service: self.counts[of] for of in WORK_FAILED}
        counts[INGRESS_FAILED.service] = refused_in(self.counts)
        return {service: count for service, count in counts.items() if count}


def failed_in(figures: Mapping[Of, int]) -> int:
    """Return how many messages failed for good, at once or late."""
    return figures[FAILED] + figures[FAILED_LATE]


def refused_in(figures: Mapping[Of, int]) -> int:
    """Return how many webhooks got a server error. On AWS the API counts those of the ingress, too."""
    return max(figures[INGRESS_FAILED], figures[SERVER_ERRORS])


@dataclass(slots=True, kw_only=True)
class Observer:
    """Looks at one deployment, again and again."""

    place: Deployed
    """The deployment."""

    search_seconds: float = SEARCH_SECONDS
    """How long one look searches the table for closed gates."""

    _tails: dict[str, Tail] = field(default_factory=dict)
    _failures: deque[Entry] = field(default_factory=deque)
    _gates: ClosedGates | None = None
    _filled: dict[str, datetime] = field(default_factory=dict)

    def look(self, now: datetime) -> State:
        """Return how it is."""
        cloudwatch = self.place.client("cloudwatch")
        figures = Figures(cloudwatch, self.place.stack_name, self.place.api_id)
        minute = now.replace(second=0, microsecond=0)
        soon = minute + timedelta(minutes=2)  # what is counted in this minute is there already
        since, long_ago = (minute - timedelta(minutes=minutes) for minutes in (MINUTES, GATE_MINUTES))
        lately = minute - (LATELY_MINUTES - 1) * LAST
        parts = figures.sums(COUNTED, long_ago, soon, seconds=60)
        gates, is_searching = self._closed(parts[GATE_CLOSED], now)
        found_queues = queues(self.place, now)
        return State(
            at=now,
            counts={of: total(found, since, soon) for of, found in parts.items()},
            lately={of: total(found, lately, soon) for of, found in parts.items()},
            last_minute={of: total(found, minute - LAST, minute) for of, found in parts.items()},
            answers=figures.times(since, soon),
            causes=self._causes(since),
            queues=found_queues,
            waited=self._waited(found_queues, now),
            gates=gates,
            at_gates={name: self._gates.waiting(name) for name in gates} if self._gates else {},
            is_searching=is_searching,
            alarms=Alarms(cloudwatch, self.place.stack_name).on(),
        )

    def _waited(self, found: Sequence[Queue], now: datetime) -> Mapping[str, float]:
        """Return for how many seconds each look has found something in a queue, by its name."""
        self._filled = {queue.name: self._filled.get(queue.name, now) for queue in found if queue.depth}
        return {name: (now - since).total_seconds() for name, since in self._filled.items()}

    def _closed(self, counted: Parts, now: datetime) -> tuple[Mapping[str, Gate], bool]:
        """Return the closed gates, and whether more may be found. Without a count none is looked for."""
        if not any(counted.values()):
            self._gates = None
            return {}, False
        self._gates = self._gates or ClosedGates(place=self.place)
        minute = now.replace(second=0, microsecond=0)
        is_counted_now = total(counted, minute - LAST, minute + 2 * LAST) > 0
        found = self._gates.find(now, seconds=self.search_seconds, again=is_counted_now)
        return found, not self._gates.is_complete

    def _causes(self, since: datetime) -> list[tuple[str, int]]:
        since_ms = int(since.timestamp() * 1000)
        logs = self.place.client("logs")
        for name in ("processor", "sender", "tracker"):
            function = self.place.functions[name]
            tail = self._tails.setdefault(name, Tail(since_ms, LATE_MS))
            pattern = "cause" if name == "processor" else "code"
            for event in tail.new(events(logs, function, tail.since_ms, pattern=pattern)):
                if entry := parse(name, event["timestamp"], event["message"]):
                    self._failures.extend(entry.each())
        self._failures = deque(entry for entry in self._failures if entry.at >= since)
        return Counter(filter(None, map(_cause, self._failures))).most_common()


def _cause(entry: Entry) -> str | None:
    """Return why a message or the bot failed; None for a line about something else."""
    if "code" in entry.fields and entry.message in OUTCOMES:
        code = entry.fields["code"]
        return f"{OUTCOMES[entry.message]} {f'with code {code}' if code else 'without a code of the network'}"
    if "cause" in entry.fields and entry.level == "ERROR":
        return f"{entry.message}: {entry.fields['cause']}"
    return None


def many(count: int, what: str) -> str:
    """Return a number and what it counts, in the singular or the plural."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def local_now() -> datetime:
    """Return the time, in the time zone of this machine."""
    return datetime.fromtimestamp(time.time()).astimezone()
