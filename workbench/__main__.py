"""The `rejoinder` command, also as `python -m rejoinder.workbench`."""

import sys

from rejoinder.workbench.cli.app import main


def command() -> None:
    """Run the command line of this process."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    command()
