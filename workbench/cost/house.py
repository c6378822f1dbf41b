"""A deployment in this process: the functions as they are built, on AWS in memory (moto)."""

import importlib.util
import io
import json
import logging
import os
import shutil
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
from botocore.credentials import Credentials
from moto import mock_aws

from rejoinder.aws import clients
from rejoinder.workbench import development
from rejoinder.workbench.cost.capacity import Capacity, Item
from rejoinder.workbench.door import door

ROOT = Path(__file__).resolve().parents[2]
BOT = Path(__file__).parent / "bot" / "bot.py"
FUNCTIONS = ("ingress", "processor", "sender", "tracker")
QUEUES = {"inbound": True, "outbound": True, "events": False, "inbound-dlq": True, "outbound-dlq": True}
"""The queues, and whether they are FIFO."""

REGION, NAME = "us-east-1", "cost"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "made-up",
    "AWS_SECRET_ACCESS_KEY": "made-up",  # moto asks for some
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}
TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
}


class Context:
    """Has what a handler needs of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


@dataclass(slots=True, kw_only=True)
class Counts:
    """What the functions have asked AWS for, and written to their logs, since the last look."""

    capacity: Capacity
    """Of the table."""

    calls: Counter[str] = field(default_factory=Counter)
    """How often each operation was called."""

    lines: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in FUNCTIONS})
    """The log lines of each function."""

    invocations: Counter[str] = field(default_factory=Counter)
    """How often each function ran."""


@contextmanager
def house(graph_url: str, folder: Path) -> Iterator["House"]:
    """Build everything in memory, and in `folder`."""
    environment = CREDENTIALS | _environment(graph_url)
    with mock_aws(), patch.dict(os.environ, environment), _loggers():
        for kept in (clients.client, clients.session):  # they may have the credentials of others
            kept.cache_clear()
        built = House(folder)  # it counts what clients ask for that are made from now on
        with door(clients.client, Credentials("made-up", "made-up")) as way:
            built.start(way)
            with closing(built.ingress.sqs), closing(built.ingress.secretsmanager):
                yield built


@contextmanager
def _loggers() -> Iterator[None]:
    """Leave the loggers of this process as they are: the functions set them up for themselves."""
    root, ours = logging.getLogger(), logging.getLogger("rejoinder")
    before = root.level, ours.level, ours.propagate, list(ours.handlers)
    try:
        yield
    finally:
        root.level, ours.level, ours.propagate, ours.handlers = before
        for name in FUNCTIONS:  # those of Powertools keep the output that they were made with
            logging.Logger.manager.loggerDict.pop(name, None)


class House:
    """The functions, and what they run on."""

    def __init__(self, folder: Path) -> None:
        own = boto3.session.Session()  # nobody counts what it does
        self.sqs: Any = own.client("sqs", REGION)
        self.dynamodb: Any = own.client("dynamodb", REGION)
        self._build(own)
        self.counts = Counts(capacity=Capacity(look=self._look))
        self._have_started = False  # a start rehearses some calls, which are not sent
        self._watch()
        self._folder = folder
        self._written = io.StringIO()
        self._handlers: dict[str, tuple[Any, list[logging.Handler]]] = {}
        self.ingress: Any = None

    def start(self, way: Mapping[str, str]) -> None:
        """Start the functions. `way` are the variables that lead to AWS in memory."""
        with patch.dict(os.environ, way):
            self._handlers = {name: self._load(name) for name in FUNCTIONS}
        self._have_started = True

    def _build(self, own: Any) -> None:
        for name, is_fifo in QUEUES.items():
            full = f"{NAME}-{name}{'.fifo' if is_fifo else ''}"
            self.sqs.create_queue(QueueName=full, Attributes={"FifoQueue": "true"} if is_fifo else {})
        self.dynamodb.create_table(TableName=NAME, **TABLE)
        own.client("s3", REGION).create_bucket(Bucket=NAME)
        values = {
            "app_secret": development.APP_SECRET,
            "verify_token": development.VERIFY_TOKEN,
            "access_token": development.ACCESS_TOKEN,
        }
        secrets = own.client("secretsmanager", REGION)
        secrets.create_secret(Name=f"{NAME}/whatsapp", SecretString=json.dumps(values))

    def _look(self, key: Item) -> Item:
        item: Item = self.dynamodb.get_item(TableName=NAME, Key=key, ConsistentRead=True).get("Item", {})
        return item

    def _watch(self) -> None:
        """Count what the functions ask AWS for."""

        def asks(params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
            if not self._have_started:
                return
            self.counts.calls[model.name] += 1
            if model.service_model.service_name == "dynamodb":
                before = self.counts.capacity.before(model.name, params)
                context["cost"] = (model.name, params, before)

        def told(context: dict[str, Any], **_: Any) -> None:
            if "cost" in context:
                self.counts.capacity.count(*context.pop("cost"))

        events = clients.session().get_component("event_emitter")
        events.register("before-parameter-build", asks)
        events.register("after-call", told)

    def _load(self, function: str) -> tuple[Any, list[logging.Handler]]:
        """Return the handler of a function, from a folder as the build lays it out, and its logger's."""
        folder = self._folder / function
        shutil.copytree(ROOT / "functions" / function, folder)
        shutil.copy(BOT, folder)
        spec = importlib.util.spec_from_file_location(f"app_{uuid.uuid4().hex}", folder / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        with self._as(function):
            spec.loader.exec_module(module)
        if function == "ingress":
            self.ingress = module
        return module.handler, list(logging.getLogger("rejoinder").handlers)

    @contextmanager
    def _as(self, function: str) -> Iterator[None]:
        """Let what is logged and metered be of `function`."""
        with patch.dict(os.environ, {"POWERTOOLS_SERVICE_NAME": function}), redirect_stdout(self._written):
            yield

    def call(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke a function, and count its log lines."""
        handler, handlers = self._handlers[function]
        logging.getLogger("rejoinder").handlers = handlers
        self._written.seek(0)
        self._written.truncate()
        with self._as(function):
            answer: dict[str, Any] = handler(event, Context())
        self.counts.lines[function] += self._written.getvalue().splitlines()
        self.counts.invocations[function] += 1
        return answer

    def taken(self, queue: str) -> list[dict[str, Any]]:
        """Take what is on a queue, as records of an event."""
        url, records = url_of(queue), []
        answer = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
        for message in answer.get("Messages", []):
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            records.append(
                {
                    "messageId": message["MessageId"],
                    "receiptHandle": message["ReceiptHandle"],
                    "body": message["Body"],
                    "attributes": message["Attributes"],
                }
            )
        return records


def url_of(queue: str) -> str:
    """Return the address that moto gives a queue."""
    return f"https://sqs.{REGION}.amazonaws.com/123456789012/{NAME}-{queue}{'.fifo' if QUEUES[queue] else ''}"


def _environment(graph_url: str) -> dict[str, str]:
    urls = {f"{name.upper().replace('-', '_')}_QUEUE_URL": url_of(name) for name in QUEUES}
    dlqs = {f"{name.upper()}_DLQ_URL": url_of(f"{name}-dlq") for name in ("inbound", "outbound")}
    arn = f"arn:aws:sqs:{REGION}:123456789012:{NAME}"
    return {
        **urls,
        **dlqs,
        "LOCAL": "false",
        "STACK_NAME": NAME,
        "POWERTOOLS_METRICS_NAMESPACE": f"Rejoinder/{NAME}",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "TABLE_NAME": NAME,
        "QUARANTINE_BUCKET": NAME,
        "MEDIA_BUCKET": NAME,
        "CONVERSATION_RETENTION_DAYS": "365",
        "SECRETS_PREFIX": NAME,
        "CHANNELS": "whatsapp",
        "NUMBERS": "",
        "UTILITY_NEEDS_CONSENT": "false",
        "SENDER_CONCURRENCY": "10",
        "INBOUND_QUEUE_ARN": f"{arn}-inbound.fifo",
        "EVENTS_DLQ_ARN": f"{arn}-events-dlq",
        "SCHEDULE_GROUP": NAME,
        "SCHEDULER_ROLE_ARN": "arn:aws:iam::123456789012:role/scheduler",
        "BEDROCK_MODEL_ARN": "",
        "START_TOPIC_ARN": f"arn:aws:sns:{REGION}:123456789012:{NAME}",
        "ACCOUNT_EVENTS_TOPIC_ARN": f"arn:aws:sns:{REGION}:123456789012:{NAME}-account",
        "BOT_SECRET_ARN": "",
        "GRAPH_BASE_URL": graph_url,
        "GRAPH_API_VERSION": "v25.0",
    }
