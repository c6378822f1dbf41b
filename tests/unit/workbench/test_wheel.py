"""The wheel: what an author installs, and what goes from there to Lambda."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from email.parser import HeaderParser
from pathlib import Path

import pytest

import rejoinder
from rejoinder.workbench import source
from rejoinder.workbench.tools import HOUSE

pytestmark = pytest.mark.slow

HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"

MAX_LAYER_MEGABYTES = 3.4
"""The ceiling of our own layer, unpacked and with bytecode. Each cold start reads part of it."""

MAX_WHEEL_MEGABYTES = 1.4
"""The ceiling of the wheel."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution, and the wheel from it, as a release does. Return their folder."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(HOUSE)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """Return the wheel."""
    (wheel,) = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with what the wheel has, as pip unpacks it."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_tools_that_check_a_release_find_nothing(built: Path, wheel: Path) -> None:
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *built.iterdir()], check=True)
    subprocess.run([sys.executable, "-m", "check_wheel_contents", wheel], check=True)


def test_the_wheel_has_one_package_with_everything_that_an_author_uses(installed: Path) -> None:
    assert {path.name for path in installed.iterdir()} == {
        "rejoinder",
        f"rejoinder-{rejoinder.__version__}.dist-info",
    }
    house = installed / "rejoinder" / "workbench" / "house"
    for name in (
        "template.yaml",
        "functions",
        "layers/dependencies",
        "events",
        "bot",
        "examples",
        "CHANGELOG.md",
    ):
        assert (house / name).exists(), name
    requirements = (house / "layers" / "dependencies" / "requirements.txt").read_text()
    assert requirements.count("--hash=sha256:") > 50
    assert (installed / "rejoinder" / "py.typed").exists()
    assert (installed / "rejoinder" / "workbench" / "simulator" / "page" / "page.html").exists()


def test_the_wheel_has_nothing_that_is_for_the_makers_only(installed: Path) -> None:
    workbench = installed / "rejoinder" / "workbench"
    for name in (
        "bench",
        "capacity",
        "chaos",
        "dashboard",
        "drill",
        "cost",
        "cli/repository.py",
        "door.py",
        "requirements-lock.txt",
    ):
        assert (HOUSE / "workbench" / name).exists(), name
        assert not (workbench / name).exists(), name
    assert not [*installed.rglob("*.pyc")]


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < MAX_WHEEL_MEGABYTES * 1e6


def test_the_metadata_names_the_command_the_plugin_and_the_version(installed: Path) -> None:
    info = installed / f"rejoinder-{rejoinder.__version__}.dist-info"
    metadata = HeaderParser().parsestr((info / "METADATA").read_text())
    assert metadata["Version"] == rejoinder.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_all("Classifier")
    assert metadata.get_all("Project-URL")
    entry_points = (info / "entry_points.txt").read_text()
    assert "[console_scripts]\nrejoinder = rejoinder.workbench.__main__:command" in entry_points
    assert "[pytest11]\nrejoinder.testing.plugin = rejoinder.testing.plugin" in entry_points


def test_what_is_built_from_the_installed_wheel_is_what_the_repository_has(
    installed: Path, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from rejoinder.workbench import source;"
        "assert source.REPOSITORY is None; source.lay_out(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    subprocess.run(
        [sys.executable, "-c", code, tmp_path / "of the wheel", HOUSE / "bot"],
        check=True,
        env=os.environ | {"PYTHONPATH": str(installed)},
        cwd=tmp_path,
    )
    source.lay_out(tmp_path / "of the repository", HOUSE / "bot")
    theirs, ours = _contents(tmp_path / "of the wheel"), _contents(tmp_path / "of the repository")
    assert theirs.keys() == ours.keys() - {"layers/dependencies/requirements.in"}
    assert all(ours[name] == content for name, content in theirs.items())


def _contents(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_our_layer_has_nothing_of_the_command_the_simulator_or_the_tests_and_is_small(tmp_path: Path) -> None:
    source.lay_out(tmp_path / "source", HOUSE / "bot")
    layer = tmp_path / "layer"
    subprocess.run(
        ["make", "-s", "-C", "layers/rejoinder", "build-RejoinderLayer", f"ARTIFACTS_DIR={layer}"],
        cwd=tmp_path / "source",
        check=True,
        env=os.environ
        | {
            "REJOINDER_RUNTIME": HERE,
            "REJOINDER_COMPILER": sys.executable,
            "REJOINDER_PIP_PYTHON": sys.executable,
        },
    )
    package = layer / "python" / "rejoinder"
    assert {path.name for path in package.iterdir() if path.is_dir()} == {
        *("__pycache__", "aws", "bot", "channels", "model", "services")
    }
    text = "".join(path.read_text() for path in package.rglob("*.py"))
    for foreign in ("import typer", "import rich", "starlette", "rejoinder.workbench", "rejoinder.testing"):
        assert foreign not in text
    megabytes = sum(path.stat().st_size for path in package.rglob("*") if path.is_file()) / 1e6
    print(f"our layer: {megabytes:.2f} MB of {MAX_LAYER_MEGABYTES} MB")
    assert megabytes < MAX_LAYER_MEGABYTES
