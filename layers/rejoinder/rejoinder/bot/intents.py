"""Understanding without a network: a text is compared with the examples of each intent."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache

from jellyfish import jaro_winkler_similarity

from rejoinder.bot import heard
from rejoinder.bot.courtesy import COURTESY, THANKS
from rejoinder.bot.words import parts
from rejoinder.model.intent import Intent, Understood

SAME_WORD = 0.88
"""The least similarity, from 0 to 1, of two words that count as one: order and ordr (a typing error), Sonntag
and sonntags (another ending)."""

_DENIED = 0.5
"""The share of its likeness that is left to what says the opposite. It is less than MIN_CONFIDENCE."""


class FuzzyUnderstanding:
    """The port `Understanding` without a network: it chooses the intent with the most similar examples.

    It compares words, not meanings. A text is not understood when no example has its words.
    """

    def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
        """Return the intent that `text` is most similar to; None when it has no word of any intent."""
        similarity = self.scores(text, intents)
        best = max(intents, key=lambda intent: similarity[intent.name], default=None)
        if best is None or not similarity[best.name]:
            return None
        slots, _ = _fill(best.slots, text)
        return Understood(intent=best.name, slots=slots, confidence=similarity[best.name])

    def scores(self, text: str, intents: Sequence[Intent]) -> dict[str, float]:
        """Return how similar `text` is to the examples of each intent, from 0 to 1, by the intents' names."""
        return {intent.name: _similarity(text, intent, intents) for intent in intents}


def _similarity(text: str, intent: Intent, intents: Sequence[Intent]) -> float:
    """Return how similar `text` is to the examples of `intent`, from 0 to 1.

    It is an F-score of two shares: of the text's words that any example has, and of the words of the best
    example that the text has. The first counts twice as much as the second. People leave words out, but a
    text with many other words means something else. With the numbers of this module and MIN_CONFIDENCE,
    tests/unit/test_fuzzy.py finds the most sentences right, and none wrong.

    A text with a negation is compared with examples that have one, and the other way round. A verb such as
    `cancel` that no example has makes another wish of the text.
    """
    said = _words(text, intent)
    examples = [_of_example(example, tuple(intent.slots.values())) for example in intent.examples]
    alike = [example for example in examples if _is_negated(example) == _is_negated(said)]
    known = {word for example in alike or examples for word in example}
    complete = max(_share(example, said) for example in alike or examples)
    share = _share(said, known, foreign={word for other in intents for word in _vocabulary(other)} - known)
    likeness = 1.5 * share * complete / (0.5 * share + complete) if share and complete else 0.0
    return likeness * (1 if alike and not _turned(said, known) else _DENIED)


def _is_negated(words: Sequence[str]) -> bool:
    return not heard.everywhere("denies").isdisjoint(words)


def _turned(said: Sequence[str], known: Collection[str]) -> bool:
    """Whether a word that `known` does not have makes another wish of the words.

    It is a verb such as `cancel`, or it comes first, as the verb of an order does: `drop my appointment`.
    """
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
    """Return the verbs that are known in spite of a typing error. With one, a shorter word may be another."""
    return [word for word in heard.everywhere("turns") if len(word) >= 6]


@cache
def _silent() -> frozenset[str]:
    """Return what does not count. Thanks do: who thanks may have it, as in `danke, die Bestellung ist da`."""
    return (COURTESY - THANKS) | heard.everywhere("frames")


@cache
def _phrases() -> frozenset[str]:
    return COURTESY.union(_silent(), heard.everywhere("denies"), heard.everywhere("turns"))


@lru_cache(maxsize=4096)
def _of_example(example: str, slots: tuple[str, ...]) -> list[str]:
    """Return the words of an example. They are the same for every text, so they are kept."""
    _, rest = _fill(dict(zip(map(str, range(len(slots))), slots, strict=True)), example)
    return _without_courtesy(rest, example)


def _vocabulary(intent: Intent) -> set[str]:
    slots = tuple(intent.slots.values())
    return {word for example in intent.examples for word in _of_example(example, slots)}


def _words(text: str, intent: Intent) -> list[str]:
    """Return the words of `text` without polite words and slots; all words when no other word remains.

    Slots are left out because the number of another order does not make another wish.
    """
    _, rest = _fill(intent.slots, text)
    return _without_courtesy(rest, text)


def _without_courtesy(rest: str, text: str) -> list[str]:
    return [word for word in parts(rest, _phrases()) if word not in _silent()] or parts(text, _phrases())


def _share(words: Sequence[str], others: Collection[str], foreign: Collection[str] = ()) -> float:
    """Return the share of `words` that is among `others`, from 0 to 1. Long words say more and count more.

    Words that are `foreign` instead, of another intent, count twice: in `Tisch stornieren` it is no order.
    """
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


def _fill(slots: Mapping[str, str], text: str) -> tuple[dict[str, str], str]:
    """Return the values of the slots, and the rest of the text. Each part of the text fills one slot."""
    values: dict[str, str] = {}
    for name, pattern in slots.items():
        for found in _as_words(pattern).finditer(text):
            value = found[0]
            if value and re.fullmatch(pattern, value):  # not when it fits only by lookaround
                values[name] = value
                text = f"{text[: found.start()]}\n{text[found.end() :]}"
                break
    return values, text


def _as_words(pattern: str) -> re.Pattern[str]:
    """Return `pattern`, changed so that it does not match inside a longer word."""
    flags = re.compile(pattern).flags
    body = re.sub(r"^(\(\?[aimsux]+\))+", "", pattern)  # global flags are allowed at the start only
    end = "\n" if flags & re.VERBOSE else ""  # the last line may be a comment
    return re.compile(rf"(?<!\w)(?:{body}{end})(?!\w)", flags)
