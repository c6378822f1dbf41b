"""The Graph API: leads each request to what answers it, and answers those for messages."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from typing import Final

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from rejoinder.workbench.simulator import access, errors, validation
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.endpoints import MARKETING, MESSAGES, WITH_IDS, Endpoints
from rejoinder.workbench.simulator.errors import GraphError
from rejoinder.workbench.simulator.faults import Faults
from rejoinder.workbench.simulator.jsontext import AsciiJson, JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.records import Sent
from rejoinder.workbench.simulator.references import why_doomed
from rejoinder.workbench.simulator.review import Review
from rejoinder.workbench.simulator.simulated import ENDPOINTS, named
from rejoinder.workbench.simulator.validation import Receipt

_log: Final = logging.getLogger("simulator")  # not below `rejoinder`, which is what runs in Lambda

POLICIES: Final = ("CLOUD_API_FALLBACK", "STRICT")
"""What may happen to a marketing message that the API for them cannot send."""

_HANG_SECONDS: Final = 30.0
"""How long a caller is kept waiting by the fault accept_no_answer, unless it says otherwise, in seconds."""


class Graph:
    """Answers requests as Meta does; those for messages with the planted faults."""

    def __init__(self, network: Network, faults: Faults, review: Review, endpoints: Endpoints) -> None:
        self._network = network
        self._faults = faults
        self._review = review
        self._endpoints = endpoints
        self._closing = asyncio.Event()

    async def answer(self, request: HttpRequest) -> Response:
        """Answer a request. Errors are answered as Meta answers them."""
        try:
            call = await access.admitted(request, self._network.settings, self._network.health)
            self._review.settle()
            response = await self._answer(call)
        except GraphError as error:
            response = error.response()
        finally:
            await request.close()  # the files of a form
        if version := getattr(request.state, "version", None):
            response.headers["facebook-api-version"] = version
        return response

    async def _answer(self, call: Call) -> Response:
        kind = self._endpoints.kind_of(call.node)
        if kind is None:
            raise _unknown(call)
        what = "/".join([f"{call.request.method} /{kind}", *call.rest])
        if len(call.rest) > 1 and what not in self._endpoints.answers:
            if call.edge not in WITH_IDS:
                raise errors.unknown_path("/".join(call.rest))
            what = f"{call.request.method} /{kind}/{call.edge}"
        if what == MESSAGES:
            return await self._messages(call)
        if what == MARKETING:
            return await self._marketing(call)
        answer = self._endpoints.answers.get(what)
        if answer is None:
            raise _lacking(call, what)
        answered = await answer(call)
        return answered if isinstance(answered, Response) else _ok(answered)

    async def _messages(self, call: Call) -> Response:
        asked = validation.check(call.body, self._network.templates.values())
        if isinstance(asked, Receipt):
            self._network.read(call.node, asked)
            return _ok({"success": True})
        template = asked.content.template
        if template and template.category == "MARKETING" and self._network.business.no_marketing:
            raise errors.coded(131063)
        return await self._message(call, asked)

    def settle(self) -> None:
        """Do with the templates what the clock has brought."""
        self._review.settle()

    def reset(self) -> None:
        """Forget the messages that wait for the quality of their template."""
        self._review.reset()

    def release(self) -> None:
        """End the wait of every caller that is kept waiting."""
        self._closing.set()
        self._closing = asyncio.Event()

    async def _marketing(self, call: Call) -> Response:
        """Answer a request of the API for marketing messages, which takes templates of marketing only.

        https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages/send-marketing-messages
        """
        part = Part(call.body)
        if part.optional_text("type") != "template":
            raise errors.coded(100, "Message must be a template message.")
        policy = part.optional_text("product_policy")
        if policy not in (None, *POLICIES):
            raise errors.not_one_of("product_policy", POLICIES, policy)
        asked = validation.check(call.body, self._network.templates.values())
        template = asked.content.template if isinstance(asked, validation.Request) else None
        if not isinstance(asked, validation.Request) or template is None or template.category != "MARKETING":
            raise errors.coded(131055, "Only marketing template messages are supported")
        return await self._message(call, asked, "marketing_lite")

    async def _message(self, call: Call, asked: validation.Request, category: str = "") -> Response:
        doom = why_doomed(call.body, self._network.shelf, call.node)
        contact = self._network.whom(call.node, asked)
        fault = self._faults.strike(("error", "http", "accept_no_answer"), contact)
        if fault and fault["kind"] != "accept_no_answer" and not fault.get("accepted"):
            return errors.struck(fault).response()
        sent = self._network.accept(call.node, asked, contact, call.body)
        if category and sent.price.category == "marketing":
            sent.price = replace(sent.price, category=category)
        if doom and sent.doomed is None:
            sent.doomed, sent.doom = 131053, doom
        await self._review.begin(sent)
        if fault.get("kind") == "accept_no_answer":
            return await self._hang_up(call.request, fault.get("hang_seconds", _HANG_SECONDS))
        return errors.struck(fault).response() if fault else _accepted(sent)

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
    if sent.template:
        message["message_status"] = "held_for_quality_assessment" if sent.is_held else "accepted"
    return _ok({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})


def _ok(content: JsonObject) -> Response:
    return AsciiJson(content, headers={"x-fb-trace-id": errors.trace_id()})


def _unknown(call: Call) -> GraphError:
    """Return the error for an object that nobody has. Graph reads a long path as one of unknown parts."""
    if len(call.rest) > 1:
        return errors.unknown_path("/".join(call.rest))
    return errors.unknown_object(call.node, call.request.method.lower())


def _lacking(call: Call, what: str) -> GraphError:
    """Return the error for what an object does not do, and log what only the simulator lacks."""
    row = named(what)
    if row:
        _log.warning("the simulator lacks %s", what)
        return errors.lacking(what)
    if any(row.what.partition(" ")[2] == what.partition(" ")[2] for row in ENDPOINTS):
        return errors.unknown_object(call.node, call.request.method.lower())
    _log.warning("the simulator does not know %s, and Meta may", what)
    return errors.unknown_path("/".join(call.rest))
