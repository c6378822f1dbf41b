"""What a contact sees in an empty talk: ice breakers to tap, and commands behind a slash.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/conversational-components
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from rejoinder.workbench.graph.answers import flag, inner, objects, text, texts
from rejoinder.workbench.graph.changes import Change, post
from rejoinder.workbench.graph.client import Graph, Json

MAX_ICE_BREAKERS, MAX_ICE_BREAKER = 4, 80
"""How many ice breakers there may be, and how many characters one may have."""

MAX_COMMANDS, MAX_COMMAND, MAX_HINT = 30, 32, 256
"""How many commands there may be, and how many characters the name and the hint of one may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What helps a contact to begin."""

    ice_breakers: tuple[str, ...] = ()
    """Texts that the contact sends with a tap."""

    commands: Mapping[str, str] = field(default_factory=dict)
    """Commands without their slash, and what each does."""

    announces: bool = False
    """Whether a webhook tells that a contact has opened the talk for the first time."""

    @classmethod
    def read(cls, answer: Json) -> Self:
        """Return the greeting in the answer that shows a number."""
        found = inner(answer, "conversational_automation")
        commands = objects(found, "commands")
        return cls(
            ice_breakers=texts(found, "prompts"),
            commands={text(one, "command_name"): text(one, "command_description") for one in commands},
            announces=flag(found, "enable_welcome_message"),
        )

    def with_(
        self, ice_breakers: Sequence[str] | None = None, commands: Mapping[str, str] | None = None
    ) -> "Greeting":
        """Return this greeting with other ice breakers or commands."""
        return Greeting(
            ice_breakers=self.ice_breakers if ice_breakers is None else tuple(ice_breakers),
            commands=self.commands if commands is None else commands,
            announces=self.announces,
        )


def greeting(graph: Graph, number_id: str) -> Greeting:
    """Return the greeting of a number. Raises GraphError."""
    return Greeting.read(graph.get(number_id, fields="conversational_automation"))


def set_greeting(number_id: str, new: Greeting) -> Change:
    """Return the request that replaces the whole greeting."""
    commands = [{"command_name": name, "command_description": hint} for name, hint in new.commands.items()]
    body: Json = {"enable_welcome_message": new.announces, "prompts": list(new.ice_breakers)}
    return post(f"{number_id}/conversational_automation", {**body, "commands": commands})
