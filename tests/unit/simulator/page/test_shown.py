"""What the page shows, on a desk and on a phone, in light and dark: every kind of message."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.site.drawing import picture
from tests.unit.simulator.kit import BOB, eventually
from tests.unit.simulator.page.browser import NEEDS_CHROMIUM, Open
from tests.unit.simulator.page.echo_bot import EchoBot
from tests.unit.simulator.page.every_kind import phone, sound

pytestmark = NEEDS_CHROMIUM

FORMS = [
    pytest.param((width, height), scheme, id=f"{name}-{scheme}")
    for name, width, height in (("desk", 1180, 820), ("phone", 390, 800))
    for scheme in ("light", "dark")
]


def show_every_kind(page: Page, simulator: Simulator) -> None:
    """Let the page show a talk with a message of every kind."""
    for data, mime_type in ((picture(), "image/png"), (sound(), "audio/ogg")):
        file = {"data": base64.b64encode(data).decode(), "mime_type": mime_type}
        httpx.post(f"{simulator.url}/sim/say", json={"from": BOB, "file": file}, trust_env=False)
    lines = httpx.get(f"{simulator.url}/sim/transcript?contact={BOB}", trust_env=False).json()
    image, audio = (one["content"][one["content"]["type"]]["id"] for one in lines if one["direction"] == "in")
    answer = json.dumps(phone(time.time(), image, audio))
    page.route("**/sim/phone*", lambda route: route.fulfill(body=answer, content_type="application/json"))
    expect(page.locator("#lines li.out.template").last).to_be_visible()


def findings(page: Page) -> list[Any]:
    """Return what axe finds, once nothing moves."""
    page.evaluate(
        "Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations === 1)"
        ".map((one) => one.finished))"
    )
    violations = Axe().run(page).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in violations]


@pytest.mark.parametrize(("size", "scheme"), FORMS)
def test_axe_finds_nothing_whatever_is_shown(
    size: tuple[int, int], scheme: str, open_page: Open, simulator: Simulator
) -> None:
    page = open_page(size, scheme)
    expect(page.get_by_role("heading", name="Say hello to your bot")).to_be_visible()
    assert findings(page) == []
    show_every_kind(page, simulator)
    assert findings(page) == []
    page.get_by_role("button", name="Choose a plant").click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    page.get_by_label("Send something else").click()
    page.get_by_role("button", name="Order").click()
    assert findings(page) == []
    page.keyboard.press("Escape")
    if size[0] < 760:
        page.get_by_role("button", name="Contacts and network").click()
        assert findings(page) == []
        page.keyboard.press("Escape")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "nothing is cut off"


def test_every_kind_of_message_is_shown(open_page: Open, simulator: Simulator) -> None:
    page = open_page()
    show_every_kind(page, simulator)
    talk = page.locator("#lines")
    for tag, words in (
        ("b", "Welcome"),
        ("i", "Lucky Shrub"),
        ("s", "Closed"),
        ("code", "open"),
        ("q", "We reply soon"),
    ):
        expect(talk.locator(f".words {tag}").filter(has_text=words)).to_be_visible()
    for words in (
        "failed 131047: More than 24 hours",
        "Picture (its bytes are not here)",
        "price list of the spring.pdf",
        "52.51627, 13.37770",
        "Grace Hopper",
        "Total (r-1)",
        "r-1: shipped",
        "An interactive message of the type hologram",
        "A message of the type pigeon",
        "Forwarded",
        "I read this",
        "You deleted this message",
        "Form filled in",
        "2 \u00d7 fern-1",
        "Dear Ada, everything is green.",
        "Deal 2",
        "Something that a business cannot read",
    ):
        expect(talk.get_by_text(words).first).to_be_visible()
    expect(talk.get_by_role("link", name="See dates")).to_have_attribute("href", "https://shop.example.com")
    expect(talk.get_by_role("link", name="Open", exact=True)).to_have_attribute(
        "href", "https://shop.example.com/dates"
    )
    assert talk.get_by_role("link", name="Bad").count() == 0, "a script is no address"
    expect(talk.locator("li.in .quote").first).to_contain_text("What can we do for your garden?")
    expect(talk.locator("li", has_text="The hills").locator(".reaction")).to_contain_text(
        "\N{THUMBS UP SIGN}"
    )
    expect(page.locator("#typing")).to_be_visible()
    expect(page.locator("#window")).to_have_text("Window open, 23 h left")


def test_what_is_tapped_and_filled_in_comes_to_the_bot(
    open_page: Open, simulator: Simulator, bot: EchoBot
) -> None:
    page = open_page()
    show_every_kind(page, simulator)
    before = len(bot.items("messages"))
    sheet = page.get_by_role("dialog")

    def press(*names: str) -> None:
        for name in names:
            place = sheet if sheet.count() else page.locator("#lines")
            place.get_by_role("button", name=name, exact=True).first.click()
        expect(sheet).to_have_count(0)

    press("Book")
    press("Send location", "Send location")
    press("Share phone number")
    press("Choose preference", "Always allow")
    press("Fill in", "Send answers")
    press("Provide address", "Send address")
    press("View items", "Send order")
    press("Confirm")
    eventually(lambda: len(bot.items("messages")) == before + 8)
    got = sorted(bot.items("messages")[before:], key=lambda one: str(one["context"]["id"]))
    kinds = {one["context"]["id"]: one[one["type"]] for one in got}
    said = [(one["type"], one["interactive"]["type"] if one["type"] == "interactive" else "") for one in got]
    assert sorted(said) == [
        ("button", ""),
        ("contacts", ""),
        ("interactive", "button_reply"),
        ("interactive", "call_permission_reply"),
        ("interactive", "nfm_reply"),
        ("interactive", "nfm_reply"),
        ("location", ""),
        ("order", ""),
    ]
    assert kinds["out-8"]["button_reply"] == {"id": "b0", "title": "Book"}
    assert json.loads(kinds["out-16"]["nfm_reply"]["response_json"]) == {
        "flow_token": "token-1",
        "name": "Ada",
    }
    assert json.loads(kinds["out-17"]["nfm_reply"]["response_json"]) == {"values": {"city": "Delhi"}}
    assert kinds["out-13"][0]["origin"] == "contact_request"
    assert kinds["out-19"]["product_items"][0]["product_retailer_id"] == "fern-1"
