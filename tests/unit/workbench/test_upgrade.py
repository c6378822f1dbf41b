"""`rejoinder upgrade` and the versions that it looks at."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import rejoinder
from rejoinder.aws.stored.formats import FORMATS
from rejoinder.workbench import source, versions
from rejoinder.workbench.cli import upgrade
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack import local
from rejoinder.workbench.templates import schema

ROOT = Path(__file__).parents[3]
HERE = rejoinder.__version__

PROJECT = """\
# of the author
[project]
name = "hotel"
dependencies = [
    "holidays",  # not ours
    "rejoinder == 0.1.0 ; python_version > '3'",  # ours
]

[tool.rejoinder]
bot = "bot"  # where it is
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the folder of a project that pins another version."""
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


def call(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the command in a project."""
    return subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", *arguments],
        cwd=project,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def output(name: str) -> str:
    """Return an output of template.yaml as it is written there."""
    template = (ROOT / "template.yaml").read_text()
    found = re.search(
        rf"^  {name}:\n    Description: .*\n    Value: (?:>-\n)?((?:.*\n)+?)  \w", template, re.MULTILINE
    )
    assert found
    return " ".join(found[1].split())


def test_an_upgrade_brings_the_schema_of_templates(project: Path) -> None:
    folder = project / "bot" / "templates"
    folder.mkdir(parents=True)
    (folder / "schema.json").write_text("{}")
    assert call(project, "upgrade").returncode == 0
    assert json.loads((folder / "schema.json").read_text()) == schema.schema()


# --- the versions -------------------------------------------------------------------------------------------


def test_a_deployment_tells_the_version_and_the_formats_of_this_code() -> None:
    assert output(versions.VERSION) == HERE
    assert output(versions.STORED) == ", ".join(f"{shape} {number}" for shape, number in FORMATS.items())


def test_the_changelog_begins_with_this_version_and_says_what_it_changes_for_authors() -> None:
    headings = re.findall(r"^## (.*)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    if headings[0] == "Unreleased":  # what has no version yet
        headings.pop(0)
    assert headings[0] == HERE
    assert headings == sorted(headings, key=versions.order, reverse=True)
    (newest, *_) = versions.for_authors("0.0.0", HERE)
    assert newest[0] == HERE
    assert newest[1].startswith("- **")


@pytest.mark.parametrize(
    ("after", "until", "told"),
    [
        ("0.9.0", "0.10.0", ["0.10.0"]),
        ("0.8.1", "0.10.0", ["0.10.0", "0.9.0"]),
        ("0.9.0", "0.9.0", []),
        ("0.9.0rc1", "0.10.0", ["0.10.0", "0.9.0"]),
        ("0.1.0", "0.9.0", ["0.9.0", "0.8.1"]),
    ],
)
def test_what_changes_for_authors_is_told_of_each_version_on_the_way(
    after: str, until: str, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changes\n\n## 0.10.0\n\n### For authors\n\n- Ten.\n\n### Added\n\n- Much.\n\n"
        "## 0.9.0\n\n### Added\n\n- Little.\n\n## 0.8.1\n\n### For authors\n\n- Eight.\n"
    )
    monkeypatch.setattr(source, "REPOSITORY", tmp_path)
    texts = {"0.10.0": "- Ten.", "0.9.0": "Nothing changes for authors.", "0.8.1": "- Eight."}
    assert [*versions.for_authors(after, until)] == [(version, texts[version]) for version in told]


def stored(**others: int) -> dict[str, str]:
    """Return the outputs of a stack whose formats are ours, but for some."""
    numbers = {**FORMATS, **others}
    formats = ", ".join(f"{shape} {number}" for shape, number in numbers.items())
    return {versions.VERSION: "0.9.0", versions.STORED: formats}


def test_what_this_version_and_the_one_before_have_stored_is_read_without_a_word() -> None:
    assert not [*versions.check_stored(stored())]
    assert not [*versions.check_stored(stored(contact=FORMATS["contact"] - 1))]
    assert not [*versions.check_stored({})], "a stack of 0.1.0 tells no formats, and has those of 0.2.0"


def test_a_version_that_cannot_read_what_is_deployed_is_refused() -> None:
    with pytest.raises(StackError, match=r"what 0\.9\.0 has stored \(contact\): install a version between"):
        [*versions.check_stored(stored(contact=FORMATS["contact"] - 2))]


@pytest.mark.parametrize(
    ("newer", "told"),
    [
        ({"journal": 9}, ["talks that went on since then begin again, with a word"]),
        ({"gate": 9}, []),
        (
            {"turn": 9, "tomorrows": 1},
            ["what needs a turn, tomorrows of 0.9.0 goes to the dead letters after an"],
        ),
    ],
)
def test_the_way_back_says_what_cannot_be_read_any_more(newer: dict[str, int], told: list[str]) -> None:
    lines = [*versions.check_stored(stored(**newer))]
    assert len(lines) == len(told)
    assert all(f"back from 0.9.0 to {HERE}: {words}" in line for words, line in zip(told, lines, strict=True))


# --- the command --------------------------------------------------------------------------------------------


def test_the_installed_version_is_pinned_and_the_rest_of_the_file_stays(project: Path) -> None:
    ended = call(project, "upgrade")
    assert ended.returncode == 0, ended.stderr
    assert f"installed   {HERE}\npinned      0.1.0\n" in ended.stdout
    assert f"For authors, {HERE}:" in ended.stdout
    assert (project / "pyproject.toml").read_text() == PROJECT.replace(" == 0.1.0", f"=={HERE}")
    again = call(project, "upgrade").stdout
    assert "For authors" not in again
    assert "the newest: " in again


@pytest.mark.slow
def test_back_from_a_newer_version_the_pin_goes_back_too(project: Path) -> None:
    (project / "pyproject.toml").write_text(PROJECT.replace("0.1.0", "99.0.0"))
    assert f"back from 99.0.0 to {HERE}: " in call(project, "upgrade").stdout
    assert versions.pinned(project) == HERE


@pytest.mark.slow
def test_a_project_without_a_pin_stays_as_it_is(project: Path) -> None:
    text = PROJECT.replace("== 0.1.0", ">= 0.1.0")
    (project / "pyproject.toml").write_text(text)
    assert "not by pyproject.toml" in call(project, "upgrade").stdout
    assert (project / "pyproject.toml").read_text() == text
    assert versions.other_pin(project) is None


def test_a_version_that_is_not_installed_is_one_line_with_the_command_that_installs_it(project: Path) -> None:
    ended = call(project, "upgrade", "0.3.0")
    assert (ended.returncode, ended.stdout) == (1, "")
    line = f"{sys.executable} -m pip install rejoinder==0.3.0`, then `rejoinder upgrade`\n"
    assert ended.stderr == f"rejoinder: 0.3.0 is not installed, but {HERE}: `{line}"
    assert (project / "pyproject.toml").read_text() == PROJECT


@pytest.mark.parametrize(
    ("mark", "exact", "newest"),
    [
        ("pipx_metadata.json", "pipx install --force rejoinder==1.0.0", "pipx upgrade rejoinder"),
        ("uv-receipt.toml", "uv tool install rejoinder==1.0.0", "uv tool install --upgrade rejoinder"),
        ("uv.lock", "uv add rejoinder==1.0.0", "uv add rejoinder==X.Y.Z"),
    ],
)
def test_the_tool_that_installed_it_installs_another_version(
    mark: str, exact: str, newest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / mark).touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    assert versions.install_command(tmp_path, "1.0.0") == exact
    assert versions.install_command(tmp_path) == newest


@pytest.mark.parametrize("pin", ["0.0.9", "99.0.0"])
def test_who_has_another_version_than_is_pinned_is_told_what_would_be_deployed_and_how_to_get_the_pinned_one(
    pin: str, project: Path
) -> None:
    upgrade.write_pin(project, pin)
    told = versions.other_pin(project)
    assert told
    assert f"pins rejoinder {pin}, but {HERE} is installed, and that one would be deployed: " in told
    assert f"rejoinder=={pin}` installs {pin}" in told


@pytest.mark.slow
def test_a_run_says_in_one_line_that_another_version_is_pinned(project: Path) -> None:
    line = f"pyproject.toml pins rejoinder 0.1.0, but {HERE} is installed, and that one would be deployed: `"
    assert f"\n  {line}" in call(project, "run").stdout  # it ends then: there is no bot
    upgrade.write_pin(project, HERE)
    assert "rejoinder upgrade" not in call(project, "run").stdout


def test_what_a_stack_tells_of_its_version_is_no_part_of_a_running_stack() -> None:
    assert not {versions.VERSION, versions.STORED} & {*local.OUTPUTS.values()}
