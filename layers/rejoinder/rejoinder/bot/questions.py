"""Questions: the kind of answer that each one wants, its message, and the value of an answer."""

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypedDict

from rejoinder.bot.buttons import choice_button, is_choice_of, is_ours
from rejoinder.bot.choices import bear_numbers, chosen
from rejoinder.bot.dates import date_of
from rejoinder.bot.numbers import decimal, whole
from rejoinder.bot.phrases import Phrases
from rejoinder.errors import BotError, LimitExceeded
from rejoinder.model.contents import Button, Buttons, List, OutboundContent, Row, Section, Template, Text
from rejoinder.model.letters import clean
from rejoinder.model.updates import Inbound
from rejoinder.ports import Limits

MAX_ANSWERS = 3
"""The number of wrong answers after which a question is given up."""


class AskOptions(TypedDict, total=False):
    """What `ask` may be given beside the question and the kind of answer."""

    retry: str | None
    """What is said to an answer that does not fit."""

    timeout: timedelta | None
    """How long the question waits for an answer."""

    outside_window: Template | None
    """The template that asks instead when the service window is closed."""


class WrongAnswer(Exception):  # no RejoinderError: `Chat.ask` always catches it
    """The answer does not fit its question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question."""

    id: str
    """The short id of the question. The ids of its buttons contain it."""

    kind: str
    """The kind of answer, such as `int` or `choices`. It does not depend on the words of the question."""

    retry: str
    """The text after an answer that does not fit."""

    menu: str
    """The label of the button that opens the choices as a list."""

    convert: Callable[[Inbound], Any]
    """Returns the value of an answer, or raises WrongAnswer. It is used when there are no choices."""

    choices: Mapping[str, Any]
    """The values of the choices, by their titles; empty when there are no choices."""

    phrases: Phrases
    """The texts of the language in which it is asked."""

    def asked(self, limits: Limits, words: str) -> OutboundContent:
        """Return the message that asks: `words` with the choices.

        The choices are buttons, a list or numbered lines: the first form that the network accepts.
        """
        if not self.choices:
            return Text(body=words)
        ids = {choice_button(self.id, number): title for number, title in enumerate(self.choices, 1)}
        rows = tuple(Row(id=i, title=title) for i, title in ids.items())
        numbered = "\n".join(f"{number}. {title}" for number, title in enumerate(self.choices, 1))
        forms: list[OutboundContent] = [
            Buttons(body=words, buttons=tuple(Button(id=i, title=title) for i, title in ids.items())),
            List(body=words, button=self.menu, sections=(Section(rows=rows),)),
        ]
        return next((form for form in forms if _fits(limits, form)), Text(body=f"{words}\n\n{numbered}"))

    def value(self, answer: Inbound) -> Any:
        """Return the value of `answer`. Raises WrongAnswer when it does not fit."""
        if is_ours(answer) and not is_choice_of(self.id, answer):
            raise WrongAnswer  # it is a button of an earlier message
        if not self.choices:
            return self.convert(answer)
        titles = list(self.choices)
        lines = len(titles) > 10 or any(len(title) > 24 for title in titles)  # no list takes them
        numbered = lines or not bear_numbers(titles, self.phrases.language)
        place = chosen(answer.text, titles, numbered=numbered, phrases=self.phrases)
        if place is None:
            raise WrongAnswer
        return self.choices[titles[place]]


def question(id: str, answer: Any, retry: str | None, phrases: Phrases) -> Question:  # noqa: A002 - a field
    """Return the question for an `answer` of `Chat.ask`. Raises BotError when `ask` does not accept it."""
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
        raise BotError(f"ask() cannot read a {answer.__name__} from words: give a function or choices")
    elif callable(answer):
        read, wants = _READERS.get(answer, (lambda words, *_: answer(words), "wants_other"))
        convert, default = _by(read, phrases.language), getattr(phrases, wants)
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
        phrases=phrases,
    )


def _fits(limits: Limits, content: OutboundContent) -> bool:
    try:
        limits.check(content)
    except LimitExceeded:
        return False
    return True


def _words(answer: Inbound) -> str:
    words = clean(answer.text)
    if not words:
        raise WrongAnswer
    return words


def _by(read: Callable[[str, str, date], Any], language: str) -> Callable[[Inbound], Any]:
    def convert(answer: Inbound) -> Any:
        sent_on = datetime.fromtimestamp(answer.at, UTC).date()  # the same at each run
        try:
            return read(_words(answer), language, sent_on)
        except (ValueError, ArithmeticError) as error:  # Decimal raises ArithmeticError
            raise WrongAnswer from error

    return convert


def _of_content(kind: type) -> Callable[[Inbound], Any]:
    def convert(answer: Inbound) -> Any:
        if not isinstance(answer.content, kind):
            raise WrongAnswer
        return answer.content

    return convert


_READERS: dict[Any, tuple[Callable[[str, str, date], Any], str]] = {
    str: (lambda words, *_: words, "wants_words"),
    int: (lambda words, language, _: whole(words, language), "wants_whole_number"),
    float: (lambda words, language, _: decimal(words, language), "wants_number"),
    date: (date_of, "wants_date"),
}
"""For each type: what reads the words in a language on a day, and the field of Phrases for a wrong answer."""
