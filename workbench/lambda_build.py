"""The build for Lambda: layers and functions for the runtime and the processor that will run them."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rejoinder.workbench import source
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import botcode, children
from rejoinder.workbench.stack.processor import zipped
from rejoinder.workbench.stack.sam import BUILD, DEPLOYABLE
from rejoinder.workbench.tools import python_named

HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The runtime with the Python that runs us."""

NEWEST_RUNTIME = "python3.13"
"""The runtime that template.yaml has as its default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One layer or function that was built."""

    name: str
    """Its logical id."""

    megabytes: float
    """Its size as Lambda unpacks it. Function and layers together may have 250 MB."""

    zipped_megabytes: float
    """Its size as it is uploaded."""


def runtime_here() -> str:
    """Return the Lambda runtime to build for: the template's default, if its Python is here for the bytecode.

    Otherwise it is the runtime of the Python that runs us.
    """
    is_here = python_named(NEWEST_RUNTIME.removeprefix("python")) is not None
    return NEWEST_RUNTIME if is_here or HERE not in DEPLOYABLE else HERE


def build_for_aws(project: Project, runtime: str, architecture: str) -> Path:
    """Build for Lambda. Return the folder with the built template.yaml.

    Raises StackError, with the reason, when the build fails, the bot is no Python, or the runtime is none of
    Lambda's.
    """
    botcode.check(project.bot, project.bot_shown)
    if runtime not in DEPLOYABLE:
        raise StackError(f"PythonRuntime is one of {', '.join(DEPLOYABLE)}, not {runtime!r}")
    project.tools.ensure("sam")
    folder = project.state / "lambda"
    source.lay_out(folder / "source", project.bot)
    children.run(
        [
            *(str(project.tools.python_of("sam")), "-m", "samcli", "build"),
            *(*BUILD, "--build-dir", str(folder / "build")),
        ],
        env=_environment(project, runtime, architecture),
        cwd=folder / "source",
        log=folder / "build.log",
        what="sam build",
    )
    return folder / "build"


def parts(folder: Path) -> Iterator[Part]:
    """Yield what a build made, with the sizes."""
    for built in sorted(path for path in folder.iterdir() if path.is_dir()):
        bytes_ = sum(path.stat().st_size for path in built.rglob("*") if path.is_file())
        yield Part(name=built.name, megabytes=bytes_ / 1e6, zipped_megabytes=len(zipped(built)) / 1e6)


def _environment(project: Project, runtime: str, architecture: str) -> dict[str, str]:
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SAM_"))}
    minor = runtime.removeprefix("python")
    compiler = os.environ.get("REJOINDER_COMPILER")
    compiler = compiler or (sys.executable if runtime == HERE else python_named(minor))
    return (
        theirs
        | project.tools.of_sam()
        | ({"REJOINDER_COMPILER": compiler} if compiler else {})
        | {
            "REJOINDER_RUNTIME": runtime,
            "REJOINDER_ARCHITECTURE": architecture,
            "REJOINDER_REQUIREMENTS": str(project.bot / "requirements.txt"),
            "BOT": source.BOT,
            "AWS_DEFAULT_REGION": theirs.get(
                "AWS_DEFAULT_REGION", "us-east-1"
            ),  # SAM wants one even to build
        }
    )


def size_table(found: list[Part]) -> list[str]:
    """Return the sizes as lines."""
    lines = [f"{'':20}{'unpacked':>12}{'uploaded':>12}"]
    lines += [f"{part.name:20}{part.megabytes:9.2f} MB{part.zipped_megabytes:9.2f} MB" for part in found]
    return lines
