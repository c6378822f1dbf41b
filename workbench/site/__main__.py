"""Builds the site of the documentation: `python -m rejoinder.workbench.site`.

A warning, such as a link that leads nowhere or a name without a docstring's place, fails the build. So does a
page that would load something from another server. The build itself needs no network.
"""

import shutil
import subprocess
import sys
import tomllib

from rejoinder.workbench.site.pages import loaded_from_elsewhere, write
from rejoinder.workbench.tools import HOUSE, ToolError, Tools

TOOLS = Tools(HOUSE)
FOLDER = HOUSE / ".tools" / "pages"
"""Where the pages are written, and built into `site`. The paths in zensical.toml are relative to it."""


def build() -> int:
    """Build the site into `.tools/pages/site`. Return 1 when something is wrong with it."""
    TOOLS.ensure("site")
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]
    write(HOUSE, FOLDER / "docs", f"{project['urls']['Source']}/blob/main")
    shutil.copy(HOUSE / "workbench" / "site" / "zensical.toml", FOLDER)
    shutil.rmtree(FOLDER / "site", ignore_errors=True)
    command = [str(TOOLS.python_of("site")), "-m", "zensical", "build", "--strict", "--clean"]
    if subprocess.call(command, cwd=FOLDER) != 0:
        return 1
    wrong = [*loaded_from_elsewhere(FOLDER / "site")]
    print("\n".join(wrong) or f"the site is in {FOLDER / 'site'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(build())
    except ToolError as error:
        sys.exit(f"rejoinder: {error}")
