"""What is done to the stack on purpose: workers killed, the secret rotated, all stopped and started."""

import json
import os
import random
import re
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from workbench.stack import LocalStack
from workbench.stack.ministack import LEASH

ROTATED = "rejoinder-rotated-app-secret"
QUEUES = {"processor": "inbound", "sender": "outbound", "tracker": "events"}
LOOK_SECONDS = 5.0
SILENCE_SECONDS = 0.5

FAULTS = [
    # The dice are thrown for each send; half of the 5xx were accepted all the same.
    {"kind": "http", "status": 503, "share": 0.05},
    {"kind": "error", "code": 131000, "accepted": True, "share": 0.05},
    {"kind": "error", "code": 130429, "share": 0.10},
    # One send at a time here, so a silence of Meta's length would hold up everybody: it ends early, by a
    # connection that is closed without an answer.
    {"kind": "accept_no_answer", "hang_seconds": SILENCE_SECONDS, "share": 0.03},
    # 6,000 statuses in requests of their own would measure this machine, not the product.
    {"kind": "webhook", "batch_seconds": 1},
]


@dataclass(slots=True, kw_only=True)
class Saboteur:
    """`held` says by queue until when a message may wait because its worker is gone."""

    stack: LocalStack
    seed: int
    killed: list[str] = field(default_factory=list)
    held: dict[str, float] = field(default_factory=dict)
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - the same seed, the same run

    def plant(self) -> None:
        """Let the network fail as FAULTS say."""
        first, *others = FAULTS
        self._simulator("faults", [first | {"seed": self.seed}, *others])

    def calm(self) -> str:
        """The network is well again; what it did before has to be lived with."""
        self._simulator("faults", [fault for fault in FAULTS if "share" not in fault])
        return "the network is well again"

    def kill(self, name: str | None = None) -> str:
        """Kill the worker of a function, if none is named of any, while it is at work; what was done.

        "At work" is as the queue says it; a function that is seldom at work is killed all the same.
        """
        deadline = time.monotonic() + LOOK_SECONDS
        while True:
            workers = _workers(Path(self.stack.folder) / "aws", self.stack)
            chosen = name or (self._dice.choice(sorted({one for one, _ in workers})) if workers else "")
            pids = [pid for one, pid in workers if one == chosen]
            if pids and (self._is_at_work(chosen) or time.monotonic() > deadline):
                break
            if time.monotonic() > deadline:
                return f"there is no {name or 'worker'} to kill"
            time.sleep(0.02)
        with suppress(ProcessLookupError):
            os.kill(self._dice.choice(pids), signal.SIGKILL)
        self.killed.append(chosen)
        self._hold(chosen)
        return f"killed a worker of the {chosen}"

    def rotate(self) -> str:
        """A new app secret in Secrets Manager, the old one beside it; the network signs with the new one."""
        secrets = self.stack.client("secretsmanager")
        id = self.stack.secret_name
        values = json.loads(secrets.get_secret_value(SecretId=id)["SecretString"])
        values |= {"app_secret": ROTATED, "app_secret_previous": values["app_secret"]}
        secrets.put_secret_value(SecretId=id, SecretString=json.dumps(values))
        self._simulator("secret", {"app_secret": ROTATED})
        return "the app secret is rotated: the network signs with the new one"

    def restart(self) -> str:
        """Everything but the network goes down and comes up again; what is under way is cut off."""
        started = time.monotonic()
        self.stack.restart()
        for function in QUEUES:
            self._hold(function)
        return f"the whole stack was stopped and started ({time.monotonic() - started:.1f} s)"

    def lose(self) -> str:
        """Take a message out of a queue for good: the proof that the count shows a loss."""
        sqs, url = self.stack.client("sqs"), self.stack.outbound_queue_url
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for message in sqs.receive_message(QueueUrl=url).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return "a message was taken out of the outbound queue: one must be lost"
            time.sleep(0.05)
        return "no message was there to be taken out of the outbound queue"

    def _is_at_work(self, function: str) -> bool:
        if function not in QUEUES:
            return False
        attributes = self._queue(function)
        return attributes["ApproximateNumberOfMessagesNotVisible"] != "0"

    def _hold(self, function: str) -> None:
        if function in QUEUES:
            seconds = int(self._queue(function)["VisibilityTimeout"])
            self.held[QUEUES[function]] = time.monotonic() + seconds

    def _queue(self, function: str) -> dict[str, str]:
        url = getattr(self.stack, f"{QUEUES[function]}_queue_url")
        answer = self.stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        attributes: dict[str, str] = answer["Attributes"]
        return attributes

    def _simulator(self, path: str, order: object) -> None:
        url = f"{self.stack.simulator_url}/sim/{path}"
        httpx.post(url, json=order, timeout=60, trust_env=False).raise_for_status()


def _workers(folder: Path, stack: LocalStack) -> list[tuple[str, int]]:
    """The functions' processes, children of the local AWS that keeps its state in `folder`: name and id."""
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True
    ).stdout
    rows = [row for line in listed.splitlines() if (row := re.match(r"\s*(\d+)\s+(\d+)\s+(.*)", line))]
    ours = {row[1] for row in rows if row[3].endswith(f"{LEASH} {folder}")}
    children = [row for row in rows if row[2] in ours]
    # The code of a worker lies in a folder that has the function's name in its own.
    return [
        (short, int(row[1]))
        for row in children
        for short, deployed in stack.functions.items()
        if f"ministack-lambda-{deployed}-" in row[3]
    ]
