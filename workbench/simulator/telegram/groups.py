"""Groups and channels: they are created, people and bots come and go, a group becomes a supergroup."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.network import Chat, Message, Network, Update
from rejoinder.workbench.simulator.telegram.seeing import sees
from rejoinder.workbench.simulator.telegram.updates import Updates
from rejoinder.workbench.simulator.telegram.who import Bot, Person

TYPES: Final = ("group", "supergroup", "channel")
KEYS: Final = ("type", "title", "username", "members", "bots", "forum")
"""What an order to create a chat may say."""

STATUSES: Final = ("creator", "administrator", "member", "restricted", "left", "kicked")


class Groups:
    """Creates and changes chats, and tells the bots in them."""

    def __init__(self, network: Network, updates: Updates) -> None:
        self._network = network
        self._updates = updates
        self._changes: Mapping[str, Callable[[Chat, JsonObject], JsonObject]] = {
            "member": self._member,
            "migrate": self._migrate,
            "topic": self._topic,
            "title": self._title,
        }

    def create(self, order: JsonObject) -> JsonObject:
        """Create a chat, whose first member is its creator, and put the bots into it."""
        kind, members = order.get("type", "group"), order.get("members", [])
        if kind not in TYPES or not isinstance(members, list):
            raise ControlError(f"type must be one of {', '.join(TYPES)}, and members a list of ids of people")
        chat = self._network.create_chat(
            Chat(
                id=self._network.new_chat_id(kind),
                type=kind,
                title=str(order.get("title") or "A group"),
                username=str(order.get("username") or "").removeprefix("@"),
                is_forum=order.get("forum") is True,
            )
        )
        for member in members:
            chat.members[self._network.person(_number(member)).id] = "member" if chat.members else "creator"
        given = order.get("bots", "administrator" if kind == "channel" else "member")
        statuses = given if isinstance(given, dict) else dict.fromkeys(map(str, self._bots()), given)
        for bot_id, status in statuses.items():
            self._become(chat, self._bot(bot_id), _status(status))
        return self.shown(chat)

    def change(self, chat_id: str, order: JsonObject) -> JsonObject:
        """Change a chat: `do` says what."""
        chat = next((one for one in self._network.chats() if str(one.id) == chat_id), None)
        do = self._changes.get(str(order.get("do")))
        if chat is None or chat.type == "private":
            raise ControlError(f"there is no group or channel {chat_id}", 404)
        if do is None:
            raise ControlError(f"do must be one of {', '.join(self._changes)}")
        return do(chat, order)

    def shown(self, chat: Chat) -> JsonObject:
        """Return a chat for the control API."""
        members = {str(member): status for member, status in chat.members.items()}
        return {
            **chat.shown(),
            "members": members,
            "topics": {str(number): name for number, name in chat.topics.items()},
            "migrated_to": chat.migrated_to,
        }

    def _bots(self) -> list[int]:
        return [bot.id for bot in self._network.bots.values()]

    def _bot(self, name: str) -> Bot:
        bot = self._network.bot(name)
        if bot is None:
            raise ControlError(f"there is no bot {name}", 404)
        return bot

    # -- members ------------------------------------------------------------------------------------------

    def _member(self, chat: Chat, order: JsonObject) -> JsonObject:
        """Give somebody another status: `id` and `status`."""
        bot = self._network.bot(str(order.get("id")))
        status = _status(order.get("status"))
        if bot is not None:
            self._become(chat, bot, status)
        else:
            self._come_or_go(chat, self._network.person(_number(order.get("id"))), status)
        return self.shown(chat)

    def _become(self, chat: Chat, bot: Bot, status: str) -> None:
        """Give a bot another status, and tell it: https://core.telegram.org/bots/api#chatmemberupdated."""
        before = chat.members.get(bot.id, "left")
        if before == status:
            return
        chat.members[bot.id] = status
        creator = self._creator(chat)
        content = {
            "chat": chat.shown(),
            "from": creator.shown(),
            "date": int(self._network.clock.now()),
            "old_chat_member": _as_member(bot, before),
            "new_chat_member": _as_member(bot, status),
        }
        self._updates.tell(Update(bot=bot, kind="my_chat_member", content=content, chat=chat, person=creator))

    def _come_or_go(self, chat: Chat, person: Person, status: str) -> None:
        was_in = chat.has(person.id)
        chat.members[person.id] = status
        if chat.has(person.id) == was_in or chat.type == "channel":
            return
        content = {"left_chat_member": person.shown()} if was_in else {"new_chat_members": [person.shown()]}
        self._announce(chat, person, content)

    def _creator(self, chat: Chat) -> Person:
        people = [member for member in chat.members if member in self._network.people]
        return self._network.person(people[0] if people else 1)

    def _announce(self, chat: Chat, person: Person | None, content: JsonObject) -> Message:
        """Add a message of the network's own, and tell the bots."""
        message = self._network.append(chat, person, content)
        kind = "channel_post" if chat.type == "channel" else "message"
        for bot in self._seeing(message):
            self._updates.tell(Update(bot=bot, kind=kind, content=message.shown(), chat=chat, person=person))
        return message

    def _seeing(self, message: Message) -> Iterable[Bot]:
        return [bot for bot in self._network.bots.values() if sees(bot, message)]

    # -- changes ------------------------------------------------------------------------------------------

    def _migrate(self, chat: Chat, _: JsonObject) -> JsonObject:
        """Make a group a supergroup, which is another chat."""
        if chat.type != "group" or chat.migrated_to is not None:
            raise ControlError("only a group can become a supergroup, and only once", 409)
        fresh = self._network.create_chat(
            Chat(
                id=self._network.new_chat_id("supergroup"),
                type="supergroup",
                title=chat.title,
                members=dict(chat.members),
            )
        )
        creator = self._creator(chat)
        self._announce(chat, creator, {"migrate_to_chat_id": fresh.id})
        chat.migrated_to = fresh.id
        self._announce(fresh, creator, {"migrate_from_chat_id": chat.id})
        return self.shown(fresh)

    def _topic(self, chat: Chat, order: JsonObject) -> JsonObject:
        """Begin a topic. Its id is the number of the message that begins it."""
        if chat.type != "supergroup":
            raise ControlError("only a supergroup has topics", 409)
        name = str(order.get("name") or "Topic")
        chat.is_forum = True
        created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        message = self._announce(chat, self._creator(chat), created)
        chat.topics[message.id] = name
        return {**self.shown(chat), "topic": message.id}

    def _title(self, chat: Chat, order: JsonObject) -> JsonObject:
        chat.title = str(order.get("title") or chat.title)
        self._announce(chat, self._creator(chat), {"new_chat_title": chat.title})
        return self.shown(chat)


def _number(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise ControlError(f"{value!r} is no id of a person") from None


def _status(value: object) -> str:
    if value not in STATUSES:
        raise ControlError(f"a status is one of {', '.join(STATUSES)}")
    return str(value)


def _as_member(bot: Bot, status: str) -> JsonObject:
    """Return the `ChatMember` of the wire, with what strict clients ask of it."""
    member: JsonObject = {"user": bot.shown(), "status": status}
    if status == "kicked":
        return {**member, "until_date": 0}
    if status == "administrator":
        return {**member, "can_be_edited": False, "is_anonymous": False, **dict.fromkeys(_RIGHTS, True)}
    return member


_RIGHTS: Final = (
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
