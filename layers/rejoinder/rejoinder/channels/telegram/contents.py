"""Parsing: a message of Telegram → its content. Nothing here raises.

Shapes: core.telegram.org/bots/api#message.
"""

from collections.abc import Callable, Mapping
from typing import Any

from rejoinder.channels.fields import Json, NotAsExpected, needed_words, object_of, words_of
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    FormReply,
    Image,
    Location,
    Sticker,
    System,
    Text,
    Unsupported,
    Video,
)
from rejoinder.model.spoken import SaidContent

MIGRATIONS = ("migrate_to_chat_id", "migrate_from_chat_id")
"""The notices that a group has another id from now on: in the old group, and in the new one."""


def parse_content(message: Json) -> SaidContent:
    """Return what a message holds."""
    name = next((name for name in PARSERS if message.get(name) is not None), "")
    if not name:
        return _unsupported(message)
    try:
        return PARSERS[name](message)
    except NotAsExpected as error:
        return Unsupported(type=name, reason=f"not as expected: {', '.join(error.places)}"[:200])


def _unsupported(message: Json) -> Unsupported:
    names = (name for name, part in message.items() if name not in _AROUND and part is not None)
    name = next(names, "unknown")
    return Unsupported(type=words_of(name)[:64], spoken=name not in _NOTICES)


def name_of(person: Json) -> str:
    """Return the name of a person, or of a chat that somebody speaks for."""
    names = (words_of(person.get(name)) for name in ("first_name", "last_name"))
    return " ".join(filter(None, names)) or words_of(person.get("title"))


def _text(message: Json) -> SaidContent:
    return Text(body=needed_words("text", message, "text"))


def _file(message: Json, name: str) -> tuple[Json, dict[str, Any]]:
    """Return a file, and what all files have."""
    part = object_of(message, name)
    return part, {
        "media_id": needed_words(name, part, "file_id"),
        "mime_type": words_of(part.get("mime_type")),
        "caption": words_of(message.get("caption")),
    }


def _photo(message: Json) -> SaidContent:
    """Return the largest size of a picture. Telegram sends several."""
    sizes = message.get("photo")
    known = [size for size in sizes if isinstance(size, dict)] if isinstance(sizes, list) else []
    largest: Json = max(known, key=_pixels, default={})
    return Image(**_file({**message, "photo": largest}, "photo")[1])


def _pixels(size: Json) -> float:
    width, height = size.get("width"), size.get("height")
    return width * height if isinstance(width, int) and isinstance(height, int) else 0


def _video(name: str) -> Callable[[Json], SaidContent]:
    return lambda message: Video(**_file(message, name)[1])


def _audio(message: Json) -> SaidContent:
    return Audio(**_file(message, "audio")[1])


def _voice(message: Json) -> SaidContent:
    return Audio(**_file(message, "voice")[1], voice=True)


def _document(message: Json) -> SaidContent:
    part, file = _file(message, "document")
    return Document(**file, filename=words_of(part.get("file_name")))


def _sticker(message: Json) -> SaidContent:
    part, file = _file(message, "sticker")
    return Sticker(**file, animated=part.get("is_animated") is True or part.get("is_video") is True)


def _venue(message: Json) -> SaidContent:
    venue = object_of(message, "venue")
    title, address = words_of(venue.get("title")), words_of(venue.get("address"))
    return _place("venue.location", object_of(venue, "location"), title, address)


def _location(message: Json) -> SaidContent:
    return _place("location", object_of(message, "location"))


def _place(where: str, place: Json, name: str = "", address: str = "") -> SaidContent:
    north, east = (_degrees(where, place.get(one)) for one in ("latitude", "longitude"))
    return Location(latitude=north, longitude=east, name=name, address=address)


def _degrees(where: str, value: object) -> float:
    if isinstance(value, float | int) and not isinstance(value, bool) and abs(value) <= 360:
        return float(value)
    raise NotAsExpected([where])


def _contact(message: Json) -> SaidContent:
    card = object_of(message, "contact")
    phone = needed_words("contact", card, "phone_number")
    user_id = card.get("user_id")
    is_own = user_id is not None and user_id == object_of(message, "from").get("id")
    return ContactCard(
        name=name_of(card),
        first_name=words_of(card.get("first_name")),
        last_name=words_of(card.get("last_name")),
        phones=(phone,),
        origin="contact_request" if is_own else "",
        vcard=words_of(card.get("vcard")),
    )


def _web_app(message: Json) -> SaidContent:
    """Return what a web page sent that a keyboard opened: the answers to a form."""
    part = object_of(message, "web_app_data")
    return FormReply(
        name=words_of(part.get("button_text")), response=needed_words("web_app_data", part, "data")
    )


def _notice(name: str) -> Callable[[Json], SaidContent]:
    return lambda _message: System(event=name)


PARSERS: Mapping[str, Callable[[Json], SaidContent]] = {
    "text": _text,
    "photo": _photo,
    "animation": _video("animation"),  # such a message has a `document` as well
    "video": _video("video"),
    "video_note": _video("video_note"),
    "audio": _audio,
    "voice": _voice,
    "document": _document,
    "sticker": _sticker,
    "venue": _venue,  # such a message has a `location` as well
    "location": _location,
    "contact": _contact,
    "web_app_data": _web_app,
    **{name: _notice(name) for name in MIGRATIONS},
}
"""How each kind of message is read. The first one that a message has counts."""

_AROUND = frozenset(
    [
        *("message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat"),
        *("sender_boost_count", "sender_business_bot", "sender_tag", "date", "guest_query_id"),
        *("business_connection_id", "chat", "forward_origin", "is_topic_message", "is_automatic_forward"),
        *("reply_to_message", "external_reply", "quote", "reply_to_story", "reply_to_checklist_task_id"),
        *("reply_to_poll_option_id", "via_bot", "guest_bot_caller_user", "guest_bot_caller_chat"),
        *("edit_date", "has_protected_content", "is_from_offline", "is_paid_post", "media_group_id"),
        *("author_signature", "paid_star_count", "entities", "link_preview_options"),
        *("suggested_post_info", "effect_id", "caption", "caption_entities", "show_caption_above_media"),
        *("has_media_spoiler", "reply_markup", "receiver_user", "ephemeral_message_id"),
        *("forward_date", "forward_from", "forward_from_chat", "forward_from_message_id"),
        *("forward_sender_name", "forward_signature"),
    ]
)
"""The fields of a message that surround its content."""

_NOTICES = frozenset(
    [
        *("new_chat_members", "left_chat_member", "chat_owner_left", "chat_owner_changed"),
        *("new_chat_title", "new_chat_photo", "delete_chat_photo", "group_chat_created"),
        *("supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed"),
        *("pinned_message", "successful_payment", "refunded_payment", "users_shared", "user_shared"),
        *("chat_shared", "gift", "unique_gift", "gift_upgrade_sent", "connected_website"),
        *("write_access_allowed", "passport_data", "proximity_alert_triggered", "boost_added"),
        *("chat_background_set", "checklist_tasks_done", "checklist_tasks_added"),
        *("direct_message_price_changed", "forum_topic_created", "forum_topic_edited"),
        *("forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden"),
        *("general_forum_topic_unhidden", "giveaway_created", "giveaway_completed"),
        *("managed_bot_created", "paid_message_price_changed", "poll_option_added"),
        *("poll_option_deleted", "suggested_post_approved", "suggested_post_approval_failed"),
        *("suggested_post_declined", "suggested_post_paid", "suggested_post_refunded"),
        *("video_chat_scheduled", "video_chat_started", "video_chat_ended"),
        *("video_chat_participants_invited", "community_chat_added", "community_chat_removed"),
        *("community_chat_joined",),
    ]
)
"""The contents of service messages. They want no answer."""
