"""The tool that tells what is lost of any folder of bodies, and the page that it writes."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.payloads.__main__ import EXAMPLES, checked, main
from tests.payloads.check import check
from tests.payloads.page import PAGE, written
from tests.payloads.recognise import bodies_in
from tests.unit.whatsapp.test_any_webhook import JSON, VALID, mutated


def found_in(body: Any) -> list[tuple[str, tuple[str, ...], str]]:
    """Return the kind of each body, what is lost of it, and why it is not ours."""
    return [(found.kind, found.lost, found.why) for found in map(check, bodies_in(body))]


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def test_nothing_of_our_examples_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(EXAMPLES)]) == 0
    assert "lost" not in capsys.readouterr().out
    assert {found.kind for _, found in checked(EXAMPLES)} == {
        "webhook",
        "update",
        "outbound",
        "error",
        "answer",
        "management",
        "unknown",
    }


def test_nothing_of_the_wire_cases_raises() -> None:
    for webhook in VALID:
        assert [found.raised for found in map(check, bodies_in(webhook))] == [False]


def test_a_leaf_that_nobody_reads_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    webhook = example("webhook/text_in_reply")
    webhook["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["colour"] = "red"
    assert found_in(webhook) == [("webhook", ("messages: messages[].text.colour",), "")]
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "one.json").write_text(json.dumps(webhook))
    assert main([str(tmp_path)]) == 1
    assert "lost: messages: messages[].text.colour" in capsys.readouterr().out


def test_a_part_of_a_request_that_is_not_sent_is_lost() -> None:
    request = example("requests/text")
    assert found_in(request) == [("outbound", (), "")]
    request["text"]["colour"] = "red"
    assert found_in(request) == [("outbound", ("text.colour",), "")]
    request["type"] = "telepathy"
    assert found_in(request)[0][2] == "rejoinder does not say it: a message of the type telepathy"


@pytest.mark.parametrize("wrap", [lambda body: [body], lambda body: {"a": {"body": json.dumps(body)}}])
def test_a_body_is_found_in_what_wraps_it(wrap: Any) -> None:
    for name in ("webhook/voice", "parts/message", "parts/status", "requests/list", "others/error"):
        assert found_in(wrap(example(name))) == found_in(example(name))


def test_what_belongs_to_no_account_is_set_aside() -> None:
    webhook = example("webhook/voice")
    del webhook["entry"][0]["changes"][0]["value"]["metadata"]
    (found,) = map(check, bodies_in(webhook))
    assert found.set_aside
    assert "a message without account" in found.why


def test_a_file_that_is_no_json_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "odd.json").write_text("{")
    assert main([str(tmp_path)]) == 0
    assert "not JSON" in capsys.readouterr().out


def test_what_is_nested_too_deeply_raises_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lists = "[" * 900 + "]" * 900
    message = example("parts/message")
    (tmp_path / "one.json").write_text(lists)
    (tmp_path / "two.json").write_text(
        json.dumps(message | {"more": 0}).replace('"more": 0', f'"more": {lists}')
    )
    assert main([str(tmp_path)]) == 0
    assert "nested too deeply" in capsys.readouterr().out


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(JSON)
def test_any_json_is_something_and_raises_nothing(body: Any) -> None:
    assert not any(found.raised for found in map(check, bodies_in(body)))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_no_mutation_of_a_webhook_raises(webhook: Any) -> None:
    assert not any(found.raised for found in map(check, bodies_in(webhook)))


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    assert written(PAGE.read_text()) == PAGE.read_text(), "run python -m tests.payloads --page"
