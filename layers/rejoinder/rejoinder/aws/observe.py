"""Logs and metrics: JSON lines, and metrics inside a line (EMF), which need no call.

An invocation in which nothing is wrong writes one log line and one line of metrics at most, because
CloudWatch charges for bytes, and much of each line repeats.

Lambda can drop log lines below a level, its `ApplicationLogLevel`. It takes a line without a level, such as a
line of metrics, and a line whose time is not in RFC 3339, for INFO (docs.aws.amazon.com, "Log-level
filtering"). Above INFO it would drop all metrics, and with them the alarms. So template.yaml lets Lambda drop
nothing, and the only filter is the level that is set here.
"""

import json
import logging
import os
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import BasePowertoolsFormatter

from rejoinder.model.metrics import Metric

_STANDARD = frozenset(vars(logging.makeLogRecord({})))
"""The fields of every log record. All others were given as `extra`."""


MAX_VALUES = 100
"""The most values of one metric in a line of metrics (docs.aws.amazon.com, "Specification: Embedded metric
format")."""


class Gathered(logging.Handler):
    """Keeps the lines of an invocation until its end, and makes one of them.

    The first line is as it would be alone. The others are in its field `further`. A warning or an error is
    not kept: it is written at once, behind those before it.
    """

    def __init__(self, target: logging.Handler) -> None:
        super().__init__()
        self._target = target
        self._kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record, or write it at once."""
        if record.levelno < logging.WARNING:
            self._kept.append(record)
            return
        self.flush()
        self._target.handle(record)

    def flush(self) -> None:
        """Write what is kept as one line."""
        if not self._kept:
            return
        first, *others = self._kept
        self._kept = []
        try:
            if others:
                first.further = [{"message": other.getMessage()} | _extra(other) for other in others]
            self._target.handle(first)
        except Exception:  # noqa: BLE001 - as of every handler: a faulty line harms no work
            self.handleError(first)


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


class Lines(BasePowertoolsFormatter):
    """Formats a record as a line of JSON, with the fields that Powertools has, in half of its time.

    Powertools' own formatter also keeps keys for later lines, and reads messages that are JSON themselves.
    Our services need neither.
    """

    def __init__(self) -> None:
        super().__init__()
        self._service = os.environ.get("POWERTOOLS_SERVICE_NAME", "")

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Its time is in RFC 3339."""
        line = {
            "level": record.levelname,
            "location": f"{record.funcName}:{record.lineno}",
            "message": record.getMessage(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "service": self._service,
            **_extra(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _as_json(line)

    def append_keys(self, **_: object) -> None:
        """Keep nothing for later lines."""

    def clear_state(self) -> None:
        """Do nothing: nothing is kept."""


_as_json = json.JSONEncoder(separators=(",", ":"), default=str).encode


def logger() -> Logger:
    """Return the function's logger. The services' `logging.getLogger("rejoinder")` writes through it.

    The environment variable POWERTOOLS_LOG_LEVEL is the lowest level that is logged. Libraries log warnings
    and errors only: botocore tells at each start where it found its credentials, and at DEBUG it logs whole
    requests and responses, with tokens and texts in them.
    """
    level = _level()
    logging.getLogger().setLevel(level)
    for library in ("botocore", "boto3", "urllib3", "s3transfer"):
        logging.getLogger(library).setLevel(max(level, logging.WARNING))
    powertools = Logger(logger_formatter=Lines())
    ours = logging.getLogger("rejoinder")
    ours.handlers = [Gathered(handler) for handler in powertools.handlers]
    ours.setLevel(level)
    ours.propagate = False
    return powertools


def _level() -> int:
    """Return the level in the environment; INFO when it names none.

    Powertools would take Lambda's own level instead, which lets everything pass.
    """
    level = logging.getLevelName(os.environ.get("POWERTOOLS_LOG_LEVEL", "").upper())
    return level if isinstance(level, int) else logging.INFO


def write_error(text: str) -> None:
    """Write an error of the bot whole. It may quote a contact, so this is for the local AWS only."""
    line = {"level": "ERROR", "message": "what the bot raised", "traceback": text}
    sys.stdout.write(f"{json.dumps(line)}\n")


class EmfMeter:
    """The port `Meter`, and a context manager for one invocation: at its end it writes what was counted.

    The line has the format of docs.aws.amazon.com, "Specification: Embedded metric format". It is made here,
    because Powertools writes a line of its own for each metric with a category.
    """

    def __init__(self) -> None:
        self._service = os.environ.get("POWERTOOLS_SERVICE_NAME", "")
        self._namespace = os.environ["POWERTOOLS_METRICS_NAMESPACE"]
        self._counts: Counter[Metric] = Counter()
        self._by_category: dict[str, Counter[Metric]] = {}
        self._values: dict[Metric, list[float]] = {}

    def count(self, metric: Metric, amount: int = 1, *, category: str | None = None) -> None:
        """Add `amount` to `metric`. Each `category` has a series of its own."""
        counts = self._counts if category is None else self._by_category.setdefault(category, Counter())
        counts[metric] += amount

    def observe(self, metric: Metric, seconds: float) -> None:
        """Record one time, in seconds. CloudWatch takes 100 of them in a line; we write as many at most."""
        values = self._values.setdefault(metric, [])
        if len(values) < MAX_VALUES:
            values.append(round(seconds, 3))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the log lines and the counts, if there are any, also after an exception."""
        for handler in logging.getLogger("rejoinder").handlers:
            handler.flush()
        # One line takes one category. There are several only where many statuses came together.
        categories = [*self._by_category.items()] or [("", Counter())]
        for category, counts in categories:
            if self._counts or self._values or counts:
                sys.stdout.write(f"{self._line(category, counts)}\n")
            self._counts.clear()
            self._values.clear()
        self._by_category.clear()

    def _line(self, category: str, of_category: Counter[Metric]) -> str:
        directives = [
            {
                "Namespace": self._namespace,
                "Dimensions": [dimensions],
                "Metrics": [{"Name": name, "Unit": unit} for name, unit in metrics.items()],
            }
            for dimensions, metrics in (
                (["service"], dict.fromkeys(self._counts, "Count") | dict.fromkeys(self._values, "Seconds")),
                (["service", "category"], dict.fromkeys(of_category, "Count")),
            )
            if metrics
        ]
        about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": directives}
        values = {"service": self._service, **({"category": category} if category else {})}
        return _as_json({"_aws": about, **values, **self._counts, **self._values, **of_category})
