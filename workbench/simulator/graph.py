"""The Graph API: `POST /v{N}.0/{phone_number_id}/messages`."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from rejoinder.workbench.simulator import errors, jsontext, validation
from rejoinder.workbench.simulator.errors import GraphError
from rejoinder.workbench.simulator.faults import Faults
from rejoinder.workbench.simulator.jsontext import AsciiJson, JsonObject
from rejoinder.workbench.simulator.lifecycle import Lifecycle
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.records import Sent
from rejoinder.workbench.simulator.validation import Receipt

VERSIONS: Final = tuple(f"v{number}.0" for number in range(21, 27))
"""The versions that Meta supports. v20.0 expired on 2026-09-24, by
https://developers.facebook.com/docs/graph-api/changelog/versions."""

_HANG_SECONDS: Final = 30.0
"""How long a caller is kept waiting by the fault accept_no_answer, unless it says otherwise, in seconds."""


class Graph:
    """Answers message requests as Meta does, faults included."""

    def __init__(self, network: Network, faults: Faults, lifecycle: Lifecycle) -> None:
        self._network = network
        self._faults = faults
        self._lifecycle = lifecycle
        self._closing = asyncio.Event()

    async def messages(self, request: HttpRequest) -> Response:
        """Answer a message request. Errors are answered as Meta answers them."""
        try:
            return await self._answer(request)
        except GraphError as error:
            return error.response()

    async def nothing(self, request: HttpRequest) -> Response:
        """Answer a request to any other path with Graph's error."""
        version, _, rest = request.url.path.lstrip("/").partition("/")
        if version not in VERSIONS:
            return errors.unknown_version(rest or version).response()
        return errors.unknown_object(rest.partition("/")[0], request.method.lower()).response()

    async def _answer(self, request: HttpRequest) -> Response:
        phone_number_id = request.path_params["phone_number_id"]
        body = await _body(request)
        if request.path_params["version"] not in VERSIONS:
            raise errors.unknown_version(f"{phone_number_id}/messages")
        self._authenticate(request, body)
        if phone_number_id not in self._network.settings.phone_numbers:
            raise errors.unknown_object(phone_number_id)
        asked = validation.check(body, self._network.templates.values())
        if isinstance(asked, Receipt):
            self._network.read(phone_number_id, asked)
            return _ok({"success": True})
        return await self._message(request, phone_number_id, asked, body)

    def release(self) -> None:
        """End the wait of every caller that is kept waiting."""
        self._closing.set()
        self._closing = asyncio.Event()

    def _authenticate(self, request: HttpRequest, body: JsonObject) -> None:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = bearer.strip() if scheme.lower() in ("bearer", "oauth") else ""
        token = token or request.query_params.get("access_token", "") or str(body.pop("access_token", ""))
        if not token:
            raise errors.no_token()
        if token not in self._network.settings.access_tokens:
            raise errors.coded(190)

    async def _message(
        self, request: HttpRequest, phone_number_id: str, asked: validation.Request, body: JsonObject
    ) -> Response:
        contact = self._network.whom(phone_number_id, asked)
        fault = self._faults.strike(("error", "http", "accept_no_answer"), contact)
        if fault and fault["kind"] != "accept_no_answer" and not fault.get("accepted"):
            return _struck(fault)
        sent = self._network.accept(phone_number_id, asked, contact, body)
        await self._lifecycle.begin(sent)
        if fault.get("kind") == "accept_no_answer":
            return await self._hang_up(request, fault.get("hang_seconds", _HANG_SECONDS))
        return _struck(fault) if fault else _accepted(sent)

    async def _hang_up(self, request: HttpRequest, seconds: float) -> Response:
        """Keep the caller waiting, then close the connection without an answer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
        if transport := request.scope.get("simulator.transport"):
            transport.abort()
        # Let the event loop run once, so that the server knows the connection is lost before it answers.
        await asyncio.sleep(0)
        return Response(status_code=500)


def _accepted(sent: Sent) -> Response:
    asked = next(iter(sent.address.values()))
    if "recipient" in sent.address:
        contact = {"input": asked, "user_id": asked}
    else:
        wa_id = sent.contact.wa_id if sent.contact else "".join(c for c in asked if c.isdecimal())
        contact = {"input": asked, "wa_id": wa_id}
    message = {"id": sent.id}
    if sent.category != "service":
        message["message_status"] = "accepted"
    return _ok({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})


def _ok(content: JsonObject) -> Response:
    return AsciiJson(content, headers={"x-fb-trace-id": errors.trace_id()})


def _struck(fault: JsonObject) -> Response:
    if fault["kind"] == "error":
        return errors.coded(fault["code"], fault.get("details", ""), status=fault.get("status")).response()
    # The servers in front of Graph answer in HTML when they fail.
    page = "<html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>"
    return Response(page, fault["status"], media_type="text/html")


async def _body(request: HttpRequest) -> JsonObject:
    """Return the parameters of a request. There are none if the body cannot be read, as with Graph."""
    raw = await request.body()
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return _form(raw)
    try:
        body = jsontext.parse(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _form(raw: bytes) -> JsonObject:
    pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
    return {key: _value(text) for key, text in pairs}


def _value(text: str) -> object:
    """Return a form value. Objects and lists come as JSON, everything else is a string."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return jsontext.parse(text)
    except ValueError:
        return text
