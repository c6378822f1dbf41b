"""`rejoinder chat`: talk to the bot in the terminal at once, without AWS.

An edit of the bot is used from the next line on.
"""

import sys
from datetime import timedelta
from pathlib import Path

from rejoinder.bot.bot import Bot
from rejoinder.bot.loading import load_bot, place_of
from rejoinder.errors import BotError, BotFailed
from rejoinder.testing import Phone
from rejoinder.testing.transcript import time_in

GREETING = """Talk to {folder}/bot.py. [Title] taps a button or a row. `... 25 hours` lets that time pass
(minutes and days are possible too). An empty line ends the talk. Edits are used from your next line on. The
bot remembers everything until you leave.
"""


def main(folder: Path) -> int:
    """Talk to the bot in a folder until the input ends. Return 1 when there is none."""
    loaded = _Loaded(folder)
    bot = loaded.newest()
    if bot is None:
        return 1
    phone = Phone(bot, name="You")
    print(GREETING.format(folder=folder))
    while words := _read():
        edited = loaded.newest()
        if edited:
            phone.redeploys(edited)
        for answer in _answers(phone, words, folder):
            print(answer, flush=True)
    return 0


SILENCE = "(no answer: no handler matches, or the handler says nothing)"
NO_TIME = "! this is not a time; write `... 25 hours`, or minutes, or days"
QUIET = "(nothing is said in that time)"


class _Loaded:
    """The bot of a folder. It is read again when one of its files has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[Path, int] = {}
        self._was_read = False

    def newest(self) -> Bot | None:
        """Return the bot if its files have changed since the last call; else None. Print an error in them."""
        files = {file: file.stat().st_mtime_ns for file in self._folder.glob("*.py")}
        if files == self._seen and files:
            return None
        if self._seen:
            print(f"({self._folder} was edited)")
        self._seen = files
        try:
            bot = load_bot(self._folder)
            self._was_read = True
            return bot
        except BotError as error:
            print(f"! {error}")
        except Exception as error:  # noqa: BLE001 - a file that is being written may raise anything
            print(f"! {place_of(error, self._folder)}")
        if self._was_read:
            print("(the bot from before goes on)")
        return None


def _read() -> str:
    prompt = "> " if sys.stdin.isatty() else ""
    try:
        words = input(prompt).strip()
    except (EOFError, KeyboardInterrupt):
        print()
        return ""
    if words and not prompt:
        print(f"> {words}")
    return words


def _answers(phone: Phone, words: str, folder: Path) -> list[str]:
    time = time_in(words)
    try:
        if time:
            return phone.waits(minutes=time / timedelta(minutes=1)) or [QUIET]
        if words.startswith("..."):
            return [NO_TIME]
        if words.startswith("[") and words.endswith("]"):
            return phone.taps(words[1:-1]) or [SILENCE]
        return phone.says(words) or [SILENCE]
    except KeyError:
        return [f"! no button or row is called {words[1:-1]!r}"]
    except (BotError, BotFailed) as error:
        return [f"! {place_of(error.__cause__ or error, folder)}"]
