"""Makes the pictures in docs/images: `python -m rejoinder.workbench.site.pictures`. It needs chromium.

Both show the bot of docs/first-bot.md: on the page of the simulator in a browser, and in a terminal with
`rejoinder chat`.
"""

import os
import pty
import re
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from rejoinder import Buttons
from rejoinder import Text as Words
from rejoinder.bot.loading import load_bot
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.model.people import Contact
from rejoinder.testing import Phone
from rejoinder.workbench import development
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.tools import HOUSE

IMAGES = HOUSE / "docs" / "images"
PAGE = HOUSE / "docs" / "first-bot.md"
SAID = ["hello there", "[Book a visit]", "tuesday please", "seventeen"]
NAME, NUMBER = "Ada", "15550009001"
SIZE = "500,1010"
"""The size of the browser, in pixels."""
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
    """Make both pictures."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        found = re.search(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
        assert found, "the page has a bot"
        (Path(folder) / "bot.py").write_text(found[1])
        page_of(Path(folder), IMAGES / "page.png")
        terminal_of(Path(folder), IMAGES / "chat.svg")


def page_of(folder: Path, file: Path) -> None:
    """Take a picture of the simulator's page. The bot runs on a `Phone`; the simulator gets its answers."""
    phone = Phone(load_bot(folder), name=NAME, contact_id=NUMBER)
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Webhook) as webhook,
        Simulator() as simulator,
        tempfile.TemporaryDirectory() as profile,
    ):
        threading.Thread(target=webhook.serve_forever, daemon=True).start()
        simulator.register_webhook(f"http://127.0.0.1:{webhook.server_port}/")
        browser = browser_in(Path(profile))
        browser.get(simulator.url)
        for field, value in (("contact", NUMBER), ("name", NAME)):
            browser.find_element(By.ID, field).clear()
            browser.find_element(By.ID, field).send_keys(value, Keys.TAB)
        for words in SAID:
            if words.startswith("["):
                answers = phone.taps(words[1:-1])
                browser.find_element(
                    By.XPATH, f"//ol[@id='chat']//button[contains(., '{words[1:-1]}')]"
                ).click()
            else:
                answers = phone.says(words)
                browser.find_element(By.ID, "text").send_keys(words, Keys.ENTER)
            time.sleep(1)  # so that the simulator knows the message before its answer
            (answer,) = answers
            body, _, _ = answer.removeprefix("< ").partition(" [")
            send(simulator.url, body, phone)
            WebDriverWait(browser, 20).until(has(body))
        time.sleep(2)  # until the ticks have turned blue
        browser.save_screenshot(str(file))
        browser.quit()
        webhook.shutdown()


def has(words: str) -> Callable[[Chrome], bool]:
    """Return what tells whether a page shows `words`."""
    return lambda browser: words in browser.page_source


def send(url: str, body: str, phone: Phone) -> None:
    """Send an answer of the bot to the simulator, as the sender would."""
    buttons = tuple(phone.newest_buttons())
    content = Buttons(body=body, buttons=buttons) if buttons else Words(body=body)
    request = render(Contact(id=NUMBER, phone=NUMBER), content, "")
    answer = httpx.post(
        f"{url}/v25.0/{development.PHONE_NUMBER_ID}/messages",
        json=request,
        headers={"Authorization": f"Bearer {development.ACCESS_TOKEN}"},
    )
    answer.raise_for_status()


def browser_in(profile: Path) -> Chrome:
    """Return a browser without a window, as wide as a phone."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server")
    for argument in (*quiet, f"--user-data-dir={profile}", f"--window-size={SIZE}"):
        options.add_argument(argument)
    return Chrome(options=options, service=Service(shutil.which("chromedriver") or ""))


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
