"""Markup: parts of a text that are bold, italic, code or links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.errors import BotError
from rejoinder.model.markup import Span, bold, code, italic, link, plain, read

URL = "https://example.com/a?b=1"
OPENING = bold("").removesuffix("\ufdd1")
CLOSING = "\ufdd1"

Shown = list[tuple[str, str]]


def shown(text: str) -> Shown:
    """Return the kind and the words of each part."""
    marked = read(text)
    return [(span.kind, marked.plain[span.start : span.end]) for span in marked.spans]


@pytest.mark.parametrize(
    ("text", "words", "parts"),
    [
        ("Hello!", "Hello!", []),
        (f"Hello {bold('Ann')}!", "Hello Ann!", [("bold", "Ann")]),
        (bold(f"a {italic('b')} c"), "a b c", [("bold", "a b c"), ("italic", "b")]),
        (italic(bold("b")), "b", [("italic", "b"), ("bold", "b")]),
        (bold(f"a {bold('b')} c"), "a b c", [("bold", "a b c")]),
        (bold(f"{link('a', URL)}!"), "a!", [("bold", "a!"), ("link", "a")]),
        (link(f"a {bold('b')}", URL), "a b", [("link", "a b"), ("bold", "b")]),
        (link(f"a {link('b', 'https://b.org')}", URL), "a b", [("link", "a b")]),
        (bold("a") + bold("b"), "ab", [("bold", "a"), ("bold", "b")]),
        (bold(5), "5", [("bold", "5")]),
    ],
)
def test_parts_may_stand_in_one_another(text: str, words: str, parts: Shown) -> None:
    assert plain(text) == words
    assert shown(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (bold(f"a {code('b')} c"), [("bold", "a"), ("code", "b"), ("bold", "c")]),
        (code(f"a {bold('b')} c"), [("code", "a b c")]),
        (bold(code("b")), [("code", "b")]),
        (code(f"a {link('b', URL)} c"), [("code", "a"), ("link", "b"), ("code", "c")]),
        (link(code("b"), URL), [("link", "b")]),
        (code(f"a {bold('b ' + link('c', URL))}"), [("code", "a b"), ("link", "c"), ("bold", "c")]),
    ],
)
def test_code_stands_alone_and_a_link_comes_before_it(text: str, parts: Shown) -> None:
    assert shown(text) == parts


@pytest.mark.parametrize("text", [bold(""), bold(" \n"), italic(bold("")), link("", URL), code("\t")])
def test_a_part_without_words_is_none(text: str) -> None:
    assert shown(text) == []


def test_a_part_begins_and_ends_with_a_word() -> None:
    assert shown(bold(f" a {italic(' b ')}\n")) == [("bold", "a  b"), ("italic", "b")]
    assert plain(bold(" a ")) == " a "


@pytest.mark.parametrize(
    ("text", "words", "parts"),
    [
        (f"{OPENING}a", "a", []),
        (f"a{CLOSING}b", "ab", []),
        (f"a {bold(CLOSING)}b", "a b", []),
        (bold(f"a {OPENING}b"), "a b", [("bold", "b")]),
        ("\ufdd0b", "b", []),
        ("\ufdd0zz\ufdd2a\ufdd1", "zza", []),
        ("a\ufdd2b", "ab", []),
        (bold("Ann and Bob")[:8], "Ann a", []),
    ],
)
def test_a_sign_without_its_other_half_is_left_out(text: str, words: str, parts: Shown) -> None:
    assert plain(text) == words
    assert shown(text) == parts


def test_a_link_keeps_its_address() -> None:
    assert read(f"See {link('here', URL)}.").spans == (Span(kind="link", start=4, end=8, url=URL),)


@pytest.mark.parametrize("url", ["", " ", "https://example.com/a b", bold(URL)])
def test_a_link_to_no_address_is_refused(url: str) -> None:
    with pytest.raises(BotError, match="a link leads to an address"):
        link("here", url)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\ufdd0\ufdd1\ufdd2"), max_size=8)


def _joined(some: list[tuple[str, str]]) -> tuple[str, str]:
    return "".join(text for text, _ in some), "".join(words for _, words in some)


MARKS = (bold, italic, code, lambda words: link(words, URL))
TEXTS = st.recursive(
    WORDS.map(lambda words: (words, words)),
    lambda inner: (
        st.tuples(st.sampled_from(MARKS), inner).map(lambda one: (one[0](one[1][0]), one[1][1]))
        | st.lists(inner, min_size=2, max_size=4).map(
            lambda some: tuple(map("".join, zip(*some, strict=True)))
        )
    ),
    max_leaves=8,
)
"""Texts, each with the words that it was made of."""


@given(TEXTS)
def test_the_words_arrive_whole_and_the_parts_never_cross(made: tuple[str, str]) -> None:
    text, words = made
    marked = read(text)
    assert marked.plain == words
    assert list(marked.spans) == sorted(marked.spans, key=lambda one: (one.start, -one.end))
    for place, span in enumerate(marked.spans):
        assert marked.plain[span.start : span.end].strip() == marked.plain[span.start : span.end] != ""
        for later in marked.spans[place + 1 :]:
            assert later.start >= span.end or (later.end <= span.end and later.kind != span.kind)
            assert later.start >= span.end or "code" not in {later.kind, span.kind}


@given(st.text(st.sampled_from("\ufdd0\ufdd1\ufdd2abciz "), max_size=20))
def test_any_order_of_signs_can_be_read(text: str) -> None:
    marked = read(text)
    assert not set(marked.plain) & set("\ufdd0\ufdd1\ufdd2")
    assert read(marked.plain).plain == marked.plain
