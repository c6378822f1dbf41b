"""A webhook may hold anything. Nothing raises that should not, and no update is lost."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rejoinder.aws.account_events import MAX_MESSAGE_BYTES, message_of
from rejoinder.aws.stored.bodies import dump_update, read_update
from rejoinder.channel_ports import Split
from rejoinder.channels.nesting import MAX_DEPTH, TOO_DEEP
from rejoinder.channels.whatsapp.events import FIELDS
from rejoinder.channels.whatsapp.front import split
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.statuses import parse_event
from rejoinder.model.delivery import Detail, Status
from rejoinder.model.events import AccountEvent
from rejoinder.model.ids import MAX_ID_CHARACTERS, digest
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound

RECEIVED_AT = 1_800_000_000.0
VALID: list[Any] = [
    json.loads(path.read_text())["webhook"]
    for path in sorted((Path(__file__).parent / "wire").glob("*.json"))
]

some = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(some, max_examples=400)

# --- anything ---------------------------------------------------------------------------------------------

# Halves of surrogate pairs too.
WORDS = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)
LONG_WORDS = st.sampled_from(["x" * 300, "é" * 300, "1" * 20, "\x00", "\ud83d", "US.1", "true", "-1e400", ""])
NUMBERS = st.integers() | st.floats() | st.sampled_from([10**400, -(10**400), 2**63, 1e308, -0.0])
NAMES = WORDS | st.sampled_from(
    [
        "entry",
        "changes",
        "value",
        "field",
        "metadata",
        "messages",
        "statuses",
        "contacts",
        "id",
        "from",
        "type",
    ]
)


def nested(depth: int) -> Any:
    """Return lists in lists."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS | LONG_WORDS | st.integers(1, 150).map(nested),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(NAMES, parts, max_size=4),
    max_leaves=12,
)

# --- mutations of what is valid -----------------------------------------------------------------------------

Place = tuple[Any, Any]
"""A container, and the key or index of something in it."""


def places(node: Any) -> Iterator[Place]:
    """Yield the place of everything within `node`."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from places(node[key])


def delete(place: Place, _: Any) -> None:
    """Remove the value."""
    parent, key = place
    del parent[key]


def replace(place: Place, other: Any) -> None:
    """Replace the value by any other."""
    parent, key = place
    parent[key] = other


def duplicate(place: Place, _: Any) -> None:
    """Double the value. If it is not in a list, it becomes a list of two."""
    parent, key = place
    if isinstance(parent, list):
        parent.insert(key, copy.deepcopy(parent[key]))
    else:
        parent[key] = [parent[key], copy.deepcopy(parent[key])]


def wrap(place: Place, _: Any) -> None:
    """Put the value one level deeper."""
    parent, key = place
    parent[key] = {"value": parent[key]}


def add(place: Place, other: Any) -> None:
    """Put any value beside it."""
    parent, key = place
    if isinstance(parent, list):
        parent.append(other)
    else:
        parent[f"{key}!"] = other


MUTATIONS: list[Callable[[Place, Any], None]] = [delete, replace, replace, duplicate, wrap, add]


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """Draw a valid webhook, or two in one, with up to five changes."""
    webhook = copy.deepcopy(draw(st.sampled_from(VALID)))
    webhook["entry"] += copy.deepcopy(draw(st.sampled_from([[], *(other["entry"] for other in VALID)])))
    for _ in range(draw(st.integers(1, 5))):
        reachable = list(places(webhook["entry"]))
        if reachable:
            draw(st.sampled_from(MUTATIONS))(draw(st.sampled_from(reachable)), draw(JSON))
    return webhook


# --- what must hold -----------------------------------------------------------------------------------------


def listed(parent: Any, name: str) -> list[Any]:
    """Return the values under `name`, as a list."""
    found = parent.get(name, [])
    return found if isinstance(found, list) else [found]


def listed_unless_null(parent: Any, name: str) -> list[Any]:
    """Return the values under `name`, as a list. Null is no value."""
    return [] if parent.get(name) is None else listed(parent, name)


def names_a_field(change: Any) -> bool:
    """Whether a change says what it is about, or has no value that could be about anything."""
    return not isinstance(change.get("value"), dict) or bool(
        isinstance(change.get("field"), str) and change["field"]
    )


def written(value: object) -> str:
    """Return a value as JSON, to compare by: NaN is not equal to itself."""
    return json.dumps(value, sort_keys=True)


ASIDE = {"smb_message_echoes": "message_echoes", "user_preferences": "user_preferences"}


def assert_nothing_is_lost(webhook: Any, found: Split) -> None:
    """Check that every update is in a conversation or an event, or that there is a misfit for it."""
    if TOO_DEEP in found.misfits:
        return  # the caller keeps the body whole
    updates: list[Any] = [update for several in found.conversations for update in several.updates]
    events: list[Any] = list(found.events)
    kinds = ("message", "echo", "preference")
    kept_messages = sorted(written(update[kind]) for update in updates for kind in kinds if kind in update)
    kept_statuses = sorted(written(event["status"]) for event in events if "status" in event)
    kept_changes = [written(event["change"]) for event in events if "change" in event]
    messages, statuses, odd = [], [], 0
    for entry in listed(webhook, "entry"):
        odd += isinstance(entry, dict) and "changes" not in entry
        for change in listed(entry, "changes") if isinstance(entry, dict) else [None]:
            match change:
                case {"field": "messages", "value": dict() as value}:
                    messages += listed_unless_null(value, "messages")
                    statuses += listed_unless_null(value, "statuses")
                case {"field": str(field), "value": dict() as value} if field in ASIDE:
                    messages += listed_unless_null(value, ASIDE[field])
                case dict() if names_a_field(change):
                    assert written(change) in kept_changes
                case _:
                    odd += 1
    given_messages = sorted(written(message) for message in messages if isinstance(message, dict))
    odd += sum(not isinstance(part, dict) for part in messages + statuses)
    homeless = list(given_messages)
    for kept in kept_messages:
        homeless.remove(kept)
    assert kept_statuses == sorted(written(status) for status in statuses if isinstance(status, dict))
    assert len(found.misfits) == odd + len(homeless)


def assert_id(id: str | None) -> None:  # noqa: A002 - what it is
    """Check that every store and queue accepts the id, if there is one."""
    assert id is None or (id.isascii() and id.isprintable() and len(id) <= MAX_ID_CHARACTERS)


def assert_publishable(event: AccountEvent) -> None:
    """Check that SNS takes what tells of the event."""
    message = message_of(event)
    assert len(message.encode()) <= MAX_MESSAGE_BYTES
    json.loads(message, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def assert_event(event: Status | Inbound | AccountEvent) -> None:
    """Check that what an event became can be written, read again and published."""
    match event:
        case Inbound() as payment:
            assert read_update(dump_update(payment)) == payment
            assert payment.contact.ids
            for one in (payment.id, payment.reply_to, *payment.contact.ids):
                assert_id(one)
        case Status(at=at, detail=Detail(network_id=network_id, error=error)):
            assert_id(network_id)
            assert 0 < at <= RECEIVED_AT + 300
            error.encode()
        case AccountEvent(field=field) as told:
            assert_id(field)
            assert_publishable(told)


def assert_all_parse(found: Split) -> None:
    """Check that every update parses, and that the result can be written and read again."""
    for conversation in found.conversations:
        assert len(conversation.group) == 26
        assert conversation.group.isalnum()
        account = Account(channel="whatsapp", id="100000000000001")
        updates: Any = conversation.updates
        for update in updates:
            inbound = parse(account, json.loads(json.dumps(update)), received_at=RECEIVED_AT)
            assert read_update(dump_update(inbound)) == inbound
            assert update["correlation_id"] == digest(conversation.account, inbound.id)
            assert inbound.contact.ids
            for one in (inbound.id, inbound.reply_to, *inbound.contact.ids):
                assert_id(one)
            assert 0 < inbound.at <= RECEIVED_AT + 300
            inbound.text.encode()
    for event in found.events:
        assert_event(parse_event(json.loads(json.dumps(event)), received_at=RECEIVED_AT))


@many
@given(mutated())
def test_no_mutation_of_a_valid_webhook_loses_an_update_or_breaks_a_parser(webhook: Any) -> None:
    found = split(json.dumps(webhook).encode())
    assert_nothing_is_lost(webhook, found)
    assert_all_parse(found)


@some
@given(JSON)
def test_any_json_is_split_or_is_no_webhook(body: Any) -> None:
    try:
        found = split(json.dumps(body).encode())
    except ValueError:
        return
    assert_all_parse(found)


@some
@given(JSON, JSON)
def test_any_entry_and_any_value_are_split(entry: Any, value: Any) -> None:
    entries = [entry, {"changes": [{"field": "messages", "value": value}]}]
    webhook = {"object": "whatsapp_business_account", "entry": entries}
    found = split(json.dumps(webhook).encode())
    assert_nothing_is_lost(webhook, found)
    assert_all_parse(found)


NAMES_OF_EVENTS = st.sampled_from(
    [
        *("event", "groups", "calls", "history", "state_sync", "standby", "automatic_events", "time"),
        *("waba_info", "ban_info", "restriction_info", "other_info", "message_template_buttons", "errors"),
        *("control_passed", "sender", "phone_number_settings", "threshold", "message_template_name"),
    ]
)

MESSAGES = st.dictionaries(
    st.sampled_from(["id", "from", "from_user_id", "type", "timestamp", "context", "system", "group_id"])
    | st.sampled_from(["text", "interactive", "button", "image", "location", "contacts", "order", "reaction"])
    | st.sampled_from(["edit", "referral", "identity", "errors", "payment", "recipient_id", "type"]),
    JSON,
    max_size=6,
)


@some
@given(MESSAGES, MESSAGES)
def test_any_message_and_any_status_parse(message: dict[str, Any], status: dict[str, Any]) -> None:
    update = {"message": message, "contact": status}
    assert_id(parse(Account(channel="whatsapp", id="1"), update, received_at=RECEIVED_AT).id)
    parse_event({"status": status | {"status": "failed", "errors": [message]}}, received_at=RECEIVED_AT)
    parse_event({"status": status | {"status": message.get("type")}}, received_at=RECEIVED_AT)


@some
@given(st.sampled_from(sorted(FIELDS)), st.dictionaries(NAMES | NAMES_OF_EVENTS, JSON, max_size=6))
def test_any_value_of_any_field_parses_and_can_be_published(field: str, value: dict[str, Any]) -> None:
    event = {"change": {"field": field, "value": value}, "id": value.get("id"), "time": value.get("time")}
    told = parse_event(json.loads(json.dumps(event)), received_at=RECEIVED_AT)
    assert isinstance(told, AccountEvent)
    assert_publishable(told)


@some
@given(st.binary(max_size=200))
def test_any_bytes_are_split_or_are_no_webhook(body: bytes) -> None:
    try:
        found = split(body)
    except ValueError:
        return  # the caller keeps the body whole
    assert_all_parse(found)


@some
@given(st.sampled_from(VALID), st.data())
def test_a_body_with_damaged_bytes_raises_nothing_but_value_error(webhook: Any, data: st.DataObject) -> None:
    body = bytearray(json.dumps(webhook, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    start = data.draw(st.integers(0, len(body)))
    body[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=5))
    try:
        found = split(bytes(body))
    except ValueError:
        return
    assert_all_parse(found)


def deep_webhook(depth: int) -> bytes:
    """Return a webhook with lists in lists in the place of a message's, a status's or a change's content."""
    lists = "[" * depth + "]" * depth
    return (
        '{"object": "whatsapp_business_account", "entry": [{"changes": [{"field": "messages", "value": {'
        '"metadata": {"phone_number_id": "1"}, '
        f'"messages": [{{"from": "1", "type": "order", "order": {lists}, "further": {lists}}}], '
        f'"statuses": [{{"status": {lists}, "errors": {lists}}}], "further": {lists}'
        "}}]}]}"
    ).encode()


def test_what_is_nested_deeper_than_any_of_metas_is_a_misfit_and_the_rest_is_taken() -> None:
    found = split(deep_webhook(100))
    assert found.misfits == (TOO_DEEP,) * 3
    found = split(deep_webhook(MAX_DEPTH - 4))
    assert found.misfits == ()
    assert_all_parse(found)
