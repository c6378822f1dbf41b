"""`rejoinder invoke ingress ingress/text.json`: runs one function of the local stack on a sample event."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rejoinder.workbench.cli import events
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, StackError, running, up
from rejoinder.workbench.stack.logs import LogReader

FUNCTIONS = ("ingress", "processor", "sender", "tracker")

LOG_SECONDS = 2.0
"""How long to wait for the function's log lines, in seconds."""


def main(project: Project, function: str, event: str) -> int:
    """Print what the function answers and logs. Return 1 when it ended with an error.

    `event` is a file, or the name of a sample.
    """
    if function not in FUNCTIONS:
        raise StackError(f"there is no function {function!r}; there are {', '.join(FUNCTIONS)}")
    body = _event(event)
    with _some_stack(project) as stack:
        return _invoke(stack, function, body)


def _event(name: str) -> bytes:
    path = Path(name) if Path(name).is_file() else events.file_of(name)
    try:
        event = path.read_bytes()
        json.loads(event)
    except ValueError as error:
        raise StackError(f"{name} is no JSON: {error}") from None
    return event


@contextmanager
def _some_stack(project: Project) -> Iterator[LocalStack]:
    """Yield the stack that is running, or start one for this call."""
    if stack := running(project):
        yield stack
        return
    with up(project) as stack:
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
