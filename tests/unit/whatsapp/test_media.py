"""Files on the Graph API over HTTP, with a server on this machine."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Event, Thread
from typing import Any

import pytest
from werkzeug.formparser import parse_form_data

from rejoinder.channels.whatsapp import client, media
from rejoinder.channels.whatsapp.client import GraphClient
from rejoinder.channels.whatsapp.media import PIECE_BYTES
from rejoinder.errors import (
    Invalid,
    MediaGone,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SendError,
    TokenInvalid,
)
from rejoinder.file_ports import Uploaded
from rejoinder.model.files import File
from rejoinder.model.people import Account
from tests.unit.whatsapp.test_client import Keychain

ACCOUNT = Account(channel="whatsapp", id="100000000000001")
XRAY = bytes(range(256)) * 1024
SHA256 = hashlib.sha256(XRAY).hexdigest()
PDF = File(key="bot/x", name="r.pdf", mime_type="application/pdf", size=len(XRAY), sha256=SHA256)

NO_SUCH_ID = {
    "message": "Unsupported get request. Object with ID '7' does not exist, cannot be loaded due to missing "
    "permissions, or does not support this operation.",
    "type": "GraphMethodException",
    "code": 100,
    "error_subcode": 33,
}
BAD_TOKEN = {"message": "Invalid OAuth access token", "type": "OAuthException", "code": 190}
WRONG_TYPE = {"message": "(#100) Param file must be a file with one of the following types: …", "code": 100}


@dataclass(kw_only=True)
class Answer:
    """An answer: JSON or bytes. `told` is the length in its head, or none if it is negative.

    The server waits for `wait`, and then hangs up. It waits for `pause` after the first bytes.
    """

    body: object = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    told: int | None = None
    wait: Event | None = None
    pause: Event | None = None


@dataclass
class Meta:
    """A server on this machine with one answer for each request, in order. The last one repeats."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    forms: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: set[int] = field(default_factory=set)
    url: str = ""


def error(told: dict[str, Any], status: int = 400) -> Answer:
    return Answer(status=status, body={"error": told})


def read_form(handler: BaseHTTPRequestHandler, body: BytesIO) -> tuple[dict[str, str], bytes]:
    """Return the fields of a form, and the bytes of its file."""
    environ = {
        "wsgi.input": body,
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": handler.headers["Content-Type"],
        "CONTENT_LENGTH": handler.headers["Content-Length"],
    }
    _, fields, files = parse_form_data(environ)
    with closing(files["file"]) as file:
        return {**fields, "filename": file.filename or "", "mime_type": file.mimetype}, file.read()


def write(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    """Send an answer."""
    raw = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    told = len(raw) if answer.told is None else answer.told
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    if told >= 0:
        handler.send_header("Content-Length", str(told))
    handler.close_connection = told != len(raw)
    handler.end_headers()
    with suppress(ConnectionError):  # not everybody reads a file to its end
        handler.wfile.write(raw[:10])
        if answer.pause:
            answer.pause.wait(5)
        handler.wfile.write(raw[10:])


def handler_of(meta: Meta) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            authorization = self.headers["Authorization"].removeprefix("Bearer ")
            meta.asked.append((self.command, self.path, authorization))
            meta.connections.add(self.client_address[1])
            answer = meta.answers.pop(0) if len(meta.answers) > 1 else meta.answers[0]
            if answer.wait:
                answer.wait.wait(5)  # nobody waits for the answer any more
                self.close_connection = True
            else:
                write(self, answer)

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = BytesIO(self.rfile.read(length))
            if body.getbuffer().nbytes < length:
                self.close_connection = True
                return
            is_form = self.path.endswith("/media")
            meta.forms.append(read_form(self, body) if is_form else (json.load(body), b""))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            """Log nothing."""

    return Handler


class Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Write nothing: some tests hang up."""


@pytest.fixture
def meta() -> Iterator[Meta]:
    meta = Meta()
    server = Server(("127.0.0.1", 0), handler_of(meta))
    meta.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield meta
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def keychain() -> Keychain:
    return Keychain()


@pytest.fixture
def graph(meta: Meta, keychain: Keychain) -> Iterator[GraphClient]:
    made = GraphClient(base_url=meta.url, api_version="v25.0", secrets_of=lambda _account: keychain)
    with closing(made):
        yield made


def told(meta: Meta, **changed: object) -> Answer:
    """Return what Meta tells of a file."""
    facts = {"url": f"{meta.url}/file", "mime_type": "image/jpeg", "sha256": SHA256, "file_size": len(XRAY)}
    return Answer(body={"messaging_product": "whatsapp", "id": "7", **facts, **changed})


def fetched(graph: GraphClient) -> bytes:
    with graph.fetch(ACCOUNT, "7") as opened:
        return b"".join(iter(lambda: opened.read(PIECE_BYTES), b""))


def failed(graph: GraphClient) -> SendError:
    with pytest.raises(SendError) as caught:
        fetched(graph)
    return caught.value


# --- files of contacts --------------------------------------------------------------------------------------


def test_a_file_of_a_contact_comes_in_pieces_with_what_meta_tells_of_it(
    meta: Meta, graph: GraphClient
) -> None:
    meta.answers = [told(meta), Answer(body=XRAY)]
    with graph.fetch(ACCOUNT, "7") as opened:
        assert (opened.mime_type, opened.size, opened.sha256) == ("image/jpeg", len(XRAY), SHA256)
        pieces = list(iter(lambda: opened.read(1000), b""))
    assert max(map(len, pieces)) <= 1000
    assert b"".join(pieces) == XRAY
    assert meta.asked == [
        ("GET", "/v25.0/7", "first"),
        ("GET", "/file", "first"),
    ]


def test_the_address_is_asked_for_anew_each_time(meta: Meta, graph: GraphClient) -> None:
    meta.answers = [
        told(meta, url=f"{meta.url}/one"),
        Answer(body=XRAY),
        told(meta, url=f"{meta.url}/two"),
        Answer(body=XRAY),
    ]
    assert fetched(graph) == fetched(graph) == XRAY
    assert [path for _, path, _ in meta.asked if "v25.0" not in path] == ["/one", "/two"]
    assert len(meta.connections) == 1, "what was read to its end leaves its connection to the next"


def test_an_id_with_strange_signs_stays_one_part_of_the_path(meta: Meta, graph: GraphClient) -> None:
    meta.answers = [error(NO_SUCH_ID)]
    with pytest.raises(MediaGone), graph.fetch(ACCOUNT, "../7?x=1#"):
        pass
    assert meta.asked[0][1] == "/v25.0/..%2F7%3Fx%3D1%23"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (SHA256, SHA256),
        (SHA256.upper(), SHA256),
        (b64encode(bytes.fromhex(SHA256)).decode(), SHA256),
        ("", ""),
        (None, ""),
        (7, ""),
        ("x" * 64, ""),
        (b64encode(b"something else").decode(), ""),
    ],
)
def test_a_sha256_is_read_in_either_spelling_and_left_out_when_it_is_none(
    meta: Meta, graph: GraphClient, written: object, read: str
) -> None:
    meta.answers = [told(meta, sha256=written), Answer(body=XRAY)]
    with graph.fetch(ACCOUNT, "7") as opened:
        assert opened.sha256 == read


@pytest.mark.parametrize(("written", "read"), [("262144", 262144), (7, 7), ("", 0), (None, 0), ("²", 0)])
def test_a_length_may_be_a_string_and_is_0_when_it_is_none(
    meta: Meta, graph: GraphClient, written: object, read: int
) -> None:
    meta.answers = [told(meta, file_size=written), Answer(body=XRAY)]
    with graph.fetch(ACCOUNT, "7") as opened:
        assert opened.size == read


@pytest.mark.parametrize(
    "told_of", [NO_SUCH_ID, {**NO_SUCH_ID, "code": 131052}, {"code": 100, "message": ""}]
)
def test_a_file_that_meta_does_not_know_is_gone(
    meta: Meta, graph: GraphClient, told_of: dict[str, Any]
) -> None:
    meta.answers = [error(told_of)]
    with pytest.raises(MediaGone, match="Ask the contact to send it again"):
        fetched(graph)


def test_an_address_that_has_ended_may_be_asked_for_again(meta: Meta, graph: GraphClient) -> None:
    meta.answers = [told(meta), Answer(status=404, body=b""), told(meta), Answer(body=XRAY)]
    assert type(failed(graph)) is Refused
    assert fetched(graph) == XRAY


@pytest.mark.parametrize("step", ["what Meta tells of it", "the file"])
def test_a_token_that_is_not_accepted_is_refetched_once(meta: Meta, graph: GraphClient, step: str) -> None:
    refusal = error(BAD_TOKEN, 401) if step != "the file" else Answer(status=401)
    meta.answers = [told(meta), Answer(body=XRAY)]
    meta.answers.insert(int(step == "the file"), refusal)
    assert fetched(graph) == XRAY
    assert [token for _, _, token in meta.asked].count("second") == 1


def test_a_token_that_stays_refused_is_an_error(meta: Meta, graph: GraphClient) -> None:
    meta.answers = [error(BAD_TOKEN, 401)]
    assert type(failed(graph)) is TokenInvalid
    assert len(meta.asked) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(status=500), OutcomeUnknown),
        (Answer(status=503, body=b"<html>"), OutcomeUnknown),
        (Answer(status=429), RateLimited),
        (error({"code": 131016, "message": "Service unavailable"}), OutcomeUnknown),
        (Answer(status=302, headers={"Location": "https://example.com"}), Refused),
    ],
)
@pytest.mark.parametrize("step", [0, 1])
def test_what_meta_cannot_give_out_now_is_not_gone(
    meta: Meta, graph: GraphClient, step: int, answer: Answer, kind: type[SendError]
) -> None:
    meta.answers = [told(meta), Answer(body=XRAY)]
    meta.answers[step] = answer
    assert type(failed(graph)) is kind


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"\xff"])
def test_a_200_that_tells_nothing_of_the_file_is_not_gone(
    meta: Meta, graph: GraphClient, body: bytes
) -> None:
    meta.answers = [Answer(body=body)]
    assert type(failed(graph)) is OutcomeUnknown


@pytest.mark.parametrize("length", ["told", "told by Meta only"])
def test_a_file_that_breaks_off_is_an_unknown_outcome_and_no_shorter_file(
    meta: Meta, graph: GraphClient, length: str
) -> None:
    ends = len(XRAY) if length == "told" else -1
    meta.answers = [told(meta), Answer(body=XRAY[:5000], told=ends)]
    assert "broke off" in failed(graph).details


def test_an_error_that_breaks_off_is_an_unknown_outcome(meta: Meta, graph: GraphClient) -> None:
    meta.answers = [told(meta), Answer(status=500, body=b"<html>", told=999)]
    assert type(failed(graph)) is OutcomeUnknown


def test_no_answer_in_time_is_an_unknown_outcome(
    meta: Meta, graph: GraphClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = Event()
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.05)
    meta.answers = [told(meta), Answer(wait=over)]
    assert failed(graph).details == "no answer: ReadTimeoutError"
    over.set()


def test_the_rest_of_a_file_that_nobody_reads_does_not_come_with_the_next_answer(
    meta: Meta, graph: GraphClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = Event()
    monkeypatch.setattr(client, "ANSWER_SECONDS", 1.0)
    meta.answers = [told(meta), Answer(body=XRAY, pause=over), told(meta), Answer(body=XRAY)]
    with graph.fetch(ACCOUNT, "7") as opened:
        assert opened.read(10) == XRAY[:10]
    try:
        assert fetched(graph) == XRAY
    finally:
        over.set()
    assert len(meta.connections) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/file",
        "https://facebook.com.example.com/file",
        "https://notfacebook.com/file",
        "https://example.com/.facebook.com",
        "https://example.com#.facebook.com",
        "https://example.com?.facebook.com",
        "https://lookaside.fbsbx.com@example.com/file",
        "https://example.com\\@lookaside.fbsbx.com/file",
        "http://lookaside.fbsbx.com/file",
        "ftp://lookaside.fbsbx.com/file",
        "//lookaside.fbsbx.com/file",
        "https://[::1",
        "https://10.0.0.1/file",
        "file:///etc/passwd",
        "",
        None,
        7,
    ],
)
def test_the_token_goes_to_metas_hosts_only(meta: Meta, graph: GraphClient, url: object) -> None:
    meta.answers = [told(meta, url=url)]
    with pytest.raises(Refused, match="none of Meta's"):  # it may be had by a later version
        fetched(graph)
    assert len(meta.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=7",
        "https://graph.facebook.com/7",
        "https://scontent.xx.fbcdn.net/7",
        "https://mmg.whatsapp.net/7",
        "https://LOOKASIDE.fbsbx.com/7",
    ],
)
def test_metas_hosts_may_have_the_token(url: str) -> None:
    assert media._private(url, "https://graph.facebook.com/v25.0") == url


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_file_on_this_machine_is_for_a_graph_api_on_this_machine(host: str) -> None:
    url = f"http://{host}:8090/file"
    assert media._private(url, "http://localhost:8090/v25.0") == url
    with pytest.raises(Refused):
        media._private(url, "https://graph.facebook.com/v25.0")


# --- files of ours ------------------------------------------------------------------------------------------


def test_a_file_goes_to_meta_as_a_form(meta: Meta, graph: GraphClient) -> None:
    meta.answers = [Answer(body={"id": "900"})]
    assert uploaded(graph).media_id == "900"
    assert meta.asked == [("POST", "/v25.0/100000000000001/media", "first")]
    ((form, content),) = meta.forms
    facts = {"type": "application/pdf", "mime_type": "application/pdf", "filename": "r.pdf"}
    assert form == {"messaging_product": "whatsapp", **facts}
    assert content == XRAY


def uploaded(graph: GraphClient, opened: Any = None, file: File = PDF) -> Uploaded:
    return graph.upload(ACCOUNT, file, opened or BytesIO(XRAY))


def test_a_file_is_read_in_pieces_while_it_goes_to_meta(meta: Meta, graph: GraphClient) -> None:
    class Pieces(BytesIO):
        largest = 0

        def read(self, amount: int | None = -1, /) -> bytes:
            assert amount is not None
            assert amount > 0
            piece = super().read(amount)
            self.largest = max(self.largest, len(piece))
            return piece

    meta.answers = [Answer(body={"id": "900"})]
    opened = Pieces(XRAY)
    uploaded(graph, opened)
    assert opened.largest == PIECE_BYTES


def test_a_voice_message_goes_without_the_parameters_of_its_type(meta: Meta, graph: GraphClient) -> None:
    meta.answers = [Answer(body={"id": "900"})]
    voice = File(key="x", name="x", mime_type="audio/ogg; codecs=opus", size=4, sha256="")
    uploaded(graph, BytesIO(b"OggS"), voice)
    assert (meta.forms[0][0]["type"], meta.forms[0][1]) == ("audio/ogg", b"OggS")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ('a "b".pdf', "a _b_.pdf"),
        ("a\r\nX: y.pdf", "a__X: y.pdf"),
        ("रिपोर्ट 🩻.pdf", "रिपोर्ट 🩻.pdf"),
        ("", "file"),
    ],
)
def test_a_name_does_not_end_its_field(meta: Meta, graph: GraphClient, name: str, told: str) -> None:
    meta.answers = [Answer(body={"id": "900"})]
    uploaded(graph, file=replace(PDF, name=name))
    assert (meta.forms[0][0]["filename"], meta.forms[0][1]) == (told, XRAY)


def test_an_empty_file_goes_to_meta_too(meta: Meta, graph: GraphClient) -> None:
    meta.answers = [Answer(body={"id": "900"})]
    nothing = File(key="x", name="x", mime_type="text/plain", size=0, sha256="")
    assert uploaded(graph, BytesIO(), nothing).media_id == "900"
    assert meta.forms[0][1] == b""


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(WRONG_TYPE), Invalid),
        (error({"code": 131053, "message": "Media upload error"}), Invalid),
        (Answer(status=413, body=b"too large"), Refused),
        (Answer(status=500), OutcomeUnknown),
        (Answer(body={}), OutcomeUnknown),
        (Answer(body={"id": 7}), OutcomeUnknown),
        (Answer(body=b"OK"), OutcomeUnknown),
        (Answer(body=b'{"id": "9', told=99), OutcomeUnknown),
    ],
)
def test_a_file_that_meta_does_not_take_is_an_error_that_says_what_to_do(
    meta: Meta, graph: GraphClient, answer: Answer, kind: type[SendError]
) -> None:
    meta.answers = [answer]
    with pytest.raises(SendError) as caught:
        uploaded(graph)
    assert type(caught.value) is kind
    assert len(meta.asked) == 1


def test_no_answer_to_a_file_is_an_unknown_outcome(
    meta: Meta, graph: GraphClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = Event()
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.05)
    meta.answers = [Answer(wait=over)]
    with pytest.raises(OutcomeUnknown):
        uploaded(graph)
    over.set()


def test_a_file_is_not_sent_half_with_a_fresh_token_and_whole_the_next_time(
    meta: Meta, graph: GraphClient, keychain: Keychain
) -> None:
    meta.answers = [error(BAD_TOKEN, 401), Answer(body={"id": "900"})]
    with pytest.raises(Refused, match="read already"):
        uploaded(graph)
    keychain.token = keychain.fresh
    assert uploaded(graph).media_id == "900"
    assert [content == XRAY for _, content in meta.forms] == [True, True]


def test_a_file_that_cannot_be_read_to_its_end_is_given_to_nobody(meta: Meta, graph: GraphClient) -> None:
    class Broken(BytesIO):
        def read(self, amount: int | None = -1, /) -> bytes:
            raise OSError("the bucket broke off")

    with pytest.raises((OSError, SendError)):
        uploaded(graph, Broken(XRAY))
    assert meta.asked == []


# --- typing -------------------------------------------------------------------------------------------------


def test_typing_marks_the_message_as_read_and_shows_dots(meta: Meta, graph: GraphClient) -> None:
    meta.answers = [Answer(body={"success": True})]
    graph.show_typing(ACCOUNT, "wamid.A1")
    assert meta.asked == [("POST", "/v25.0/100000000000001/messages", "first")]
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A1"}
    assert meta.forms == [(body | {"typing_indicator": {"type": "text"}}, b"")]
