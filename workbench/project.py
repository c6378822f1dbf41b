"""An author's project: the folder with their pyproject.toml, their bot, and what was made there."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.tools import Tools

MARK = "pyproject.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project. Its paths are absolute."""

    root: Path
    """The folder with pyproject.toml, samconfig.toml and `.rejoinder`."""

    bot: Path
    """The folder with bot.py. It may lie anywhere."""

    @classmethod
    def find(cls, start: Path, bot: Path | None = None) -> Self:
        """Return the project that `start` is in. `bot` is a bot's folder other than the project's own.

        Raises StackError when no folder above `start` is a project.
        """
        for folder in (start, *start.parents):
            table = _table(folder / MARK)
            if table is not None:
                own = folder / str(table.get("bot", "bot"))
                return cls(root=folder, bot=(start / bot).resolve() if bot else own.resolve())
        raise StackError(
            f"{start} is in no project of rejoinder: `rejoinder new NAME` makes one. "
            f"A folder is one when its {MARK} has a [tool.rejoinder] table"
        )

    @property
    def state(self) -> Path:
        """The folder that keeps the state of the local stack: `.rejoinder`, or REJOINDER_FOLDER."""
        return self.root / os.environ.get("REJOINDER_FOLDER", ".rejoinder")

    @property
    def tools(self) -> Tools:
        """The SAM CLI and the local AWS of the project."""
        return Tools(self.root)

    @property
    def bot_shown(self) -> str:
        """The bot's folder as a person names it: relative to the project if it is in there."""
        return str(self.bot.relative_to(self.root) if self.bot.is_relative_to(self.root) else self.bot)


def _table(file: Path) -> dict[str, Any] | None:
    """Return the table [tool.rejoinder] of a pyproject.toml; None when there is none."""
    try:
        tools = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {})
    except OSError:
        return None
    except ValueError as error:  # or no UTF-8
        raise StackError(f"{file} is no TOML: {error}") from None
    table = tools.get("rejoinder") if isinstance(tools, dict) else None
    return table if isinstance(table, dict) else None
