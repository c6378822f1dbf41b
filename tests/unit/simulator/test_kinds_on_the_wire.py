"""What the new kinds of messages do on the network, beyond the checks of their bodies."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from rejoinder.workbench import development
from tests.unit.simulator.examples import changed, example
from tests.unit.simulator.kit import ADA, NUMBER, TOKEN, Network, error_of

GROUP = "Y2FwaV9ncm91cDoxMjM"
BODY = {"type": "BODY", "text": "Here is {{1}} for you.", "example": {"body_text": [["it"]]}}
REPLIES = {"type": "QUICK_REPLY", "text": "Yes"}
LINK = {
    "type": "URL",
    "text": "Look",
    "url": "https://clinic.example/{{1}}",
    "example": ["https://clinic.example/7"],
}
UPLOADED = "the handle of an upload"
IMAGE = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [UPLOADED]}}


def sent(network: Network, body: dict[str, Any]) -> str:
    answer = network.graph(body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["messages"][0]["id"])


def test_a_message_to_a_group_has_the_status_of_the_group(network: Network) -> None:
    answer = network.graph(example("group_text"))
    assert answer.json()["contacts"] == [{"input": GROUP, "wa_id": GROUP}]
    message_id = answer.json()["messages"][0]["id"]
    assert network.statuses(message_id, 1) == ["sent"]
    (status,) = [item for item in network.webhook.items("statuses") if item["id"] == message_id]
    assert (status["recipient_id"], status["recipient_type"]) == (GROUP, "group")
    assert "recipient_user_id" not in status


def test_a_quick_reply_on_a_card_is_tapped(network: Network) -> None:
    network.say(ADA)
    message_id = sent(network, example("interactive_carousel_replies"))
    network.control("say", {"from": ADA, "tap": "Room 1"})
    message = network.webhook.items("messages")[-1]
    assert message["interactive"]["button_reply"] == {"id": "room-1", "title": "Room 1"}
    assert message["context"]["id"] == message_id


def test_an_object_may_be_a_text_of_json_as_whatsapp_api_js_sends_it(network: Network) -> None:
    body = example("contacts")
    sent(network, {**body, "contacts": json.dumps(body["contacts"])})
    refused = network.graph({**body, "contacts": "[1"})
    assert error_of(refused)["message"] == "(#100) Param contacts must be an array."


def test_a_message_may_be_a_form(network: Network) -> None:
    body = example("interactive_list")
    form = {key: json.dumps(value) if isinstance(value, dict) else value for key, value in body.items()}
    answer = network.http.post(f"/v25.0/{NUMBER}/messages", data=form, headers=TOKEN)
    assert answer.status_code == 200, answer.text


def test_an_upload_may_say_in_its_query_what_it_is_for(network: Network) -> None:
    answer = network.http.post(
        f"/v25.0/{NUMBER}/media?messaging_product=whatsapp",
        files={"file": ("a.png", b"\x89PNG", "image/png")},
        headers=TOKEN,
    )
    assert list(answer.json()) == ["id"]


@pytest.mark.parametrize(
    ("components", "parameters"),
    [
        ([BODY], []),
        (
            [IMAGE, BODY],
            [{"type": "header", "parameters": [{"type": "image", "image": {"link": "https://a.example/b"}}]}],
        ),
        (
            [BODY, {"type": "BUTTONS", "buttons": [REPLIES, LINK, {"type": "COPY_CODE", "example": "x"}]}],
            example("template_buttons")["template"]["components"],
        ),
        (
            [
                BODY,
                {
                    "type": "CAROUSEL",
                    "cards": [
                        {
                            "components": [
                                IMAGE,
                                {"type": "BODY", "text": "{{1}}"},
                                {"type": "BUTTONS", "buttons": [REPLIES, LINK]},
                            ]
                        }
                    ]
                    * 2,
                },
            ],
            [changed("template_carousel", "type", "template")["template"]["components"][1]],
        ),
        (
            [
                BODY,
                {
                    "type": "CAROUSEL",
                    "cards": [{"components": [{"type": "HEADER", "format": "PRODUCT"}]}] * 2,
                },
            ],
            [
                {
                    "type": "carousel",
                    "cards": [
                        {
                            "card_index": number,
                            "components": example("template_product_header")["template"]["components"],
                        }
                        for number in range(3)
                    ],
                }
            ],
        ),
    ],
    ids=["text", "image", "buttons", "carousel", "three products of a template with two"],
)
def test_a_template_made_at_graph_can_be_sent(
    network: Network, served: Any, components: list[Any], parameters: list[Any]
) -> None:
    served.shelf.add(b"x", "image/png", media_id="4711")
    components = json.loads(json.dumps(components).replace(UPLOADED, network.handle()))
    made = _post(network, {"name": "made", "language": "en", "category": "UTILITY", "components": components})
    assert made.status_code == 200, made.text
    body = {"type": "body", "parameters": [{"type": "text", "text": "it"}]}
    content = {"name": "made", "language": {"code": "en"}, "components": [body, *parameters]}
    message_id = network.sent_id(ADA, type="template", template=content)
    assert network.statuses(message_id, 1)[0] == "sent"


def test_a_template_with_a_button_of_an_odd_type_is_refused(network: Network) -> None:
    buttons = {"type": "BUTTONS", "buttons": [{"type": "FAX", "text": "Fax"}]}
    order = {"name": "odd", "language": "en", "category": "UTILITY", "components": [BODY, buttons]}
    assert "must be one of" in error_of(_post(network, order))["message"]


def _post(network: Network, order: dict[str, Any]) -> httpx.Response:
    path = f"/v25.0/{development.WABA_ID}/message_templates"
    return network.http.post(path, json=order, headers=TOKEN)
