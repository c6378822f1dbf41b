"""What contacts say, in several languages.

The tables are ours, because a Lambda starts while a contact waits. Measured on one machine with Python 3.11:
to import dateparser 1.5.0 and read one date takes 128 to 168 ms and 19 MB. babel 2.18.0 takes 30 to 34 ms and
8 MB, and 33 MB in the layer. They also read what must be asked again. dateparser reads "may" as a day in May,
and `am Morgen` as tomorrow. babel, unless it is strict, reads `1,5` in English as 15, and price-parser 0.5.1
reads "4 or 5" as 4.
"""

from functools import cache

from rejoinder.bot.languages.de import GERMAN
from rejoinder.bot.languages.en import ENGLISH
from rejoinder.bot.languages.es import SPANISH
from rejoinder.bot.languages.fr import FRENCH
from rejoinder.bot.languages.heard import Heard
from rejoinder.bot.languages.it import ITALIAN
from rejoinder.bot.languages.pt import PORTUGUESE
from rejoinder.bot.words import listed

HEARD: dict[str, Heard] = {
    "en": ENGLISH,
    "de": GERMAN,
    "es": SPANISH,
    "fr": FRENCH,
    "it": ITALIAN,
    "pt": PORTUGUESE,
}

_YES = "yes, y, yep, yeah, sure, of course, ok, okay, okey, k, 👍, 👌, ✅, ✔, 🆗"
_NO = "no, n, nope, 👎, ❌, 🚫, 🙅"
"""What means yes or no in every language."""

_ALTERING = (
    "or, min, max, minimum, maximum, plus, minus, am, pm, k, m, mio, mrd, percent, cent, cents, gross, "
    "score, moment, sec, thousand, hundred, million, dozen"
)
"""What makes another number of the one beside it in every language."""


def known(language: str) -> str:
    """Return the language of a table, such as `pt` for `pt-BR`; `en` when we do not know it."""
    name = language.casefold().replace("-", "_").partition("_")[0]
    return name if name in HEARD else "en"


@cache
def phrases(language: str, field: str) -> frozenset[str]:
    """Return the phrases of a field of Heard, as `parts` returns them."""
    return listed(getattr(HEARD[known(language)], field))


@cache
def everywhere(field: str) -> frozenset[str]:
    """Return the phrases of a field of Heard in all languages. A contact need not know the bot's language."""
    return frozenset().union(*(phrases(language, field) for language in HEARD))


@cache
def places(language: str, field: str) -> dict[str, int]:
    """Return the phrases of a field whose order counts, each with its place from 0 on."""
    rows = [row.split("|") for row in getattr(HEARD[known(language)], field).split(",")]
    return {
        phrase: place for place, row in reversed([*enumerate(rows)]) for one in row for phrase in listed(one)
    }


@cache
def number_words(language: str) -> dict[str, int]:
    """Return the words of numbers: 0 to 20 and the tens, with their values."""
    tens = {word: 20 + 10 * place for word, place in places(language, "tens").items()}
    return tens | places(language, "numbers")


@cache
def yes_and_no(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what means yes, and what means no."""
    return phrases(language, "yes") | listed(_YES), phrases(language, "no") | listed(_NO)


@cache
def altering(language: str) -> frozenset[str]:
    """Return the words that make another number of the one beside them."""
    return phrases(language, "alters") | listed(_ALTERING) | yes_and_no(language)[1]
