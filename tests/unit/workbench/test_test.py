"""`rejoinder test`, in projects as authors have them."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from rejoinder.workbench.cli import test
from rejoinder.workbench.project import Project

PROJECT = '[tool.rejoinder]\nbot = "bot"\n[tool.pytest.ini_options]\naddopts = ["--import-mode=importlib"]\n'
BOT = """from rejoinder import Bot, Chat

from .words import HELLO

bot = Bot()


@bot.on("hi")
def hi(chat: Chat) -> None:
    chat.say(HELLO)
"""
FILES = {
    "pyproject.toml": PROJECT,
    "bot/bot.py": BOT,
    "bot/words.py": 'HELLO = "Hello!"\n',
    "bot/demo.chat": "> hi\n< Hello!\n",
    "bot/tests/test_hi.py": "def test_hi(phone):\n    assert phone.says('hi') == ['< Hello!']\n",
}

OTHER_PLUGINS = ("cacheprovider", "hypothesispytest", "anyio", "xdist", "xdist.looponfail", "time_machine")
"""Plugins of pytest that are installed here and would take most of the time."""


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@dataclass(frozen=True, kw_only=True)
class Outcome:
    code: int
    printed: str
    summary: dict[str, str]


def run(folder: Path, *arguments: str, error: str = "") -> Outcome:
    """Run the command in a folder."""
    left_out = (f"-p no:{plugin}" for plugin in OTHER_PLUGINS)
    paths = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTEST_ADDOPTS": " ".join(left_out)}
    ran = subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", "test", *arguments],
        cwd=folder,
        env={**os.environ, **paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert error in ran.stderr
    return Outcome(code=ran.returncode, printed=ran.stdout, summary=summary(ran.stdout))


def summary(printed: str) -> dict[str, str]:
    """Return what the last lines say of each part, without its time."""
    return dict(re.findall(r"^[ !] (\w+) +\d+\.\d s  (.*)$", printed, re.MULTILINE))


GOOD = {"bot": "ok", "messages": "ok", "tests": "ok"}


def test_each_part_of_a_good_bot_has_a_line(tmp_path: Path) -> None:
    one = run(write(tmp_path, FILES))
    assert (one.code, one.summary) == (0, GOOD)
    assert "2 passed" in one.printed


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("this is no Python", "bot/bot.py:11: invalid syntax"),
        ("1 / 0", "bot/bot.py:11: ZeroDivisionError: division by zero"),
        ("raise SystemExit('no token')", "bot/bot.py:11: SystemExit: no token"),
        ("bot.on('ho')(lambda: None)", "bot/bot.py:11: TypeError: <lambda> must take one argument, the chat"),
        ("del bot", "BotError: bot.py has no `bot = Bot()`"),
    ],
)
def test_a_bot_that_cannot_be_loaded_is_one_line_with_its_place(
    tmp_path: Path,
    line: str,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = Project.find(write(tmp_path, {**FILES, "bot/bot.py": f"{BOT}{line}\n"}))
    monkeypatch.chdir(tmp_path)
    assert test.main(project, []) == 1
    printed = capsys.readouterr().out
    assert printed.startswith(shown)
    left_out = "left out, because the bot cannot be loaded"
    assert summary(printed) == {"bot": "failed, 1 error", "messages": left_out, "tests": left_out}


@pytest.mark.slow
def test_what_is_wrong_before_any_talk_fails_also_where_no_test_looks(tmp_path: Path) -> None:
    more = '\n@bot.on("bye")\ndef bye(chat: Chat) -> None:\n    chat.say("")\n'
    one = run(write(tmp_path, {**FILES, "bot/bot.py": BOT + more}))
    assert (one.code, one.summary) == (1, {**GOOD, "messages": "failed, 1 error"})
    assert one.printed.startswith("bot/bot.py:14: a text is empty\n")


@pytest.mark.slow
def test_a_written_talk_that_goes_otherwise_fails(tmp_path: Path) -> None:
    one = run(write(tmp_path, {**FILES, "bot/demo.chat": "> hi\n< Good morning!\n"}))
    assert (one.code, one.summary) == (1, {**GOOD, "tests": "failed"})
    assert "- < Good morning!" in one.printed


@pytest.mark.slow
def test_a_warning_is_shown_and_fails_nothing(tmp_path: Path) -> None:
    more = '\n@bot.on("hi")\ndef again(chat: Chat) -> None:\n    pass\n'
    one = run(write(tmp_path, {**FILES, "bot/bot.py": BOT + more}))
    assert (one.code, one.summary) == (0, {**GOOD, "bot": "ok, 1 warning"})
    assert one.printed.startswith("bot/bot.py:12: 'hi', typed, never reaches again")


@pytest.mark.slow
def test_a_bot_without_tests_is_good_and_told_how_to_begin(tmp_path: Path) -> None:
    files = {name: text for name, text in FILES.items() if name.endswith((".toml", "bot.py", "words.py"))}
    one = run(write(tmp_path, files))
    assert one.code == 0
    hint = one.summary["tests"]
    assert hint.startswith("none yet; a talk in bot/tests/hello.chat is one")
    (tmp_path / "bot" / "tests").mkdir()
    (tmp_path / "bot" / "tests" / "hello.chat").write_text("\n".join(re.findall("`(.*?)`", hint)))
    assert run(tmp_path).summary == GOOD


@pytest.mark.slow
def test_arguments_are_for_pytest_and_their_paths_are_those_of_the_current_folder(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "bot/demo.chat": "> hi\n< Good morning!\n"})
    one = run(tmp_path / "bot", "tests/test_hi.py::test_hi", "-k", "hi", "-v")
    assert (one.code, one.summary) == (0, GOOD)
    assert "bot/tests/test_hi.py::test_hi PASSED" in one.printed
    one = run(tmp_path / "bot", "-k", "nothing")
    assert (one.code, one.summary) == (0, {**GOOD, "tests": "none that fits"})


@pytest.mark.slow
def test_another_bot_may_lie_anywhere(tmp_path: Path) -> None:
    write(tmp_path / "mine", {**FILES, "bot/demo.chat": "> hi\n< Good morning!\n"})
    write(tmp_path / "other", {name.removeprefix("bot/"): text for name, text in FILES.items()})
    (tmp_path / "other" / "pyproject.toml").unlink()
    one = run(tmp_path / "mine", "--bot", "../other")
    assert (one.code, one.summary) == (0, GOOD)


@pytest.mark.slow
def test_what_the_bot_requires_is_installed_first_or_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = "greetings-1.0.dist-info"
    with zipfile.ZipFile(tmp_path / "greetings-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("greetings.py", 'HELLO = "Hello!"\n')
        wheel.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: greetings\nVersion: 1.0\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    requires = {"bot/words.py": "from greetings import HELLO as HELLO\n", "bot/requirements.txt": "greetings"}
    project = write(tmp_path / "mine", FILES | requires)
    one = run(project, error="installing what bot/requirements.txt names")
    assert (one.code, one.summary) == (0, GOOD)
    write(project, {"bot/requirements.txt": "unheard-of"})
    one = run(project)
    assert (one.code, one.summary["bot"]) == (1, "failed, 1 error")
    assert "unheard-of" in one.printed.splitlines()[0]


def test_outside_of_a_project_it_says_how_to_make_one(tmp_path: Path) -> None:
    assert run(tmp_path, error="is in no project of rejoinder: `rejoinder new NAME` makes one").code == 1


# --- ruff and mypy ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "tools", "has_files"),
    [
        ("pyproject.toml", f"{PROJECT}[tool.ruff]\n", ["ruff"], False),
        ("ruff.toml", "line-length = 100\n", ["ruff"], False),
        (".ruff.toml", "", ["ruff"], False),
        ("pyproject.toml", f"{PROJECT}[tool.mypy]\n", ["mypy"], False),
        ("pyproject.toml", f'{PROJECT}[tool.mypy]\nfiles = ["bot"]\n', ["mypy"], True),
        ("mypy.ini", "[mypy]\nfiles = bot\n", ["mypy"], True),
        (".mypy.ini", "[mypy-tests.*]\nstrict = True\n", ["mypy"], False),
        ("setup.cfg", "[mypy]\npackages = bot\n", ["mypy"], True),
        ("setup.cfg", "[flake8]\n", [], False),
    ],
)
def test_a_tool_is_asked_for_where_a_project_has_settings_for_it(
    tmp_path: Path, name: str, text: str, tools: list[str], *, has_files: bool
) -> None:
    write(tmp_path, {**FILES, name: text})
    asked = {tool: test._settings_of(tool, tmp_path) for tool in ("ruff", "mypy")}
    assert asked == {"ruff": None, "mypy": None} | dict.fromkeys(tools, name)
    assert tools != ["mypy"] or test._has_files(tmp_path / name) is has_files


BOTH = f'{PROJECT}[tool.ruff.lint]\nselect = ["F"]\n[tool.mypy]\nstrict = true\n'
TYPED = f"from rejoinder.testing import Phone\n\n\n{FILES['bot/tests/test_hi.py']}"


@pytest.mark.slow
def test_ruff_and_mypy_run_where_they_are_asked_for(tmp_path: Path) -> None:
    typed = TYPED.replace("(phone)", "(phone: Phone) -> None")
    write(tmp_path, {**FILES, "pyproject.toml": BOTH, "bot/tests/test_hi.py": typed})
    one = run(tmp_path, "-q")
    assert (one.code, one.summary) == (0, {**GOOD, "ruff": "ok", "mypy": "ok"})
    write(tmp_path, {"bot/words.py": 'import os\n\nHELLO: int = "Hello!"\n'})
    one = run(tmp_path, "-q")
    assert (one.code, one.summary) == (1, {**GOOD, "ruff": "failed", "mypy": "failed"})
    assert "`os` imported but unused" in one.printed
    assert "Incompatible types in assignment" in one.printed


@pytest.mark.slow
def test_what_is_asked_for_and_not_installed_fails_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    project = Project.find(write(tmp_path, {**FILES, "mypy.ini": "[mypy]\n"}))
    monkeypatch.setitem(sys.modules, "mypy", None)  # as Python sees it where it is not installed
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    assert test.main(project, ["-q"]) == 1
    line = capfd.readouterr().out.splitlines()[-1]
    assert line.endswith("s  mypy.ini asks for it, and it is not installed: pip install mypy")
