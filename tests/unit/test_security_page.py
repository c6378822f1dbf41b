"""docs/security.md is right: the tests that it names exist, and what it says of the template is true."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import rejoinder
from rejoinder.channels.whatsapp.media import KEPT_SECONDS
from rejoinder.model.conversation import ALIAS_SECONDS
from rejoinder.model.delivery import RECORD_SECONDS
from rejoinder.model.template_state import KEPT_SECONDS as TEMPLATE_SECONDS
from tests.unit import template_rules as rules

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
RESOURCES: dict[str, Any] = rules.source()["Resources"]


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/.]+::\w+)`", PAGE))))
def test_every_test_that_is_named_exists(named: str) -> None:
    file, _, name = named.partition("::")
    there = ast.walk(ast.parse((ROOT / file).read_text()))
    assert name in {node.name for node in there if isinstance(node, ast.FunctionDef)}


def test_every_line_of_a_table_of_what_holds_names_its_test() -> None:
    tables = re.findall(r"^\|[^\n]*\| test \|\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    rows = [row for table in tables for row in table.splitlines()]
    assert len(rows) > 30
    assert [row for row in rows if "::test_" not in row] == []


def test_the_table_of_roles_is_what_the_template_allows() -> None:
    rows = re.findall(r"^\| `(\w+Role)` \| ([^|]+) \|", PAGE, re.MULTILINE)
    said = {role: set(re.findall(r"`([\w:*]+)`", actions)) for role, actions in rows}
    allowed = {
        name: {
            action
            for statement in rules.statements(resource["Properties"]["Policies"])
            for action in rules.listed(statement["Action"])
        }
        for name, resource in RESOURCES.items()
        if resource["Type"] == "AWS::IAM::Role"
    }
    assert said == allowed


def test_the_page_names_each_function_that_may_read_the_secret() -> None:
    (row,) = re.findall(r"^\| They are in one secret .*? \|", PAGE, re.MULTILINE)
    readers = {
        name
        for name, resource in RESOURCES.items()
        if resource["Type"] == "AWS::IAM::Role"
        and "secretsmanager:GetSecretValue" in str(resource["Properties"]["Policies"])
    }
    assert {
        f"{name.title()}Role" for name in re.findall(r"the (\w+) (?:checks|sends|fetches|asks)", row)
    } == readers


def test_the_front_door_is_throttled() -> None:
    limits = RESOURCES["WebhookStage"]["Properties"]["DefaultRouteSettings"]
    given = {"Ref": "WebhooksPerSecond"}
    assert limits == {"ThrottlingRateLimit": given, "ThrottlingBurstLimit": given}
    assert rules.source()["Parameters"]["WebhooksPerSecond"]["Default"] == 500
    (_, counted) = RESOURCES["WebhookThrottledAlarm"]["Properties"]["Metrics"]
    assert counted["MetricStat"]["Metric"]["MetricName"] == "WebhooksThrottled"


def test_queues_and_quarantine_keep_things_as_long_as_the_page_says() -> None:
    queues = {name: one for name, one in RESOURCES.items() if one["Type"] == "AWS::SQS::Queue"}
    days = {name: one["Properties"]["MessageRetentionPeriod"] / 86400 for name, one in queues.items()}
    assert days.pop("EventsQueue") == 4
    assert set(days.values()) == {14}
    assert all(one["Properties"]["SqsManagedSseEnabled"] for one in queues.values())
    (rule,) = RESOURCES["QuarantineBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 30


def test_conversations_are_kept_as_long_as_the_page_says_and_outlive_what_belongs_to_them() -> None:
    days = rules.source()["Parameters"]["ConversationRetentionDays"]
    (row,) = re.findall(r"^\| conversation: .*", PAGE, re.MULTILINE)
    assert f"`ConversationRetentionDays` after the last update, {days['Default']};" in row
    in_queue, among_dead = (
        RESOURCES[name]["Properties"]["MessageRetentionPeriod"] for name in ("OutboundQueue", "OutboundDlq")
    )
    assert days["MinValue"] * 86400 >= in_queue + among_dead + RECORD_SECONDS
    assert days["MinValue"] * 86400 >= 2 * ALIAS_SECONDS, "a new alias is told from what has ended"
    assert days["MaxValue"] < 10_000, "the setting takes four digits"
    assert f"{TEMPLATE_SECONDS / 86400:.0f} days after it last said something" in PAGE
    assert RESOURCES["Table"]["Properties"]["TimeToLiveSpecification"]["AttributeName"] == "expires_at"


def test_files_are_kept_as_long_as_the_page_says() -> None:
    rules_of = RESOURCES["MediaBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    days = {rule.get("Prefix"): rule.get("ExpirationInDays") for rule in rules_of}
    assert days == {"contacts/": {"Ref": "MediaRetentionDays"}, "bot/": 60, None: None}
    assert rules.source()["Parameters"]["MediaRetentionDays"]["Default"] == 90
    assert KEPT_SECONDS == 30 * 86400


def test_the_policy_supports_the_version_of_the_project_and_leads_to_the_page() -> None:
    policy = (ROOT / "SECURITY.md").read_text()
    assert f"| `main` and {rejoinder.__version__.rpartition('.')[0]}.x | yes |" in policy
    assert "(docs/security.md)" in policy


def test_no_address_from_outside_is_ever_asked() -> None:
    """The clients of the networks and the ingress' client of AWS speak HTTP. Each asks the address of its
    settings.

    `connections` and `tls` hold the connections of the first. `media` asks for files by them, at Meta's hosts
    only, or at the address of the Bot API.
    """
    speaks = re.compile(
        r"^\s*(?:import|from) (?:requests|urllib3 import|urllib.request|http.client|httpx|aiohttp)",
        re.MULTILINE,
    )
    package = ROOT / "layers" / "rejoinder" / "rejoinder"
    files = {file.name for file in package.rglob("*.py") if speaks.search(file.read_text())}
    assert files == {"client.py", "connections.py", "direct.py", "media.py", "tls.py"}
