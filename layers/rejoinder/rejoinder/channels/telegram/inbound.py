"""Parsing: update → inbound message. Nothing here raises: what we do not know is `Unsupported`.

Shapes: core.telegram.org/bots/api#update.
"""

import re
from dataclasses import replace

from rejoinder.channels.fields import Json, object_of, timestamp_of, words_of
from rejoinder.channels.telegram.addressed import Named
from rejoinder.channels.telegram.contents import MIGRATIONS, name_of, parse_content
from rejoinder.channels.telegram.ids import contact_id, message_id
from rejoinder.channels.telegram.tapped import receipt_of, title_of
from rejoinder.channels.telegram.updates import (
    MESSAGES,
    Update,
    is_id,
    message_in,
    person_in,
    read,
)
from rejoinder.model.contents import Reaction, System, Tap, Unsupported
from rejoinder.model.context import Referral
from rejoinder.model.ids import clean_id
from rejoinder.model.own import Preference
from rejoinder.model.people import Account, Contact
from rejoinder.model.spoken import Edited, SaidContent, is_speech
from rejoinder.model.updates import GroupMessage, Inbound, InboundContent

_DEEP_LINK = re.compile(r"/start ([A-Za-z0-9_-]{1,64})")
"""What a deep link makes the contact say (core.telegram.org/bots/features#deep-linking)."""

_UNKNOWN = Update(number=0, kind="unknown", body={}, place=None)


def parse(account: Account, update: Json, *, received_at: float) -> Inbound:
    """Parse an update as the ingress queued it: `{"update": {...}, "username": "..."}`."""
    try:
        found = read(object_of(update, "update"))
    except ValueError:
        found = _UNKNOWN
    bot = Named(id=account.id, username=words_of(update.get("username")))
    inbound: Inbound = Inbound(
        id=found.id,
        account=account,
        contact=_contact(found),
        at=_at(found.body, received_at),
        content=_content(found),
        raw=found.body,
    )
    if found.kind in MESSAGES:
        return _message(found, inbound, bot)
    named = message_in(found.kind, found.body)
    if found.kind != "callback_query" or not named:
        return inbound
    return replace(inbound, reply_to=message_id(*named), receipt=receipt_of(found.id, found.body))


def _at(body: Json, received_at: float) -> float:
    told = body.get("edit_date") or body.get("date")
    return timestamp_of(told if isinstance(told, int) else None, received_at)


def _is_private(body: Json) -> bool:
    return object_of(body, "chat").get("type") == "private"


def _contact(found: Update) -> Contact:
    """Return the contact. Their id is that of the person in a private chat only."""
    person = person_in(found.kind, found.body) or object_of(found.body, "chat")
    place = found.place
    is_person = place is not None and place.chat_id == place.user_id > 0
    return Contact(
        id=found.contact_id,
        name=name_of(person),
        username=words_of(person.get("username")),
        user_id=found.contact_id if is_person else None,
    )


def _in_group(found: Update, content: SaidContent) -> GroupMessage:
    """Return what somebody said or did in a group, and not to the bot."""
    person = person_in(found.kind, found.body) or object_of(found.body, "chat")
    number = person.get("id")
    sender_id = str(number) if is_id(number) else found.contact_id
    sender = Contact(
        id=sender_id, name=name_of(person), username=words_of(person.get("username")), user_id=sender_id
    )
    return GroupMessage(sender=sender, content=content)


def _content(found: Update) -> InboundContent:
    """Return what an update holds that is no message."""
    match found.kind:
        case "callback_query" if isinstance(found.body.get("data"), str):
            return Tap(id=words_of(found.body["data"]), title=title_of(found.body))
        case "message_reaction" if named := message_in(found.kind, found.body):
            reaction = _reaction(found.body, message_id(*named))
            return reaction if _is_private(found.body) else _in_group(found, reaction)
        case "my_chat_member" if wish := _wish(found.body):
            return wish
        case _:
            return Unsupported(type=words_of(found.kind)[:64], spoken=False)


def _wish(change: Json) -> Preference | None:
    """Return what a contact wants who blocked the bot, or started it again; None for any other change."""
    match object_of(change, "new_chat_member").get("status"):
        case "kicked" | "left":
            return Preference(value="stop")
        case "member":
            return Preference(value="resume")
        case _:
            return None


def _reaction(change: Json, message: str) -> SaidContent:
    """Return the reaction that is new; None as its emoji when none is left.

    Somebody may have several on one message.
    """
    old, new = (part if isinstance(part, list) else [] for part in _reactions(change))
    added = [one for one in new if one not in old] or new
    if not added:
        return Reaction(message_id=message, emoji=None)
    newest = added[-1]
    emoji = words_of(newest.get("emoji")) if isinstance(newest, dict) else ""
    if not emoji:  # one's own picture, or one that was paid for
        return Unsupported(type="message_reaction", reason="it is no emoji", spoken=False)
    return Reaction(message_id=message, emoji=emoji)


def _reactions(change: Json) -> tuple[object, object]:
    return change.get("old_reaction"), change.get("new_reaction")


def _message(found: Update, inbound: Inbound, bot: Named) -> Inbound:
    """Parse a message, a changed one, or one of a channel."""
    message = found.body
    is_group = not _is_private(message)
    content = parse_content(message)
    if isinstance(content, System) and (moved := _moved(found)):
        return replace(inbound, content=content, contact=moved)
    is_ours = not is_group or ("from" in message and found.kind in MESSAGES[:2] and bot.is_meant(message))
    if is_ours:
        content = parse_content(bot.without_name(message))
    if found.kind.startswith("edited"):
        content = _edited(message, content)
    return replace(
        inbound,
        content=content if is_ours else _in_group(found, content),
        reply_to=_reply_to(message),
        referral=_referral(content),
        forwarded="forward_origin" in message or "forward_date" in message,
        album=clean_id(message.get("media_group_id")) or "",
    )


def _edited(message: Json, content: SaidContent) -> SaidContent:
    named = message_in("message", message)
    if named is None:
        return Unsupported(type="edited_message", spoken=False)
    is_told = is_speech(content) and not isinstance(content, Unsupported)
    return Edited(message_id=message_id(*named), content=content if is_told else None)


def _moved(found: Update) -> Contact | None:
    """Return the contact of a group whose id has changed; None when the new one is not told.

    Only who made the change has a notice of it. Everybody else begins a new conversation in the new group.
    """
    place = found.place
    told = [found.body.get(name) for name in MIGRATIONS]
    if place is None or not any(map(is_id, told)) or place.chat_id == place.user_id:
        return None
    here = contact_id(place.chat_id, place.user_id)
    to, come_from = (contact_id(chat, place.user_id) if is_id(chat) else "" for chat in told)
    return replace(_contact(found), id=to or here, former_ids=(come_from or here,))


def _reply_to(message: Json) -> str | None:
    """Return the message that a message answers.

    In a topic, Telegram tells the first message of the topic where there is none.
    """
    quoted, chat = object_of(message, "reply_to_message"), object_of(message, "chat").get("id")
    number = quoted.get("message_id")
    if not is_id(number) or number <= 0 or not is_id(chat) or "forum_topic_created" in quoted:
        return None
    return message_id(chat, number)


def _referral(content: object) -> Referral | None:
    """Return the deep link that led the contact here, if one did."""
    link = _DEEP_LINK.fullmatch(getattr(content, "body", ""))
    return Referral(source_type="deep_link", ref=link[1]) if link else None
