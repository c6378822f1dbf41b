"""Tables of `make bench`, and where they go in docs/performance.md."""

import platform
import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rejoinder.workbench.marks import replaced

PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table."""

    name: str
    """Its name in the markers of the page."""

    head: tuple[str, ...]
    """The names of its columns."""

    rows: Sequence[tuple[str, ...]]
    """Its rows."""

    def as_markdown(self) -> str:
        """Return it as Markdown. All columns but the first are numbers."""
        lines = [self.head, ("---", *("---:" for _ in self.head[1:])), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """Return what this machine is: its processors, and how many."""
    try:
        names = re.findall(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        names = []
    return f"{len(names)} × {names[0]}" if names else f"{platform.system()} {platform.machine()}"


def version_of(python: Path) -> str:
    """Return the version of an interpreter."""
    return subprocess.run([python, "-V"], capture_output=True, text=True, check=True).stdout.strip()


def write(tables: Sequence[Table], python: Path) -> None:
    """Put the tables between their markers on the page, each with where and when it was measured."""
    text = PAGE.read_text()
    where = f"(`make bench`: {machine()}, {version_of(python)}, {time.strftime('%Y-%m-%d')}.)"
    for table in tables:
        begin, end = f"<!-- bench {table.name} -->", f"<!-- end {table.name} -->"
        text = replaced(text, begin, end, f"\n\n{table.as_markdown()}\n\n{where}\n\n")
    PAGE.write_text(text)
