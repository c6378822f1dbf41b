"""A template goes from Meta into a file and back, and nothing is lost that a file can say."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rejoinder.bot.templates.catalog import Catalog
from rejoinder.model.written import Wording, WrittenButton, WrittenHeader, WrittenTemplate
from rejoinder.workbench.templates.answers import Shown, shown
from rejoinder.workbench.templates.filed import compared, differences, text_of
from rejoinder.workbench.templates.pulling import lacking, pulled
from rejoinder.workbench.templates.wire import components, creation, edit, media_of

EXAMPLES: Mapping[str, Any] = json.loads(Path(__file__).with_name("examples.json").read_text())
"""Bodies that create templates, from Meta's documentation and its Postman collection."""

SAME = (
    *("catalog_templates", "components", "components_2", "components_3", "coupon_templates"),
    *("create_authentication_template_w_otp_copy_code_button", "create_multi_product_message_template"),
    "mpm_templates",
)
"""Those that are written as we write them."""

UNSAID = {
    "create_flow_template_message_by_flow_json": ("flow_json of the button FLOW",),
    "deep_links": ("app_deep_link of the button URL",),
}
"""What a file cannot say of them."""

each_example = pytest.mark.parametrize("name", sorted(EXAMPLES))


def written(one: Shown) -> WrittenTemplate:
    """Return a template with what Meta shows of it."""
    return WrittenTemplate(
        name=one.name,
        category=one.category,
        languages={one.language: one.wording},
        ttl_seconds=one.ttl_seconds,
    )


def again(template: WrittenTemplate, language: str) -> dict[str, Any]:
    """Return what creates a template whose examples are uploaded under their own names."""
    files = media_of(template.languages[language])
    return creation(template, language, dict(zip(files, files, strict=True)))


@each_example
def test_what_meta_takes_is_read_and_made_again(name: str) -> None:
    first = shown(EXAMPLES[name])
    second = shown(again(written(first), first.language))
    assert (second.name, second.language, second.category) == (first.name, first.language, first.category)
    assert (second.wording, second.ttl_seconds) == (first.wording, first.ttl_seconds)
    assert first.unsaid == UNSAID.get(name, ())


@pytest.mark.parametrize("name", SAME)
def test_what_is_made_is_what_meta_documents(name: str) -> None:
    first = shown(EXAMPLES[name])
    assert again(written(first), first.language) == EXAMPLES[name]


@each_example
def test_what_is_written_into_a_file_is_read_from_it(name: str, tmp_path: Path) -> None:
    template = replace(pulled([shown(EXAMPLES[name])]), name="pulled")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "pulled.yaml").write_text(text_of(template), encoding="utf-8")
    assert Catalog.of(tmp_path).template("pulled") == template


CARD = {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::an..."]}}


def test_the_parts_of_a_template_are_as_meta_wants_them() -> None:
    first = shown(EXAMPLES["media_card_carousel_templates"])
    body, carousel = again(written(first), "en_US")["components"]
    assert body["example"] == {"body_text": [["Pablo", "30%", "30OFF"]]}
    card = carousel["cards"][0]["components"]
    assert card[0] == CARD
    assert card[1]["buttons"][1]["example"] == ["https://www.luckyshrub.com/rare-succulents/BLUE_ELF"]

    first = shown(EXAMPLES["zero_tap_authentication_templates"])
    (button,) = again(written(first), "en_US")["components"][2]["buttons"]
    assert button == {
        "type": "OTP",
        "text": "Copy Code",
        "autofill_text": "Autofill",
        "otp_type": "ZERO_TAP",
        "supported_apps": [{"package_name": "com.example.luckyshrub", "signature_hash": "K8a/AINcGX7"}],
        "zero_tap_terms_accepted": True,
    }

    first = shown(EXAMPLES["spm_templates"])
    body = again(written(first), "en_US")
    assert body["parameter_format"] == "NAMED"
    assert body["components"][0] == {"type": "HEADER", "format": "PRODUCT"}
    assert body["components"][1]["example"]["body_text_named_params"][0] == {
        "param_name": "code",
        "example": "15OFF",
    }


def test_a_named_variable_of_the_header_has_a_named_example() -> None:
    header = WrittenHeader(kind="text", text="Order {{number}}")
    wording = Wording(body="Hello.", header=header, examples={"number": "42"})
    part, _ = components(wording, {})
    assert part["example"] == {"header_text_named_params": [{"param_name": "number", "example": "42"}]}
    back = shown({"name": "a", "language": "en", "components": components(wording, {})}).wording
    assert back == wording


def test_a_number_in_the_header_and_in_the_body_may_have_two_examples() -> None:
    header = WrittenHeader(kind="text", text="Our {{1}} is on!", example="Summer Sale")
    wording = Wording(body="Until {{1}} only.", header=header, examples={"1": "August"})
    first, second = components(wording, {})
    assert first["example"] == {"header_text": ["Summer Sale"]}
    assert second["example"] == {"body_text": [["August"]]}
    alone = components(Wording(body="Hello.", header=header), {})
    assert shown({"name": "a", "language": "en", "components": alone}).wording.examples == {
        "1": "Summer Sale"
    }


def test_a_template_for_codes_is_read_as_meta_shows_it() -> None:
    answer = {
        "name": "code",
        "language": "en",
        "category": "AUTHENTICATION",
        "components": [
            {
                "type": "BODY",
                "text": "*{{1}}* is your verification code. For your security, do not share this code.",
                "add_security_recommendation": True,
                "example": {"body_text": [["123456"]]},
            },
            {"type": "FOOTER", "text": "This code expires in 10 minutes."},
            {
                "type": "BUTTONS",
                "buttons": [
                    {
                        "type": "URL",
                        "text": "Copy code",
                        "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}",
                        "example": ["https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp123456"],
                    }
                ],
            },
        ],
    }
    assert shown(answer).wording == Wording(
        security_note=True,
        code_minutes=10,
        buttons=(WrittenButton(kind="otp", text="Copy code", otp="copy_code"),),
    )


def test_what_meta_tells_of_a_template_is_read() -> None:
    one = shown(
        {
            "id": "1",
            "name": "a",
            "language": "en",
            "category": "UTILITY",
            "status": "REJECTED",
            "rejected_reason": "INVALID_FORMAT",
            "quality_score": {"score": "GREEN", "date": 1},
            "message_send_ttl_seconds": 60,
            "last_updated_time": "1790000000",
            "components": [{"type": "BODY", "text": "Hello."}, {"type": "CALL_PERMISSION_REQUEST"}],
        }
    )
    assert (one.id, one.status, one.reason, one.quality) == ("1", "rejected", "INVALID_FORMAT", "green")
    assert (one.ttl_seconds, one.changed_at) == (60, 1790000000.0)
    assert one.unsaid == ("a component CALL_PERMISSION_REQUEST",)
    assert shown({"name": "a", "language": "en", "rejected_reason": "NONE"}).reason == ""


def test_a_button_of_an_unknown_type_is_told() -> None:
    parts = [{"type": "BUTTONS", "buttons": [{"type": "ORDER_DETAILS", "text": "Pay"}]}]
    one = shown({"name": "a", "language": "en", "components": parts})
    assert one.wording.buttons == ()
    assert one.unsaid == ("a button ORDER_DETAILS",)


def test_a_change_has_neither_name_nor_language() -> None:
    template = WrittenTemplate(name="a", category="utility", languages={"en": Wording(body="Hello.")})
    assert edit(template, "en", {}) == {
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hello."}],
    }


def test_what_differs_is_told_in_lines_of_the_file() -> None:
    here = Wording(body="Hello {{name}}, welcome back!", footer="Bye", examples={"name": "Ada"})
    there = Wording(body="Hello {{name}}, welcome!", footer="Bye", examples={"name": "Bob"})
    lines = differences(compared(here), compared(there))
    assert lines == [
        "-body: Hello {{name}}, welcome!",
        "+body: Hello {{name}}, welcome back!",
        " footer: Bye",
        " examples:",
        "-  name: Bob",
        "+  name: Ada",
    ]
    assert differences(compared(here, examples=False), compared(here, examples=False)) == []


def test_what_the_network_writes_on_its_own_is_not_compared() -> None:
    button = WrittenButton(kind="phone", text="Call", phone="+1 555 000-1111")
    header = WrittenHeader(kind="image", example="files/a.jpg")
    here = Wording(body="Hello.\n", header=header, buttons=(button,))
    theirs = WrittenButton(kind="phone", text="Call", phone="15550001111")
    picture = WrittenHeader(kind="image", example="https://example.com/1")
    there = Wording(body="Hello.", header=picture, buttons=(theirs,))
    assert differences(compared(here), compared(there)) == []


def test_what_only_the_file_knows_stays_when_it_is_pulled_again() -> None:
    first = shown(EXAMPLES["media_card_carousel_templates"])
    assert lacking(pulled([first]).languages["en_US"]) == ["image", "image", "image"]
    own = replace(pulled([first]), fallback="en_US", ttl_seconds=43200)
    cards = tuple(
        replace(card, header=replace(card.header, example="files/a.jpg")) for card in first.wording.cards[:2]
    )
    own = replace(own, languages={"en_US": replace(first.wording, cards=cards)})
    again = pulled([first], own)
    assert (again.fallback, again.ttl_seconds) == ("en_US", 43200)
    assert [card.header.example for card in again.languages["en_US"].cards] == [
        "files/a.jpg",
        "files/a.jpg",
        "",
    ]
