"""What is dropped on purpose, and why. docs/whatsapp.md shows these tables.

A place is written as `messages[].image.url`. `*` stands for any one name, `**` for any end.
"""

import re
from collections.abc import Mapping
from functools import cache

Table = Mapping[str, str]
"""Why each place is dropped."""


@cache
def _pattern(where: str) -> re.Pattern[str]:
    stand_for = {"**": r".*", "*": r"[^.\[\]]+"}
    return re.compile("".join(stand_for.get(part, re.escape(part)) for part in re.split(r"(\*\*|\*)", where)))


def why_dropped(table: Table, place: str) -> str:
    """Return why the leaf at `place` is dropped; empty when it is not in `table`."""
    return next((why for where, why in table.items() if _pattern(where).fullmatch(place)), "")


_FILES = ("image", "video", "audio", "voice", "document", "sticker")
_SAME = "It is always `whatsapp`."
_TYPE = "The part with the answer tells it."
_SHORT = "It is valid for five minutes. `chat.save` asks for a new one by the id."
_WORD = "`raw` has it. A bot needs the number or address itself."
_KEY = "Only the digest of the key counts."
_COUNTED = "What people say to each other is counted and not published."
_ELSEWHERE = "The app that has the conversation gets them. They are counted."
_WHO = "Our callback data leads to the message and its contact."

EVERYWHERE: Table = {
    "messaging_product": _SAME,
    "metadata.display_phone_number": "The account is known by the id of its number.",
}
"""What is dropped of the `value` of any field."""

MESSAGES: Table = {
    **{f"messages[].{name}.url": _SHORT for name in _FILES},
    "messages[].context.from": "`reply_to` names the message, and `quoted` says what it was.",
    "messages[].referral.video_url": "`media_url` has it, unless there is a picture as well.",
    "messages[].from_logical_id": "Meta does not say what it is. `raw` has it.",
    "messages[].interactive.type": _TYPE,
    "messages[].contacts[].phones[].type": _WORD,
    "messages[].contacts[].phones[].phone": "It is the number of `wa_id`, with signs and spaces.",
    "messages[].contacts[].phones[].user_id": _WORD,
    "messages[].contacts[].emails[].type": _WORD,
    "messages[].contacts[].urls[].type": _WORD,
    "messages[].system.customer": "It is who the notice is about.",
    "messages[].system.previous_parent_user_id": "Nothing is kept under it.",
    "messages[].identity.acknowledged": _KEY,
    "messages[].identity.created_timestamp": _KEY,
    "messages[].errors[].href": "It leads to Meta's page about all errors.",
    "messages[].errors[].error_data.messaging_product": _SAME,
    "contacts[].profile.country_code": "The number and the user id begin with the country.",
}
"""What is dropped of messages."""

STATUSES: Table = {
    "metadata.phone_number_id": _WHO,
    "contacts[].**": _WHO,
    "statuses[].recipient**": _WHO,
    "statuses[].participant_recipient_id": "Of a group, only the first who got the message counts.",
    "statuses[].id": "It is kept with the first status that has it.",
    "statuses[].type": "It tells a payment from a message.",
    "statuses[].conversation.**": "Meta no longer bills by conversation.",
    "statuses[].pricing.**": "What is billed is counted by its category. The rest is free.",
    "statuses[].errors[].**": "The code of the first error counts, and its details or else its title.",
    "statuses[].payment.transaction.created_timestamp": "The status has the time.",
    "statuses[].payment.transaction.updated_timestamp": "The status has the time.",
    "statuses[].payment.transaction.amount.**": "It is the amount of the payment.",
    "statuses[].payment.transaction.currency": "It is the currency of the payment.",
    "statuses[].payment.transaction.refunds[].**": "`refunded` is the sum. `raw` has each one.",
    "statuses[].payment.notes.**": "You gave them with the bill. `raw` has them.",
}
"""What is dropped of statuses, and beside them."""

FIELDS: Mapping[str, Table] = {
    "user_preferences": {
        "user_preferences[].detail": "It is a sentence that says what `value` says.",
        "user_preferences[].category": "There is no other category than offers.",
        "contacts[].**": "The wish itself names the contact.",
    },
    "smb_message_echoes": {
        "message_echoes[].from": "It is our own number.",
        **{f"message_echoes[].{name}.url": _SHORT for name in _FILES},
        "message_echoes[].context.**": "An echo tells that a person answers, and what they say.",
        "message_echoes[].to_parent_user_id": "Nothing is sent to it.",
        "message_echoes[].interactive.type": _TYPE,
        "contacts[].**": "The echo itself names the contact.",
    },
    "history": {"history[].**": _COUNTED, "messages[].**": _COUNTED, "contacts[].**": _COUNTED},
    "standby": {
        "standby.**": _ELSEWHERE,
        "messages[].**": _ELSEWHERE,
        "statuses[].**": _ELSEWHERE,
        "message_echoes[].**": _ELSEWHERE,
        "contacts[].**": _ELSEWHERE,
    },
}
"""What is dropped of other fields."""

ENTRY: Table = {
    "object": _SAME,
    "entry[].id": "The account is known by the id of its number. Account events have it as `owner`.",
    "entry[].time": "A message has a time of its own. Account events have it as `at`.",
}
"""What is dropped around the `value` of a change."""

ERRORS: Table = {
    "error.message": "`error_data.details` says it better, where it is there.",
    "error.type": "The code says what to do.",
    "error.error_subcode": "The code says what to do. Only 100 with 33 is told apart by it.",
    "error.is_transient": "The code says what to do.",
    "error.error_user_title": "It is about templates, which rejoinder does not create.",
    "error.error_user_msg": "It is about templates, which rejoinder does not create.",
    "error.error_data.**": "Its details are the text of the error.",
    "error.fbtrace_id": "Only Meta can follow it.",
    "error.href": "It leads to Meta's page about all errors.",
}
"""What is dropped of the errors of the Graph API."""


def table_for(field: str, place: str, *, has_messages: bool) -> Table:
    """Return what is dropped of a field's value, for a leaf at `place` in it."""
    if field != "messages":
        return {**EVERYWHERE, **FIELDS.get(field, {})}
    of_statuses = place.startswith("statuses[") or not has_messages
    return {**EVERYWHERE, **MESSAGES, **(STATUSES if of_statuses else {})}
