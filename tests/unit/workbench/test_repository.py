"""`rejoinder repository check`: what its steps are, and what they run in."""

import inspect
from pathlib import Path

import pytest

from rejoinder.workbench import tools
from rejoinder.workbench.cli import repository


def test_every_step_runs_tests_that_are_there_in_environments_that_are_known() -> None:
    assert {name for group in repository.GROUPS.values() for name in group} <= repository.STEPS.keys()
    assert repository.ENVIRONMENTS.keys() <= repository.STEPS.keys()
    assert {one for names in repository.ENVIRONMENTS.values() for one in names} <= tools.ENVIRONMENTS.keys()
    for command in (command for step in repository.STEPS.values() for command in step):
        for word in (word.removeprefix("--ignore=") for word in command):
            assert not word.startswith("tests/") or (tools.HOUSE / word).exists(), word


def test_what_is_not_measured_is_run_without_measuring() -> None:
    measured, *_, unmeasured = (command for command in repository.STEPS["coverage"] if "pytest" in command)
    left_out = {word.removeprefix("--ignore=") for word in measured if word.startswith("--ignore=")}
    assert left_out
    assert left_out == {*unmeasured} - {*measured}


def test_the_steps_write_bytecode_even_if_their_caller_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "told.py").write_text(
        "import sys; open(sys.argv[1], 'w').write(str(sys.dont_write_bytecode))"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setitem(repository.STEPS, "told", (("told", str(tmp_path / "said")),))
    assert inspect.unwrap(repository.check)(names=["told"]) == 0
    assert (tmp_path / "said").read_text() == "False"
