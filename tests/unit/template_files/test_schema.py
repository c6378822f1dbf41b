"""An editor that checks a file by the schema says what the reader says."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from rejoinder.bot.templates.reading import BUTTON_KEYS, read
from rejoinder.errors import BotError
from rejoinder.model.written import WrittenTemplate
from rejoinder.workbench.templates import schema
from rejoinder.workbench.templates.filed import text_of
from tests.unit.template_files.files import (
    BAD,
    BEGIN,
    CARDS,
    CODE,
    FILE,
    FULL,
    OFFER,
    ORDER,
    PLACE,
    PLAIN,
    PRODUCTS,
)

ROOT = Path(__file__).parents[3]
CHECKED = jsonschema.Draft7Validator(schema.schema())
BEYOND = ("is there twice", "this lies too deep", "this is no YAML", "indent with", '": "', "begins with {")
"""What no schema can say."""

GOOD = [
    *(FULL, ORDER, PLAIN, FILE, PLACE, OFFER, CARDS, PRODUCTS, CODE),
    (ROOT / "examples/clinic/templates/appointment_reminder.yaml").read_text(),
    *(
        f"{BEGIN}    buttons: [{{type: {kind}, {', '.join(f'{one}: one_tap' for one in needed.split())}}}]\n"
        for kind, (needed, _) in BUTTON_KEYS.items()
    ),
]


def is_read(text: str) -> WrittenTemplate | None:
    try:
        return read(text, "one", "one.yaml")[0]
    except BotError:
        return None


@pytest.mark.parametrize("text", GOOD)
def test_what_is_read_is_valid(text: str) -> None:
    template = is_read(text)
    assert template
    assert not [*CHECKED.iter_errors(yaml.safe_load(text))]
    assert is_read(text_of(template)) == template, "what `pull` writes reads the same"


@pytest.mark.parametrize(
    "text", [text for text, _, words in BAD if not any(beyond in words for beyond in BEYOND)]
)
def test_what_is_not_read_is_not_valid(text: str) -> None:
    assert not CHECKED.is_valid(yaml.safe_load(text))


def each_change(value: object) -> list[object]:
    """Return copies of a file's values, each with one key more, or with one value of another type."""
    if isinstance(value, dict):
        changed = [value | {key: one} for key, inside in value.items() for one in each_change(inside)]
        return [value | {"unknown_key": 1}, *changed, []]
    if isinstance(value, list):
        return [
            *(
                [*value[:place], one, *value[place + 1 :]]
                for place, old in enumerate(value)
                for one in each_change(old)
            ),
            {"a": 1},
        ]
    return [None, {"a": 1}, [1]]


def test_reader_and_schema_agree_on_every_small_change_of_a_file() -> None:
    for changed in each_change(yaml.safe_load(FULL)):
        text = json.dumps(changed)  # which is YAML, too
        assert (is_read(text) is not None) == CHECKED.is_valid(changed), text


def test_the_schema_describes_what_an_author_writes() -> None:
    told = schema.schema()["properties"]
    assert told["ttl_seconds"]["description"].startswith("How long the network tries")
    wording = told["languages"]["additionalProperties"]["properties"]
    assert wording["footer"]["description"] == "The line below them."


@pytest.mark.slow  # as all that looks at `bot/`, in which any bot may lie
def test_the_schema_beside_the_shipped_templates_is_this_one() -> None:
    """`python -m rejoinder.workbench.templates.schema` writes it."""
    written = ROOT / "bot" / "templates" / schema.NAME
    assert json.loads(written.read_text()) == schema.schema()
    for file in written.parent.glob("*.yaml"):
        assert file.read_text().startswith(schema.COMMENT)
