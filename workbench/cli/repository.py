"""`rejoinder repository …`: the checks of rejoinder itself, which only its own repository has."""

import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from rejoinder.workbench import tools
from rejoinder.workbench.cli.command import AsJson, add

own = typer.Typer(help="Checks of rejoinder's own repository.", no_args_is_help=True)

_PYTEST = ("pytest", "-q")
_QUICK = (*_PYTEST, "-n", "auto", "-m", "not stack and not slow")
_FOUR_STACKS = ("-n", "4", "--dist", "loadfile", "--no-loadscope-reorder")

# Measuring makes a test take up to twice as long. These tests are about what is not measured (the workbench,
# the files of the repository), or run what others run as well.
_UNMEASURED = (
    "tests/architecture",
    "tests/foreign",
    "tests/simulation",
    "tests/unit/simulator",
    "tests/unit/workbench",
    "bot",
    "examples",
)

STEPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "lint": (
        ("ruff", "check", "--cache-dir", ".tools/cache/ruff"),
        ("ruff", "format", "--check", "--cache-dir", ".tools/cache/ruff"),
    ),
    "types": (("mypy",),),
    "unit": (_QUICK,),
    "coverage": (
        ("coverage", "erase"),
        ("coverage", "run", "-m", *_QUICK, *(f"--ignore={path}" for path in _UNMEASURED)),
        ("coverage", "combine", "-q"),
        ("coverage", "report", "--skip-covered", "--fail-under=98.5"),
        (*_QUICK, *_UNMEASURED),
    ),
    "smoke": ((*_PYTEST, "-m", "stack and not slow", "tests/stack"),),
    "slow": (
        (*_PYTEST, "-n", "auto", "-m", "slow and not stack"),
        # Four at once, each with a stack of its own. The longest begin first (tests/stack/conftest.py).
        # The smoke test is among them, since the stack is there.
        (*_PYTEST, *_FOUR_STACKS, "-m", "stack", "tests/stack"),
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
    "check": ("lint", "types", "coverage", "site", "slow", "bench"),
}
"""Steps that have a name together."""

ENVIRONMENTS = {
    "site": ("site",),
    "smoke": ("sam", "ministack"),
    "slow": ("sam", "ministack", "site", "foreign"),
    "bench": ("bench",),
}
"""The environments that a step uses, by the names in tools.py."""

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
    steps = [step for one in names for step in GROUPS.get(one, (one,))]
    for name in steps:
        if name not in STEPS:
            raise tools.ToolError(f"there is no step {name}; there are {', '.join([*GROUPS, *STEPS])}")
    with _installing(dict.fromkeys(one for name in steps for one in ENVIRONMENTS.get(name, ()))):
        for module in [module for name in steps for module in STEPS[name]]:
            code = subprocess.call([sys.executable, "-m", *module], cwd=tools.HOUSE, env=environment)
            if code != 0:
                return code
    return 0


@contextmanager
def _installing(environments: Collection[str]) -> Iterator[None]:
    """Install environments beside the first steps, some of which leave a processor idle.

    A step that needs one waits for it, and repeats the installation with its words when it failed.
    """
    if not environments:
        yield
        return
    command = [sys.executable, "-B", "workbench/tools.py", "install", *environments]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=tools.HOUSE, stdin=quiet, stdout=quiet, stderr=quiet) as child:
        try:
            yield
        finally:
            child.terminate()


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
    record: Annotated[
        Path | None, typer.Option(help="A file for the metrics, to draw the dashboard of.")
    ] = None,
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
        ),
        record,
    )


@add(own)
def drill(
    *,
    short: Annotated[bool, typer.Option("--short", help="Plant only a few faults.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Write docs/drill.md.")] = False,
) -> int:
    """Plant the fault of each alarm on the local stack, and see that it rings and that its cure helps."""
    from rejoinder.workbench.cli import drill as command

    return command.main(short=short, markdown=markdown)


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
