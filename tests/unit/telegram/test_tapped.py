"""After a tap the button is marked, and the keyboard stays."""

import json
from typing import Any

from rejoinder.channels.telegram.tapped import read_receipt, receipt_of, title_of

YES, NO = {"text": "Yes", "callback_data": "y"}, {"text": "No", "callback_data": "n"}
LINK = {"text": "Open", "url": "https://example.com"}


def tap(data: str, *rows: list[Any]) -> dict[str, Any]:
    return {"data": data, "message": {"reply_markup": {"inline_keyboard": list(rows)}}}


def test_the_button_that_was_tapped_is_marked_and_the_others_stay() -> None:
    named, keyboard = read_receipt(receipt_of("1.2.t3", tap("n", [YES, NO], [LINK])))
    assert named == "1.2.t3"
    assert keyboard == [[YES, {**NO, "text": "✓ No"}], [LINK]]


def test_the_mark_moves_with_the_next_tap_and_is_no_part_of_the_title() -> None:
    again = tap("y", [YES, {**NO, "text": "✓ No"}])
    assert read_receipt(receipt_of("1.2.t4", again))[1] == [[{**YES, "text": "✓ Yes"}, NO]]
    assert title_of(tap("n", [YES, {**NO, "text": "✓ No"}])) == "No"


def test_a_tap_on_the_marked_button_changes_nothing() -> None:
    assert receipt_of("1.2.t4", tap("n", [{**NO, "text": "✓ No"}])) == ""


def test_a_keyboard_that_is_none_is_left_alone() -> None:
    for query in ({}, {"data": "y"}, tap("y"), tap("y", [1, "no button"]), {"data": 1, "message": 5}):
        assert receipt_of("1.2.t3", query) == ""
        assert title_of(query) == ""
    assert read_receipt("1.2") == ("1.2", None)


def test_a_receipt_is_one_text_without_line_breaks() -> None:
    receipt = receipt_of("1.2.t3", tap("y", [{**YES, "text": "Yes\nno"}]))
    assert receipt.partition(" ")[0] == "1.2.t3"
    assert json.loads(receipt.partition(" ")[2])
    assert "\n" not in receipt
