"""What is wrong with the files of templates, and with what the bot says of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rejoinder.bot.templates.catalog import FOLDER, SUFFIX, Catalog
from rejoinder.bot.templates.nodes import Misread, Node
from rejoinder.bot.templates.reading import line_of, read
from rejoinder.errors import BotError
from rejoinder.model.written import WrittenTemplate
from rejoinder.workbench.templates.kinds import flaws
from rejoinder.workbench.templates.usage import Templates, misuses


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """Something that WhatsApp would refuse, or that the bot could not say."""

    file: Path
    """The file, in the form in which its folder was given."""

    line: int
    """The line, from 1 on."""

    what: str
    """What is wrong, with Meta's code where one is known."""

    cure: str
    """What to write instead."""


def lint(bot: Path) -> list[Finding]:
    """Return what is wrong with the templates of the bot in a folder, and with its source."""
    catalog = Catalog.of(bot)
    found: list[Finding] = []
    templates: Templates = {}
    for name in catalog.names():
        try:
            template, root = _read(catalog, name)
        except BotError as error:
            templates[name] = None
            found.append(_unread(catalog.file(name), error))
            continue
        templates[name] = template
        for flaw in flaws(template, bot):
            line = line_of(root, flaw.path)
            found.append(Finding(file=catalog.file(name), line=line, what=flaw.what, cure=flaw.cure))
    found += _misnamed(bot)
    found += _twins(catalog, templates)
    if templates:  # without files the bot says templates by their language, and nothing can be checked
        found += [
            Finding(file=one.file, line=one.line, what=one.what, cure=one.cure)
            for one in misuses(bot, templates)
        ]
    return sorted({*found})


def _read(catalog: Catalog, name: str) -> tuple[WrittenTemplate, Node]:
    return read(catalog.text(name), name, catalog.shown(name))


def _unread(file: Path, error: BotError) -> Finding:
    if isinstance(error, Misread):
        return Finding(file=file, line=error.line, what=error.what, cure=error.cure)
    return Finding(file=file, line=1, what="the file cannot be read", cure="save it as text in UTF-8")


def _misnamed(bot: Path) -> Iterator[Finding]:
    for file in sorted((bot / FOLDER).glob("*.yml")):
        yield Finding(
            file=file, line=1, what="this file is not read", cure=f"rename it to {file.stem}{SUFFIX}"
        )


def _twins(catalog: Catalog, templates: Templates) -> Iterator[Finding]:
    """Yield templates with the words of another one: Meta takes them for the same."""
    seen: dict[tuple[str, str, str], str] = {}
    for name, template in templates.items():
        for language, wording in template.languages.items() if template else ():
            if not wording.body:
                continue
            other = seen.setdefault((language, wording.body.strip(), wording.footer.strip()), name)
            if other != name:
                path = ("languages", language, "body")
                line = line_of(_read(catalog, name)[1], path)
                what = f"{other} has the same body and footer in {language}"
                yield Finding(
                    file=catalog.file(name),
                    line=line,
                    what=what,
                    cure="say it in other words, or use that one",
                )
