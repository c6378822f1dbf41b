"""How the person who reads a message calls our commands."""

import os


def below_make() -> bool:
    """Whether make runs us, as it does in rejoinder's own repository."""
    return "MAKELEVEL" in os.environ


def called(command: str) -> str:
    """Return a command as they would type it: `make run` or `rejoinder run`."""
    return f"{'make' if below_make() else 'rejoinder'} {command}"
