"""Telegram as it may behave. It posts the updates of a chat one by one, each when the one before is answered.

It tells nothing of a message that it accepted, and gives no callback data back. So nobody learns what became
of a message whose answer was lost. The updates have the shapes of the wire, and go through our real front and
parser; messages are rendered as for the wire, and errors go through our table of codes.
"""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from rejoinder.channel_ports import Request
from rejoinder.channels.telegram import ids
from rejoinder.channels.telegram.codes import error_of
from rejoinder.channels.telegram.front import SECRET_HEADER
from rejoinder.channels.telegram.outbound import render
from rejoinder.errors import MediaGone, OutcomeUnknown, Refused, Rejected, SendError
from rejoinder.file_ports import Fetched, Uploaded
from rejoinder.model.delivery import Callback
from rejoinder.model.files import File
from rejoinder.model.ids import correlation_id
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.template_state import TemplateState
from tests.simulation.meta import Accepted, Ask, Item

if TYPE_CHECKING:
    from tests.simulation.world import World

BOT = Account(channel="telegram", id="7000000001")
TOKEN, SECRET = f"{BOT.id}:token", "secret token"

RESTARTS_AFTER = 80_000.0
"""After so many seconds without an update, their numbers begin anew. In reality that takes a week."""

MAX_PAUSE = 60.0
"""The longest pause between two posts of an update, in seconds."""


@dataclass
class Shown:
    """A message with a keyboard, as a phone shows it."""

    message_id: int
    markup: Any
    taken: Accepted
    is_told: bool
    """Whether we must know its id: we were told it, and nothing went wrong with writing it down."""


@dataclass
class Tap:
    """A tap, and the button that was meant by it."""

    hashed_id: str
    label: str
    button_id: str
    shown: Shown


@dataclass
class TelegramNet:
    """The network Telegram. Its asks and accepted messages are kept in `Meta`, for the same judges."""

    world: "World"
    queues: dict[int, list[tuple[Item, dict[str, Any]]]] = field(default_factory=dict)
    numbered: int = 100
    numbered_at: float = 0.0
    messages: dict[int, int] = field(default_factory=dict)
    """The number of the newest message in each chat."""
    shown: dict[int, list[Shown]] = field(default_factory=dict)
    """The messages with keyboards in each chat."""
    blocked: set[int] = field(default_factory=set)
    """The chats whose person blocked the bot."""
    taps: list[Tap] = field(default_factory=list)
    taken_away: set[tuple[int, int]] = field(default_factory=set)
    """The keyboards that were taken away, by chat and message."""

    # --- updates ----------------------------------------------------------------------------------------

    def says(self, who: int, name: str, words: str, label: str) -> None:
        """Let a person say something."""
        if who in self.blocked:
            self.blocks(who, name)  # whoever writes to a bot starts it again
        number = self._next(who)
        message = self._message(who, number) | {"from": _person(who, name), "text": words}
        self._tell(who, label, ids.message_id(who, number), {"message": message})

    def taps_newest(self, who: int, name: str, number: int) -> None:
        """Let a person tap the first button of a message of ours, if there is one: the newest or another."""
        shown = self.shown.get(who, [])
        if not shown:
            return
        one = shown[-1 - number % len(shown)]
        (button, *_), *_ = one.markup["inline_keyboard"]
        query = f"q{len(self.taps) + 1}"
        message = self._message(who, one.message_id) | {
            "from": {"id": int(BOT.id), "is_bot": True, "first_name": "Bot"},
            "text": "…",
            "reply_markup": one.markup,
        }
        tapped = {
            "id": query,
            "from": _person(who, name),
            "data": button["callback_data"],
            "message": message,
        }
        label = f"{name}'s tap {query} on {self.world.name(one.taken.outbound_id)}"
        id = ids.message_id(who, one.message_id, "t", query)
        item = self._tell(who, label, id, {"callback_query": tapped | {"chat_instance": "1"}})
        content: Any = one.taken.content
        (meant, *_) = content.buttons
        self.taps.append(Tap(hashed_id=item.hashed_id, label=label, button_id=meant.id, shown=one))

    def blocks(self, who: int, name: str) -> None:
        """Let a person block the bot, or start it again."""
        now, before = ("member", "kicked") if who in self.blocked else ("kicked", "member")
        self.blocked ^= {who}
        changed = {
            "chat": _chat(who),
            "from": _person(who, name),
            "date": int(self.world.now),
            "old_chat_member": {"user": {"id": int(BOT.id)}, "status": before},
            "new_chat_member": {"user": {"id": int(BOT.id)}, "status": now},
        }
        self._tell(who, f"{name} is {now}", "", {"my_chat_member": changed})

    def _message(self, who: int, number: int) -> dict[str, Any]:
        return {"message_id": number, "date": int(self.world.now), "chat": _chat(who)}

    def _next(self, who: int) -> int:
        self.messages[who] = self.messages.get(who, 0) + 1
        return self.messages[who]

    def _tell(self, who: int, label: str, id: str, what: dict[str, Any]) -> Item:  # noqa: A002 - as above
        if self.world.now - self.numbered_at > RESTARTS_AFTER:
            self.numbered = self.world.choices.draw(3)
        self.numbered, self.numbered_at = self.numbered + 1, self.world.now
        item = Item(label=label, change={}, hashed_id=correlation_id(str(BOT), id or f"u{self.numbered}"))
        self.world.names.setdefault(item.hashed_id, label)
        self.world.meta.items.append(item)
        queue = self.queues.setdefault(who, [])
        queue.append((item, {"update_id": self.numbered, **what}))
        if len(queue) == 1:
            self.world.at(self.world.now + self.world.choices.draw(3), lambda: self._post(who))
        return item

    def _post(self, who: int, tries: int = 0) -> None:
        """Post the oldest update of a chat. It comes again: at once, then after longer and longer pauses."""
        world, queue = self.world, self.queues[who]
        item, update = queue[0]
        request = Request(
            body=json.dumps(update).encode(),
            headers={SECRET_HEADER: SECRET},
            query={"username": "our_bot"},
            path=f"/telegram/{BOT.id}",
        )
        world.tell_story("telegram", f"posts {item.label}")
        status = world.ingress(request, BOT.channel)
        is_lost = not world.is_calm and world.choices.one_in(12)
        if status != 200 or is_lost:
            pause = 0.0 if tries == 0 else min(2.0 ** (tries - 1), MAX_PAUSE) + world.choices.draw(10)
            world.at(world.now + pause, lambda: self._post(who, tries + 1))
            return
        item.acknowledged = True
        self._looks_at_answer(update, item.label)
        del queue[0]
        if queue:
            world.at(world.now + 0.1, lambda: self._post(who))

    def _looks_at_answer(self, update: dict[str, Any], label: str) -> None:
        """Note when the answer to its webhook does not answer a tap: the phone would show that it waits."""
        query = update.get("callback_query")
        answer = json.loads(self.world.answered or "{}")
        if query and (answer.get("method"), answer.get("callback_query_id")) != (
            "answerCallbackQuery",
            query["id"],
        ):
            self.world.store.stopped.append(("a tap is answered in the answer to its webhook", label))

    # --- sends ------------------------------------------------------------------------------------------

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        """Send a message, as the port `Network` does."""
        return self.world.call("telegram.send", lambda: self._answer(contact, content, callback), error=None)

    def _answer(self, contact: Contact, content: OutboundContent, callback: str) -> str:
        sent = Callback.decode(callback)
        assert sent, "the sender gives it to every network"
        attempt, world = sent.attempt, self.world
        place = ids.place_of(contact.id)
        assert place, "every contact is one of Telegram's"
        call = render(place, content)
        world.looks_at_send(attempt, contact, content)
        ask = Ask(
            at=world.now,
            outbound_id=attempt.outbound_id,
            attempt=attempt.number,
            content=content,
            by=world.stack[-1],
            gate_opened=world.gates.opened,
        )
        world.meta.asks[ask.outbound_id, ask.attempt] = ask
        mood = 0 if world.is_calm else world.choices.draw(world.moodiness)
        ask.answer = self._error(mood, place.chat_id)
        label = f"attempt {attempt.number} at {world.name(attempt.outbound_id)}"
        world.tell_story("telegram", f"{label}: {type(ask.answer).__name__ if ask.answer else 'accepted'}")
        number = 0
        if ask.answer is None or (mood in (4, 6) and isinstance(ask.answer, OutcomeUnknown)):
            taken = Accepted(
                at=world.now,
                outbound_id=attempt.outbound_id,
                attempt=attempt.number,
                callback=callback,
                contact=contact,
                content=content,
                known=ask.answer is None,
            )
            world.meta.accepted.append(taken)
            number, markup = self._next(place.chat_id), cast(Any, call.fields).get("reply_markup", {})
            if "inline_keyboard" in markup:
                shown = Shown(number, markup, taken, is_told=taken.known)
                self.shown.setdefault(place.chat_id, []).append(shown)
        if ask.answer:
            raise ask.answer
        return ids.message_id(place.chat_id, number)

    def _error(self, mood: int, chat_id: int) -> SendError | None:
        """Return why a message is not accepted, or seems so; None when it is accepted."""
        if chat_id in self.blocked:
            return error_of(403, _body(403, "Forbidden: bot was blocked by the user"), {})
        match mood:
            case 1:
                return error_of(429, _body(429, "Too Many Requests: retry after 3", retry_after=3), {})
            case 2:
                return Refused(0, "no connection")
            case 3 | 6:
                return error_of(502, b"<html>Bad Gateway</html>", {})
            case 4 | 7:
                self.world.now += 13 if self.world.choices.draw(2) else 0.5
                return OutcomeUnknown(0, "no answer")
            case 5:
                return error_of(400, _body(400, "Bad Request: chat not found"), {})
            case _:
                return None

    def mark_read(self, account: Account, message_id: str) -> None:
        """Take a keyboard away, as the port `Network` does for the id of a tap."""
        message = ids.message_of(message_id)
        if message and message.done == "t":
            self.taken_away.add((message.chat_id, message.message_id))

    def show_typing(self, account: Account, message_id: str) -> None:
        """Show typing, as the port `Network` does."""

    def owner(self, _account: Account) -> str:
        """Return the business account of an account: this network has none."""
        return ""

    def templates(self, account: Account) -> tuple[TemplateState, ...]:
        """Return nothing: this network has no templates."""
        return ()

    def fetch(self, account: Account, media_id: str) -> AbstractContextManager[Fetched]:
        """Raise MediaGone: nobody sends files here."""
        raise MediaGone("nobody sends files here")

    def upload(self, account: Account, file: File, opened: BinaryIO) -> Uploaded:
        """Raise Rejected: a file goes along with its message."""
        raise Rejected(0, "a file goes along with its message")


def _chat(who: int) -> dict[str, object]:
    return {"id": who, "type": "private", "first_name": "Tess"}


def _person(who: int, name: str) -> dict[str, object]:
    return {"id": who, "is_bot": False, "first_name": name}


def _body(code: int, description: str, **parameters: object) -> bytes:
    body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    return json.dumps(body | ({"parameters": parameters} if parameters else {})).encode()
