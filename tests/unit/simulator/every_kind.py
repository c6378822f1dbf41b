"""A talk with one message of every kind, as `/sim/phone` tells it, in the shapes of Meta's examples."""

from __future__ import annotations

import math
import struct
from typing import Any

from tests.unit.simulator.kit import ADA, NUMBER

SHOP = "https://shop.example.com"


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


def interactive(kind: str, action: Any, **more: Any) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "action": action, **more}}


def said(text: str) -> dict[str, Any]:
    return {"body": {"text": text}}


def bot_says(image: str, audio: str) -> list[dict[str, Any]]:
    """Return the contents of the bot. The media ids are those of files that the network has."""
    photo = {"type": "image", "image": {"id": image}}
    return [
        {
            "type": "text",
            "text": {
                "body": "*Welcome* to _Lucky Shrub_! ~Closed~ `open`.\n> We reply soon\n- https://example.com"
            },
        },
        {"type": "image", "image": {"id": image, "caption": "The hills behind our *garden*"}},
        {"type": "image", "image": {"id": "404"}},
        {"type": "audio", "audio": {"id": audio, "voice": True}},
        {
            "type": "document",
            "document": {"id": image, "filename": "price list of the spring.pdf", "caption": "Prices"},
        },
        {"type": "sticker", "sticker": {"id": image}},
        {
            "type": "location",
            "location": {
                "latitude": "52.51627",
                "longitude": 13.3777,
                "name": "Our shop",
                "address": "Pariser Platz",
            },
        },
        {
            "type": "contacts",
            "contacts": [
                {
                    "name": {"formatted_name": "Grace Hopper", "first_name": "Grace"},
                    "org": {"company": "Lucky Shrub"},
                    "phones": [{"phone": "+1 555 010 0001"}],
                    "emails": [{"email": "grace@example.com"}],
                }
            ],
        },
        interactive(
            "button",
            {
                "buttons": [
                    {"type": "reply", "reply": {"id": f"b{n}", "title": title}}
                    for n, title in enumerate(("Book", "Change", "Cancel"))
                ]
            },
            header=photo | {"type": "image"},
            footer={"text": "Reply within a day"},
            **said("What can we do for your garden?"),
        ),
        interactive(
            "list",
            {
                "button": "Choose a plant",
                "sections": [
                    {
                        "title": "Shade",
                        "rows": [
                            {"id": "fern", "title": "Fern", "description": "Likes it wet"},
                            {"id": "ivy", "title": "Ivy"},
                        ],
                    },
                    {
                        "title": "Sun",
                        "rows": [{"id": "sage", "title": "Sage", "description": "Likes it dry"}],
                    },
                ],
            },
            **said("Which plant?"),
        ),
        interactive(
            "cta_url",
            {"name": "cta_url", "parameters": {"display_text": "See dates", "url": SHOP}},
            **said("Dates"),
        ),
        interactive(
            "cta_url",
            {"name": "cta_url", "parameters": {"display_text": "Bad", "url": "javascript:alert(1)"}},
            **said("Bad"),
        ),
        interactive(
            "location_request_message", {"name": "send_location"}, **said("Where should we deliver?")
        ),
        interactive(
            "request_contact_info", {"name": "request_contact_info"}, **said("May we have your number?")
        ),
        interactive(
            "call_permission_request", {"name": "call_permission_request"}, **said("May we call you?")
        ),
        interactive(
            "voice_call", {"name": "voice_call", "parameters": {"display_text": "Call us"}}, **said("Call us")
        ),
        interactive(
            "flow",
            {
                "name": "flow",
                "parameters": {
                    "flow_message_version": "3",
                    "flow_name": "appointment",
                    "flow_token": "token-1",
                    "flow_cta": "Fill in",
                    "flow_action": "navigate",
                    "flow_action_payload": {"screen": "FIRST"},
                },
            },
            header={"type": "text", "text": "Appointment"},
            **said("Tell us when"),
        ),
        interactive(
            "address_message",
            {
                "name": "address_message",
                "parameters": {
                    "country": "IN",
                    "values": {"city": "Delhi"},
                    "validation_errors": {"in_pin_code": "unknown"},
                },
            },
            **said("Your address?"),
        ),
        interactive("product", {"catalog_id": "c1", "product_retailer_id": "fern-1"}, **said("Our fern")),
        interactive(
            "product_list",
            {
                "catalog_id": "c1",
                "sections": [
                    {
                        "title": "Plants",
                        "product_items": [
                            {"product_retailer_id": "fern-1"},
                            {"product_retailer_id": "ivy-2"},
                        ],
                    }
                ],
            },
            header={"type": "text", "text": "Plants"},
            **said("All our plants"),
        ),
        interactive(
            "catalog_message",
            {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "fern-1"}},
            **said("Everything"),
        ),
        interactive(
            "carousel",
            {
                "cards": [
                    {
                        "card_index": n,
                        "type": "cta_url",
                        "header": {"type": "image", "image": {"id": image}},
                        "body": {"text": f"Deal {n}"},
                        "action": {
                            "name": "cta_url",
                            "parameters": {"display_text": "Shop now", "url": f"{SHOP}/{n}"},
                        },
                    }
                    for n in range(3)
                ]
            },
            **said("Our deals"),
        ),
        interactive(
            "order_details",
            {
                "name": "review_and_pay",
                "parameters": {
                    "reference_id": "r-1",
                    "currency": "INR",
                    "total_amount": {"value": 1100, "offset": 100},
                    "order": {
                        "items": [{"name": "bread", "quantity": 1, "amount": {"value": 1000, "offset": 100}}],
                        "tax": {"value": 100, "offset": 100},
                    },
                },
            },
            **said("Your bill"),
        ),
        interactive(
            "order_status",
            {"name": "review_order", "parameters": {"reference_id": "r-1", "order": {"status": "shipped"}}},
            **said("On its way"),
        ),
        interactive("hologram", {"name": "hologram"}, **said("From the future")),
        {
            "type": "template",
            "template": {"name": "appointment_reminder", "language": {"code": "en"}, "components": []},
        },
        {"type": "pigeon", "pigeon": {"name": "Carl"}},
    ]


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
    names = {"name": "appointment_reminder", "header": "Reminder", "footer": "Lucky Shrub"}
    kinds = [
        {"type": "URL", "text": "Open", "url": SHOP},
        {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550100001"},
    ]
    template = {**names, "buttons": ["Confirm", "Change", *kinds, {"type": "COPY_CODE", "text": "Copy"}]}
    out = [line("out", f"out-{n}", content, now) for n, content in enumerate(bot_says(image, audio))]
    for one in out:
        if one["content"]["type"] == "template":
            one["template"] = template
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
