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
from tests.unit.template_rules import Json, called, listed, referred, resources, statements
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


def other_subscriptions(template: Json) -> Iterator[str]:
    found = [
        (called(one["Endpoint"]), one["Protocol"], one["TopicArn"])
        for one in resources(template, "AWS::SNS::Subscription").values()
        if one["TopicArn"] == TOPIC or one["Protocol"] == "lambda"
    ]
    wanted = [(name, "lambda", TOPIC) for name in STARTED]
    if sorted(found, key=str) != sorted(wanted, key=str):
        yield "others are subscribed, or to other topics"


def other_callers(template: Json) -> Iterator[str]:
    permissions = resources(template, "AWS::Lambda::Permission").values()
    apart = (("IngressFunction", "apigateway.amazonaws.com"), ("TrackerFunction", "events.amazonaws.com"))
    found = [one for one in permissions if (called(one["FunctionName"]), one["Principal"]) not in apart]
    if sorted(called(one["FunctionName"]) for one in found) != sorted(STARTED):
        yield "others may be invoked, or some may not"
    for one in found:
        asked = (one["Action"], one["Principal"], one.get("SourceArn"))
        if asked != ("lambda:InvokeFunction", "sns.amazonaws.com", TOPIC):
            yield "others may invoke a function"


def other_rights(template: Json) -> Iterator[str]:
    for name, role in resources(template, "AWS::IAM::Role").items():
        for statement in statements(role["Policies"]):
            services = {action.partition(":")[0] for action in listed(statement["Action"])}
            if services & {"lambda", "*"} and not (name == "RolloutRole" and _moves_aliases(statement)):
                yield f"{name}: may invoke or change functions"
            published = (name, statement["Action"], statement["Resource"])
            of_events = ("TrackerRole", "sns:Publish", {"Ref": "AccountEventsTopic"})
            if "sns" in services and published not in (("IngressRole", "sns:Publish", TOPIC), of_events):
                yield f"{name}: may publish more"


def _moves_aliases(statement: Json) -> bool:
    """Whether a statement allows what moves traffic from version to version, and nothing else."""
    return {*listed(statement["Action"])} == {
        "lambda:GetAlias",
        "lambda:UpdateAlias",
        "lambda:GetProvisionedConcurrencyConfig",
    }


def other_users(template: Json) -> Iterator[str]:
    users = {name for name, one in template["Resources"].items() if any(uses_of_the_topic(one))}
    of_the_started = {f"{name.removesuffix('Function')}Start" for name in STARTED}
    if users != {"IngressFunction", "IngressRole"} | {
        name + kind for name in of_the_started for kind in ("", "Permission")
    }:
        yield "something else uses the topic"


def faults(template: Json) -> list[str]:
    """Return what the early start can do beyond starting the two functions."""
    rules = (other_subscriptions, other_callers, other_rights, other_users)
    return [fault for rule in rules for fault in rule(template)]


def test_the_ingress_can_start_the_processor_and_the_sender_and_do_nothing_else_to_a_function(
    template: Json,
) -> None:
    assert faults(template) == []


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
        also_allowed("RolloutRole", INVOKE),
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
    assert faults(faulty) != []


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


@given(event=early_starts())
def test_an_early_start_is_handled_by_nobody_and_leaves_no_trace(event: Mapping[str, Any]) -> None:
    done: list[str] = []

    def handle(record: Record) -> None:
        done.append(f"handled {record}")

    def receipt(handle: str) -> Any:
        done.append(f"asked for {handle}")

    class Lines(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            done.append(f"logged {record}")

    meter, lines = MemoryMeter(), Lines()
    nowhere: Any = None
    logging.getLogger().addHandler(lines)
    try:
        for fifo in (None, Fifo(receipt=receipt, dead_letters=nowhere, again_seconds=1.0)):
            assert consume(event, handle, meter=meter, fifo=fifo) == {"batchItemFailures": []}
    finally:
        logging.getLogger().removeHandler(lines)
    assert done == []
    assert meter == MemoryMeter()
