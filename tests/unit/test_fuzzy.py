"""What words mean, offline. Words near the examples are understood, and other words are not."""

import re
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jellyfish import jaro_winkler_similarity

from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.router import MIN_CONFIDENCE
from rejoinder.model.intent import Intent, Understood

ENGLISH = (
    Intent(
        name="order_status",
        examples=[
            "where is my order",
            "where is my parcel 1234",
            "has my order been shipped",
            "track my order 5678",
            "when will my parcel arrive",
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="refund",
        examples=[
            "I want my money back",
            "refund my order 1234",
            "I would like a refund",
            "how do I return an item",
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="opening_hours",
        examples=[
            "when are you open",
            "what are your opening hours",
            "are you open on sunday",
            "what time do you close",
        ],
    ),
    Intent(
        name="book_table",
        examples=[
            "book a table",
            "reserve a table for 4",
            "I want to make a reservation for tonight",
            "do you have a free table",
        ],
        slots={"people": "[0-9]{1,2}"},
    ),
    Intent(
        name="person",
        examples=[
            "talk to a person",
            "I want to speak to a human",
            "can I talk to somebody from your staff",
            "call me please",
        ],
    ),
)

GERMAN = (
    Intent(
        name="order_status",
        examples=[
            "wo ist meine Bestellung",
            "wo bleibt mein Paket 1234",
            "wann kommt meine Lieferung an",
            "Status der Bestellung 5678",
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="refund",
        examples=[
            "ich möchte mein Geld zurück",
            "Rückerstattung für Bestellung 1234",
            "wie kann ich etwas zurückgeben",
            "ich will den Artikel umtauschen",
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="opening_hours",
        examples=[
            "wann habt ihr geöffnet",
            "wie sind eure Öffnungszeiten",
            "habt ihr am Sonntag offen",
            "wann macht ihr zu",
        ],
    ),
    Intent(
        name="book_table",
        examples=[
            "einen Tisch reservieren",
            "ich möchte einen Tisch für 4 Personen",
            "habt ihr heute noch einen Tisch frei",
        ],
        slots={"people": "[0-9]{1,2}"},
    ),
    Intent(
        name="person",
        examples=[
            "ich möchte mit einem Menschen sprechen",
            "kann ich mit einem Mitarbeiter reden",
            "bitte ruft mich an",
        ],
    ),
)

# As people write it: mistyped, in another order, politely, and with other numbers than the examples have.
NEAR_ENGLISH = {
    "order_status": [
        "Where's my order?",
        "wheres my parcel",
        "where is my ordr 99887",
        "hello, could you please tell me where my order is? thanks",
        "my order 4711 where is it",
        "has my oder been shiped yet?",
        "when is my parcel going to arrive",
        "please track order 12345",
    ],
    "refund": [
        "i want my mony back!!",
        "can I get a refund please",
        "refund for order 7788 please",
        "how can I return this item?",
        "i'd like a refnud",
        "give me my money back",
    ],
    "opening_hours": [
        "what are your openning hours?",
        "opening hours",
        "are you open on saturday?",
        "Hi! When do you open?",
        "what time do you close today",
        "you open sunday?",
    ],
    "book_table": [
        "I'd like to book a table",
        "can i reserve a tabel for 6 please",
        "table reservation for tonight",
        "do you have a table free tonight",
        "Good evening, we would like to reserve a table for 2",
        "bok a table",
    ],
    "person": [
        "I need to talk to a person",
        "can I speak to a human please",
        "let me talk to a real person",
        "please call me",
        "speak to a humna",
    ],
}

NEAR_GERMAN = {
    "order_status": [
        "Wo ist meine Bestellung?",
        "wo ist meine bestelung 88123",
        "Hallo, können Sie mir bitte sagen, wo mein Paket bleibt?",
        "wann kommt meine lieferung",
        "Bestellstatus 99123",
        "meine Bestellung, wo ist die",
        "wo bleibt mein packet",
    ],
    "refund": [
        "ich will mein Geld zurück",
        "ich moechte mein geld zurueck",
        "kann ich das zurückgeben?",
        "Rückerstatung für 4455 bitte",
        "Artikel umtauschen",
    ],
    "opening_hours": [
        "Öffnungszeiten?",
        "oeffnungszeiten",
        "wann habt ihr denn geöffnet",
        "habt ihr sonntags offen?",
        "Was sind eure öffnungszeiten",
    ],
    "book_table": [
        "Ich möchte gerne einen Tisch reservieren",
        "tisch für 6 personen bitte",
        "habt ihr heute abend noch einen tisch frei?",
        "einen tisch reservirn",
    ],
    "person": [
        "ich will mit einem Menschen sprechen!",
        "kann ich bitte mit einem mitarbeiter sprechen",
        "bitte rufen Sie mich an",
        "mit einem mitarbeiter reden",
    ],
}

# Farther from the examples: shorter, or with words that are in none of them.
FAR_ENGLISH = {
    "order_status": [
        "where is my package order 5512?",
        "Can you track my parcel 445566",
        "when does my parcel arrive??",
        "order status please, where is it",
        "was my order shipped",
    ],
    "refund": [
        "I demand a refund",
        "money back please",
        "how do i retrun an item i bought",
        "I want to return an item",
    ],
    "opening_hours": [
        "until what time are you open",
        "what're your hours",
        "do you open on sundays",
        "closing time? when do you close",
    ],
    "book_table": [
        "table for 2 tonight",
        "I want to make a resrvation",
        "could we reserve a table for tomorrow please",
        "any free table?",
    ],
    "person": [
        "can somebody call me please",
        "I want to talk to someone from your staff",
        "human please",
        "connect me to a person",
    ],
}

FAR_GERMAN = {
    "order_status": [
        "Wo bleibt denn meine Bestellung 7766?",
        "wann kommt mein Paket an",
        "status meiner bestelung",
        "Guten Tag, wo ist mein Paket geblieben",
    ],
    "refund": [
        "Geld zurück bitte",
        "ich hätte gerne mein Geld zurück",
        "wie kann ich den artikel zurückgeben",
        "umtauschen bitte",
    ],
    "opening_hours": [
        "habt ihr am samstag offen",
        "wann macht ihr auf",
        "wie lange habt ihr geöffnet",
        "eure öfnungszeiten bitte",
    ],
    "book_table": [
        "tisch reservieren",
        "Wir möchten einen Tisch für 2",
        "ist noch ein tisch frei",
        "kann man bei euch einen Tisch reservieren?",
    ],
    "person": [
        "Mitarbeiter sprechen",
        "kann mich bitte jemand anrufen",
        "ich möchte mit jemandem reden",
        "bitte verbinden Sie mich mit einem Menschen",
    ],
}

# No intent stands for these, though some use words of the examples.
FOREIGN_ENGLISH = [
    "ok",
    "hm",
    "thanks a lot",
    "no",
    "yes please",
    "I love you",
    "what is the weather like today",
    "where is my mind",
    "my mother is in hospital",
    "do you have vegan food",
    "I want to sleep",
    "happy birthday",
    "can you help me with my homework",
    "who are you",
    "what is your name",
    "I read a good book on the train",
    "how much is the fish",
    "is my dog allowed",
    "hello",
    "1234",
    "are you a robot",
    "do you sell shoes",
    "the movie was great",
    "I want a pizza with cheese",
    "can I pay by card",
    "when is my birthday",
    "what are your favourite movies",
    "I want to talk about politics",
    "I want to buy a house",
    "what time is it",
    "are you married",
    "do you have a girlfriend",
    "where is my phone",
    "please stop",
    "can I bring my own wine",
    "how do I cook rice",
    "I would like a beer",
    "how are you",
    "good night",
    "my order was great, thank you",
    "is the table made of wood",
    "the book is on the table",
    "are you on holiday on sunday",
    "where are you",
]

FOREIGN_GERMAN = [
    "ok",
    "hm",
    "danke schön",
    "nein",
    "ja bitte",
    "wie ist das Wetter heute",
    "wie heißt du",
    "ich habe Hunger",
    "habt ihr vegane Gerichte",
    "mein Hund ist krank",
    "wo ist der Bahnhof",
    "kann ich mit Karte zahlen",
    "was kostet eine Pizza",
    "guten Morgen",
    "alles Gute zum Geburtstag",
    "ich möchte schlafen",
    "4711",
    "bist du ein Roboter",
    "wann ist Weihnachten",
    "das Buch war sehr gut",
    "wann ist mein Geburtstag",
    "ich möchte einen Kaffee",
    "wie geht es euch",
    "habt ihr Hunger",
    "wo ist meine Mutter",
    "wo bleibt der Bus",
    "kann ich mit meinem Hund kommen",
    "ich möchte mit dir schlafen",
    "ich will nach Hause",
    "wann fängt das Spiel an",
    "heute scheint die Sonne",
    "bitte hört auf",
    "der Tisch ist aus Holz",
    "wie spät ist es",
    "habt ihr am Sonntag Lust auf Kino",
    "für 4 Personen",
    "ich liebe meinen Mitarbeiter",
    "mein Geld ist weg",
    "danke, die Bestellung ist da",
    "bis Sonntag",
]


def taken(text: str, intents: Sequence[Intent]) -> Understood | None:
    """Return what a bot would understand by `text`."""
    understood = FuzzyUnderstanding().understand(text, intents)
    return understood if understood and understood.confidence >= MIN_CONFIDENCE else None


def right_and_wrong(
    meant: Mapping[str, Sequence[str]], intents: Sequence[Intent]
) -> tuple[float, list[tuple[str, str]]]:
    """Return the share of sentences understood rightly, and the sentences understood wrongly."""
    found = [(name, text, taken(text, intents)) for name, texts in meant.items() for text in texts]
    right = [text for name, text, understood in found if understood and understood.intent == name]
    wrong = [(text, took.intent) for name, text, took in found if took and took.intent != name]
    return len(right) / len(found), wrong


@pytest.mark.parametrize(("meant", "intents"), [(NEAR_ENGLISH, ENGLISH), (NEAR_GERMAN, GERMAN)])
def test_what_is_said_nearly_as_in_an_example_is_understood(
    meant: Mapping[str, Sequence[str]], intents: Sequence[Intent]
) -> None:
    right, wrong = right_and_wrong(meant, intents)
    assert right >= 0.85
    assert not wrong


@pytest.mark.parametrize(("meant", "intents"), [(FAR_ENGLISH, ENGLISH), (FAR_GERMAN, GERMAN)])
def test_what_is_said_in_other_words_is_at_times_not_understood_but_never_mistaken(
    meant: Mapping[str, Sequence[str]], intents: Sequence[Intent]
) -> None:
    right, wrong = right_and_wrong(meant, intents)
    assert right >= 0.5
    assert not wrong


@pytest.mark.parametrize(("foreign", "intents"), [(FOREIGN_ENGLISH, ENGLISH), (FOREIGN_GERMAN, GERMAN)])
def test_what_means_something_else_is_not_taken(foreign: Sequence[str], intents: Sequence[Intent]) -> None:
    assert [text for text in foreign if taken(text, intents)] == []


def test_every_example_is_understood_for_certain() -> None:
    for bot in (ENGLISH, GERMAN):
        for intent in bot:
            for example in intent.examples:
                understood = taken(example.upper() + "!", bot)
                assert understood is not None
                assert (understood.intent, understood.confidence) == (intent.name, 1)


@pytest.mark.parametrize(
    ("pattern", "text", "value"),
    [
        ("[0-9]{4,}", "where is my order 12 of 98765 and 4711?", "98765"),
        ("[0-9]{4}", "where is my order 98765", None),
        ("[0-9]{4}", "where is my order X1234", None),
        ("[0-9]{4,5}?", "where is my order 98765", "98765"),
        ("A|AB", "where is my order AB", "AB"),
        ("#?[A-Z]-[0-9]+", "where is my order (#A-17)", "#A-17"),
        ("(?i)[a-z][0-9]+", "where is my order A17", "A17"),
        ("(?x) [0-9]+ # a number", "where is my order 12", "12"),
        ("(?<=order )[0-9]+", "where is my order 12", None),
        ("[0-9]*", "where is my order", None),
        (".+", "where is my order", "where is my order"),
    ],
)
def test_a_slot_is_filled_by_the_first_part_that_fits_it_as_a_word(
    pattern: str, text: str, value: str | None
) -> None:
    intent = Intent(name="status", examples=["where is my order 1234"], slots={"order": pattern})
    understood = FuzzyUnderstanding().understand(text, [intent])
    assert understood is not None
    assert understood.slots == ({} if value is None else {"order": value})


def test_each_part_fills_one_slot() -> None:
    slots = {"first": "[0-9]{1,2}", "last": "[0-9]{1,2}"}
    intent = Intent(name="stay", examples=["a room from 3 to 5"], slots=slots)
    understood = taken("a room from 12 to 15 please", [intent])
    assert understood is not None
    assert understood.slots == {"first": "12", "last": "15"}


def test_what_fills_a_slot_is_no_matter_of_likeness() -> None:
    numbers = ("1234", "98765432109876543210")
    texts = [f"where is my order {number}" for number in numbers]
    assert {understood.confidence for text in texts if (understood := taken(text, ENGLISH))} == {1.0}
    assert taken(numbers[0], ENGLISH) is None


def test_without_intents_or_words_nothing_is_understood() -> None:
    assert FuzzyUnderstanding().understand("where is my order", []) is None
    assert FuzzyUnderstanding().understand("👍 !?", ENGLISH) is None
    assert FuzzyUnderstanding().understand("", [Intent(name="good", examples=["👍"])]) is None


def test_the_work_grows_with_the_length_of_the_text_and_no_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def counted(one: str, other: str) -> float:
        compared.append((one, other))
        return jaro_winkler_similarity(one, other)

    monkeypatch.setattr("jellyfish.jaro_winkler_similarity", counted)

    def work(text: str) -> int:
        compared.clear()
        FuzzyUnderstanding().understand(text, ENGLISH + GERMAN)
        return len(compared)

    for words in ("where is my order ", "a "):
        assert work(words * 200) <= 2.1 * work(words * 100)
    assert work("x" * 4096) <= work("x" * 8)


WORDS = sorted(
    {word for intent in ENGLISH + GERMAN for example in intent.examples for word in example.split()}
)
PATTERNS = [
    "[0-9]{4,}",
    "[0-9]+",
    "(?i)[a-z]{3}",
    ".+",
    "a|ab",
    "[^ ]*",
    "(?s).",
    "(?x) \\w+ # a word",
    "(?=w)w.*",
]


@given(
    st.text(st.characters()) | st.lists(st.sampled_from(WORDS) | st.integers().map(str)).map(" ".join),
    st.dictionaries(st.sampled_from(["one", "two"]), st.sampled_from(PATTERNS)),
    st.lists(st.sampled_from(WORDS), min_size=1).map(" ".join),
)
def test_whatever_is_said_the_answer_keeps_its_bounds(text: str, slots: dict[str, str], example: str) -> None:
    intents = [Intent(name="any", examples=[example, "a menu"], slots=slots), *ENGLISH]
    understood = FuzzyUnderstanding().understand(text, intents)
    if understood:
        patterns = next(intent.slots for intent in intents if intent.name == understood.intent)
        assert 0 < understood.confidence <= 1
        assert all(re.fullmatch(patterns[slot], value) for slot, value in understood.slots.items())


def test_half_of_an_emoji_is_compared_like_any_other_sign() -> None:
    """A text that was cut in the middle of an emoji must not stop the bot."""
    found = FuzzyUnderstanding().understand("where is my order 1234 \ud83d\ud800", ENGLISH)
    assert found is None or found.confidence > 0
    assert FuzzyUnderstanding().understand("\ud800", ENGLISH) is None
    asked = [f"t\ud83dc{n}" for n in range(3)]
    assert FuzzyUnderstanding().scores("t\ud800c1", [Intent(name="odd", examples=asked)])["odd"] >= 0
