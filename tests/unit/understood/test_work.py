"""What is found with little work is what the plain formulas find, and the work has an end."""

import contextlib
import cProfile
import pstats
import random
import re
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jellyfish import jaro_winkler_similarity

from rejoinder import Bot, Chat, Image, Text
from rejoinder.bot import heard, words
from rejoinder.bot.choices import chosen
from rejoinder.bot.courtesy import COURTESY, Sayings, says
from rejoinder.bot.dates import date_of
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.likeness import SAME_WORD, Words
from rejoinder.bot.numbers import whole
from rejoinder.bot.phrases import ENGLISH
from rejoinder.bot.router import Rule, Rules, Trigger, matcher
from rejoinder.model.intent import Intent
from rejoinder.model.letters import clean
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound
from tests.unit.understood import slowly
from tests.unit.understood.test_intents import INTENTS, PHRASES

FURTHER = (
    Intent(name="late", examples=["मेरा ऑर्डर कहाँ है", "где мой заказ", "ของฉันอยู่ที่ไหน", "طلبي لم يصل"]),
    Intent(name="stuck", examples=["my order did not arrive", "meine Bestellung ist nicht da", "ninguno"]),
    Intent(name="thumb", examples=["👍", "c++ <3"], slots={"one": "[a-z]{5}", "other": "(?i)of .*"}),
)
INTENDED = (*INTENTS, *FURTHER)

SAID = sorted(
    {word for intent in INTENDED for one in intent.examples for word in one.split()}
    | {word for _, phrase in PHRASES for word in phrase.split()}
    | heard.everywhere("turns")
    | heard.everywhere("wishes")
    | heard.everywhere("denies")
    | COURTESY
)


def mistyped(word: str, chance: random.Random) -> str:
    """Return `word` with some typing errors."""
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        place = chance.randrange(len(word) + 1)
        before, behind = word[:place], word[place:]
        word = chance.choice(
            [
                before + behind[1:],
                before + behind[1:2] + behind[:1] + behind[2:],
                before + behind[:1] * 3 + behind[1:],
                before + chance.choice("aeinrstk’éж한ा") + behind,
            ]
        )
    return word


TYPED = st.builds(mistyped, st.sampled_from(SAID), st.randoms(use_true_random=False)).filter(bool)
WORDS = TYPED | st.sampled_from(SAID) | st.integers(0, 99999).map(str) | st.text(max_size=8)
TEXTS = st.lists(WORDS, max_size=15).map(" ".join)


@settings(deadline=None)
@given(TEXTS)
@example("cancel my ordr 1234")
@example("don't cancelll my order, thank you very much")
@example("कहा ऑर्डर मेरा")
def test_a_text_is_as_similar_to_each_intent_as_by_the_plain_formula(text: str) -> None:
    assert FuzzyUnderstanding().scores(text[:1500], INTENDED) == slowly.scores(text[:1500], INTENDED)


def test_so_is_each_phrase_of_the_list_with_an_understanding_that_is_kept() -> None:
    understanding = FuzzyUnderstanding()
    for _, phrase in PHRASES[::4]:
        assert understanding.scores(phrase, INTENDED) == slowly.scores(phrase, INTENDED)
    assert understanding.scores("book a table", INTENTS[:2]) == slowly.scores("book a table", INTENTS[:2])


@given(
    st.lists(TYPED | st.text("abcde", min_size=1, max_size=9), max_size=60),
    TYPED | st.text("abcde", min_size=1, max_size=9),
)
def test_no_word_that_counts_as_the_same_is_ruled_out(others: list[str], word: str) -> None:
    plain = {other: jaro_winkler_similarity(word, other) for other in others}
    assert Words(dict.fromkeys(others)).like(word) == {
        o: found for o, found in plain.items() if found >= SAME_WORD
    }


@given(TEXTS)
@example("hiiii theeere")
@example("c+++ __x 11")
def test_a_text_is_cut_into_the_phrases_of_the_plain_formula(text: str) -> None:
    assert words.parts(text, COURTESY) == slowly.parts(text, COURTESY)


def test_plain_words_are_folded_without_effort_and_to_the_same() -> None:
    for table in heard.HEARD.values():
        for phrases in table:
            said = {" ".join(words.tokens(one)) for one in phrases.split(",") if one.strip()}
            assert words.listed(phrases) == said


@given(TEXTS, st.lists(TEXTS.filter(words.fold), max_size=20))
def test_all_texts_that_are_listened_for_are_found(text: str, triggers: list[str]) -> None:
    sayings = Sayings()
    for number, trigger in enumerate(triggers):
        sayings.add(trigger, number)
    expected = [number for number, trigger in enumerate(triggers) if text and says(text, trigger)]
    assert sayings.said(text) == expected


TRIGGERS = st.sampled_from(
    ["hi", "menu", "good day", "hi menu", re.compile("^me"), re.compile("i"), Text, Image]
)
RULES = st.lists(st.tuples(st.lists(TRIGGERS, min_size=1, max_size=3), st.booleans()), max_size=8)


@given(
    RULES,
    st.sampled_from(["hi", "Menu, please", "hi menu", "good day menu", "good day", "", "x"]),
    st.booleans(),
)
def test_the_first_rule_wins_that_is_for_a_message(
    rules: list[tuple[list[Trigger], bool]],
    text: str,
    only_interrupting: bool,  # noqa: FBT001
) -> None:
    known = Rules()
    for number, (triggers, interrupts) in enumerate(rules):
        matchers = tuple(matcher(trigger) for trigger in triggers)
        handler = lambda chat, number=number: chat.say(str(number))  # noqa: E731
        known.add_rule(Rule(matchers=matchers, intents=(), handler=handler, interrupts=interrupts))
    one = message(text)
    expected = [
        rule.handler
        for rule in known.rules
        if (rule.interrupts or not only_interrupting) and any(matches(one) for matches in rule.matchers)
    ]
    assert known.ruled(one, interrupting=only_interrupting) == next(iter(expected), None)


# --- the work ---


def calls(work: Callable[[], object]) -> int:
    """Return how many functions are called."""
    profile = cProfile.Profile()
    with profile:
        work()
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


def bot_of(handlers: int) -> Bot:
    """Return a bot with so many handlers, each for some words."""
    bot = Bot()
    for number in range(handlers):

        def handler(chat: Chat) -> None:
            chat.say("Yes.")

        handler.__qualname__ = f"handler{number}"
        bot.on(f"wish {number}", interrupts=bool(number % 2))(handler)
    return bot


def message(text: str) -> Inbound:
    """Return the message of a contact who types `text`."""
    contact = Contact(id="1")
    return Inbound(
        id="1", account=Account(channel="none", id="1"), contact=contact, at=0, content=Text(body=text)
    )


def test_many_handlers_cost_no_more_than_one() -> None:
    few, many = bot_of(1), bot_of(200)
    assert many.takes(message("Wish 199, please!"))
    assert not many.takes(message("warm up"))
    one = calls(lambda: few.takes(message("where is my bicycle")))
    many.takes(message("another text: the last one is kept"))
    assert calls(lambda: many.takes(message("where is my bicycle"))) <= one + 5


def test_a_long_text_is_compared_with_few_words_each_of_them_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def counted(one: str, other: str) -> float:
        compared.append((one, other))
        return jaro_winkler_similarity(one, other)

    monkeypatch.setattr("jellyfish.jaro_winkler_similarity", counted)
    chance = random.Random(1)  # noqa: S311 - no secret
    text = " ".join(mistyped(chance.choice(SAID), chance) for _ in range(20_000))
    understanding = FuzzyUnderstanding()
    understanding.understand(text, INTENTS)
    assert len(compared) < 20 * len(text[: words.MAX_SAID].split())
    assert understanding.scores(text, INTENTS) == slowly.scores(
        text[: words.MAX_SAID].rpartition(" ")[0], INTENTS
    )


def read(reader: Callable[[str], object], text: str) -> None:
    """Read `text`, which may be nothing of the kind."""
    with contextlib.suppress(ValueError):
        reader(text)


TITLES = ("Small table", "Large table", "No preference", "10:00")
READERS: dict[str, Callable[[str], object]] = {
    "words": words.fold,
    "phrases": lambda text: words.parts(text, COURTESY),
    "a number": lambda text: whole(text, "fr"),
    "a day": lambda text: date_of(text, "de", date(2030, 1, 1)),
    "a choice": lambda text: chosen(text, TITLES, numbered=True, phrases=ENGLISH),
    "a wish": lambda text: FuzzyUnderstanding().understand(text, INTENTS[:1]),
    "a handler": lambda text: bot_of(1).takes(message(text)),
}
HOSTILE = (
    "x",
    "a ",
    "hi ",
    "1",
    "1.",
    "1 234 ",
    "!",
    "👍",
    "a 👍 ",
    "e\u0301",
    ":)",
    "a-",
    "(",
    "no ",
    "thank you very ",
)


@pytest.mark.parametrize("reader", READERS)
def test_the_work_grows_with_the_text_and_no_faster(reader: str) -> None:
    for some in HOSTILE:
        short, long = (partial(read, READERS[reader], some * times) for times in (1000, 2000))
        short()
        assert calls(long) <= 2.2 * calls(short) + 50, some


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", ["no" * 90 + "!x", "num" * 60 + "x", "n." * 90 + "x", "1'" * 90 + "x"])
def test_no_pattern_tries_all_ways_to_read_a_text(reader: str, text: str) -> None:
    read(READERS[reader], text)  # with two ways to read each of its parts, it would never end


@pytest.mark.parametrize("reader", [reader for reader in READERS if reader not in ("words", "phrases")])
def test_a_text_as_long_as_a_story_costs_no_more_when_it_is_longer(reader: str) -> None:
    for some in HOSTILE:
        short, long = (partial(read, READERS[reader], some * times) for times in (2010, 20_100))
        short()
        assert calls(long) <= calls(short) + 5, some


def test_a_word_drawn_out_without_end_is_read_in_the_end() -> None:
    assert words.parts("y" + "o" * 300_000 + "d", COURTESY)[0].startswith("yoo")
    assert words.parts("h" + "i" * 300_000, COURTESY) == ["hi"]


def test_blanks_within_a_text_are_not_tried_one_by_one() -> None:
    """With a search from each blank, this takes minutes."""
    blanks = " " * 200_000
    assert clean(f" a{blanks}b ") == f"a{blanks}b"
