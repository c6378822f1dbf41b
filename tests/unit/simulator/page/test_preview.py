"""The page with the preview of a template."""

from __future__ import annotations

import httpx
from playwright.sync_api import expect

from rejoinder.workbench.simulator.server import Simulator
from tests.unit.simulator.page.browser import NEEDS_CHROMIUM, Open
from tests.unit.simulator.page.test_shown import findings

pytestmark = NEEDS_CHROMIUM

BUBBLE = {
    "title": "deal en",
    "body": "Hello *Ada* <b>",
    "buttons": [["↗", "Open"]],
    "cards": [{"file": "picture", "body": "One"}, {"file": "picture", "body": "Two"}],
}


def test_a_template_that_nobody_has_pushed_is_shown(open_page: Open, simulator: Simulator) -> None:
    page = open_page((390, 800), "dark")
    page.goto(f"{simulator.url}/sim/preview")
    expect(page.get_by_text("Nothing is here")).to_be_visible()
    httpx.post(f"{simulator.url}/sim/preview", json=[BUBBLE], trust_env=False).raise_for_status()
    page.reload()
    expect(page.locator("#lines li .words b").first).to_have_text("Ada")
    expect(page.get_by_text("<b>")).to_be_visible()
    expect(page.locator(".leaf")).to_have_count(2)
    assert findings(page) == []
