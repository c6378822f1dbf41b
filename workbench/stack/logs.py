"""The functions' logs, as one readable line for each record."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from rejoinder.workbench.stack.handle import LocalStack

OF_THE_RUNTIME = ("START RequestId", "END RequestId", "REPORT RequestId", "INIT_START")
"""How the lines begin that Lambda's runtime writes itself."""

FAILED_START = re.compile(r"Warm worker execution error for (\S+): (?:Worker init failed: )?(.*)")
"""The line of MiniStack's log about a function that cannot be imported."""

LATE_MS = 120_000
"""How late a line may come, in milliseconds. Lines come when an invocation ends, after a minute at most."""

QUIET_MS = 300_000
"""From how long before now a quiet log is read again, in milliseconds. The clock here may be fast by as much:
with a larger difference AWS refuses requests (RequestTimeTooSkewed).
"""

PLATFORM = "platform."
"""How the type of a line begins that Lambda itself writes as JSON."""

FIELDS_SHOWN = 6
"""How many further fields of a record are shown."""

FIELD_LENGTH = 60
"""How many characters of a field are shown."""

OF_POWERTOOLS = {
    "level",
    "location",
    "message",
    "timestamp",
    "service",
    "correlation_id",
    "xray_trace_id",
    "sampling_rate",
    "cold_start",
    "function_name",
    "function_memory_size",
    "function_arn",
    "function_request_id",
    "exception",
    "exception_name",
    "stack_trace",
}
"""The fields that Powertools adds to each record."""


OF_LAMBDA = {"log_level", "errorType", "errorMessage", "requestId", "stackTrace", "time", "type", "record"}
"""The fields of what Lambda and its runtime write themselves. What they say is in the message."""

TRACEBACK = "traceback"
"""The field with an error of the bot, whole. Only the local AWS has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record of one function."""

    function: str
    at: datetime
    message: str

    fields: Mapping[str, Any]
    """All fields of the record; empty when it is not JSON."""

    @property
    def correlation_id(self) -> str | None:
        """The correlation id of the message that it is about."""
        return self.fields.get("correlation_id")

    @property
    def level(self) -> str:
        """The level of the record. What Lambda says itself is told of failures only."""
        given = self.fields.get("level") or self.fields.get("log_level")
        return str(given or ("ERROR" if _is_of_platform(self.fields) else "INFO"))

    @property
    def written_at(self) -> datetime:
        """When its function wrote it, by its own clock. `at` may be the end of the invocation."""
        told = self.fields.get("timestamp")
        return datetime.fromisoformat(told) if isinstance(told, str) else self.at

    def __str__(self) -> str:
        head = f"{self.at.astimezone():%H:%M:%S} {self.function:<9}"
        parts = [head, *self._level(), self.message, *self._shown()]
        if self.correlation_id:
            parts.append(f"({self.correlation_id[:8]})")
        return "\n".join([" ".join(parts), *_traceback(self.fields)])

    def each(self) -> Iterator["Entry"]:
        """Yield this record, and those that its function wrote into the same line."""
        yield replace(self, fields={name: value for name, value in self.fields.items() if name != "further"})
        for fields in self.fields.get("further", []):
            yield replace(self, message=_message(fields), fields=fields)

    def _level(self) -> list[str]:
        return [] if self.level == "INFO" else [self.level]

    def _shown(self) -> list[str]:
        hidden = {*OF_POWERTOOLS, *OF_LAMBDA, TRACEBACK}
        extras = {k: v for k, v in self.fields.items() if k not in hidden and v is not None}
        shown = [f"{name}={_short(value)}" for name, value in extras.items()][:FIELDS_SHOWN]
        return [*shown, *_exception(self.fields)]


def _is_of_platform(fields: Mapping[str, Any]) -> bool:
    return str(fields.get("type", "")).startswith(PLATFORM) and isinstance(fields.get("record"), dict)


def _traceback(fields: Mapping[str, Any]) -> list[str]:
    """Return the lines of an error of the bot, under the column of the messages."""
    return [f"{'':<19}{line}" for line in str(fields.get(TRACEBACK, "")).splitlines()]


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    return text if len(text) <= FIELD_LENGTH else text[: FIELD_LENGTH - 1] + "…"


def _exception(fields: Mapping[str, Any]) -> list[str]:
    """Return the last line of a traceback, and the innermost place in it."""
    lines = [line.strip() for line in str(fields.get("exception", "")).splitlines() if line.strip()]
    places = [line for line in lines if line.startswith("File ")]
    return [*lines[-1:], *(f"[{place}]" for place in places[-1:])]


def parse(function: str, at_ms: int, text: str) -> Entry | None:
    """Return the record in a line of a log; None for lines of the runtime and for metrics."""
    at = datetime.fromtimestamp(at_ms / 1000, UTC)
    if not text.strip() or text.startswith(OF_THE_RUNTIME):
        return None
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        return Entry(function=function, at=at, message=text.rstrip(), fields={})
    if "_aws" in fields:
        return None
    if _is_of_platform(fields):
        return Entry(function=function, at=at, message=_of_platform(fields), fields=fields)
    return Entry(function=function, at=at, message=_message(fields), fields=fields)


def _of_platform(fields: Mapping[str, Any]) -> str:
    """Return what Lambda says of an invocation or a start that failed: `Lambda: report timeout`."""
    record = fields["record"]
    words = (fields["type"].removeprefix(PLATFORM), record.get("status"), record.get("errorType"))
    return "Lambda: " + " ".join(str(word) for word in words if word)


def _message(fields: Mapping[str, Any]) -> str:
    """Return what a record says. Lambda's runtime names the error of an invocation otherwise."""
    error = ": ".join(str(fields[name]) for name in ("errorType", "errorMessage") if fields.get(name))
    return str(fields.get("message") or error)


class GroupReader:
    """Reads what the functions of a deployment have logged since the last call."""

    def __init__(
        self, logs: Any, functions: Mapping[str, str], *, since_ms: int | None = None, late_ms: int = LATE_MS
    ) -> None:
        """Read from a client of CloudWatch Logs the functions, given by short name and deployed name."""
        self._logs = logs
        self._functions = functions
        self.invocations: Counter[str] = Counter()
        """How often each function has run, as far as its log shows."""
        first_ms = _now_ms() if since_ms is None else since_ms
        self._tails = {name: Tail(first_ms, late_ms) for name in functions}

    def read(self) -> list[Entry]:
        """Return the new records of all functions, oldest first."""
        return sorted((entry for name in self._functions for entry in self._whole(name)), key=_at)

    def _whole(self, name: str) -> list[Entry]:
        """Return the new records of a function; none when AWS is asked too much. The next call has them."""
        try:
            return [*self._of(name)]
        except ClientError as error:
            if error.response["Error"].get("Code") != "ThrottlingException":
                raise
            return []

    def _of(self, name: str) -> Iterator[Entry]:
        tail = self._tails[name]
        for event in tail.new(events(self._logs, self._functions[name], tail.since_ms)):
            self.invocations[name] += event["message"].startswith("REPORT RequestId")
            if entry := parse(name, event["timestamp"], event["message"]):
                yield from entry.each()


def events(
    logs: Any, function: str, since_ms: int, *, until_ms: int | None = None, pattern: str = ""
) -> Iterator[Mapping[str, Any]]:
    """Yield the events in the log of a function, by its deployed name; with a pattern those that match it."""
    wanted: dict[str, Any] = {"filterPattern": pattern} if pattern else {}
    wanted |= {} if until_ms is None else {"endTime": until_ms}
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{function}", startTime=since_ms, **wanted
    )
    try:
        for page in pages:
            yield from page["events"]
    except logs.exceptions.ResourceNotFoundException:  # before the first line there is no group
        return


class LogReader:
    """Reads what the functions of the local stack have logged since the last call."""

    def __init__(self, stack: LocalStack, *, since_ms: int | None = None) -> None:
        self._functions = stack.functions
        self._groups = GroupReader(stack.client("logs"), stack.functions, since_ms=since_ms)
        self._of_ministack = Path(stack.folder) / "aws" / "ministack.log"
        self._read_bytes = _size(self._of_ministack)

    @property
    def invocations(self) -> Counter[str]:
        """How often each function has run, as far as its log shows."""
        return self._groups.invocations

    def read(self) -> list[Entry]:
        """Return the new records of all functions, oldest first."""
        return sorted([*self._groups.read(), *self._failed_starts()], key=_at)

    def _failed_starts(self) -> Iterator[Entry]:
        """Yield a record for each failed import of a function, which cannot log anything itself."""
        if _size(self._of_ministack) < self._read_bytes:  # MiniStack was started again
            self._read_bytes = 0
        with self._of_ministack.open("rb") as file:
            file.seek(self._read_bytes)
            new = file.read()
        self._read_bytes += len(new)
        short = {deployed: name for name, deployed in self._functions.items()}
        for deployed, error in FAILED_START.findall(new.decode(errors="replace")):
            if deployed in short:
                message = f"does not start: {error}"
                yield Entry(
                    function=short[deployed], at=datetime.now(UTC), message=message, fields={"level": "ERROR"}
                )


def _at(entry: Entry) -> datetime:
    return entry.at


def _now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


class Tail:
    """Finds the new events of a log.

    On AWS an event has an id. The local AWS gives none, and lines may be equal, so they are counted.
    """

    def __init__(self, since_ms: int, late_ms: int) -> None:
        """Begin at a time, in milliseconds. An event may come `late_ms` after others that are newer."""
        self.since_ms = since_ms
        self._late_ms = late_ms
        self._seen: Counter[tuple[str, int, str]] = Counter()

    def new(self, events: Iterable[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Return those of the events since `since_ms` that are new.

        If reading them breaks off, none counts as seen.
        """
        began_ms = _now_ms()
        listed: Counter[tuple[str, int, str]] = Counter()
        found = []
        for event in events:
            key = (event["logStreamName"], event["timestamp"], event.get("eventId") or event["message"])
            listed[key] += 1
            if listed[key] > self._seen[key]:
                found.append(event)
        self._seen = listed
        newest_ms = max([began_ms - QUIET_MS, *(timestamp for _, timestamp, _ in listed)])
        self.since_ms = max(self.since_ms, newest_ms - self._late_ms)
        return found
