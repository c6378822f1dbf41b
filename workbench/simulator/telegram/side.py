"""The control API under `/sim/` for Telegram: what people there do, and what their phones show.

The verbs are those of WhatsApp, with `"channel": "telegram"` in the order or `channel=telegram` in the query.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rejoinder.workbench.simulator import jsontext
from rejoinder.workbench.simulator.background import Background
from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.faults import ControlError, Faults
from rejoinder.workbench.simulator.jsontext import AsciiJson, JsonObject
from rejoinder.workbench.simulator.orders import order_of, text_in
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram.api import Telegram
from rejoinder.workbench.simulator.telegram.call import Call
from rejoinder.workbench.simulator.telegram.errors import Refusal
from rejoinder.workbench.simulator.telegram.groups import KEYS, Groups
from rejoinder.workbench.simulator.telegram.names import place_of
from rejoinder.workbench.simulator.telegram.people import People
from rejoinder.workbench.simulator.telegram.screen import CHANNEL, Screen
from rejoinder.workbench.simulator.telegram.updates import Updates
from rejoinder.workbench.simulator.telegram.who import Bot

Endpoint = Callable[[Request], Awaitable[Response]]

_AROUND = ("channel", "from", "name", "username", "language", "context", "location", "bot")
"""What an order of `say` may have beside what is done."""


class Side:
    """The side of the people."""

    def __init__(
        self, telegram: Telegram, settings: Settings, clock: Clock, faults: Faults, background: Background
    ) -> None:
        self._telegram = telegram
        self._network = telegram.network
        self.updates = Updates(telegram, settings, clock, faults, background)
        self._people = People(self._network, self.updates)
        self._groups = Groups(self._network, self.updates)
        self._screen = Screen(self._network, self._people.is_taken)

    def reset(self) -> None:
        """Forget everything but the bots and their webhooks."""
        self.updates.reset()
        self._people.reset()
        self._telegram.reset()

    def verbs(self) -> dict[str, Endpoint]:
        """Return the endpoints that WhatsApp has, too, by method and name."""

        def shown(content: Callable[[Request], object]) -> Endpoint:
            async def endpoint(request: Request) -> Response:
                return AsciiJson(content(request))

            return endpoint

        return {
            "POST say": self.say,
            "POST deliver": self.deliver,
            "POST handshake": self.register,
            "GET transcript": shown(self._transcript),
            "GET sent": shown(self._sent),
            "GET receipts": shown(lambda _: self._answers()),
            "GET received": shown(lambda _: list(self.updates.postman.received)),
        }

    def routes(self) -> list[Route]:
        """Return the routes that only Telegram has."""
        return [
            Route("/sim/chats", self.chats, methods=["GET"]),
            Route("/sim/chats", self.create, methods=["POST"]),
            Route("/sim/chats/{chat_id}", self.change, methods=["POST"]),
            Route("/sim/bots", self.bots, methods=["GET"]),
            Route("/sim/bots", self.set_bot, methods=["POST"]),
        ]

    def people(self) -> list[JsonObject]:
        """Return who has a talk on Telegram."""
        return self._screen.people()

    def file(self, file_id: str) -> tuple[bytes, str] | None:
        """Return the bytes and the type of a file; None when there is none with this id."""
        found = (self._network.shelf.get(file_id, bot.id) for bot in self._network.bots.values())
        file = next(filter(None, found), None)
        return (file.data, file.mime_type) if file else None

    # -- what people do -----------------------------------------------------------------------------------

    async def say(self, request: Request) -> Response:
        """Let a person do something. The answer comes after the first attempt to tell the bot."""
        order = await order_of(request, (*_AROUND, *self._people.ways))
        done_id, letter = self._people.do(order)
        if letter is None:
            return AsciiJson({"id": done_id, "status": None, "told": False})
        told = {"id": done_id, "update_id": letter.id, "told": True}
        if self._people.bot_of(order).webhook is None:
            return AsciiJson({**told, "status": None})
        return AsciiJson({**told, **(await letter.first).shown()})

    async def create(self, request: Request) -> Response:
        """Create a group, a supergroup or a channel."""
        return AsciiJson(self._groups.create(await order_of(request, ("channel", *KEYS))))

    async def change(self, request: Request) -> Response:
        """Change a group, a supergroup or a channel."""
        order = await order_of(request, ("channel", "do", "id", "status", "name", "title"))
        return AsciiJson(self._groups.change(request.path_params["chat_id"], order))

    async def chats(self, _: Request) -> Response:
        """Return the groups, the supergroups and the channels."""
        chats = [chat for chat in self._network.chats() if chat.type != "private"]
        return AsciiJson([self._groups.shown(chat) for chat in chats])

    # -- the bots -----------------------------------------------------------------------------------------

    async def bots(self, _: Request) -> Response:
        """Return the bots, and how they are told of updates."""
        return AsciiJson([self._about(bot) for bot in self._network.bots.values()])

    async def set_bot(self, request: Request) -> Response:
        """Switch the privacy mode of a bot, as @BotFather does."""
        order = await order_of(request, ("channel", "bot", "privacy"))
        bot = self._people.bot_of(order)
        bot.can_read_all_group_messages = order.get("privacy") is False
        return AsciiJson(self._about(bot))

    def _about(self, bot: Bot) -> JsonObject:
        return {
            **bot.shown(),
            "privacy": not bot.can_read_all_group_messages,
            "webhook_url": bot.webhook.url if bot.webhook else None,
            "polled": self.updates.is_polled(bot),
            "waiting": len(self.updates.mailbox(bot).waiting()),
            "allowed_updates": list(bot.allowed_updates),
        }

    async def register(self, request: Request) -> Response:
        """Set the webhook of a bot, as `setWebhook` does."""
        order = await order_of(request, ("channel", "bot", "webhook_url", "secret_token"))
        url = text_in(order, "webhook_url")
        parameters = {"url": url, "secret_token": str(order.get("secret_token", ""))}
        try:
            await self.updates.set_webhook(
                Call(bot=self._people.bot_of(order), method="setwebhook", parameters=parameters)
            )
        except Refusal as refusal:
            raise ControlError(refusal.description, refusal.code) from None
        return AsciiJson({"webhook_url": url})

    async def deliver(self, request: Request) -> Response:
        """Post a raw body to the webhook once. The header `X-Sim-Signature` can spoil the secret token."""
        bot = self._people.bot_of(request.query_params)
        route = self.updates.round(bot)
        if route is None:
            raise ControlError("the bot has no webhook: setWebhook first", 409)
        spoilt = request.headers.get("x-sim-signature")
        secrets = {"none": "", "wrong": f"{route.webhook.secret_token}-of-somebody-else", None: None}
        secret = secrets.get(spoilt, spoilt)
        outcome, _ = await self.updates.postman.post(route, await request.body(), secret=secret)
        return AsciiJson(outcome.shown(), 200 if outcome.error is None else 502)

    # -- what is seen -------------------------------------------------------------------------------------

    def _transcript(self, request: Request) -> list[JsonObject]:
        contact = request.query_params.get("contact", "")
        return self._screen.transcript(place_of(contact) if contact else None)

    def phone(self, request: Request) -> JsonObject:
        """Return all that the page shows of one phone."""
        bot = self._people.bot_of(request.query_params)
        shown = self._screen.phone(place_of(request.query_params.get("contact", "")), bot)
        way = bot.webhook.url if bot.webhook else "getUpdates" if self.updates.was_asked(bot) else None
        commands = [one for known in bot.commands.values() for one in known]
        return {"webhook": way, "commands": commands, "bot": bot.shown(), **shown}

    def _sent(self, _: Request) -> list[JsonObject]:
        return [line for line in self._screen.transcript(None) if line["direction"] == "out"]

    def _answers(self) -> list[JsonObject]:
        """Return what the taps were answered."""
        return [
            {"id": query.id, "data": query.data, "at": query.at, "answer": query.answer}
            for query in self._network.queries.values()
        ]


async def channel_of(request: Request) -> str:
    """Return the channel that a request names; "" when it names none."""
    if "channel" in request.query_params or request.method == "GET":
        return request.query_params.get("channel", "")
    with suppress(ValueError):
        order = jsontext.parse(await request.body())
        if isinstance(order, dict):
            return str(order.get("channel") or "")
    return ""


def by_channel(whatsapp: Endpoint, telegram: Endpoint) -> Endpoint:
    """Return the endpoint that asks the one or the other, as the request names the channel."""

    async def endpoint(request: Request) -> Response:
        asked = await channel_of(request)
        if asked not in ("", "whatsapp", CHANNEL):
            raise ControlError("channel must be whatsapp or telegram")
        return await (telegram if asked == CHANNEL else whatsapp)(request)

    return endpoint
