"""Files of the Bot API, with a server on this machine."""

import hashlib
import json
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser

import pytest

from rejoinder.channels.telegram import media
from rejoinder.errors import Invalid, MediaGone, OutcomeUnknown, Refused, Rejected
from rejoinder.file_ports import Uploaded
from rejoinder.model.contents import Document, Image
from rejoinder.model.files import File
from rejoinder.model.people import Account
from rejoinder.model.said import Album, Button, Buttons, OutboundContent
from tests.unit.telegram.servers import (
    ADA,
    BOT,
    FIRST,
    SECOND,
    SENT,
    Answer,
    Connected,
    Server,
    connected,
    refused,
    result,
    serving,
)

BYTES = bytes(range(256)) * 600
"""More than two pieces."""

MENU = File(
    key="said/1",
    name='me"nu.jpg',
    mime_type="image/jpeg",
    size=len(BYTES),
    sha256=hashlib.sha256(BYTES).hexdigest(),
)
SHOWN = SENT | {"photo": [{"file_id": "small"}, {"file_id": "AgAC-large"}]}
FOUND = {"file_id": "AgAC", "file_unique_id": "AQAD", "file_size": 5, "file_path": "photos/file 1.jpg"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        server.answers = [result(SHOWN)]
        yield server


@pytest.fixture
def bot(server: Server) -> Iterator[Connected]:
    with connected(server.url) as bot:
        bot.files.kept[MENU.key] = (MENU, BYTES)
        yield bot


def send(bot: Connected, content: OutboundContent) -> str:
    return bot.client.send(BOT, ADA, content, "")


def form_of(server: Server, number: int = -1) -> dict[str, Message]:
    """Return the parts of a form that the server was sent, by their names."""
    _, headers, body = server.requests[number]
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    parts = list(BytesParser().parsebytes(head + body).walk())[1:]
    return {str(part.get_param("name", header="Content-Disposition")): part for part in parts}


def words_in(part: Message) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_a_file_goes_along_piece_by_piece_with_all_that_belongs_to_the_message(
    server: Server, bot: Connected
) -> None:
    content = Buttons(
        body="Genießt 👍", header=Image(MENU), buttons=(Button(id="a", title="A"),), footer="Bye"
    )
    assert send(bot, content) == "5000000001.12"
    assert server.paths == [f"/bot{FIRST}/sendPhoto"]
    _, headers, body = server.requests[0]
    assert int(headers["Content-Length"]) == len(body)
    form = form_of(server)
    assert words_in(form["chat_id"]) == "5000000001"
    assert words_in(form["caption"]) == "Genießt 👍\n\nBye"
    assert words_in(form["caption_entities"]) == '[{"type": "italic", "offset": 12, "length": 3}]'
    assert words_in(form["reply_markup"]) == '{"inline_keyboard": [[{"text": "A", "callback_data": "a"}]]}'
    assert form["photo"].get_payload(decode=True) == BYTES
    assert form["photo"].get_filename() == "me_nu.jpg"
    assert form["photo"].get_content_type() == "image/jpeg"


def test_a_file_that_went_out_is_named_by_telegrams_id_from_then_on(server: Server, bot: Connected) -> None:
    send(bot, Image(MENU))
    send(bot, Image(MENU, caption="Again"))
    assert len(server.requests) == 2
    _, headers, body = server.requests[1]
    assert headers["Content-Type"] == "application/json"
    assert b'"photo": "AgAC-large"' in body


def test_a_picture_is_no_document_and_another_name_is_another_file(server: Server, bot: Connected) -> None:
    for content in (Image(MENU), Document(MENU), Document(MENU, filename="a.jpg"), Document(MENU)):
        server.answers = [result(SENT | {"photo": [{"file_id": "P"}], "document": {"file_id": "D"}})]
        send(bot, content)
    types = [headers["Content-Type"].partition(";")[0] for _, headers, _ in server.requests]
    assert types == ["multipart/form-data"] * 3 + ["application/json"]


PLAN = File(
    key="said/2",
    name="plan.pdf",
    mime_type="application/pdf",
    size=4,
    sha256=hashlib.sha256(b"%PDF").hexdigest(),
)
ALBUM = Album(Document(MENU, caption="Eat"), Document(PLAN, caption="Find us"))


def sent_album(*file_ids: str) -> Answer:
    shown = [{"message_id": 12 + place, "document": {"file_id": id}} for place, id in enumerate(file_ids)]
    return result([SENT | one for one in shown])


def test_the_files_of_an_album_go_along_in_one_request_and_each_is_named_from_then_on(
    server: Server, bot: Connected
) -> None:
    bot.files.kept[PLAN.key] = (PLAN, b"%PDF")
    server.answers = [sent_album("menu", "plan")]
    assert send(bot, ALBUM) == "5000000001.12", "the id of its first message"
    assert server.paths == [f"/bot{FIRST}/sendMediaGroup"]
    _, headers, body = server.requests[0]
    assert int(headers["Content-Length"]) == len(body)
    form = form_of(server)
    assert json.loads(words_in(form["media"])) == [
        {"type": "document", "media": "attach://file0", "caption": "Eat"},
        {"type": "document", "media": "attach://file1", "caption": "Find us"},
    ]
    assert form["file0"].get_payload(decode=True) == BYTES
    assert form["file1"].get_payload(decode=True) == b"%PDF"
    assert form["file1"].get_filename() == "plan.pdf"
    send(bot, ALBUM)
    assert [item["media"] for item in json.loads(server.requests[-1][2])["media"]] == ["menu", "plan"]


def test_only_files_that_telegram_does_not_have_go_along_with_an_album(
    server: Server, bot: Connected
) -> None:
    bot.files.kept[PLAN.key] = (PLAN, b"%PDF")
    server.answers = [result(SENT | {"document": {"file_id": "menu"}})]
    send(bot, Document(MENU))
    server.requests.clear()
    server.answers = [sent_album("menu", "plan")]
    send(bot, ALBUM)
    form = form_of(server)
    assert [item["media"] for item in json.loads(words_in(form["media"]))] == ["menu", "attach://file1"]
    assert "file0" not in form
    server.requests.clear()
    wrong = 'Bad Request: failed to send message #1 with the error message "Wrong file identifier specified"'
    server.answers = [refused(400, wrong), sent_album("new", "newer")]
    send(bot, ALBUM)
    assert form_of(server).keys() >= {"file0", "file1"}, "all of them again"
    assert sorted(one.media_id for one in bot.uploads.known.values()) == ["new", "newer"]


def test_an_id_that_telegram_does_not_take_any_more_is_forgotten_and_the_bytes_go_again(
    server: Server, bot: Connected
) -> None:
    send(bot, Image(MENU))
    again = result(SENT | {"photo": [{"file_id": "AgAC-new"}]})
    wrong = refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
    server.requests.clear()
    server.answers = [wrong, again]
    assert send(bot, Image(MENU)) == "5000000001.12"
    assert form_of(server)["photo"].get_payload(decode=True) == BYTES
    assert [uploaded.media_id for uploaded in bot.uploads.known.values()] == ["AgAC-new"]


def test_a_file_that_telegram_shows_in_another_way_is_given_again_each_time(
    server: Server, bot: Connected
) -> None:
    server.answers = [result(SENT | {"document": {"file_id": "BQAC"}})]
    send(bot, Image(MENU))
    assert bot.uploads.known == {}


def test_a_group_that_has_another_id_now_gets_the_whole_file(server: Server, bot: Connected) -> None:
    server.answers = [refused(400, "Bad Request: upgraded", migrate_to_chat_id=-1009), result(SHOWN)]
    send(bot, Image(MENU))
    form = form_of(server)
    assert words_in(form["chat_id"]) == "-1009"
    assert form["photo"].get_payload(decode=True) == BYTES


def test_a_file_that_is_not_kept_any_more_fails_for_good(server: Server, bot: Connected) -> None:
    bot.files.kept.clear()
    with pytest.raises(Rejected):
        send(bot, Image(MENU))
    assert server.requests == []


def test_a_token_that_changes_while_a_file_goes_out_costs_one_attempt(server: Server, bot: Connected) -> None:
    server.answers = [refused(401, "Unauthorized")]
    with pytest.raises(Refused):
        send(bot, Image(MENU))
    bot.keychain.token = SECOND
    server.answers = [result(SHOWN)]
    assert send(bot, Image(MENU)) == "5000000001.12"


def test_a_table_that_cannot_be_read_is_no_unknown_outcome(server: Server, bot: Connected) -> None:
    class Broken:
        def find(self, _account: Account, _sha256: str) -> Uploaded | None:
            raise OSError("no table")

        def keep(self, _account: Account, _sha256: str, _uploaded: Uploaded) -> None:
            raise OSError("no table")

        def forget(self, _account: Account, _sha256: str) -> None:
            """Forget nothing."""

    assert bot.client._stores
    object.__setattr__(bot.client._stores, "uploads", Broken())
    with pytest.raises(Refused, match="OSError"):
        send(bot, Image(MENU))
    assert server.requests == []


def test_an_id_that_cannot_be_kept_does_not_undo_the_message(
    server: Server, bot: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("no table")

    monkeypatch.setattr(bot.uploads, "keep", broken)
    assert send(bot, Image(MENU)) == "5000000001.12"


def test_an_address_goes_to_telegram_as_it_is(server: Server, bot: Connected) -> None:
    send(bot, Image("https://example.com/a.jpg"))
    assert server.bodies[0]["photo"] == "https://example.com/a.jpg"
    server.answers = [refused(400, "Bad Request: wrong file identifier/HTTP URL specified")]
    with pytest.raises(Invalid):
        send(bot, Image("https://example.com/a.jpg"))


def test_a_file_of_a_contact_is_read_piece_by_piece(server: Server, bot: Connected) -> None:
    server.answers = [result(FOUND), Answer(body=b"bytes")]
    with bot.client.fetch(BOT, "AgAC") as fetched:
        assert (fetched.mime_type, fetched.size, fetched.sha256) == ("image/jpeg", 5, "")
        assert [fetched.read(3), fetched.read(3), fetched.read(3)] == [b"byt", b"es", b""]
    assert server.paths == [f"/bot{FIRST}/getFile", f"/file/bot{FIRST}/photos/file%201.jpg"]


def test_the_type_of_another_file_is_that_of_its_message(server: Server, bot: Connected) -> None:
    server.answers = [result(FOUND | {"file_path": "documents/file_2.pdf"}), Answer(body=b"bytes")]
    with bot.client.fetch(BOT, "BQAC") as fetched:
        assert fetched.mime_type == ""


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ([refused(400, "Bad Request: file is too big")], media.TOO_BIG),
        ([refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")], media.GONE),
        ([result({"file_id": "AgAC"})], media.GONE),
        ([result([])], media.GONE),
        ([result(FOUND), refused(404, "Not Found")], media.GONE),
    ],
    ids=["too big", "wrong", "without path", "no object", "expired"],
)
def test_a_file_that_telegram_does_not_give_is_gone(
    server: Server, bot: Connected, answers: list[Answer], why: str
) -> None:
    server.answers = answers
    with pytest.raises(MediaGone, match=why[:40]), bot.client.fetch(BOT, "AgAC"):
        pass


def test_a_file_that_breaks_off_is_an_unknown_outcome(server: Server, bot: Connected) -> None:
    server.answers = [result(FOUND), Answer(body=b"bytes", cut=2)]
    with bot.client.fetch(BOT, "AgAC") as fetched, pytest.raises(OutcomeUnknown):  # noqa: PT012
        while fetched.read(3):
            pass
    server.requests.clear()
    server.answers = [result(FOUND), Answer(body=b"byt")]
    with bot.client.fetch(BOT, "AgAC") as fetched, pytest.raises(OutcomeUnknown):  # noqa: PT012
        while fetched.read(3):
            pass
