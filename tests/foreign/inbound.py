"""What a contact sends: an order of the control API for each kind of message."""

from __future__ import annotations

import json
from typing import Any

from rejoinder.workbench import development
from tests.foreign.running import FIRST, USER_ID

FILE = {"id": "4711", "sha256": "MA==", "mime_type": "image/jpeg"}
QUOTING = {"from": development.DISPLAY_PHONE_NUMBER, "id": FIRST}
ANSWERS = json.dumps({"flow_token": "7", "name": "Ada"})


def _message(kind: str, content: Any, **around: Any) -> dict[str, Any]:
    return {"message": {"type": kind, kind: content}, **around}


def _reply(kind: str, content: Any) -> dict[str, Any]:
    return _message("interactive", {"type": kind, kind: content}, context=QUOTING)


INBOUND: dict[str, dict[str, Any]] = {
    "text": {"text": "hello"},
    "reply": {"text": "this one", "context": QUOTING},
    "forwarded": {"text": "look", "context": {"forwarded": True}},
    "advertisement": {
        "text": "hello",
        "referral": {
            "source_url": "https://fb.me/x",
            "source_id": "1",
            "source_type": "ad",
            "headline": "Clinic",
            "body": "Come",
            "media_type": "image",
            "image_url": "https://clinic.example/ad.png",
            "ctwa_clid": "x",
        },
    },
    "user id": {"from": USER_ID, "text": "hello"},
    "image": _message("image", {**FILE, "caption": "Look"}),
    "video": _message("video", {**FILE, "mime_type": "video/mp4"}),
    "audio": _message("audio", {**FILE, "mime_type": "audio/mpeg", "voice": False}),
    "voice": _message("audio", {**FILE, "mime_type": "audio/ogg; codecs=opus", "voice": True}),
    "document": _message("document", {**FILE, "mime_type": "application/pdf", "filename": "a.pdf"}),
    "sticker": _message("sticker", {**FILE, "mime_type": "image/webp", "animated": False}),
    "location": _message("location", {"latitude": 52.5, "longitude": 13.4, "name": "Clinic"}),
    "contacts": _message(
        "contacts",
        [
            {
                "name": {"formatted_name": "Ada Berg", "first_name": "Ada"},
                "phones": [{"phone": "+491700000009", "wa_id": "491700000009", "type": "CELL"}],
            }
        ],
    ),
    "reaction": _message("reaction", {"message_id": FIRST, "emoji": "👍"}),
    "reaction removed": _message("reaction", {"message_id": FIRST}),
    "quick reply": _message("button", {"payload": "yes", "text": "Yes"}, context=QUOTING),
    "button": _reply("button_reply", {"id": "yes", "title": "Yes"}),
    "row": _reply("list_reply", {"id": "m9", "title": "9:00", "description": "with Ada"}),
    "flow": _reply("nfm_reply", {"name": "flow", "body": "Sent", "response_json": ANSWERS}),
    "call permission": _reply(
        "call_permission_reply",
        {"response": "accept", "is_permanent": True, "response_source": "user_action"},
    ),
    "order": _message(
        "order",
        {
            "catalog_id": "77",
            "text": "please",
            "product_items": [
                {"product_retailer_id": "brace-1", "quantity": 1, "item_price": 10, "currency": "EUR"}
            ],
        },
    ),
    "edited": _message(
        "edit", {"original_message_id": FIRST, "message": {"type": "text", "text": {"body": "hello"}}}
    ),
    "deleted": _message("revoke", {"original_message_id": FIRST}),
    "unsupported": {
        "message": {
            "type": "unsupported",
            "errors": [
                {
                    "code": 131051,
                    "title": "Message type unknown",
                    "message": "Message type unknown",
                    "error_data": {"details": "Message type is currently not supported."},
                }
            ],
            "edited": _message(
                "edit", {"original_message_id": FIRST, "message": {"type": "text", "text": {"body": "hello"}}}
            ),
            "deleted": _message("revoke", {"original_message_id": FIRST}),
            "unsupported": {"type": "poll_creation"},
        }
    },
}
