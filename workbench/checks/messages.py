"""The messages that a file of a bot spells out, checked by the rules of `say`, `ask` and the network."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rejoinder.bot.bot import Bot
from rejoinder.bot.buttons import handler_of
from rejoinder.bot.handlers import name_of
from rejoinder.bot.phrases import ENGLISH
from rejoinder.bot.questions import question
from rejoinder.bot.saying import content_of
from rejoinder.channels.whatsapp.limits import WhatsAppLimits
from rejoinder.errors import BotError
from rejoinder.model.contents import Tap
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import Buttons, List, OutboundContent, Template
from rejoinder.model.updates import Inbound
from rejoinder.workbench.checks.values import (
    FILLER,
    Function,
    Unknown,
    arguments_of,
    choices,
    filled,
    given,
    names_of,
    somebody,
    value_of,
)

LIMITS = WhatsAppLimits()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """Something that cannot work."""

    file: Path
    """The file, in the form in which its folder was given."""

    line: int
    """The line; 0 when the text tells it."""

    text: str
    """What is wrong, and what to do."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedTemplate:
    """A template whose name and parameters are written out."""

    name: str
    """Its name."""

    variables: int | tuple[str, ...]
    """How many parameters it has, or their names."""

    file: Path
    """The file."""

    line: int
    """The line."""

    def __str__(self) -> str:
        if isinstance(self.variables, int):
            return f"{self.variables} parameter{'' if self.variables == 1 else 's'}"
        return f"the parameters {', '.join(self.variables)}"


class Messages(ast.NodeVisitor):
    """Checks the messages of one file.

    Args:
        file: the file.
        names: what the names at the top of the file mean.
        bot: the bot, which has the handlers.
    """

    def __init__(self, file: Path, names: Mapping[str, object], bot: Bot) -> None:
        self.found: list[Finding] = []
        """What is wrong."""
        self.templates: list[UsedTemplate] = []
        """The templates that are used."""
        self._file = file
        self._names = names
        self._chats: frozenset[str] = frozenset()
        self._bot = bot

    def read(self) -> None:
        """Check the whole file."""
        try:
            self.visit(ast.parse(self._file.read_bytes(), self._file))
        except SyntaxError as error:  # no file of the bot imports this one
            self._find(error.lineno or 0, error.msg)

    def _find(self, line: int, text: str) -> None:
        self.found.append(Finding(file=self._file, line=line, text=text))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._visit_function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._visit_function(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._visit_function(node)

    def _visit_function(self, node: Function) -> None:
        names, chats, own = self._names, self._chats, names_of(node)
        self._names = {name: value for name, value in names.items() if name not in own}
        self._chats = chats - own | {argument.arg for argument in arguments_of(node) if _is_chat(argument)}
        self.generic_visit(node)
        self._names, self._chats = names, chats

    def visit_Call(self, node: ast.Call) -> None:
        before = len(self.found)
        self.generic_visit(node)
        try:
            match node.func:
                case ast.Attribute(value=ast.Name(id=name), attr="say") if name in self._chats:
                    self._say(**given(node, self._names, "what"))
                case ast.Attribute(value=ast.Name(id=name), attr="ask") if name in self._chats:
                    self._ask(**given(node, self._names, "prompt", "answer"))
                case _:
                    self._make(node)
        except BotError as error:
            if str(error) not in [inner.text for inner in self.found[before:]]:
                self._find(node.lineno, str(error))

    def _say(
        self,
        what: object = FILLER,
        buttons: object = None,
        rows: object = None,
        menu: object = FILLER,
        **_others: object,
    ) -> None:
        label = filled(menu) or FILLER
        content = content_of(filled(what), choices(buttons), choices(rows), label, name_of=name_of)
        _check(content)
        for id, title in _taps(content):
            self._refuse_dead(id, title)

    def _ask(self, prompt: object = FILLER, answer: object = str, **_others: object) -> None:
        words = filled(prompt)
        if isinstance(words, str):
            wanted = str if isinstance(answer, Unknown) else choices(answer)
            _check(question("check", wanted, None, ENGLISH).asked(LIMITS, words, FILLER))

    def _make(self, node: ast.Call) -> None:
        """Check a content that is made here."""
        content = value_of(node, self._names)
        if not isinstance(content, OutboundContent):
            return
        LIMITS.check(content)
        parts = given(node, self._names, "name")
        is_known = isinstance(parts.get("name"), str) and not isinstance(parts.get("parameters"), Unknown)
        if isinstance(content, Template) and is_known:
            variables = content.parameters
            which = tuple(sorted(variables)) if isinstance(variables, Mapping) else len(variables)
            used = UsedTemplate(name=content.name, variables=which, file=self._file, line=node.lineno)
            self.templates.append(used)

    def _refuse_dead(self, id: str, title: str) -> None:  # noqa: A002 - a field
        """Raise BotError for a button or a row that no handler takes."""
        handler = handler_of(_tap(id, title))
        if FILLER in id or handler == somebody.__name__:
            return
        if self._bot.takes(_tap(id, FILLER if handler else title)):
            return
        if handler:
            raise BotError(f"{handler} is no handler of this bot: register it with on()")
        raise BotError(
            f"no handler takes {title!r}: lead it to one, {{{title!r}: handler}}, or register its title "
            "or id with on()"
        )


def _check(content: OutboundContent) -> None:
    """Raise LimitExceeded when the network would not take `content`, also in parts."""
    for part in LIMITS.split(content):
        LIMITS.check(part)


def _is_chat(argument: ast.arg) -> bool:
    kind = ast.unparse(argument.annotation).strip("'\"") if argument.annotation else ""
    return kind.partition("[")[0].endswith("Chat") if kind else argument.arg == "chat"


def _taps(content: OutboundContent) -> list[tuple[str, str]]:
    """Return the ids and titles of what can be tapped."""
    match content:
        case Buttons(buttons=buttons):
            return [(button.id, button.title) for button in buttons]
        case List(sections=sections):
            return [(row.id, row.title) for section in sections for row in section.rows]
        case _:
            return []


def _tap(id: str, title: str) -> Inbound:  # noqa: A002 - a field
    account = Account(channel="", id="")
    return Inbound(id="", account=account, contact=Contact(id=""), at=0, content=Tap(id=id, title=title))
