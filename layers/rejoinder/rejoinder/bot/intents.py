"""Understanding without a network: a text is compared with the examples of each intent."""

import operator
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, cached_property, lru_cache

from rejoinder.bot import heard
from rejoinder.bot.courtesy import COURTESY, THANKS
from rejoinder.bot.likeness import Words
from rejoinder.bot.words import MAX_SAID, parts
from rejoinder.model.intent import Intent, Understood

_DENIED = 0.5
"""The share of its likeness that is left to what says the opposite. It is less than MIN_CONFIDENCE."""


class FuzzyUnderstanding:
    """The port `Understanding` without a network: it chooses the intent with the most similar examples.

    It compares words, not meanings. A text is not understood when no example has its words.
    """

    def __init__(self) -> None:
        self._examples = _Examples(())

    def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
        """Return the intent that `text` is most similar to; None when it has no word of any intent."""
        similarity = self.scores(text, intents)
        best = max(intents, key=lambda intent: similarity[intent.name], default=None)
        if best is None or not similarity[best.name]:
            return None
        slots, _ = _fill(best.slots, _begin(text))
        return Understood(intent=best.name, slots=slots, confidence=similarity[best.name])

    def scores(self, text: str, intents: Sequence[Intent]) -> dict[str, float]:
        """Return how similar `text` is to the examples of each intent, from 0 to 1, by the intents' names."""
        if self._examples.intents != tuple(intents):
            self._examples = _Examples(intents)
        return self._examples.scores(_begin(text))


class _Examples:
    """The examples of some intents, prepared for all texts."""

    def __init__(self, intents: Sequence[Intent]) -> None:
        self.intents = tuple(intents)
        examples = [[_of_example(one, intent) for one in intent.examples] for intent in intents]
        self._known = frozenset(word for some in examples for words in some for word in words)
        self._words = Words(self._known)
        self._wishes = [(_Wish(some, negated=False), _Wish(some, negated=True)) for some in examples]

    def scores(self, text: str) -> dict[str, float]:
        """Return how similar `text` is to the examples of each intent, by the intents' names."""
        like, said, scores = cache(self._words.like), dict[str, _Said](), dict[str, float]()
        for intent, wishes in zip(self.intents, self._wishes, strict=True):
            _, rest = _fill(intent.slots, text)  # the number of another order does not make another wish
            if rest not in said:
                said[rest] = _Said(_without_courtesy(rest, text), like)
            scores[intent.name] = wishes[said[rest].is_negated].similarity(said[rest], self._known)
        return scores


class _Said:
    """The words of a text without polite words and slots; all words when no other word remains."""

    def __init__(self, words: Sequence[str], like: Callable[[str], Mapping[str, float]]) -> None:
        self.words = words
        self.is_negated = _is_negated(words)
        self.weights = [_weight(word) for word in words]
        self._like = like
        self.near = [like(word) for word in words]
        self.heard: dict[str, float] = {}
        for near in self.near:
            for other, similarity in near.items():
                self.heard[other] = max(similarity, self.heard.get(other, 0.0))

    def share_of(self, example: Sequence[tuple[str, float]]) -> float:
        """Return the share of an example's words, with their weights, that the text has; from 0 to 1."""
        found = sum([weight * self.heard[word] for word, weight in example if word in self.heard])
        return found / sum([weight for _, weight in example]) if found else 0.0

    def is_turned(self, known: frozenset[str]) -> bool:
        """Whether a word that `known` does not have makes another wish of the words.

        It is a verb such as `cancel`, or it comes first, as the verb of an order does: `drop my appointment`.
        """
        first = [self._first] if len(self.words) > 1 and len(self._first) >= 4 else []
        return any(known.isdisjoint(self._like(word)) for word in (*first, *self._turns))

    @cached_property
    def _first(self) -> str:
        wishes = heard.everywhere("wishes")
        return next((word for word in parts(" ".join(self.words), wishes) if word not in wishes), "")

    @cached_property
    def _turns(self) -> list[str]:
        turns = heard.everywhere("turns")
        return [
            word
            for word in dict.fromkeys(self.words)
            if word in turns
            or (len(word) >= 6 and max(_long_turns().like(word).values(), default=0.0) >= 0.92)
        ]


class _Wish:
    """The examples of an intent for texts with a negation, or without. Without such examples, it has all."""

    def __init__(self, examples: Sequence[Sequence[str]], *, negated: bool) -> None:
        alike = [words for words in examples if _is_negated(words) == negated]
        self._is_denied = not alike
        self._examples = [[(word, _weight(word)) for word in words] for words in alike or examples]
        self._known = frozenset(word for words in alike or examples for word in words)

    def similarity(self, said: _Said, all_known: Collection[str]) -> float:
        """Return how similar a text is to the examples, from 0 to 1. `all_known` are the words of all wishes.

        It is an F-score of two shares: of the text's words that any example has, and of the words of the
        best example that the text has. The first counts twice as much as the second. People leave words
        out, but a text with many other words means something else. With the numbers of this module and
        MIN_CONFIDENCE, tests/unit/test_fuzzy.py finds the most sentences right, and none wrong.

        A text with a negation is compared with examples that have one, and the other way round. A verb such
        as `cancel` that no example has makes another wish of the text.
        """
        if self._known.isdisjoint(said.heard):
            return 0.0
        share, complete = self._share(said, all_known), max(said.share_of(one) for one in self._examples)
        likeness = 1.5 * share * complete / (0.5 * share + complete)
        return likeness * (_DENIED if self._is_denied or said.is_turned(self._known) else 1)

    def _share(self, said: _Said, all_known: Collection[str]) -> float:
        """Return the share of the text's words that is known, from 0 to 1. Long words say and count more.

        Words of another intent instead count twice: in `Tisch stornieren` it is no order.
        """
        likeness = [_closest(near, self._known) for near in said.near]
        weights = [
            weight * (1 if like or len(word) < 5 or word not in all_known else 2)
            for word, weight, like in zip(said.words, said.weights, likeness, strict=True)
        ]
        return float(sum(map(operator.mul, weights, likeness))) / sum(weights)


def _closest(near: Mapping[str, float], known: Collection[str]) -> float:
    """Return the similarity of the closest of the words `near` that are known; 0 when none is."""
    return max([near[word] for word in near if word in known], default=0.0) if near else 0.0


def _weight(word: str) -> float:
    return float(len(word) ** 1.5)


def _is_negated(words: Sequence[str]) -> bool:
    return not heard.everywhere("denies").isdisjoint(words)


@cache
def _long_turns() -> Words:
    """Return the verbs that are known in spite of a typing error. With one, a shorter word may be another."""
    return Words(word for word in heard.everywhere("turns") if len(word) >= 6)


@cache
def _silent() -> frozenset[str]:
    """Return what does not count. Thanks do: who thanks may have it, as in `danke, die Bestellung ist da`."""
    return (COURTESY - THANKS) | heard.everywhere("frames")


@cache
def _phrases() -> frozenset[str]:
    return COURTESY.union(_silent(), heard.everywhere("denies"), heard.everywhere("turns"))


def _of_example(example: str, intent: Intent) -> list[str]:
    """Return the words of an example without polite words and slots."""
    _, rest = _fill(intent.slots, example)
    return _without_courtesy(rest, example)


def _without_courtesy(rest: str, text: str) -> list[str]:
    return [word for word in parts(rest, _phrases()) if word not in _silent()] or parts(text, _phrases())


def _begin(text: str) -> str:
    """Return as much of the beginning of `text` as is looked at. No word is cut unless it is all."""
    begin = text[:MAX_SAID]
    return begin if begin == text else begin.rpartition(" ")[0] or begin


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


@lru_cache(maxsize=256)
def _as_words(pattern: str) -> re.Pattern[str]:
    """Return `pattern`, changed so that it does not match inside a longer word."""
    flags = re.compile(pattern).flags
    body = re.sub(r"^(\(\?[aimsux]+\))+", "", pattern)  # global flags are allowed at the start only
    end = "\n" if flags & re.VERBOSE else ""  # the last line may be a comment
    return re.compile(rf"(?<!\w)(?:{body}{end})(?!\w)", flags)
