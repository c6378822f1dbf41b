"""What Meta refuses is refused at the author's line, and what the line takes Meta's simulator takes."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from rejoinder import Bot, Chat, Tap
from rejoinder.channels.whatsapp.limits import WhatsAppLimits
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.errors import BotError, LimitExceeded
from rejoinder.model.contents import Text
from rejoinder.model.said import Button, Buttons, List, OutboundContent, Row, Section, Template
from rejoinder.testing import BotFailed, Phone
from rejoinder.workbench.simulator import templates, validation
from tests.unit.worlds import ADA, NOON, World, inbound

LIMITS = WhatsAppLimits()
DAY = 24 * 3600


def refusal(content: OutboundContent) -> str:
    """Return why `content` is refused."""
    with pytest.raises(LimitExceeded) as caught:
        LIMITS.check(content)
    return str(caught.value)


def template(*parameters: str) -> Template:
    return Template(name="order", language="en", parameters=parameters)


# --- at their line: template parameters ---


@pytest.mark.parametrize(
    "words",
    ["one\ntwo", "one\ttwo", "one     two", "one\r\ntwo", "two\n", "\ttwo", "one\u2028two", "a\vb"],
    ids=ascii,
)
def test_breaks_and_runs_of_spaces_in_a_parameter_are_refused_with_their_cure(words: str) -> None:
    assert '" ".join(words.split())' in refusal(template("Ada", words))
    assert '" ".join(words.split())' in refusal(Template(name="t", language="en", parameters={"who": words}))
    LIMITS.check(template("Ada", " ".join(words.split())))


@pytest.mark.parametrize("words", ["one    two", " Ada ", "10\u00a0€", "👩‍👩‍👧", "-"], ids=ascii)
def test_other_words_in_a_parameter_pass(words: str) -> None:
    LIMITS.check(template(words))


@pytest.mark.parametrize("nothing", ["", " ", "\u200b", "\u3164", "\ufe0f\u2060"], ids=ascii)
def test_a_parameter_that_shows_nothing_is_refused(nothing: str) -> None:
    assert refusal(template("Ada", nothing)).startswith("a template's parameter")


@pytest.mark.parametrize("value", [4, None, 2.5, b"Ada", ["Ada"]], ids=repr)
def test_a_parameter_that_is_no_text_is_refused_with_its_cure(value: Any) -> None:
    assert refusal(template("Ada", value)) == (
        f"a template's parameter is a text, not {value!r}: write str(…) or an f-string"
    )


@pytest.mark.parametrize("name", [1, "1", "", "Name", "first name", None, "{{name}}"], ids=repr)
def test_a_named_parameter_has_a_name_as_meta_writes_them(name: Any) -> None:
    assert "such as order_number" in refusal(Template(name="t", language="en", parameters={name: "Ada"}))


def test_parameters_that_cannot_fit_together_are_refused() -> None:
    LIMITS.check(template("x" * 1000, "y" * 24))
    assert "1025 characters long" in refusal(template("x" * 1000, "y" * 25))


@pytest.mark.parametrize(
    "parameters",
    ["Ada", None, 4, {"Ada"}, (word for word in ["Ada"])],
    ids=lambda given: type(given).__name__,
)
def test_parameters_that_are_no_tuple_are_refused_when_the_template_is_made(parameters: Any) -> None:
    with pytest.raises(BotError, match="parameters are a tuple"):
        Template(name="t", language="en", parameters=parameters)


def test_a_list_of_parameters_is_as_good_as_a_tuple() -> None:
    given: Any = ["Ada", "nine"]
    made = Template(name="appointment_reminder", language="en", parameters=given)
    given.append("ten")
    assert made == Template(name="appointment_reminder", language="en", parameters=("Ada", "nine"))


@pytest.mark.parametrize("inside", [True, False], ids=["inside the window", "outside the window"])
def test_a_template_for_later_is_checked_at_once(inside: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """The window does not matter: else the fault would show only after a day."""
    bot = Bot()
    caught: list[str] = []

    @bot.otherwise
    def order(chat: Chat) -> None:
        try:
            chat.say("Your order.", outside_window=template("one\ntwo"))
        except LimitExceeded as error:
            caught.append(str(error))

    world = World(bot, now=NOON if inside else NOON + 2 * DAY)
    world.process(inbound())
    assert len(caught) == 1
    assert "line break" in caught[0]


def test_the_template_of_a_question_is_checked_too() -> None:
    bot = Bot()

    @bot.otherwise
    def order(chat: Chat) -> None:
        chat.ask("Which?", outside_window=template(""))

    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("hi")
    assert isinstance(failed.value.__cause__, LimitExceeded)


# --- at their line: titles and ids ---


@pytest.mark.parametrize("id", ["Yes ", " Yes", "\tYes", "Yes\n", "Yes\u00a0"], ids=ascii)
def test_spaces_around_an_id_are_refused(id: str) -> None:  # noqa: A002 - a field
    text = "id has spaces at its ends: write 'Yes'"
    assert text in refusal(Buttons(body="?", buttons=(Button(id=id, title="Yes"),)))
    row = Row(id=id, title="Yes")
    assert text in refusal(List(body="?", button="Which", sections=(Section(rows=(row,)),)))


TITLED: dict[str, Any] = {
    "a button's title": lambda words: Buttons(body="?", buttons=(Button(id="y", title=words),)),
    "a row's title": lambda words: listed(Section(rows=(Row(id="y", title=words),))),
    "a section's title": lambda words: listed(Section(title=words, rows=(Row(id="y", title="Yes"),))),
    "the label that opens a list": lambda words: listed(button=words),
    "a header": lambda words: Buttons(body="?", buttons=(Button(id="y", title="Yes"),), header=words),
}


def listed(section: Section = Section(rows=(Row(id="y", title="Yes"),)), button: str = "Which") -> List:  # noqa: B008
    return List(body="?", button=button, sections=(section,))


@pytest.mark.parametrize("what", TITLED)
@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Yes ", "spaces at its ends: write 'Yes'"),
        ("Yes\nplease", "a line break or a tab: write 'Yes please'"),
        ("Yes\tplease", "a line break or a tab: write 'Yes please'"),
        ("\u200b\u200d", "invisible characters only"),
        (" ", "is empty"),
    ],
    ids=["space", "break", "tab", "invisible", "blank"],
)
def test_words_on_one_line_are_one_line_that_shows_something(what: str, words: str, why: str) -> None:
    text = refusal(TITLED[what](words))
    assert text.startswith(what)
    assert why in text


def test_a_text_of_invisible_characters_is_refused() -> None:
    assert refusal(Text(body="\u200b\ufeff")) == "a text has invisible characters only: '\\u200b\\ufeff'"
    LIMITS.check(Text(body="👍"))
    LIMITS.check(Text(body="ไ"))


@pytest.mark.parametrize("several", ["buttons", "rows"])
@pytest.mark.parametrize("title", ["Yes ", " Yes", "Yes\n", "Yes\t"], ids=ascii)
def test_a_title_given_to_say_loses_the_spaces_around_it_and_so_does_its_id(several: str, title: str) -> None:
    bot = Bot()

    @bot.on("ask")
    def ask(chat: Chat) -> None:
        chat.say("?", **{several: [title, "No"]})  # type: ignore[arg-type]

    @bot.on(Tap("Yes"), Tap("No"))
    def yes(chat: Chat) -> None:
        chat.say("Good.")

    phone = Phone(bot)
    phone.says("ask")
    assert phone.taps("Yes") == ["< Good."]


def test_a_title_on_two_lines_is_shown_on_one() -> None:
    bot = Bot()

    @bot.on("ask")
    def ask(chat: Chat) -> None:
        chat.say("?", buttons={"Pizza\n (large)": ask, "Oui\u00a0!": ask})

    assert Phone(bot).says("ask") == ["< ? [Pizza (large)] [Oui\u00a0!]"]


BAD_CHOICES: dict[str, tuple[Any, str]] = {
    "a string": ("Yes", "buttons are a list of titles"),
    "bytes": (b"Yes", "buttons are a list of titles"),
    "a set": ({"Yes"}, "buttons are a list of titles"),
    "keys": ({"Yes": 1}.keys(), "buttons are a list of titles"),
    "a number": ([1, 2], "a title or a pair of words"),
    "three words": ([("a", "b", "c")], "a title or a pair of words"),
    "a pair of id and number": ([("a", 1)], "a title or a pair of words"),
    "a ready-made button": ([Button(id="y", title="Yes")], "a title or a pair of words"),
    "a mapping to words": ({"Yes": "y"}, "'Yes' leads to 'y'"),
    "a mapping from numbers": ({1: print}, "no handler|titles of buttons are words"),
    "an id as ours": ([("q:1", "Yes")], "begins as rejoinder's own ids do"),
    "a title as ours": (["go: home"], "begins as rejoinder's own ids do"),
    "an empty title": (["Yes", ""], "a button's title is empty"),
    "an invisible title": (["Yes", "\u200b"], "invisible characters only"),
    "an empty id": ([("", "Yes")], "a button's id is empty"),
    "an id with a space": ([("y ", "Yes")], "spaces at its ends"),
    "titles that become one": (["Yes", "Yes "], "two buttons have the title 'Yes'"),
}


@pytest.mark.parametrize("name", BAD_CHOICES)
def test_choices_that_cannot_be_sent_are_refused_at_the_line(name: str) -> None:
    choices, why = BAD_CHOICES[name]
    bot = Bot()

    @bot.otherwise
    def ask(chat: Chat) -> None:
        with pytest.raises(BotError, match=why):
            chat.say("?", buttons=choices)
        with pytest.raises(BotError, match=why.replace("button", "row")):
            chat.say("?", rows=choices)
        chat.say("Refused.")

    assert Phone(bot).says("hi") == ["< Refused."]


@pytest.mark.parametrize(
    "content",
    [
        Buttons(body="?", buttons=(Button(id="go:book#1", title="Yes"),)),
        List(body="?", button="Which", sections=(Section(rows=(Row(id="q:x:1", title="Yes"),)),)),
    ],
    ids=["buttons", "a list"],
)
def test_ids_of_ours_are_refused_in_a_ready_made_content(content: OutboundContent) -> None:
    bot = Bot()

    @bot.otherwise
    def ask(chat: Chat) -> None:
        with pytest.raises(BotError, match="begins as rejoinder's own ids do"):
            chat.say(content)

    Phone(bot).says("hi")


# --- lists where tuples are wanted ---


def test_lists_are_as_good_as_tuples() -> None:
    button, row = Button(id="y", title="Yes"), Row(id="y", title="Yes")
    buttons: Any = [button]
    rows: Any = [row]
    sections: Any = [Section(rows=rows)]
    assert Buttons(body="?", buttons=buttons) == Buttons(body="?", buttons=(button,))
    assert List(body="?", button="b", sections=sections).sections == (Section(rows=(row,)),)


@pytest.mark.parametrize(
    "given",
    ["Yes", None, Button(id="y", title="Yes"), {"Yes": "y"}, ["Yes"], [None], [Row(id="y", title="Y")]],
    ids=repr,
)
def test_buttons_that_are_none_are_refused_when_they_are_made(given: Any) -> None:
    with pytest.raises(BotError, match=r"write buttons=\(Button\(…\), …\)"):
        Buttons(body="?", buttons=given)


@pytest.mark.parametrize("given", [["Yes"], Row(id="y", title="Y"), [Button(id="y", title="Yes")]], ids=repr)
def test_rows_and_sections_that_are_none_are_refused_when_they_are_made(given: Any) -> None:
    with pytest.raises(BotError, match=r"write rows=\(Row\(…\), …\)"):
        Section(rows=given)
    with pytest.raises(BotError, match=r"write sections=\(Section\(…\), …\)"):
        List(body="?", button="b", sections=given)


# --- the name of a contact ---


@pytest.mark.parametrize("name", ["", " ", "\n", "\u200b", "\u3164", "\u202e\u2066"], ids=ascii)
def test_a_contact_whose_name_shows_nothing_is_called_by_the_fallback(name: str) -> None:
    nobody = replace(ADA, name=name)
    assert nobody.called("there").name == "there"
    assert nobody.called("there").ids == ADA.ids
    LIMITS.check(template(nobody.called("there").name))


@pytest.mark.parametrize(
    ("name", "called"),
    [("Ada", "Ada"), ("Ada\nLovelace", "Ada Lovelace"), ("  A      B ", "A B"), ("👑", "👑")],
)
def test_a_name_fits_into_a_template(name: str, called: str) -> None:
    contact = replace(ADA, name=name).called("there")
    assert contact.name == called
    LIMITS.check(template(contact.name))


# --- what the line takes, the simulator takes ---

LETTERS = st.sampled_from("aB 1é👍ß\n\t\u200b\u00a0\u3164\u2028_-\ud83d\x00")
LENGTHS = [0, 1, 5, 15, 20, 21, 24, 25, 60, 61, 72, 73, 200, 201, 256, 257, 512, 513, 1024, 1025, 4096, 4097]


def cut(words: str, length: int) -> str:
    return (words * length)[:length]


WORDS = st.one_of(
    st.text(LETTERS, max_size=12),
    st.sampled_from(["Yes", "No", "19:00", "id", "x y"]),
    st.builds(cut, st.text("ab", min_size=1, max_size=3), st.sampled_from(LENGTHS)),
)
GOOD = st.text("abcdef", min_size=4, max_size=8)
SHORT = st.integers(0, 20).flatmap(lambda number: GOOD if number else WORDS)
EDGE = st.integers(0, 2).flatmap(lambda number: st.just("") if number else SHORT)
PARAMETER = GOOD | st.text(LETTERS, min_size=1, max_size=8) | SHORT
BUTTONS = st.builds(
    Buttons,
    body=SHORT,
    buttons=st.lists(st.builds(Button, id=SHORT, title=SHORT), max_size=4).map(tuple),
    header=EDGE,
    footer=EDGE,
)
ROWS = st.lists(st.builds(Row, id=SHORT, title=SHORT, description=EDGE), max_size=6).map(tuple)
LISTS = st.builds(
    List,
    body=SHORT,
    button=SHORT,
    sections=st.lists(st.builds(Section, rows=ROWS, title=EDGE), max_size=3).map(tuple),
    header=EDGE,
    footer=EDGE,
)
TEMPLATES = st.builds(
    Template,
    name=st.sampled_from(["order", "a_1", "order_2", "Order"]),
    language=st.sampled_from(["en", "en_US", "pt_BR", "en-US"]),
    parameters=st.lists(PARAMETER, max_size=3).map(tuple)
    | st.dictionaries(st.sampled_from(["a", "b_2", "c_d", "e", "A"]), PARAMETER, max_size=3),
)
CONTENTS = st.one_of(st.builds(Text, body=WORDS), BUTTONS, LISTS, TEMPLATES)


def approved(content: OutboundContent) -> tuple[templates.Template, ...]:
    """Return the template that Meta would have to know, with each variable once."""
    if not isinstance(content, Template):
        return ()
    given = content.parameters
    names = range(1, len(given) + 1) if isinstance(given, tuple) else given
    body = "".join(f"{{{{{name}}}}}" for name in names)
    return (templates.Template(name=content.name, language=content.language, body=body),)


def is_taken(content: OutboundContent) -> bool:
    try:
        LIMITS.check(content)
    except LimitExceeded:
        return False
    return True


@settings(max_examples=600, deadline=None)
@given(content=CONTENTS)
def test_what_the_limits_take_the_simulator_takes(content: OutboundContent) -> None:
    taken = is_taken(content)
    event(f"{content.kind} {'taken' if taken else 'refused'}")
    if taken:
        request = validation.check(render(ADA, content, "callback"), approved(content))
        assert isinstance(request, validation.Request)


@settings(max_examples=200, deadline=None)
@given(content=CONTENTS, late=st.none() | TEMPLATES)
def test_a_line_that_passes_sends_only_what_the_simulator_takes(
    content: OutboundContent, late: Template | None
) -> None:
    bot = Bot()
    refused: list[BotError] = []

    @bot.otherwise
    def speak(chat: Chat) -> None:
        try:
            chat.say(content, outside_window=late)
        except BotError as error:
            refused.append(error)

    world = World(bot)
    world.process(inbound())
    if refused:
        assert not world.outbox.turns
        return
    for message in world.outbox.turns[0].messages:
        for one in (message.content, message.outside_window):
            if one is not None:
                validation.check(render(ADA, one, "callback"), approved(one))
