"""WhatsApp's rules for templates, as far as a file alone can break them.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components, and the errors
2388xxx of .../whatsapp/support/error-codes, whose codes are named where one is known. Meta does not publish
how many words a variable needs: that is as several providers have found it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rejoinder.bot.templates.own import OPTIONS
from rejoinder.bot.templates.variables import VARIABLE, variables_in
from rejoinder.channels.whatsapp.lengths import length_of
from rejoinder.model.written import Wording, WrittenHeader
from rejoinder.workbench.templates.languages import WITHOUT_SPACES

BODY = 1024
LINE = 60
SUFFIXES = {"image": (".jpg", ".jpeg", ".png"), "video": (".mp4",), "document": (".pdf",)}
"""The files that reviewers take, by what the header is."""

Step = str | int

_EDGE = re.compile(r"^\W*\{\{|\}\}\W*$")
_ADJACENT = re.compile(r"\}\}\s*\{\{")
_BRACES = re.compile(r"\{\{|\}\}")
_NAMED = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong in a file, and where."""

    path: tuple[Step, ...]
    """The way to it, such as ("languages", "en", "body")."""

    what: str
    """What is wrong."""

    cure: str
    """What to write instead."""


def words_flaws(wording: Wording, language: str, at: tuple[Step, ...]) -> Iterator[Flaw]:
    """Yield what is wrong with the words of a template whose words are the author's."""
    if not wording.body.strip():
        yield Flaw(at, "a template needs a body (Meta: 2388072)", "write body: …")
    yield from body_flaws(wording.body, BODY, language, (*at, "body"))
    if wording.header and wording.header.kind == "text":
        yield from _line(wording.header, (*at, "header"))
    footer = (*at, "footer")
    yield from too_long("the footer", wording.footer, LINE, footer)
    if _BRACES.search(wording.footer):
        yield Flaw(footer, "the footer has no variables (Meta: 2388073)", "write it into the body")
    yield from _together(wording, at)


def body_flaws(body: str, most: int, language: str, at: tuple[Step, ...]) -> Iterator[Flaw]:
    """Yield what is wrong with the words of a template or of a card."""
    yield from too_long("the body", body, most, at)
    yield from variable_flaws(body, at)
    if _EDGE.search(body):
        what = "a variable stands at the start or at the end of the body (Meta: 2388299)"
        yield Flaw(at, what, "put words before and after it: a mark such as . is no word")
    if _ADJACENT.search(body):
        yield Flaw(at, "two variables stand side by side (Meta: INVALID_FORMAT)", "put words between them")
    count = len(VARIABLE.findall(body))
    words = len(re.findall(r"\w+", VARIABLE.sub(" ", body)))
    if count and words < 2 * count + 1 and language not in WITHOUT_SPACES:
        what = f"{words} words are too few for {count} variables (Meta: 2388293)"
        yield Flaw(at, what, f"write {2 * count + 1} words or more, or fewer variables")


def variable_flaws(words: str, at: tuple[Step, ...]) -> Iterator[Flaw]:
    """Yield what is wrong with the variables in `words`."""
    if _BRACES.search(VARIABLE.sub("", words)):
        yield Flaw(at, "braces that are no variable (Meta: 2388072)", "write {{1}} or {{order_number}}")
    names = variables_in(words)
    wrong = [name for name in names if not ((name.isascii() and name.isdecimal()) or _NAMED.fullmatch(name))]
    if wrong:
        cure = f"write {{{{{_snake(wrong[0])}}}}}: a-z, 0-9 and _"
        yield Flaw(at, f"a variable cannot be called {wrong[0]!r} (Meta: 2388072)", cure)
    numbers = [int(name) for name in names if name.isdecimal()]
    if numbers and len(numbers) < len(names):
        yield Flaw(at, "variables have numbers or names, not both", "give each a name, or each a number")
    elif numbers and numbers != [*range(1, len(numbers) + 1)]:
        shown = ", ".join(f"{{{{{one}}}}}" for one in numbers)
        yield Flaw(at, f"variables are numbered from 1 on, without gaps, not {shown}", "number them anew")


def _snake(name: str) -> str:
    return re.sub(r"\W+", "_", name.strip().lower()).strip("_") or "name"


def too_long(what: str, words: str, most: int, at: tuple[Step, ...]) -> Iterator[Flaw]:
    """Yield a flaw for words that are too long."""
    if (long_ := length_of(words)) > most:  # an emoji counts as two
        long = f"{what} has {long_} characters (Meta: 2388040)"
        yield Flaw(at, long, f"shorten it to {most}")


def _line(header: WrittenHeader, at: tuple[Step, ...]) -> Iterator[Flaw]:
    yield from too_long("the header", header.text, LINE, at)
    yield from variable_flaws(header.text, at)
    if len(VARIABLE.findall(header.text)) > 1:
        what = "the header may have one variable (Meta: 2388047)"
        yield Flaw(at, what, "put the others into the body")
    if "\n" in header.text or not header.text:
        yield Flaw(at, "the header is one line (Meta: 2388047)", "put more words into the body")


def _together(wording: Wording, at: tuple[Step, ...]) -> Iterator[Flaw]:
    """Yield what is wrong with header and body together, and with the examples of their variables."""
    header = wording.header
    over = variables_in(header.text) if header else ()
    within = variables_in(wording.body)
    kinds = {name.isdecimal() for name in (*over, *within)}
    if len(kinds) > 1:
        what = "the variables of header and body have numbers or names, not both"
        yield Flaw((*at, "header"), what, "name them alike")
    for name in (*over, *within):
        if name in OPTIONS:
            what = f"templates.NAME(…) takes {name} for something else"
            yield Flaw((*at, "body"), what, f"call the variable {name}_text")
    if over and header and not (header.example or (over[0] in wording.examples and not over[0].isdecimal())):
        example = "{text: …, example: …}" if over[0].isdecimal() else f"examples: {{{over[0]}: …}}"
        what = "reviewers need an example of the variable in the header (Meta: 2388043)"
        yield Flaw((*at, "header"), what, f"write {example}")
    named = [name for name in over if not name.isdecimal()]
    yield from example_flaws(within, wording.examples, at, also=named)


def example_flaws(
    names: Iterable[str], examples: Mapping[str, str], at: tuple[Step, ...], also: Iterable[str] = ()
) -> Iterator[Flaw]:
    """Yield variables without an example, and examples of nothing. `also` are further variables."""
    names = [*names]
    missing = [name for name in names if not examples.get(name, "").strip()]
    if missing:
        what = (
            f"reviewers need an example of {', '.join(f'{{{{{name}}}}}' for name in missing)} (Meta: 2388043)"
        )
        yield Flaw((*at, "examples"), what, f"write examples: {{{missing[0]}: …}}")
    for name in examples.keys() - {*names, *also}:
        yield Flaw((*at, "examples", name), f"no variable is called {name!r}", "delete its example")


def media_flaws(header: WrittenHeader, at: tuple[Step, ...], folder: Path) -> Iterator[Flaw]:
    """Yield what is wrong with the file that reviewers see."""
    suffixes = SUFFIXES.get(header.kind)
    if suffixes is None:
        return
    if not header.example:
        what = f"reviewers need an example of the {header.kind} (Meta: 2388047)"
        yield Flaw(at, what, f"write {header.kind}: files/example{suffixes[0]}")
    elif not (folder / header.example).is_file():
        yield Flaw(at, f"there is no file {header.example} in the bot's folder", "put it there")
    elif Path(header.example).suffix.lower() not in suffixes:
        what = f"{header.example} is no {header.kind} (Meta: 2388047)"
        yield Flaw(at, what, f"take a file that ends in {' or '.join(suffixes)}")
