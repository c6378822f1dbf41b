"""Questions: what kind of answer is wanted, how it is asked for, and what an answer means."""

import enum
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rejoinder.bot.buttons import choice_button, is_choice_of, is_ours
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.words import fold
from rejoinder.errors import BotError, LimitExceeded
from rejoinder.model.contents import Button, Buttons, List, OutboundContent, Row, Section, Tap, Text
from rejoinder.model.updates import Inbound
from rejoinder.ports import Limits

MAX_ANSWERS = 3
"""Wrong answers after which a question is given up."""


class WrongAnswer(Exception):  # not an error of anything
    """An answer that does not fit its question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question: `choices` lead from titles to values; without them, `convert` makes a value.

    `kind` names the kind of answer, whatever the words are; `menu` is the label of a list's button.
    """

    id: str
    kind: str
    retry: str
    menu: str
    convert: Callable[[Inbound], Any]
    choices: Mapping[str, Any]

    def asked(self, limits: Limits, words: str) -> OutboundContent:
        """`words` with the choices: as buttons, as a list, or numbered, whichever the network takes first."""
        if not self.choices:
            return Text(body=words)
        ids = {choice_button(self.id, number): title for number, title in enumerate(self.choices, 1)}
        rows = tuple(Row(id=i, title=title) for i, title in ids.items())
        numbered = "\n".join(f"{number}. {title}" for number, title in enumerate(self.choices, 1))
        forms: list[OutboundContent] = [
            Buttons(body=words, buttons=tuple(Button(id=i, title=title) for i, title in ids.items())),
            List(body=words, button=self.menu, sections=(Section(rows=rows),)),
        ]
        return next((form for form in forms if _is_taken(limits, form)), Text(body=f"{words}\n\n{numbered}"))

    def value(self, answer: Inbound) -> Any:
        """What `answer` means; WrongAnswer when it means nothing."""
        if is_ours(answer) and not is_choice_of(self.id, answer):
            raise WrongAnswer  # a button of an earlier message
        if not self.choices:
            return self.convert(answer)
        said = fold(answer.text)
        for title in self.choices:
            if said and said == fold(title):
                return self.choices[title]
        for number, title in enumerate(self.choices, 1):
            if said == str(number) and not isinstance(answer.content, Tap):
                return self.choices[title]
        raise WrongAnswer


def question(id: str, answer: Any, retry: str | None, phrases: Phrases) -> Question:  # noqa: A002 - what it is
    """The question for an `answer` as `Chat.ask` takes it; BotError for one that it does not."""
    choices: dict[str, Any] = {}
    convert: Callable[[Inbound], Any] = _words
    default = phrases.wants_other
    if isinstance(answer, type) and issubclass(answer, enum.Enum):
        choices = {str(member.value): member for member in answer}
    elif isinstance(answer, type) and "kind" in getattr(answer, "__dataclass_fields__", {}):
        convert = _of_content(answer)
    elif isinstance(answer, Mapping):
        choices = dict(answer)
    elif isinstance(answer, Sequence) and not isinstance(answer, str):
        choices = {title: title for title in answer}
    elif answer in (bool, datetime):
        raise BotError(
            f"{answer.__name__} makes something else of words than they mean: give a function or choices"
        )
    elif callable(answer):
        converter, wants = _CONVERTERS.get(answer, (answer, "wants_other"))
        convert, default = _by(converter), getattr(phrases, wants)
    else:
        raise BotError(f"ask() takes a type, a converter or choices, not {answer!r}")
    if not choices and isinstance(answer, Mapping | Sequence):
        raise BotError("a question with choices needs at least one")
    return Question(
        id=id,
        kind="choices" if choices else getattr(answer, "__qualname__", type(answer).__qualname__),
        retry=retry or default,
        menu=phrases.choose,
        convert=convert,
        choices=choices,
    )


def _is_taken(limits: Limits, content: OutboundContent) -> bool:
    try:
        limits.check(content)
    except LimitExceeded:
        return False
    return True


def _words(answer: Inbound) -> str:
    if not answer.text.strip():
        raise WrongAnswer
    return answer.text.strip()


def _by(converter: Callable[[str], Any]) -> Callable[[Inbound], Any]:
    def convert(answer: Inbound) -> Any:
        try:
            return converter(_words(answer))
        except (ValueError, ArithmeticError) as error:  # the latter is what Decimal raises
            raise WrongAnswer from error

    return convert


def _of_content(kind: type) -> Callable[[Inbound], Any]:
    def convert(answer: Inbound) -> Any:
        if not isinstance(answer.content, kind):
            raise WrongAnswer
        return answer.content

    return convert


def _float(words: str) -> float:
    number = float(words.replace(",", "."))
    if not math.isfinite(number):
        raise ValueError(words)
    return number


def _date(words: str) -> date:
    """2026-12-24 or 24.12.2026."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return datetime.strptime(words, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone


_CONVERTERS: dict[Any, tuple[Callable[[str], Any], str]] = {
    str: (str, "wants_words"),
    int: (int, "wants_whole_number"),
    float: (_float, "wants_number"),
    date: (_date, "wants_date"),
}
"""What becomes of the words, and which of the Phrases answers those that do not fit."""
