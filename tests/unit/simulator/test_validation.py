"""Meta's checks of message bodies, as a table and with arbitrary JSON."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.workbench.simulator.errors import GraphError
from rejoinder.workbench.simulator.templates import DEFAULT_TEMPLATES, Template
from rejoinder.workbench.simulator.templating import template_of
from rejoinder.workbench.simulator.validation import TYPES, Receipt, Request, check
from tests.replay.account import template_for
from tests.unit.simulator.examples import FOLDER, example
from tests.unit.simulator.kit import ADA
from tests.unit.simulator.shapes import BUTTONS, LIST

TEMPLATES = (
    *DEFAULT_TEMPLATES,
    Template(name="code", language="en", category="AUTHENTICATION", body="{{1}} is your code"),
    Template(name="swapped", language="en", header="For {{1}}", body="{{2}} before {{1}}"),
    Template(name="gone", language="en", body="Hi", status="DISABLED"),
    Template(name="draft", language="en", body="Hi", status="PENDING"),
)


def message(**parts: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": ADA, **parts}


def interactive(shape: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return message(type="interactive", interactive={**deepcopy(shape), **changes})


def buttons(*titles: str) -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": f"b{n}", "title": t}} for n, t in enumerate(titles)]
    return interactive(BUTTONS, action={"buttons": replies})


def rows(*sizes: int, title: str | None = "T") -> dict[str, Any]:
    """Return a list with so many rows in each of its sections."""
    named = {"title": title} if title else {}
    sections = [
        {**named, "rows": [{"id": f"{n}.{m}", "title": "row"} for m in range(size)]}
        for n, size in enumerate(sizes)
    ]
    return interactive(LIST, action={"button": "Days", "sections": sections})


def row(**changes: Any) -> dict[str, Any]:
    only = {"id": "1", "title": "row", **changes}
    return interactive(LIST, action={"button": "Days", "sections": [{"rows": [only]}]})


def template(name: str, *values: Any, language: str = "en", **more: Any) -> dict[str, Any]:
    """Return a template request. A pair is a named value; anything else is a positional one."""
    parameters = [
        {"type": "text", "parameter_name": value[0], "text": value[1]}
        if isinstance(value, tuple)
        else {"type": "text", "text": value}
        for value in values
    ]
    components = [{"type": "body", "parameters": parameters}] if values else []
    content = {"name": name, "language": {"code": language}, "components": components, **more}
    return message(type="template", template=content)


NAME = {"formatted_name": "Ada L.", "first_name": "Ada"}
ACCEPTED: dict[str, tuple[dict[str, Any], str]] = {
    "text": (message(type="text", text={"body": "hi", "preview_url": True}), "hi"),
    "no type is text": (message(text={"body": "hi"}), "hi"),
    "longest text": (message(text={"body": "x" * 4096}), "x" * 4096),
    "reply": (message(text={"body": "hi"}, context={"message_id": "wamid.x"}), "hi"),
    "longest callback data": (message(text={"body": "hi"}, biz_opaque_callback_data="x" * 512), "hi"),
    "buttons": (interactive(BUTTONS, footer={"text": "f"}), "What can I do?"),
    "image header": (
        interactive(BUTTONS, header={"type": "image", "image": {"id": "1"}}),
        "What can I do?",
    ),
    "longest button title": (buttons("x" * 20), "What can I do?"),
    "list": (interactive(LIST, header={"type": "text", "text": "h"}), "Which day?"),
    "ten rows in ten sections": (rows(*[1] * 10), "Which day?"),
    "one section without title": (rows(10, title=None), "Which day?"),
    "long list body": (interactive(LIST, body={"text": "x" * 4096}), "x" * 4096),
    "image by id": (message(type="image", image={"id": "1", "caption": "Taj"}), "[image] Taj"),
    "voice": (message(type="audio", audio={"link": "https://a.example/b.ogg", "voice": True}), "[audio]"),
    "sticker": (message(type="sticker", sticker={"id": "1"}), "[sticker]"),
    "document": (message(type="document", document={"id": "1", "filename": "a.pdf"}), "[document]"),
    "video": (message(type="video", video={"id": "1"}), "[video]"),
    "location": (message(type="location", location={"latitude": "37.4", "longitude": -122}), "[location]"),
    "contacts": (message(type="contacts", contacts=[{"name": NAME}]), "[contacts] Ada L."),
    "reaction": (
        message(type="reaction", reaction={"message_id": "wamid.x", "emoji": "👍"}),
        "[reaction] 👍",
    ),
    "reaction removed": (message(type="reaction", reaction={"message_id": "w", "emoji": ""}), "[reaction]"),
    "plain template": (
        template("hello_world", language="en_US"),
        DEFAULT_TEMPLATES[0].body,
    ),
    "positional": (
        template("appointment_reminder", "Ada", "Monday"),
        "Hello Ada, this is a reminder of your appointment on Monday. See you then!",
    ),
    "named in any order": (
        template("order_update", ("order_state", "here"), ("order_number", "7"), ("customer_name", "Ada")),
        "Hello Ada, your order 7 is here now. Thank you for coming to us!",
    ),
    "header and numbers out of order": (
        template(
            "swapped",
            components=[
                {"type": "HEADER", "parameters": [{"type": "text", "text": "x"}]},
                {
                    "type": "BODY",
                    "parameters": [
                        {"type": "text", "text": "one"},
                        {"type": "currency", "currency": {"fallback_value": "$2"}},
                    ],
                },
            ],
        ),
        "$2 before one",
    ),
}
R131009, R131008, R132000 = (
    "(#131009) Parameter value is not valid",
    "(#131008) Required parameter is missing",
    "(#132000) Number of parameters does not match the expected number of params",
)
REFUSED: dict[str, tuple[dict[str, Any], int, str, str]] = {
    "no product": ({}, 100, "(#100) The parameter messaging_product is required.", ""),
    "other product": (
        {"messaging_product": "x"},
        100,
        '(#100) Param messaging_product must be one of {WHATSAPP} - got "x".',
        "",
    ),
    "nobody": ({"messaging_product": "whatsapp"}, 100, "(#100) The parameter to is required.", ""),
    "number for to": (message(to=49), 100, "(#100) Param to must be a string.", ""),
    "unknown type": (
        message(type="jpeg"),
        100,
        f'(#100) Param type must be one of {{{", ".join(TYPES)}}} - got "jpeg".',
        "",
    ),
    "type without its object": (
        message(type="text"),
        100,
        "(#100) Invalid parameter",
        "Parameter 'text' is mandatory for type 'text'",
    ),
    "no text": (message(text={}), 100, "(#100) The parameter text['body'] is required.", ""),
    "empty text": (message(text={"body": ""}), 100, "(#100) The parameter text['body'] is required.", ""),
    "number for text": (message(text={"body": 1}), 100, "(#100) Param text['body'] must be a string.", ""),
    "long text": (
        message(text={"body": "x" * 4097}),
        100,
        "(#100) Param text['body'] must be at most 4096 characters long.",
        "",
    ),
    "text for text": (message(text="hi"), 100, "(#100) Param text must be a JSON object.", ""),
    "long callback data": (
        message(text={"body": "hi"}, biz_opaque_callback_data="x" * 513),
        100,
        "(#100) Param biz_opaque_callback_data must be at most 512 characters long.",
        "",
    ),
    "empty context": (
        message(text={"body": "hi"}, context={}),
        100,
        "(#100) The parameter context['message_id'] is required.",
        "",
    ),
    "21 characters on a button": (
        buttons("x" * 21),
        131009,
        R131009,
        "Button title length invalid. Min length: 1, Max length: 20",
    ),
    "no button title": (
        buttons(""),
        100,
        "(#100) The parameter interactive['action']['buttons'][0]['reply']['title'] is required.",
        "",
    ),
    "four buttons": (
        buttons("a", "b", "c", "d"),
        131009,
        R131009,
        "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3",
    ),
    "same title twice": (buttons("a", "a"), 131009, R131009, "Duplicated button title: a"),
    "long button body": (
        interactive(BUTTONS, body={"text": "x" * 1025}),
        131009,
        R131009,
        "Body text length invalid. Min length: 1, Max length: 1024",
    ),
    "long footer": (
        interactive(LIST, footer={"text": "x" * 61}),
        131009,
        R131009,
        "Footer text length invalid. Min length: 1, Max length: 60",
    ),
    "image over a list": (
        interactive(LIST, header={"type": "image", "image": {"id": "1"}}),
        131009,
        R131009,
        "Header type image is not allowed for this interactive type",
    ),
    "no interactive type": (
        message(type="interactive", interactive={}),
        100,
        "(#100) The parameter interactive['type'] is required.",
        "",
    ),
    "eleven rows": (rows(6, 5), 131009, R131009, "Total row count exceed max allowed count: 10"),
    "eleven sections": (
        rows(*[1] * 11),
        131009,
        R131009,
        "Invalid sections count. Min allowed: 1, Max allowed: 10",
    ),
    "two sections without titles": (
        rows(1, 1, title=None),
        131008,
        R131008,
        "interactive['action']['sections'][0]: a title is required when there is more than one section",
    ),
    "long section title": (
        rows(1, title="x" * 25),
        131009,
        R131009,
        "Section title is too long. Max length is 24",
    ),
    "long row title": (row(title="x" * 25), 131009, R131009, "Row title is too long. Max length is 24"),
    "long row id": (row(id="x" * 201), 131009, R131009, "Row id is too long. Max length is 200"),
    "long row description": (
        row(description="x" * 73),
        131009,
        R131009,
        "Row description is too long. Max length is 72",
    ),
    "media from nowhere": (
        message(type="image", image={}),
        131008,
        R131008,
        "image: either id or link is required",
    ),
    "captioned sticker": (
        message(type="sticker", sticker={"id": "1", "caption": "x"}),
        100,
        '(#100) Unexpected key "caption" on param "sticker".',
        "",
    ),
    "half a location": (
        message(type="location", location={"latitude": 1}),
        100,
        "(#100) The parameter location['longitude'] is required.",
        "",
    ),
    "a place beyond the pole": (
        message(type="location", location={"latitude": 91, "longitude": 1}),
        131009,
        R131009,
        "location['latitude'] is not a number of degrees",
    ),
    "card with one name": (
        message(type="contacts", contacts=[{"name": {"formatted_name": "Ada"}}]),
        131008,
        R131008,
        "contacts[0]['name']: one more part of the name is required",
    ),
    "reaction without emoji": (
        message(type="reaction", reaction={"message_id": "w"}),
        100,
        "(#100) The parameter reaction['emoji'] is required.",
        "",
    ),
    "unknown template": (
        template("hello_world2", language="en_US"),
        132001,
        "(#132001) Template name does not exist in the translation",
        "template name (hello_world2) does not exist in en_US",
    ),
    "draft template": (
        template("draft"),
        132001,
        "(#132001) Template name does not exist in the translation",
        "template name (draft) does not exist in en",
    ),
    "disabled template": (template("gone"), 132016, "(#132016) Template is disabled", ""),
    "too few parameters": (
        template("appointment_reminder", "Ada"),
        132000,
        R132000,
        "body: number of localizable_params (1) does not match the expected number of params (2)",
    ),
    "parameters for none": (
        template("hello_world", "x", language="en_US"),
        132000,
        R132000,
        "body: number of localizable_params (1) does not match the expected number of params (0)",
    ),
    "names left out": (
        template("order_update", "Ada", "7", "here"),
        100,
        "(#100) Invalid parameter",
        "Parameter name is missing or empty",
    ),
    "a name twice": (
        template("order_update", ("order_number", "1"), ("order_number", "2"), ("order_state", "3")),
        100,
        "(#100) Invalid parameter",
        "Parameter names must be unique",
    ),
    "a wrong name": (
        template("order_update", ("name", "1"), ("order_number", "2"), ("order_state", "3")),
        100,
        "(#100) Invalid parameter",
        "Parameter name name does not exist in the template",
    ),
    "empty parameter": (
        template("appointment_reminder", "Ada", " "),
        131008,
        R131008,
        "Parameter of type text is missing text value",
    ),
    "parameter with a newline": (
        template("appointment_reminder", "Ada", "a\nb"),
        132018,
        "(#132018) There's an issue with the parameters in your template",
        "Param text cannot have new-line/tab characters or more than 4 consecutive spaces",
    ),
    "text that grows too long": (
        template("appointment_reminder", "Ada", "x" * 1000),
        132005,
        "(#132005) Translated text too long",
        "body: text is too long, max length 1024",
    ),
    "receipt for nothing": (
        {"messaging_product": "whatsapp", "status": "read"},
        100,
        "(#100) The parameter message_id is required.",
        "",
    ),
    "another status": (
        {"messaging_product": "whatsapp", "status": "seen"},
        100,
        '(#100) Param status must be one of {READ} - got "seen".',
        "",
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_meta_takes_is_taken(case: str) -> None:
    body, text = ACCEPTED[case]
    asked = check(body, TEMPLATES)
    assert isinstance(asked, Request)
    assert asked.content.text == text


@pytest.mark.parametrize("case", REFUSED)
def test_what_meta_refuses_is_refused_in_its_words(case: str) -> None:
    body, code, words, details = REFUSED[case]
    with pytest.raises(GraphError) as refusal:
        check(body, TEMPLATES)
    error = refusal.value.error
    assert (error["code"], error["message"]) == (code, words)
    assert error.get("error_data", {}).get("details", "") == details


def test_a_receipt_may_show_typing() -> None:
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": "w"}
    assert check(body, ()) == Receipt(message_id="w", typing=False)
    assert check({**body, "typing_indicator": {"type": "text"}}, ()) == Receipt(message_id="w", typing=True)


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Yield every (container, key) inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in items for place in ((value, key), *places(inner))]


BODIES = (
    {name: body for name, (body, _) in ACCEPTED.items()}
    | {name: body for name, (body, *_) in REFUSED.items()}
    | {file.stem: example(file.stem) for file in FOLDER.glob("*.json")}
)
ALL_TEMPLATES = (
    *TEMPLATES,
    *(
        template_of(template_for(example(file.stem)))
        for file in FOLDER.glob("template_*.json")
        if "placeholder" not in file.stem
    ),
)


@settings(max_examples=300, deadline=None)
@given(case=st.sampled_from(sorted(BODIES)), data=st.data())
def test_any_change_of_a_message_is_taken_or_refused(case: str, data: st.DataObject) -> None:
    body = deepcopy(BODIES[case])
    for _ in range(data.draw(st.integers(1, 3))):
        if inner := places(body):
            container, key = data.draw(st.sampled_from(range(len(inner))).map(inner.__getitem__))
            container[key] = data.draw(ODD)
    try:
        check(body, ALL_TEMPLATES)
    except GraphError as refusal:
        error = refusal
    else:
        return
    assert 400 <= error.status < 600
    assert error.response().status_code == error.status


@settings(max_examples=100, deadline=None)
@given(body=st.dictionaries(st.text(max_size=6), ODD, max_size=4))
def test_any_object_is_taken_or_refused(body: dict[str, Any]) -> None:
    with pytest.raises(GraphError):
        check(body, TEMPLATES)
