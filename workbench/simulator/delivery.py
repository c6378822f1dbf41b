"""Delivers updates to the webhook: batches, signatures, attempts and their outcomes.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.background import Background
from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.faults import ControlError, Faults
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.webhooks import (
    FIELDS,
    Update,
    account_event,
    body_of,
    encode,
    signatures,
)

UPDATES_PER_WEBHOOK: Final = 1000
"""The most updates in one webhook. The page above gives this number."""

DISORDER_SECONDS: Final = 0.2
"""How long the fault `disorder` collects updates before it sends them, the last one first, in seconds."""

_LAST_SECONDS: Final = 1.0
"""How long the end waits for webhooks on their way, in seconds."""

_REMEMBERED: Final = 10_000
_HEADERS: Final = {"content-type": "application/json", "user-agent": "facebookexternalua"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one attempt."""

    status: int | None = None
    """The HTTP status; None when there was no answer."""

    error: str | None = None
    """Why there was no answer; None when there was one."""

    @property
    def is_success(self) -> bool:
        """Whether the answer had a status of success."""
        return self.status is not None and 200 <= self.status <= 299

    def shown(self) -> JsonObject:
        return {"status": self.status} if self.error is None else {"status": None, "error": self.error}


@dataclass(slots=True, kw_only=True)
class Parcel:
    """The contents of one webhook."""

    updates: list[Update] = field(default_factory=list)
    """The updates."""

    waiting: list[asyncio.Future[Outcome]] = field(default_factory=list)
    """For each update the future that gets the outcome of the first attempt."""

    def settle(self, outcome: Outcome) -> None:
        for future in self.waiting:
            if not future.done():
                future.set_result(outcome)

    def split(self, size: int) -> list[Parcel]:
        """Return parcels of up to `size` updates. An update and its future have the same index."""
        places = range(0, len(self.updates), size)
        return [
            Parcel(updates=self.updates[n : n + size], waiting=self.waiting[n : n + size]) for n in places
        ]

    def reversed(self) -> Parcel:
        return Parcel(updates=self.updates[::-1], waiting=self.waiting[::-1])


class Courier:
    """Posts webhooks to the registered URL and records every attempt in `received`."""

    def __init__(self, settings: Settings, clock: Clock, faults: Faults, background: Background) -> None:
        self.webhook_url = settings.webhook_url
        self.override: str | None = None
        self.overrides: dict[str, str] = {}
        self.subscribed = True
        self.fields = list(FIELDS)
        self.app_secret = settings.app_secret
        self.received: deque[JsonObject] = deque(maxlen=_REMEMBERED)
        self._settings = settings
        self._clock = clock
        self._faults = faults
        self._background = background
        self._open: Parcel | None = None
        # No proxies from the environment: the webhook is on this machine.
        self._client = httpx.AsyncClient(timeout=settings.webhook_timeout_seconds, trust_env=False)
        self._posts: set[asyncio.Task[httpx.Response]] = set()

    async def close(self) -> None:
        if self._posts:
            await asyncio.wait(self._posts, timeout=_LAST_SECONDS)
        await self._client.aclose()

    def reset(self) -> None:
        """Forget the attempts, a changed secret or address, and the batch that is being collected."""
        self.override, self.subscribed, self.fields = None, True, list(FIELDS)
        self.overrides.clear()
        self.received.clear()
        self.app_secret = self._settings.app_secret
        if self._open:
            self._open.settle(Outcome(error="the simulator was reset"))
        self._open = None

    async def register(self, url: str) -> None:
        """Subscribe a webhook by the GET handshake. Raises ControlError, with the reason, when it fails."""
        await self.ask(url, self._settings.verify_token)
        self.webhook_url = url

    async def ask(self, url: str, verify_token: str) -> None:
        """Ask a webhook whether it wants to be one. Raises ControlError when it does not answer so."""
        challenge = str(secrets.randbelow(10**10))
        query = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": verify_token,
        }
        try:
            answer = await self._client.get(url, params=query)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise ControlError(f"the webhook {url} cannot be reached: {_reason(error)}", 502) from error
        if answer.status_code != 200 or answer.content != challenge.encode():
            text = answer.text[:200]
            refusal = f"{answer.status_code} {text!r} instead of 200 and the challenge {challenge}"
            raise ControlError(f"the webhook {url} refused the handshake: {refusal}", 502)

    async def agree(self, url: str, verify_token: str) -> None:
        """Ask a webhook as Graph does for a request. Raises error 2200 when it does not want to be one."""
        try:
            await self.ask(url, verify_token)
        except ControlError as error:
            why = f"Callback verification failed with the following errors: {error}"
            raise errors.plain(2200, f"(#2200) {why}") from error

    async def override_number(self, number_id: str, configuration: Part) -> None:
        """Send what concerns a number's messages to another address; without one, no longer."""
        url = configuration.optional_text("override_callback_uri")
        if url:
            await self.agree(url, configuration.text("verify_token"))
            self.overrides[number_id] = url
        else:
            self.overrides.pop(number_id, None)

    def addresses(self, number_id: str) -> JsonObject | None:
        """Return the addresses that are set for a number, as Graph shows them; None when none is."""
        found = {
            "phone_number": self.overrides.get(number_id),
            "whatsapp_business_account": self.override,
            "application": self.webhook_url,
        }
        return {level: url for level, url in found.items() if url} or None

    def put(self, update: Update) -> asyncio.Future[Outcome]:
        """Send an update, alone or in a batch. Return a future for the outcome of the first attempt."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        if not self.subscribed:
            future.set_result(Outcome(error="no app is subscribed: POST /{waba-id}/subscribed_apps first"))
            return future
        if "messages" not in self.fields:
            future.set_result(Outcome(error="the app gets no messages: POST /{app-id}/subscriptions first"))
            return future
        if self._open:
            self._open.updates.append(update)
            self._open.waiting.append(future)
            return future
        parcel = Parcel(updates=[update], waiting=[future])
        fault = self._faults.strike(("webhook",))
        if "batch_seconds" in fault or fault.get("disorder"):
            self._open = parcel
            self._spawn(parcel, self._collect(parcel, fault))
        else:
            self._spawn(parcel, self._deliver(parcel, fault.get("duplicate", 0)))
        return future

    def announce(self, field: str, value: JsonObject) -> None:
        """Send an event of the account, which is no message and no status. It goes to the app's address."""
        self.report(account_event(self._settings.waba_id, self._clock.now(), field, value), field)

    def report(self, event: JsonObject, field: str) -> None:
        """Send a webhook that has neither a message nor a status, if the app has subscribed its field."""
        if self.subscribed and field in self.fields:
            self._background.spawn(self._attempts(encode(event), Parcel(), number=None))

    def _spawn(self, parcel: Parcel, work: Coroutine[None, None, None]) -> None:
        task = self._background.spawn(work)
        task.add_done_callback(lambda _: parcel.settle(Outcome(error="the simulator was reset")))

    async def _collect(self, parcel: Parcel, fault: JsonObject) -> None:
        await asyncio.sleep(fault.get("batch_seconds", DISORDER_SECONDS))
        self._open = None
        ordered = parcel.reversed() if fault.get("disorder") else parcel
        size = UPDATES_PER_WEBHOOK if "batch_seconds" in fault else 1
        for one in ordered.split(size):
            await self._deliver(one, fault.get("duplicate", 0))

    async def _deliver(self, parcel: Parcel, duplicates: int) -> None:
        """Post a parcel until the webhook accepts it. A number with an address of its own gets its part."""
        parts: dict[str, Parcel] = {}
        for update, future in zip(parcel.updates, parcel.waiting, strict=True):
            own = update.phone_number_id if update.phone_number_id in self.overrides else ""
            one = parts.setdefault(own, Parcel())
            one.updates.append(update)
            one.waiting.append(future)
        for own, one in parts.items():
            await self._deliver_to(own, one, duplicates)

    async def _deliver_to(self, number: str, parcel: Parcel, duplicates: int) -> None:
        """Post a parcel to one address. Callers wait for the first attempt only."""
        raw = encode(body_of(parcel.updates, self._settings))
        for _ in range(duplicates):
            self._background.spawn(self._attempts(raw, Parcel(), number=number))
        first = await self.post(raw, signatures(self.app_secret, raw), number=number)
        parcel.settle(first)
        if first.status == 200:
            _mark_delivered(parcel)
        else:  # also before the webhook is registered: after a restart our stack sends what had waited
            self._background.spawn(self._attempts(raw, parcel, number=number, after=1))

    async def _attempts(self, raw: bytes, parcel: Parcel, *, number: str | None, after: int = 0) -> None:
        """Make further attempts: the first one at once, as Meta does, then with doubling pauses."""
        wait = 0.0
        for attempt in range(after + 1, self._settings.retry_attempts + 1):
            await asyncio.sleep(wait)
            signed = signatures(self.app_secret, raw)
            if (await self.post(raw, signed, attempt, number=number)).status == 200:
                _mark_delivered(parcel)
                return
            wait = max(2 * wait, self._settings.retry_first_seconds)
            wait = min(wait, self._settings.retry_max_seconds)

    async def post(
        self,
        raw: bytes,
        signed: Mapping[str, str] | Mapping[bytes, bytes],
        attempt: int = 1,
        *,
        number: str | None = "",
    ) -> Outcome:
        """Make one attempt and record it in `received`. With None it goes to the app's address."""
        outcome = await self._post(raw, signed, self._address(number))
        self.received.append(
            {
                "at": self._clock.now(),
                "attempt": attempt,
                **outcome.shown(),
                "body": raw.decode("utf-8", "replace"),
            }
        )
        return outcome

    def _address(self, number: str | None) -> str | None:
        """Return where the webhooks of a number go; with None those of the account."""
        if number is None:
            return self.webhook_url
        return self.overrides.get(number) or self.override or self.webhook_url

    def _done(self, post: asyncio.Task[httpx.Response]) -> None:
        self._posts.discard(post)
        if not post.cancelled():
            post.exception()  # whoever waited for it is gone

    async def _post(
        self, raw: bytes, signed: Mapping[str, str] | Mapping[bytes, bytes], url: str | None
    ) -> Outcome:
        if url is None:
            return Outcome(error="no webhook is registered: POST /sim/handshake first")
        headers = httpx.Headers(_HEADERS)
        headers.update(httpx.Headers(signed))
        # A request that is cancelled while it connects would leave its connection open: httpcore forgets it.
        post = asyncio.ensure_future(self._client.post(url, content=raw, headers=headers))
        self._posts.add(post)
        post.add_done_callback(self._done)
        try:
            answer = await asyncio.shield(post)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Outcome(error=_reason(error))
        return Outcome(status=answer.status_code)


def _mark_delivered(parcel: Parcel) -> None:
    for update in parcel.updates:
        if update.said and update.said.state == "sent":
            update.said.state = "delivered"


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")
