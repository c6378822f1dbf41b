"""One message goes the whole way on the deployed stack, and some tests break a part of the way on purpose."""

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from rejoinder.aws.at_gate import WaitingTable
from rejoinder.aws.gates import GateTable
from rejoinder.model.gate import Gate
from rejoinder.model.people import Account
from rejoinder.services.gatekeeper import KEPT_SECONDS
from rejoinder.workbench import development
from rejoinder.workbench.chaos.evidence import waiting
from rejoinder.workbench.stack import LocalStack

pytestmark = pytest.mark.stack

PATIENCE_SECONDS = 40.0
QUIET_SECONDS = 3.0
"""How long nothing more must come before we believe that nothing will, in seconds."""

_numbers = itertools.count(int(time.time()) % 100_000 * 1000)


@pytest.fixture
def phone() -> str:
    """Return the number of a contact that no other test has."""
    return f"1555{next(_numbers):08d}"


class Network:
    """What the tests do in the place of the network."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.http = httpx.Client(base_url=stack.simulator_url, timeout=60, trust_env=False)

    def deliver(self, body: dict[str, Any], **headers: str) -> int:
        """Post a signed webhook, and return the status of the answer."""
        answer = self.http.post("/sim/deliver", json=body, headers=headers)
        answer.raise_for_status()
        return int(answer.json()["status"])

    def said_to(self, contact: str) -> list[str]:
        """Return what the bot has sent to a contact, oldest first."""
        sent = self.http.get("/sim/sent").json()
        return [words(message["body"]) for message in sent if message["contact"] == contact]

    def hears(self, contact: str, count: int) -> list[str]:
        """Wait until `contact` has got `count` messages, and a little longer, to see whether more come."""
        wait_until(lambda: len(self.said_to(contact)) >= count, f"{count} messages to {contact}")
        time.sleep(QUIET_SECONDS)
        return self.said_to(contact)


@pytest.fixture
def network(stack: LocalStack) -> Iterator[Network]:
    network = Network(stack)
    with network.http:
        yield network


def words(body: dict[str, Any]) -> str:
    """Return the words of a sent message."""
    interactive = body.get("interactive", {})
    return str(
        body.get("text", interactive.get("body", {})).get("body", interactive.get("body", {}).get("text"))
    )


def wait_until(reached: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not reached():
        assert time.monotonic() < deadline, f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}"
        time.sleep(0.1)


def text(message_id: str, sender: str, body: str) -> dict[str, Any]:
    return {
        "from": sender,
        "id": message_id,
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": body},
    }


def change(
    *messages: dict[str, Any], number: str = development.PHONE_NUMBER_ID, **parts: Any
) -> dict[str, Any]:
    metadata = {"display_phone_number": development.DISPLAY_PHONE_NUMBER, "phone_number_id": number}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **parts}
    return {"field": "messages", "value": value | ({"messages": list(messages)} if messages else {})}


def webhook(*changes: dict[str, Any]) -> dict[str, Any]:
    entry = {"id": development.WABA_ID, "changes": list(changes)}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def test_a_mixed_batch_is_answered_rightly_and_once(network: Network, phone: str) -> None:
    """The batch has several contacts, two numbers, messages beside statuses, a contact without a number, an
    unknown type and an unknown field.
    """
    second, hidden = f"{phone}2", f"US.{phone}3"
    no_number = text(f"{phone}-d", phone, "hi") | {"from_user_id": hidden}
    del no_number["from"]
    hologram = text(f"{phone}-e", f"{phone}5", "") | {"type": "hologram", "hologram": {}}
    foreign = {"id": "wamid.x", "status": "sent", "timestamp": "1", "biz_opaque_callback_data": "not ours"}
    body = webhook(
        change(
            text(f"{phone}-a", phone, "hi"),
            text(f"{phone}-b", second, "hi"),
            text(f"{phone}-c", phone, "count me"),
            statuses=[foreign],
            contacts=[{"profile": {"name": "Ada"}, "wa_id": phone}],
        ),
        change(no_number, contacts=[{"profile": {"name": "Noor"}, "user_id": hidden}]),
        change(hologram),
        change(text(f"{phone}-f", phone, "hi"), number=development.SECOND_PHONE_NUMBER_ID),
        {"field": "brand_new", "value": {"anything": [1]}},
    )
    assert network.deliver(body) == 200
    answers = network.hears(phone, 3)
    assert sorted(answers) == sorted(["Hello Ada! What can I do for you?", "That makes 1.", answers[-1]])
    assert answers.index("Hello Ada! What can I do for you?") < answers.index("That makes 1.")
    assert network.said_to(second) == ["Hello there! What can I do for you?"]
    assert network.said_to(hidden) == ["Hello Noor! What can I do for you?"]
    assert network.said_to(f"{phone}5") == ["Hello there! What can I do for you?"]


@pytest.mark.slow
def test_each_answer_reaches_read_and_its_record_says_so(network: Network, phone: str) -> None:
    network.deliver(webhook(change(text(f"{phone}-a", phone, "hi"))))
    network.hears(phone, 1)
    table = network.stack.client("dynamodb")

    def complete() -> bool:
        items = table.scan(TableName=network.stack.table_name, ConsistentRead=True)["Items"]
        return any(all(f"a1_{step}_at" in item for step in steps) for item in items)

    steps = ("sending", "accepted", "sent", "delivered", "read")
    wait_until(complete, "a record with every step")


@pytest.mark.slow
def test_the_same_webhook_ten_times_at_once_is_answered_once(network: Network, phone: str) -> None:
    body = webhook(change(text(f"{phone}-a", phone, "hi"), text(f"{phone}-b", phone, "count me")))
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(lambda _: network.deliver(body), range(10))) == {200}
    assert network.hears(phone, 2)[1:] == ["That makes 1."]


@pytest.mark.slow
def test_messages_that_come_again_in_other_batches_are_answered_once(network: Network, phone: str) -> None:
    hi, one, two = (text(f"{phone}-{n}", phone, w) for n, w in enumerate(("hi", "count me", "count me")))
    for batch in ((hi,), (hi, one), (one, two), (two, hi, one)):
        assert network.deliver(webhook(change(*batch))) == 200
    assert network.hears(phone, 3)[1:] == ["That makes 1.", "That makes 2."]


@pytest.mark.slow
@pytest.mark.parametrize("signature", ["none", "wrong", "sha1", "sha256=s\u00fc\u00df"])
def test_what_the_network_did_not_sign_is_401_and_leaves_nothing(
    network: Network, phone: str, signature: str
) -> None:
    body = webhook(change(text(f"{phone}-a", phone, "hi")))
    header = {"X-Sim-Signature": signature.encode("latin-1").decode("latin-1")}
    answer = network.http.post("/sim/deliver", json=body, headers=header_bytes(header))
    assert answer.json()["status"] == 401
    time.sleep(QUIET_SECONDS)
    assert network.said_to(phone) == []


def header_bytes(headers: dict[str, str]) -> dict[bytes, bytes]:
    """Return headers as latin-1, so that one can hold a character that is not ASCII."""
    return {name.encode(): value.encode("latin-1") for name, value in headers.items()}


@contextmanager
def broken(stack: LocalStack, function: str, **variables: str) -> Iterator[None]:
    """Give `function` other environment variables in the `with` block, as a bad deployment does."""
    functions = stack.client("lambda")
    name = stack.functions[function]
    right = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": right | variables})
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": right})


@pytest.mark.slow
def test_what_could_not_be_queued_is_500_and_answered_when_it_is_delivered_again(
    network: Network, phone: str
) -> None:
    body = webhook(change(text(f"{phone}-a", phone, "hi")))
    gone = network.stack.inbound_queue_url.replace("inbound", "gone")
    with broken(network.stack, "ingress", INBOUND_QUEUE_URL=gone):
        assert network.deliver(body) == 500
        assert network.said_to(phone) == []
    assert network.deliver(body) == 200
    assert len(network.hears(phone, 1)) == 1


@pytest.mark.slow
def test_a_crash_after_the_commit_and_before_queueing_loses_and_doubles_nothing(
    network: Network, phone: str
) -> None:
    network.deliver(webhook(change(text(f"{phone}-a", phone, "hi"))))
    network.hears(phone, 1)
    gone = network.stack.outbound_queue_url.replace("outbound", "gone")
    with broken(network.stack, "processor", OUTBOUND_QUEUE_URL=gone):
        network.deliver(webhook(change(text(f"{phone}-b", phone, "count me"))))
        wait_until(lambda: committed(network.stack, f"{phone}-b"), "the commit")
        assert len(network.said_to(phone)) == 1
    network.deliver(webhook(change(text(f"{phone}-c", phone, "count me"))))
    assert network.hears(phone, 3)[1:] == ["That makes 1.", "That makes 2."]


def committed(stack: LocalStack, message_id: str) -> bool:
    """Whether the marker of the message is finished."""
    pk = f"IN#whatsapp:{development.PHONE_NUMBER_ID}#{message_id}"
    key = {"pk": {"S": pk}, "sk": {"S": "MARKER"}}
    item = (
        stack.client("dynamodb")
        .get_item(TableName=stack.table_name, Key=key, ConsistentRead=True)
        .get("Item")
    )
    return bool(item) and item["state"]["S"] == "done"


@pytest.mark.slow
def test_a_message_that_comes_again_after_everything_was_stopped_and_started_is_answered_once(
    network: Network, phone: str
) -> None:
    body = webhook(change(text(f"{phone}-a", phone, "hi"), text(f"{phone}-b", phone, "count me")))
    network.deliver(body)
    network.hears(phone, 2)
    network.stack.restart()
    assert network.deliver(body) == 200
    network.deliver(webhook(change(text(f"{phone}-c", phone, "count me"))))
    assert network.hears(phone, 3)[1:] == ["That makes 1.", "That makes 2."]


@pytest.mark.slow
def test_a_talk_goes_on_after_everything_was_stopped_and_started(network: Network, phone: str) -> None:
    network.deliver(webhook(change(text(f"{phone}-a", phone, "hi"), text(f"{phone}-b", phone, "book"))))
    network.hears(phone, 2)
    network.deliver(webhook(change(text(f"{phone}-c", phone, "tomorrow"))))
    assert network.hears(phone, 3)[2] == "For how many people?"
    network.stack.restart()
    network.deliver(webhook(change(text(f"{phone}-d", phone, "4"))))
    assert network.hears(phone, 4)[3] == "Done: tomorrow, 4 people. Your reference is T4."


@pytest.mark.slow
def test_refusals_are_tried_again_in_order_and_rejections_let_the_next_one_through(
    network: Network, phone: str
) -> None:
    faults = [{"kind": "error", "code": 130429, "times": 2, "to": phone}]
    network.http.post("/sim/faults", json=faults).raise_for_status()
    network.deliver(webhook(change(text(f"{phone}-a", phone, "hi"), text(f"{phone}-b", phone, "count me"))))
    assert network.hears(phone, 2)[1:] == ["That makes 1."]


@pytest.mark.slow
def test_a_contact_outside_the_window_gets_the_declared_template(network: Network, phone: str) -> None:
    faults = [{"kind": "error", "code": 131047, "times": 1, "to": phone}]
    network.deliver(webhook(change(text(f"{phone}-a", phone, "hi"))))
    network.hears(phone, 1)
    network.http.post("/sim/faults", json=faults).raise_for_status()
    network.deliver(webhook(change(text(f"{phone}-b", phone, "tea"))))
    wait_until(lambda: len(network.said_to(phone)) == 2, "the template")
    sent = [message for message in network.http.get("/sim/sent").json() if message["contact"] == phone]
    assert sent[-1]["body"]["template"]["name"] == "order_update"
    assert sent[-1]["body"]["biz_opaque_callback_data"].endswith(".2")


@pytest.mark.slow
def test_a_token_that_is_renewed_in_secrets_manager_is_taken_up(network: Network, phone: str) -> None:
    faults = [{"kind": "error", "code": 190, "times": 1, "to": phone}]
    network.http.post("/sim/faults", json=faults).raise_for_status()
    network.deliver(webhook(change(text(f"{phone}-a", phone, "hi"))))
    assert len(network.hears(phone, 1)) == 1


@pytest.mark.slow
def test_turns_that_wait_for_a_gate_leave_the_queue_and_come_back_in_order(
    network: Network, phone: str
) -> None:
    """A sender may believe for ten seconds that the gate is open, so the contacts write after those."""
    stack, other = network.stack, f"{phone}2"
    gates = GateTable(stack.client("dynamodb"), stack.table_name)
    account, now = Account(channel="whatsapp", id=development.PHONE_NUMBER_ID), time.time()
    wait_until(lambda: not any(waiting(stack, stack.outbound_queue_url)), "an empty queue")
    gates.close(account, replace(Gate.closed(190, now - 60), probe_at=now + 25))
    time.sleep(KEPT_SECONDS + 1)
    for number, (who, body) in enumerate([(phone, "hi"), (other, "hi"), (phone, "count me")]):
        network.deliver(webhook(change(text(f"{phone}-{number}", who, body))))
    apart = WaitingTable(stack.client("dynamodb"), stack.table_name)
    wait_until(lambda: len([*apart.read(account)]) == 2, "two conversations that wait")
    wait_until(lambda: sum(waiting(stack, stack.outbound_queue_url)) == 1, "only the doorkeeper on the queue")
    assert network.said_to(phone) == network.said_to(other) == []
    wait_until(lambda: len(network.said_to(phone)) >= 2, "what waited for one")
    assert len(network.hears(other, 1)) == 1
    assert network.said_to(phone)[1:] == ["That makes 1."]
    wait_until(lambda: [*apart.read(account)] == [], "an empty list")


@pytest.mark.slow
def test_a_signed_body_that_is_no_webhook_is_kept_whole(network: Network) -> None:
    answer = network.http.post("/sim/deliver", content=b'{"object": "page", "odd": true}')
    assert answer.json()["status"] == 200
    s3 = network.stack.client("s3")
    bucket = network.stack.quarantine_bucket_name
    kept = [
        s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read()
        for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    ]
    assert b'{"object": "page", "odd": true}' in kept


@pytest.mark.slow
def test_a_bot_bug_parks_one_update_and_the_next_one_is_served(network: Network, phone: str) -> None:
    """The bot fails only in `count`, when its data is what this test puts there."""
    network.deliver(webhook(change(text(f"{phone}-a", phone, "hi"))))
    network.hears(phone, 1)
    spoil_data(network.stack, phone)
    network.deliver(
        webhook(change(text(f"{phone}-b", phone, "count me"), text(f"{phone}-c", phone, "hours")))
    )
    answers = network.hears(phone, 3)
    assert answers[1].startswith("Sorry")
    assert answers[2].startswith("We are open")


def spoil_data(stack: LocalStack, phone: str) -> None:
    """Give the contact's conversation data that the bot does not expect."""
    table = stack.client("dynamodb")
    for item in table.scan(TableName=stack.table_name, ConsistentRead=True)["Items"]:
        if {"S": phone} in item.get("contact_ids", {}).get("L", []):
            table.update_item(
                TableName=stack.table_name,
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET #data = :data",
                ExpressionAttributeNames={"#data": "data"},
                ExpressionAttributeValues={":data": {"S": '{"visits": "many"}'}},
            )
