"""The token of a person's own bot: asked for once, kept outside of the project, for its owner only."""

import stat
from pathlib import Path

import pytest

from rejoinder.workbench.cli.app import _with_values
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.telegram import kept

TOKEN = "123456789:AAE-a-token-of-a-bot-00000"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_a_token_is_asked_for_once(home: Path) -> None:
    assert kept.asked(lambda _: f" {TOKEN}\n") == (TOKEN, True)
    file = kept.keep(TOKEN)
    assert file == home / "config" / "rejoinder" / "telegram-token"
    assert kept.asked(pytest.fail) == (TOKEN, False)


def test_only_its_owner_may_read_it(home: Path) -> None:
    (home / "config" / "rejoinder").mkdir(parents=True, mode=0o755)
    kept.keep("123456789:AAE-an-older-token-0000000000")
    file = kept.keep(TOKEN)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [one.name for one in file.parent.iterdir()] == ["telegram-token"]


def test_without_that_variable_it_lies_in_the_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(home))
    assert kept.place() == home / ".config" / "rejoinder" / "telegram-token"


@pytest.mark.parametrize("typed", ["", "hello", "123456789:", "12:short", f"{TOKEN}/../getMe"])
def test_what_is_no_token_is_refused_in_plain_words(typed: str) -> None:
    with pytest.raises(StackError, match="that is no token: @BotFather gives one"):
        kept.asked(lambda _: typed)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["run", "--telegram-token"], ["run", "--telegram-token", "ask"]),
        (["run", "--telegram-token", "--bot", "b"], ["run", "--telegram-token", "ask", "--bot", "b"]),
        (["run", "--telegram-token", TOKEN], ["run", "--telegram-token", TOKEN]),
        (["run", "--bot", "b"], ["run", "--bot", "b"]),
    ],
)
def test_the_option_may_stand_without_a_value(given: list[str], read: list[str]) -> None:
    assert _with_values(given) == read
