"""The bot of `make chaos`: it numbers messages, so that losses, doubles and a wrong order can be seen.

It saves pictures and keeps documents. When a message is about a file, it says one, with numbered words before
and behind it. It also does what bots do wrong, when the contact's words ask for it.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from rejoinder import Bot, Chat, Document, Image

MENU = "files/menu.png"
"""The file that it says when there is no other."""

IS_MENDED = False
"""Whether it does nothing wrong any more. The drill deploys it so at the end."""

bot = Bot(keeps=Document)


@bot.on("person")
def hand_over(chat: Chat) -> None:
    """Let a person talk."""
    chat.hand_over()


@bot.on("only the menu")
def only_the_menu(chat: Chat) -> None:
    """Say a file without any words."""
    chat.say(Image(MENU))


@bot.otherwise
def number(chat: Chat) -> None:
    """Answer with the contact's words and their number. The number comes from a step, as an effect would."""
    words, sent = chat.message.text, chat.message.content
    file = file_for(words, Image(chat.save(sent)) if isinstance(sent, Image) else None)
    wrong = WRONG.get(words.rpartition(" ")[2])
    if wrong and not IS_MENDED:
        wrong(words)
    chat.data["count"] = chat.step(following, chat.data.get("count", 0))
    count = chat.data["count"]
    chat.say(f"{count}: {words}")
    if file:
        chat.say(replace(file, caption=f"{count}.1: {words}"))
        chat.say(f"{count}.2: {words}")


def file_for(words: str, picture: Image | None) -> Image | Document | None:
    """Return what the bot says between the words; None when they are about no file."""
    kind = [*words.split(), "", "", ""][2]
    if kind == "report":
        return Document(f"%PDF-1.4\n{words}".encode(), filename="report.pdf")
    return Image(MENU) if kind in ("document", "book", "menu") else picture


def following(count: int) -> int:
    """Return the number after `count`."""
    return count + 1


def _raise(words: str) -> None:
    raise ValueError(words)


def _exit(_words: str) -> None:
    os._exit(1)


def _stumble(words: str) -> None:
    """End the process the first time that somebody says these words."""
    trace = Path(tempfile.gettempdir()) / ("stumbled-" + words.replace(" ", "-"))
    if not trace.exists():
        trace.touch()
        os._exit(1)


def _sleep(_words: str) -> None:
    time.sleep(60)


def _memory(_words: str) -> None:
    bytearray(1 << 60)


def _threads(_words: str) -> None:
    for _ in range(200):
        threading.Thread(target=time.sleep, args=(2,), daemon=True).start()


def _print(_words: str) -> None:
    for _ in range(3000):
        print("x" * 1000)


WRONG: Mapping[str, Callable[[str], None]] = {
    "raise": _raise,
    "exit": _exit,
    "stumble": _stumble,
    "sleep": _sleep,
    "memory": _memory,
    "threads": _threads,
    "print": _print,
}
