"""What the dashboard shows: its widgets, in the form of CloudWatch.

The form is described in docs.aws.amazon.com, "Dashboard body structure and syntax". Names in `${…}` are those
of template.yaml, which CloudFormation puts in.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rejoinder.model.metrics import Metric

Json = dict[str, Any]

COLUMNS = 24
"""The width of a dashboard (docs.aws.amazon.com, as above)."""

THIRD, HEIGHT = COLUMNS // 3, 6

USD_PER_TURN, USD_PER_DAY = 0.000022, 0.31
"""What a turn costs at AWS, and what a day costs beside the turns, in US dollars, without free allowances. It
is a line through the bills of workbench/cost; a test compares them."""

DAY, MINUTES = 86_400, 300
"""The lengths of what is added up, in seconds."""

NAMESPACE = "Rejoinder/${AWS::StackName}"
REGION = "${AWS::Region}"
QUEUES = ("Inbound", "Outbound", "Events")
COLOURS = {"good": "#2ca02c", "bad": "#d62728", "warn": "#ff7f0e", "calm": "#1f77b4", "grey": "#7f7f7f"}

WHY_FAILED = (
    'filter message in ["failed", "refused", "unknown"] '
    "| stats count(*) as times by message, code, service | sort times desc"
)
"""The query of what the network answered when it did not accept a message."""

NOT_SHOWN = {
    Metric.UPDATES_RECEIVED: "it counts statuses, too: nobody knows by it whether people write",
    Metric.SIGNATURE_VALID: "only whether there is any matters, and SignatureInvalidAlarm looks at that",
    Metric.STATUSES_RECORDED: "it follows what was accepted",
    Metric.STATUSES_FOREIGN: "another deployment sent these messages",
    Metric.TURNS_REPEATED: "networks deliver twice, and nothing comes of it",
    Metric.UPDATES_STALE: "nobody waits for these updates",
    Metric.ACCOUNT_EVENTS: "those that matter count for HealthChanged or TemplatesChanged, too",
}
"""The metrics of ours that the dashboard leaves out, and why."""


def body(alarms: Sequence[str]) -> Json:
    """Return the dashboard, with the alarms of these names in template.yaml."""
    return {"start": "-PT12H", "periodOverride": "inherit", "widgets": [*_placed(_rows(), alarms)]}


def metrics_in(dashboard: Json) -> Iterator[tuple[str, ...]]:
    """Yield each metric that a dashboard shows: its namespace, its name, its dimensions."""
    for widget in dashboard["widgets"]:
        for entry in widget["properties"].get("metrics", []):
            if isinstance(entry[0], str):
                yield tuple(part for part in entry if isinstance(part, str))


def _placed(rows: Iterable[Sequence[Json]], alarms: Sequence[str]) -> Iterator[Json]:
    """Yield the widgets, a third of the width each, and the alarms below them."""
    y = 0
    for row in rows:
        for number, widget in enumerate(row):
            yield {
                "type": widget.pop("type", "metric"),
                "x": number * THIRD,
                "y": y,
                "width": THIRD,
                "height": HEIGHT,
                "properties": widget,
            }
        y += HEIGHT
    arns = [f"${{{name}.Arn}}" for name in alarms]
    states = {"title": "Which alarms ring?", "sortBy": "stateUpdatedTimestamp", "alarms": arns}
    yield {"type": "alarm", "x": 0, "y": y, "width": COLUMNS, "height": HEIGHT, "properties": states}


def _rows() -> Iterator[Sequence[Json]]:
    yield (
        _graph(
            "Are we answering?",
            _ours(Metric.TURNS_DONE, "processor", "turns of the bot", "calm"),
            _ours(Metric.MESSAGES_ACCEPTED, "sender", "messages accepted", "good"),
        ),
        _graph(
            "How fast? Seconds until an answer is accepted",
            _ours(Metric.ANSWER_SECONDS, "sender", "half of them, p50", "calm", stat="p50"),
            _ours(Metric.ANSWER_SECONDS, "sender", "19 of 20, p95", "warn", stat="p95"),
        ),
        _graph(
            "What was not understood?",
            _ours(Metric.NOT_UNDERSTOOD, "processor", "left to `otherwise`", "warn"),
        ),
    )
    yield (
        _graph(
            "Which messages fail?",
            _ours(Metric.MESSAGES_FAILED, "sender", "failed", "bad"),
            _ours(Metric.MESSAGES_FAILED, "tracker", "failed late", "warn"),
            _ours(Metric.SENDS_RETRIED, "sender", "refused, tried again", "calm"),
            _ours(Metric.MESSAGES_UNKNOWN, "sender", "outcome unknown", "grey"),
            _ours(Metric.MESSAGES_DOUBLED, "sender", "went out twice"),
            _ours(Metric.MESSAGES_DOUBLED, "tracker", "twice, told late"),
        ),
        _log("Why? By what the network answered"),
        _graph(
            "Which work fails?",
            _ours(Metric.BOT_ERRORS, "processor", "errors of the bot"),
            *(
                _ours(Metric.WORK_FAILED, function, function)
                for function in ("ingress", "processor", "sender", "tracker")
            ),
            ["AWS/ApiGateway", "5xx", "ApiId", "${WebhookApi}", {"label": "webhooks answered 5xx"}],
            [NAMESPACE, "WebhooksThrottled", {"label": "webhooks throttled"}],
            _ours(Metric.SIGNATURE_INVALID, "ingress", "wrong signatures"),
            _ours(Metric.QUARANTINED, "ingress", "quarantined"),
            _ours(Metric.FILES_LOST, "processor", "files lost"),
        ),
    )
    yield (
        _graph(
            "What is set aside? Dead letters, parked updates",
            *(
                _of_queue("ApproximateNumberOfMessagesVisible", f"{name}Dlq", f"{name.lower()} letters")
                for name in QUEUES
            ),
            _ours(Metric.UPDATES_PARKED, "processor", "parked", "bad"),
        ),
        _graph(
            "Which messages met a closed service window?",
            _ours(Metric.WINDOW_MISSES, "sender", "known before", "calm"),
            _ours(Metric.WINDOW_MISSES, "tracker", "told late", "warn"),
        ),
        _graph(
            "May we send? Closed gates",
            _ours(Metric.GATE_CLOSED, "sender", "looks at a closed gate", "bad"),
            _ours(Metric.TURNS_WAITING, "sender", "turns that wait outside the queue", "warn"),
        ),
    )
    yield (
        _graph(
            "How healthy are numbers and templates?",
            _ours(Metric.HEALTH_CHANGED, "tracker", "number or account", "bad"),
            _ours(Metric.TEMPLATES_RECATEGORISED, "tracker", "templates dearer now", "warn"),
            _ours(Metric.TEMPLATES_CHANGED, "tracker", "templates changed", "calm"),
        ),
        _graph(
            "What waits? Seconds of the oldest, and how many",
            *(
                _of_queue("ApproximateAgeOfOldestMessage", f"{name}Queue", f"{name.lower()}, seconds")
                for name in QUEUES
            ),
            *(
                _of_queue(
                    "ApproximateNumberOfMessagesVisible",
                    f"{name}Queue",
                    f"{name.lower()}, messages",
                    yAxis="right",
                )
                for name in QUEUES
            ),
        ),
        _cost(),
    )


def _graph(title: str, *metrics: list[Any]) -> Json:
    sides = sorted({entry[-1].get("yAxis", "left") for entry in metrics})
    return {
        "title": title,
        "view": "timeSeries",
        "stat": "Sum",
        "period": MINUTES,
        "region": REGION,
        "yAxis": {side: {"min": 0, "showUnits": False} for side in sides},
        "metrics": list(metrics),
    }


def _cost() -> Json:
    """Return what today costs, by the clock of UTC: a day of CloudWatch begins at its midnight.

    The namespace is in quotes, because the name of a stack may have hyphens.
    """
    billed = f"SEARCH('{{\"{NAMESPACE}\",category,service}} MetricName=\"MessagesBilled\"', 'Sum', {DAY})"
    turns = _ours(Metric.TURNS_DONE, "processor", "turns", id="turns", visible=False)
    usd = {
        "expression": f"{USD_PER_TURN:f} * FILL(turns, 0) + {USD_PER_DAY}",
        "label": "AWS, about $",
        "id": "usd",
    }
    return {
        "title": "Today (UTC): the cost of AWS, and what Meta bills",
        "view": "singleValue",
        "stat": "Sum",
        "period": DAY,
        "start": "-P1D",
        "region": REGION,
        "metrics": [
            [usd],
            turns,
            [{"expression": billed, "label": "${!PROP('Dim.category')}", "id": "billed"}],
        ],
    }


def _log(title: str) -> Json:
    groups = " | ".join(f"SOURCE '${{{name}Logs}}'" for name in ("Sender", "Tracker"))
    query = f"{groups} | {WHY_FAILED}"
    return {"type": "log", "title": title, "view": "table", "region": REGION, "query": query}


def _ours(metric: Metric, function: str, label: str, colour: str = "", **options: Any) -> list[Any]:
    """Return a metric of ours, which a function counts."""
    look = {"label": label, **({"color": COLOURS[colour]} if colour else {}), **options}
    return [NAMESPACE, metric.value, "service", function, look]


def _of_queue(metric: str, queue: str, label: str, **options: Any) -> list[Any]:
    look = {"label": label, "stat": "Maximum", **options}
    return ["AWS/SQS", metric, "QueueName", f"${{{queue}.QueueName}}", look]
