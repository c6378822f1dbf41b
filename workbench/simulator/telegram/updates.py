"""What a bot is told, and how it is told: by a webhook or by `getUpdates`.

https://core.telegram.org/bots/api#getting-updates. What that page leaves out is from Telegram's own server,
`Client.cpp` of https://github.com/tdlib/telegram-bot-api.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import time
from typing import Final

import httpx

from rejoinder.workbench.simulator.background import Background
from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.faults import Faults
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram.api import Done, Method, Telegram
from rejoinder.workbench.simulator.telegram.call import Call
from rejoinder.workbench.simulator.telegram.errors import Refusal, refused
from rejoinder.workbench.simulator.telegram.mailbox import KINDS, UNUSUAL, Letter, Mailbox
from rejoinder.workbench.simulator.telegram.network import Update
from rejoinder.workbench.simulator.telegram.postman import Postman, Round
from rejoinder.workbench.simulator.telegram.who import Bot, Webhook

PORTS: Final = (443, 80, 88, 8443)
"""The ports of webhooks."""

HERE: Final = ("127.0.0.1", "localhost", "::1")
"""The hosts of this machine. A webhook on it may have any port, and needs no TLS; Telegram refuses it."""

ACTIVE: Final = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER: Final = "terminated by other getUpdates request; make sure that only one bot instance is running"
SET: Final = "terminated by setWebhook request"

_MOST_UPDATES: Final = 100
_LONGEST_POLL_SECONDS: Final = 50
_FORGOTTEN_SECONDS: Final = _LONGEST_POLL_SECONDS + 10.0
_MOST_CONNECTIONS: Final = 100
_USUAL_CONNECTIONS: Final = 40
_LONGEST_SECRET: Final = 256
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]*")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


class Updates:
    """The updates of all bots."""

    def __init__(
        self, telegram: Telegram, settings: Settings, clock: Clock, faults: Faults, background: Background
    ) -> None:
        self.postman = Postman(settings, clock, faults, background, telegram.carry_out)
        self._clock = clock
        self._mailboxes: dict[int, Mailbox] = {}
        self._rounds: dict[int, Round] = {}
        self._polls: dict[int, asyncio.Future[None]] = {}
        self._asked_at: dict[int, float] = {}
        telegram.network.on_update.append(self._hear)
        telegram.methods |= self.methods()

    def reset(self) -> None:
        """Forget all updates. The webhooks stay."""
        self.release()
        for mailbox in self._mailboxes.values():
            mailbox.clear()
        self._rounds.clear()
        self.postman.reset()

    def release(self) -> None:
        """Answer the bots that are kept waiting for updates."""
        for poll in self._polls.values():
            if not poll.done():
                poll.set_result(None)
        self._polls.clear()

    def _hear(self, update: Update) -> None:
        self.tell(update)

    def tell(self, update: Update) -> Letter | None:
        """Tell a bot something. Return None when it does not want to know."""
        bot = update.bot
        wanted = bot.allowed_updates or [kind for kind in KINDS if kind not in UNUSUAL]
        if update.kind not in wanted:
            return None
        letter = self.mailbox(bot).put(update)
        route = self.round(bot)
        if route:
            self.postman.deliver(route, letter)
        else:
            self._wake(bot)
        return letter

    def mailbox(self, bot: Bot) -> Mailbox:
        """Return the updates that wait for a bot."""
        if bot.id not in self._mailboxes:
            self._mailboxes[bot.id] = Mailbox(self._clock)
        return self._mailboxes[bot.id]

    def round(self, bot: Bot) -> Round | None:
        """Return what becomes of a bot's webhook; None when it has none."""
        if bot.webhook is None:
            return None
        known = self._rounds.get(bot.id)
        if known is None or known.bot is not bot or known.ended:
            known = self._rounds[bot.id] = Round(bot, bot.webhook, self.mailbox(bot))
        return known

    def methods(self) -> dict[str, Method]:
        """Return the methods of the Bot API by their names in small letters."""
        return {
            "setwebhook": self.set_webhook,
            "deletewebhook": self.delete_webhook,
            "getwebhookinfo": self.webhook_info,
            "getupdates": self.get,
        }

    # -- by a webhook -------------------------------------------------------------------------------------

    async def set_webhook(self, call: Call) -> Done:
        """https://core.telegram.org/bots/api#setwebhook"""
        if not call.text("url"):
            return await self.delete_webhook(call)
        bot, wanted, drops = call.bot, _webhook(call), call.flag("drop_pending_updates")
        self._allow(call)
        if bot.webhook == wanted and not drops:
            return Done(result=True, description="Webhook is already set")
        if drops:
            self.mailbox(bot).clear()
        self._end_poll(bot, SET)
        bot.webhook = wanted
        if route := self.round(bot):
            for queue in route.mailbox.queues():
                self.postman.walk(route, queue)
        return Done(result=True, description="Webhook was set")

    async def delete_webhook(self, call: Call) -> Done:
        """https://core.telegram.org/bots/api#deletewebhook"""
        bot = call.bot
        if call.flag("drop_pending_updates"):
            self.mailbox(bot).clear()
        if bot.webhook is None:
            return Done(result=True, description="Webhook is already deleted")
        bot.webhook = None
        return Done(result=True, description="Webhook was deleted")

    async def webhook_info(self, call: Call) -> JsonObject:
        """https://core.telegram.org/bots/api#getwebhookinfo"""
        bot = call.bot
        waiting = len(self.mailbox(bot).waiting())
        webhook = bot.webhook
        info: JsonObject = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": waiting,
        }
        if route := self.round(bot):
            if route.error_at:
                info |= {"last_error_date": int(route.error_at), "last_error_message": route.error}
            info["max_connections"] = route.webhook.max_connections
            if route.webhook.ip_address:
                info["ip_address"] = route.webhook.ip_address
        if bot.allowed_updates:
            info["allowed_updates"] = list(bot.allowed_updates)
        return info

    # -- by asking ----------------------------------------------------------------------------------------

    async def get(self, call: Call) -> list[JsonObject]:
        """https://core.telegram.org/bots/api#getupdates"""
        bot = call.bot
        if bot.webhook is not None:
            raise refused(ACTIVE, 409)
        self._allow(call)
        self._asked_at[bot.id] = time.monotonic()
        limit = max(1, min(call.whole("limit") or _MOST_UPDATES, _MOST_UPDATES))
        seconds = max(0, min(call.whole("timeout"), _LONGEST_POLL_SECONDS))
        offset = call.whole("offset")
        mailbox = self.mailbox(bot)
        found = mailbox.since(offset, limit)
        if not found and seconds:
            await self._wait(bot, seconds)
            found = mailbox.since(offset, limit)
        for letter in found:
            letter.tries += 1
        return [letter.shown() for letter in found]

    def is_polled(self, bot: Bot) -> bool:
        """Whether somebody waits for the updates of a bot."""
        return bot.id in self._polls

    def was_asked(self, bot: Bot) -> bool:
        """Whether somebody asked for the updates of a bot a short while ago."""
        return time.monotonic() < self._asked_at.get(bot.id, -_FORGOTTEN_SECONDS) + _FORGOTTEN_SECONDS

    async def _wait(self, bot: Bot, seconds: float) -> None:
        self._end_poll(bot, OTHER)
        poll = self._polls[bot.id] = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait_for(poll, seconds)
        except TimeoutError:
            pass
        finally:
            if self._polls.get(bot.id) is poll:
                del self._polls[bot.id]

    def _wake(self, bot: Bot) -> None:
        poll = self._polls.get(bot.id)
        if poll and not poll.done():
            poll.set_result(None)

    def _end_poll(self, bot: Bot, why: str) -> None:
        poll = self._polls.pop(bot.id, None)
        if poll and not poll.done():
            poll.set_exception(refused(why, 409))

    # -- what is wanted -----------------------------------------------------------------------------------

    def _allow(self, call: Call) -> None:
        """Keep which kinds of updates a bot wants. Nothing changes when it does not say so.

        An empty list takes the usual ones again. Telegram passes over names that it does not know.
        """
        try:
            kinds = call.value("allowed_updates", "allowed_updates")
        except Refusal:
            return
        if isinstance(kinds, list):
            names = {str(name).lower() for name in kinds}
            call.bot.allowed_updates = tuple(kind for kind in KINDS if kind in names)


def _webhook(call: Call) -> Webhook:
    """Return the webhook that is asked for. Raises Refusal."""
    url, secret = call.text("url"), call.text("secret_token")
    if len(secret) > _LONGEST_SECRET:
        raise refused("secret token is too long")
    if not _SECRET.fullmatch(secret):
        raise refused("secret token contains unallowed characters")
    address = call.text("ip_address")
    _check_url(url if _SCHEME.match(url) else f"https://{url}")
    if address:
        _check_address(address)
    connections = call.whole("max_connections") or _USUAL_CONNECTIONS
    return Webhook(
        url=url,
        secret_token=secret,
        max_connections=max(1, min(connections, _MOST_CONNECTIONS)),
        ip_address=address,
    )


def _check_url(url: str) -> None:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise refused("invalid webhook URL specified") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise refused("invalid webhook URL specified")
    if parsed.host in HERE:
        return
    if parsed.scheme == "http":
        raise refused("bad webhook: An HTTPS URL must be provided for webhook")
    if (parsed.port or 443) not in PORTS:
        raise refused("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _check_address(text: str) -> None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise refused("bad webhook: Invalid IP address specified") from None
    if address.version != 4:
        raise refused("bad webhook: IPv6-only addresses are not allowed")
    if not address.is_global and text not in HERE:
        raise refused(f"bad webhook: IP address {text} is reserved")
