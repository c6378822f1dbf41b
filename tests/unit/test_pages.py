"""Every block on a page is run: Python is executed, talks are played, commands exist with their options."""

import inspect
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from rejoinder import Bot
from rejoinder.testing import Phone
from rejoinder.workbench.cli.app import app
from tests.unit.test_docs import CHANGELOG, PAGES, README, ROOT, TARGETS, each_page

pytest_plugins = ["pytester"]

RECIPES = [page for page in PAGES if page.parent.name == "recipes" and page.name != "index.md"]
"""The pages whose blocks are the files of a project."""

RUN = [page for page in PAGES if "```python\n" in page.read_text() and page not in RECIPES]
each_page_with_code = pytest.mark.parametrize("page", RUN, ids=lambda page: str(page.relative_to(ROOT)))
each_recipe = pytest.mark.parametrize("page", RECIPES, ids=lambda page: page.name)

LANGUAGES = {"python", "text", "sh", "json", "yaml"}
"""What a block may be. `text` is a talk, or a picture. Those of `json` and `yaml` have tests of their own."""

GROUP = typer.main.get_command(app)
assert isinstance(GROUP, TyperGroup)
COMMANDS = {name: command for name, command in GROUP.commands.items() if not command.hidden}

PROGRAMS = {
    "aws",
    "cd",
    "cp",
    "curl",
    "make",
    "pip",
    "pytest",
    "python",
    "python3",
    "rejoinder",
    "rm",
    "sam",
    ".",
}
"""The programs that a page may tell a reader to start."""


# --- Python and talks ---------------------------------------------------------------------------------------


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the language and the text of each fenced block, in order."""
    return iter(re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL))


def run(page: Path) -> tuple[dict[str, Any], int]:
    """Execute the Python of a page, one block after the other, and play each talk where it stands.

    Return the names that are there at the end, and the number of talks.
    """
    names: dict[str, Any] = {"__name__": "page"}
    with TemporaryDirectory() as folder:
        for name, text in files(page).items():
            if name.startswith("bot/templates/"):  # of the page's bot, which lies beside them
                names["__file__"] = f"{folder}/bot/bot.py"
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                (Path(folder) / name).write_text(text)
        talks = _run(page, names)
    return names, talks


def _run(page: Path, names: dict[str, Any]) -> int:
    talks = 0
    for language, block in blocks(page):
        if language == "python":
            exec(compile(block, str(page), "exec"), names)  # noqa: S102 - our own page
        elif language == "text" and block.startswith(">"):
            bot = names["bot"]
            assert isinstance(bot, Bot)
            Phone(bot, name="Ada").plays(block)
            talks += 1
    return talks


@each_page_with_code
def test_the_code_of_a_page_runs_and_its_talks_go_as_they_are_written(page: Path) -> None:
    names, _ = run(page)
    for name, test in names.items():
        if name.startswith("test_"):
            wants = inspect.signature(test).parameters
            test(**({"phone": Phone(names["bot"], name="Ada")} if wants else {}))


def files(page: Path) -> dict[str, str]:
    """Return the files of a recipe: above each block of them stands the file's name and a colon."""
    return dict(
        re.findall(r"`(bot/[\w./-]+)`:\n\n```\w+\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    )


@each_recipe
def test_the_files_of_a_recipe_work_when_they_are_copied(
    page: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # these plugins need a second to load
    copied = files(page)
    of_code = [block for language, block in blocks(page) if language == "python" or block.startswith(">")]
    assert of_code == [*copied.values()], "a block does not say which file it is"
    for name, text in copied.items():
        file = pytester.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    for name in copied.keys() - {"bot/bot.py"}:
        alone = pytester.runpytest("-p", "rejoinder.testing.plugin", "--import-mode=importlib", name)
        assert alone.parseoutcomes().keys() == {"passed"}, name


def test_many_pages_have_code_and_talks() -> None:
    assert len(RUN) + len(RECIPES) >= 9
    written = sum(name.endswith(".chat") for page in RECIPES for name in files(page))
    assert sum(run(page)[1] for page in RUN) + written >= 14


@each_page
def test_a_block_is_of_a_language_that_is_checked(page: Path) -> None:
    assert {language for language, _ in blocks(page)} <= LANGUAGES


@each_page
def test_no_block_hides_from_the_checks_by_its_indent(page: Path) -> None:
    assert not re.search(r"^ +```(?:python|text)\n(?! *[│┌])", page.read_text(), re.MULTILINE)


# --- commands -----------------------------------------------------------------------------------------------


def typed(page: Path) -> Iterator[list[str]]:
    """Yield the words of each command of a page: in its `sh` blocks, and behind `$` where output is shown."""
    for language, block in blocks(page):
        shown = "\n".join(re.findall(r"^\$ (.*)", block, re.MULTILINE)) if language == "text" else ""
        for line in (block if language == "sh" else shown).replace("\\\n", " ").splitlines():
            for command in re.split(r"\s(?:&&|\|)\s", line.partition(" #")[0]):
                words = shlex.split(command)
                yield [word for word in words if not re.fullmatch(r"[A-Z_]+=\S*", word) or word is words[-1]]


@each_page
def test_the_commands_of_a_page_exist(page: Path) -> None:
    for words in filter(None, typed(page)):
        assert words[0] in PROGRAMS, words
        if words[0] == "rejoinder":
            refuse_unknown(words[1:])
        elif words[0] == "make":
            assert words[1] in TARGETS


@pytest.mark.parametrize("page", [page for page in PAGES if page != CHANGELOG], ids=lambda page: page.name)
def test_every_command_of_rejoinder_that_is_named_exists(page: Path) -> None:
    for command in re.findall(r"`rejoinder ([^`]+)`", page.read_text()):
        refuse_unknown(command.split())


def refuse_unknown(words: list[str]) -> None:
    """Raise AssertionError when `rejoinder` has no such command, or the command no such option.

    `rejoinder test` gives options that it does not know to pytest.
    """
    name, *rest = words
    if name.startswith("-"):
        assert name in {"--help", "--version"}
        return
    assert name in COMMANDS, f"there is no command `rejoinder {name}`"
    command = COMMANDS[name]
    while isinstance(command, TyperGroup):
        name, *rest = rest
        assert name in command.commands, f"there is no command `rejoinder {' '.join(words)}`"
        command = command.commands[name]
    options = {
        one for parameter in command.params for one in (*parameter.opts, *parameter.secondary_opts)
    } | {"--help"}
    asked = {word.partition("=")[0] for word in rest if word.startswith("-")}
    assert asked <= options or name == "test", f"`rejoinder {name}` has no {asked - options}"


def test_the_reference_names_every_command() -> None:
    page = (ROOT / "docs" / "reference" / "commands.md").read_text()
    assert {*re.findall(r"^\| `rejoinder ([\w-]+)", page, re.MULTILINE)} == COMMANDS.keys()


# --- the site -----------------------------------------------------------------------------------------------


def pages_in(nav: Any) -> Iterator[str]:
    """Yield the files that a navigation names."""
    match nav:
        case str(file):
            yield file
        case dict() | list():
            for part in nav.values() if isinstance(nav, dict) else nav:
                yield from pages_in(part)


def test_the_site_has_every_page_and_the_readme_leads_to_it() -> None:
    config = tomllib.loads((ROOT / "workbench" / "site" / "zensical.toml").read_text())
    nav = [*pages_in(config["project"]["nav"])]
    assert len(nav) == len({*nav})
    docs = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    assert docs <= {*nav}
    linked, todo = {README}, [README]
    while todo:
        page = todo.pop()
        for target in re.findall(r"\]\(([^)#:]+\.md)", page.read_text()):
            there = (page.parent / target).resolve()
            if there not in linked:
                linked.add(there)
                todo.append(there)
    assert {ROOT / "docs" / page for page in docs} <= linked


def test_the_picture_of_the_terminal_shows_the_talk_of_the_first_page() -> None:
    drawn = re.sub(r"<[^>]+>", "", (ROOT / "docs" / "images" / "chat.svg").read_text()).replace("&#160;", " ")
    (talk,) = (block for language, block in blocks(ROOT / "docs" / "first-bot.md") if language == "text")
    for line in talk.splitlines():
        assert line.replace("Ada", "You").lstrip("<> ") in drawn
    assert "docs/images/chat.svg" in README.read_text()


def test_the_costs_of_a_month_are_those_of_the_page_on_costs() -> None:
    costs = (ROOT / "docs" / "costs.md").read_text()
    rows = dict(re.findall(r"^\| ([\d,]+) \| ([\d.]+) \|", costs, re.MULTILINE))
    month = (ROOT / "docs" / "month.md").read_text()
    quoted = f"1,000 turns cost ${rows['1,000']} and 10,000 cost ${rows['10,000']}"
    assert quoted in month
    assert "about $6.50 " in month
    (dashboard,) = re.findall(r"^\| the dashboard \| ([\d.]+) \| 0.00 \|", costs, re.MULTILINE)
    assert f"${dashboard} of that is the dashboard" in month
    assert 6.0 < float(rows["1,000"]) - float(dashboard) < float(rows["10,000"]) - float(dashboard) < 7.0
