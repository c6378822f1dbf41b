"""A person talks on the page to a small bot, with the keyboard, with files, and in several browsers."""

from __future__ import annotations

import httpx
from playwright.sync_api import expect

from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.site.drawing import picture
from tests.unit.simulator.kit import ADA, eventually
from tests.unit.simulator.page.browser import NEEDS_CHROMIUM, Open, do, heard, say
from tests.unit.simulator.page.echo_bot import EchoBot

pytestmark = NEEDS_CHROMIUM

SWIPE = """(item) => {
    const at = (x) => [new Touch({ identifier: 1, target: item, clientX: x, clientY: 0 })];
    item.dispatchEvent(new TouchEvent("touchstart", { touches: at(20) }));
    item.dispatchEvent(new TouchEvent("touchmove", { touches: at(60) }));
    item.dispatchEvent(new TouchEvent("touchend", { changedTouches: at(100) }));
}"""
"""A finger moves a message to the right."""


def test_a_talk_needs_only_the_keyboard(open_page: Open) -> None:
    page = open_page()
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_be_focused()
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
    page.get_by_role("textbox", name="Message", exact=True).fill("a better answer")
    page.keyboard.press("Enter")
    expect(page.locator("#lines li.in").filter(has_text="a better answer")).to_contain_text("edited")
    do(page, "a better answer", "Delete for everyone")
    expect(page.get_by_text("You deleted this message")).to_be_visible()
    eventually(lambda: len(bot.items("messages")) == 7)  # the page shows it before the webhook has it
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


def test_something_breaks_for_the_doctor_at_one_switch(open_page: Open, simulator: Simulator) -> None:
    page, switch = open_page(), "Break something for the doctor"
    page.get_by_label(switch).select_option("payment_trouble")
    page.reload()
    expect(page.get_by_label(switch)).to_have_value("payment_trouble")
    broken = httpx.get(f"{simulator.url}/sim/health", trust_env=False).json()
    assert (broken["fault"], broken["payment"]) == ("payment_trouble", False)
    offered = page.get_by_label(switch).locator("option").evaluate_all("all => all.map(({ value }) => value)")
    assert offered == ["", *broken["breaks"]]
    page.get_by_label(switch).select_option("")
    page.reload()
    expect(page.get_by_label(switch)).to_have_value("")


def test_who_reads_above_is_not_moved_and_a_swipe_replies(open_page: Open, bot: EchoBot) -> None:
    page = open_page((390, 500), has_touch=True)
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
    page.locator("#lines li").last.evaluate(SWIPE)
    expect(page.locator("#quoting")).to_contain_text("news")
    expect(page.locator("#lines li").last).to_be_in_viewport(ratio=1)


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
    expect(page.get_by_role("textbox", name="Message", exact=True)).to_have_value("precious words")
