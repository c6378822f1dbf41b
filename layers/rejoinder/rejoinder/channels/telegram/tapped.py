"""A keyboard after a tap: the button that was tapped is marked, and the others go on working.

Telegram shows nobody what they tapped. The receipt of a tap is its id and the marked keyboard, as JSON.
"""

import json

from rejoinder.channels.fields import Json, object_of, words_of

MARK = "✓ "
"""What stands before the words of the button that was tapped last."""


def title_of(query: Json) -> str:
    """Return the words on the button that was tapped; empty when Telegram does not tell them."""
    data = query.get("data")
    found = (one for row in _rows(query) for one in row if isinstance(data, str) and _data(one) == data)
    return next((_title(one) for one in found), "")


def receipt_of(id: str, query: Json) -> str:  # noqa: A002 - a field
    """Return the receipt of a tap with that id; empty where there is nothing to mark."""
    before, data = _rows(query), query.get("data")
    after = [[_marked(one, is_tapped=_data(one) == data) for one in row] for row in before]
    return "" if after == before or not isinstance(data, str) else f"{id} {json.dumps(after)}"


def read_receipt(receipt: str) -> tuple[str, object]:
    """Return the id of what is to be marked as read, and the keyboard that it gets; None for no keyboard."""
    id, _, keyboard = receipt.partition(" ")
    return id, json.loads(keyboard) if keyboard else None


def _rows(query: Json) -> list[list[Json]]:
    markup = object_of(object_of(query, "message"), "reply_markup")
    rows = markup.get("inline_keyboard")
    lists = [row for row in rows if isinstance(row, list)] if isinstance(rows, list) else []
    return [[one for one in row if isinstance(one, dict)] for row in lists]


def _data(button: Json) -> object:
    return button.get("callback_data")


def _title(button: Json) -> str:
    return words_of(button.get("text")).removeprefix(MARK)


def _marked(button: Json, *, is_tapped: bool) -> Json:
    return {**button, "text": (MARK if is_tapped else "") + _title(button)}
