"""What each function asks of the table is what its role in template.yaml allows, key by key.

The local AWS enforces roles, but not conditions on leading keys. So here a function runs on moto, and its
requests are compared with the role.
"""

import fnmatch
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import pytest

from rejoinder.aws import clients
from rejoinder.workbench import development
from tests.moto.test_handlers import Context, House, event_of, house, simulator
from tests.unit.template_rules import Json, listed, source, statements

__all__ = ["house", "simulator"]

Asked = set[tuple[str, str]]
"""Actions, each with the partition key that it was for."""

KINDS = {"CONVERSATION#", "IN#", "ALIAS#", "GATE#", "UPLOAD#", "ERASURE#", "TEMPLATE#", "LINK#"}
OF_A_TRANSACTION = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Update": "UpdateItem",
}


def asked_by(parameters: dict[str, Any], operation: str) -> Iterator[tuple[str, str]]:
    """Yield the actions that IAM checks for a request to DynamoDB, and the partition key of each."""
    match parameters:
        case {"TransactItems": items}:
            for item in items:
                for kind, write in item.items():
                    yield OF_A_TRANSACTION[kind], (write.get("Item") or write["Key"])["pk"]["S"]
        case {"RequestItems": tables}:
            for request in tables.values():
                yield from ((operation, key["pk"]["S"]) for key in request["Keys"])
        case {"ExpressionAttributeValues": {":pk": partition}} if operation == "Query":
            yield operation, partition["S"]
        case _:
            yield operation, (parameters.get("Item") or parameters["Key"])["pk"]["S"]


@pytest.fixture
def asked(house: House) -> Iterator[Asked]:
    """Return what the clients made from now on ask of DynamoDB."""
    clients.client.cache_clear()
    clients.session.cache_clear()
    found: Asked = set()
    events = clients.session().get_component("event_emitter")

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        if params.get("Key") != {}:  # a start rehearses that, and sends nothing
            found.update(asked_by(params, model.name))

    events.register("provide-client-params.dynamodb", note)
    yield found
    events.unregister("provide-client-params.dynamodb", note)


@cache
def statements_of(role: str) -> list[Json]:
    """Return the statements of a role, for which the template is read once."""
    return list(statements(source()["Resources"][role]))


def is_allowed(role: str, action: str, key: str) -> bool:
    """Whether a statement of the role allows the action on that partition."""
    return any(
        f"dynamodb:{action}" in listed(statement["Action"])
        and any(
            fnmatch.fnmatchcase(key, pattern)
            for pattern in statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        )
        for statement in statements_of(role)
    )


def refused(role: str, asked: Asked) -> Asked:
    return {one for one in asked if not is_allowed(role, *one)}


def test_the_processor_reaches_what_it_needs(house: House, asked: Asked) -> None:
    process = house.handler("processor")
    for name in ("text", "no-phone-number", "image", "reminder", "text"):
        assert process(event_of(f"processor/{name}.json"), Context()) == {"batchItemFailures": []}
    for number, words in enumerate(("code", "link", "ABCDEFGH")):
        said = event_of("processor/text.json")
        body = json.loads(said["Records"][0]["body"])
        body["updates"][0]["message"] |= {"id": f"wamid.link{number}", "text": {"body": words}}
        process({"Records": [said["Records"][0] | {"body": json.dumps(body)}]}, Context())
    assert {("PutItem", "LINK#"), ("BatchGetItem", "LINK#")} <= {(action, key[:5]) for action, key in asked}
    both = event_of("processor/text.json")  # a contact whose two conversations become one
    for message, ids in (
        ("wamid.1", {"user_id": ""}),
        ("wamid.2", {"from_user_id": "US.9", "from": None}),
        ("wamid.3", {"from_user_id": "US.9"}),
    ):
        body = json.loads(both["Records"][0]["body"])
        body["updates"][0]["message"] |= {"id": message} | ids
        process({"Records": [both["Records"][0] | {"body": json.dumps(body)}]}, Context())
    assert {action for action, _ in asked} >= {"BatchGetItem", "PutItem", "ConditionCheckItem"}
    assert refused("ProcessorRole", asked) == set()


def test_the_sender_reaches_what_it_needs(
    house: House, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = house.handler("sender")
    send(event_of("sender/turn.json"), Context())
    outside = event_of("sender/turn.json")
    outside["Records"][0]["body"] = (
        outside["Records"][0]["body"].replace("4000000000", "0").replace("sampleturn", "c1")
    )
    send(outside, Context())  # it looks for the contact's conversation, by its aliases too
    secrets = boto3.client("secretsmanager")
    good = secrets.get_secret_value(SecretId=house.secret)["SecretString"]
    secrets.put_secret_value(
        SecretId=house.secret, SecretString=json.dumps(json.loads(good) | {"access_token": "revoked"})
    )
    again = event_of("sender/turn.json")
    again["Records"][0]["body"] = again["Records"][0]["body"].replace("sampleturn", "r1")
    send = house.handler("sender")
    send(again, Context())  # the gate is closed
    gate = next(item for item in house.dynamodb.scan(TableName=house.table)["Items"] if "probe_at" in item)
    house.dynamodb.put_item(TableName=house.table, Item=gate | {"closed_at": {"N": "0"}})
    send(again, Context())  # it waits apart
    (watch, *_) = [body for body in house.waiting("outbound") if "gate" in body]
    let = watch | {"conversation_key": "samplekey"}
    house.dynamodb.put_item(
        TableName=house.table, Item=gate | {"probe_at": {"N": "0"}, "watched_at": {"N": "1"}}
    )
    secrets.put_secret_value(SecretId=house.secret, SecretString=good)
    errand = event_of("sender/turn.json")
    for body in (watch, let, watch):  # it lets the turn through as a probe, which opens the gate
        errand["Records"][0]["body"] = json.dumps(body)
        house.call("sender", errand)
    (opened,) = [item for item in house.dynamodb.scan(TableName=house.table)["Items"] if "probe_at" in item]
    house.dynamodb.put_item(TableName=house.table, Item=opened | {"opened_at": {"N": "2"}})
    house.call("sender", errand)  # nobody waits any more
    of_test = {("PutItem", gate["pk"]["S"])}
    kinds = {(action, key.partition("#")[0]) for action, key in asked - of_test}
    assert kinds >= {
        ("GetItem", "ALIAS"),
        ("GetItem", "CONVERSATION"),
        ("GetItem", "GATE"),
        ("UpdateItem", "CONVERSATION"),
        ("UpdateItem", "GATE"),
        ("DeleteItem", "GATE"),
        ("UpdateItem", "WAITING"),
        ("UpdateItem", "WAITLIST"),
        ("Query", "WAITING"),
        ("Query", "WAITLIST"),
        ("DeleteItem", "WAITING"),
        ("DeleteItem", "WAITLIST"),
    }
    assert refused("SenderRole", asked - of_test) == set()


@pytest.mark.parametrize("code", ["130429", "131042", "131026"])
def test_the_tracker_reaches_what_it_needs(house: House, asked: Asked, code: str) -> None:
    house.call("sender", event_of("sender/turn.json"))
    asked.clear()
    event = event_of("tracker/late-failure.json")
    event["Records"][0]["body"] = event["Records"][0]["body"].replace("130429", code)
    assert house.call("tracker", event) == {"batchItemFailures": []}
    assert {action for action, _ in asked} == {"GetItem", "UpdateItem"}
    assert refused("TrackerRole", asked) == set()


def test_who_follows_templates_reaches_what_they_need(house: House, asked: Asked) -> None:
    track = house.handler("tracker")
    assert track(event_of("tracker/template-paused.json"), Context()) == {"batchItemFailures": []}
    assert track(event_of("tracker/sync.json"), Context()) == {"failed": 0}
    assert {action for action, _ in asked} == {"GetItem", "UpdateItem", "Query"}
    assert refused("TrackerRole", asked) == set()
    asked.clear()
    turn = event_of("sender/turn.json")
    template = {"kind": "template", "name": "order_update", "language": "en_US", "parameters": []}
    body = json.loads(turn["Records"][0]["body"])
    body["messages"][0]["content"] = template
    turn["Records"][0]["body"] = json.dumps(body)
    house.call("sender", turn)
    assert ("GetItem", f"TEMPLATE#{development.WABA_ID}") in asked
    assert refused("SenderRole", asked) == set()


@pytest.mark.parametrize(
    ("role", "reached"),
    [
        (
            "ProcessorRole",
            {
                *(("BatchGetItem", kind) for kind in ("CONVERSATION#", "IN#", "ALIAS#", "LINK#")),
                *(("PutItem", kind) for kind in ("CONVERSATION#", "IN#", "ALIAS#", "LINK#")),
                *(("ConditionCheckItem", kind) for kind in ("CONVERSATION#", "ALIAS#")),
                ("DeleteItem", "CONVERSATION#"),
            },
        ),
        (
            "SenderRole",
            {
                *(("GetItem", kind) for kind in ("CONVERSATION#", "ALIAS#", "GATE#", "UPLOAD#", "TEMPLATE#")),
                *(("UpdateItem", kind) for kind in ("CONVERSATION#", "GATE#", "UPLOAD#")),
                *(("DeleteItem", kind) for kind in ("GATE#", "UPLOAD#")),
            },
        ),
        (
            "TrackerRole",
            {
                *(("GetItem", kind) for kind in ("CONVERSATION#", "TEMPLATE#")),
                *(("UpdateItem", kind) for kind in ("CONVERSATION#", "GATE#", "TEMPLATE#")),
                ("Query", "TEMPLATE#"),
                ("DeleteItem", "UPLOAD#"),
            },
        ),
        ("IngressRole", set()),
    ],
)
def test_a_role_allows_no_other_kind_of_item(role: str, reached: Asked) -> None:
    actions = {*OF_A_TRANSACTION.values(), "BatchGetItem", "GetItem", "Query", "Scan", "BatchWriteItem"}
    allowed = {(action, kind) for action in actions for kind in KINDS if is_allowed(role, action, f"{kind}x")}
    assert allowed == reached
