"""What the bot's own source says of its templates, as far as it is written out."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from rejoinder.bot.templates.filling import title_of
from rejoinder.bot.templates.own import OPTIONS
from rejoinder.bot.templates.variables import variables_in
from rejoinder.model.written import Wording, WrittenTemplate
from rejoinder.workbench.checks.bots import source_files

Templates = dict[str, WrittenTemplate | None]
"""The templates of the bot by their names; None for one whose file cannot be read."""


@dataclass(frozen=True, slots=True)
class Misuse:
    """A line of the bot that cannot say what it says."""

    file: Path
    """The file of the bot."""

    line: int
    """The line, from 1 on."""

    what: str
    """What is wrong."""

    cure: str
    """What to write instead."""


def misuses(folder: Path, templates: Templates) -> Iterator[Misuse]:
    """Yield what the source of the bot in `folder` says wrong of its templates. Nothing of it is run."""
    for file in source_files(folder):
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):  # `rejoinder test` tells
            continue
        ours = _names(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for line, what, cure in _call(node, ours, templates):
                    yield Misuse(file, line, what, cure)


def _names(tree: ast.Module) -> dict[str, str]:
    """Return what `templates` and `Template` of rejoinder are called in a file."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "rejoinder"
        for alias in node.names
        if alias.name in ("templates", "Template")
    }


def _call(node: ast.Call, ours: dict[str, str], templates: Templates) -> Iterator[tuple[int, str, str]]:
    match node.func:
        case ast.Attribute(value=ast.Name(id=name), attr=template) if ours.get(name) == "templates":
            if template in templates:
                yield from _own(node, templates[template])
                yield from _buttons(node, templates[template])
        case ast.Name(id=name) if ours.get(name) == "Template":
            template = _name_given(node)
        case _:
            return
    if template and template not in templates:
        near = get_close_matches(template, templates, 1)
        cure = f"did you mean {near[0]}?" if near else "write its file, or run `rejoinder templates pull`"
        yield node.lineno, f"no template is called {template!r}", cure


def _name_given(node: ast.Call) -> str:
    """Return the name of a `Template(…)`; empty where it is not written out."""
    named = [keyword.value for keyword in node.keywords if keyword.arg == "name"]
    match [*node.args[:1], *named]:
        case [ast.Constant(value=str(name)), *_]:
            return name
        case _:
            return ""


def _own(node: ast.Call, template: WrittenTemplate | None) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong with `templates.NAME(…)`, judged by the first language."""
    if template is None or template.category == "authentication" or not template.languages:
        return
    name, line, wording = template.name, node.lineno, next(iter(template.languages.values()))
    wanted = _wanted(wording)
    numbered = [one for one in wanted if one.isdecimal()]
    is_open = any(keyword.arg is None for keyword in node.keywords)
    if any(isinstance(one, ast.Starred) for one in node.args):
        return
    call = ", ".join("…" if one.isdecimal() else f"{one}=…" for one in wanted)
    cure = f"write templates.{name}({call})"
    if len(node.args) != len(numbered):
        yield line, f"{name} has {len(numbered)} numbered variables, not {len(node.args)}", cure
    given = {keyword.arg for keyword in node.keywords if keyword.arg} - {*OPTIONS}
    for one in sorted(given - {*wanted}):
        yield line, f"{name} has no variable {one!r}", cure
    missing = [one for one in wanted if not one.isdecimal() and one not in given]
    if missing and not is_open:
        yield line, f"{name} needs {' and '.join(missing)}, too", cure


def _buttons(node: ast.Call, template: WrittenTemplate | None) -> Iterator[tuple[int, str, str]]:
    """Yield the buttons of `templates.NAME(buttons={…})` that no language has."""
    if template is None:
        return
    there = [title_of(one) for wording in template.languages.values() for one in wording.buttons]
    for keyword in node.keywords:
        if keyword.arg == "buttons" and isinstance(keyword.value, ast.Dict):
            for key in keyword.value.keys:
                if isinstance(key, ast.Constant) and key.value not in there:
                    near = ", ".join(map(repr, dict.fromkeys(there))) or "no buttons"
                    yield key.lineno, f"{template.name} has no button {key.value!r}", f"write one of {near}"


def _wanted(wording: Wording) -> list[str]:
    """Return the variables that a call fills: those of the body, and a named one of the header."""
    over = variables_in(wording.header.text) if wording.header else ()
    return [*dict.fromkeys((*variables_in(wording.body), *(one for one in over if not one.isdecimal())))]
