"""`rejoinder trace`: the life of one message."""

from rejoinder.workbench.cli.deployed import Where


def main(where: Where, message: str, *, as_json: bool) -> int:
    """Print it."""
    raise NotImplementedError
