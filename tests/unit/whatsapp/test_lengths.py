"""How WhatsApp counts words, and where a text that is too long is split."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.channels.whatsapp.limits import MAX_TEXT_BODY, WhatsAppLimits
from rejoinder.errors import LimitExceeded
from rejoinder.model.blanks import is_blank
from rejoinder.model.contents import Text
from rejoinder.model.said import Button, Buttons
from rejoinder.model.splitting import length_of, split

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1ea\U0001f1f8"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
WAVE = "\U0001f44b\U0001f3fd"
HINDI = "\u0928\u092e\u0938\u094d\u0924\u0947"  # six code points, four signs


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("", 0),
        ("Hello", 5),
        ("é", 1),
        ("€", 1),
        (HINDI, 6),
        ("\U0001f44b", 2),
        (WAVE, 4),
        (FLAG, 4),
        (FAMILY, 8),
        (SCOTLAND, 14),
        ("\u2764\ufe0f", 2),
    ],
    ids=ascii,
)
def test_a_length_is_in_units_of_utf_16(words: str, length: int) -> None:
    assert length_of(words) == length == len(words.encode("utf-16-le")) // 2


@pytest.mark.parametrize("sign", [FLAG, WAVE, FAMILY, HINDI], ids=ascii)
def test_words_of_any_signs_may_be_as_long_as_the_limit_and_no_longer(sign: str) -> None:
    limits = WhatsAppLimits()
    most = MAX_TEXT_BODY // length_of(sign)
    limits.check(Text(body=sign * most))
    with pytest.raises(
        LimitExceeded, match=rf"a text is \d+ characters long; WhatsApp takes {MAX_TEXT_BODY}"
    ):
        limits.check(Text(body=sign * (most + 1)))


def test_the_error_says_why_emoji_are_longer_than_they_look() -> None:
    button = Button(id="x", title="Madrid, Spain " + FLAG * 2)
    with pytest.raises(LimitExceeded) as refused:
        WhatsAppLimits().check(Buttons(body="?", buttons=(button,)))
    assert "is 22 characters long; WhatsApp takes 20" in str(refused.value)
    assert str(refused.value).endswith("Most emoji count as 2, flags as 4")


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("one two", ["one two"]),
        ("first one\n\nsecond one", ["first one", "second one"]),
        ("a b\n\nc d\n\nsecond one", ["a b\n\nc d", "second one"]),
        ("first one\nsecond one", ["first one", "second one"]),
        ("One is. Two is here", ["One is.", "Two is here"]),
        ('He "is." Two is here', ['He "is."', "Two is here"]),
        (
            "\u0928\u092e\u0964 \u0928\u092e\u0938 \u0928\u092e\u0938\u0928\u092e",
            ["\u0928\u092e\u0964", "\u0928\u092e\u0938 \u0928\u092e\u0938\u0928\u092e"],
        ),
        ("one two three four", ["one two", "three four"]),
        ("abcdefghijklmnopqrs", ["abcdefghijkl", "mnopqrs"]),
        ("one two\n\n" + "\u200b" * 20 + "\n\nthree", ["one two", "three"]),
    ],
    ids=ascii,
)
def test_a_text_is_split_at_paragraphs_or_lines_or_sentences_or_words(words: str, parts: list[str]) -> None:
    assert split(words, 12) == parts


@pytest.mark.parametrize(
    "sign", [FAMILY, FLAG, SCOTLAND, WAVE, "\u0915\u094d\u0937\u093f", "e\u0301", "\u2764\ufe0f"], ids=ascii
)
@pytest.mark.parametrize("shift", [0, 1, 2, 3])
def test_a_sign_is_never_cut(sign: str, shift: int) -> None:
    words = "x" * shift + sign * 30
    parts = split(words, 50)
    assert "".join(parts) == words
    assert all(part.removeprefix("x" * shift).replace(sign, "") == "" for part in parts)


def test_a_sign_that_is_longer_than_a_message_is_cut_all_the_same() -> None:
    words = "e" + "\u0301" * 60
    assert split(words, 50) == [words[:50]]


@given(st.text("ab \n.\u0928\u094d" + WAVE + FLAG + FAMILY, max_size=200), st.integers(20, 60))
def test_parts_fit_and_nothing_that_is_seen_is_lost(words: str, limit: int) -> None:
    parts = split(words, limit)
    assert all(length_of(part) <= limit for part in parts)
    seen = [letter for letter in words if not is_blank(letter)]
    assert [letter for part in parts for letter in part if not is_blank(letter)] == seen


def test_a_short_text_stays_as_it_is_and_a_long_one_keeps_its_preview() -> None:
    limits = WhatsAppLimits()
    short = Text(body=" hi ", preview=True)
    assert limits.split(short) == (short,)
    parts: Any = limits.split(Text(body=("x" * 3000 + "\n\n") * 2, preview=True))
    assert [part.preview for part in parts] == [True, True]
