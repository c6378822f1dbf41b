"""Questions: the kind of answer that each one wants, its message, and the value of an answer."""

import enum
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal, TypedDict

from rejoinder.bot import codec
from rejoinder.bot.buttons import choice_of, is_choice_of
from rejoinder.bot.choices import bear_numbers, chosen
from rejoinder.bot.choosing import check_converter, choices_of, contents_of
from rejoinder.bot.dates import date_of
from rejoinder.bot.forms import Unfit, answers_form, check_shape, in_words, is_shape, read_shape
from rejoinder.bot.numbers import decimal, whole
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.prompts import checked_prompt, first_that_fits, request_of, reworded, with_choices
from rejoinder.bot.saying import choices_in
from rejoinder.bot.templates.own import AnyTemplate
from rejoinder.bot.triggers import types_in
from rejoinder.channel_ports import Limits
from rejoinder.errors import BotError
from rejoinder.model.contents import Text
from rejoinder.model.letters import clean, plain
from rejoinder.model.requests import AddressRequest, ContactRequest, Form, LocationRequest
from rejoinder.model.said import OutboundContent
from rejoinder.model.sizes import bytes_of
from rejoinder.model.spoken import Several, text_of
from rejoinder.model.talk import MAX_ANSWER_BYTES, Answered, Asked
from rejoinder.model.updates import Inbound

MAX_ANSWERS = 3
"""The number of wrong answers after which a question is given up."""


class AskOptions(TypedDict, total=False):
    """What `ask` may be given beside the question and the kind of answer."""

    descriptions: Mapping[str, str] | None
    """The second lines of choices, by their titles."""

    retry: str | None
    """What is said to an answer that does not fit."""

    timeout: timedelta | None
    """How long the question waits for an answer."""

    outside_window: AnyTemplate | Literal["fail"] | None
    """The template that asks instead when the service window is closed; or it fails then."""


class WrongAnswer(Exception):  # no RejoinderError: `Chat.ask` always catches it
    """The answer does not fit its question."""

    def __init__(self, *, too_long: bool = False) -> None:
        super().__init__()
        self.too_long = too_long
        """Whether the answer does not fit because it is too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What an answer is read with."""

    language: str
    """The contact's language."""

    phrases: Phrases
    """What the bot says by itself, in that language."""

    today: date
    """The day of the contact's `today`."""


Convert = Callable[[Inbound, Reader], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question."""

    id: str
    """The short id of the question. The ids of its buttons contain it."""

    kind: str
    """The kind of answer, such as `int` or `choices`. It does not depend on the words of the question."""

    retry: str
    """The text after an answer that does not fit."""

    convert: Convert
    """Returns the value of an answer, or raises WrongAnswer. It is used when there are no choices."""

    choices: Mapping[str, Any]
    """The values of the choices, by their titles; empty when there are no choices."""

    descriptions: Mapping[str, str] = field(default_factory=dict)
    """The second lines of choices, by their titles."""

    prompt: OutboundContent | None = None
    """The ready-made content that asks; None when words do."""

    request: type[LocationRequest | ContactRequest] | None = None
    """The message whose button brings the answer; None when there is none."""

    shape: Any = None
    """The shape of the answers of a form; None when the answer is none."""

    in_lines: str = ""
    """How to answer a form by lines, on a network without forms."""

    @property
    def has_own_taps(self) -> bool:
        """Whether a ready-made content asks, with buttons or rows whose ids the author chose."""
        return self.prompt is not None and bool(choices_in(self.prompt))

    def asked(self, limits: Limits, words: str, menu: str) -> OutboundContent:
        """Return the message that asks: `words` with the choices, or with a button that brings the answer.

        The choices are buttons, a list or numbered lines: the first form that the network accepts. `menu` is
        the label of the button that opens a list. A ready-made content asks as it is where `words` are empty.
        """
        if isinstance(self.prompt, Form | AddressRequest) and self.shape and not limits.has_forms:
            return in_words(self.shape, replace(self.prompt, body=words or self.prompt.body), self.in_lines)
        if self.prompt is not None:
            return reworded(self.prompt, words) if words else self.prompt
        if self.choices:
            return with_choices(limits, words, menu, self.id, [*self.choices], self.descriptions)
        requests = [self.request(body=words)] if self.request else []
        return first_that_fits(limits, *requests, Text(body=words))

    def answered(self, answer: Inbound, asked: Asked, reader: Reader) -> Answered:
        """Return what `answer` is to this question, as a journal keeps it.

        Raises WrongAnswer when it does not fit.
        """
        if bytes_of(answer.text) > MAX_ANSWER_BYTES:
            raise WrongAnswer(too_long=True)
        entry = Answered(name=self.kind, content=answer.content, at=answer.at)
        if self.choices:
            return entry._replace(value=self._choice(answer, asked, reader))
        value = self.convert(answer, reader)
        if isinstance(answer.content, Several) and value in answer.content.contents:
            return entry._replace(content=value)
        if value is answer.content or (type(value) is str and value == clean(answer.text)):
            return entry
        return entry._replace(value=codec.write(value, "what the answer became"))

    def _choice(self, answer: Inbound, asked: Asked, reader: Reader) -> str:
        """Return which choice `answer` is: its title, its place, and all titles that were shown, as JSON.

        What counts is what was shown: the bot may have been changed since.
        """
        shown = asked.shown or tuple(self.choices)
        place = self._tapped(answer, asked, shown)
        if place is None:
            numbered = asked.numbered or not bear_numbers(shown, reader.phrases.language)
            place = chosen(answer.text, shown, numbered=numbered, phrases=reader.phrases)
        if place is None or not 0 <= place < len(shown):
            raise WrongAnswer
        title = today_of(self.choices, shown[place], place, shown)
        if title is None:
            raise WrongAnswer
        return json.dumps([title, place, shown], ensure_ascii=False)

    def _tapped(self, answer: Inbound, asked: Asked, shown: Sequence[str]) -> int | None:
        """Return the place of the choice that was tapped; None when no choice of this question was."""
        number = choice_of(answer) if is_choice_of(self.id, answer) else None
        if number is None:
            return None
        is_older = answer.quoted is not None and answer.quoted.outbound_id not in asked.messages[-1:]
        if is_older and answer.text in shown:  # a changed bot may have asked again, with other places
            return shown.index(answer.text)
        return number - 1


def question(
    id: str,  # noqa: A002 - a field
    answer: Any,
    retry: str | None,
    phrases: Phrases,
    *,
    prompt: str | OutboundContent = "",
    descriptions: Mapping[str, str] | None = None,
) -> Question:
    """Return the question for an `answer` of `Chat.ask`. Raises BotError when `ask` does not accept it."""
    choices = choices_of(answer) or {}
    kinds = contents_of(answer)
    content = checked_prompt(prompt, answer, kinds, id)
    if choices and content:
        raise BotError("choices go under words: ask(words, choices), or buttons=… of the content itself")
    if descriptions and not choices:
        raise BotError("descriptions are second lines of choices: ask(words, choices, descriptions=…)")
    convert, wants = (_words, "wants_other") if choices else _converter(answer, content)
    return Question(
        id=id,
        kind=kind_of(answer),
        retry=retry or str(getattr(phrases, wants)),
        convert=convert,
        choices=choices,
        descriptions=descriptions or {},
        prompt=content,
        request=request_of(kinds),
        shape=answer if is_shape(answer) else None,
        in_lines=phrases.in_lines,
    )


def kind_of(answer: Any) -> str:
    """Return the kind of answer that `answer` of `Chat.ask` wants, such as `int` or `choices`."""
    if answer is str:
        return "str"
    return _kind_of_type(answer) if isinstance(answer, type) else _kind_of(answer)


def _kind_of(answer: Any) -> str:
    if _has_choices(answer):
        return "choices"
    if contents_of(answer):
        return "|".join(kind.__qualname__ for kind in contents_of(answer))
    return str(getattr(answer, "__qualname__", type(answer).__qualname__))


_CHOICES = (list, dict)
_kind_of_type = lru_cache(maxsize=128)(_kind_of)  # a talk that runs again asks for the same few


def value_again(answer: Any, entry: Answered) -> Any:
    """Return the value of an answer that the journal keeps, for an `answer` of `Chat.ask`.

    Raises codec.Unknown when the bot was changed so that it has no such value any more.
    """
    if answer is not str and _has_choices(answer):
        return _choice_again(answer, *json.loads(entry.value))
    if entry.value:
        return codec.read(entry.value)
    if answer is not str and contents_of(answer):
        return entry.content
    return clean(text_of(entry.content))


def _choice_again(answer: Any, title: str, place: int, shown: Sequence[str]) -> Any:
    found = _plain_choice(answer, title)
    if found is not None:
        return found
    choices = choices_of(answer) or {}
    today = today_of(choices, title, place, shown)
    if today is None:
        raise codec.Unknown(title)
    return choices[today]


def _plain_choice(answer: Any, title: str) -> Any:
    """Return the value of a choice that is given as it was shown; None when it must be looked for.

    Nearly all are. The choices were checked when they were shown.
    """
    if type(answer) is dict:
        return answer.get(title)
    if isinstance(answer, enum.EnumType):
        members: Iterable[enum.Enum] = answer
        return next((member for member in members if member.value == title), None)
    return answer[answer.index(title)] if type(answer) is list and title in answer else None


def today_of(choices: Mapping[str, Any], title: str, place: int, shown: Sequence[str]) -> str | None:
    """Return the title that a choice has today; None when it is no choice any more.

    `shown` are the titles as they were shown. A choice whose title was mended is found by its place, if there
    are as many choices as before, and a new title with the same numbers stands at that place: 14:00 is
    not 9:00 mended.
    """
    if title in choices:
        return title
    if len(choices) != len(shown):
        return None
    today = [*choices][place]
    return None if today in shown or _numbers(today) != _numbers(title) else today


def _numbers(title: str) -> list[str]:
    return re.findall(r"\d+", plain(title))


def _has_choices(answer: Any) -> bool:
    if isinstance(answer, type):
        return issubclass(answer, enum.Enum)
    if type(answer) in _CHOICES:
        return True
    return isinstance(answer, Mapping | Sequence) and not isinstance(answer, str) and not types_in(answer)


def _converter(answer: Any, prompt: OutboundContent | None) -> tuple[Convert, str]:
    """Return the converter for `answer`, and the field of Phrases for an answer that does not fit."""
    if prompt and is_shape(answer):
        check_shape(answer)
        return _of_form(answer, prompt), "wants_other"
    kinds = contents_of(answer)
    if kinds:
        return _of_content(kinds, prompt), "wants_other"
    if isinstance(answer, type) and answer in _READERS:
        return _READERS[answer]
    check_converter(answer)
    return _by(answer), "wants_other"


def _words(answer: Inbound, _reader: Reader) -> str:
    words = clean(answer.text)
    if not words:
        raise WrongAnswer
    return words


def _by(convert: Callable[[str], Any]) -> Convert:
    return _reading(lambda words, _reader: convert(words))


def _reading(read: Callable[[str, Reader], Any]) -> Convert:
    def convert(answer: Inbound, reader: Reader) -> Any:
        words = _words(answer, reader)
        try:
            return read(words, reader)
        except (ValueError, ArithmeticError) as error:  # Decimal raises ArithmeticError
            if isinstance(error, BotError):
                raise
            raise WrongAnswer from error

    return convert


def _of_content(kinds: tuple[type, ...], prompt: OutboundContent | None) -> Convert:
    def convert(answer: Inbound, _reader: Reader) -> Any:
        content = answer.content
        parts = content.contents if isinstance(content, Several) else (content,)
        for part in parts:
            if isinstance(part, kinds) and answers_form(prompt, part):
                return part
        raise WrongAnswer

    return convert


def _of_form(answer: Any, prompt: OutboundContent) -> Convert:
    def convert(message: Inbound, reader: Reader) -> Any:
        try:
            return read_shape(answer, prompt, message, reader.language)
        except Unfit as error:
            raise WrongAnswer from error

    return convert


_READERS: Mapping[Any, tuple[Convert, str]] = {
    str: (_words, "wants_words"),
    int: (_reading(lambda words, reader: whole(words, reader.language)), "wants_whole_number"),
    float: (_reading(lambda words, reader: decimal(words, reader.language)), "wants_number"),
    date: (_reading(lambda words, reader: date_of(words, reader.language, reader.today)), "wants_date"),
}
"""For each type: what reads it, and the field of Phrases for words that do not fit."""
