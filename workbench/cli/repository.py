"""`rejoinder repository …`: the checks of rejoinder itself, which only its own repository has."""

import os
import subprocess
import sys
from typing import Annotated

import typer

from rejoinder.workbench import tools
from rejoinder.workbench.cli.command import AsJson, add

own = typer.Typer(help="Checks of rejoinder's own repository.", no_args_is_help=True)

_PYTEST = ("pytest", "-q")
_QUICK = ("not stack and not slow",)
_INSTALLED = "tests/stack/test_installed.py"
_THREE_STACKS = ("-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
_COVERAGE = ("coverage", "run", "-m", *_PYTEST, "-n", "auto", "-m", *_QUICK)

STEPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "lint": (
        ("ruff", "check", "--cache-dir", ".tools/cache/ruff"),
        ("ruff", "format", "--check", "--cache-dir", ".tools/cache/ruff"),
    ),
    "types": (("mypy",),),
    "unit": ((*_PYTEST, "-n", "auto", "-m", *_QUICK),),
    "coverage": (
        ("coverage", "erase"),
        _COVERAGE,
        ("coverage", "combine", "-q"),
        ("coverage", "report", "--skip-covered", "--fail-under=98.5"),
    ),
    "smoke": ((*_PYTEST, "-m", "stack and not slow"),),
    "slow": (
        (*_PYTEST, "-n", "auto", "-m", "slow and not stack"),
        # Three at once, each with a stack of its own. The longest begin first (tests/stack/conftest.py).
        (*_PYTEST, *_THREE_STACKS, "-m", "slow and stack", f"--ignore={_INSTALLED}", "tests/stack"),
        (*_PYTEST, _INSTALLED),  # alone, because it prints how long each step takes
    ),
    "format": (
        ("ruff", "format", "--cache-dir", ".tools/cache/ruff"),
        ("ruff", "check", "--fix", "--cache-dir", ".tools/cache/ruff"),
    ),
    "site": (("rejoinder.workbench.site",),),
    "bench": (("rejoinder.workbench.bench",),),
}
"""The Python modules that each step runs, one after another, with their arguments."""

GROUPS = {
    "test": ("lint", "types", "unit", "smoke"),
    "check": ("lint", "types", "coverage", "site", "smoke", "slow", "bench"),
}
"""Steps that have a name together."""

REQUIREMENTS = (
    "layers/dependencies/requirements",
    "requirements-dev",
    "tests/foreign/requirements",
    "workbench/bench/requirements",
    "workbench/requirements-lock",
    "workbench/site/requirements",
    "workbench/stack/requirements-ministack",
    "workbench/stack/requirements-sam",
)
"""The files that pin versions, without `.in` and `.txt`."""


@add(own)
def check(
    *, names: Annotated[list[str], typer.Argument(help="Steps, or groups of them.")], quick: bool = False
) -> int:
    """Run steps one after another. The first one that fails ends it."""
    environment = os.environ | ({"QUICK": "1"} if quick else {})
    # The steps start some hundred Pythons. Without bytecode each of them compiles all that it imports.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in [step for one in names for step in GROUPS.get(one, (one,))]:
        if name not in STEPS:
            raise tools.ToolError(f"there is no step {name}; there are {', '.join([*GROUPS, *STEPS])}")
        for module in STEPS[name]:
            code = subprocess.call([sys.executable, "-m", *module], cwd=tools.HOUSE, env=environment)
            if code != 0:
                return code
    return 0


@add(own)
def simulate(*, runs: int = 2000, seed: int = 1) -> int:
    """Test the services with every kind of fault, in virtual time."""
    return subprocess.call([sys.executable, "-m", "tests.simulation", str(runs), str(seed)], cwd=tools.HOUSE)


@add(own)
def fuzz(*, requests: int = 100_000) -> int:
    """Send random requests to the ingress."""
    return subprocess.call([sys.executable, "-m", "tests.fuzz", str(requests)], cwd=tools.HOUSE)


@add(own)
def cost(*, turns: int = 1_000_000, as_json: AsJson = False, free: bool = False, page: bool = False) -> int:
    """Print what a month with so many turns costs on AWS, or write docs/costs.md with --page."""
    from rejoinder.workbench.cli import cost as command

    return command.main(turns, as_json=as_json, free=free, page=page)


@add(own)
def chaos(
    *,
    updates: int = 2000,
    contacts: int = 100,
    seed: int = 1,
    kills: Annotated[int | None, typer.Option(help="How many workers to kill: one per 200 updates.")] = None,
    visibility: Annotated[
        int | None, typer.Option(help="The queues' timeout in seconds: 60 and 120.")
    ] = None,
    patience: Annotated[float, typer.Option(help="Seconds until the drill is given up.")] = 3600.0,
    calm: Annotated[
        float | None, typer.Option(help="Seconds that the network fails after the last webhook.")
    ] = None,
    wrong: Annotated[int | None, typer.Option(help="Updates on which the bot fails: one of 150.")] = None,
    files: Annotated[int | None, typer.Option(help="Updates about a file: one of 20.")] = None,
    lose: Annotated[int, typer.Option(help="Messages to delete; the table must show them.")] = 0,
    spoil: Annotated[int, typer.Option(help="Saved files to change; the table must show them.")] = 0,
) -> int:
    """Disturb the local stack and count what is lost, doubled or out of order."""
    from rejoinder.workbench.cli import chaos as command

    return command.main(
        command.orders_of(
            updates=updates,
            contacts=contacts,
            seed=seed,
            kills=kills,
            visibility=visibility,
            patience=patience,
            calm=calm,
            wrong=wrong,
            files=files,
            loses=lose,
            spoils=spoil,
        )
    )


@add(own)
def lock(*, upgrade: bool = False) -> int:
    """Compile every requirements file again. The versions stay the same without --upgrade."""
    ours = tools.Tools(tools.HOUSE)
    ours.ensure("lock")
    for name in REQUIREMENTS:
        command = [str(ours.python_of("lock").with_name("uv")), "pip", "compile", f"{name}.in", "-q"]
        command += ["-o", f"{name}.txt", "--universal", "--python-version", "3.11", "--generate-hashes"]
        command += ["--custom-compile-command", "make lock", "--cache-dir", str(ours.folder / "cache" / "uv")]
        print(f"  {name}.in", flush=True)
        if subprocess.call([*command, *(["--upgrade"] if upgrade else [])], cwd=tools.HOUSE) != 0:
            raise tools.ToolError(f"{name}.in could not be compiled")
    return 0
