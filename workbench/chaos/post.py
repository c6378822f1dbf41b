"""Posts what the contacts write to the webhook, as the network does."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx

from rejoinder.workbench.chaos import telegram
from rejoinder.workbench.chaos.plan import Contents, Update, as_taken, body_of


def handed_in(simulator_url: str, updates: Iterable[Update]) -> dict[str, dict[str, Any]]:
    """Give the network the files of contacts. Return what each message with one holds, by its update's id."""
    with httpx.Client(base_url=simulator_url, timeout=60, trust_env=False) as client:
        answers = {
            one.id: client.post("/sim/files", json=as_taken(one)).raise_for_status()
            for one in updates
            if one.sends_file
        }
    return {id: answer.json() for id, answer in answers.items()}


@dataclass(slots=True, kw_only=True)
class Post:
    """Posts the bodies to the webhook one after another, each until it is acknowledged, as Meta does.

    A body that was not acknowledged is posted again at once, and then with growing pauses. Meta would go on
    with other bodies meanwhile. Here they wait, so that the order of first receipt is known.
    """

    simulator_url: str
    """The address of the simulator, which posts the webhooks."""

    bodies: Sequence[Sequence[Update]]
    """The updates of each webhook."""

    contents: Contents
    """What the messages with files hold."""

    may_go_on: Callable[[int], bool]
    """Returns whether another webhook may be posted after so many acknowledged updates."""

    posts: int = 0
    """How many webhooks were posted, with repetitions."""

    acknowledged: int = 0
    """How many webhooks were acknowledged."""

    updates: set[str] = field(default_factory=set)
    """The ids of the acknowledged updates."""

    refusals: dict[str, int] = field(default_factory=dict)
    """How often each answer other than 200 came."""

    is_over: bool = False
    """Whether to stop at once."""

    def run(self) -> None:
        """Post all bodies."""
        with httpx.Client(base_url=self.simulator_url, timeout=60, trust_env=False) as client:
            for body in self.bodies:
                while not self.may_go_on(len(self.updates)) and not self.is_over:
                    time.sleep(0.1)
                self._post(client, body)
                self.updates |= {update.id for update in body}

    def _post(self, client: httpx.Client, body: Sequence[Update]) -> None:
        """Post what Meta packs together, and then each update of Telegram, which packs nothing."""
        ours = [update for update in body if update.channel == "whatsapp"]
        if ours:
            self._until_taken(lambda: client.post("/sim/deliver", json=body_of(ours, self.contents)))
        for update in body:
            if update.channel == "telegram":
                self._until_taken(partial(self._to_telegram, client, update))

    def _to_telegram(self, client: httpx.Client, update: Update) -> httpx.Response:
        body = telegram.body_of(update)
        return client.post("/sim/deliver", params={"channel": "telegram"}, json=body)

    def _until_taken(self, post: Callable[[], httpx.Response]) -> None:
        pause = 0.0
        while not self.is_over:
            self.posts += 1
            answer = post().json().get("status")
            if answer == 200:
                self.acknowledged += 1
                return
            what = str(answer or "no answer")
            self.refusals[what] = self.refusals.get(what, 0) + 1
            time.sleep(pause)
            pause = min(max(0.5, 2 * pause), 10.0)
