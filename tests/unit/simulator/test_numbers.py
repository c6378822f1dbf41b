"""A number of the business: its registration, its names, its profile, its blocked contacts, its webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from rejoinder.workbench.simulator import registration
from tests.unit.simulator.kit import ADA, BOB, NUMBER, SECOND_NUMBER, TOKEN, Network, Webhook, eventually
from tests.unit.simulator.test_management import WABA, WHATSAPP, Business

APP = "300000000000001"


@pytest.fixture
def business(network: Network) -> Business:
    return Business(network.http)


@pytest.fixture
def other(webhook: Webhook) -> Iterator[Webhook]:
    """Return a second webhook, whose verify token is `mine`."""
    one = Webhook()
    one.handshake = lambda query: (200, query["hub.challenge"] * (query["hub.verify_token"] == "mine"))
    yield one
    one.close()


def register(business: Business, pin: str = "123456", **more: str) -> Any:
    answer = business.post(f"{NUMBER}/register", **WHATSAPP, pin=pin, **more)
    return answer.get("error", {}).get("code") or answer


def events(webhook: Webhook, field: str) -> list[Any]:
    return [
        change["value"]
        for post in list(webhook.posts)
        for entry in post.body["entry"]
        for change in entry["changes"]
        if change["field"] == field
    ]


# -- registration --------------------------------------------------------------------------------------------


def test_wrong_pins_slow_a_number_down_and_then_lock_it(network: Network, business: Business) -> None:
    business.post(NUMBER, pin="654321")
    business.post(f"{NUMBER}/deregister")
    assert [register(business) for _ in range(3)] == [133005, 133005, 133009]
    for _ in range(3):
        network.control("clock", {"advance_seconds": registration.PAUSE_SECONDS})
        assert register(business) == 133005
    network.control("clock", {"advance_seconds": registration.PAUSE_SECONDS})
    locked = business.post(f"{NUMBER}/register", **WHATSAPP, pin="654321")["error"]
    left = registration.LOCK_SECONDS - registration.PAUSE_SECONDS
    assert locked["code"] == 133008
    assert locked["error_data"]["details"] == f"Too many guesses. Please try again in {left} seconds."
    network.control("clock", {"advance_seconds": left})
    assert register(business, "654321") == {"success": True}


def test_a_number_is_registered_ten_times_in_72_hours(network: Network, business: Business) -> None:
    for _ in range(registration.TRIES // 2):
        assert business.post(f"{NUMBER}/deregister") == {"success": True}
        assert register(business) == {"success": True}
    assert business.post(f"{NUMBER}/deregister")["error"]["code"] == 133016
    assert register(business) == 133016
    network.control("clock", {"advance_seconds": registration.TRIES_SECONDS})
    assert register(business) == {"success": True}


def test_messages_are_kept_elsewhere_only_when_that_is_chosen_at_the_registration(
    business: Business,
) -> None:
    assert register(business, data_localization_region="DE") == 100
    assert business.post(f"{NUMBER}/deregister") == {"success": True}
    assert business.post(f"{NUMBER}/deregister")["error"]["code"] == 133010
    assert register(business, data_localization_region="XX") == 100
    assert register(business, data_localization_region="DE") == {"success": True}


# -- names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "name", "status", "reason"),
    [("APPROVED", "Ada's Teeth", "APPROVED", None), ("REJECTED", "Simulated Business", "DECLINED", "NO")],
)
def test_a_new_display_name_waits_for_a_decision(
    network: Network, business: Business, decision: str, name: str, status: str, reason: str | None
) -> None:
    assert business.post(NUMBER, new_display_name="Ada's Teeth") == {"success": True}
    waiting = business.get(NUMBER, fields="verified_name,new_display_name,new_name_status")
    assert (waiting["verified_name"], waiting["new_name_status"]) == ("Simulated Business", "PENDING_REVIEW")
    assert waiting["new_display_name"] == "Ada's Teeth"
    network.control("names", {"decision": decision, "reason": "NO"})
    decided = business.get(NUMBER, fields="verified_name,new_name_status")
    assert (decided["verified_name"], decided["new_name_status"]) == (name, status)
    eventually(lambda: bool(network.webhook.posts))
    assert events(network.webhook, "phone_number_name_update") == [
        {
            "display_phone_number": "15550100001",
            "decision": decision,
            "requested_verified_name": "Ada's Teeth",
            "rejection_reason": reason,
        }
    ]
    assert network.http.post("/sim/names", json={"decision": decision}).status_code == 409


@pytest.mark.parametrize("order", [{"decision": "MAYBE"}, {"decision": "APPROVED", "phone_number_id": "1"}])
def test_a_decision_that_makes_no_sense_is_refused(network: Network, order: dict[str, str]) -> None:
    assert network.http.post("/sim/names", json=order).status_code == 400


def test_a_display_name_has_a_length(business: Business) -> None:
    assert business.post(NUMBER, new_display_name="ab")["error"]["code"] == 100


def test_a_username_is_taken_moved_and_given_up(network: Network, business: Business) -> None:
    assert business.get(f"{NUMBER}/username") == {}
    suggested = business.get(f"{NUMBER}/username_suggestions")["data"][0]["username_suggestions"]
    assert business.post(f"{NUMBER}/username", username=suggested[0]) == {"status": "approved"}
    assert business.get(f"{NUMBER}/username") == {"username": suggested[0], "status": "approved"}
    assert business.get(NUMBER, fields="username")["username"] == suggested[0]
    asked = {"username": suggested[0]}
    assert business.post(f"{SECOND_NUMBER}/username", **asked)["error"]["code"] == 147005
    assert "error" in business.post(f"{SECOND_NUMBER}/username", **asked, transfer_action="perhaps")
    business.post(f"{SECOND_NUMBER}/username", **asked, transfer_action="force_transfer")
    assert business.get(f"{NUMBER}/username") == {}
    assert business.delete(f"{SECOND_NUMBER}/username") == {"success": True}
    eventually(lambda: len(events(network.webhook, "business_username_updates")) == 4)
    told = {
        (one["display_phone_number"], one["status"])
        for one in events(network.webhook, "business_username_updates")
    }
    assert told == {(n, s) for n in ("15550100001", "15550100002") for s in ("approved", "deleted")}


@pytest.mark.parametrize("name", ["ab", "123", ".abc", "abc.", "a..b", "www.ada", "ada.com", "Ada", "a" * 36])
def test_a_username_has_rules(business: Business, name: str) -> None:
    assert business.post(f"{NUMBER}/username", username=name)["error"]["code"] == 147001


# -- what contacts see ---------------------------------------------------------------------------------------


def test_a_profile_has_the_picture_that_was_uploaded(network: Network, business: Business) -> None:
    asked = {"file_length": "3", "file_type": "image/png"}
    session = network.http.post(f"/v25.0/{APP}/uploads", params=asked, headers=TOKEN).json()["id"]
    headers = {**TOKEN, "file_offset": "0"}
    handle = network.http.post(f"/v25.0/{session}", content=b"PNG", headers=headers).json()["h"]
    place = f"{NUMBER}/whatsapp_business_profile"
    assert business.post(place, **WHATSAPP, profile_picture_handle="4::x")["error"]["code"] == 100
    assert business.post(place, **WHATSAPP, profile_picture_handle=handle) == {"success": True}
    url = business.get(place, fields="profile_picture_url")["data"][0]["profile_picture_url"]
    assert httpx.get(url, trust_env=False).content == b"PNG"


@pytest.mark.parametrize(("kind", "begin"), [("PNG", b"\x89PNG\r\n\x1a\n"), ("SVG", b"<svg ")])
def test_a_qr_code_has_a_picture_for_whom_asks(business: Business, kind: str, begin: bytes) -> None:
    place = f"{NUMBER}/message_qrdls"
    made = business.post(place, prefilled_message="hi", generate_qr_image=kind)
    assert httpx.get(made["qr_image_url"], trust_env=False).content.startswith(begin)
    assert "qr_image_url" not in business.get(place)["data"][0]
    fields = f"code,qr_image_url.format({kind})"
    assert "qr_image_url" in business.get(f"{place}/{made['code']}", fields=fields)["data"][0]


def test_a_number_shows_the_limit_of_its_portfolio(business: Business) -> None:
    names = ("messaging_limit_tier", "whatsapp_business_manager_messaging_limit")
    shown = business.get(NUMBER, fields=",".join(names))
    assert [shown[name] for name in names] == ["TIER_250", "TIER_250"]


def test_a_webhook_tells_of_changed_settings_for_calls(network: Network, business: Business) -> None:
    business.post(f"{NUMBER}/settings", calling={"status": "ENABLED"})
    eventually(lambda: bool(network.webhook.posts))
    (value,) = events(network.webhook, "account_settings_update")
    assert value["phone_number_settings"] == {"phone_number_id": NUMBER, "calling": {"status": "ENABLED"}}


def test_a_blocked_contact_is_not_heard(network: Network, business: Business) -> None:
    network.say(ADA)
    business.post(f"{NUMBER}/block_users", **WHATSAPP, block_users=[{"user": ADA}])
    assert network.say(ADA)["error"] == "the number has blocked the contact"
    assert len(network.webhook.posts) == 1
    business.delete(f"{NUMBER}/block_users", **WHATSAPP, block_users=[{"user": ADA}])
    assert network.say(ADA)["status"] == 200


# -- where its webhooks go -----------------------------------------------------------------------------------


def test_the_address_of_a_number_counts_before_those_of_account_and_app(
    network: Network, business: Business, other: Webhook
) -> None:
    mine = {"override_callback_uri": other.url, "verify_token": "mine"}
    refused = business.post(NUMBER, webhook_configuration={**mine, "verify_token": "x"})
    assert refused["error"]["code"] == 2200
    assert business.post(NUMBER, webhook_configuration=mine) == {"success": True}
    business.post(f"{WABA}/subscribed_apps", override_callback_uri=network.webhook.url, verify_token="x")
    shown = business.get(NUMBER, fields="webhook_configuration")["webhook_configuration"]
    app = network.webhook.url
    assert shown == {"phone_number": other.url, "whatsapp_business_account": app, "application": app}
    network.control("faults", {"kind": "webhook", "batch_seconds": 0.1, "times": 1})
    with ThreadPoolExecutor() as pool:
        numbers = (NUMBER, SECOND_NUMBER)
        said = [pool.submit(network.say, ADA, number, phone_number_id=number) for number in numbers]
    assert [one.result()["status"] for one in said] == [200, 200]
    texts = [[one["text"]["body"] for one in hook.items("messages")] for hook in (other, network.webhook)]
    assert texts == [[NUMBER], [SECOND_NUMBER]]


def test_the_address_of_a_number_is_taken_away_by_an_empty_one(
    network: Network, business: Business, other: Webhook
) -> None:
    mine = {"override_callback_uri": other.url, "verify_token": "mine"}
    business.post(NUMBER, webhook_configuration=mine)
    business.post(NUMBER, webhook_configuration={"override_callback_uri": ""})
    network.say(BOB)
    assert (len(other.posts), len(network.webhook.posts)) == (0, 1)


def test_events_of_the_account_go_to_the_address_of_the_app(
    network: Network, business: Business, other: Webhook
) -> None:
    business.post(f"{WABA}/subscribed_apps", override_callback_uri=other.url, verify_token="mine")
    business.post(f"{NUMBER}/username", username="ada")
    eventually(lambda: bool(events(network.webhook, "business_username_updates")))
    assert other.posts == []
