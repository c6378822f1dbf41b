"""The replay of example requests, on examples of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replay.refusals import RIGHT
from tests.replay.replaying import Outcome, Replay

EXAMPLES = Path(__file__).parents[2] / "replay" / "examples"


@pytest.fixture(scope="module")
def replay() -> Iterator[Replay]:
    with Replay() as running:
        yield running


@pytest.fixture(scope="module")
def outcomes(replay: Replay) -> list[Outcome]:
    return list(replay.folder(EXAMPLES))


def test_every_example_is_accepted_or_rightly_refused(outcomes: list[Outcome]) -> None:
    assert [outcome.line() for outcome in outcomes if outcome.is_wrong or outcome.verdict == "skipped"] == []
    refused = {outcome.file.stem: outcome.reason for outcome in outcomes if outcome.verdict == "refused"}
    assert sorted(refused) == sorted(file.stem for file in EXAMPLES.glob("*placeholder*.json"))
    assert [outcome.line() for outcome in outcomes if outcome.then not in ("", "accepted")] == []


def test_every_listed_reason_has_an_example(outcomes: list[Outcome]) -> None:
    reasons = {outcome.reason for outcome in outcomes}
    assert {right.reason for right in RIGHT} <= reasons


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[" * 100_000,
        b"\xff\xfe",
        b"[1, 2]",
        b'{"to": NaN}',
        b'{"to": {}, "type": 5, "template": {"name": [], "components": [{"type": "button", "index": []}]}}',
        b'{"messaging_product": "whatsapp", "to": "1", "type": "template", "template": {"components": 1}}',
        b'{"messaging_product": "whatsapp", "to": "1", "type": "template", "template": {"name": NaN}}',
        b'{"messaging_product": "whatsapp", "status": "read", "message_id": "\\ud800"}',
        b'{"to": "\\ud800", "text": ' + b'{"a": ' * 900 + b"1" + b"}" * 901,
    ],
)
def test_any_file_has_an_outcome(replay: Replay, tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "odd.json"
    file.write_bytes(raw)
    (outcome,) = replay.folder(tmp_path)
    assert outcome.verdict in ("accepted", "refused", "skipped")
    assert outcome.line()


def test_a_refusal_without_a_reason_is_wrong(replay: Replay, tmp_path: Path) -> None:
    file = tmp_path / "long.json"
    body = {"messaging_product": "whatsapp", "to": "491700000001", "text": {"body": "x" * 4097}}
    file.write_text(json.dumps(body))
    (outcome,) = replay.file(file)
    assert outcome.is_wrong


def test_requests_in_a_list_or_an_envelope_are_found(replay: Replay, tmp_path: Path) -> None:
    body = {"messaging_product": "whatsapp", "to": "491700000001", "text": {"body": "x"}}
    file = tmp_path / "several.json"
    file.write_text(json.dumps([body, {"method": "POST", "body": body}, "x", 1]))
    assert [outcome.verdict for outcome in replay.file(file)] == ["accepted", "accepted"]
