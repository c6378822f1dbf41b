"""Fetches the updates of a bot, and gives each to a webhook as Telegram would (`getUpdates`).

So a bot on this machine talks with real phones, and nobody on the internet reaches the machine.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.stack.ports import NO_TLS
from rejoinder.workbench.telegram.api import CONFLICT, BotApi, BotApiError, Json
from rejoinder.workbench.telegram.webhooks import UPDATES

POLL_SECONDS = 25
"""How long Telegram waits for an update before it answers that there is none, in seconds; up to 50."""

DELIVERY_SECONDS = 30.0
"""How long the webhook may take for one update, in seconds."""

PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""How long to wait after failures that follow one another, in seconds. The last one stays."""

STOP_SECONDS = 5.0
"""How long the end waits for an update that is on its way, in seconds."""


@dataclass(slots=True, kw_only=True)
class Poller:
    """The updates of one bot, on their way to one webhook. Use it as a context manager."""

    connect: Callable[[], BotApi]
    """Returns a client of the bot. It is closed at the end, which may come after that of the block."""

    url: str
    """The address of the webhook."""

    headers: dict[str, str]
    """What the webhook wants to see, such as the secret token."""

    tell: Callable[[str], None]
    """Shows one line."""

    poll_seconds: float = POLL_SECONDS
    pauses: tuple[float, ...] = PAUSES

    _stop: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _offset: int = field(default=0, init=False)
    _confirmed: int = field(default=0, init=False)
    _is_busy: bool = field(default=False, init=False)
    _failures: int = field(default=0, init=False)
    _told: str = field(default="", init=False)

    def __enter__(self) -> "Poller":
        # A request for updates may last as long as a poll. The process need not wait for it.
        self._thread = threading.Thread(target=self.run, name="telegram", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread:
            self._thread.join(STOP_SECONDS if self._is_busy else 0.1)

    def run(self) -> None:
        """Fetch updates and give them to the webhook, until the end."""
        with (
            self.connect() as api,
            httpx.Client(timeout=DELIVERY_SECONDS, verify=NO_TLS, trust_env=False) as webhook,
        ):
            while not self._stop.is_set():
                if not self._once(api, webhook):
                    return
            self._confirm(api)

    def _once(self, api: BotApi, webhook: httpx.Client) -> bool:
        """Fetch updates once and deliver them. Return whether to go on."""
        try:
            updates = self._fetch(api, self.poll_seconds)
        except BotApiError as error:
            return self._refused(error)
        except StackError as error:
            self._failed(f"{error}; trying again")
            return True
        self._mended()
        for update in updates:
            if not self._deliver(api, webhook, update):
                break
            self._offset = update["update_id"] + 1
        return True

    def _fetch(self, api: BotApi, seconds: float) -> list[Json]:
        """Ask for updates. The offset confirms those before it, so Telegram forgets them."""
        offset, self._is_busy = self._offset, False
        found: list[Json] = api.call(
            "getUpdates",
            seconds=seconds + 15,
            offset=offset,
            timeout=int(seconds),
            allowed_updates=list(UPDATES),
        )
        self._confirmed, self._is_busy = offset, True
        return found

    def _deliver(self, api: BotApi, webhook: httpx.Client, update: Json) -> bool:
        """Give an update to the webhook until it takes it. Return False when the end comes first."""
        while not self._stop.is_set():
            try:
                response = webhook.post(self.url, json=update, headers=self.headers)
            except httpx.HTTPError as error:
                self._failed(f"an update could not be delivered ({type(error).__name__}); trying again")
                continue
            if response.is_success:
                self._mended()
                self._carry_out(api, response)
                return True
            self._failed(f"the ingress refused an update (HTTP {response.status_code}); trying again")
        return False

    def _carry_out(self, api: BotApi, response: httpx.Response) -> None:
        """Call the method that the answer names. As with a webhook, nobody hears how that ended."""
        try:
            answer: Any = response.json()
        except ValueError:
            return
        if isinstance(answer, dict) and isinstance(method := answer.pop("method", None), str):
            try:
                api.call(method, **answer)
            except StackError as error:
                self._show(f"{method}: {error}")

    def _refused(self, error: BotApiError) -> bool:
        if error.is_unknown_token:
            self._show("Telegram does not know the token any more; no more messages come from there")
            return False
        if error.code == CONFLICT:
            self._failed(f"{self._conflict(error)}; trying again")
            return True
        self._failed(f"{error}; trying again", error.retry_after)
        return True

    def _confirm(self, api: BotApi) -> None:
        """Let Telegram forget what was delivered. Else it comes again, and is known by its id."""
        if self._offset != self._confirmed:
            with suppress(StackError):
                self._fetch(api, 0)

    def _conflict(self, error: BotApiError) -> str:
        if "webhook" in error.description.lower():  # one is there, or was set at this moment
            return (
                "somebody gave the bot a webhook, so no update can be fetched; a new start can take it away"
            )
        return "another program fetches the updates of this bot: stop it"

    def _failed(self, line: str, wait: float = 0.0) -> None:
        self._show(line)
        self._stop.wait(max(wait, self.pauses[min(self._failures, len(self.pauses) - 1)]))
        self._failures += 1

    def _mended(self) -> None:
        self._failures, self._told = 0, ""

    def _show(self, line: str) -> None:
        """Show a line, unless it is the one from before."""
        if line != self._told:
            self.tell(line)
        self._told = line
