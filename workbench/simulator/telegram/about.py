"""The methods about the bot itself: https://core.telegram.org/bots/api#getme, its commands, its texts."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.call import Call
from rejoinder.workbench.simulator.telegram.errors import refused
from rejoinder.workbench.simulator.telegram.network import Network

COMMANDS: Final = 100
"""How many commands a bot has at most, in one scope and language."""

_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION: Final = 256
_TEXTS: Final = {"name": 64, "description": 512, "short_description": 120}
"""How long the texts about a bot may be."""

_SCOPES: Final = (
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
)
_MENU: Final = {"type": "commands"}

Method = Callable[[Call], Awaitable[object]]


class About:
    """The methods."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def methods(self) -> dict[str, Method]:
        """Return the methods by their names in small letters."""
        setters = {f"setmy{what.replace('_', '')}": _setter_of(what) for what in _TEXTS}
        getters = {f"getmy{what.replace('_', '')}": _getter_of(what) for what in _TEXTS}
        return {
            "getme": self.me,
            "setmycommands": self.set_commands,
            "getmycommands": self.commands,
            "deletemycommands": self.delete_commands,
            "setchatmenubutton": self.set_menu,
            "getchatmenubutton": self.menu,
            "logout": self.leave,
            "close": self.leave,
            **setters,
            **getters,
        }

    async def me(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#getme"""
        lacking = (
            "can_connect_to_business",
            "has_main_web_app",
            "has_topics_enabled",
            "allows_users_to_create_topics",
            "can_manage_bots",
        )
        return {
            **call.bot.shown(),
            "can_join_groups": True,
            "can_read_all_group_messages": call.bot.can_read_all_group_messages,
            "supports_inline_queries": False,
            **dict.fromkeys(lacking, False),
        }

    async def set_commands(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#setmycommands"""
        commands = [_command(one) for one in call.objects("commands", "BotCommand")]
        if len(commands) > COMMANDS:
            raise refused("BOT_COMMANDS_TOO_MUCH")
        call.bot.commands[_scope(call)] = commands
        return True

    async def commands(self, call: Call) -> list[JsonObject]:
        """https://core.telegram.org/bots/api#getmycommands"""
        return call.bot.commands.get(_scope(call), [])

    async def delete_commands(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#deletemycommands"""
        call.bot.commands.pop(_scope(call), None)
        return True

    async def set_menu(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#setchatmenubutton"""
        button = call.object("menu_button", "MenuButton") or _MENU
        if button.get("type") not in ("commands", "default", "web_app"):
            raise refused("can't parse menu button: MenuButton has unsupported type")
        call.bot.menu_buttons[call.whole("chat_id")] = button
        return True

    async def menu(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#getchatmenubutton"""
        usual = call.bot.menu_buttons.get(0, _MENU)
        return call.bot.menu_buttons.get(call.whole("chat_id"), usual)

    async def leave(self, _: Call) -> bool:
        """https://core.telegram.org/bots/api#logout and #close: here they change nothing."""
        return True


def _command(one: JsonObject) -> JsonObject:
    for name in ("command", "description"):
        if not isinstance(one.get(name), str):
            raise refused(f"can't parse BotCommand: Can't find field \"{name}\"")
    command, description = one["command"].removeprefix("/"), one["description"]
    if not _COMMAND.fullmatch(command):
        raise refused("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _DESCRIPTION:
        raise refused("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}


def _scope(call: Call) -> tuple[str, str]:
    scope = call.object("scope", "BotCommandScope") or {"type": "default"}
    if scope.get("type") not in _SCOPES:
        raise refused("can't parse BotCommandScope: Unsupported type specified")
    return json.dumps(scope, sort_keys=True), call.text("language_code")


def _setter_of(what: str) -> Method:
    async def change(call: Call) -> bool:
        text = call.text(what)
        if len(text) > _TEXTS[what]:
            raise refused(f"bot {what.replace('_', ' ')} is too long")  # the wording is ours
        call.bot.texts[what, call.text("language_code")] = text
        return True

    return change


def _getter_of(what: str) -> Method:
    async def show(call: Call) -> JsonObject:
        usual = call.bot.first_name if what == "name" else ""
        texts = call.bot.texts
        return {what: texts.get((what, call.text("language_code"))) or texts.get((what, ""), usual)}

    return show
