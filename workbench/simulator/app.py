"""The simulator as an ASGI application. All its parts are connected here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from rejoinder.workbench.simulator import guard, media
from rejoinder.workbench.simulator.background import Background
from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.control import ANY_METHOD, Control, refuse
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.desk import Desk
from rejoinder.workbench.simulator.endpoints import Endpoints
from rejoinder.workbench.simulator.faults import ControlError, Faults
from rejoinder.workbench.simulator.files import Files
from rejoinder.workbench.simulator.graph import Graph
from rejoinder.workbench.simulator.jsontext import AsciiJson
from rejoinder.workbench.simulator.lifecycle import Lifecycle
from rejoinder.workbench.simulator.links import Links
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.preview import Preview
from rejoinder.workbench.simulator.review import Review
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram.api import Telegram
from rejoinder.workbench.simulator.telegram.side import Side

_PAGE: Final = Path(__file__).with_name("page")
"""The folder of the page, with its style and its scripts."""

_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data: http: https:; media-src 'self' blob: http: https:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cache-control": "no-cache",
}
"""The page loads nothing from elsewhere but the pictures and films that a bot sends by their address."""


class SimulatorApp:
    """An ASGI application with one simulated network. `shelf` has the files on it."""

    def __init__(self, settings: Settings) -> None:
        clock, faults = Clock(), Faults()
        self._background = Background()
        self._courier = Courier(settings, clock, faults, self._background)
        network = Network(settings, clock)
        self.shelf = network.shelf
        self._links = Links(settings)
        lifecycle = Lifecycle(network, faults, self._courier, self._links, self._background)
        review = Review(network, self._courier, lifecycle, self._background)
        files = Files(network, faults)
        endpoints = Endpoints(network, self._courier, files, review)
        self._graph = Graph(network, faults, review, endpoints)
        self._telegram = Telegram(settings, clock, faults)
        self._side = Side(self._telegram, settings, clock, faults, self._background)
        control = Control(
            network, faults, self._courier, self._graph, endpoints.names, self._background, self._side
        )
        self._starlette = Starlette(
            routes=[
                Route("/", _page),
                Mount("/sim/page", StaticFiles(directory=_PAGE)),
                *Preview(_preview).routes(),
                *Desk(network, review, self._courier).routes(),
                *control.routes(),
                *self._telegram.routes(),
                Route(media.PATH, files.download),
                Route("/{path:path}", self._graph.answer, methods=ANY_METHOD),
            ],
            exception_handlers={ControlError: refuse},
            lifespan=self._lifespan,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                guard.check(scope)
            except guard.NotOurs as error:
                await AsciiJson({"error": str(error)}, error.status)(scope, receive, send)
                return
            self.shelf.port = scope["server"][1]
        # uvicorn's `send` is a method of the object that holds the connection; only the fault
        # accept_no_answer needs it, to close the connection without an answer.
        server = getattr(send, "__self__", None)
        scope["simulator.transport"] = getattr(server, "transport", None)
        await self._starlette(scope, receive, send)

    async def release(self) -> None:
        """End all work under way: statuses, retries, and callers that are kept waiting."""
        self._graph.release()
        self._telegram.release()
        self._side.updates.release()
        await self._background.cancel()

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        yield
        await self.release()
        await self._links.close()
        await self._courier.close()
        await self._side.updates.postman.close()


def create_app(settings: Settings | None = None) -> SimulatorApp:
    """Return a simulator with an empty network."""
    return SimulatorApp(settings or Settings())


async def _page(_: Request) -> Response:
    return FileResponse(_PAGE / "page.html", media_type="text/html; charset=utf-8", headers=_HEADERS)


async def _preview(_: Request) -> Response:
    return FileResponse(_PAGE / "preview.html", media_type="text/html; charset=utf-8", headers=_HEADERS)
