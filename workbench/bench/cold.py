"""Cold starts: how long the first answer takes, from the webhook to the request that sends it.

Our three functions start one behind the other. Each is a process of its own under AWS's runtime client, and
what it asks AWS and the Graph API for is answered by a stub behind TLS. So a cold start holds what it holds
in Lambda, except the time in which Lambda makes the sandbox, and the times of the networks.
"""

import statistics
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rejoinder.workbench.bench.events import ACCOUNT, EARLY_START, SECRET, sqs_event, webhook
from rejoinder.workbench.bench.lambdas import Code, Running
from rejoinder.workbench.bench.stub import Call, Stub

LATER = 7
"""How many events follow the first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One cold start."""

    init: float
    """From the start of the process until it asks for its first event, in seconds."""

    init_cpu: float
    """The processor time of that, in seconds."""

    first: float
    """From its first event to what it does for the answer (the next queue, the Graph API), in seconds."""

    cpu: float
    """The processor time of the process until its first event is handled, in seconds."""

    warm: float = 0.0
    """How long a later event takes, in seconds."""

    @property
    def wall(self) -> float:
        """The time until it has done its part of the answer, in seconds."""
        return self.init + self.first


def environment(stub: Stub) -> dict[str, str]:
    """Return the variables that template.yaml gives the functions, and those that lead to the stub."""
    queue = "https://sqs.us-east-1.amazonaws.com/000000000000/bench"
    arn = "arn:aws:sqs:us-east-1:000000000000:bench"
    return {
        "AWS_ENDPOINT_URL": stub.url,
        "AWS_CA_BUNDLE": str(stub.ca),
        "SSL_CERT_FILE": str(stub.ca),
        "REQUESTS_CA_BUNDLE": str(stub.ca),
        "GRAPH_BASE_URL": stub.url,
        "GRAPH_API_VERSION": "v25.0",
        "STACK_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Rejoinder/bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "TABLE_NAME": "bench-table",
        "INBOUND_QUEUE_URL": f"{queue}-inbound.fifo",
        "INBOUND_DLQ_URL": f"{queue}-inbound-dlq.fifo",
        "OUTBOUND_QUEUE_URL": f"{queue}-outbound.fifo",
        "OUTBOUND_DLQ_URL": f"{queue}-outbound-dlq.fifo",
        "SENDER_CONCURRENCY": "10",
        "EVENTS_QUEUE_URL": f"{queue}-events",
        "INBOUND_QUEUE_ARN": f"{arn}-inbound.fifo",
        "EVENTS_DLQ_ARN": f"{arn}-events-dlq",
        "SCHEDULE_GROUP": "bench",
        "SCHEDULER_ROLE_ARN": "arn:aws:iam::000000000000:role/bench",
        "QUARANTINE_BUCKET": "bench-quarantine",
        "MEDIA_BUCKET": "bench-media",
        "CONVERSATION_RETENTION_DAYS": "365",
        "SECRETS_PREFIX": "bench",
        "CHANNELS": "whatsapp",
        "NUMBERS": "",
        "UTILITY_NEEDS_CONSENT": "false",
        "BEDROCK_MODEL_ARN": "",
        "START_TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:bench-start",
        "ACCOUNT_EVENTS_TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:bench-account",
        "LOCAL": "false",
        # those of the peers
        "PHONE_ID": ACCOUNT,
        "SECRET_ID": "bench/whatsapp",
        "APP_SECRET": SECRET["app_secret"],
        "ACCESS_TOKEN": SECRET["access_token"],
        "VERIFY_TOKEN": SECRET["verify_token"],
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the cold starts need."""

    stub: Stub
    """Answers for AWS and the Graph API."""

    codes: Mapping[str, Code]
    """What can be started."""

    def start(self, name: str, event: object, effect: str | None) -> tuple[Start, Call | None]:
        """Start `name` cold, give it `event`, and wait until it has asked for `effect`; return that too."""
        self.stub.forget()
        process = Running(self.codes[name])
        try:
            init = process.wait_until_ready()
            init_cpu, began = process.cpu(), time.perf_counter()
            took, _ = process.invoke(event)
            call = self.stub.wait(effect, since=began) if effect else None
            cpu = process.cpu_with_ended()
            later = [process.invoke(event)[0] for _ in range(LATER)]
        finally:
            process.stop()
        first = call.at - began if call else took
        return Start(init=init, init_cpu=init_cpu, first=first, cpu=cpu, warm=statistics.median(later)), call

    def chain(self) -> list[Start]:
        """Start ingress, processor and sender one behind the other, for one message."""
        ingress, queued = self.start("ingress", webhook(), "SendMessageBatch")
        assert queued
        processor, turn = self.start("processor", sqs_event(queued.body), "SendMessageBatch")
        assert turn
        sender, _ = self.start("sender", sqs_event(turn.body), "graph")
        return [ingress, processor, sender]

    def early(self) -> tuple[float, float]:
        """Start the others early. Return the seconds until the answer goes out, and until the publish."""
        self.stub.forget()
        ingress = Running(self.codes["ingress"])
        published = self.stub.wait("Publish", since=ingress.started_at)
        with ThreadPoolExecutor() as beside:
            others = [beside.submit(self._started_early, name) for name in ("processor", "sender")]
            ingress.wait_until_ready()
            began = time.perf_counter()
            ingress.invoke(webhook())
            queued = self.stub.wait("SendMessageBatch", since=began)
            processor, sender = [one.result() for one in others]
        began = time.perf_counter()
        processor.invoke(sqs_event(queued.body))
        turn = self.stub.wait("SendMessageBatch", since=began)
        sender.invoke(sqs_event(turn.body))
        answer = self.stub.wait("graph", since=turn.at)
        for process in (ingress, processor, sender):
            process.stop()
        return answer.at - ingress.started_at, published.at - ingress.started_at

    def _started_early(self, name: str) -> Running:
        process = Running(self.codes[name])
        process.wait_until_ready()
        process.invoke(EARLY_START)
        return process


def codes_of(python: Path, built: Path, stub: Stub, memory: Mapping[str, int]) -> dict[str, Code]:
    """Return all that can be started, by name. `memory` has the MB of our functions, as in template.yaml."""
    theirs = environment(stub)

    def ours(name: str) -> Code:
        return Code(
            name=name,
            python=python,
            folder=built / name,
            layers=built / "opt" / "python",
            environment=theirs,
            memory_mb=memory[name],
        )

    def peer(name: str, module: str) -> Code:
        return Code(name=name, python=python, folder=built / "peers", module=module, environment=theirs)

    return {
        "ingress": ours("ingress"),
        "processor": ours("processor"),
        "sender": ours("sender"),
        "tracker": ours("tracker"),
        "pywa": peer("pywa", "pywa_bot"),
        "usual": peer("usual", "usual_bot"),
        "bare": peer("bare", "bare"),
    }
