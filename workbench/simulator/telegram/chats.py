"""The methods about chats and their members: https://core.telegram.org/bots/api#getchat and its like."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.call import Call
from rejoinder.workbench.simulator.telegram.errors import refused
from rejoinder.workbench.simulator.telegram.network import MEMBERS, Chat, Network, Update
from rejoinder.workbench.simulator.telegram.places import Places

_ADMINISTRATORS: Final = ("creator", "administrator")
_RIGHTS: Final = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
"""What an administrator has or has not."""

_PERMISSIONS: Final = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
"""What a restricted member has not."""

_GIFTS: Final = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


class Chats:
    """The methods."""

    def __init__(self, network: Network, places: Places) -> None:
        self._network = network
        self._places = places

    def methods(self) -> dict[str, Callable[[Call], Awaitable[object]]]:
        """Return the methods by their names in small letters."""
        return {
            "getchat": self.show,
            "getchatmember": self.member,
            "getchatmembercount": self.count,
            "getchatadministrators": self.administrators,
            "leavechat": self.leave,
        }

    async def show(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#getchat"""
        chat = self._places.readable(call)
        return {
            **chat.shown(),
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(_GIFTS, False),
        }

    async def member(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#getchatmember"""
        chat = self._places.readable(call)
        user_id = call.whole("user_id")
        if user_id <= 0:
            raise refused("invalid user_id specified")
        known = self._user(user_id)
        if known is None or (chat.type == "private" and user_id not in self._members(chat)):
            raise refused("PARTICIPANT_ID_INVALID" if known is None else "member not found")
        return _shown(self._members(chat).get(user_id, "left"), known)

    async def administrators(self, call: Call) -> list[JsonObject]:
        """https://core.telegram.org/bots/api#getchatadministrators"""
        chat = self._places.readable(call)
        if chat.type == "private":
            raise refused("there are no administrators in the private chat")
        found = [(status, self._user(one)) for one, status in chat.members.items()]
        return [_shown(status, user) for status, user in found if user and status in _ADMINISTRATORS]

    async def count(self, call: Call) -> int:
        """https://core.telegram.org/bots/api#getchatmembercount"""
        members = self._members(self._places.readable(call))
        return sum(status in MEMBERS for status in members.values())

    async def leave(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#leavechat"""
        chat = self._places.readable(call)
        if chat.type == "private":
            raise refused("chat member status can't be changed in private chats")
        old = chat.members[call.bot.id]
        chat.members[call.bot.id] = "left"
        user = call.bot.shown()
        content = {
            "chat": chat.shown(),
            "from": user,
            "date": int(self._network.clock.now()),
            "old_chat_member": _shown(old, user),
            "new_chat_member": _shown("left", user),
        }
        self._network.tell(Update(bot=call.bot, kind="my_chat_member", content=content, chat=chat))
        return True

    def _members(self, chat: Chat) -> dict[int, str]:
        if chat.bot is not None:
            return {chat.id: "member", chat.bot.id: "member"}
        return chat.members

    def _user(self, user_id: int) -> JsonObject | None:
        person = self._network.people.get(user_id) or self._network.bot(user_id)
        return person.shown() if person else None


def _shown(status: str, user: JsonObject) -> JsonObject:
    """Return the `ChatMember` of the wire."""
    more: JsonObject = {}
    if status == "creator":
        more = {"is_anonymous": False}
    elif status == "administrator":
        more = {**dict.fromkeys(_RIGHTS, True), "is_anonymous": False, "can_be_edited": False}
    elif status == "restricted":
        more = {"is_member": True, "until_date": 0, **dict.fromkeys(_PERMISSIONS, False)}
    elif status == "kicked":
        more = {"until_date": 0}
    return {"status": status, "user": user, **more}
