"""Which line of the bot is named when it fails."""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from rejoinder import Bot, Chat
from rejoinder.bot.loading import load_bot, place_of
from rejoinder.bot.places import place_in, told_of
from rejoinder.errors import BotError, BotFailed
from rejoinder.workbench.stack.botimport import fault
from tests.unit.worlds import World, inbound

BOT = """
import json
from pathlib import Path
from rejoinder import Bot, Chat
{imports}

bot = Bot()

@bot.otherwise
def answer(chat: Chat) -> None:
    {line}
"""

DIVIDES = "def ask(chat):\n    1 / 0\n"
WRAPS = """def wrap():
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ValueError from error
"""


def failing(folder: Path, line: str, imports: str = "", **files: str) -> BaseException:
    """Write a bot into `folder`, let it fail, and return its error."""
    for name, source in files.items():
        file = folder / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(source)
    (folder / "bot.py").write_text(BOT.format(line=line, imports=imports))
    world = World(load_bot(folder), folder=folder)
    with suppress(BotFailed):
        world.process(inbound("hi"))
    (error,) = world.shown
    return error


@pytest.mark.parametrize(
    ("line", "imports", "files", "place"),
    [
        ("json.loads('{')", "", {}, ("bot.py", 11)),
        ("int('four')", "", {}, ("bot.py", 11)),
        ("chat.say('')", "", {}, ("bot.py", 11)),
        ("chat.say('Yes?', buttons=['x' * 500])", "", {}, ("bot.py", 11)),
        ("chat.step(json.loads, '{')", "", {}, ("bot.py", 11)),
        ("ask(chat)", "from parts.ask import ask", {"parts__ask": DIVIDES}, ("parts/ask.py", 2)),
        (
            "book(chat)",
            "from .steps.book import book",
            {"steps__book": "import json\ndef book(chat):\n    json.loads('{')\n"},
            ("steps/book.py", 3),
        ),
        ("sorted([2, 1], key=lambda x: x / 0)", "", {}, ("bot.py", 11)),
        ("import broken", "", {"broken": "x = 1\ndef (:\n"}, ("broken.py", 2)),
        ("wrap()", "from wrap import wrap", {"wrap": WRAPS}, ("wrap.py", 5)),
        ("raise SystemExit(1)", "", {}, ("bot.py", 11)),
    ],
)
def test_the_innermost_line_in_the_bots_folder_is_named(
    tmp_path: Path,
    line: str,
    imports: str,
    files: dict[str, str],
    place: tuple[str, int],
) -> None:
    error = failing(tmp_path, line, imports, **files)
    assert place_in(error, tmp_path) == place
    assert place_of(error, tmp_path).startswith(f"{tmp_path}/{place[0]}:{place[1]}: ")


def test_what_the_bot_requires_and_was_installed_beside_it_is_not_the_bots(tmp_path: Path) -> None:
    (tmp_path / "numbers_of-1.0.dist-info").mkdir()
    (tmp_path / "numbers_of-1.0.dist-info" / "METADATA").write_text("Name: numbers-of\nVersion: 1.0\n")
    (tmp_path / "numbers_of-1.0.dist-info" / "RECORD").write_text("numbers_of/parsing.py,,\nsingle.py,,\n")
    files = {
        "numbers_of__parsing": "import single\ndef parse():\n    single.parse()\n",
        "single": "def parse():\n    1 / 0\n",
    }
    error = failing(tmp_path, "parse()", "from numbers_of.parsing import parse", **files)
    assert isinstance(error, ZeroDivisionError)
    assert place_in(error, tmp_path) == ("bot.py", 11)


@pytest.mark.parametrize("folder", [".venv/lib/python3.11/site-packages", "venv/lib/python3/dist-packages"])
def test_an_environment_in_the_bots_folder_is_not_the_bots(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "parsing.py").write_text("def parse():\n    1 / 0\n")
    imports = f"import sys\nsys.path.append({str(tmp_path / folder)!r})\nimport parsing"
    error = failing(tmp_path, "parsing.parse()", imports)
    sys.path.remove(str(tmp_path / folder))
    assert isinstance(error, ZeroDivisionError)
    assert place_in(error, tmp_path) == ("bot.py", 13)


def test_an_error_that_no_line_of_the_bot_is_involved_in_names_no_place(tmp_path: Path) -> None:
    def ours() -> None:
        raise BotError("too large")

    with pytest.raises(BotError) as raised:
        ours()
    assert place_in(raised.value, tmp_path) is None
    assert place_of(raised.value, tmp_path) == "BotError: too large"


def test_an_error_of_ours_that_was_raised_over_one_of_the_bots_leads_to_the_bots_line(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text("def divide():\n    1 / 0\n")
    names: dict[str, Callable[[], None]] = {}
    exec(compile((tmp_path / "bot.py").read_text(), str(tmp_path / "bot.py"), "exec"), names)  # noqa: S102

    def ours() -> None:
        try:
            names["divide"]()
        except ZeroDivisionError as error:
            raise BotError("it divides") from error

    with pytest.raises(BotError) as raised:
        ours()
    assert place_in(raised.value, tmp_path) == ("bot.py", 2)


def test_a_bot_that_was_not_loaded_from_a_folder_is_named_by_its_file() -> None:
    bot = Bot()

    @bot.otherwise
    def answer(chat: Chat) -> None:
        json.loads("{")

    world = World(bot)
    with pytest.raises(
        BotFailed, match=rf"JSONDecodeError at test_places\.py:{answer.__code__.co_firstlineno + 2}"
    ):
        world.process(inbound("hi"))


@pytest.mark.parametrize(
    ("line", "cause"),
    [("json.loads('{')", "JSONDecodeError at bot.py:11"), ("chat.data['x'] = 'x' * 70_000", "TurnTooLarge")],
)
def test_the_cause_of_a_failure_names_the_bots_file_or_none(tmp_path: Path, line: str, cause: str) -> None:
    (tmp_path / "bot.py").write_text(BOT.format(line=line, imports=""))
    world = World(load_bot(tmp_path), folder=tmp_path)
    for _ in range(3):
        with suppress(BotFailed):
            world.process(inbound("hi"))
    ((_, parked),) = world.parked.updates
    assert parked == cause


@pytest.mark.parametrize("line", ["json.loads('{')", "chat.step(lambda: json.loads('{'))"])
def test_the_authors_machine_shows_text_and_traceback_of_the_bots_own_lines(
    tmp_path: Path, line: str
) -> None:
    told = told_of(failing(tmp_path, line), tmp_path).splitlines()
    assert told[:2] == ["Traceback (most recent call last):", '  File "bot.py", line 11, in answer']
    assert {one.split(",")[0].strip() for one in told if one.startswith("  File")} == {'File "bot.py"'}
    assert told[-1].startswith("json.decoder.JSONDecodeError: Expecting property name")


def test_the_causes_of_an_error_are_told_with_the_bots_own_lines(tmp_path: Path) -> None:
    told = told_of(failing(tmp_path, "wrap()", "from wrap import wrap", wrap=WRAPS), tmp_path).splitlines()
    files = [one.rpartition(",")[0].strip() for one in told if one.startswith("  File")]
    assert files == ['File "wrap.py", line 3', 'File "bot.py", line 11', 'File "wrap.py", line 5']
    assert "The above exception was the direct cause of the following exception:" in told


def test_a_built_bot_that_cannot_be_imported_is_named_by_its_own_innermost_line(tmp_path: Path) -> None:
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "book.py").write_text("import json\njson.loads('{')\n")
    (tmp_path / "bot.py").write_text("\nimport built.book\n")
    with pytest.raises(json.JSONDecodeError) as raised:
        load_bot(tmp_path)
    found = fault(str(tmp_path), raised.value)
    assert (found["file"], found["line"]) == ("built/book.py", 2)
