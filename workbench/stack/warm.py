"""Calls each function once, so that a broken one is found at once and the first message is fast."""

import json
from concurrent.futures import ThreadPoolExecutor

from workbench.stack.errors import StackError
from workbench.stack.handle import LocalStack

WITH_NOTHING_TO_DO = json.dumps({"Records": []}).encode()

BEHIND_QUEUES = ("processor", "sender", "tracker")
"""The functions that read from queues. The ingress is started by the handshake."""


def start_functions(stack: LocalStack, *names: str) -> None:
    """Let the named functions, or all behind queues, handle an empty batch; StackError if one fails."""
    called = names or BEHIND_QUEUES
    with ThreadPoolExecutor() as together:
        faults = list(together.map(lambda name: _fault(stack, name), called))
    for name, fault in zip(called, faults, strict=True):
        if fault:
            raise StackError(f"the {name} does not start: {fault}")


def _fault(stack: LocalStack, name: str) -> str | None:
    client = stack.client("lambda")
    answer = client.invoke(FunctionName=stack.functions[name], Payload=WITH_NOTHING_TO_DO)
    if not answer.get("FunctionError"):
        return None
    error = json.loads(answer["Payload"].read())
    return str(error.get("errorMessage", error))
