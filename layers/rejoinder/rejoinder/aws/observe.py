"""Logs and metrics by Powertools: JSON lines, and metrics inside log lines (EMF), which need no call."""

import logging

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from rejoinder.model.metrics import Metric


def logger() -> Logger:
    """Return the function's logger. The services' `logging.getLogger("rejoinder")` writes through it.

    Libraries stay at INFO at any log level: at DEBUG, botocore logs whole requests and responses, with tokens
    and texts in them.
    """
    for library in ("botocore", "boto3", "urllib3", "s3transfer"):
        logging.getLogger(library).setLevel(logging.INFO)
    powertools = Logger()
    ours = logging.getLogger("rejoinder")
    ours.handlers = list(powertools.handlers)
    ours.setLevel(powertools.log_level)
    ours.propagate = False
    return powertools


class EmfMeter:
    """The port `Meter`. The counts are written when the invocation ends (`flush`)."""

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

    def flush(self) -> None:
        """Write the counts, if there are any."""
        if self._metrics.metric_set:
            self._metrics.flush_metrics()
