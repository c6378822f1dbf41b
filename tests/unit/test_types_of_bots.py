"""mypy and pyright, both strict, see in a bot what its author may expect. They look at it as its author's
would: rejoinder is installed, and nothing of this repository's configuration counts.
"""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import typing
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rejoinder import Chat, Failed, Image
from rejoinder.model.updates import Inbound, InboundContent
from tests.unit.test_docs import ROOT, blocks

TYPED = Path(__file__).parent / "typed"
"""What authors write. `# error` marks the lines that both refuse, `reveal_type(…)  # str` says what both see,
`# str, mypy: int` where they differ.
"""

PROJECT = """
[tool.mypy]
strict = true
explicit_package_bases = true

[tool.basedpyright]
typeCheckingMode = "strict"
"""
"""The pyproject.toml of the author. basedpyright in that mode has the rules of pyright, and no others."""

EVERYTHING = " | ".join(kind.__name__ for kind in typing.get_args(InboundContent))

Seen = Mapping[tuple[str, int], list[str]]
"""What a checker says, by file and line. A type that was asked for begins with `: `."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a project with bots of all kinds, and with an environment that has rejoinder."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "pyproject.toml").write_text(PROJECT)
    for file in TYPED.glob("*.txt"):
        shutil.copy(file, folder / f"{file.stem}.py")
    for bot in (ROOT / "bot", *(ROOT / "examples").glob("*/")):
        shutil.copytree(bot, folder / bot.name, ignore=shutil.ignore_patterns("__pycache__"))
    for page in (ROOT / "README.md", ROOT / "docs" / "writing-a-bot.md"):
        (folder / f"{page.stem.replace('-', '_')}.py").write_text("\n".join(blocks(page, "python")))
    venv.create(folder / ".venv", symlinks=True)
    packages = folder / sysconfig.get_path("purelib", "venv", {"base": str(folder / ".venv")})
    ours = ROOT / "layers" / "rejoinder" / "rejoinder"
    shutil.copytree(ours, packages / "rejoinder", ignore=shutil.ignore_patterns("workbench", "__pycache__"))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))  # pytest, and types of requests
    return folder


@pytest.fixture(scope="module", params=["mypy", "pyright"])
def seen(project: Path, request: pytest.FixtureRequest) -> Seen:
    """Return what one of the checkers says about the project."""
    checker = {"mypy": by_mypy, "pyright": by_pyright}[request.param]
    found: dict[tuple[str, int], list[str]] = {("checker", 0): [request.param]}
    for file, line, message in checker(project):
        found.setdefault((file, line), []).append(message)
    return found


def by_mypy(project: Path) -> Iterator[tuple[str, int, str]]:
    python = project / ".venv" / "bin" / "python"
    command = [sys.executable, "-m", "mypy", "--python-executable", str(python), "."]
    printed = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False).stdout
    for file, line, kind, text in re.findall(r"^(\S+):(\d+): (\w+): (.*)$", printed, re.MULTILINE):
        if kind == "error":
            yield file, int(line), text
        elif asked := re.match(r'Revealed type is "(.*)"', text):
            yield file, int(line), f": {re.sub(r'[a-z_]+[.](?=[a-zA-Z])', '', asked[1])}"


def by_pyright(project: Path) -> Iterator[tuple[str, int, str]]:
    python = project / ".venv" / "bin" / "python"
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", str(python), "--outputjson"]
    printed = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False).stdout
    for found in json.loads(printed)["generalDiagnostics"]:
        file = str(Path(found["file"]).relative_to(project))
        asked = re.match(r'Type of ".*" is "(.*)"', found["message"])
        text = f": {asked[1]}" if found["severity"] == "information" and asked else found["message"]
        yield file, found["range"]["start"]["line"] + 1, text


def errors(seen: Seen) -> set[tuple[str, int]]:
    return {place for place, said in seen.items() if place[1] and any(one[:2] != ": " for one in said)}


def marked(file: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the lines of a file that have a mark: their numbers, their code, and their marks."""
    for number, line in enumerate(file.read_text().splitlines(), 1):
        code, _, mark = line.partition("  # ")
        if mark:
            yield number, code, mark


@pytest.mark.slow
@pytest.mark.parametrize("name", ["handlers", "talks"])
def test_what_cannot_work_is_refused_and_nothing_else(seen: Seen, name: str) -> None:
    wrong = {(f"{name}.py", line) for line, _, mark in marked(TYPED / f"{name}.txt") if mark == "error"}
    assert {place: seen[place] for place in errors(seen) if place[0] == f"{name}.py"}.keys() == wrong


@pytest.mark.slow
@pytest.mark.parametrize("name", ["handlers", "talks"])
def test_every_type_is_as_precise_as_it_can_be(seen: Seen, name: str) -> None:
    for line, code, mark in marked(TYPED / f"{name}.txt"):
        if "reveal_type" not in code:
            continue
        both, _, of_mypy = mark.partition(", mypy: ")
        expected = of_mypy if of_mypy and seen["checker", 0] == ["mypy"] else both
        (told,) = (one for one in seen[f"{name}.py", line] if one[:2] == ": ")
        assert told.replace(EVERYTHING, "InboundContent") == f": {expected}", f"{name}.txt:{line}"


@pytest.mark.slow
def test_our_bots_their_tests_and_the_pages_have_no_errors(seen: Seen) -> None:
    assert not {place: seen[place] for place in errors(seen) if place[0] not in {"handlers.py", "talks.py"}}


@pytest.mark.slow
def test_everything_that_an_author_imports_has_a_type(project: Path) -> None:
    path = {"PATH": f"{project / '.venv' / 'bin'}:/usr/bin:/bin"}
    options = ["--verifytypes", "rejoinder", "--ignoreexternal", "--outputjson"]
    command = [sys.executable, "-m", "basedpyright", *options]
    ran = subprocess.run(command, cwd=project, env=path, capture_output=True, text=True, check=False)
    symbols = json.loads(ran.stdout)["typeCompleteness"]["symbols"]
    public = [one for one in symbols if re.match(r"rejoinder\.([A-Z]|(bot|model|testing)\.)", one["name"])]
    assert len(public) > 500
    assert not [one["name"] for one in public if not one["isTypeKnown"]]


# --- where code runs ----------------------------------------------------------------------------------------


def test_a_chat_of_a_content_is_a_type_where_code_runs() -> None:
    assert typing.get_args(Chat[Failed]) == (Failed,)
    assert typing.get_args(Inbound[Failed | Image]) == (Failed | Image,)


def test_rejoinder_starts_without_typing_extensions() -> None:
    program = "import sys, rejoinder; rejoinder.Bot; print('typing_extensions' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
