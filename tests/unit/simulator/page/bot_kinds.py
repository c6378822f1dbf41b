"""One message of every kind that a bot sends, in the shapes of Meta's examples."""

from __future__ import annotations

from typing import Any

SHOP = "https://shop.example.com"


def interactive(kind: str, action: Any, **more: Any) -> dict[str, Any]:
    return {"type": "interactive", "interactive": {"type": kind, "action": action, **more}}


def said(text: str) -> dict[str, Any]:
    return {"body": {"text": text}}


BILL: dict[str, Any] = {
    "reference_id": "r-1",
    "type": "digital-goods",
    "payment_type": "upi",
    "payment_configuration": "our-bank",
    "currency": "INR",
    "total_amount": {"value": 1100, "offset": 100},
    "order": {
        "status": "pending",
        "items": [
            {"retailer_id": "b", "name": "bread", "quantity": 1, "amount": {"value": 1000, "offset": 100}}
        ],
        "subtotal": {"value": 1000, "offset": 100},
        "tax": {"value": 100, "offset": 100},
    },
}

TEMPLATES: list[dict[str, Any]] = [
    {
        "name": "spring",
        "language": "en",
        "body": "Dear {{1}}, *everything* is green.",
        "header_format": "IMAGE",
        "footer": "Lucky Shrub",
        "buttons": [
            "Confirm",
            {"kind": "URL", "text": "Open", "url": f"{SHOP}/{{{{1}}}}"},
            {"kind": "PHONE_NUMBER", "text": "Call"},
            {"kind": "COPY_CODE", "text": "Copy"},
        ],
    },
    {
        "name": "deals",
        "language": "en",
        "body": "Deals for {{1}}",
        "cards": [
            {"header_format": "IMAGE", "body": "Deal {{1}}", "buttons": ["More of it"]} for _ in range(2)
        ],
    },
]
"""The templates in the talk, as `/sim/templates` takes them."""


def template(name: str, *components: Any) -> dict[str, Any]:
    named = {"name": name, "language": {"code": "en"}}
    return {"type": "template", "template": {**named, "components": list(components)}}


def spring(image: str) -> list[dict[str, Any]]:
    """Return the components of the template with a picture."""
    return [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": image}}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Ada"}]},
        {
            "type": "button",
            "sub_type": "url",
            "index": "1",
            "parameters": [{"type": "text", "text": "dates"}],
        },
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": 3,
            "parameters": [{"type": "coupon_code", "coupon_code": "GREEN20"}],
        },
    ]


def deal(image: str, index: int) -> dict[str, Any]:
    """Return one card of the template with cards."""
    return {
        "card_index": index,
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": image}}]},
            {"type": "body", "parameters": [{"type": "text", "text": str(index + 1)}]},
            {
                "type": "button",
                "sub_type": "quick_reply",
                "index": 0,
                "parameters": [{"type": "payload", "payload": f"deal-{index}"}],
            },
        ],
    }


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
        interactive("order_details", {"name": "review_and_pay", "parameters": BILL}, **said("Your bill")),
        interactive(
            "order_status",
            {"name": "review_order", "parameters": {"reference_id": "r-1", "order": {"status": "shipped"}}},
            **said("On its way"),
        ),
        interactive("hologram", {"name": "hologram"}, **said("From the future")),
        template("spring", *spring(image)),
        template(
            "deals",
            {"type": "body", "parameters": [{"type": "text", "text": "Ada"}]},
            {"type": "carousel", "cards": [deal(image, n) for n in range(2)]},
        ),
        {"type": "pigeon", "pigeon": {"name": "Carl"}},
    ]
