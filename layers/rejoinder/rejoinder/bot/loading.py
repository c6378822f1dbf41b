"""Loading a bot from its folder, for the processor, the terminal and the tests."""

import importlib.util
import sys
from pathlib import Path

from rejoinder.bot.bot import Bot
from rejoinder.bot.places import place_in
from rejoinder.errors import BotError


def load_bot(folder: Path) -> Bot:
    """Import bot.py of a folder, also when it was imported before, and return its `bot`.

    The folder is imported as a package: `from .words import …` finds words.py. Errors of the file pass
    through.

    Args:
        folder: the folder of the bot.

    Raises:
        BotError: the folder has no bot.py, or that has no `Bot` named `bot`.
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
    return bot


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
