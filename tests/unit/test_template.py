import copy
import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from rejoinder.model.backoff import PROBE
from rejoinder.model.delivery import RECORD_SECONDS
from rejoinder.model.marker import MARKER_SECONDS
from rejoinder.services.process import MAX_TRIES
from rejoinder.services.receive import MAX_IN_PACK
from tests.unit import template_rules as rules
from tests.unit.template_rules import ROOT, Json, Rule

FOR_ALL = {"STACK_NAME", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
ENVIRONMENTS = {
    "IngressFunction": {
        "INBOUND_QUEUE_URL",
        "EVENTS_QUEUE_URL",
        "QUARANTINE_BUCKET",
        "SECRETS_PREFIX",
        "CHANNELS",
        "NUMBERS",
    }
    | {"START_TOPIC_ARN", "URL_SUFFIX"},
    "ProcessorFunction": {
        "TABLE_NAME",
        "INBOUND_QUEUE_URL",
        "INBOUND_DLQ_URL",
        "OUTBOUND_QUEUE_URL",
        "INBOUND_QUEUE_ARN",
        "EVENTS_DLQ_ARN",
        "SCHEDULE_GROUP",
        "SCHEDULER_ROLE_ARN",
        "SECRETS_PREFIX",
        "CHANNELS",
        "NUMBERS",
        "MEDIA_BUCKET",
        "CONVERSATION_RETENTION_DAYS",
        "GRAPH_BASE_URL",
        "TELEGRAM_BASE_URL",
        "GRAPH_API_VERSION",
        "BEDROCK_MODEL_ARN",
        "BOT_SECRET_ARN",
        "LOCAL",
    },
    "SenderFunction": {
        "TABLE_NAME",
        "INBOUND_QUEUE_URL",
        "OUTBOUND_QUEUE_URL",
        "OUTBOUND_DLQ_URL",
        "SENDER_CONCURRENCY",
        "SECRETS_PREFIX",
        "CHANNELS",
        "NUMBERS",
        "MEDIA_BUCKET",
        "GRAPH_BASE_URL",
        "TELEGRAM_BASE_URL",
        "GRAPH_API_VERSION",
        "UTILITY_NEEDS_CONSENT",
    },
    "TrackerFunction": {
        "TABLE_NAME",
        "INBOUND_QUEUE_URL",
        "OUTBOUND_QUEUE_URL",
        "ACCOUNT_EVENTS_TOPIC_ARN",
        "SECRETS_PREFIX",
        "CHANNELS",
        "NUMBERS",
        "GRAPH_BASE_URL",
        "TELEGRAM_BASE_URL",
        "GRAPH_API_VERSION",
    },
}
OUTPUTS = {
    "RejoinderVersion",
    "StoredFormats",
    "WebhookUrl",
    "TelegramWebhookUrl",
    "TelegramSecretName",
    "ApiId",
    "TableName",
    "InboundQueueUrl",
    "OutboundQueueUrl",
    "EventsQueueUrl",
    "InboundDlqUrl",
    "OutboundDlqUrl",
    "EventsDlqUrl",
    "QuarantineBucketName",
    "MediaBucketName",
    "SecretName",
    "IngressFunctionName",
    "ProcessorFunctionName",
    "SenderFunctionName",
    "TrackerFunctionName",
    "AccountEventsTopicArn",
}


@pytest.fixture(scope="module")
def template() -> Json:
    return rules.translated()


def properties(template: Json, name: str) -> Json:
    found: Json = template["Resources"][name]["Properties"]
    return found


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_translated_template_keeps(rule: Rule, template: Json) -> None:
    assert rule(template) == []


@pytest.mark.parametrize(("function", "names"), ENVIRONMENTS.items())
def test_a_function_gets_exactly_the_settings_it_reads(
    function: str, names: set[str], template: Json
) -> None:
    assert properties(template, function)["Environment"]["Variables"].keys() == FOR_ALL | names


def test_the_functions_are_those_four_and_the_outputs_those_that_the_workbench_reads(template: Json) -> None:
    assert rules.functions(template).keys() == ENVIRONMENTS.keys()
    assert template["Outputs"].keys() == OUTPUTS


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://graph.facebook.com", "yes"),
        ("https://example.com:8443/graph", "yes"),
        ("http://127.0.0.1:8090", "yes"),
        ("http://localhost:8090", "yes"),
        ("http://graph.facebook.com", "no"),
        ("http://127.0.0.1.example.com", "no"),
        ("http://localhost:8090@example.com", "no"),
        ("http://127.0.0.1:80?@example.com", "no"),
        ("http://localhost.example.com/", "no"),
        ("https://somebody@example.com", "no"),
        ("HTTP://example.com", "no"),
        ("//example.com", "no"),
        ("ftp://example.com", "no"),
        ("", "no"),
    ],
)
def test_the_access_token_goes_out_by_tls_or_stays_on_this_machine(
    url: str,
    allowed: str,
    template: Json,
) -> None:
    """CloudFormation compares the pattern with the whole value."""
    for name in ("GraphBaseUrl", "TelegramBaseUrl"):
        pattern = template["Parameters"][name]["AllowedPattern"]
        assert ("yes" if re.fullmatch(pattern, url) else "no") == allowed


def test_of_the_table_the_sender_deletes_gates_what_waits_and_media_ids_and_the_tracker_media_ids(
    template: Json,
) -> None:
    conditions = {
        role: [
            statement.get("Condition")
            for statement in rules.statements(template["Resources"][role])
            if "dynamodb:DeleteItem" in rules.listed(statement["Action"])
        ]
        for role in ("SenderRole", "TrackerRole")
    }

    def of(*keys: str) -> list[Json]:
        return [{"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [*keys]}}]

    assert conditions == {
        "SenderRole": of("GATE#*", "UPLOAD#*", "WAITING#*", "WAITLIST#*"),
        "TrackerRole": of("UPLOAD#*"),
    }


def test_the_layers_and_the_functions_are_for_one_python_and_one_processor(template: Json) -> None:
    for function in rules.functions(template).values():
        assert (function["Runtime"], function["Architectures"]) == (
            {"Ref": "PythonRuntime"},
            [{"Ref": "Architecture"}],
        )
    for layer in rules.resources(template, "AWS::Lambda::LayerVersion").values():
        assert layer["CompatibleRuntimes"] == [{"Ref": "PythonRuntime"}]
        assert layer["CompatibleArchitectures"] == [{"Ref": "Architecture"}]


def test_each_route_of_a_webhook_leads_to_the_ingress(template: Json) -> None:
    routes = rules.resources(template, "AWS::ApiGatewayV2::Route").values()
    assert {route["RouteKey"] for route in routes} == {
        "GET /webhook",
        "POST /webhook",
        "POST /telegram/{account}",
    }
    assert {route["Target"]["Fn::Sub"] for route in routes} == {"integrations/${WebhookIntegration}"}
    assert rules.called(properties(template, "WebhookIntegration")["IntegrationUri"]) == "IngressFunction"


def test_the_access_log_is_one_line_without_the_query_string(template: Json) -> None:
    form = properties(template, "WebhookStage")["AccessLogSettings"]["Format"]
    assert "\n" not in form
    assert "querystring" not in form.lower()
    assert "$context.path" not in form


def test_the_secret_is_made_without_anything_that_would_pass_for_a_secret(template: Json) -> None:
    made = properties(template, "WhatsAppSecret")["GenerateSecretString"]
    assert made["SecretStringTemplate"] == '{"app_secret":"","access_token":""}'
    assert made["GenerateStringKey"] == "verify_token"
    assert "SecretString" not in properties(template, "WhatsAppSecret")


def test_telegrams_secret_token_is_made_and_has_only_signs_that_telegram_takes(template: Json) -> None:
    made = properties(template, "TelegramSecret")["GenerateSecretString"]
    assert made["SecretStringTemplate"] == '{"bot_token":""}'
    assert (made["GenerateStringKey"], made["ExcludePunctuation"]) == ("secret_token", True)
    assert made["PasswordLength"] <= 256


def test_a_stack_of_whatsapp_alone_has_nothing_of_telegram(template: Json) -> None:
    """Neither what costs money nor what opens a way in."""
    assert template["Parameters"]["Channels"]["Default"] == "whatsapp"
    theirs = [one for name, one in template["Resources"].items() if "Telegram" in name]
    assert len(theirs) == 2, "a route and the secret"
    assert {one["Condition"] for one in theirs} == {"HasTelegram"}


def test_markers_and_records_outlive_whatever_may_lie_in_a_queue_and_come_back_from_its_dead_letters(
    template: Json,
) -> None:
    for seconds, queue in ((MARKER_SECONDS, "Inbound"), (RECORD_SECONDS, "Outbound")):
        lies = [properties(template, queue + kind)["MessageRetentionPeriod"] for kind in ("Queue", "Dlq")]
        assert seconds > sum(lies)


def test_what_waits_for_a_gate_is_given_out_often_enough_for_all_of_its_days(template: Json) -> None:
    queue = properties(template, "OutboundQueue")
    assert queue["RedrivePolicy"]["maxReceiveCount"] * PROBE.max_seconds > queue["MessageRetentionPeriod"]


def test_a_pack_is_handled_before_it_was_given_out_too_often(template: Json) -> None:
    """Each time, at least one more of its updates is handled, and each may fail three times."""
    policy = properties(template, "InboundQueue")["RedrivePolicy"]
    assert policy["maxReceiveCount"] > MAX_IN_PACK * MAX_TRIES


def test_what_people_wrote_outlives_the_stack(template: Json) -> None:
    """Only what a first deployment made that failed goes away: nothing is in it yet."""
    for name in ("Table", "MediaBucket", "QuarantineBucket", "WhatsAppSecret", "TelegramSecret"):
        assert template["Resources"][name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert template["Resources"][name]["UpdateReplacePolicy"] == "Retain"


def test_the_table_of_production_is_protected_and_a_first_deployment_elsewhere_can_be_taken_back(
    template: Json,
) -> None:
    assert template["Parameters"]["DeletionProtection"]["Default"] == "false"
    assert template["Conditions"]["ProtectsTable"] == {"Fn::Equals": [{"Ref": "DeletionProtection"}, "true"]}
    table = properties(template, "Table")
    assert table["DeletionProtectionEnabled"] == {"Fn::If": ["ProtectsTable", True, False]}
    for file in (ROOT / "samconfig.toml", ROOT / "workbench" / "project_files" / "samconfig.toml"):
        given = {
            name: one.get("deploy", {}).get("parameters", {}).get("parameter_overrides", "")
            for name, one in tomllib.loads(file.read_text()).items()
            if isinstance(one, dict)
        }
        assert [name for name, value in given.items() if "DeletionProtection=true" in value] == ["prod"]


@pytest.mark.parametrize("environment", ["default", "dev", "prod"])
def test_every_environment_of_samconfig_builds_the_bot_anew_and_names_its_stack(environment: str) -> None:
    config = tomllib.loads((ROOT / "samconfig.toml").read_text())[environment]
    stack = "rejoinder-" + environment.replace("default", "dev")
    assert config["global"]["parameters"]["stack_name"] == stack
    assert config["build"]["parameters"] == {"build_in_source": True, "parallel": True, "cached": False}
    assert config["deploy"]["parameters"]["capabilities"] == "CAPABILITY_IAM"
    assert config["deploy"]["parameters"]["s3_prefix"] == stack


@pytest.mark.parametrize("name", ["template.yaml", "samconfig.toml"])
def test_no_account_and_no_address_is_committed(name: str) -> None:
    assert not re.search(r"\b\d{12}\b|\w@[a-z]", (ROOT / name).read_text())


def set_at(*path: Any, to: Any) -> Callable[[Json], None]:
    def plant(template: Json) -> None:
        place = template["Resources"]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to

    return plant


def set_in(role: str, action: str | list[str], **changes: Any) -> Callable[[Json], None]:
    """Return a function that changes the statement of a role about `action`."""

    def plant(template: Json) -> None:
        for statement in rules.statements(template["Resources"][role]):
            if statement["Action"] == action:
                statement.update(changes)

    return plant


LOG_STATEMENT = ("TrackerRole", "Properties", "Policies", 0, "PolicyDocument", "Statement", 0)
VARIABLES = ("ProcessorFunction", "Properties", "Environment", "Variables")


@pytest.mark.parametrize(
    ("rule", "plant"),
    [
        (rules.visibility_is_two_timeouts, set_at("SenderFunction", "Properties", "Timeout", to=91)),
        (
            rules.fifo_sources_have_no_window,
            set_at("ProcessorFunctionInbound", "Properties", "MaximumBatchingWindowInSeconds", to=1),
        ),
        (
            rules.failures_are_reported_one_by_one,
            set_at("TrackerFunctionEvents", "Properties", "FunctionResponseTypes", to=[]),
        ),
        (
            rules.dead_letters_are_of_the_same_kind_and_kept,
            set_at("EventsDlq", "Properties", "FifoQueue", to=True),
        ),
        (
            rules.dead_letters_are_of_the_same_kind_and_kept,
            set_at("InboundDlq", "Properties", "MessageRetentionPeriod", to=345600),
        ),
        (
            rules.dead_letters_are_of_the_same_kind_and_kept,
            set_at("OtherQueue", to={"Type": "AWS::SQS::Queue", "Properties": {}}),
        ),
        (rules.each_function_has_its_log_group, set_at(*LOG_STATEMENT, "Resource", to="*")),
        (
            rules.each_function_has_its_log_group,
            set_at("SenderLogs", "Properties", to={"LogGroupName": "sender"}),
        ),
        (
            rules.each_function_has_its_log_group,
            set_at("SenderFunction", "Properties", "LoggingConfig", to={"LogFormat": "JSON"}),
        ),
        (
            rules.each_function_has_a_role_of_its_own,
            set_at("SenderFunction", "Properties", "Role", to={"Fn::GetAtt": ["TrackerRole", "Arn"]}),
        ),
        (
            rules.no_policy_is_managed,
            set_at("SenderRole", "Properties", "ManagedPolicyArns", to=["arn:aws:iam::aws:policy/x"]),
        ),
        (rules.nothing_is_allowed_on_everything, set_at(*LOG_STATEMENT, "Resource", to=["*"])),
        (rules.nothing_is_allowed_on_everything, set_at(*LOG_STATEMENT, "Action", to="dynamodb:*")),
        (
            rules.a_role_is_taken_by_its_service_only,
            set_in("SchedulerRole", "sts:AssumeRole", Principal={"AWS": "*"}),
        ),
        (
            rules.a_role_is_taken_by_its_service_only,
            # The schedules of any account could use the role.
            set_in("SchedulerRole", "sts:AssumeRole", Condition={}),
        ),
        (
            rules.a_role_is_passed_to_its_service_only,
            set_in("ProcessorRole", "iam:PassRole", Condition={}),
        ),
        (
            rules.a_role_is_passed_to_its_service_only,
            set_in("ProcessorRole", "iam:PassRole", Resource={"Fn::GetAtt": ["TrackerRole", "Arn"]}),
        ),
        (
            rules.wake_ups_reach_a_queue_that_takes_them,
            set_in("SchedulerRole", "sqs:SendMessage", Resource={"Fn::GetAtt": ["InboundQueue", "Arn"]}),
        ),
        (
            rules.wake_ups_reach_a_queue_that_takes_them,
            # This queue is FIFO.
            set_at(*VARIABLES, "EVENTS_DLQ_ARN", to={"Fn::GetAtt": ["InboundDlq", "Arn"]}),
        ),
        (
            rules.wake_ups_reach_a_queue_that_takes_them,
            set_at("InboundQueue", "Properties", "ContentBasedDeduplication", to=False),
        ),
        (
            rules.schedules_are_made_in_the_group_of_the_stack,
            set_in("ProcessorRole", "scheduler:CreateSchedule", Resource="arn:aws:scheduler:*:*:schedule/*"),
        ),
        (
            rules.schedules_are_made_in_the_group_of_the_stack,
            set_at("WakeUpGroup", "Properties", "Name", to="rejoinder"),
        ),
        (
            rules.models_are_asked_where_they_are_given,
            set_in("ProcessorRole", "bedrock:InvokeModel", Resource="arn:aws:bedrock:*::foundation-model/*"),
        ),
        (rules.models_are_asked_where_they_are_given, set_at(*VARIABLES, "BEDROCK_MODEL_ARN", to="")),
        (
            rules.lambda_drops_no_line,
            set_at("SenderFunction", "Properties", "LoggingConfig", "ApplicationLogLevel", to="ERROR"),
        ),
        (
            rules.lambda_drops_no_line,  # at DEBUG the functions would log more than Lambda keeps
            lambda template: properties(template, "SenderFunction")["LoggingConfig"].pop(
                "ApplicationLogLevel"
            ),
        ),
        (
            rules.items_are_reached_by_leading_keys,
            set_in("SenderRole", "dynamodb:UpdateItem", Condition={}),
        ),
        (
            rules.items_are_reached_by_leading_keys,
            set_in(
                "TrackerRole",
                "dynamodb:GetItem",
                Condition={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["*"]}},
            ),
        ),
        (rules.everything_is_described, lambda template: template["Outputs"]["ApiId"].clear()),
        (rules.cfn_lint, set_at(*LOG_STATEMENT, "Action", to="logs:PutLogEvent")),
    ],
)
def test_a_planted_fault_is_found(rule: Rule, plant: Callable[[Json], None], template: Json) -> None:
    faulty = copy.deepcopy(template)
    plant(faulty)
    assert rule(faulty) != []


def test_what_people_read_names_the_command_that_they_have(template: Json) -> None:
    assert "`rejoinder redrive`" in properties(template, "InboundDlqAlarm")["AlarmDescription"]
    assert not re.findall("`make [a-z]+`", (ROOT / "template.yaml").read_text())
