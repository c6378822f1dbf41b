"""Each of Meta's limits, just within it and just beyond it."""

from collections.abc import Callable
from typing import Any

import pytest

from rejoinder import Bot, Chat
from rejoinder.channels.whatsapp.limits import FILES, WhatsAppLimits, check_file
from rejoinder.errors import BotError, LimitExceeded
from rejoinder.model.contents import Text
from rejoinder.model.said import Button, Buttons, List, OutboundContent, Row, Section, Template
from tests.unit.worlds import World, inbound

LIMITS = WhatsAppLimits()
YES = Button(id="yes", title="Yes")
ROW = Row(id="19", title="19:00")


def buttons(*several: Button, body: str = "Sure?", header: str = "", footer: str = "") -> Buttons:
    """Return a message with one button, or with `several`."""
    return Buttons(body=body, buttons=several or (YES,), header=header, footer=footer)


def a_list(
    *sections: Section, body: str = "When?", button: str = "Times", header: str = "", footer: str = ""
) -> List:
    """Return a list with one row, or with `sections`."""
    several = sections or (Section(rows=(ROW,)),)
    return List(body=body, button=button, sections=several, header=header, footer=footer)


def rows(count: int, *, first: int = 0) -> tuple[Row, ...]:
    """Return that many different rows."""
    return tuple(Row(id=f"id {n}", title=f"row {n}") for n in range(first, first + count))


def template(name: str = "reminder", language: str = "en", *parameters: str) -> Template:
    """Return a template."""
    return Template(name=name, language=language, parameters=parameters)


WORDS: list[tuple[str, int, Callable[[str], OutboundContent]]] = [
    ("a text", 4096, lambda words: Text(body=words)),
    ("the text over buttons", 1024, lambda words: buttons(body=words)),
    ("a button's title", 20, lambda words: buttons(Button(id="yes", title=words))),
    ("a button's id", 256, lambda words: buttons(Button(id=words, title="Yes"))),
    ("the text over a list", 4096, lambda words: a_list(body=words)),
    ("the label that opens a list", 20, lambda words: a_list(button=words)),
    ("a section's title", 24, lambda words: a_list(Section(title=words, rows=(ROW,)), evening())),
    ("a row's title", 24, lambda words: a_list(Section(rows=(Row(id="19", title=words),)))),
    ("a row's id", 200, lambda words: a_list(Section(rows=(Row(id=words, title="19:00"),)))),
    ("a template's name", 512, template),
    ("a template's parameter", 1024, lambda words: template("reminder", "en", words)),
    (
        "a template's parameter",
        1024,
        lambda words: Template(name="reminder", language="en", parameters={"who": words}),
    ),
]
OPTIONAL_WORDS: list[tuple[str, int, Callable[[str], OutboundContent]]] = [
    ("a header", 60, lambda words: buttons(header=words)),
    ("a footer", 60, lambda words: buttons(footer=words)),
    ("a header", 60, lambda words: a_list(header=words)),
    ("a footer", 60, lambda words: a_list(footer=words)),
    (
        "a row's description",
        72,
        lambda words: a_list(Section(rows=(Row(id="19", title="19:00", description=words),))),
    ),
]


def evening() -> Section:
    """Return a second section."""
    return Section(title="Evening", rows=(Row(id="20", title="20:00"),))


def refusal(content: OutboundContent) -> str:
    """Return why `content` is refused."""
    with pytest.raises(LimitExceeded) as caught:
        LIMITS.check(content)
    return str(caught.value)


@pytest.mark.parametrize(("what", "most", "made"), WORDS + OPTIONAL_WORDS)
def test_words_may_be_as_long_as_the_limit_and_no_longer(
    what: str, most: int, made: Callable[[str], OutboundContent]
) -> None:
    LIMITS.check(made("x" * most))
    text = refusal(made("x" * (most + 1)))
    assert what in text
    assert f"is {most + 1} characters long" in text
    assert f"takes {most}" in text


@pytest.mark.parametrize("language", ["en", "fil", "pt_BR", "es_SPA"])
def test_the_languages_of_templates_are_codes(language: str) -> None:
    LIMITS.check(template("reminder", language))


@pytest.mark.parametrize("language", ["en-US", "English", "en_us", "EN", "en ", "", "\u200b"])
def test_other_ways_to_write_a_language_are_refused(language: str) -> None:
    assert refusal(template("reminder", language)).startswith("a template's language")


@pytest.mark.parametrize("name", ["Order", "order-ready", "bestellung_fällig"])
def test_a_templates_name_is_made_of_small_letters_digits_and_underscores(name: str) -> None:
    assert "a-z, 0-9 and _" in refusal(Template(name=name, language="en"))


def test_lengths_are_in_characters_not_bytes() -> None:
    LIMITS.check(Text(body="é" * 4096))


@pytest.mark.parametrize(("what", "_most", "made"), WORDS)
@pytest.mark.parametrize("nothing", ["", " ", "\n\t "], ids=repr)
def test_words_that_say_nothing_are_refused(
    what: str, _most: int, made: Callable[[str], OutboundContent], nothing: str
) -> None:
    assert refusal(made(nothing)) == f"{what} is empty"


@pytest.mark.parametrize("made", [made for _, _, made in OPTIONAL_WORDS])
def test_words_that_may_be_left_out_may_be_empty(made: Callable[[str], OutboundContent]) -> None:
    LIMITS.check(made(""))


@pytest.mark.parametrize(("what", "_most", "made"), WORDS + OPTIONAL_WORDS)
@pytest.mark.parametrize("half", ["a\ud83d", "\udc4bz"], ids=ascii)
def test_half_of_a_surrogate_pair_is_refused(
    what: str, _most: int, made: Callable[[str], OutboundContent], half: str
) -> None:
    text = refusal(made(half))
    assert text.startswith(f"{what} holds half of a surrogate pair")
    text.encode()  # the text can be shown to the author


def test_a_button_title_of_21_characters_tells_its_author_the_limit_at_once() -> None:
    text = refusal(buttons(Button(id="terrace", title="Table on the terrace!")))
    assert text == "a button's title is 21 characters long; WhatsApp takes 20: 'Table on the terrace!'"
    assert issubclass(LimitExceeded, BotError)


@pytest.mark.parametrize("count", [0, 1, 3, 4])
def test_one_to_three_buttons(count: int) -> None:
    content = Buttons(body="Which?", buttons=tuple(Button(id=f"{n}", title=f"No. {n}") for n in range(count)))
    if 1 <= count <= 3:
        LIMITS.check(content)
    else:
        assert f"{count} buttons; a message takes 1 to 3" in refusal(content)


def test_one_to_ten_rows_in_all_sections_together() -> None:
    LIMITS.check(a_list(Section(rows=rows(10))))
    LIMITS.check(a_list(Section(title="a", rows=rows(5)), Section(title="b", rows=rows(5, first=5))))
    assert "11 rows; a list takes 1 to 10" in refusal(a_list(Section(rows=rows(11))))
    two = a_list(Section(title="a", rows=rows(5)), Section(title="b", rows=rows(6, first=5)))
    assert "11 rows" in refusal(two)


def test_a_list_without_rows_is_refused() -> None:
    assert "0 rows" in refusal(a_list(Section(rows=())))
    assert "0 rows" in refusal(List(body="When?", button="Times", sections=()))


def test_a_section_without_rows_is_refused() -> None:
    assert "'Lunch' has no rows" in refusal(a_list(Section(title="Lunch", rows=()), evening()))


def test_up_to_ten_sections() -> None:
    ten = [Section(title=f"at {n}", rows=rows(1, first=n)) for n in range(10)]
    LIMITS.check(a_list(*ten))
    assert "11 sections; a list takes up to 10" in refusal(a_list(*ten, Section(title="more", rows=())))


def test_only_a_single_section_may_go_without_a_title() -> None:
    LIMITS.check(a_list(Section(rows=(ROW,))))
    assert refusal(a_list(Section(rows=(ROW,)), evening())) == "a section's title is empty"


@pytest.mark.parametrize("others", [(), (evening(),)], ids=["alone", "with another"])
def test_a_section_whose_title_is_no_text_is_refused_at_the_line_that_says_it(
    others: tuple[Section, ...],
) -> None:
    untyped: Any = None
    content = a_list(Section(title=untyped, rows=(ROW,)), *others)
    reached: list[str] = []
    bot = Bot()

    @bot.otherwise
    def lost(chat: Chat) -> None:
        try:
            chat.say(content)
        except LimitExceeded as error:
            reached.append(str(error))

    world = World(bot)
    world.process(inbound())
    assert reached == ["a section's title is a text, not None"]
    assert world.outbox.turns == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (buttons(YES, Button(id="no", title="Yes")), "two buttons have the title 'Yes'"),
        (buttons(YES, Button(id="yes", title="No")), "two buttons have the id 'yes'"),
        (a_list(Section(rows=(ROW, Row(id="20", title="19:00")))), "two rows have the title '19:00'"),
        (a_list(Section(rows=(ROW, Row(id="19", title="20:00")))), "two rows have the id '19'"),
        (
            a_list(Section(title="a", rows=(ROW,)), Section(title="b", rows=(Row(id="19", title="x"),))),
            "two rows have the id '19'",
        ),
    ],
)
def test_choices_that_cannot_be_told_apart_are_refused(content: OutboundContent, text: str) -> None:
    assert text in refusal(content)


@pytest.mark.parametrize(
    "content",
    [Text(body="Hello 👋🏽"), buttons(), a_list(), template(), template("reminder", "en_US", "Ada", "19:00")],
    ids=lambda content: content.kind,
)
def test_what_whatsapp_takes_passes(content: OutboundContent) -> None:
    LIMITS.check(content)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_taken_up_to_its_size_and_by_its_types(kind: str) -> None:
    most, types = FILES[kind]
    for mime_type in types or ("application/x-anything",):
        check_file(kind, mime_type, most)
        with pytest.raises(
            LimitExceeded, match=rf"{most // 1024:,} KB as {kind}, not {most // 1024 + 1:,} KB"
        ):
            check_file(kind, mime_type, most + 1)
    if types:
        with pytest.raises(LimitExceeded, match=f"{types[-1]} as {kind}, not application/x-anything"):
            check_file(kind, "application/x-anything", 1)
