"""`rejoinder debug`: a talk again, in Python's debugger."""

from rejoinder.workbench.cli.deployed import Where
from rejoinder.workbench.project import Project


def main(project: Project, where: Where, conversation: str) -> int:
    """Replay it."""
    raise NotImplementedError
