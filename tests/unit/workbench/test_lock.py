"""There is one stack per folder. A killed stack leaves nothing behind that stops the next one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rejoinder.workbench.stack import StackError, lock


def test_a_second_holder_is_told_who_the_first_is_and_where(tmp_path: Path) -> None:
    folder = tmp_path / ".rejoinder"
    with lock.only_one(folder):
        assert lock.is_held(folder)
        with (
            pytest.raises(
                StackError,
                match=f"running already: process {os.getpid()}, in {tmp_path}; talk to it with `rejoinder ",
            ),
            lock.only_one(folder),
        ):
            pass
    assert not lock.is_held(folder)


def test_nobody_else_may_look_into_the_folder(tmp_path: Path) -> None:
    with lock.only_one(tmp_path / ".rejoinder"):
        pass
    assert (tmp_path / ".rejoinder").stat().st_mode & 0o777 == 0o700


def test_what_a_killed_one_left_is_cleared_away_silently(tmp_path: Path) -> None:
    holder = (
        "import os, sys, pathlib; from rejoinder.workbench.stack import lock\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "with lock.only_one(folder):\n"
        "    (folder / lock.RECORD).write_text('{}')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", holder, str(tmp_path)], check=False)
    assert (tmp_path / lock.RECORD).exists()
    assert not lock.is_held(tmp_path)
    with lock.only_one(tmp_path):
        assert not (tmp_path / lock.RECORD).exists()
        assert (tmp_path / lock.LOCK).read_text() == str(os.getpid())


def test_a_folder_that_nobody_used_is_not_held(tmp_path: Path) -> None:
    assert not lock.is_held(tmp_path / "none")
