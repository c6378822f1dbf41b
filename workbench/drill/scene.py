"""Where a fault is planted: the local stack, and the contacts who write meanwhile."""

import io
import itertools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from rejoinder.model.contents import Document
from rejoinder.workbench.chaos.evidence import waiting
from rejoinder.workbench.cli import redrive
from rejoinder.workbench.cli.deployed import Deployed, on
from rejoinder.workbench.cli.handset import Handset, wait_for
from rejoinder.workbench.development import ACCESS_TOKEN, APP_SECRET
from rejoinder.workbench.drill.readings import Readings
from rejoinder.workbench.stack import LocalStack, StackError

QUEUES = {"processor": "inbound", "sender": "outbound", "tracker": "events"}
"""The queue that each function reads from."""

GONE = "rejoinder-a-table-that-is-gone"
NEW_SECRET = "rejoinder-drill-another-app-secret"  # noqa: S105 - it is for the simulator

SECONDS = 20.0
"""How long something that happens at once may take, in seconds."""

_numbers = itertools.count(int(time.time()) % 100_000 * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What contacts write to a bot, and what it answers."""

    words: str = "hello"
    answer: str = "You wrote: hello"
    """How the answer begins."""


class Scene:
    """One fault's scene. What a fault changes is changed back by `mend`."""

    def __init__(self, stack: LocalStack, readings: Readings, greeting: Greeting) -> None:
        self.stack = stack
        self.readings = readings
        """Where a fault that the local AWS cannot have puts what AWS would measure."""
        self.messages: list[str] = []
        """The network's ids of what the contacts wrote."""
        self._greeting = greeting
        self._waits: list[tuple[Handset, Sequence[str]]] = []
        self._mends: list[Callable[[], object]] = []
        self._left_before = self._left()

    # -- contacts

    def write(self, contacts: int = 1) -> None:
        """Let new contacts write. Each waits for the answer of the bot."""
        for _ in range(contacts):
            phone = Handset(self.stack.simulator_url, f"1777{next(_numbers):08d}", "Ada")
            self.messages.append(phone.say(self._greeting.words))
            self._waits.append((phone, [self._greeting.answer]))

    def send_file(self) -> str:
        """Let a contact send a document. Return its media id."""
        phone = Handset(self.stack.simulator_url, f"1777{next(_numbers):08d}", "Ada")
        self.messages.append(phone.send(Document(Path(__file__))))
        self._waits.append((phone, ["I have it."]))
        told = self._simulator("GET", f"transcript?contact={phone.contact}")
        return str(told[-1]["content"]["document"]["id"])

    def write_again(self) -> None:
        """Let the contacts write again, because what they wrote before is not answered any more."""
        phones, self._waits = [phone for phone, _ in self._waits], []
        for phone in phones:
            heard = [one.text for one in phone.heard() if one.status == "failed"]
            self.messages.append(phone.say(self._greeting.words))
            self._waits.append((phone, [*heard, self._greeting.answer]))

    def is_answered(self) -> bool:
        """Whether every contact got the answer that they wait for, and nothing is left.

        outbound.fifo may have a message that watches over a gate.
        """
        return (
            all(_begin_so(phone, texts) for phone, texts in self._waits) and self._left() <= self._left_before
        )

    def _left(self) -> int:
        """Return how many messages are left in queues."""
        urls = [self.stack.inbound_queue_url, self.stack.events_queue_url, *self._letters()]
        return sum(waiting(self.stack, *urls))

    def _letters(self) -> list[str]:
        return [getattr(self.stack, f"{queue}_dlq_url") for queue in QUEUES.values()]

    # -- functions and queues

    def change(self, function: str, **changed: str | None) -> None:
        """Change variables of a function, or take them away, until the scene is mended."""
        functions, name = self.stack.client("lambda"), self.stack.functions[function]
        before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        after = {key: value for key, value in (before | changed).items() if value is not None}

        def set_to(variables: Mapping[str, str]) -> None:
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})

        set_to(after)
        self._mends.append(lambda: set_to(before))

    def disable(self, function: str) -> None:
        """Let a function get nothing from its queue, until the scene is mended."""
        functions, name = self.stack.client("lambda"), self.stack.functions[function]
        (source,) = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]

        def set_to(*, enabled: bool) -> None:
            functions.update_event_source_mapping(UUID=source["UUID"], Enabled=enabled)

        set_to(enabled=False)
        self._mends.append(lambda: set_to(enabled=True))

    def reserve_nothing(self, function: str) -> None:
        """Let Lambda have no room for a function, until the scene is mended."""
        functions, name = self.stack.client("lambda"), self.stack.functions[function]
        functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
        self._mends.append(lambda: functions.delete_function_concurrency(FunctionName=name))

    def give_up(self, function: str) -> None:
        """Move what waits for a function that is disabled to the dead letters, as SQS does in the end."""
        sqs, queue = self.stack.client("sqs"), QUEUES[function]
        url = getattr(self.stack, f"{queue}_queue_url")
        message = wait_for(lambda: self._taken(url), seconds=SECONDS)
        if message is None:
            raise StackError(f"nothing waits in {queue}")
        group = message["Attributes"].get("MessageGroupId")
        ids = {"MessageGroupId": group, "MessageDeduplicationId": message["MessageId"]} if group else {}
        target = getattr(self.stack, f"{queue}_dlq_url")
        sqs.send_message(QueueUrl=target, MessageBody=message["Body"], **ids)
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def _taken(self, url: str) -> dict[str, Any] | None:
        told = self.stack.client("sqs").receive_message(QueueUrl=url, AttributeNames=["All"])
        return next(iter(told.get("Messages", [])), None)

    def grow_old(self, function: str, seconds: float) -> None:
        """Put the age that what waits for a function will have. StackError when nothing waits."""
        url = getattr(self.stack, f"{QUEUES[function]}_queue_url")
        if not wait_for(lambda: any(waiting(self.stack, url)) or None, seconds=SECONDS):
            raise StackError(f"nothing waits for the {function}")
        name = url.rpartition("/")[2]
        self.readings.put("AWS/SQS", "ApproximateAgeOfOldestMessage", seconds, QueueName=name)

    # -- the network

    def network(self, *faults: Mapping[str, Any]) -> None:
        """Let the network fail so, until the scene is mended."""
        self._simulator("POST", "faults", [*faults])
        self._mends.append(lambda: self._simulator("POST", "faults", []))

    def sign_otherwise(self) -> None:
        """Let the network sign with another app secret, as after a reset in the app's dashboard."""
        self._simulator("POST", "secret", {"app_secret": NEW_SECRET})

    def store_secret(self) -> None:
        """Store the secret that the network signs with, as `rejoinder secrets` does, until it is mended."""
        self._store(NEW_SECRET, APP_SECRET)

        def back() -> None:
            self._store(APP_SECRET, NEW_SECRET)
            self._simulator("POST", "secret", {"app_secret": APP_SECRET})

        self._mends.append(back)

    def _store(self, secret: str, previous: str) -> None:
        secrets, id = self.stack.client("secretsmanager"), self.stack.secret_name
        values = json.loads(secrets.get_secret_value(SecretId=id)["SecretString"])
        values |= {"app_secret": secret, "app_secret_previous": previous}
        secrets.put_secret_value(SecretId=id, SecretString=json.dumps(values))

    def deliver(self, body: bytes) -> None:
        """Let the network post a signed body."""
        self._simulator("POST", "deliver", body)

    def forget_file(self, media_id: str) -> None:
        """Let the network forget a file."""
        url, token = f"{self.stack.graph_url}/v26.0/{media_id}", {"Authorization": f"Bearer {ACCESS_TOKEN}"}
        httpx.delete(url, headers=token, timeout=60, trust_env=False).raise_for_status()

    def _simulator(self, method: str, path: str, content: object = None) -> Any:
        given = {"content": content} if isinstance(content, bytes) else {"json": content}
        url = f"{self.stack.simulator_url}/sim/{path}"
        sent = {} if content is None else given
        return httpx.request(method, url, timeout=60, trust_env=False, **sent).raise_for_status().json()

    # -- cures

    @property
    def place(self) -> Deployed:
        """The deployment, as the commands know it."""
        return on(self.stack)

    def mend(self) -> None:
        """Undo what was changed, the last change first."""
        while self._mends:
            self._mends.pop()()

    def redrive(self) -> None:
        """Put back what was set aside, once it is there, as `rejoinder redrive all` does."""
        wait_for(lambda: any(waiting(self.stack, *self._letters())) or None, seconds=SECONDS)
        with redirect_stdout(io.StringIO()):
            redrive.put_back(self.place, {redrive.EVERYTHING})


def _begin_so(phone: Handset, texts: Sequence[str]) -> bool:
    """Whether a contact heard messages that begin with these texts, one for each."""
    heard = [one.text for one in phone.heard()]
    return all(sum(text.startswith(one) for text in heard) >= texts.count(one) for one in texts)
