"""Sends one update of Telegram through rejoinder: what it becomes, and what is dropped of it on purpose."""

import dataclasses
import json
from typing import Any

from rejoinder.aws.account_events import message_of
from rejoinder.channel_ports import Request
from rejoinder.channels.telegram.channel import CHANNEL
from rejoinder.channels.telegram.events import parse_event
from rejoinder.channels.telegram.front import FRONT
from rejoinder.model.contents import Unsupported
from rejoinder.model.people import Account
from rejoinder.model.spoken import Edited
from rejoinder.model.updates import GroupMessage, Inbound
from tests.payloads.dropped import Table

USERNAME = "demo_bot"
"""The username of the bot that an example is said to come to."""

LATER = 4.0e9
"""When an update is said to come: no time in it is later."""

_RAW = "`raw` has it."

DROPPED: Table = {
    "*.date": "What was done last counts: the edit.",
    "*.ephemeral_message_id": _RAW,
    "*.message_thread_id": "A thread of answers is no topic.",
    "*.chat.*": "In a private chat it is the person, and of a group the id and the kind count.",
    "*.message.chat.*": "In a private chat it is the person, and of a group the id and the kind count.",
    "*.sender_chat.*": "A channel speaks for itself.",
    "*.from.is_bot": "It counts in groups only.",
    "*.user.is_bot": "It counts in groups only.",
    "*.from.language_code": _RAW,
    "*.user.language_code": _RAW,
    "*.from.type": "It is from an old example: a person has no type.",
    "*.entities[].**": _RAW + " The words are whole without it.",
    "*.reply_to_message.**": "Its id leads to what we said. " + _RAW,
    "*.forward_origin.**": "That it was forwarded is told. " + _RAW,
    "*.forward_from.**": "That it was forwarded is told. " + _RAW,
    "*.forward_from_chat.**": "That it was forwarded is told. " + _RAW,
    "*.forward_date": "That it was forwarded is told. " + _RAW,
    "*.photo[].**": "The largest size is taken.",
    "*.*.file_unique_id": "A file is fetched by the other id.",
    "*.*.file_size": _RAW,
    "*.*.width": _RAW,
    "*.*.height": _RAW,
    "*.*.length": _RAW,
    "*.*.duration": _RAW,
    "*.audio.title": _RAW,
    "*.audio.performer": _RAW,
    "*.sticker.*": _RAW,
    "*.document.*": "An animation is its own file. " + _RAW,
    "*.location.*": "A place that moves comes again as an edit. " + _RAW,
    "*.contact.user_id": "It tells whether the contact is their own. " + _RAW,
    "callback_query.chat_instance": "Only games need it.",
    "callback_query.inline_message_id": "rejoinder sends no inline messages.",
    "callback_query.message.**": "Its id leads to what we said. " + _RAW,
    "message_reaction.old_reaction[].**": "The one that is new is told. " + _RAW,
    "message_reaction.new_reaction[].*": "The one that is new is told. " + _RAW,
    "my_chat_member.old_chat_member.**": "What the contact wants now counts. " + _RAW,
    "my_chat_member.new_chat_member.**": "What the contact wants now counts. " + _RAW,
}
"""What is dropped of an update, and why."""


def become(update: Any) -> Any:
    """Return what an update becomes: a message or an account event, and the answer to Telegram."""
    body = json.dumps(update).encode()
    try:
        found = FRONT.split(Request(body=body, path="/telegram/123456", query={"username": USERNAME}))
    except ValueError as error:
        return str(error)
    inbound = [
        _plain(CHANNEL.parse(Account.parse(several.account), one, received_at=LATER))
        for several in found.conversations
        for one in several.updates
    ]
    events = [json.loads(message_of(parse_event(one, received_at=LATER))) for one in found.events]
    return [inbound, events, list(found.misfits), found.answer]


def _plain(inbound: Inbound) -> Any:
    """Return a message. What is not understood is in `raw`, for the bot to read."""
    content: object = inbound.content
    while isinstance(content, GroupMessage | Edited):
        content = content.content
    is_whole = isinstance(content, Unsupported) or content is None
    return dataclasses.asdict(inbound) | {"raw": inbound.raw if is_whole else {}}
