"""Checks of a handler that are possible when it is registered."""

import ast
import functools
import inspect
import textwrap
import warnings
from collections.abc import Callable, Iterator
from types import CodeType

from rejoinder.errors import BotError


def name_of(handler: Callable[..., object]) -> str:
    """Return the name by which a button, a talk, a reminder or a step finds its function, on any machine.

    It is the `__qualname__`. A partial may be given one of its own; else it has the name of its function.
    """
    while isinstance(handler, functools.partial) and not hasattr(handler, "__qualname__"):
        handler = handler.func
    return str(getattr(handler, "__qualname__", type(handler).__qualname__))


def summary_of(handler: Callable[..., object]) -> str:
    """Return the first line of the docstring of the author's function; empty when it has none."""
    return (inspect.getdoc(inspect.unwrap(_called(handler))) or "").strip().partition("\n")[0].rstrip()


def is_anonymous(handler: Callable[..., object]) -> bool:
    """Whether `handler` is a lambda: several lambdas have one name."""
    return name_of(handler).endswith("<lambda>")


def check(handler: Callable[..., object]) -> None:
    """Raise TypeError when `handler` cannot be a handler.

    Warn when it asks inside `with` or `try … finally`: the block ends each time the question waits.
    """
    given: object = handler  # what an untyped bot gives may be anything
    if not callable(given) or isinstance(given, type):
        raise TypeError(f"a handler is a function, def name(chat), not {handler!r}")
    name = name_of(handler)
    if why := why_not_plain(handler):
        raise TypeError(f"{name} {why}; handlers are plain functions")
    _check_arguments(handler, name)
    for line, block in _asks_in_blocks(handler):
        text = f"{name} asks inside `{block}`, which ends each time the question waits for its answer"
        warn_at(handler, text, line)


def why_not_plain(function: Callable[..., object]) -> str:
    """Return why nothing in `function` runs when it is called; empty when it is a plain function."""
    called = _called(function)
    if inspect.iscoroutinefunction(called) or inspect.isasyncgenfunction(called):
        return "is async"
    return "has a yield, so calling it does nothing" if inspect.isgeneratorfunction(called) else ""


def check_result(name: str, result: object) -> None:
    """Raise BotError when the function `name` gave back what still has to run: nothing in it was done."""
    if result is None:
        return
    if inspect.iscoroutine(result) or inspect.isgenerator(result):
        result.close()  # Python warns of a coroutine that nobody waits for
    elif not (inspect.isawaitable(result) or inspect.isasyncgen(result)):
        return
    kind = type(result).__name__.replace("_", " ")
    raise BotError(f"{name} gave back a {kind}, and nothing in it has run: write a plain function")


def why_twins(one: Callable[..., object], other: Callable[..., object]) -> str:
    """Return the text of the error for two handlers of one name. It says what to change."""
    places = " and ".join(filter(None, map(_place, (one, other))))
    cure = "Rename one of them"
    if inspect.ismethod(one) and inspect.ismethod(other) and one.__func__ is other.__func__:
        cure = "They are one method of two objects: write a function for each"
    elif "<locals>" in name_of(one) or isinstance(one, functools.partial):
        cure = "If one function makes both, give each a name: handler.__qualname__ = …"
    where = f" ({places})" if places else ""
    name = name_of(one)
    return f"two handlers are named {name}{where}; a button or a talk cannot tell them apart. {cure}"


def _called(handler: Callable[..., object]) -> Callable[..., object]:
    """Return the function that runs when `handler` is called."""
    while isinstance(handler, functools.partial | staticmethod):
        handler = handler.func if isinstance(handler, functools.partial) else handler.__func__
    return handler if inspect.isroutine(handler) else type(handler).__call__


def _check_arguments(handler: Callable[..., object], name: str) -> None:
    try:
        # A decorator may take a chat for a function that takes more.
        signature = inspect.signature(handler, follow_wrapped=isinstance(handler, staticmethod))
    except ValueError:  # a function written in C may have none
        raise TypeError(f"{name} does not say what it takes; handlers are plain functions") from None
    owner = name.rpartition(".")[0]
    is_in_class = bool(owner) and not owner.endswith("<locals>")
    if inspect.isfunction(handler) and is_in_class and next(iter(signature.parameters), "") == "self":
        raise TypeError(
            f"{name} is a method without its object: register it where there is one, by "
            f"bot.on(…)(self.{name.rpartition('.')[2]})"
        )
    try:
        signature.bind(None)
    except TypeError:
        raise TypeError(f"{name} must take one argument, the chat: def {name}(chat)") from None


def warn_at(handler: Callable[..., object], text: str, line: int | None = None) -> None:
    """Warn at a line of the handler's file: at its first one, unless `line` is given."""
    code = _code(handler)
    if code is None:
        warnings.warn(text, stacklevel=2)
    else:
        warnings.warn_explicit(text, UserWarning, code.co_filename, line or code.co_firstlineno)


def _place(handler: Callable[..., object]) -> str:
    code = _code(handler)
    return f"{code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}" if code else ""


def _code(handler: Callable[..., object]) -> CodeType | None:
    """Return the code of the author's function, below its decorators; None when it has none."""
    code = getattr(inspect.unwrap(_called(handler)), "__code__", None)
    return code if isinstance(code, CodeType) else None


def _asks_in_blocks(handler: Callable[..., object]) -> Iterator[tuple[int, str]]:
    """Yield the lines of `handler` that ask inside `with` or `try … finally`, with the name of the block."""
    code = _code(handler)
    if code is None or not _has_asks_and_blocks(code):  # to read the source takes much longer
        return
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


def _has_asks_and_blocks(code: CodeType) -> bool:
    """Whether something in `code` is named `ask`, and something is done when a block of it ends."""
    codes = [code]
    for one in codes:
        codes += [part for part in one.co_consts if isinstance(part, CodeType)]
    return any("ask" in one.co_names for one in codes) and any(one.co_exceptiontable for one in codes)


def _is_ask(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == "ask"
