"""The values of expressions in a file, as far as they are known before a talk, and fillers for the rest."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from rejoinder.model.contents import Media, Text
from rejoinder.model.said import Button, Buttons, List, Row, Section, Template

PARTS = (Button, Buttons, List, Row, Section, Template, Text)
"""What a bot may make in place."""

CHECKED_OF_TEMPLATES = ("name", "language", "parameters", "header", "header_name")
"""The fields of a template that are looked at. The others are checked when it is said."""

FILLER = "…"
"""What stands for words that are known in a talk only. With a number behind it, where words must differ."""

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Unknown:
    """A value that is known in a talk only."""


class _Hidden(Exception):
    """A part of a content that cannot be filled, because nobody knows how many there are."""


def value_of(node: ast.expr, names: Mapping[str, object]) -> object:
    """Return the value of an expression, or an `Unknown`. `names` are the names that mean something there.

    Raises BotError when a content that is made there cannot be made.
    """
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            found = names.get(name)
            may_be_filled_later = found is None or (isinstance(found, str | list | dict) and not found)
            return Unknown() if may_be_filled_later else found
        case ast.Tuple(elts=parts):
            return tuple(value_of(part, names) for part in parts)
        case ast.List(elts=parts):
            return [value_of(part, names) for part in parts]
        case ast.Dict():
            return _mapping(node, names)
        case ast.Call(args=args):
            what = value_of(node.func, names)
            return Unknown() if args and what is not Template else _made(what, given(node, names, "name"))
        case _:
            return Unknown()


def given(node: ast.Call, names: Mapping[str, object], *positional: str) -> dict[str, object]:
    """Return the arguments of a call by their names, of which `positional` are the first."""
    places = dict(zip(positional, node.args, strict=False))
    named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    return {name: value_of(part, names) for name, part in {**places, **named}.items()}


def _mapping(node: ast.Dict, names: Mapping[str, object]) -> object:
    keys = [value_of(key, names) for key in node.keys if key]
    if None in node.keys or not all(isinstance(key, str | Unknown) for key in keys):  # such as {**others}
        return Unknown()
    return dict(zip(keys, (value_of(part, names) for part in node.values), strict=True))


def _made(what: Any, parts: Mapping[str, object]) -> object:
    """Return a content, or a part of one, made of what is known."""
    if not any(what is part for part in PARTS):
        return Unknown()
    if what is Template:
        # Without a language it is in the contact's: `rejoinder templates lint` looks into its file.
        parts = {"language": "en"} | {name: parts[name] for name in parts if name in CHECKED_OF_TEMPLATES}
    try:
        return what(**{name: _field(name, value) for name, value in parts.items()})
    except (TypeError, _Hidden):  # where an argument is missing, the line itself will tell
        return Unknown()


def _field(name: str, value: object) -> object:
    """Return the value for a field of a content, with fillers. Raises _Hidden where none can be given."""
    match value:
        case Unknown() if name in ("buttons", "rows", "sections"):
            raise _Hidden
        case Media():  # its file is looked for when it is said
            return FILLER
        case Unknown():
            return {"language": "en", "parameters": (), "name": "x"}.get(name, f"{FILLER}{id(value)}")
        case list() | tuple() if name != "parameters" and any(isinstance(part, Unknown) for part in value):
            raise _Hidden
        case list() | tuple():
            return [filled(part) for part in value]
        case dict():
            return {filled(key): filled(part) for key, part in value.items()}
        case _:
            return value


# --- fillers ------------------------------------------------------------------------------------------------


def filled(value: object) -> Any:
    """Return a value, with the filler in the place of one that is not known."""
    return FILLER if isinstance(value, Unknown) else value


def choices(value: object) -> Any:
    """Return what can be tapped, with fillers; None when it is not known how many there are."""
    match value:
        case Unknown():
            return None
        case dict():
            return {
                _choice(number, title): somebody if isinstance(leads_to, Unknown) else leads_to
                for number, (title, leads_to) in enumerate(value.items())
            }
        case list() | tuple():
            return type(value)(_choice(number, one) for number, one in enumerate(value))
        case _:
            return value


def _choice(number: int, value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_choice(number, part) for part in value)
    return f"{FILLER}{number}" if isinstance(value, Unknown) else value


def somebody(_chat: object) -> None:
    """Stand for a handler that is known in a talk only."""


# --- names --------------------------------------------------------------------------------------------------


def names_of(node: Function) -> set[str]:
    """Return the names that are a function's own: inside of it they mean nothing that is known before."""
    return {argument.arg for argument in arguments_of(node)} | set(_bound_in(node))


def arguments_of(node: Function) -> list[ast.arg]:
    """Return the arguments that a function takes."""
    return [part for part in ast.walk(node.args) if isinstance(part, ast.arg)]


def _bound_in(node: Function) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if part is not node:
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
            case _:
                pass
