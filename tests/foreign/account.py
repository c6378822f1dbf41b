"""The calls of pywa for the account, and what becomes of them at the simulator.

`python -m tests.foreign.account` writes the table of `docs/simulator.md`.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any, Final

from rejoinder.workbench.marks import replaced

HERE: Final = Path(__file__).parent
DRIVER: Final = HERE / "clients" / "pywa_account.py"
PAGE: Final = HERE.parents[1] / "docs" / "simulator.md"
BEGIN: Final = "<!-- account calls: begin -->"
END: Final = "<!-- account calls: end -->"
REFUSED: Final[dict[str, dict[str, Any]]] = json.loads((HERE / "refused.json").read_text())
"""The calls that are refused: with which code, 0 for a fault of pywa itself, and why."""


def calls() -> list[str]:
    """Return the names of the driver's calls. It is read, because it runs in an environment of its own."""
    for node in ast.parse(DRIVER.read_text()).body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "SENDS":
            assert isinstance(node.value, ast.Dict)
            return [str(ast.literal_eval(key)) for key in node.value.keys if key]
    raise AssertionError(f"{DRIVER.name} has no SENDS")


def table() -> str:
    """Return what works and what does not, as Markdown."""
    works = ", ".join(f"`{name}`" for name in calls() if name not in REFUSED)
    rows = [f"| `{name}` | {told['why']} |" for name, told in REFUSED.items()]
    return "\n".join([f"These work: {works}.", "", "| does not work | because |", "|---|---|", *rows])


def written(page: str) -> str:
    """Return a page with the table between the two marks."""
    return replaced(page, BEGIN, END, f"\n\n{table()}\n\n")


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
