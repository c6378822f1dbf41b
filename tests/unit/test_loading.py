"""Finding a bot in a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from rejoinder import BotError
from rejoinder.bot.loading import load_bot, load_bots, place_of
from rejoinder.bot.places import OURS
from rejoinder.errors import BotFailed
from rejoinder.model.people import Account
from rejoinder.testing import Phone

BOT = """
from rejoinder import Bot, Chat
from words import GREETING

bot = Bot()

@bot.otherwise
def greet(chat: Chat) -> None:
    chat.say(GREETING)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bot.py").write_text(BOT)
    (tmp_path / "words.py").write_text('GREETING = "Hello"\n')
    return tmp_path


def test_a_bot_of_several_files_is_found(folder: Path) -> None:
    assert Phone(load_bot(folder)).says("hi") == ["< Hello"]


def test_an_edit_of_any_file_is_seen_when_it_is_loaded_again(folder: Path) -> None:
    load_bot(folder)
    (folder / "words.py").write_text('GREETING = "Good evening"\n')
    assert Phone(load_bot(folder)).says("hi") == ["< Good evening"]


@pytest.mark.parametrize("line", ["from .bot import bot", "from bot import bot", "from . import bot"])
def test_files_that_register_with_the_bot_of_bot_py_mean_the_same_bot(folder: Path, line: str) -> None:
    (folder / "hotel.py").write_text(
        f"{line}\n\n@bot.on('hotel')\ndef hotel(chat):\n    chat.say('Which?')\n"
    )
    with (folder / "bot.py").open("a") as bot:
        bot.write("\nfrom . import hotel\n")
    for _ in range(2):
        assert Phone(load_bot(folder)).says("hotel") == ["< Which?"]


def test_handlers_of_one_name_in_two_files_are_told_by_their_places(folder: Path) -> None:
    part = "from rejoinder import Bot\nbot = Bot()\n\n@bot.on('{0}')\ndef book(chat):\n    chat.ask('{0}?')\n"
    for name in ("hotel", "taxi"):
        (folder / f"{name}.py").write_text(part.format(name))
    with (folder / "bot.py").open("a") as bot:
        bot.write("\nfrom . import hotel, taxi\nbot.include(hotel.bot)\nbot.include(taxi.bot)\n")
    with pytest.raises(BotError, match=r"named book \(hotel.py:4 and taxi.py:4\).*Rename one of them"):
        load_bot(folder)


def test_it_can_be_loaded_by_a_module_beside_it_as_in_the_processor(folder: Path) -> None:
    imports = "from pathlib import Path\nfrom rejoinder.bot.loading import load_bot\n"
    app = f"{imports}load_bot(Path(__file__).parent)\n"
    (folder / "app.py").write_text(app)
    subprocess.run([sys.executable, "-c", "import app"], cwd=folder, check=True)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(BotError, match="holds no"):
        load_bot(tmp_path)
    (tmp_path / "bot.py").write_text("bot = 1\n")
    with pytest.raises(BotError, match=r"bot = Bot\(\)"):
        load_bot(tmp_path)


def test_what_the_file_raises_passes_through(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text("def (:\n")
    with pytest.raises(SyntaxError):
        load_bot(tmp_path)


def test_the_place_of_an_error_is_the_file_that_it_is_in(folder: Path) -> None:
    (folder / "flows").mkdir()
    (folder / "flows" / "book.py").write_text("def book(chat):\n    raise KeyError(1)\n")
    (folder / "bot.py").write_text(
        BOT.replace("chat.say(GREETING)", "book(chat)") + "\nfrom flows.book import book\n"
    )
    with pytest.raises(BotFailed) as failed:
        Phone(load_bot(folder)).says("hi")
    cause = failed.value.__cause__
    assert cause
    assert place_of(cause, folder) == f"{folder}/flows/book.py:2: KeyError: 1"


def test_what_few_turns_need_is_not_loaded_when_a_function_starts() -> None:
    code = "import rejoinder.bot.loading, rejoinder.bot.intents, sys; print(*sorted(sys.modules))"
    started = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(OURS.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"importlib.metadata", "jellyfish", "zoneinfo"} & {*started.stdout.split()}


def test_a_folder_may_hold_a_bot_for_each_number(folder: Path) -> None:
    with (folder / "bot.py").open("a") as bot:
        bot.write("\nsupport = Bot()\nbots = {'2': support}\n")
    bots = load_bots(folder)
    answering = [bots.of(Account(channel="whatsapp", id=id)) for id in ("1", "2")]
    assert answering == [bots.usual, bots.others["2"]]
    assert bots.usual is not bots.others["2"]


@pytest.mark.parametrize("line", ["bots = [Bot()]", "bots = {2: Bot()}", "bots = {'2': 'support'}"])
def test_bots_that_are_no_bots_by_number_are_refused(folder: Path, line: str) -> None:
    with (folder / "bot.py").open("a") as bot:
        bot.write(f"\n{line}\n")
    with pytest.raises(BotError, match="bots are Bots by the ids of numbers"):
        load_bots(folder)
