"""One answer has one reading: a choice is taken only when it is certain."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bot.choices import alike, bear_numbers, chosen
from rejoinder.bot.phrases import LANGUAGES, phrases_of


def taken(words: str, titles: Sequence[str], language: str = "en", *, numbered: bool = False) -> str | None:
    place = chosen(words, titles, numbered=numbered, phrases=phrases_of(language))
    return None if place is None else titles[place]


PEOPLE = ("2 people", "4 people", "6 people")
LINES = ("Anna", "Berta", "Carla", "Dora")


@pytest.mark.parametrize(
    "words", ["4", "4.", "for 4", "four", "4️⃣", "٤", "4 people please", "the second", "4 People!"]
)
def test_a_number_is_that_of_the_title_where_none_were_shown(words: str) -> None:
    assert taken(words, PEOPLE) == "4 people"


@pytest.mark.parametrize("words", ["1", "3", "#2", "2 or 4", "people", "42", "2 4", "-4", "4.5"])
def test_a_number_is_no_place_where_none_were_shown(words: str) -> None:
    assert taken(words, PEOPLE) is None


@pytest.mark.parametrize(
    "words",
    [
        "2",
        "2.",
        "2)",
        "(2)",
        "#2",
        "2!",
        "02",
        "２",
        "२",
        "2️⃣",
        "no 2",
        "number two",
        "two",
        "the second one",
        "Nr. 2",
    ],
)
def test_a_number_is_a_place_where_numbers_were_shown(words: str) -> None:
    assert taken(words, LINES, numbered=True) == "Berta"


@pytest.mark.parametrize("words", ["0", "5", "-1", "2.5", "2 3", "2 and 3", "2²", "12", "second last"])
def test_a_number_that_was_not_shown_is_no_place(words: str) -> None:
    assert taken(words, LINES, numbered=True) is None


def test_a_number_that_is_a_place_and_another_title_is_neither() -> None:
    assert taken("2", PEOPLE, numbered=True) is None
    assert taken("4", PEOPLE, numbered=True) == "4 people"
    assert taken("3", PEOPLE, numbered=True) == "6 people"
    assert taken("3", ("3", "2", "1"), numbered=True) == "3", "a title is typed as it is shown"


@pytest.mark.parametrize(
    ("words", "language", "title"),
    [
        ("the first one, please", "en", "Anna"),
        ("2nd", "en", "Berta"),
        ("last", "en", "Dora"),
        ("das erste", "de", "Anna"),
        ("den dritten bitte", "de", "Carla"),
        ("el segundo", "es", "Berta"),
        ("la última", "es", "Dora"),
        ("la deuxième", "fr", "Berta"),
        ("le 1er", "fr", "Anna"),
        ("il terzo", "it", "Carla"),
        ("l'ultima", "it", "Dora"),
        ("a quarta", "pt", "Dora"),
        ("o 2º", "pt", "Berta"),
    ],
)
def test_an_ordinal_is_a_place_of_any_shown_list(words: str, language: str, title: str) -> None:
    assert taken(words, LINES, language) == title


@pytest.mark.parametrize("words", ["fifth", "first and second", "not the first", "the other", "second last"])
def test_an_ordinal_beyond_the_list_is_none(words: str) -> None:
    assert taken(words, LINES) is None


def test_the_words_of_a_title_are_before_ordinals() -> None:
    floors = ("Second floor", "First floor")
    assert taken("the first", floors) == "First floor"
    days = ("Segunda-feira", "Terça-feira", "Quarta-feira", "Quinta-feira", "Sexta-feira")
    assert taken("quinta", days, "pt") == "Quinta-feira"


YES = [
    (
        "en",
        "y",
        "yep",
        "Yeah, sure!",
        "ok",
        "of course",
        "yes please",
        "YESSS",
        "👍",
        "👌🏽",
        "👍👍",
        "sure thing",
        "k",
    ),
    ("de", "j", "jo", "na klar", "ja gerne", "passt", "in Ordnung", "auf jeden Fall", "ok", "✅"),
    ("es", "s", "síii", "claro que sí", "vale", "sí, por favor", "de acuerdo", "dale", "yes"),
    ("fr", "o", "ouais", "d'accord", "daccord", "bien sûr", "oui oui", "volontiers", "ça marche"),
    ("it", "s", "va bene", "certo", "sì grazie", "d’accordo", "volentieri", "ok perfetto"),
    ("pt", "s", "claro", "com certeza", "isso mesmo", "pode sim", "quero sim", "beleza"),
]
NO = [
    ("en", "n", "nope", "nah", "no way", "no thanks", "of course not", "not really", "👎", "nooo"),
    ("de", "nee", "nein danke", "auf keinen Fall", "natürlich nicht", "lieber nicht"),
    ("es", "nop", "claro que no", "para nada", "no gracias"),
    ("fr", "nan", "pas du tout", "bien sûr que non", "non merci"),
    ("it", "no no", "certo che no", "no grazie", "assolutamente no"),
    ("pt", "nao", "claro que não", "de jeito nenhum", "não, obrigada"),
]
TITLES = {
    "en": ("Yes", "No"),
    "de": ("Ja", "Nein"),
    "es": ("Sí", "No"),
    "fr": ("Oui", "Non"),
    "it": ("Sì", "No"),
    "pt": ("Sim", "Não"),
}


@pytest.mark.parametrize(("place", "table"), [(0, YES), (1, NO)], ids=["yes", "no"])
def test_yes_and_no_have_the_usual_words_of_the_language(place: int, table: list[tuple[str, ...]]) -> None:
    for language, *said in table:
        titles = TITLES[language]
        assert {words: taken(words, titles, language) for words in said} == dict.fromkeys(said, titles[place])
        assert {taken(words, titles[::-1], language) for words in said} == {titles[place]}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *(
            ("en", words)
            for words in ("maybe", "ok but", "yes and no", "not yes", "yes no", "no problem", "why not")
        ),
        *(
            ("en", words)
            for words in (
                "yes 👎",
                "yes 🤔",
                "no 🤔",
                "please",
                "thanks",
                "not now",
                "I don't know",
                "1",
                "ja",
            )
        ),
        *(("de", words) for words in ("vielleicht", "jein", "weiß nicht", "ja aber", "nicht ja", "na ja")),
        *(("es", words) for words in ("no sé", "quizás", "sí y no", "sí pero no")),
        *(("fr", words) for words in ("peut-être", "oui mais", "je ne sais pas", "pourquoi pas", "ça va ?")),
        *(("it", words) for words in ("forse", "non lo so", "sì ma", "perché no")),
        *(("pt", words) for words in ("talvez", "não sei", "sim mas", "já", "pode ser")),
    ],
)
def test_what_is_neither_yes_nor_no_is_asked_again(language: str, words: str) -> None:
    assert taken(words, TITLES[language], language) is None


def test_yes_needs_exactly_a_yes_and_a_no() -> None:
    assert taken("ok", ("👍", "👎")) == "👍"
    assert taken("si", ("Yes", "No"), "es") == "Yes"
    assert taken("ok", ("Yes", "No", "Later")) is None
    assert taken("ok", ("Tea", "Coffee")) is None
    assert taken("nope", ("Yes", "No preference")) is None
    assert taken("no", ("Yes", "No preference")) is None
    assert taken("no", ("Yes, book it", "No, thanks")) == "No, thanks"


DAYS = ("Today", "Tomorrow")


@pytest.mark.parametrize(
    "words",
    [
        "tomorrow please",
        "I'd like tomorrow",
        "Tomorrow works for me!",
        "tomor",
        "tomorow",
        "tomorrrow",
        "TOMORROW 😊",
    ],
)
def test_a_title_may_have_courtesy_a_beginning_or_one_typing_error(words: str) -> None:
    assert taken(words, DAYS) == "Tomorrow"


@pytest.mark.parametrize(
    "words", ["to", "tod", "not tomorrow", "today or tomorrow", "yes", "morrow", "2", "one"]
)
def test_what_may_be_two_titles_or_none_is_asked_again(words: str) -> None:
    assert taken(words, DAYS) is None


def test_what_all_titles_begin_with_tells_none_from_another() -> None:
    tables = ("Table for 2", "Table for 4")
    assert taken("for 4", tables) == "Table for 4"
    assert taken("2", tables) == "Table for 2"
    assert taken("table", tables) is None
    assert taken("10", ("Less than 10", "More than 20")) is None
    assert taken("10", ("10:00", "11:30")) == "10:00"
    assert taken("11", ("10:00", "11:30")) is None
    assert taken("20", ("€10", "€20")) == "€20"
    assert taken("1", ("1-4 people", "5-8 people")) is None


def test_titles_that_hold_numbers_are_known() -> None:
    assert bear_numbers(("None", "2 people"), "en")
    assert bear_numbers(("A few", "Vier"), "de")
    assert bear_numbers(("½ litre", "A litre"), "en")
    assert not bear_numbers(("Yes", "❤️"), "en")


def test_a_page_is_no_choice_unless_a_title_is_as_long() -> None:
    assert taken("yes " * 100, ("Yes", "No")) is None
    assert taken("x" * 300, ("x" * 300, "y")) == "x" * 300


def test_a_typing_error_never_makes_another_word() -> None:
    assert taken("mouse", ("House", "Garden")) is None
    assert taken("harden", ("House", "Garden")) is None
    assert taken("monday", ("Sunday", "Friday")) is None
    assert taken("xxxl", ("XXL", "XL")) is None
    assert taken("femail", ("Male", "Female")) is None
    assert taken("room 12", ("Room 11", "Room 13")) is None


def test_an_emoji_names_the_title_that_has_it() -> None:
    food = ("🍕 Pizza", "🍔 Burger")
    assert taken("🍕", food) == "🍕 Pizza"
    assert taken("burger 🍔", food) == "🍔 Burger"
    assert taken("🍟", food) is None


def test_a_title_exactly_as_typed_is_before_all_that_are_like_it() -> None:
    assert taken("Papá", ("Papa", "Papá")) == "Papá"
    assert taken("papa", ("Papa", "Papá")) is None
    assert taken("Like 👎", ("Like 👍", "Like 👎")) == "Like 👎"
    assert taken("like", ("Like 👍", "Like 👎")) is None


@pytest.mark.parametrize(
    ("titles", "two"),
    [
        (("Papa", "Tio", "Papá"), ("Papa", "Papá")),
        (("yes", "YES"), ("yes", "YES")),
        (("❤️", "❤"), ("❤️", "❤")),
        (("1", "１"), ("1", "１")),
        (("Tea", " Tea\u200b"), ("Tea", " Tea\u200b")),
        (("OK", "OK!"), ("OK", "OK!")),
        (("A+", "A-", "0-"), None),
        (("Like 👍", "Like 👎"), None),
        (("⭐", "⭐⭐"), None),
        (("ピザ", "ビザ"), None),
    ],
)
def test_titles_that_typing_cannot_tell_apart_are_found(titles: Sequence[str], two: object) -> None:
    assert alike(titles) == two


@given(
    st.lists(
        st.text("ab12 é👍.-", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=4, unique=True
    ),
    st.sampled_from(sorted(LANGUAGES)),
    st.text("ab12 é👍.-", max_size=8),
)
def test_every_title_chooses_itself_and_nothing_fails(titles: list[str], language: str, words: str) -> None:
    for numbered in (False, True):
        taken(words, titles, language, numbered=numbered)
        for title in titles if alike(titles) is None else ():
            assert taken(title, titles, language, numbered=numbered) == title
