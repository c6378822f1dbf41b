"""A talk with one message of every kind, as `/sim/phone` tells it, in the shapes of Meta's examples."""

from __future__ import annotations

import math
import struct
from typing import Any

from tests.unit.simulator.kit import ADA, NUMBER
from tests.unit.simulator.page.bot_kinds import TEMPLATES, bot_says


def sound(seconds: float = 0.5) -> bytes:
    """Return a WAV file with a tone."""
    count = int(8000 * seconds)
    samples = bytes(int(128 + 100 * math.sin(n / 3)) for n in range(count))
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + count,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        8000,
        8000,
        1,
        8,
        b"data",
        count,
    )
    return head + samples


def contact_says(image: str, audio: str, quoted: str) -> list[dict[str, Any]]:
    """Return the contents of the contact. `quoted` is a message of the bot."""
    file = {"id": image, "mime_type": "image/jpeg", "sha256": "4WMP="}
    nfm = {
        "name": "flow",
        "body": "Sent",
        "response_json": '{"flow_token": "token-1", "day": "Monday", "people": 2}',
    }
    return [
        {"type": "text", "text": {"body": "Yes, please"}, "context": {"from": "15550100001", "id": quoted}},
        {"type": "text", "text": {"body": "I heard this"}, "context": {"forwarded": True}},
        {"type": "image", "image": {**file, "caption": "My garden"}},
        {"type": "audio", "audio": {"id": audio, "mime_type": "audio/ogg; codecs=opus", "voice": True}},
        {"type": "document", "document": {**file, "filename": "plan.pdf", "mime_type": "application/pdf"}},
        {"type": "location", "location": {"latitude": 52.5, "longitude": 13.4}},
        {"type": "button", "button": {"payload": "p", "text": "Confirm"}, "context": {"id": quoted}},
        {
            "type": "interactive",
            "interactive": {
                "type": "list_reply",
                "list_reply": {"id": "fern", "title": "Fern", "description": "Likes it wet"},
            },
        },
        {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": nfm}},
        {
            "type": "order",
            "order": {
                "catalog_id": "c1",
                "text": "Quickly",
                "product_items": [
                    {"product_retailer_id": "fern-1", "quantity": 2, "item_price": 9.9, "currency": "EUR"}
                ],
            },
        },
        {"type": "unsupported", "errors": [{"code": 131051}]},
    ]


def phone(now: float, image: str, audio: str) -> dict[str, Any]:
    """Return the answer of `/sim/phone` with all of it."""
    template_of = {template["name"]: template for template in TEMPLATES}
    out = [line("out", f"out-{n}", content, now) for n, content in enumerate(bot_says(image, audio))]
    for one in out:
        if one["content"]["type"] == "template":
            one["template"] = template_of[one["content"]["template"]["name"]]
    out[0]["status"] = "failed"
    out[0]["error"] = {
        "code": 131047,
        "title": "Re-engagement message",
        "error_data": {"details": "More than 24 hours"},
    }
    ours = [
        line("in", f"in-{n}", content, now) for n, content in enumerate(contact_says(image, audio, "out-8"))
    ]
    changes: list[dict[str, Any]] = [
        {
            "type": "edit",
            "edit": {
                "original_message_id": "in-1",
                "message": {"type": "text", "text": {"body": "I read this"}},
            },
        },
        {"type": "revoke", "revoke": {"original_message_id": "in-4"}},
        {"type": "reaction", "reaction": {"message_id": "out-1", "emoji": "\N{THUMBS UP SIGN}"}},
    ]
    later = [line("in", f"change-{n}", content, now) for n, content in enumerate(changes)]
    return {
        "webhook": "http://127.0.0.1:1/",
        "faults": [],
        "now": now,
        "number": "15550100001",
        "window_closes_at": now + 86_000,
        "typing": True,
        "people": [{"id": ADA, "name": "Ada", "text": "Yes, please", "at": now, "heard": len(out)}],
        "lines": out + ours + later,
    }


def line(direction: str, message_id: str, content: dict[str, Any], at: float) -> dict[str, Any]:
    """Return one line of the transcript."""
    given = content.get(content["type"]) or {}
    words = given.get("body", "") if isinstance(given, dict) else ""
    text = words["text"] if isinstance(words, dict) else words or f"({content['type']})"
    return {
        "direction": direction,
        "contact": ADA,
        "phone_number_id": NUMBER,
        "text": text,
        "choices": [],
        "at": at,
        "id": message_id,
        "status": "read",
        "content": content,
    }
