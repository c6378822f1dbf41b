"""What the client of the account side makes of Meta's answers: of its examples, and of what it may leave out.

The examples are from Meta's OpenAPI description (github.com/facebook/openapi, MIT).
"""

from typing import Any

import pytest

from rejoinder.workbench.graph import automation, blocks, codes, numbers, profile, tokens, webhooks
from rejoinder.workbench.graph.answers import flag, objects, text, texts, whole
from rejoinder.workbench.graph.changes import Change
from rejoinder.workbench.graph.client import Graph
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings

APP = "1234567890123456"


def test_a_number_is_read_as_the_specification_and_as_the_documentation_show_it() -> None:
    linked = {
        "id": "1906385232743451",
        "display_phone_number": "+1 631-555-5555",
        "verified_name": "Jasper's Market",
        "status": "LINKED",
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "account_mode": "LIVE",
        "host_platform": "CLOUD_API",
        "messaging_limit_tier": "TIER_1K",
        "username": None,
    }
    one = numbers.Number.read(linked)
    assert (one.phone, one.platform, one.limit) == ("+1 631-555-5555", "CLOUD_API", "TIER_1K")
    limits = {"throughput": {"level": "HIGH"}, "whatsapp_business_manager_messaging_limit": "TIER_UNLIMITED"}
    two = numbers.Number.read({**linked, **limits, "is_pin_enabled": "true", "id": 1906385232743451})
    assert (two.throughput, two.limit, two.has_pin) == ("HIGH", "TIER_UNLIMITED", True)
    assert two.id == one.id


def test_a_profile_is_read_at_either_of_its_two_places() -> None:
    shown = {"about": "Welcome!", "websites": ["https://www.business.com"], "vertical": "RESTAURANT"}
    flat = profile.Profile.read({"data": [{**shown, "messaging_product": "whatsapp"}]})
    assert flat == profile.Profile.read({"data": [{"business_profile": shown}]})
    assert (flat.about, flat.websites) == ("Welcome!", ("https://www.business.com",))


def test_a_code_is_read_with_its_picture() -> None:
    shown = {"code": "FO7", "prefilled_message": "Tell me more", "deep_link_url": "https://wa.me/message/FO7"}
    one = codes.Code.read({**shown, "qr_image_url": "https://scontent.example/qr"})
    assert one == codes.Code(
        code="FO7",
        words="Tell me more",
        link="https://wa.me/message/FO7",
        picture="https://scontent.example/qr",
    )


def test_an_app_that_gets_webhooks_is_read_with_its_other_address() -> None:
    app = {"id": APP, "name": "Business Messaging App", "link": "https://www.facebook.com/games/?app_id=1"}
    shown = {"override_callback_uri": "https://example.com/hook", "whatsapp_business_api_data": app}
    assert webhooks.SubscribedApp.read(shown) == webhooks.SubscribedApp(
        id=APP, name="Business Messaging App", override="https://example.com/hook"
    )


@pytest.mark.parametrize("fields", [["feed", "messages"], [{"name": "feed"}, {"name": "messages"}]])
def test_the_fields_of_an_app_are_read_as_objects_and_as_texts(fields: list[Any]) -> None:
    other = {"object": "user", "callback_url": "https://example.com/user"}
    ours = {"object": webhooks.OBJECT, "callback_url": "https://example.com/", "active": True}
    found = webhooks.AppWebhook.read({"data": [other, {**ours, "fields": fields}]})
    assert (found.url, found.fields, found.is_active) == ("https://example.com/", ("feed", "messages"), True)


def test_a_token_is_read_with_its_permissions() -> None:
    scope = "whatsapp_business_messaging"
    data = {"app_id": APP, "type": "SYSTEM_USER", "expires_at": "1800000000", "is_valid": True}
    data |= {"scopes": [scope], "granular_scopes": [{"scope": scope, "target_ids": ["1"]}]}
    token = tokens.Token.read({"data": data})
    assert (token.is_valid, token.kind, token.expires_at) == (True, "SYSTEM_USER", 1_800_000_000)
    assert token.missing == ("whatsapp_business_management",)
    assert token.targets == {scope: ("1",)}


def test_a_contact_that_was_not_blocked_is_read_with_the_reason() -> None:
    error = {"message": "Re-engagement required", "code": 131047, "error_data": {"details": "Too late"}}
    users = {"added_users": [], "failed_users": [{"input": "1", "errors": [error]}, {"input": "2"}]}
    first, second = blocks.refused({"block_users": users})
    assert (first.why, second.why) == ("Too late", "")


EMPTY: list[Any] = [{}, {"data": None}, {"data": {}}, {"data": [None, 7]}, {"data": [{"fields": 7}]}]


@pytest.mark.parametrize("answer", EMPTY)
@pytest.mark.parametrize(
    ("read", "nothing"),
    [
        (numbers.Number.read, numbers.Number(id="")),
        (profile.Profile.read, profile.Profile()),
        (codes.Code.read, codes.Code(code="")),
        (automation.Greeting.read, automation.Greeting()),
        (webhooks.AppWebhook.read, webhooks.AppWebhook()),
        (webhooks.SubscribedApp.read, webhooks.SubscribedApp(id="")),
        (tokens.Token.read, tokens.Token()),
        (blocks.refused, ()),
    ],
)
def test_an_answer_without_what_is_looked_for_is_read_as_nothing(
    read: Any, nothing: object, answer: dict[str, Any]
) -> None:
    assert read(answer) == nothing


def test_values_of_another_type_are_read_as_nothing() -> None:
    answer: dict[str, Any] = {"a": {"b": True}, "n": "-1", "l": [1, None, "x"], "f": "TRUE"}
    assert (text(answer, "a"), text(answer, "a", "b"), text(answer, "n", "b")) == ("", "", "")
    assert (whole(answer, "n"), whole(answer, "f"), whole({"n": 7}, "n")) == (0, 0, 7)
    assert (texts(answer, "l"), texts(answer, "a"), flag(answer, "f")) == (("1", "x"), (), True)
    assert objects(answer, "n", "l") == ()


def test_a_change_is_shown_without_its_secrets_at_any_depth() -> None:
    inside = {"verify_token": "secret", "override_callback_uri": "https://example.com/"}
    change = Change(
        method="POST",
        path="1",
        body={"webhook_configuration": inside, "pin": "123456", "list": [{"pin": "654321"}]},
        secrets=("verify_token", "pin"),
    )
    shown = change.shown()
    assert shown.startswith('POST /1\n  {"webhook_configuration": {"verify_token": "(hidden)"')
    assert not {"secret", "123456", "654321"} & {*shown.replace('"', " ").split()}
    assert "123456" not in repr(change)
    assert Change(method="DELETE", path="1/username").shown() == "DELETE /1/username"


def test_the_network_agrees_with_the_client() -> None:
    settings = Settings()
    with Simulator(settings) as simulator, Graph(simulator.url, "v25.0", settings.access_tokens[0]) as graph:
        token = tokens.token(graph, graph.token)
        assert (token.is_valid, token.missing) == (True, ())
        assert not tokens.token(graph, "another").is_valid
        assert webhooks.unsubscribe(settings.waba_id).make(graph) == {"success": True}
        assert list(webhooks.subscribed_apps(graph, settings.waba_id)) == []
        webhooks.subscribe(settings.waba_id).make(graph)
        (app,) = webhooks.subscribed_apps(graph, settings.waba_id)
        assert (app.id, app.override) == (settings.app_id, "")
        pages = graph.pages(f"{settings.waba_id}/phone_numbers", limit=1)
        assert [one["id"] for one in pages] == [*settings.phone_numbers]
        shown = [numbers.number(graph, one.id) for one in numbers.numbers(graph, settings.waba_id)]
        assert {one.id for one in shown} == {*settings.phone_numbers}
