"""The tool that tells what is lost of any folder of bodies knows Telegram's updates."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.payloads.__main__ import main
from tests.payloads.check import Found, check
from tests.payloads.dropped import why_dropped
from tests.payloads.recognise import bodies_in
from tests.payloads.telegram import DROPPED
from tests.unit.telegram.test_any_webhook import VALID, mutated


def found_in(body: Any) -> Found:
    (found,) = map(check, bodies_in(body))
    return found


FOUND = [found_in(update) for update in VALID]


def test_nothing_of_our_examples_is_lost() -> None:
    assert {found.kind for found in FOUND} == {"update"}
    assert [place for found in FOUND for place in found.lost] == []
    assert not any(found.raised for found in FOUND)


def test_what_is_said_to_be_dropped_is_dropped_of_some_example() -> None:
    dropped = [place for found in FOUND for place in found.dropped]
    useless = [
        where
        for where, why in DROPPED.items()
        if not any(why_dropped({where: why}, place) for place in dropped)
    ]
    assert useless == []


def test_a_leaf_that_nobody_reads_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    update: Any = copy.deepcopy(next(one for one in VALID if "text" in one.get("message", {})))
    update["message"]["colour"] = "red"
    assert found_in(update).lost == ("message.colour",)
    (tmp_path / "one.json").write_text(json.dumps({"body": json.dumps(update)}))
    assert main([str(tmp_path)]) == 1
    assert "lost: message.colour" in capsys.readouterr().out


def test_what_belongs_to_no_chat_is_set_aside() -> None:
    found = found_in({"update_id": 1, "message": {"text": "hi"}})
    assert found.set_aside
    assert "message without chat" in found.why
    assert found_in({"update_id": "odd"}).set_aside


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_no_mutation_of_an_update_raises(update: Any) -> None:
    assert not any(found.raised for found in map(check, bodies_in(update)))
