"""A person talks on Telegram on the page, beside the talks on WhatsApp."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.site.drawing import picture
from tests.unit.simulator.page.browser import NEEDS_CHROMIUM, Open, do, heard, say
from tests.unit.simulator.page.telegram_bot import TelegramBot
from tests.unit.simulator.page.test_shown import findings

pytestmark = NEEDS_CHROMIUM


@pytest.fixture
def telegram(simulator: Simulator) -> Iterator[TelegramBot]:
    bot = TelegramBot()
    bot.api = simulator.url
    bot.call("setWebhook", url=bot.url)
    yield bot
    bot.close()


def become(page: Page, name: str = "Grace", number: str = "1111111") -> None:
    """Be a new contact on Telegram."""
    if not page.get_by_role("button", name="New contact").is_visible():
        page.get_by_role("button", name="Contacts and network").click()
    page.get_by_role("button", name="New contact").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Phone number, or user id").fill(number)
    page.get_by_role("dialog").get_by_role("combobox").select_option("telegram")
    page.get_by_role("button", name="Be this contact").click()
    expect(page.get_by_text(f"You are {name}, and your id is {number}.")).to_be_visible()


def test_a_talk_with_buttons_a_keyboard_and_what_they_are_answered(
    open_page: Open, telegram: TelegramBot
) -> None:
    page = open_page()
    become(page)
    page.get_by_role("button", name="Start", exact=True).click()
    heard(page, "Got /start")
    expect(page.locator("#people [aria-current] .network")).to_be_visible()
    expect(page.locator("#number")).to_have_text("@rejoinder_local_bot")
    say(page, "buttons")
    expect(page.get_by_role("link", name="Our site")).to_have_attribute("href", "https://shop.example.com/")
    assert page.get_by_role("link", name="Bad").count() == 0, "only what a browser opens is a link"
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator("#toast")).to_have_text("Noted: yes")
    heard(page, "You chose yes")
    expect(page.get_by_role("button", name="Yes", exact=True)).to_have_count(0)
    say(page, "keyboard")
    expect(page.get_by_placeholder("Which day?")).to_be_visible()
    page.get_by_role("button", name="Tomorrow", exact=True).click()
    heard(page, "Got Tomorrow")
    page.get_by_role("button", name="Where I am").click()
    heard(page, "Got location")
    say(page, "done")
    expect(page.get_by_role("button", name="Tomorrow", exact=True)).to_have_count(0)
    say(page, "buttons")
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Noted: no")


def test_formats_are_nodes_and_never_html(open_page: Open, telegram: TelegramBot) -> None:
    page = open_page()
    become(page)
    say(page, "formats")
    words = page.locator("#lines li.out .words")
    for tag, text in (("b", "Bold and italic"), ("b i", "and italic"), ("code", "code"), ("s", "struck")):
        expect(words.locator(tag).first).to_have_text(text)
    expect(words.locator("q")).to_have_text("quoted")
    expect(words.get_by_role("link", name="link")).to_have_attribute("href", "https://a.example/")
    expect(words.get_by_role("link", name="https://b.example")).to_be_visible()
    expect(words.locator(".mention")).to_have_text("@ada_l")
    expect(words).to_contain_text("<img src=x onerror=alert(1)>")
    assert words.locator("img").count() == 0


def test_one_replies_edits_reacts_blocks_and_sends_files(
    open_page: Open, telegram: TelegramBot, simulator: Simulator
) -> None:
    page = open_page()
    become(page)
    say(page, "first")
    heard(page, "Got first")
    do(page, "Got first", "Reply")
    page.keyboard.type("an answer")
    page.keyboard.press("Enter")
    expect(page.locator("#lines li.in .quote")).to_contain_text("Got first")
    do(page, "an answer", "Edit")
    page.get_by_role("textbox", name="Message", exact=True).fill("a better one")
    page.keyboard.press("Enter")
    expect(page.locator("#lines li.in").filter(has_text="a better one")).to_contain_text("edited")
    do(page, "Got first", "thumbs up")
    reaction = page.locator("#lines li.out").filter(has_text="Got first").locator(".reaction")
    expect(reaction).to_contain_text("\N{THUMBS UP SIGN}")
    with page.expect_file_chooser() as chosen:
        page.get_by_label("Send something else").click()
        page.get_by_role("button", name="Picture or film").click()
    chosen.value.set_files({"name": "hills.png", "mimeType": "image/png", "buffer": picture()})
    page.get_by_role("button", name="Send", exact=True).click()
    heard(page, "It is back")
    image = page.locator("#lines li.out img")
    assert image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 320
    page.get_by_label("Send something else").click()
    page.get_by_role("button", name="Block the bot").click()
    expect(page.locator("#window")).to_have_text("You blocked the bot")
    page.get_by_role("button", name="Unblock your bot").click()
    heard(page, "Got /start")
    page.get_by_label("Send something else").click()
    page.get_by_role("button", name="From a deep link").click()
    page.get_by_label("Payload").fill("table-7")
    page.get_by_role("button", name="Start", exact=True).click()
    heard(page, "Got /start table-7")
    kinds = {key for post in telegram.posts for key in post.body}
    assert kinds == {"update_id", "message", "edited_message", "my_chat_member"}


def test_both_networks_are_on_one_list_with_faults_of_their_own(
    open_page: Open, telegram: TelegramBot, simulator: Simulator
) -> None:
    page = open_page()
    become(page, "Ada on Telegram", "491700000001")
    say(page, "hello")
    heard(page, "Got hello")
    page.get_by_label("When your bot sends,").select_option("busy")
    expect(page.locator("#window")).to_have_text("On Telegram \u00b7 1 fault on")
    (planted,) = httpx.get(f"{simulator.url}/sim/faults", trust_env=False).json()
    assert planted["channel"] == "telegram"
    assert (planted["kind"], planted["code"], planted["retry_after"]) == ("error", 429, 1)
    page.locator("#people button").first.click()
    expect(page.get_by_text("your number is 491700000001")).to_be_visible()
    say(page, "hello")
    heard(page, "You said hello")
    page.reload()
    heard(page, "You said hello")


@pytest.mark.parametrize(("size", "scheme"), [((1180, 820), "dark"), ((390, 800), "light")])
def test_axe_finds_nothing_on_telegram(
    size: tuple[int, int], scheme: str, open_page: Open, telegram: TelegramBot
) -> None:
    page = open_page(size, scheme)
    become(page)
    assert findings(page) == []
    for words in ("formats", "buttons", "keyboard"):
        say(page, words)
    expect(page.get_by_role("button", name="Tomorrow", exact=True)).to_be_visible()
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator("#toast")).to_have_text("Noted: yes")
    assert findings(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "nothing is cut off"
