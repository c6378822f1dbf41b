"""The author's samconfig.toml: their environments, and what `rejoinder deploy` writes there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import tomlkit
from tomlkit.exceptions import TOMLKitError

from rejoinder.workbench.errors import StackError

NAME = "samconfig.toml"

_VALUE = r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^ "\\])+)"""
_PAIR = re.compile(
    rf"""(?:ParameterKey=["']?(\w+)["']?,ParameterValue={_VALUE})|(?:(?<!\S)["']?(\w+)["']?={_VALUE})"""
)
"""The two ways in which the SAM CLI lets a parameter be written in a string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One environment of samconfig.toml. What is not written there is None."""

    name: str
    stack_name: str | None
    region: str | None
    profile: str | None

    parameters: Mapping[str, str]
    """The template's parameters that the environment sets."""

    keys: frozenset[str]
    """What it sets for `sam deploy`."""


class Samconfig:
    """A samconfig.toml. What it says besides, and its comments, stay as they are when it is written."""

    def __init__(self, path: Path, document: Any) -> None:
        self.path = path
        self._document = document

    @classmethod
    def read(cls, root: Path) -> Self:
        """Read the file of a project, which need not exist. Raises StackError when it cannot be read."""
        path = root / NAME
        try:
            text = path.read_bytes().decode()
        except FileNotFoundError:
            text = "version = 0.1\n"
        except (OSError, UnicodeDecodeError) as error:
            raise StackError(f"{path} cannot be read: {error}") from None
        try:
            return cls(path, tomlkit.parse(text))
        except TOMLKitError as error:
            raise StackError(f"{path} is no TOML, mend it: {error}") from None

    @property
    def names(self) -> list[str]:
        """The environments that are written there."""
        return [name for name, table in self._document.items() if isinstance(table, dict)]

    def choose(self, name: str | None) -> str:
        """Return the environment to use: the named one, else dev, else SAM's default.

        Raises StackError, with those that exist, when there is no such environment.
        """
        there = self.names
        chosen = name or next((usual for usual in ("dev", "default") if usual in there), None)
        if chosen is None and not there:
            return "dev"
        if chosen not in there:
            what = f"has no environment {name}" if name else "has neither dev nor default"
            raise StackError(
                f"{self.path.name} {what}: choose one with --env ({', '.join(there) or 'there is none'}), "
                f"or begin one there: [{name or 'dev'}.global.parameters]"
            )
        return chosen

    def check_version(self) -> None:
        """Raise StackError when the SAM CLI would refuse the file."""
        if not isinstance(self._document.get("version"), float):
            raise StackError(f"{self.path}: its first line must be `version = 0.1`, as the SAM CLI wants it")

    def environment(self, name: str) -> Environment:
        """Return an environment. Raises StackError when a value there is of the wrong type."""
        given = {**self._table(name, "global"), **self._table(name, "deploy")}
        return Environment(
            name=name,
            stack_name=self._text(given, "stack_name"),
            region=self._text(given, "region"),
            profile=self._text(given, "profile"),
            parameters=_read(given.get("parameter_overrides", "")),
            keys=frozenset(map(str, given)),
        )

    def remember(self, name: str, *, stack_name: str, region: str, parameters: Mapping[str, str]) -> None:
        """Write the name of the stack, its region and parameters into an environment."""
        for key, value in (("stack_name", stack_name), ("region", region)):
            in_deploy = self._table(name, "deploy")
            table = in_deploy if key in in_deploy else self._made(name, "global")
            if table.get(key) != value:
                table[key] = value
        there = self.environment(name).parameters
        new = {key: value for key, value in parameters.items() if there.get(key, "") != value}
        if new:
            given = self._made(name, "deploy")
            given["parameter_overrides"] = _with(given.get("parameter_overrides", ""), new)
        draft = self.path.with_suffix(".new")
        draft.write_bytes(tomlkit.dumps(self._document).encode())
        draft.replace(self.path)

    def _table(self, name: str, command: str) -> Any:
        """Return the table [name.command.parameters]; an empty one when there is none."""
        table = self._document
        for key in (name, command, "parameters"):
            table = table.get(key, {})
            if not isinstance(table, dict):
                raise StackError(f"{self.path}: [{name}.{command}.parameters] must be a table, mend it")
        return table

    def _made(self, name: str, command: str) -> Any:
        """Return the table [name.command.parameters] of the document, which gets it if it has none."""
        self._table(name, command)
        table = self._document
        for key in (name, command, "parameters"):
            if key not in table:
                table[key] = tomlkit.table(is_super_table=key != "parameters")
            table = table[key]
        return table

    def _text(self, given: Mapping[str, Any], key: str) -> str | None:
        value = given.get(key)
        if value is not None and not isinstance(value, str):
            raise StackError(f"{self.path}: {key} must be a text in quotation marks, not {value!r}")
        return str(value) if value else None


def _read(written: Any) -> dict[str, str]:
    """Return parameters, in each of the forms that SAM knows: a string, a list of them, or a table."""
    if isinstance(written, dict):
        return {str(key): _joined(value) for key, value in written.items()}
    if isinstance(written, list):
        return {key: value for part in written for key, value in _read(part).items()}
    found = (match.groups() for match in _PAIR.finditer(str(written)))
    return {a or c: _unquoted(b or d) for a, b, c, d in found}


def _joined(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"} and value[-1:] == value[:1]:
        value = value[1:-1]
    return re.sub(r"""\\([ "'])""", r"\1", value)


def _with(written: Any, new: Mapping[str, str]) -> Any:
    """Return what is written with other values for some parameters, in the same form."""
    if isinstance(written, dict):
        written.update(new)
        return written
    if isinstance(written, list):
        kept = [part for part in written if not {*_read(part)} & {*new}]
        return [*kept, *pairs(new)]
    kept = [match.group() for match in _PAIR.finditer(str(written)) if not {*_read(match.group())} & {*new}]
    is_long = any(part.startswith("ParameterKey=") for part in kept)  # SAM reads one form or the other
    return " ".join([*kept, *pairs(new, "ParameterKey={},ParameterValue={}" if is_long else "{}={}")])


def pairs(parameters: Mapping[str, str], form: str = "{}={}") -> Iterable[str]:
    """Yield parameters as the SAM CLI reads them."""
    for key, value in parameters.items():
        plain = re.fullmatch(r"[^\s\"'\\]+", value)
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        yield form.format(key, value if plain else f'"{escaped}"')
