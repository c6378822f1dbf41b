"""What a stranger's web page can make a browser send is refused; our page and clients go on."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest

from rejoinder.workbench.simulator.server import Simulator
from tests.unit.simulator.kit import ADA, AS_JSON, NUMBER, TOKEN

FORM = {"content-type": "application/x-www-form-urlencoded"}
FAULTS = json.dumps([]).encode()


@pytest.fixture(scope="module")
def own() -> Iterator[httpx.Client]:
    with Simulator() as simulator, httpx.Client(base_url=simulator.url, trust_env=False) as client:
        yield client


def with_port(host: str, own: httpx.Client) -> str:
    return host.replace("PORT", str(own.base_url.port))


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "example.com:PORT",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost",
        "localhost:PORT.example.com",
        "127.0.0.1.example.com:PORT",
        "localhost.:PORT",
        "user@localhost:PORT",
        "127.0.0.2:PORT",
        "[::1]:PORT",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/sim/transcript", "/sim/sent", f"/v25.0/{NUMBER}/messages"])
def test_another_host_is_refused(own: httpx.Client, host: str, path: str) -> None:
    answer = own.get(path, headers={"host": with_port(host, own)})
    assert answer.status_code == 403
    assert "the Host header" in answer.json()["error"]


@pytest.mark.parametrize("host", ["127.0.0.1:PORT", "localhost:PORT", "LOCALHOST:PORT"])
def test_the_hosts_of_this_machine_are_answered(own: httpx.Client, host: str) -> None:
    for path in ("/", "/sim/sent"):
        assert own.get(path, headers={"host": with_port(host, own)}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        FORM,
        {"content-type": "text/plain"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "text/plain; application/json"},
        {"content-type": "application/jsonp"},
        {"content-type": ""},
    ],
)
@pytest.mark.parametrize(
    "path", ["say", "deliver", "faults", "clock", "handshake", "secret", "templates", "reset"]
)
def test_a_body_that_is_not_declared_as_json_is_refused(
    own: httpx.Client, path: str, headers: dict[str, str]
) -> None:
    answer = own.post(f"/sim/{path}", content=FAULTS, headers=headers)
    assert answer.status_code == 415
    assert "content-type: application/json" in answer.json()["error"]


@pytest.mark.parametrize("path", ["say", "faults", "clock", "handshake", "secret", "templates", "reset"])
def test_a_body_of_no_declared_kind_is_refused(own: httpx.Client, path: str) -> None:
    assert own.post(f"/sim/{path}", content=FAULTS).status_code == 415


def test_raw_bytes_need_no_declared_kind(own: httpx.Client) -> None:
    answer = own.post("/sim/deliver", content=b"{")
    assert answer.status_code == 502, "no webhook is registered, so the bytes themselves were looked at"


def test_a_body_without_a_length_is_a_body(own: httpx.Client) -> None:
    assert own.post("/sim/faults", content=iter([FAULTS])).status_code == 415


@pytest.mark.parametrize(
    "declared", ["application/json", "Application/JSON", "application/json; charset=utf-8"]
)
def test_a_body_that_is_declared_as_json_is_taken(own: httpx.Client, declared: str) -> None:
    answer = own.post("/sim/faults", content=FAULTS, headers={"content-type": declared})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://example.com", "null", "https://127.0.0.1:PORT", "http://127.0.0.1:1"]
)
@pytest.mark.parametrize("path", ["/sim/reset", "/sim/faults", f"/v25.0/{NUMBER}/messages"])
def test_a_page_of_another_site_is_refused_whatever_it_declares(
    own: httpx.Client, path: str, origin: str
) -> None:
    headers = TOKEN | AS_JSON | {"origin": with_port(origin, own)}
    assert own.post(path, content=FAULTS, headers=headers).status_code == 403
    assert own.post(path, headers={"origin": with_port(origin, own)}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_chat_page_is_taken_and_declares_json(own: httpx.Client, host: str) -> None:
    assert 'src="/sim/page/main.js"' in own.get("/").text
    script = own.get("/sim/page/api.js").text
    assert script.count("fetch(") == 1
    assert '"content-type": "application/json"' in script
    address = f"{host}:{own.base_url.port}"
    headers = AS_JSON | {"host": address, "origin": f"http://{address}"}
    answer = own.post("/sim/say", json={"from": ADA, "text": "hi"}, headers=headers)
    assert answer.status_code == 409, "no webhook is registered, so the order itself was looked at"


def test_a_reset_needs_no_body(own: httpx.Client) -> None:
    assert own.post("/sim/reset").status_code == 200


def test_the_graph_api_takes_forms_as_metas_does(own: httpx.Client) -> None:
    answer = own.post(f"/v25.0/{NUMBER}/messages", content=b"to=1", headers=FORM | TOKEN)
    assert answer.status_code == 400
    assert "error" in answer.json()
    assert answer.json()["error"]["type"] == "OAuthException"
