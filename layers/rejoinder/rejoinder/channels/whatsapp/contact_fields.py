"""The fields of webhooks that concern contacts, but no one conversation: groups, calls, earlier chats."""

from collections.abc import Mapping

from rejoinder.channels.fields import Json, object_of, words_of
from rejoinder.channels.whatsapp.codes import errors_of
from rejoinder.channels.whatsapp.parts import (
    Part,
    Parts,
    as_words,
    count,
    errors,
    many,
    number,
    objects,
    read,
    time,
    words,
)
from rejoinder.model import contact_events, group_events
from rejoinder.model.events import AccountEvent

_PERSON: Parts = {
    "id": words("user_id", "wa_id"),
    "phone": words("wa_id"),
    "parent_user_id": words("parent_user_id"),
    "username": words("username"),
    "input": words("input"),
    "errors": errors("errors"),
}


def _asking(group: Json) -> object:
    person = {
        name: group[name] for name in ("wa_id", "user_id", "parent_user_id", "username") if name in group
    }
    return (group_events.Participant(**read(_PERSON, person)),) if person else ()


def _group_parts(group: Json) -> object:
    parts: Parts = {
        "text": words("text"),
        "mime_type": words("mime_type"),
        "sha256": words("sha256"),
        "done": words("update_successful"),
        "errors": errors("errors"),
    }
    names = ("group_subject", "group_description", "profile_picture")
    return tuple(
        group_events.GroupPart(name=name, **read(parts, object_of(group, name)))
        for name in names
        if isinstance(group.get(name), dict)
    )


_GROUPS: Parts = {
    "groups": many(
        "groups",
        group_events.GroupChange,
        {
            "type": words("type"),
            "group_id": words("group_id"),
            "request_id": words("request_id"),
            "at": time("timestamp"),
            "name": words("subject"),
            "description": words("description"),
            "invite_link": words("invite_link"),
            "join_approval": words("join_approval_mode"),
            "reason": words("reason"),
            "by": words("initiated_by"),
            "join_request_id": words("join_request_id"),
            "added": many("added_participants", group_events.Participant, _PERSON),
            "removed": many("removed_participants", group_events.Participant, _PERSON),
            "failed": many("failed_participants", group_events.Participant, _PERSON),
            "asking": _asking,
            "parts": _group_parts,
            "errors": errors("errors"),
        },
    )
}


def _calls(value: Json) -> object:
    people = {id: one for one in objects(value, "contacts") for id in _ids_of(one)}
    known = objects(value, "contacts")
    return tuple(
        _call(call, people, known)
        for call in (*objects(value, "calls"), *objects(value, "statuses"))
        if call.get("id")
    )


def _ids_of(person: Json) -> tuple[str, ...]:
    return tuple(filter(None, (words_of(person.get("wa_id")), words_of(person.get("user_id")))))


def _call(call: Json, people: Mapping[str, Json], known: list[Json]) -> contact_events.Call:
    sides = ("to", "to_user_id", "recipient_id", "recipient_user_id")
    if as_words(call.get("direction")) == "USER_INITIATED":
        sides = ("from", "from_user_id", "recipient_id", "recipient_user_id")
    ids = [words_of(call.get(side)) for side in sides]
    named = next((people[id] for id in ids if id in people), known[0] if len(known) == 1 else {})
    phone = ids[0] or ids[2] or words_of(named.get("wa_id"))
    parts: Parts = {
        "id": words("id"),
        "event": words("event"),
        "status": words("status"),
        "direction": words("direction"),
        "at": time("timestamp"),
        "started_at": time("start_time"),
        "ended_at": time("end_time"),
        "seconds": number("duration"),
        "sdp_type": words("session.sdp_type"),
        "sdp": words("session.sdp"),
        "payload": words("cta_payload", "biz_opaque_callback_data"),
        "errors": errors("errors"),
    }
    return contact_events.Call(
        contact_id=ids[1] or ids[3] or words_of(named.get("user_id")) or phone,
        contact_phone=phone,
        contact_name=words_of(object_of(named, "profile").get("name")),
        **read(parts, call),
    )


def _chats(value: Json) -> list[Json]:
    return [thread for part in objects(value, "history") for thread in objects(part, "threads")]


def _of_history(path: str) -> Part:
    read = words(path)
    return lambda value: next(filter(None, map(read, objects(value, "history"))), "")


_ENTRY: Parts = {
    "action": words("action"),
    "name": words("contact.full_name"),
    "first_name": words("contact.first_name"),
    "phone": words("contact.phone_number"),
    "username": words("contact.username"),
    "id": words("contact.user_id"),
    "at": time("metadata.timestamp"),
}
_CLICK: Parts = {
    "action": words("action_type"),
    "at": time("timestamp"),
    "component": words("marketing_messages_link_click_data.click_component"),
    "click_id": words("marketing_messages_link_click_data.click_id"),
    "product_id": words("marketing_messages_link_click_data.product_id"),
    "tracking_token": words("marketing_messages_link_click_data.tracking_token"),
}
_LEAD: Parts = {
    "name": words("event_name"),
    "message_id": words("id"),
    "at": time("timestamp"),
    "ctwa_clid": words("ctwa_clid"),
}

CONTACT_FIELDS: Mapping[str, tuple[type[AccountEvent], Parts]] = {
    **dict.fromkeys(
        (
            "group_lifecycle_update",
            "group_participants_update",
            "group_settings_update",
            "group_status_update",
        ),
        (group_events.GroupEvents, _GROUPS),
    ),
    "calls": (contact_events.Calls, {"calls": _calls}),
    "history": (
        contact_events.History,
        {
            "phase": _of_history("metadata.phase"),
            "chunk": _of_history("metadata.chunk_order"),
            "progress": _of_history("metadata.progress"),
            "chats": lambda value: len(_chats(value)),
            "messages": lambda value: sum(len(objects(chat, "messages")) for chat in (value, *_chats(value))),
            "errors": lambda value: tuple(
                error
                for part in (value, *objects(value, "history"))
                for error in errors_of(part.get("errors"))
            ),
        },
    ),
    "smb_app_state_sync": (
        contact_events.AddressBook,
        {"entries": many("state_sync", contact_events.AddressBookEntry, _ENTRY)},
    ),
    "messaging_handovers": (
        contact_events.Handover,
        {
            "type": words("type"),
            "previous_role": words("control_passed.previous_owner_role", "control_taken.previous_owner_role"),
            "new_role": words("control_passed.new_owner_role", "control_taken.new_owner_role"),
            "new_app_id": words("control_passed.new_owner_app_id", "control_taken.new_owner_app_id"),
            "metadata": words("control_passed.metadata", "control_taken.metadata"),
            "summary": words(
                "control_passed.conversation_context.summary.text",
                "control_taken.conversation_context.summary.text",
            ),
            "contact_phone": words("sender.phone_number", "sender.wa_id"),
            "contact_id": words("sender.user_id"),
        },
    ),
    "standby": (
        contact_events.Standby,
        {
            "messages": count("standby.messages", "messages"),
            "echoes": count("standby.message_echoes", "message_echoes"),
            "statuses": count("standby.statuses", "statuses"),
        },
    ),
    "automatic_events": (
        contact_events.Leads,
        {"leads": many("automatic_events", contact_events.Lead, _LEAD)},
    ),
}
"""For each field: the event that it becomes, and the parts of that."""

CLICKS = (contact_events.Clicks, {"clicks": many("user_actions", contact_events.Click, _CLICK)})
