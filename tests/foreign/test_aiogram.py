"""aiogram, unmodified and as its users write it, against the simulated Telegram: by polling and a webhook."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from rejoinder.workbench import development
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from tests.foreign.installed import python_command
from tests.foreign.running import PNG, SECONDS

ADA = 1111111
FAST = Settings(telegram_chat_burst=1000, telegram_per_second=1000)
REFUSED = {
    "too long": {"error": "TelegramBadRequest", "words": "Bad Request: message is too long"},
    "wrong markup": {
        "error": "TelegramBadRequest",
        "words": "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    },
    "wrong button": {"error": "TelegramBadRequest", "words": "Bad Request: BUTTON_DATA_INVALID"},
    "unknown chat": {"error": "TelegramBadRequest", "words": "Bad Request: chat not found"},
    "old tap": {
        "error": "TelegramBadRequest",
        "words": "Bad Request: query is too old and response timeout expired or query ID is invalid",
    },
}


class Aiogram:
    """aiogram in a process of its own, and its simulator."""

    def __init__(self, simulator: Simulator, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._url = simulator.url
        threading.Thread(target=self._read, daemon=True).start()

    def begin(self) -> str:
        """Wait until aiogram listens. Return where."""
        return str(self.told("listening")["listening"])

    def end(self) -> None:
        """Let aiogram listen in the next way."""
        self._write("next")

    def lines(self, direction: str) -> list[Any]:
        """Return what Ada's phone shows of one side."""
        query = {"channel": "telegram", "contact": str(ADA)}
        shown = httpx.get(f"{self._url}/sim/transcript", params=query, trust_env=False).json()
        return [line for line in shown if line["direction"] == direction and line["kind"] != "tap"]

    def order(self, path: str, **order: Any) -> Any:
        body = {"channel": "telegram", **order}
        answer = httpx.post(f"{self._url}/sim/{path}", json=body, trust_env=False, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def say(self, **order: Any) -> dict[str, Any]:
        """Let Ada do something. Return what aiogram told of it."""
        self.order("say", **{"from": str(ADA), **order})
        return self.told("received")

    def send(self, name: str) -> dict[str, dict[str, Any]]:
        """Let aiogram send something, or everything. Return what came of it, by name."""
        self._write(name)
        outcomes: dict[str, dict[str, Any]] = {}
        while "done" not in (line := self._lines.get(timeout=SECONDS)):
            outcomes[line.pop("sent")] = line
        return outcomes

    def told(self, key: str) -> dict[str, Any]:
        line = self._lines.get(timeout=SECONDS)
        assert key in line, (line, self._process.poll())
        return line

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(json.loads(line))
        self._lines.put({})


@contextmanager
def client(driver: str) -> Iterator[Aiogram]:
    """Run a driver, which tells and obeys as the one of aiogram does."""
    with Simulator(FAST) as simulator:
        group, moved = (_group(simulator, kind) for kind in ("supergroup", "group"))
        order = {"channel": "telegram", "do": "migrate"}
        new = httpx.post(f"{simulator.url}/sim/chats/{moved}", json=order, trust_env=False).json()
        assert new["id"] != moved
        plan = {
            "url": simulator.url,
            "token": development.TELEGRAM_BOT_TOKEN,
            "secret": development.TELEGRAM_SECRET_TOKEN,
            "contact": ADA,
            "group": group,
            "moved": moved,
            "png": PNG.hex(),
        }
        environment = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
        process = subprocess.Popen(
            python_command(driver),
            env=environment | {"FOREIGN_PLAN": json.dumps(plan)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        with process, process.stdin:
            yield Aiogram(simulator, process)
        assert process.returncode == 0


def _group(simulator: Simulator, kind: str) -> int:
    order = {"channel": "telegram", "type": kind, "title": "Friends", "members": [str(ADA)]}
    return int(httpx.post(f"{simulator.url}/sim/chats", json=order, trust_env=False).json()["id"])


@pytest.mark.slow
def test_unmodified_aiogram_hears_everything_and_sends_everything() -> None:
    with client("aiogram_client") as running:
        assert running.begin().startswith("http://127.0.0.1:")
        hear_everything(running)
        send_everything(running)
        running.end()
        assert running.begin() == "getUpdates"
        hear_everything(running)
        assert running.say(block=True)["received"] == "block"
        blocked = {"error": "TelegramForbiddenError", "words": "Forbidden: bot was blocked by the user"}
        assert running.send("text") == {"text": blocked}
        running.end()


def hear_everything(running: Aiogram) -> None:
    assert running.say(start="summer-2026")["words"] == "summer-2026"
    assert running.say(tap="Yes")["words"] == "yes"
    assert running.say(text="/phone")["words"] == "/phone"
    assert running.say(tap="My number")["received"] == "contact"
    for mime_type in ("image/png", "application/pdf", "audio/ogg"):
        file = {"data": b64encode(PNG).decode(), "mime_type": mime_type, "voice": True}
        assert running.say(file=file) == {"received": "file", "words": PNG.hex()}
    assert running.say(text="hello") == {"received": "text", "words": "hello", "quoted": None}
    first = next(line["id"] for line in running.lines("out") if line["text"] == "Thank you")
    assert running.say(text="yes", context={"id": first})["quoted"] == "Thank you"
    assert running.say(react={"id": first, "emoji": "👍"})["words"] == "👍"
    mine = running.lines("in")[-1]["id"]
    assert running.say(edit={"id": mine, "text": "no"}) == {"received": "edit", "words": "no"}
    assert running.say(message={"location": {"latitude": 52.5, "longitude": 13.4}})["words"] == "52.5"


def send_everything(
    running: Aiogram,
    refused: Mapping[str, Mapping[str, str]] = REFUSED,
    *,
    moved: str = "TelegramMigrateToChat",
    busy: str = "TelegramRetryAfter",
) -> None:
    outcomes = running.send("send")
    migrated = outcomes.pop("moved group")
    assert (migrated.pop("error"), set(migrated)) == (moved, {"chat"})
    assert {name: outcome for name, outcome in outcomes.items() if outcome} == refused
    running.order("faults", kind="error", code=429, retry_after=7)
    assert running.send("text") == {"text": {"error": busy, "seconds": 7}}
    poll = next(line["id"] for line in running.lines("out") if line["kind"] == "poll")
    assert running.say(vote={"id": poll, "options": [1]}) == {"received": "vote", "words": "[1]"}
