"""Messages that several tests send."""

from __future__ import annotations

from typing import Any

BUTTONS: dict[str, Any] = {
    "type": "button",
    "body": {"text": "What can I do?"},
    "action": {
        "buttons": [
            {"type": "reply", "reply": {"id": "book", "title": "Book a table"}},
            {"type": "reply", "reply": {"id": "person", "title": "Talk to a person"}},
        ]
    },
}
LIST: dict[str, Any] = {
    "type": "list",
    "body": {"text": "Which day?"},
    "action": {
        "button": "Days",
        "sections": [
            {
                "title": "Soon",
                "rows": [
                    {"id": "row-1", "title": "Today"},
                    {"id": "row-2", "title": "Tomorrow", "description": "until ten"},
                ],
            }
        ],
    },
}
