"""The bodies of webhooks, byte for byte as Meta sends them, and their signatures.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.interactive import Choice
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.media import Medium
from rejoinder.workbench.simulator.pricing import REGULAR
from rejoinder.workbench.simulator.records import Said, Sent
from rejoinder.workbench.simulator.settings import Settings

FIELDS: Final = (
    *("account_alerts", "account_review_update", "account_settings_update", "account_update"),
    *("automatic_events", "business_capability_update", "business_username_updates", "calls", "flows"),
    *("group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update"),
    *("history", "message_template_components_update", "message_template_quality_update"),
    *("message_template_status_update", "messages", "messaging_handovers", "partner_solutions"),
    *("payment_configuration_update", "phone_number_name_update", "phone_number_quality_update", "security"),
    *("smb_app_state_sync", "smb_message_echoes", "standby", "template_category_update"),
    *("template_correct_category_detection", "user_preferences"),
)
"""What an app may subscribe to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One message or status of a webhook."""

    phone_number_id: str

    key: str
    """The list that it is in: `messages` or `statuses`."""

    item: JsonObject
    """The message or the status."""

    contact: JsonObject | None
    """Its entry in `contacts`, if there is one."""

    said: Said | None = None
    """The contact's message, if it is one."""


def encode(body: object) -> bytes:
    r"""Return JSON as Meta writes it: `\u00e4` with lower-case digits, `\/`, no spaces."""
    # A slash can only stand inside a string, so replacing it in the whole text is right.
    return json.dumps(body, separators=(",", ":")).replace("/", "\\/").encode("ascii")


def sign(secret: str, raw: bytes, algorithm: str = "sha256") -> str:
    """Return the value of `X-Hub-Signature-256` (or of the old `X-Hub-Signature`, with `sha1`)."""
    return f"{algorithm}={hmac.new(secret.encode(), raw, algorithm).hexdigest()}"


def signatures(secret: str, raw: bytes) -> dict[str, str]:
    """Return the headers of a genuine webhook. Meta still sends the old one too."""
    old = {"X-Hub-Signature": sign(secret, raw, "sha1")}
    return {**old, "X-Hub-Signature-256": sign(secret, raw)}


def body_of(updates: Iterable[Update], settings: Settings) -> JsonObject:
    """Return one webhook with many updates. It has one change for each business number."""
    values: dict[str, JsonObject] = {}
    for update in updates:
        value = values.setdefault(update.phone_number_id, _value(update.phone_number_id, settings))
        if update.contact and update.contact not in value.setdefault("contacts", []):
            value["contacts"].append(update.contact)
        value.setdefault(update.key, []).append(update.item)
    changes = [{"value": value, "field": "messages"} for value in values.values()]
    return {"object": "whatsapp_business_account", "entry": [{"id": settings.waba_id, "changes": changes}]}


def _value(phone_number_id: str, settings: Settings) -> JsonObject:
    number = settings.phone_numbers[phone_number_id]
    metadata = {"display_phone_number": number, "phone_number_id": phone_number_id}
    return {"messaging_product": "whatsapp", "metadata": metadata}


def account_event(waba_id: str, at: float, field: str, value: JsonObject) -> JsonObject:
    """Return a webhook with an event of the account. Its time is a number, unlike that of messages."""
    changes = [{"value": value, "field": field}]
    entry = {"id": waba_id, "time": int(at), "changes": changes}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def inbound_update(said: Said, content: JsonObject) -> Update:
    """Return the update of a contact's message. `content` holds its type, its object and its context."""
    contact = said.contact
    sender = {"from": contact.wa_id} if contact.wa_id else {}
    item = {
        **sender,
        "from_user_id": contact.user_id,
        "id": said.id,
        "timestamp": str(int(said.at)),
        **content,
    }
    return Update(
        phone_number_id=said.phone_number_id,
        key="messages",
        item=item,
        contact=contact_block(contact),
        said=said,
    )


def text_content(text: str) -> JsonObject:
    return {"type": "text", "text": {"body": text}}


def file_content(kind: str, file: JsonObject) -> JsonObject:
    """Return what an image, a document and the like sends. Empty fields are left out."""
    return {"type": kind, kind: {name: value for name, value in file.items() if value != ""}}


def media_content(
    kind: str,
    medium: Medium,
    url: str,
    *,
    caption: str = "",
    voice: bool | None = None,
    animated: bool | None = None,
) -> JsonObject:
    """Return what a contact sends with a file of the shelf. `url` is a fresh address of it.

    `voice` is for audio and `animated` for stickers. Only a document shows its name.
    """
    marks = {"voice": voice, "animated": animated}
    file: JsonObject = {
        "caption": caption,
        "filename": medium.filename if kind == "document" else "",
        "mime_type": medium.mime_type,
        "sha256": medium.base64_hash,
        "id": medium.id,
        "url": url,
        **{name: mark for name, mark in marks.items() if mark is not None},
    }
    return file_content(kind, file)


def location_content(latitude: float, longitude: float, name: str) -> JsonObject:
    """Return what a place sends. One that the contact only pointed at has no name."""
    named = {"name": name} if name else {}
    return {"type": "location", "location": {"latitude": latitude, "longitude": longitude, **named}}


def card_content(name: str, numbers: Iterable[str]) -> JsonObject:
    """Return what a card of the contact's address book sends. The numbers are digits."""
    phones = [{"phone": f"+{number}", "wa_id": number, "type": "CELL"} for number in numbers]
    names = {"formatted_name": name, "first_name": name.partition(" ")[0]}
    return {"type": "contacts", "contacts": [{"name": names, "phones": phones}]}


def tap_content(choice: Choice, sent: Sent, display_number: str) -> JsonObject:
    """Return what a tap sends. A quick reply of a template is a `button`, all others are `interactive`."""
    context = {"context": {"from": display_number, "id": sent.id}}
    if choice.kind == "button":
        return {**context, "type": "button", "button": {"payload": choice.id, "text": choice.title}}
    described = {"description": choice.description} if choice.description else {}
    reply = {"id": choice.id, "title": choice.title, **described}
    return {**context, "type": "interactive", "interactive": {"type": choice.kind, choice.kind: reply}}


def status_update(sent: Sent, contact: Contact, status: str, at: float, *, priced: bool) -> Update:
    """Return the update of a status. A failed one has the error of `sent.doomed` and no contact."""
    item: JsonObject = {"id": sent.id, "status": status, "timestamp": str(int(at))}
    if contact.wa_id:
        item["recipient_id"] = contact.wa_id
    if contact.is_group:
        item["recipient_type"] = "group"
    # A failed status has no user id if the message went to a phone number.
    elif status != "failed" or "recipient" in sent.address:
        item["recipient_user_id"] = contact.user_id
    if priced:
        item |= _conversation(sent, status)
        item["pricing"] = _pricing(sent)
    if status == "failed":
        item["errors"] = [errors.status_error(sent.doomed or 131000, sent.doom)]
    if sent.callback_data is not None:
        item["biz_opaque_callback_data"] = sent.callback_data
    block = None if status == "failed" or contact.is_group else contact_block(contact)
    return Update(phone_number_id=sent.phone_number_id, key="statuses", item=item, contact=block)


def _pricing(sent: Sent) -> JsonObject:
    price = sent.price
    model = {"billable": price.type == REGULAR, "pricing_model": "PMP"}
    return {**model, "type": price.type, "category": price.category}


def _conversation(sent: Sent, status: str) -> JsonObject:
    """Return the conversation, which only a free entry point still has."""
    price = sent.price
    if not price.conversation:
        return {}
    expires = {"expiration_timestamp": str(int(price.expires_at))} if status == "sent" else {}
    origin = {"origin": {"type": price.category}}
    return {"conversation": {"id": price.conversation, **expires, **origin}}


def preference_event(
    contact: Contact, number: str, settings: Settings, *, at: float, value: str
) -> JsonObject:
    """Return the webhook of a contact who stops or resumes marketing. Its time is a number."""
    who = {"wa_id": contact.wa_id} if contact.wa_id else {}
    preference = {
        **who,
        "user_id": contact.user_id,
        "detail": f"User requested to {value} marketing messages",
        "category": "marketing_messages",
        "value": value,
        "timestamp": int(at),
    }
    value_ = {
        **_value(number, settings),
        "contacts": [contact_block(contact)],
        "user_preferences": [preference],
    }
    changes = [{"value": value_, "field": "user_preferences"}]
    entry = {"id": settings.waba_id, "changes": changes}
    return {"object": "whatsapp_business_account", "entry": [entry]}


def contact_block(contact: Contact) -> JsonObject:
    """Return the entry in `contacts`. It has no `profile` until the contact has a name."""
    username = {"username": contact.username} if contact.username else {}
    profile = {"profile": {"name": contact.name, **username}} if contact.name else {}
    number = {"wa_id": contact.wa_id} if contact.wa_id else {}
    return {**profile, **number, "user_id": contact.user_id}
