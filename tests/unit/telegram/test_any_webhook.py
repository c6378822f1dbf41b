"""A webhook of Telegram may hold anything. Nothing raises that should not, and no update is lost."""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rejoinder.aws.stored.bodies import dump_update, read_update
from rejoinder.channel_ports import Request, Split
from rejoinder.channels.nesting import TOO_DEEP
from rejoinder.channels.telegram.channel import CHANNEL
from rejoinder.channels.telegram.contents import PARSERS
from rejoinder.channels.telegram.front import FRONT
from rejoinder.channels.telegram.ids import place_of
from rejoinder.model.context import Quoted
from rejoinder.model.events import AccountEvent
from rejoinder.model.people import Account
from rejoinder.model.said import Button, Buttons
from rejoinder.model.updates import Inbound
from tests.unit.whatsapp.test_any_webhook import (
    JSON,
    MUTATIONS,
    RECEIVED_AT,
    assert_id,
    assert_publishable,
    many,
    places,
    some,
    written,
)

VALID: list[Any] = [
    json.loads(path.read_text())["update"] for path in sorted((Path(__file__).parent / "wire").glob("*.json"))
]
ACCOUNT = Account(channel="telegram", id="123456")
KINDS = st.sampled_from(sorted({kind for update in VALID for kind in update if kind != "update_id"}))
FIELDS = st.sampled_from(
    [
        *(
            "message_id",
            "date",
            "edit_date",
            "chat",
            "from",
            "user",
            "sender_chat",
            "actor_chat",
            "id",
            "data",
        ),
        *("text", "caption", "entities", "caption_entities", "message", "message_thread_id", "reply_markup"),
        *("is_topic_message", "reply_to_message", "new_chat_member", "old_chat_member", "old_reaction"),
        *("new_reaction", "media_group_id", "forward_origin", "type", *PARSERS),
    ]
)
OBJECTS = st.dictionaries(FIELDS, JSON, max_size=6)


def split(body: bytes) -> Split:
    """Return what the front makes of a body."""
    return FRONT.split(Request(body=body, path="/telegram/123456", query={"username": "demo_bot"}))


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """Draw a valid update with up to five changes."""
    update = copy.deepcopy(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(1, 5))):
        reachable = list(places(update))
        if reachable:
            draw(st.sampled_from(MUTATIONS))(draw(st.sampled_from(reachable)), draw(JSON))
    return update


def deep_update(depth: int) -> bytes:
    """Return an update with lists in lists in the place of a content."""
    lists = "[" * depth + "]" * depth
    chat = '{"id": 1, "type": "private"}'
    return f'{{"update_id": 1, "message": {{"message_id": 1, "chat": {chat}, "photo": {lists}}}}}'.encode()


def assert_all_is_kept_and_parses(found: Split, update: Any) -> None:
    """Check that an update is queued whole, an event or a misfit, and that it can be read and written."""
    queued: list[Any] = [one for several in found.conversations for one in several.updates]
    events: list[Any] = list(found.events)
    assert len(queued) + len(events) + len(found.misfits) == 1
    assert all(written(one["update"]) == written(update) for one in queued + events)
    for several, one in zip(found.conversations, queued, strict=True):
        inbound = CHANNEL.parse(ACCOUNT, json.loads(json.dumps(one)), received_at=RECEIVED_AT)
        assert_inbound(inbound)
        assert one["correlation_id"] == inbound.hashed_id
        assert inbound.group == several.group or inbound.contact.former_ids
        assert place_of(inbound.contact.id)
    for event in events:
        assert_event(event)


def assert_inbound(inbound: Inbound) -> None:
    assert read_update(dump_update(inbound)) == inbound
    for one in (inbound.id, inbound.reply_to, *inbound.contact.ids):
        assert_id(one)
    assert 0 < inbound.at <= RECEIVED_AT + 300
    inbound.text.encode()
    said = Quoted(outbound_id="o", content=Buttons(body="?", buttons=(Button(id="x" * 99, title="X"),)))
    CHANNEL.completed(
        Inbound(**{**{n: getattr(inbound, n) for n in Inbound.__dataclass_fields__}, "quoted": said})
    )


def assert_event(event: object) -> None:
    told = CHANNEL.parse_event(json.loads(json.dumps(event)), received_at=RECEIVED_AT)
    assert isinstance(told, AccountEvent)
    assert_id(told.field)
    assert_publishable(told)


@many
@given(mutated())
def test_no_mutation_of_a_valid_update_is_lost_or_breaks_a_parser(update: Any) -> None:
    try:
        found = split(json.dumps(update).encode())
    except ValueError:
        assert "update_id" not in update
        return
    if TOO_DEEP in found.misfits:
        return
    assert_all_is_kept_and_parses(found, update)


@some
@given(KINDS, OBJECTS, OBJECTS)
def test_any_object_of_any_kind_is_kept(kind: str, body: dict[str, Any], message: dict[str, Any]) -> None:
    for one in (body, body | {"message": message}, message | {"chat": {"id": 5, "type": body.get("type")}}):
        update = {"update_id": 9, kind: one}
        found = split(json.dumps(update).encode())
        if TOO_DEEP not in found.misfits:
            assert_all_is_kept_and_parses(found, update)


@some
@given(JSON)
def test_any_json_is_taken_or_is_no_update(body: Any) -> None:
    for one in (body, {"update_id": body}, {"update_id": 9, "message": body}):
        try:
            found = split(json.dumps(one).encode())
        except ValueError:
            continue
        if TOO_DEEP not in found.misfits:
            assert_all_is_kept_and_parses(found, one)


@some
@given(JSON, JSON)
def test_whatever_is_queued_parses(update: Any, username: Any) -> None:
    for one in ({"update": update, "username": username}, {"update": {"update_id": 9, "message": update}}):
        assert_inbound(CHANNEL.parse(ACCOUNT, one, received_at=RECEIVED_AT))
    assert_event({"account": username, "update": update})


@some
@given(st.sampled_from(VALID), st.data())
def test_a_body_with_damaged_bytes_raises_nothing_but_value_error(update: Any, data: st.DataObject) -> None:
    body = bytearray(json.dumps(update, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    start = data.draw(st.integers(0, len(body)))
    body[start : start + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=5))
    try:
        found = split(bytes(body))
    except ValueError:
        return
    assert len(found.conversations) + len(found.events) + len(found.misfits) == 1
