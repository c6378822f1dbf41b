"""Reading numbers as people write them in their language. Where two readings are possible, there is none."""

import re
from decimal import Decimal

from rejoinder.bot import heard
from rejoinder.bot.courtesy import COURTESY
from rejoinder.bot.words import MAX_ANSWER, parts
from rejoinder.model.letters import clean, is_symbol, plain

_POINT = frozenset(
    [
        "en",
        "de_ch",
        "de_li",
        "it_ch",
        "es_419",
        "es_do",
        "es_gt",
        "es_hn",
        "es_mx",
        "es_ni",
        "es_pa",
        "es_pe",
        "es_pr",
        "es_sv",
        "es_us",
    ]
)
"""Where a point begins the decimals, by Unicode's CLDR 48 (numbers/symbols). A comma does so elsewhere."""

_POINT_GROUPS = frozenset({"de", "es", "it", "pt"})
"""Where a point groups thousands. In French a blank does: there 1.500 may be one and a half."""

_UNSURE = frozenset({"en_za", "fr_ch", "fr_ca"})
"""Where people write both ways."""

_BLANK_GROUPS = frozenset({"de", "es", "fr", "it", "pt"})
"""Where a blank groups thousands: 1 500. In English it may stand between two numbers."""

_CURRENCY = r"(?:r\$|us\$|mx\$|[$€£¥₹]|eur|usd|gbp|brl|mxn|chf|fr\.)"
_NUMBER = (
    rf"(?P<sign>-?){_CURRENCY}?(?P<minus>-?)(?P<digits>\d+(?:[.,']\d+)*)"
    rf"(?:{_CURRENCY}|kg|km|cm|mm|ml|pax|pers|ppl|,-+|\.-+)?"
)
_CURRENCIES = frozenset(
    [
        "r$",
        "us$",
        "$",
        "€",
        "£",
        "¥",
        "₹",
        "eur",
        "euro",
        "euros",
        "usd",
        "dollar",
        "dollars",
        "gbp",
        "brl",
        "mxn",
        "chf",
        "fr",
    ]
)
_COUNTED = (
    *("person", "people", "ppl", "adult", "guest", "child", "kid", "ticket", "night", "day", "week", "year"),
    *("gast", "kind", "nacht", "tag", "woche", "erwachsene", "huesped", "adulto", "nino", "noche", "dia"),
    *(
        "semana",
        "personne",
        "enfant",
        "adulte",
        "nuit",
        "jour",
        "semaine",
        "ospite",
        "bambin",
        "notte",
        "giorno",
    ),
    *("settimana", "pessoa", "hospede", "crianca", "noite"),
)
"""What a word that is an article too may count: `una persona` is a number, `un momento` is none."""


def whole(words: str, language: str) -> int:
    """Return the whole number in `words`, such as 4 in `we are 4`.

    Args:
        words: what was typed: one number, and words around it that do not change it.
        language: the language, such as `de` or `es_MX`. It says what a point and a comma mean.

    Raises:
        ValueError: there is no whole number, more than one, or one that can be read in two ways.
    """
    value = _value(words, language)
    if value != value.to_integral_value():
        raise ValueError(f"not a whole number: {words}")
    return int(value)


def decimal(words: str, language: str) -> float:
    """Return the number in `words`, such as 12.5 in `12,50 €`. Arguments and errors are those of `whole`."""
    return float(_value(words, language))


def _value(words: str, language: str) -> Decimal:
    if len(words) > MAX_ANSWER:
        raise ValueError("too long for a number")
    around = COURTESY | heard.phrases(language, "around") | _CURRENCIES
    altering = heard.altering(language)
    cut = _cut(words, language, around.union(altering, heard.number_words(language)))
    values = [
        (place, value) for place, one in enumerate(cut) if (value := _number(one, language)) is not None
    ]
    if len(values) != 1:
        raise ValueError(f"not one number: {words}")
    ((place, value),) = values
    before, behind = cut[:place], [one for one in cut[place + 1 :] if one not in around]
    if not around.issuperset(before) or len(behind) > 1 or altering.intersection(cut):
        raise ValueError(f"more than a number: {words}")
    if behind and not _counts(cut[place], value, behind[0]):
        raise ValueError(f"more than a number: {words}")
    return value


def _cut(words: str, language: str, phrases: frozenset[str]) -> list[str]:
    """Return the phrases of `words`. A number keeps its signs; its blanks become apostrophes."""
    text = re.sub(r"(?<=\d)[\u00a0\u2007\u2009\u202f](?=\d)", "'", clean(words))
    text = "".join(" " if is_symbol(letter) else letter for letter in plain(text))
    if heard.known(language) in _BLANK_GROUPS:
        text = re.sub(
            r"(?<![\d.,'])\d{1,3}(?: \d{3})+(?![\d'])", lambda found: found[0].replace(" ", "'"), text
        )
    cut: list[str] = []
    run: list[str] = []
    for word in [*text.split(), ""]:
        bare = word.lstrip("([*\"'¿¡").rstrip(")]*\"'.,;:!?")
        if re.sub("['-]", "", bare).isalpha():
            run.append(bare)
        else:
            cut += parts(" ".join(run), phrases) if run else []
            cut += [bare] if bare else []
            run = []
    return cut


def _number(word: str, language: str) -> Decimal | None:
    """Return the value of a word; None when it is some other word. Raises ValueError for `4th` or `4-5`."""
    if word in (spoken := heard.number_words(language)):
        return Decimal(spoken[word])
    found = re.fullmatch(_NUMBER, word)
    if found and not (found["sign"] and found["minus"]):
        value = _written(found["digits"], language)
        return -value if found["sign"] or found["minus"] else value
    if not re.sub("[' -]", "", word).isalpha() and word not in _CURRENCIES:
        raise ValueError(f"no number: {word}")
    return None


def _counts(number: str, value: Decimal, thing: str) -> bool:
    """Whether `thing` may be what is counted by `number`, which may be an article or a verb instead."""
    if number.isalpha() and (value == 1 or number in ("sei", "neuf")):
        return thing in _CURRENCIES or thing.startswith(_COUNTED)
    return True


def _written(digits: str, language: str) -> Decimal:
    """Return the value of a number with points, commas and apostrophes. Raises ValueError when it has two."""
    signs = re.findall(r"[.,']", digits)
    if not signs:
        return Decimal(digits)
    last = signs[-1]
    if len(set(signs)) == 1 and (len(signs) > 1 or last == "'"):
        return _grouped(digits, last)
    if len(set(signs)) == 1:
        lead, _, rest = digits.partition(last)
        is_group = last == _group_of(language)
        is_decimal = len(rest) in (1, 2) if is_group else len(rest) != 3 or len(lead) > 3
        if is_decimal or lead.startswith("0"):
            return Decimal(f"{lead}.{rest}")
        if is_group:
            return _grouped(digits, last)
        raise ValueError(f"one and a half, or thousands: {digits}")
    lead, _, rest = digits.rpartition(last)
    if last == "'" or signs.count(last) > 1 or len(set(signs[:-1])) > 1:
        raise ValueError(f"no number: {digits}")
    return _grouped(lead, signs[0]) + Decimal(f"0.{rest}")


def _grouped(digits: str, sign: str) -> Decimal:
    """Return the value of digits in groups of three, or as in India: 1,50,000."""
    if not re.fullmatch(rf"[1-9]\d{{0,2}}(?:{re.escape(sign)}\d{{3}})+|[1-9]\d?(?:,\d\d)+,\d{{3}}", digits):
        raise ValueError(f"no groups of three: {digits}")
    return Decimal(digits.replace(sign, ""))


def _group_of(language: str) -> str:
    """Return the sign that groups thousands; empty when it is neither point nor comma, or not certain."""
    name = language.casefold().replace("-", "_")
    short = name.partition("_")[0]
    if name in _UNSURE or short not in heard.HEARD:
        return ""
    if name in _POINT or short == "en":
        return "" if name in ("de_ch", "de_li", "it_ch") else ","
    return "." if short in _POINT_GROUPS else ""
