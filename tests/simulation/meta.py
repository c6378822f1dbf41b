"""The network Meta as it may behave. It sends signed webhooks in any bundle, gives answers of every kind, and
sends statuses or none.

The webhooks have the shapes of the wire. The answers to sends go through our table of codes.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from rejoinder.channel_ports import Request
from rejoinder.channels.whatsapp.codes import error_of
from rejoinder.channels.whatsapp.front import SIGNATURE_HEADER, sign
from rejoinder.channels.whatsapp.ids import message_id
from rejoinder.errors import OutcomeUnknown, Refused, SendError, TokenInvalid
from rejoinder.file_ports import Fetched, Uploaded
from rejoinder.model.delivery import Callback
from rejoinder.model.files import File
from rejoinder.model.ids import digest
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent, Template, files_in
from rejoinder.model.template_state import TemplateState
from tests.simulation.files import NetworkFiles
from tests.simulation.templates import OWNER, NetworkTemplates

if TYPE_CHECKING:
    from tests.simulation.world import Invocation, World

NUMBER = "100000000000001"
ACCOUNT = Account(channel="whatsapp", id=NUMBER)
DAY = 24 * 3600.0
DELAYS = (0.0, 0.0, 1.0, 8.0, 30.0, 150.0)
"""The delays of statuses, in seconds. Some are longer than the minute after which a send with an unknown
outcome is tried again."""


@dataclass
class Item:
    """One change of a webhook that the network has to deliver. `hashed_id` is empty for a status."""

    label: str
    change: dict[str, Any]
    at: int = 0
    """The time of its entry, where it has one of its own."""
    hashed_id: str = ""
    is_misfit: bool = False
    tells: Callable[[], None] = lambda: None
    acknowledged: bool = False


@dataclass
class Ask:
    """One request to the network to send a message."""

    at: float
    outbound_id: str
    attempt: int
    content: OutboundContent
    by: "Invocation"
    gate_opened: int
    """The number of times that the gate had been opened before."""
    answer: SendError | None = None
    """The error, if the network did not accept the message."""


@dataclass
class Accepted:
    """A message that the network accepted."""

    at: float
    outbound_id: str
    attempt: int
    callback: str
    contact: Contact
    content: OutboundContent
    known: bool
    """Whether the network told us so at once."""
    fails: int = 0
    """The code with which the message is going to fail; 0 if it will not fail."""
    failed: int = 0
    """The code with which a status has already reported the failure; 0 if none has."""


@dataclass
class Meta:
    """The network Meta: what it has to tell, which messages it accepted, and how it treats us now."""

    world: "World"
    secret: str = "first secret"
    token_is_good: bool = True
    blocked_until: float = 0.0
    down_until: float = 0.0
    pending: list[Item] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    asks: dict[tuple[str, int], Ask] = field(default_factory=dict)
    heard_at: dict[str, float] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    quarantined: list[bytes] = field(default_factory=list)
    bodies: list[tuple[bytes, list[Item]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = NetworkFiles(self.world)
        self.of_templates = NetworkTemplates(self.world)

    # --- webhooks ---------------------------------------------------------------------------------------

    def tell(self, item: Item, delay: float = 0.0) -> None:
        """Deliver `item` in a webhook, `delay` seconds from now or a little later."""
        self.items.append(item)
        self._queue(item, delay)

    def _queue(self, item: Item, delay: float) -> None:
        self.world.at(self.world.now + delay, lambda: self._append(item))

    def _append(self, item: Item) -> None:
        self.pending.append(item)
        if len(self.pending) == 1:
            self.world.at(self.world.now + self.world.choices.draw(3), self._flush)

    def _flush(self) -> None:
        bundle = 1 if self.world.choices.one_in(4) else len(self.pending)
        items, self.pending = self.pending[:bundle], self.pending[bundle:]
        if self.pending:
            self.world.at(self.world.now + 1, self._flush)
        self._post(items)

    def _post(self, items: list[Item], tries: int = 0) -> None:
        """Post one webhook. Its items come again until the answer is 200, perhaps in other bundles."""
        body = self.body(items)
        self.world.tell_story("network", f"posts {', '.join(item.label for item in items)}")
        status = self.world.ingress(signed(body, self.secret))
        choices, now = self.world.choices, self.world.now
        if status == 200:
            for item in items:
                item.acknowledged = True
                item.tells()
            self.bodies.append((body, items))
        if not self.world.is_calm and choices.one_in(12):
            status = 0
            self.world.tell_story("network", "does not see the answer")
        if status == 200:
            return
        if choices.draw(3) == 1:
            for item in items:
                self._queue(item, 5.0 + choices.draw(20))
        else:
            pause = 5.0 * 2 ** min(tries, 9) + choices.draw(10)
            self.world.at(now + pause, lambda: self._post(items, tries + 1))

    def body(self, items: list[Item]) -> bytes:
        """Return the body of a webhook with `items`."""
        entries = [{"id": OWNER, "time": item.at, "changes": [item.change]} for item in items if item.at]
        entries.append({"id": OWNER, "changes": [item.change for item in items if not item.at]})
        return json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()

    def message(self, label: str, contact: "Ids", message: dict[str, Any], *, spoken: bool = True) -> Item:
        """Return the change for a message of a contact. A `spoken` message opens the window."""
        card = {"profile": {"name": contact.name}} | contact.card()
        message = {**message, "timestamp": str(int(self.world.now)), **contact.sender()}
        if spoken:
            self.heard_at[contact.name] = self.world.now
        value = {"contacts": [card], "messages": [message]}
        return self._item(label, "messages", value, message)

    def aside(
        self, label: str, field_name: str, name: str, what: dict[str, Any], *, at: float | None = None
    ) -> Item:
        """Return the change for an echo of a person's answer, or for a contact's preference."""
        what = {**what, "timestamp": str(int(self.world.now if at is None else at))}
        return self._item(label, field_name, {name: [what]}, what)

    def _item(self, label: str, field_name: str, value: dict[str, Any], what: dict[str, Any]) -> Item:
        value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": NUMBER}, **value}
        hashed_id = digest(str(ACCOUNT), message_id(what))
        return Item(label=label, change={"field": field_name, "value": value}, hashed_id=hashed_id)

    # --- sends ------------------------------------------------------------------------------------------

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        """Send a message, as the port `Network` does."""
        return self.world.call("network.send", lambda: self._answer(contact, content, callback), error=None)

    def owner(self, _account: Account) -> str:
        """Return the business account of an account: all belong to one."""
        return OWNER

    def templates(self, account: Account) -> list[TemplateState]:
        """List the templates, as the port `TemplateLists` does."""
        return self.world.call("network.templates", self.of_templates.listed, error=None)

    def mark_read(self, account: Account, message_id: str) -> None:
        """Mark a message as read, as the port `Network` does."""
        if not self.token_is_good:
            raise TokenInvalid(190, "expired")

    def show_typing(self, account: Account, message_id: str) -> None:
        """Show typing, as the port `Network` does."""

    def fetch(self, account: Account, media_id: str) -> AbstractContextManager[Fetched]:
        """Give out a file, as the port `MediaNetwork` does."""
        return self.files.fetch(media_id)

    def upload(self, account: Account, file: File, opened: BinaryIO) -> Uploaded:
        """Take a file, as the port `MediaNetwork` does."""
        return self.files.upload(file, opened)

    def _answer(self, contact: Contact, content: OutboundContent, callback: str) -> str:
        sent = Callback.decode(callback)
        assert sent, "every message has our callback data"
        attempt = sent.attempt
        label = f"attempt {attempt.number} at {self.world.name(attempt.outbound_id)}"
        self.world.looks_at_send(attempt, contact, content)
        ask = Ask(
            at=self.world.now,
            outbound_id=attempt.outbound_id,
            attempt=attempt.number,
            content=content,
            by=self.world.stack[-1],
            gate_opened=self.world.gates.opened,
        )
        self.asks[ask.outbound_id, ask.attempt] = ask
        try:
            taken = self._mood(contact, content, callback)
        except SendError as error:
            ask.answer = error
            self.world.tell_story("network", f"{label}: {type(error).__name__} {error.code}")
            raise
        self.world.tell_story("network", f"{label}: accepted")
        return taken

    def _mood(self, contact: Contact, content: OutboundContent, callback: str) -> str:
        world = self.world
        if not self.token_is_good:
            raise error_of(401, _error(190), {})
        if world.now < self.blocked_until:
            raise error_of(403, _error(131042), {})
        mood = 0 if world.is_calm else world.choices.draw(world.moodiness)
        if world.now < self.down_until:
            mood = (7, 7, 8)[world.choices.draw(3)]
        self._refuse(mood)
        late = self._is_closed(contact, content)
        if late and (world.is_calm or world.choices.draw(2) == 0):
            raise error_of(400, _error(131047), {})
        fails = self._misses_a_file(content) or self._names_a_stopped_template(content)
        if mood in (6, 8):  # the network accepts the message, but does not say so
            self._accept(contact, content, callback, known=False, late=late, fails=fails)
        if mood in (6, 7, 8):
            world.now += 13 if world.choices.draw(2) else 0.5
            raise OutcomeUnknown(0, "no answer") if mood == 7 else error_of(500, _error(131000), {})
        return self._accept(contact, content, callback, known=True, late=late, fails=fails)

    def _misses_a_file(self, content: OutboundContent) -> int:
        """Return 131053 for a message that fails later, because the network does not know a file of it.

        Raises an error when the network says so at once.
        """
        if self.files.has_all([media.media_id for media in files_in(content)]):
            return 0
        if self.world.is_calm or self.world.choices.draw(2):
            raise error_of(400, _error(100), {})
        return 131053

    def _names_a_stopped_template(self, content: OutboundContent) -> int:
        """Return 132015 for a template that is paused and fails later. Raise it when that is told at once."""
        if not isinstance(content, Template) or not self.of_templates.is_paused(content.name):
            return 0
        if self.world.choices.draw(2) == 0:
            raise error_of(400, _error(132015), {})
        return 132015

    def _refuse(self, mood: int) -> None:
        """Raise the error that belongs to `mood`, if the network does not accept a message in that mood."""
        refusals = {1: (429, 130429), 2: (400, 131056), 3: (400, 131026), 5: (403, 131042)}
        if mood == 4:
            raise Refused(0, "no connection")
        if mood == 5:
            self.blocked_until = self.world.now + 400
        if mood in refusals:
            status, code = refusals[mood]
            raise error_of(status, _error(code), {"Retry-After": "7"} if self.world.choices.draw(2) else {})

    def was_closed_to(self, outbound_id: str) -> bool:
        """Whether a message met a closed window before. We saw it, or an answer or a status told us."""
        asks = [ask for ask in self.asks.values() if ask.outbound_id == outbound_id]
        return (
            any(isinstance(ask.content, Template) for ask in asks)
            or any(ask.answer and ask.answer.code == 131047 for ask in asks)
            or any(one.fails == 131047 for one in self.accepted if one.outbound_id == outbound_id)
        )

    def _is_closed(self, contact: Contact, content: OutboundContent) -> bool:
        heard_at = self.heard_at.get(self.world.owners[contact.id], 0.0)
        return not isinstance(content, Template) and self.world.now > heard_at + DAY

    def _accept(
        self,
        contact: Contact,
        content: OutboundContent,
        callback: str,
        *,
        known: bool,
        late: bool,
        fails: int = 0,
    ) -> str:
        sent = Callback.decode(callback)
        assert sent, "every message has our callback data"
        taken = Accepted(
            at=self.world.now,
            outbound_id=sent.attempt.outbound_id,
            attempt=sent.attempt.number,
            callback=callback,
            contact=contact,
            content=content,
            known=known,
        )
        self.accepted.append(taken)
        network_id = f"wamid.out{len(self.accepted)}"
        self._report(taken, network_id, late=late, fails=fails)
        return network_id

    def _report(self, taken: Accepted, network_id: str, *, late: bool, fails: int) -> None:
        """Choose the statuses of an accepted message, and when they come."""
        choices = self.world.choices
        calm = self.world.is_calm
        fate = 0 if calm else choices.draw(14)
        code = {10: 131000, 11: 130429, 12: 131026, 13: 131042}.get(fate, 131047 if late else 0)
        code = fails or code
        if fate == 9 and not code:
            return  # no status ever comes
        taken.fails = code
        steps = ["sent", "failed"] if code else ["sent", "delivered", "read"][: 2 if calm else 3 - fate % 3]
        if code and not late and fate % 2:
            steps = ["failed"]
        for place, step in enumerate(steps):
            delay = 0.2 if calm else DELAYS[choices.draw(len(DELAYS))] * (1 + place)
            for _ in range(1 if calm else 1 + choices.one_in(6)):
                self.tell(self._status(taken, network_id, step, code), delay)

    def _status(self, taken: Accepted, network_id: str, step: str, code: int) -> Item:
        status: dict[str, Any] = {
            "id": network_id,
            "status": step,
            "timestamp": str(int(self.world.now)),
            "biz_opaque_callback_data": taken.callback,
            "pricing": {"billable": True, "category": "service"},
        }
        if step == "failed":
            status["errors"] = [{"code": code, "title": "failed"}]
        value = {
            "messaging_product": "whatsapp",
            "metadata": {"phone_number_id": NUMBER},
            "statuses": [status],
        }
        label = (
            f"status {step} {code or ''} of attempt {taken.attempt} at {self.world.name(taken.outbound_id)}"
        )

        def told() -> None:
            if step == "failed":
                taken.failed = code

        return Item(label=label, change={"field": "messages", "value": value}, tells=told)


@dataclass
class Ids:
    """A contact, and the ids that they have now."""

    name: str
    phone: str
    user_id: str
    shows: str = "phone"
    """The ids that a message of theirs contains: `phone`, `user` or `both`."""

    def card(self) -> dict[str, Any]:
        """Return their entry in `contacts`."""
        phone = {} if self.shows == "user" else {"wa_id": self.phone}
        return phone | ({} if self.shows == "phone" else {"user_id": self.user_id})

    def sender(self) -> dict[str, Any]:
        """Return the fields of a message that name them as its sender."""
        phone = {} if self.shows == "user" else {"from": self.phone}
        return phone | ({} if self.shows == "phone" else {"from_user_id": self.user_id})


def signed(body: bytes, secret: str) -> Request:
    """Return a webhook with this body, signed with `secret`."""
    return Request(body=body, headers={SIGNATURE_HEADER: sign(body, secret)})


def _error(code: int) -> bytes:
    return json.dumps({"error": {"code": code, "message": "no"}}).encode()
