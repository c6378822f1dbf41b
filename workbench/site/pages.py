"""The pages of the site: which file becomes which page, and where its links lead."""

import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

BESIDE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "vulnerabilities.md",
    "examples/README.md": "examples.md",
    "workbench/simulator/README.md": "simulator-control.md",
}
"""The pages that do not lie in docs/: their files in the repository, and their names on the site."""

LINK = re.compile(r"(\[[^\[\]]*\]\(|<img src=\")([^()\s#\"]+)(#[^()\s]*)?([)\"])")
"""A link or a picture: what stands before the address, the address, its heading, and what closes it."""

LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
"""The elements of HTML that make a browser load something, and the attribute that says what."""

NOT_LOADED = {"canonical", "next", "prev", "alternate"}
"""What a `link` may be to another server: a browser does not load these."""


def page_of(file: Path, repository: Path) -> str | None:
    """Return the place on the site of a file of the repository; None when it is not on the site."""
    name = file.relative_to(repository).as_posix()
    if name in BESIDE:
        return BESIDE[name]
    inside = name.removeprefix("docs/")
    return inside if inside != name else None


def linked(text: str, file: Path, repository: Path, web: str) -> str:
    """Return the text of a page with its links as they are on the site.

    A link to a page of the site leads to that page. A link to another file of the repository leads to it on
    the web, at the address `web`.
    """
    here = Path(page_of(file, repository) or "").parent

    def mend(found: re.Match[str]) -> str:
        there = Path(os.path.normpath(file.parent / found[2]))
        if not there.exists() or not there.is_relative_to(repository):
            return found[0]
        page = page_of(there, repository)
        target = os.path.relpath(page, here) if page else f"{web}/{there.relative_to(repository).as_posix()}"
        return f"{found[1]}{target}{found[3] or ''}{found[4]}"

    return LINK.sub(mend, text)


def write(repository: Path, folder: Path, web: str) -> None:
    """Write the pages of the site into `folder`, which is emptied before."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(repository / "docs", folder)
    for file in [*(repository / "docs").rglob("*.md"), *(repository / name for name in BESIDE)]:
        text = linked(file.read_text(encoding="utf-8"), file, repository, web)
        (folder / str(page_of(file, repository))).write_text(text, encoding="utf-8")


def loaded_from_elsewhere(site: Path) -> Iterator[str]:
    """Yield what the pages of a built site would load from another server."""
    for file in sorted(site.rglob("*.html")):
        reader = _Loads()
        reader.feed(file.read_text(encoding="utf-8"))
        yield from (f"{file.relative_to(site)} loads {address}" for address in reader.addresses)
    for file in sorted(site.rglob("*.css")):
        for address in re.findall(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)", file.read_text()):
            yield f"{file.relative_to(site)} loads {address}"


class _Loads(HTMLParser):
    """Collects the addresses on other servers that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        address = values.get(LOADS.get(tag, "")) or ""
        if address.startswith(("http:", "https:", "//")) and values.get("rel") not in NOT_LOADED:
            self.addresses.append(address)
