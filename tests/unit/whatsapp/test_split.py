"""A webhook's body is split into updates by conversation."""

import json
from typing import Any

import pytest

from rejoinder.channel_ports import Split
from rejoinder.channels.nesting import MAX_DEPTH, TOO_DEEP
from rejoinder.channels.whatsapp.front import MAX_OBJECTS, MAX_UPDATES, split
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.model.ids import group_of
from rejoinder.model.people import Account

METADATA = {"display_phone_number": "15550100001", "phone_number_id": "100000000000001"}
SECOND = {"display_phone_number": "15550100002", "phone_number_id": "100000000000002"}


def webhook(*values: object, field: object = "messages") -> bytes:
    """Return the body of a webhook with one entry, and a change for each of `values`."""
    changes = [{"field": field, "value": value} for value in values]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"changes": changes}]}).encode()


def value(*messages: object, **more: object) -> dict[str, object]:
    """Return the value of a change with `messages`, for the first phone number."""
    return {"messaging_product": "whatsapp", "metadata": METADATA, "messages": list(messages), **more}


def said(id: str, sender: str = "15550002001", **more: object) -> dict[str, object]:  # noqa: A002 - as on the wire
    """Return a message."""
    return {"id": id, "from": sender, "type": "text", "text": {"body": id}, **more}


def ids(found: Split) -> list[list[str]]:
    """Return the message ids of each conversation."""
    updates: list[Any] = [conversation.updates for conversation in found.conversations]
    return [[update["message"]["id"] for update in several] for several in updates]


def test_all_messages_of_a_contact_are_one_conversation_in_order_across_entries_and_changes() -> None:
    changes = [{"field": "messages", "value": value(said(id), said(f"{id}'"))} for id in "abcd"]
    entries = [{"changes": changes[:2]}, {"changes": changes[2:]}]
    found = split(json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode())
    assert ids(found) == [["a", "a'", "b", "b'", "c", "c'", "d", "d'"]]


def test_contacts_in_one_body_are_conversations_of_their_own() -> None:
    found = split(webhook(value(said("a", "1"), said("b", "2"), said("c", "1"))))
    assert ids(found) == [["a", "c"], ["b"]]
    assert len({conversation.group for conversation in found.conversations}) == 2


def test_a_contact_of_two_phone_numbers_has_two_conversations() -> None:
    found = split(webhook(value(said("a")), value(said("b"), metadata=SECOND)))
    assert [conversation.account for conversation in found.conversations] == [
        "whatsapp:100000000000001",
        "whatsapp:100000000000002",
    ]
    assert len({conversation.group for conversation in found.conversations}) == 2


def test_mixed_messages_and_statuses_of_one_change_all_arrive() -> None:
    statuses = [{"id": "s1", "status": "sent"}, {"id": "s2", "status": "read"}]
    found = split(webhook(value(said("a"), statuses=statuses)))
    assert ids(found) == [["a"]]
    assert found.events == tuple({"status": status} for status in statuses)
    assert not found.misfits


def test_each_message_takes_its_own_contact_along() -> None:
    one, two = {"wa_id": "1", "profile": {"name": "Ada"}}, {"user_id": "US.2", "profile": {"name": "Bea"}}
    other = {"id": "b", "from_user_id": "US.2"}
    found = split(webhook(value(said("a", "1"), other, said("c", "3"), contacts=[two, one])))
    contacts = [updates.updates[0]["contact"] for updates in found.conversations]
    assert contacts == [one, two, None], "nobody is given the name of another"


def test_a_message_that_names_nobody_is_from_the_only_contact() -> None:
    found = split(webhook(value({"id": "a"}, contacts=[{"wa_id": "1"}]), value(said("b", "1"))))
    assert ids(found) == [["a", "b"]]


def test_a_message_that_names_nobody_among_several_contacts_is_a_misfit() -> None:
    found = split(webhook(value({"id": "a"}, contacts=[{"wa_id": "1"}, {"wa_id": "2"}])))
    assert found == Split(misfits=("a message without contact",))


def test_a_user_id_in_contacts_leads_to_the_same_group_as_one_in_the_message() -> None:
    both = {"wa_id": "1", "user_id": "US.1"}
    found = split(webhook(value(said("a", "1"), contacts=[both]), value(said("b", "1", from_user_id="US.1"))))
    assert ids(found) == [["a", "b"]]


def test_a_changed_user_id_is_told_to_the_conversation_that_the_old_one_had() -> None:
    notice = {"type": "user_changed_user_id", "previous_user_id": "US.1", "user_id": "US.2"}
    found = split(
        webhook(
            value({"id": "a", "from_user_id": "US.1"}), value({"id": "b", "type": "system", "system": notice})
        )
    )
    assert ids(found) == [["a", "b"]]


def test_an_update_carries_the_hashed_id_that_all_functions_log() -> None:
    for message in (said("wamid.A1"), said("é" * 300), {"from": "1"}):
        (conversation,) = split(webhook(value(message))).conversations
        (update,) = conversation.updates
        inbound = parse(Account(channel="whatsapp", id="100000000000001"), update, received_at=1)
        assert update["correlation_id"] == inbound.hashed_id


def test_groups_fit_the_queue_and_hold_no_phone_number() -> None:
    (conversation,) = split(webhook(value(said("a", "15550002001" * 50)))).conversations
    assert conversation.group.isalnum()
    assert len(conversation.group) <= 128
    assert "15550002001" not in conversation.group


@pytest.mark.parametrize(
    "metadata", [None, {}, [], {"phone_number_id": ""}, {"phone_number_id": 7}, "x"], ids=repr
)
def test_a_message_to_no_known_number_is_a_misfit_and_its_neighbours_are_not(metadata: object) -> None:
    lost = value(said("a"), metadata=metadata, statuses=[{"id": "s"}])
    found = split(webhook(lost, value(said("b"))))
    assert ids(found) == [["b"]]
    assert len(found.events) == 1
    assert found.misfits == ("a message without account",)


def test_a_change_of_another_field_is_an_event_whole() -> None:
    found = split(webhook({"messages": [said("a")]}, field="standby"))
    change = {"field": "standby", "value": {"messages": [said("a")]}}
    assert found == Split(events=({"change": change},))


def test_what_stands_beside_messages_is_an_event() -> None:
    found = split(webhook(value(said("a"), errors=[{"code": 131000}], user_actions=[])))
    rest = {"errors": [{"code": 131000}], "user_actions": []}
    assert ids(found) == [["a"]]
    about = {"metadata": value()["metadata"]}
    assert found.events == ({"change": {"field": "messages", "value": rest | about}},)


@pytest.mark.parametrize(
    ("part", "misfit"),
    [
        ({"entry": None}, "entry holds NoneType"),
        ({"entry": "x"}, "entry holds str"),
        ({"entry": [7, {"changes": []}]}, "entry holds int"),
        ({"entry": [{"changes": [[]]}]}, "changes holds list"),
        ({"entry": [{"changes": [{"field": "messages", "value": value("x")}]}]}, "messages holds str"),
        (
            {"entry": [{"changes": [{"field": "messages", "value": {"statuses": [None]}}]}]},
            "statuses holds NoneType",
        ),
    ],
)
def test_what_is_no_object_where_one_should_be_is_a_misfit(part: dict[str, object], misfit: str) -> None:
    found = split(json.dumps({"object": "whatsapp_business_account", **part}).encode())
    assert found == Split(misfits=(misfit,))


def test_an_object_where_a_list_of_them_should_be_is_taken() -> None:
    change = {"field": "messages", "value": value() | {"messages": said("a"), "statuses": {"id": "s"}}}
    body = {"object": "whatsapp_business_account", "entry": {"changes": change}}
    found = split(json.dumps(body).encode())
    assert ids(found) == [["a"]]
    assert len(found.events) == 1


def test_a_change_with_nothing_to_handle_in_it_is_an_event() -> None:
    (event,) = split(webhook({"messaging_product": "whatsapp", "metadata": METADATA, "contacts": []})).events
    assert "change" in event


def test_an_entry_without_changes_is_a_misfit() -> None:
    found = split(b'{"object":"whatsapp_business_account","entry":[{"id":"1","messaging":[{"x":1}]}]}')
    assert found.misfits == ("an entry without changes",)


@pytest.mark.parametrize("number", ["../x", "1 2", "", "x" * 65, "\ud83d", 5])
def test_a_number_id_that_would_be_no_part_of_an_address_is_a_misfit(number: object) -> None:
    found = split(webhook(value(said("a")) | {"metadata": {"phone_number_id": number}}))
    assert found.conversations == ()
    assert found.misfits == ("a message without account",)


def test_a_message_nested_deeper_than_any_of_metas_is_a_misfit_and_its_neighbour_is_not() -> None:
    lists: object = "x"
    for _ in range(MAX_DEPTH):
        lists = [lists]
    found = split(webhook(value(said("deep", text=lists), said("a"))))
    assert ids(found) == [["a"]]
    assert found.misfits == (TOO_DEEP,)


def test_a_webhook_that_tells_nothing_is_no_error() -> None:
    assert split(b'{"object":"whatsapp_business_account","entry":[]}') == Split()
    assert split(b'{"object":"whatsapp_business_account"}') == Split()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"whatsapp_business_account"',
        b"{}",
        b'{"object":"page","entry":[]}',
        b'{"object":["whatsapp_business_account"]}',
        b'{"object":"whatsapp_business_account"',
        b"\xff\xfe\xfd",
        b'{"object":"\xe9"}',
        b'{"field":"messages","value":{}}',
        b'{"object":"whatsapp_business_account","x":' + b"9" * 5000 + b"}",
        b'{"object":"whatsapp_business_account","x":' + b"[" * 200_000,
        b'{"x":' * 200_000,
    ],
    ids=lambda body: ascii(body[:40]),
)
def test_what_is_no_webhook_at_all_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any: the caller keeps the body whole
        split(body)


def test_unicode_and_slashes_are_read_as_meta_escapes_them() -> None:
    body = webhook(value(said("a"))).replace(b'"body": "a"', rb'"body": "caf\u00e9 \/ \ud83d\udc4b"')
    (conversation,) = split(body).conversations
    message: Any = conversation.updates[0]["message"]
    assert message["text"]["body"] == "café / 👋"


@pytest.mark.parametrize(
    ("messages", "reason"),
    [(MAX_UPDATES + 1, "too many updates"), (MAX_OBJECTS, "too many objects")],
)
def test_a_body_with_more_than_meta_sends_is_no_webhook(messages: int, reason: str) -> None:
    body = webhook(value(*({"id": f"{n}", "from": "15550002001"} for n in range(messages))))
    with pytest.raises(ValueError, match=reason):
        split(body)


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("{" * (MAX_OBJECTS + 1), ""),
        ('"{' * (MAX_OBJECTS + 1), ""),
        ("\\{" * (MAX_OBJECTS + 1), "\\"),
        ("{}," * (MAX_OBJECTS + 1), '"'),
    ],
    ids=["brackets", "quotes", "backslashes", "objects"],
)
def test_brackets_in_what_somebody_writes_are_no_objects(words: str, end: str) -> None:
    text = said("b", "2", text={"body": words + end})
    found = split(webhook(value(said("a", "1"), text, said("c", "3"))))
    assert ids(found) == [["a"], ["b"], ["c"]]
    assert found.conversations[1].updates[0]["message"] == text


@pytest.mark.parametrize(
    "objects",
    [
        "[" + "{}," * MAX_OBJECTS + "{}]",
        '["{",' + "{}," * MAX_OBJECTS + "1]",
        "[" + '{"a":{"b":{"c":"}"}}},' * (MAX_OBJECTS // 3 + 1) + "1]",
        "{" + '"same":{},' * MAX_OBJECTS + '"other":1}',
        "[{}," + "{}," * MAX_OBJECTS + "never ending",
    ],
    ids=["side by side", "beside a bracket", "nested", "under one name", "before what is no JSON"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_objects_are_counted_wherever_they_stand(objects: str, encoding: str) -> None:
    body = f'{{"object":"whatsapp_business_account","\u2200":{objects}}}'
    with pytest.raises(ValueError, match="too many objects"):
        split(body.encode(encoding))


MAX_BYTES = 3_000_000
"""The largest size of Meta's webhooks, in bytes:
developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview."""


@pytest.mark.parametrize(
    "part",
    ["{},", '{"a":', '{"a":{"b":1}},', "{", "[{", '"', '"",', '\\"', "\\", '"\\', '"{', '"\\"', '"a\\"{'],
)
@pytest.mark.parametrize("start", ["[", '["'])
def test_no_body_however_odd_takes_long(part: str, start: str) -> None:
    """Each body needs milliseconds. If the time grew with the square of the length, this would need hours."""
    odd = part * (MAX_BYTES // len(part))
    body = f'{{"object":"whatsapp_business_account","x":{start}{odd}'.encode()
    with pytest.raises(ValueError):  # noqa: PT011 - any: the caller keeps the body whole
        split(body)


def test_the_most_that_meta_sends_is_split() -> None:
    people = [f"1555{n:07d}" for n in range(1000)]
    contacts = [{"wa_id": one, "profile": {"name": "A"}} for one in people]
    found = split(webhook(value(*(said(f"m{one}", one) for one in people), contacts=contacts)))
    updates: list[Any] = [conversation.updates for conversation in found.conversations]
    assert [update["contact"]["wa_id"] for several in updates for update in several] == people


def test_a_group_is_one_conversation_whoever_speaks_in_it() -> None:
    both = [said("a", "15550002001", group_id="g1"), said("b", "15550002002", group_id="g1")]
    found = split(webhook(value(*both, said("c", "15550002001"))))
    assert ids(found) == [["a", "b"], ["c"]]
    assert found.conversations[0].group == group_of("whatsapp:100000000000001", "group:g1")


def test_a_payment_says_which_account_it_is_of_and_no_other_status_does() -> None:
    payment, sent = {"id": "1", "type": "payment"}, {"id": "2", "status": "sent"}
    found = split(webhook(value(statuses=[payment, sent])))
    assert found.events == ({"status": payment, "account": "whatsapp:100000000000001"}, {"status": sent})


def test_an_account_event_says_whose_it_is_and_when() -> None:
    change = {"field": "security", "value": {"event": "PIN_CHANGED"}}
    entry = {"id": "2", "time": 5, "changes": [change]}
    found = split(json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode())
    assert found.events == ({"change": change, "id": "2", "time": 5},)
