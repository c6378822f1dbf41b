"""A field that is null is as if absent, and what is odd in one part of a webhook costs no other part."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rejoinder.channels.whatsapp.front import split
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.statuses import parse_event
from rejoinder.model.contact_events import History
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    FormReply,
    Image,
    Location,
    MessageError,
    Order,
    Tap,
    Unsupported,
)
from rejoinder.model.delivery import Status
from rejoinder.model.events import AccountEvent
from rejoinder.model.people import Account
from rejoinder.model.spoken import Edited
from rejoinder.model.updates import Inbound, InboundContent

RECEIVED_AT = 1_800_000_000.0
ACCOUNT = Account(channel="whatsapp", id="100000000000001")
ROOT = Path(__file__).parents[3]
WIRE = sorted((Path(__file__).parent / "wire").glob("*.json"))
EVENTS = sorted({*(ROOT / "events" / "ingress").glob("*.json")} - {*ROOT.glob("events/ingress/telegram-*")})
ODD: list[Any] = [None, 7, -1.5, True, "odd", "", [], [None], {}, {"odd": [7]}]

Path_ = tuple[Any, ...]
"""The keys and indices that lead to a value."""


def webhooks() -> Iterator[tuple[str, Any]]:
    """Yield every webhook that the tests and the samples have, with its name."""
    for file in WIRE:
        yield file.stem, json.loads(file.read_text())["webhook"]
    for file in EVENTS:
        body = json.loads(file.read_text()).get("body")
        if body and isinstance(json.loads(body), dict):
            yield f"events/{file.stem}", json.loads(body)


each_webhook = pytest.mark.parametrize(
    "webhook", [webhook for _, webhook in webhooks()], ids=[name for name, _ in webhooks()]
)


def places(node: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the path of everything within `node`."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(node[key], (*path, key))


def parent_of(node: Any, path: Path_) -> Any:
    for key in path[:-1]:
        node = node[key]
    return node


def changed(webhook: Any, path: Path_, value: Any) -> Any:
    """Return a copy of `webhook` with another value at `path`."""
    copied = copy.deepcopy(webhook)
    parent_of(copied, path)[path[-1]] = value
    return copied


def without(webhook: Any, path: Path_) -> Any:
    """Return a copy of `webhook` without what is at `path`."""
    copied = copy.deepcopy(webhook)
    del parent_of(copied, path)[path[-1]]
    return copied


def parsed(webhook: Any) -> tuple[list[Inbound], list[Status | Inbound | AccountEvent], tuple[str, ...]]:
    """Return all that a webhook holds. Updates whose ids are made from their text have none here."""
    found = split(json.dumps(webhook).encode())
    updates = [update for several in found.conversations for update in several.updates]
    inbound = [parse(ACCOUNT, update, received_at=RECEIVED_AT) for update in updates]
    events = [parse_event(event, received_at=RECEIVED_AT) for event in found.events]
    events = [replace(event, id="") if isinstance(event, Inbound) else event for event in events]
    return [one if "." in one.id else replace(one, id="") for one in inbound], events, found.misfits


@each_webhook
def test_null_in_any_field_is_as_if_the_field_were_absent(webhook: Any) -> None:
    for path in places(webhook):
        if "value" in path[:-1] and isinstance(path[-1], str):
            assert parsed(changed(webhook, path, None)) == parsed(without(webhook, path)), path


@each_webhook
def test_an_odd_value_anywhere_raises_nothing_and_costs_no_other_message(webhook: Any) -> None:
    before = parsed(webhook)
    for path in places(webhook):
        if "messages" not in path[:-1] and "statuses" not in path[:-1]:
            continue
        for odd in ODD:
            after = parsed(changed(webhook, path, odd))
            kept = [one for one in before[0] if one in after[0]]
            assert len(kept) >= len(before[0]) - 1, (path, odd)
            assert sum(one in after[1] for one in before[1]) >= len(before[1]) - 1, (path, odd)


@each_webhook
@pytest.mark.parametrize("beside", [None, 7, "odd", [], {}, {"odd": 1}], ids=repr)
def test_what_is_odd_in_a_list_costs_nothing_else_in_it(webhook: Any, beside: Any) -> None:
    before = parsed(webhook)
    for path in [path for path in places(webhook) if isinstance(parent_of(webhook, path), list)]:
        more = copy.deepcopy(webhook)
        parent_of(more, path).insert(path[-1], beside)
        after = parsed(more)
        for one in before[0]:
            found = next(other for other in after[0] if other.id == one.id)
            assert parts(one.content) <= parts(found.content), (path, beside)
        told = [one for one in before[1] if not isinstance(one, History)]  # which counts what is in a list
        assert [one for one in told if one not in after[1]] == [], (path, beside)


def parts(content: InboundContent) -> set[object]:
    """Return what is to be kept of a content: its parts, if it has parts."""
    match content:
        case Order(items=items):
            return set(items)
        case ContactCard(further=further):
            return {replace(content, further=()), *further}
        case Unsupported(errors=errors):
            return {content.type, *errors}
        case _:
            return {content}


def message(kind: str, **fields: object) -> InboundContent:
    """Return the content of a parsed message."""
    wire = {"id": "wamid.A1", "from": "15550002001", "type": kind, **fields}
    return parse(ACCOUNT, {"message": wire}, received_at=RECEIVED_AT).content


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_an_odd_value_in_an_optional_field_costs_that_field_alone(odd: Any) -> None:
    image = message("image", image={"id": "1", "caption": odd, "mime_type": odd, "sha256": odd})
    assert isinstance(image, Image)
    assert image.media_id == "1"
    audio = message("audio", audio={"id": "1", "voice": odd})
    assert isinstance(audio, Audio)
    place = message("location", location={"latitude": 1, "longitude": 2, "name": odd, "address": odd})
    assert isinstance(place, Location)
    line = {"product_retailer_id": "soup", "quantity": 1, "item_price": odd, "currency": odd}
    order = message("order", order={"catalog_id": odd, "text": odd, "product_items": [line]})
    assert isinstance(order, Order)
    assert order.items[0].product_id == "soup"
    card = message("contacts", contacts=[{"vcard": "BEGIN:VCARD", "name": odd, "phones": odd, "org": odd}])
    assert isinstance(card, ContactCard)
    assert card.vcard == "BEGIN:VCARD"
    edit = message("edit", edit={"original_message_id": "wamid.0", "message": odd})
    assert edit == Edited(message_id="wamid.0")


@pytest.mark.parametrize("kind", ["edit", "revoke", "reaction", "system"])
@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_what_wants_no_answer_wants_none_when_it_cannot_be_read(kind: str, odd: Any) -> None:
    wire = {"id": "wamid.A1", "from": "15550002001", "type": kind, kind: odd}
    assert not parse(ACCOUNT, {"message": wire}, received_at=RECEIVED_AT).is_spoken


@pytest.mark.parametrize("kind", ["edit", "keep_in_chat", "pin", "poll_update", "reaction"])
def test_what_is_not_passed_on_wants_no_answer_when_it_would_want_none(kind: str) -> None:
    content = message("unsupported", unsupported={"type": kind}, errors=[{"code": 131051, "title": "?"}])
    expected = Unsupported(
        type="unsupported", reason=kind, errors=(MessageError(code=131051, title="?"),), spoken=False
    )
    assert content == expected


@pytest.mark.parametrize("kind", ["edit", "revoke", "reaction", "system", "poll", "", None])
def test_an_edit_to_what_nobody_says_has_no_content(kind: object) -> None:
    new = {"type": kind, "edit": {"original_message_id": "wamid.1", "message": {"type": "text"}}}
    edit = {"original_message_id": "wamid.0", "message": new}
    assert message("edit", edit=edit) == Edited(message_id="wamid.0")


@pytest.mark.parametrize(
    ("message", "content"),
    [
        ({"type": "button", "button": {"payload": "yes", "text": None}}, Tap(id="yes")),
        ({"type": "button", "button": {"payload": None, "text": "Yes"}}, Tap(id="", title="Yes")),
        (
            {
                "type": "interactive",
                "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": {"a": 1}}},
            },
            FormReply(name="", response='{"a": 1}'),
        ),
    ],
)
def test_an_odd_part_of_what_was_tapped_or_filled_in_costs_nothing_else(
    message: dict[str, object], content: object
) -> None:
    wire = {"id": "wamid.1", "from": "15550001111", "timestamp": "1900000000"} | message
    assert parse(ACCOUNT, {"message": wire}, received_at=2e9).content == content
