"""The commands that the make targets call: `python -m rejoinder.workbench run|demo|…`."""

import importlib
import sys

from rejoinder.workbench import terminal
from rejoinder.workbench.stack import interrupts
from rejoinder.workbench.stack.errors import StackError
from rejoinder.workbench.tools import ToolError

COMMANDS = (
    *("run", "demo", "chat", "talk", "understand", "invoke", "secrets", "chaos"),
    *("redrive", "export", "forget", "release", "cost"),
)
STOPPED = 130
"""The exit code that shells give to a program that was ended by Ctrl-C."""


def main(arguments: list[str]) -> int:
    """Run a command and return its exit code. An error that a person can correct is printed as one line."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python -m rejoinder.workbench {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    interrupts.install()
    try:
        command = importlib.import_module(f"rejoinder.workbench.cli.{arguments[0]}")
        code: int = command.main(arguments[1:])
        sys.stdout.flush()
    except (StackError, ToolError) as error:
        print(f"rejoinder: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nrejoinder: stopped", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # the program that read our output has ended
        sys.stdout = None  # else Python would write to it again at exit
        return 1
    return code


if __name__ == "__main__":
    terminal.protect()
    sys.exit(main(sys.argv[1:]))
