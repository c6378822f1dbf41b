"""All templates of a business account, over HTTP, page after page."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rejoinder.channel_ports import Secrets
from rejoinder.channels.whatsapp import template_list
from rejoinder.channels.whatsapp.client import GraphClient
from rejoinder.errors import OutcomeUnknown, RateLimited
from rejoinder.model.people import Account
from rejoinder.model.template_state import TemplateState

ACCOUNT = Account(channel="whatsapp", id="100000000000001")
HELLO = {
    "name": "hello_world",
    "language": "en_US",
    "status": "APPROVED",
    "category": "UTILITY",
    "id": "1192339204654487",
    "quality_score": {"score": "GREEN", "date": 1674864290},
    "rejected_reason": "NONE",
}
SPAM = {"name": "spam", "language": "de", "status": "REJECTED", "rejected_reason": "SCAM", "id": 7}


class Keychain:
    """A secret in memory."""

    def read(self) -> Secrets:
        return {"access_token": "token", "waba_id": "102290129340398"}

    read_again = read


@dataclass
class Meta:
    """A server that answers with these pages, the last one again and again."""

    pages: list[tuple[int, object]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def listed(self) -> list[TemplateState]:
        graph = GraphClient(base_url=self.url, api_version="v25.0", secrets_of=lambda _account: Keychain())
        with closing(graph):
            return list(graph.templates(ACCOUNT))


@pytest.fixture
def meta() -> Iterator[Meta]:
    meta = Meta()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            meta.asked.append(self.path)
            status, page = meta.pages[min(len(meta.asked), len(meta.pages)) - 1]
            raw = page if isinstance(page, bytes) else json.dumps(page).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    meta.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield meta
    server.shutdown()
    server.server_close()
    thread.join()


def page(*templates: object, after: str = "", has_next: bool = False) -> tuple[int, dict[str, Any]]:
    paging: dict[str, Any] = {"cursors": {"before": "b", "after": after}} if after else {}
    return 200, {"data": [*templates], "paging": paging | ({"next": "https://…"} if has_next else {})}


def test_each_template_of_each_page_is_told_in_our_words(meta: Meta) -> None:
    meta.pages = [page(HELLO, after="A1", has_next=True), page(SPAM, after="A2")]
    assert meta.listed() == [
        TemplateState(
            name="hello_world",
            language="en_US",
            status="approved",
            category="utility",
            quality="green",
            template_id="1192339204654487",
        ),
        TemplateState(name="spam", language="de", status="rejected", reason="SCAM", template_id="7"),
    ]
    first, second = (urlsplit(path) for path in meta.asked)
    assert first.path == second.path == "/v25.0/102290129340398/message_templates"
    assert "quality_score" in parse_qs(first.query)["fields"][0]
    assert parse_qs(second.query)["after"] == ["A1"]


@pytest.mark.parametrize("odd", ["text", {"name": "n"}, {"name": None, "language": "en"}, {"name": 7}])
def test_what_names_no_template_is_left_out(meta: Meta, odd: object) -> None:
    meta.pages = [page(odd, HELLO | {"quality_score": "GREEN"})]
    (state,) = meta.listed()
    assert (state.name, state.quality) == ("hello_world", "")


@pytest.mark.parametrize("answer", [b"<html>", {}, {"data": {}}, []])
def test_an_answer_without_a_list_is_an_error_and_not_an_empty_list(meta: Meta, answer: object) -> None:
    meta.pages = [(200, answer)]
    with pytest.raises(OutcomeUnknown):
        meta.listed()


def test_a_refused_page_is_the_error_that_it_is(meta: Meta) -> None:
    meta.pages = [
        page(HELLO, after="A1", has_next=True),
        (400, {"error": {"code": 80007, "message": "slow"}}),
    ]
    with pytest.raises(RateLimited):
        meta.listed()


def test_a_list_without_an_end_is_given_up(meta: Meta, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_list, "MAX_PAGES", 3)
    meta.pages = [page(HELLO, after="A1", has_next=True)]
    with pytest.raises(OutcomeUnknown, match="does not end"):
        meta.listed()
    assert len(meta.asked) == 3
