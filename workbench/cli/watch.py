"""`rejoinder watch`: how the bot is doing, again and again."""

from rejoinder.workbench.cli.deployed import Where


def main(where: Where) -> int:
    """Print until Ctrl-C."""
    raise NotImplementedError
