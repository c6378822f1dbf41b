"""The Makefile uses only what GNU make 3.81 knows, and only commands that make starts itself."""

import re

from rejoinder.workbench import tools

MAKEFILE = (tools.HOUSE / "Makefile").read_text()
RECIPES = [line.lstrip("\t@") for line in MAKEFILE.splitlines() if line.startswith("\t")]


def test_every_recipe_is_one_program_without_a_shell_in_between() -> None:
    """A shell in between would get the signal instead of the program, which must stop cleanly."""
    for recipe in RECIPES:
        unquoted = re.sub(r"'[^']*'|\$\(\w+\)", "", recipe)
        # Make looks for these characters to decide on a shell.
        assert not re.search(r"""[#;"*?&|<>(){}$`^~!\[\]]""", unquoted), recipe


def test_every_target_is_declared_phony() -> None:
    targets = re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert set(targets) == set(phony.split())


def test_nothing_newer_than_make_3_81_is_used() -> None:
    assert not re.search(r"\.ONESHELL|!=|::=|\$\(file |&:", MAKEFILE)
