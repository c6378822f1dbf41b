"""Which of our messages a contact quotes: the table and the store in memory keep the same promises."""

from dataclasses import replace
from typing import Protocol

import boto3
import pytest
from mypy_boto3_dynamodb import DynamoDBClient

from rejoinder import Bot
from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.records import RecordTable
from rejoinder.model.contents import Text
from rejoinder.model.context import Quoted
from rejoinder.model.conversation import NO_WINDOW, Conversation
from rejoinder.model.delivery import Attempt, Detail, Step
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import Template
from rejoinder.ports import ConversationStore, RecordStore
from rejoinder.testing.memory import MemoryStore
from tests.unit.worlds import ACCOUNT, ADA, NOON, World, inbound

TURN = TurnMessages(
    account=ACCOUNT,
    contact=ADA,
    conversation_key="key",
    correlation_id="correlation",
    read_id="",
    window_closes_at=NOON,
    messages=(),
)


class Both(ConversationStore, RecordStore, Protocol):
    """The ports for conversations and for records, on one table."""


class BothTables:
    """Both ports on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        conversations, records = ConversationTable(client, table), RecordTable(client, table)
        self.load, self.commit = conversations.load, conversations.commit
        self.quoted, self.record_try = conversations.quoted, conversations.record_try
        self.read, self.claim = records.read, records.claim
        self.write_step, self.name = records.write_step, records.name


@pytest.fixture(params=["memory", "dynamodb"])
def both(request: pytest.FixtureRequest) -> Both:
    if request.param == "memory":
        return MemoryStore()
    return BothTables(boto3.client("dynamodb"), request.getfixturevalue("table"))


def say(both: RecordStore, key: str, words: str, network_id: str) -> Attempt:
    """Record that a message was sent, and that the network gave it an id."""
    attempt = Attempt(conversation_key=key, outbound_id=f"{words}-1", number=1)
    message = Outbound(id=attempt.outbound_id, content=Text(body=words))
    both.claim(attempt, NOON, replace(TURN, conversation_key=key, messages=(message,)))
    both.write_step(attempt, Step.SENT, NOON + 1, Detail(network_id=network_id))
    both.name(attempt, network_id)
    return attempt


def test_our_message_is_found_by_the_networks_id_of_it(both: Both) -> None:
    conversation = Conversation(key="key", contact_ids=("1",))
    say(both, "key", "hello", "wamid.OUT1")
    say(both, "key", "bye", "wamid.OUT2")
    say(both, "other", "secret", "wamid.OUT3")
    assert both.quoted(conversation, "wamid.OUT1") == Quoted(
        outbound_id="hello-1", content=Text(body="hello")
    )
    assert both.quoted(conversation, "wamid.OUT2") == Quoted(outbound_id="bye-1", content=Text(body="bye"))
    assert both.quoted(conversation, "wamid.OUT3") is None, "that one was said to somebody else"
    assert both.quoted(conversation, "wamid.OUT4") is None


def test_our_message_is_found_in_the_conversation_that_took_its_conversation_in(both: Both) -> None:
    say(both, "former", "hello", "wamid.OUT1")
    found = both.quoted(Conversation(key="key", contact_ids=("1",), former_keys=("former",)), "wamid.OUT1")
    assert found == Quoted(outbound_id="hello-1", content=Text(body="hello"))


def test_a_message_that_went_out_as_its_template_is_quoted_as_the_template(both: Both) -> None:
    first = say(both, "key", "hello", "wamid.OUT1")
    both.write_step(first, Step.REFUSED, NOON + 2, Detail(error_code=131047))
    template = Template(name="hello", language="en")
    message = Outbound(id=first.outbound_id, content=template, instead_of=Text(body="hello"))
    again = replace(first, number=2)
    both.claim(again, NOON + 3, replace(TURN, messages=(message,)))
    both.write_step(again, Step.SENT, NOON + 4, Detail(network_id="wamid.OUT2"))
    both.name(again, "wamid.OUT2")
    found = both.quoted(Conversation(key="key", contact_ids=("1",)), "wamid.OUT2")
    assert found == Quoted(outbound_id="hello-1", content=template)


@pytest.mark.parametrize("attribute", ["expires_at", "format", "turn"])
@pytest.mark.parametrize("sk", ["OUT#hello-1", "NETWORK#wamid.OUT1"])
def test_a_message_that_is_over_or_unreadable_is_not_quoted(
    table: str, dynamodb: DynamoDBClient, attribute: str, sk: str
) -> None:
    both = BothTables(dynamodb, table)
    say(both, "key", "hello", "wamid.OUT1")
    value = {"expires_at": {"N": "1"}, "format": {"N": "99"}, "turn": {"S": "{}"}}[attribute]
    dynamodb.update_item(
        TableName=table,
        Key={"pk": {"S": "CONVERSATION#key"}, "sk": {"S": sk}},
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": attribute},
        ExpressionAttributeValues={":value": value},
    )
    is_used = not (sk.startswith("NETWORK") and attribute in ("turn", "expires_at"))
    found = both.quoted(Conversation(key="key", contact_ids=("1",)), "wamid.OUT1")
    assert (found is None) == is_used


def test_the_id_of_a_message_lives_as_long_as_its_record(table: str, dynamodb: DynamoDBClient) -> None:
    say(RecordTable(dynamodb, table), "key", "hello", "wamid.OUT1")
    ends = {int(item["expires_at"]["N"]) for item in dynamodb.scan(TableName=table)["Items"]}
    assert max(ends) - min(ends) <= 1


def test_a_message_that_gets_no_status_is_found_once_it_is_accepted(both: Both) -> None:
    bot, ada = Account(channel="telegram", id="7000000001"), Contact(id="5000000001")
    world = World(Bot())
    message = Outbound(id=f"{inbound().hashed_id}-1", content=Text(body="hello"))
    turn = replace(
        TURN, account=bot, contact=ada, correlation_id=inbound().hashed_id, window_closes_at=NO_WINDOW
    )
    replace(world.sender(), records=both).deliver(replace(turn, messages=(message,)))
    quoted = both.quoted(Conversation(key="key", contact_ids=(ada.id,)), "memory-1")
    assert quoted == Quoted(outbound_id=message.id, content=message.content)
