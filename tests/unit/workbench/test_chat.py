"""`make chat`: the bot in the terminal."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from workbench.tools import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the default bot, to be edited."""
    return Path(shutil.copytree(ROOT / "bot", tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__")))


def chat(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "workbench", "chat"],
        cwd=ROOT,
        env=os.environ | {"BOT": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_talk_is_shown_as_a_transcript(folder: Path) -> None:
    with chat(folder) as talk:
        output, errors = talk.communicate("hi\n[Opening hours]\n[Nothing]\nbook\ntoday\n", timeout=30)
    assert (talk.returncode, errors) == (0, "")
    assert "< Hello You! What can I do for you? [Opening hours]" in output
    assert "We are open Monday" in output
    assert "! no button or row is called 'Nothing'" in output
    assert output.rstrip().endswith("< For how many people?")


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
        talk.stdin.close()
        talk.wait(10)


def answer(stdin: IO[str], stdout: IO[str], words: str, begins: str) -> str:
    """Say `words`; the next line that begins so."""
    stdin.write(f"{words}\n")
    stdin.flush()
    return next(line for line in stdout if line.startswith(begins))


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
