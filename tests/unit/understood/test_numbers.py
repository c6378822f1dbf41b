"""A number is read as the language writes it, and never as a thousandth of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bot.numbers import decimal, whole
from rejoinder.bot.phrases import LANGUAGES

SIX = sorted(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "words", "value"),
    [
        *(
            ("en", words, 4)
            for words in (
                "4",
                "4.",
                "four",
                "we are 4",
                "4 people",
                "four adults please",
                "4 😊",
                "(4)",
                "*4*",
            )
        ),
        *(
            ("en", words, 4)
            for words in (
                "there will be 4 of us",
                "just 4",
                "about 4",
                "4\u200f",
                "４",
                "४",
                "٤",
                "4️⃣",
                "4.0",
                "04",
            )
        ),
        *(("de", words, 4) for words in ("vier", "wir sind 4", "für vier Personen bitte", "4 Leute")),
        *(("es", words, 4) for words in ("cuatro", "somos 4", "para cuatro personas", "seremos 4")),
        *(("fr", words, 4) for words in ("quatre", "on est 4", "nous sommes quatre", "4 personnes svp")),
        *(("it", words, 4) for words in ("quattro", "siamo in 4", "per quattro persone")),
        *(("pt", words, 4) for words in ("quatro", "somos 4", "vamos ser quatro", "4 pessoas, por favor")),
        ("en", "34 years old", 34),
        ("fr", "j'ai 34 ans", 34),
        ("fr", "dix-sept", 17),
        ("es", "tengo 34 años", 34),
        ("es", "veinte", 20),
        ("es", "una persona", 1),
        ("it", "sei", 6),
        ("pt", "duas", 2),
        ("de", "zwoelf", 12),
        ("en", "①", 1),
        ("en", "-5", -5),
        ("en", "−5", -5),
        ("en", "1,500", 1500),
        ("en_IN", "1,50,000", 150000),
        ("de", "1.500", 1500),
        ("de_AT", "1 500", 1500),
        ("de_CH", "1'500", 1500),
        ("de_CH", "1’500", 1500),
        ("fr", "1 500", 1500),
        ("fr", "1\u202f500", 1500),
        ("fr", "1\u00a0500", 1500),
        ("en", "1\u00a0500", 1500),
        ("es_MX", "1,500", 1500),
        ("pt_BR", "12.000", 12000),
        ("nl", "4", 4),
        ("en", "1.234.567", 1234567),
    ],
)
def test_one_whole_number_is_read(language: str, words: str, value: int) -> None:
    assert whole(words, language) == value


@pytest.mark.parametrize(
    ("language", "words", "value"),
    [
        ("en", "2.5", 2.5),
        ("en", "2,5", 2.5),
        ("de", "2,5", 2.5),
        ("de", "2.5", 2.5),
        ("de", "1.50", 1.5),
        ("en", "0.75 kg", 0.75),
        ("en", "0.500", 0.5),
        ("en", "1234.500", 1234.5),
        ("en", "$12.50", 12.5),
        ("en", "12.50$", 12.5),
        ("en", "12 euros", 12.0),
        ("en", "-$5", -5.0),
        ("en", "£ 5", 5.0),
        ("de", "€ 12,50", 12.5),
        ("de", "12,-", 12.0),
        ("de", "2,5 kg", 2.5),
        ("pt_BR", "R$ 1.234,50", 1234.5),
        ("fr", "1 234 567,89", 1234567.89),
        ("de_CH", "1'500.50", 1500.5),
        ("en", "1,234.567", 1234.567),
        ("de", "1.234,567", 1234.567),
        ("es", "1.500", 1500.0),
    ],
)
def test_one_number_is_read(language: str, words: str, value: float) -> None:
    assert decimal(words, language) == value


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "1.500"),
        ("de", "1,500"),
        ("es", "1,500"),
        ("pt", "1,500"),
        ("it", "12,000"),
        ("fr", "1.500"),
        ("fr", "1,500"),
        ("de_CH", "1.500"),
        ("de_CH", "1,500"),
        ("es_MX", "1.500"),
        ("en_ZA", "1,500"),
        ("nl", "1.500"),
        ("en", "1 500"),
        ("en", "1,0000"),
        ("de", "1.2345"),
        ("en", "1500,500"),
    ],
)
def test_what_may_be_thousands_or_one_and_a_half_is_asked_again(language: str, words: str) -> None:
    for read in (whole, decimal):
        with pytest.raises(ValueError, match=r"."):
            read(words, language)


@pytest.mark.parametrize(
    "words",
    [
        *(
            "",
            "👍",
            "many",
            "a few",
            "a couple",
            "4 or 5",
            "4-5",
            "4 - 5",
            "4/5",
            "4, 5",
            "4 and 2 kids",
            "2 adults 2 kids",
        ),
        *(
            "1e5",
            "nan",
            "inf",
            "infinity",
            "0x10",
            "1_000",
            "2½",
            "½",
            "2²",
            "4th",
            "4k",
            "4%",
            "4+",
            "<4",
            ">4",
            "=4",
        ),
        *(
            "4 thousand",
            "2 hundred",
            "2 dozen",
            "2 couples",
            "4 pm",
            "4:30",
            "4 o'clock",
            "not 4",
            "4 no",
            "more than 4",
            "maybe 4",
        ),
        *(
            "4 or more",
            "at least 4",
            "room 4",
            "my son is 4",
            "I have 3 kids and would like Sunday",
            "4 and a half",
            "twenty one",
        ),
        *(
            "one moment",
            "1 moment",
            "just a second",
            "12.5.3",
            "1.5,5.5",
            "1,2'3",
            "1,23,45",
            "5'11",
            "555-1234",
        ),
        *(
            "- 5",
            "--5",
            ".5",
            "50 cents",
            "4 4",
            "4 plus me",
            "4 minus 1",
            "each 4",
            "4 each",
            "minus",
            "4 of 5",
            "4 < 5",
        ),
    ],
)
def test_what_is_not_one_number_is_asked_again(words: str) -> None:
    for read in (whole, decimal):
        with pytest.raises(ValueError, match=r"."):
            read(words, "en")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *(
            ("de", words)
            for words in (
                "vier oder fünf",
                "4 bis 5",
                "nicht 4",
                "ein Moment",
                "vier Uhr",
                "4 tausend",
                "zu viel",
                "ein paar",
            )
        ),
        *(
            ("es", words)
            for words in (
                "cuatro o cinco",
                "entre 4 y 6",
                "4 mil",
                "un momento",
                "más de 4",
                "un par",
                "las 8",
                "la una",
                "4 y medio",
            )
        ),
        *(
            ("fr", words)
            for words in (
                "4 ou 5",
                "quatre mille",
                "un instant",
                "plus de 4",
                "une minute",
                "4 heures",
                "vingt-deux",
            )
        ),
        *(
            ("it", words)
            for words in ("4 o 5", "quattro mila", "un attimo", "sei libero", "più di 4", "una coppia")
        ),
        *(
            ("pt", words)
            for words in ("4 ou 5", "quatro mil", "um momento", "mais de 4", "um casal", "às 8", "não 4")
        ),
    ],
)
def test_what_is_not_one_number_is_asked_again_in_each_language(language: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        whole(words, language)


def test_a_fraction_is_no_whole_number_and_a_page_no_number() -> None:
    with pytest.raises(ValueError, match="whole"):
        whole("2.5", "en")
    assert whole("9" * 200, "en") == int("9" * 200)
    for read in (whole, decimal):
        with pytest.raises(ValueError, match="long"):
            read("9" * 400, "en")


@given(st.integers(-(10**12), 10**12), st.sampled_from(SIX))
def test_every_whole_number_is_itself_in_every_language(number: int, language: str) -> None:
    assert whole(str(number), language) == number
    assert decimal(str(number), language) == number


@given(
    st.integers(1000, 10**9),
    st.sampled_from([*SIX, "es_MX", "de_CH", "en_IN"]),
    st.sampled_from(".,' \u00a0\u202f"),
)
def test_grouped_thousands_are_the_number_or_asked_again(number: int, language: str, sign: str) -> None:
    grouped = f"{number:,}".replace(",", sign)
    for read in (whole, decimal):
        try:
            assert read(grouped, language) == number
        except ValueError:
            continue


@given(st.text("0123456789.,' -€$½²eEk四٤", max_size=12) | st.text(max_size=20), st.sampled_from(SIX))
def test_whatever_is_typed_only_a_value_error_comes_of_it(words: str, language: str) -> None:
    for read in (whole, decimal):
        try:
            read(words, language)
        except ValueError:
            continue
