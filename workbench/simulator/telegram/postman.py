"""Posts updates to the webhooks of bots, one queue beside the other, and each queue in order.

The rules are those of Telegram's own server, `WebhookActor.cpp` of
https://github.com/tdlib/telegram-bot-api: a failed update is repeated at once, then with doubling pauses, and
holds up its own queue only.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Final

import httpx

from rejoinder.workbench.simulator.background import Background
from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.delivery import DISORDER_SECONDS, Outcome
from rejoinder.workbench.simulator.faults import Faults
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram.call import Call, in_answer
from rejoinder.workbench.simulator.telegram.errors import Refusal
from rejoinder.workbench.simulator.telegram.mailbox import Letter, Mailbox, Queue
from rejoinder.workbench.simulator.telegram.who import Bot, Webhook

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header

GONE_SECONDS: Final = 23 * 3600.0
"""How long a webhook may answer 410 before it is closed, in seconds."""

RETRY_AFTER_SECONDS: Final = 3600
"""The longest pause that a webhook can ask for, in seconds."""

_REMEMBERED: Final = 10_000
_LAST_SECONDS: Final = 1.0
_NO_ANSWER_METHODS: Final = ("deletewebhook", "setwebhook", "close", "logout")
"""The methods that an answer to a webhook cannot call. Those that begin with `get` cannot, either."""

_BEHIND: Final = Outcome(error="an earlier update of this chat is not delivered yet")

CarryOut = Callable[[Call], Awaitable[object]]
"""Carries out a call of the Bot API."""


class Round:
    """What becomes of one webhook, from `setWebhook` to the next one."""

    def __init__(self, bot: Bot, webhook: Webhook, mailbox: Mailbox) -> None:
        self.bot = bot
        self.webhook = webhook
        self.mailbox = mailbox
        self.error = ""
        """The text of the last error."""
        self.error_at = 0.0
        """When it was, in Unix seconds."""
        self.gone_since: float | None = None
        """Since when every answer is 410."""
        self.connections = asyncio.Semaphore(webhook.max_connections)
        self.walked: set[Queue] = set()
        """The queues that are being delivered."""
        self.held_up: set[Queue] = set()
        """The queues whose oldest update has failed."""

    @property
    def ended(self) -> bool:
        """Whether the bot has another webhook by now, or none."""
        return self.bot.webhook is not self.webhook


class Postman:
    """Posts the updates and records every attempt in `received`."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        faults: Faults,
        background: Background,
        carry_out: CarryOut,
    ) -> None:
        self.received: deque[JsonObject] = deque(maxlen=_REMEMBERED)
        self._carries_out = carry_out
        self._settings = settings
        self._clock = clock
        self._faults = faults
        self._background = background
        self._held: list[tuple[Round, Letter]] = []
        self._random = random.Random(0)  # noqa: S311 - the length of a pause
        # No proxies from the environment: the webhook is on this machine.
        self._client = httpx.AsyncClient(timeout=settings.webhook_timeout_seconds, trust_env=False)
        self._posts: set[asyncio.Task[httpx.Response]] = set()

    async def close(self) -> None:
        if self._posts:
            await asyncio.wait(self._posts, timeout=_LAST_SECONDS)
        await self._client.aclose()

    def reset(self) -> None:
        """Forget the attempts, and what was held back."""
        self.received.clear()
        self._held.clear()

    def deliver(self, route: Round, letter: Letter) -> None:
        """Post an update, after those that wait in its queue."""
        self._tell_behind(route, letter)
        fault = self._faults.strike(("webhook",), chat_id="")
        letter.loses_answer = fault.get("status")
        for _ in range(fault.get("duplicate", 0)):
            self._background.spawn(self._repeat(route, letter))
        if fault.get("disorder"):
            self._hold(route, letter)
        else:
            self.walk(route, letter.queue, fault.get("delay_seconds", 0.0))

    def _tell_behind(self, route: Round, letter: Letter) -> None:
        """Do not let anybody wait for an update that is behind one which fails."""
        if letter.queue in route.held_up:
            letter.settle(_BEHIND)

    def walk(self, route: Round, queue: Queue, delay_seconds: float = 0.0) -> None:
        """Deliver a queue, unless that is being done."""
        if queue not in route.walked:
            route.walked.add(queue)
            self._background.spawn(self._walk(route, queue, delay_seconds))

    def _hold(self, route: Round, letter: Letter) -> None:
        if not self._held:
            self._background.spawn(self._release())
        self._held.append((route, letter))

    async def _release(self) -> None:
        """Deliver what was held back, the last queue first. The order within a queue stays."""
        await asyncio.sleep(DISORDER_SECONDS)
        held, self._held = self._held, []
        for route, letter in reversed(held):
            self.walk(route, letter.queue)
            await asyncio.wait([letter.first])

    async def _walk(self, route: Round, queue: Queue, delay_seconds: float) -> None:
        try:
            await asyncio.sleep(delay_seconds)
            while not route.ended and (letter := route.mailbox.next(queue)):
                await self._bring(route, letter)
        finally:
            route.walked.discard(queue)

    async def _bring(self, route: Round, letter: Letter) -> None:
        """Make one attempt. When it fails, wait until the next one is due."""
        outcome, asked_seconds = await self._try(route, letter)
        letter.settle(outcome)
        if outcome.is_success:
            letter.taken = True
            route.mailbox.drop(letter)
            route.held_up.discard(letter.queue)
            return
        route.held_up.add(letter.queue)
        for behind in route.mailbox.waiting():
            self._tell_behind(route, behind)
        longest = self._settings.retry_max_seconds * self._random.uniform(1, 2)
        doubled = min(self._settings.retry_first_seconds * 2.0 ** (letter.tries - 2), longest)
        await asyncio.sleep(asked_seconds or (doubled if letter.tries > 1 else 0.0))

    async def _repeat(self, route: Round, letter: Letter) -> None:
        """Post a copy of an update, whatever becomes of the update."""
        await self.post(route, _encode(letter.shown()), letter.tries + 1)

    async def _try(self, route: Round, letter: Letter) -> tuple[Outcome, float]:
        async with route.connections:
            letter.tries += 1
            outcome, answer = await self.post(route, _encode(letter.shown()), letter.tries)
        if letter.loses_answer:
            letter.settle(outcome)
            answer, letter.loses_answer = httpx.Response(letter.loses_answer), None
            outcome = Outcome(status=answer.status_code)
        return outcome, self._heed(route, outcome, answer)

    async def post(
        self, route: Round, raw: bytes, attempt: int = 1, secret: str | None = None
    ) -> tuple[Outcome, httpx.Response | None]:
        """Make one attempt, and record it in `received`. `secret` replaces the secret token."""
        token = route.webhook.secret_token if secret is None else secret
        headers = {"content-type": "application/json", **({SECRET_HEADER: token} if token else {})}
        outcome, answer = await self._post(route.webhook.url, raw, headers)
        self.received.append(
            {
                "bot": route.bot.id,
                "at": self._clock.now(),
                "attempt": attempt,
                **outcome.shown(),
                "body": raw.decode("utf-8", "replace"),
            }
        )
        if answer is not None and answer.is_success:
            await self._carry_out(route.bot, answer)
        return outcome, answer

    async def _post(
        self, url: str, raw: bytes, headers: dict[str, str]
    ) -> tuple[Outcome, httpx.Response | None]:
        # A request that is cancelled while it connects would leave its connection open: httpcore forgets it.
        post = asyncio.ensure_future(self._client.post(url, content=raw, headers=headers))
        self._posts.add(post)
        post.add_done_callback(self._done)
        try:
            answer = await asyncio.shield(post)
        except httpx.TimeoutException:
            return Outcome(error="Read timeout expired"), None
        except httpx.ConnectError:
            return Outcome(error="Connection refused"), None
        except (httpx.HTTPError, httpx.InvalidURL):
            return Outcome(error="Webhook connection closed"), None
        return Outcome(status=answer.status_code), answer

    def _done(self, post: asyncio.Task[httpx.Response]) -> None:
        self._posts.discard(post)
        if not post.cancelled():
            post.exception()  # whoever waited for it is gone

    def _heed(self, route: Round, outcome: Outcome, answer: httpx.Response | None) -> float:
        """Remember an error, and return the pause that the webhook asks for, in seconds."""
        if answer is not None and answer.is_success:
            route.gone_since = None
            return 0.0
        now = self._clock.now()
        route.error_at = now
        if answer is None:
            route.error = outcome.error or ""
            return 0.0
        reason = answer.reason_phrase or HTTPStatus(answer.status_code).phrase
        route.error = f"Wrong response from the webhook: {answer.status_code} {reason}"
        route.gone_since = (route.gone_since or now) if answer.status_code == 410 else None
        if route.gone_since is not None and now > route.gone_since + GONE_SECONDS and not route.ended:
            route.bot.webhook = None
        asked = answer.headers.get("retry-after", "")
        # An hour of Telegram's is here as long as the longest pause.
        seconds = min(int(asked), RETRY_AFTER_SECONDS) if asked.isdecimal() else 0
        return min(float(seconds), self._settings.retry_max_seconds)

    async def _carry_out(self, bot: Bot, answer: httpx.Response) -> None:
        """Call the method that an answer names: https://core.telegram.org/bots/api#making-requests-when-getting-updates."""
        with suppress(Refusal):
            call = await in_answer(bot, answer.headers.get("content-type", ""), answer.content)
            if call.method and not call.method.startswith("get") and call.method not in _NO_ANSWER_METHODS:
                await self._carries_out(call)


def _encode(update: JsonObject) -> bytes:
    # Telegram escapes what is not ASCII, and slashes.
    return json.dumps(update, separators=(",", ":")).replace("/", "\\/").encode("ascii")
