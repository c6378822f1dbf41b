"""Comparing what people type."""

import re
import unicodedata
from collections.abc import Collection

INVISIBLE = re.compile(
    # The tags of a flag such as Scotland's stay: without them it would be the flag of England.
    "(\U0001f3f4[\U000e0020-\U000e007f]+)|"
    # Control and format characters (zero widths, marks and isolates of direction, BOM, soft hyphen, …).
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f"
    # Fillers that are letters by name only: Hangul, Khmer, Braille.
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    # Variation selectors, and the mark that makes a keycap of a digit.
    "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u20e3]"
)
"""What nobody sees, from Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt) and the controls."""

_ENDS = re.compile("[\\s\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0]+")

_SKIN = re.compile("(?<=[^\\s])[\U0001f3fb-\U0001f3ff]")
"""The colour of a skin, behind the sign that it colours."""

_ALIKE = str.maketrans(
    # Unicode does not take a stroke from its letter, so NFKD leaves these. Keyboards without them write so.
    dict(zip("łøđħŧıðþæœĸŋɨƀƶəơư", ["l", "o", "d", "h", "t", "i", "d", "th", "ae", "oe", "k", "n", "i", "b", "z", "e", "o", "u"], strict=True))
    | {"№": "no ", "ـ": "", "ی": "ي", "ک": "ك"}
    | dict.fromkeys("‘’‚‛ʼʹ′`´", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‐‑‒–—―−﹣－", "-")
)
"""Letters and signs that are typed for each other. The Arabic ones differ by keyboard, and a dash is a hyphen."""

_SENTENCE = ".,!?;:…¡¿\"'()[]{}*_~ 。、！？؟،؛।·"
"""What stands around words and says nothing. Signs such as + - # % $ are not here: A+ is not A-."""

_SMILEY = re.compile(r"(?:(?<=\s)|^)(?:[:;=x]'?-?[)(dpo/*]+|<3+|\^\^|xd+)$")
_MARKED = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")
"""The scripts whose marks people leave out. In others a mark makes another letter: ピザ is not ビザ."""


def visible(words: str) -> str:
    """Return `words` without the characters that nobody sees."""
    return words if words.isascii() and words.isprintable() else INVISIBLE.sub(r"\1", words)


def clean(words: str) -> str:
    """Return `words` without blanks and invisible characters at the ends; empty when nothing can be seen."""
    if not visible(words).strip():
        return ""
    begin, end = _ENDS.match(words), re.search(f"{_ENDS.pattern}$", words)
    return words[begin.end() if begin else 0 : end.start() if end else len(words)]


def plain(words: str) -> str:
    """Return `words` in the plainest letters: no case, no marks, no other digits, one blank between words."""
    seen = _SKIN.sub("", visible(words)).casefold()
    if not seen.isascii():
        seen = _unmarked("".join(map(_simple, seen.translate(_ALIKE)))).casefold().translate(_ALIKE)
    return " ".join(seen.split())


def fold(words: str) -> str:
    """Return what `words` are compared by: what is alike for a reader folds to the same.

    It is `plain`, without punctuation and emoji at the ends. What has nothing else keeps them: 👍 stays 👍.
    """
    bare = strip(plain(words))
    said = strip(_SMILEY.sub("", bare), symbols=True)
    return said or bare


def strip(words: str, *, symbols: bool = False) -> str:
    """Return `words` without punctuation at the ends, with `symbols` also without emoji; all when none is left."""
    begin, end = 0, len(words)
    while begin < end and _says_nothing(words[begin], symbols=symbols) and not _is_decimal(words, begin):
        begin += 1
    while begin < end and _says_nothing(words[end - 1], symbols=symbols):
        end -= 1
    return words[begin:end] or ("" if symbols else words)


def tokens(words: str) -> list[str]:
    """Return the single words of `words`, folded. Words joined by a hyphen or an apostrophe are two."""
    parts = re.split(r"\s+|(?<=[^\W\d])['-](?=[^\W\d])", fold(words))
    return [bare for part in parts if (bare := strip(part)).strip(_SENTENCE)] or [part for part in parts if part]


def parts(words: str, phrases: Collection[str]) -> list[str]:
    """Return `words` cut into `phrases` (the longest first) and single words.

    A drawn out word, such as `hiii`, counts as the phrase that it draws out.
    """
    left, cut = tokens(words), []
    while left:
        for size in range(min(len(left), 6), 0, -1):
            phrase = " ".join(left[:size])
            if size == 1 or phrase in phrases:
                cut.append(phrase if size > 1 else _calm(phrase, phrases))
                left = left[size:]
                break
    return cut


def listed(*lists: str) -> frozenset[str]:
    """Return the phrases of texts such as `yes, of course`, each as `parts` returns it."""
    return frozenset(" ".join(tokens(phrase)) for one in lists for phrase in one.split(",") if phrase.strip())


def is_symbol(letter: str) -> bool:
    """Whether `letter` is an emoji or another picture, or a part of one; a degree sign is none."""
    return unicodedata.category(letter) in ("So", "Sk", "Cf") and letter != "°"


def _calm(word: str, known: Collection[str]) -> str:
    if word in known:
        return word
    short = (re.sub(r"([^\W\d])\1{2,}", r"\1", word), re.sub(r"([^\W\d])\1+$", r"\1", word))
    return next((one for one in short if one in known), word)


def _simple(letter: str) -> str:
    """Return a letter as NFKD writes it. 2² stays, because 22 is something else."""
    if unicodedata.category(letter) == "Nd":
        return str(unicodedata.decimal(letter))
    if unicodedata.decomposition(letter).startswith(("<super>", "<sub>", "<fraction>")):
        return letter
    return unicodedata.normalize("NFKD", letter)


def _unmarked(words: str) -> str:
    kept, script = [], ""
    for letter in unicodedata.normalize("NFD", words):
        if unicodedata.category(letter) not in ("Mn", "Me"):
            script = unicodedata.name(letter, "").partition(" ")[0]
        elif script in _MARKED:
            continue
        kept.append(letter)
    return unicodedata.normalize("NFC", "".join(kept))


def _says_nothing(letter: str, *, symbols: bool) -> bool:
    return letter in _SENTENCE or (symbols and is_symbol(letter))


def _is_decimal(words: str, place: int) -> bool:
    """Whether a number such as .5 begins at `place`: without its point it is another one."""
    return words[place] in ".," and words[place + 1 : place + 2].isdigit()
