"""What people do on Telegram: they write, tap, edit, react, vote, start and block.

Each order of `/sim/say` becomes messages of a chat and updates of its bots. The answer tells what became of
the first update.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.orders import object_in, text_in
from rejoinder.workbench.simulator.telegram import buttons
from rejoinder.workbench.simulator.telegram.entities import written
from rejoinder.workbench.simulator.telegram.handed import content_of
from rejoinder.workbench.simulator.telegram.mailbox import Letter
from rejoinder.workbench.simulator.telegram.names import Place, id_of, message_in, place_of
from rejoinder.workbench.simulator.telegram.network import Chat, Message, Network, Update
from rejoinder.workbench.simulator.telegram.seeing import sees
from rejoinder.workbench.simulator.telegram.updates import Updates
from rejoinder.workbench.simulator.telegram.who import Bot, Person

SOMEBODY: Final = "Somebody"
"""Who wrote what is forwarded, when no message is named."""

Told = tuple[str, Letter | None]
"""The id of what was done, and the first update of it; None when no bot is told."""


class Speaker:
    """Somebody in a chat."""

    def __init__(self, network: Network, place: Place, bot: Bot) -> None:
        self.bot = bot
        self.person = network.person(place.user_id) if place.user_id is not None else None
        self.topic_id = place.topic_id
        if self.person is not None and place.chat_id == self.person.id:
            self.chat = network.private_chat(bot, self.person)
            return
        chat = network.chat(bot, place.chat_id)
        if chat is None:
            raise ControlError(f"there is no chat {place.chat_id}: POST /sim/chats first", 404)
        if self.person is not None and not chat.has(self.person.id):
            raise ControlError(f"{self.person.id} is not in the chat {chat.id}", 409)
        if (self.person is None) != (chat.type == "channel"):
            raise ControlError("a channel posts as <chat>, and a person writes in a group as <chat>.<person>")
        if chat.migrated_to is not None:
            raise ControlError(f"the group {chat.id} has become the supergroup {chat.migrated_to}", 409)
        self.chat = chat

    @property
    def author(self) -> Person:
        """The person. Raises ControlError for a channel."""
        if self.person is None:
            raise ControlError("a channel can only post")
        return self.person


class People:
    """Carries out what people do."""

    def __init__(self, network: Network, updates: Updates) -> None:
        self._network = network
        self._updates = updates
        self._letters: dict[str, Letter] = {}
        self._ways: Mapping[str, Callable[[Speaker, JsonObject], Told]] = {
            "text": self._text,
            "start": self._start,
            "tap": self._tap,
            "file": self._file,
            "files": self._album,
            "message": self._message,
            "forward": self._forward,
            "edit": self._edit,
            "react": self._react,
            "vote": self._vote,
            "block": self._block,
        }

    @property
    def ways(self) -> tuple[str, ...]:
        """What one can do."""
        return tuple(self._ways)

    def do(self, order: JsonObject) -> Told:
        """Carry an order out. Raises ControlError."""
        chosen = [way for way in self._ways if way in order]
        if len(chosen) != 1:
            raise ControlError(f"say needs one of {', '.join(self._ways)}")
        speaker = Speaker(self._network, place_of(text_in(order, "from")), self.bot_of(order))
        _introduce(speaker.person, order)
        if speaker.chat.blocked and chosen[0] not in ("block", "start"):
            raise ControlError("this person has blocked the bot: unblock it first", 409)
        done_id, letter = self._ways[chosen[0]](speaker, order)
        if letter is not None:
            self._letters[done_id] = letter
        return done_id, letter

    def is_taken(self, done_id: str) -> bool:
        """Whether a bot has accepted the update of what was done."""
        letter = self._letters.get(done_id)
        return letter is not None and letter.taken

    def reset(self) -> None:
        """Forget everything."""
        self._letters.clear()

    def bot_of(self, order: Mapping[str, object]) -> Bot:
        """Return the bot that an order names, by its id or username; else the first one."""
        bot = self._network.bot(order.get("bot"))  # type: ignore[arg-type]
        if bot is None:
            raise ControlError(f"there is no bot {order.get('bot')}", 404)
        return bot

    # -- messages -----------------------------------------------------------------------------------------

    def say(self, speaker: Speaker, content: JsonObject, order: JsonObject, **around: object) -> Told:
        """Add a message, and tell the bots that see it."""
        chat = speaker.chat
        context = object_in(order, "context") if "context" in order else {}
        if context.get("forwarded"):
            at = int(self._network.clock.now())
            around["forward_origin"] = {"type": "hidden_user", "date": at, "sender_user_name": SOMEBODY}
        reply = message_in(chat, context["id"]) if "id" in context else self._forced(chat)
        message = self._network.append(
            chat, speaker.person, content, reply_to=reply, topic_id=speaker.topic_id, around=around
        )
        kind = "channel_post" if chat.type == "channel" else "message"
        return id_of(message), self._tell(kind, message, speaker.person)

    def _forced(self, chat: Chat) -> Message | None:
        """Return the message to which the next one is a reply, because the bot wants that (`force_reply`)."""
        if not (chat.keyboard or {}).get("force_reply"):
            return None
        asking, chat.keyboard = buttons.asking(chat), None
        return asking

    def _tell(self, kind: str, message: Message, person: Person | None) -> Letter | None:
        """Tell each bot that sees a message. Return the first letter."""
        letters = [
            self._updates.tell(
                Update(bot=bot, kind=kind, content=message.shown(), chat=message.chat, person=person)
            )
            for bot in self._network.bots.values()
            if sees(bot, message)
        ]
        return next(filter(None, letters), None)

    def _text(self, speaker: Speaker, order: JsonObject) -> Told:
        return self.say(speaker, worded(text_in(order, "text")), order)

    def _start(self, speaker: Speaker, order: JsonObject) -> Told:
        """https://core.telegram.org/bots/features#deep-linking: the button START, maybe with a payload."""
        payload = str(order["start"] or "")
        if speaker.chat.blocked:
            self._unblock(speaker, blocks=False)
        return self.say(speaker, worded(f"/start {payload}".rstrip()), order)

    def _file(self, speaker: Speaker, order: JsonObject) -> Told:
        return self.say(speaker, content_of(object_in(order, "file"), self._network.shelf), order)

    def _album(self, speaker: Speaker, order: JsonObject) -> Told:
        """Send files as one album. Each is a message and an update of its own."""
        files = order["files"]
        if not isinstance(files, list) or not 2 <= len(files) <= 10:
            raise ControlError("files must be a list of 2 to 10 files")
        contents = [content_of(object_in({"file": one}, "file"), self._network.shelf) for one in files]
        group = str(13_900_000_000_000_000 + self._network.bots[speaker.bot.token].last_message_id)
        told = [self.say(speaker, content, order, media_group_id=group) for content in contents]
        return told[0]

    def _message(self, speaker: Speaker, order: JsonObject) -> Told:
        """Send any content as it stands on the wire, such as `{"location": {…}}`."""
        content = object_in(order, "message")
        known = {key: value for key, value in content.items() if key not in _OURS}
        if not known:
            raise ControlError(
                "message needs the fields of a kind, such as location, as they stand on the wire"
            )
        return self.say(speaker, known, order)

    def _forward(self, speaker: Speaker, order: JsonObject) -> Told:
        original = message_in(speaker.chat, order["forward"])
        sender = original.sender or original.chat
        origin: JsonObject = {"type": "user", "date": int(original.at), "sender_user": sender.shown()}
        return self.say(speaker, dict(original.content), order, forward_origin=origin)

    # -- taps ---------------------------------------------------------------------------------------------

    def _tap(self, speaker: Speaker, order: JsonObject) -> Told:
        """Tap a button under a message, or press one of the keyboard, by its words or its callback data."""
        chat, words = speaker.chat, text_in(order, "tap")
        context = object_in(order, "context") if "context" in order else {}
        only = message_in(chat, context["id"]) if "id" in context else None
        found = buttons.button_under(chat, words, only)
        if found:
            return self._query(speaker, *found)
        button = buttons.button_of(chat, words)
        if button is None:
            raise ControlError(f"the chat {chat.id} shows no button {words!r}", 409)
        pressed = buttons.pressed(button, speaker.author, order)
        around: JsonObject = {}
        asked = buttons.asking(chat)
        if asked is not None and ("contact" in pressed or "location" in pressed or chat.type != "private"):
            order = {"context": {"id": asked.id}, **order}
        if (chat.keyboard or {}).get("one_time_keyboard"):
            chat.keyboard = None
        return self.say(speaker, pressed or worded(words), order, **around)

    def _query(self, speaker: Speaker, message: Message, button: JsonObject) -> Told:
        data = button.get("callback_data")
        if data is None:
            raise ControlError(f"the button {button.get('text')!r} tells no bot: {sorted(button)}", 409)
        bot = message.sender
        if not isinstance(bot, Bot):
            raise ControlError("only a bot's buttons can be tapped", 409)
        query = self._network.tap(bot, speaker.author, message, data)
        query.title = str(button.get("text", ""))
        content = {
            "id": query.id,
            "from": speaker.author.shown(),
            "message": message.shown(),
            "chat_instance": str(-8_000_000_000_000_000_000 - message.chat.id % 10**15),
            "data": data,
        }
        update = Update(
            bot=bot, kind="callback_query", content=content, chat=speaker.chat, person=speaker.person
        )
        return f"{id_of(message)}.t{query.id}", self._updates.tell(update)

    # -- what is done to a message ------------------------------------------------------------------------

    def _edit(self, speaker: Speaker, order: JsonObject) -> Told:
        asked = object_in(order, "edit")
        message = message_in(speaker.chat, asked.get("id"))
        if message.sender is not speaker.person:
            raise ControlError("one can only edit one's own messages", 409)
        names = ("text", "entities") if "text" in message.content else ("caption", "caption_entities")
        kept = {key: value for key, value in message.content.items() if key not in names}
        message.content = kept | written(text_in(asked, "text")).shown(*names)
        message.edited_at = self._network.clock.now()
        kind = "edited_channel_post" if speaker.chat.type == "channel" else "edited_message"
        letter = self._tell(kind, message, speaker.person)
        return f"{id_of(message)}.e{letter.id if letter else 0}", letter

    def _react(self, speaker: Speaker, order: JsonObject) -> Told:
        """React to a message with an emoji; without one the reaction is taken back."""
        asked = object_in(order, "react")
        message, author = message_in(speaker.chat, asked.get("id")), speaker.author
        emoji = asked.get("emoji")
        before = message.reactions.get(author.id, [])
        after = [{"type": "emoji", "emoji": emoji}] if emoji else []
        message.reactions[author.id] = after
        content = {
            "chat": speaker.chat.shown(),
            "message_id": message.id,
            "user": author.shown(),
            "date": int(self._network.clock.now()),
            "old_reaction": before,
            "new_reaction": after,
        }
        told = [
            self._updates.tell(
                Update(bot=bot, kind="message_reaction", content=content, chat=speaker.chat, person=author)
            )
            for bot in self._network.bots.values()
            if _is_told_of_reactions(bot, speaker.chat)
        ]
        letter = next(filter(None, told), None)
        return f"{id_of(message)}.r{letter.id if letter else 0}", letter

    def _vote(self, speaker: Speaker, order: JsonObject) -> Told:
        """Vote in a poll of a bot. Only a poll that is not anonymous tells who voted."""
        asked = object_in(order, "vote")
        message = message_in(speaker.chat, asked.get("id"))
        poll = message.content.get("poll")
        options = asked.get("options")
        if not isinstance(poll, dict) or not isinstance(options, list):
            raise ControlError("vote needs the id of a message with a poll, and the numbers of its options")
        if not isinstance(message.sender, Bot) or poll.get("is_anonymous", True):
            raise ControlError("no bot is told of votes in this poll: it is anonymous, or not a bot's", 409)
        content = {
            "poll_id": poll["id"],
            "user": speaker.author.shown(),
            "option_ids": options,
            "option_persistent_ids": [str(option) for option in options],
        }
        update = Update(bot=message.sender, kind="poll_answer", content=content, person=speaker.person)
        return id_of(message), self._updates.tell(update)

    def _block(self, speaker: Speaker, order: JsonObject) -> Told:
        if speaker.chat.type != "private":
            raise ControlError("only in a private chat can one block a bot")
        return str(speaker.chat.id), self._unblock(speaker, blocks=order["block"] is True)

    def _unblock(self, speaker: Speaker, *, blocks: bool) -> Letter | None:
        """Block or unblock a bot: https://core.telegram.org/bots/api#chatmemberupdated."""
        chat = speaker.chat
        if chat.blocked == blocks:
            return None
        chat.blocked = blocks
        bot = speaker.bot.shown()
        member, kicked = {"user": bot, "status": "member"}, {"user": bot, "status": "kicked", "until_date": 0}
        content = {
            "chat": chat.shown(),
            "from": speaker.author.shown(),
            "date": int(self._network.clock.now()),
            "old_chat_member": member if blocks else kicked,
            "new_chat_member": kicked if blocks else member,
        }
        update = Update(
            bot=speaker.bot, kind="my_chat_member", content=content, chat=chat, person=speaker.person
        )
        return self._updates.tell(update)


_OURS: Final = ("message_id", "from", "chat", "date", "sender_chat")
"""The fields of a message that the network writes, and no person."""


def worded(text: str) -> JsonObject:
    """Return the content of a text, with the entities that Telegram finds in it."""
    return written(text).shown("text", "entities")


def _introduce(person: Person | None, order: JsonObject) -> None:
    """Keep the names that a person gives."""
    if person is None:
        return
    if "name" in order:
        person.first_name, _, person.last_name = text_in(order, "name").partition(" ")
    if "username" in order:
        person.username = text_in(order, "username").removeprefix("@")
    if "language" in order:
        person.language_code = text_in(order, "language")


def _is_told_of_reactions(bot: Bot, chat: Chat) -> bool:
    """Whether a bot may be told of reactions: https://core.telegram.org/bots/api#messagereactionupdated."""
    return chat.bot is bot or chat.members.get(bot.id) in ("creator", "administrator")
