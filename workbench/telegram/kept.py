"""The token of a bot that `rejoinder run` asked for, kept for the next time, outside of every project.

The folder is that of the XDG Base Directory Specification for configuration. Only its owner may read it.
"""

import os
from collections.abc import Callable
from pathlib import Path

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.telegram.api import TOKEN

ASK = "ask"
"""What stands for the token where somebody wants to be asked for it."""

QUESTION = "Token of the bot, as @BotFather gave it (it is not shown)"


def place() -> Path:
    """Return the file of the token. XDG_CONFIG_HOME moves it."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "rejoinder" / "telegram-token"


def kept() -> str:
    """Return the token that is kept; empty when there is none."""
    try:
        return place().read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def keep(token: str) -> Path:
    """Keep a token, and return its file."""
    file = place()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.parent.chmod(0o700)
    draft = file.with_suffix(".new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(f"{token}\n", encoding="utf-8")
    draft.replace(file)
    return file


def asked(ask: Callable[[str], str]) -> tuple[str, bool]:
    """Return the token that is kept, or that is typed now; and whether it was typed.

    Raises StackError when nothing is typed, or no token.
    """
    if there := kept():
        return there, False
    try:
        typed = ask(f"{QUESTION}: ").strip()
    except EOFError:
        typed = ""
    if not TOKEN.fullmatch(typed):
        raise StackError("that is no token: @BotFather gives one, such as 123456789:AAE…, after /newbot")
    return typed, True
