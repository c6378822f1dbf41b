"""The page of the simulator in a real browser, with a small bot behind the webhook."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.site.drawing import picture
from tests.unit.simulator.browser import ARGUMENTS, CHROMIUM
from tests.unit.simulator.echo_bot import EchoBot
from tests.unit.simulator.every_kind import phone, sound
from tests.unit.simulator.kit import ADA, BOB, eventually

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (.ci/run installs it)"),
]

FORMS = [
    pytest.param((width, height), scheme, id=f"{name}-{scheme}")
    for name, width, height in (("desk", 1180, 820), ("phone", 390, 800))
    for scheme in ("light", "dark")
]
PATIENCE_MS = 8000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def bot() -> Iterator[EchoBot]:
    bot = EchoBot()
    yield bot
    bot.close()


@pytest.fixture
def simulator(bot: EchoBot) -> Iterator[Simulator]:
    with Simulator(Settings(read_seconds=0.1)) as simulator:
        bot.graph = simulator.url
        simulator.register_webhook(bot.url)
        yield simulator


Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, simulator: Simulator) -> Iterator[Open]:
    """Return what opens the page. Afterwards no page has reported an error."""
    errors: list[str] = []
    contexts = []

    def opened(size: tuple[int, int] = (1180, 820), scheme: Any = "light", **options: Any) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        context = browser.new_context(viewport=viewport, color_scheme=scheme, **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(simulator.url)
        return page

    expect.set_options(timeout=PATIENCE_MS)
    yield opened
    for context in contexts:
        context.close()
    assert errors == []


def say(page: Page, words: str) -> None:
    page.get_by_label("Message", exact=True).fill(words)
    page.keyboard.press("Enter")


def heard(page: Page, words: str) -> None:
    expect(page.locator("#lines li.out").filter(has_text=words).last).to_be_visible()


def do(page: Page, words: str, action: str) -> None:
    """Open what can be done with a message, and do it."""
    message = page.locator("#lines li").filter(has_text=words).first
    message.hover()
    message.get_by_label("What to do with this message").click()
    page.get_by_role("dialog").get_by_role("button", name=action, exact=True).click()


def show_every_kind(page: Page, simulator: Simulator) -> None:
    """Let the page show a talk with a message of every kind."""
    for data, mime_type in ((picture(), "image/png"), (sound(), "audio/ogg")):
        file = {"data": base64.b64encode(data).decode(), "mime_type": mime_type}
        httpx.post(f"{simulator.url}/sim/say", json={"from": BOB, "file": file}, trust_env=False)
    lines = httpx.get(f"{simulator.url}/sim/transcript?contact={BOB}", trust_env=False).json()
    image, audio = (one["content"][one["content"]["type"]]["id"] for one in lines if one["direction"] == "in")
    answer = json.dumps(phone(time.time(), image, audio))
    page.route("**/sim/phone*", lambda route: route.fulfill(body=answer, content_type="application/json"))
    expect(page.locator("#lines li.out.template")).to_be_visible()


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
        "Something that a business cannot read",
    ):
        expect(talk.get_by_text(words).first).to_be_visible()
    expect(talk.get_by_role("link", name="See dates")).to_have_attribute("href", "https://shop.example.com")
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


def test_a_talk_needs_only_the_keyboard(open_page: Open) -> None:
    page = open_page()
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    heard(page, "You said *one\ntwo*")
    page.keyboard.type("list")
    page.keyboard.press("Enter")
    opener = page.get_by_role("button", name="Days", exact=True)
    expect(opener).to_be_visible()
    opener.focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="Close")).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(sheet.locator(".row").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    heard(page, "You chose Tomorrow")


def test_files_go_both_ways(open_page: Open) -> None:
    page = open_page()
    say(page, "picture")
    image = page.locator("#lines li.out img")
    expect(image).to_be_visible()
    assert image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 320
    with page.expect_file_chooser() as chosen:
        page.get_by_label("Send something else").click()
        page.get_by_role("button", name="Picture or film").click()
    chosen.value.set_files({"name": "hills.png", "mimeType": "image/png", "buffer": picture()})
    page.get_by_label("Words to it").fill("My *garden*")
    page.get_by_role("button", name="Send", exact=True).click()
    heard(page, f"Got image of {len(picture())} bytes, image/png")
    expect(page.locator("#lines li.in b", has_text="garden")).to_be_visible()


def test_one_replies_reacts_edits_and_deletes(open_page: Open, bot: EchoBot) -> None:
    page = open_page()
    say(page, "like")
    mine = page.locator("#lines li.in").first
    expect(mine.locator(".reaction")).to_contain_text("\N{SPARKLES}")
    say(page, "first")
    heard(page, "You said first")
    do(page, "You said first", "thumbs up")
    theirs = page.locator("#lines li.out").filter(has_text="You said first")
    expect(theirs.locator(".reaction")).to_contain_text("\N{THUMBS UP SIGN}")
    do(page, "You said first", "thumbs up")
    expect(theirs.locator(".reaction")).to_be_hidden()
    do(page, "You said first", "Reply")
    expect(page.locator("#quoting")).to_contain_text("Reply to")
    page.keyboard.type("an answer")
    page.keyboard.press("Enter")
    heard(page, "You said an answer to a message")
    expect(page.locator("#lines li.in .quote")).to_contain_text("You said")
    do(page, "an answer", "Edit")
    page.get_by_label("Message", exact=True).fill("a better answer")
    page.keyboard.press("Enter")
    expect(page.locator("#lines li.in").filter(has_text="a better answer")).to_contain_text("edited")
    do(page, "a better answer", "Delete for everyone")
    expect(page.get_by_text("You deleted this message")).to_be_visible()
    assert [one["type"] for one in bot.items("messages")] == [
        "text",
        "text",
        "reaction",
        "reaction",
        "text",
        "edit",
        "revoke",
    ]


def test_a_reload_keeps_who_one_is_and_the_talk(open_page: Open, bot: EchoBot) -> None:
    page = open_page((390, 800))
    say(page, "hello")
    heard(page, "You said hello")
    page.get_by_role("button", name="Contacts and network").click()
    page.get_by_role("button", name="New contact").click()
    page.get_by_label("Name").fill("Zoë <b>")
    page.get_by_label("Phone number, or user id").fill("US.1234567890")
    page.get_by_role("button", name="Be this contact").click()
    expect(page.get_by_text("You are Zoë <b>, and your number is US.1234567890.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You are Zoë <b>")).to_be_visible()
    bot.send(ADA, type="text", text={"body": "one more"})
    page.get_by_role("button", name="Contacts and network").click()
    ada = page.locator("#people button", has_text="Ada")
    expect(ada.locator(".unread")).to_contain_text("1")
    ada.click()
    heard(page, "one more")
    heard(page, "You said hello")
    page.reload()
    heard(page, "one more")


def test_a_day_passes_and_things_go_wrong_at_a_switch(
    open_page: Open, bot: EchoBot, simulator: Simulator
) -> None:
    page = open_page()
    say(page, "hello")
    expect(page.locator("#window")).to_have_text("Window open, 23 h left")
    page.get_by_role("button", name="A day passes").click()
    expect(page.locator("#window")).to_have_text("Window closed")
    bot.send(ADA, type="text", text={"body": "too late"})
    expect(page.locator("#lines li.out").last).to_contain_text("131047")
    expect(page.locator("#lines li.day")).to_have_count(2)
    page.get_by_label("When your bot sends,").select_option("busy")
    page.get_by_label("Your bot gets everything twice").check()
    page.get_by_label("Only sometimes").check()
    expect(page.locator("#window")).to_have_text("Window closed \u00b7 2 faults on")
    planted = httpx.get(f"{simulator.url}/sim/faults", trust_env=False).json()
    assert planted == [
        {"kind": "error", "times": None, "share": 0.3, "code": 130429},
        {"kind": "webhook", "times": None, "share": 0.3, "duplicate": 1},
    ]
    page.reload()
    expect(page.get_by_label("Your bot gets everything twice")).to_be_checked()
    expect(page.get_by_label("When your bot sends,")).to_have_value("busy")
    page.get_by_label("Your bot gets everything twice").uncheck()
    page.get_by_label("When your bot sends,").select_option("")
    expect(page.locator("#window")).to_have_text("Window closed")


def test_who_reads_above_is_not_moved(open_page: Open, bot: EchoBot) -> None:
    page = open_page((390, 500))
    for n in range(3):
        say(page, f"line {n}\n\n\n\n\n")
        heard(page, f"line {n}")
    chat = page.locator("#chat")
    chat.evaluate("(chat) => { chat.scrollTop = 0; }")
    page.wait_for_function("document.getElementById('chat').scrollTop === 0")
    bot.send(ADA, type="text", text={"body": "news"})
    newer = page.get_by_role("button", name="1 new message")
    expect(newer).to_be_visible()
    assert chat.evaluate("(chat) => chat.scrollTop") == 0
    newer.click()
    expect(page.locator("#lines li").last).to_be_in_viewport()
    expect(newer).to_be_hidden()


def test_the_bot_is_seen_typing_until_it_answers(open_page: Open, bot: EchoBot) -> None:
    page = open_page()
    say(page, "wait")
    expect(page.locator("#typing")).to_be_visible()
    bot.send(ADA, type="text", text={"body": "done"})
    heard(page, "done")
    expect(page.locator("#typing")).to_be_hidden()


def test_a_recorded_voice_message_is_opus_in_ogg(open_page: Open, bot: EchoBot) -> None:
    page = open_page(permissions=["microphone"])
    page.get_by_label("Record a voice message").click()
    stop = page.get_by_label("Stop and send the voice message")
    expect(stop).to_be_visible()
    page.wait_for_timeout(700)  # the length of the message itself
    stop.click()
    heard(page, "audio/ogg; codecs=opus")
    (message,) = bot.items("messages")
    assert message["audio"]["voice"] is True
    assert bot.download(message["audio"]["id"])[:4] == b"OggS"
    source = page.locator("#lines li.in audio").get_attribute("src")
    seconds = page.evaluate(
        """async (source) => {
            const bytes = await (await fetch(source)).arrayBuffer();
            return (await new OfflineAudioContext(1, 48000, 48000).decodeAudioData(bytes)).duration;
        }""",
        source,
    )
    assert seconds > 0.3


def test_a_refused_message_is_not_lost(open_page: Open) -> None:
    page = open_page()
    page.route("**/sim/say", lambda route: route.abort())
    say(page, "precious words")
    expect(page.locator("#notice")).to_have_text("The simulator does not answer.")
    expect(page.get_by_label("Message", exact=True)).to_have_value("precious words")
