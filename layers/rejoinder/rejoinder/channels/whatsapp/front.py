"""The front of WhatsApp: it proves that Meta sent a webhook, and splits the webhook.

This module needs the standard library only. It reads only the fields that say where an update goes. `inbound`
parses the update itself.
"""

import hashlib
import hmac
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rejoinder.channel_ports import ConversationUpdates, Request, Secrets, Split, needed
from rejoinder.channels.nesting import MAX_DEPTH, TOO_DEEP, is_too_deep
from rejoinder.channels.whatsapp.ids import message_id
from rejoinder.model.ids import clean_id, correlation_id, group_of
from rejoinder.model.people import Account, Contact

NAME = "whatsapp"

SIGNATURE_HEADER = "x-hub-signature-256"

_PREFIX = "sha256="

MAX_UPDATES = 3_000
"""The most updates in one webhook. Meta sends 1,000 at most. A larger webhook goes to the quarantine."""

MAX_OBJECTS = 20_000
"""The most JSON objects in one webhook. Meta's updates have about ten each. The 3 MB of a body have room for
more objects than the ingress could split within its 10 s. Such a body goes to the quarantine.
"""

Json = Mapping[str, object]


@dataclass
class _Sorted:
    """The parts of a webhook that were found so far."""

    may_be_deep: bool
    """Whether a part may be nested too deeply. If the body has few brackets, none is."""

    conversations: dict[tuple[str, str], list[Json]] = field(default_factory=lambda: defaultdict(list))
    events: list[Json] = field(default_factory=list)
    misfits: list[str] = field(default_factory=list)

    def add_event(self, event: Json) -> None:
        """Add `event`, or a misfit when it is nested so deeply that some parser may fail."""
        if self.is_too_deep(event):
            self.misfits.append(TOO_DEEP)
        else:
            self.events.append(event)

    def is_too_deep(self, value: object) -> bool:
        """Return whether `value` is nested so deeply that some parser may fail."""
        return self.may_be_deep and is_too_deep(value)


def sign(body: bytes, app_secret: str) -> str:
    """Return the signature of `body`: HMAC-SHA256, with the app secret, of the exact bytes that came.

    Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks, "Validating payloads".
    The older SHA-1 header is not accepted.
    """
    return _PREFIX + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


class WhatsAppFront:
    """The port `Front` of WhatsApp.

    Its secret has the values `app_secret` and `verify_token`, and `app_secret_previous` during a rotation.
    """

    channel = NAME
    """The name of the channel."""

    def challenge(self, request: Request, secrets: Secrets) -> str | None:
        """Return Meta's challenge; None when its token is wrong. Raises SettingsError like the port."""
        given = request.query.get("hub.verify_token", "").encode("utf-8", "replace")
        is_ours = hmac.compare_digest(given, needed(secrets, "verify_token").encode())
        if request.query.get("hub.mode") != "subscribe" or not is_ours:
            return None
        return request.query.get("hub.challenge", "")

    def proof(self, request: Request) -> str | None:
        """Return the signature header; None when there is none."""
        return request.headers.get(SIGNATURE_HEADER) or None

    def is_genuine(self, request: Request, proof: str, secrets: Secrets) -> bool:
        """Whether the app secret or the previous one signed the body. Raises SettingsError like the port."""
        current, previous = needed(secrets, "app_secret"), secrets.get("app_secret_previous", "")
        given = proof.encode("utf-8", "surrogatepass")  # compare_digest() accepts no text but ASCII
        signed = [sign(request.body, secret).encode() for secret in (current, previous) if secret]
        return any([hmac.compare_digest(given, right) for right in signed])  # noqa: C419 - in constant time

    def split(self, request: Request) -> Split:
        """Split the webhook. Raises ValueError when it is not a webhook of WhatsApp."""
        return split(request.body)


FRONT = WhatsAppFront()


def split(body: bytes) -> Split:
    """Split a webhook's body: every entry, every change, every message and status.

    Raises ValueError when `body` is not the JSON of a WhatsApp webhook, or when it has too many parts.
    """
    found = _Sorted(may_be_deep=body.count(b"{") + body.count(b"[") > MAX_DEPTH)
    for entry, change in _changes(_webhook(body), found):
        _sort(entry, change, found)
    updates = sum(map(len, found.conversations.values())) + len(found.events)
    if updates > MAX_UPDATES:
        raise ValueError("too many updates")
    conversations = (
        ConversationUpdates(account=account, group=group_of(account, contact_id), updates=tuple(updates))
        for (account, contact_id), updates in found.conversations.items()
    )
    return Split(conversations=tuple(conversations), events=tuple(found.events), misfits=tuple(found.misfits))


def _webhook(body: bytes) -> Json:
    try:
        # Few braces are few objects. Only a body with many of them needs to be counted more exactly.
        hook = _Counter() if body.count(b"{") > MAX_OBJECTS else None
        webhook = json.loads(body, object_hook=hook)
    except RecursionError as error:
        raise ValueError(TOO_DEEP) from error
    if not isinstance(webhook, dict) or webhook.get("object") != "whatsapp_business_account":
        raise ValueError("not a WhatsApp webhook")
    return webhook


class _Counter:
    """Counts JSON objects while they are parsed. Brackets inside a text do not count."""

    def __init__(self) -> None:
        self._objects = 0

    def __call__(self, read: dict[str, object]) -> dict[str, object]:
        self._objects += 1
        if self._objects > MAX_OBJECTS:
            raise ValueError("too many objects")
        return read


def _changes(webhook: Json, found: _Sorted) -> Iterator[tuple[Json, Json]]:
    for entry in _objects(webhook, "entry", found):
        if "changes" not in entry:
            found.misfits.append("an entry without changes")
        for change in _objects(entry, "changes", found):
            yield entry, change


def _objects(parent: Json, name: str, found: _Sorted) -> Iterator[dict[str, object]]:
    """Yield the objects in the array `name` of `parent`. Anything else in it is a misfit."""
    items = parent.get(name, [])
    for item in items if isinstance(items, list) else [items]:
        if isinstance(item, dict):
            yield item
        else:
            found.misfits.append(f"{name} holds {type(item).__name__}")


def _sort(entry: Json, change: Json, found: _Sorted) -> None:
    """Add the parts of a change to `found`. All parts that concern no conversation become events. A change
    that does not say what it is about may hold messages, so it is a misfit.
    """
    value, field = change.get("value"), change.get("field")
    if isinstance(value, dict) and not text_of(field):
        found.misfits.append("a change without field")
    elif not isinstance(value, dict) or not isinstance(field, str) or field not in ("messages", *ASIDE):
        found.add_event({"change": change, **_origin(entry)})
    elif field in ASIDE:
        _sort_aside(field, _without_nulls(value), found)
    else:
        _sort_messages(entry, change, _without_nulls(value), found)


def _origin(entry: Json) -> Json:
    """Return the business account that an entry is about, and its time, as far as it tells them."""
    return {name: entry[name] for name in ("id", "time") if isinstance(entry.get(name), str | int)}


def _without_nulls(value: Json) -> Json:
    """Return `value` without the fields that are null: they are as if absent."""
    return {name: part for name, part in value.items() if part is not None}


def _sort_messages(entry: Json, change: Json, value: Json, found: _Sorted) -> None:
    account, contacts = _account(value), _Contacts(value)
    for status in _objects(value, "statuses", found):
        # A payment goes on to a conversation, which is one of this account.
        of = {"account": account} if account and status.get("type") == "payment" else {}
        found.add_event({"status": status, **of})
    errors = value.get("errors")  # why Meta passed a message on without its content
    beside = {} if errors is None or found.is_too_deep(errors) else {"errors": errors}
    for message in _objects(value, "messages", found):
        _sort_message(message, beside, contacts, account, found)
    rest = {name: part for name, part in value.items() if name not in _MESSAGE_FIELDS}
    if rest or not (value.get("messages") or value.get("statuses")):
        if "metadata" in value:
            rest["metadata"] = value["metadata"]
        found.add_event({"change": {**change, "value": rest}, **_origin(entry)})


ASIDE = {
    "smb_message_echoes": ("message_echoes", "echo", ("to_user_id", "to")),
    "user_preferences": ("user_preferences", "preference", ("user_id", "wa_id")),
}
"""The fields that concern a conversation but are no messages of its contact. For each: the array with its
items, the name of an item in an update, and the parts of an item that may name the contact.
"""


def text_of(value: object) -> str:
    """Return `value` if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def _sort_aside(field: str, value: Json, found: _Sorted) -> None:
    items, kind, ids = ASIDE[field]
    account = _account(value)
    for item in _objects(value, items, found):
        contact_id = next(filter(None, (text_of(item.get(name)) for name in ids)), "")
        if not account or not contact_id:
            found.misfits.append(f"{field} without {'contact' if account else 'account'}")
        elif found.is_too_deep(item):
            found.misfits.append(TOO_DEEP)
        else:
            update = {"correlation_id": correlation_id(account, message_id(item)), kind: item}
            found.conversations[account, contact_id].append(update)


_NUMBER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""The only form of a phone number id that is accepted: it becomes part of keys and of addresses."""

_MESSAGE_FIELDS = {"messaging_product", "metadata", "contacts", "messages", "statuses"}
"""The fields of a change with messages. Any other field becomes an event."""


def _account(value: Json) -> str:
    metadata = value.get("metadata")
    number = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
    return (
        str(Account(channel=NAME, id=number))
        if isinstance(number, str) and _NUMBER_ID.fullmatch(number)
        else ""
    )


def _sort_message(
    message: dict[str, object], beside: Json, contacts: "_Contacts", account: str, found: _Sorted
) -> None:
    contact = contacts.sender_of(message)
    group_id = text_of(message.get("group_id"))
    contact_id = Contact.of_group(clean_id(group_id) or "").id if group_id else _contact_id(message, contact)
    if not account or not contact_id:
        found.misfits.append("a message without account" if not account else "a message without contact")
        return
    if found.is_too_deep([message, contact]):
        found.misfits.append(TOO_DEEP)
        return
    our_id = correlation_id(account, message_id(message))
    update: Json = {"correlation_id": our_id, "message": message, "contact": contact, **beside}
    found.conversations[account, contact_id].append(update)


class _Contacts:
    """The contacts that one change lists."""

    def __init__(self, value: Json) -> None:
        entries = value.get("contacts")
        listed = [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []
        self._known = [one for one in listed if text_of(one.get("wa_id")) or text_of(one.get("user_id"))]
        self._places: dict[str, int] = {}
        for place, contact in enumerate(self._known):
            for id in (contact.get("wa_id"), contact.get("user_id")):
                if isinstance(id, str):
                    self._places.setdefault(id, place)

    def sender_of(self, message: Json) -> Json | None:
        """Return the sender of `message`. When the message names nobody, the only contact is the sender."""
        named = [
            id for id in (message.get("from"), message.get("from_user_id")) if isinstance(id, str) and id
        ]
        places = [self._places[id] for id in named if id in self._places]
        if places:
            return self._known[min(places)]
        return self._known[0] if len(self._known) == 1 and not named else None


def _contact_id(message: Json, contact: Json | None) -> str:
    """Return the id that names the queue group of `message`: the user id if there is one, else the number."""
    system = message.get("system")
    notice: Json = system if isinstance(system, dict) else {}
    candidates = (
        message.get("from_user_id"),
        notice.get("previous_user_id"),
        (contact or {}).get("user_id"),
        message.get("from"),
        (contact or {}).get("wa_id"),
        notice.get("user_id"),
        notice.get("wa_id"),
    )
    return next((id for id in candidates if isinstance(id, str) and id), "")
