"""`rejoinder chat`: the bot in the terminal."""

import os
import pty
import re
import shutil
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import IO

import pytest

from rejoinder.workbench.tools import HOUSE
from tests.own_bots import DEPLOYED


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of a bot that the test may edit."""
    return Path(shutil.copytree(DEPLOYED, tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__")))


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


REFUSED = """from rejoinder import Bot, Chat, Template

bot = Bot()


@bot.on("offer")
def offer(chat: Chat) -> None:
    chat.say(Template("sale", language="en", category="marketing"))


@bot.on("mute")
def mute(chat: Chat) -> None:
    pass
"""


def test_what_does_not_go_out_says_why(folder: Path) -> None:
    (folder / "bot.py").write_text(REFUSED)
    with chat(folder) as talk:
        output, errors = talk.communicate("offer\nmute\n", timeout=30)
    assert errors == ""
    assert "> offer\n(a message did not go out: the template sale is for marketing" in output
    assert output.rstrip().endswith("> mute\n(no answer: no handler matches, or the handler says nothing)")


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
    chat.say("?", buttons=["x" * 21])

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


HEARS = """from rejoinder import Bot, ContactCard, Document, Echo, Image, Location
bot = Bot()

@bot.on(Image, Document, Location, ContactCard)
def thank(chat):
    chat.data["last"] = chat.message.content.kind
    chat.say(f"Thanks for the {chat.message.content.kind}: {chat.message.content}")

@bot.on(Echo)
def by_hand(chat):
    print("by hand:", chat.message.content.content.body)

@bot.otherwise
def echo(chat):
    chat.say(f"You say {chat.message.content.body}")
"""


def test_photos_documents_places_and_contacts_are_sent(folder: Path, tmp_path: Path) -> None:
    (folder / "bot.py").write_text(HEARS)
    (tmp_path / "my cat.jpg").write_bytes(b"meow")
    said = f"/photo {tmp_path}/my cat.jpg Look!\n/document {tmp_path}/my cat.jpg\n"
    said += "/location 52.5 13.4 Zoo\n/contact Ada 15550001111\n/data\n//photo\n/foto\n/help\n"
    with chat(folder) as talk:
        output, errors = talk.communicate(said, timeout=30)
    assert errors == ""
    assert "\n(photo my cat.jpg, image/jpeg, 1 KB)\n< Thanks for the image: Image(" in output
    assert "caption='Look!'" in output
    assert "< Thanks for the document: Document(" in output
    assert "filename='my cat.jpg'" in output
    assert "< Thanks for the location: Location(latitude=52.5, longitude=13.4, name='Zoo'" in output
    assert re.search(r"< Thanks for the contact_card: ContactCard\(name='Ada', .*\('15550001111',\)", output)
    assert '> /data\n{\n  "last": "contact_card"\n}\n' in output
    assert "> //photo\n< You say /photo\n" in output
    assert "> /foto\n! there is no command /foto: is it /photo? To say these words, type //foto\n" in output
    assert "/photo FILE [CAPTION]" in output


def test_a_handoff_is_played(folder: Path) -> None:
    (folder / "bot.py").write_text(HEARS)
    with chat(folder) as talk:
        output, errors = talk.communicate("hi\n/human I am here\nhello\n/release\nhello\n", timeout=30)
    assert errors == ""
    assert output.rstrip().split("> hi\n")[1].splitlines() == [
        "< You say hi",
        "> /human I am here",
        "| by hand: I am here",
        "(a person of the business answers: I am here)",
        "> hello",
        "(no answer: a person of the business has taken over, until /release)",
        "> /release",
        "(the bot may speak again)",
        "> hello",
        "< You say hello",
    ]


PRINTS = """import logging, sys
from rejoinder import Bot
print("loaded")
bot = Bot()
logging.basicConfig(format="%(message)s", level="INFO")
kept = sys.stdout

@bot.otherwise
def answer(chat):
    print("it came: ", end="")
    print("hi\\nand more\\x1b[2J")
    logging.getLogger().info("noted")
    print("kept", file=kept)
    print("no end", end="", file=sys.stderr)
    chat.say("Hello")
"""


def test_what_the_bot_prints_and_logs_shows_once_as_its_own(folder: Path) -> None:
    (folder / "bot.py").write_text(PRINTS)
    with chat(folder) as talk:
        output, errors = talk.communicate("hi\n", timeout=30)
    assert errors == ""
    assert output.startswith("| loaded\n")
    assert output.rstrip().split("> hi\n")[1].splitlines() == [
        "| it came: hi",
        "| and more\\x1b[2J",
        "| noted",
        "| kept",
        "| no end",
        "< Hello",
    ]


RAISES = """from rejoinder import Bot
from .prices.list import price
bot = Bot()

@bot.on("price")
def tell(chat):
    try:
        chat.step(price, 0)
    except ZeroDivisionError as error:
        raise LookupError("no price") from error

@bot.on("fine")
def fine(chat):
    chat.say(str(chat.step(price, 50)))
"""


def test_an_exception_shows_the_bots_own_lines_and_the_chat_goes_on(folder: Path) -> None:
    (folder / "bot.py").write_text(RAISES)
    (folder / "prices").mkdir()
    (folder / "prices" / "list.py").write_text("def price(n):\n    return 100 / n\n")
    with chat(folder) as talk:
        output, errors = talk.communicate("price\nfine\n", timeout=30)
    assert errors == ""
    told = [line.strip() for line in output.split("> price\n")[1].splitlines()]
    assert told[0].endswith("bot.py:10: LookupError: no price")
    files = [line.partition(", in")[0] for line in told if line.startswith("File")]
    assert files == ['File "bot.py", line 8', 'File "prices/list.py", line 2', 'File "bot.py", line 10']
    assert "return 100 / n" in told
    assert "ZeroDivisionError: division by zero" in told
    assert output.rstrip().endswith("> fine\n< 2.0")


def test_an_edit_in_a_folder_of_the_bot_is_live_at_the_next_line(folder: Path) -> None:
    (folder / "bot.py").write_text(RAISES)
    (folder / "prices").mkdir()
    file = folder / "prices" / "list.py"
    file.write_text("def price(n):\n    return 100 / n\n")
    with chat(folder) as talk:
        assert talk.stdin is not None
        assert talk.stdout is not None
        assert answer(talk.stdin, talk.stdout, "fine", "<") == "< 2.0\n"
        file.write_text("def price(n):\n    return 'seven'\n")
        assert answer(talk.stdin, talk.stdout, "fine", "<") == "< seven\n"
        talk.stdin.close()
        talk.wait(10)


def test_a_bot_that_ends_the_program_is_one_error(folder: Path) -> None:
    (folder / "bot.py").write_text("import sys\nsys.exit(3)\n")
    with chat(folder) as talk:
        output, errors = talk.communicate("", timeout=30)
    assert (talk.returncode, errors) == (1, "")
    assert "bot.py:2: SystemExit: 3" in output


REQUIRES = """from rejoinder import Bot
import greetings
bot = Bot()

@bot.otherwise
def greet(chat):
    chat.say(greetings.HELLO)
"""


@pytest.mark.slow
def test_what_the_bot_requires_is_installed_and_an_edit_of_it_is_live(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    for version in ("1.0", "2.0"):
        with zipfile.ZipFile(tmp_path / f"greetings-{version}-py3-none-any.whl", "w") as wheel:
            about = f"greetings-{version}.dist-info"
            wheel.writestr("greetings.py", f"HELLO = 'Hello of {version}'\n")
            wheel.writestr(
                f"{about}/METADATA", f"Metadata-Version: 2.1\nName: greetings\nVersion: {version}\n"
            )
            wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{about}/RECORD", "")
    required = folder / "requirements.txt"
    required.write_text("greetings==1.0\n")
    (folder / "bot.py").write_text(REQUIRES)
    with chat(folder) as talk:
        assert talk.stdin is not None
        assert talk.stdout is not None
        assert talk.stderr is not None
        assert answer(talk.stdin, talk.stdout, "hi", "<") == "< Hello of 1.0\n"
        required.write_text("greetings==2.0\n")
        assert answer(talk.stdin, talk.stdout, "hi", "<") == "< Hello of 2.0\n"
        required.write_text("greetings==3.0\n")
        wrong = answer(talk.stdin, talk.stdout, "hi", "!")
        assert "installing what the bot requires failed" in wrong
        assert "greetings==3.0" in wrong
        assert next(talk.stdout) == "< Hello of 2.0\n"
        talk.stdin.close()
        told = talk.stderr.read().splitlines()
        talk.wait(10)
    assert [line.partition(" ...")[0] for line in told] == [
        f"  installing what bot/requirements.txt names (greetings=={version}.0), once"
        for version in (1, 2, 3)
    ]


def _in_terminal(folder: Path, typed: bytes, **environment: str) -> bytes:
    """Return what a terminal shows of a chat in which `typed` is typed."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "rejoinder.workbench", "chat", "--bot", str(folder)]
    settings = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    shown = b""
    with subprocess.Popen(
        command,
        cwd=HOUSE,
        env=settings | {"TERM": "xterm"} | environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ):
        os.close(theirs)
        with suppress(OSError):  # Linux's answer when the other end is closed
            while part := os.read(ours, 4096):
                shown += part
                if typed and b"\n> " in shown.replace(b"\r", b""):  # it reads now
                    os.write(ours, typed)
                    typed = b""
    os.close(ours)
    return shown.replace(b"\r\n", b"\n")


def test_a_terminal_shows_colours_and_nothing_that_the_bot_says_changes_it(folder: Path) -> None:
    (folder / "bot.py").write_text(PRINTS.replace('"Hello"', '"Hello \\x1b[31mred"'))
    shown = _in_terminal(folder, b"hi\n/foto\nhi\n\n")
    assert b"\x1b[32m< Hello \\x1b[31mred\x1b[0m\n" in shown
    assert b"\x1b[2m| and more\\x1b[2J\x1b[0m\n" in shown
    assert b"\x1b[31m! there is no command /foto" in shown
    assert {*re.findall(rb"\x1b[^a-z]*[a-zA-Z]", shown)} <= {b"\x1b[2m", b"\x1b[31m", b"\x1b[32m", b"\x1b[0m"}
    assert shown.count(b"< Hello") == 2  # both lines of what was pasted


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colours_gets_none(folder: Path, environment: dict[str, str]) -> None:
    shown = _in_terminal(folder, b"hi\n\n", **environment)
    assert b"< Hello You!" in shown
    assert b"\x1b" not in shown


FILES = """\
from rejoinder import Bot, Document, Media, MediaGone
bot = Bot()

@bot.on(Media)
def save(chat):
    file = chat.save(chat.message.content)
    chat.say(f"{file.name}: {file.read().decode()}")

@bot.otherwise
def form(chat):
    chat.say(Document(b"%PDF-1.7 all of it", filename="form.pdf", caption="Please fill it in"))
"""


def test_what_is_sent_can_be_saved_and_what_the_bot_sends_can_be_opened(folder: Path, tmp_path: Path) -> None:
    (folder / "bot.py").write_text(FILES)
    (tmp_path / "cat.jpg").write_bytes(b"meow")
    with chat(folder) as talk:
        output, errors = talk.communicate(f"/document {tmp_path}/cat.jpg\nform\n", timeout=30)
    assert errors == ""
    assert "< cat.jpg: meow\n" in output
    (place,) = re.findall(r"< \(document form\.pdf\) Please fill it in\n\(form\.pdf is in (.+)\)\n", output)
    assert (Path(place) / "form.pdf").read_bytes() == b"%PDF-1.7 all of it"
    shutil.rmtree(place)
