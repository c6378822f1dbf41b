"""Everything that a bot's author can reach has a docstring, and is in the reference."""

import ast
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, get_args

import pytest

import rejoinder
from rejoinder import testing

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"

INTERNAL = "rejoinder itself uses this"
"""What the docstring of a name says that is public for rejoinder's own modules only."""

TAG = "kind"
"""The name that each content has. The first page of the reference explains it once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One attribute, property or method of a class."""

    doc: str
    types: frozenset[str]
    """The names in its annotations."""

    home: str
    """The module that has it."""


def named(*nodes: ast.AST | None) -> frozenset[str]:
    """Return the names in annotations, also in those that are written as text."""
    names: set[str] = set()
    for node in nodes:
        for part in ast.walk(node) if node else ():
            if isinstance(part, ast.Name):
                names.add(part.id)
            elif isinstance(part, ast.Constant) and isinstance(part.value, str) and "." not in part.value:
                names |= {*re.findall(r"\w+", part.value)}
    return frozenset(names)


def documented_in(statement: ast.stmt | None) -> str:
    """Return the docstring of the attribute before `statement`; empty when that is none."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str(doc))):
            return doc
        case _:
            return ""


def assigned(statement: ast.stmt) -> tuple[ast.expr | None, ast.expr | None]:
    """Return what a statement assigns to, and its annotation."""
    match statement:
        case ast.AnnAssign(target=target, annotation=annotation):
            return target, annotation
        case ast.Assign(targets=[target]):
            return target, None
        case _:
            return None, None


def members_in(
    body: list[ast.stmt], home: str, kind: type[ast.expr] = ast.Name
) -> Iterator[tuple[str, Member]]:
    """Yield the members that the statements of a class declare, and those that `__init__` gives `self`."""
    for statement, next_one in zip(body, [*body[1:], None], strict=True):
        if isinstance(statement, ast.FunctionDef):
            given = statement.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            kinds = named(statement.returns, *(one.annotation for one in every if one))
            yield statement.name, Member(doc=ast.get_docstring(statement) or "", types=kinds, home=home)
            if statement.name == "__init__":
                yield from members_in(statement.body, home, ast.Attribute)
            continue
        target, annotation = assigned(statement)
        match target if isinstance(target, kind) else None:
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name):
                yield name, Member(doc=documented_in(next_one), types=named(annotation), home=home)
            case _:
                pass


def members_of(cls: type) -> dict[str, Member]:
    """Return the public members of one of our classes, with those of its bases, and `__init__`."""
    members: dict[str, Member] = {}
    for base in reversed(getattr(cls, "__orig_mro__", cls.__mro__)):
        if not base.__module__.startswith("rejoinder"):
            continue
        tree = ast.parse(inspect.getsource(sys.modules[base.__module__]))
        node = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == base.__name__)
        for name, member in members_in(node.body, base.__module__):
            if name.startswith("_") and name != "__init__":
                continue
            before = members.get(name, member)  # an overload, or the member of a base
            members[name] = replace(member, doc=member.doc or before.doc, types=member.types | before.types)
    return members


def classes_in(value: Any) -> Iterator[type]:
    """Yield our classes that a name in an annotation stands for: a class, or a union of several."""
    if isinstance(value, TypeVar):
        for part in (value.__bound__, *value.__constraints__):
            yield from classes_in(part)
    elif inspect.isclass(value):
        if value.__module__.startswith("rejoinder"):
            yield value
    else:
        for part in get_args(value):
            yield from classes_in(part)


def classes_called(name: str, home: str) -> Iterator[type]:
    """Yield our classes that `name` stands for in a module. Only type checkers may import it there."""
    module = sys.modules[home]
    sources = re.findall(rf"from (rejoinder[\w.]*) import [^)\n]*\b{name}\b", inspect.getsource(module))
    known = [source for source in sources if importlib.util.find_spec(source)]  # others are stubs
    for one in (module, *map(importlib.import_module, known)):
        if hasattr(one, name):
            return classes_in(getattr(one, name))
    return iter(())


def reachable() -> dict[str, type]:
    """Return the classes that an author can reach, by their full names: those that they can import, and those
    that a public member of these has or takes.
    """
    todo = [value for name in rejoinder.__all__ for value in classes_in(getattr(rejoinder, name))]
    todo += [value for name in testing.__all__ for value in classes_in(getattr(testing, name))]
    found: dict[str, type] = {}
    while todo:
        cls = todo.pop()
        if f"{cls.__module__}.{cls.__qualname__}" in found:
            continue
        found[f"{cls.__module__}.{cls.__qualname__}"] = cls
        members = members_of(cls)
        if "Args:" not in (cls.__doc__ or ""):
            members.pop("__init__", None)  # an author never makes one of those
        for member in members.values():
            if INTERNAL not in member.doc:
                todo += (cls for name in member.types for cls in classes_called(name, member.home))
    return found


def documented() -> dict[str, set[str]]:
    """Return what the reference shows: full names, and for each the members that it leaves out."""
    shown: dict[str, set[str]] = {}
    for page in REFERENCE.glob("*.md"):
        for name, options in re.findall(r"^::: ([\w.]+)\n((?: .*\n)*)", page.read_text(), re.MULTILINE):
            module, _, attribute = name.rpartition(".")
            value = getattr(importlib.import_module(module), attribute)
            shown[f"{value.__module__}.{value.__qualname__}"] = {*re.findall(r"!\^(\w+)\$", options)}
    return shown


REACHABLE, DOCUMENTED = reachable(), documented()
FUNCTIONS = {
    name: value for name in rejoinder.__all__ if inspect.isfunction(value := getattr(rejoinder, name))
}
"""The functions that an author can import."""


def test_much_can_be_reached_by_an_author() -> None:
    names = {name.rpartition(".")[2] for name in REACHABLE}
    assert {*rejoinder.__all__} - {"templates", *FUNCTIONS} <= names
    assert {"Inbound", "Contact", "Account", "Window", "OrderItem", "MessageError", "Phone"} <= names
    assert "content" in members_of(REACHABLE["rejoinder.model.updates.Inbound"])
    assert {"window", "message", "data", "say", "ask"} <= {*members_of(rejoinder.Chat)}


@pytest.mark.parametrize("name", sorted(REACHABLE))
def test_a_class_has_a_docstring_and_a_place_in_the_reference(name: str) -> None:
    assert REACHABLE[name].__doc__
    assert name in DOCUMENTED, f"docs/reference/ does not show {name}"


@pytest.mark.parametrize("name", sorted(REACHABLE))
def test_each_public_member_has_a_docstring_and_is_shown(name: str) -> None:
    members = members_of(REACHABLE[name])
    for known in (TAG, "__init__"):  # the class's own docstring describes what `__init__` takes
        members.pop(known, None)
    undocumented = [one for one, member in members.items() if not member.doc]
    assert not undocumented, f"{name} has members without a docstring: {undocumented}"
    internal = {one for one, member in members.items() if INTERNAL in member.doc}
    assert DOCUMENTED.get(name, set()) & members.keys() == internal


def test_the_reference_shows_only_what_an_author_can_reach() -> None:
    plugin = "rejoinder.testing.plugin"
    others = ERRORS | {f"{function.__module__}.{name}" for name, function in FUNCTIONS.items()}
    assert {name for name in DOCUMENTED if not name.startswith(plugin)} <= REACHABLE.keys() | others
    assert DOCUMENTED.keys() >= others
    assert all(function.__doc__ for function in FUNCTIONS.values())


ERRORS = {f"rejoinder.errors.{name}" for name in ("TurnTooLarge", "SuspensionSwallowed", "BotFailed")}
"""The errors that an author meets, and need not import."""


def test_the_reference_explains_the_tag_of_contents() -> None:
    assert f"`{TAG}`" in (REFERENCE / "index.md").read_text()


def test_the_fixture_of_the_plugin_is_in_the_reference() -> None:
    assert "::: rejoinder.testing.plugin.phone\n" in (REFERENCE / "testing.md").read_text()
