"""How the business stands with Meta, as `/sim/health` breaks and mends it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.simulator.kit import ADA, NUMBER, TOKEN, Network, error_of

WABA = "200000000000001"
APP = "300000000000001"
OF_APP = {"authorization": f"Bearer {APP}|rejoinder-development-app-secret"}


def get(network: Network, path: str, headers: dict[str, str] = TOKEN, **parameters: str) -> Any:
    return network.http.get(f"/v25.0/{path}", params=parameters, headers=headers).json()


def debugged(network: Network) -> Any:
    return get(network, "debug_token", OF_APP, input_token="rejoinder-development-access-token")["data"]


def test_a_new_secret_of_the_app_takes_the_rights_of_the_token_that_the_old_one_makes(
    network: Network,
) -> None:
    network.control("secret", {"app_secret": "another"})
    assert get(network, "debug_token", OF_APP, input_token="any")["error"]["code"] == 190
    network.control("reset", {})
    assert debugged(network)["is_valid"]


def test_an_expired_token_is_refused_everywhere_and_the_app_can_ask_why(network: Network) -> None:
    assert debugged(network)["is_valid"]
    network.control("health", {"token": "expired"})
    error = error_of(network.send(ADA))
    assert (error["code"], error["error_subcode"]) == (190, 463)
    told = debugged(network)
    assert (told["is_valid"], told["error"]["code"]) == (False, 190)
    assert 0 < told["expires_at"] < network.see("clock")["now"]
    network.control("health", {"token": "valid", "token_expires_at": 4102444800, "scopes": ["email"]})
    told = debugged(network)
    assert (told["is_valid"], told["expires_at"], told["scopes"]) == (True, 4102444800, ["email"])


@pytest.mark.parametrize(
    ("order", "entity", "state", "told"),
    [
        ({"payment": False}, "WABA", "BLOCKED", "errors"),
        ({"registered": False}, "PHONE_NUMBER", "BLOCKED", "errors"),
        ({"name": "DECLINED"}, "PHONE_NUMBER", "LIMITED", "additional_info"),
        ({"app": "development"}, "APP", "LIMITED", "additional_info"),
    ],
)
def test_the_health_of_a_number_names_what_cannot_send(
    network: Network, order: dict[str, Any], entity: str, state: str, told: str
) -> None:
    assert get(network, NUMBER, fields="health_status")["health_status"]["can_send_message"] == "AVAILABLE"
    network.control("health", order)
    health = get(network, NUMBER, fields="health_status")["health_status"]
    assert health["can_send_message"] == state
    (ill,) = [one for one in health["entities"] if one["can_send_message"] != "AVAILABLE"]
    assert (ill["entity_type"], ill["can_send_message"], told in ill) == (entity, state, True)


def test_the_account_and_the_number_tell_their_review_and_quality(network: Network) -> None:
    network.control(
        "health",
        {"verification": "not_verified", "review": "PENDING", "quality": "RED", "throughput": "HIGH"},
    )
    account = get(network, WABA, fields="business_verification_status,account_review_status")
    assert (account["business_verification_status"], account["account_review_status"]) == (
        "not_verified",
        "PENDING",
    )
    number = get(network, NUMBER, fields="quality_rating,throughput")
    assert (number["quality_rating"], number["throughput"]) == ("RED", {"level": "HIGH"})


def test_only_the_app_sees_its_subscriptions(network: Network) -> None:
    assert get(network, f"{APP}/subscriptions")["error"]["code"] == 15
    (subscription,) = get(network, f"{APP}/subscriptions", OF_APP)["data"]
    assert (subscription["object"], subscription["active"]) == ("whatsapp_business_account", True)
    assert subscription["callback_url"] == network.webhook.url
    assert "messages" in [field["name"] for field in subscription["fields"]]
    assert get(network, APP, fields="name") == {"name": "Simulated Business", "id": APP}


def test_an_app_gets_only_the_fields_that_it_subscribed_to(network: Network) -> None:
    order = {
        "object": "whatsapp_business_account",
        "callback_url": network.webhook.url,
        "verify_token": "any",
    }
    answer = network.http.post(
        f"/v25.0/{APP}/subscriptions", json={**order, "fields": "account_update"}, headers=OF_APP
    )
    assert answer.json() == {"success": True}
    assert "gets no messages" in network.say()["error"]
    (subscription,) = get(network, f"{APP}/subscriptions", OF_APP)["data"]
    assert [field["name"] for field in subscription["fields"]] == ["account_update"]
    answer = network.http.post(
        f"/v25.0/{APP}/subscriptions", json={**order, "fields": ["nonsense"]}, headers=OF_APP
    )
    assert error_of(answer)["code"] == 100


def test_each_fault_of_the_page_breaks_one_thing_and_the_next_mends_it(network: Network) -> None:
    well = network.see("health")
    for fault in well["breaks"]:
        broken = network.control("health", {"break": fault})
        assert broken["fault"] == fault
    network.control("health", {"break": "template_paused"})
    assert {one["status"] for one in network.see("templates")} == {"PAUSED"}
    assert network.control("health", {"break": ""}) == well
    assert {one["status"] for one in network.see("templates")} == {"APPROVED"}


@pytest.mark.parametrize(
    "order",
    [
        [],
        {"colour": "red"},
        {"token": "lost"},
        {"payment": "no"},
        {"scopes": "email"},
        {"break": "everything"},
        {"token_expires_at": -1},
    ],
)
def test_an_order_that_is_none_changes_nothing(network: Network, order: Any) -> None:
    before = network.see("health")
    assert network.http.post("/sim/health", json=order).status_code == 400
    assert network.see("health") == before
