"""Reading dates as people write them in their language. Where two readings are possible, there is none."""

import re
from datetime import date, timedelta
from functools import cache

from rejoinder.bot import heard
from rejoinder.bot.courtesy import COURTESY
from rejoinder.bot.words import MAX_ANSWER, parts
from rejoinder.model.letters import is_symbol, plain

_DAY_FIRST = frozenset(
    [
        "en_au",
        "en_gb",
        "en_hk",
        "en_ie",
        "en_in",
        "en_ke",
        "en_mt",
        "en_ng",
        "en_nz",
        "en_sg",
        "en_uk",
        "en_za",
    ]
)
_MONTH_FIRST = frozenset({"en_us", "en_ph"})
_EITHER = frozenset({"en", "en_ca", "es_us", "es_pr", "es_pa", "fr_ca"})
"""How people write 3/4/2030 by language and region, by Unicode's CLDR 48 (dateFormats, short)."""

_NEAR_YEARS = 10
"""How many years from now 30 still means 2030. Beyond that, as with 85, it may be a birthday in 1985."""

_IDIOMS = frozenset({8, 15})
"""Days that mean one or two weeks in the languages but English: `dans quinze jours`, `in acht Tagen`."""

_HABITS = frozenset({"le", "il", "du", "di", "del", "de", "do", "of", "the"})
"""Words that make of a weekday alone the day of every week: `le vendredi`, `il venerdì`."""

_NUMERIC = r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|(?<! )\d{2})"
_ISO = r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})"
_SHORT = r"(\d{1,2})([-/.])(\d{1,2})"
_DAY = r"(\d{1,2})(?:st|nd|rd|th|ter|ten|er|º|°|o)?"


def date_of(words: str, language: str, today: date) -> date:
    """Return the day that `words` name, such as `24/12/2030`, `24. Dezember` or `mañana`.

    A day without a year is the next such day. A weekday is the coming one.

    Args:
        words: what was typed: one day, with words around it that do not change it.
        language: the language, such as `de` or `en_US`. It says which of day and month comes first.
        today: the day on which it was typed, where the contact is.

    Raises:
        ValueError: there is no day, more than one, or one that can be read in two ways.
    """
    if len(words) > MAX_ANSWER:
        raise ValueError("too long for a day")
    said = _cut(words, language)
    names = heard.places(language, "weekdays")
    weekdays = [names[one] for one in said if one in names]
    rest = [one for one in said if one not in names]
    body = [one for one in rest if one not in _around(language)]
    if weekdays and not body:
        day = _coming(weekdays[0], rest, language, today)
    else:
        day = _relative(rest, language, today) or _absolute(body, language, today)
    if day is None or any(day.weekday() != weekday for weekday in weekdays):
        raise ValueError(f"not one day: {words}")
    return day


@cache
def _around(language: str) -> frozenset[str]:
    """Return the words around a day that has a number, or is one of the week."""
    return frozenset().union(*(heard.phrases(language, field) for field in ("on", "this", "next")))


def _cut(words: str, language: str) -> list[str]:
    """Return the phrases of `words` without what does not change a day."""
    days = frozenset(heard.places(language, "days")) | frozenset(heard.places(language, "weekdays"))
    text = "".join(" " if is_symbol(letter) else letter for letter in plain(words).replace(",", " "))
    text = re.sub(r"(?<=\d)[.-](?=[^\W\d])|(?<=[^\W\d])\.?-?(?=\d{2})", " ", text)
    silent = COURTESY | heard.phrases(language, "dayparts") | heard.phrases(language, "towards")
    return [one for one in parts(text, silent | days | _around(language)) if one not in silent - days]


def _coming(weekday: int, around: list[str], language: str, today: date) -> date | None:
    """Return the coming weekday; None when it may be today, a week later, or one of every week.

    `this Monday` on a Wednesday may be over, and `next Friday` may be in two days or in nine.
    """
    ahead = (weekday - today.weekday()) % 7
    is_this, is_next = (not heard.phrases(language, field).isdisjoint(around) for field in ("this", "next"))
    is_this_week = weekday > today.weekday()
    if not ahead or (_HABITS.intersection(around) and not is_next):
        return None
    if (is_this and not is_this_week) or (is_next and (is_this_week or ahead < 3)):
        return None
    return today + timedelta(days=ahead)


def _relative(said: list[str], language: str, today: date) -> date | None:
    """Return a day such as tomorrow, or in 3 days; None when it is none."""
    text = " ".join(said)
    place = heard.places(language, "days").get(text)
    if place is not None:
        return today + timedelta(days=place - 1)
    within = "|".join(heard.phrases(language, "within"))
    found = re.fullmatch(rf"(?:{within}) (\w+) (\w+)", text)
    span = heard.places(language, "spans").get(found[2]) if found else None
    count = _number(found[1], language) if found else None
    if span is None or count is None:
        return None
    if not span and count in _IDIOMS and heard.known(language) != "en":
        return None
    return today + timedelta(days=count * (7 if span else 1))


def _absolute(said: list[str], language: str, today: date) -> date | None:
    """Return a day that has a number. Raises ValueError when it is in no calendar."""
    text = " ".join(said)
    if found := re.fullmatch(_ISO, text):
        return date(int(found[1]), int(found[3]), int(found[4]))
    found = re.fullmatch(_NUMERIC, text)
    if found and found[2] == "-" and len(found[4]) == 2 and heard.known(language) == "en":
        raise ValueError(f"the year may come first: {text}")
    if found:
        day, month = _day_and_month(int(found[1]), int(found[3]), found[2], language)
        return date(_year(found[4], today), month, day)
    found = re.fullmatch(_SHORT, text)
    is_range = found is not None and found[2] == "-" and int(found[1]) <= 12  # 4-5 may be from 4 to 5
    if found and not is_range and (found[2] == "/" or heard.known(language) != "en"):
        return _next(*_day_and_month(int(found[1]), int(found[3]), found[2], language), today)
    return _named(said, language, today)


def _named(said: list[str], language: str, today: date) -> date | None:
    """Return a day whose month has its name: 24 December, in English also December 24."""
    months = heard.places(language, "months")
    if heard.known(language) == "en" and said and said[0] in months:
        if len(said) == 3 and len(said[2]) != 4:  # May 20 26
            return None
        said = [*said[1:2], said[0], *said[2:]]
    if len(said) not in (2, 3) or said[1] not in months:
        return None
    day, month = _number(said[0], language), months[said[1]] + 1
    if day is None:
        return None
    if len(said) == 2:
        return _next(day, month, today)
    return date(_year(said[2], today), month, day)


def _number(word: str, language: str) -> int | None:
    """Return the value of `3`, `3rd`, `third` or `three`."""
    if found := re.fullmatch(_DAY, word):
        return int(found[1])
    place = heard.places(language, "ordinals").get(word)
    number = {"a": 1, "an": 1, "einem": 1, "einer": 1} | heard.number_words(language)
    return number.get(word) if place is None else place + 1


def _day_and_month(one: int, other: int, sign: str, language: str) -> tuple[int, int]:
    """Return day and month of two numbers in the order of the language, or in the only one that can be.

    Points stand between them where the day comes first: 5.6.2031 is in June, except in the United States.
    """
    name = language.casefold().replace("-", "_")
    if one > 12 or one == other:
        return one, other
    if other > 12 and heard.known(name) == "en":
        return other, one
    if name in _MONTH_FIRST and sign != ".":
        return other, one
    is_open = name in _EITHER or name.startswith("en_")
    if name in _MONTH_FIRST or (is_open and name not in _DAY_FIRST and sign != "."):
        raise ValueError("day or month first")
    return one, other


def _year(digits: str, today: date) -> int:
    """Return the year. Raises ValueError for two digits that may be of the last century."""
    if not re.fullmatch(r"(?:19|20)\d\d|\d\d", digits):
        raise ValueError(f"no year: {digits}")
    year = int(digits) if len(digits) == 4 else 2000 + int(digits)
    if len(digits) == 2 and year > today.year + _NEAR_YEARS:
        raise ValueError(f"two centuries: {digits}")
    return year


def _next(day: int, month: int, today: date) -> date:
    """Return the next such day, within a year. Raises ValueError when there is none, such as 29 February."""
    this_year = date(today.year, month, day) if (month, day) >= (today.month, today.day) else None
    return this_year or date(today.year + 1, month, day)
