"""Makes the pictures in docs/images: `python -m rejoinder.workbench.site.pictures`. It needs chromium.

Two show the bot of docs/first-bot.md: on the page of the simulator in a browser, and in a terminal with
`rejoinder chat`. Two more show what the page can do, on a desk and on a phone.
"""

import base64
import json
import os
import pty
import re
import shutil
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from rejoinder import Buttons
from rejoinder import Text as Words
from rejoinder.bot.loading import load_bot
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.model.people import Contact
from rejoinder.testing import Phone
from rejoinder.workbench import development
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.site.drawing import picture
from rejoinder.workbench.tools import HOUSE

IMAGES = HOUSE / "docs" / "images"
PAGE = HOUSE / "docs" / "first-bot.md"
SAID = ["hello there", "[Book a visit]", "tuesday please", "seventeen"]
NAME, NUMBER = "Ada", "15550009001"
PHONE, DESK = (430, 900), (1180, 960)
"""The sizes of the browser, in pixels."""
COLUMNS = 100
"""How many letters fit on a line of the terminal."""


class Webhook(BaseHTTPRequestHandler):
    """A webhook that agrees to everything: the simulator passes messages on only to one that it knows."""

    def do_GET(self) -> None:
        """Answer the handshake with its challenge."""
        self._answer(parse_qs(urlsplit(self.path).query)["hub.challenge"][0].encode())

    def do_POST(self) -> None:
        """Take a message or a status."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def main() -> None:
    """Make all pictures."""
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadingHTTPServer(("127.0.0.1", 0), Webhook) as webhook,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=webhook.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{webhook.server_port}/"
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        found = re.search(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
        assert found, "the page has a bot"
        (Path(folder) / "bot.py").write_text(found[1])
        first_bot(browser, url, Path(folder), IMAGES / "page.png")
        everything(browser, url)
        browser.close()
        webhook.shutdown()
        terminal_of(Path(folder), IMAGES / "chat.svg")


def first_bot(browser: Browser, webhook: str, folder: Path, file: Path) -> None:
    """Take a picture of a talk. The bot runs on a `Phone`; the simulator gets its answers."""
    phone = Phone(load_bot(folder), name=NAME, contact_id=NUMBER)
    with Simulator() as simulator:
        simulator.register_webhook(webhook)
        page = opened(browser, simulator.url, PHONE, "light")
        for words in SAID:
            if words.startswith("["):
                answers = phone.taps(words[1:-1])
                page.locator("#lines").get_by_role("button", name=words[1:-1]).click()
            else:
                answers = phone.says(words)
                say(page, words)
            (answer,) = answers
            body, _, _ = answer.removeprefix("< ").partition(" [")
            buttons = tuple(phone.newest_buttons())
            content = Buttons(body=body, buttons=buttons) if buttons else Words(body=body)
            graph(simulator.url, render(Contact(id=NUMBER, phone=NUMBER), content, ""))
            expect(page.locator("#lines li.out").last).to_contain_text(body)
        shoot(page, file)


def everything(browser: Browser, webhook: str) -> None:
    """Take pictures of a talk with files, places and lists: on a desk, and on a phone with an open list."""
    with Simulator() as simulator:
        simulator.register_webhook(webhook)
        page = opened(browser, simulator.url, DESK, "light")

        def bot(**content: Any) -> str:
            body = {"messaging_product": "whatsapp", "to": NUMBER, **content}
            return str(graph(simulator.url, body)["messages"][0]["id"])

        say(page, "Do you have *ferns* that like it dark?")
        file = {"data": base64.b64encode(picture(320, 150)).decode(), "mime_type": "image/png"}
        order = {"from": NUMBER, "name": NAME, "file": {**file, "caption": "My garden looks like this"}}
        httpx.post(f"{simulator.url}/sim/say", json=order, trust_env=False).raise_for_status()
        seen = httpx.get(f"{simulator.url}/sim/transcript", trust_env=False).json()[-1]["id"]
        bot(type="reaction", reaction={"message_id": seen, "emoji": "\N{EVERGREEN TREE}"})
        place = {
            "latitude": 52.51627,
            "longitude": 13.3777,
            "name": "Lucky Shrub",
            "address": "Pariser Platz 1",
        }
        bot(
            type="text",
            text={"body": "We do! These _three_ would like it there."},
            context={"message_id": seen},
        )
        bot(type="interactive", interactive=FERNS)
        page.get_by_role("button", name="Choose a fern").click()
        page.get_by_role("dialog").get_by_role("button", name="Ostrich fern").click()
        expect(page.locator("#lines li.in").last).to_contain_text("Ostrich fern")
        bot(type="location", location=place)
        shoot(page, IMAGES / "page-desk.png")
        phone = opened(browser, simulator.url, PHONE, "dark")
        phone.get_by_role("button", name="Choose a fern").click()
        shoot(phone, IMAGES / "page-phone.png")


FERNS = {
    "type": "list",
    "body": {"text": "Which one shall we keep for you?"},
    "footer": {"text": "Kept for three days"},
    "action": {
        "button": "Choose a fern",
        "sections": [
            {
                "title": "Deep shade",
                "rows": [
                    {
                        "id": "ostrich",
                        "title": "Ostrich fern",
                        "description": "Grows to a metre and likes it wet",
                    },
                    {"id": "lady", "title": "Lady fern", "description": "Fine leaves, for any soil"},
                ],
            },
            {
                "title": "Some sun",
                "rows": [{"id": "sword", "title": "Sword fern", "description": "Green in winter, too"}],
            },
        ],
    },
}

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server"]


def opened(browser: Browser, url: str, size: tuple[int, int], scheme: Any) -> Page:
    """Open the page as the contact of the pictures, as wide as `size` says."""
    viewport: Any = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, color_scheme=scheme, locale="en-GB")
    for name, value in (("people", [{"id": NUMBER, "name": NAME}]), ("me", NUMBER)):
        context.add_init_script(f"localStorage.setItem('rejoinder.{name}', {json.dumps(json.dumps(value))})")
    page = context.new_page()
    page.goto(url)
    return page


def say(page: Page, words: str) -> None:
    """Write a message, and wait until the talk has it, so that no answer comes before it."""
    page.get_by_role("textbox", name="Message", exact=True).fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("#lines li.in").last).to_contain_text(words.replace("*", ""))


def graph(url: str, body: Any) -> Any:
    """Send a message of the bot to the simulator, as the sender would. Return the answer."""
    answer = httpx.post(
        f"{url}/v25.0/{development.PHONE_NUMBER_ID}/messages",
        json=body,
        headers={"Authorization": f"Bearer {development.ACCESS_TOKEN}"},
        trust_env=False,
    )
    return answer.raise_for_status().json()


def shoot(page: Page, file: Path) -> None:
    """Take a picture, once all ticks are blue and nothing moves."""
    page.wait_for_timeout(1200)
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=file, animations="disabled")


def terminal_of(folder: Path, file: Path) -> None:
    """Draw a talk with `rejoinder chat`, as a terminal shows it."""
    console = Console(record=True, width=COLUMNS, file=Path(os.devnull).open("w"))  # noqa: SIM115
    console.print(Text("$ rejoinder chat"))
    console.print(Text.from_ansi(talk(folder)))
    # The font of rich's own format would come from another server.
    style = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    console.save_svg(str(file), title="bot/bot.py", code_format=style)


def talk(folder: Path) -> str:
    """Talk to the bot in a terminal of its own, and return everything that the terminal shows."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", COLUMNS=str(COLUMNS))
        os.execv(sys.executable, [sys.executable, "-m", "rejoinder.workbench", "chat", "--bot", str(folder)])  # noqa: S606
    shown = ""
    for words in [*SAID, ""]:
        while not shown.endswith("> "):
            shown += os.read(terminal, 4096).decode()
        os.write(terminal, f"{words}\n".encode())
        shown += os.read(terminal, 4096).decode()
    os.waitpid(process, 0)
    return shown.replace("\r\n", "\n").replace(str(folder), "bot").removesuffix("\n> \n").rstrip("> \n")


if __name__ == "__main__":
    main()
