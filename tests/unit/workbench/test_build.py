"""The build for Lambda: it has bytecode of Lambda's own Python, or it fails and says how to cure that."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore import xform_name

from rejoinder.aws import clients
from rejoinder.aws.media import S3Files
from rejoinder.model.files import File
from rejoinder.workbench import source, tools
from rejoinder.workbench.stack.sam import Sam, keep
from tests.own_bots import DEPLOYED as BOT

ROOT = Path(__file__).parents[3]
HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"


def build(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Build the layer of the package for Lambda into `folder`."""
    environment = {"PATH": os.environ["PATH"], "REJOINDER_PIP_PYTHON": sys.executable, **variables}
    command = ["make", "-s", "-C", "layers/rejoinder", "build-RejoinderLayer", f"ARTIFACTS_DIR={folder}"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_a_build_has_the_bytecode_of_its_runtime_and_the_trimmed_descriptions_of_aws(tmp_path: Path) -> None:
    done = build(tmp_path, REJOINDER_RUNTIME=HERE, REJOINDER_COMPILER=sys.executable)
    assert done.returncode == 0, done.stderr
    package = tmp_path / "python" / "rejoinder"
    sources = [*package.rglob("*.py")]
    compiled = {
        file.name.partition(".")[0] for file in package.rglob(f"*.{sys.implementation.cache_tag}.pyc")
    }
    assert {file.stem for file in sources} == compiled
    for file in package.rglob("*.pyc"):
        assert file.read_bytes()[4] == 1, "by hash and unchecked: zipping changes the times of files"
    assert (package / "aws" / "models" / "endpoints.json").exists()


def test_a_kept_layer_is_copied_and_not_installed_again(tmp_path: Path) -> None:
    kept, made = tmp_path / "kept one", tmp_path / "made"
    (kept / "python").mkdir(parents=True)
    (kept / "python" / "greetings.py").write_text("")
    made.mkdir()
    given = {"REJOINDER_KEPT": str(kept), "REJOINDER_TARGET": "here", "REJOINDER_PIP_PYTHON": "there-is-none"}
    command = ["make", "-s", "-C", "layers/dependencies", "build-DependenciesLayer", f"ARTIFACTS_DIR={made}"]
    subprocess.run(command, cwd=ROOT, env={"PATH": os.environ["PATH"], **given}, check=True)
    assert [path.name for path in (made / "python").iterdir()] == ["greetings.py"]


def test_the_layer_is_kept_once_and_under_another_name_when_its_requirements_change(tmp_path: Path) -> None:
    of_here = tools.Tools(tmp_path)
    sam = Sam(tools=of_here, folder=tmp_path / "state", bot=BOT, endpoint_url="http://127.0.0.1:1")
    source.lay_out(sam.source, sam.bot)
    before = sam.kept
    for word in ("first", "second"):
        layer = tmp_path / word
        layer.mkdir()
        (layer / word).write_text("")
        keep(layer, sam.kept)
    assert [path.name for path in before.iterdir()] == ["first"]
    assert [*before.parent.iterdir()] == [before]
    with (sam.source / "layers" / "dependencies" / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    assert sam.kept != before


def a_shim(folder: Path) -> Path:
    """Return a program that exists and does not start, as a shim of pyenv may."""
    shim = folder / "python3.13"
    shim.write_text("#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    return shim


def test_a_build_without_the_interpreter_of_its_runtime_fails_with_the_cure(tmp_path: Path) -> None:
    shim = a_shim(tmp_path)
    for compiler in (str(shim), str(tmp_path / "none"), sys.executable):
        runtime = "python3.13" if HERE != "python3.13" else "python3.12"
        done = build(tmp_path / "out", REJOINDER_RUNTIME=runtime, REJOINDER_COMPILER=compiler)
        assert done.returncode != 0
        assert "no Python 3.1" in done.stderr
        assert "Install it, or build for a Python that you have" in done.stderr


def test_a_python_behind_a_shim_that_does_not_start_is_found_in_pyenvs_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shim(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    versions = tmp_path / "versions" / "3.13.9" / "bin"
    versions.mkdir(parents=True)
    (versions / "python").symlink_to(sys.executable)
    assert tools.python_named("3.13") == str(versions / "python")


def test_a_python_that_is_nowhere_is_not_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert tools.python_named("3.13") is None


def test_what_has_no_trimmed_description_is_reached_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Botocore's own description is beside the trimmed ones. Only its list of endpoints is not read."""
    subprocess.run([sys.executable, "layers/trim.py", str(tmp_path)], cwd=ROOT, check=True)
    environment = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "eu-central-1"}
    for name, value in (environment | {"AWS_DEFAULT_REGION": "eu-central-1"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(clients, "TRIMMED", tmp_path)
    for cached in (clients.client, clients.session):
        monkeypatch.setattr(clients, cached.__name__, cache(cached.__wrapped__))
    assert clients.client("scheduler").meta.endpoint_url == "https://scheduler.eu-central-1.amazonaws.com"
    file = File(key="bot/a", name="menu.pdf", mime_type="application/pdf", size=1, sha256="")
    address = urlsplit(S3Files(lambda: clients.client("s3"), "a-bucket").url(file, 60))
    assert (address.scheme, address.hostname) == ("https", "a-bucket.s3.eu-central-1.amazonaws.com")
    assert parse_qs(address.query)["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert parse_qs(address.query)["X-Amz-Expires"] == ["60"]


def test_the_trimmed_descriptions_have_every_operation_that_is_called(tmp_path: Path) -> None:
    """What few invocations call, such as `put_item`, would fail in Lambda only."""
    subprocess.run([sys.executable, "layers/trim.py", str(tmp_path)], cwd=ROOT, check=True)
    described = {
        xform_name(operation)
        for file in tmp_path.rglob("service-2.json")
        for operation in json.loads(file.read_text())["operations"]
    }
    of_botocore = [*(ROOT / "layers/rejoinder/rejoinder/aws").glob("*.py")]
    called = {
        name
        for file in of_botocore
        if file.stem not in {"bedrock", "media", "quarantine", "schedules", "direct"}
        for name in re.findall(r"\b_?client\.([a-z_]+)\(", file.read_text())
    }
    assert {"put_item", "delete_item", "transact_write_items", "change_message_visibility"} <= called
    assert called == described
