"""The site: where its links lead, that it loads nothing from elsewhere, and which names it has."""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from rejoinder.workbench.site.pages import linked, loaded_from_elsewhere, page_of, write
from rejoinder.workbench.tools import HOUSE
from tests.unit.test_reference import DOCUMENTED, TAG, members_of, reachable

WEB = "https://example.com/blob/main"


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("docs/local.md", "local.md"),
        ("docs/recipes/files.md", "recipes/files.md"),
        ("docs/images/page.png", "images/page.png"),
        ("README.md", "index.md"),
        ("layers/rejoinder/rejoinder/errors.py", None),
    ],
)
def test_a_file_of_the_repository_is_a_page_or_is_not_on_the_site(name: str, page: str | None) -> None:
    assert page_of(HOUSE / name, HOUSE) == page


@pytest.mark.parametrize(
    ("file", "written", "on_the_site"),
    [
        ("README.md", "[a](docs/local.md)", "[a](local.md)"),
        (
            "README.md",
            "[`a`](docs/local.md#kills) and [b](LICENSE)",
            f"[`a`](local.md#kills) and [b]({WEB}/LICENSE)",
        ),
        ("README.md", '<img src="docs/images/page.png" width="9">', '<img src="images/page.png" width="9">'),
        ("docs/recipes/files.md", "[a](../../README.md) [b](index.md)", "[a](../index.md) [b](index.md)"),
        ("docs/local.md", "[a](../tests/cases.py)", f"[a]({WEB}/tests/cases.py)"),
        ("docs/local.md", "[a](https://example.org/b) [c](#here)", "[a](https://example.org/b) [c](#here)"),
        ("docs/local.md", "[a](nowhere.md)", "[a](nowhere.md)"),
        ("docs/local.md", "names[0](names)", "names[0](names)"),
    ],
)
def test_a_link_leads_to_the_page_or_to_the_file_on_the_web(
    file: str, written: str, on_the_site: str
) -> None:
    assert linked(written, HOUSE / file, HOUSE, WEB) == on_the_site


def test_the_pages_are_written_anew(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "gone.md").touch()
    write(HOUSE, tmp_path / "docs", WEB)
    assert not (tmp_path / "docs" / "gone.md").exists()
    assert (tmp_path / "docs" / "index.md").read_text().startswith("# rejoinder")
    assert (tmp_path / "docs" / "images" / "page.png").exists()


def test_what_a_page_would_load_from_elsewhere_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<link rel="canonical" href="https://a.example/"><a href="https://b.example/">words</a>'
        '<script src="https://c.example/x.js"></script><link rel="stylesheet" href="//d.example/x.css">'
        '<img src="images/e.png"><script src="own.js"></script>'
    )
    (tmp_path / "b.css").write_text("@import 'https://f.example/x.css'; p { background: url(own.png) }")
    assert [*loaded_from_elsewhere(tmp_path)] == [
        "a.html loads https://c.example/x.js",
        "a.html loads //d.example/x.css",
        "b.css loads https://f.example/x.css",
    ]


@pytest.mark.slow
def test_the_built_site_has_a_place_for_every_public_name() -> None:
    built = subprocess.run([sys.executable, "-m", "rejoinder.workbench.site"], check=False, cwd=HOUSE)
    assert built.returncode == 0
    inventory = HOUSE / ".tools" / "pages" / "site" / "objects.inv"
    *_, packed = inventory.read_bytes().split(b"\n", 4)
    names = {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}
    for full, cls in reachable().items():
        hidden = DOCUMENTED[full] | {TAG, "__init__"}
        wanted = {f"{full}.{member}" for member in members_of(cls).keys() - hidden}
        assert wanted | {full} <= names, wanted - names
