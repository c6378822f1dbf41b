"""What people want, and how sure we are of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rejoinder.errors import BotError

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """Something that people want, however they word it: a trigger of `on`.

    Raises BotError for names, examples and patterns that cannot be used.
    """

    name: str
    """The name of the intent: 1 to 64 of A-Z a-z 0-9 _ and -."""

    examples: Sequence[str]
    """Some ways to say it."""

    slots: Mapping[str, str] = field(default_factory=dict)
    """What is to be read from the words: names that lead to regular expressions, such as
    {"order": "[0-9]{4,}"}. The expression fits the value as a whole."""

    def __post_init__(self) -> None:
        for name in (self.name, *self.slots):
            if not _NAME.fullmatch(name):
                raise BotError(f"an intent or slot is named by 1 to 64 of A-Z a-z 0-9 _ -, not {name!r}")
        if isinstance(self.examples, str) or not all(map(str.strip, self.examples)) or not self.examples:
            raise BotError(f"the intent {self.name} needs examples, each some words")
        for name, pattern in self.slots.items():
            try:
                re.compile(pattern)
            except re.error as error:
                raise BotError(f"the pattern of {self.name}'s slot {name} is none: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What somebody wants, as some words were understood."""

    intent: str
    """The name of the intent."""

    slots: Mapping[str, str]
    """The values of its slots, by their names."""

    confidence: float
    """How sure it is, from 0 to 1."""
