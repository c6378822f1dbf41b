"""Commands about a business account at Meta. All have the options that say which deployment and account."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from rejoinder.workbench.cli.command import EnvName, Profile, StackName, Waba, Yes, add, where

AtNumber = Annotated[
    str,
    typer.Option(
        metavar="ID",
        help="The phone number id, or the number itself, where there are several.",
        show_default=False,
    ),
]
_SHARED: dict[str, tuple[Any, object]] = {
    "env": (EnvName, None),
    "stack": (StackName, None),
    "profile": (Profile, None),
    "waba": (Waba, ""),
    "number": (AtNumber, ""),
    "yes": (Yes, False),
}


def at_desk(
    app: typer.Typer, *, without: tuple[str, ...] = ()
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Make a function a command of an app, with `Desk` as its first parameter instead of options for it.

    `without` names the options that the command does not need: `yes` when it changes nothing, or `number`.
    """

    def register(function: Callable[..., int]) -> Callable[..., int]:
        _, *own = signature(function).parameters.values()
        shared = {name: of for name, of in _SHARED.items() if name not in without}

        def command(**given: Any) -> int:
            from rejoinder.workbench.cli.account_side import desk

            there = {name: given.pop(name) for name in shared}
            place = where(there.pop("env"), there.pop("stack"), there.pop("profile"))
            with desk(place, **there) as at:
                return function(at, **given)

        all_ = [*own, *(_option(name, kind, usual) for name, (kind, usual) in shared.items())]
        # typer reads a command's options from these.
        command.__signature__ = signature(function).replace(parameters=all_)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: one.annotation for one in all_} | {"return": int}
        command.__name__, command.__doc__ = function.__name__, function.__doc__
        return add(app)(command)

    return register


def _option(name: str, kind: Any, usual: object) -> Parameter:
    return Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, default=usual)
