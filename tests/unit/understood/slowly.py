"""What texts mean, by the plain formulas. The package must find the same with less work."""

import re
from collections.abc import Collection, Sequence
from functools import cache

from jellyfish import jaro_winkler_similarity

from rejoinder.bot import heard
from rejoinder.bot.courtesy import COURTESY, THANKS
from rejoinder.bot.intents import _fill
from rejoinder.bot.likeness import SAME_WORD
from rejoinder.bot.words import tokens
from rejoinder.model.intent import Intent


def scores(text: str, intents: Sequence[Intent]) -> dict[str, float]:
    """Return how similar `text` is to the examples of each intent, by the intents' names."""
    return {intent.name: _similarity(text, intent, intents) for intent in intents}


def parts(words: str, phrases: Collection[str]) -> list[str]:
    """Return `words` cut into `phrases` (the longest first) and single words."""
    left, cut = tokens(words), []
    while left:
        for size in range(min(len(left), 6), 0, -1):
            phrase = " ".join(left[:size])
            if size == 1 or phrase in phrases:
                cut.append(phrase if size > 1 else _calm(phrase, phrases))
                left = left[size:]
                break
    return cut


def _calm(word: str, known: Collection[str]) -> str:
    if word in known:
        return word
    short = (re.sub(rf"([^\W\d])\1{drawn}", r"\1", word) for drawn in ("{2,}", "+$", "+"))
    return next((one for one in short if one in known), word)


def _similarity(text: str, intent: Intent, intents: Sequence[Intent]) -> float:
    said = _words(text, intent)
    examples = [_of_example(example, tuple(intent.slots.values())) for example in intent.examples]
    alike = [example for example in examples if _is_negated(example) == _is_negated(said)]
    known = {word for example in alike or examples for word in example}
    complete = max(_share(example, said) for example in alike or examples)
    share = _share(said, known, foreign={word for other in intents for word in _vocabulary(other)} - known)
    likeness = 1.5 * share * complete / (0.5 * share + complete) if share and complete else 0.0
    return likeness * (1 if alike and not _turned(said, known) else 0.5)


def _is_negated(words: Sequence[str]) -> bool:
    return not heard.everywhere("denies").isdisjoint(words)


def _turned(said: Sequence[str], known: Collection[str]) -> bool:
    wishes, turns = heard.everywhere("wishes"), heard.everywhere("turns")
    begin = [word for word in parts(" ".join(said), wishes) if word not in wishes][:1]
    if len(said) > 1 and any(len(word) >= 4 and not _closest(word, known) for word in begin):
        return True
    found = [
        word for word in said if word in turns or (len(word) >= 6 and _closest(word, _long_turns()) >= 0.92)
    ]
    return not all(_closest(word, known) for word in found)


@cache
def _long_turns() -> list[str]:
    return [word for word in heard.everywhere("turns") if len(word) >= 6]


@cache
def _silent() -> frozenset[str]:
    return (COURTESY - THANKS) | heard.everywhere("frames")


@cache
def _phrases() -> frozenset[str]:
    return COURTESY.union(_silent(), heard.everywhere("denies"), heard.everywhere("turns"))


@cache
def _of_example(example: str, slots: tuple[str, ...]) -> list[str]:
    _, rest = _fill(dict(zip(map(str, range(len(slots))), slots, strict=True)), example)
    return _without_courtesy(rest, example)


def _vocabulary(intent: Intent) -> set[str]:
    slots = tuple(intent.slots.values())
    return {word for example in intent.examples for word in _of_example(example, slots)}


def _words(text: str, intent: Intent) -> list[str]:
    _, rest = _fill(intent.slots, text)
    return _without_courtesy(rest, text)


def _without_courtesy(rest: str, text: str) -> list[str]:
    return [word for word in parts(rest, _phrases()) if word not in _silent()] or parts(text, _phrases())


def _share(words: Sequence[str], others: Collection[str], foreign: Collection[str] = ()) -> float:
    likeness = [_closest(word, others) for word in words]
    weights = [
        len(word) ** 1.5 * (1 if like or len(word) < 5 or word not in foreign else 2)
        for word, like in zip(words, likeness, strict=True)
    ]
    found = sum(weight * like for weight, like in zip(weights, likeness, strict=True))
    return found / sum(weights) if weights else 0.0


def _closest(word: str, others: Collection[str]) -> float:
    similarity = max((jaro_winkler_similarity(word, other) for other in others), default=0.0)
    return similarity if similarity >= SAME_WORD else 0.0
