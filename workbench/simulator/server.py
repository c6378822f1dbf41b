"""The simulator as a server in a thread, for tests and for the local stack."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from types import TracebackType
from typing import Final, Self

import httpx
import uvicorn

from rejoinder.workbench.simulator.app import SimulatorApp, create_app
from rejoinder.workbench.simulator.media import MediaShelf
from rejoinder.workbench.simulator.settings import Settings

_START_SECONDS: Final = 10.0
_STOP_SECONDS: Final = 10.0


class HandshakeError(Exception):
    """The webhook did not answer the GET handshake as it should. The text says what it answered."""


class _Server(uvicorn.Server):
    """A server that remembers its event loop, so that another thread can end the work in it."""

    loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)


class Simulator:
    """A simulator on 127.0.0.1. Use it as a context manager, or call `start` and `stop`.

    Port 0 means a free one. Every start begins with an empty network. `localhost` leads here, too.
    """

    def __init__(self, settings: Settings | None = None, *, port: int = 0) -> None:
        self._settings = settings or Settings()
        self._port = port
        self._app: SimulatorApp | None = None
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    def start(self) -> str:
        """Start to serve, and return the base URL; OSError if the port is in use."""
        listeners = _listen(self._port)
        self._app = create_app(self._settings)
        self._server = _Server(_config(self._app))
        self._thread = threading.Thread(
            target=self._server.run, args=(listeners,), name="simulator", daemon=True
        )
        self._thread.start()
        self._wait_until_started(self._server)
        self.url = f"http://127.0.0.1:{listeners[0].getsockname()[1]}"
        return self.url

    def stop(self) -> None:
        """End the server and its work under way. Do nothing if it does not run."""
        if self._server is None or self._thread is None or self._app is None:
            return
        if self._server.loop and self._thread.is_alive():
            released = asyncio.run_coroutine_threadsafe(self._app.release(), self._server.loop)
            released.result(_STOP_SECONDS)
        self._server.should_exit = True
        self._thread.join(_STOP_SECONDS)
        self._server = self._thread = self._app = None

    @property
    def shelf(self) -> MediaShelf:
        """The files on the network. Only while it runs."""
        if self._app is None:
            raise RuntimeError("the simulator does not run")
        return self._app.shelf

    def register_webhook(self, url: str) -> None:
        """Subscribe a webhook by the GET handshake; HandshakeError if its answer is wrong."""
        answer = httpx.post(
            f"{self.url}/sim/handshake",
            json={"webhook_url": url},
            timeout=self._settings.webhook_timeout_seconds + 5,
            trust_env=False,
        )
        if answer.status_code != 200:
            raise HandshakeError(answer.json()["error"])

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_until_started(self, server: uvicorn.Server) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not server.started:
            if self._thread is None or not self._thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the simulator did not start")
            time.sleep(0.005)


def _listen(port: int) -> list[socket.socket]:
    """Return what listens on 127.0.0.1, and on ::1 where that can be had: `localhost` may be either."""
    first = _bound(socket.AF_INET, "127.0.0.1", port)
    try:
        return [first, _bound(socket.AF_INET6, "::1", first.getsockname()[1])]
    except OSError:
        return [first]


def _bound(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    # asyncio sets TCP_NODELAY only if the protocol is named. Else every answer waits 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _config(app: SimulatorApp) -> uvicorn.Config:
    # h11, because the fault accept_no_answer closes its transport. The two seconds are for requests that are
    # under way when the server stops.
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        loop="asyncio",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
