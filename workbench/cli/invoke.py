"""`make invoke FN=ingress EVENT=events/….json`: runs one function of the local stack on a sample event."""

import argparse
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rejoinder.workbench import tools
from rejoinder.workbench.cli import options
from rejoinder.workbench.stack import LocalStack, StackError, running, up
from rejoinder.workbench.stack.logs import LogReader

FUNCTIONS = ("ingress", "processor", "sender", "tracker")

LOG_SECONDS = 2.0
"""How long to wait for the function's log lines, in seconds."""


def main(arguments: list[str]) -> int:
    """Print what the function answers and logs. Return 1 when it ended with an error."""
    parser = argparse.ArgumentParser(prog="make invoke", description=__doc__)
    parser.add_argument("function")
    parser.add_argument("event")
    options.bot(parser)
    asked = parser.parse_args(arguments)
    event = _event(asked.function, asked.event)
    with _some_stack(asked.bot) as stack:
        return _invoke(stack, asked.function, event)


def _event(function: str, name: str) -> bytes:
    samples = ", ".join(sorted(str(p.relative_to(tools.ROOT)) for p in tools.ROOT.glob("events/**/*.json")))
    if function not in FUNCTIONS or not name:
        raise StackError(f"make invoke FN={'|'.join(FUNCTIONS)} EVENT=one of {samples}")
    try:
        event = (tools.ROOT / name).read_bytes()
        json.loads(event)
    except OSError:
        raise StackError(f"there is no {name}; there are {samples}") from None
    except ValueError as error:
        raise StackError(f"{name} is no JSON: {error}") from None
    return event


@contextmanager
def _some_stack(bot: str) -> Iterator[LocalStack]:
    """Yield the stack of `make run`, or start one for this call."""
    if stack := running(tools.ROOT):
        yield stack
        return
    with up(tools.ROOT, bot=bot) as stack:
        yield stack


def _invoke(stack: LocalStack, function: str, event: bytes) -> int:
    logs = LogReader(stack)
    answer = stack.client("lambda").invoke(FunctionName=stack.functions[function], Payload=event)
    print(json.dumps(json.loads(answer["Payload"].read() or b"null"), indent=2))
    _print_logs(logs, function)
    return 1 if answer.get("FunctionError") else 0


def _print_logs(logs: LogReader, function: str) -> None:
    """Print the function's log lines, which come shortly after its answer."""
    deadline = time.monotonic() + LOG_SECONDS
    while time.monotonic() < deadline:
        if entries := [entry for entry in logs.read() if entry.function == function]:
            print(*entries, sep="\n")
            return
        time.sleep(0.1)
