"""What the early start saves on the local stack, with the real queues between the functions.

Before each round the functions are cold: the local AWS ends the processes of a function when its settings
change. Then a contact says something, and the clock runs until the simulator has the answer. Every other round
is without the two subscriptions. The local AWS is slower than AWS, and it shares the processors of this machine
with the functions. So only the ratio between the two means something.

Run it with `python -m workbench.bench.local_start 8`.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench import tools
from workbench.cli.handset import Handset
from workbench.stack import LocalStack, StackError, up

ANSWER_SECONDS = 60.0
"""How long an answer may take, in seconds."""

QUIET_SECONDS = 3.0
"""The pause before the functions are made cold, in seconds: statuses still come after an answer."""

LOOK_SECONDS = 0.02
"""The pause between two looks at the simulator, in seconds."""


def make_cold(stack: LocalStack) -> None:
    """Let the next call of each function start a new process."""
    client = stack.client("lambda")
    for name in stack.functions.values():
        client.update_function_configuration(FunctionName=name, Timeout=_timeout(client, name))
    for name in stack.functions.values():
        client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})


def _timeout(client: Any, name: str) -> int:
    return int(client.get_function_configuration(FunctionName=name)["Timeout"])


@contextmanager
def without_subscriptions(stack: LocalStack) -> Iterator[None]:
    """Take the subscriptions of the functions away during the block."""
    sns, functions = stack.client("sns"), tuple(stack.functions.values())
    found = [
        one for one in sns.list_subscriptions()["Subscriptions"] if one["Endpoint"].endswith(functions)
    ]
    if not found:
        raise StackError("no function is subscribed to a topic")
    for one in found:
        sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    try:
        yield
    finally:
        for one in found:
            sns.subscribe(TopicArn=one["TopicArn"], Protocol=one["Protocol"], Endpoint=one["Endpoint"])


def first_answer(stack: LocalStack, phone: Handset) -> float:
    """Return the seconds from the first message of a contact to its answer. The functions are cold."""
    make_cold(stack)
    began = time.perf_counter()
    phone.say("hi")
    while not phone.heard():
        if time.perf_counter() - began > ANSWER_SECONDS:
            raise StackError(f"no answer came in {ANSWER_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)
    took = time.perf_counter() - began
    time.sleep(QUIET_SECONDS)
    return took


def measure(stack: LocalStack, pairs: int) -> list[tuple[float, float]]:
    """Return for each pair the seconds with an early start and without. Which of them is first alternates."""
    found = []
    for number in range(pairs):
        times: dict[bool, float] = {}
        for is_early in (number % 2 == 0, number % 2 == 1):
            phone = Handset(stack.simulator_url, f"1555{int(is_early)}{number:06d}", "Ada")
            if is_early:
                times[is_early] = first_answer(stack, phone)
            else:
                with without_subscriptions(stack):
                    times[is_early] = first_answer(stack, phone)
        found.append((times[True], times[False]))
    return found


def table(pairs: list[tuple[float, float]]) -> str:
    """Return the results as a table in Markdown."""
    with_it, without = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    rows: Mapping[str, str] = {
        "without an early start": f"{without * 1000:,.0f} | 1.00",
        "with it": f"{with_it * 1000:,.0f} | {ratio:.2f}",
    }
    lines = ["| first answer on the local stack | ms | ratio in pairs |", "|---|---:|---:|"]
    return "\n".join([*lines, *(f"| {name} | {row} |" for name, row in rows.items())])


def main() -> None:
    """Measure as many pairs as the argument says, and print the table."""
    with tempfile.TemporaryDirectory() as folder, up(tools.ROOT, folder=Path(folder), quiet=True) as stack:
        pairs = measure(stack, int(sys.argv[1]))
    print(table(pairs))
    print("\n", [f"{one * 1000:.0f}/{other * 1000:.0f}" for one, other in pairs])


if __name__ == "__main__":
    main()
