"""The addresses of pages that the commands print lead to a page and to its section."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from rejoinder.workbench.pages import RUNBOOK, SITE, page
from rejoinder.workbench.tools import HOUSE
from tests.unit.test_docs import slug

WORKBENCH = HOUSE / "workbench"
FOLDERS = ("cli", "doctor", "check_aws", "graph", "simulator", "telegram", "templates", "watching")
OF_THE_REPOSITORY = WORKBENCH / "cli" / "repository.py"
"""Its commands write pages, and exist in a copy of the repository only."""

MODULES = sorted(
    path for folder in FOLDERS for path in (WORKBENCH / folder).rglob("*.py") if path != OF_THE_REPOSITORY
)


@cache
def nodes(path: Path) -> list[ast.AST]:
    return [*ast.walk(ast.parse(path.read_text()))]


def called_with() -> list[tuple[str, ...]]:
    """Return what `page` is called with everywhere."""
    return [
        tuple(str(ast.literal_eval(one)) for one in node.args)
        for path in MODULES
        for node in nodes(path)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "page"
    ]


def test_an_address_is_that_of_the_site() -> None:
    assert page("scaling", "ask-aws") == f"{SITE}/scaling.html#ask-aws"
    assert f"{SITE}/operations.html" == RUNBOOK


def test_each_page_that_a_command_names_has_the_section_that_it_names() -> None:
    named = called_with()
    assert ("operations", "changed-by-hand") in named
    for name, *sections in named:
        lines = (HOUSE / "docs" / f"{name}.md").read_text().splitlines()
        assert {*sections} <= {slug(line) for line in lines if line.startswith("#")}, name


def test_no_command_names_a_page_as_a_file_because_who_installs_the_wheel_has_none() -> None:
    said = {f"{path.relative_to(WORKBENCH)}: {text}" for path in MODULES for text in texts(path)}
    assert {one for one in said if re.search(r"docs/\w+\.md", one)} == set()


def texts(path: Path) -> Iterator[str]:
    """Yield the strings of a module that are no docstrings."""
    docstrings = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
