"""Which of the shown choices an answer in words means. Where two readings are possible, there is none."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from rejoinder.bot import heard
from rejoinder.bot.courtesy import COURTESY, within
from rejoinder.bot.likeness import whole
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.words import MAX_ANSWER, MAX_SAID, fold, listed, parts, strip, tokens
from rejoinder.model.letters import clean, is_symbol, plain

BEGINNING = 4
"""The letters of a word that stand for the whole word: `tomo` may be Tomorrow, `to` may be anything."""

LONG_WORD = 6
"""The letters of a title that is still known with one typing error. Short words become other words by one."""

_UNLIKE = 3
"""The typing errors by which all other titles must differ from an answer that has one."""

_NUMBER = (
    r"[(\[]?(?:#|n[o°º.]|nr|num|nummer|number|numero|option|opcion|opzione|opcao)*[ .]*(\d{1,3})[.)\]:]*"
)
"""A number as it is typed. As those of dates and numbers, the pattern is compiled when it is needed, and not
each time a Lambda starts."""


def chosen(words: str, titles: Sequence[str], *, numbered: bool, phrases: Phrases) -> int | None:
    """Return the place of the title, from 0 on, that `words` choose; None when that is not certain.

    Args:
        words: what was typed.
        titles: the titles, in the order in which they were shown.
        numbered: whether numbers were shown before the titles. A typed number is a place only then.
        phrases: the texts of the language; English words count in every language.
    """
    if len(words) > MAX_SAID or not fold(words):
        return None
    place = _read(words, titles, numbered=numbered, language=phrases.language)
    return place if place is not None and not _is_doubted(words, titles[place], phrases.language) else None


def _read(words: str, titles: Sequence[str], *, numbered: bool, language: str) -> int | None:
    for same in (clean, _shown, fold):
        said = same(words)
        found = [place for place, title in enumerate(titles) if same(title) == said]
        if found:
            return found[0] if len(found) == 1 or same is clean else None
    if len(words) > MAX_ANSWER:
        return None
    by_number = _by_number(words, titles, language) if numbered else None
    by_title = _only(_by_title(words, titles, language))
    if by_number is not None:
        return by_number if by_title in (None, by_number) else None
    if by_title is not None:
        return by_title
    readings = (_yes_or_no, _by_ordinal, _by_emoji, _by_likeness)
    return next((place for read in readings if (place := read(words, titles, language)) is not None), None)


def alike(titles: Iterable[str]) -> tuple[str, str] | None:
    """Return two titles that typing cannot tell apart, such as Papa and Papá; None when there are none."""
    seen: dict[str, str] = {}
    for title in titles:
        if _shown(title) in seen:
            return seen[_shown(title)], title
        seen[_shown(title)] = title
    return None


def bear_numbers(titles: Iterable[str], language: str) -> bool:
    """Whether a title holds a number, in digits or in words. A typed number may then be that one."""
    words = [word for title in titles for word in tokens(title)]
    spoken = heard.number_words(language)
    return any(word in spoken or any(map(str.isnumeric, word)) for word in words)


def _shown(words: str) -> str:
    """Return `words` folded, but with their emoji: Like 👍 is not Like 👎."""
    return strip(plain(words))


def _only(found: Iterable[int]) -> int | None:
    different = set(found)
    return different.pop() if len(different) == 1 else None


@cache
def _around(language: str) -> frozenset[str]:
    return COURTESY.union(*(heard.phrases(language, field) for field in ("around", "on")))


def _core(words: str, around: frozenset[str]) -> list[str]:
    """Return the words without the polite ones at the ends; all of them when no other word remains."""
    cut = parts(words, around)
    while cut and cut[0] in around:
        del cut[0]
    while cut and cut[-1] in around:
        del cut[-1]
    return " ".join(cut).split() or tokens(words)


# --- the title ----------------------------------------------------------------------------------------------


def _by_title(words: str, titles: Sequence[str], language: str) -> list[int]:
    """Return the titles that `words` say with polite words around, else those that begin with them."""
    around = _around(language)
    said = parts(words, around)
    inside = [place for place, title in enumerate(titles) if within(said, parts(title, around), around)]
    if inside:
        return inside
    numbers = {word: str(value) for word, value in heard.number_words(language).items()}
    core = [numbers.get(word, word) for word in _core(words, around)]
    if _is_no_alone(core, titles, language):
        return []
    cut = [tokens(title) for title in titles]
    shared = _shared([*map(tuple, cut)])
    return _beginning(core, cut) or (_beginning(core, [title[shared:] for title in cut]) if shared else [])


def _beginning(said: list[str], titles: list[list[str]]) -> list[int]:
    return [place for place, title in enumerate(titles) if _begins(title, said)]


def _begins(title: list[str], said: list[str]) -> bool:
    *whole, last = said
    last = last.strip("$€£")
    rest = title[len(whole) :]
    if title[: len(whole)] != whole or not rest:
        return False
    is_part = len(last) >= BEGINNING and last.isalpha() and rest[0].startswith(last)
    return rest[0] == last or is_part or (last.isdigit() and _begins_with_number(rest[0], last))


def _begins_with_number(word: str, number: str) -> bool:
    """Whether `word` is `number` with signs around, such as €10 or 10:00; 10.5 and 1-4 are others."""
    return re.fullmatch(rf"[^\w\s-]?{number}(?:[^\w\s.,/-]|:00|[a-z]{{1,2}})?", word) is not None


def _shared(titles: list[tuple[str, ...]]) -> int:
    """Return how many words all titles begin with. They tell no title from another."""
    count = 0
    while len(titles) > 1 and len({title[: count + 1] for title in titles}) == 1 and count < len(titles[0]):
        count += 1
    return count


def _is_no_alone(core: list[str], titles: Sequence[str], language: str) -> bool:
    """Whether `core` is a no, and not every title with a no in front is one: No preference is an answer."""
    _, no = heard.yes_and_no(language)
    polite = COURTESY | no
    wider = [
        title for title in titles if tokens(title)[:1] == core and not polite.issuperset(parts(title, polite))
    ]
    return " ".join(core) in no and bool(wider)


# --- numbers and ordinals -----------------------------------------------------------------------------------


def _by_number(words: str, titles: Sequence[str], language: str) -> int | None:
    said = plain(words).rstrip("!? ")
    found = re.fullmatch(_NUMBER, said) or re.fullmatch(_NUMBER, " ".join(_core(words, _around(language))))
    core = [word for word in tokens(words) if word not in COURTESY | _COUNTED]
    value = int(found[1]) if found else heard.number_words(language).get(" ".join(core), 0)
    return value - 1 if 0 < value <= len(titles) else None


_COUNTED = listed("number, option, nummer, número, opción, numéro, numero, opzione, opção")


def _by_ordinal(words: str, titles: Sequence[str], language: str) -> int | None:
    core = " ".join(_core(words, _around(language)))
    if core in heard.phrases(language, "last"):
        return len(titles) - 1
    place = heard.places(language, "ordinals").get(core)
    return place if place is not None and place < len(titles) else None


# --- yes and no ---------------------------------------------------------------------------------------------


def _yes_or_no(words: str, titles: Sequence[str], language: str) -> int | None:
    """Return the yes or the no of two titles, if `words` are nothing but words for it."""
    meant = [_means(title, language) for title in titles]
    said = _means(words, language)
    return meant.index(said) if said is not None and sorted(meant, key=str) == [False, True] else None


def _means(words: str, language: str) -> bool | None:
    """Return whether `words` are nothing but yes, or nothing but no; None for everything else."""
    if plain(words).endswith("?"):  # `ça va?` asks
        return None
    yes, no = heard.yes_and_no(language)
    signs = [letter for letter in plain(words) if is_symbol(letter) and letter in yes | no | _DOUBT]
    cut = [one for one in parts(words, yes | no | COURTESY) if not all(map(is_symbol, one))]
    said = signs + [one for one in cut if one not in COURTESY - yes - no]
    is_yes, is_no = (bool(said) and meaning.issuperset(said) for meaning in (yes, no))
    return is_yes if is_yes != is_no else None


def _is_doubted(words: str, title: str, language: str) -> bool:
    """Whether an emoji behind the words takes them back: `yes 👎`, `yes 🤔`."""
    signs = set(plain(words)) - set(plain(title))
    refused = signs & _REFUSALS
    return bool(signs & _DOUBT) or (bool(refused) and _means(title, language) is not False)


_REFUSALS = frozenset("👎❌🚫🙅")
_DOUBT = frozenset("🤔🤷😕🙄")


def _by_emoji(words: str, titles: Sequence[str], _language: str) -> int | None:
    said = plain(words)
    if not all(is_symbol(letter) for letter in said):
        return None
    return _only(place for place, title in enumerate(titles) if said in plain(title))


# --- typing errors ------------------------------------------------------------------------------------------


def _by_likeness(words: str, titles: Sequence[str], language: str) -> int | None:
    """Return the only title that is one typing error away, if all others are far."""
    from jellyfish import damerau_levenshtein_distance  # noqa: PLC0415 - few answers need it

    said = " ".join(_core(words, _around(language)))
    distances = [damerau_levenshtein_distance(whole(said), whole(fold(title))) for title in titles]
    near = [place for place, distance in enumerate(distances) if distance < _UNLIKE]
    if len(near) != 1 or distances[near[0]] != 1:
        return None
    title = fold(titles[near[0]])
    is_word = title.replace(" ", "").isalpha() and said[0] == title[0]
    return near[0] if is_word and len(title) >= LONG_WORD else None
