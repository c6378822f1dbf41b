"""The Graph API over HTTP, with a server on this machine."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from rejoinder.channel_ports import Secrets
from rejoinder.channels.whatsapp import client
from rejoinder.channels.whatsapp.channel import CHANNEL
from rejoinder.channels.whatsapp.client import GraphClient
from rejoinder.errors import (
    OutcomeUnknown,
    RateLimited,
    Refused,
    Rejected,
    SendError,
    SettingsError,
    TokenInvalid,
)
from rejoinder.model.contents import Text
from rejoinder.model.people import Account, Contact

ACCOUNT = Account(channel="whatsapp", id="100000000000001")
ADA = Contact(id="US.7", user_id="US.7", phone="15550002001")
BEA = Contact(id="US.8", user_id="US.8")
ACCEPTED = {"messaging_product": "whatsapp", "contacts": [], "messages": [{"id": "wamid.OUT1"}]}


@dataclass
class Keychain:
    """A secret in memory. `read_again` returns the fresh token."""

    token: str = "first"
    fresh: str = "second"
    refetched: int = 0

    def read(self) -> Secrets:
        return {"access_token": self.token}

    def read_again(self) -> Secrets:
        self.refetched += 1
        return {"access_token": self.fresh}


@dataclass
class Answer:
    """An answer of the server: JSON or bytes, without the last `cut` bytes. If there is a `wait`, the server
    waits for it and hangs up without an answer.
    """

    status: int = 200
    body: object = field(default_factory=lambda: ACCEPTED)
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    wait: Event | None = None


@dataclass
class Graph:
    """A server on this machine that gives these answers, one for each request. The last answer repeats."""

    answers: list[Answer] = field(default_factory=lambda: [Answer()])
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    url: str = ""

    def answer(self) -> Answer:
        """Return the answer to the latest request."""
        return self.answers[min(len(self.requests), len(self.answers)) - 1]


def handler_of(graph: Graph) -> type[BaseHTTPRequestHandler]:
    """Return a handler that records the requests to `graph` and gives its answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            graph.requests.append((self.path, dict(self.headers), body))
            answer = graph.answer()
            if answer.wait:
                answer.wait.wait(5)  # nobody waits for the answer any more
            else:
                self._write(answer)

        def _write(self, answer: Answer) -> None:
            raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(raw)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw[: len(raw) - answer.cut])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            """Log nothing."""

    return Handler


@pytest.fixture
def graph() -> Iterator[Graph]:
    graph = Graph()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(graph))
    graph.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield graph
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Sender:
    """A client and its tokens."""

    client: GraphClient
    keychain: Keychain

    def send(self, contact: Contact = ADA) -> str:
        """Send a text."""
        return self.client.send(ACCOUNT, contact, Text(body="Hello"), "callback")

    def fail(self) -> SendError:
        """Send a text that is not accepted, and return the client's error."""
        with pytest.raises(SendError) as caught:
            self.send()
        return caught.value


@contextmanager
def connected(url: str) -> Iterator[Sender]:
    """Yield a client of the server at `url`."""
    keychain = Keychain()
    graph_client = GraphClient(base_url=url, api_version="v25.0", secrets_of=lambda _account: keychain)
    with closing(graph_client):
        yield Sender(graph_client, keychain)


@pytest.fixture
def sender(graph: Graph) -> Iterator[Sender]:
    with connected(graph.url + "/") as sender:
        yield sender


def refused(code: object, status: int = 400, **error: object) -> Answer:
    """Return an error answer as Meta writes it."""
    return Answer(status=status, body={"error": {"message": f"(#{code}) No", "code": code, **error}})


def test_an_accepted_message_gives_the_networks_id(graph: Graph, sender: Sender) -> None:
    assert sender.send() == "wamid.OUT1"
    ((path, headers, body),) = graph.requests
    assert path == "/v25.0/100000000000001/messages"
    assert headers["Authorization"] == "Bearer first"
    assert headers["Content-Type"] == "application/json"
    assert (body["to"], body["text"]["body"]) == ("+15550002001", "Hello")
    assert body["biz_opaque_callback_data"] == "callback"


def test_a_contact_without_number_is_addressed_as_recipient(graph: Graph, sender: Sender) -> None:
    sender.send(BEA)
    body = graph.requests[0][2]
    assert body["recipient"] == "US.8"
    assert "to" not in body


def test_a_message_is_marked_as_read(graph: Graph, sender: Sender) -> None:
    graph.answers = [Answer(body={"success": True})]
    sender.client.mark_read(ACCOUNT, "wamid.A1")
    ((path, _, body),) = graph.requests
    assert path == "/v25.0/100000000000001/messages"
    assert body == {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A1"}


def test_a_receipt_that_is_refused_is_an_error_too(graph: Graph, sender: Sender) -> None:
    graph.answers = [refused(131009)]
    with pytest.raises(Rejected):
        sender.client.mark_read(ACCOUNT, "wamid.A1")


def test_the_details_of_a_refusal_are_kept(graph: Graph, sender: Sender) -> None:
    data = {"messaging_product": "whatsapp", "details": "Button title length invalid. Max length: 20"}
    graph.answers = [refused(131009, error_data=data)]
    error = sender.fail()
    assert (error.code, error.details) == (131009, "Button title length invalid. Max length: 20")


def test_the_pause_that_meta_asks_for_arrives(graph: Graph, sender: Sender) -> None:
    graph.answers = [Answer(status=400, body=refused(130429).body, headers={"retry-after": "12"})]
    error = sender.fail()
    assert type(error) is RateLimited
    assert error.retry_after_seconds == 12.0
    assert len(graph.requests) == 1, "the queue waits, not we"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"[]",
        {},
        {"messages": []},
        {"messages": [{}]},
        {"messages": [{"id": None}]},
        {"success": 1},
    ],
    ids=repr,
)
def test_a_200_without_message_id_is_an_unknown_outcome(graph: Graph, sender: Sender, body: object) -> None:
    graph.answers = [Answer(body=body)]
    assert type(sender.fail()) is OutcomeUnknown


@pytest.mark.parametrize("status", [201, 202, 206])
def test_a_success_that_is_not_metas_200_is_an_unknown_outcome(
    graph: Graph, sender: Sender, status: int
) -> None:
    graph.answers = [Answer(status=status)]
    assert type(sender.fail()) is OutcomeUnknown


def test_html_from_a_gateway_in_between_is_an_unknown_outcome(graph: Graph, sender: Sender) -> None:
    graph.answers = [Answer(status=502, body=b"<html><h1>502 Bad Gateway</h1></html>")]
    error = sender.fail()
    assert type(error) is OutcomeUnknown
    assert (error.code, error.details) == (0, "HTTP 502 without an error body")


def test_a_redirect_is_not_followed(graph: Graph, sender: Sender) -> None:
    graph.answers = [Answer(status=307, body=b"", headers={"Location": f"{graph.url}/elsewhere"})]
    assert type(sender.fail()) is Refused
    assert [path for path, _, _ in graph.requests] == ["/v25.0/100000000000001/messages"]


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://graph.facebook.com", "yes"),
        ("http://127.0.0.1:8090", "yes"),
        ("http://localhost:8090", "yes"),
        ("http://[::1]:8090", "yes"),
        ("http://graph.facebook.com", "no"),
        ("HTTP://graph.facebook.com", "no"),
        ("http://localhost:8090@example.com", "no"),
        ("http://127.0.0.1.example.com", "no"),
        ("http://10.0.0.1", "no"),
    ],
)
def test_the_token_goes_out_by_tls_or_stays_on_this_machine(url: str, allowed: str) -> None:
    settings = {"GRAPH_BASE_URL": url, "GRAPH_API_VERSION": "v25.0"}
    if allowed == "yes":
        CHANNEL.connect(lambda _account: Keychain("token"), settings)
        return
    with pytest.raises(SettingsError, match=r"GRAPH_BASE_URL: .*https://"):
        CHANNEL.connect(lambda _account: Keychain("token"), settings)


def test_no_answer_in_time_is_an_unknown_outcome_and_not_repeated(
    graph: Graph, sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = Event()
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.05)
    graph.answers = [Answer(wait=over)]
    error = sender.fail()
    over.set()
    assert type(error) is OutcomeUnknown
    assert error.details == "no answer: ReadTimeoutError"
    assert len(graph.requests) == 1


def test_a_connection_cut_within_the_answer_is_an_unknown_outcome(graph: Graph, sender: Sender) -> None:
    graph.answers = [Answer(cut=10)]
    assert type(sender.fail()) is OutcomeUnknown
    assert len(graph.requests) == 1


def cut_before_an_answer(server: socket.socket) -> None:
    """Accept one request and hang up."""
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)


def answer_nonsense(server: socket.socket) -> None:
    """Accept one request, and send an answer that is not HTTP."""
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"220 mail.example ESMTP\r\n")


@pytest.mark.parametrize("behave", [cut_before_an_answer, answer_nonsense])
def test_a_request_that_left_and_got_no_answer_is_an_unknown_outcome(
    behave: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = Thread(target=behave, args=(server,))
        thread.start()
        with connected(f"http://127.0.0.1:{server.getsockname()[1]}") as sender:
            assert type(sender.fail()) is OutcomeUnknown
        thread.join()


def test_a_connection_that_is_refused_took_nothing_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as taken:  # it is bound, so nobody else listens there, but it does not listen itself
        taken.bind(("127.0.0.1", 0))
        with connected(f"http://127.0.0.1:{taken.getsockname()[1]}") as sender:
            error = sender.fail()
    assert type(error) is Refused
    assert error.details == "no connection to the Graph API"


def tokens(graph: Graph) -> list[str]:
    """Return the tokens of the requests."""
    return [headers["Authorization"].removeprefix("Bearer ") for _, headers, _ in graph.requests]


def test_a_token_that_is_not_accepted_is_refetched_once(graph: Graph, sender: Sender) -> None:
    graph.answers = [refused(190, 401), Answer()]
    assert sender.send() == "wamid.OUT1"
    assert tokens(graph) == ["first", "second"]
    assert graph.requests[0][2] == graph.requests[1][2]


def test_a_token_is_not_refetched_twice(graph: Graph, sender: Sender) -> None:
    graph.answers = [refused(190, 401)]
    assert type(sender.fail()) is TokenInvalid
    assert tokens(graph) == ["first", "second"]
    assert sender.keychain.refetched == 1


def test_a_token_that_is_still_the_same_is_not_tried_again(graph: Graph, sender: Sender) -> None:
    sender.keychain.fresh = "first"
    graph.answers = [refused(190, 401)]
    assert type(sender.fail()) is TokenInvalid
    assert tokens(graph) == ["first"]


@pytest.mark.parametrize("code", [10, 131031, 131047, 131000])
def test_what_does_not_concern_the_token_does_not_refetch_it(graph: Graph, sender: Sender, code: int) -> None:
    graph.answers = [refused(code)]
    sender.fail()
    assert (len(graph.requests), sender.keychain.refetched) == (1, 0)


@pytest.mark.parametrize(
    "token", ["first\n", "fi\rst", "prèmier", "\N{WAVING HAND SIGN}", "\ud83d"], ids=ascii
)
def test_a_token_that_fits_no_header_is_an_invalid_token(graph: Graph, sender: Sender, token: str) -> None:
    sender.keychain.token = sender.keychain.fresh = token
    error = sender.fail()
    assert type(error) is TokenInvalid
    assert token.strip() not in str(error)
    assert not graph.requests


def test_a_token_that_was_mended_is_used(graph: Graph, sender: Sender) -> None:
    sender.keychain.token = "first\n"
    assert sender.send() == "wamid.OUT1"
    assert tokens(graph) == ["second"]


def test_the_token_is_in_no_error(graph: Graph, sender: Sender) -> None:
    graph.answers = [refused(190, 401)]
    error = sender.fail()
    assert not any(token in repr(error) for token in ("first", "second"))


@dataclass
class NoKeychain(Keychain):
    """A secret store that cannot be reached."""

    def read(self) -> Secrets:
        raise SettingsError("the secret cannot be read")


@pytest.mark.parametrize("keychain", [NoKeychain(), Keychain(token="", fresh="")], ids=["none", "empty"])
def test_a_token_that_cannot_be_read_is_no_unknown_outcome(graph: Graph, keychain: Keychain) -> None:
    network = GraphClient(base_url=graph.url, api_version="v25.0", secrets_of=lambda _account: keychain)
    with pytest.raises(TokenInvalid):
        network.send(ACCOUNT, ADA, Text(body="hi"), "r1.s.k.o-1.1")
    assert graph.requests == []


def test_the_machines_proxies_and_netrc_do_not_touch_our_requests(
    graph: Graph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("default login x password y\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    network = GraphClient(base_url=graph.url, api_version="v25.0", secrets_of=lambda _account: Keychain())
    network.send(ACCOUNT, ADA, Text(body="hi"), "r1.s.k.o-1.1")
    assert graph.requests[0][1]["Authorization"] == "Bearer first"
