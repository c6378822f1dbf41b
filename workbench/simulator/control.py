"""The control API under `/sim/`, with which a test, a demo or the chat page controls the network.

Every answer is JSON. An order that cannot be carried out is answered with `{"error": <text>}`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rejoinder.workbench.simulator import contacts, faults, jsontext, wamid
from rejoinder.workbench.simulator.ailing import KEYS, Ailing
from rejoinder.workbench.simulator.background import Background
from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.faults import ControlError, Faults
from rejoinder.workbench.simulator.graph import Graph
from rejoinder.workbench.simulator.handed import hand_over
from rejoinder.workbench.simulator.jsontext import AsciiJson, JsonObject
from rejoinder.workbench.simulator.learning import learn, words_of
from rejoinder.workbench.simulator.naming import Names
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.orders import json_of, object_in, order_of, text_in
from rejoinder.workbench.simulator.phone import phone
from rejoinder.workbench.simulator.records import Said
from rejoinder.workbench.simulator.telegram.screen import CHANNEL
from rejoinder.workbench.simulator.telegram.side import Side, by_channel
from rejoinder.workbench.simulator.templating import shown, template_of
from rejoinder.workbench.simulator.webhooks import inbound_update, sign, signatures, tap_content, text_content

DEFAULT_NAME: Final = "Visitor"
"""The profile name of a contact who has not given one."""

WAYS: Final = ("text", "tap", "message", "file")
"""What a contact may say: a text, a tap, the content of a message as it stands on the wire, or a file."""

OURS: Final = ("id", "from", "from_user_id", "timestamp")
"""The fields of a message that the network writes, and no contact."""

ANY_METHOD: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

_INERT: Final = {
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "x-content-type-options": "nosniff",
}
"""The headers of a file, which may be anything, also a page with a script."""

_LAST_SECOND: Final = 253_402_300_799
"""The last second of the year 9999, in Unix seconds."""


class Control:
    """The endpoints of the control API."""

    def __init__(
        self,
        network: Network,
        faults_: Faults,
        courier: Courier,
        graph: Graph,
        names: Names,
        background: Background,
        telegram: Side,
    ) -> None:
        self._network = network
        self._faults = faults_
        self._courier = courier
        self._graph = graph
        self._names = names
        self._background = background
        self._telegram = telegram
        self._ailing = Ailing(network, courier)

    def routes(self) -> list[Route]:
        of_telegram = self._telegram.verbs()

        def route(method: str, path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
            other = of_telegram.get(f"{method} {path}")
            return Route(f"/sim/{path}", by_channel(endpoint, other) if other else endpoint, methods=[method])

        def post(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
            return route("POST", path, endpoint)

        def get(path: str, content: Callable[[Request], object]) -> Route:
            async def endpoint(request: Request) -> Response:
                return AsciiJson(content(request))

            return route("GET", path, endpoint)

        return [
            post("say", self.say),
            post("deliver", self.deliver),
            post("files", self.take),
            post("faults", self.plant),
            post("clock", self.advance),
            post("reset", self.reset),
            post("handshake", self.handshake),
            post("secret", self.rotate),
            post("templates", self.approve),
            post("names", self.decide),
            post("health", self.ail),
            get("sent", lambda _: [sent.entry() for sent in self._network.sent.values()]),
            get("health", lambda _: self._ailing.shown()),
            get("receipts", lambda _: self._network.receipts),
            get("received", lambda _: list(self._courier.received)),
            get("faults", lambda _: self._faults.shown()),
            get("clock", lambda _: {"now": self._network.clock.now()}),
            get("transcript", self._transcript),
            get("phone", self._phone),
            Route("/sim/files/{media_id}", self.file, methods=["GET"]),
            *self._telegram.routes(),
            Route("/sim/{rest:path}", _nothing, methods=ANY_METHOD),
        ]

    def _transcript(self, request: Request) -> list[JsonObject]:
        return list(self._network.transcript(request.query_params.get("contact", "").lstrip("+ ") or None))

    def _phone(self, request: Request) -> JsonObject:
        shown_ = phone(self._network, request.query_params.get("contact", "").lstrip("+ "))
        shown_["webhook"] = self._courier.webhook_url
        everybody = [*shown_["people"], *self._telegram.people()]
        if request.query_params.get("channel") == CHANNEL:
            shown_ |= self._telegram.phone(request)
        around = {"broken": self._network.health.fault, "faults": self._faults.shown()}
        return {**around, **shown_, "people": everybody}

    async def file(self, request: Request) -> Response:
        """Return the bytes of a file. A browser does not run what is in it."""
        file_id = request.path_params["media_id"]
        media = self._network.shelf.get(file_id)
        found = (media.data, media.mime_type) if media else self._telegram.file(file_id)
        if found is None:
            raise ControlError(f"there is no file {file_id}", 404)
        return Response(found[0], media_type=found[1], headers=_INERT)

    async def take(self, request: Request) -> Response:
        """Take a contact's file. Return the content of the message that sends it, for a body of `deliver`."""
        file = await json_of(request)
        if not isinstance(file, dict):
            raise ControlError("the body must be a JSON object")
        return AsciiJson(hand_over(file, self._network.shelf))

    async def say(self, request: Request) -> Response:
        """Let a contact write, tap or send any content. The answer comes after the first delivery attempt."""
        order = await order_of(
            request, (*WAYS, "from", "name", "username", "context", "referral", "phone_number_id")
        )
        if self._courier.webhook_url is None:
            raise ControlError("no webhook is registered: POST /sim/handshake first", 409)
        sender = text_in(order, "from").lstrip("+")
        if not contacts.is_phone(sender) and not contacts.is_user_id(sender):
            raise ControlError("from must be a phone number in digits, or a user id such as US.1234567890")
        if sum(way in order for way in WAYS) != 1:
            raise ControlError(f"say needs one of {', '.join(WAYS)}")
        name, username = (text_in(order, key) if key in order else None for key in ("name", "username"))
        said, content = self._uttered(self._network.contact_of(sender), order)
        around = self._around(order, said.phone_number_id)
        said.contact.name = name or said.contact.name or DEFAULT_NAME
        said.contact.username = username or said.contact.username
        said.content = {**content, **around}
        if said.contact in self._network.numbers[said.phone_number_id].blocked:
            return AsciiJson({"id": said.id, "status": None, "error": "the number has blocked the contact"})
        self._network.hear(said)
        outcome = await self._courier.put(inbound_update(said, said.content))
        return AsciiJson({"id": said.id, **outcome.shown()})

    def _uttered(self, contact: Contact, order: JsonObject) -> tuple[Said, JsonObject]:
        numbers = self._network.settings.phone_numbers
        number = text_in(order, "phone_number_id") if "phone_number_id" in order else None
        if number is not None and number not in numbers:
            raise ControlError(f"phone_number_id must be one of {', '.join(numbers)}")
        if "tap" not in order:
            number = number or self._quoted(order) or next(iter(numbers))
            content = self._content(order)
            return self._said(contact, number, words_of(content) or f"({content['type']})"), content
        tap = text_in(order, "tap")
        found = self._network.tapped(contact, tap, number)
        if found is None:
            raise ControlError(f"no message with the choice {tap!r} was sent to {contact.id}", 409)
        sent, choice = found
        said = self._said(contact, sent.phone_number_id, choice.title)
        return said, tap_content(choice, sent, numbers[sent.phone_number_id])

    def _content(self, order: JsonObject) -> JsonObject:
        if "text" in order:
            return text_content(text_in(order, "text"))
        if "file" in order:
            return hand_over(object_in(order, "file"), self._network.shelf)
        message = object_in(order, "message")
        text_in(message, "type")
        return {name: part for name, part in message.items() if name not in OURS}

    def _quoted(self, order: JsonObject) -> str | None:
        """Return the id of the business number that wrote the quoted message."""
        context = order.get("context")
        sent = self._network.sent.get(str(context.get("id"))) if isinstance(context, dict) else None
        return sent.phone_number_id if sent else None

    def _around(self, order: JsonObject, number: str) -> JsonObject:
        """Return what surrounds a message. The business wrote the quoted message, unless it is told."""
        around: JsonObject = {key: object_in(order, key) for key in ("context", "referral") if key in order}
        if "id" in around.get("context", {}):
            around["context"] = {"from": self._network.settings.phone_numbers[number], **around["context"]}
        return around

    def _said(self, contact: Contact, number: str, text: str) -> Said:
        message_id = wamid.received(contact.id)
        at = self._network.clock.now()
        return Said(id=message_id, phone_number_id=number, contact=contact, text=text, at=at)

    async def deliver(self, request: Request) -> Response:
        """Post a raw body once. The header `X-Sim-Signature` can spoil the signature."""
        raw = await request.body()
        override = request.headers.get("x-sim-signature")
        said = [] if override is not None else self._learned(raw)
        outcome = await self._courier.post(raw, self._signed(raw, override))
        for one in said:
            if outcome.status == 200 and one.state == "sent":
                one.state = "delivered"
        if outcome.error is not None:
            return AsciiJson({"error": outcome.error, "status": None}, 502)
        return AsciiJson(outcome.shown())

    def _learned(self, raw: bytes) -> list[Said]:
        try:
            return learn(jsontext.parse(raw), self._network)
        except ValueError:
            return []

    def _signed(self, raw: bytes, override: str | None) -> dict[bytes, bytes]:
        secret = self._courier.app_secret
        headers = signatures(secret, raw)
        if override == "none":
            headers = {}
        elif override == "wrong":
            headers = signatures(secret + " of somebody else", raw)
        elif override == "sha1":
            headers = {"X-Hub-Signature": sign(secret, raw, "sha1")}
        elif override is not None:
            headers = {"X-Hub-Signature-256": override}
        # Starlette decodes headers as latin-1, so this sends the same bytes that came.
        return {key.encode(): value.encode("latin-1") for key, value in headers.items()}

    async def plant(self, request: Request) -> Response:
        """Add one fault, or replace all faults by a list."""
        asked = await json_of(request)
        planted = [faults.parse(one) for one in (asked if isinstance(asked, list) else [asked])]
        if isinstance(asked, list):
            self._faults.clear()
        for fault in planted:
            self._faults.plant(fault)
        return AsciiJson(self._faults.shown())

    async def advance(self, request: Request) -> Response:
        order = await order_of(request, ("advance_seconds",))
        seconds = faults.number(order.get("advance_seconds"), "advance_seconds", maximum=1e9)
        if self._network.clock.now() + seconds > _LAST_SECOND:
            raise ControlError("the clock cannot go beyond the year 9999")
        now = self._network.clock.advance(seconds)
        self._graph.settle()
        return AsciiJson({"now": now})

    async def reset(self, _: Request) -> Response:
        """Forget everything but the settings and the registered webhook."""
        await self._background.cancel()
        self._graph.release()
        self._faults.clear()
        self._courier.reset()
        self._take_secret(self._courier.app_secret)
        self._network.clock.reset()
        self._network.reset()
        self._graph.reset()
        self._telegram.reset()
        return AsciiJson({"success": True})

    async def handshake(self, request: Request) -> Response:
        order = await order_of(request, ("webhook_url",))
        url = text_in(order, "webhook_url")
        await self._courier.register(url)
        return AsciiJson({"webhook_url": url})

    async def rotate(self, request: Request) -> Response:
        """Give the app another secret, as after a reset in its dashboard. Its own token has it, too."""
        self._take_secret(text_in(await order_of(request, ("app_secret",)), "app_secret"))
        return AsciiJson({"success": True})

    def _take_secret(self, secret: str) -> None:
        self._courier.app_secret = secret
        self._network.settings = replace(self._network.settings, app_secret=secret)

    async def ail(self, request: Request) -> Response:
        """Break something of the business's standing with Meta, or mend it."""
        return AsciiJson(self._ailing.change(await order_of(request, KEYS)))

    async def approve(self, request: Request) -> Response:
        """Add templates, one or a list. A template with the same name and language is replaced."""
        asked = await json_of(request)
        templates = [template_of(one) for one in (asked if isinstance(asked, list) else [asked])]
        for template in templates:
            self._network.approve(template)
        return AsciiJson([shown(template) for template in templates])

    async def decide(self, request: Request) -> Response:
        """Approve or reject the new display name of a number, as Meta's reviewers do."""
        order = await order_of(request, ("phone_number_id", "decision", "reason"))
        return AsciiJson(self._names.decide(order))


async def refuse(_: Request, error: Exception) -> Response:
    """Return the answer to a ControlError."""
    return AsciiJson({"error": str(error)}, error.status if isinstance(error, ControlError) else 400)


async def _nothing(request: Request) -> Response:
    raise ControlError(f"the simulator has no {request.method} {request.url.path}", 404)
