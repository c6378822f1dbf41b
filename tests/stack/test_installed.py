"""What an author does first, outside of the repository, with nothing but Python.

With `-n 0` the times are printed. They mean something only when nothing runs beside it.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rejoinder.workbench.tools import HOUSE
from tests.stack.make_run import left_running

pytestmark = [pytest.mark.stack, pytest.mark.slow]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--wheel",
        "--outdir",
        str(folder),
        str(HOUSE),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture
def of_an_author() -> dict[str, str]:
    """Return the environment of somebody who has not got this repository."""
    ours = ("PYTHON", "REJOINDER_", "MAKE", "VIRTUAL_ENV", "COVERAGE", "AWS_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def test_from_the_wheel_to_the_first_answers(
    wheel: Path, of_an_author: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "an empty folder"
    folder.mkdir()
    base = getattr(sys, "_base_executable", sys.executable)
    of_an_author["PATH"] = os.pathsep.join([str(folder / "v" / "bin"), of_an_author["PATH"]])

    def run(*command: str, where: Path = folder) -> str:
        started = time.monotonic()
        ended = subprocess.run(
            command, cwd=where, env=of_an_author, capture_output=True, text=True, check=False, timeout=900
        )
        shown = " ".join(command).replace(str(wheel), wheel.name)
        with capsys.disabled():
            print(f"\n  {time.monotonic() - started:6.1f} s  $ {shown}", end="")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    run(base, "-m", "venv", "v")
    run("v/bin/pip", "install", "-q", str(wheel))
    run("v/bin/rejoinder", "new", "clinic")
    clinic = folder / "clinic"
    assert {"pyproject.toml", "samconfig.toml", "bot", "README.md", ".gitignore", ".github"} <= {
        path.name for path in clinic.iterdir()
    }
    assert " passed" in run("pytest", where=clinic)
    said = run("rejoinder", "demo", where=clinic)
    assert "installing the AWS SAM CLI into .rejoinder/tools/sam-" in said
    assert "  stopped; on whatsapp and telegram every answer came as in bot/demo.chat\n" in said
    assert not left_running(clinic)
    assert {path.name for path in folder.iterdir()} == {"v", "clinic"}, "nothing is written elsewhere"
