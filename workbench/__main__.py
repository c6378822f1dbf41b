"""`python -m workbench run|demo|…`: what the make targets call."""

import importlib
import sys

from workbench.stack import interrupts
from workbench.stack.errors import StackError
from workbench.tools import ToolError

COMMANDS = (
    *("run", "demo", "chat", "talk", "invoke", "secrets", "chaos"),
    *("redrive", "export", "forget", "release"),
)
STOPPED = 130  # as a shell says it of a program ended by Ctrl-C


def main(arguments: list[str]) -> int:
    """Do what a command says; its exit code. What a person can cure comes as one line, not as a traceback."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"usage: python -m workbench {'|'.join(COMMANDS)}", file=sys.stderr)
        return 2
    interrupts.install()
    try:
        command = importlib.import_module(f"workbench.cli.{arguments[0]}")
        code: int = command.main(arguments[1:])
        sys.stdout.flush()
    except (StackError, ToolError) as error:
        print(f"rejoinder: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nrejoinder: stopped", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # whoever read what we print has gone
        sys.stdout = None  # nothing more can be said, not even at exit
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
