"""Contacts, updates, turns and wake-ups as they are stored and queued."""

from collections.abc import Sequence

from rejoinder.aws.stored.contents import (
    dump_content,
    dump_content_or_none,
    read_outbound_content,
    read_template,
)
from rejoinder.aws.stored.fields import (
    Json,
    as_text,
    check_format,
    dump,
    filled,
    flag,
    loads,
    never_as_null,
    number,
    object_of,
    objects_of,
    reading,
    strings,
    time_or_never,
    whole,
    words,
    words_or_none,
)
from rejoinder.model.ids import correlation_of
from rejoinder.model.messages import Outbound, Policy, TurnMessages
from rejoinder.model.people import Account, Contact


def contact_as_json(contact: Contact) -> dict[str, object]:
    """Return `contact` as JSON, without what is empty.

    Without an id, its id is its user id, or else its phone number.
    """
    other = contact.user_id or contact.phone
    return dump(
        "contact",
        filled(
            {
                "id": None if contact.id == other else contact.id,
                "name": contact.name,
                "phone": contact.phone,
                "user_id": contact.user_id,
                "username": contact.username,
                "former_ids": list(contact.former_ids),
                "former_phones": list(contact.former_phones),
                "parent_user_id": contact.parent_user_id,
                "identity_hash": contact.identity_hash,
            }
        ),
    )


def contact_from_json(stored: Json) -> Contact:
    """Return the contact that is stored; Unreadable when it cannot be read."""
    with reading("contact"):
        check_format("contact", stored["format"])
        phone, user_id = words_or_none(stored.get("phone")), words_or_none(stored.get("user_id"))
        return Contact(
            id=words(stored.get("id", user_id or phone)),
            name=words(stored.get("name", "")),
            phone=phone,
            user_id=user_id,
            username=words(stored.get("username", "")),
            former_ids=strings(stored.get("former_ids", [])),
            former_phones=strings(stored.get("former_phones", [])),
            parent_user_id=words(stored.get("parent_user_id", "")),
            identity_hash=words(stored.get("identity_hash", "")),
        )


def account_as_json(account: Account) -> dict[str, object]:
    """Return `account` as JSON."""
    return {"channel": account.channel, "id": account.id}


def account_from_json(stored: Json) -> Account:
    """Return the account that is stored."""
    return Account(channel=words(stored["channel"]), id=words(stored["id"]))


def _outbound_as_json(message: Outbound) -> dict[str, object]:
    return filled(
        {
            "id": message.id,
            "content": dump_content(message.content),
            "outside_window": dump_content_or_none(message.outside_window),
            "waits_until": message.waits_until,
            "policy": None if message.policy is Policy.AT_LEAST_ONCE else message.policy.value,
            "instead_of": dump_content_or_none(message.instead_of),
            "quote": message.quote,
            "track": message.track,
            "goes_on": message.goes_on,
            "words_of": dump_content_or_none(message.words_of),
        }
    )


def _outbound_from_json(stored: Json) -> Outbound:
    template, instead_of = stored.get("outside_window"), stored.get("instead_of")
    words_of = stored.get("words_of")
    return Outbound(
        id=words(stored["id"]),
        content=read_outbound_content(object_of(stored["content"])),
        outside_window=None if template is None else read_template(object_of(template)),
        waits_until=number(stored.get("waits_until", 0.0)),
        policy=Policy(words(stored.get("policy", Policy.AT_LEAST_ONCE))),
        instead_of=None if instead_of is None else read_outbound_content(object_of(instead_of)),
        quote=words(stored.get("quote", "")),
        track=flag(stored.get("track", False)),
        goes_on=flag(stored.get("goes_on", False)),
        words_of=None if words_of is None else read_template(object_of(words_of)),
    )


_last: list[tuple[TurnMessages, str]] = []
"""The turn that was written last: the same one goes into an item and onto a queue, or into several items."""


def dump_turn(turn: TurnMessages) -> str:
    """Return the messages of a turn as JSON text, without what is empty.

    Without a correlation id, it is the one that the id of the first message was made from.
    """
    if not _last or _last[0][0] is not turn:
        _last[:] = [(turn, as_text(turn_as_json(turn)))]
    return _last[0][1]


def turn_as_json(turn: TurnMessages) -> dict[str, object]:
    """Return the messages of a turn as JSON, as `dump_turn` writes it."""
    derived = _correlation_of(turn.messages)
    stored = {
        "account": account_as_json(turn.account),
        "contact": contact_as_json(turn.contact),
        "conversation_key": turn.conversation_key,
        "correlation_id": None if turn.correlation_id == derived else turn.correlation_id,
        "read_id": turn.read_id,
        "messages": [_outbound_as_json(message) for message in turn.messages],
        "reports_failure": turn.reports_failure,
        "again": turn.again,
        "asked_at": turn.asked_at,
    }
    return dump("turn", {**filled(stored), "window_closes_at": never_as_null(turn.window_closes_at)})


def read_turn(text: str) -> TurnMessages:
    """Return the messages of a turn; Unreadable when they cannot be read."""
    return turn_from_json(loads("turn", text))


def turn_from_json(stored: Json) -> TurnMessages:
    """Return the messages of a turn that are stored as JSON; Unreadable when they cannot be read."""
    with reading("turn"):
        check_format("turn", stored["format"])
        messages = objects_of(stored["messages"], _outbound_from_json)
        return TurnMessages(
            account=account_from_json(object_of(stored["account"])),
            contact=contact_from_json(object_of(stored["contact"])),
            conversation_key=words(stored["conversation_key"]),
            correlation_id=words(stored.get("correlation_id", _correlation_of(messages))),
            read_id=words(stored.get("read_id", "")),
            window_closes_at=time_or_never(stored["window_closes_at"]),
            messages=messages,
            reports_failure=flag(stored.get("reports_failure", False)),
            again=whole(stored.get("again", 0)),
            asked_at=number(stored.get("asked_at", 0.0)),
        )


def _correlation_of(messages: Sequence[Outbound]) -> str:
    return correlation_of(messages[0].id) if messages else ""
