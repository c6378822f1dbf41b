"""A file of a template is read whole, and what is wrong in it is named with its line and its cure."""

from pathlib import Path

import pytest

from rejoinder.bot.templates.catalog import Catalog
from rejoinder.bot.templates.nodes import compose
from rejoinder.bot.templates.reading import line_of
from rejoinder.errors import BotError
from rejoinder.model.written import (
    SupportedApp,
    Wording,
    WrittenButton,
    WrittenCard,
    WrittenHeader,
    WrittenOffer,
    WrittenTemplate,
)
from tests.unit.template_files.files import BAD, FULL, written


def test_everything_of_a_file_is_read(tmp_path: Path) -> None:
    catalog = written(tmp_path, full=FULL)
    english = Wording(
        body="Hello {{name}}, your parcel {{tracking}} is on its way. Thank you!",
        header=WrittenHeader(kind="text", text="Order {{number}}"),
        footer="Reply STOP to get no more",
        buttons=(
            WrittenButton(kind="quick_reply", text="Track it"),
            WrittenButton(
                kind="url", text="Open", url="https://s.example/{{1}}", example="https://s.example/42"
            ),
            WrittenButton(kind="phone", text="Call us", phone="+15550001111"),
            WrittenButton(kind="copy_code", example="25OFF"),
            WrittenButton(
                kind="otp",
                otp="one_tap",
                text="Copy",
                autofill_text="Autofill",
                apps=(SupportedApp(package="com.example", hash="K8a/AINcGX7"),),
            ),
            WrittenButton(
                kind="flow", text="Book", flow_id="123", flow_action="navigate", flow_screen="FIRST"
            ),
            WrittenButton(kind="voice_call", text="Talk", minutes=15),
            WrittenButton(kind="request_contact"),
        ),
        examples={"number": "42", "name": "Ada", "tracking": "AB12"},
        cards=(
            WrittenCard(
                header=WrittenHeader(kind="image", example="files/a.jpg"),
                body="Tulips for {{1}} today",
                buttons=(WrittenButton(kind="quick_reply", text="More"),),
                examples={"1": "3"},
            ),
            WrittenCard(header=WrittenHeader(kind="product")),
        ),
        offer=WrittenOffer(text="Ends soon", expires=False),
        security_note=True,
        code_minutes=10,
    )
    german = Wording(body="Hallo", header=WrittenHeader(kind="text", text="Für {{1}}", example="Ada"))
    assert catalog.template("full") == WrittenTemplate(
        name="full",
        category="utility",
        languages={"en": english, "de": german},
        fallback="en",
        ttl_seconds=43200,
    )


@pytest.mark.parametrize(("text", "line", "words"), BAD)
def test_what_is_wrong_is_named_with_its_line_and_its_cure(
    text: str, line: int, words: str, tmp_path: Path
) -> None:
    catalog = written(tmp_path, bad=text)
    with pytest.raises(BotError) as raised:
        catalog.template("bad")
    assert str(raised.value).startswith(f"{tmp_path.name}/templates/bad.yaml:{line}: ")
    assert words in str(raised.value)


def test_words_of_yaml_are_texts_where_a_text_is_wanted(tmp_path: Path) -> None:
    text = "category: utility\nlanguages:\n  no:\n    body: yes\n    examples: {day: 2026-11-22, n: 0042}\n"
    wording = written(tmp_path, words=text).template("words").languages["no"]
    assert wording == Wording(body="yes", examples={"day": "2026-11-22", "n": "0042"})


def test_a_template_without_a_file_names_those_that_there_are(tmp_path: Path) -> None:
    catalog = written(tmp_path, order_update=FULL, welcome=FULL)
    assert catalog.names() == ("order_update", "welcome")
    with pytest.raises(BotError, match=r"no template 'order_updat': did you mean order_update\? The bot has"):
        catalog.template("order_updat")
    with pytest.raises(BotError, match="The bot has order_update, welcome"):
        catalog.template("../order_update")
    with pytest.raises(BotError, match=r"`rejoinder templates pull`. The bot has none"):
        Catalog.of(tmp_path / "none").template("x")


def test_a_file_is_read_once_and_again_when_it_was_changed(tmp_path: Path) -> None:
    catalog = written(tmp_path, one="category: utility\nlanguages: {en: {body: Old}}\n")
    first = catalog.template("one")
    assert catalog.template("one") is first
    written(tmp_path, one="category: utility\nlanguages: {en: {body: New}}\n", at=2)
    assert catalog.template("one").languages["en"].body == "New"


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    catalog = written(tmp_path, one="")
    catalog.file("one").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BotError, match=r"templates/one.yaml: the file cannot be read"):
        catalog.template("one")


def test_the_line_of_what_is_not_there_is_that_of_what_is_around_it() -> None:
    root = compose(FULL, "full.yaml")
    assert line_of(root, ("languages", "en", "buttons", 1)) == 13
    assert line_of(root, ("languages", "en", "buttons", 99)) == 11
    assert line_of(root, ("languages", "xx")) == 4
