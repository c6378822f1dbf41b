"""The pytest plugin for the tests of a bot. pytest finds it by itself once rejoinder is installed.

It is there in every project that shares this Python. So it costs nothing before there is a bot to test, and
leaves the files of bots that are none of rejoinder alone.

The fixture `phone` talks to the bot of the folder that has the test file. The report of a failed test shows
the talks on its phones. `demo.chat`, and each `*.chat` file in the bot's folder `tests`, is a test: a written
talk that the bot must follow. What the bot's requirements.txt names is installed and importable.

`--channel telegram` plays all of that over another network, and `--channel whatsapp --channel telegram` over
both. A talk such as `visit.telegram.chat` is of that network only.
"""

import sys
from collections.abc import Generator, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rejoinder.testing import Phone

OURS = Path(__file__).parents[1]
"""The folder of the package rejoinder."""

NAME = "Ada"
"""The name of the contact."""

NETWORKS = ("whatsapp", "telegram")
"""The names of the channels."""

_PREPARED = pytest.StashKey[set[Path]]()
"""The folders of the bots whose requirements were looked at."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--channel`."""
    what = "rejoinder: play talks over this network; it may be given several times"
    parser.addoption("--channel", action="append", default=[], choices=NETWORKS, help=what)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a test with a phone run once over each network that was asked for."""
    channels = metafunc.config.getoption("channel")
    ours = metafunc.definition.session._fixturemanager.getfixturedefs("phone", metafunc.definition)  # noqa: SLF001
    if channels and ours and ours[-1].func.__module__ == __name__:
        metafunc.parametrize("phone", channels, indirect=True)


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> "Phone":
    """Return a new phone.

    Its bot is in the nearest folder above the test file that has a bot.py, else it is the project's.
    """
    folder = next((above for above in request.path.parents if _has_bot(above)), None)
    folder = folder or _bot_of_project(request.path)
    if folder is None:
        pytest.fail(f"no folder above {request.path} holds a bot.py for `phone`", pytrace=False)
    _prepare(folder, request.config)
    return _phone(folder, getattr(request, "param", ""))


def _phone(folder: Path, channel: str) -> "Phone":
    from rejoinder.bot.loading import load_bot  # noqa: PLC0415 - only tests of a bot wait for it
    from rejoinder.testing.phone import CHANNEL, Phone  # noqa: PLC0415

    return Phone(load_bot(folder), name=NAME, channel=channel or CHANNEL)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Install what the bots require before any file of their tests is imported, and once for all workers."""
    asked = early_config.known_args_namespace.file_or_dir or early_config.getini("testpaths") or ["."]
    for path in (early_config.invocation_params.dir / name.partition("::")[0] for name in asked):
        above = _bot_folder(path / "bot.py")
        below = [file.parent for file in path.glob("*/bot.py") if _is_ours(file.parent)]
        for folder in [above] if above else [*below, _bot_of_project(path / "bot.py")]:
            if folder:
                _prepare(folder, early_config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the talks on the phones of a failed test, and of an error's way only what is not ours."""
    testing = sys.modules.get("rejoinder.testing.phone")  # without it there is no phone
    if call.excinfo and testing and isinstance(call.excinfo.value, testing.BotFailed):
        _leave_out_ours(call.excinfo.value)
        call.excinfo = pytest.ExceptionInfo.from_exception(call.excinfo.value)
    report = yield
    if report.failed and testing:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, testing.Phone):
                report.sections.append((f"Talk on {name}", value.transcript))
    return report


def _leave_out_ours(error: BaseException) -> None:
    """Take the lines of this package out of the traceback of an error of a bot, and of its causes."""
    one: BaseException | None = error
    while one:
        way, kept = one.__traceback__, []
        while way:
            if not Path(way.tb_frame.f_code.co_filename).is_relative_to(OURS):
                kept.append(way)
            way = way.tb_next
        for last in reversed(kept):
            way = TracebackType(way, last.tb_frame, last.tb_lasti, last.tb_lineno)
        one.__traceback__ = way
        one = one.__cause__


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the written talks of a bot as tests."""
    folder = _bot_folder(file_path)
    if folder is None:
        return None
    _prepare(folder, parent.config)
    inside = file_path.relative_to(folder)
    is_test = inside == Path("demo.chat") or (inside.parts[0] == "tests" and inside.suffix == ".chat")
    return _ChatFile.from_parent(parent, path=file_path) if is_test else None


class _ChatFile(pytest.File):
    def collect(self) -> Iterator["_Talk"]:
        own = [name for name in NETWORKS if self.path.name.endswith(f".{name}.chat")]
        asked = self.config.getoption("channel")
        for channel in [name for name in own if name in (asked or own)] if own else asked or [""]:
            name = f"talk[{channel}]" if channel else "talk"
            yield _Talk.from_parent(self, name=name, channel=channel)


class _Talk(pytest.Item):
    """One written talk, played on a new phone."""

    def __init__(self, *, channel: str, **of_pytest: Any) -> None:
        super().__init__(**of_pytest)
        self._channel = channel

    def runtest(self) -> None:
        wrong = self._play()
        if wrong:
            pytest.fail(wrong, pytrace=False)

    def _play(self) -> str:
        """Return how the bot left the written talk; an empty text when it followed the talk."""
        from rejoinder.bot.loading import place_of  # noqa: PLC0415 - as above
        from rejoinder.errors import BotError, BotFailed  # noqa: PLC0415

        written = self.path.read_text(encoding="utf-8")
        folder = _bot_folder(self.path)
        assert folder, "pytest_collect_file checked that"
        with suppress(ValueError):
            folder = folder.relative_to(Path.cwd())
        try:
            phone = _phone(folder, self._channel)
        except Exception as error:  # noqa: BLE001 - a file of the bot may raise anything
            return place_of(error, folder)
        try:
            phone.plays(written)
        except (AssertionError, ValueError) as error:
            return str(error)
        except KeyError as error:
            return str(error.args[0])
        except (BotError, BotFailed) as error:
            return f"{place_of(error.__cause__ or error, folder)}\n\n{phone.transcript}"
        return ""

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.path.name


def _bot_folder(file: Path) -> Path | None:
    """Return the folder of the bot that a file belongs to; None when that is no bot of rejoinder."""
    nearest = next((folder for folder in file.parents if _has_bot(folder)), None)
    return nearest if nearest and _is_ours(nearest) else None


def _bot_of_project(file: Path) -> Path | None:
    """Return the folder of the bot of the project that a file is in; None when there is none."""
    if not any(_names_a_bot(above / "pyproject.toml") for above in file.parents):
        return None
    from rejoinder.workbench.errors import StackError  # noqa: PLC0415 - only tests of a bot wait for it
    from rejoinder.workbench.project import Project  # noqa: PLC0415

    with suppress(StackError):
        bot = Project.find(file.parent).bot
        return bot if _has_bot(bot) else None
    return None


def _names_a_bot(file: Path) -> bool:
    return file.is_file() and b"tool.rejoinder" in file.read_bytes()


def _has_bot(folder: Path) -> bool:
    return (folder / "bot.py").is_file()


def _is_ours(folder: Path) -> bool:
    """Whether the bot.py of a folder is for rejoinder. Those for other networks often have that name, too."""
    if b"rejoinder" in (folder / "bot.py").read_bytes():
        return True
    return any(_names_a_bot(above / "pyproject.toml") for above in (folder, *folder.parents))


def _prepare(folder: Path, config: pytest.Config) -> None:
    """Let the tests import what the bot requires. When that fails, say so: some tests may not need it."""
    prepared = config.stash.setdefault(_PREPARED, set())
    if folder in prepared or not (folder / "requirements.txt").is_file():
        return
    prepared.add(folder)
    # Most bots require nothing. Their tests start without the workbench.
    from rejoinder.workbench.requirements import Required  # noqa: PLC0415

    capture = config.pluginmanager.get_plugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else nullcontext():
        try:
            Required(bot=folder).use()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no reason to run no test
            print(f"rejoinder: {error}", file=sys.stderr)  # noqa: T201
