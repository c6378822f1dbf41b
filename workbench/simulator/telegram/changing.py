"""The methods that do something with a message that is there already.

https://core.telegram.org/bots/api#updating-messages. The texts of the errors are those of `check_message` and
`fail_query_with_error` in
https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.call import Call, whole
from rejoinder.workbench.simulator.telegram.errors import refused
from rejoinder.workbench.simulator.telegram.keyboards import keyboard
from rejoinder.workbench.simulator.telegram.media import KINDS
from rejoinder.workbench.simulator.telegram.network import Chat, Message, Network
from rejoinder.workbench.simulator.telegram.places import Places
from rejoinder.workbench.simulator.telegram.reactions import checked
from rejoinder.workbench.simulator.telegram.sending import Sending
from rejoinder.workbench.simulator.telegram.who import Bot, Person

DELETE_SECONDS: Final = 48 * 3600
"""How long a message can be deleted."""

_MOST_AT_ONCE: Final = 100
_NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_CAPTION: Final = ("caption", "caption_entities", "show_caption_above_media")
_TEXT: Final = ("text", "entities", "link_preview_options")


class Changing:
    """The methods."""

    def __init__(self, network: Network, places: Places, sending: Sending) -> None:
        self._network = network
        self._places = places
        self._sending = sending

    def methods(self) -> dict[str, Callable[[Call], Awaitable[object]]]:
        """Return the methods by their names in small letters."""
        return {
            "editmessagetext": self.edit_text,
            "editmessagecaption": self.edit_caption,
            "editmessagemedia": self.edit_media,
            "editmessagereplymarkup": self.edit_markup,
            "deletemessage": self.delete,
            "deletemessages": self.delete_all,
            "setmessagereaction": self.react,
            "forwardmessage": self.forward,
            "forwardmessages": self.forward_all,
            "copymessage": self.copy,
            "copymessages": self.copy_all,
        }

    async def edit_text(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#editmessagetext"""
        new = self._sending.text_content(call)
        message = self._editable(call)
        if "text" not in message.content:
            raise refused("there is no text in the message to edit")
        return self._edit(call, message, new)

    async def edit_caption(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#editmessagecaption"""
        new = self._sending.caption(call)
        message = self._editable(call)
        if not any(kind in message.content for kind in KINDS):
            raise refused("there is no caption in the message to edit")
        kept = {key: value for key, value in message.content.items() if key not in _CAPTION}
        return self._edit(call, message, kept | new)

    async def edit_media(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#editmessagemedia"""
        message = self._editable(call)
        item = call.object("media", "InputMedia")
        if not item:
            raise refused('parameter "media" is required')
        if not any(kind in message.content for kind in (*KINDS, "text")):
            raise refused("there is no media in the message to edit")
        return self._edit(call, message, await self._sending.input_media(call, item))

    async def edit_markup(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#editmessagereplymarkup"""
        message = self._editable(call)
        return self._edit(call, message, message.content)

    def _edit(self, call: Call, message: Message, new: JsonObject) -> JsonObject:
        markup = keyboard(call, message.chat.type).inline
        if new == message.content and markup == message.markup:
            raise refused(_NOT_MODIFIED)
        self._places.keep_pace(call.bot, message.chat)
        if new != message.content:  # another keyboard alone does not show as an edit
            message.edited_at = self._network.clock.now()
        message.content, message.markup = new, markup
        return message.shown()

    def _editable(self, call: Call) -> Message:
        if not call.text("chat_id") and not call.whole("message_id"):
            if not call.text("inline_message_id"):
                raise refused("message identifier is not specified")
            raise refused("MESSAGE_ID_INVALID")  # no message was sent inline
        message = self._message(call, self._places.readable(call), "edit")
        if not _is_mine(call.bot, message) or message.below is not None:
            raise refused("message can't be edited")
        return message

    def _message(self, call: Call, chat: Chat, purpose: str) -> Message:
        message = chat.message(call.whole("message_id"))
        if message is None:
            raise refused(f"message to {purpose} not found")
        return message

    async def delete(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#deletemessage"""
        if not call.text("chat_id"):
            raise refused("chat identifier is not specified")
        if not call.whole("message_id"):
            raise refused("message identifier is not specified")
        message = self._message(call, self._places.readable(call), "delete")
        if not self._deletable(call.bot, message):
            raise refused("message can't be deleted")
        message.deleted = True
        return True

    async def delete_all(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#deletemessages: those that cannot be found are skipped."""
        chat = self._places.readable(call)
        for message_id in _ids(call):
            message = chat.message(message_id)
            if message is not None and self._deletable(call.bot, message):
                message.deleted = True
        return True

    def _deletable(self, bot: Bot, message: Message) -> bool:
        if self._network.clock.now() - message.at > DELETE_SECONDS:
            return False
        is_allowed = message.chat.type == "private" or message.chat.members[bot.id] in (
            "creator",
            "administrator",
        )
        return is_allowed or _is_mine(bot, message)

    async def react(self, call: Call) -> bool:
        """https://core.telegram.org/bots/api#setmessagereaction"""
        reactions = checked(call.objects("reaction", "ReactionType"))
        message = self._message(call, self._places.writable(call), "react")
        if reactions:
            message.reactions[call.bot.id] = reactions
        else:
            message.reactions.pop(call.bot.id, None)
        return True

    async def forward(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#forwardmessage"""
        message = self._message(call, self._places.readable(call, "from_chat_id"), "forward")
        return self._forward(call, message).shown()

    async def forward_all(self, call: Call) -> list[JsonObject]:
        """https://core.telegram.org/bots/api#forwardmessages"""
        chat = self._places.readable(call, "from_chat_id")
        found = [chat.message(message_id) for message_id in _ids(call)]
        return [{"message_id": self._forward(call, one).id} for one in found if one is not None]

    def _forward(self, call: Call, message: Message) -> Message:
        if message.around.get("has_protected_content"):
            raise refused("message can't be forwarded")  # the wording is ours
        return self._sending.send(call, message.content, forward_origin=_origin(message))

    async def copy(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#copymessage"""
        message = self._message(call, self._places.readable(call, "from_chat_id"), "copy")
        return {"message_id": self._copy(call, message).id}

    async def copy_all(self, call: Call) -> list[JsonObject]:
        """https://core.telegram.org/bots/api#copymessages"""
        chat = self._places.readable(call, "from_chat_id")
        found = [chat.message(message_id) for message_id in _ids(call)]
        return [{"message_id": self._copy(call, one).id} for one in found if one is not None]

    def _copy(self, call: Call, message: Message) -> Message:
        if message.around.get("has_protected_content"):
            raise refused("message can't be copied")  # the wording is ours
        content = message.content
        if "caption" in call.parameters and "text" not in content:
            content = {key: value for key, value in content.items() if key not in _CAPTION}
            content |= self._sending.caption(call)
        return self._sending.send(call, content)


def _is_mine(bot: Bot, message: Message) -> bool:
    is_post = message.sender is None and message.chat.members.get(bot.id) in ("creator", "administrator")
    return message.sender is bot or is_post


def _ids(call: Call) -> list[int]:
    found = call.value("message_ids", "message identifiers")
    if not isinstance(found, list) or not found:
        raise refused("message identifiers are not specified")
    if len(found) > _MOST_AT_ONCE:
        raise refused("too many message identifiers specified")
    return [whole(str(one)) for one in found]


def _origin(message: Message) -> JsonObject:
    """Return the `MessageOrigin` of a message: its first one, when it was forwarded before."""
    if "forward_origin" in message.around:
        known: JsonObject = message.around["forward_origin"]
        return known
    date = int(message.at)
    if isinstance(message.sender, Person | Bot):
        return {"type": "user", "date": date, "sender_user": message.sender.shown()}
    return {"type": "channel", "date": date, "chat": message.chat.shown(), "message_id": message.id}
