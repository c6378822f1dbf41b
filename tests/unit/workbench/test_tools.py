"""The environments. They are made once, and again when they must be. Any failure prints one line."""

import ast
import base64
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rejoinder.workbench import tools

PACKAGE = "rejoinder_testing_package"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository that has nothing but tools.py and one tiny package to install."""
    wheel = _wheel(tmp_path / "wheels")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "workbench").mkdir()
    shutil.copy(tools.__file__, tmp_path / "workbench" / "tools.py")
    (tmp_path / "requirements-dev.txt").write_text(f"{PACKAGE}==1.0 --hash=sha256:{digest}\n")
    shutil.copy(tools.HOUSE / "Makefile", tmp_path / "Makefile")
    return tmp_path


def _wheel(folder: Path) -> Path:
    folder.mkdir()
    path = folder / f"{PACKAGE}-1.0-py3-none-any.whl"
    info = f"{PACKAGE}-1.0.dist-info"
    files = {
        f"{PACKAGE}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {name: hashlib.sha256(text.encode()).digest() for name, text in files.items()}
    hashes = {name: base64.urlsafe_b64encode(value).rstrip(b"=").decode() for name, value in digests.items()}
    record = "".join(f"{name},sha256={hashes[name]},{len(text)}\n" for name, text in files.items())
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (files | {f"{info}/RECORD": record}).items():
            archive.writestr(name, text)
    return path


def _environment(**changes: str) -> dict[str, str]:
    """Return the environment variables without the machine's own settings of pip."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "PYTHON"))}
    return ours | {"PIP_CONFIG_FILE": os.devnull} | changes


def _offline(repository: Path) -> dict[str, str]:
    return _environment(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(repository / "wheels"))


def _setup(repository: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-B", "workbench/tools.py", "setup"],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_tools_parse_on_the_oldest_python_that_is_told_it_is_too_old() -> None:
    ast.parse(Path(tools.__file__).read_text(), feature_version=(3, 6))


def test_an_old_python_gets_one_line_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 6))
    with pytest.raises(
        tools.ToolError, match=r"Python 3\.11 or newer is needed, this is 3\.9; .*PYTHON=python3"
    ):
        tools.check_python()


@pytest.mark.slow
def test_setup_installs_once_with_one_line_and_again_only_when_the_requirements_change(
    repository: Path,
) -> None:
    first = _setup(repository, _offline(repository))
    assert first.returncode == 0, first.stderr
    assert first.stderr.count("\n") == 1
    assert "installing the project's own packages into .venv (about " in first.stderr
    second = _setup(repository, _environment(PIP_NO_INDEX="1"))
    assert (second.returncode, second.stderr) == (0, "")
    python = repository / ".venv" / "bin" / "python"
    paths = subprocess.check_output([python, "-c", "import sys; print(sys.path)"], text=True)
    assert str(repository) in paths
    subprocess.check_call([python, "-c", f"import {PACKAGE}"])
    with (repository / "requirements-dev.txt").open("a") as file:
        file.write("# changed\n")
    third = _setup(repository, _offline(repository))
    assert third.returncode == 0
    assert "installing" in third.stderr


@pytest.mark.slow
def test_a_package_with_another_hash_is_not_installed(repository: Path) -> None:
    requirements = repository / "requirements-dev.txt"
    requirements.write_text(f"{PACKAGE}==1.0 --hash=sha256:{'0' * 64}\n")
    refused = _setup(repository, _offline(repository))
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("rejoinder: pip says: ")
    assert not (repository / ".venv" / "stamp").exists()


@pytest.mark.slow
def test_without_network_the_first_install_ends_with_one_line_that_names_the_cure(repository: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        ended = _setup(repository, _environment(PIP_INDEX_URL=nowhere, PIP_RETRIES="0"))
    assert ended.returncode == 1
    installing, cure = ended.stderr.splitlines()
    assert "installing" in installing
    assert cure.startswith("rejoinder: the first install fetches packages and found no network: connect")


@pytest.fixture
def silent_index() -> Iterator[str]:
    """Yield the address of an index that accepts connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/simple"


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_install_leaves_nothing_running_and_is_repeated(
    repository: Path, silent_index: str, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-B", "workbench/tools.py", "setup"],
        cwd=repository,
        env=_environment(PIP_INDEX_URL=silent_index, PIP_DEFAULT_TIMEOUT="30"),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as installing:
        _wait_until(lambda: "-m pip install" in _processes(repository))
        installing.send_signal(number)
        _, said = installing.communicate(timeout=20)
    assert said.splitlines()[-1] == "rejoinder: stopped"
    assert installing.returncode == 1
    assert "pip" not in _processes(repository)
    assert _setup(repository, _offline(repository)).returncode == 0


def _processes(folder: Path) -> str:
    listed = subprocess.check_output(["ps", "-axww", "-o", "args="], text=True)
    return "\n".join(line for line in listed.splitlines() if str(folder) in line)


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_python_without_ensurepip_gets_one_line_with_the_cure(repository: Path) -> None:
    """Debian's Python has no ensurepip until python3-venv is installed."""
    (repository / "broken").mkdir()
    (repository / "broken" / "ensurepip.py").write_text("raise ImportError('left out')\n")
    ended = _setup(repository, _environment(PYTHONPATH=str(repository / "broken")))
    assert ended.returncode == 1
    assert ended.stderr == (
        "rejoinder: this Python has no venv module. On Debian and Ubuntu: sudo apt install python3-venv\n"
    )


@pytest.mark.slow
def test_setup_does_not_touch_the_environment_of_another_folder_behind_a_link(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "stamp").write_text("of another repository")
    (repository / ".venv").symlink_to(other)
    done = _setup(repository, _offline(repository))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert f".venv leads to {other}, which belongs to another folder" in done.stderr
    assert (other / "stamp").read_text() == "of another repository"


@pytest.mark.slow
def test_clean_removes_what_was_made_unless_a_stack_is_running(repository: Path) -> None:
    assert _setup(repository, _offline(repository)).returncode == 0
    command = [sys.executable, "-B", "workbench/tools.py", "clean"]
    subprocess.check_call(command, cwd=repository)
    left = {path.name for path in repository.iterdir()}
    assert left == {"workbench", "wheels", "requirements-dev.txt", "Makefile"}


def test_help_lists_every_target_that_a_person_calls(repository: Path) -> None:
    listed = subprocess.check_output(["make"], cwd=repository, text=True)
    for target in ("run", "demo", "chat", "talk", "invoke", "secrets", "test", "check", "clean", "lock"):
        assert f"make {target} " in listed
