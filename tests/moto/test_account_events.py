"""The tracker tells the owner of account events on the stack's topic, and may publish on no other."""

import json

import boto3

from rejoinder.workbench.handset.handset import wait_for
from tests.moto.test_handlers import Context, House, event_of, house, simulator
from tests.unit.template_rules import listed, source, statements

__all__ = ["house", "simulator"]

CHANGE = {
    "field": "message_template_status_update",
    "value": {"event": "PAUSED", "message_template_name": "order_ready", "message_template_id": 1},
}


def test_a_queue_that_is_subscribed_gets_what_whatsapp_tells_of_the_account(house: House) -> None:
    queue = boto3.client("sqs").create_queue(QueueName=f"{house.table}-owner")["QueueUrl"]
    attributes = house.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns = boto3.client("sns")
    sns.subscribe(TopicArn=house.account_events, Protocol="sqs", Endpoint=attributes["QueueArn"])
    house.queues["owner"] = queue
    event = event_of("tracker/events.json")
    body = json.loads(event["Records"][0]["body"])
    body["events"] = [{"change": CHANGE, "id": "200000000000001", "time": 1_799_999_990}]
    event["Records"][0]["body"] = json.dumps(body)
    track = house.handler("tracker")
    assert track(event, Context()) == {"batchItemFailures": []}
    (told,) = wait_for(lambda: house.waiting("owner") or None, seconds=30) or []
    assert told["Subject"] == "The template order_ready was paused"
    message = json.loads(told["Message"])
    assert (message["kind"], message["owner"], message["at"]) == (
        "TemplateStatus",
        "200000000000001",
        1_799_999_990,
    )
    assert message["value"] == CHANGE["value"]


def test_what_cannot_be_published_comes_again(house: House) -> None:
    boto3.client("sns").delete_topic(TopicArn=house.account_events)
    event = event_of("tracker/events.json")
    body = json.loads(event["Records"][0]["body"])
    body["events"] = [{"change": CHANGE}]
    event["Records"][0]["body"] = json.dumps(body)
    failures = [{"itemIdentifier": event["Records"][0]["messageId"]}]
    assert house.handler("tracker")(event, Context()) == {"batchItemFailures": failures}


def test_the_tracker_publishes_on_the_topic_of_account_events_alone() -> None:
    role = source()["Resources"]["TrackerRole"]
    may = [one["Resource"] for one in statements(role) if "sns:Publish" in listed(one["Action"])]
    assert may == [{"Ref": "AccountEventsTopic"}]
