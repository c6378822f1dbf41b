"""The Bot API over HTTP, with a server on this machine."""

import logging
import socket
import traceback
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from urllib3.exceptions import HeaderParsingError

from rejoinder.channel_ports import Secrets
from rejoinder.channels.telegram import client
from rejoinder.channels.telegram.channel import CHANNEL
from rejoinder.channels.telegram.client import BotClient
from rejoinder.errors import (
    Invalid,
    OptedOut,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Refused,
    Rejected,
    SendError,
    SettingsError,
    TokenInvalid,
)
from rejoinder.model.contents import Reaction, Text
from rejoinder.model.files import File
from rejoinder.model.people import Contact
from tests.unit.telegram.servers import (
    ADA,
    BOT,
    FIRST,
    SECOND,
    SENT,
    Answer,
    Connected,
    Keychain,
    Server,
    connected,
    refused,
    result,
    serving,
)

HELLO = Text(body="Hello")


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def bot(server: Server) -> Iterator[Connected]:
    with connected(server.url + "/") as bot:
        yield bot


def send(bot: Connected, contact: Contact = ADA) -> str:
    return bot.client.send(BOT, contact, HELLO, "callback")


def fail(bot: Connected) -> SendError:
    """Send a text that is not accepted, and return the client's error."""
    with pytest.raises(SendError) as caught:
        send(bot)
    return caught.value


def test_an_accepted_message_gives_an_id_with_its_chat(server: Server, bot: Connected) -> None:
    assert send(bot) == "5000000001.12"
    ((path, headers, _),) = server.requests
    assert path == f"/bot{FIRST}/sendMessage"
    assert headers["Content-Type"] == "application/json"
    (body,) = server.bodies
    assert (body["chat_id"], body["text"]) == (5000000001, "Hello")
    assert "callback" not in str(body), "it would come back to nobody"


def test_a_reaction_has_an_id_though_it_is_no_message(server: Server, bot: Connected) -> None:
    server.answers = [result(True)]
    content = Reaction(message_id="5000000001.7", emoji="👍")
    assert bot.client.send(BOT, ADA, content, "callback") == "5000000001.7.rours"
    assert server.paths == [f"/bot{FIRST}/setMessageReaction"]


def test_the_tapped_button_is_marked_and_nothing_else_is_marked_as_read(
    server: Server, bot: Connected
) -> None:
    receipt = '5000000001.12.t4382bfdwdsb323b2d9 [[{"text": "✓ Yes", "callback_data": "y"}]]'
    bot.client.mark_read(BOT, receipt)
    assert server.paths == [f"/bot{FIRST}/editMessageReplyMarkup"]
    keyboard = {"inline_keyboard": [[{"text": "✓ Yes", "callback_data": "y"}]]}
    assert server.bodies == [{"chat_id": 5000000001, "message_id": 12, "reply_markup": keyboard}]
    for other in ("5000000001.12", "5000000001.12.e77", "5000000001.12.t4382bfdwdsb323b2d9", "u77"):
        bot.client.mark_read(BOT, other)
    assert len(server.requests) == 1
    server.answers = [refused(400, "Bad Request: message is not modified")]
    with pytest.raises(Rejected):
        bot.client.mark_read(BOT, receipt)


def test_typing_is_shown_in_the_chat_of_a_message(server: Server, bot: Connected) -> None:
    server.answers = [result(True)]
    bot.client.show_typing(BOT, "-1001234567890.12")
    assert server.paths == [f"/bot{FIRST}/sendChatAction"]
    assert server.bodies == [{"chat_id": -1001234567890, "action": "typing"}]
    bot.client.show_typing(BOT, "u77")
    assert len(server.requests) == 1


def test_what_telegram_does_not_know_is_nothing(bot: Connected) -> None:
    assert bot.client.owner(BOT) == ""
    assert list(bot.client.templates(BOT)) == []


def test_a_file_goes_with_its_message_only(bot: Connected) -> None:
    file = File(key="k", name="n", mime_type="image/png", size=1, sha256="00" * 32)
    bot.files.kept["k"] = (file, b"x")
    with pytest.raises(Rejected), bot.files.open("k") as opened:
        bot.client.upload(BOT, file, opened)


def test_a_contact_of_another_network_is_not_asked_for(server: Server, bot: Connected) -> None:
    with pytest.raises(Rejected):
        send(bot, Contact(id="US.123"))
    assert server.requests == []


def test_a_group_that_has_another_id_now_is_followed_at_once(server: Server, bot: Connected) -> None:
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    moved = SENT | {"chat": {"id": -1009, "type": "supergroup"}}
    server.answers = [refused(400, text, migrate_to_chat_id=-1009), result(moved)]
    sent = bot.client.send(BOT, Contact(id="-77.5000000001"), HELLO, "", quote="-77.3")
    assert sent == "-1009.12"
    first, second = server.bodies
    assert (first["chat_id"], second["chat_id"]) == (-77, -1009)
    assert "reply_parameters" in first
    assert "reply_parameters" not in second, "its messages have other ids"


def test_a_group_that_moves_in_circles_is_followed_once(server: Server, bot: Connected) -> None:
    server.answers = [refused(400, "Bad Request: upgraded", migrate_to_chat_id=-1009)]
    assert isinstance(fail(bot), Refused)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused(400, "Bad Request: chat not found"), Rejected),
        (refused(400, "Bad Request: wrong file identifier/HTTP URL specified"), Invalid),
        (refused(403, "Forbidden: bot was blocked by the user"), OptedOut),
        (refused(500, "Internal Server Error"), OutcomeUnknown),
        (Answer(status=502, body=b"<html>502 Bad Gateway</html>"), OutcomeUnknown),
        (Answer(status=307, body=b""), Refused),
        (Answer(cut=10), OutcomeUnknown),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_an_error_is_raised_and_nothing_is_sent_again(
    server: Server, bot: Connected, answer: Answer, kind: type[SendError]
) -> None:
    server.answers = [answer]
    assert type(fail(bot)) is kind
    assert len(server.requests) == 1


def test_the_pause_that_telegram_asks_for_arrives(server: Server, bot: Connected) -> None:
    server.answers = [refused(429, "Too Many Requests: retry after 7", retry_after=7)]
    error = fail(bot)
    assert type(error) is RateLimited
    assert error.retry_after_seconds == 7.0
    assert len(server.requests) == 1, "the queue waits, not we"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"OK",
        b"[]",
        {},
        {"ok": False, "result": SENT},
        {"ok": True, "result": None},
        {"ok": True, "result": []},
        {"ok": True, "result": {"message_id": 1}},
        {"ok": True, "result": {"message_id": "1", "chat": {"id": 1}}},
        {"ok": True, "result": {"message_id": 1, "chat": {"id": True}}},
    ],
    ids=repr,
)
def test_a_200_without_message_id_is_an_unknown_outcome(server: Server, bot: Connected, body: object) -> None:
    server.answers = [Answer(body=body)]
    assert type(fail(bot)) is OutcomeUnknown


def test_no_answer_in_time_is_an_unknown_outcome_and_not_repeated(
    server: Server, bot: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = Event()
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.05)
    server.answers = [Answer(wait=over)]
    error = fail(bot)
    over.set()
    assert type(error) is OutcomeUnknown
    assert error.details == "no answer: ReadTimeoutError"
    assert len(server.requests) == 1


def hang_up(server: socket.socket) -> None:
    """Accept one request and hang up."""
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)


def test_a_request_that_left_and_got_no_answer_is_an_unknown_outcome() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=hang_up, args=(listening,))
        thread.start()
        with connected(f"http://127.0.0.1:{listening.getsockname()[1]}") as bot:
            assert type(fail(bot)) is OutcomeUnknown
        thread.join()


def test_a_connection_that_is_refused_took_nothing_along() -> None:
    with socket.socket() as taken:  # it is bound, so nobody else listens there, but it does not listen itself
        taken.bind(("127.0.0.1", 0))
        with connected(f"http://127.0.0.1:{taken.getsockname()[1]}") as bot:
            error = fail(bot)
    assert type(error) is Refused
    assert error.details == "no connection to the Bot API"


@pytest.mark.parametrize(
    "answer", [refused(401, "Unauthorized"), refused(404, "Not Found")], ids=["401", "404"]
)
def test_a_token_that_is_not_accepted_is_refetched_once(
    server: Server, bot: Connected, answer: Answer
) -> None:
    server.answers = [answer, Answer()]
    assert send(bot) == "5000000001.12"
    assert server.paths == [f"/bot{FIRST}/sendMessage", f"/bot{SECOND}/sendMessage"]
    server.requests.clear()
    server.answers = [answer]
    assert type(fail(bot)) is TokenInvalid
    assert len(server.requests) == 2
    assert bot.keychain.refetched == 2


def test_a_token_that_is_still_the_same_is_not_tried_again(server: Server, bot: Connected) -> None:
    bot.keychain.fresh = FIRST
    server.answers = [refused(401, "Unauthorized")]
    assert type(fail(bot)) is TokenInvalid
    assert len(server.requests) == 1


@pytest.mark.parametrize("token", ["", FIRST + "\n", "7000000001:a/../b", "secret", "7:é"], ids=ascii)
def test_what_is_no_token_is_sent_nowhere(server: Server, bot: Connected, token: str) -> None:
    bot.keychain.token = bot.keychain.fresh = token
    error = fail(bot)
    assert type(error) is TokenInvalid
    assert not token or token not in str(error)
    assert server.requests == []


OTHER_TOKEN = "7000000002:AAE-of_another_bot"


class NoKeychain(Keychain):
    """A secret store that cannot be reached."""

    def read(self) -> Secrets:
        raise SettingsError("the secret cannot be read")

    read_again = read


def test_nothing_is_sent_by_another_bot_whose_token_is_in_the_secret_by_now(server: Server) -> None:
    """Telegram would say 403, as if the contact had blocked the bot: they would be opted out."""
    keychain = Keychain(token=OTHER_TOKEN, fresh=OTHER_TOKEN)
    network = BotClient(base_url=server.url, secrets_of=lambda _account: keychain)
    with pytest.raises(TokenInvalid):
        network.send(BOT, ADA, HELLO, "")
    assert server.requests == []
    keychain.fresh = FIRST
    network.send(BOT, ADA, HELLO, "")
    assert server.paths == [f"/bot{FIRST}/sendMessage"]


def test_a_token_that_cannot_be_read_is_no_unknown_outcome(server: Server) -> None:
    keychain = NoKeychain()
    network = BotClient(base_url=server.url, secrets_of=lambda _account: keychain)
    with pytest.raises(TokenInvalid):
        network.send(BOT, ADA, HELLO, "")
    assert server.requests == []


def test_the_token_is_in_no_log_no_error_and_no_traceback(
    server: Server,
    bot: Connected,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)  # the addresses of urllib3 are logged at this level
    over = Event()
    monkeypatch.setattr(client, "ANSWER_SECONDS", 0.05)
    shown = []
    for answer in (refused(401, "Unauthorized"), Answer(cut=9), Answer(wait=over), Answer()):
        server.answers = [answer]
        try:
            send(bot)
        except SendError as error:
            shown += [repr(error), *traceback.format_exception(error)]
    over.set()
    logging.getLogger("urllib3.connectionpool").warning(
        "Failed to parse headers (url=%s): %s", f"{server.url}/bot{FIRST}/x", HeaderParsingError([], b"")
    )
    assert "/bot…/sendMessage" in caplog.text
    assert not [token for token in (FIRST, SECOND) if token in "".join([*shown, caplog.text])]


def test_too_many_messages_wait_before_anything_is_asked(server: Server, bot: Connected) -> None:
    group = Contact(id="-100.5000000001")
    for _ in range(20):
        send(bot, group)
    with pytest.raises(Refused) as refused:
        send(bot, group)
    assert not isinstance(refused.value, RateLimited | PairRateLimited)  # they tell that the account works
    assert len(server.requests) == 20


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://api.telegram.org", "yes"),
        ("http://127.0.0.1:8090", "yes"),
        ("http://localhost:8090", "yes"),
        ("http://[::1]:8090", "yes"),
        ("http://api.telegram.org", "no"),
        ("http://localhost:8090@example.com", "no"),
        ("http://10.0.0.1", "no"),
        ("https://", "no"),
    ],
)
def test_the_token_goes_out_by_tls_or_stays_on_this_machine(url: str, allowed: str) -> None:
    settings = {"TELEGRAM_BASE_URL": url}
    if allowed == "yes":
        CHANNEL.connect(lambda _account: Keychain(), settings)
        return
    with pytest.raises(SettingsError, match=r"TELEGRAM_BASE_URL: .*https://"):
        CHANNEL.connect(lambda _account: Keychain(), settings)


def test_the_machines_proxies_do_not_touch_our_requests(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with connected(server.url) as bot:
        assert send(bot) == "5000000001.12"
