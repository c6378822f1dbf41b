"""What `rejoinder templates …` does, but for the push."""

import json
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from rich.table import Table

from rejoinder.bot.templates.catalog import Catalog
from rejoinder.errors import BotError
from rejoinder.model.written import WrittenTemplate
from rejoinder.workbench.deployment.deployed import Where, deployed, local_stack
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import GraphError, Json
from rejoinder.workbench.graph.reach import reach
from rejoinder.workbench.graph.sync import sync
from rejoinder.workbench.templates import lint as rules
from rejoinder.workbench.templates import schema
from rejoinder.workbench.templates.account import Account, named
from rejoinder.workbench.templates.answers import Shown
from rejoinder.workbench.templates.bubbles import Bubble, bubble, drawn, picture_of
from rejoinder.workbench.templates.filed import text_of
from rejoinder.workbench.templates.lint import Finding
from rejoinder.workbench.templates.meanings import meaning, refusal
from rejoinder.workbench.templates.plan import Pair, pairs
from rejoinder.workbench.templates.pulling import lacking, pulled
from rejoinder.workbench.terminal import GREEN, RED, console, plain, show

NAME = re.compile("[a-z0-9_]+")
"""How a template is called, and its file."""

COLOURS = {"approved": "green", "pending": "yellow", "in_appeal": "yellow"}
"""The colours of statuses. The others are red."""


@contextmanager
def account(where: Where, waba: str) -> Iterator[Account]:
    """Yield the templates of a deployment's business account. A refusal of Meta's is one line."""
    with reach(where, waba=waba) as reached:
        try:
            app_id = reached.secret.get("app_id", "")
            yield Account(graph=reached.graph, waba_id=reached.waba_id, app_id=app_id)
        except GraphError as error:
            raise StackError(refusal(error)) from None


def tell_stack(where: Where) -> None:
    """Let a deployment learn now what Meta says of the templates. Else it would learn it within a day."""
    with deployed(where) as place:
        if place.functions.get("tracker"):
            sync(place)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a bot's templates."""

    bot: Path
    """The folder of the bot."""

    def all(self) -> dict[str, WrittenTemplate]:
        """Return the templates by name. Raises StackError for a file that cannot be read."""
        return {name: self.template(name) for name in self.catalog.names()}

    def template(self, name: str) -> WrittenTemplate:
        """Return one template. Raises StackError without its file, and for one that cannot be read."""
        try:
            return self.catalog.template(name)
        except BotError as error:
            raise StackError(str(error)) from None

    @property
    def catalog(self) -> Catalog:
        """The folder of the files."""
        return Catalog.of(self.bot)


def lint(bot: Path, *, as_json: bool) -> int:
    """Print what is wrong with the files. Return 1 when something is."""
    findings = rules.lint(bot)
    if as_json:
        print(json.dumps([asdict(one) for one in findings], indent=2, default=str))
    else:
        told(findings)
        count = len(Files(bot).catalog.names())
        print(f"{_counted(len(findings), 'finding')} in {_counted(count, 'file')}")
    return 1 if findings else 0


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'s' if count != 1 else ''}"


def told(findings: Collection[Finding]) -> None:
    """Print findings, one in a line."""
    for one in findings:
        show(f"{_place(one.file)}:{one.line}: {one.what}; {one.cure}", RED)


def _place(file: Path) -> Path:
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def status(account: Account, names: Collection[str], *, as_json: bool) -> int:
    """Print the templates that Meta has. Return 1 when one that is named is not there."""
    found = named(account.templates(), names)
    if as_json:
        print(json.dumps([_told(one) for one in found], indent=2))
    elif found:
        console().print(_table(found))
    elif not names:
        print("there is no template: write a file, and `rejoinder templates push` brings it to Meta")
    return 1 if _unknown(names, {one.name for one in found}) else 0


def _unknown(names: Collection[str], known: Collection[str]) -> bool:
    """Say which names are those of no template. Return whether there is one."""
    unknown = sorted({*names} - {*known})
    for name in unknown:
        print(f"rejoinder: no template is called {name}", file=sys.stderr)
    return bool(unknown)


def _told(one: Shown) -> Json:
    return {
        "name": one.name,
        "language": one.language,
        "category": one.category,
        "status": one.status,
        "quality": one.quality,
        "reason": one.reason,
        "meaning": meaning(one),
        "id": one.id,
    }


def _table(found: Collection[Shown]) -> Table:
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("template", "language", "category", "status", "quality", "what it means"):
        rows.add_column(heading)
    for one in found:
        rows.add_row(
            plain(one.name),
            plain(one.language),
            plain(one.category),
            plain(one.status, COLOURS.get(one.status, "red")),
            plain(one.quality or "unknown"),
            plain(meaning(one)),
        )
    return rows


def diff(account: Account, bot: Path, names: Collection[str]) -> int:
    """Print what differs between Meta and the files. Return 1 when something does."""
    found = [one for one in pairs(Files(bot).all(), account.templates()) if not names or one.name in names]
    differing = [one for one in found if one.differs]
    for one in differing:
        show_pair(one)
    is_unknown = _unknown(names, {one.name for one in found})
    if not differing and not is_unknown:
        print("the files say what Meta has")
    return 1 if differing or is_unknown else 0


def show_pair(pair: Pair) -> None:
    """Print what differs in one template: Meta's lines after `-`, the file's after `+`."""
    if pair.there is None:
        print(f"{pair}: only here; `rejoinder templates push {pair.name}` brings it to Meta")
    elif pair.here is None:
        print(f"{pair}: only at Meta; `rejoinder templates pull {pair.name}` writes its file")
    else:
        print(f"{pair}: differs")
    for line in pair.lines:
        show(f"  {line}", {"+": GREEN, "-": RED}.get(line[0], ""))


def pull(account: Account, bot: Path, names: Collection[str], *, force: bool) -> int:
    """Write the templates that Meta has into files. Return 1 when one was not written."""
    found: dict[str, list[Shown]] = {}
    for one in named(account.templates(), names):
        found.setdefault(one.name, []).append(one)
    if not found:
        print("Meta has no such template")
        return 1
    results = [_pulled(Files(bot), name, languages, force=force) for name, languages in found.items()]
    return 0 if all(results) else 1


def _pulled(files: Files, name: str, languages: Collection[Shown], *, force: bool) -> bool:
    """Write one file, unless it is there and differs. Return whether it is there as Meta has it."""
    if not NAME.fullmatch(name):
        show(f"Meta has a template {name}, and no file can be called like that", RED)
        return False
    shown_name, file = files.catalog.shown(name), files.catalog.file(name)
    own = files.template(name) if file.is_file() else None
    if own and not any(one.differs for one in pairs({name: own}, languages)):
        print(f"{shown_name}: as Meta has it")
        return True
    if own and not force:
        show(f"{shown_name}: differs, and stays; `rejoinder templates diff {name}`, or --force", RED)
        return False
    template = pulled(languages, own)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(schema.COMMENT + text_of(template), encoding="utf-8")
    schema.write(files.bot)
    print(f"{shown_name}: written, {', '.join(template.languages)}")
    for note in _notes(template, languages):
        print(f"  {note}")
    return True


def _notes(template: WrittenTemplate, languages: Collection[Shown]) -> Iterator[str]:
    """Yield what a person must add, and what a file cannot say."""
    for one in languages:
        for kind in lacking(template.languages[one.language]):
            yield f"{one.language}: name a file as the example of its {kind}"
        if one.category != template.category:
            yield f"{one.language}: {one.category} at Meta; a file has one category: {template.category}"
        for what in one.unsaid:
            yield f"{one.language}: Meta has {what}, and a file cannot say it: do not push it"


def preview(bot: Path, name: str, language: str, *, page: bool) -> int:
    """Show a template as a phone does, in the terminal or on the page."""
    template = Files(bot).template(name)
    if language and language not in template.languages:
        raise StackError(f"{name} has no {language}: it has {', '.join(template.languages)}")
    shown = {one: bubble(template, one) for one in ([language] if language else template.languages)}
    if page:
        address = local_stack().graph_url
        try:
            page_ = on_page(bot, name, shown)
            httpx.post(f"{address}/sim/preview", json=page_, trust_env=False).raise_for_status()
        except httpx.HTTPError as error:
            raise StackError(
                f"the page of `rejoinder run` does not answer ({type(error).__name__})"
            ) from None
        print(f"{address}/sim/preview")
        return 0
    for one, content in shown.items():
        console().print(drawn(content, f"{name} {one} · {template.category}"), soft_wrap=False)
    return 0


def on_page(bot: Path, name: str, shown: Mapping[str, Bubble]) -> list[Json]:
    """Return bubbles for the page, with their pictures in them."""
    return [
        {"title": f"{name} {language}", **_with_picture(bot, asdict(one))} for language, one in shown.items()
    ]


def _with_picture(bot: Path, values: Json) -> Json:
    picture = picture_of(bot / values["example"]) if values["example"] else ""
    return values | {"picture": picture, "cards": [_with_picture(bot, card) for card in values["cards"]]}
