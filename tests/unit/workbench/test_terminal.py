"""What is printed: nobody's words end a command or change the terminal."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rejoinder.workbench.terminal import visible
from rejoinder.workbench.tools import HOUSE

CLEAR_SCREEN = "\x1b[2J"
NASTY = (
    f"cut \ud83d, red \x1b[31m{CLEAR_SCREEN}, bell \a, back \b\r, next \x85, turned \u202e\u2066, end \u2028"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cut \ud83d\nemoji", "cut \\ud83d\nemoji"),
        ("the other half \ude00", "the other half \\ude00"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b2J", "\\x9b2J"),  # the same as ESC [ in one character
        ("over\rwritten\b\x00\x7f", "over\\x0dwritten\\x08\\x00\\x7f"),
        ("new\x0bline\x0c\x85\u2028\u2029", "new\\x0bline\\x0c\\x85\\u2028\\u2029"),
        ("\u202eevil\u202c \u2067x\u2069 \u200f\u061c", "\\u202eevil\\u202c \\u2067x\\u2069 \\u200f\\u061c"),
    ],
    ids=ascii,
)
def test_what_would_change_the_terminal_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text", ["plain\n\ttext", "Zoë", "👩‍👩‍👧 👋🏽 1️⃣", "مرحبا", "שלום", "नमस्ते", "ピザ", ""], ids=ascii
)
def test_words_of_every_script_stay_as_they_are(text: str) -> None:
    assert visible(text) == text


PROGRAM = """
import sys
from rejoinder.workbench import terminal
terminal.protect()
print(sys.argv[1], "Zoë", eval(sys.argv[2]))
print(eval(sys.argv[2]), file=sys.stderr)
print(ascii(input()))
raise ValueError(eval(sys.argv[2]))
"""


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_output_errors_arguments_and_input_never_fail_in_any_encoding(encoding: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, b"argument \xff", ascii(NASTY)],
        cwd=HOUSE,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        input=b"typed \xff\n",
        capture_output=True,
        check=False,
        timeout=60,
    )
    printed, typed = ended.stdout.decode(encoding).splitlines()
    assert "Zo" in printed
    assert printed.endswith(visible(NASTY))
    assert typed.startswith("'typed ")
    assert ended.stderr.decode(encoding).splitlines()[0] == visible(NASTY)
    assert f"ValueError: {visible(NASTY)}" in ended.stderr.decode(encoding)


def test_a_chat_goes_on_after_a_bot_that_says_or_raises_such_things(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(
        "from rejoinder import Bot, Chat\nbot = Bot()\n"
        f"@bot.on('clear')\ndef clear(chat: Chat) -> None:\n    chat.say({CLEAR_SCREEN + 'cleared'!a})\n"
        f"@bot.on('raise')\ndef fail(chat: Chat) -> None:\n    raise ValueError({NASTY!a})\n"
        "@bot.on('last')\ndef last(chat: Chat) -> None:\n    chat.say('still here')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", "chat", "--bot", str(tmp_path)],
        cwd=HOUSE,
        input=b"clear\nraise\n\xff\xed\xa0\xbd\nlast\n",
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert b"\x1b" not in ended.stdout
    assert "< \\x1b[2Jcleared" in ended.stdout.decode()
    assert ended.stdout.decode().rstrip().endswith("< still here")
