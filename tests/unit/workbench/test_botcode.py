"""A bot that cannot work is found before anything is built."""

from pathlib import Path

import pytest

from rejoinder.workbench.lambda_build import build_for_aws
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import StackError, botcode, up


def _bot(root: Path, source: bytes) -> Path:
    (root / "bot").mkdir()
    (root / "bot" / "bot.py").write_bytes(source)
    return root


def test_a_syntax_error_is_named_by_file_and_line(tmp_path: Path) -> None:
    root = _bot(tmp_path, b"from rejoinder import Bot\n\nbot = Bot(\n")
    with pytest.raises(StackError, match=r"^bot/bot\.py:3: '\(' was never closed$"):
        botcode.check(root / "bot", "bot")


def test_a_file_beside_the_bot_is_looked_at_too(tmp_path: Path) -> None:
    root = _bot(tmp_path, b"import prices\n")
    (root / "bot" / "prices.py").write_text("x = = 1\n")
    with pytest.raises(StackError, match=r"^bot/prices\.py:1: invalid syntax$"):
        botcode.check(root / "bot", "bot")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"x = 1\n\tif x:\n", "unexpected indent"),
        (b"name = '\xff'\n", "'utf-8' codec can't decode byte"),
        (b"x = '\0'\n", "null bytes"),
    ],
)
def test_whatever_is_no_python_is_one_line(tmp_path: Path, source: bytes, message: str) -> None:
    with pytest.raises(StackError, match=rf"^bot/bot\.py.*{message}"):
        botcode.check(_bot(tmp_path, source) / "bot", "bot")


def test_tests_of_a_bot_do_not_matter(tmp_path: Path) -> None:
    root = _bot(tmp_path, b"")
    (root / "bot" / "tests").mkdir()
    (root / "bot" / "tests" / "test_bot.py").write_text("this is no Python")
    botcode.check(root / "bot", "bot")


def test_a_folder_without_a_bot_says_what_bot_means(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"there is no clinic/bot\.py: name the folder of a bot with --bot"):
        botcode.check(tmp_path / "clinic", "clinic")


def test_a_file_with_the_name_of_the_functions_own_is_refused(tmp_path: Path) -> None:
    root = _bot(tmp_path, b"")
    (root / "bot" / "app.py").touch()
    with pytest.raises(StackError, match=r"^rename bot/app\.py: "):
        botcode.check(root / "bot", "bot")


@pytest.mark.parametrize("source", [b"def\n", None])
def test_nothing_is_built_of_a_broken_bot(tmp_path: Path, source: bytes | None) -> None:
    root = _bot(tmp_path, source or b"")
    if source is None:
        (root / "bot" / "bot.py").unlink()
    with pytest.raises(StackError, match=r"bot/bot\.py"):
        build_for_aws(Project(root=root, bot=root / "bot"), "python3.13", "arm64")
    assert {path.name for path in root.iterdir()} == {"bot"}


def test_nothing_is_started_for_a_broken_bot(tmp_path: Path) -> None:
    root = _bot(tmp_path, b"def\n")
    with pytest.raises(StackError, match=r"^bot/bot\.py:1: "), up(Project(root=root, bot=root / "bot")):
        pass
    assert {path.name for path in root.iterdir()} == {"bot"}


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            b"import requests\nimport no_such_package\n",
            r"^bot/bot\.py:2: ModuleNotFoundError: No module named",
        ),
        (b"x = 1\n", r"^bot/bot\.py: bot\.py has no `bot = Bot\(\)`"),
        (b"import sys\nsys.exit('bye')\n", r"^bot/bot\.py cannot be imported: bye"),
    ],
)
def test_a_bot_that_cannot_be_imported_is_found_without_the_local_stack(
    tmp_path: Path, source: bytes, message: str
) -> None:
    root = _bot(tmp_path, source)
    with pytest.raises(StackError, match=message):
        botcode.check_import_here(Project(root=root, bot=root / "bot"))


def test_a_bot_that_can_be_imported_leaves_nothing_in_its_folder(tmp_path: Path) -> None:
    root = _bot(tmp_path, b"from rejoinder import Bot\nfrom .words import HELLO\n\nbot = Bot()\n")
    (root / "bot" / "words.py").write_text("HELLO = 'Hello'\n")
    botcode.check_import_here(Project(root=root, bot=root / "bot"))
    assert {path.name for path in (root / "bot").iterdir()} == {"bot.py", "words.py"}


def test_requirements_that_this_machine_cannot_install_are_left_to_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    root = _bot(tmp_path, b"import only_on_linux\n")
    (root / "bot" / "requirements.txt").write_text("only-on-linux==1\n")
    botcode.check_import_here(Project(root=root, bot=root / "bot"))
