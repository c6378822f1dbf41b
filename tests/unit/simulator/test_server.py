"""Starting and stopping the simulator, its ports and command line, and requests too big for HTTP."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest

from rejoinder.workbench.simulator import contacts, wamid
from rejoinder.workbench.simulator.__main__ import main
from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.network import Network as Rules
from rejoinder.workbench.simulator.pace import Bucket
from rejoinder.workbench.simulator.records import Said
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.validation import Content, Request
from rejoinder.workbench.simulator.webhooks import sign
from tests.unit.simulator.kit import ADA, NUMBER, TOKEN, Network, Webhook, error_of


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_given_port_is_taken_and_free_again_after_the_stop() -> None:
    port = free_port()
    for _ in range(2):
        with Simulator(port=port) as simulator:
            assert simulator.url == f"http://127.0.0.1:{port}"
            assert httpx.get(f"{simulator.url}/sim/sent", trust_env=False).json() == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/", trust_env=False)


def test_a_taken_port_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    with Simulator() as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            Simulator(port=port).start()
        assert main(["--port", str(port)]) == 1
    assert f"cannot listen on port {port}" in capsys.readouterr().err


def test_the_command_line_says_why_a_handshake_was_refused(
    webhook: Webhook, capsys: pytest.CaptureFixture[str]
) -> None:
    webhook.handshake = lambda _: (403, "")
    assert main(["--port", "0", "--webhook-url", webhook.url]) == 1
    assert "refused the handshake: 403" in capsys.readouterr().err


def test_the_command_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "rejoinder.workbench.simulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[2]
        assert httpx.get(f"{url}/sim/faults", trust_env=False).json() == []
        process.send_signal(2)
        _, errors = process.communicate(timeout=5)
    assert (process.returncode, errors) == (0, "")


def test_the_verb_serves_anybodys_client_until_it_is_interrupted(webhook: Webhook) -> None:
    mine = {"app-secret": "s3", "verify-token": "v", "access-token": "t", "phone-number-id": "7"}
    options = [part for name, value in mine.items() for part in (f"--{name}", value)]
    command = [sys.executable, "-m", "rejoinder.workbench", "simulator", "--port", "0", *options]
    command += ["--webhook", webhook.url]
    asked: list[str] = []

    def agree(query: dict[str, str]) -> tuple[int, str]:
        asked.append(query["hub.verify_token"])
        return 200, query["hub.challenge"]

    webhook.handshake = agree
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(9)]
        url = lines[0].split()[2]
        httpx.post(f"{url}/sim/say", json={"from": ADA, "text": "hi"}, trust_env=False)
        shown = httpx.get(f"{url}/v25.0/7", headers={"authorization": "Bearer t"}, trust_env=False).json()
        process.send_signal(2)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors, asked, shown["id"]) == (0, "", ["v"], "7")
    assert webhook.posts[0].headers["X-Hub-Signature-256"] == sign("s3", webhook.posts[0].raw)
    for value in (*mine.values(), webhook.url):
        assert any(value in line for line in lines) or value == "v"


@pytest.mark.parametrize(
    ("answer", "advice"),
    [((200, "hello"), "with the challenge alone. --verify-token says"), (None, "Start your server first")],
)
def test_a_refused_handshake_says_what_to_do(
    webhook: Webhook, capsys: pytest.CaptureFixture[str], answer: tuple[int, str] | None, advice: str
) -> None:
    url = webhook.url
    if answer is None:
        url = "http://127.0.0.1:1/"
    else:
        webhook.handshake = lambda _: answer
    assert main(["--port", "0", "--webhook", url]) == 1
    assert advice in capsys.readouterr().err


def test_both_names_of_this_machine_lead_to_the_simulator() -> None:
    with Simulator() as simulator:
        port = simulator.url.rpartition(":")[2]
        for host in ("127.0.0.1", "localhost"):
            assert httpx.get(f"http://{host}:{port}/sim/sent", trust_env=False).json() == []


def test_the_files_are_there_only_while_it_runs() -> None:
    with pytest.raises(RuntimeError, match="does not run"):
        _ = Simulator().shelf


def test_a_stop_ends_waiting_callers_and_retries(webhook: Webhook) -> None:
    settings = Settings(webhook_url=webhook.url, retry_first_seconds=30, retry_max_seconds=30)
    webhook.answers.extend([500] * 10)
    simulator = Simulator(settings)
    outcome: list[str] = []
    with httpx.Client(base_url=simulator.start(), trust_env=False) as http:
        network = Network(http, webhook)
        network.say(ADA)
        network.control("faults", {"kind": "accept_no_answer", "hang_seconds": 60})

        def wait() -> None:
            with pytest.raises(httpx.RemoteProtocolError):
                network.send(ADA)
            outcome.append("closed")

        waiting = threading.Thread(target=wait)
        waiting.start()
        while not network.see("sent"):
            time.sleep(0.01)
        simulator.stop()
        waiting.join(timeout=30)  # the fault hangs for 60 s
    assert outcome == ["closed"]
    simulator.stop()


def test_own_settings_are_honoured(webhook: Webhook) -> None:
    settings = Settings(
        access_tokens=("mine",), phone_numbers={"7": "4930123456"}, waba_id="8", webhook_url=webhook.url
    )
    with Simulator(settings) as simulator, httpx.Client(base_url=simulator.url, trust_env=False) as http:
        network = Network(http, webhook)
        network.say(ADA)
        assert network.graph({}, number="7", headers={"authorization": "Bearer mine"}).status_code == 400
        assert error_of(network.graph({}, number=NUMBER, headers=TOKEN))["code"] == 190
    assert webhook.posts[0].body["entry"][0]["id"] == "8"
    assert webhook.posts[0].value_of("7")["metadata"]["display_phone_number"] == "4930123456"


def test_a_number_sends_and_hears_80_messages_a_second() -> None:
    bucket = Bucket(80, 1 / 80, now=0.0)
    assert sum(bucket.spend(0.0) for _ in range(100)) == 80
    assert sum(bucket.spend(0.5) for _ in range(100)) == 40


def test_throughput_is_130429() -> None:
    settings = Settings(messages_per_second=1)
    rules = Rules(settings, Clock())
    text = Request(to=ADA, recipient=None, callback_data=None, content=Content(text="hi"))
    ada = rules.contact_of(ADA)
    rules.accept(NUMBER, text, ada, {})
    with pytest.raises(Exception, match="130429"):
        rules.accept(NUMBER, text, ada, {})


def test_service_messages_beyond_the_quota_are_billed() -> None:
    clock = Clock()
    rules = Rules(Settings(pair_burst=2000, messages_per_second=2000), clock)
    ada = rules.contact_of(ADA)
    said = rules_said(rules, clock)
    text = Request(to=ADA, recipient=None, callback_data=None, content=Content(text="hi"))
    billed = [rules.accept(NUMBER, text, ada, {}).price.type for _ in range(1002)]
    assert said.contact is ada
    assert billed == ["free_customer_service"] * 1000 + ["regular", "regular"]
    clock.advance(32 * 24 * 3600)
    rules_said(rules, clock)
    assert rules.accept(NUMBER, text, ada, {}).price.type == "free_customer_service"


def rules_said(rules: Rules, clock: Clock) -> Said:
    contact = rules.contact_of(ADA)
    said = Said(id=wamid.received(ADA), phone_number_id=NUMBER, contact=contact, text="hi", at=clock.now())
    rules.hear(said)
    return said


def test_a_contact_met_under_both_ids_is_one() -> None:
    book = contacts.PhoneBook()
    nameless = book.with_user_id("US.1")
    assert book.meet("15550001", "US.1") is nameless
    assert (nameless.wa_id, book.find("15550001")) == ("15550001", nameless)
    derived = book.with_phone("15550002")
    assert book.meet("15550002", "US.2") is derived
    assert derived.user_id == "US.2"
