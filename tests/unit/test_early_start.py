"""The early start can start two functions, and nothing else."""

import copy
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.aws.consume import Fifo, Record, consume
from rejoinder.testing.memory import MemoryMeter
from tests.unit import template_rules as rules
from tests.unit.template_rules import Json, listed, referred, resources, statements
from tests.unit.test_template import set_at, set_in

TOPIC = {"Ref": "StartTopic"}
STARTED = {"ProcessorFunction", "SenderFunction"}


@pytest.fixture(scope="module")
def template() -> Json:
    return rules.translated()


def uses_of_the_topic(value: Any) -> Iterator[bool]:
    """Yield something for each place inside a value that names the topic."""
    if isinstance(value, dict):
        if referred(value)[0] == "StartTopic" or "${StartTopic" in str(value.get("Fn::Sub", "")):
            yield True
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from uses_of_the_topic(item)


def faults(template: Json) -> Iterator[str]:
    """Yield what the early start can do beyond starting the two functions."""
    subscriptions = {
        name: one
        for name, one in resources(template, "AWS::SNS::Subscription").items()
        if one["TopicArn"] == TOPIC or one["Protocol"] == "lambda"
    }
    subscribed = sorted(referred(one["Endpoint"])[0] for one in subscriptions.values())
    if subscribed != sorted(STARTED) or any(one["TopicArn"] != TOPIC for one in subscriptions.values()):
        yield "others are subscribed, or to other topics"
    permissions = {
        name: one
        for name, one in resources(template, "AWS::Lambda::Permission").items()
        if referred(one["FunctionName"])[0] != "IngressFunction"
    }
    allowed = sorted(referred(one["FunctionName"])[0] for one in permissions.values())
    for name, one in permissions.items():
        asked = (one["Action"], one["Principal"], one.get("SourceArn"))
        if asked != ("lambda:InvokeFunction", "sns.amazonaws.com", TOPIC):
            yield f"{name}: others may invoke the function"
    if allowed != sorted(STARTED):
        yield "others may be invoked"
    for name, role in resources(template, "AWS::IAM::Role").items():
        for statement in statements(role["Policies"]):
            services = {action.partition(":")[0] for action in listed(statement["Action"])}
            if services & {"lambda", "*"}:
                yield f"{name}: may invoke or change functions"
            published = (name, statement["Action"], statement["Resource"])
            if "sns" in services and published != ("IngressRole", "sns:Publish", TOPIC):
                yield f"{name}: may publish more"
    users = {name for name, one in template["Resources"].items() if any(uses_of_the_topic(one))}
    if users != {"IngressFunction", "IngressRole", *subscriptions, *permissions}:
        yield "something else uses the topic"


def test_the_ingress_can_start_the_processor_and_the_sender_and_do_nothing_else_to_a_function(
    template: Json,
) -> None:
    assert list(faults(template)) == []


PUBLISH = {"Effect": "Allow", "Action": "sns:Publish", "Resource": TOPIC}
INVOKE = {
    "Effect": "Allow",
    "Action": ["lambda:InvokeFunction"],
    "Resource": {"Fn::GetAtt": ["SenderFunction", "Arn"]},
}


def also_subscribed(**changes: Any) -> Callable[[Json], None]:
    properties = {
        "TopicArn": TOPIC,
        "Protocol": "lambda",
        "Endpoint": {"Fn::GetAtt": ["TrackerFunction", "Arn"]},
    }
    return set_at("Other", to={"Type": "AWS::SNS::Subscription", "Properties": properties | changes})


def also_allowed(role: str, statement: Json) -> Callable[[Json], None]:
    def plant(template: Json) -> None:
        policy = template["Resources"][role]["Properties"]["Policies"][0]["PolicyDocument"]
        policy["Statement"].append(statement)

    return plant


@pytest.mark.parametrize(
    "plant",
    [
        also_subscribed(),
        also_subscribed(Protocol="sqs", Endpoint={"Fn::GetAtt": ["InboundQueue", "Arn"]}),
        also_subscribed(TopicArn={"Ref": "AlarmTopic"}),
        set_at("ProcessorStartPermission", "Properties", "SourceArn", to={"Ref": "AlarmTopic"}),
        set_at("ProcessorStartPermission", "Properties", "Principal", to="*"),
        set_at("SenderStartPermission", "Properties", "Action", to="lambda:*"),
        set_at("SenderStartPermission", "Properties", "FunctionName", to={"Ref": "TrackerFunction"}),
        set_in("IngressRole", "sns:Publish", Resource={"Fn::Sub": "arn:aws:sns:*:*:${AWS::StackName}-*"}),
        set_in("IngressRole", "sns:Publish", Action=["sns:Publish", "sns:Subscribe"]),
        also_allowed("IngressRole", INVOKE),
        also_allowed("TrackerRole", PUBLISH),
        set_at(
            "Policy",
            to={"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": [TOPIC], "PolicyDocument": {}}},
        ),
    ],
)
def test_whatever_else_could_be_started_is_found(plant: Callable[[Json], None], template: Json) -> None:
    faulty = copy.deepcopy(template)
    plant(faulty)
    assert list(faults(faulty)) != []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
OF_A_QUEUE = st.fixed_dictionaries(
    {},
    optional={
        "messageId": JSON,
        "receiptHandle": JSON,
        "body": JSON | st.just('{"format": 1}'),
        "attributes": JSON | st.just({"ApproximateReceiveCount": "9", "SentTimestamp": "0"}),
        "eventSource": JSON | st.just("aws:sqs"),
        "Sns": JSON,
    },
)
OF_A_TOPIC = st.builds(lambda more: {**more, "EventSource": "aws:sns"}, OF_A_QUEUE)


@st.composite
def early_starts(draw: st.DrawFn) -> Mapping[str, Any]:
    """Draw an event with a record of a topic, and whatever else beside it."""
    records = [*draw(st.lists(OF_A_QUEUE | OF_A_TOPIC, max_size=3)), draw(OF_A_TOPIC)]
    return draw(st.dictionaries(st.text(max_size=10), JSON, max_size=2)) | {
        "Records": draw(st.permutations(records))
    }


@given(event=early_starts(), is_fifo=st.booleans())
def test_an_early_start_is_handled_by_nobody_and_leaves_no_trace(
    event: Mapping[str, Any], is_fifo: bool
) -> None:
    done: list[str] = []

    def handle(record: Record) -> None:
        done.append(f"handled {record}")

    def receipt(handle: str) -> Any:
        done.append(f"asked for {handle}")

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            done.append(f"logged {record}")

    meter, lines = MemoryMeter(), Lines()
    fifo = Fifo(receipt=receipt, dead_letters=None, again_seconds=1.0) if is_fifo else None  # type: ignore[arg-type]
    logging.getLogger().addHandler(lines)
    try:
        assert consume(event, handle, meter=meter, fifo=fifo) == {"batchItemFailures": []}
    finally:
        logging.getLogger().removeHandler(lines)
    assert done == []
    assert meter == MemoryMeter()
