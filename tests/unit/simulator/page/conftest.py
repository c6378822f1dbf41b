from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from tests.unit.simulator.page.browser import ARGUMENTS, CHROMIUM, Open
from tests.unit.simulator.page.echo_bot import EchoBot

PATIENCE_MS = 30_000


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
