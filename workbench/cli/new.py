"""`rejoinder new`: writes an author's project."""

import os
import re
import shlex
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from string import Template
from typing import Literal, get_args

import rejoinder
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.source import house
from rejoinder.workbench.templates import schema

Example = Literal["clinic", "shop", "minimal"]

FILES = Path(__file__).resolve().parents[1] / "project_files"
"""The files of a project, with placeholders."""

PLACES = {
    "project.toml": "pyproject.toml",
    "samconfig.toml": "samconfig.toml",
    "README.md": "README.md",
    "gitignore": ".gitignore",
    "workflows/bot.yml": ".github/workflows/bot.yml",
    "devcontainer/devcontainer.json": ".devcontainer/devcontainer.json",
}
"""Where each of the files goes. Under those names, tools would take them for settings of this folder."""

PYTHON = "3.13"
"""The Python of the functions, as in template.yaml: the build adds bytecode of this version."""

LONGEST_NAME = 34
"""The longest name, in characters: the names of its stacks, such as NAME-prod, stay below 40."""

NEXT = """{name} is there, in {folder}. Next:

  cd {cd}
  rejoinder chat     talk to the bot in this terminal; edit bot/bot.py meanwhile
  rejoinder test     check it, and run its tests and talks
  rejoinder run      run all of it on a local AWS
  rejoinder deploy   deploy it to your AWS account
"""


def main(folder: Path, example: Example | None) -> int:
    """Write a project into a new or empty folder, and print the next steps.

    Its name is the name of the folder. Its bot is the shipped one, or that of `example`. Raises StackError
    when the name cannot be used or the folder is not empty; nothing is written then.
    """
    place = folder.resolve()
    _check_name(place.name)
    _check_place(folder)
    bot = _bot(example)
    _make(place, lambda draft: _write(draft, place.name, bot))
    print(NEXT.format(name=place.name, folder=folder, cd=shlex.quote(str(folder))), end="")
    return 0


def _check_name(name: str) -> None:
    if re.fullmatch("[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?", name) and len(name) <= LONGEST_NAME:
        if name.lower() != "rejoinder":
            return
        raise StackError("a project cannot be called rejoinder, for it depends on that: choose another name")
    better = re.sub("[^A-Za-z0-9]+", "-", name).lstrip("-0123456789")[:LONGEST_NAME].strip("-") or "my-bot"
    raise StackError(
        f"a project is named by letters, digits and hyphens, a letter first, at most {LONGEST_NAME} "
        f"characters, because its stacks are named after it. Not {name!r}, but for example {better}"
    )


def _check_place(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        raise StackError(f"{folder} is not empty: choose another name, or empty it")
    if folder.exists() and not folder.is_dir():
        raise StackError(f"{folder} is a file: choose another name")


def _bot(example: Example | None) -> Path:
    """Return the folder of the bot to copy."""
    bot = house() / "examples" / example if example else house() / "bot"
    if not (bot / "bot.py").is_file():
        raise StackError(f"there is no example {example}: take one of {', '.join(get_args(Example))}")
    return bot


def _make(place: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a draft in the folder `place`, then move that up. A failure leaves nothing behind."""
    made = [above for above in (place, *place.parents) if not above.exists()]
    draft = place / f".{place.name}.{os.getpid()}"
    try:
        draft.mkdir(parents=True)
        write(draft)
        for written in [*draft.iterdir()]:
            written.rename(place / written.name)
        draft.rmdir()
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
        with suppress(OSError):
            for above in made:
                above.rmdir()
        if isinstance(error, OSError):
            raise StackError(f"{place} cannot be written: {error.strerror}. Choose another folder") from None
        raise


def _write(draft: Path, name: str, bot: Path) -> None:
    values = {"name": name, "version": rejoinder.__version__, "python": PYTHON}
    for source, place in PLACES.items():
        target = draft / place
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (FILES / source).read_text(encoding="utf-8")
        target.write_text(Template(text).substitute(values), encoding="utf-8")
    for file in sorted(bot.rglob("*")):
        inside = file.relative_to(bot)
        if file.is_file() and not any(map(_is_cache, inside.parts)):
            target = draft / "bot" / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
    schema.write(draft / "bot")


def _is_cache(name: str) -> bool:
    return name == "__pycache__" or name.startswith(".")
