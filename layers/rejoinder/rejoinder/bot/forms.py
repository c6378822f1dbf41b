"""The answers of a form → a dictionary, whose keys and types a TypedDict says.

On a network without forms the fields are written out as lines, and the contact answers by such lines:

    Name: Ada
    Guests: 4

A field that nobody can type, and that is not needed, is not asked for.
"""

import re
import types
import typing
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, NotRequired, Required, get_args, get_origin, get_type_hints

from rejoinder.bot.numbers import decimal, whole
from rejoinder.bot.words import fold
from rejoinder.errors import BotError
from rejoinder.model.contents import FormReply, Text
from rejoinder.model.requests import AddressRequest, Form
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import Inbound

TOKEN = "flow_token"  # noqa: S105 - the name of a field
"""Where the network brings back the token of a form, among the answers."""

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")


class Unfit(Exception):  # no RejoinderError: whoever reads a form catches it
    """The answers are not of the shape that is wanted."""


def is_shape(answer: object) -> bool:
    """Whether `answer` of `Chat.ask` stands for the answers of a form: a TypedDict, or `dict` for any."""
    return answer is dict or get_origin(answer) is dict or _is_typed(answer)


def _is_typed(answer: object) -> bool:
    # typing_extensions has a TypedDict of its own, which typing does not know.
    return isinstance(answer, type) and issubclass(answer, dict) and hasattr(answer, "__required_keys__")


def check_shape(answer: Any) -> None:
    """Raise BotError when no form could answer with that shape."""
    for name, (hint, _is_needed) in _fields(answer).items():
        if not _can_be_read(hint):
            raise BotError(
                f"the field {name} of {answer.__name__} is {hint!r}: a form answers with "
                "str, int, float, bool, list[…], Literal[…], None, dict and TypedDict"
            )


def read_shape(answer: Any, asked: OutboundContent, message: Inbound, language: str) -> dict[str, Any]:
    """Return the answers in `message` to the form that was asked. Typed numbers are read in that language.

    Raises Unfit when they are of another shape, or answer another form.
    """
    reply = next((one for one in (message.content, *message.parts) if isinstance(one, FormReply)), None)
    if reply is None and _is_typed(answer) and isinstance(message.content, Text):
        return _read_fields(answer, _typed_lines(answer, message.text, language))
    if reply is None or not answers_form(asked, reply):
        raise Unfit
    answers = {name: value for name, value in reply.answers.items() if name != TOKEN}
    if isinstance(asked, AddressRequest) and isinstance(answers.get("values"), dict):
        answers = answers["values"]
    return _read_fields(answer, answers) if _is_typed(answer) else answers


def in_words(answer: Any, asked: Form | AddressRequest, how: str) -> Text:
    """Return the words that ask for the fields of `answer`, one line for each.

    Where there are several, `how` says that one message has them all.

    Raises BotError when they cannot be typed, or are not known.
    """
    fields = _fields(answer)
    if not fields:
        raise BotError(
            "this network has no forms, so the contact types the answers: name the fields by a TypedDict, "
            "ask(Form(…), MyTypedDict)"
        )
    for name, (hint, is_needed) in fields.items():
        if not _can_be_typed(hint) and is_needed:
            raise BotError(f"this network has no forms, and nobody can type the field {name}: {hint!r}")
    lines = [f"{_label(name)}: {_choices(hint)}".rstrip() for name, hint in _typed(answer).items()]
    over = asked.header if isinstance(asked.header, str) else ""
    parts = [over, asked.body, "\n".join(lines), how if len(lines) > 1 else "", asked.footer]
    return Text(body="\n\n".join(filter(None, parts)))


def _typed(answer: Any) -> dict[str, Any]:
    """Return the type of each field that can be typed."""
    return {name: hint for name, (hint, _) in _fields(answer).items() if _can_be_typed(hint)}


def _typed_lines(answer: Any, words: str, language: str) -> dict[str, Any]:
    """Return what was typed for each field. Lines without a name are for the fields in order: for all of
    them, or for those that are needed.

    Raises Unfit when it cannot be told which is which.
    """
    hints = _typed(answer)
    names = {fold(_label(name)): name for name in hints}
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    named: dict[str, str] = {}
    for line in lines:
        label, _, value = line.partition(":")
        name = names.get(fold(label))
        if name and value.strip():
            named[name] = value.strip()
    named = named or _in_order(answer, lines)
    return {name: _filled_in(hints[name], value, language) for name, value in named.items()}


def _in_order(answer: Any, lines: list[str]) -> dict[str, str]:
    needed = [name for name, (_, is_needed) in _fields(answer).items() if is_needed]
    for names in (list(_typed(answer)), needed):
        if len(names) == len(lines):
            return dict(zip(names, lines, strict=True))
    raise Unfit


def _filled_in(hint: Any, words: str, language: str) -> Any:
    """Return what was typed for a field as a form would tell it. What does not fit stays words."""
    kinds = get_args(hint) if get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    if list[str] in kinds:
        return [part.strip() for part in words.split(",") if part.strip()]
    values = [value for kind in kinds if get_origin(kind) is Literal for value in get_args(kind)]
    if values:
        return next((value for value in values if fold(value) == fold(words)), words)
    for kind, read in ((int, whole), (float, decimal)):
        if kind in kinds and str not in kinds:
            with suppress(ValueError):
                return read(words, language)
    return words


def _label(name: str) -> str:
    """Return the name of a field as people read it: `Number of guests` for `number_of_guests`."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _choices(hint: Any) -> str:
    """Return the values that a field may have; empty for any."""
    return f"({' / '.join(map(str, get_args(hint)))})" if get_origin(hint) is Literal else ""


def _can_be_typed(hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return all(isinstance(value, str) for value in get_args(hint))
    if get_origin(hint) in (typing.Union, types.UnionType):
        return any(map(_can_be_typed, get_args(hint)))
    return hint in (str, int, float, list[str], Any, object)


def answers_form(asked: OutboundContent | None, content: object) -> bool:
    """Whether a content may answer what was asked: it does not name another form. Some name none."""
    if not (isinstance(asked, Form) and isinstance(content, FormReply)):
        return True
    return content.answers.get(TOKEN, "") in ("", asked.token)


def _fields(answer: Any) -> dict[str, tuple[Any, bool]]:
    """Return the type of each field, and whether the field is needed."""
    if not _is_typed(answer):
        return {}
    hints = get_type_hints(answer, include_extras=True)
    return {name: _needed(hint, name in answer.__required_keys__) for name, hint in hints.items()}


def _needed(hint: Any, is_needed: bool) -> tuple[Any, bool]:  # noqa: FBT001 - it has no name where it comes from
    if get_origin(hint) in (Required, NotRequired):
        return get_args(hint)[0], get_origin(hint) is Required
    return hint, is_needed


def _read_fields(answer: Any, given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Unfit
    read = {}
    for name, (hint, is_needed) in _fields(answer).items():
        if name in given:
            read[name] = _read(hint, given[name])
        elif is_needed:
            raise Unfit
    return read


def _read(hint: Any, value: Any) -> Any:
    if hint in _READERS:
        return _READERS[hint](value)
    if _is_typed(hint):
        return _read_fields(hint, value)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _read_first(parts, value)
    if origin is Literal:
        return _read_literal(parts, value)
    if origin is list:
        return [_read(parts[0], one) for one in _of(list)(value)]
    return _of(dict)(value)


def _read_first(hints: tuple[Any, ...], value: Any) -> Any:
    for hint in hints:
        try:
            return _read(hint, value)
        except Unfit:
            continue
    raise Unfit


def _read_literal(values: tuple[Any, ...], value: Any) -> Any:
    if not any(type(value) is type(one) and value == one for one in values):
        raise Unfit
    return value


def _of(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise Unfit
        return value

    return read


def _number(kind: type[int] | type[float]) -> Callable[[Any], Any]:
    """Return what reads a number. Fields of forms give what was typed as a text, numbers too."""

    def read(value: Any) -> Any:
        if type(value) is str and _NUMBER.fullmatch(value.strip()):
            value = float(value) if "." in value else int(value)
        if type(value) is not int and not (type(value) is float and kind is float):
            raise Unfit
        return kind(value)

    return read


_READERS: dict[Any, Callable[[Any], Any]] = {
    str: _of(str),
    bool: _of(bool),
    int: _number(int),
    float: _number(float),
    list: _of(list),
    dict: _of(dict),
    type(None): _of(type(None)),
    None: _of(type(None)),
    Any: lambda value: value,
    object: lambda value: value,
}


def _can_be_read(hint: Any) -> bool:
    if hint in _READERS or get_origin(hint) in (Literal, dict):
        return True
    if _is_typed(hint):
        return all(_can_be_read(part) for part, _ in _fields(hint).values())
    return get_origin(hint) in (typing.Union, types.UnionType, list) and all(
        map(_can_be_read, get_args(hint))
    )
