"""Understanding without a network: a text is compared with the examples of each intent."""

import re
from collections.abc import Collection, Mapping, Sequence

from jellyfish import jaro_winkler_similarity

from rejoinder.bot.words import fold
from rejoinder.model.intent import Intent, Understood

SAME_WORD = 0.88
"""The least similarity, from 0 to 1, of two words that count as one: order and ordr (a typing error), Sonntag
and sonntags (another ending)."""


def _split(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


COURTESY = frozenset(
    _split(
        "please hello hi hey good morning afternoon evening, bitte hallo guten Tag Morgen Abend, "
        "por favor hola buenos buenas días tardes noches, s'il vous plaît svp bonjour bonsoir salut, "
        "per favore ciao buongiorno buonasera, olá bom boa dia tarde noite"
    )
)
"""Polite words, in the languages of phrases.py. People say them with every wish, so they do not count. If
they did, one `please` would make a short wish doubtful."""


class FuzzyUnderstanding:
    """The port `Understanding` without a network: it chooses the intent with the most similar examples.

    It compares words, not meanings. A text is not understood when no example has its words.
    """

    def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
        """Return the intent that `text` is most similar to; None when it has no word of any intent."""
        similarity = {intent.name: _similarity(text, intent) for intent in intents}
        best = max(intents, key=lambda intent: similarity[intent.name], default=None)
        if best is None or not similarity[best.name]:
            return None
        slots, _ = _fill(best.slots, text)
        return Understood(intent=best.name, slots=slots, confidence=similarity[best.name])


def _similarity(text: str, intent: Intent) -> float:
    """Return how similar `text` is to the examples of `intent`, from 0 to 1.

    It is an F-score of two shares: of the text's words that any example has, and of the words of the best
    example that the text has. The first counts twice as much as the second. People leave words out, but a
    text with many other words means something else. With the numbers of this module and MIN_CONFIDENCE,
    tests/unit/test_fuzzy.py finds the most sentences right, and none wrong.
    """
    said = _words(text, intent)
    examples = [_words(example, intent) for example in intent.examples]
    known = _share(said, {word for example in examples for word in example})
    complete = max(_share(example, said) for example in examples)
    return 1.5 * known * complete / (0.5 * known + complete) if known and complete else 0.0


def _words(text: str, intent: Intent) -> list[str]:
    """Return the words of `text` without polite words and slots; all words when no other word remains.

    Slots are left out because the number of another order does not make another wish.
    """
    _, rest = _fill(intent.slots, text)
    return [word for word in _split(rest) if word not in COURTESY] or _split(text)


def _share(words: Sequence[str], others: Collection[str]) -> float:
    """Return the share of `words` that is among `others`, from 0 to 1. Long words say more and count more."""
    weights = [len(word) ** 1.5 for word in words]
    found = sum(weight * _closest(word, others) for word, weight in zip(words, weights, strict=True))
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
