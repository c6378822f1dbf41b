"""What words mean, offline: how like they are to the examples of an intent."""

import re
from collections.abc import Collection, Mapping, Sequence

from jellyfish import jaro_winkler_similarity

from rejoinder.bot.words import fold
from rejoinder.model.intent import Intent, Understood

SAME_WORD = 0.88
"""From this likeness on, two words are one word, mistyped or bent: order and ordr, Sonntag and sonntags."""


def _split(text: str) -> list[str]:
    return re.findall(r"\w+", fold(text))


COURTESY = frozenset(
    _split(
        "please hello hi hey good morning afternoon evening, bitte hallo guten Tag Morgen Abend, "
        "por favor hola buenos buenas días tardes noches, s'il vous plaît svp bonjour bonsoir salut, "
        "per favore ciao buongiorno buonasera, olá bom boa dia tarde noite"
    )
)
"""Said with every wish and part of none, in the languages of phrases.py. Were they words like others, one
`please` would make a short wish doubtful."""


class FuzzyUnderstanding:
    """The port `Understanding` without a network: the intent whose examples the words are most like.

    It knows words, not meanings: what is said in words that no example has is not understood.
    """

    def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
        """The intent that `text` is most like, however little; None when it holds no word of any."""
        likeness = {intent.name: _likeness(text, intent) for intent in intents}
        best = max(intents, key=lambda intent: likeness[intent.name], default=None)
        if best is None or not likeness[best.name]:
            return None
        slots, _ = _fill(best.slots, text)
        return Understood(intent=best.name, slots=slots, confidence=likeness[best.name])


def _likeness(text: str, intent: Intent) -> float:
    """From 0 to 1: the intent should know the words of the text, and the text hold all words of one example.

    The first counts twice as much as the second (an F-score): people leave words out, but who adds many
    that no example has wants something else. The numbers here are those with which tests/unit/test_fuzzy.py
    found the most sentences right, and none wrong, from a bot's MIN_CONFIDENCE on.
    """
    said = _words(text, intent)
    examples = [_words(example, intent) for example in intent.examples]
    known = _share(said, {word for example in examples for word in example})
    complete = max(_share(example, said) for example in examples)
    return 1.5 * known * complete / (0.5 * known + complete) if known and complete else 0.0


def _words(text: str, intent: Intent) -> list[str]:
    """The words of `text` but courtesy and what fills slots: another order's number is no other wish.

    When nothing else is left, all of them.
    """
    _, rest = _fill(intent.slots, text)
    return [word for word in _split(rest) if word not in COURTESY] or _split(text)


def _share(words: Sequence[str], others: Collection[str]) -> float:
    """How much of `words` is among `others`, from 0 to 1. Long words count for more: they say more."""
    weights = [len(word) ** 1.5 for word in words]
    found = sum(weight * _closest(word, others) for word, weight in zip(words, weights, strict=True))
    return found / sum(weights) if weights else 0.0


def _closest(word: str, others: Collection[str]) -> float:
    likeness = max((jaro_winkler_similarity(word, other) for other in others), default=0.0)
    return likeness if likeness >= SAME_WORD else 0.0


def _fill(slots: Mapping[str, str], text: str) -> tuple[dict[str, str], str]:
    """The slots that parts of `text` fill, each part one slot, and what is left of the text."""
    values: dict[str, str] = {}
    for name, pattern in slots.items():
        for found in _as_words(pattern).finditer(text):
            value = found[0]
            if value and re.fullmatch(pattern, value):  # a pattern may look at what stands around it
                values[name] = value
                text = f"{text[: found.start()]}\n{text[found.end() :]}"
                break
    return values, text


def _as_words(pattern: str) -> re.Pattern[str]:
    """`pattern`, but not inside a longer word."""
    flags = re.compile(pattern).flags
    body = re.sub(r"^(\(\?[aimsux]+\))+", "", pattern)  # flags for all of it may stand at the front only
    end = "\n" if flags & re.VERBOSE else ""  # its last line may be a comment
    return re.compile(rf"(?<!\w)(?:{body}{end})(?!\w)", flags)
