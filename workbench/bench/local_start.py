"""What the early start saves on the local stack, with the real queues between the functions.

Before each round the functions are cold: the local AWS ends the processes of a function when its settings
change. Then a contact says something, and the clock runs until the simulator has the answer. Every other
round is without the two subscriptions. Each process gets the part of a processor that Lambda gives for 256
MB, so that those which start at once do not slow each other down. That needs Linux, and root. When a
message comes while a function starts, the local AWS starts another process.

Run it with `python -m rejoinder.workbench.bench.local_start 8`.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rejoinder.workbench import tools
from rejoinder.workbench.bench.lambdas import Quota
from rejoinder.workbench.handset.handset import SETTLED, Handset
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, up

IN_THE_CHAIN = ("ingress", "processor", "sender")
MEMORY_MB = 256
STATUS_SECONDS = 3.0
LOOK_SECONDS = 0.02


@contextmanager
def throttled(folder: str) -> Iterator[None]:
    """Give each process of a function its part of a processor, soon after it has started.

    `folder` is that of the stack, which must end within the block.
    """
    ended, quotas = threading.Event(), dict[Path, Quota]()

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            for process in set(Path("/proc").glob("[0-9]*")) - quotas.keys():
                with suppress(OSError):
                    is_ours = f"{folder}/aws/tmp".encode() in (process / "cmdline").read_bytes()
                    if is_ours and (quota := Quota.make(process.name)):
                        quota.limit(MEMORY_MB)
                        quota.add(int(process.name))
                        quotas[process] = quota

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield
    finally:
        ended.set()
        looking.join()
        for quota in quotas.values():
            quota.remove()


def make_cold(stack: LocalStack) -> None:
    """Let the next call of each function in the chain start a new process.

    The process finds the layers where they were built. Otherwise the local AWS unpacks them for each process,
    one after the other, which takes longer than all the rest. Lambda has them at hand.
    """
    client, names = stack.client("lambda"), [stack.functions[name] for name in IN_THE_CHAIN]
    layers = os.pathsep.join(map(str, Path(stack.folder).glob("build/*Layer/python")))
    for name in names:
        variables = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        settings: dict[str, Any] = {"Variables": variables | {"PYTHONPATH": layers}}
        client.update_function_configuration(FunctionName=name, Layers=[], Environment=settings)
    for name in names:
        client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})


@contextmanager
def subscribed(stack: LocalStack, *, is_early: bool) -> Iterator[None]:
    """Take the subscriptions of the functions away during the block, unless `is_early`."""
    sns, ours = stack.client("sns"), tuple(stack.functions.values())
    found = sns.list_subscriptions()["Subscriptions"]
    gone = [one for one in found if one["Endpoint"].endswith(ours) and not is_early]
    for one in gone:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    yield
    for one in gone:
        sns.subscribe(TopicArn=one["TopicArn"], Protocol=one["Protocol"], Endpoint=one["Endpoint"])


def first_answer(stack: LocalStack, phone: Handset, *, is_early: bool) -> float:
    """Return the seconds from the first message of a contact to its answer. The functions are cold."""
    with subscribed(stack, is_early=is_early):
        make_cold(stack)
        began = time.perf_counter()
        phone.say("hi")
        while not phone.heard():
            time.sleep(LOOK_SECONDS)
        took = time.perf_counter() - began
        while phone.heard()[-1].status not in SETTLED:
            time.sleep(LOOK_SECONDS)
        time.sleep(STATUS_SECONDS)  # a webhook that meets an ended process is delivered again much later
    return took


def main() -> None:
    """Measure as many pairs as the argument says, and print the medians."""
    pairs = []
    with (
        tempfile.TemporaryDirectory() as folder,
        throttled(folder),
        up(Project.find(tools.HOUSE), folder=Path(folder), quiet=True) as stack,
    ):
        for number in range(int(sys.argv[1])):
            phones = [Handset(stack.simulator_url, f"1555{number:06d}{one}", "Ada") for one in (0, 1)]
            order = (False, True) if number % 2 else (True, False)
            times = {one: first_answer(stack, phones[one], is_early=one) for one in order}
            pairs.append((times[True], times[False]))
            print(f"{times[True]:.2f} s with an early start, {times[False]:.2f} s without", flush=True)
    early, without = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"medians: {early:.2f} s with an early start, {without:.2f} s without; ratio in pairs {ratio:.2f}")


if __name__ == "__main__":
    main()
