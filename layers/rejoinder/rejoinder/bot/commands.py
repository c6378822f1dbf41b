"""Commands: messages that begin with a slash and a name, such as `/book 5 people`."""

import re
from dataclasses import dataclass

from rejoinder.bot.words import fold

START = "start"
"""The command by which a contact begins to talk to a bot, on networks that have such a button."""

MAX_COMMANDS = 100
"""The most commands that a bot tells its network (core.telegram.org/bots/api#setmycommands)."""

MAX_DESCRIPTION = 256
"""The longest description of a command, in characters (core.telegram.org/bots/api#botcommand)."""

_COMMAND = re.compile(r"\s*/(\w+)(?:@\w+)?(?![\w/@])")  # /usr/bin is none
_NAME = re.compile(r"[a-z0-9_]{1,32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of a bot, as its network may offer it to contacts."""

    name: str
    """The name, without the slash: 1 to 32 of the characters a to z, 0 to 9 and _."""

    description: str
    """What it does, in a line of up to 256 characters."""


def command_in(text: str) -> str:
    """Return the name of the command that `text` begins with, as it was typed; empty for none."""
    match = _COMMAND.match(text)
    return match[1] if match else ""


def readings(text: str) -> tuple[str, ...]:
    """Return the words that `text` stands for. A command stands for its name, whatever follows it: no
    network takes a blank in the name, so that `_` may be one.
    """
    name = command_in(text)
    return tuple(dict.fromkeys((name, name.replace("_", " ")))) if name else (text,)


def without_slash(text: str) -> str:
    """Return `text` as a sentence: for a command its name as words, and what follows it."""
    match = _COMMAND.match(text)
    return f"{match[1].replace('_', ' ')}{text[match.end() :]}" if match else text


def command_name(words: str) -> str:
    """Return the name of a command for the words that a handler is for; empty where it can have none."""
    name = fold(words).replace(" ", "_")
    return name if _NAME.fullmatch(name) else ""
