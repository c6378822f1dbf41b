"""What is deployed, and how it is laid out for `sam build`."""

import shutil
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from rejoinder.workbench.tools import HOUSE, REPOSITORY

CACHES, TESTS = "__pycache__", "tests"
"""Folders that are not deployed: the first anywhere, the second directly in the bot's folder."""

BOT = "bot"
"""The folder of the bot in what `lay_out` makes."""

PACKAGE = HOUSE / "layers" / "rejoinder" / "rejoinder" if REPOSITORY else HOUSE
"""The package as it is imported here."""

ON_THIS_MACHINE_ONLY = ("workbench", "testing")
"""The parts of the package that Lambda does not get."""


def house() -> Path:
    """Return the folder with template.yaml, functions, layers, bot, examples and events.

    They are in rejoinder's repository, or the wheel has them as data.
    """
    return REPOSITORY or HOUSE / "workbench" / "house"


def files(places: Iterable[Path]) -> Iterator[Path]:
    """Yield the files in some folders, in a fixed order, without tests, caches and hidden files."""
    for place in places:
        if place.is_file():
            yield place
        else:
            yield from _inside(place, left_out={CACHES, TESTS})


def _inside(folder: Path, *, left_out: Set[str]) -> Iterator[Path]:
    for inner in sorted(folder.iterdir()) if folder.is_dir() else ():
        if inner.is_file() and not inner.name.startswith("."):
            yield inner
        elif inner.name not in left_out and not inner.name.startswith("."):
            yield from _inside(inner, left_out={CACHES})


def deployed_files() -> Iterator[tuple[Path, Path]]:
    """Yield every file of rejoinder that makes the stack, with its place in what `lay_out` makes."""
    base = house()
    for path in files([base / "template.yaml", base / "functions"]):
        yield path, path.relative_to(base)
    for path in files([base / "layers" / "build.mk", base / "layers" / "trim.py"]):
        yield path, path.relative_to(base)
    for layer in ("dependencies", "rejoinder"):
        yield from (
            (path, path.relative_to(base)) for path in (base / "layers" / layer).iterdir() if path.is_file()
        )
    for part in sorted(PACKAGE.iterdir()):
        if part.name not in {*ON_THIS_MACHINE_ONLY, CACHES}:
            for path in files([part]):
                yield path, Path("layers", "rejoinder", "rejoinder") / path.relative_to(PACKAGE)


def lay_out(target: Path, bot: Path) -> None:
    """Copy everything that `sam build` needs into `target`: what is rejoinder's, and the bot.

    A copy, because the installed package may be read-only, and because make cannot bear blanks in paths.
    """
    shutil.rmtree(target, ignore_errors=True)
    for path, place in deployed_files():
        _copy(path, target / place)
    lay_out_bot(target, bot)


def lay_out_bot(target: Path, bot: Path) -> None:
    """Copy the bot alone, in the place of the one that is there."""
    shutil.rmtree(target / BOT, ignore_errors=True)
    for path in files([bot]):
        _copy(path, target / BOT / path.relative_to(bot))


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
