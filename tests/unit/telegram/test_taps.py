"""What the buttons of Telegram carry."""

from dataclasses import replace

import pytest

from rejoinder.channels.telegram.taps import (
    MAX_DATA_BYTES,
    completed,
    data_of,
    option_of,
)
from rejoinder.model.contents import Image, Tap, Text
from rejoinder.model.context import Quoted
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import Button, Buttons, Card, Carousel, List, OutboundContent, Row, Section
from rejoinder.model.updates import Inbound

LONG = "é" * 33

CONTENTS: list[OutboundContent] = [
    Buttons(body="Which?", buttons=(Button(id="a", title="A"), Button(id=LONG, title="Long"))),
    List(
        body="Which?",
        button="Choose",
        sections=(
            Section(rows=(Row(id="a", title="A"),)),
            Section(title="S", rows=(Row(id=LONG, title="L"),)),
        ),
    ),
    Carousel(
        body="Which?",
        cards=(
            Card(header=Image("a.png"), body="1", buttons=(Button(id="a", title="A"),)),
            Card(header=Image("b.png"), body="2", buttons=(Button(id=LONG, title="Long"),)),
        ),
    ),
]


@pytest.mark.parametrize("written", ["a", "x" * 64, "é" * 32, "say:Yes ~"])
def test_an_id_of_64_bytes_is_carried_as_it_is(written: str) -> None:
    assert data_of(written) == written
    assert not data_of(written).startswith("~")


@pytest.mark.parametrize("written", ["x" * 65, LONG, "~short", "", "é" * 200])
def test_any_other_id_is_carried_as_a_digest(written: str) -> None:
    data = data_of(written)

    assert data.startswith("~")
    assert data != written
    assert 1 <= len(data.encode()) <= MAX_DATA_BYTES


@pytest.mark.parametrize("content", CONTENTS)
def test_a_message_tells_the_id_of_each_of_its_buttons(content: OutboundContent) -> None:
    assert _id_of("a", content) == "a"
    assert _id_of(LONG, content) == LONG
    assert _id_of(LONG + "!", content) is None


def test_a_message_without_buttons_tells_no_id() -> None:
    assert option_of(data_of("a"), Text(body="a")) is None


def test_a_tap_says_what_the_bot_wrote_on_the_button_without_the_number_of_its_card() -> None:
    tap = Inbound(
        id="5.7.t1",
        account=Account(channel="telegram", id="7000000001"),
        contact=Contact(id="5"),
        at=0,
        content=Tap(id="a", title="1. A"),
        quoted=Quoted(outbound_id="x", content=CONTENTS[2]),
    )
    assert completed(tap).content == Tap(id="a", title="A")


def test_a_tap_on_what_was_said_to_somebody_else_marks_nothing() -> None:
    tap = Inbound(
        id="-5.7.t1",
        account=Account(channel="telegram", id="7000000001"),
        contact=Contact(id="-5.6"),
        at=0,
        content=Tap(id="a", title="A"),
        reply_to="-5.7",
        receipt="-5.7.t1 []",
    )
    assert completed(tap).receipt == ""
    assert completed(replace(tap, quoted=Quoted(outbound_id="x", content=CONTENTS[0]))).receipt


def _id_of(written: str, content: OutboundContent) -> str | None:
    option = option_of(data_of(written), content)
    return option.id if option else None
