"""The log scanner finds each kind of leak, and where it was made. It accepts our own lines."""

import json
import logging
import sys
from pathlib import Path

import pytest

from rejoinder.aws.observe import logger
from rejoinder.errors import describe
from rejoinder.workbench import development
from tests import log_scanner
from tests.log_scanner import ALLOWED, KINDS, faults_of, faults_of_output

pytest_plugins = ["pytester"]

ID = "r2f3j7rn6euezebvwp6c26h2gq"


def record(
    name: str = "rejoinder", message: str = "queued", *args: object, **extra: object
) -> logging.LogRecord:
    """Return the record that a log call makes."""
    made = logging.LogRecord(name, logging.INFO, "/somewhere/else.py", 1, message, args, None)
    made.__dict__.update(extra)
    return made


@pytest.mark.parametrize(
    ("message", "extra"),
    [
        ("queued", {"correlation_id": ID}),
        ("queued", {"correlation_id": ID, "further": [{"message": "queued", "correlation_id": ID}]}),
        ("turn done", {"correlation_id": ID, "content": "text", "messages": 2}),
        ("accepted", {"correlation_id": ID, "outbound_id": f"{ID}-1", "attempt": 1, "seconds": 3}),
        ("failed", {"correlation_id": ID, "outbound_id": f"{ID}-1", "attempt": 2, "code": 131047}),
        ("comes again", {"cause": "ClientError ThrottlingException at client.py:12", "pause_seconds": 30}),
        ("set aside: this version cannot read it", {"cause": "turn: KeyError"}),
        (
            "set aside: this version cannot read it",
            {"cause": "content: its kind is none that this version knows"},
        ),
        ("a webhook was quarantined", {"reasons": ["nested too deeply", "messages holds int"]}),
        ("account event", {"field": "message_template_status_update"}),
    ],
)
def test_a_line_of_ours_is_let_be(message: str, extra: dict[str, object]) -> None:
    assert faults_of(record("rejoinder", message, **extra)) == []


@pytest.mark.parametrize(
    ("message", "extra"),
    [
        ("queued hi there", {}),
        ("queued", {"text": "hi"}),
        ("queued", {"contact": "15550002001"}),
        ("turn done", {"content": "hi"}),
        ("queued", {"correlation_id": "15550002001"}),
        ("queued", {"correlation_id": "wamid.HBgLMTU1NQ"}),
        ("queued", {"correlation_id": "Ada"}),
        ("queued", {"correlation_id": None}),
        ("queued", {"further": [{"message": "queued", "correlation_id": "Ada"}]}),
        ("queued", {"further": [{"message": "hello Ada"}]}),
        ("queued", {"further": ["hello"]}),
        ("failed", {"code": 15550002001}),
        ("the bot failed", {"cause": "ValueError: 'hi' is no number"}),
        ("set aside: this version cannot read it", {"cause": "turn: Ada is no number"}),
        ("a webhook was quarantined", {"reasons": ["messages holds hi there"]}),
        ("account event", {"field": "+1 555 000 2001"}),
    ],
)
def test_a_line_of_ours_with_anything_else_is_found(message: str, extra: dict[str, object]) -> None:
    assert faults_of(record("rejoinder", message, **extra))
    assert faults_of(record("rejoinder.part", message, **extra)), "a child of our logger is ours too"


def test_a_message_put_together_is_found_whether_by_us_or_by_logging() -> None:
    assert faults_of(record("rejoinder", "queued %s", "hi"))
    assert faults_of(record("rejoinder", "queued", "hi"))
    good, bad = "the secret bot/whatsapp cannot be read: ClientError", "Bearer EAAGabcdefgh1234"
    assert not faults_of(record("rejoinder", "the webhook secrets cannot be read: %s", good))
    assert faults_of(record("rejoinder", "the webhook secrets cannot be read: %s", bad))


def test_an_exceptions_text_is_found() -> None:
    made = record()
    try:
        int("my number is 15550002001")
    except ValueError:
        made.exc_info = sys.exc_info()
    assert faults_of(made)
    made.name = "some.library"
    assert faults_of(made)


LEAKS = [
    "wamid.HBgLMTU1NTAwMDIwMDEVAgASGBQzQTg5",
    "to +15550002001",
    "Authorization: Bearer abcdef.123456",
    "token EAAGm0PX4ZCpsBAJ",
    "sha256=" + "0a" * 32,
    "hello Ada",
    development.ACCESS_TOKEN,
    development.APP_SECRET,
]


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_in_a_librarys_line_is_found_and_the_line_else_let_be(leak: str) -> None:
    assert faults_of(record("botocore.endpoint", "sent %s", leak))
    assert not faults_of(record("botocore.endpoint", "request 0af7651916cd43dd8448eb211c80319c took 12 ms"))


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_in_what_powertools_writes_is_found(leak: str) -> None:
    line = {"level": "INFO", "location": "handler:1", "message": "queued", "correlation_id": ID}
    metric = {"_aws": {"Timestamp": 1800000000000}, "service": "ingress"}
    assert faults_of_output("\n".join(map(json.dumps, [line, metric]))) == []
    assert faults_of_output(json.dumps(line | {"message": leak}))
    assert faults_of_output(json.dumps(metric | {"contact": leak}))
    assert faults_of_output(json.dumps(line | {"event": {}})), "a key that Powertools was told to add"


def test_what_a_bot_or_a_test_logs_is_its_authors() -> None:
    made = record("my bot", "hello Ada")
    assert faults_of(made)
    made.pathname = str(log_scanner.ROOT / "bot" / "bot.py")
    assert not faults_of(made)


def test_the_allow_list_takes_what_describe_makes_and_every_kind_of_content() -> None:
    with pytest.raises(KeyError) as caught:
        _ = dict[str, str]()["15550002001"]
    assert ALLOWED["cause"](describe(caught.value))
    assert {"text", "reminder", "echo"} <= KINDS


WITH_LEAKS = """
import logging
import pytest

log = logging.getLogger("rejoinder")


@pytest.fixture
def leaky():
    log.info("hi")


def test_text(): log.info("queued", extra={"text": "hi"})
def test_swallowed():
    try:
        log.debug("from %s", "15550002001")
    except BaseException:
        pass
def test_without_handlers():
    log.handlers, log.propagate = [], False
    log.info("Ada")
def test_set_up(leaky): pass
def test_output(): print('{"level":"INFO","location":"a:1","message":"wamid.1"}')
def test_clean(): log.info("queued", extra={"correlation_id": "r2f3j7rn6euezebvwp6c26h2gq"})
"""


def test_the_test_that_leaks_is_the_one_that_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(WITH_LEAKS)
    result = pytester.runpytest_subprocess("-p", "tests.log_scanner", "-q", "--show-capture=no")
    result.assert_outcomes(passed=1, failed=4, errors=1)
    result.stdout.fnmatch_lines(["*an extra text that is not allowed or not of its form*"])


def test_these_tests_run_under_the_scanner_and_our_lines_are_seen_at_every_level(
    request: pytest.FixtureRequest,
) -> None:
    scanner = request.config.pluginmanager.get_plugin("log-scanner")
    assert isinstance(scanner, log_scanner.LogScanner)
    logging.getLogger("rejoinder").debug("not in the source")
    assert any("test_log_scanner.py" in fault for fault in scanner.take())


def test_a_functions_own_logger_is_seen_as_well(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = logging.getLogger("rejoinder")
    before = ours.handlers, ours.level, ours.propagate
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", Path(__file__).stem)
    try:
        logger()
        ours.info("not in the source")
    finally:
        ours.handlers, ours.level, ours.propagate = before
        ours.setLevel(before[1])
    scanner = request.config.pluginmanager.get_plugin("log-scanner")
    assert isinstance(scanner, log_scanner.LogScanner)
    assert scanner.take()
