"""`rejoinder test`: everything that can be known of an author's bot before it is deployed."""

import configparser
import importlib.util
import subprocess
import sys
import time
import tomllib
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

from rejoinder.bot.bot import Bot
from rejoinder.bot.loading import load_bot, place_of
from rejoinder.workbench.checks.bots import findings
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project
from rejoinder.workbench.requirements import Required

PLUGIN = "rejoinder.testing.plugin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one part."""

    is_good: bool
    """Whether it passed, or has nothing to say."""

    text: str = ""
    """A few words for the summary; `ok` or `failed` without them."""


Part = Callable[[], Result]

NO_TESTS = 5
"""The exit code of pytest when it found no test."""

WIDTH = 8
"""The width of a part's name in the summary, in characters."""


def main(project: Project, arguments: Sequence[str]) -> int:
    """Check the bot of a project, run its tests, and print a line for each part. Return 1 when one fails.

    `arguments` are for pytest. Paths among them are relative to the current folder.
    """
    bot = _Checked(project)
    parts: dict[str, Part] = {"bot": bot.load, "messages": bot.check}
    parts["tests"] = lambda: _run_tests(project, arguments) if bot.is_loaded else NOT_LOADED
    for tool in ("ruff", "mypy"):
        settings = _settings_of(tool, project.root)
        if settings:
            parts[tool] = partial(_run_tool, project, tool, settings)
    results = {name: _timed(part) for name, part in parts.items()}
    print()
    for name, (result, seconds) in results.items():
        text = result.text or ("ok" if result.is_good else "failed")
        print(f"{' ' if result.is_good else '!'} {name:<{WIDTH}} {seconds:6.1f} s  {text}")
    return 0 if all(result.is_good for result, _ in results.values()) else 1


def _timed(part: Part) -> tuple[Result, float]:
    sys.stdout.flush()  # before another process writes to the same terminal
    began = time.monotonic()
    result = part()
    return result, time.monotonic() - began


# --- the bot ------------------------------------------------------------------------------------------------

NOT_LOADED = Result(is_good=False, text="left out, because the bot cannot be loaded")


class _Checked:
    """The bot of a project."""

    def __init__(self, project: Project) -> None:
        self._folder = _shown(project.bot)
        self._bot: Bot | None = None

    @property
    def is_loaded(self) -> bool:
        return self._bot is not None

    def load(self) -> Result:
        """Load the bot, with what it requires, and print what rejoinder warns of."""
        with warnings.catch_warnings(record=True) as warned:
            try:
                Required(bot=self._folder).use()
                self._bot = load_bot(self._folder)
            except StackError as error:
                return _result([str(error)])
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a file of the bot may raise anything
                return _result([place_of(error, self._folder)])
        for one in warned:
            print(f"{_shown(Path(one.filename))}:{one.lineno}: {one.message}")
        return Result(is_good=True, text=f"ok, {_number(len(warned), 'warning')}" if warned else "")

    def check(self) -> Result:
        """Check the messages of the bot that are written out in its files, and its written talks."""
        return _result(map(str, findings(self._folder, self._bot))) if self._bot else NOT_LOADED


def _result(wrong: Iterable[str]) -> Result:
    """Return the result of a part, and print what is wrong."""
    lines = list(wrong)
    print(*lines, sep="\n", end="\n" if lines else "")
    return Result(is_good=not lines, text=f"failed, {_number(len(lines), 'error')}" if lines else "")


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _shown(path: Path) -> Path:
    """Return a path as a person in this folder would write it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


# --- the tests ----------------------------------------------------------------------------------------------


def _run_tests(project: Project, arguments: Sequence[str]) -> Result:
    plugin = [] if entry_points(group="pytest11", name=PLUGIN) else ["-p", PLUGIN]
    where = [] if project.bot.is_relative_to(project.root) else [str(project.bot)]
    code = _run(project, "pytest", *plugin, *where, *map(_anchored, arguments))
    if code == NO_TESTS:
        hint = f"a talk in {_shown(project.bot)}/tests/hello.chat is one: a line `> hi`, a line `< Hello!`"
        return Result(is_good=True, text="none that fits" if arguments else f"none yet; {hint}")
    return Result(is_good=code == 0)


def _anchored(argument: str) -> str:
    """Return an argument of pytest that means the same in another folder."""
    path, colons, test_in_it = argument.partition("::")
    is_path = not argument.startswith("-") and Path(path).exists()
    return f"{Path(path).resolve()}{colons}{test_in_it}" if is_path else argument


def _run(project: Project, module: str, *arguments: str) -> int:
    return subprocess.call([sys.executable, "-m", module, *arguments], cwd=project.root)


# --- what a project may ask for -----------------------------------------------------------------------------


def _settings_of(tool: str, root: Path) -> str | None:
    """Return the file of a project that has settings for a tool; None when there is none."""
    own = {"ruff": ("ruff.toml", ".ruff.toml"), "mypy": ("mypy.ini", ".mypy.ini")}[tool]
    for name in own:
        if (root / name).is_file():
            return name
    if tool in tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("tool", {}):
        return "pyproject.toml"
    older = configparser.ConfigParser(interpolation=None, strict=False)
    older.read(root / "setup.cfg")
    return "setup.cfg" if tool in older else None


def _run_tool(project: Project, tool: str, settings: str) -> Result:
    if importlib.util.find_spec(tool) is None:
        return Result(
            is_good=False, text=f"{settings} asks for it, and it is not installed: pip install {tool}"
        )
    if tool == "ruff":
        return Result(is_good=_run(project, "ruff", "check") == 0)
    # Without files of its own, mypy is told where the bot is: a folder of modules that import each other.
    where = [] if _has_files(project.root / settings) else ["--explicit-package-bases", str(project.bot)]
    return Result(is_good=_run(project, "mypy", *where) == 0)


def _has_files(settings: Path) -> bool:
    """Whether the settings of mypy say what is checked."""
    text = settings.read_text(encoding="utf-8")
    if settings.suffix == ".toml":
        table = tomllib.loads(text)["tool"]["mypy"]
    else:
        older = configparser.ConfigParser(interpolation=None, strict=False)
        older.read_string(text)
        table = dict(older["mypy"]) if "mypy" in older else {}
    return bool({"files", "packages", "modules"} & table.keys())
