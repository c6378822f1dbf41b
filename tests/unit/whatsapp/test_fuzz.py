"""Some hundred requests of the kind that `make fuzz` makes. They also show that its checks find faults."""

import json

import pytest
from hypothesis import HealthCheck, given, settings

from rejoinder.channels.whatsapp.front import sign
from tests.fuzz import checks
from tests.fuzz.requests import REQUESTS, Fault, Request

some_hundred = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))

VALUE = {"metadata": {"phone_number_id": "1"}, "messages": [{"id": "m", "from": "1"}]}
WEBHOOK = {
    "object": "whatsapp_business_account",
    "entry": [{"changes": [{"field": "messages", "value": VALUE}]}],
}


@some_hundred
@given(REQUESTS)
def test_any_request_is_answered_and_nothing_unsigned_is_kept_and_nothing_signed_is_lost(
    request: Request,
) -> None:
    checks.check(request)


def post(body: bytes, *, fault: Fault = "", is_signed: bool = True) -> Request:
    """Return a POST that its sender signed. `is_signed` may claim otherwise."""
    event = {
        "rawPath": "/webhook",
        "requestContext": {"http": {"method": "POST", "path": "/webhook"}},
        "headers": {"x-hub-signature-256": sign(body, "now")},
        "body": body.decode(),
    }
    return Request(event=event, body=body, is_signed=is_signed, fault=fault)


def test_a_queue_that_is_down_is_the_only_reason_for_a_500() -> None:
    body = json.dumps(WEBHOOK).encode()
    door = checks.FrontDoor.with_fault("inbound")
    assert door.answer(post(body).event).status == 500
    checks.check(post(body, fault="inbound"))


def test_the_checks_see_what_is_stored_without_a_signature() -> None:
    with pytest.raises(AssertionError):
        checks.check(post(json.dumps(WEBHOOK).encode(), is_signed=False))


def test_the_checks_see_an_update_that_is_in_no_queue() -> None:
    body = json.dumps(WEBHOOK).encode()
    door = checks.FrontDoor()
    door.answer(post(body).event)
    assert checks._is_queued_whole(body, door)
    door.inbound.messages.clear()
    assert not checks._is_queued_whole(body, door)
    assert not checks._is_queued_whole(b"[]", door)
