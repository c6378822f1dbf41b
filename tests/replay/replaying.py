"""Posts message requests to a simulator, and says what became of each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from rejoinder.workbench import development
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from tests.replay.account import FILES, files_in, template_for
from tests.replay.refusals import filled, reason_for
from tests.unit.simulator.kit import ADA, AS_JSON, NUMBER, TOKEN, Webhook

# So many requests go to one contact that the rates would refuse most of them. Nobody waits for the statuses.
SETTINGS = Settings(
    pair_burst=1_000_000,
    messages_per_second=1_000_000,
    sent_seconds=3600,
    delivered_seconds=3600,
    read_seconds=3600,
)


ENVELOPES = {"body", "json", "payload", "request"}
"""The keys under which others keep a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file."""

    file: Path

    verdict: str
    """`accepted`, `refused`, or `skipped` for what is no message request."""

    why: str = ""
    """The error, or why the file was skipped."""

    reason: str | None = None
    """Why a refusal is right; None when no reason is known."""

    then: str = ""
    """What became of it with values for its placeholders, if it was rightly refused."""

    @property
    def is_wrong(self) -> bool:
        """Whether the simulator refused what Meta may take."""
        return self.verdict == "refused" and self.reason is None

    def line(self) -> str:
        """Return the line that a person reads."""
        right = f" (right: {self.reason}; with values: {self.then})" if self.reason else ""
        return f"{self.verdict:8} {self.file}{': ' if self.why else ''}{self.why}{right}"


class Replay:
    """One simulator, to which files are posted."""

    def __init__(self) -> None:
        self._simulator = Simulator(SETTINGS)
        self._webhook = Webhook()
        self._http = httpx.Client(trust_env=False, timeout=30)

    def __enter__(self) -> Self:
        self._simulator.start()
        self._simulator.register_webhook(self._webhook.url)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()
        self._simulator.stop()
        self._webhook.close()

    def folder(self, folder: Path) -> Iterator[Outcome]:
        """Post every JSON file of a folder and of the folders in it."""
        for file in sorted(folder.rglob("*.json")):
            yield from self.file(file)

    def file(self, file: Path) -> Iterator[Outcome]:
        """Post one file. It has one request, a list of them, or one in an envelope."""
        try:
            raw = file.read_bytes()
            value = json.loads(raw)
        except (OSError, ValueError, RecursionError) as error:
            yield Outcome(file=file, verdict="skipped", why=f"not readable as JSON ({type(error).__name__})")
            return
        bodies = list(_requests(value))
        if not bodies:
            yield Outcome(file=file, verdict="skipped", why="not a message request")
        for body in bodies:
            yield self._outcome(file, raw if body is value else None, body)

    def _outcome(self, file: Path, raw: bytes | None, body: dict[str, Any]) -> Outcome:
        try:
            raw = json.dumps(body).encode() if raw is None else raw
        except RecursionError:
            return Outcome(file=file, verdict="skipped", why="nested too deeply")
        words = self._post(raw, body)
        if words is None:
            return Outcome(file=file, verdict="accepted")
        reason = reason_for(body, words)
        then = self._filled(body) if reason else ""
        return Outcome(file=file, verdict="refused", why=words, reason=reason, then=then)

    def _filled(self, body: dict[str, Any]) -> str:
        """Post a body with values for its placeholders."""
        try:
            whole = filled(body)
            words = self._post(json.dumps(whole).encode(), whole)
        except RecursionError:
            return "nested too deeply"
        return "accepted" if words is None else words

    def _post(self, raw: bytes, body: dict[str, Any]) -> str | None:
        """Post a message request. Return the error in words, or None when it is accepted."""
        self._prepare(body)
        answer = self._http.post(f"{self._simulator.url}/v25.0/{NUMBER}/messages", content=raw, headers=TOKEN)
        return None if answer.status_code == 200 else _words(answer.json()["error"])

    def _prepare(self, body: dict[str, Any]) -> None:
        """Make what the request speaks of: files, a template, the message that was read."""
        for kind, media_id in files_in(body):
            self._simulator.shelf.add(b"file", FILES[kind], media_id=media_id)
        if template := template_for(body):
            self._control("templates", json.dumps(template).encode())
        if "status" in body and isinstance(body.get("message_id"), str):
            self._control("deliver", written(body["message_id"]))

    def _control(self, path: str, order: bytes) -> None:
        # What cannot be prepared is refused by the request itself.
        self._http.post(f"{self._simulator.url}/sim/{path}", content=order, headers=AS_JSON)


def _requests(value: object) -> Iterator[dict[str, Any]]:
    """Yield the message requests of a file."""
    if isinstance(value, list):
        for one in value:
            yield from _requests(one) if isinstance(one, dict) else ()
    elif isinstance(value, dict) and _is_request(value):
        yield value
    elif isinstance(value, dict):
        for key in ENVELOPES & value.keys():
            inner = value[key]
            if isinstance(inner, dict) and _is_request(inner):
                yield inner


def _is_request(body: dict[str, Any]) -> bool:
    """Whether a body asks for a message or a receipt. Requests about calls have an `action`."""
    addressed = bool(body.keys() & {"to", "recipient"})
    return (addressed or {"status", "message_id"} <= body.keys()) and "action" not in body


def _words(error: dict[str, Any]) -> str:
    details = error.get("error_data", {}).get("details", "")
    return f"{error['message']}{': ' if details else ''}{details}"


def written(message_id: str) -> bytes:
    """Return the webhook of a message from a contact."""
    number = {"display_phone_number": development.DISPLAY_PHONE_NUMBER, "phone_number_id": NUMBER}
    message: dict[str, Any] = {
        "from": ADA,
        "id": message_id,
        "timestamp": "0",
        "type": "text",
        "text": {"body": "Hi"},
    }
    contact = {"profile": {"name": "Ada"}, "wa_id": ADA, "user_id": "DE.1"}
    message["from_user_id"] = contact["user_id"]
    value = {
        "messaging_product": "whatsapp",
        "metadata": number,
        "contacts": [contact],
        "messages": [message],
    }
    entry = {"id": development.WABA_ID, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
