"""The state of the simulated Telegram: chats, messages, files, and who is there.

The shapes on the wire are those of https://core.telegram.org/bots/api#available-types (Bot API 10.3).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram.files import Shelf
from rejoinder.workbench.simulator.telegram.who import Bot, Person

SUPERGROUP_BASE: Final = -1_000_000_000_000
"""Below this stand the ids of supergroups and channels."""

_EPOCH: Final = 1_767_225_600.0
"""The begin of 2026. The numbers of messages begin with the tenths of seconds since then."""

MEMBERS: Final = ("creator", "administrator", "member", "restricted")
"""The statuses of those who are in a chat. `left` and `kicked` are not."""


@dataclass(slots=True, kw_only=True)
class Typing:
    """A chat action that a phone shows."""

    action: str
    """Such as `typing`."""

    until: float
    """When it ends, in Unix seconds."""


@dataclass(slots=True, kw_only=True)
class Message:
    """A message in a chat."""

    id: int
    chat: Chat = field(repr=False)

    sender: Person | Bot | None
    """None: the chat itself, which is a channel."""

    at: float
    """When it came, in Unix seconds."""

    content: JsonObject
    """The fields of its kind, as they stand on the wire: such as `text` and `entities`."""

    markup: JsonObject | None = None
    """Its inline keyboard, as it stands on the wire."""

    edited_at: float | None = None
    """When it was last edited, in Unix seconds."""

    topic_id: int | None = None
    """The topic of the forum."""

    reply_to: Message | None = field(default=None, repr=False)

    around: JsonObject = field(default_factory=dict)
    """More fields: such as `forward_origin`, `media_group_id`, `via_bot`, `quote`."""

    reactions: dict[int, list[JsonObject]] = field(default_factory=dict)
    """The reactions, by the id of who gave them."""

    below: JsonObject | None = None
    """The keyboard for the place below that came with it. Nobody can edit such a message."""

    deleted: bool = False

    def shown(self, *, with_reply: bool = True) -> JsonObject:
        """Return the `Message` of the wire. A message that is replied to shows no further one."""
        shown: JsonObject = {"message_id": self.id}
        if self.topic_id is not None:
            shown |= {"message_thread_id": self.topic_id, "is_topic_message": True}
        if self.sender is None:
            shown["sender_chat"] = self.chat.shown()
        else:
            shown["from"] = self.sender.shown()
        shown |= {"chat": self.chat.shown(), "date": int(self.at)}
        if self.edited_at is not None:
            shown["edit_date"] = int(self.edited_at)
        if with_reply and self.reply_to is not None:
            shown["reply_to_message"] = self.reply_to.shown(with_reply=False)
        shown |= self.around | self.content
        if self.markup:
            shown["reply_markup"] = self.markup
        return shown


@dataclass(slots=True, kw_only=True)
class Chat:
    """A chat. Each bot has a private chat of its own with a person."""

    id: int
    type: str
    """`private`, `group`, `supergroup` or `channel`."""

    person: Person | None = None
    """The person of a private chat."""

    bot: Bot | None = None
    """The bot of a private chat."""

    title: str = ""
    username: str = ""
    is_forum: bool = False

    topics: dict[int, str] = field(default_factory=dict)
    """The names of the topics."""

    members: dict[int, str] = field(default_factory=dict)
    """The status of everybody who is or was in it, by id: such as `member`, `left`, `kicked`."""

    started: bool = False
    """Whether the person of a private chat has written to the bot."""

    blocked: bool = False
    """Whether the person of a private chat has blocked the bot."""

    migrated_to: int | None = None
    """The supergroup that this group has become."""

    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    """All messages by number, oldest first; deleted ones, too."""

    keyboard: JsonObject | None = None
    """The reply keyboard, or the `force_reply`, that the phone shows."""

    typing: Typing | None = None

    last_message_id: int = 0
    """The number of the newest message. In a private chat the bot counts."""

    def shown(self) -> JsonObject:
        """Return the `Chat` of the wire."""
        if self.person is not None:
            return {"id": self.id, **self.person.names(), "type": self.type}
        shown: JsonObject = {"id": self.id, "title": self.title}
        if self.username:
            shown["username"] = self.username
        return {**shown, "type": self.type, **({"is_forum": True} if self.is_forum else {})}

    def has(self, member_id: int) -> bool:
        """Return whether somebody is in it."""
        return self.members.get(member_id) in MEMBERS

    def message(self, message_id: int) -> Message | None:
        """Return a message; None when there is none, or it was deleted."""
        message = self.messages.get(message_id)
        return None if message is None or message.deleted else message

    def visible(self) -> Iterator[Message]:
        """Yield the messages that a phone shows, oldest first."""
        return (message for message in self.messages.values() if not message.deleted)


@dataclass(slots=True, kw_only=True)
class Query:
    """A tap on a button of an inline keyboard, which waits for `answerCallbackQuery`."""

    id: str
    bot: Bot
    person: Person
    message: Message
    data: str
    at: float

    title: str = ""
    """The words on the button."""

    answer: JsonObject | None = None
    """The answer: `text`, `show_alert`, `url`. None: the button still turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Something that a bot is told."""

    bot: Bot
    kind: str
    """Such as `message`."""

    content: JsonObject
    """What stands under the kind."""

    chat: Chat | None = None
    """Where it happened. Updates of one chat go in order."""

    person: Person | None = None
    """Who did it."""


class Network:
    """Everything that `/sim/reset` forgets."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.on_update: list[Callable[[Update], None]] = []
        """What is called with every update. It survives a reset."""
        self.bots: dict[str, Bot] = {}
        self.reset()

    def reset(self) -> None:
        """Forget everything but the bots and their webhooks."""
        before = self.bots
        self.bots = {token: _bot(token, name) for token, name in self.settings.telegram_bots.items()}
        for token, bot in before.items():
            self.bots[token].webhook = bot.webhook
            self.bots[token].allowed_updates = bot.allowed_updates
        self.people: dict[int, Person] = {}
        self.queries: dict[str, Query] = {}
        self.shelf = Shelf()
        self.answers: dict[str, JsonObject] = {}
        """The answers to what only has to be answered, such as `pre_checkout_query`, by its id."""
        # A bot that outlives the simulator must not take a new message for an old one.
        self._first_message_id = int((self.clock.now() - _EPOCH) * 10)
        self._private: dict[tuple[int, int], Chat] = {}
        self._others: dict[int, Chat] = {}
        self._numbers = itertools.count(1)

    # -- who is there -------------------------------------------------------------------------------------

    def bot(self, name: str | int | None = None) -> Bot | None:
        """Return a bot by token, id or username; the first one for None."""
        if name is None:
            return next(iter(self.bots.values()), None)
        return next(
            (one for one in self.bots.values() if name in (one.token, one.id, str(one.id), one.username)),
            None,
        )

    def person(self, person_id: int) -> Person:
        """Return a person, who is new if nobody has this id."""
        return self.people.setdefault(person_id, Person(id=person_id))

    def chat(self, bot: Bot, chat_id: int | str) -> Chat | None:
        """Return a chat as a bot names it: by id, or by the `@username` of a group or channel."""
        if isinstance(chat_id, str):
            named = (
                chat
                for chat in self._others.values()
                if chat.username.lower() == chat_id.removeprefix("@").lower()
            )
            return next(named, None)
        return self._private.get((bot.id, chat_id)) or self._others.get(chat_id)

    def chats(self, bot: Bot | None = None) -> list[Chat]:
        """Return all chats; those of one bot when it is named."""
        private = [chat for (bot_id, _), chat in self._private.items() if bot is None or bot_id == bot.id]
        return private + [chat for chat in self._others.values() if bot is None or chat.has(bot.id)]

    def private_chat(self, bot: Bot, person: Person) -> Chat:
        """Return the chat of a bot with a person, which begins here."""
        fresh = Chat(id=person.id, type="private", person=person, bot=bot)
        return self._private.setdefault((bot.id, person.id), fresh)

    def create_chat(self, chat: Chat) -> Chat:
        """Add a group, a supergroup or a channel."""
        self._others[chat.id] = chat
        return chat

    def number(self) -> int:
        """Return a number that nothing else has."""
        return next(self._numbers)

    def new_chat_id(self, kind: str) -> int:
        """Return an id that no group, supergroup or channel has."""
        number = 4_000_000_000 + self.number()
        return -number if kind == "group" else SUPERGROUP_BASE - number

    # -- what is said -------------------------------------------------------------------------------------

    def append(self, chat: Chat, sender: Person | Bot | None, content: JsonObject, **more: object) -> Message:
        """Add a message of anybody. `more` are further fields of `Message`."""
        counter = chat.bot or chat
        counter.last_message_id = max(counter.last_message_id, self._first_message_id) + 1
        message = Message(
            id=counter.last_message_id,
            chat=chat,
            sender=sender,
            at=self.clock.now(),
            content=content,
            **more,  # type: ignore[arg-type]
        )
        chat.messages[message.id] = message
        if isinstance(sender, Person):
            chat.started = True
        return message

    def tap(self, bot: Bot, person: Person, message: Message, data: str) -> Query:
        """Record a tap on a button with callback data."""
        query_id = str(4_772_200_000_000_000_000 + self.number())
        query = Query(id=query_id, bot=bot, person=person, message=message, data=data, at=self.clock.now())
        self.queries[query_id] = query
        return query

    def tell(self, update: Update) -> None:
        """Tell a bot of something."""
        for hook in self.on_update:
            hook(update)


def _bot(token: str, username: str) -> Bot:
    bot_id = int(token.partition(":")[0])
    return Bot(token=token, id=bot_id, username=username, first_name=username.replace("_", " ").title())
