"""What becomes of a template at the network: its rules, its review, pauses, categories, and its end."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from rejoinder.workbench.simulator.business import template_id
from rejoinder.workbench.simulator.reviewing import fault_of
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.templates import Template
from tests.unit.simulator.kit import ADA, AS_JSON, TOKEN, Network, Webhook, error_of, eventually

WABA = "200000000000001"
PLACE = f"{WABA}/message_templates"
HOUR = 3600
DAY = 24 * HOUR
BODY = {"type": "BODY", "text": "Hello {{1}}, your table is ready.", "example": {"body_text": [["Ada"]]}}
READY = {"name": "table_ready", "language": "en_US", "category": "UTILITY", "components": [BODY]}
HELLO = template_id("hello_world", "en_US")


class Business:
    """What a business and the people at the network do with templates."""

    def __init__(self, network: Network) -> None:
        self.network = network

    def post(self, path: str, **parameters: Any) -> Any:
        return self.network.http.post(f"/v25.0/{path}", json=parameters, headers=TOKEN).json()

    def get(self, path: str, **parameters: str) -> Any:
        return self.network.http.get(f"/v25.0/{path}", params=parameters, headers=TOKEN).json()

    def create(self, **changes: Any) -> str:
        made = self.post(PLACE, **{**READY, **changes})
        assert "id" in made, made
        return str(made["id"])

    def delete(self, name: str) -> Any:
        url = f"/v25.0/{PLACE}?name={name}"
        return self.network.http.delete(url, headers=TOKEN).json()

    def do(self, its_id: str, what: str, **details: Any) -> Any:
        return self.network.control(f"templates/{its_id}", {"do": what, **details})

    def status(self, its_id: str) -> str:
        return str(self.get(its_id, fields="status")["status"])

    def send(self, name: str = "hello_world", language: str = "en_US", **more: Any) -> httpx.Response:
        template = {"name": name, "language": {"code": language}}
        return self.network.send(ADA, type="template", template=template, **more)

    def pass_time(self, seconds: float) -> None:
        self.network.control("clock", {"advance_seconds": seconds})

    def events(self, field: str) -> list[Any]:
        """Return what the webhook was told under a field."""
        return [
            change["value"]
            for post in list(self.network.webhook.posts)
            for entry in post.body["entry"]
            for change in entry["changes"]
            if change["field"] == field
        ]

    def told(self, field: str, count: int = 1) -> Any:
        """Wait for so many events of a field, and return the last one."""
        eventually(lambda: len(self.events(field)) >= count)
        return self.events(field)[-1]


STATUS = "message_template_status_update"


@pytest.fixture
def business(network: Network) -> Business:
    return Business(network)


@pytest.fixture
def by_hand(business: Business) -> Business:
    assert business.network.control("review", {"by_hand": True}) == {"by_hand": True}
    return business


# -- rules at creation ---------------------------------------------------------------------------------------

NAMED: dict[str, Any] = {
    "parameter_format": "NAMED",
    "components": [
        {
            "type": "BODY",
            "text": "Hello {{name}}, your table is ready.",
            "example": {"body_text_named_params": [{"param_name": "name", "example": "Ada"}]},
        }
    ],
}


def buttons(*kinds: str, **more: Any) -> dict[str, Any]:
    listed = [{"type": kind, "text": f"{kind.lower()[:20]} {n}", **more} for n, kind in enumerate(kinds)]
    return {"components": [BODY, {"type": "BUTTONS", "buttons": listed}]}


@pytest.mark.parametrize(
    ("changes", "subcode"),
    [
        ({"components": [{**BODY, "text": "Dear {{1}} thanks"}]}, 2388293),
        ({"components": [{**BODY, "text": "Hello {{name}}, your table is ready."}]}, 2388072),
        ({**NAMED, "components": [{**BODY, "text": "Hello {{1}}, your table is ready."}]}, 2388072),
        ({"components": [{**BODY, "example": {"body_text": [["Ada", "Bob"]]}}]}, 2388043),
        ({**NAMED, "components": [{**NAMED["components"][0], "example": {"body_text": [["A"]]}}]}, None),
        (
            {
                "components": [
                    BODY,
                    {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}},
                ]
            },
            2494102,
        ),
        ({"components": [BODY, {"type": "HEADER", "format": "IMAGE"}]}, 2388043),
        (buttons("QUICK_REPLY", "PHONE_NUMBER", "QUICK_REPLY"), -1),
        (buttons("URL", "URL", "URL", url="https://a.example"), -1),
        (buttons("PHONE_NUMBER", "PHONE_NUMBER"), -1),
        (buttons("URL", url="https://a.example/{{1}}/b", example=["x"]), -1),
        (buttons("URL", url="https://a.example/{{1}}"), 2388043),
        (buttons("PHONE_NUMBER", phone_number="1" * 21), 2388040),
        ({"components": [BODY, {"type": "CAROUSEL", "cards": []}]}, -1),
        ({"message_send_ttl_seconds": 10}, -1),
        ({"parameter_format": "ODD"}, -1),
    ],
)
def test_what_breaks_a_rule_is_an_error_at_once(
    business: Business, changes: dict[str, Any], subcode: int | None
) -> None:
    answer = business.post(PLACE, **{**READY, **changes})
    if subcode is None:
        assert "id" in answer
    else:
        assert answer["error"].get("error_subcode", -1) == subcode


def test_a_language_that_the_network_does_not_have_is_an_error_that_names_those_it_has(
    business: Business,
) -> None:
    for error in (
        business.post(PLACE, **{**READY, "language": "en-US"})["error"],
        business.post(f"{WABA}/upsert_message_templates", name="login", languages=["en", "en-US"])["error"],
    ):
        assert error["code"] == 100
        assert "af, " in str(error)
        assert 'got "en-US"' in str(error)


def test_an_error_of_a_template_says_what_to_do_in_words_for_people(business: Business) -> None:
    error = business.post(PLACE, **{**READY, "name": "hello_world"})["error"]
    assert (error["code"], error["error_subcode"], error["is_transient"]) == (100, 2388024, False)
    assert error["error_user_title"] == "Content in This Language Already Exists"
    assert error["error_user_msg"] == "There is already en_US content for this template."


def test_a_template_with_a_picture_needs_the_handle_of_an_upload(business: Business) -> None:
    example = {"header_handle": [business.network.handle()]}
    header = {"type": "HEADER", "format": "IMAGE", "example": example}
    assert business.status(business.create(components=[header, BODY])) == "APPROVED"


def test_named_variables_are_filled_by_name(business: Business) -> None:
    assert business.get(business.create(**NAMED))["parameter_format"] == "NAMED"
    parameters = [{"type": "text", "parameter_name": "name", "text": "Ada"}]
    components = [{"type": "body", "parameters": parameters}]
    template = {"name": "table_ready", "language": {"code": "en_US"}, "components": components}
    assert business.network.send(ADA, type="template", template=template).status_code == 200


def test_a_name_that_was_approved_and_deleted_is_locked_for_thirty_days(business: Business) -> None:
    business.create()
    assert business.told(STATUS)["event"] == "APPROVED"  # webhooks do not wait for one another
    assert business.delete("table_ready") == {"success": True}
    assert business.told(STATUS, 2)["event"] == "DELETED"
    assert business.post(PLACE, **READY)["error"]["error_subcode"] == 2388023
    business.create(language="en_GB")
    business.pass_time(30 * DAY)
    business.create()


def test_a_template_that_was_never_approved_leaves_its_name_free(by_hand: Business) -> None:
    by_hand.create()
    by_hand.delete("table_ready")
    by_hand.create()


def test_an_approved_template_is_edited_once_a_day_and_ten_times_a_month(business: Business) -> None:
    its_id = business.create()
    new = [{**BODY, "text": "Hello {{1}}, your table is ready now."}]
    assert business.post(its_id, components=new)["success"]
    assert business.post(its_id, components=new)["error"]["error_subcode"] == 2388039
    assert business.post(its_id, category="MARKETING")["error"]["error_subcode"] == 2388039
    for _ in range(9):
        business.pass_time(DAY)
        assert business.post(its_id, components=new)["success"]
    business.pass_time(DAY)
    assert business.post(its_id, components=new)["error"]["error_subcode"] == 2388039
    business.do(its_id, "pause")
    assert business.post(its_id, components=new)["success"], "a paused one has no limit"


def test_an_edit_tells_the_new_words_and_is_reviewed_anew(by_hand: Business) -> None:
    its_id = by_hand.create()
    assert by_hand.post(its_id, category="MARKETING")["error"]["error_subcode"] == 2388039, "it is pending"
    by_hand.do(its_id, "approve")
    reply = {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Thanks"}]}
    assert by_hand.post(its_id, components=[BODY, reply])["success"]
    assert by_hand.status(its_id) == "PENDING"
    said = by_hand.told("message_template_components_update")
    assert said["message_template_element"] == BODY["text"]
    button = {"message_template_button_type": "QUICK_REPLY", "message_template_button_text": "Thanks"}
    assert said["message_template_buttons"] == [button]


def test_templates_are_found_by_state_and_words_page_by_page(business: Business) -> None:
    for n in range(3):
        text = f"Hello {{{{1}}}}, your table {n} is ready."
        business.create(name=f"ready_{n}", components=[{**BODY, "text": text}])
    first = business.get(PLACE, status="APPROVED,PAUSED", name_or_content="table 1", fields="name")
    assert [one["name"] for one in first["data"]] == ["ready_1"]
    assert business.get(PLACE, quality_score="RED") == {"data": []}
    page = business.get(PLACE, limit="4", fields="name", summary="total_count")
    assert page["summary"]["message_template_limit"] == 250
    rest = business.network.http.get(page["paging"]["next"], headers=TOKEN).json()
    names = [one["name"] for one in page["data"] + rest["data"]]
    assert (len(names), "next" in rest["paging"]) == (6, False)


def test_a_hundred_templates_may_be_created_in_an_hour_and_few_in_all(webhook: Webhook) -> None:
    settings = Settings(approves_templates=False, template_limit=110)
    with Simulator(settings) as simulator, httpx.Client(base_url=simulator.url, trust_env=False) as http:
        business = Business(Network(http, webhook))
        for n in range(100):
            business.create(name=f"ready_{n}")
        assert business.post(PLACE, **READY)["error"]["code"] == 80007
        business.pass_time(HOUR)
        for n in range(7):
            business.create(name=f"later_{n}")
        assert business.post(PLACE, **READY)["error"]["error_subcode"] == 2388019
        business.create(name="later_1", language="de")


# -- the review ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "footer", "words"),
    [
        ("Dear {{1}} {{2}}, see you.", "", "placed next to each other"),
        ("Dear {{1}}, see {{3}} now.", "", "not sequential"),
        ("Dear {{first#}}, see you.", "", "special characters"),
        ("Dear {{1}, see you.", "", "braces that do not match"),
        ("See you soon.", "Bye", "same body and footer"),
    ],
)
def test_the_rules_reject_what_is_malformed_or_there_already(body: str, footer: str, words: str) -> None:
    other = Template(name="other", language="en", body="See you soon.", footer="Bye")
    rejection = fault_of(Template(name="a", language="en", body=body, footer=footer), [other])
    assert rejection
    assert (rejection.reason, words in rejection.why) == ("INVALID_FORMAT", True)
    assert rejection.recommendation


def test_the_rules_approve_what_is_sound() -> None:
    sound = Template(name="a", language="en", header="Now {{1}}", body="Dear {{name}} and {{2}}, of {{1}}.")
    assert fault_of(sound, [sound]) is None


def test_a_rejection_names_reason_and_cure(business: Business) -> None:
    text = "Dear {{1}} {{2}}, your table is ready for you now."
    its_id = business.create(
        components=[{"type": "BODY", "text": text, "example": {"body_text": [["A", "B"]]}}]
    )
    said = business.told(STATUS)
    assert (said["event"], said["reason"]) == ("REJECTED", "INVALID_FORMAT")
    assert "placed next to each other" in said["rejection_info"]["reason"]
    assert business.get(its_id, fields="status,rejected_reason") == {
        "id": its_id,
        "status": "REJECTED",
        "rejected_reason": "INVALID_FORMAT",
    }


def test_somebody_approves_by_hand(by_hand: Business) -> None:
    its_id = by_hand.create()
    assert by_hand.status(its_id) == "PENDING"
    assert error_of(by_hand.send("table_ready"))["code"] == 132001
    by_hand.do(its_id, "approve")
    assert by_hand.told(STATUS)["event"] == "APPROVED"
    assert by_hand.status(its_id) == "APPROVED"


def test_somebody_rejects_by_hand_with_words(by_hand: Business) -> None:
    its_id = by_hand.create()
    shown = by_hand.do(its_id, "reject", reason="PROMOTIONAL", why="It sells.", recommendation="Do not.")
    assert (shown["status"], shown["review"]["rejection"]["why"]) == ("REJECTED", "It sells.")
    said = by_hand.told(STATUS)
    assert (said["event"], said["reason"]) == ("REJECTED", "PROMOTIONAL")
    assert said["rejection_info"] == {"reason": "It sells.", "recommendation": "Do not."}


def test_what_waits_is_decided_by_rule_when_nobody_decides_any_more(by_hand: Business) -> None:
    its_id = by_hand.create()
    by_hand.network.control("review", {"by_hand": False})
    assert by_hand.status(its_id) == "APPROVED"


@pytest.fixture
def slow(webhook: Webhook) -> Iterator[Business]:
    settings = Settings(review_seconds=0.03, webhook_url=webhook.url)
    with Simulator(settings) as simulator, httpx.Client(base_url=simulator.url, trust_env=False) as http:
        yield Business(Network(http, webhook))


def test_a_review_may_take_a_while(slow: Business) -> None:
    its_id = slow.create()
    assert slow.told(STATUS)["event"] == "APPROVED"
    assert slow.status(its_id) == "APPROVED"


def test_every_event_is_signed_with_numbers_and_a_hyphen(business: Business) -> None:
    business.do(HELLO, "flag")
    said = business.told(STATUS)
    assert said == {
        "event": "FLAGGED",
        "message_template_id": int(HELLO),
        "message_template_name": "hello_world",
        "message_template_language": "en-US",
        "reason": "NONE",
        "message_template_category": "UTILITY",
    }
    (post,) = business.network.webhook.posts
    seal = hmac.new(b"rejoinder-development-app-secret", post.raw, hashlib.sha256).hexdigest()
    assert post.headers["X-Hub-Signature-256"] == f"sha256={seal}"
    assert type(post.body["entry"][0]["time"]) is int


# -- pauses, quality, category, archive ----------------------------------------------------------------------


def test_a_template_is_paused_for_three_hours_then_six_then_disabled(business: Business) -> None:
    business.do(HELLO, "pause")
    assert business.told(STATUS)["other_info"]["title"] == "FIRST_PAUSE"
    assert error_of(business.send())["code"] == 132015
    business.pass_time(3 * HOUR - 5)
    assert business.status(HELLO) == "PAUSED"
    business.pass_time(10)
    said = business.told(STATUS, 2)
    assert (said["event"], said["other_info"]["title"]) == ("APPROVED", "UNPAUSE")
    business.do(HELLO, "pause")
    assert business.told(STATUS, 3)["other_info"]["title"] == "SECOND_PAUSE"
    business.pass_time(3 * HOUR + 5)
    assert business.status(HELLO) == "PAUSED"
    business.pass_time(3 * HOUR)
    assert business.status(HELLO) == "APPROVED"
    business.do(HELLO, "pause")
    said = business.told(STATUS, 5)
    assert (said["event"], type(said["disable_info"]["disable_date"])) == ("DISABLED", int)
    assert error_of(business.send())["code"] == 132016
    business.do(HELLO, "reinstate")
    assert business.told(STATUS, 6)["event"] == "REINSTATED"
    assert business.send().status_code == 200


def test_the_business_ends_a_pause(business: Business) -> None:
    assert business.post(f"{HELLO}/unpause")["success"] is False
    business.do(HELLO, "pause")
    assert business.post(f"{HELLO}/unpause") == {"success": True}
    assert business.status(HELLO) == "APPROVED"


def test_a_message_that_was_accepted_fails_when_its_template_is_paused(business: Business) -> None:
    business.network.control("faults", {"kind": "status", "delay_seconds": 0.2})
    sent = business.send().json()["messages"][0]["id"]
    business.do(HELLO, "pause")
    assert business.network.statuses(sent, 1) == ["failed"]
    (failed,) = business.network.webhook.items("statuses")
    assert failed["errors"][0]["code"] == 132015


def test_messages_wait_until_the_quality_of_their_template_is_known(business: Business) -> None:
    business.do(HELLO, "hold")
    held = [business.send().json()["messages"][0] for _ in range(2)]
    assert {one["message_status"] for one in held} == {"held_for_quality_assessment"}
    assert business.network.webhook.items("statuses") == []
    business.do(HELLO, "release")
    assert business.network.statuses(held[1]["id"], 3)[0] == "sent"
    business.do(HELLO, "hold")
    late = business.send().json()["messages"][0]["id"]
    business.do(HELLO, "pause")
    assert business.network.statuses(late, 1) == ["failed"]
    business.pass_time(4 * HOUR)
    assert business.status(HELLO) == "PAUSED", "only the business ends such a pause"


def test_the_quality_of_a_template_is_told_and_shown(business: Business) -> None:
    business.do(HELLO, "rate", quality="YELLOW")
    said = business.told("message_template_quality_update")
    assert (said["previous_quality_score"], said["new_quality_score"]) == ("UNKNOWN", "YELLOW")
    score = business.get(HELLO, fields="quality_score")["quality_score"]
    assert (score["score"], type(score["date"])) == ("YELLOW", int)


def test_a_category_changes_a_day_after_it_was_announced(business: Business) -> None:
    business.do(HELLO, "recategorise", category="MARKETING")
    said = business.told("template_category_update")
    assert (said["new_category"], said["correct_category"]) == ("UTILITY", "MARKETING")
    assert type(said["category_update_timestamp"]) is int
    assert business.get(HELLO, fields="correct_category")["correct_category"] == "MARKETING"
    business.pass_time(DAY + 1)
    said = business.told("template_category_update", 2)
    assert (said["previous_category"], said["new_category"]) == ("UTILITY", "MARKETING")
    assert business.get(HELLO, fields="category,previous_category,correct_category") == {
        "id": HELLO,
        "category": "MARKETING",
        "previous_category": "UTILITY",
    }


def test_a_category_may_change_without_notice(business: Business) -> None:
    assert business.do(HELLO, "recategorise", now=True)["category"] == "MARKETING"
    assert business.told("template_category_update")["new_category"] == "MARKETING"


def test_a_template_goes_to_the_archive_and_comes_back(business: Business) -> None:
    place = f"{PLACE}/archive"
    answer = business.post(place, hsm_ids=f"{HELLO},1")
    assert (answer["archived_templates"], list(answer["failed_templates"])) == ([HELLO], ["1"])
    assert business.told(STATUS)["event"] == "ARCHIVED"
    assert error_of(business.send())["code"] == 132001
    answer = business.post(f"{PLACE}/unarchive", hsm_ids=HELLO)
    assert (answer["unarchived_templates"], answer["failed_templates"]) == ([HELLO], {})
    assert business.status(HELLO) == "APPROVED"


def test_a_template_for_codes_is_made_in_many_languages_at_once(business: Business) -> None:
    code = {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}
    order = {"name": "login", "languages": ["en", "de"], "components": [{"type": "BODY"}, code]}
    made = business.post(f"{WABA}/upsert_message_templates", **order)["data"]
    assert [(one["language"], one["status"]) for one in made] == [("en", "APPROVED"), ("de", "APPROVED")]
    again = business.post(f"{WABA}/upsert_message_templates", **order)["data"]
    assert [one["id"] for one in again] == [one["id"] for one in made]
    refused = business.post(f"{WABA}/upsert_message_templates", **{**order, "category": "UTILITY"})
    assert refused["error"]["code"] == 100


def test_the_library_of_templates_is_named_as_lacking(business: Business) -> None:
    answer = business.post(PLACE, name="a", language="en", category="UTILITY", library_template_name="b")
    assert answer["error"]["code"] == 3


def test_templates_are_compared_by_how_often_they_were_sent(business: Business) -> None:
    business.send()
    other = template_id("order_update", "en")
    data = business.get(f"{HELLO}/compare", template_ids=other, start="0", end="1")["data"]
    assert data[1]["number_values"] == [{"key": HELLO, "value": 1}, {"key": other, "value": 0}]


# -- the orders of the control API ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "order", "status"),
    [
        (f"templates/{HELLO}", {"do": "sing"}, 400),
        (f"templates/{HELLO}", {"do": "reject", "reason": "UGLY"}, 400),
        (f"templates/{HELLO}", {"do": "rate", "quality": "BLUE"}, 400),
        (f"templates/{HELLO}", {"do": "recategorise", "category": "FUN"}, 400),
        ("templates/1", {"do": "approve"}, 404),
        ("review", {"by_hand": "yes"}, 400),
        ("preferences", {"from": ADA, "value": "perhaps"}, 400),
        ("preferences", {"from": "Ada", "value": "stop"}, 400),
    ],
)
def test_an_order_that_cannot_be_carried_out_says_why(
    network: Network, path: str, order: dict[str, Any], status: int
) -> None:
    answer = network.http.post(f"/sim/{path}", json=order, headers=AS_JSON)
    assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


def test_the_list_of_templates_shows_what_is_kept_of_each(business: Business) -> None:
    (hello,) = [one for one in business.network.see("templates") if one["id"] == HELLO]
    assert hello["review"]["quality"] == "UNKNOWN"
    assert [one["type"] for one in hello["review"]["components"]] == ["HEADER", "BODY"]
    business.do(HELLO, "delete")
    assert HELLO not in {one["id"] for one in business.network.see("templates")}
