"""Values: ids, callbacks, records."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import rejoinder
from rejoinder.model.delivery import Attempt, Callback, Claim, GiveUp, MessageRecord, Settled, Step, Wait
from rejoinder.model.ids import digest
from rejoinder.model.messages import Policy
from tests.unit.worlds import NOON


def test_all_is_what_can_be_imported() -> None:
    imported = {name: getattr(rejoinder, name) for name in rejoinder.__all__}
    assert imported.keys() == rejoinder._HOME_OF.keys()
    assert imported.keys() <= set(dir(rejoinder))
    source = Path(rejoinder.__file__).read_text()
    checked = ast.walk(ast.parse(source))
    names = {alias.name for node in checked if isinstance(node, ast.ImportFrom) for alias in node.names}
    names -= {"import_module", "TYPE_CHECKING"}
    assert names == imported.keys(), "what type checkers know"
    with pytest.raises(AttributeError, match="Bto"):
        _ = rejoinder.Bto  # type: ignore[attr-defined]


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_digests_differ_when_their_parts_do(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


def test_a_digest_fits_every_queue() -> None:
    assert digest("\ud800", "x" * 10_000).isalnum()
    assert len(digest("")) == 26


parts = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=26)


@given(parts, parts, parts.map(lambda part: f"{part}-1"), st.integers(1, 9999))
def test_callbacks_survive_their_wire_form(stack: str, key: str, outbound_id: str, number: int) -> None:
    attempt = Attempt(conversation_key=key, outbound_id=outbound_id, number=number)
    callback = Callback(stack=stack, attempt=attempt)
    assert Callback.decode(callback.encode()) == callback


@given(st.text())
def test_any_callback_data_is_ours_or_nothing(text: str) -> None:
    callback = Callback.decode(text)
    assert callback is None or callback.encode().split(".")[:4] == text.split(".")[:4]


@pytest.mark.parametrize(
    ("steps", "policy", "decision"),
    [
        ({}, Policy.AT_LEAST_ONCE, Claim(number=1)),
        ({1: {Step.SENDING: NOON, Step.ACCEPTED: NOON}}, Policy.AT_LEAST_ONCE, Settled()),
        ({1: {Step.SENDING: NOON, Step.READ: NOON}}, Policy.AT_LEAST_ONCE, Settled()),
        ({1: {Step.SENDING: NOON, Step.FAILED: NOON}}, Policy.AT_LEAST_ONCE, Settled()),
        ({1: {Step.SENDING: NOON, Step.REFUSED: NOON}}, Policy.AT_MOST_ONCE, Claim(number=2)),
        ({1: {Step.SENDING: NOON - 10}}, Policy.AT_LEAST_ONCE, Wait(seconds=15)),
        ({1: {Step.SENDING: NOON - 61}}, Policy.AT_LEAST_ONCE, Claim(number=2)),
        ({1: {Step.SENDING: NOON - 61}}, Policy.AT_MOST_ONCE, GiveUp(number=1)),
        (
            {1: {Step.SENDING: 0.0, Step.UNKNOWN: 1.0}, 2: {Step.SENDING: NOON - 61}},
            Policy.AT_LEAST_ONCE,
            Wait(seconds=30),
        ),
        (
            {1: {Step.SENDING: 0.0, Step.SENT: NOON}, 2: {Step.SENDING: 0.0, Step.REFUSED: 1.0}},
            Policy.AT_LEAST_ONCE,
            Settled(),
        ),
    ],
)
def test_what_the_sender_does_next(
    steps: dict[int, dict[Step, float]], policy: Policy, decision: object
) -> None:
    assert MessageRecord(steps=steps).decide(policy, NOON) == decision


@pytest.mark.parametrize(
    ("steps", "policy", "decision"),
    [
        ({1: {Step.SENDING: NOON}}, Policy.AT_LEAST_ONCE, Claim(number=2)),
        ({1: {Step.SENDING: NOON}}, Policy.AT_MOST_ONCE, GiveUp(number=1)),
        ({1: {Step.SENDING: NOON, Step.ACCEPTED: NOON}}, Policy.AT_LEAST_ONCE, Settled()),
        (
            {1: {Step.SENDING: NOON, Step.UNKNOWN: NOON}, 2: {Step.SENDING: NOON, Step.UNKNOWN: NOON}},
            Policy.AT_LEAST_ONCE,
            Wait(seconds=30),
        ),
        (
            {1: {Step.SENDING: NOON, Step.REFUSED: NOON}, 2: {Step.SENDING: NOON, Step.UNKNOWN: NOON}},
            Policy.AT_LEAST_ONCE,
            Claim(number=3),
        ),
    ],
)
def test_what_the_sender_does_next_where_no_status_comes(
    steps: dict[int, dict[Step, float]], policy: Policy, decision: object
) -> None:
    assert MessageRecord(steps=steps).decide(policy, NOON, has_statuses=False) == decision
