"""Words of courtesy: people put them around what they mean."""

from collections.abc import Sequence
from functools import lru_cache

from rejoinder.bot.words import fold, listed, parts

THANKS = listed(
    "thanks, thank you, thank you very much, thank you so much, thanks a lot, many thanks, thx, ty",
    "danke, danke schön, danke sehr, dankeschön, vielen Dank, besten Dank, gracias, muchas gracias, mil gracias",
    "merci, merci beaucoup, merci bien, merci d'avance, grazie, grazie mille, mille grazie, tante grazie",
    "obrigado, obrigada, muito obrigado, muito obrigada, obg",
)
"""Words of thanks, in the languages of phrases.py."""

COURTESY = THANKS | listed(
    "hi, hello, hey, there, again, everyone, everybody, greetings, good morning",
    "good afternoon, good evening, good day, how are you, how are you doing, how's it going, sir, madam, dear",
    "please, pls, plz",
    "hallo, guten Tag, guten Morgen, guten Abend, moin, servus, grüß Gott, grüezi, zusammen, wie geht's, wie geht es",
    "bitte, bitte schön, bitte sehr",
    "hola, buenos días, buen día, buenas tardes, buenas noches, buenas, muy buenas, qué tal, cómo estás, cómo está",
    "por favor, porfa, por favorcito, a todos",
    "bonjour, bonsoir, salut, coucou, à tous, ça va, comment ça va, s'il vous plaît, s'il te plaît, svp, stp",
    "ciao, salve, buongiorno, buon giorno, buonasera, buona sera, buon pomeriggio, a tutti, come va, come stai",
    "per favore, per piacere, per cortesia",
    "oi, olá, bom dia, boa tarde, boa noite, pessoal, tudo bem, tudo bom, por gentileza, se faz favor, faz favor",
)
"""Polite words, in the languages of phrases.py, each as one phrase: in `bom dia` no day is meant."""


def says(words: str, trigger: str) -> bool:
    """Return whether `words` say `trigger`: it alone, or it with words of courtesy around it."""
    wanted, wanted_parts = _cut(trigger)
    said, said_parts = _heard(words)
    return said == wanted or within(said_parts, wanted_parts)


def within(said: Sequence[str], wanted: Sequence[str], polite: frozenset[str] = COURTESY) -> bool:
    """Return whether `said` is `wanted` with nothing but polite phrases before and behind it."""
    size = len(wanted)
    return any(
        said[place : place + size] == wanted and polite.issuperset((*said[:place], *said[place + size :]))
        for place in range(len(said) - size + 1 if size else 0)
    )


def _folded(words: str) -> tuple[str, tuple[str, ...]]:
    return fold(words), tuple(parts(words, COURTESY))


_cut = lru_cache(maxsize=1024)(_folded)  # the triggers of a bot
_heard = lru_cache(maxsize=1)(_folded)  # one message is compared with all of them
