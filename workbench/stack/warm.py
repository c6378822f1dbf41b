"""Calls each function once, so that a broken one is found at once and the first message is fast."""

import json
from concurrent.futures import ThreadPoolExecutor

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack.handle import LocalStack

NOTHING_TO_DO = json.dumps(
    {"Records": [], "rawPath": "/", "requestContext": {"http": {"method": "GET", "path": "/"}}}
).encode()
"""An empty batch of a queue, and also a request for a path that no channel has."""


def start_functions(stack: LocalStack, *names: str) -> None:
    """Call the named functions, or all, with nothing to do. Raises StackError if one fails."""
    called = names or tuple(stack.functions)
    with ThreadPoolExecutor() as together:
        faults = list(together.map(lambda name: _fault(stack, name), called))
    for name, fault in zip(called, faults, strict=True):
        if fault:
            raise StackError(f"the {name} does not start: {fault}")


def _fault(stack: LocalStack, name: str) -> str | None:
    client = stack.client("lambda")
    answer = client.invoke(FunctionName=stack.functions[name], Payload=NOTHING_TO_DO)
    if not answer.get("FunctionError"):
        return None
    error = json.loads(answer["Payload"].read())
    return str(error.get("errorMessage", error))
