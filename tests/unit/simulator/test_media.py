"""Files on the network: uploads, addresses on the other host name, what expires, and messages with files."""

from __future__ import annotations

import base64
import hashlib
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.media import LIMITS, MediaShelf
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.webhooks import media_content
from tests.unit.simulator.kit import ADA, NUMBER, SECOND_NUMBER, TOKEN, Network, error_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(1000)
APP = "300000000000001"
DAY = 24 * 3600


def upload(
    network: Network, data: bytes = PNG, mime_type: str = "image/png", number: str = NUMBER, **parts: str
) -> httpx.Response:
    form = {"messaging_product": "whatsapp", **parts}
    files = {"file": ("a.png", data, mime_type)}
    return network.http.post(f"/v25.0/{number}/media", headers=TOKEN, data=form, files=files)


def uploaded(network: Network, data: bytes = PNG, mime_type: str = "image/png", **more: str) -> str:
    answer = upload(network, data, mime_type, **more)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def get(network: Network, path: str) -> httpx.Response:
    return network.http.get(f"/v25.0/{path}", headers=TOKEN)


def test_what_was_uploaded_comes_back_from_the_other_host_name(network: Network) -> None:
    media_id = uploaded(network)
    about = get(network, media_id).json()
    url = urlsplit(about.pop("url"))
    assert about == {
        "messaging_product": "whatsapp",
        "mime_type": "image/png",
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "file_size": len(PNG),
        "id": media_id,
    }
    assert (url.hostname, url.port) == ("localhost", network.http.base_url.port)
    answer = network.http.get(url.geturl(), headers=TOKEN)
    assert (answer.content, answer.headers["content-type"]) == (PNG, "image/png")
    assert answer.headers["content-length"] == str(len(PNG))


def test_who_asks_by_the_one_host_name_is_led_to_the_other(network: Network) -> None:
    asked = {**TOKEN, "host": f"localhost:{network.http.base_url.port}"}
    url = network.http.get(f"/v25.0/{uploaded(network)}", headers=asked).json()["url"]
    assert urlsplit(url).hostname == "127.0.0.1"


@pytest.mark.parametrize(("headers", "code"), [({}, 104), ({"authorization": "Bearer x"}, 190)])
def test_a_file_needs_the_token(network: Network, headers: dict[str, str], code: int) -> None:
    url = get(network, uploaded(network)).json()["url"]
    answer = network.http.get(url, headers=headers)
    assert (answer.status_code, error_of(answer)["code"]) == (401, code)


def test_an_address_lives_five_minutes_and_then_there_is_a_new_one(network: Network) -> None:
    media_id = uploaded(network)
    old = get(network, media_id).json()["url"]
    network.control("clock", {"advance_seconds": 301})
    assert network.http.get(old, headers=TOKEN).status_code == 404
    new = get(network, media_id).json()["url"]
    assert network.http.get(new, headers=TOKEN).content == PNG


def test_nobody_can_make_an_address_of_his_own(network: Network) -> None:
    url = urlsplit(get(network, uploaded(network)).json()["url"])
    for part in ("mid", "ext", "hash"):
        query = {**dict(parse_qsl(url.query)), part: "1"}
        assert network.http.get(url.path, params=query, headers=TOKEN).status_code == 404
    assert network.http.get(url.path, headers=TOKEN).status_code == 404


@pytest.mark.parametrize(("days", "status"), [(29, 200), (31, 400)])
def test_an_upload_lives_thirty_days(network: Network, days: int, status: int) -> None:
    media_id = uploaded(network)
    network.control("clock", {"advance_seconds": days * DAY})
    answer = get(network, media_id)
    assert answer.status_code == status
    if status == 400:
        assert (error_of(answer)["code"], error_of(answer)["error_subcode"]) == (100, 33)
        assert f"Object with ID '{media_id}' does not exist" in error_of(answer)["message"]


def test_a_contacts_file_lives_seven_days_and_belongs_to_no_number(
    network: Network, served: Simulator
) -> None:
    media_id = served.shelf.add(PNG, "image/png")
    assert get(network, media_id).status_code == 200
    answer = get(network, f"{media_id}?phone_number_id={NUMBER}")
    expected = "(#100) Param phone_number_id is not a valid whatsapp business phone number id ID"
    assert error_of(answer)["message"] == expected
    network.control("clock", {"advance_seconds": 8 * DAY})
    assert error_of(get(network, media_id))["error_subcode"] == 33


def test_the_number_of_an_upload_may_be_named(network: Network) -> None:
    media_id = uploaded(network)
    assert get(network, f"{media_id}?phone_number_id={NUMBER}").status_code == 200
    assert get(network, f"{media_id}?phone_number_id={SECOND_NUMBER}").status_code == 400


def test_a_deleted_file_is_gone(network: Network) -> None:
    media_id = uploaded(network)
    url = get(network, media_id).json()["url"]
    assert network.http.delete(f"/v25.0/{media_id}", headers=TOKEN).json() == {"success": True}
    assert network.http.get(url, headers=TOKEN).status_code == 404
    gone = network.http.delete(f"/v25.0/{media_id}", headers=TOKEN)
    assert error_of(gone)["message"].startswith("Unsupported delete request. Object with ID")


def test_a_type_that_meta_does_not_take_is_refused_in_its_words(network: Network) -> None:
    error = error_of(upload(network, b"RIFF", "audio/wav", type="audio/ogg"))
    assert error["message"].startswith(
        "(#100) Param file must be a file with one of the following types: audio/aac, audio/mp4, audio/mpeg, "
    )
    assert error["message"].endswith("video/mp4, video/3gpp. Received file of type 'audio/wav'.")


@pytest.mark.parametrize(
    ("mime_type", "kind"), [("image/jpeg", "image"), ("image/webp", "sticker"), ("audio/ogg", "audio")]
)
def test_a_file_may_not_be_too_big(network: Network, mime_type: str, kind: str) -> None:
    error = error_of(upload(network, bytes(LIMITS[kind] + 1), mime_type))
    assert (error["code"], error["error_data"]["details"]) == (
        131053,
        f"The {kind} has {LIMITS[kind] + 1} bytes. Max size: {LIMITS[kind]} bytes.",
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "(#100) The parameter messaging_product is required."),
        ({"messaging_product": "x"}, '(#100) Param messaging_product must be one of {WHATSAPP} - got "x".'),
        ({"messaging_product": "whatsapp"}, "(#100) The parameter file is required."),
    ],
)
@pytest.mark.parametrize("how", ["data", "json"])
def test_an_upload_says_what_it_is(network: Network, data: Any, message: str, how: str) -> None:
    answer = network.http.post(f"/v25.0/{NUMBER}/media", headers=TOKEN, **{how: data})
    assert error_of(answer)["message"] == message


def test_a_path_is_no_file(network: Network) -> None:
    body = {"messaging_product": "whatsapp", "file": "@/tmp/a.png"}
    answer = network.http.post(f"/v25.0/{NUMBER}/media", headers=TOKEN, json=body)
    assert error_of(answer)["message"].endswith("video/mp4, video/3gpp.")


def test_a_form_that_is_cut_off_has_no_parameters(network: Network) -> None:
    headers = {**TOKEN, "content-type": "multipart/form-data; boundary=x"}
    answer = network.http.post(f"/v25.0/{NUMBER}/media", headers=headers, content=b"--x\r\nnonsense")
    assert error_of(answer)["message"] == "(#100) The parameter messaging_product is required."


# -- uploads in pieces ---------------------------------------------------------------------------------------


def test_an_upload_in_pieces_goes_on_where_it_was_cut(network: Network) -> None:
    asked = {"file_name": "a.png", "file_length": str(len(PNG)), "file_type": "image/png"}
    begun = network.http.post(f"/v25.0/{APP}/uploads", params=asked, headers=TOKEN).json()["id"]
    assert begun.startswith("upload:")
    oauth = {"authorization": TOKEN["authorization"].replace("Bearer", "OAuth")}

    def piece(data: bytes, offset: int) -> Any:
        headers = {**oauth, "file_offset": str(offset)}
        return network.http.post(f"/v25.0/{begun}", content=data, headers=headers).json()

    assert piece(PNG[:300], 0) == {"id": begun, "file_offset": 300}
    assert network.http.get(f"/v25.0/{begun}", headers=oauth).json() == {"id": begun, "file_offset": 300}
    assert piece(PNG, 0)["error"]["code"] == 100
    assert piece(PNG[300:], 300)["h"].startswith("4::aW1hZ2UvcG5n:")
    assert error_of(network.http.get(f"/v25.0/{begun}", headers=oauth))["error_subcode"] == 33


@pytest.mark.parametrize(
    "spoiled", [{"file_length": "x"}, {"file_length": "0"}, {"file_type": "text/html"}, {"file_type": ""}]
)
def test_an_upload_in_pieces_begins_with_its_length_and_its_type(
    network: Network, spoiled: dict[str, str]
) -> None:
    asked = {"file_length": "10", "file_type": "image/png", **spoiled}
    answer = network.http.post(f"/v25.0/{APP}/uploads", params=asked, headers=TOKEN)
    assert error_of(answer)["code"] == 100


# -- messages with files -------------------------------------------------------------------------------------


def failure(network: Network, **message: Any) -> Any:
    """Send a message that is accepted and fails. Return the error of its status."""
    network.say(ADA)
    sent = network.sent_id(ADA, **message)
    assert network.statuses(sent, 1) == ["failed"]
    return network.webhook.items("statuses")[0]["errors"][0]


def test_a_message_with_an_uploaded_file_arrives(network: Network) -> None:
    network.say(ADA)
    sent = network.sent_id(ADA, type="image", image={"id": uploaded(network)})
    assert network.statuses(sent, 3) == ["sent", "delivered", "read"]


def test_a_voice_note_is_played(network: Network) -> None:
    network.say(ADA)
    note = {"id": uploaded(network, b"OggS", "audio/ogg"), "voice": True}
    sent = network.sent_id(ADA, type="audio", audio=note)
    assert network.statuses(sent, 4) == ["sent", "delivered", "read", "played"]
    assert network.see(f"transcript?contact={ADA}")[-1]["status"] == "read"


def test_an_unknown_id_is_refused_at_once_in_metas_words(network: Network) -> None:
    network.say(ADA)
    message = error_of(network.send(ADA, type="video", video={"id": "4711"}))["message"]
    expected = "(#100) Param video['id'] is not a valid whatsapp business account media attachment ID"
    assert message == expected
    assert network.see("sent") == []


def test_a_file_of_another_number_is_unknown(network: Network) -> None:
    media_id = uploaded(network, number=SECOND_NUMBER)
    assert error_of(network.send(ADA, type="image", image={"id": media_id}))["code"] == 100


def test_a_file_of_another_kind_fails_later(network: Network) -> None:
    error = failure(network, type="audio", audio={"id": uploaded(network)})
    assert (error["code"], error["title"]) == (131053, "Media upload error")
    assert error["error_data"]["details"].startswith("Unsupported audio mime type image/png.")


@pytest.fixture
def site() -> Iterator[str]:
    """Return the address of a web server that has a picture, and nothing else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/a.png" else 404)
            self.send_header("content-type", "image/png")
            self.end_headers()
            self.wfile.write(PNG)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.005,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_link_to_this_machine_is_fetched(network: Network, site: str) -> None:
    network.say(ADA)
    sent = network.sent_id(ADA, type="image", image={"link": f"{site}/a.png"})
    assert network.statuses(sent, 3) == ["sent", "delivered", "read"]


@pytest.mark.parametrize(
    ("kind", "path", "details"),
    [
        ("image", "/b.png", "Downloading media from weblink failed with http code 404, status message"),
        ("video", "/a.png", "Unsupported video mime type image/png."),
    ],
)
def test_a_link_that_cannot_be_fetched_fails_later(
    network: Network, site: str, kind: str, path: str, details: str
) -> None:
    error = failure(network, type=kind, **{kind: {"link": site + path}})
    assert error["code"] == 131053
    assert error["error_data"]["details"].startswith(details)


def test_a_link_to_nobody_fails_later(network: Network, site: str) -> None:
    error = failure(network, type="image", image={"link": site.rpartition(":")[0] + ":1/a.png"})
    assert error["error_data"]["details"] == "Downloading media from weblink failed: ConnectError"


def test_a_link_to_elsewhere_is_accepted_unseen(network: Network) -> None:
    network.say(ADA)
    sent = network.sent_id(ADA, type="image", image={"link": "https://example.invalid/a.png"})
    assert network.statuses(sent, 3) == ["sent", "delivered", "read"]


def test_a_file_in_a_list_of_parameters_is_looked_at_too(network: Network) -> None:
    network.say(ADA)
    header = {"type": "header", "parameters": [{"type": "image", "image": {"id": "4711"}}]}
    template = {"name": "order_update", "language": {"code": "en"}, "components": [header]}
    answer = network.send(ADA, type="template", template=template)
    assert answer.status_code == 400


# -- faults --------------------------------------------------------------------------------------------------


def test_each_step_of_a_file_can_fail_once(network: Network) -> None:
    media_id = uploaded(network)
    url = get(network, media_id).json()["url"]
    network.control("faults", [{"kind": "upload", "status": 503}, {"kind": "address", "code": 131000}])
    network.control("faults", {"kind": "download", "status": 500, "delay_seconds": 0.01})
    assert upload(network).text.startswith("<html>")
    assert error_of(get(network, media_id))["code"] == 131000
    assert network.http.get(url, headers=TOKEN).status_code == 500
    assert upload(network).status_code == get(network, media_id).status_code == 200
    assert network.http.get(url, headers=TOKEN).content == PNG


@pytest.mark.parametrize("size", [1, 2000, 2**22])
def test_a_download_can_be_cut_in_its_middle(
    network: Network, size: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("uvicorn"), "propagate", True)
    url = get(network, uploaded(network, bytes(size))).json()["url"]
    network.control("faults", {"kind": "download", "cut": True})
    with pytest.raises(httpx.RemoteProtocolError):
        network.http.get(url, headers=TOKEN)
    assert network.http.get(url, headers=TOKEN).content == bytes(size)
    assert not caplog.records  # a traceback in the terminal would look like a fault of ours


@pytest.mark.parametrize("fault", [{"kind": "upload"}, {"kind": "upload", "code": 1, "to": ADA}])
def test_a_fault_of_a_file_is_checked_too(network: Network, fault: dict[str, Any]) -> None:
    assert network.http.post("/sim/faults", json=fault).status_code == 400


# -- the shelf -----------------------------------------------------------------------------------------------


def test_the_oldest_files_go_first() -> None:
    shelf = MediaShelf(Clock(), ceiling=25)
    ids = [shelf.add(bytes(10), "image/png") for _ in range(4)]
    assert [shelf.get(one) is not None for one in ids] == [False, False, True, True]
    whole = shelf.add(bytes(100), "image/png")
    assert shelf.get(whole) is not None


def test_a_contacts_file_is_shown_as_meta_shows_it() -> None:
    shelf = MediaShelf(Clock())
    medium = shelf.get(shelf.add(PNG, "audio/ogg; codecs=opus", "note.ogg"))
    assert medium is not None
    assert media_content("audio", medium, "http://x/", voice=True) == {
        "type": "audio",
        "audio": {
            "mime_type": "audio/ogg; codecs=opus",
            "sha256": base64.b64encode(hashlib.sha256(PNG).digest()).decode(),
            "id": medium.id,
            "url": "http://x/",
            "voice": True,
        },
    }
    shown = media_content("document", medium, "http://x/", caption="hear")["document"]
    assert (shown["caption"], shown["filename"], "voice" in shown) == ("hear", "note.ogg", False)
