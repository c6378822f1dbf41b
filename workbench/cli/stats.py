"""`rejoinder stats`: today's figures."""

from rejoinder.workbench.cli.deployed import Where


def main(where: Where, *, as_json: bool) -> int:
    """Print them."""
    raise NotImplementedError
