"""`rejoinder upgrade --env`: what is deployed, and a deployment that would not be able to read it."""

import sys
from pathlib import Path

import pytest

import rejoinder
from rejoinder.workbench import versions
from rejoinder.workbench.cli import upgrade
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import StackError
from tests.moto.stacks import create_ours


@pytest.fixture
def project(tmp_path: Path, unique: str, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with one environment, and work in it."""
    (tmp_path / "pyproject.toml").write_text(
        f'[project]\ndependencies = ["rejoinder=={rejoinder.__version__}"]\n[tool.rejoinder]\n'
    )
    (tmp_path / "samconfig.toml").write_text(
        f'version = 0.1\n[dev.global.parameters]\nstack_name = "{unique}"\nregion = "eu-west-1"\n'
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REJOINDER_COMPILER", sys.executable)
    return Project.find(tmp_path)


def test_a_version_that_could_not_read_what_is_deployed_is_not_built(
    project: Project, unique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    create_ours(unique, RejoinderVersion="0.0.1", StoredFormats="contact 0, journal 2")
    with pytest.raises(StackError, match=r"cannot read what 0\.0\.1 has stored \(contact\)"):
        upgrade.main(project, None, env="dev", profile=None, yes=True)
    told = capsys.readouterr().out
    assert "deployed    0.0.1   (dev)\n" in told
    assert f"For authors, {rejoinder.__version__}:" in told, (
        "from the deployed version, not from the pinned one"
    )


def test_a_stack_that_tells_no_version_is_of_the_first_one(
    project: Project, unique: str, capsys: pytest.CaptureFixture[str]
) -> None:
    create_ours(unique, StoredFormats="contact 0")
    with pytest.raises(StackError, match=versions.BEFORE_OUTPUTS):
        upgrade.main(project, None, env="dev", profile=None, yes=True)
    assert f"deployed    {versions.BEFORE_OUTPUTS}   (dev)\n" in capsys.readouterr().out


def test_where_nothing_is_deployed_the_pin_stays(project: Project) -> None:
    text = '[project]\ndependencies = ["rejoinder==0.1.0"]\n[tool.rejoinder]\n'
    (project.root / "pyproject.toml").write_text(text)
    with pytest.raises(StackError, match="there is no stack"):
        upgrade.main(project, None, env="dev", profile=None, yes=True)
    assert (project.root / "pyproject.toml").read_text() == text
