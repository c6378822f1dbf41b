"""What the wire's messages become. Each JSON file in wire/ is one case, with the expected result. Fields that
a file leaves out of a value have their defaults.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from rejoinder.channels.whatsapp.front import split
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.statuses import parse_event
from rejoinder.model.contents import Location, Order, Tap, Text, Unsupported
from rejoinder.model.delivery import Status
from rejoinder.model.events import AccountEvent
from rejoinder.model.ids import MAX_ID_CHARACTERS
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound, InboundContent

RECEIVED_AT = 1_800_000_000.0
ACCOUNT = Account(channel="whatsapp", id="100000000000001")
CASES = sorted((Path(__file__).parent / "wire").glob("*.json"))
INBOUND: TypeAdapter[Inbound] = TypeAdapter(Inbound[InboundContent])


def shown(inbound: Inbound) -> dict[str, Any]:
    """Return `inbound` in the form of a wire file."""
    values: dict[str, Any] = INBOUND.dump_python(inbound, mode="json", exclude_defaults=True, exclude={"raw"})
    cards = getattr(inbound.content, "further", ())
    for value, card in zip(values["content"].get("further", []), cards, strict=True):
        value["kind"] = card.kind
    inner = getattr(inbound.content, "content", None)
    if inner:
        values["content"]["content"]["kind"] = inner.kind
    return values | {
        "account": str(inbound.account),
        "content": {"kind": inbound.content.kind, **values["content"]},
    }


def told(event: Status | Inbound | AccountEvent) -> dict[str, Any]:
    """Return `event` in the form of a wire file."""
    if isinstance(event, Inbound):
        return shown(event)
    values: dict[str, Any] = TypeAdapter(type(event)).dump_python(
        event, mode="json", exclude_defaults=True, exclude={"raw"}
    )
    is_plain = type(event) in (Status, AccountEvent)
    return values if is_plain else {"event_kind": type(event).__name__, **values}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_webhook_parses_to_what_its_file_says(case: Path) -> None:
    wire = json.loads(case.read_text())
    found = split(json.dumps(wire["webhook"]).encode())
    inbounds = [
        parse(Account(channel="whatsapp", id=updates.account.partition(":")[2]), one, received_at=RECEIVED_AT)
        for updates in found.conversations
        for one in updates.updates
    ]
    events = [parse_event(event, received_at=RECEIVED_AT) for event in found.events]
    given = {
        "messages": [shown(inbound) for inbound in inbounds],
        "events": [told(event) for event in events],
        "misfits": list(found.misfits),
    }
    assert {name: parts for name, parts in given.items() if parts} == wire["gives"]


def message(**fields: object) -> Inbound:
    """Return a parsed message with `fields`."""
    return parse(
        ACCOUNT, {"message": {"id": "wamid.A1", "from": "15550002001", **fields}}, received_at=RECEIVED_AT
    )


def status(**fields: object) -> Status:
    """Return a parsed status with `fields`."""
    parsed = parse_event({"status": {"id": "wamid.OUT1", **fields}}, received_at=RECEIVED_AT)
    assert isinstance(parsed, Status)
    return parsed


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("1799999990", 1_799_999_990.0),
        (1_799_999_990, 1_799_999_990.0),
        ("1800000300", 1_800_000_300.0),
        ("1800000301", RECEIVED_AT),
        ("0", RECEIVED_AT),
        ("-5", RECEIVED_AT),
        ("nan", RECEIVED_AT),
        ("inf", RECEIVED_AT),
        ("9" * 400, RECEIVED_AT),
        (10**400, RECEIVED_AT),
        ("", RECEIVED_AT),
        (None, RECEIVED_AT),
        (True, RECEIVED_AT),
        (["1799999990"], RECEIVED_AT),
    ],
)
def test_a_time_that_cannot_be_is_the_time_of_receipt(timestamp: object, at: float) -> None:
    assert message(timestamp=timestamp).at == at
    assert status(status="sent", timestamp=timestamp).at == at


@pytest.mark.parametrize(
    "odd",
    ["A" * (MAX_ID_CHARACTERS + 1), "wamid.ä", "a\nb", "half \ud83d", "\x00"],
    ids=lambda odd: ascii(odd[:9]),
)
def test_an_id_that_no_store_takes_is_replaced_by_one_that_it_does(odd: str) -> None:
    inbound = message(id=odd, from_user_id=odd, context={"id": odd})
    for id in (inbound.id, inbound.contact.id, inbound.contact.user_id, inbound.reply_to):
        assert id is not None
        assert id.isalnum()
        assert len(id) == 26
    assert message(id=odd).id == inbound.id, "the same id again is the same message"
    assert message(id=odd + "x").id != inbound.id
    assert status(id=odd, status="sent").detail.network_id == inbound.id, (
        "statuses and messages meet under one id"
    )


def test_the_longest_id_that_is_kept_is_kept() -> None:
    assert message(id="A" * MAX_ID_CHARACTERS).id == "A" * MAX_ID_CHARACTERS


def test_a_message_without_id_is_told_from_another_and_known_again() -> None:
    first, again, other = (
        parse(ACCOUNT, {"message": {"text": {"body": words}}}, received_at=RECEIVED_AT)
        for words in ("a", "a", "b")
    )
    assert first.id == again.id != other.id


def test_the_ids_of_a_contact_name_the_user_id_first_and_each_once() -> None:
    notice = {"previous_user_id": "US.1", "user_id": "US.2", "wa_id": "15550002009"}
    contact = message(from_user_id="US.1", type="system", system=notice).contact
    assert contact.ids == ("US.2", "15550002009", "US.1", "15550002001"), "as they are now, then as they were"


def test_an_update_without_any_message_is_unsupported() -> None:
    inbound = parse(ACCOUNT, {}, received_at=RECEIVED_AT)
    assert inbound.content == Unsupported(type="unknown")
    assert inbound.contact.ids == ("unknown",)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), "-inf", "NaN", "north", None, [1]], ids=repr)
def test_a_number_that_is_none_is_no_place_and_an_unknown_price(number: object) -> None:
    place = message(type="location", location={"latitude": number, "longitude": 1.0}).content
    assert place == Unsupported(type="location", reason="not as expected: location.latitude")
    item = {"product_retailer_id": "soup", "quantity": 1, "item_price": number, "currency": "EUR"}
    order = message(type="order", order={"catalog_id": "c", "product_items": [item]}).content
    assert isinstance(order, Order)
    assert order.items[0].price is None, "the contact ordered it all the same"


def test_numbers_written_as_texts_are_numbers() -> None:
    place = message(type="location", location={"latitude": "1.5", "longitude": "-2"}).content
    assert place == Location(latitude=1.5, longitude=-2.0)
    item = {"product_retailer_id": "soup", "quantity": "3", "item_price": "4", "currency": "EUR"}
    order = message(type="order", order={"catalog_id": "c", "product_items": [item]}).content
    assert isinstance(order, Order)
    assert (order.items[0].quantity, order.items[0].price) == (3, 4.0)


@pytest.mark.parametrize(
    "kind", ["text", "interactive", "button", "location", "contacts", "reaction", "order", "system", "image"]
)
@pytest.mark.parametrize("wrong", [None, 7, "x", [], [7], {}, {"id": 7, "type": 7, "body": 7}], ids=repr)
def test_a_content_of_the_wrong_shape_is_unsupported_and_keeps_its_type(kind: str, wrong: object) -> None:
    content = message(type=kind, **{kind: wrong}).content
    assert isinstance(content, Unsupported)
    assert content.type == kind
    assert content.reason


def test_halves_of_surrogate_pairs_are_replaced_wherever_words_stand() -> None:
    half, whole = "a\ud83dz", "a\ufffdz"
    assert message(type="text", text={"body": half}).content == Text(body=whole)
    reply = {"type": "button_reply", "button_reply": {"id": half, "title": half}}
    assert message(type="interactive", interactive=reply).content == Tap(id=whole, title=whole)
    assert message(type="interactive", interactive={"type": half}).content == Unsupported(
        type="interactive", reason=whole
    )
    assert message(type=half).content == Unsupported(type=whole)
    assert message(type="x", unsupported={"type": half}).content == Unsupported(type="x", reason=whole)
    card = {"profile": {"name": half}}
    assert parse(ACCOUNT, {"message": {}, "contact": card}, received_at=1).contact.name == whole
    error = {"code": 1, "error_data": {"details": half}}
    assert status(status="failed", errors=[error]).detail.error == whole


def test_a_byte_order_mark_and_whole_emoji_stay_as_they_are() -> None:
    words = "\ufeff👋\u200d🏽\x00"
    assert message(type="text", text={"body": words}).content == Text(body=words)


@pytest.mark.parametrize(
    "words",
    [
        {"error_data": "text"},
        {"error_data": []},
        {"error_data": {"details": 7}},
        {"error_data": {"\ud83d": 1}},
        {"title": 7},
        {"title": None, "error_data": None},
    ],
    ids=repr,
)
def test_the_code_of_a_failure_is_read_whatever_its_words_look_like(words: dict[str, object]) -> None:
    assert status(status="failed", errors=[{"code": 131047, **words}]).detail.error_code == 131047


@pytest.mark.parametrize("errors", [None, [], {}, "x", 7], ids=repr)
def test_a_failure_without_errors_is_a_failure_all_the_same(errors: object) -> None:
    failed = status(status="failed", errors=errors)
    assert (failed.step, failed.detail.error_code, failed.detail.error) == ("failed", None, "")


@pytest.mark.parametrize(
    ("pricing", "category"),
    [
        ({"billable": True, "category": "marketing"}, "marketing"),
        ({"billable": True}, "unknown"),
        ({"billable": False, "category": "service"}, ""),
        ({"category": "service"}, ""),
        ({"billable": "perhaps", "category": "service"}, ""),
        (None, ""),
        ([], ""),
    ],
)
def test_what_is_billed_is_metered_by_category(pricing: object, category: str) -> None:
    assert status(status="delivered", pricing=pricing).detail.billed_category == category


@pytest.mark.parametrize(
    "update",
    [{}, {"status": None}, {"status": []}, {"status": {"status": ["sent"]}}, {"change": {"field": 7}}],
    ids=repr,
)
def test_an_event_that_says_nothing_known_is_an_account_event(update: dict[str, object]) -> None:
    assert parse_event(update, received_at=RECEIVED_AT) == AccountEvent(field="unknown", at=RECEIVED_AT)
