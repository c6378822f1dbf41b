"""The plain form of what people type: for words to compare and for numbers to read."""

import re
import unicodedata

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
"""What nobody sees: controls, and Default_Ignorable_Code_Point of Unicode (DerivedCoreProperties.txt)."""

_ENDS = re.compile(
    "[\\s\xad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0]+"
)

_SKIN = re.compile("(?<=[^\\s])[\U0001f3fb-\U0001f3ff]")
"""The colour of a skin, behind the sign that it colours."""

_ALIKE = str.maketrans(
    # Unicode does not take a stroke from its letter, so NFKD leaves these. Keyboards without them write so.
    dict(
        zip(
            "łøđħŧıðþæœĸŋɨƀƶəơư",
            ["l", "o", "d", "h", "t", "i", "d", "th", "ae", "oe", "k", "n", "i", "b", "z", "e", "o", "u"],
            strict=True,
        )
    )
    | {"№": "no ", "ـ": "", "ی": "ي", "ک": "ك"}
    | dict.fromkeys("‘’‚‛ʼʹ′`´", "'")
    | dict.fromkeys("“”„‟«»″", '"')
    | dict.fromkeys("‐‑‒–—―−﹣－", "-")
)
"""Letters and signs that are typed for each other. The Arabic letters differ by keyboard."""

_MARKED = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")
"""The scripts whose marks people leave out. In others a mark makes another letter: ピザ is not ビザ."""


def visible(words: str) -> str:
    """Return `words` without the characters that nobody sees."""
    return words if words.isascii() and words.isprintable() else INVISIBLE.sub(r"\1", words)


def clean(words: str) -> str:
    """Return `words` without blanks and invisible characters at the ends; empty when nothing can be seen."""
    if words.isascii() and words.isprintable():
        return words.strip()
    if not visible(words).strip():
        return ""
    begin, end = _ENDS.match(words), _ENDS.match(words[::-1])  # a search tries each blank inside
    return words[begin.end() if begin else 0 : len(words) - (end.end() if end else 0)]


def plain(words: str) -> str:
    """Return `words` in the plainest letters: no case, no marks, no other digits, one blank between words."""
    seen = _SKIN.sub("", visible(words)).casefold()
    if not seen.isascii():
        seen = _unmarked("".join(map(_simple, seen.translate(_ALIKE)))).casefold().translate(_ALIKE)
    return " ".join(seen.split())


def phone_digits(text: str) -> str:
    """Return a phone number, copied from wherever, without its signs: 15550001111 for `+1 (555) 000-1111`.

    What is neither digit nor sign stays, so that it is seen that `text` is no number.
    """
    return re.sub(r"[+()/. -]", "", plain(text))


def is_symbol(letter: str) -> bool:
    """Whether `letter` is an emoji or another picture, or a part of one; a degree sign is none."""
    return unicodedata.category(letter) in ("So", "Sk", "Cf") and letter != "°"


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
