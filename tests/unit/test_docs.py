"""What the docs say is so: blocks of Python run, commands exist, links and paths lead somewhere."""

import re
from pathlib import Path

import pytest

from rejoinder import Bot
from rejoinder.testing import Phone

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
TARGETS = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def test_the_bot_of_the_readme_says_what_the_readme_shows() -> None:
    bot_block, phone_block = blocks(ROOT / "README.md", "python")
    names: dict[str, object] = {}
    exec(bot_block, names)  # noqa: S102 - our own page
    bot = names["bot"]
    assert isinstance(bot, Bot)
    (shown,) = (block for block in blocks(ROOT / "README.md", "text") if block.startswith(">"))
    Phone(bot, name="Ada").plays(shown)
    exec(phone_block, names)  # noqa: S102 - our own page


def test_the_page_on_writing_a_bot_does_as_it_says() -> None:
    page = (ROOT / "docs" / "writing-a-bot.md").read_text()
    names: dict[str, object] = {}
    talks: list[str] = []
    for language, block in re.findall(r"^```(python|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        if language == "python":
            exec(block, names)  # noqa: S102 - our own page
        elif block.startswith(">"):
            talks.append(block)
    bot = names["bot"]
    assert isinstance(bot, Bot)
    for talk in talks:
        Phone(bot, name="Ada").plays(talk)
    assert len(talks) == 7
    test = names["test_a_table_is_booked"]
    assert callable(test)
    test(Phone(bot, name="Ada"))


def test_the_bot_of_the_readme_has_fifteen_lines_of_code() -> None:
    code = [line for line in blocks(ROOT / "README.md", "python")[0].splitlines() if line.strip()]
    assert len(code) <= 15


@each_page
def test_every_make_target_exists(page: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE))
    assert named <= TARGETS


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        if target.startswith("http"):
            continue
        path, _, heading = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        headings = {line.lstrip("# ").lower().replace(" ", "-") for line in file.read_text().splitlines()}
        assert not heading or heading in headings, target


@each_page
def test_every_path_that_is_named_exists(page: Path) -> None:
    for name in re.findall(
        r"`((?:bot|functions|layers|workbench|events|examples|tests|docs)/[\w./*-]*)`", page.read_text()
    ):
        assert list(ROOT.glob(name.rstrip("/"))), f"{page.name} names {name}"


def test_the_table_of_what_to_touch_names_files_only() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("## To add a")[2].partition("## Habits")[0]
    rows = [line for line in table.splitlines() if line.startswith(("| a ", "| an "))]
    assert len(rows) >= 10
    assert all("`" in row for row in rows)
