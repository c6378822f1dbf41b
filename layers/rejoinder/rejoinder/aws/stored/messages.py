"""Contacts, updates, turns and wake-ups as they are stored and queued."""

from rejoinder.aws.stored.contents import (
    dump_content,
    read_outbound_content,
    read_template,
)
from rejoinder.aws.stored.fields import (
    Json,
    as_text,
    check_format,
    dump,
    flag,
    loads,
    never_as_null,
    object_of,
    objects_of,
    reading,
    strings,
    time_or_never,
    whole,
    words,
    words_or_none,
)
from rejoinder.model.messages import Outbound, Policy, TurnMessages
from rejoinder.model.people import Account, Contact


def contact_as_json(contact: Contact) -> dict[str, object]:
    """Return `contact` as JSON."""
    return dump(
        "contact",
        {
            "id": contact.id,
            "name": contact.name,
            "phone": contact.phone,
            "user_id": contact.user_id,
            "username": contact.username,
            "former_ids": list(contact.former_ids),
            "former_phones": list(contact.former_phones),
        },
    )


def contact_from_json(stored: Json) -> Contact:
    """Return the contact that is stored; Unreadable when it cannot be read."""
    with reading("contact"):
        check_format("contact", stored["format"])
        return Contact(
            id=words(stored["id"]),
            name=words(stored["name"]),
            phone=words_or_none(stored["phone"]),
            user_id=words_or_none(stored["user_id"]),
            username=words(stored.get("username", "")),
            former_ids=strings(stored["former_ids"]),
            former_phones=strings(stored["former_phones"]),
        )


def account_as_json(account: Account) -> dict[str, object]:
    """Return `account` as JSON."""
    return {"channel": account.channel, "id": account.id}


def account_from_json(stored: Json) -> Account:
    """Return the account that is stored."""
    return Account(channel=words(stored["channel"]), id=words(stored["id"]))


def _outbound_as_json(message: Outbound) -> dict[str, object]:
    return {
        "id": message.id,
        "content": dump_content(message.content),
        "outside_window": dump_content(message.outside_window) if message.outside_window else None,
        "policy": message.policy.value,
        "instead_of": dump_content(message.instead_of) if message.instead_of else None,
    }


def _outbound_from_json(stored: Json) -> Outbound:
    template, instead_of = stored["outside_window"], stored["instead_of"]
    return Outbound(
        id=words(stored["id"]),
        content=read_outbound_content(object_of(stored["content"])),
        outside_window=None if template is None else read_template(object_of(template)),
        policy=Policy(words(stored["policy"])),
        instead_of=None if instead_of is None else read_outbound_content(object_of(instead_of)),
    )


_last: list[tuple[TurnMessages, str]] = []
"""The turn that was written last: the same one goes into an item and onto a queue, or into several items."""


def dump_turn(turn: TurnMessages) -> str:
    """Return the messages of a turn as JSON text."""
    if not _last or _last[0][0] is not turn:
        _last[:] = [(turn, _dump_turn(turn))]
    return _last[0][1]


def _dump_turn(turn: TurnMessages) -> str:
    return as_text(
        dump(
            "turn",
            {
                "account": account_as_json(turn.account),
                "contact": contact_as_json(turn.contact),
                "conversation_key": turn.conversation_key,
                "correlation_id": turn.correlation_id,
                "read_id": turn.read_id,
                "window_closes_at": never_as_null(turn.window_closes_at),
                "messages": [_outbound_as_json(message) for message in turn.messages],
                "reports_failure": turn.reports_failure,
                "again": turn.again,
            },
        )
    )


def read_turn(text: str) -> TurnMessages:
    """Return the messages of a turn; Unreadable when they cannot be read."""
    stored = loads("turn", text)
    with reading("turn"):
        return TurnMessages(
            account=account_from_json(object_of(stored["account"])),
            contact=contact_from_json(object_of(stored["contact"])),
            conversation_key=words(stored["conversation_key"]),
            correlation_id=words(stored["correlation_id"]),
            read_id=words(stored["read_id"]),
            window_closes_at=time_or_never(stored["window_closes_at"]),
            messages=objects_of(stored["messages"], _outbound_from_json),
            reports_failure=flag(stored["reports_failure"]),
            again=whole(stored["again"]),
        )
