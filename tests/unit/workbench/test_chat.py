"""`make chat`: the bot in the terminal."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from rejoinder.workbench.tools import HOUSE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the default bot that the test may edit."""
    return Path(
        shutil.copytree(HOUSE / "bot", tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__"))
    )


def chat(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "rejoinder.workbench", "chat", "--bot", str(folder)],
        cwd=HOUSE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_talk_is_shown_as_a_transcript(folder: Path) -> None:
    with chat(folder) as talk:
        output, errors = talk.communicate("hi\n[Opening hours]\n[Nothing]\nbook\ntoday\n", timeout=30)
    assert (talk.returncode, errors) == (0, "")
    assert "< Hello You! What can I do for you? [Book a table]" in output
    assert "We are open Monday" in output
    assert "! no button or row is called 'Nothing'" in output
    assert output.rstrip().endswith("< For how many people?")


def test_time_passes_as_the_greeting_says(folder: Path) -> None:
    with chat(folder) as talk:
        said = "hi\nbook\n... 1 minute\n... 25 hours\nbook\ntoday\n4\n... 2 hours\n"
        output, errors = talk.communicate(said, timeout=30)
    assert errors == ""
    greeting, _, talked = output.partition("\n\n")
    assert "`... 25 hours` lets that time pass" in greeting
    assert "> ... 1 minute\n(nothing is said in that time)\n" in talked
    assert "> ... 25 hours\n< I have not booked anything. [Book a table]\n" in talked
    assert "> ... 2 hours\n< See you soon! Your table for 4 is waiting.\n" in talked


WRONG = """import random, socket
from datetime import timedelta
from rejoinder import Bot
bot = Bot()

@bot.on("random")
def differs(chat):
    chat.say(str(random.random()))

@bot.on("dead")
def dead(chat):
    chat.say("?", buttons=["Nowhere"])

@bot.on("socket")
def connects(chat):
    socket.create_connection(("127.0.0.1", 9))

@bot.on("long")
def long(chat):
    chat.say("x" * 5000)

@bot.on("late")
def late(chat):
    chat.later(timedelta(days=1), remind)

@bot.on()
def remind(chat):
    chat.say("Remember!")

@bot.on("fine")
def fine(chat):
    chat.say("Fine.")
"""


def test_what_the_phone_says_of_the_bot_is_one_line_and_the_talk_goes_on(folder: Path) -> None:
    (folder / "bot.py").write_text(WRONG)
    with chat(folder) as talk:
        output, errors = talk.communicate("random\ndead\nsocket\nlong\nlate\n... 1 day\nfine\n", timeout=30)
    assert errors == ""
    wrong = [line for line in output.splitlines() if line.startswith("!")]
    places = [re.findall(r"bot\.py:\d+", line)[:1] for line in wrong]
    assert places == [["bot.py:8"], [], ["bot.py:16"], ["bot.py:20"], []]
    for line, what in zip(wrong, ("chat.step", "'Nowhere'", "chat.step", "", "outside_window"), strict=True):
        assert what in line
    assert output.rstrip().endswith("> fine\n< Fine.")


def test_an_edit_is_live_at_the_next_line_and_a_faulty_one_is_one_line(folder: Path) -> None:
    file = folder / "bot.py"
    with chat(folder) as talk:
        assert talk.stdin is not None
        assert talk.stdout is not None
        answer(talk.stdin, talk.stdout, "hours", "<")
        file.write_text(file.read_text().replace("Monday to Friday", "every day"))
        assert "every day" in answer(talk.stdin, talk.stdout, "hours", "< We")
        file.write_text("def (:\n")
        assert "bot.py:1: invalid syntax" in answer(talk.stdin, talk.stdout, "hours", "!")
        assert next(talk.stdout) == "(the bot from before goes on)\n"
        talk.stdin.close()
        talk.wait(10)


def answer(stdin: IO[str], stdout: IO[str], words: str, begins: str) -> str:
    """Say `words`, and return the next line that begins with `begins`."""
    stdin.write(f"{words}\n")
    stdin.flush()
    return next(line for line in stdout if line.startswith(begins))


@pytest.mark.parametrize("words", ["... 1 year", "... 2h", "... 1.5 hours", "... soon"])
def test_what_is_no_time_is_not_said_to_the_bot(folder: Path, words: str) -> None:
    with chat(folder) as talk:
        output, _ = talk.communicate(f"{words}\n", timeout=30)
    assert "! this is not a time; write `... 25 hours`, or minutes, or days" in output
    assert "<" not in output


def test_a_bot_that_raises_is_one_line_with_its_place(folder: Path) -> None:
    bot = "from rejoinder import Bot\nbot = Bot()\n\n@bot.otherwise\ndef x(chat):\n    1 / 0\n"
    (folder / "bot.py").write_text(bot)
    with chat(folder) as talk:
        output, errors = talk.communicate("hi\n", timeout=30)
    assert errors == ""
    assert "bot.py:6: ZeroDivisionError: division by zero" in output


def test_a_folder_without_a_bot_is_one_line(tmp_path: Path) -> None:
    with chat(tmp_path) as talk:
        output, errors = talk.communicate("", timeout=30)
    assert talk.returncode == 1
    assert errors == ""
    assert "holds no bot.py" in output
