"""What is dropped on purpose, and why. docs/whatsapp.md shows these tables."""

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Dropped:
    """Leaves that are dropped on purpose."""

    where: str
    """Which leaves, such as `messages[].image.url`. `*` stands for any one name, `**` for any end."""

    why: str
    """Why."""

    field: str = "messages"
    """The field of the webhook; `statuses` for the statuses in `messages`, `*` for any."""


@cache
def _pattern(where: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*|\*)", where)
    stand_for = {"**": r".*", "*": r"[^.\[\]]+"}
    return re.compile("".join(stand_for.get(part, re.escape(part)) for part in parts))


def why_dropped(table: tuple[Dropped, ...], field: str, place: str) -> str:
    """Return why the leaf at `place` is dropped; empty when it is not in `table`."""
    for one in table:
        if one.field in ("*", field) and _pattern(one.where).fullmatch(place):
            return one.why
    return ""


_SAME = "It is always `whatsapp`."
_COUNTED = "What people say to each other is counted and not published."
_OURS = "It is our own number. The update names the account."
_OF_ACCOUNT = "The account is known by the id of its number."

INBOUND = (
    Dropped("messaging_product", _SAME, "*"),
    Dropped("metadata.display_phone_number", _OF_ACCOUNT, "*"),
    Dropped("metadata.phone_number_id", "A status leads to its message by our callback data.", "statuses"),
    Dropped("messages[].*.url", "It is valid for five minutes. `chat.save` asks for a new one by the id."),
    Dropped("messages[].context.from", "`reply_to` names the message, and `quoted` says what it was."),
    Dropped("messages[].from_logical_id", "Meta does not say what it is. It is in `message.raw`."),
    Dropped("messages[].interactive.type", "The part with the answer tells it."),
    Dropped("messages[].contacts[].phones[].type", "The number is what a bot needs. `raw` has the type."),
    Dropped("messages[].contacts[].phones[].phone", "It is the number of `wa_id` with signs and spaces."),
    Dropped("messages[].contacts[].phones[].user_id", "The card has the number. `raw` has the id."),
    Dropped("messages[].contacts[].emails[].type", "The address is what a bot needs. `raw` has the type."),
    Dropped("messages[].contacts[].urls[].type", "The address is what a bot needs. `raw` has the type."),
    Dropped("messages[].system.customer", "It is who the notice is about."),
    Dropped("messages[].system.previous_parent_user_id", "Nothing is kept under it."),
    Dropped("messages[].identity.acknowledged", "Only the digest of the key counts."),
    Dropped("messages[].identity.created_timestamp", "Only the digest of the key counts."),
    Dropped("messages[].errors[].href", "It leads to Meta's page about all errors."),
    Dropped("messages[].errors[].error_data.messaging_product", _SAME),
    Dropped("contacts[].profile.country_code", "The number and the user id begin with the country."),
    Dropped("contacts[].**", "A status is about a message, and the message about its contact.", "statuses"),
    Dropped("statuses[].recipient**", "Our callback data leads to the message and its contact.", "statuses"),
    Dropped(
        "statuses[].participant_recipient_id", "Of a group, only the first who got it counts.", "statuses"
    ),
    Dropped("statuses[].id", "It is kept when the message was sent.", "statuses"),
    Dropped("statuses[].conversation.**", "Meta no longer bills by conversation.", "statuses"),
    Dropped(
        "statuses[].pricing.**",
        "A billed message is counted by its category. One that is free is not.",
        "statuses",
    ),
    Dropped(
        "statuses[].errors[].**",
        "The first error counts: its code, and its details or else its title.",
        "statuses",
    ),
    Dropped("statuses[].type", "It tells a payment from a message.", "statuses"),
    Dropped("statuses[].payment.transaction.created_timestamp", "The status has the time.", "statuses"),
    Dropped("statuses[].payment.transaction.updated_timestamp", "The status has the time.", "statuses"),
    Dropped("statuses[].payment.transaction.amount.**", "It is the amount of the payment.", "statuses"),
    Dropped("statuses[].payment.transaction.currency", "It is the currency of the payment.", "statuses"),
    Dropped(
        "statuses[].payment.transaction.refunds[].**",
        "`refunded` is the sum. `raw` has each one.",
        "statuses",
    ),
    Dropped("statuses[].payment.notes.**", "You gave them with the bill. `raw` has them.", "statuses"),
    Dropped("user_preferences[].detail", "It is a sentence that says what `value` says.", "user_preferences"),
    Dropped("user_preferences[].category", "There is no other category.", "user_preferences"),
    Dropped("contacts[].**", "The wish itself names the contact.", "user_preferences"),
    Dropped("message_echoes[].from", _OURS, "smb_message_echoes"),
    Dropped("message_echoes[].*.url", "It is valid for five minutes.", "smb_message_echoes"),
    Dropped("message_echoes[].context.**", "An echo only tells that a person answers.", "smb_message_echoes"),
    Dropped("message_echoes[].to_parent_user_id", "Nothing is sent to it.", "smb_message_echoes"),
    Dropped("message_echoes[].interactive.type", "The part with the answer tells it.", "smb_message_echoes"),
    Dropped("contacts[].**", "The echo itself names the contact.", "smb_message_echoes"),
    Dropped("history[].**", _COUNTED, "history"),
    Dropped("messages[].**", _COUNTED, "history"),
    Dropped("contacts[].**", _COUNTED, "history"),
    Dropped(
        "standby.**", "The app that has the conversation gets these messages. They are counted.", "standby"
    ),
    Dropped("messages[].**", "The app that has the conversation gets these messages.", "standby"),
    Dropped("statuses[].**", "The app that has the conversation gets these statuses.", "standby", "statuses"),
    Dropped("message_echoes[].**", "The app that has the conversation gets these messages.", "standby"),
    Dropped("contacts[].**", "The app that has the conversation gets these messages.", "standby"),
)
"""What is dropped of webhooks. The places begin in the `value` of a change."""

ENTRY = (
    Dropped("object", _SAME),
    Dropped(
        "entry[].id", "The account is known by the id of its number. An account event has it as `owner`."
    ),
    Dropped("entry[].time", "A message has a time of its own. An account event has it as `at`."),
)
"""What is dropped around the `value` of a change."""

ERRORS = (
    Dropped("error.message", "`error_data.details` says it better, where it is there."),
    Dropped("error.type", "The code says what to do."),
    Dropped("error.fbtrace_id", "Only Meta can follow it."),
    Dropped("error.is_transient", "The code says what to do."),
    Dropped("error.error_subcode", "The code says what to do. Only 100 with 33 is told apart by it."),
    Dropped("error.error_user_title", "It is about templates, which rejoinder does not create."),
    Dropped("error.error_user_msg", "It is about templates, which rejoinder does not create."),
    Dropped("error.error_data.**", "Its details are the text of the error."),
    Dropped("error.href", "It leads to Meta's page about all errors."),
)
"""What is dropped of the errors of the Graph API."""
