"""The methods about the bot itself, about chats, and the answers to queries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.call import Call
from rejoinder.workbench.simulator.telegram.network import Network


class About:
    """The methods."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def methods(self) -> dict[str, Callable[[Call], Awaitable[object]]]:
        """Return the methods by their names in small letters."""
        return {"getme": self.me}

    async def me(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#getme"""
        return {
            **call.bot.shown(),
            "can_join_groups": True,
            "can_read_all_group_messages": call.bot.can_read_all_group_messages,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }
