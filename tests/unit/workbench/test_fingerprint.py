"""Which changes need a new deployment, and which do not."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from rejoinder.workbench import source
from rejoinder.workbench.stack import fingerprint
from rejoinder.workbench.stack.fingerprint import TOOLS, Fingerprint


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small house, which is the one that is deployed."""
    for name in (
        "template.yaml",
        "functions/ingress/app.py",
        "layers/rejoinder/rejoinder/bot.py",
        "bot/bot.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    for name in (*TOOLS, "layers/build.mk", "layers/trim.py", "layers/dependencies/requirements.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.setattr(source, "REPOSITORY", tmp_path)
    monkeypatch.setattr(source, "PACKAGE", tmp_path / "layers" / "rejoinder" / "rejoinder")
    monkeypatch.setattr(fingerprint, "HOUSE", tmp_path)
    return tmp_path


def _of(root: Path, **parameters: str) -> Fingerprint:
    return Fingerprint.of(root / "bot", parameters)


def test_an_edit_of_the_bot_changes_only_the_bot(root: Path) -> None:
    before = _of(root)
    (root / "bot" / "bot.py").write_text("edited")
    after = _of(root)
    assert (after.stack == before.stack, after.bot == before.bot) == (True, False)


@pytest.mark.parametrize(
    "name", ["template.yaml", "functions/ingress/app.py", "layers/rejoinder/rejoinder/new.py"]
)
def test_an_edit_of_anything_else_that_is_deployed_changes_the_stack(root: Path, name: str) -> None:
    before = _of(root)
    (root / name).write_text("edited")
    after = _of(root)
    assert (after.stack == before.stack, after.bot == before.bot) == (False, True)


def test_a_new_parameter_changes_the_stack(root: Path) -> None:
    assert (
        _of(root, GraphBaseUrl="http://127.0.0.1:1").stack
        != _of(root, GraphBaseUrl="http://127.0.0.1:2").stack
    )


@pytest.mark.parametrize("name", ["bot/requirements.txt", "bot/menu/tests/dishes.py", "bot/files/menu.pdf"])
def test_everything_that_goes_with_the_bot_changes_the_bot(root: Path, name: str) -> None:
    before = _of(root)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("new")
    assert _of(root).bot != before.bot


@pytest.mark.parametrize("name", ["layers/build.mk", "layers/dependencies/requirements.txt", *TOOLS])
def test_another_way_to_build_and_another_version_of_a_tool_change_the_stack(root: Path, name: str) -> None:
    before = _of(root)
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("new")
    assert _of(root).stack != before.stack


def test_another_python_changes_the_stack(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _of(root)
    newer = SimpleNamespace(cache_tag="cpython-399")
    monkeypatch.setattr(sys, "implementation", newer)
    assert _of(root).stack != before.stack


def test_a_bot_in_a_folder_named_tests_is_a_bot(root: Path) -> None:
    (root / "tests").mkdir()
    (root / "tests" / "bot.py").write_text("one")
    before = Fingerprint.of(root / "tests", {})
    (root / "tests" / "bot.py").write_text("two")
    assert Fingerprint.of(root / "tests", {}) != before


def test_another_bot_with_the_same_files_is_another_bot(root: Path) -> None:
    (root / "other").mkdir()
    (root / "other" / "bot.py").write_text("bot/bot.py")
    assert Fingerprint.of(root / "other", {}).bot != _of(root).bot


@pytest.mark.parametrize(
    "name",
    [
        "bot/tests/test_bot.py",
        "bot/__pycache__/bot.pyc",
        "README.md",
        "layers/rejoinder/rejoinder/workbench/new.py",
    ],
)
def test_what_is_not_deployed_changes_nothing(root: Path, name: str) -> None:
    before = _of(root)
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("new")
    assert _of(root) == before


def test_moving_a_line_from_one_file_to_another_is_a_change(root: Path) -> None:
    (root / "bot" / "a.py").write_text("ab")
    (root / "bot" / "b.py").write_text("c")
    before = _of(root)
    (root / "bot" / "a.py").write_text("a")
    (root / "bot" / "b.py").write_text("bc")
    assert _of(root) != before


def test_it_can_be_noted_and_read(root: Path) -> None:
    found = _of(root)
    assert Fingerprint.read(str(found)) == found
