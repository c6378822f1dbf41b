"""The bot on Telegram, over the deployed functions: a person of the simulated Telegram talks to it."""

import itertools
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from rejoinder import Document
from rejoinder.channels.telegram.front import SECRET_HEADER
from rejoinder.workbench import development
from rejoinder.workbench.cli import demo, run_telegram
from rejoinder.workbench.handset.handset import Handset, Shown, wait_for
from rejoinder.workbench.stack import LocalStack, local
from rejoinder.workbench.stack.handle import OwnBot
from rejoinder.workbench.telegram.api import BotApi
from rejoinder.workbench.telegram.webhooks import set_webhook

pytestmark = pytest.mark.stack

PATIENCE_SECONDS = 40.0

_people = itertools.count(int(time.time()) % 100_000 * 1000 + 5_000_000_000)


@pytest.fixture
def ada(stack: LocalStack) -> Handset:
    """Return the phone of a person whom no other test has."""
    return Handset(stack.simulator_url, str(next(_people)), "Ada", channel="telegram")


def hears(phone: Handset, count: int) -> Sequence[Shown]:
    """Wait until the bot has said `count` messages, and return them."""

    def all_there() -> Sequence[Shown] | None:
        heard = phone.heard()
        return heard if len(heard) >= count else None

    found = wait_for(all_there, seconds=PATIENCE_SECONDS)
    assert found is not None, [str(message) for message in phone.shows()]
    return found


def test_a_message_is_answered_and_a_button_that_is_tapped_is_marked(stack: LocalStack, ada: Handset) -> None:
    ada.say("hi")
    (hello,) = hears(ada, 1)
    assert str(hello) == ("< Hello Ada! What can I do for you? [Book a table] [Opening hours] [Pick a drink]")
    tap = ada.say("[Book a table]")
    assert str(hears(ada, 2)[1]) == "< Which day? [Today] [Tomorrow]"
    receipts = httpx.get(
        f"{stack.simulator_url}/sim/receipts", params={"channel": "telegram"}, trust_env=False
    ).json()
    answers = {f"{ada.contact}.{hello.id.partition('.')[2]}.t{one['id']}": one["answer"] for one in receipts}
    assert answers[tap]["text"] == "Book a table", "the phone waits no longer"
    assert wait_for(lambda: "[✓ Book a table]" in str(ada.heard()[0]) or None, seconds=PATIENCE_SECONDS)
    assert "[Opening hours]" in str(ada.heard()[0]), "the other buttons go on working"


@pytest.mark.slow
def test_the_demo_goes_as_it_is_written(stack: LocalStack, capsys: pytest.CaptureFixture[str]) -> None:
    script = demo.read(Path(stack.bot) / demo.SCRIPT, demo.SCRIPT)
    went_well = demo.play_on("telegram", stack, script)
    printed = capsys.readouterr().out
    assert went_well, printed
    assert printed.startswith("\n  on telegram\n")
    passed = "ingress 1, processor 1, sender 1, tracker 0; marker done"
    assert len(re.findall(passed, printed)) == len(script)


@pytest.mark.slow
def test_a_file_comes_and_goes(ada: Handset, tmp_path: Path) -> None:
    content = b"%PDF-1.4\n" + b"telegram" * 4096
    file = tmp_path / "plan.pdf"
    file.write_bytes(content)
    ada.send(Document(str(file), filename="plan.pdf"))
    kept, copy = hears(ada, 2)
    assert str(kept) == f"< I keep {len(content)} bytes."
    assert "document" in str(copy)


@pytest.mark.slow
def test_updates_that_are_fetched_reach_the_bot_as_those_of_a_webhook_do(
    stack: LocalStack, ada: Handset
) -> None:
    """As `rejoinder run --telegram-token` does it. Telegram itself cannot be reached from a test."""
    bot = OwnBot(
        token=stack.telegram_bot_token,
        username=development.TELEGRAM_BOT_USERNAME,
        address=stack.telegram_url,
    )
    with BotApi(stack.telegram_url, stack.telegram_bot_token) as api:
        api.call("deleteWebhook")
        try:
            with run_telegram.phone(stack, bot):
                ada.say("hi")
                hears(ada, 1)
                ada.say("[Opening hours]")
                assert str(hears(ada, 2)[1]).startswith("< We are open Monday to Friday")
        finally:
            set_webhook(stack.telegram_webhook_url, stack.telegram_secret_token).make(api)
    asked = {"channel": "telegram"}
    receipts = httpx.get(f"{stack.simulator_url}/sim/receipts", params=asked, trust_env=False).json()
    assert receipts[-1]["answer"] is not None, "the answer in the body is carried out"


@pytest.mark.slow
def test_who_does_not_show_the_secret_token_is_refused_and_nothing_is_kept(
    stack: LocalStack, ada: Handset
) -> None:
    person = {"id": int(ada.contact), "first_name": "Ada"}
    message = {
        "message_id": 1,
        "date": 1,
        "text": "hi",
        "from": {**person, "is_bot": False},
        "chat": {**person, "type": "private"},
    }
    update = {"update_id": 1, "message": message}
    for secret in ({}, {SECRET_HEADER: "wrong"}):
        answer = httpx.post(
            stack.telegram_webhook_url, json=update, headers=secret, timeout=60, trust_env=False
        )
        assert (answer.status_code, answer.content) == (401, b"")
    other_bot = stack.telegram_webhook_url.replace("/telegram/7", "/telegram/8")
    right = {SECRET_HEADER: stack.telegram_secret_token}
    assert httpx.post(other_bot, json=update, headers=right, timeout=60, trust_env=False).status_code == 401
    assert ada.heard() == []


def test_a_token_that_was_forgotten_is_in_no_version_of_its_secret(stack: LocalStack) -> None:
    token = "7000000009:the-token-of-a-real-bot-0000000000"
    mine, secrets = replace(stack, telegram_secret_name="of-a-real-bot"), stack.client("secretsmanager")
    secrets.create_secret(Name=mine.telegram_secret_name, SecretString="{}")
    try:
        local._seed_telegram(mine, token)
        local._forget_token(mine)
        found = secrets.list_secret_version_ids(SecretId=mine.telegram_secret_name, IncludeDeprecated=True)
        ids = [one["VersionId"] for one in found["Versions"]]
        values = [secrets.get_secret_value(SecretId=mine.telegram_secret_name, VersionId=one) for one in ids]
    finally:
        secrets.delete_secret(SecretId=mine.telegram_secret_name, ForceDeleteWithoutRecovery=True)
    assert values
    assert token not in str(values)
