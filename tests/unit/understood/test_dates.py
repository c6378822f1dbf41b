"""A day is read as the language writes it, or asked again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.bot.dates import date_of
from rejoinder.bot.phrases import LANGUAGES

TODAY = date(2026, 11, 25)  # a Wednesday
EVE = date(2030, 12, 24)
SIX = sorted(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *(
            ("en", words)
            for words in (
                "2030-12-24",
                "24/12/2030",
                "24.12.2030",
                "24-12-2030",
                "24 December 2030",
                "24th of Dec. 2030",
            )
        ),
        *(
            ("en", words)
            for words in (
                "December 24th, 2030",
                "Dec 24,2030",
                "24-Dec-2030",
                "24 Dec '30",
                "Tuesday, 24 December 2030",
            )
        ),
        *(
            ("en", words)
            for words in (
                "٢٤/١٢/٢٠٣٠",
                "२४/१२/२०३०",
                "２４／１２／２０３０",
                "\u200f24/12/2030",
                "24/12/2030 please",
                "2030/12/24",
            )
        ),
        *(("en_US", words) for words in ("12/24/2030", "12/24/30", "24/12/2030")),
        *(("en_GB", words) for words in ("24/12/2030", "24/12/30", "24.12.30")),
        *(
            ("de", words)
            for words in (
                "24.12.2030",
                "24.12.30",
                "24. 12. 2030",
                "24. Dezember 2030",
                "am 24. Dez. 2030",
                "24.Dezember 2030",
            )
        ),
        *(("de", words) for words in ("Dienstag, den 24.12.2030", "den 24ten Dezember 2030", "2030-12-24")),
        *(
            ("es", words)
            for words in (
                "24/12/2030",
                "24-12-2030",
                "24 de diciembre de 2030",
                "el 24 diciembre 2030",
                "24 dic 2030",
            )
        ),
        *(
            ("fr", words)
            for words in (
                "24/12/2030",
                "24 décembre 2030",
                "le 24 decembre 2030",
                "24 déc. 2030",
                "mardi 24 décembre 2030",
            )
        ),
        *(
            ("it", words)
            for words in ("24/12/2030", "24 dicembre 2030", "il 24 dicembre 2030", "24 dic 2030")
        ),
        *(
            ("pt_BR", words)
            for words in ("24/12/2030", "24 de dezembro de 2030", "dia 24/12/2030", "24 dez 2030")
        ),
        ("nl", "24/12/2030"),
    ],
)
def test_a_full_date_is_read(language: str, words: str) -> None:
    assert date_of(words, language, TODAY) == EVE


@pytest.mark.parametrize(
    ("language", "words", "day"),
    [
        ("de", "24.12.", date(2026, 12, 24)),
        ("de", "3. März", date(2027, 3, 3)),
        ("de", "3 Maerz", date(2027, 3, 3)),
        ("de", "25.11.", TODAY),
        ("fr", "le 1er mai", date(2027, 5, 1)),
        ("fr", "premier mai", date(2027, 5, 1)),
        ("it", "1° maggio", date(2027, 5, 1)),
        ("pt", "1º de maio", date(2027, 5, 1)),
        ("es", "primero de enero", date(2027, 1, 1)),
        ("es", "cinco de mayo", date(2027, 5, 5)),
        ("es", "3/4", date(2027, 4, 3)),
        ("en", "24/12", date(2026, 12, 24)),
        ("en", "12/25", date(2026, 12, 25)),
        ("en", "May 5", date(2027, 5, 5)),
        ("en", "first of May", date(2027, 5, 1)),
    ],
)
def test_a_day_without_a_year_is_the_next_one(language: str, words: str, day: date) -> None:
    assert date_of(words, language, TODAY) == day


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (
            0,
            [
                ("en", "today"),
                ("de", "heute"),
                ("es", "hoy"),
                ("fr", "aujourd’hui"),
                ("it", "oggi"),
                ("pt", "hoje"),
                ("en", "tonight"),
            ],
        ),
        (
            1,
            [
                ("en", "tomorrow!"),
                ("de", "morgen"),
                ("es", "mañana"),
                ("fr", "demain"),
                ("it", "domani"),
                ("pt", "amanha"),
            ],
        ),
        (
            1,
            [
                ("en", "tomorrow morning"),
                ("de", "morgen früh"),
                ("es", "mañana por la mañana"),
                ("fr", "demain matin"),
            ],
        ),
        (
            1,
            [
                ("en", "for tomorrow please"),
                ("de", "für morgen bitte"),
                ("en", "tomorrow, Thursday"),
                ("en", "tomorrow 👍"),
            ],
        ),
        (
            2,
            [
                ("en", "the day after tomorrow"),
                ("de", "übermorgen"),
                ("es", "pasado mañana"),
                ("fr", "après-demain"),
            ],
        ),
        (2, [("it", "dopodomani"), ("pt", "depois de amanhã"), ("de", "Uebermorgen")]),
        (
            2,
            [
                ("en", "on Friday"),
                ("de", "am Freitag"),
                ("es", "el viernes"),
                ("fr", "vendredi"),
                ("it", "venerdì"),
                ("pt", "na sexta"),
            ],
        ),
        (
            2,
            [
                ("en", "this Friday"),
                ("de", "kommenden Freitag"),
                ("es", "este viernes"),
                ("fr", "ce vendredi"),
                ("pt", "sexta-feira"),
            ],
        ),
        (5, [("en", "Monday"), ("pt", "segunda"), ("de", "Montag Abend"), ("it", "lunedì mattina")]),
        (
            3,
            [
                ("en", "in 3 days"),
                ("de", "in drei Tagen"),
                ("es", "dentro de 3 días"),
                ("fr", "dans 3 jours"),
                ("it", "tra tre giorni"),
            ],
        ),
        (3, [("pt", "daqui a 3 dias"), ("pt", "em três dias"), ("es", "en 3 días"), ("it", "fra 3 giorni")]),
        (
            7,
            [
                ("en", "in a week"),
                ("de", "in einer Woche"),
                ("es", "en una semana"),
                ("fr", "dans une semaine"),
                ("it", "tra una settimana"),
            ],
        ),
        (8, [("en", "in 8 days")]),
        (-1, [("en", "yesterday"), ("de", "gestern"), ("fr", "hier")]),
    ],
)
def test_a_day_is_counted_from_today(ahead: int, said: list[tuple[str, str]]) -> None:
    read = {(language, words): date_of(words, language, TODAY) for language, words in said}
    assert read == dict.fromkeys(said, TODAY + timedelta(days=ahead))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        *(
            ("en", words)
            for words in (
                "03/04/2030",
                "3/4",
                "4.5",
                "may",
                "maybe",
                "soon",
                "December",
                "12/2026",
                "2026",
                "24",
                "the 24th",
            )
        ),
        *(
            ("en", words)
            for words in (
                "31/02/2026",
                "29 February",
                "2027-02-29",
                "0/12/2030",
                "24/12/20226",
                "24/12/1712",
                "26-12-24",
                "tomorrow " * 50,
                "24/13/2030",
                "20301224",
            )
        ),
        *(
            ("en", words)
            for words in (
                "4 or 5 May",
                "4-5 May",
                "not tomorrow",
                "tomorrow or Friday",
                "before 24 Dec",
                "every Friday",
                "Fridays",
            )
        ),
        *(
            ("en", words)
            for words in (
                "next Friday",
                "last Friday",
                "Wednesday",
                "this Monday",
                "Friday 28 November",
                "tomorrow at 5",
                "May 20 26",
            )
        ),
        *(
            ("en", words)
            for words in (
                "",
                "👍",
                "on",
                "of",
                "in the morning",
                "see you tomorrow",
                "24/12/85",
                "24/12-2030",
                "two weeks",
                "2½ May",
            )
        ),
        ("en_CA", "03/04/2030"),
        ("es_US", "03/04/2030"),
        ("de", "24.12.85"),
        ("de", "12/26"),
        ("de", "am Morgen"),
        ("de", "guten Morgen"),
        ("de", "heute morgen"),
        ("de", "bis morgen"),
        ("de", "in 8 Tagen"),
        ("de", "31.04.2027"),
        ("es", "por la mañana"),
        ("es", "de mañana"),
        ("es", "hasta mañana"),
        ("es", "los viernes"),
        ("es", "en quince días"),
        ("fr", "à demain"),
        ("fr", "le vendredi"),
        ("fr", "dans 15 jours"),
        ("fr", "il y a 3 jours"),
        ("it", "a domani"),
        ("it", "il venerdì"),
        ("it", "tra otto giorni"),
        ("pt", "até amanhã"),
        ("pt", "de manhã"),
    ],
)
def test_what_is_not_one_day_is_asked_again(language: str, words: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        date_of(words, language, TODAY)


def test_day_and_month_stand_in_the_order_of_the_region() -> None:
    assert date_of("03/04/2030", "en_US", TODAY) == date(2030, 3, 4)
    assert date_of("03/04/2030", "en-GB", TODAY) == date(2030, 4, 3)
    assert date_of("04/04/2030", "en", TODAY) == date(2030, 4, 4)
    assert date_of("03.04.2030", "en", TODAY) == date(2030, 4, 3), "who writes points writes the day first"
    with pytest.raises(ValueError, match="first"):
        date_of("03.04.2030", "en_US", TODAY)
    for language in SIX:
        if language != "en":
            assert date_of("03/04/2030", language, TODAY) == date(2030, 4, 3)


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.dates(date(2024, 1, 1), date(2050, 1, 1)),
    st.sampled_from(SIX),
)
def test_a_written_day_is_that_day_or_asked_again(day: date, today: date, language: str) -> None:
    for words in (day.isoformat(), f"{day.day}.{day.month}.{day.year}", f"{day:%d/%m/%Y}"):
        try:
            assert date_of(words, language, today) == day
        except ValueError:
            assert language == "en"
            assert day.day <= 12


@given(
    st.text("0123456789./- dayMaimorgen", max_size=14) | st.text(max_size=20),
    st.sampled_from(SIX),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_whatever_is_typed_only_a_value_error_comes_of_it(words: str, language: str, today: date) -> None:
    try:
        date_of(words, language, today)
    except ValueError:
        return
