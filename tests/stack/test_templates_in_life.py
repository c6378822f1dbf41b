"""A template's life on the deployed stack: written, pushed, approved by hand, sent, paused, recategorised.

And its contact's: who allowed nothing, who says START, who says STOP.
"""

import itertools
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from rejoinder.bot.templates.catalog import Catalog
from rejoinder.workbench import development, tools
from rejoinder.workbench.handset.handset import Handset, wait_for
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, up
from tests.stack.test_operations import hears, make
from tests.stack.test_upgrade import waiting
from tests.stack.wake_ups import let_it_be_time
from tests.unit.simulator.page.browser import ARGUMENTS, CHROMIUM, NEEDS_CHROMIUM

pytestmark = [pytest.mark.stack, pytest.mark.slow, *NEEDS_CHROMIUM]

TEMPLATE = """
category: utility
languages:
  en:
    body: |
      Hello {{name}}, we expect you for your visit on {{day}}. See you then!
    buttons:
      - {type: quick_reply, text: Confirm}
    examples: {name: Ada, day: Friday}
"""

BOT = """
from datetime import timedelta

from rejoinder import Bot, Chat, Failed, TemplateChanged, templates

bot = Bot()


@bot.on("remind me")
def plan(chat: Chat) -> None:
    chat.later(timedelta(hours=30), remind)
    chat.say("I shall.")


@bot.on()
def remind(chat: Chat) -> None:
    chat.say("See you on Friday!", outside_window=visit())


@bot.on("send it later")
def plan_it(chat: Chat) -> None:
    chat.later(timedelta(hours=1), send)
    chat.say("It waits.")


@bot.on("send it")
def send(chat: Chat) -> None:
    chat.say(visit())


def visit():
    return templates.visit(name="Ada", day="Friday", buttons={"Confirm": confirm})


@bot.on()
def confirm(chat: Chat) -> None:
    chat.say("Confirmed.")


@bot.on("offers please")
def agree(chat: Chat) -> None:
    chat.opt_in()
    chat.say("Gladly.")


@bot.on(Failed)
def failed(chat: Chat) -> None:
    chat.say(f"Not sent: {chat.message.content.reason}")


@bot.on(TemplateChanged)
def changed(chat: Chat) -> None:
    change = chat.message.content
    chat.data["changes"] = [*chat.data.get("changes", []), [change.what, change.now]]
"""
WORDS = "(template visit en) Hello Ada, we expect you for your visit on Friday. See you then!"
PATIENCE_SECONDS, PATIENCE_MS = 40.0, 30_000

_numbers = itertools.count(int(time.time()) % 100_000)


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    """Start a stack with the bot above, and a simulator in which a person reviews templates."""
    folder = tools.HOUSE / ".rejoinder" / f"test-{os.getpid()}-templates"
    bot = folder / "bot"
    (bot / "templates").mkdir(parents=True)
    (bot / "bot.py").write_text(BOT)
    (bot / "templates" / "visit.yaml").write_text(TEMPLATE)
    try:
        with up(Project(root=tools.HOUSE, bot=bot), folder=folder, quiet=True) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def page(stack: LocalStack) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1200, "height": 800})
        page.goto(stack.simulator_url)
        yield page
        browser.close()


@pytest.fixture
def phone(stack: LocalStack) -> Handset:
    """Return the phone of a contact that no other test has."""
    number = f"1777{next(_numbers):07d}"
    return Handset(stack.simulator_url, number, "Ada", Catalog.of(Path(stack.bot)))


def sim(stack: LocalStack, path: str, order: dict[str, Any]) -> None:
    answer = httpx.post(f"{stack.simulator_url}/sim/{path}", json=order, timeout=10, trust_env=False)
    answer.raise_for_status()


def decide(stack: LocalStack, what: str, **more: object) -> None:
    """Do something with the template, as a person at Meta does."""
    known = httpx.get(f"{stack.simulator_url}/sim/templates", timeout=10, trust_env=False).json()
    (its_id,) = (one["id"] for one in known if one["name"] == "visit")
    sim(stack, f"templates/{its_id}", {"do": what, **more})


def known_changes(stack: LocalStack) -> str:
    """Return what the bot noted of changes, in the conversation that stands for the business."""
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.table_name)
    found = [
        item["data"]["S"]
        for page in pages
        for item in page["Items"]
        if item.get("account", {}).get("S") == f"whatsapp:{development.WABA_ID}" and "data" in item
    ]
    return "".join(found).replace(" ", "")


def noted(stack: LocalStack, change: str) -> None:
    """Wait until the bot has noted a change of the template."""
    found = wait_for(lambda: change in known_changes(stack) or None, seconds=PATIENCE_SECONDS)
    assert found, f"waited for {change}, it noted {known_changes(stack)}"


def let_the_sender_ask_anew(stack: LocalStack) -> None:
    """End the sender's processes when they have no work: they know a template's old state for ten seconds."""
    idle = wait_for(lambda: "outbound_queue" not in waiting(stack) or None, seconds=PATIENCE_SECONDS)
    assert idle, waiting(stack)
    functions, name = stack.client("lambda"), stack.sender_function_name
    timeout = functions.get_function_configuration(FunctionName=name)["Timeout"]
    functions.update_function_configuration(FunctionName=name, Timeout=timeout)  # ends its processes
    functions.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})


def asked_of_meta(stack: LocalStack, phone: Handset) -> int:
    """Return how often Meta was asked to send the template to a contact."""
    sent = httpx.get(f"{stack.simulator_url}/sim/sent", timeout=10, trust_env=False).json()
    return sum(phone.contact in str(one) and "'visit'" in str(one) for one in sent)


def test_from_the_file_to_the_phone(stack: LocalStack, page: Page, phone: Handset) -> None:
    sim(stack, "review", {"by_hand": True})
    bot = Path(stack.bot)
    assert "visit" in make(stack, "templates", "push", "visit", "--yes", "--no-wait", "--bot", str(bot))
    assert "pending" in make(stack, "templates", "status", "visit").lower()

    page.get_by_role("button", name="See templates").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="visit").click()
    page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    noted(stack, '["status","approved"]')
    assert "approved" in make(stack, "templates", "status", "visit").lower()

    phone.say("remind me")
    hears(phone, "I shall.")
    sim(stack, "clock", {"advance_seconds": 25 * 3600})
    let_it_be_time(stack)
    hears(phone, WORDS)
    phone.say("[Confirm]")
    hears(phone, "Confirmed.")


def test_it_is_paused_while_a_message_waits(stack: LocalStack, phone: Handset) -> None:
    phone.say("send it later")
    hears(phone, "It waits.")
    decide(stack, "pause")
    noted(stack, '["status","paused"]')
    let_the_sender_ask_anew(stack)
    let_it_be_time(stack)
    hears(phone, "Not sent: the template visit in en is paused")
    assert asked_of_meta(stack, phone) == 0
    decide(stack, "unpause")
    noted(stack, '["status","approved"],["status","paused"],["status","approved"]')


def test_it_becomes_marketing_and_needs_consent_from_then_on(stack: LocalStack, phone: Handset) -> None:
    decide(stack, "recategorise", category="MARKETING", now=True)
    noted(stack, '["category","marketing"]')
    let_the_sender_ask_anew(stack)
    phone.say("send it")
    hears(phone, "Not sent: ")
    assert "consent" in phone.heard()[-1].text.lower()
    assert asked_of_meta(stack, phone) == 0
    phone.say("offers please")
    hears(phone, "Gladly.")
    phone.say("send it")
    hears(phone, WORDS)
    phone.say("STOP")
    hears(phone, "You will get no more offers")
    phone.say("send it")
    hears(phone, "Not sent: ")
    assert "opted out of marketing by word" in phone.heard()[-1].text
    assert asked_of_meta(stack, phone) == 1
    assert "refused marketing by word" in make(stack, "consent", "show", phone.contact)
