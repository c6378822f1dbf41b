"""Values → stored JSON and queue bodies, and back."""

import json
import warnings
from dataclasses import replace
from typing import Any

import pytest

from rejoinder.aws.wire import OwnBody, dump_turn, dump_wake_ups, read_turn, read_updates, read_wake_ups
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.messages import (
    Account,
    Button,
    Buttons,
    Contact,
    Failed,
    Inbound,
    List,
    Outbound,
    OutboundContent,
    Row,
    Section,
    Template,
    Text,
    TurnMessages,
    WakeUp,
)

ACCOUNT = Account(channel="whatsapp", id="100000000000001")
ADA = Contact(id="15550002001", phone="15550002001")
TURN = TurnMessages(
    account=ACCOUNT,
    contact=ADA,
    conversation_key="key",
    correlation_id="correlation",
    read_id="",
    window_closes_at=0.0,
    messages=(),
)


def loose(content: type[Any], **parts: Any) -> Any:
    """A content as a bot may make it that no type checker has looked at."""
    return content(**parts)


YES, NO = Button(id="yes", title="Yes"), Button(id="no", title="No")
ONE, TWO = Row(id="1", title="One"), Row(id="2", title="Two")
CASES = [
    (loose(Buttons, body="Sure?", buttons=[YES, NO]), Buttons(body="Sure?", buttons=(YES, NO))),
    (
        loose(List, body="Which?", button="All", sections=[Section(title="A", rows=(ONE, TWO))]),
        List(body="Which?", button="All", sections=(Section(title="A", rows=(ONE, TWO)),)),
    ),
    (
        loose(List, body="Which?", button="All", sections=(loose(Section, rows=[ONE, TWO]),)),
        List(body="Which?", button="All", sections=(Section(rows=(ONE, TWO)),)),
    ),
    (
        loose(List, body="Which?", button="All", sections=[loose(Section, rows=[ONE]), Section(rows=(TWO,))]),
        List(body="Which?", button="All", sections=(Section(rows=(ONE,)), Section(rows=(TWO,)))),
    ),
    (
        loose(Template, name="hello", language="en", parameters=["Ada", "19:00"]),
        Template(name="hello", language="en", parameters=("Ada", "19:00")),
    ),
]
LOOSE = pytest.mark.parametrize(
    ("content", "strict"), CASES, ids=[type(strict).__name__ for _, strict in CASES]
)


def turn_of(content: OutboundContent) -> TurnMessages:
    """A turn that says `content`."""
    return replace(TURN, messages=(Outbound(id="o-1", content=content),))


@LOOSE
def test_lists_where_tuples_belong_come_back_as_tuples(content: Any, strict: OutboundContent) -> None:
    turn = read_turn(dump_turn(turn_of(content)))
    assert turn == turn_of(strict)
    assert render(ADA, turn.messages[0].content, "c") == render(ADA, strict, "c")
    assert dump_turn(turn) == dump_turn(turn_of(content))


@LOOSE
def test_nothing_that_people_write_is_in_a_warning(
    content: Any, strict: OutboundContent, capfd: pytest.CaptureFixture[str]
) -> None:
    failed = Failed(outbound_id="o-1", content=content, code=1, reason="")
    update = Inbound(id="f", account=ACCOUNT, contact=ADA, at=0.0, content=failed)
    expected = replace(update, content=replace(failed, content=strict))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert json.loads(dump_turn(turn_of(content)))
        assert read_updates(OwnBody(inbound=update).dump(), parse) == [expected]
        assert read_wake_ups(dump_wake_ups((WakeUp(at=1.0, inbound=update),)))[0].inbound == expected
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("words", ["é \N{WAVING HAND SIGN}", "\ud83d", "\ufffe", "\x00\n\u2028"], ids=ascii)
def test_any_words_come_back_and_are_ascii_between(words: str) -> None:
    turn = turn_of(Text(body=words))
    assert dump_turn(turn).isascii()
    assert read_turn(dump_turn(turn)) == turn
