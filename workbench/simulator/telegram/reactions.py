"""The reactions that a bot may give: https://core.telegram.org/bots/api#reactiontypeemoji has the emoji."""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.errors import refused

_SELECTOR: Final = "\ufe0f"
"""Asks for a coloured picture. Telegram does not mind whether it is there."""

_LISTED: Final = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 "
    "🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ "
    "🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
)
EMOJI: Final = frozenset(_LISTED.split())
"""The emoji, without selectors."""


def checked(reactions: list[JsonObject]) -> list[JsonObject]:
    """Return the reaction of a bot: at most one. Raises Refusal for one that bots cannot give."""
    if len(reactions) > 1:
        raise refused("REACTIONS_TOO_MANY")
    return [_checked(one) for one in reactions]


def _checked(reaction: JsonObject) -> JsonObject:
    emoji = str(reaction.get("emoji", "")).replace(_SELECTOR, "")
    if reaction.get("type") != "emoji" or emoji not in EMOJI:
        raise refused("REACTION_INVALID")
    return {"type": "emoji", "emoji": emoji}
