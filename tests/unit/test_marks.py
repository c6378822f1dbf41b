"""Marks: texts with markup as WhatsApp and transcripts show them, and how they are split."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder import Bot, Chat
from rejoinder.channels import parse
from rejoinder.channels.whatsapp.limits import MAX_TEXT_BODY, WhatsAppLimits
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.errors import LimitExceeded
from rejoinder.model.blanks import is_blank
from rejoinder.model.contents import ContactCard, Image, Tap, Text
from rejoinder.model.marks import marked
from rejoinder.model.markup import bold, code, italic, link, plain, read
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import Button, Buttons, LinkButton, List, OutboundContent, Row, Section, Template
from rejoinder.model.splitting import length_of, split
from rejoinder.testing import Phone
from tests.unit.test_markup import TEXTS, URL

ANN = bold("Ann")


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("Hello!", "Hello!"),
        (f"Hello {ANN}!", "Hello *Ann*!"),
        (italic(bold("b")), "_*b*_"),
        (bold(f"a {italic('b')}"), "*a _b_*"),
        (f"Your code: {code('A*1')}", "Your code: `A*1`"),
        (bold(f"Your code {code('A1')} is new"), "*Your code* `A1` *is new*"),
        (bold(" a "), " *a* "),
        (bold("a\n b \n\nc"), "*a*\n *b* \n\n*c*"),
        (bold("a\r\nb"), "*a*\r\n*b*"),
    ],
)
def test_each_line_of_a_part_has_marks_that_touch_its_words(text: str, wire: str) -> None:
    assert marked(text) == wire


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        (link("here", URL), f"here ({URL})"),
        (bold(f"See {link('here', URL)} now"), f"*See here* ({URL}) *now*"),
        (f"{link(URL, URL)}!", f"{URL}!"),
        (bold(f"See {link(URL, URL)} now"), f"*See* {URL} *now*"),
        (link("example.com/a?b=1", URL), "example.com/a?b=1"),
        (link("call us", "tel:+15550001111"), "call us (+15550001111)"),
        (link(" ", URL), " "),
    ],
)
def test_the_address_of_a_link_stands_behind_its_words(text: str, wire: str) -> None:
    assert marked(text) == wire


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        (bold("a*b"), "a*b"),
        (f"*5 is {bold('15')}", "*5 is 15"),
        (f"5 * 3 is {bold('15')}", "5 * 3 is *15*"),
        (f"a*b\n{bold('c')}", "a*b\n*c*"),
        (f"* {bold('c')}", "* *c*"),
        (f"a{bold('b')}", "ab"),
        (bold("b") + "2", "b2"),
        (f"_{bold('b')}_", "_b_"),
        (bold("b!") + italic("?"), "*b!*?"),
        (f"{link('here', 'https://a.org/b_c')} {italic('d')}", "here (https://a.org/b_c) d"),
        (f"^_^ {bold('b')}", "^_^ b"),
        (f"table_5 {bold('b')}", "table_5 *b*"),
        (f"{code('*a')} {code('_b')} {bold('c')}", "`*a` `_b` *c*"),
        (f"a`b {code('*a')} {bold('c')}", "a`b *a c"),
        (f"```a\n{bold('b')}\n```", "```a\nb\n```"),
    ],
)
def test_a_part_goes_without_marks_where_they_could_be_misread(text: str, wire: str) -> None:
    assert marked(text) == wire


# How a phone might show it: nothing of ours, so that it would not repeat a mistake of ours.
_CODE = re.compile(r"(?<![\w`])`(?=\S)([^`\r\n]*?[^`\s])`(?![\w`])")
_OTHERS = (
    re.compile(r"(?<![\w*])\*(?=\S)([^*\r\n]*?[^*\s])\*(?![\w*])"),
    re.compile(r"(?<![\w_])_(?=\S)([^_\r\n]*?[^_\s])_(?![\w_])"),
)
_HIDDEN = {ord(mark): place for place, mark in enumerate("*_", 0xE000)}  # in code they are letters
_BACK = {place: mark for mark, place in _HIDDEN.items()}


def as_shown(wire: str) -> str:
    """Return the words that a phone shows, without the marks that it takes for such."""
    wire = _CODE.sub(lambda found: found[1].translate(_HIDDEN), wire)
    for pattern in _OTHERS:
        wire = pattern.sub(r"\1", wire)
    return wire.translate(_BACK)


@given(TEXTS)
def test_the_words_of_a_contact_arrive_whole(made: tuple[str, str]) -> None:
    text, words = made
    assert plain(text) == words
    wire = marked(text)
    for address in (f" ({URL})", *"*_`"):
        wire, words = wire.replace(address, ""), words.replace(address, "")
    assert wire == words


@given(st.text("ab *_`.\n", max_size=8), st.sampled_from((bold, italic, code)), st.text("ab *_`", max_size=8))
def test_no_mark_is_read_as_a_word_and_no_word_as_a_mark(
    before: str, mark: Callable[[object], str], words: str
) -> None:
    words = words.strip()
    wire = marked(f"{before}{mark(words)}{before}")
    if wire != f"{before}{words}{before}":  # it has marks
        around = as_shown(f"{before}#{before}").partition("#")
        assert as_shown(wire) == f"{around[0]}{words}{around[2]}"


def test_all_words_have_marks_and_nothing_else_has_markup() -> None:
    contents: tuple[OutboundContent, ...] = (
        Text(body=ANN),
        Image("https://example.com/a.jpg", caption=ANN),
        Buttons(body=ANN, buttons=(Button(id="a", title=ANN),), header=ANN, footer=ANN),
        List(
            body=ANN,
            button=ANN,
            sections=(Section(title=ANN, rows=(Row(id="a", title=ANN, description=ANN),)),),
            header=ANN,
            footer=ANN,
        ),
        LinkButton(body=ANN, title=ANN, url=URL),
        Template("welcome", language="en", parameters=(ANN,)),
        ContactCard(name=ANN, phones=("+15550001111",)),
    )
    for content in contents:
        WhatsAppLimits().check(content)
        wire = str(render(Contact(id="15550001111", phone="15550001111"), content, ""))
        assert not re.search("[\ufdd0-\ufdd2]|ufdd", wire)
        worded = not isinstance(content, Template | ContactCard)
        assert wire.count("*Ann*") == worded
        assert "'Ann'" in wire or isinstance(content, Text | Image)


def test_what_counts_is_how_long_it_is_on_the_wire() -> None:
    limits = WhatsAppLimits()
    limits.check(Buttons(body=bold("x" * 1022), buttons=(Button(id="a", title=bold("x" * 20)),)))
    with pytest.raises(LimitExceeded, match="1025 characters"):
        limits.check(Buttons(body=bold("x" * 1023), buttons=(Button(id="a", title="a"),)))
    with pytest.raises(LimitExceeded, match="a text is empty"):
        limits.check(Text(body=bold("")))


def test_a_long_text_is_split_between_its_parts_and_in_them() -> None:
    said = Text(body=bold(f"{'a' * 3000} {'b' * 3000}") + f" {italic('c')}")
    parts: Any = WhatsAppLimits().split(said)
    assert [marked(part.body) for part in parts] == ["*" + "a" * 3000 + "*", f"*{'b' * 3000}* _c_"]
    assert split(f"one {link('two three', URL)}", 7, lambda text: len(plain(text))) == [
        f"one {link('two', URL)}",
        link("three", URL),
    ]


def seen(words: str) -> str:
    """Return `words` without what nobody sees: no part consists of it alone."""
    return "".join(letter for letter in words if not is_blank(letter))


@given(TEXTS, st.integers(1, 12))
def test_a_split_text_has_the_same_words_and_parts(made: tuple[str, str], limit: int) -> None:
    text, words = made
    parts = split(text, limit, lambda part: length_of(plain(part)))
    assert seen("".join(map(plain, parts))) == seen(words)
    kinds = {span.kind for span in read(text).spans}
    assert {span.kind for part in parts for span in read(part).spans} <= kinds


@pytest.mark.parametrize("limit", [1, 20, MAX_TEXT_BODY])
def test_a_part_that_has_no_room_for_its_address_is_still_said_once(limit: int) -> None:
    text = link("a b c", "https://example.com/" + "d" * 100)
    parts = split(text, limit, lambda part: length_of(marked(part)))
    assert " ".join(map(plain, parts)) == "a b c"


def test_a_contact_cannot_write_markup() -> None:
    message = {
        "id": "wamid.1",
        "from": "15550001111",
        "timestamp": "1760000000",
        "type": "text",
        "text": {"body": f"{bold('a')} \ufdd1 \\ufdd0"},
    }
    account = Account(channel="whatsapp", id="1")
    update = {"message": message, "contact": {"profile": {"name": ANN}, "wa_id": "15550001111"}}
    inbound = parse(account, update, received_at=1760000000.0)
    assert inbound.text == "a  \\ufdd0"
    assert inbound.contact.name == "Ann"


def test_titles_are_plain_words_wherever_they_come_back() -> None:
    bot = Bot()

    @bot.on("menu")
    def menu(chat: Chat) -> None:
        chat.say(bold("Menu"), buttons={bold("Soup"): soup})

    @bot.on("card")
    def card(chat: Chat) -> None:
        chat.say(Buttons(body="Menu", buttons=(Button(id="soup", title=bold("Soup")),)))

    @bot.on(Tap(id="soup"))
    def soup(chat: Chat) -> None:
        taste = chat.ask(bold("How?"), [bold("Hot"), "Cold"], retry=italic("Please choose."))
        chat.say(f"{taste} soup, {chat.message.text}", quote=chat.message)

    Phone(bot).plays(
        """\
> menu
< *Menu* [Soup]
> [Soup]
< *How?* [Hot] [Cold]
> lukewarm
< _Please choose._ [Hot] [Cold]
> hot
< *Hot* soup, hot
> card
< Menu [Soup]
> [Soup]
< *How?* [Hot] [Cold]
"""
    )


def test_what_a_bot_says_can_be_kept_as_plain_words() -> None:
    assert plain(f"{bold('Ann')} {link('here', URL)}") == "Ann here"
