"""What a business keeps with the network: numbers, profiles, templates, Flows, blocked contacts, webhooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from tests.management import __main__ as replaying
from tests.management.replay import replay
from tests.unit.simulator.kit import (
    ADA,
    BOB,
    NUMBER,
    SECOND_NUMBER,
    TOKEN,
    Network,
    Webhook,
    error_of,
    eventually,
)

WABA = "200000000000001"
WHATSAPP = {"messaging_product": "whatsapp"}
BODY = {"type": "BODY", "text": "Hello {{1}}, your table is ready.", "example": {"body_text": [["Ada"]]}}
TEMPLATE = {"name": "table_ready", "language": "en", "category": "UTILITY", "components": [BODY]}


class Business:
    """A client of the management endpoints."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def get(self, path: str, **parameters: str) -> Any:
        return self._http.get(f"/v25.0/{path}", params=parameters, headers=TOKEN).json()

    def post(self, path: str, **parameters: Any) -> Any:
        return self._http.post(f"/v25.0/{path}", json=parameters, headers=TOKEN).json()

    def delete(self, path: str, **parameters: Any) -> Any:
        return self._http.request("DELETE", f"/v25.0/{path}", json=parameters, headers=TOKEN).json()


@pytest.fixture
def business(network: Network) -> Business:
    return Business(network.http)


@pytest.fixture
def unverified(webhook: Webhook) -> Iterator[Business]:
    """Return a business whose second number nobody has verified, and whose templates nobody approves."""
    settings = Settings(unverified=(SECOND_NUMBER,), approves_templates=False, webhook_url=webhook.url)
    with Simulator(settings) as simulator, httpx.Client(base_url=simulator.url, trust_env=False) as http:
        yield Business(http)


# -- numbers -------------------------------------------------------------------------------------------------


def test_a_number_shows_the_fields_that_are_asked_for(business: Business) -> None:
    shown = business.get(NUMBER)
    assert (shown["id"], shown["display_phone_number"]) == (NUMBER, "+15550100001")
    assert business.get(NUMBER, fields="status,throughput{level}") == {
        "id": NUMBER,
        "status": "CONNECTED",
        "throughput": {"level": "STANDARD"},
    }
    error = business.get(NUMBER, fields="colour")["error"]
    expected = "(#100) Tried accessing nonexisting field (colour) on node type (WhatsAppBusinessPhoneNumber)"
    assert error["message"] == expected


def test_an_account_lists_its_numbers_page_by_page(business: Business) -> None:
    first = business.get(f"{WABA}/phone_numbers", limit="1", fields="id")
    assert first["data"] == [{"id": NUMBER}]
    after = first["paging"]["cursors"]["after"]
    assert business.get(f"{WABA}/phone_numbers", after=after, fields="id")["data"] == [{"id": SECOND_NUMBER}]


def test_a_number_is_verified_and_registered_before_it_sends(unverified: Business) -> None:
    text = {**WHATSAPP, "to": ADA, "text": {"body": "hi"}}
    registration = {**WHATSAPP, "pin": "123456"}
    assert unverified.post(f"{SECOND_NUMBER}/messages", **text)["error"]["code"] == 133010
    assert unverified.post(f"{SECOND_NUMBER}/register", **registration)["error"]["code"] == 133006
    asked = {"code_method": "SMS", "language": "en_US"}
    assert unverified.post(f"{SECOND_NUMBER}/request_code", **asked) == {"success": True}
    assert unverified.post(f"{SECOND_NUMBER}/verify_code", code="000000")["error"]["code"] == 136025
    assert unverified.post(f"{SECOND_NUMBER}/verify_code", code="123456")["success"]
    assert unverified.post(f"{SECOND_NUMBER}/request_code", **asked)["error"]["code"] == 136024
    assert unverified.post(f"{SECOND_NUMBER}/register", **registration) == {"success": True}
    assert "messages" in unverified.post(f"{SECOND_NUMBER}/messages", **text)


def test_a_number_that_was_deregistered_needs_its_pin(network: Network, business: Business) -> None:
    assert business.post(NUMBER, pin="654321") == {"success": True}
    assert business.post(f"{NUMBER}/deregister") == {"success": True}
    assert error_of(network.send(ADA))["code"] == 133010
    assert business.post(f"{NUMBER}/register", **WHATSAPP, pin="123456")["error"]["code"] == 133005
    assert business.post(f"{NUMBER}/register", **WHATSAPP, pin="654321") == {"success": True}
    assert network.send(ADA).status_code == 200


def test_a_profile_is_shown_as_it_was_changed(business: Business) -> None:
    place = f"{NUMBER}/whatsapp_business_profile"
    new = {"about": "Teeth.", "websites": ["https://example.com/"], "vertical": "HEALTH"}
    assert business.post(place, **WHATSAPP, **new) == {"success": True}
    assert business.get(place, fields="about,websites,vertical,email")["data"] == [{**WHATSAPP, **new}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": ""},
        {"about": "x" * 140},
        {"websites": ["a", "b", "c"]},
        {"websites": "a"},
        {"vertical": "DENTIST"},
        {"description": "x" * 513},
    ],
)
def test_a_profile_has_limits(business: Business, wrong: dict[str, Any]) -> None:
    answer = business.post(f"{NUMBER}/whatsapp_business_profile", **WHATSAPP, **wrong)
    assert answer["error"]["code"] == 100


def test_qr_codes_are_made_changed_and_removed(business: Business) -> None:
    place = f"{NUMBER}/message_qrdls"
    code = business.post(place, prefilled_message="hi")["code"]
    business.post(place, prefilled_message="hello", code=code)
    assert business.get(f"{place}/{code}")["data"] == business.get(place)["data"]
    assert business.get(place)["data"][0]["prefilled_message"] == "hello"
    assert business.post(place, prefilled_message="x" * 141)["error"]["code"] == 100
    assert business.delete(f"{place}/{code}") == {"success": True}
    assert business.get(place) == {"data": []}


def test_what_is_only_kept_is_shown(business: Business) -> None:
    commands = [{"command_name": "book", "command_description": "a table"}]
    assert business.post(f"{NUMBER}/conversational_automation", prompts=["Book"], commands=commands)
    shown = business.get(NUMBER, fields="conversational_automation")["conversational_automation"]
    assert (shown["prompts"], shown["commands"]) == (["Book"], commands)
    business.post(f"{NUMBER}/settings", calling={"status": "ENABLED"})
    assert business.get(f"{NUMBER}/settings")["calling"] == {"status": "ENABLED"}
    assert business.post(f"{NUMBER}/settings", colour={})["error"]["code"] == 100
    business.post(f"{NUMBER}/whatsapp_commerce_settings", is_cart_enabled="false")
    commerce = {"id": NUMBER, "is_cart_enabled": False, "is_catalog_visible": False}
    assert business.get(f"{NUMBER}/whatsapp_commerce_settings")["data"] == [commerce]
    assert business.post(f"{NUMBER}/whatsapp_business_encryption", business_public_key="x")["error"]


def test_a_contact_who_wrote_can_be_blocked_and_then_gets_nothing(
    network: Network, business: Business
) -> None:
    network.say(ADA)
    users = [{"user": f"+{ADA}"}, {"user": BOB}]
    answer = business.post(f"{NUMBER}/block_users", **WHATSAPP, block_users=users)
    assert answer["block_users"]["added_users"] == [{"input": f"+{ADA}", "wa_id": ADA}]
    assert answer["block_users"]["failed_users"][0]["errors"][0]["code"] == 131047
    assert answer["error"]["code"] == 139100
    assert business.get(f"{NUMBER}/block_users")["data"] == [{**WHATSAPP, "wa_id": ADA}]
    sent = network.sent_id(ADA)
    assert network.statuses(sent, 1) == ["failed"]
    assert network.webhook.items("statuses")[0]["errors"][0]["code"] == 130403
    business.delete(f"{NUMBER}/block_users", **WHATSAPP, block_users=[{"user": ADA}])
    assert network.statuses(network.sent_id(ADA), 1) == ["sent"]


# -- templates -----------------------------------------------------------------------------------------------


def test_a_template_that_is_created_can_be_sent(network: Network, business: Business) -> None:
    made = business.post(f"{WABA}/message_templates", **TEMPLATE)
    assert (made["status"], made["category"]) == ("PENDING", "UTILITY")
    shown = business.get(made["id"])
    assert (shown["status"], shown["components"]) == ("APPROVED", [BODY])
    parameters = [{"type": "text", "text": "Ada"}]
    components = [{"type": "body", "parameters": parameters}]
    template = {"name": "table_ready", "language": {"code": "en"}, "components": components}
    assert network.send(ADA, type="template", template=template).status_code == 200


def test_a_webhook_says_that_a_template_was_approved(network: Network, business: Business) -> None:
    made = business.post(f"{WABA}/message_templates", **{**TEMPLATE, "language": "en_US"})
    eventually(lambda: len(network.webhook.posts) == 1)
    entry = network.webhook.posts[0].body["entry"][0]
    assert (entry["id"], type(entry["time"])) == (WABA, int)
    assert entry["changes"] == [
        {
            "value": {
                "event": "APPROVED",
                "message_template_id": int(made["id"]),
                "message_template_name": "table_ready",
                "message_template_language": "en-US",
                "reason": "NONE",
                "message_template_category": "UTILITY",
            },
            "field": "message_template_status_update",
        }
    ]


def test_a_template_that_nobody_approves_cannot_be_sent(unverified: Business) -> None:
    made = unverified.post(f"{WABA}/message_templates", **TEMPLATE)
    assert unverified.get(made["id"], fields="status")["status"] == "PENDING"
    template = {"name": "table_ready", "language": {"code": "en"}}
    body = {**WHATSAPP, "to": ADA, "type": "template", "template": template}
    assert unverified.post(f"{NUMBER}/messages", **body)["error"]["code"] == 132001


def test_templates_are_found_by_name_and_changed_and_deleted(business: Business) -> None:
    made = business.post(f"{WABA}/message_templates", **TEMPLATE)
    place = f"{WABA}/message_templates"
    assert [one["id"] for one in business.get(place, name="table_ready")["data"]] == [made["id"]]
    assert {one["name"] for one in business.get(place)["data"]} > {"hello_world", "table_ready"}
    business.post(made["id"], components=[{"type": "BODY", "text": "Ready."}])
    assert business.get(made["id"])["components"] == [{"type": "BODY", "text": "Ready."}]
    assert business.delete(place, name="table_ready") == {"success": True}
    assert business.get(made["id"])["error"]["error_subcode"] == 33
    assert business.delete(place, name="table_ready")["error"]["code"] == 100


@pytest.mark.parametrize(
    ("spoiled", "subcode"),
    [
        ({"name": "hello_world", "language": "en_US"}, 2388024),
        ({"components": [{**BODY, "text": "{{1}} is ready"}]}, 2388299),
        ({"components": [{**BODY, "text": "We wait for {{1}}!"}]}, 2388299),
        ({"components": [{"type": "BODY", "text": "Hello {{1}}, hello again."}]}, 2388043),
        ({"components": [{**BODY, "text": "x" * 1025}]}, 2388040),
        ({"components": [BODY, {"type": "FOOTER", "text": "for {{1}} only"}]}, 2388073),
        ({"components": [BODY, {"type": "HEADER", "format": "TEXT", "text": "{{1}} {{2}}"}]}, 2388047),
        ({"components": [BODY, {"type": "HEADER", "format": "TEXT", "text": "x" * 61}]}, 2388040),
        ({"name": "Table Ready"}, None),
        ({"category": "FUN"}, None),
        ({"components": []}, None),
        ({"components": [{"type": "SONG"}]}, None),
    ],
)
def test_a_template_has_rules(business: Business, spoiled: dict[str, Any], subcode: int | None) -> None:
    error = business.post(f"{WABA}/message_templates", **{**TEMPLATE, **spoiled})["error"]
    assert (error["code"], error.get("error_subcode")) == (100, subcode)


def test_the_api_for_marketing_takes_templates_of_marketing_only(
    network: Network, business: Business
) -> None:
    place = f"{NUMBER}/marketing_messages"
    components = [{"type": "BODY", "text": "Our sale is on."}]
    sale = {"name": "sale", "language": "en", "category": "MARKETING", "components": components}
    business.post(f"{WABA}/message_templates", **sale)
    body = {**WHATSAPP, "to": ADA, "type": "template"}
    template = {"name": "sale", "language": {"code": "en"}}
    sent = business.post(place, **body, template=template, product_policy="STRICT")["messages"][0]["id"]
    assert network.statuses(sent, 3)[0] == "sent"
    assert network.webhook.items("statuses")[0]["pricing"]["category"] == "marketing_lite"
    hello = {"name": "hello_world", "language": {"code": "en_US"}}
    assert business.post(place, **body, template=hello)["error"]["code"] == 131055
    assert business.post(place, **body, template=template, product_policy="NONE")["error"]["code"] == 100
    text = business.post(place, **WHATSAPP, to=ADA, type="text", text={"body": "hi"})["error"]
    assert text["error_data"]["details"] == "Message must be a template message."


def test_marketing_may_be_forbidden_at_the_endpoint_for_all_messages(
    network: Network, business: Business
) -> None:
    network.control("templates", {"name": "sale", "language": "en", "body": "Now.", "category": "MARKETING"})
    template = {"name": "sale", "language": {"code": "en"}}
    body = {**WHATSAPP, "to": ADA, "type": "template", "template": template}
    assert business.post(WABA, disable_marketing_messages_on_cloud_api=True) == {"success": True}
    assert business.get(WABA, fields="disable_marketing_messages_on_cloud_api") == {
        "id": WABA,
        "disable_marketing_messages_on_cloud_api": True,
    }
    assert business.post(f"{NUMBER}/messages", **body)["error"]["code"] == 131063
    assert "messages" in business.post(f"{NUMBER}/marketing_messages", **body)
    business.post(WABA, disable_marketing_messages_on_cloud_api=False)
    assert "messages" in business.post(f"{NUMBER}/messages", **body)
    assert business.post(WABA, colour="green")["error"]["code"] == 3


def test_a_portfolio_lists_its_account(business: Business) -> None:
    owned = business.get("400000000000001/owned_whatsapp_business_accounts", fields="status,country")
    assert owned["data"] == [{"id": WABA, "status": "ACTIVE", "country": "US"}]
    assert business.get("400000000000001/client_whatsapp_business_accounts") == {"data": []}


# -- Flows ---------------------------------------------------------------------------------------------------


def test_a_flow_is_drafted_published_and_deprecated(network: Network, business: Business) -> None:
    flow = business.post(f"{WABA}/flows", name="Booking", categories=["OTHER"])["id"]
    assert business.post(f"{flow}/publish")["error"]["code"] == 139002
    assert business.get(f"{flow}/assets") == {"data": []}
    form = {"name": "flow.json", "asset_type": "FLOW_JSON"}
    files = {"file": ("flow.json", b'{"version": "7.0"}', "application/json")}
    path = f"/v25.0/{flow}/assets"
    assert network.http.post(path, data=form, files=files, headers=TOKEN).json()["success"]
    assert business.post(f"{flow}/publish") == {"success": True}
    assert business.get(flow, fields="status") == {"id": flow, "status": "PUBLISHED"}
    shown = business.get(flow, fields="json_version,updated_at,application")
    assert (shown["json_version"], shown["updated_at"][-5:]) == ("7.0", "+0000")
    (asset,) = business.get(f"{flow}/assets")["data"]
    assert network.http.get(asset["download_url"], headers=TOKEN).json() == {"version": "7.0"}
    assert business.get(flow, fields="metric.name(ENDPOINT_REQUEST_COUNT)")["error"]["code"] == 3
    assert business.delete(flow)["error"]["code"] == 139004
    assert business.post(f"{flow}/deprecate") == {"success": True}
    assert business.post(f"{flow}/deprecate")["error"]["code"] == 139003
    assert [one["name"] for one in business.get(f"{WABA}/flows")["data"]] == ["Booking"]


# -- webhooks and tokens -------------------------------------------------------------------------------------


def test_without_a_subscription_no_webhooks_come(network: Network, business: Business) -> None:
    assert business.delete(f"{WABA}/subscribed_apps") == {"success": True}
    assert business.get(f"{WABA}/subscribed_apps") == {"data": []}
    assert "no app is subscribed" in network.say(ADA)["error"]
    business.post(f"{WABA}/subscribed_apps")
    assert network.say(ADA)["status"] == 200
    assert len(network.webhook.posts) == 1


def test_webhooks_go_to_another_address_that_agrees(
    network: Network, business: Business, webhook: Webhook
) -> None:
    other = Webhook()
    try:
        address = {"override_callback_uri": other.url, "verify_token": "mine"}
        other.handshake = lambda query: (200, query["hub.challenge"] * (query["hub.verify_token"] == "mine"))
        assert (
            business.post(f"{WABA}/subscribed_apps", **{**address, "verify_token": "x"})["error"]["code"]
            == 2200
        )
        assert business.post(f"{WABA}/subscribed_apps", **address)["success"]
        network.say(ADA)
        assert (len(other.posts), len(webhook.posts)) == (1, 0)
        business.post(f"{WABA}/subscribed_apps")
        network.say(ADA)
        assert (len(other.posts), len(webhook.posts)) == (1, 1)
    finally:
        other.close()


def test_the_app_sets_the_address_of_its_webhook(network: Network, business: Business) -> None:
    kind = {"object": "whatsapp_business_account", "fields": "messages", "verify_token": "a"}
    answer = business.post("300000000000001/subscriptions", callback_url=network.webhook.url, **kind)
    assert answer == {"success": True}
    refused = business.post("300000000000001/subscriptions", callback_url="http://127.0.0.1:1/", **kind)
    assert refused["error"]["message"].startswith("(#2200) Callback verification failed with the following")


def test_a_token_can_be_looked_at(business: Business) -> None:
    token = TOKEN["authorization"].removeprefix("Bearer ")
    data = business.get("debug_token", input_token=token)["data"]
    assert (data["is_valid"], data["expires_at"]) == (True, 0)
    assert business.get("debug_token", input_token="x")["data"]["is_valid"] is False


# -- the replay of examples ----------------------------------------------------------------------------------


def test_a_replay_says_file_by_file_what_becomes_of_examples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    examples = {
        "post_phone_number_id_register_req_mine": {**WHATSAPP, "pin": "123456"},
        "get_phone_number_id_200_mine": {"id": "1", "quality_rating": "GREEN"},
        "post_phone_number_id_calls_req_accept_call": {},
        "get_phone_number_id_200_other": {"id": "1", "colour": "GREEN"},
        "readme": {},
    }
    for name, body in examples.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(body))
    verdicts = {Path(one.name).stem: one for one in replay(tmp_path)}
    accepted = {name for name, one in verdicts.items() if one.why is None}
    assert accepted == {"post_phone_number_id_register_req_mine", "get_phone_number_id_200_mine"}
    assert verdicts["post_phone_number_id_calls_req_accept_call"].listed == "there are no calls"
    assert replaying.main(str(tmp_path)) == 1
    printed = capsys.readouterr().out
    assert "2 accepted, 3 refused; 2 not as listed" in printed
