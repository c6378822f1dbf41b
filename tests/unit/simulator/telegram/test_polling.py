"""How a bot asks for updates: `getUpdates`, what confirms, what is wanted, and who is in the way."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.unit.simulator.kit import eventually
from tests.unit.simulator.telegram.talking import ADA, BOB, Talking

ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class Poll(threading.Thread):
    """A long poll in a thread of its own."""

    def __init__(self, talking: Talking, **parameters: Any) -> None:
        super().__init__()
        self._talking, self._parameters = talking, parameters
        self.body: Any = None
        self.start()
        eventually(lambda: talking.see("bots")[0]["polled"])

    def run(self) -> None:
        self.body = self._talking.ask("getUpdates", timeout=5, **self._parameters).json()

    def result(self) -> Any:
        self.join(5)
        return self.body


def test_an_offset_confirms_and_a_negative_one_counts_from_the_end(talking: Talking) -> None:
    for words in ("one", "two", "three"):
        talking.say(text=words)
    updates = talking.call("getUpdates")
    assert [one["message"]["text"] for one in updates] == ["one", "two", "three"]
    assert talking.call("getUpdates") == updates
    assert talking.call("getUpdates", limit=1) == updates[:1]
    assert talking.call("getUpdates", offset=updates[1]["update_id"]) == updates[1:]
    assert talking.call("getUpdates", offset=-1) == updates[2:]
    assert talking.call("getUpdates") == updates[2:]
    assert talking.call("getUpdates", offset=updates[2]["update_id"] + 1) == []
    (line,) = [line for line in talking.see("transcript", contact=ADA) if line["text"] == "three"]
    assert line["status"] == "delivered"


def test_a_long_poll_is_answered_when_something_comes(talking: Talking) -> None:
    poll = Poll(talking)
    talking.say(text="now")
    assert [one["message"]["text"] for one in poll.result()["result"]] == ["now"]


def test_a_second_poller_ends_the_first_one(talking: Talking) -> None:
    first = Poll(talking)
    second = threading.Thread(target=lambda: talking.ask("getUpdates", timeout=5))
    second.start()
    assert (first.result()["error_code"], first.result()["description"]) == (409, OTHER)
    eventually(lambda: talking.see("bots")[0]["polled"])
    talking.say(text="for the second")
    second.join(5)


def test_a_webhook_and_a_poller_are_in_each_others_way(talking: Talking) -> None:
    poll = Poll(talking)
    talking.listen()
    assert poll.result()["description"] == "Conflict: terminated by setWebhook request"
    assert talking.refused("getUpdates") == (409, ACTIVE)


def test_allowed_updates_are_kept_until_others_are_named(talking: Talking) -> None:
    talking.call("getUpdates", allowed_updates=["callback_query", "unheard_of"])
    told = talking.say(text="not wanted")
    (line,) = talking.see("transcript", contact=ADA)
    assert told == {"id": line["id"], "status": None, "told": False}
    assert talking.call("getWebhookInfo")["allowed_updates"] == ["callback_query"]
    talking.call("setWebhook", url=talking.webhook.url)
    assert talking.call("getWebhookInfo")["allowed_updates"] == ["callback_query"]
    talking.call("deleteWebhook")
    talking.call("getUpdates", allowed_updates=[])
    talking.say(text="wanted")
    assert [one["message"]["text"] for one in talking.fetched()] == ["wanted"]


def test_reactions_come_only_to_who_names_them(talking: Talking) -> None:
    told = talking.say(text="like this")
    assert talking.say(react={"id": told["id"], "emoji": "👍"})["told"] is False
    talking.call("getUpdates", allowed_updates=["message", "message_reaction"])
    talking.say(react={"id": told["id"], "emoji": "🔥"})
    (_, update) = talking.fetched()
    reaction = update["message_reaction"]
    assert (reaction["old_reaction"], reaction["new_reaction"]) == (
        [{"type": "emoji", "emoji": "👍"}],
        [{"type": "emoji", "emoji": "🔥"}],
    )
    assert (reaction["chat"]["id"], reaction["user"]["id"]) == (int(ADA), int(ADA))


@pytest.mark.parametrize("token", ["8000000001:nobody", "no-token"])
def test_a_stranger_gets_no_updates(talking: Talking, token: str) -> None:
    talking.say(BOB, text="secret")
    answer = talking.http.post(f"/bot{token}/getUpdates")
    assert (answer.status_code, answer.json()["ok"]) == (401, False)
