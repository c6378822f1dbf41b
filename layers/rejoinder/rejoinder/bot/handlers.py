"""Checks of a handler that are possible when it is registered."""

import ast
import functools
import inspect
import textwrap
import warnings
from collections.abc import Callable, Iterator


def name_of(handler: Callable[..., object]) -> str:
    """Return the name by which a button, a talk, a reminder or a step finds its function, on any machine."""
    while isinstance(handler, functools.partial):
        handler = handler.func
    return str(getattr(handler, "__qualname__", type(handler).__qualname__))


def check(handler: Callable[..., object]) -> None:
    """Raise TypeError when `handler` cannot be a handler.

    Warn when it asks inside `with` or `try … finally`: the block ends each time the question waits.
    """
    name = name_of(handler)
    if inspect.iscoroutinefunction(handler):
        raise TypeError(f"{name} is async; handlers are plain functions")
    try:
        inspect.signature(handler).bind(None)
    except TypeError:
        raise TypeError(f"{name} must take one argument, the chat: def {name}(chat)") from None
    for line, block in _asks_in_blocks(handler):
        warnings.warn_explicit(
            f"{name} asks inside `{block}`, which ends each time the question waits for its answer",
            UserWarning,
            inspect.getfile(handler),
            line,
        )


def _asks_in_blocks(handler: Callable[..., object]) -> Iterator[tuple[int, str]]:
    """Yield the lines of `handler` that ask inside `with` or `try … finally`, with the name of the block."""
    try:
        lines, first = inspect.getsourcelines(handler)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, TypeError, SyntaxError):  # there is no source, or it is part of a line
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.With):
            inside, block = [*node.body], "with"
        elif isinstance(node, ast.Try) and node.finalbody:
            inside, block = (
                [*node.body, *(part for h in node.handlers for part in h.body), *node.orelse],
                "try … finally",
            )
        else:
            continue
        for call in (part for statement in inside for part in ast.walk(statement)):
            if isinstance(call, ast.Call) and _is_ask(call.func):
                yield first + call.lineno - 1, block


def _is_ask(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == "ask"
