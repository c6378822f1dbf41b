"""`rejoinder run --telegram-token` fetches updates from the simulator's Bot API, and posts them."""

import io
import json
import os
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from rejoinder.channels.telegram.front import SECRET_HEADER
from rejoinder.workbench import development
from rejoinder.workbench.cli import run_telegram
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.handset.handset import wait_for
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.telegram import kept
from rejoinder.workbench.telegram.api import BotApi
from rejoinder.workbench.telegram.polling import Poller
from rejoinder.workbench.telegram.webhooks import Webhook

TOKEN, ADA = development.TELEGRAM_BOT_TOKEN, "7700001"


class Ingress:
    """A webhook on this machine. It answers with the next of `answers`, and with 200 after that."""

    def __init__(self) -> None:
        self.posts: list[tuple[str, Any]] = []
        self.answers: deque[tuple[int, str]] = deque()
        self.came = threading.Condition()
        ingress = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, text = ingress.answers.popleft() if ingress.answers else (200, "")
                self.send_response(status)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())
                with ingress.came:
                    ingress.posts.append((self.headers[SECRET_HEADER], body))
                    ingress.came.notify_all()

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/telegram/1"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def texts(self, count: int) -> list[str]:
        """Return the texts of the updates, once so many came."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.posts) >= count, 10)
            return [body["message"]["text"] for _, body in self.posts if "message" in body]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator() as one:
        yield one


@pytest.fixture
def api(simulator: Simulator) -> Iterator[BotApi]:
    httpx.post(f"{simulator.url}/sim/reset", json={}, trust_env=False).raise_for_status()
    with BotApi(simulator.url, TOKEN) as one:
        one.call("deleteWebhook", drop_pending_updates=True)
        yield one


@pytest.fixture
def ingress() -> Iterator[Ingress]:
    with closing(Ingress()) as one:
        yield one


def say(simulator: Simulator, **done: object) -> Any:
    order = {"channel": "telegram", "from": ADA, **done}
    answer = httpx.post(f"{simulator.url}/sim/say", json=order, trust_env=False)
    return answer.raise_for_status().json()


@contextmanager
def polling(simulator: Simulator, ingress: Ingress, tell: Callable[[str], None]) -> Iterator[None]:
    """Fetch updates during the block. Telegram does not wait for them here, so that the end is quick."""
    headers = {SECRET_HEADER: "secret"}
    poller = Poller(
        connect=partial(BotApi, simulator.url, TOKEN),
        url=ingress.url,
        headers=headers,
        tell=tell,
        poll_seconds=0,
        pauses=(0.01,),
    )
    with poller:
        yield
    for thread in threading.enumerate():
        if thread.name == "telegram":
            thread.join(10)


def ignore(_line: str) -> None:
    """Show nothing."""


def waiting(api: BotApi) -> int:
    return Webhook.of(api).pending


def test_updates_reach_the_ingress_in_order_with_the_secret_and_are_confirmed(
    simulator: Simulator, api: BotApi, ingress: Ingress
) -> None:
    say(simulator, text="one")
    with polling(simulator, ingress, ignore):
        say(simulator, text="two")
        assert ingress.texts(2) == ["one", "two"]
    assert {secret for secret, _ in ingress.posts} == {"secret"}
    assert waiting(api) == 0


def test_an_update_that_is_refused_comes_again_before_the_next_and_is_confirmed_only_then(
    simulator: Simulator, api: BotApi, ingress: Ingress
) -> None:
    told: list[str] = []
    ingress.answers += [(500, ""), (502, "")]
    for text in ("one", "two"):
        say(simulator, text=text)
    with polling(simulator, ingress, told.append):
        assert ingress.texts(4) == ["one", "one", "one", "two"]
    assert told == [
        "the ingress refused an update (HTTP 500); trying again",
        "the ingress refused an update (HTTP 502); trying again",
    ]
    assert waiting(api) == 0


def test_what_was_not_delivered_is_not_confirmed(simulator: Simulator, api: BotApi, ingress: Ingress) -> None:
    ingress.answers += [(500, "")] * 1000
    say(simulator, text="one")
    with polling(simulator, ingress, ignore):
        ingress.texts(2)
    assert waiting(api) == 1


def test_the_method_in_an_answer_is_carried_out(simulator: Simulator, api: BotApi, ingress: Ingress) -> None:
    say(simulator, text="hi")
    keyboard = {"inline_keyboard": [[{"text": "Book", "callback_data": "b"}]]}
    with polling(simulator, ingress, ignore):
        ingress.texts(1)
        api.call("sendMessage", chat_id=int(ADA), text="What?", reply_markup=keyboard)
        ingress.answers.append(
            (200, json.dumps({"method": "sendMessage", "chat_id": int(ADA), "text": "Ok"}))
        )
        say(simulator, tap="Book")
        ingress.texts(2)
        transcript = f"{simulator.url}/sim/transcript"
        asked = {"channel": "telegram", "contact": ADA}
        said = wait_for(
            lambda: "Ok" in [line["text"] for line in httpx.get(transcript, params=asked).json()] or None,
            seconds=10,
        )
    assert said


def test_a_webhook_that_appears_and_a_token_that_ends_are_told_in_plain_words(
    simulator: Simulator, api: BotApi, ingress: Ingress
) -> None:
    told: list[str] = []
    heard = threading.Event()

    def tell(line: str) -> None:
        told.append(line)
        heard.set()

    api.call("setWebhook", url="https://example.com/telegram")
    with polling(simulator, ingress, tell):
        assert heard.wait(10)
        api.call("deleteWebhook")
        say(simulator, text="now")
        assert ingress.texts(1) == ["now"]
    way_out = "a new start can take it away; trying again"
    assert told == [f"somebody gave the bot a webhook, so no update can be fetched; {way_out}"]
    revoked = partial(BotApi, simulator.url, "7000000009:a-token-that-was-revoked-0000000000")
    Poller(connect=revoked, url=ingress.url, headers={}, tell=told.append).run()  # it ends by itself
    assert told[-1] == "Telegram does not know the token any more; no more messages come from there"


# --- before the start ---------------------------------------------------------------------------------------


@pytest.fixture
def at_simulator(simulator: Simulator, api: BotApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setenv("TELEGRAM_BASE_URL", simulator.url)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


@pytest.mark.usefixtures("at_simulator")
def test_the_bot_of_a_token_is_asked_for_its_name(simulator: Simulator) -> None:
    bot = run_telegram.own_bot(TOKEN)
    assert (bot.id, bot.username) == (development.TELEGRAM_BOT_ID, development.TELEGRAM_BOT_USERNAME)
    assert bot.address == simulator.url
    assert TOKEN not in repr(bot)
    assert kept.kept() == ""


@pytest.mark.usefixtures("at_simulator")
def test_the_simulator_is_reached_without_the_proxy_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert run_telegram.own_bot(TOKEN).username == development.TELEGRAM_BOT_USERNAME


def test_no_token_goes_over_the_net_in_plain_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BASE_URL", "http://telegram.example.com")
    with pytest.raises(StackError, match="must begin with https"):
        run_telegram.own_bot(TOKEN)


@pytest.mark.usefixtures("at_simulator")
def test_no_program_that_the_stack_starts_gets_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_TOKEN", TOKEN)
    run_telegram.own_bot(TOKEN)
    assert TOKEN not in os.environ.values()


@pytest.mark.usefixtures("at_simulator")
def test_a_kept_file_that_holds_no_token_is_named() -> None:
    file = kept.keep("half a tok")
    with pytest.raises(StackError, match=re.escape(f"Delete {file} to be asked again")):
        run_telegram.own_bot("ask")


@pytest.mark.usefixtures("at_simulator")
def test_a_token_that_telegram_refuses_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(StackError, match="give it in TELEGRAM_TOKEN"):
        run_telegram.own_bot("ask")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda _: "7000000009:a-token-that-is-wrong-00000000000")
    with pytest.raises(StackError, match="Telegram knows no bot of this token"):
        run_telegram.own_bot("ask")
    assert kept.kept() == ""


@pytest.mark.usefixtures("at_simulator")
@pytest.mark.parametrize(("answer", "left"), [("n", "https://example.com/telegram"), ("y", "")])
def test_a_webhook_is_taken_away_only_by_a_yes(
    api: BotApi, monkeypatch: pytest.MonkeyPatch, answer: str, left: str
) -> None:
    api.call("setWebhook", url="https://example.com/telegram")
    monkeypatch.setattr("builtins.input", lambda _: answer)
    if answer == "y":
        run_telegram.own_bot(TOKEN)
    else:
        with pytest.raises(StackError, match="keeps its webhook: make another bot"):
            run_telegram.own_bot(TOKEN)
    assert Webhook.of(api).url == left
