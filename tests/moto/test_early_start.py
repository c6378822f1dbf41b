"""The early start, with the real handlers: it does nothing, and nothing waits for it."""

import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from rejoinder.aws import clients, direct
from rejoinder.aws.early_start import MESSAGE
from rejoinder.workbench.handset.handset import wait_for
from rejoinder.workbench.simulator.server import Simulator
from tests.moto.test_handlers import Context, House, event_of, house, simulator
from tests.unit.test_early_start import early_starts

__all__ = ["house", "simulator"]

Started = tuple[dict[str, Any], list[str]]


@pytest.fixture
def started(house: House) -> Started:
    """Return the handlers that are started early, and the calls of AWS that they make from now on."""
    calls: list[str] = []
    handlers = {name: house.handler(name) for name in ("processor", "sender")}
    clients.session().get_component("event_emitter").register(
        "before-call", lambda model, **_: calls.append(model.name)
    )
    return handlers, calls


@given(event=early_starts())
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_early_start_asks_nothing_of_aws(started: Started, event: Mapping[str, Any]) -> None:
    handlers, calls = started
    for handler in handlers.values():
        assert handler(event, Context()) == {"batchItemFailures": []}
    assert calls == []


def done(house: House, simulator: Simulator) -> tuple[int, int, int]:
    """Return how many items, queued turns and sent messages there are."""
    sent = httpx.get(f"{simulator.url}/sim/sent", trust_env=False).json()
    items = house.dynamodb.scan(TableName=house.table)["Items"]
    return len(items), len(house.waiting("outbound")), len(sent)


@pytest.mark.parametrize(("function", "work"), [("processor", "text"), ("sender", "turn")])
def test_not_even_work_that_is_in_it_is_done(
    house: House, simulator: Simulator, capsys: pytest.CaptureFixture[str], function: str, work: str
) -> None:
    handler, event = house.handler(function), event_of(f"{function}/{work}.json")
    (record,) = event["Records"]
    before = done(house, simulator)
    capsys.readouterr()
    early = {"Records": [record, {"EventSource": "aws:sns", "Sns": {"Message": record["body"]}}]}
    assert handler(early, Context()) == {"batchItemFailures": []}
    assert done(house, simulator) == before
    assert capsys.readouterr().out == "", "neither a line of the log nor a metric"
    handler(event, Context())
    assert done(house, simulator) != before, "from a queue, it is"


class Silent:
    """A server that takes every connection and answers nothing."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.asked = threading.Event()
        self._connections: list[socket.socket] = []
        self._taking = threading.Thread(target=self._take)
        self._taking.start()

    def _take(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._connections.append(connection)
            connection.recv(1, socket.MSG_PEEK)
            self.asked.set()

    def still_waits(self) -> bool:
        """Return whether the first request that came still waits for its answer, and is the only one."""
        (connection,) = self._connections
        connection.setblocking(False)
        try:
            while connection.recv(4096):
                pass
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        """Hang up, also on those that come later."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._taking.join()
        for connection in self._connections:
            connection.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent()
    yield server
    server.close()


def test_the_ingress_starts_and_answers_while_sns_still_owes_its_answer(
    house: House, silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "ANSWER_SECONDS", 30)  # longer than a start takes on any machine
    house.door = {**house.door, "AWS_ENDPOINT_URL_SNS": silent.url}
    handler = house.handler("ingress")
    assert silent.asked.wait(30)
    assert handler(event_of("ingress/text.json"), Context())["statusCode"] == 200
    assert len(house.waiting("inbound")) == 1
    assert silent.still_waits()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "nonsense"])
def test_the_ingress_starts_when_sns_cannot_be_reached(house: House, url: str) -> None:
    house.door = {**house.door, "AWS_ENDPOINT_URL_SNS": url}
    assert house.call("ingress", event_of("ingress/text.json"))["statusCode"] == 200
    assert len(house.waiting("inbound")) == 1


def test_the_ingress_publishes_once_for_each_start(house: House) -> None:
    sns = boto3.client("sns")
    topic = sns.create_topic(Name=house.table)["TopicArn"]
    queue = house.queues["events"]
    arn = house.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    handler = house.handler("ingress")
    for _ in range(3):
        assert handler(event_of("ingress/text.json"), Context())["statusCode"] == 200
    published = wait_for(lambda: house.waiting("events") or None, seconds=30) or []
    assert [(one["Type"], one["Message"], one["TopicArn"]) for one in published] == [
        ("Notification", MESSAGE, topic)
    ]
    assert house.waiting("events") == []
