"""Runs one foreign client against one simulator, and remembers what the client tells."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from rejoinder.workbench import development
from rejoinder.workbench.simulator.health import BUSINESS_ID
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from tests.replay.account import template_for
from tests.replay.replaying import written
from tests.unit.simulator.kit import ADA, NUMBER, SECOND_NUMBER, eventually

USER_ID = "DE.9876543210"
GROUP = "Y2FwaV9ncm91cDoxMjM0NTY3ODkw"
LINK = "https://clinic.example/file"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de")
FIRST = "wamid.first"
SETTINGS = Settings(
    pair_burst=1_000_000,
    messages_per_second=1_000_000,
    sent_seconds=0.01,
    delivered_seconds=0.02,
    read_seconds=0.03,
)
EXAMPLES = Path(__file__).parents[1] / "replay" / "examples"
SECONDS = 60.0
"""How long a client may be silent."""


class Running:
    """A client in a process of its own, and its simulator."""

    def __init__(self, command: list[str], settings: Settings = SETTINGS) -> None:
        self._command = command
        self.simulator = Simulator(settings)
        self.sent: dict[str, dict[str, Any]] = {}
        self.received: dict[str, list[dict[str, Any]]] = {}
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()

    def __enter__(self) -> Self:
        url = self.simulator.start()
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=30)
        environment = {name: value for name, value in os.environ.items() if "PYTHON" not in name}
        self._process = subprocess.Popen(
            self._command,
            env=environment | {"FOREIGN_PLAN": json.dumps(_plan(url))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.simulator.register_webhook(self._next("listening")["listening"])
        assert self._http.post("/sim/deliver", content=written(FIRST)).json() == {"status": 200}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._reader.join(SECONDS)
        self._process.wait(SECONDS)
        self._http.close()
        self.simulator.stop()

    def say(self, order: dict[str, Any]) -> str:
        """Let a contact say something. Return the id of the message."""
        answer = self._control("say", {"from": ADA, **order})
        assert answer["status"] == 200, (order, answer)
        return str(answer["id"])

    def send_everything(self) -> None:
        """Let the client send each kind of message that it can send."""
        assert self._process.stdin is not None
        self._process.stdin.write("send\n")
        self._process.stdin.flush()
        self._next("done")

    def approve(self, templates: list[dict[str, Any]]) -> None:
        """Give templates to the account: those of the examples, and these."""
        ours = [template_for(json.loads(file.read_bytes())) for file in EXAMPLES.glob("template_*.json")]
        sound = [one for one in ours if one and "<" not in one["name"]]
        self._control("templates", [*sound, *templates])

    def accepted(self) -> dict[str, Any]:
        """Return what the simulator accepted, by id."""
        return {one["id"]: one for one in self._http.get("/sim/sent").json()}

    def heard(self, message_id: str, count: int = 1) -> list[str]:
        """Wait until the client has told of a message, or of so many statuses of one. Return the types."""
        with contextlib.suppress(AssertionError):  # what it told until then says more
            eventually(lambda: len(self.received.get(message_id, [])) >= count)
        return [one["type"] for one in self.received.get(message_id, [])]

    def _control(self, path: str, order: Any) -> Any:
        answer = self._http.post(f"/sim/{path}", json=order)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                words = json.loads(line)
                if "received" in words:
                    self.received.setdefault(words["received"], []).append(words)
                elif "sent" in words:
                    self.sent[words["sent"]] = words
                else:
                    self._lines.put(words)
        self._lines.put({})

    def _next(self, key: str) -> dict[str, Any]:
        words = self._lines.get(timeout=SECONDS)
        assert key in words, f"the client ended with {self._process.poll()}"
        return words


def _plan(url: str) -> dict[str, Any]:
    return {
        "url": url,
        "token": development.ACCESS_TOKEN,
        "app_secret": development.APP_SECRET,
        "verify_token": development.VERIFY_TOKEN,
        "waba": development.WABA_ID,
        "app": development.APP_ID,
        "business": BUSINESS_ID,
        "number": NUMBER,
        "new_number": SECOND_NUMBER,
        "contact": ADA,
        "user_id": USER_ID,
        "group": GROUP,
        "link": LINK,
        "inbound": FIRST,
        "png": PNG.hex(),
    }
