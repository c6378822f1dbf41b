"""What is checked: the deployed stack, the stand-in for the Graph API beside it, and what is said to both."""

import itertools
import json
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from rejoinder.aws.partitions import items_of
from rejoinder.channels.whatsapp.front import SIGNATURE_HEADER, sign
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.deployment.queues import count
from rejoinder.workbench.deployment.resources import names_of, resources
from rejoinder.workbench.errors import StackError

PHONE_NUMBER_ID, WABA_ID = "100000000000001", "100000000000002"
"""The ids of the account that the check makes up."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for something, in seconds."""

    answers: float = 120.0
    """For the bot's answers, and for lines of logs."""

    metrics: float = 900.0
    """For a metric of AWS. SQS reports a queue that was idle only after up to 15 minutes."""

    pause: float = 1.0
    """The pause between two looks."""

    slow_pause: float = 15.0
    """The pause between two looks at what comes after minutes."""

    def until(self, look: Callable[[], Found | None], seconds: float) -> Found | None:
        """Return what `look` returns as soon as it is something; None when the time is over."""
        pause = self.slow_pause if seconds > self.answers else self.pause
        end = time.monotonic() + seconds
        while (found := look()) is None and time.monotonic() < end:
            time.sleep(pause)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A message that the stand-in was asked to send."""

    to: str
    text: str

    callback: str
    """The callback data, which come back in statuses."""

    status: int
    """What the stand-in answered: 200, or a refusal."""

    network_id: str

    at: float
    """When it came, by the clock of AWS, in Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """The stand-in for the Graph API."""

    dynamodb: Any
    table_name: str

    url: str
    """Its address, as the Graph API has one."""

    token: str = field(repr=False)
    """The access token that it demands."""

    def asked(self) -> list[Asked]:
        """Return what it was asked, in the order of the requests."""
        return [_asked(item) for item in items_of(self.dynamodb, self.table_name, "asked")]

    def refuse(self, *, status: int, code: int, times: int) -> None:
        """Let it refuse the next requests."""
        numbers = {"status": status, "code": code, "times": times}
        item = {"pk": {"S": "orders"}, "sk": {"S": "refuse"}}
        self.dynamodb.put_item(
            TableName=self.table_name, Item=item | {name: {"N": str(n)} for name, n in numbers.items()}
        )


def _asked(item: Mapping[str, Any]) -> Asked:
    return Asked(
        to=item["to"]["S"].removeprefix("+"),
        text=item["text"]["S"],
        callback=item["callback"]["S"],
        status=int(item["status"]["N"]),
        network_id=item["network_id"]["S"],
        at=float(item["at"]["N"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The stack that is checked."""

    place: Deployed
    """Where its parts are."""

    stub: Stub
    http: httpx.Client
    app_secret: str = field(repr=False)

    is_local: bool
    """Whether the local AWS takes the place of an account."""

    patience: Patience
    began_at: float = field(default_factory=time.time)
    """When the check began, in Unix seconds."""

    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def contacts(self, count: int) -> list[str]:
        """Return made-up contacts whom nobody has used yet, as phone numbers."""
        return [f"1555{number:07}" for number in itertools.islice(self._numbers, count)]

    def post(self, body: bytes, signature: str | None) -> httpx.Response:
        """Post a webhook with a signature, or with none."""
        headers = {"content-type": "application/json"}
        headers |= {} if signature is None else {SIGNATURE_HEADER: signature}
        return self.http.post(self.place.webhook_address, content=body, headers=headers)

    def deliver(self, body: bytes) -> None:
        """Post a webhook as Meta does. Raises StackError when it is not acknowledged."""
        answer = self.post(body, sign(body, self.app_secret))
        if answer.status_code != 200:
            raise StackError(f"a signed webhook was answered with {answer.status_code}, not with 200")

    def say(self, lines: Sequence[tuple[str, str]]) -> None:
        """Let contacts say words, in one webhook."""
        self.deliver(texts(lines))

    def heard(self, contacts: Collection[str], count: int) -> list[Asked]:
        """Return what these contacts got, as soon as it is so many messages or the time is over."""

        def look() -> list[Asked] | None:
            found.clear()
            found.extend(one for one in self.stub.asked() if one.to in contacts and one.status == 200)
            return found if len(found) >= count else None

        found: list[Asked] = []
        self.patience.until(look, self.patience.answers)
        return found

    def settle(self) -> None:
        """Wait until the FIFO queues are empty, so that nothing more will be said."""
        sqs = self.place.client("sqs")
        urls = (self.place.inbound_queue_url, self.place.outbound_queue_url)

        def look() -> bool | None:
            return True if not any(count(sqs, url).total for url in urls for _ in range(2)) else None

        if not self.patience.until(look, self.patience.answers):
            raise StackError("the queues do not become empty")

    def resources(self, *types: str) -> dict[str, str]:
        """Return AWS's name of each resource of these types, by its name in the template."""
        return names_of(resources(self.place.client("cloudformation"), self.place.stack_name), *types)

    def log(self, function: str) -> list[Mapping[str, Any]]:
        """Return the lines of JSON in the log of a function, given by its short name."""
        group = f"/aws/lambda/{self.place.functions[function]}"
        pages = self.place.client("logs").get_paginator("filter_log_events")
        since = int(self.began_at * 1000)
        texts = (
            event["message"]
            for page in pages.paginate(logGroupName=group, startTime=since)
            for event in page["events"]
        )
        return [line for text in texts if isinstance(line := _read(text), dict)]

    def offset(self) -> float:
        """Return how far the clock of AWS is before ours, in seconds: by the quickest of five answers."""
        return min(self._offset() for _ in range(5))[1]

    def _offset(self) -> tuple[float, float]:
        before = time.time()
        answer = self.http.get(
            f"{self.stub.url}/now", headers={"authorization": f"Bearer {self.stub.token}"}
        ).raise_for_status()
        after = time.time()
        return after - before, float(answer.json()["now"]) - (before + after) / 2


def texts(lines: Sequence[tuple[str, str]]) -> bytes:
    """Return a webhook in which contacts say words."""
    contacts = [{"wa_id": one, "profile": {"name": "Check"}} for one in dict(lines)]
    messages = [
        {
            "from": contact,
            "id": f"wamid.{uuid.uuid4().hex}",
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": words},
        }
        for contact, words in lines
    ]
    return _webhook({"contacts": contacts, "messages": messages})


def statuses(accepted: Sequence[Asked]) -> bytes:
    """Return a webhook that says of messages that they were delivered."""
    told = [
        {
            "id": one.network_id,
            "status": "delivered",
            "timestamp": str(int(time.time())),
            "recipient_id": one.to,
            "biz_opaque_callback_data": one.callback,
        }
        for one in accepted
    ]
    return _webhook({"statuses": told})


def _webhook(value: Mapping[str, Any]) -> bytes:
    about = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550000000", "phone_number_id": PHONE_NUMBER_ID},
    }
    change = {"field": "messages", "value": {**about, **value}}
    body = {"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "changes": [change]}]}
    return json.dumps(body).encode()


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
