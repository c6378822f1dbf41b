"""`rejoinder repository drill`: plants the fault of each alarm on a local stack, and shows what rings."""

import shutil
from pathlib import Path

from rejoinder.workbench.drill.drill import Result
from rejoinder.workbench.drill.drill import drill as prepared
from rejoinder.workbench.drill.faults import FAULTS
from rejoinder.workbench.drill.page import table, write_page
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import up
from rejoinder.workbench.tools import HOUSE


def main(*, short: bool, markdown: bool) -> int:
    """Run a drill. Return 0 only when each fault rang what it should, and its cure helped.

    With `markdown` the results become the page docs/drill.md, if nothing was wrong.
    """
    results = drill(_project().state / "drill", short=short)
    print("", *table(results), sep="\n", flush=True)
    if any(result.wrong for result in results):
        return 1
    if markdown:
        write_page(results)
    return 0


def drill(folder: Path, *, short: bool) -> list[Result]:
    """Run a drill on a stack of its own, which begins empty and keeps its state in `folder`."""
    shutil.rmtree(folder / "aws", ignore_errors=True)  # values of an earlier drill would ring again
    faults = [fault for fault in FAULTS if fault.is_short or not short]
    with up(_project(), folder=folder) as stack, prepared(stack, lambda line: print(line, flush=True)) as one:
        return one.run(faults)


def _project() -> Project:
    return Project(root=HOUSE, bot=HOUSE / "workbench" / "drill" / "bot")
