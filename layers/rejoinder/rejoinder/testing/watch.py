"""How `Phone` checks handlers: it compares two runs of each turn, and refuses connections outside steps."""

import io
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import time_machine

from rejoinder.bot.bot import Bot
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.turn import Turn, Watch
from rejoinder.errors import BotError
from rejoinder.model.contents import Reaction
from rejoinder.model.conversation import Conversation
from rejoinder.model.intent import Intent, Understood
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.ports import Understanding

Point = Literal[
    "before step", "after step", "before commit", "after commit", "before queueing", "before scheduling"
]
"""A point where a machine may stop."""

_LATER = timedelta(days=1, hours=1, minutes=1, seconds=1)
"""How much later the second run of a turn is by the clock of the machine. `chat.now` does not change."""

_HERE = str(Path(__file__).parents[1])
_CURE = "what may differ from run to run (random, another system) belongs in chat.step; the time is chat.now"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One action of a handler, with its line."""

    line: str
    what: str
    details: tuple[object, ...]

    def is_like(self, other: "_Seen") -> bool:
        same = self.line == other.line and self.what == other.what and len(self.details) == len(other.details)
        return same and all(map(_is_equal, self.details, other.details))

    def __str__(self) -> str:
        shown = " ".join(str(detail) for detail in self.details[:1])
        return f"{self.what} {shown!r} at {self.line}" if shown else f"{self.what} at {self.line}"


def _is_equal(one: object, other: object) -> bool:
    """Whether two values are equal. Objects without an equality of their own are compared by `repr`."""
    if isinstance(one, Reaction) and isinstance(other, Reaction):  # an earlier answer has no id any more
        return one.emoji == other.emoji
    return one == other or _repr(one) == _repr(other)


def _repr(value: object) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


class _Record(Watch):
    """The actions of one turn, with a list for each handler that ran."""

    def __init__(self, reaches: Callable[[Point], None]) -> None:
        self.runs: list[list[_Seen]] = []
        self.first_resumed = False
        self._reaches = reaches

    def begins(self, *, resumed: bool) -> None:
        self.first_resumed = resumed if not self.runs else self.first_resumed
        self.runs.append([])

    def sees(self, what: str, *details: object) -> None:
        self.runs[-1].append(_Seen(line=_line(), what=what, details=details))

    @contextmanager
    def step(self) -> Iterator[None]:
        self._reaches("before step")
        with SOCKETS.allowed():
            yield
        self._reaches("after step")


def _line() -> str:
    """Return the line of the bot that runs now."""
    frame = sys._getframe(1)  # noqa: SLF001 - inspect.stack() reads files
    while frame.f_back and frame.f_code.co_filename.startswith(_HERE):
        frame = frame.f_back
    return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"


_CONNECTS = ("socket.connect", "socket.getaddrinfo", "socket.sendto")
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")


class Sockets:
    """Refuses connections of the thread that runs a turn, except in steps."""

    def __init__(self) -> None:
        self._refusing_in: int | None = None
        self._is_strict = False
        self._is_hooked = False

    @contextmanager
    def refused(self, *, strictly: bool = False) -> Iterator[None]:
        """Refuse them in the block. `strictly` also those of other threads, and every start of a program."""
        if not self._is_hooked:
            self._is_hooked = True
            sys.addaudithook(self._audit)
        self._refusing_in, self._is_strict = threading.get_ident(), strictly
        try:
            yield
        finally:
            self._refusing_in, self._is_strict = None, False

    @contextmanager
    def allowed(self) -> Iterator[None]:
        before, self._refusing_in = self._refusing_in, None
        try:
            yield
        finally:
            self._refusing_in = before

    def _audit(self, event: str, _arguments: object) -> None:
        """Raise BotError to refuse a connection (docs.python.org, "Audit events table")."""
        if self._refusing_in is None:
            return
        is_here = self._is_strict or self._refusing_in == threading.get_ident()
        if event in _CONNECTS and is_here:
            raise BotError("a handler opens a connection outside a step: use chat.step(function, …)")
        if event in _STARTS and self._is_strict:
            raise BotError("a handler starts a program outside a step: use chat.step(function, …)")


SOCKETS = Sockets()


class _Understanding:
    """An understanding that may open connections."""

    def __init__(self, understanding: Understanding) -> None:
        self._understanding = understanding

    def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
        with SOCKETS.allowed():
            return self._understanding.understand(text, intents)


class WatchedBot:
    """A bot whose turns run twice. Raises BotError, with the line, when the two runs differ.

    `failed` is given each BotError: the processor sets such an update aside at once.
    """

    def __init__(self, bot: Bot, reaches: Callable[[Point], None], failed: list[BotError]) -> None:
        self.bot = bot
        """The bot itself."""
        self.gather_seconds: float = bot.gather_seconds
        """How long it gathers messages, in seconds."""
        self._reaches = reaches
        self._failed = failed
        self._talk: list[_Seen] = []

    def phrases(self, conversation: Conversation) -> Phrases:
        """Return the phrases of the bot."""
        return self.bot.phrases(conversation)

    def keeping(self, message: Inbound, conversation_key: str, now: float) -> list[WakeUp]:
        """Return the updates that save files of a message."""
        return self.bot.keeping(message, conversation_key, now)

    def turn(
        self,
        message: Inbound,
        conversation: Conversation,
        *,
        steps: dict[str, str],
        understanding: Understanding,
        **how: Any,
    ) -> Turn:
        """Run the turn. Then run it again later, with the results of its steps, and compare."""
        try:
            return self._turn(message, conversation, steps=steps, understanding=understanding, **how)
        except BotError as error:
            self._failed.append(error)
            raise

    def _turn(
        self,
        message: Inbound,
        conversation: Conversation,
        *,
        steps: dict[str, str],
        understanding: Understanding,
        **how: Any,
    ) -> Turn:
        how["understanding"] = _Understanding(understanding)
        once, twice = _Record(self._reaches), _Record(lambda _: None)
        with SOCKETS.refused():
            turn = self.bot.turn(message, conversation, steps=steps, watch=once, **how)
            with time_machine.travel(datetime.now(UTC) + _LATER), _unseen():
                again = self.bot.turn(message, conversation, steps=dict(steps), watch=twice, **how)
        for before, after in zip(once.runs, twice.runs, strict=False):
            _compare(before, after)
        if once.first_resumed:
            _compare(self._talk, once.runs[0][: len(self._talk)])
        if asdict(turn) != asdict(again):
            raise BotError(f"the same turn, run twice, did not leave the same in chat.data: {_CURE}")
        if turn.conversation.journal is not conversation.journal:
            self._talk = once.runs[-1] if turn.conversation.journal else []
        return turn


@contextmanager
def _unseen() -> Iterator[None]:
    """Hide what the bot prints and logs: its first run has shown it."""
    nowhere, before = io.StringIO(), logging.root.manager.disable
    logging.disable()
    try:
        with redirect_stdout(nowhere), redirect_stderr(nowhere):
            yield
    finally:
        logging.disable(before)


def _compare(before: list[_Seen], after: list[_Seen]) -> None:
    for one, other in zip(before, after, strict=False):
        if not one.is_like(other):
            raise BotError(f"{one}, and when it ran again: {other}: {_CURE}")
    if len(before) != len(after):
        more = max(before, after, key=len)[min(len(before), len(after))]
        raise BotError(f"{more}, and not when it ran again: {_CURE}")
