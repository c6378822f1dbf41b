"""Versions of rejoinder: the installed one, the one that a project pins, and the one that is deployed."""

import re
import shlex
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.version import InvalidVersion, Version

import rejoinder
from rejoinder.aws.stored.formats import FORMATS
from rejoinder.workbench import source
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import MARK

PIN = re.compile(r"rejoinder\s*==\s*([^\s;,]+)(.*)")
"""How a project pins its version, among its dependencies."""

VERSION, STORED = "RejoinderVersion", "StoredFormats"
"""The outputs of template.yaml that tell what is deployed."""

FOR_AUTHORS = "For authors"
"""The heading in CHANGELOG.md above what authors must know or do."""

BEFORE_OUTPUTS = "0.1.0"
"""The version that is deployed where the stack does not tell it."""


def pinned(root: Path) -> str | None:
    """Return the version that a project's pyproject.toml pins; None when it pins none."""
    project = tomllib.loads((root / MARK).read_text(encoding="utf-8")).get("project", {})
    found = (PIN.fullmatch(str(one).strip()) for one in project.get("dependencies", []))
    return next((match[1] for match in found if match), None)


def other_pin(root: Path) -> str | None:
    """Return one line when a project pins another version than the installed one; else None."""
    pin, installed = pinned(root), rejoinder.__version__
    if pin in (None, installed):
        return None
    return (
        f"{MARK} pins rejoinder {pin}, but {installed} is installed, and that one would be deployed: "
        f"`{install_command(root, pin)}` installs {pin}, `rejoinder upgrade` pins {installed}"
    )


def install_command(root: Path, version: str | None = None) -> str:
    """Return the command that installs a version, or the newest, with the tool that installed this one."""
    here = Path(sys.prefix)
    exact, newer = f"rejoinder=={version}", ["--upgrade", "rejoinder"]
    if (root / "uv.lock").exists():  # whatever else is installed, `uv run` would bring back what is locked
        command = ["uv", "add", exact if version else "rejoinder==X.Y.Z"]
    elif (here / "pipx_metadata.json").exists():
        command = ["pipx", *(["install", "--force", exact] if version else ["upgrade", "rejoinder"])]
    elif (here / "uv-receipt.toml").exists():
        command = ["uv", "tool", "install", *([exact] if version else newer)]
    elif _installer() == "uv":
        command = ["uv", "pip", "install", "--python", sys.executable, *([exact] if version else newer)]
    else:
        command = [sys.executable, "-m", "pip", "install", *([exact] if version else newer)]
    return shlex.join(command)


def _installer() -> str:
    """Return the name of the program that installed this package; empty in rejoinder's own repository."""
    try:
        return (distribution("rejoinder").read_text("INSTALLER") or "").strip()
    except PackageNotFoundError:
        return ""


def order(version: str) -> Version:
    """Return what versions are sorted by. What is no version comes before all of them."""
    try:
        return Version(version)
    except InvalidVersion:
        return Version("0")


def for_authors(after: str, until: str) -> Iterator[tuple[str, str]]:
    """Yield the versions after one, until another, with what they change for authors; the newest first."""
    changes = (source.house() / "CHANGELOG.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## ([\d.]+\w*)\n", changes, flags=re.MULTILINE)
    for version, text in zip(parts[::2], parts[1::2], strict=True):
        if order(after) < order(version) <= order(until):
            own = re.search(rf"^### {FOR_AUTHORS}\n+(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL)
            yield version, own[1].rstrip() if own else "Nothing changes for authors."


def deployed(outputs: Mapping[str, str]) -> str:
    """Return the version that a stack with those outputs has."""
    return outputs.get(VERSION, BEFORE_OUTPUTS)


def other_formats(outputs: Mapping[str, str]) -> list[str]:
    """Return the shapes that a stack and the installed version store in different formats.

    One that only one of them has counts too. Empty when the stack tells none.
    """
    there = _formats(outputs)
    names = sorted({*there, *FORMATS} if there else ())
    return [shape for shape in names if there.get(shape) != FORMATS.get(shape)]


def _formats(outputs: Mapping[str, str]) -> dict[str, int]:
    return {shape: int(number) for shape, number in re.findall(r"(\w+) (\d+)", outputs.get(STORED, ""))}


def check_stored(outputs: Mapping[str, str]) -> Iterator[str]:
    """Yield lines about what a stack has stored and the installed version cannot read.

    Raises StackError when the deployed version is so old that nothing of a shape could be read.
    """
    there = _formats(outputs)
    here, before = rejoinder.__version__, deployed(outputs)
    if old := [shape for shape, number in there.items() if number < FORMATS.get(shape, number) - 1]:
        raise StackError(
            f"{here} cannot read what {before} has stored ({', '.join(old)}): "
            "install a version between them, and deploy that first"
        )
    newer = [shape for shape, number in there.items() if number > FORMATS.get(shape, 0)]
    if "journal" in newer:
        yield f"back from {before} to {here}: talks that went on since then begin again, with a word"
    if others := [shape for shape in newer if shape not in ("journal", "gate")]:
        yield (
            f"back from {before} to {here}: what needs a {', '.join(others)} of {before} goes to the dead "
            f"letters after an hour; `rejoinder redrive` puts it back when {before} is deployed again"
        )
