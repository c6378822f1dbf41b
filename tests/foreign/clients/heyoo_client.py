"""heyoo, as its users write it. It has no handlers: it reads the body of a webhook, field by field."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from heyoo import WhatsApp
from told import PLAN, obey, tell

to, link = PLAN["contact"], PLAN["link"]
png = bytes.fromhex(PLAN["png"])
folder = Path(tempfile.mkdtemp())
heyoo = WhatsApp(PLAN["token"], PLAN["number"])
# heyoo asks versions of 2022 that Meta has switched off. Its addresses are plain attributes.
heyoo.base_url = heyoo.v15_base_url = f"{PLAN['url']}/v25.0"
heyoo.url = f"{heyoo.base_url}/{PLAN['number']}/messages"

LIST = {
    "header": "Times",
    "body": "When?",
    "footer": "soon",
    "action": {"button": "Times", "sections": [{"title": "Monday", "rows": [{"id": "m9", "title": "9:00"}]}]},
}
BUTTONS = {
    "type": "button",
    "body": {"text": "Well?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]},
}
CARD = {
    "name": {"formatted_name": "Ada Berg", "first_name": "Ada"},
    "phones": [{"phone": "+491700000009", "type": "WORK"}],
}
VALUES = [
    {
        "type": "body",
        "parameters": [
            {"type": "text", "text": "a"},
            {"type": "text", "text": "b"},
            {"type": "text", "text": "c"},
        ],
    }
]
HEADER = [{"type": "header", "parameters": [{"type": "text", "text": "x"}]}]


def file() -> dict[str, Any]:
    """Upload a file, look it up, fetch it and delete it."""
    place = folder / "a.png"
    place.write_bytes(png)
    media_id = heyoo.upload_media(str(place))["id"]
    url = heyoo.query_media_url(media_id)
    fetched = heyoo.download_media(url, "image/png", str(folder / "fetched"))
    heyoo.send_image(media_id, to, link=False)
    return {"same": Path(fetched).read_bytes() == png, "deleted": bool(heyoo.delete_media(media_id))}


SENDS: dict[str, Callable[[], Any]] = {
    "text": lambda: heyoo.send_message("hello", to),
    "reply": lambda: heyoo.reply_to_message(PLAN["inbound"], to, "yes"),
    "reaction": lambda: heyoo.send_reaction("👍", PLAN["inbound"], to),
    "group": lambda: heyoo.send_message("hello", PLAN["group"], recipient_type="group"),
    "template": lambda: heyoo.send_template("plain", to, [], lang="en"),
    "template by position": lambda: heyoo.send_template("positional", to, HEADER + VALUES, lang="en"),
    "location": lambda: heyoo.send_location("52.5", "13.4", "Clinic", "Long Road 1", to),
    "image": lambda: heyoo.send_image(link, to, caption="Look"),
    "sticker": lambda: heyoo.send_sticker(link, to),
    "audio": lambda: heyoo.send_audio(link, to),
    "video": lambda: heyoo.send_video(link, to, caption="Look"),
    "document": lambda: heyoo.send_document(link, to, caption="Look"),
    "contacts": lambda: heyoo.send_contacts([CARD], to),
    "list": lambda: heyoo.send_button(LIST, to),
    "buttons": lambda: heyoo.send_reply_button(BUTTONS, to),
    "json": lambda: heyoo.send_custom_json(
        {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": "hello"}}
    ),
    "read": lambda: heyoo.mark_as_read(PLAN["inbound"]),
    "file": file,
    "too long": lambda: heyoo.send_message("x" * 4097, to),
}


def outcome_of(send: Callable[[], Any]) -> dict[str, Any]:
    try:
        answer = send()
    except Exception as error:
        return {"error": repr(error)}
    if not isinstance(answer, dict):
        return {"error": repr(answer)}
    if error := answer.get("error"):
        return {
            "code": error["code"],
            "words": error.get("error_data", {}).get("details") or error["message"],
        }
    return {"id": answer["messages"][0]["id"]} if "messages" in answer else answer


def get(query: dict[str, str]) -> tuple[int, str]:
    right = query.get("hub.verify_token") == PLAN["verify_token"]
    return (200, query["hub.challenge"]) if right else (403, "")


READERS = {
    "text": "get_message",
    "interactive": "get_interactive_response",
    "location": "get_location",
    "image": "get_image",
    "document": "get_document",
    "audio": "get_audio",
    "video": "get_video",
}


def post(raw: bytes, _: Mapping[str, str]) -> tuple[int, str]:
    body = json.loads(raw)
    if heyoo.changed_field(body) != "messages":
        return 200, ""
    if heyoo.is_message(body):
        kind = heyoo.get_message_type(body)
        read = getattr(heyoo, READERS[kind])(body) if kind in READERS else None
        tell(received=heyoo.get_message_id(body), shape="message", type=kind, read=read is not None)
    else:
        status = body["entry"][0]["changes"][0]["value"]["statuses"][0]
        tell(received=status["id"], shape="status", type=heyoo.get_delivery(body))
    return 200, ""


obey(SENDS, outcome_of, get, post)
