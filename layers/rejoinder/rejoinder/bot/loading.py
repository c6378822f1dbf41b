"""Loading a bot from its folder, for the processor, the terminal and the tests."""

import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rejoinder.bot.bot import Bot
from rejoinder.bot.places import place_in
from rejoinder.errors import BotError
from rejoinder.model.people import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Bots:
    """The bots of a folder."""

    usual: Bot
    """The `bot` of bot.py. It answers for every account that no other bot is named for."""

    others: Mapping[str, Bot]
    """The `bots` of bot.py: the bots for some accounts, by the network's ids of these."""

    def of(self, account: Account) -> Bot:
        """Return the bot that answers for an account."""
        return self.others.get(account.id, self.usual)


def load_bot(folder: Path) -> Bot:
    """Import bot.py of a folder, also when it was imported before, and return its `bot`.

    See `load_bots`, for a folder with several.
    """
    return load_bots(folder).usual


def load_bots(folder: Path) -> Bots:
    """Import bot.py of a folder, also when it was imported before, and return its bots.

    The folder is imported as a package: `from .words import …` finds words.py. Errors of the file pass
    through.

    Args:
        folder: the folder of the bots.

    Raises:
        BotError: the folder has no bot.py, that has no `Bot` named `bot`, or its `bots` are no bots by the
            ids of accounts.
    """
    file = folder.resolve() / "bot.py"
    _forget_last_bot()
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location("bot", file, submodule_search_locations=[str(file.parent)])
    if spec is None or spec.loader is None or not file.is_file():
        raise BotError(f"{folder.name} holds no bot.py")
    module = importlib.util.module_from_spec(spec)
    # `from .bot import bot` in another file of the folder must not run bot.py again, as a second bot.
    sys.modules["bot"] = sys.modules["bot.bot"] = module
    spec.loader.exec_module(module)
    bot = getattr(module, "bot", None)
    if not isinstance(bot, Bot):
        raise BotError("bot.py has no `bot = Bot()`")
    return Bots(usual=bot, others=_others(getattr(module, "bots", {})))


def _others(given: object) -> Mapping[str, Bot]:
    """Return the bots for some accounts; BotError for what an author may have written instead."""
    is_right = isinstance(given, Mapping) and all(
        isinstance(id, str) and isinstance(bot, Bot) for id, bot in given.items()
    )
    if not (isinstance(given, Mapping) and is_right):
        raise BotError('bots are Bots by the ids of numbers: write bots = {"106540352242922": support}')
    return dict(given)


def place_of(error: BaseException, folder: Path) -> str:
    """Return one line about an error that a file of `folder` raised: its place and its text."""
    place = place_in(error, folder)
    where = f"{folder / place[0]}:{place[1]}: " if place else ""
    if isinstance(error, SyntaxError):
        return f"{where}{error.msg}"
    cure = f"; name its package in {folder / 'requirements.txt'}" * isinstance(error, ModuleNotFoundError)
    return f"{where}{type(error).__name__}: {error}{cure}"


def _forget_last_bot() -> None:
    """Remove the modules of the bot that was loaded last, so that edited files are read again."""
    last = getattr(sys.modules.get("bot"), "__file__", None)
    if last is None:
        return
    folder = Path(last).parent
    sys.path[:] = [path for path in sys.path if path != str(folder)]
    for name, module in list(sys.modules.items()):
        origin = getattr(module, "__file__", None)
        if origin and _is_written_in(folder, Path(origin)):
            del sys.modules[name]


def _is_written_in(folder: Path, file: Path) -> bool:
    """Whether a file belongs to the bot of a folder: its tests and the environments in there do not."""
    within = file.relative_to(folder).parts[:-1] if file.is_relative_to(folder) else ("tests",)
    return within[:1] != ("tests",) and not any(part.startswith(".") for part in within)
