"""The checks of a whole bot."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rejoinder.bot.bot import Bot
from rejoinder.bot.places import NOT_WRITTEN_HERE
from rejoinder.testing.transcript import read
from rejoinder.workbench.checks.messages import Finding, Messages, UsedTemplate


def findings(folder: Path, bot: Bot) -> list[Finding]:
    """Return what is wrong with the messages and written talks of a bot that was loaded from `folder`."""
    messages = [Messages(file, _names_in(file), bot) for file in source_files(folder)]
    for one in messages:
        one.read()
    found = [finding for one in messages for finding in one.found]
    templates = [template for one in messages for template in one.templates]
    return sorted({*found, *_contradictions(templates), *_unreadable_talks(folder)})


def source_files(folder: Path) -> Iterator[Path]:
    """Yield the files of the bot, without those of its tests and of installed packages."""
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).parts
        is_hidden = any(part.startswith(".") for part in parts)
        if parts[0] != "tests" and not is_hidden and not NOT_WRITTEN_HERE.intersection(parts):
            yield file


def _names_in(file: Path) -> dict[str, object]:
    """Return what the names at the top of a file mean; empty when it was not imported."""
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if isinstance(name, str) and Path(name).name == file.name and Path(name).resolve() == file.resolve():
            return vars(module)
    return {}


def _contradictions(templates: Sequence[UsedTemplate]) -> Iterator[Finding]:
    """Yield the places where a template has other parameters than where it is used first."""
    first: dict[str, UsedTemplate] = {}
    for one in templates:
        other = first.setdefault(one.name, one)
        if one.variables != other.variables:
            place = f"{other.file}:{other.line}"
            text = (
                f"the template {one.name} has {one} here and {other} at {place}: it was approved with one set"
            )
            yield Finding(file=one.file, line=one.line, text=text)


def _unreadable_talks(folder: Path) -> Iterator[Finding]:
    for file in [*folder.glob("demo.chat"), *sorted((folder / "tests").rglob("*.chat"))]:
        try:
            read(file.read_text(encoding="utf-8").splitlines())
        except ValueError as error:
            yield Finding(file=file, line=0, text=str(error))
