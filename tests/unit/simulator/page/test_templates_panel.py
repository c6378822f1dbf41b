"""The panel of the page on which one decides about templates."""

from __future__ import annotations

import httpx
from playwright.sync_api import Page, expect

from rejoinder.workbench.simulator.server import Simulator
from tests.unit.simulator.kit import ADA, TOKEN, eventually
from tests.unit.simulator.page.browser import NEEDS_CHROMIUM, Open, say
from tests.unit.simulator.page.echo_bot import EchoBot
from tests.unit.simulator.page.test_shown import findings

pytestmark = NEEDS_CHROMIUM

BODY = {"type": "BODY", "text": "Hello {{1}}, your table is ready.", "example": {"body_text": [["Grace"]]}}
REPLY = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "I am coming"}]}
READY = {"name": "table_ready", "language": "en_US", "category": "UTILITY", "components": [BODY, REPLY]}


def events(bot: EchoBot) -> list[str]:
    """Return what the webhook was told about the statuses of templates."""
    values = [value for post in list(bot.posts) for value in post.values()]
    return [value["event"] for value in values if "event" in value]


def press(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


def test_a_template_is_approved_paused_rejected_and_deleted_by_hand(
    open_page: Open, simulator: Simulator, bot: EchoBot
) -> None:
    page = open_page((390, 800), "dark")
    page.get_by_role("button", name="Contacts and network").click()
    page.get_by_label("I review them by hand").check()
    eventually(lambda: httpx.get(f"{simulator.url}/sim/review", trust_env=False).json()["by_hand"])
    url = f"{simulator.url}/v25.0/200000000000001/message_templates"
    assert httpx.post(url, json=READY, headers=TOKEN, trust_env=False).status_code == 200
    page.get_by_role("button", name="See templates, 1 in review").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="table_ready")).to_contain_text("In review")
    assert findings(page) == []
    dialog.get_by_role("button", name="table_ready").click()
    expect(dialog.get_by_text("Hello Grace, your table is ready.")).to_be_visible()
    expect(dialog.get_by_role("button", name="I am coming")).to_be_visible()
    press(page, "Approve")
    expect(dialog.locator(".state")).to_have_text("Approved")
    press(page, "Pause")
    expect(dialog.get_by_text("Paused until")).to_be_visible()
    assert findings(page) == []
    press(page, "End the pause")
    dialog.get_by_label("Its quality").select_option("Bad")
    press(page, "Marketing tomorrow")
    expect(dialog.get_by_text("Becomes")).to_be_visible()
    press(page, "All templates")
    httpx.post(url, json={**READY, "language": "de"}, headers=TOKEN, trust_env=False)
    dialog.get_by_role("button", name="table_ready").filter(has_text="In review").click()
    press(page, "Reject")
    assert findings(page) == []
    dialog.get_by_label("Reason").select_option("PROMOTIONAL")
    press(page, "Reject")
    expect(dialog.get_by_text("PROMOTIONAL: Your template does not say")).to_be_visible()
    press(page, "Delete")
    expect(dialog.get_by_role("button", name="table_ready")).to_have_count(1)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "nothing is cut off"
    eventually(lambda: len(events(bot)) == 5)
    assert sorted(events(bot)) == ["APPROVED", "APPROVED", "DELETED", "PAUSED", "REJECTED"]


def test_a_contact_stops_marketing_and_comes_from_an_advertisement(
    open_page: Open, simulator: Simulator, bot: EchoBot
) -> None:
    page = open_page()
    say(page, "hi")
    page.get_by_label("I want no marketing").check()
    eventually(
        lambda: any("user_preferences" in value for post in list(bot.posts) for value in post.values())
    )
    page.get_by_role("button", name="See templates").click()
    page.get_by_role("dialog").get_by_role("button", name="order_update").click()
    expect(page.get_by_role("dialog").get_by_text("your order order_number is")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_label("Send something else").click()
    press(page, "From an advertisement")
    eventually(lambda: any("referral" in one for one in bot.items("messages")))
    phone = f"{simulator.url}/sim/phone?contact={ADA}"
    eventually(lambda: httpx.get(phone, trust_env=False).json()["free_until"] > 0)
    expect(page.locator("#window")).to_have_attribute(
        "title", "You came from an advertisement: everything to you is free for 71 h."
    )
