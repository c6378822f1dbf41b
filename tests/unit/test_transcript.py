"""The form of the transcript."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder import (
    Button,
    Buttons,
    ContactCard,
    FormReply,
    Image,
    List,
    Location,
    Reaction,
    Row,
    Section,
    Sticker,
    Tap,
    Template,
    Text,
    bold,
    link,
)
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import InboundContent
from rejoinder.testing.transcript import heard, passed, read, said, sent_in, time_in, write
from tests.stored.samples import SAID as EVERY_KIND
from tests.stored.samples import TEMPLATES


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (Text(body="hi"), "> hi"),
        (Tap(id="x", title="Book a table"), "> [Book a table]"),
        (Image(media_id="1"), "> (image)"),
        (Reaction(message_id="wamid.1", emoji="👍"), "> (reaction 👍)"),
        (ContactCard(name="Ada"), "> (contact card Ada)"),
    ],
)
def test_what_a_contact_said(content: InboundContent, line: str) -> None:
    assert heard(content) == line


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (Location(latitude=52.5, longitude=-13.4), "> (location 52.5, -13.4)"),
        (Location(latitude=52.5, longitude=13.4, name="Zoo, east"), "> (location Zoo, east, 52.5, 13.4)"),
        (ContactCard(name="Ada King", phones=("15550001111",)), "> (contact card Ada King +15550001111)"),
        (FormReply(name="flow", response='{"name": "Ada (2)"}'), '> (form {"name": "Ada (2)"})'),
        (Image("a.jpg", caption="Look"), "> (image a.jpg) Look"),
    ],
)
def test_what_a_contact_sends_is_read_back(content: InboundContent, line: str) -> None:
    assert (heard(content), sent_in(line)) == (line, content)


@pytest.mark.parametrize("line", ["> (location here)", "> (contact card Ada)", "> (form Ada)", "> (a) b"])
def test_other_brackets_are_words(line: str) -> None:
    assert sent_in(line) is None


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (Text(body="Hello!\n\nHow are you?"), "< Hello!\n\n  How are you?"),
        (
            Buttons(body="Which?", buttons=(Button(id="a", title="A"), Button(id="b", title="B"))),
            "< Which? [A] [B]",
        ),
        (
            List(body="Which?", button="Open", sections=(Section(rows=(Row(id="a", title="A"),)),)),
            "< Which? [A]",
        ),
        (Template(name="hello", language="en", parameters=("Ada",)), "< (template hello en) Ada"),
        (Template(name="hello", language="en", parameters={"name": "Ada"}), "< (template hello en) Ada"),
    ],
)
def test_what_the_bot_said(content: OutboundContent, line: str) -> None:
    assert said(content) == line


def test_every_kind_is_shown_in_plain_words() -> None:
    assert [said(content) for content in EVERY_KIND] == [
        "< https://example.com",
        "< (image a.jpg) look",
        "< (video https://example.com/film.mp4) look",
        "< (voice message a.jpg)",
        "< (document a.pdf) look",
        "< (sticker a.jpg)",
        "< (location Here Street 1, 52.5, 13.4)",
        "< (contact card Dr. Ada King Lovelace Jr., Bob)",
        "< (reaction \N{THUMBS UP SIGN})",
        "< (image a.jpg) Sure? [Yes]",
        "< Which? [One]",
        "< (template still_there en_US) Ada 7",
        "< (video https://example.com/film.mp4) Read on [Open]",
        "< (asks for a location) Where?",
        "< (asks for a contact card) Which number?",
        "< (asks to call) May we call?",
        "< Call us [Call]",
        "< Fill it in [Open]",
        "< (product p) This one",
        "< (products p, q) These",
        "< (catalogue) All of it",
        "< (carousel) Look [Open] [Take] [p]",
        "< (asks for an address) Where to?",
        "< (bill video https://example.com/film.mp4 r-1) Your bill",
        "< (order r-1 shipped) On its way",
    ]
    assert said(Reaction(message_id="wamid.1", emoji=None)) == "< (reaction taken away)"
    assert said(Sticker(media_id="1")) == "< (sticker)"


def test_what_fills_a_template_is_shown_in_plain_words() -> None:
    assert [said(content) for content in TEMPLATES] == [
        (
            "< (template offer en_US, image a.jpg, order r-1 shipped, offer until 2027-01-01 00:00) "
            "Ada $100.99 Friday [42] [take] [25OFF] [form] [p] [p, q]\n"
            "  (image a.jpg) First [1] [1]\n"
            "  (video https://example.com/film.mp4) Second"
        ),
        "< (template named en) June Monday",
        "< (template place en, location Here, 52.5, 13.4)",
        "< (template product en, product p, bill r-1)",
    ]


def test_a_written_transcript_is_read_back_without_its_comments() -> None:
    lines = ["# a comment", "> hi", "< Hello!", "", "  Second paragraph", "", "> bye"]
    assert read(lines) == ["> hi", "< Hello!\n\n  Second paragraph", "> bye"]


def test_a_line_that_is_neither_is_an_error() -> None:
    with pytest.raises(ValueError, match="neither"):
        read(["hello"])


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1), min_size=1))
def test_any_paragraphs_survive_writing_and_reading(paragraphs: list[str]) -> None:
    message = write("<", "\n\n".join(paragraphs))
    assert read(message.split("\n")) == [message]


@pytest.mark.parametrize(
    ("time", "line"),
    [
        (timedelta(minutes=1), "... 1 minute"),
        (timedelta(minutes=90), "... 90 minutes"),
        (timedelta(hours=1), "... 1 hour"),
        (timedelta(hours=25), "... 25 hours"),
        (timedelta(hours=48), "... 2 days"),
    ],
)
def test_time_is_told_in_the_largest_unit_that_is_exact(time: timedelta, line: str) -> None:
    assert passed(time) == line


@given(st.integers(1, 999_999).map(lambda minutes: timedelta(minutes=minutes)))
def test_any_time_survives_writing_and_reading(time: timedelta) -> None:
    line = passed(time)
    assert time_in(line) == time
    assert read(["> hi", line, "< Hello!"]) == ["> hi", line, "< Hello!"]


@pytest.mark.parametrize(
    "line",
    ["... 0 hours", "... 25", "... 25 hours!", "...25 hours", "... an hour", "> ... 25 hours", "", "..."],
)
def test_what_is_no_time_is_none(line: str) -> None:
    assert time_in(line) is None


def test_a_time_that_nobody_understands_is_an_error_of_its_line() -> None:
    with pytest.raises(ValueError, match=r"\.\.\. 25 hrs"):
        read(["> hi", "... 25 hrs"])


def test_markup_has_marks_in_words_and_none_elsewhere() -> None:
    ann = bold("Ann")
    assert said(Text(body=f"Hello {ann}, {link('here', 'https://example.com')}!")) == (
        "< Hello *Ann*, here (https://example.com)!"
    )
    assert said(Buttons(body=ann, buttons=(Button(id="a", title=ann),))) == "< *Ann* [Ann]"
    assert said(Image("a.jpg", caption=ann)) == "< (image a.jpg) *Ann*"
    assert said(ContactCard(name=ann)) == "< (contact card Ann)"
    assert said(Template("hello", language="en", parameters=(ann,))) == "< (template hello en) Ann"
