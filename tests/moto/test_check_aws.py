"""The points of `rejoinder check-aws`: with a fault planted, exactly the point that it concerns finds it.

AWS is in memory. A server takes the place of the deployed functions: it answers as they do, or with a fault.
What moto lacks (alarms of a stack, reports of Lambda, IAM's simulation) is answered by hooks of botocore, or
written to the logs. tests/stack/test_check_aws.py looks at the real functions.
"""

import itertools
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from botocore.awsrequest import AWSResponse
from mypy_boto3_sqs import SQSClient

from rejoinder.aws.keys import record_item
from rejoinder.aws.stored.items import format_attribute
from rejoinder.channels.whatsapp.front import SIGNATURE_HEADER, sign
from rejoinder.workbench.check_aws import examine
from rejoinder.workbench.check_aws.functions import restart
from rejoinder.workbench.check_aws.measures import LEVELS
from rejoinder.workbench.check_aws.site import Patience, Site, Stub
from rejoinder.workbench.deployment.deployed import FUNCTIONS, Deployed
from rejoinder.workbench.doctor.finding import Finding, Level
from tests.moto.conftest import REGION
from tests.moto.functions import create_function, create_role
from tests.moto.watched import client
from tests.unit.template_rules import source

pytestmark = pytest.mark.slow

SECRET = "the app secret"
ALARMS = ("InboundAgeAlarm", "OutboundAgeAlarm", "InboundDlqAlarm")


@dataclass(slots=True, kw_only=True)
class World:
    """A deployment with which all is well until a fault is planted."""

    name: str
    url: str = ""
    fault: str = ""
    ahead: float = 0.0
    """How far its clock is before ours, in seconds."""
    hooks: dict[str, Any] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)
    began_at: float = field(default_factory=time.time)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def site(self, *, is_local: bool = False) -> Site:
        sqs: SQSClient = client("sqs")
        urls = {
            one: sqs.create_queue(QueueName=f"{self.name}-{one}")["QueueUrl"]
            for one in ("inbound", "outbound", "events", "inbound-dlq", "outbound-dlq", "events-dlq")
        }
        return Site(
            place=Deployed(
                client=client,
                stack_name=self.name,
                table_name=self.name,
                inbound_queue_url=urls["inbound"],
                outbound_queue_url=urls["outbound"],
                events_queue_url=urls["events"],
                inbound_dlq_url=urls["inbound-dlq"],
                outbound_dlq_url=urls["outbound-dlq"],
                events_dlq_url=urls["events-dlq"],
                media_bucket_name="media",
                functions={one: f"{self.name}-{one}" for one in FUNCTIONS},
                webhook_address=f"{self.url}/webhook",
                secret_name=f"{self.name}/whatsapp",
            ),
            stub=Stub(dynamodb=client("dynamodb"), table_name=self.name, url=self.url, token="token"),
            http=httpx.Client(trust_env=False),
            app_secret=SECRET,
            is_local=is_local,
            began_at=self.began_at,
            _numbers=self.numbers,
            patience=Patience(answers=0.3, metrics=0.3, pause=0.02, slow_pause=0.02),
        )

    def look(self, name: str, *, is_local: bool = False) -> Finding:
        (point,) = [point for point in examine.POINTS if point.name == name]
        site = self.site(is_local=is_local)
        with site.http:
            return examine.one(point, site)

    # -- what the functions do -------------------------------------------------------------------------------

    def webhook(self, signature: str | None, body: bytes) -> tuple[int, bytes]:
        if signature != f"sha256={sign(body, SECRET)}" and signature != sign(body, SECRET):
            return (200, b"") if self.fault == "strangers" else (401, b"")
        (entry,) = json.loads(body)["entry"]
        value = entry["changes"][0]["value"]
        for message in value.get("messages", []):
            self.hear(message["id"], message["from"], message["text"]["body"])
        for status in value.get("statuses", []):
            if self.fault != "statuses":
                delivered = {"a1_delivered_at": {"N": status["timestamp"]}}
                item = record_item("1", status["id"]) | delivered | {"format": format_attribute("record")}
                client("dynamodb").put_item(TableName=self.name, Item=item)
        return 200, b""

    def hear(self, message_id: str, contact: str, words: str) -> None:
        if message_id in self.heard and self.fault != "again":
            return
        self.heard.add(message_id)
        now = time.time()
        if words.startswith("fail"):
            self.fail(contact, words.removeprefix("fail "), now)
        elif not (words == "two" and self.fault == "lost"):
            late = {"slow 8": 8.0, "quick": 9.0 if self.fault == "slow" else 0.0}.get(words, 0.0)
            late += 100.0 if self.fault == "neighbours" else 0.0
            order = self.take_order()
            if order:
                self.say(contact, words, now, status=order)
            for _ in range(0 if order and self.fault == "given up" else 2 if self.fault == "doubled" else 1):
                self.say(contact, words, now + late, early=self.fault == "disorder")
            self.count()

    def take_order(self) -> int:
        key = {"pk": {"S": "orders"}, "sk": {"S": "refuse"}}
        old = client("dynamodb").delete_item(TableName=self.name, Key=key, ReturnValues="ALL_OLD")
        return int(old["Attributes"]["status"]["N"]) if "Attributes" in old else 0

    def say(self, contact: str, words: str, at: float, *, status: int = 200, early: bool = False) -> None:
        number = 10**20 - time.time_ns() if early else time.time_ns()
        client("dynamodb").put_item(
            TableName=self.name,
            Item={
                "pk": {"S": "asked"},
                "sk": {"S": f"{number:020d}"},
                "at": {"N": repr(at + self.ahead)},
                "to": {"S": f"+{contact}"},
                "text": {"S": words},
                "callback": {"S": "r1.x"},
                "status": {"N": str(status)},
                "network_id": {"S": uuid.uuid4().hex},
            },
        )

    def count(self) -> None:
        """Count a turn, unless the fault silences this log level."""
        if self.processor().get("POWERTOOLS_LOG_LEVEL") != self.fault:
            self.measure(f"Rejoinder/{self.name}", "TurnsDone", "service", "processor")

    def measure(self, namespace: str, metric: str, dimension: str, value: str) -> None:
        data = {"MetricName": metric, "Dimensions": [{"Name": dimension, "Value": value}], "Value": 1.0}
        client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=[data])

    def fail(self, contact: str, what: str, now: float) -> None:
        pauses = {"queue": (60.0, 60.0), "at once": (0.1, 0.1)}.get(self.fault, (2.1, 4.2))
        tried = [now, now + pauses[0], now + sum(pauses)][: 2 if self.fault == "given up early" else 3]
        for at in tried:
            self.log("processor", message="tried", what=what, tried_at=at)
        if self.fault != "silent":
            self.say(contact, "Sorry", now + 10)
        if self.fault != "no letter":
            client("sqs").send_message(
                QueueUrl=client("sqs").get_queue_url(QueueName=f"{self.name}-inbound-dlq")["QueueUrl"],
                MessageBody="parked",
            )

    def log(self, function: str, **line: object) -> None:
        event = {"timestamp": int(time.time() * 1000), "message": json.dumps(line)}
        client("logs").put_log_events(
            logGroupName=f"/aws/lambda/{self.name}-{function}", logStreamName="one", logEvents=[event]
        )

    def report(self, *, but: str = "") -> None:
        for function in FUNCTIONS:
            for metrics in ({"initDurationMs": 300.4, "durationMs": 20.0}, {"durationMs": 5.0}):
                if function != but:
                    self.log(function, type="platform.report", record={"metrics": metrics})

    # -- alarms and roles ------------------------------------------------------------------------------------

    def alarms(self, state: str = "OK", *, but: str = "", more: Sequence[str] = ()) -> None:
        """Make the alarms. `but` is one that is not there."""
        resources = []
        for logical in (*ALARMS, *more):
            kind = "inbound" if "Inbound" in logical else "outbound"
            resources.append(
                {
                    "LogicalResourceId": logical,
                    "PhysicalResourceId": f"{self.name}-{logical}",
                    "ResourceType": "AWS::CloudWatch::Alarm",
                }
            )
            if logical == but:
                continue
            client("cloudwatch").put_metric_alarm(
                AlarmName=f"{self.name}-{logical}",
                Metrics=[
                    {"Id": "rings", "Expression": "IF(FILL(age, 0) > 180 AND FILL(failed, 0) < 3, 1, 0)"},
                    self.part("age", "AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", kind),
                    self.part("failed", "AWS/Lambda", "Errors", "FunctionName", "processor"),
                ],
                EvaluationPeriods=1,
                Threshold=0,
                ComparisonOperator="GreaterThanThreshold",
            )
            client("cloudwatch").set_alarm_state(
                AlarmName=f"{self.name}-{logical}", StateValue=state, StateReason="a test"
            )
        self.hooks["ListStackResources"] = {"StackResourceSummaries": resources}

    def part(self, name: str, namespace: str, metric: str, dimension: str, value: str) -> dict[str, Any]:
        named = {"Name": dimension, "Value": f"{self.name}-{value}"}
        found = {"Namespace": namespace, "MetricName": metric, "Dimensions": [named]}
        stat = {"Metric": found, "Period": 1800, "Stat": "Maximum"}
        return {"Id": name, "ReturnData": False, "MetricStat": stat}

    def aliases(self, *, version: str = "1", called: str = ":live", integrated: str = ":live") -> None:
        """Make the aliases of the two functions, one of which the queues call and one the API."""
        arn = f"arn:aws:lambda:{REGION}:123456789012:function:{self.name}"
        resources = {
            f"{arn}-processor:live": "AWS::Lambda::Alias",
            f"{arn}-ingress:live": "AWS::Lambda::Alias",
            "api1": "AWS::ApiGatewayV2::Api",
        }
        self.hooks["ListStackResources"] = {
            "StackResourceSummaries": [
                {"LogicalResourceId": f"L{number}", "PhysicalResourceId": its, "ResourceType": kind}
                for number, (its, kind) in enumerate(resources.items())
            ]
        }
        self.hooks["GetAlias"] = {"FunctionVersion": version}
        mapped, uri = f"{arn}-processor{called}", f"{arn}-ingress{integrated}"
        self.hooks["ListEventSourceMappings"] = {"EventSourceMappings": [{"FunctionArn": mapped}]}
        self.hooks["GetIntegrations"] = {"Items": [{"IntegrationUri": uri}]}

    def processor(self) -> dict[str, Any]:
        """Return the environment variables of the processor."""
        found = client("lambda").get_function_configuration(FunctionName=f"{self.name}-processor")
        variables: dict[str, Any] = found["Environment"]["Variables"]
        return variables


@pytest.fixture(scope="module")
def functions(aws: None) -> str:
    """Return with what the names of the functions begin, which take time to make."""
    name = f"check-{uuid.uuid4().hex[:8]}"
    role = create_role(client("iam"), name)
    for one in FUNCTIONS:
        variables = {"POWERTOOLS_LOG_LEVEL": "INFO"}
        create_function(client("lambda"), f"{name}-{one}", role, Environment={"Variables": variables})
    return name


@pytest.fixture
def world(functions: str, table: str) -> Iterator[World]:
    world = World(name=table)
    for one in FUNCTIONS:
        client("logs").create_log_group(logGroupName=f"/aws/lambda/{table}-{one}")
        client("logs").create_log_stream(logGroupName=f"/aws/lambda/{table}-{one}", logStreamName="one")
    with _served(world) as world.url, _hooked(world, functions):
        yield world


@contextmanager
def _served(world: World) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status, answer = world.webhook(self.headers.get(SIGNATURE_HEADER), body)
            self._send(status, answer)

        def do_GET(self) -> None:
            self._send(200, json.dumps({"now": time.time() + world.ahead}).encode())

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _hooked(world: World, functions: str) -> Iterator[None]:
    """Let AWS answer as the world says, where it says something; and give its functions their real names."""

    def answer(model: Any, params: Mapping[str, Any], **_: Any) -> Any:
        parsed = world.hooks.get(model.name)
        if callable(parsed):
            parsed = parsed(params)
        return None if parsed is None else (AWSResponse("", 200, {}, None), parsed)  # type: ignore[arg-type]

    def renamed(params: dict[str, Any], **_: Any) -> None:
        if "FunctionName" in params:
            params["FunctionName"] = params["FunctionName"].replace(world.name, functions)

    services = ("apigatewayv2", "cloudformation", "cloudwatch", "lambda", "iam", "sqs")
    for service in services:
        client(service).meta.events.register(f"before-call.{service}", answer, unique_id="answer")
    client("lambda").meta.events.register("provide-client-params.lambda", renamed, unique_id="renamed")
    yield
    for service in services:
        client(service).meta.events.unregister(f"before-call.{service}", unique_id="answer")
    client("lambda").meta.events.unregister("provide-client-params.lambda", unique_id="renamed")


Plant = Callable[[World], object]


def simulated(allows: Callable[[str, str], bool]) -> Plant:
    """Return what lets IAM's simulation answer: by the role and the action."""

    def decide(params: Mapping[str, Any]) -> Mapping[str, Any]:
        asked = params["body"]
        is_allowed = allows(asked["PolicySourceArn"], asked["ActionNames.member.1"])
        return {"EvaluationResults": [{"EvalDecision": "allowed" if is_allowed else "implicitDeny"}]}

    def plant(world: World) -> None:
        world.hooks["SimulatePrincipalPolicy"] = decide
        world.hooks["DescribeStackResource"] = {"StackResourceDetail": {"PhysicalResourceId": "quarantine"}}

    return plant


def ages(*queues: str) -> Plant:
    def plant(world: World) -> None:
        world.alarms()
        for queue in queues:
            world.measure("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", f"{world.name}-{queue}")

    return plant


def test_all_is_well_where_nothing_is_planted(world: World) -> None:
    assert world.look("levels").what.startswith("TurnsDone counts 15 turns")
    world.alarms()
    assert world.look("alarms").what == "3 alarms are there, and all are OK"
    for name in ("strangers", "batch", "statuses", "refusal", "slow", "failure", "answers", "denials"):
        found = world.look(name)
        assert found.level is Level.GOOD, (name, found)
    world.report()
    assert world.look("reports").what.startswith(
        "ingress: start 300 ms and first event 20 ms (1 times), warm 5 ms (1 times); processor:"
    )
    world.aliases()
    assert world.look("aliases").level is Level.GOOD
    ages("inbound", "outbound")(world)
    assert world.look("ages").level is Level.GOOD
    world.alarms("ALARM")
    assert world.look("letter").what == "InboundDlqAlarm rang"


@pytest.mark.parametrize(
    ("point", "fault", "what"),
    [
        ("levels", "WARN", r"did not count 4 of 15 turns: those with LogLevel WARN"),
        ("strangers", "strangers", r"answered with 200 with 0 bytes and 200 with 0 bytes"),
        ("batch", "lost", r"no answer to two; no answer to two"),
        ("batch", "doubled", r"6 answers to 3 messages"),
        ("batch", "again", r"6 answers to 3 messages"),
        ("batch", "disorder", r"answered in the order three, two, one"),
        ("statuses", "statuses", r"do not show that the messages were delivered"),
        ("refusal", "given up", r"answered \[429\], not 429 and then 200"),
        ("refusal", "doubled", r"answered \[429, 200, 200\], not 429 and then 200"),
        ("slow", "slow", r"the quick conversation was answered after the slow one"),
        ("failure", "queue", r"came again after 60\.0 s, not after 2 s; .* not after 4 s"),
        ("failure", "at once", r"came again after 0\.1 s, not after 2 s"),
        ("failure", "given up early", r"got the update 2 times, not 3 times"),
        ("failure", "neighbours", r"the others had to wait until the update was parked"),
        ("failure", "silent", r"the contact whose update was parked got no word"),
        ("failure", "no letter", r"the update is not among the dead letters"),
    ],
)
def test_a_fault_of_the_functions_is_found(world: World, point: str, fault: str, what: str) -> None:
    world.fault = fault
    found = world.look(point)
    assert found.level is Level.BAD
    assert found.cure
    assert re.search(what, found.what), found.what


@pytest.mark.parametrize(
    ("point", "plant", "level", "what"),
    [
        ("alarms", lambda world: world.alarms("ALARM"), Level.BAD, "ringing: InboundAgeAlarm"),
        ("alarms", lambda world: world.alarms(but="InboundDlqAlarm"), Level.BAD, "missing: InboundDlqAlarm"),
        ("alarms", lambda world: world.alarms("INSUFFICIENT_DATA"), Level.BAD, "3 alarms have no data"),
        ("ages", ages("inbound"), Level.BAD, "no data for OutboundAgeAlarm"),
        ("ages", lambda world: world.alarms(but="InboundAgeAlarm"), Level.BAD, "there is no InboundAgeAlarm"),
        ("letter", lambda world: world.alarms(), Level.NOTICE, "InboundDlqAlarm did not ring"),
        ("aliases", lambda world: world.aliases(version="$LATEST"), Level.BAD, "leads to no version"),
        (
            "aliases",
            lambda world: world.aliases(called=""),
            Level.BAD,
            "-processor itself, past its alias live",
        ),
        (
            "aliases",
            lambda world: world.aliases(integrated=""),
            Level.BAD,
            "-ingress itself, past its alias live",
        ),
        (
            "reports",
            lambda world: world.report(but="sender"),
            Level.BAD,
            "no platform.report in the log of: sender",
        ),
        (
            "denials",
            lambda world: world.log("tracker", message="comes again", cause="AccessDeniedException"),
            Level.BAD,
            "AWS refused something: tracker: AccessDeniedException",
        ),
        (
            "roles",
            simulated(lambda _role, _action: True),
            Level.BAD,
            "the ingress can dynamodb:GetItem table",
        ),
        ("roles", simulated(lambda _role, _action: False), Level.BAD, "the ingress cannot sqs:SendMessage"),
    ],
)
def test_a_fault_beside_the_functions_is_found(
    world: World, point: str, plant: Plant, level: Level, what: str
) -> None:
    plant(world)
    found = world.look(point)
    assert found.level is level, found
    assert what in found.what
    assert found.cure


def test_the_cure_of_an_alias_names_what_is_in_the_template(world: World) -> None:
    world.aliases(called="")
    named = set(re.findall(r"[A-Z]\w+Live", world.look("aliases").cure))
    assert named == {
        name for name, one in source()["Resources"].items() if one["Type"] == "AWS::Lambda::Alias"
    }


def test_each_function_of_which_a_report_is_wanted_was_started_anew_before(world: World) -> None:
    """The template lets Lambda write no reports. A restart does."""
    restarted: set[str] = set()
    world.hooks["UpdateFunctionConfiguration"] = lambda params: restarted.add(
        params["url_path"].split("/")[3]
    )
    for point in itertools.takewhile(lambda one: one.name != "reports", examine.POINTS):
        world.look(point.name)
    assert {name.rpartition("-")[2] for name in restarted} == {*FUNCTIONS}


def test_the_log_level_is_set_back_after_the_others_were_tried(world: World) -> None:
    world.look("levels")
    assert world.processor()["POWERTOOLS_LOG_LEVEL"] == "INFO"


def test_a_function_is_not_changed_while_it_may_still_be_at_work(world: World) -> None:
    url = world.site().place.outbound_queue_url
    client("sqs").send_message(QueueUrl=url, MessageBody="an answer")
    assert world.look("levels").what == "could not be checked: the queues do not become empty"
    assert world.processor()["POWERTOOLS_LOG_LEVEL"] == LEVELS[0], "the next level waits"


def test_a_queue_is_empty_when_two_looks_in_a_row_find_nothing(world: World) -> None:
    """SQS asks only some of its servers each time."""
    counts = {"inbound": [0, 1, 0, 0], "outbound": [0, 0]}

    def count(params: Mapping[str, Any]) -> Mapping[str, Any]:
        queue = json.loads(params["body"])["QueueUrl"].rpartition("-")[2]
        return {"Attributes": {"ApproximateNumberOfMessages": str(counts[queue].pop(0))}}

    site = world.site()
    world.hooks["GetQueueAttributes"] = count
    site.settle()
    assert counts == {"inbound": [], "outbound": []}


def test_the_clock_of_aws_makes_no_answer_slow(world: World) -> None:
    world.ahead = 10_000.0
    found = world.look("answers").what
    assert re.match(r"\d{1,6} ms cold, \d{1,6} ms warm", found), found


def test_a_function_that_starts_anew_has_its_alias_led_to_what_was_changed(world: World) -> None:
    named = {"FunctionName": f"{world.name}-processor", "Name": "live"}
    client("lambda").create_alias(**named, FunctionVersion="$LATEST")
    try:
        restart(world.site(), ["processor"], level="ERROR")
        version = client("lambda").get_alias(**named)["FunctionVersion"]
    finally:
        client("lambda").delete_alias(**named)
        restart(world.site(), ["processor"], level="INFO")
    led = client("lambda").get_function_configuration(
        FunctionName=f"{world.name}-processor", Qualifier=version
    )
    assert version != "$LATEST"
    assert led["Environment"]["Variables"]["POWERTOOLS_LOG_LEVEL"] == "ERROR"


@pytest.mark.parametrize(
    ("states", "level", "what"),
    [
        ({"ThrottlesAlarm": "ALARM"}, Level.NOTICE, "4 alarms are there; only ThrottlesAlarm rings"),
        (
            {"ThrottlesAlarm": "ALARM", "InboundAgeAlarm": "ALARM"},
            Level.BAD,
            "ringing: InboundAgeAlarm, Throttl",
        ),
        ({"ThrottlesAlarm": "INSUFFICIENT_DATA"}, Level.BAD, "1 alarms have no data"),
    ],
)
def test_an_alarm_that_functions_of_others_may_let_ring_is_no_fault_by_itself(
    world: World, states: Mapping[str, str], level: Level, what: str
) -> None:
    world.alarms(more=("ThrottlesAlarm",))
    for alarm, state in states.items():
        client("cloudwatch").set_alarm_state(
            AlarmName=f"{world.name}-{alarm}", StateValue=state, StateReason="a test"
        )
    found = world.look("alarms")
    assert (found.level, found.what[: len(what)]) == (level, what)
    assert found.cure


@pytest.mark.parametrize("point", ["alarms", "aliases", "slow", "reports", "ages", "letter"])
def test_what_the_local_aws_lacks_is_left_out_by_name(world: World, point: str) -> None:
    world.alarms("INSUFFICIENT_DATA")
    if point in ("ages", "letter"):  # it has none with metric math
        world.hooks["ListStackResources"]["StackResourceSummaries"].clear()
    found = world.look(point, is_local=True)
    assert found.level is Level.SKIPPED
    assert "not checked here: " in found.what


def test_a_point_that_cannot_be_looked_at_hides_no_other(world: World) -> None:
    world.hooks["ListStackResources"] = {"nothing": "that AWS would answer"}
    found = world.look("alarms")
    assert found.level is Level.UNKNOWN
    assert "this is an error of rejoinder" in found.cure
