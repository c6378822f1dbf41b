"""A YAML file → nodes, each with its line. No other module of the package imports yaml."""

from dataclasses import dataclass
from typing import Any

from rejoinder.errors import BotError

_DEEPEST = 20
"""How deep values may lie in one another. A file of a template has 7 levels."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a file: a text as it is written, several nodes, or nodes by their names."""

    line: int
    """The line on which it begins, from 1 on."""

    value: "str | tuple[Node, ...] | dict[str, Node]"
    """What it holds."""

    kind: str
    """What YAML takes it for: `str`, `int`, `float`, `bool`, `null`, `seq`, `map` or another one."""


class Misread(BotError):
    """A file of a template that cannot be read."""

    def __init__(self, file: str, line: int, what: str, cure: str) -> None:
        super().__init__(f"{file}:{line}: {what}; {cure}")
        self.line = line
        """The line, from 1 on."""
        self.what = what
        """What is wrong."""
        self.cure = cure
        """What to write instead."""


def compose(text: str, file: str) -> Node:
    """Return the root of a YAML text; Misread for what is no YAML. `file` names it in the error."""
    import yaml  # noqa: PLC0415 - it takes 20 ms to import, and few turns say a template

    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Misread(file, line, f"this is no YAML: {error.problem}", _cure(str(error.problem))) from None
    except yaml.YAMLError as error:
        raise Misread(file, 1, f"this is no YAML: {error}", "save it as text in UTF-8") from None
    if root is None:
        raise Misread(file, 1, "the file is empty", "write category: and languages:")
    return _Tree(file).node(root)


def _cure(problem: str) -> str:
    if r"'\t'" in problem:
        return "indent with spaces, not with tabs"
    if "mapping values" in problem or "expected <block end>" in problem:
        return 'indent as the lines above, and put a text that has ": " or quotes in it into "…"'
    return 'put a text with a sign in it, such as { % : or ?, into "…"'


class _Tree:
    """Turns yaml's nodes into ours."""

    def __init__(self, file: str) -> None:
        self._file = file

    def node(self, found: Any, depth: int = 1) -> Node:
        line = found.start_mark.line + 1
        kind = found.tag.rpartition(":")[2]
        if depth > _DEEPEST:
            raise Misread(self._file, line, "this lies too deep", "write no alias (*) inside its own anchor")
        if found.id == "scalar":
            return Node(line, found.value, kind)
        if found.id == "sequence":
            return Node(line, tuple(self.node(one, depth + 1) for one in found.value), kind)
        return Node(line, self._named(found.value, depth), kind)

    def _named(self, pairs: list[tuple[Any, Any]], depth: int) -> dict[str, Node]:
        named: dict[str, Node] = {}
        for key, value in pairs:
            line = key.start_mark.line + 1
            if key.id != "scalar":
                raise Misread(self._file, line, "a name is a word", 'put a text that begins with { into "…"')
            if key.value in named:
                cure = f"keep one of them: the other one is on line {named[key.value].line}"
                raise Misread(self._file, line, f"{key.value} is there twice", cure)
            named[key.value] = Node(line, (node := self.node(value, depth + 1)).value, node.kind)
        return named
