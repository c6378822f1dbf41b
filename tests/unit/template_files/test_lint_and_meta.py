"""What the rules let pass, the network takes: Meta's own examples, and templates of all forms."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.bot.templates.variables import variables_in
from rejoinder.model.written import (
    SupportedApp,
    Wording,
    WrittenButton,
    WrittenCard,
    WrittenHeader,
    WrittenOffer,
    WrittenTemplate,
)
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.templates.answers import shown
from rejoinder.workbench.templates.kinds import flaws
from rejoinder.workbench.templates.wire import creation
from tests.unit.simulator.kit import TOKEN

ROOT = Path(__file__).parents[3]
BOT = ROOT / "workbench" / "chaos" / "bot"
"""A bot with a picture."""

EXAMPLES = json.loads((ROOT / "tests/unit/workbench/templates/examples.json").read_text())
"""Bodies that create templates, from Meta's documentation and its Postman collection."""

FLAWED = {
    # The names of its app stand in brackets.
    "create_authentication_template_w_otp_one_tap_autofill_button": "that is no app",
    # It has the form itself.
    "create_flow_template_message_by_flow_json": "a form is named by flow_id or by flow_name",
    # The page around it names that range.
    "time_to_live": "ttl_seconds of marketing is 43200 to 2592000, not 120",
}
"""What the rules find in them beside names and files that are placeholders."""


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_rules_let_metas_own_examples_pass(name: str) -> None:
    one = shown({**EXAMPLES[name], "name": "example"})
    template = WrittenTemplate(
        name=one.name,
        category=one.category,
        languages={one.language: one.wording},
        ttl_seconds=one.ttl_seconds,
    )
    found = {flaw.what for flaw in flaws(template, BOT)}
    files = {
        what for what in found if what.startswith(("there is no file", "reviewers need an example of the"))
    }
    assert found - files == ({FLAWED[name]} if name in FLAWED else set())


IMAGE = WrittenHeader(kind="image", example="files/menu.png")
REPLY, CATALOG = WrittenButton(kind="quick_reply", text="Yes"), WrittenButton(kind="catalog", text="See all")
URL = WrittenButton(kind="url", text="Open", url="https://x.example/{{1}}", example="https://x.example/1")
BUTTONS = (
    *(REPLY, replace(REPLY, text="No"), replace(REPLY, text="x" * 26), CATALOG, URL),
    WrittenButton(kind="url", text="Shop", url="https://x.example"),
    WrittenButton(kind="phone", text="Call", phone="+15550001111"),
    WrittenButton(kind="copy_code", example="25OFF"),
    WrittenButton(kind="flow", text="Book", flow_id="123", flow_action="navigate", flow_screen="FIRST"),
    WrittenButton(kind="products", text="View items"),
    WrittenButton(kind="product", text="View"),
    WrittenButton(kind="voice_call", text="Talk"),
)
APP = SupportedApp(package="com.example", hash="K8a/AINcGX7")
CODES = (
    WrittenButton(kind="otp", otp="copy_code"),
    WrittenButton(kind="otp", otp="one_tap", apps=(APP,)),
    WrittenButton(kind="otp", otp="zero_tap", apps=(APP,), accepts_zero_tap_terms=True),
    WrittenButton(kind="otp", otp="one_tap"),
)
WORDS = ("Hello", "dear", "your", "order", "is", "ready", "{{1}}", "{{2}}", "{{name}}", "*now*", "!")

GOOD = ("Hello there", "Hello dear {{1}}, how are you?", "Dear {{1}}, we see you on {{2}} at our shop then.")
LINES = ("Hello", "For {{1}}", "For {{name}}", "{{1}} {{1}}", "x" * 60, "x" * 61, "{{1}}{{2}}")

words = st.one_of(
    st.sampled_from(GOOD), st.sampled_from(GOOD), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
)
headers = st.one_of(
    st.none(),
    st.just(IMAGE),
    st.just(WrittenHeader(kind="location")),
    st.builds(WrittenHeader, kind=st.just("text"), text=st.sampled_from(LINES), example=st.just("Ada")),
)
several = st.lists(st.sampled_from(BUTTONS), max_size=4, unique=True).map(tuple)
card_buttons = st.lists(st.sampled_from(BUTTONS), min_size=1, max_size=2, unique=True).map(tuple)


def with_examples(wording: Wording) -> Wording:
    return replace(wording, examples=dict.fromkeys(variables_in(wording.body), "Ada"))


wordings = st.one_of(
    st.builds(
        Wording,
        body=st.one_of(words, st.just("y" * 1024), st.just("y" * 1025)),
        header=headers,
        footer=st.sampled_from(("", "Bye", "x" * 60, "x" * 61, "{{1}}")),
        buttons=several,
    ).map(with_examples),
    st.builds(
        Wording,
        body=st.just("Ends soon"),
        header=st.sampled_from((None, IMAGE)),
        buttons=several,
        offer=st.builds(WrittenOffer, text=st.just("Hurry"), expires=st.booleans()),
    ),
    st.builds(
        Wording,
        body=st.just("Look at our plants"),
        cards=st.builds(
            WrittenCard,
            header=st.sampled_from((IMAGE, WrittenHeader(kind="product"))),
            body=st.sampled_from(GOOD[:2]),
            buttons=card_buttons,
            examples=st.sampled_from(({}, {"1": "A"})),
        ).flatmap(lambda card: st.integers(1, 3).map(lambda count: (card,) * count)),
    ),
)
codes = st.builds(
    Wording,
    security_note=st.booleans(),
    code_minutes=st.sampled_from((0, 10, 91)),
    buttons=st.sampled_from(CODES).map(lambda one: (one,)),
)
categories = st.sampled_from(("utility", "marketing"))
templates = st.one_of(
    *(st.tuples(categories, wordings),) * 3,
    st.tuples(st.just("authentication"), codes),
    st.tuples(categories, codes),
)


@pytest.fixture(scope="module")
def network() -> Iterator[httpx.Client]:
    with (
        Simulator(Settings(templates=(), template_limit=10_000)) as simulator,
        httpx.Client(base_url=simulator.url, headers=TOKEN, trust_env=False) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def handle(network: httpx.Client) -> str:
    """Return the handle of a picture that was uploaded."""
    asked = {"file_length": 1, "file_type": "image/png", "file_name": "menu.png"}
    upload = network.post("/v25.0/300000000000001/uploads", json=asked).json()["id"]
    answer = network.post(f"/v25.0/{upload}", content=b"a", headers={"file_offset": "0"})
    return str(answer.json()["h"])


numbers = itertools.count(1)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(made=templates, ttl=st.sampled_from((None, None, None, 60, 43_200)))
def test_what_the_rules_let_pass_the_network_takes(
    network: httpx.Client, handle: str, made: tuple[Any, Wording], ttl: int | None
) -> None:
    category, wording = made
    template = WrittenTemplate(
        name=f"made_{next(numbers)}", category=category, languages={"en": wording}, ttl_seconds=ttl
    )
    if [*flaws(template, BOT)]:
        return
    body = creation(template, "en", {"files/menu.png": handle})
    network.post("/sim/clock", json={"advance_seconds": 60})  # 100 may be created in an hour
    answer = network.post("/v25.0/200000000000001/message_templates", json=body)
    assert answer.status_code == 200, (answer.text, body)
