"""The simulator's page in a real browser, with the deployed bot behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from rejoinder.workbench.deployment.deployed import on
from rejoinder.workbench.doctor.examine import examine
from rejoinder.workbench.doctor.facts import Patient
from rejoinder.workbench.doctor.finding import FINE
from rejoinder.workbench.stack import LocalStack
from tests.unit.simulator.page.browser import ARGUMENTS, CHROMIUM, NEEDS_CHROMIUM

PATIENCE_MS = 30_000

pytestmark = [pytest.mark.stack, *NEEDS_CHROMIUM]


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser.new_page(viewport={"width": 390, "height": 760})
        browser.close()


def test_one_can_talk_to_the_bot_on_the_page(page: Page, stack: LocalStack) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(stack.simulator_url)
    page.get_by_role("button", name="Contacts and network").click()
    page.get_by_role("button", name="New contact").click()
    page.get_by_label("Name").fill("Zoë <b>")
    page.get_by_label("Phone number, or user id").fill("15550009001")
    page.get_by_role("button", name="Be this contact").click()
    page.get_by_role("textbox", name="Message", exact=True).fill("hi")
    page.keyboard.press("Enter")
    wait_for(page, "Hello Zoë <b>! What can I do for you?")
    page.locator("#lines").get_by_role("button", name="Pick a drink").click()
    wait_for(page, "What would you like?")
    page.locator("#lines").get_by_role("button", name="Drinks").click()
    page.get_by_role("dialog").get_by_role("button", name="Tea").click()
    wait_for(page, "One tea, with pleasure.")
    assert page.locator("#lines b").count() == 0, "text is text, not HTML"
    assert errors == []


def test_the_doctor_finds_what_one_switch_of_the_page_breaks(page: Page, stack: LocalStack) -> None:
    before = ill(stack)
    page.goto(stack.simulator_url)
    page.get_by_role("button", name="Contacts and network").click()
    switch = page.get_by_label("Break something for the doctor")
    for broken, point in (("token_expired", "token"), ("template_paused", "templates")):
        with page.expect_response("**/sim/health"):
            switch.select_option(broken)
        assert point in ill(stack)
        with page.expect_response("**/sim/health"):
            switch.select_option("")
    assert ill(stack) == before


def ill(stack: LocalStack) -> set[str]:
    """Return the points of which the doctor says that something is to be done."""
    examined = examine(Patient(place=on(stack), is_local=True, bot=Path(stack.bot)))
    return {check.name for check, finding in examined if finding.level not in FINE}


def wait_for(page: Page, words: str) -> None:
    expect(page.locator("#lines li.out").last).to_contain_text(words, timeout=PATIENCE_MS)
