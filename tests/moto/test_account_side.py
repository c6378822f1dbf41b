"""`rejoinder phone` and `rejoinder webhook` against the simulator, from the line typed to what is printed."""

import getpass
import io
import json
import re
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
import typer.main

from rejoinder.channels.whatsapp.events import FIELDS
from rejoinder.workbench import development
from rejoinder.workbench.cli import phone_number, webhook_at_meta, webhook_test
from rejoinder.workbench.cli.account_side import Desk
from rejoinder.workbench.cli.app import app
from rejoinder.workbench.deployment import aws_account
from rejoinder.workbench.deployment.deployed import PARTS, Deployed
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph import webhooks
from rejoinder.workbench.graph.client import Graph, GraphError
from rejoinder.workbench.graph.cures import CURES, told
from rejoinder.workbench.graph.reach import Reached
from rejoinder.workbench.graph.tokens import token
from rejoinder.workbench.graph.webhooks import USED_FIELDS
from rejoinder.workbench.interrupts import SIGNALS
from rejoinder.workbench.simulator import registration
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.stack.local import OUTPUTS
from tests.moto import stacks
from tests.moto.ingress_server import Kept, ingress
from tests.unit.simulator.kit import Webhook

NUMBER, SECOND = development.PHONE_NUMBER_ID, development.SECOND_PHONE_NUMBER_ID
PAGE = (Path(__file__).parents[2] / "docs" / "numbers.md").read_text()
SECRET = {
    "app_secret": development.APP_SECRET,
    "access_token": development.ACCESS_TOKEN,
    "verify_token": development.VERIFY_TOKEN,
    "waba_id": development.WABA_ID,
    "app_id": development.APP_ID,
}
REJOINDER = typer.main.get_command(app)
Printed = Callable[..., str]
ONE_SESSION = cache(aws_account._session)
"""A session reads the descriptions of AWS's services once, which takes the longest of a command."""


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(Settings(unverified=(SECOND,))) as one:
        yield one


@pytest.fixture(scope="module")
def http(simulator: Simulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=simulator.url, trust_env=False) as one:
        yield one


@pytest.fixture
def sim(http: httpx.Client) -> httpx.Client:
    """Return a client of the simulator, with an empty network."""
    http.post("/sim/reset", json={})
    return http


@pytest.fixture(scope="module")
def kept() -> Kept:
    return Kept(SECRET)


@pytest.fixture(scope="module")
def webhook(kept: Kept) -> Iterator[str]:
    with ingress(kept) as url:
        yield url


@pytest.fixture(scope="module")
def stack(simulator: Simulator, webhook: str) -> str:
    """Create a stack on AWS whose Meta is the simulator, and return its name."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    outputs = {output: f"{name}-{output}" for output in OUTPUTS.values()} | {"WebhookUrl": webhook}
    template = {
        "Parameters": {"GraphBaseUrl": {"Type": "String"}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    boto3.client("cloudformation", stacks.REGION).create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": "GraphBaseUrl", "ParameterValue": simulator.url}],
    )
    secrets = boto3.client("secretsmanager", stacks.REGION)
    secrets.create_secret(Name=outputs["SecretName"], SecretString=json.dumps(SECRET))
    return name


@pytest.fixture(scope="module", autouse=True)
def signals() -> Iterator[None]:
    """Give the signals back, which every command handles in its own way."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def ran(sim: httpx.Client, stack: str, monkeypatch: pytest.MonkeyPatch) -> Printed:
    """Return what runs a command and returns what it prints. `types` is what is typed and not shown."""
    monkeypatch.setenv("AWS_REGION", stacks.REGION)
    monkeypatch.setattr(aws_account, "_session", ONE_SESSION)

    def run(*words: str, types: tuple[str, ...] = (), code: int = 0, yes: bool = True) -> str:
        left, printed = iter(types), io.StringIO()
        for stream in ("sys.stdout", "sys.stderr"):  # the command makes a screen of any other stream
            monkeypatch.setattr(stream, printed)
        monkeypatch.setattr(getpass, "getpass", lambda _: next(left))
        agreed = ["--yes"] if yes else []
        ended = REJOINDER.main([*words, "--stack", stack, *agreed], standalone_mode=False)
        assert ended == code, printed.getvalue()
        for typed in types:
            assert typed not in printed.getvalue()
        return printed.getvalue()

    return run


def shown(printed: str, request: str) -> Any:
    """Return the body that was shown below a request."""
    (body,) = re.findall(rf"^{re.escape(request)}\n  (.*)$", printed, re.MULTILINE)
    return json.loads(body)


# -- from a new number to one that sends ---------------------------------------------------------------------


def test_a_new_number_is_verified_and_registered_step_by_step_as_the_page_shows(ran: Printed) -> None:
    """Each line that is printed stands in docs/numbers.md, for the page's own number."""
    at = ("--number", SECOND)
    steps = [
        ran("phone", "list", yes=False),
        ran("phone", "request-code", *at),
        ran("phone", "verify", *at, types=("123-456",)),
        ran("phone", "register", *at, "--region", "de", types=("654321", "654321")),
        ran("phone", "list", yes=False),
    ]
    assert f"register it: `rejoinder phone register --number {SECOND}`" not in steps[-1]
    for step in steps:
        for line in step.splitlines():
            assert " ".join(line.split()) in re.sub(" +", " ", PAGE), line
    body = {"messaging_product": "whatsapp", "pin": "(hidden)", "data_localization_region": "DE"}
    assert shown(steps[3], f"POST /{SECOND}/register") == body


def test_a_change_is_shown_and_asked_for_first(
    ran: Printed, monkeypatch: pytest.MonkeyPatch, sim: httpx.Client
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    printed = ran("phone", "deregister", "--number", NUMBER, yes=False, code=1)
    assert f"POST /{NUMBER}/deregister\nDo it? [y/N] " in printed
    assert printed.endswith("rejoinder: nothing was changed\n")
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert "is deregistered" in ran("phone", "deregister", "--number", NUMBER, yes=False)


def test_a_number_is_named_by_its_digits_too_and_must_be_when_there_are_several(ran: Printed) -> None:
    assert "is called 'Simulated Business'" in ran("phone", "name", "--number", "+1 555 010 0001", yes=False)
    several = ran("phone", "name", code=1)
    there = f"{NUMBER} (+15550100001), {SECOND} (+15550100002)"
    assert several == f"rejoinder: the account has several numbers: name one with --number ID: {there}\n"
    assert "the account has no number 42; it has " in ran("phone", "name", "--number", "42", code=1)


@pytest.mark.parametrize(
    ("types", "why"),
    [
        (("12345",), "six digits are needed"),
        (("123456", "123457"), "PINs differ"),
        (("\t",), "nothing was typed"),
    ],
)
def test_a_pin_that_is_mistyped_reaches_nobody(ran: Printed, types: tuple[str, ...], why: str) -> None:
    printed = ran("phone", "pin", "--number", NUMBER, types=types, code=1)
    assert printed.startswith("rejoinder: nothing was changed")
    assert why in printed


def test_a_wrong_pin_is_one_line_with_the_cure_and_then_with_the_time(
    ran: Printed, sim: httpx.Client
) -> None:
    at = ("--number", NUMBER)
    assert "has a new PIN" in ran("phone", "pin", *at, types=("654321", "654321"))
    ran("phone", "deregister", *at)
    wrong = ran("phone", "register", *at, types=("111111",), code=1)
    assert wrong.endswith(
        "rejoinder: Meta refused it: (#133005) Two step verification PIN Mismatch: The PIN is not the one of "
        f"the two-step verification. {CURES[133005][0].upper()}{CURES[133005][1:]}\n"
    )
    ran("phone", "register", *at, types=("111111",), code=1)
    fast = ran("phone", "register", *at, types=("111111",), code=1)
    assert re.search(r"Please try again in \d\d seconds\. The PINs came too fast: ", fast)
    for _ in range(registration.GUESSES - registration.QUICK_GUESSES):
        sim.post("/sim/clock", json={"advance_seconds": registration.PAUSE_SECONDS})
        ran("phone", "register", *at, types=("111111",), code=1)
    locked = ran("phone", "register", *at, types=("654321",), code=1)
    assert re.search(r"Please try again in \d{5} seconds\. Too many wrong PINs: ", locked)


@pytest.mark.parametrize("code", [133005, 133006, 133008, 133009, 133010, 133015, 133016])
def test_an_error_of_a_registration_is_one_line_with_the_cure(code: int) -> None:
    error = {"code": code, "message": f"(#{code}) No.", "error_data": {"details": "Wait\n 7 seconds."}}
    cure = CURES[code][0].upper() + CURES[code][1:]
    assert told(GraphError(400, error)) == f"Meta refused it: (#{code}) No.: Wait 7 seconds. {cure}"


def test_an_error_without_a_known_cure_says_its_code() -> None:
    assert told(GraphError(400, {"code": 7, "message": "No."})) == "Meta refused it: No (code 7)"
    assert told(GraphError(502, {})) == "Meta refused it: HTTP status 502"


def test_a_region_that_meta_does_not_have_is_refused_here(ran: Printed) -> None:
    assert "there is no region FR: Meta has AE, " in ran("phone", "register", "--region", "fr", code=1)


def test_a_number_without_a_code_is_called(ran: Printed) -> None:
    printed = ran("phone", "request-code", "--number", SECOND, "--voice", "--language", "de")
    assert shown(printed, f"POST /{SECOND}/request_code") == {"code_method": "VOICE", "language": "de"}
    assert "Meta calls +15550100002; then type the code" in printed


def test_an_account_without_a_number_says_where_to_add_one(capsys: pytest.CaptureFixture[str]) -> None:
    client: Any = boto3.client
    parts: Any = dict.fromkeys(PARTS, "")
    place = Deployed(client=client, stack_name="x", **parts)
    with (
        Simulator(Settings(phone_numbers={})) as empty,
        Graph(empty.url, "v25.0", development.ACCESS_TOKEN) as graph,
    ):
        desk = Desk(reached=Reached(graph=graph, place=place, secret=SECRET))
        assert phone_number.show_all(desk, json=False) == 0
        assert "the account has no number: add one in WhatsApp Manager" in capsys.readouterr().out
        with pytest.raises(StackError, match="the account has no number: add one in WhatsApp Manager"):
            desk.number()
        with pytest.raises(StackError, match="does not tell the address of its webhook"):
            webhook_test.main(desk, json=False)
        with pytest.raises(StackError, match="does not tell the address of its webhook"):
            webhook_at_meta.subscribe(desk, account=False, none=False)


# -- names ---------------------------------------------------------------------------------------------------


def test_another_display_name_waits_for_meta(ran: Printed, sim: httpx.Client) -> None:
    at = ("--number", NUMBER)
    assert "Meta reviews the name 'Ada'; until then" in ran("phone", "name", "Ada", *at)
    assert "asked for: 'Ada' (PENDING_REVIEW)" in ran("phone", "name", *at)
    assert "+15550100001: the new name 'Ada' is PENDING_REVIEW" in ran("phone", "list", yes=False)
    sim.post("/sim/names", json={"decision": "APPROVED"})
    assert ran("phone", "name", *at) == "+15550100001 is called 'Ada' (APPROVED)\n"
    assert "the name has 76 characters; Meta takes 75" in ran("phone", "name", "x" * 76, *at, code=1)


def test_a_username_is_taken_and_given_up(ran: Printed) -> None:
    at = ("--number", NUMBER)
    assert ran("phone", "username", *at) == "+15550100001 has no username\n"
    assert "has the username ada (approved)" in ran("phone", "username", "ada", *at)
    assert "(#147005)" in ran("phone", "username", "ada", "--number", SECOND, code=1)
    assert "has no username" in ran("phone", "username", "--none", *at)


# -- what contacts see ---------------------------------------------------------------------------------------


def test_a_profile_is_changed_with_its_picture_and_shown(ran: Printed, tmp_path: Path) -> None:
    picture = tmp_path / "logo.png"
    picture.write_bytes(b"PNG")
    given = ("--about", "Teeth.", "--website", "https://example.com/", "--vertical", "health")
    printed = ran("phone", "profile", "--number", NUMBER, *given, "--picture", str(picture))
    assert printed.startswith(f"POST /{development.APP_ID}/uploads\n  {picture}\nPOST /{NUMBER}/")
    found = json.loads(ran("phone", "profile", "--number", NUMBER, "--json"))
    assert (found["about"], found["vertical"], found["websites"]) == (
        "Teeth.",
        "HEALTH",
        ["https://example.com/"],
    )
    assert httpx.get(found["picture"], trust_env=False).content == b"PNG"
    assert "Teeth." in ran("phone", "profile", "--number", NUMBER)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("--about", "x" * 140), "about has 140 characters; Meta takes 139"),
        (("--vertical", "dentist"), "there is no vertical DENTIST: Meta has ALCOHOL, "),
        (("--picture", "nowhere.png"), "nowhere.png cannot be read: No such file or directory"),
    ],
)
def test_a_profile_that_meta_would_refuse_is_refused_here(
    ran: Printed, given: tuple[str, ...], why: str
) -> None:
    assert why in ran("phone", "profile", "--number", NUMBER, *given, code=1)


def test_contacts_are_blocked_and_unblocked(ran: Printed, sim: httpx.Client, webhook: str) -> None:
    sim.post("/sim/handshake", json={"webhook_url": webhook})
    sim.post("/sim/say", json={"from": "491700000001", "text": "hi"})
    at = ("--number", NUMBER)
    assert ran("phone", "blocked", *at, yes=False) == "nobody is blocked\n"
    both = ran("phone", "block", "491700000001", "491700000002", *at, code=1)
    assert "not blocked: 491700000002: Message failed to send because more than 24 hours" in both
    assert "Meta blocks only who wrote to the number in the last 24 hours" in both
    assert ran("phone", "blocked", *at, yes=False) == "491700000001\n"
    assert "hears them again" in ran("phone", "unblock", "491700000001", *at)
    assert json.loads(ran("phone", "blocked", "--json", *at, yes=False)) == []
    assert "neither hears them nor writes to them" in ran("phone", "block", "491700000001", *at)


def test_a_qr_code_is_made_saved_changed_and_removed(ran: Printed, tmp_path: Path) -> None:
    at, file = ("--number", NUMBER), tmp_path / "code.svg"
    assert "there is no QR code" in ran("phone", "qr", "list", *at, yes=False)
    made = ran("phone", "qr", "new", "I would like to book", "--format", "SVG", "--save", str(file), *at)
    assert f"its picture is in {file}" in made
    assert file.read_bytes().startswith(b"<svg ")
    (one,) = json.loads(ran("phone", "qr", "list", "--json", *at, yes=False))
    assert (one["words"], one["link"]) == ("I would like to book", f"https://wa.me/message/{one['code']}")
    ran("phone", "qr", "change", one["code"], "Book", *at)
    assert re.search(rf"{one['code']} +{one['link']} +Book", ran("phone", "qr", "list", *at, yes=False))
    assert "leads nowhere now" in ran("phone", "qr", "remove", one["code"], *at)
    assert "its picture: http" in ran("phone", "qr", "new", "Book", *at)
    assert "cannot be written" in ran("phone", "qr", "new", "x", "--save", str(tmp_path), *at, code=1)
    assert "the words has 141" in ran("phone", "qr", "new", "x" * 141, *at, code=1)


def test_a_greeting_is_replaced_part_by_part(ran: Printed) -> None:
    at = ("--number", NUMBER)
    assert "nothing" in ran("phone", "greet", *at)
    ran("phone", "greet", "--ice-breaker", "Book a table", "--ice-breaker", "Opening times", *at)
    printed = ran("phone", "greet", "--command", "book=Book a table", *at)
    body = shown(printed, f"POST /{NUMBER}/conversational_automation")
    assert body["prompts"] == ["Book a table", "Opening times"]
    assert "/book  Book a table" in printed
    found = json.loads(ran("phone", "greet", "--json", *at))
    assert found["commands"] == {"book": "Book a table"}
    assert "nothing" in ran("phone", "greet", "--none", *at)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("--command", "book"), "write a command as `book=Book a table`, not 'book'"),
        (("--ice-breaker", "x" * 81), "has 81 characters; Meta takes 80"),
        (("--ice-breaker", "x") * 5, "there may be 4 ice breakers"),
        (("--command", "a=b") * 31, "there may be 30 commands"),
    ],
)
def test_a_greeting_has_limits(ran: Printed, given: tuple[str, ...], why: str) -> None:
    assert why in ran("phone", "greet", "--number", NUMBER, *given, code=1)


# -- webhooks ------------------------------------------------------------------------------------------------


def test_the_app_is_pointed_to_the_stack_with_all_the_fields_that_rejoinder_uses(
    ran: Printed, sim: httpx.Client, webhook: str
) -> None:
    sim.post("/sim/health", json={"fault": "fields"})
    printed = ran("webhook", "subscribe")
    body = shown(printed, f"POST /{development.APP_ID}/subscriptions")
    assert (body["callback_url"], body["verify_token"]) == (webhook, "(hidden)")
    assert USED_FIELDS.keys() <= {*body["fields"].split(",")}
    assert f"POST /{development.WABA_ID}/subscribed_apps" in printed
    assert development.APP_SECRET not in printed
    assert f"the app sends to {webhook}" in ran("webhook", "fields", yes=False)


def test_a_field_that_is_missing_is_named_with_its_reason(
    ran: Printed, sim: httpx.Client, webhook: str
) -> None:
    token = {"authorization": f"Bearer {development.ACCESS_TOKEN}"}
    place, kind = f"/v25.0/{development.APP_ID}/subscriptions", "whatsapp_business_account"
    asked = {"object": kind, "callback_url": webhook, "fields": "messages,flows"}
    asked["verify_token"] = development.VERIFY_TOKEN
    assert sim.post(place, json=asked, headers=token).status_code == 200
    printed = ran("webhook", "fields", code=1, yes=False)
    assert re.search(r"messages +yes +messages and statuses", printed)
    assert re.search(rf"user_preferences +no +{USED_FIELDS['user_preferences']}", printed)
    assert re.search(r"flows +yes +it goes to the topic", printed)
    assert f"{len(USED_FIELDS) - 1} missing" in printed
    found = json.loads(ran("webhook", "fields", "--json", code=1, yes=False))
    assert found["missing"] == {name: why for name, why in USED_FIELDS.items() if name != "messages"}


def test_the_fields_that_are_wanted_are_those_that_are_read() -> None:
    in_conversations = {"messages", "user_preferences", "smb_message_echoes"}
    assert USED_FIELDS.keys() <= FIELDS.keys() | in_conversations


def test_the_messages_of_one_number_or_account_are_sent_elsewhere_and_back(
    ran: Printed, sim: httpx.Client, webhook: str
) -> None:
    at = ("--number", NUMBER)
    assert f"the messages of +15550100001 go to {webhook}" in ran("webhook", "subscribe", *at)
    assert f"+15550100001: its webhooks go to {webhook}" in ran("phone", "list", yes=False)
    assert "the address of the account or the app" in ran("webhook", "subscribe", *at, "--none")
    assert "its webhooks go to" not in ran("phone", "list", yes=False)
    assert f"of the account go to {webhook}" in ran("webhook", "subscribe", "--account")
    assert "the address of the app" in ran("webhook", "subscribe", "--none")


def test_both_changes_of_a_subscription_are_shown_before_one_is_made(
    ran: Printed, sim: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    sim.post("/sim/health", json={"subscribed": False, "fields": ["messages"]}).raise_for_status()
    before = sim.get("/sim/health").json()
    printed = ran("webhook", "subscribe", yes=False, code=1)
    assert f"POST /{development.WABA_ID}/subscribed_apps\nDo it? [y/N] " in printed
    assert printed.endswith("rejoinder: nothing was changed\n")
    assert sim.get("/sim/health").json() == before


def test_addresses_that_end_or_stay_with_a_subscription_are_named(
    ran: Printed, simulator: Simulator, kept: Kept
) -> None:
    with ingress(kept) as other, Graph(simulator.url, "v25.0", development.ACCESS_TOKEN) as graph:
        webhooks.subscribe(development.WABA_ID, other, development.VERIFY_TOKEN).make(graph)
        webhooks.override_number(SECOND, other, development.VERIFY_TOKEN).make(graph)
        printed = ran("webhook", "subscribe")
    assert f"the webhooks of the account go to {other} now: they will no longer" in printed
    cure = f"`rejoinder webhook subscribe --number {SECOND} --none` ends that"
    assert printed.endswith(f"the messages of +15550100002 still go to {other}: {cure}\n")


def test_a_webhook_that_works_passes_all_tests(ran: Printed, webhook: str) -> None:
    printed = ran("webhook", "test", yes=False)
    assert printed.startswith(f"asked {webhook}\n")
    assert printed.count("\nok ") == 4
    assert "WRONG" not in printed


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"app_secret": "another"}, ["a body signed with our app secret"]),
        ({"verify_token": "another"}, ["handshake with our verify token"]),
        ({}, []),
    ],
)
def test_a_webhook_with_another_secret_is_found(
    ran: Printed, kept: Kept, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], wrong: list[str]
) -> None:
    monkeypatch.setattr(kept, "secret", SECRET | changed)
    found = json.loads(ran("webhook", "test", "--json", yes=False, code=1 if wrong else 0))
    assert [one["asked"] for one in found if not one["is_right"]] == wrong


def test_a_webhook_that_nobody_answers_is_found() -> None:
    found = [*webhook_test.findings("http://127.0.0.1:9/webhook", SECRET)]
    assert [(one.is_right, one.answer) for one in found] == [(False, "none: ConnectError")] * 4


@pytest.fixture
def store(stack: str) -> Iterator[Callable[[dict[str, str]], None]]:
    """Return what stores another secret for this test."""
    secrets = boto3.client("secretsmanager", stacks.REGION)

    def put(values: dict[str, str]) -> None:
        secrets.put_secret_value(SecretId=f"{stack}-SecretName", SecretString=json.dumps(values))

    yield put
    put(SECRET)


def test_a_secret_without_the_id_of_the_app_says_what_to_do(
    ran: Printed, store: Callable[[dict[str, str]], None]
) -> None:
    store({key: value for key, value in SECRET.items() if key not in ("app_id", "waba_id")})
    cure = "`rejoinder secrets` asks for it"
    assert ran("webhook", "fields", yes=False, code=1) == f"rejoinder: the secret has no app_id: {cure}\n"
    assert f"the secret has no waba_id: {cure}" in ran("phone", "list", yes=False, code=1)
    assert "is called" in ran("phone", "name", "--number", NUMBER)


def test_the_first_account_may_be_named_by_its_id_and_an_unknown_one_has_a_cure(ran: Printed) -> None:
    at = ("phone", "list", "--waba")
    assert NUMBER in ran(*at, development.WABA_ID, yes=False)
    assert "`rejoinder secrets --waba 42` makes it" in ran(*at, "42", yes=False, code=1)


def test_a_token_that_no_header_can_hold_is_one_line(
    ran: Printed, store: Callable[[dict[str, str]], None]
) -> None:
    store(SECRET | {"access_token": "“EAAG”"})
    told_ = ran("phone", "list", yes=False, code=1)
    assert told_.startswith("rejoinder: the access token has a sign that no token has")
    assert "EAAG" not in told_


def test_an_error_of_meta_shows_no_token() -> None:
    error = {"code": 190, "message": "Malformed access token EAAG123"}
    with closing(Webhook()) as meta, Graph(meta.url, "v25.0", "EAAG123") as graph:
        meta.handshake = lambda _: (401, json.dumps({"error": error}))
        with pytest.raises(GraphError) as refused:
            graph.get("me")
        meta.handshake = lambda _: (200, json.dumps({"data": {"error": error}}))
        assert token(graph, "EAAG123").error == "Malformed access token …"
    assert "Malformed access token" in str(refused.value)
    assert "EAAG123" not in f"{refused.value}{refused.value.answer}"


def test_a_secret_of_another_app_says_what_to_do(
    ran: Printed, store: Callable[[dict[str, str]], None]
) -> None:
    store(SECRET | {"app_secret": "another"})
    wrong = ran("webhook", "fields", yes=False, code=1)
    assert wrong.startswith("rejoinder: Meta does not accept the app's id and secret together: ")
    store(SECRET | {"access_token": "another"})
    assert "Make a new token of the system user" in ran("phone", "list", yes=False, code=1)
