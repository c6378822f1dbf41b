"""The pytest plugin for bot authors. It runs in sessions of its own."""

import re
import zipfile
from pathlib import Path

import pytest

import rejoinder.bot.loading  # a session within this one takes away what it imports itself
import rejoinder.testing.phone  # noqa: F401 - as above
from rejoinder.channels import TABLE

pytest_plugins = ["pytester"]

BOT = """
from rejoinder import Bot
from words import HELLO

bot = Bot()

@bot.on("hi")
def greet(chat):
    chat.say(f"{HELLO} {chat.contact.name}!", buttons={"More": more})

@bot.on("more")
def more(chat):
    chat.say("That is all.")

@bot.on("broken")
def broken(chat):
    1 / 0

@bot.on("dead")
def dead(chat):
    chat.say("?", buttons=["Nowhere"])
"""


@pytest.fixture(autouse=True)
def no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # these plugins need a second to load


def folder(pytester: pytest.Pytester, name: str, hello: str = "Hello") -> Path:
    """Make a bot folder with an empty folder for its tests. The modules of `bot.tests` are already loaded."""
    made = pytester.path / name
    (made / "tests").mkdir(parents=True)
    (made / "bot.py").write_text(BOT)
    (made / "words.py").write_text(f"HELLO = {hello!r}\n")
    return made


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest("-p", "rejoinder.testing.plugin", "--import-mode=importlib", *arguments)


def test_phone_talks_to_the_bot_of_the_nearest_folder_each_time_anew(pytester: pytest.Pytester) -> None:
    for name in ("mine", "others/one"):
        test = f"""
def test_one(phone):
    assert phone.says("hi") == ["< {name} Ada! [More]"]

def test_two(phone):
    assert phone.transcript == ""
"""
        (folder(pytester, name, hello=name) / "tests" / "test_bot.py").write_text(test)
    run(pytester, "mine", "others").assert_outcomes(passed=4)
    run(pytester, "others", "mine").assert_outcomes(passed=4)


@pytest.mark.parametrize("arguments", [(), ("-p", "xdist", "-n2")])
def test_bots_of_several_folders_may_be_mixed_in_any_order(
    pytester: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    names = ("mine", "others/one", "others/two")
    for name in names:
        tests = folder(pytester, name, hello=name) / "tests"
        (tests / "greeting.chat").write_text(f"> hi\n< {name} Ada! [More]\n")
        test = f"def test_bot(phone):\n    assert phone.says('hi') == ['< {name} Ada! [More]']\n"
        (tests / "test_bot.py").write_text(test)
    mixed = [f"{name}/tests/{file}" for file in ("test_bot.py", "greeting.chat") for name in names]
    run(pytester, *arguments, *mixed).assert_outcomes(passed=6)


def test_phone_without_a_bot_says_so(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(phone): pass")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("no folder above * holds a bot.py for `phone`")
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_failed_test_shows_what_each_of_its_phones_saw(pytester: pytest.Pytester) -> None:
    test = """
import pytest
from rejoinder.testing import Phone

@pytest.fixture
def other(phone):
    return Phone(phone.bot, name="Bob")

def test_it(phone, other):
    phone.says("hi")
    other.says("more")
    assert False

def test_that(phone):
    phone.says("hi")
"""
    (folder(pytester, "mine") / "tests" / "test_bot.py").write_text(test)
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        ["*- Talk on phone -*", "> hi", "< Hello Ada! *", "*- Talk on other -*", "> more", "< That is all."],
        consecutive=True,
    )


TALK = """# A greeting.
> hi
< Hello Ada! [More]
... 25 hours
> [More]
< That is all.
"""


def test_a_written_talk_is_a_test(pytester: pytest.Pytester) -> None:
    made = folder(pytester, "mine")
    for path in ("demo.chat", "tests/one.chat", "tests/deep/two.chat"):
        (made / path).parent.mkdir(exist_ok=True)
        (made / path).write_text(TALK)
    result = run(pytester, "-v")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines("mine/tests/deep/two.chat::talk PASSED*")


def test_talks_elsewhere_are_none(pytester: pytest.Pytester) -> None:
    made = folder(pytester, "mine")
    (made / "notes").mkdir()
    for path in ("mine/other.chat", "mine/notes/demo.chat", "demo.chat", "tests/one.chat"):
        (pytester.path / path).parent.mkdir(exist_ok=True)
        (pytester.path / path).write_text("nothing at all")
    assert run(pytester).ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (TALK.replace("all", "it"), ["  > [More]", "- < That is it.", "+ < That is all."]),
        (
            TALK.replace("Hello Ada", "Hello Bob"),
            ["  > hi", "- < Hello Bob! [More]", "+ < Hello Ada! [More]", ""],
        ),
        ("> hi\n> more\n< That is all.\n", ["  > hi", "+ < Hello Ada! [More]"]),
        ("> more\n< That is all.\n< Bye.\n> hi\n", ["  > more", "  < That is all.", "- < Bye."]),
        ("> more\n< That is all.\n... 1 day\n< Still there?\n", ["  ... 1 day", "- < Still there?"]),
    ],
    ids=["another answer", "then it is not played on", "one more", "one less", "silence"],
)
def test_a_talk_that_goes_otherwise_shows_the_difference_only(
    pytester: pytest.Pytester, written: str, shown: list[str]
) -> None:
    (folder(pytester, "mine") / "tests" / "one.chat").write_text(written)
    result = run(pytester)
    result.assert_outcomes(failed=1)
    escaped = [line.replace("[", "[[]") for line in shown if line]
    result.stdout.fnmatch_lines(escaped, consecutive=True)
    report = result.stdout.str().partition("= FAILURES =")[2].partition("short test summary")[0]
    assert "Error" not in report
    assert "was to be" not in report
    assert len(report.splitlines()) <= 13


def test_a_file_that_is_no_talk_says_which_line_is_wrong(pytester: pytest.Pytester) -> None:
    (folder(pytester, "mine") / "tests" / "one.chat").write_text("> hi\nHello\n")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("*neither a message nor a comment: 'Hello'")
    assert "pytest_plugin.py" not in result.stdout.str()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("> [Nothing]", "no button or row is called 'Nothing'*"),
        ("> dead", "BotError: no handler takes the button 'Nowhere'*"),
        ("> broken", "mine/bot.py:17: ZeroDivisionError: division by zero"),
    ],
)
def test_what_is_wrong_with_the_bot_is_one_line_and_the_talk(
    pytester: pytest.Pytester, said: str, shown: str
) -> None:
    (folder(pytester, "mine") / "tests" / "one.chat").write_text(f"> hi\n< Hello Ada! [More]\n{said}\n")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([shown, "> hi", "< Hello Ada! [[]More]"])
    assert "Traceback" not in result.stdout.str()


def test_a_bot_that_cannot_be_loaded_is_one_line_under_its_talk(pytester: pytest.Pytester) -> None:
    made = folder(pytester, "mine")
    (made / "tests" / "one.chat").write_text(TALK)
    (made / "words.py").write_text("1 / 0\n")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines("mine/words.py:1: ZeroDivisionError: division by zero")
    assert "Traceback" not in result.stdout.str()


def requires(made: Path, asked: str) -> None:
    """Let a bot require `asked`. A folder on this machine offers greetings 1.0."""
    with zipfile.ZipFile(made.parent / "greetings-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("greetings.py", "HELLO = 'Hello from afar'\n")
        about = "greetings-1.0.dist-info"
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: greetings\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    (made / "requirements.txt").write_text(f"{asked}\n")
    (made / "words.py").write_text("from greetings import HELLO\n")


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, pytester: pytest.Pytester) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(pytester.path))


ONE = "mine/tests/test_bot.py::test_one"


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize(
    "asked", ["mine", pytest.param(".", marks=pytest.mark.slow), pytest.param(ONE, marks=pytest.mark.slow)]
)
def test_what_a_bot_requires_is_installed_before_its_tests_are_imported(
    pytester: pytest.Pytester, asked: str
) -> None:
    made = folder(pytester, "mine")
    requires(made, "greetings==1.0")
    (made / "tests" / "conftest.py").write_text("from greetings import HELLO\n")
    test = "def test_one(phone):\n    assert phone.says('hi') == ['< Hello from afar Ada! [More]']\n"
    (made / "tests" / "test_bot.py").write_text(test)
    result = run(pytester, "-p", "xdist", "-n2", asked)
    result.assert_outcomes(passed=1)
    (line,) = [line for line in result.errlines if line]
    assert line.startswith("  installing what mine/requirements.txt names (greetings==1.0), once ... ")
    again = run(pytester, asked)
    again.assert_outcomes(passed=1)
    assert not [line for line in again.errlines if line]


@pytest.mark.usefixtures("offline")
def test_what_cannot_be_installed_is_one_line_and_other_tests_run(pytester: pytest.Pytester) -> None:
    made = folder(pytester, "mine")
    requires(made, "greetings==3.0")
    (made / "tests" / "one.chat").write_text(TALK)
    (made / "tests" / "test_sums.py").write_text("def test_sum():\n    assert 1 + 1 == 2\n")
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=1)
    said = "\n".join(result.errlines)
    assert re.search(r"rejoinder: installing what the bot requires failed: .*greetings==3\.0", said)
    assert said.count("greetings==3.0") == 2  # what is installed, and why it is not
    result.stdout.fnmatch_lines(
        "mine/words.py:1: ModuleNotFoundError: No module named 'greetings'; name its package in *"
    )


def test_a_bot_that_requires_nothing_is_tested_without_the_workbench(pytester: pytest.Pytester) -> None:
    made = folder(pytester, "mine")
    test = "import sys\ndef test_it(phone):\n    assert 'rejoinder.workbench' not in sys.modules\n"
    (made / "tests" / "test_bot.py").write_text(test)
    pytester.runpytest_subprocess("-p", "rejoinder.testing.plugin").assert_outcomes(passed=1)


def test_the_way_of_an_error_leads_through_the_files_of_the_author_only(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        **{
            "mine/bot": (
                "from rejoinder import Bot, Chat\nbot = Bot()\n@bot.on('hi')\ndef hi(chat: Chat) -> None:\n"
                "    helper()\ndef helper() -> None:\n    raise ValueError('mine')\n"
            ),
            "mine/tests/test_way": "def test_hi(phone):\n    phone.says('hi')\n",
        }
    )
    shown = run(pytester).stdout.str()
    assert "bot.py:5" in shown
    assert "bot.py:7: ValueError" in shown
    assert "test_way.py:2" in shown
    assert "process.py:" not in shown.partition("Captured")[0]
    assert "phone.py:" not in shown


def test_a_project_that_has_nothing_to_do_with_rejoinder_is_left_alone(pytester: pytest.Pytester) -> None:
    """Its bot.py is of another kind. Nothing is installed, and its .chat files are no tests."""
    pytester.makepyfile(
        **{"theirs/bot": "import discord\n", "theirs/tests/test_theirs": "def test_it(): pass\n"}
    )
    (pytester.path / "theirs" / "requirements.txt").write_text("no-such-package-anywhere==1\n")
    (pytester.path / "theirs" / "tests" / "own.chat").write_text("anything")
    done = run(pytester)
    done.assert_outcomes(passed=1)
    assert "rejoinder" not in done.stderr.str()
    assert not (pytester.path / ".rejoinder").exists()


@pytest.mark.usefixtures("offline")
def test_tests_outside_of_the_bots_folder_have_the_bot_of_the_project(pytester: pytest.Pytester) -> None:
    requires(folder(pytester, "bot"), "greetings==1.0")
    pytester.makepyprojecttoml('[tool.rejoinder]\nbot = "bot"\n')
    test = "def test_one(phone):\n    assert phone.says('hi') == ['< Hello from afar Ada! [More]']\n"
    (pytester.mkdir("tests") / "test_talks.py").write_text(test)
    run(pytester, "tests").assert_outcomes(passed=1)


# --- the sessions of others ---------------------------------------------------------------------------------

OTHERS = 'raise SystemExit("the bot of another network was started")\n'


def test_a_bot_that_is_none_of_rejoinder_is_left_alone(pytester: pytest.Pytester) -> None:
    for place in (pytester.path, pytester.mkdir("below")):
        (place / "bot.py").write_text(OTHERS)
        (place / "requirements.txt").write_text("no-such-package==1\n")
        (place / "tests").mkdir()
        (place / "tests" / "theirs.chat").write_text("a format of their own\n")
    pytester.makepyfile("def test_it(): pass")
    result = run(pytester)
    result.assert_outcomes(passed=1)
    assert "rejoinder: " not in result.stderr.str()
    assert not [*pytester.path.rglob(".rejoinder")]


def test_a_bot_py_that_names_rejoinder_only_in_another_file_is_a_bot_of_the_project(
    pytester: pytest.Pytester,
) -> None:
    made = folder(pytester, "bot")
    (made / "bot.py").rename(made / "talks.py")
    (made / "bot.py").write_text("from talks import bot\n")
    (made / "tests" / "one.chat").write_text("> hi\n< Hello Ada! [More]\n")
    pytester.makepyprojecttoml('[tool.rejoinder]\nbot = "bot"\n')
    run(pytester).assert_outcomes(passed=1)


def test_a_session_without_a_bot_does_not_load_rejoinder(pytester: pytest.Pytester) -> None:
    test = """
import sys

def test_it():
    loaded = [name for name in sys.modules if name.startswith("rejoinder")]
    assert sorted(loaded) == ["rejoinder", "rejoinder.testing", "rejoinder.testing.plugin"]
"""
    pytester.makepyfile(test)
    result = pytester.runpytest_subprocess("-p", "rejoinder.testing.plugin")
    result.assert_outcomes(passed=1)


def test_one_option_plays_tests_and_written_talks_over_both_networks(pytester: pytest.Pytester) -> None:
    made = folder(pytester, "mine")
    (made / "tests" / "hello.chat").write_text("> hi\n< Hello Ada! [More]\n")
    made.joinpath("tests", "test_one.py").write_text("""
def test_one(phone):
    assert phone.says("hi") == ["< Hello Ada! [More]"]
""")
    ended = run(pytester, "--channel", "whatsapp", "--channel", "telegram", "-v", "mine")
    ended.assert_outcomes(passed=4)
    assert {"talk[telegram]", "test_one[telegram]"} <= set(re.findall(r"::(\S+) PASSED", ended.stdout.str()))


def test_a_talk_that_names_a_network_is_played_over_no_other(pytester: pytest.Pytester) -> None:
    tests = folder(pytester, "mine") / "tests"
    tests.joinpath("hi.telegram.chat").write_text("> hi\n< Hello Ada! [More]\n")
    tests.joinpath("hi.whatsapp.chat").write_text("> hi\n< Hello Ada! [More]\n")
    ended = run(pytester, "-v", "mine")
    assert {"hi.telegram.chat::talk[telegram]", "hi.whatsapp.chat::talk[whatsapp]"} <= set(
        re.findall(r"/(hi\S+) PASSED", ended.stdout.str())
    )
    ended = run(pytester, "--channel", "telegram", "-v", "mine")
    assert re.findall(r"/(hi\.\S+) PASSED", ended.stdout.str()) == ["hi.telegram.chat::talk[telegram]"]


def test_a_network_that_is_none_is_an_error_that_names_it(pytester: pytest.Pytester) -> None:
    folder(pytester, "mine")
    ended = run(pytester, "--channel", "pigeon", "mine")
    assert all(name in ended.stderr.str() for name in ("pigeon", *TABLE))
