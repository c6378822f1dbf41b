"""The Bot API: leads each request of a bot to what answers it.

https://core.telegram.org/bots/api#making-requests: an answer is `{"ok": true, "result": …}`, or says why not.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.faults import Faults
from rejoinder.workbench.simulator.jsontext import AsciiJson, JsonObject
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram import call as calls
from rejoinder.workbench.simulator.telegram.about import About
from rejoinder.workbench.simulator.telegram.answers import Answers
from rejoinder.workbench.simulator.telegram.call import Call
from rejoinder.workbench.simulator.telegram.changing import Changing
from rejoinder.workbench.simulator.telegram.chats import Chats
from rejoinder.workbench.simulator.telegram.errors import Refusal, no_method, refused, title_of
from rejoinder.workbench.simulator.telegram.media import Media
from rejoinder.workbench.simulator.telegram.network import Network
from rejoinder.workbench.simulator.telegram.places import Places
from rejoinder.workbench.simulator.telegram.sending import Sending
from rejoinder.workbench.simulator.telegram.who import Bot

_TOKEN: Final = re.compile(r"\d{1,20}:[\w-]{1,100}", re.ASCII)
_HANG_SECONDS: Final = 30.0
"""How long a caller is kept waiting by the fault accept_no_answer, unless it says otherwise, in seconds."""

_FOR_MESSAGES: Final = ("error", "http", "accept_no_answer")
"""The faults of messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a method returns, where it says more than its result."""

    result: object
    description: str


Method = Callable[[Call], Awaitable[object]]
"""A method. It returns its result, or `Done`; or it raises `Refusal`."""


class Telegram:
    """The simulated Telegram: its state in `network`, and its methods by their names in small letters."""

    def __init__(self, settings: Settings, clock: Clock, faults: Faults) -> None:
        self.network = Network(settings, clock)
        self._places = Places(self.network)
        sending = Sending(self.network, self._places, Media(settings))
        self.methods: dict[str, Method] = {
            **About(self.network).methods(),
            **Chats(self.network, self._places).methods(),
            **Answers(self.network).methods(),
            **sending.methods(),
            **Changing(self.network, self._places, sending).methods(),
        }
        self._faults = faults
        self._closing = asyncio.Event()

    def routes(self) -> list[Route]:
        """Return the routes of the Bot API."""
        both = ["GET", "POST"]
        return [
            Route("/file/bot{token}/{path:path}", self._file, methods=["GET"]),
            Route("/bot{token}/{method:path}", self._answer, methods=both),
        ]

    def reset(self) -> None:
        """Forget everything but the bots and their webhooks."""
        self.release()
        self.network.reset()
        self._places.reset()

    def release(self) -> None:
        """End the wait of every caller that is kept waiting."""
        self._closing.set()
        self._closing = asyncio.Event()

    async def carry_out(self, call: Call) -> Done:
        """Carry a call out. Raises Refusal."""
        method = self.methods.get(call.method)
        if method is None:
            raise no_method()
        result = await method(call)
        return result if isinstance(result, Done) else Done(result=result, description="")

    async def _answer(self, request: Request) -> Response:
        try:
            bot = self._bot(request)
            call = await calls.read(bot, request.path_params["method"], request)
            return await self._with_faults(call, request)
        except Refusal as refusal:
            return refusal.response()
        finally:
            await request.close()  # the files of a form

    async def _with_faults(self, call: Call, request: Request) -> Response:
        fault = self._faults.strike(_kinds(call), chat_id=call.text("chat_id"))
        await asyncio.sleep(fault.get("delay_seconds", 0))
        if fault and fault["kind"] != "accept_no_answer" and not fault.get("accepted"):
            return _struck(fault)
        done = await self.carry_out(call)
        if fault.get("kind") == "accept_no_answer":
            return await self._hang_up(request, fault.get("hang_seconds", _HANG_SECONDS))
        return _struck(fault) if fault else _ok(done)

    async def _hang_up(self, request: Request, seconds: float) -> Response:
        """Keep the caller waiting, then close the connection without an answer."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)
        if transport := request.scope.get("simulator.transport"):
            transport.abort()
        # Let the event loop run once, so that the server knows the connection is lost before it answers.
        await asyncio.sleep(0)
        return Response(status_code=500)

    async def _file(self, request: Request) -> Response:
        """Answer with the bytes behind a `file_path`."""
        try:
            bot = self._bot(request)
        except Refusal as refusal:
            return refusal.response()
        fault = self._faults.strike(("download",), chat_id="")
        await asyncio.sleep(fault.get("delay_seconds", 0))
        if "code" in fault or "status" in fault:
            return _struck(fault)
        file = self.network.shelf.at(request.path_params["path"], bot.id)
        if file is None:
            return Refusal(404, "Not Found").response()
        return Response(file.data, media_type="application/octet-stream")

    def _bot(self, request: Request) -> Bot:
        token = request.path_params["token"]
        if not _TOKEN.fullmatch(token):
            raise refused("invalid token specified", 401)
        bot = self.network.bots.get(token)
        if bot is None:
            raise refused("", 401)
        if not request.path_params.get("method", "-"):
            raise refused("", 404)
        return bot


def _kinds(call: Call) -> tuple[str, ...]:
    """Return the kinds of faults that may strike a call. Only what sends has those of messages."""
    if call.method == "getfile":
        return ("address",)
    if call.method == "sendchataction" or not call.method.startswith(
        ("send", "forward", "copy", "editmessaget")
    ):
        return ()
    return (*_FOR_MESSAGES, "upload") if call.uploads else _FOR_MESSAGES


def _struck(fault: JsonObject) -> Response:
    """Return the answer of a planted fault: that of its `code`, else a page of its HTTP `status`."""
    if "code" in fault:
        seconds = fault.get("retry_after")
        usual = f"retry after {seconds}" if seconds is not None else ""
        text = fault.get("details", usual)
        title = title_of(fault["code"])
        parameters = {} if seconds is None else {"retry_after": seconds}
        return Refusal(fault["code"], f"{title}: {text}" if text else title, parameters).response()
    status = fault["status"]
    title = f"{status} {title_of(status)}"
    return HTMLResponse(f"<html><head><title>{title}</title></head><body>{title}</body></html>", status)


def _ok(done: Done) -> Response:
    body: JsonObject = {"ok": True, "result": done.result}
    return AsciiJson({**body, "description": done.description} if done.description else body)
