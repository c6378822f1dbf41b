"""For the tests of a bot: `pytest -p rejoinder.pytest_plugin`.

The fixture `phone` talks to the bot of the folder that the test file is in. The report of a failed test
shows what its phones saw. And `demo.chat` and each `*.chat` file below the bot's folder `tests` is a test: a
written talk, which the bot is to follow.
"""

import difflib
import traceback
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import pytest

from rejoinder.errors import BotError, BotFailed
from rejoinder.loading import load_bot
from rejoinder.testing import Phone
from rejoinder.transcript import read

NAME = "Ada"
"""What the contact is called."""


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> Phone:
    """A phone that has never talked to the bot of the nearest folder above the test file with a bot.py."""
    folder = _bot_folder(request.path)
    if folder is None:
        pytest.fail(f"no folder above {request.path} holds a bot.py for `phone`", pytrace=False)
    return Phone(load_bot(folder), name=NAME)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the phones of a failed test saw."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Phone):
                report.sections.append((f"Talk on {name}", value.transcript))
    return report


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the written talks of a bot for tests."""
    folder = _bot_folder(file_path) if file_path.suffix == ".chat" else None
    if folder is None:
        return None
    inside = file_path.relative_to(folder)
    is_test = inside == Path("demo.chat") or inside.parts[0] == "tests"
    return _ChatFile.from_parent(parent, path=file_path) if is_test else None


class _ChatFile(pytest.File):
    def collect(self) -> Iterator["_Talk"]:
        yield _Talk.from_parent(self, name="talk")


class _Talk(pytest.Item):
    """One written talk, played on a fresh phone."""

    def runtest(self) -> None:
        wrong = self._play()
        if wrong:
            pytest.fail(wrong, pytrace=False)

    def _play(self) -> str:
        """What went otherwise than it is written; nothing when all is well."""
        written = self.path.read_text(encoding="utf-8")
        try:
            talk = read(written.splitlines())
        except ValueError as error:
            return str(error)
        folder = _bot_folder(self.path)
        assert folder, "pytest_collect_file saw to that"
        try:
            phone = Phone(load_bot(folder), name=NAME)
        except Exception as error:  # noqa: BLE001 - a file of the bot may raise anything
            return _at(folder, error)
        try:
            phone.plays(written)
        except AssertionError:
            return _difference(talk, phone.lines)
        except KeyError as error:
            return str(error.args[0])
        except (BotError, BotFailed) as error:
            return f"{_at(folder, error.__cause__ or error)}\n\n{phone.transcript}"
        return ""

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.path.name


def _bot_folder(file: Path) -> Path | None:
    return next((folder for folder in file.parents if (folder / "bot.py").is_file()), None)


def _at(folder: Path, error: BaseException) -> str:
    """One line on what was raised: where in `folder`, and what."""
    folder = folder.resolve()
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(folder)]
    place = f"{Path(frames[-1].filename).relative_to(folder.parent)}:{frames[-1].lineno}: " if frames else ""
    return f"{place}{type(error).__name__}: {error}"


def _difference(written: Sequence[str], played: Sequence[str]) -> str:
    """Where the bot left the written talk, which was not played on from there."""
    turns = sum(not line.startswith("<") for line in played)
    begins = [number for number, line in enumerate(written) if not line.startswith("<")]
    end = begins[turns] if turns < len(begins) else len(written)
    expected, got = ("\n".join(lines).splitlines() for lines in (written[:end], played))
    lines = [line.rstrip() for line in difflib.ndiff(expected, got) if not line.startswith("?")]
    return "\n".join(["the bot answers otherwise (- as written, + what it says):", "", *lines])
