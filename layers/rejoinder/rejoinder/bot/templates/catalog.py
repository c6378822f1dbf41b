"""The templates that lie in a bot's folder. A file is read when its template is asked for."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rejoinder.errors import BotError

if TYPE_CHECKING:  # a turn without templates starts without their values
    from rejoinder.model.written import WrittenTemplate

FOLDER = "templates"
"""Where the files lie in the bot's folder."""

SUFFIX = ".yaml"


@dataclass(frozen=True, slots=True)
class Catalog:
    """The templates of a bot, by their names. Each is a file that is called like it."""

    folder: Path
    """The folder of the files."""

    _read: "dict[str, tuple[int, WrittenTemplate]]" = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, folder: Path) -> "Catalog":
        """Return the templates of the bot in `folder`."""
        return cls(folder / FOLDER)

    @property
    def exists(self) -> bool:
        """Whether the bot has files of templates at all."""
        return any(self.folder.glob(f"*{SUFFIX}"))

    def names(self) -> tuple[str, ...]:
        """Return the names of all templates."""
        return tuple(sorted(file.stem for file in self.folder.glob(f"*{SUFFIX}")))

    def file(self, name: str) -> Path:
        """Return the file of a template."""
        return self.folder / f"{name}{SUFFIX}"

    def shown(self, name: str) -> str:
        """Return the file of a template as errors name it: from the bot's folder on."""
        return f"{self.folder.parent.name}/{FOLDER}/{name}{SUFFIX}"

    def template(self, name: str) -> "WrittenTemplate":
        """Return a template. Its file is read once, and again when it was changed.

        Raises BotError for a template that has no file, and for a file that cannot be read.
        """
        from rejoinder.bot.templates.reading import read  # noqa: PLC0415 - few turns say a template

        file = self.file(name)
        if not re.fullmatch("[a-z0-9_]+", name) or not file.is_file():
            raise BotError(self._no_file(name))
        changed = file.stat().st_mtime_ns
        known = self._read.get(name)
        if known and known[0] == changed:
            return known[1]
        template, _ = read(self.text(name), name, self.shown(name))
        self._read[name] = changed, template
        return template

    def text(self, name: str) -> str:
        """Return the text of a template's file; BotError where it is none."""
        try:
            return self.file(name).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            cure = "save it as text in UTF-8"
            raise BotError(f"{self.shown(name)}: the file cannot be read ({error}); {cure}") from error

    def of_category(self, category: str) -> tuple[str, ...]:
        """Return the names of the templates of a category. Only files that hold the word are read."""
        return tuple(
            name
            for name in self.names()
            if category in self.text(name) and self.template(name).category == category
        )

    def _no_file(self, name: str) -> str:
        from difflib import get_close_matches  # noqa: PLC0415 - only an error needs it

        names = self.names()
        if name in names:
            return (
                f"{self.shown(name)}: a template cannot be called {name!r}; rename the file: a-z, 0-9 and _"
            )
        near = get_close_matches(name, names, 1)
        cure = f"did you mean {near[0]}? " if near else "write its file, or run `rejoinder templates pull`. "
        return f"there is no template {name!r}: {cure}The bot has {', '.join(names) or 'none'}"
