"""The doctor: a fault is planted at each point, exactly that one is found, and what mends it ends it.

AWS is in memory. What it lacks there (drift, the root user, the account's limits) is answered by a hook of
botocore's. Meta is the real simulator.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.awsrequest import AWSResponse

import rejoinder
from rejoinder.aws.gates import GateTable
from rejoinder.aws.keys import conversation_item
from rejoinder.aws.outbox import SqsParkedUpdates
from rejoinder.aws.queues import SqsQueue
from rejoinder.aws.stored.conversations import dump_conversation
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.conversation import Conversation
from rejoinder.model.gate import Gate
from rejoinder.model.people import Account
from rejoinder.workbench import development
from rejoinder.workbench.cli import doctor as command
from rejoinder.workbench.deployment.deployed import FUNCTIONS, PARTS, Deployed, Where
from rejoinder.workbench.doctor.examine import CHECKS, examine
from rejoinder.workbench.doctor.facts import Patient
from rejoinder.workbench.doctor.finding import FINE, Finding, Level
from rejoinder.workbench.graph.client import Graph
from rejoinder.workbench.graph.webhooks import override_number
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.stack.local import OUTPUTS
from rejoinder.workbench.telegram.api import BotApi
from rejoinder.workbench.telegram.webhooks import address, set_webhook
from tests.moto.conftest import REGION
from tests.moto.functions import CODE, create_function, create_role
from tests.moto.stacks import create_alarm, create_stack
from tests.moto.watched import at_once, client
from tests.unit.simulator.kit import Webhook
from tests.unit.worlds import ADA, inbound

__all__ = ["at_once"]

TEMPLATE = """
from rejoinder import Bot, Template

bot = Bot()
LATE = Template(name="order_update", language="en", parameters=("Ada", "today"))
"""
FILE = """
category: utility
languages:
  en: {body: "Hello, your order is on its way."}
  de: {body: "Hallo, Ihre Bestellung kommt."}
"""
MARKETING = {"name": "summer_sale", "language": "en", "category": "MARKETING", "body": "Sale!"}
SECRET = {
    "app_secret": development.APP_SECRET,
    "verify_token": development.VERIFY_TOKEN,
    "access_token": development.ACCESS_TOKEN,
    "waba_id": development.WABA_ID,
    "app_id": development.APP_ID,
}
TELEGRAM = {"bot_token": development.TELEGRAM_BOT_TOKEN, "secret_token": development.TELEGRAM_SECRET_TOKEN}
QUEUES = ("inbound.fifo", "outbound.fifo", "events", "inbound-dlq.fifo", "outbound-dlq.fifo", "events-dlq")


@dataclass(slots=True, kw_only=True)
class World:
    """A deployment with which all is well, at first."""

    place: Deployed
    bot: Path
    simulator: Simulator
    webhook: Webhook
    skew: float = 0.0
    is_local: bool = False
    hooks: dict[str, Any] = field(default_factory=dict)

    def examine(self, *names: str) -> dict[str, Finding]:
        """Return what the doctor finds, by the name of the point: at all points, or at these."""
        checks = [check for check in CHECKS if not names or check.name in names]
        patient = Patient(
            place=self.place, is_local=self.is_local, bot=self.bot, now=lambda: time.time() + self.skew
        )
        return {check.name: finding for check, finding in examine(patient, checks)}

    def ill(self) -> dict[str, Level]:
        """Return the points with which something is to be done."""
        return {name: found.level for name, found in self.examine().items() if found.level not in FINE}

    def health(self, **order: Any) -> None:
        httpx.post(f"{self.simulator.url}/sim/health", json=order, trust_env=False).raise_for_status()

    def templates(self, *templates: Mapping[str, str]) -> None:
        httpx.post(
            f"{self.simulator.url}/sim/templates", json=list(templates), trust_env=False
        ).raise_for_status()

    def secret(self, **values: str) -> None:
        kept = {name: value for name, value in {**SECRET, **values}.items() if value}
        client("secretsmanager").put_secret_value(
            SecretId=self.place.secret_name, SecretString=json.dumps(kept)
        )

    def telegram(self, **values: str) -> None:
        kept = {name: value for name, value in {**TELEGRAM, **values}.items() if value}
        client("secretsmanager").put_secret_value(
            SecretId=self.place.telegram_secret_name, SecretString=json.dumps(kept)
        )

    def bot_api(self, method: str, **parameters: Any) -> None:
        with BotApi(self.simulator.url, development.TELEGRAM_BOT_TOKEN) as api:
            api.call(method, **parameters)

    def updates_to(self, route: str = "", **parameters: Any) -> None:
        """Let Telegram send updates to an address; without one to that of the stack."""
        bot = (development.TELEGRAM_BOT_ID, development.TELEGRAM_BOT_USERNAME)
        asked = set_webhook(address(route or self.place.telegram_route, *bot), "token").parameters
        self.bot_api("setWebhook", **{**asked, **parameters})

    def new_webhook(self) -> None:
        self.webhook.answers.clear()
        self.bot_api("deleteWebhook")
        self.updates_to()

    def undelivered(self, status: int = 500, times: int = 1) -> None:
        """Let Telegram not deliver an update at first."""
        self.webhook.answers += [status] * times
        order = {"channel": "telegram", "from": "15550001111", "text": "hi"}
        httpx.post(f"{self.simulator.url}/sim/say", json=order, trust_env=False).raise_for_status()

    def point_at(self, url: str) -> None:
        httpx.post(f"{self.simulator.url}/sim/handshake", json={"webhook_url": url}, trust_env=False)

    def answer(self, operation: str, **parsed: Any) -> None:
        """Let AWS answer an operation so."""
        self.hooks[operation] = parsed

    def changed_stack(self, status: str = "", **outputs_or_parameters: str) -> None:
        """Let CloudFormation describe the stack with another status, output or parameter."""
        self.hooks.pop("DescribeStacks", None)
        (found,) = client("cloudformation").describe_stacks(StackName=self.place.stack_name)["Stacks"]
        for key, value in outputs_or_parameters.items():
            for one in [*found["Outputs"], *found["Parameters"]]:
                if key in (one.get("OutputKey"), one.get("ParameterKey")):
                    one["OutputValue" if "OutputKey" in one else "ParameterValue"] = value
        self.answer("DescribeStacks", Stacks=[{**found, "StackStatus": status or found["StackStatus"]}])

    def code(self, text: str = TEMPLATE) -> None:
        (self.bot / "bot.py").write_text(text)

    def file(self, text: str) -> None:
        """Write a file of a template, or remove it."""
        path = self.bot / "templates" / "order_update.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text) if text else path.unlink()

    def function(self, **changes: Any) -> None:
        name = self.place.functions["sender"]
        client("lambda").update_function_configuration(FunctionName=name, **changes)

    def source(self, *, enabled: bool) -> None:
        name = self.place.functions["tracker"]
        (one,) = client("lambda").list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        client("lambda").update_event_source_mapping(UUID=one["UUID"], Enabled=enabled)

    def age(self, seconds: float, minutes: float = 0) -> None:
        name = self.place.outbound_queue_url.rpartition("/")[2]
        data = {
            "MetricName": "ApproximateAgeOfOldestMessage",
            "Dimensions": [{"Name": "QueueName", "Value": name}],
            "Value": seconds,
            "Timestamp": datetime.fromtimestamp(time.time() - 60 * minutes, UTC),
        }
        client("cloudwatch").put_metric_data(Namespace="AWS/SQS", MetricData=[data])

    def alarm(self, state: str) -> None:
        name = f"{self.place.stack_name}-GateClosedAlarm"
        client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")

    def agree(self, purpose: Purpose) -> None:
        """Let a contact opt in."""
        entry = ConsentEntry(purpose=purpose, given=True, at=1.0, by="word", source="YES")
        conversation = Conversation(
            key=purpose.value,
            contact=ADA,
            contact_ids=(ADA.id,),
            consent={purpose: entry},
        )
        item = {**conversation_item(purpose.value), **dump_conversation(conversation)}
        client("dynamodb").put_item(TableName=self.place.table_name, Item=item)

    def forget(self, purpose: Purpose) -> None:
        client("dynamodb").delete_item(TableName=self.place.table_name, Key=conversation_item(purpose.value))

    @property
    def gates(self) -> GateTable:
        return GateTable(client("dynamodb"), self.place.table_name)


def _handshake(query: dict[str, str]) -> tuple[int, str]:
    is_right = query["hub.verify_token"] == development.VERIFY_TOKEN
    return (200, query["hub.challenge"]) if is_right else (403, "")


def _stack(name: str) -> list[dict[str, str]]:
    """Create the stack. Return its topics and alarms, which the CloudFormation of moto does not make."""
    given = {
        "PythonRuntime": "python3.13",
        "Architecture": "arm64",
        "UtilityNeedsConsent": "false",
        "Numbers": "",
        "ProcessorConcurrency": "400",
        "SenderConcurrency": "10",
        "TrackerConcurrency": "10",
    }
    body = {
        "Parameters": {key: {"Type": "String", "Default": value} for key, value in given.items()},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"RejoinderVersion": {"Value": rejoinder.__version__}},
    }
    client("cloudformation").create_stack(StackName=name, TemplateBody=json.dumps(body))
    made = {}
    for topic in ("AlarmTopic", "NoticeTopic"):
        made[topic] = client("sns").create_topic(Name=f"{name}-{topic}")["TopicArn"]
        client("sns").subscribe(TopicArn=made[topic], Protocol="email", Endpoint="ada@example.com")
    for alarm in ("GateClosedAlarm", "InboundAgeAlarm"):
        made[alarm] = f"{name}-{alarm}"
        create_alarm(client("cloudwatch"), made[alarm], state="OK")
    return [
        {
            "LogicalResourceId": logical,
            "PhysicalResourceId": its,
            "ResourceType": "AWS::SNS::Topic" if logical.endswith("Topic") else "AWS::CloudWatch::Alarm",
        }
        for logical, its in made.items()
    ]


def _measure(name: str) -> None:
    for service, metric in (("ingress", "UpdatesReceived"), ("sender", "MessagesAccepted")):
        data = {"MetricName": metric, "Dimensions": [{"Name": "service", "Value": service}], "Value": 1.0}
        client("cloudwatch").put_metric_data(Namespace=f"Rejoinder/{name}", MetricData=[data])


@pytest.fixture(scope="module")
def well(tmp_path_factory: pytest.TempPathFactory, aws: None) -> Iterator[World]:
    """Deploy everything, with nothing wrong."""
    name = f"doctor-{time.time_ns()}"
    bot = tmp_path_factory.mktemp("bot")
    (bot / "bot.py").write_text(TEMPLATE)
    role = create_role(client("iam"), name)
    layer = client("lambda").publish_layer_version(
        LayerName=name,
        Content={"ZipFile": CODE},
        CompatibleRuntimes=["python3.13"],
        CompatibleArchitectures=["arm64"],
    )["LayerVersionArn"]
    urls = {
        one: client("sqs").create_queue(
            QueueName=f"{name}-{one}", Attributes={"FifoQueue": "true"} if one.endswith(".fifo") else {}
        )["QueueUrl"]
        for one in QUEUES
    }
    for function in FUNCTIONS:
        create_function(client("lambda"), f"{name}-{function}", role, Architectures=["arm64"], Layers=[layer])
    for queue, function in (
        ("inbound.fifo", "processor"),
        ("outbound.fifo", "sender"),
        ("events", "tracker"),
    ):
        arn = f"arn:aws:sqs:{REGION}:123456789012:{name}-{queue}"
        client("lambda").create_event_source_mapping(FunctionName=f"{name}-{function}", EventSourceArn=arn)
    client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("pk", "sk")],
    )
    client("secretsmanager").create_secret(Name=f"{name}/whatsapp", SecretString=json.dumps(SECRET))
    client("secretsmanager").create_secret(Name=f"{name}/telegram", SecretString=json.dumps(TELEGRAM))
    resources = _stack(name)
    _measure(name)
    with Simulator() as simulator, closing(Webhook()) as webhook:
        webhook.handshake = _handshake
        simulator.register_webhook(webhook.url)
        world = World(
            place=Deployed(
                client=client,
                stack_name=name,
                table_name=name,
                inbound_queue_url=urls["inbound.fifo"],
                outbound_queue_url=urls["outbound.fifo"],
                events_queue_url=urls["events"],
                inbound_dlq_url=urls["inbound-dlq.fifo"],
                outbound_dlq_url=urls["outbound-dlq.fifo"],
                events_dlq_url=urls["events-dlq"],
                functions={one: f"{name}-{one}" for one in FUNCTIONS},
                webhook_address=webhook.url,
                secret_name=f"{name}/whatsapp",
                graph_address=simulator.url,
                networks="whatsapp,telegram",
                telegram_route=webhook.url,
                telegram_secret_name=f"{name}/telegram",
                telegram_address=simulator.url,
            ),
            bot=bot,
            simulator=simulator,
            webhook=webhook,
        )
        world.updates_to()
        _hook(world)
        world.answer("ListStackResources", StackResourceSummaries=resources)
        yield world
    client.cache_clear()


def _hook(world: World) -> None:
    """Let AWS answer as the world says, where it says something."""

    def answered(service: str) -> Callable[..., Any]:
        def answer(model: Any, **_: Any) -> Any:
            parsed = world.hooks.get(model.name)
            return None if parsed is None else (AWSResponse("", 200, {}, None), parsed)  # type: ignore[arg-type]

        client(service).meta.events.register(f"before-call.{service}", answer)
        return answer

    for service in ("sts", "cloudformation", "sns", "cloudwatch", "lambda"):
        answered(service)
    headers: dict[str, Any] = {"ResponseMetadata": {"HTTPHeaders": {}}}
    world.answer(
        "GetCallerIdentity", Account="123456789012", Arn="arn:aws:iam::123456789012:user/ada", **headers
    )
    world.answer("GetAccountSettings", AccountLimit={"ConcurrentExecutions": 1000})
    world.answer("DetectStackDrift", StackDriftDetectionId="one")
    status = {"DetectionStatus": "DETECTION_COMPLETE", "StackDriftStatus": "IN_SYNC"}
    world.answer("DescribeStackDriftDetectionStatus", **status)


@pytest.fixture
def world(well: World) -> Iterator[World]:
    yield well
    well.code()
    well.forget(Purpose.MARKETING)


def test_nothing_is_to_be_done_where_all_is_well(world: World) -> None:
    found = world.examine()
    assert {name: finding for name, finding in found.items() if finding.level is not Level.GOOD} == {}
    assert list(found) == [check.name for check in CHECKS]
    assert found["limits"].what == "speed standard; 250 new contacts a day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is planted, and mended again."""

    check: str
    """The point at which the doctor must find it, and at no other."""

    level: Level
    plant: Callable[[World], object]
    mend: Callable[[World], object]


def broken(
    check: str, level: Level, plant: Callable[[World], object], mend: Callable[[World], object]
) -> Any:
    return Fault(check=check, level=level, plant=plant, mend=mend)


def ill(check: str, level: Level, **order: Any) -> Any:
    """Return a fault of Meta's, as the simulator plants it."""
    return broken(
        check, level, lambda world: world.health(**order), lambda world: world.health(**{"break": ""})
    )


def lost(check: str, level: Level, **values: str) -> Any:
    """Return a fault of the secret."""
    return broken(check, level, lambda world: world.secret(**values), World.secret)


def stack_is(check: str, level: Level, status: str = "", **changes: str) -> Any:
    return broken(
        check,
        level,
        lambda world: world.changed_stack(status, **changes),
        lambda world: world.hooks.pop("DescribeStacks"),
    )


def _own_user(world: World, arn: str) -> None:
    world.hooks["GetCallerIdentity"] |= {"Arn": arn}


def _drift(world: World, **status: str) -> None:
    world.answer("DescribeStackDriftDetectionStatus", **status)
    world.answer("DescribeStackResourceDrifts", StackResourceDrifts=[{"LogicalResourceId": "Table"}])


def _in_sync(world: World) -> None:
    _drift(world, DetectionStatus="DETECTION_COMPLETE", StackDriftStatus="IN_SYNC")


def _other_layer(world: World) -> None:
    layer = client("lambda").publish_layer_version(
        LayerName=f"{world.place.stack_name}-other",
        Content={"ZipFile": CODE},
        CompatibleRuntimes=["python3.11"],
    )
    world.function(Layers=[layer["LayerVersionArn"]])


def _right_layer(world: World) -> None:
    name = world.place.functions["ingress"]
    layers = client("lambda").get_function_configuration(FunctionName=name)["Layers"]
    world.function(Layers=[one["Arn"] for one in layers])


def _deploy_past_the_version(world: World) -> None:
    """Deploy as the SAM CLI does by itself, after `rejoinder deploy`: no version is made."""
    name = world.place.functions["processor"]
    version = client("lambda").publish_version(FunctionName=name)["Version"]
    client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion=version)
    client("lambda").update_function_configuration(FunctionName=name, Timeout=31)


def _deploy_a_version(world: World) -> None:
    name = world.place.functions["processor"]
    version = client("lambda").publish_version(FunctionName=name)["Version"]
    client("lambda").update_alias(FunctionName=name, Name="live", FunctionVersion=version)


def _accept_all(world: World) -> None:
    world.webhook.handshake = lambda query: (200, query["hub.challenge"])


def _accept_ours(world: World) -> None:
    world.webhook.handshake = _handshake


def _point_elsewhere(world: World) -> None:
    with closing(Webhook()) as other:
        world.point_at(other.url)


def _set_number_webhook(world: World, url: str) -> None:
    with Graph(world.simulator.url, "v26.0", development.ACCESS_TOKEN) as graph:
        override_number(development.SECOND_PHONE_NUMBER_ID, url, "a token").make(graph)


def _point_a_number_elsewhere(world: World) -> None:
    with closing(Webhook()) as other:
        _set_number_webhook(world, other.url)


def _point_all_numbers_here(world: World) -> None:
    _set_number_webhook(world, "")


def _use_marketing(world: World) -> None:
    world.templates(MARKETING)
    world.code("Template('summer_sale')")


def _letter(world: World) -> None:
    url = world.place.outbound_dlq_url
    client("sqs").send_message(
        QueueUrl=url, MessageBody="{}", MessageGroupId="one", MessageDeduplicationId="one"
    )


def _park(world: World) -> None:
    SqsParkedUpdates(SqsQueue(client("sqs"), world.place.inbound_dlq_url)).put(inbound(), "ValueError", 1.0)


def _empty(world: World) -> None:
    for url in (world.place.outbound_dlq_url, world.place.inbound_dlq_url):
        for message in client("sqs").receive_message(QueueUrl=url).get("Messages", []):
            client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def _subscribers(world: World, *arns: str) -> None:
    subscriptions = [{"SubscriptionArn": arn, "Protocol": "email"} for arn in arns]
    world.answer("ListSubscriptionsByTopic", Subscriptions=subscriptions)


def _after(world: World, seconds: float) -> None:
    world.skew = seconds


def _actions(world: World, switch: str) -> None:
    getattr(client("cloudwatch"), switch)(AlarmNames=[f"{world.place.stack_name}-GateClosedAlarm"])


def _without_alarms(world: World) -> None:
    """Show the topics of the stack alone."""
    all_ = world.hooks["ListStackResources"]["StackResourceSummaries"]
    topics = [one for one in all_ if one["ResourceType"] == "AWS::SNS::Topic"]
    world.hooks["the alarms"] = all_
    world.answer("ListStackResources", StackResourceSummaries=topics)


def _without_an_alarm(world: World) -> None:
    """Show an alarm that CloudFormation believes to be there."""
    all_ = world.hooks["ListStackResources"]["StackResourceSummaries"]
    world.hooks["the alarms"] = all_
    gone = {**all_[-1], "LogicalResourceId": "GoneAlarm", "PhysicalResourceId": "gone"}
    world.answer("ListStackResources", StackResourceSummaries=[*all_, gone])


def _with_alarms(world: World) -> None:
    world.answer("ListStackResources", StackResourceSummaries=world.hooks.pop("the alarms"))


def _nobody_wrote(world: World) -> None:
    world.answer("GetMetricStatistics", Datapoints=[])


BAD, NOTICE, UNKNOWN = Level.BAD, Level.NOTICE, Level.UNKNOWN
NUMBER = Account(channel="whatsapp", id=development.PHONE_NUMBER_ID)
SCOPE = "whatsapp_business_messaging"
FAULTS = {
    "root": broken(
        "identity",
        NOTICE,
        lambda world: _own_user(world, "arn:aws:iam::123456789012:root"),
        lambda world: _own_user(world, "arn:aws:iam::123456789012:user/ada"),
    ),
    "a deployment that was undone": stack_is("stack", NOTICE, "UPDATE_ROLLBACK_COMPLETE"),
    "a deployment that failed": stack_is("stack", BAD, "UPDATE_ROLLBACK_FAILED"),
    "a deployment under way": stack_is("stack", NOTICE, "UPDATE_IN_PROGRESS"),
    "another version": stack_is("stack", NOTICE, RejoinderVersion="0.0.1"),
    "drift": broken(
        "drift",
        NOTICE,
        lambda world: _drift(world, DetectionStatus="DETECTION_COMPLETE", StackDriftStatus="DRIFTED"),
        _in_sync,
    ),
    "no drift told": broken(
        "drift", UNKNOWN, lambda world: _drift(world, DetectionStatus="DETECTION_FAILED"), _in_sync
    ),
    "another runtime": broken(
        "functions",
        BAD,
        lambda world: world.function(Runtime="python3.11"),
        lambda world: world.function(Runtime="python3.13"),
    ),
    "another layer": broken("functions", BAD, _other_layer, _right_layer),
    "deployed past its version": broken("functions", BAD, _deploy_past_the_version, _deploy_a_version),
    "a new account": broken(
        "executions",
        NOTICE,
        lambda world: world.answer("GetAccountSettings", AccountLimit={"ConcurrentExecutions": 10}),
        lambda world: world.answer("GetAccountSettings", AccountLimit={"ConcurrentExecutions": 421}),
    ),
    "turns for a whole account": stack_is("executions", NOTICE, ProcessorConcurrency="980"),
    "no app secret": lost("secret", BAD, app_secret=""),
    "no account id": lost("secret", NOTICE, waba_id=""),
    "no secret of another account": stack_is("secret", BAD, Numbers="100000000000009=42"),
    "a wrong app secret": lost("app", BAD, app_secret="wrong"),
    "an app in development": ill("app", BAD, app="development"),
    "an expired token": ill("token", BAD, token="expired"),
    "a token that soon expires": ill("token", NOTICE, token_expires_at=int(time.time()) + 86400),
    "a token without a scope": ill("token", BAD, scopes=[SCOPE]),
    "a token of nobody": lost("token", BAD, access_token="wrong"),
    "a wrong account id": lost("account", BAD, waba_id="299999999999999"),
    "a rejected account": ill("account", BAD, review="REJECTED"),
    "a business that is not verified": ill("verification", NOTICE, verification="not_verified"),
    "no payment": ill("payment", BAD, payment=False),
    "a wrong verify token": lost("handshake", BAD, verify_token="other"),
    "a webhook of somebody": broken("handshake", BAD, _accept_all, _accept_ours),
    "no subscription": ill("subscription", BAD, subscribed=False),
    "no messages": ill("fields", BAD, fields=["security"]),
    "few fields": ill("fields", NOTICE, fields=["messages"]),
    "no token of Telegram": broken(
        "telegram_secret", BAD, lambda world: world.telegram(secret_token=""), World.telegram
    ),
    "a token that Telegram does not know": broken(
        "telegram_bot",
        BAD,
        lambda world: world.telegram(bot_token="7000000009:a-token-that-was-revoked-0000000000"),
        World.telegram,
    ),
    "no webhook at Telegram": broken(
        "telegram_webhook", BAD, lambda world: world.bot_api("deleteWebhook"), World.updates_to
    ),
    "updates elsewhere": broken(
        "telegram_webhook",
        BAD,
        lambda world: world.updates_to("https://example.com/telegram"),
        World.updates_to,
    ),
    "few updates": broken(
        "telegram_webhook",
        NOTICE,
        lambda world: world.updates_to(allowed_updates=["message"]),
        World.updates_to,
    ),
    "an update that could not be delivered": broken(
        "telegram_updates", NOTICE, World.undelivered, World.new_webhook
    ),
    "a secret token that Telegram does not have": broken(
        "telegram_updates", BAD, lambda world: world.undelivered(401, times=20), World.new_webhook
    ),
    "no secret of another bot": stack_is("telegram_secret", BAD, Numbers="telegram:7000000009=7000000009"),
    "an old menu": broken(
        "telegram_commands",
        NOTICE,
        lambda world: world.code(f"{TEMPLATE}\n\n@bot.on('book')\ndef book(chat): ...\n"),
        World.code,
    ),
    "webhooks elsewhere": broken(
        "fields", BAD, _point_elsewhere, lambda world: world.point_at(world.webhook.url)
    ),
    "a number whose webhooks go elsewhere": broken(
        "fields", NOTICE, _point_a_number_elsewhere, _point_all_numbers_here
    ),
    "a number that is not registered": ill("numbers", BAD, registered=False),
    "a name in review": ill("numbers", NOTICE, name="PENDING_REVIEW"),
    "bad quality": ill("quality", BAD, quality="RED"),
    "poor quality": ill("quality", NOTICE, quality="YELLOW"),
    "no throughput": ill("limits", NOTICE, throughput="NOT_APPLICABLE"),
    "a paused template": ill("templates", BAD, templates="PAUSED"),
    "a template in review": ill("templates", NOTICE, templates="PENDING"),
    "a template that Meta does not have": broken(
        "templates", BAD, lambda world: world.code("templates.no_such_one(name='Ada')"), World.code
    ),
    "a file of a template in a language that Meta does not have": broken(
        "templates", BAD, lambda world: world.file(FILE), lambda world: world.file("")
    ),
    "a file of a template that cannot be read": broken(
        "templates", BAD, lambda world: world.file("languages: ["), lambda world: world.file("")
    ),
    "marketing without consent": broken(
        "consent", NOTICE, _use_marketing, lambda world: world.agree(Purpose.MARKETING)
    ),
    "utility without consent": stack_is("consent", NOTICE, UtilityNeedsConsent="true"),
    "a queue without a function": broken(
        "queues", BAD, lambda world: world.source(enabled=False), lambda world: world.source(enabled=True)
    ),
    "old messages": broken("age", BAD, lambda world: world.age(900, minutes=5), lambda world: world.age(0)),
    "a dead letter": broken("letters", BAD, _letter, _empty),
    "a parked update": broken("parked", BAD, _park, _empty),
    "a closed gate": broken(
        "gate",
        BAD,
        lambda world: world.gates.close(NUMBER, Gate.closed(368, time.time())),
        lambda world: world.gates.open(NUMBER, time.time()),
    ),
    "an alarm that rings": broken(
        "alarms", BAD, lambda world: world.alarm("ALARM"), lambda world: world.alarm("OK")
    ),
    "no alarms": broken("alarms", BAD, _without_alarms, _with_alarms),
    "an alarm that somebody deleted": broken("alarms", BAD, _without_an_alarm, _with_alarms),
    "an alarm that is switched off": broken(
        "alarms",
        NOTICE,
        lambda world: _actions(world, "disable_alarm_actions"),
        lambda world: _actions(world, "enable_alarm_actions"),
    ),
    "alarms for nobody": broken(
        "subscribers", NOTICE, _subscribers, lambda world: world.hooks.pop("ListSubscriptionsByTopic")
    ),
    "a mail that nobody confirmed": broken(
        "subscribers",
        NOTICE,
        lambda world: _subscribers(world, "PendingConfirmation"),
        lambda world: world.hooks.pop("ListSubscriptionsByTopic"),
    ),
    "a clock that is wrong": broken(
        "clock", BAD, lambda world: _after(world, 1000), lambda world: _after(world, 0)
    ),
    "a clock that is a little wrong": broken(
        "clock", NOTICE, lambda world: _after(world, 100), lambda world: _after(world, 0)
    ),
    "nobody wrote": broken(
        "last_webhook", NOTICE, _nobody_wrote, lambda world: world.hooks.pop("GetMetricStatistics")
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_at_its_point_alone_until_it_is_mended(name: str, world: World) -> None:
    fault = FAULTS[name]
    fault.plant(world)
    try:
        assert world.ill() == {fault.check: fault.level}
    finally:
        fault.mend(world)
    (found,) = world.examine(fault.check).values()
    assert found.level is Level.GOOD, found


CHANGED_BY_HAND = ("a queue without a function", "an alarm that somebody deleted", "drift")
STUCK = "a deployment that failed"


@pytest.mark.parametrize("name", [*CHANGED_BY_HAND, STUCK])
def test_no_cure_is_a_deployment_that_would_change_nothing_or_be_refused(name: str, world: World) -> None:
    """A change set compares templates, and not what is there. A stuck stack takes none."""
    fault = FAULTS[name]
    fault.plant(world)
    try:
        (found,) = world.examine(fault.check).values()
    finally:
        fault.mend(world)
    assert "rejoinder deploy" not in found.cure
    assert ("continue-update-rollback" in found.cure) is (name == STUCK)


def test_each_point_has_a_fault_that_it_finds() -> None:
    assert {check.name for check in CHECKS} - {fault.check for fault in FAULTS.values()} == {"last_send"}


def test_a_message_that_meta_accepts_no_more_is_found(world: World) -> None:
    """Only one of the two metrics is there, so that AWS cannot be hooked by the operation alone."""
    place = replace(world.place, stack_name=f"{world.place.stack_name}-new")
    of = [{"Name": "service", "Value": "ingress"}]
    data = {"MetricName": "UpdatesReceived", "Dimensions": of, "Value": 1.0}
    client("cloudwatch").put_metric_data(Namespace=f"Rejoinder/{place.stack_name}", MetricData=[data])
    found = replace(world, place=place).examine("last_webhook", "last_send")
    assert (found["last_webhook"].level, found["last_send"].level) == (Level.GOOD, Level.NOTICE)


def test_where_nothing_is_deployed_each_point_says_so_and_none_raises(world: World) -> None:
    bare: dict[str, Any] = {**dict.fromkeys(PARTS, "none"), "secret_name": "none"}
    place = Deployed(client=client, stack_name="none", **bare, graph_address="http://127.0.0.1:1")
    found = replace(world, place=place).examine()
    assert found["stack"].level is Level.UNKNOWN
    assert found["secret"].level is Level.BAD
    assert all(finding.what for finding in found.values())
    assert "rejoinder; please tell" not in " ".join(finding.cure for finding in found.values())


def test_accounts_that_are_not_looked_at_are_named(world: World) -> None:
    world.changed_stack(Numbers=f"{development.SECOND_PHONE_NUMBER_ID}=42")
    try:
        (found,) = world.examine("account").values()
    finally:
        world.hooks.pop("DescribeStacks")
    assert found.level is Level.GOOD
    assert found.what.endswith("; `rejoinder doctor --waba 42` looks at another one")


@pytest.mark.parametrize("text", ["no JSON", "[]"])
def test_a_secret_that_is_malformed_is_found(world: World, text: str) -> None:
    client("secretsmanager").put_secret_value(SecretId=world.place.secret_name, SecretString=text)
    try:
        found = world.examine("secret", "token", "account")
    finally:
        world.secret()
    assert [one.level for one in found.values()] == [BAD, Level.SKIPPED, Level.SKIPPED]


def test_on_this_machine_what_the_local_aws_lacks_is_not_checked_and_not_green(world: World) -> None:
    found = replace(world, is_local=True).examine("drift", "age", "alarms", "subscribers", "last_webhook")
    assert {finding.level for finding in found.values()} == {Level.SKIPPED}
    assert all(finding.what.startswith("not checked here: ") for finding in found.values())


def test_a_stack_that_is_not_there_is_a_finding_with_its_cure(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(Where(stack="nowhere"), as_json=True) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["check"], found["level"]) == ("stack", "bad")
    assert "there is no stack nowhere" in found["what"]


def test_a_gate_that_closed_for_the_payment_is_told_there_too(world: World) -> None:
    world.gates.close(NUMBER, Gate.closed(131042, time.time()))
    try:
        assert world.ill() == {"gate": BAD, "payment": BAD}
    finally:
        world.gates.open(NUMBER, time.time())


def test_a_gate_of_the_bot_on_telegram_is_found_too(world: World) -> None:
    bot = Account(channel="telegram", id=development.TELEGRAM_BOT_ID)
    world.gates.close(bot, Gate.closed(401, time.time()))
    try:
        found = world.examine("gate", "payment")
    finally:
        world.gates.open(bot, time.time())
    assert found["gate"].level is BAD
    assert "the bot on Telegram by error 401" in found["gate"].what
    assert found["payment"].level is Level.GOOD


def test_a_stack_on_telegram_alone_is_not_asked_for_what_is_metas(world: World) -> None:
    """Its secret of WhatsApp is empty, and nothing is to be done about that."""
    place = replace(world.place, networks="telegram", secret_name="none")
    found = replace(world, place=place).examine()
    assert {name for name, one in found.items() if one.level is not Level.GOOD} <= {"clock"}
    assert not {"secret", "token", "handshake", "templates", "consent"} & {*found}
    assert not [one.what for one in found.values() if "Meta" in one.what]


def test_a_template_that_meta_lacks_is_named_once_though_its_file_and_the_code_name_it(world: World) -> None:
    world.file(FILE)
    file = world.bot / "templates" / "order_update.yaml"
    file.rename(file.with_stem("lacking"))
    world.code("templates.lacking()")
    try:
        (found,) = world.examine("templates").values()
    finally:
        file.with_stem("lacking").unlink()
        world.code()
    assert found.what == "Meta does not know lacking in de, lacking in en"


def test_the_table_has_a_word_for_each_level_and_the_exit_code_tells_whether_all_is_well(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.health(quality="RED")
    try:
        patient = Patient(place=world.place, is_local=True, bot=world.bot)
        examined = examine(patient)
    finally:
        world.health(**{"break": ""})
    command.show(examined)
    shown = capsys.readouterr().out
    lines = [line for line in shown.splitlines() if "Quality" in line]
    assert lines[0].split()[:2] == ["WRONG", "Quality"]
    assert "-> send fewer templates" in shown
    assert "1 WRONG" in shown
    assert not command.is_well(examined)


def test_the_options_that_the_cures_need_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(Where(stack="nowhere")) == 1
    assert capsys.readouterr().out.endswith("  Give these commands --stack nowhere, too.\n")


def test_a_stack_with_nothing_behind_it_is_looked_at_to_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    name = f"bare-{time.time_ns()}"
    create_stack(name, {output: f"{name}-{output}" for output in OUTPUTS.values()}, REGION)
    assert command.main(Where(stack=name), as_json=True) == 1
    found = json.loads(capsys.readouterr().out)
    assert [one["check"] for one in found] == [check.name for check in CHECKS if check.channel != "telegram"]
    assert {*found[0]} == {"check", "level", "what", "cure"}
