"""The pytest plugin for the tests of a bot: `pytest -p rejoinder.testing.plugin`.

The fixture `phone` talks to the bot of the folder that has the test file. The report of a failed test shows
the talks on its phones. `demo.chat`, and each `*.chat` file in the bot's folder `tests`, is a test: a written
talk that the bot must follow.
"""

from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from rejoinder.bot.loading import load_bot, place_of
from rejoinder.errors import BotError, BotFailed
from rejoinder.testing import Phone

NAME = "Ada"
"""The name of the contact."""


@pytest.fixture
def phone(request: pytest.FixtureRequest) -> Phone:
    """Return a new phone. Its bot is in the nearest folder above the test file that has a bot.py."""
    folder = _bot_folder(request.path)
    if folder is None:
        pytest.fail(f"no folder above {request.path} holds a bot.py for `phone`", pytrace=False)
    return Phone(load_bot(folder), name=NAME)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the talks on the phones of a failed test."""
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, Phone):
                report.sections.append((f"Talk on {name}", value.transcript))
    return report


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the written talks of a bot as tests."""
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
    """One written talk, played on a new phone."""

    def runtest(self) -> None:
        wrong = self._play()
        if wrong:
            pytest.fail(wrong, pytrace=False)

    def _play(self) -> str:
        """Return how the bot left the written talk; an empty text when it followed the talk."""
        written = self.path.read_text(encoding="utf-8")
        folder = _bot_folder(self.path)
        assert folder, "pytest_collect_file checked that"
        with suppress(ValueError):
            folder = folder.relative_to(Path.cwd())
        try:
            phone = Phone(load_bot(folder), name=NAME)
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
    return next((folder for folder in file.parents if (folder / "bot.py").is_file()), None)
