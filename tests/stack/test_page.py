"""The simulator's page in a real browser, with the deployed bot behind it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from rejoinder.workbench.stack import LocalStack

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
PATIENCE_SECONDS = 30

pytestmark = [
    pytest.mark.stack,
    pytest.mark.slow,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="needs chromium and chromedriver (.ci/run installs them)"
    ),
]

QUIET_START = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (*QUIET_START, f"--user-data-dir={tmp_path}", "--window-size=390,760"):
        options.add_argument(argument)
    browser = Chrome(options=options, service=Service(DRIVER))
    yield browser
    browser.quit()


def test_one_can_talk_to_the_bot_on_the_page(browser: Chrome, stack: LocalStack) -> None:
    browser.get(stack.simulator_url)
    field(browser, "contact", "15550009001")
    field(browser, "name", "Zoë <b>")
    say(browser, "hi")
    wait_for(browser, "Hello Zoë <b>! What can I do for you?")
    button(browser, "Pick a drink").click()
    wait_for(browser, "What would you like?")
    button(browser, "Tea").click()
    wait_for(browser, "One tea, with pleasure.")
    assert browser.find_elements(By.CSS_SELECTOR, "#chat b") == [], "text is text, not HTML"
    width = browser.execute_script("return document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0, "nothing is cut off on a phone"
    log = browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [entry for entry in log if entry["level"] == "SEVERE"] == []


def field(browser: Chrome, name: str, words: str) -> None:
    element = browser.find_element(By.ID, name)
    element.clear()
    element.send_keys(words, Keys.TAB)


def say(browser: Chrome, words: str) -> None:
    browser.find_element(By.ID, "text").send_keys(words, Keys.ENTER)


def button(browser: Chrome, title: str) -> WebElement:
    return browser.find_element(By.XPATH, f"//ol[@id='chat']//button[contains(., '{title}')]")


def wait_for(browser: Chrome, words: str) -> None:
    WebDriverWait(browser, PATIENCE_SECONDS).until(
        lambda page: words in page.find_element(By.ID, "chat").text, f"{words!r} on the page"
    )
