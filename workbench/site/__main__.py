"""Builds the site of the documentation: `python -m rejoinder.workbench.site`.

A warning, such as a link that leads nowhere or a name without a docstring's place, fails the build. So does a
page that would load something from another server. The build itself needs no network.
"""

import shutil
import subprocess
import sys
import tomllib

from rejoinder.workbench import tools
from rejoinder.workbench.project import REPOSITORY
from rejoinder.workbench.site.pages import loaded_from_elsewhere, write

FOLDER = tools.TOOLS / "pages"


def build() -> int:
    """Build the site into `.tools/pages/site`. Return 1 when something is wrong with it."""
    tools.ensure("site")
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    repository = project.get("urls", {}).get("Repository", "")
    write(REPOSITORY, FOLDER / "docs", f"{repository}/blob/main" if repository else "")
    shutil.copy(REPOSITORY / "workbench" / "site" / "zensical.toml", FOLDER)
    shutil.rmtree(FOLDER / "site", ignore_errors=True)
    command = [str(tools.python_of("site")), "-m", "zensical", "build", "--strict", "--clean"]
    if subprocess.call(command, cwd=FOLDER) != 0:
        return 1
    wrong = [*loaded_from_elsewhere(FOLDER / "site")]
    print("\n".join(wrong) or f"the site is in {FOLDER / 'site'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(build())
    except tools.ToolError as error:
        sys.exit(f"rejoinder: {error}")
