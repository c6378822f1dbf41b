"""`rejoinder telegram` and `rejoinder secrets --telegram`, from the line typed to what is printed.

AWS is in memory, and Telegram is the simulator.
"""

import getpass
import io
import json
import re
import signal
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
import typer.main

from rejoinder.workbench import development
from rejoinder.workbench.cli.app import app
from rejoinder.workbench.deployment import aws_account
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.interrupts import SIGNALS
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.stack.local import OUTPUTS
from rejoinder.workbench.telegram.api import BotApi
from rejoinder.workbench.telegram.webhooks import UPDATES, Webhook
from tests.moto import stacks

TOKEN, BOT_ID = development.TELEGRAM_BOT_TOKEN, development.TELEGRAM_BOT_ID
SECOND_ID = "7000000002"
SECOND = f"{SECOND_ID}:another-development-token-000000000000"
ROUTE = "https://abc123.execute-api.eu-west-1.amazonaws.com/telegram"
URL = f"{ROUTE}/{BOT_ID}?username={development.TELEGRAM_BOT_USERNAME}"
REJOINDER = typer.main.get_command(app)
ONE_SESSION = cache(aws_account._session)
"""A session reads the descriptions of AWS's services once, which takes the longest of a command."""

BOT = '''
from rejoinder import Bot, Chat

bot = Bot()


@bot.on("book")
def book(chat: Chat) -> None:
    """Book a table."""


@bot.on("/menu")
def menu(chat: Chat) -> None:
    """Show the menu."""
'''

Printed = Callable[..., str]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    bots = {TOKEN: development.TELEGRAM_BOT_USERNAME, SECOND: "second_bot"}
    with Simulator(Settings(telegram_bots=bots)) as one:
        yield one


@pytest.fixture
def api(simulator: Simulator) -> Iterator[BotApi]:
    """Return a client of the Bot API of an empty network."""
    httpx.post(f"{simulator.url}/sim/reset", json={}, trust_env=False).raise_for_status()
    with BotApi(simulator.url, TOKEN) as one:
        one.call("deleteWebhook")
        yield one


@pytest.fixture
def stack(simulator: Simulator) -> str:
    """Create a stack on AWS that is on Telegram too, whose Bot API is the simulator. Return its name."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    outputs = {output: f"{name}-{output}" for output in OUTPUTS.values()}
    outputs |= {"TelegramWebhookUrl": ROUTE, "TelegramSecretName": f"{name}/telegram"}
    given = {
        "Channels": "whatsapp,telegram",
        "TelegramBaseUrl": simulator.url,
        "Numbers": f"telegram:{SECOND_ID}={SECOND_ID}",
    }
    template = {
        "Parameters": {key: {"Type": "String"} for key in given},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    boto3.client("cloudformation", stacks.REGION).create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    store(name, bot_token=TOKEN, secret_token="made-by-the-template")
    return name


def store(stack: str, name: str = "telegram", **values: str) -> None:
    client = boto3.client("secretsmanager", stacks.REGION)
    text = json.dumps(values)
    try:
        client.create_secret(Name=f"{stack}/{name}", SecretString=text)
    except client.exceptions.ResourceExistsException:
        client.put_secret_value(SecretId=f"{stack}/{name}", SecretString=text)


def stored(stack: str, name: str = "telegram") -> Any:
    client = boto3.client("secretsmanager", stacks.REGION)
    return json.loads(client.get_secret_value(SecretId=f"{stack}/{name}")["SecretString"])


@pytest.fixture(scope="module", autouse=True)
def signals() -> Iterator[None]:
    """Give the signals back, which every command handles in its own way."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def ran(api: BotApi, stack: str, aws: None, monkeypatch: pytest.MonkeyPatch) -> Printed:
    """Return what runs a command and returns what it prints. `types` is what is typed and not shown."""
    monkeypatch.setenv("AWS_REGION", stacks.REGION)
    monkeypatch.setattr(aws_account, "_session", ONE_SESSION)

    def run(*words: str, types: tuple[str, ...] = (), code: int = 0) -> str:
        left, printed = iter(types), io.StringIO()
        for stream in ("sys.stdout", "sys.stderr"):  # the command makes a screen of any other stream
            monkeypatch.setattr(stream, printed)
        monkeypatch.setattr(getpass, "getpass", lambda _: next(left))
        ended = REJOINDER.main([*words, "--stack", stack], standalone_mode=False)
        assert ended == code, printed.getvalue()
        for secret in (TOKEN, SECOND, "made-by-the-template"):
            assert secret not in printed.getvalue()
        return printed.getvalue()

    return run


def test_the_webhook_leads_to_the_stack_with_all_that_the_channel_reads(ran: Printed, api: BotApi) -> None:
    printed = ran("telegram", "webhook", "set", "--yes", "--connections", "10")
    there = Webhook.of(api)
    assert (there.url, there.connections, there.missing) == (URL, 10, [])
    assert {"message_reaction", "my_chat_member"} <= {*there.updates}
    (shown,) = re.findall(r"^POST /bot\(hidden\)/setWebhook\n  (.*)$", printed, re.MULTILINE)
    assert json.loads(shown) == {
        "url": URL,
        "secret_token": "(hidden)",
        "allowed_updates": list(UPDATES),
        "max_connections": 10,
    }
    assert f"https://t.me/{development.TELEGRAM_BOT_USERNAME}" in printed


def test_nothing_is_changed_without_a_yes(ran: Printed, api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert "rejoinder: nothing was changed" in ran("telegram", "webhook", "set", code=1)
    assert Webhook.of(api).url == ""


def test_it_says_whose_webhook_ends(ran: Printed, api: BotApi) -> None:
    api.call("setWebhook", url="https://example.com/other")
    assert "go to example.com now" in ran("telegram", "webhook", "set", "--yes")
    assert Webhook.of(api).url == URL


def test_info_says_what_is_wrong_and_exits_with_1(ran: Printed, api: BotApi) -> None:
    assert "go nowhere" in ran("telegram", "webhook", "info", code=1)
    api.call("setWebhook", url="https://example.com/other", allowed_updates=["message"])
    printed = ran("telegram", "webhook", "info", code=1)
    assert "go to https://example.com/other" in printed
    assert f"the stack's address is {URL}" in printed
    assert "not sent: edited_message" in printed
    ran("telegram", "webhook", "set", "--yes")
    assert "0 updates wait" in ran("telegram", "webhook", "info")
    assert json.loads(ran("telegram", "webhook", "info", "--json"))["url"] == URL


def test_a_webhook_is_taken_away(ran: Printed, api: BotApi) -> None:
    ran("telegram", "webhook", "set", "--yes")
    printed = ran("telegram", "webhook", "delete", "--yes")
    assert f"the updates go to {URL} now" in printed
    assert "Telegram keeps them for a day" in printed
    assert Webhook.of(api).url == ""
    assert "has no webhook" in ran("telegram", "webhook", "delete", "--yes")


def test_the_menu_has_the_commands_of_the_handlers(ran: Printed, api: BotApi, tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(BOT)
    words = ("telegram", "commands", "--bot", str(tmp_path), "--yes")
    assert "/book, /menu" in ran(*words)
    assert api.call("getMyCommands") == [
        {"command": "book", "description": "Book a table."},
        {"command": "menu", "description": "Show the menu."},
    ]
    assert "has these 2 commands already" in ran(*words)


def test_a_stack_without_telegram_is_told_how_to_get_it(
    ran: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"test-{uuid.uuid4().hex[:12]}"
    outputs = {output: output for key, output in OUTPUTS.items() if not key.startswith("telegram")}
    stacks.create_stack(name, outputs)
    printed = io.StringIO()
    monkeypatch.setattr("sys.stdout", io.StringIO())
    monkeypatch.setattr("sys.stderr", printed)
    assert REJOINDER.main(["telegram", "webhook", "info", "--stack", name], standalone_mode=False) == 1
    assert "set Channels to whatsapp,telegram" in printed.getvalue()


# --- the secret ---------------------------------------------------------------------------------------------


def test_the_token_is_stored_beside_the_secret_token_that_the_deployment_made(
    ran: Printed, stack: str
) -> None:
    store(stack, bot_token="", secret_token="made-by-the-template")
    ran("secrets", "--telegram", types=(TOKEN,))
    assert stored(stack) == {"bot_token": TOKEN, "secret_token": "made-by-the-template"}
    ran("secrets", "--telegram", types=("",))
    assert stored(stack)["bot_token"] == TOKEN


def test_a_further_bot_has_a_secret_of_its_own(ran: Printed, stack: str, simulator: Simulator) -> None:
    ran("secrets", "--telegram", types=(SECOND,))
    assert stored(stack)["bot_token"] == TOKEN
    second = stored(stack, f"telegram/{SECOND_ID}")
    assert second["bot_token"] == SECOND
    assert re.fullmatch("[A-Za-z0-9_-]{32,256}", second["secret_token"])
    ran("telegram", "webhook", "set", "--yes", "--bot-id", SECOND_ID)
    with BotApi(simulator.url, SECOND) as api:
        assert Webhook.of(api).url == f"{ROUTE}/{SECOND_ID}?username=second_bot"


def test_a_secret_with_the_token_of_another_bot_changes_nothing(
    ran: Printed, stack: str, api: BotApi
) -> None:
    store(stack, f"telegram/{SECOND_ID}", bot_token=TOKEN, secret_token="made-by-the-template")
    printed = ran("telegram", "webhook", "set", "--yes", "--bot-id", SECOND_ID, code=1)
    assert f"the token of another one, {BOT_ID}" in printed
    assert Webhook.of(api).url == ""


@pytest.mark.parametrize("answer", ["n", "y"])
def test_another_bot_replaces_the_one_of_the_stack_only_by_a_yes(
    ran: Printed, stack: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = f"{BOT_ID}1:the-token-of-the-bot-before-0000000"
    store(stack, bot_token=before, secret_token="made-by-the-template")
    monkeypatch.setattr("builtins.input", lambda _: answer)
    printed = ran("secrets", "--telegram", types=(TOKEN,), code=int(answer == "n"))
    assert f"the bot of the stack is {BOT_ID}1" in printed
    assert stored(stack)["bot_token"] == (before if answer == "n" else TOKEN)


@pytest.mark.parametrize("typed", ["not a token", f"{BOT_ID}:a-token-that-telegram-does-not-know"])
def test_a_token_that_is_wrong_is_not_stored(ran: Printed, stack: str, typed: str) -> None:
    assert "rejoinder: " in ran("secrets", "--telegram", types=(typed,), code=1)
    assert stored(stack)["bot_token"] == TOKEN


def test_no_error_names_the_token(api: BotApi) -> None:
    with BotApi("http://127.0.0.1:1", TOKEN) as nobody, pytest.raises(StackError) as raised:
        nobody.me()
    assert TOKEN not in repr(raised.value)
    assert raised.value.__cause__ is None
    with pytest.raises(StackError, match="chat not found") as refused:
        api.call("sendMessage", chat_id=1, text="hi")
    assert TOKEN not in str(refused.value)
