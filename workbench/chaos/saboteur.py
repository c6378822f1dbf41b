"""The saboteur: it kills workers, rotates the secret, deploys, and stops and starts the whole stack."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from rejoinder.workbench import tools
from rejoinder.workbench.chaos import evidence
from rejoinder.workbench.deployment.queues import QUEUES, queue_urls
from rejoinder.workbench.development import ACCESS_TOKEN
from rejoinder.workbench.stack import LocalStack, processor
from rejoinder.workbench.stack.ministack import LEASH
from rejoinder.workbench.stack.sam import Sam

ROTATED = "rejoinder-rotated-app-secret"

LOOK_SECONDS = 5.0
"""How long to wait for a function to be at work before its worker is killed anyway, in seconds."""

SILENCE_SECONDS = 0.5
"""How long the network stays silent before it closes the connection, in seconds."""

FAULTS = [
    # Each send has these chances to fail. Half of the answers 5xx come although the message was accepted.
    {"kind": "http", "status": 503, "share": 0.05},
    {"kind": "error", "code": 131000, "accepted": True, "share": 0.05},
    {"kind": "error", "code": 130429, "share": 0.10},
    # The local stack sends one message at a time, so a silence as long as Meta's would delay everybody. This
    # one ends early: the connection is closed without an answer.
    {"kind": "accept_no_answer", "hang_seconds": SILENCE_SECONDS, "share": 0.03},
    # The way of files, both ways: up, and down by an address that is asked for first.
    {"kind": "upload", "status": 503, "share": 0.10},
    {"kind": "upload", "code": 130429, "share": 0.05},
    {"kind": "upload", "delay_seconds": 1, "share": 0.10},
    {"kind": "address", "status": 500, "share": 0.05},
    {"kind": "address", "code": 131000, "share": 0.05},
    {"kind": "download", "cut": True, "share": 0.10},
    {"kind": "download", "delay_seconds": 1, "share": 0.10},
    # Telegram never says afterwards what became of a message.
    {"channel": "telegram", "kind": "http", "status": 502, "share": 0.05},
    {"channel": "telegram", "kind": "http", "status": 500, "accepted": True, "share": 0.05},
    {"channel": "telegram", "kind": "error", "code": 429, "retry_after": 1, "share": 0.05},
    {"channel": "telegram", "kind": "accept_no_answer", "hang_seconds": SILENCE_SECONDS, "share": 0.03},
    # Statuses come in batches, because 6,000 single requests would measure this machine, not the product.
    {"kind": "webhook", "batch_seconds": 1},
]
"""What the network does wrong during a drill."""

REJECTIONS = 1
"""How many files the network rejects for good. Such a message fails, and the words beside it go out."""

STORM = [
    {"kind": "http", "status": 500, "accepted": True, "times": 3},
    {"kind": "error", "code": 131016, "times": 3},
    {"kind": "accept_no_answer", "hang_seconds": SILENCE_SECONDS, "times": 2},
    {"kind": "error", "code": 131056, "times": 2},
    {"kind": "status", "duplicate": True, "disorder": True, "times": 5},
    {"kind": "upload", "delay_seconds": 5, "times": 1},
    {"kind": "upload", "code": 131053, "times": REJECTIONS},
]
"""What the network does wrong besides that in a storm, each a few times."""


@dataclass(slots=True, kw_only=True)
class Saboteur:
    """Disturbs a stack. What it does follows from the seed."""

    stack: LocalStack
    seed: int

    killed: list[str] = field(default_factory=list)
    """The functions whose workers were killed."""

    held: dict[str, float] = field(default_factory=dict)
    """Until when messages of a killed worker may stay hidden, by queue, on the monotonic clock."""

    forgotten: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of the files that the network forgot, by their media ids."""

    _dice: random.Random = field(init=False)
    _rotations: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - the same seed, the same run

    def plant(self) -> None:
        """Let the network fail as FAULTS say."""
        first, *others = FAULTS
        self._simulator("faults", [first | {"seed": self.seed}, *others])

    def calm(self) -> str:
        """Let the network work well again. What it did wrong before stays.

        A fault that is meant for one contact stays, too: the message that it waits for may come late.
        """
        answer = httpx.get(f"{self.stack.simulator_url}/sim/faults", timeout=60, trust_env=False)
        meant = [fault for fault in answer.raise_for_status().json() if "to" in fault]
        self._simulator("faults", meant + [fault for fault in FAULTS if "share" not in fault])
        return "the network is well again"

    def kill(self, name: str | None = None) -> str:
        """Kill a worker of the named function, or of any, while it is at work. Return what was done.

        A function is at work when its queue says so. After LOOK_SECONDS the worker is killed anyway.
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
        """Store a new app secret beside the old one, which the network signs with. Return what was done."""
        self._rotations += 1
        new = f"{ROTATED}-{self._rotations}"
        secrets = self.stack.client("secretsmanager")
        id = self.stack.secret_name
        values = json.loads(secrets.get_secret_value(SecretId=id)["SecretString"])
        values |= {"app_secret": new, "app_secret_previous": values["app_secret"]}
        secrets.put_secret_value(SecretId=id, SecretString=json.dumps(values))
        self._simulator("secret", {"app_secret": new})
        return "the app secret is rotated: the network signs with the new one"

    def restart(self) -> str:
        """Stop everything but the network in the middle of its work, and start it. Return what was done."""
        started = time.monotonic()
        self.stack.restart()
        self.held.clear()  # at its start the local AWS shows all messages
        return f"the whole stack was stopped and started ({time.monotonic() - started:.1f} s)"

    def redeploy(self, *, mended: bool = False) -> str:
        """Deploy the bot again, perhaps without its faults. Return what was done."""
        place, endpoint = Path(self.stack.folder), self.stack.aws_endpoint_url
        sam = Sam(
            tools=tools.Tools(tools.HOUSE), folder=place, bot=Path(self.stack.bot), endpoint_url=endpoint
        )
        built = processor.build(sam)
        shutil.rmtree(built / "__pycache__", ignore_errors=True)  # it is not compared with the source
        source = (built / "bot.py").read_text().replace("IS_MENDED = False", f"IS_MENDED = {mended}")
        (built / "bot.py").write_text(f"{source}\n# deployed at {time.time()}\n")
        processor.upload(built, self.stack.processor_function_name, endpoint)
        return "the bot was deployed again" + " without its faults" * mended

    def storm(self) -> str:
        """Let ten things go wrong within seconds: deploy, rotate, spoil the network, kill all workers."""
        self.redeploy()
        self.rotate()
        for fault in STORM:
            self._simulator("faults", fault)
        workers = _workers(Path(self.stack.folder) / "aws", self.stack)
        for name, pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            self.killed.append(name)
            self._hold(name)
        return f"a storm: {2 + len(STORM) + len(workers)} faults at once"

    def forget(self) -> str:
        """Let the network forget all files that were sent so far. Return what was done.

        The bot's media ids of them are of no use any more.
        """
        ids = {*map(evidence.media_id_of, evidence.sent(self.stack))} - {*self.forgotten, ""}
        for id in ids:
            self.forgotten[id] = evidence.at_network(self.stack, id)
            url, token = f"{self.stack.graph_url}/v26.0/{id}", {"Authorization": f"Bearer {ACCESS_TOKEN}"}
            httpx.delete(url, headers=token, timeout=60, trust_env=False).raise_for_status()
        return f"the network forgot {len(ids)} files that it was given"

    def lose(self) -> str:
        """Delete a message from a queue, to prove that the count shows a loss. Return what was done."""
        sqs, url = self.stack.client("sqs"), self.stack.outbound_queue_url
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for message in sqs.receive_message(QueueUrl=url).get("Messages", []):
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                return "a message was deleted from the outbound queue: the count must show one loss"
            time.sleep(0.05)
        return "the outbound queue had no message to delete"

    def spoil(self) -> str:
        """Change a file in the media bucket, to prove that the count shows it. Return what was done."""
        s3, bucket = self.stack.client("s3"), self.stack.media_bucket_name
        for key, _ in evidence.objects(self.stack, "contacts/"):
            head = s3.head_object(Bucket=bucket, Key=key)
            if "/sent/" in key and "spoiled" not in head["Metadata"]:
                told = {"ContentType": head["ContentType"], "Metadata": head["Metadata"] | {"spoiled": "yes"}}
                s3.put_object(Bucket=bucket, Key=key, Body=b"%PDF-1.4 spoiled", **told)
                return "a saved file was changed in the media bucket: the count must show it"
        return "the media bucket had no file to change"

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
        url = queue_urls(self.stack)[QUEUES[function]]
        answer = self.stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        attributes: dict[str, str] = answer["Attributes"]
        return attributes

    def _simulator(self, path: str, order: object) -> None:
        url = f"{self.stack.simulator_url}/sim/{path}"
        httpx.post(url, json=order, timeout=60, trust_env=False).raise_for_status()


def _workers(folder: Path, stack: LocalStack) -> list[tuple[str, int]]:
    """Return the functions' processes as pairs of name and process id.

    They are children of the local AWS that keeps its state in `folder`.
    """
    listed = subprocess.run(
        ["ps", "-axww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True
    ).stdout
    rows = [row for line in listed.splitlines() if (row := re.match(r"\s*(\d+)\s+(\d+)\s+(.*)", line))]
    ours = {row[1] for row in rows if row[3].endswith(f"{LEASH} {folder}")}
    children = [row for row in rows if row[2] in ours]
    # A worker's code is in a folder whose name contains the name of the function.
    return [
        (short, int(row[1]))
        for row in children
        for short, deployed in stack.functions.items()
        if f"ministack-lambda-{deployed}-" in row[3]
    ]
