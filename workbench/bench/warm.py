"""What an event takes when a function is warm: the processor time of our code, without botocore and networks.

This runs in the environment of the bench, where pywa is as well. All works take turns, so that a disturbance
of the machine affects all. Usage: python -m rejoinder.workbench.bench.warm rounds. It prints JSON.
"""

import json
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

from rejoinder.aws.api_gateway import request_of
from rejoinder.aws.observe import EmfMeter, logger
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channels.whatsapp.front import FRONT
from rejoinder.ports import Meter, QueueMessage
from rejoinder.services.receive import Receiver
from rejoinder.testing.memory import MemoryMeter
from rejoinder.workbench.bench import deliveries, lengths, turns, words
from rejoinder.workbench.bench.events import ACCOUNT, SECRET, webhook

log = logging.getLogger("rejoinder")

IN_A_ROW = 20
"""How often a work is done for one measurement."""

Work = Callable[[], object]


class _Queue:
    def put(self, messages: list[QueueMessage]) -> None:
        """Take them."""


class _Secrets:
    def read(self) -> Mapping[str, str]:
        """Return the secret."""
        return SECRET

    read_again = read


def _ingress(meter: Meter) -> Work:
    nothing: Any = None
    queue: Any = _Queue()
    receiver = Receiver(
        front=FRONT,
        secrets=(_Secrets(),),
        inbound=queue,
        events=queue,
        bodies=JsonBodies(),
        quarantine=nothing,
        meter=meter,
        clock=time.time,
    )
    event = webhook()
    return lambda: receiver.receive(request_of(event))


def _processor(meter: Meter) -> Work:
    """Return a turn of a contact who is known, and says something new each time."""
    conversation = turns.Conversation(turns.answering(), meter).after(3)
    bodies = iter([conversation.body() for _ in range(20_000)])
    return lambda: conversation.process(next(bodies))


def _pywa() -> Work:
    """Return what pywa does with the same webhook: parse it, and call its handler. It checks no signature."""
    pywa: Any = import_module("pywa")  # it is in the environment of the bench only
    secret = SECRET["verify_token"]
    whatsapp = pywa.WhatsApp(
        phone_id=ACCOUNT,
        token=secret,
        server=None,
        verify_token=secret,
        skip_duplicate_updates=False,  # here it is the same one again and again
    )
    called: list[object] = []
    whatsapp.add_handlers(pywa.handlers.MessageHandler(lambda *_: called.append(1), pywa.filters.text))
    body = webhook()["body"].encode()
    whatsapp.webhook_update_handler(body)
    if not called:
        raise RuntimeError("pywa did not call the handler")
    return lambda: whatsapp.webhook_update_handler(body)


def _logged(work: Work, meter: EmfMeter) -> Work:
    def whole() -> None:
        with meter:
            work()

    return whole


def works() -> dict[str, Work]:
    """Return everything that is measured, by name."""
    emf = EmfMeter()
    ours: dict[str, Callable[[Meter], Work]] = {
        "ingress": _ingress,
        "processor": _processor,
        "sender": deliveries.sender,
        "tracker": lambda meter: deliveries.tracker("delivered", meter),
    }
    measured: dict[str, Work] = {"pywa": _pywa(), "json.loads": _json()}
    for name, make in ours.items():
        measured[name] = make(MemoryMeter())
        measured[f"{name}, log and EMF"] = _logged(make(emf), emf)
    return measured | words.works()


def _json() -> Work:
    body = webhook()["body"]
    return lambda: json.loads(body)


def medians(measured: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Return the median processor time of each, in seconds."""
    times: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(rounds):
        for name, work in measured.items():
            log.setLevel(logging.INFO if "log and EMF" in name else logging.CRITICAL)
            work()
            started = time.thread_time()
            for _ in range(IN_A_ROW):
                work()
            times[name].append((time.thread_time() - started) / IN_A_ROW)
    return {name: statistics.median(took) for name, took in times.items()}


def of_talks(rounds: int) -> Iterator[tuple[str, float]]:
    """Yield the turns of long talks and with much data, with their median processor times in seconds."""
    kinds = turns.turns()
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(rounds):
        for name, conversation in kinds.items():
            times[name] += [conversation.seconds() for _ in range(3)]
    yield from ((name, statistics.median(took)) for name, took in times.items())


def main() -> None:
    """Print all of it as JSON."""
    rounds = int(sys.argv[1])
    os.environ |= {"POWERTOOLS_SERVICE_NAME": "bench", "POWERTOOLS_METRICS_NAMESPACE": "bench"}
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        logger()
        warm = medians(works(), rounds)
        log.setLevel(logging.CRITICAL)
        found = {
            "warm": warm,
            "talks": dict(of_talks(rounds)),
            "talk_bytes": turns.bytes_of_the_talk(),
            "lengths": lengths.measure(rounds),
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
