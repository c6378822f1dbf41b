"""How the tests start a browser (Debian's chromium, where it is there), and what they do on the page."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Page, TimeoutError, expect  # noqa: A004 - its own, of that name

CHROMIUM = shutil.which("chromium")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--no-proxy-server",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

NEEDS_CHROMIUM = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (.ci/run installs it)"),
]

Open = Callable[..., Page]
"""What opens the page in a new browser: with its size, its colours, and options of playwright."""


def say(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Message", exact=True).fill(words)
    page.keyboard.press("Enter")


def heard(page: Page, words: str) -> None:
    expect(page.locator("#lines li.out").filter(has_text=words).last).to_be_visible()


def do(page: Page, words: str, action: str) -> None:
    """Open what can be done with a message, and do it."""
    message, dialog = page.locator("#lines li").filter(has_text=words).first, page.get_by_role("dialog")
    for _ in range(3):  # a click is lost if the page draws the message anew at that moment
        message.hover()
        message.get_by_label("What to do with this message").click()
        with suppress(TimeoutError):
            dialog.wait_for(timeout=2_000)
            break
    dialog.get_by_role("button", name=action, exact=True).click()
