"""Connections that are opened before they are needed, to servers with TLS on this machine."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

import pytest
import trustme
from botocore.awsrequest import AWSHTTPSConnectionPool
from urllib3 import HTTPSConnectionPool, PoolManager

from rejoinder.channels.whatsapp import client
from rejoinder.channels.whatsapp.client import GraphClient
from rejoinder.model.people import Account
from rejoinder.tls import open_connection

CA = trustme.CA()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(autouse=True)
def _in_lambda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001")


@contextmanager
def server(serve: Callable[[ssl.SSLSocket], None]) -> Iterator[tuple[str, list[str | None]]]:
    """Run a server, whose connections `serve` serves. Yield its address and the TLS version of each."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("localhost").configure_cert(context)
    versions: list[str | None] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                plain, _ = listening.accept()
                Thread(target=talk, args=(plain,), daemon=True).start()

    def talk(plain: socket.socket) -> None:
        with suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as connection:
            versions.append(connection.version())
            serve(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=accept, daemon=True).start()
        yield f"https://localhost:{listening.getsockname()[1]}", versions


@contextmanager
def pools(pool: type[HTTPSConnectionPool]) -> Iterator[PoolManager]:
    context = ssl.create_default_context()
    CA.configure_trust(context)
    with PoolManager(ssl_context=context, retries=False, timeout=5) as made:
        made.pool_classes_by_scheme = {"https": pool}
        yield made


def answer_all(connection: ssl.SSLSocket) -> None:
    while connection.recv(65536):
        connection.sendall(ANSWER)


@pytest.mark.parametrize("pool", [HTTPSConnectionPool, AWSHTTPSConnectionPool])
def test_a_connection_that_was_opened_before_is_used_although_tickets_came(pool: Any) -> None:
    with server(answer_all) as (url, versions), pools(pool) as made:
        open_connection(made, url)
        time.sleep(0.1)  # the tickets come
        for _ in range(2):
            assert made.request("GET", url).status == 200
        assert versions == ["TLSv1.3"]


def test_a_connection_that_the_server_closed_meanwhile_is_not_used() -> None:
    closed = Event()

    def close_the_first(connection: ssl.SSLSocket) -> None:
        if closed.is_set():
            answer_all(connection)
        closed.set()

    with server(close_the_first) as (url, versions), pools(HTTPSConnectionPool) as made:
        open_connection(made, url)
        assert closed.wait(5)
        time.sleep(0.1)
        assert made.request("GET", url).status == 200
        assert len(versions) == 2


def test_a_network_that_does_not_answer_does_not_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CONNECT_SECONDS", 0.2)
    secrets: Any = type("Secret", (), {"read": lambda _: {}})()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # it takes the connection, and says nothing
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        graph = GraphClient(base_url=url, api_version="v25.0", secrets_of=lambda _account: secrets)
        opening = Thread(target=graph.open, args=(Account(channel="whatsapp", id=""),), daemon=True)
        opening.start()
        opening.join(5)
        assert not opening.is_alive()
