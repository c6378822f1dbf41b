"""Logs and metrics by Powertools: JSON lines, and metrics inside log lines (EMF), which need no call.

Lambda can drop log lines below a level, its `ApplicationLogLevel`. It takes a line without a level, such as a
line of metrics, and a line whose time is not in RFC 3339, for INFO (docs.aws.amazon.com, "Log-level
filtering"). Above INFO it would drop all metrics, and with them the alarms. So template.yaml lets Lambda drop
nothing, and the only filter is the level that is set here.
"""

import json
import logging
import os
import sys
from types import TracebackType
from typing import Self

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from rejoinder.model.metrics import Metric


def logger() -> Logger:
    """Return the function's logger. The services' `logging.getLogger("rejoinder")` writes through it.

    The environment variable POWERTOOLS_LOG_LEVEL is the lowest level that is logged. Libraries never log
    below INFO: at DEBUG, botocore logs whole requests and responses, with tokens and texts in them.
    """
    level = _level()
    logging.getLogger().setLevel(level)
    for library in ("botocore", "boto3", "urllib3", "s3transfer"):
        logging.getLogger(library).setLevel(max(level, logging.INFO))
    powertools = Logger(use_rfc3339=True)
    ours = logging.getLogger("rejoinder")
    ours.handlers = list(powertools.handlers)
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
    """The port `Meter`, and a context manager for one invocation: at its end it writes what was counted."""

    def __init__(self) -> None:
        self._metrics = Metrics()

    def count(self, metric: Metric, amount: int = 1, *, category: str | None = None) -> None:
        """Add `amount` to `metric`. Each `category` has a series of its own."""
        if category is None:
            self._metrics.add_metric(name=metric, unit=MetricUnit.Count, value=amount)
            return
        with single_metric(
            name=metric,
            unit=MetricUnit.Count,
            value=amount,
            namespace=self._metrics.namespace,
            default_dimensions={"service": str(self._metrics.service)},
        ) as single:
            single.add_dimension("category", category)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the counts, if there are any, also when the invocation ends by an exception."""
        if self._metrics.metric_set:
            self._metrics.flush_metrics()
