"""One session of the debugger: the handlers of a talk run under Python's pdb."""

import signal
import sys
import time
from bdb import BdbQuit
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pdb import Pdb
from types import FrameType, TracebackType
from typing import Any, BinaryIO

from rejoinder.bot.bot import Bot
from rejoinder.bot.chat import Chat, Handler
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.journal import JournalMismatch, Replay
from rejoinder.bot.keeping import NOWHERE, Nowhere
from rejoinder.bot.places import told_of
from rejoinder.bot.running import Stage
from rejoinder.bot.turn import OpenTurn
from rejoinder.channels import channel_of
from rejoinder.model.conversation import Conversation
from rejoinder.model.files import File, Shelf
from rejoinder.model.own import TimeUp
from rejoinder.model.people import Account, Contact
from rejoinder.model.talk import Asked, Journal
from rejoinder.model.updates import Inbound, InboundContent
from rejoinder.testing.watch import SOCKETS
from rejoinder.workbench.debugger.author import Author, Left
from rejoinder.workbench.debugger.rerun import Differs, Rerun, ShownChat

OURS = "rejoinder"
PDB = "bdb"
"""The module of Python through which a handler is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Debugged:
    """What is to be debugged: a talk that waits for an answer, or an update on which the bot failed."""

    account: Account
    """The account that the contact writes to."""

    conversation: Conversation
    """The conversation, with the talk as it was before the update."""

    update: Inbound | None = None
    """The update on which the bot failed; None for a talk that waits."""

    steps: dict[str, str] = field(default_factory=dict)
    """The results of the steps that were done for that update."""

    cause: str = ""
    """Why the bot failed."""

    at: float = 0.0
    """When it failed, in Unix seconds."""

    is_first: bool = False
    """Whether that update was the first thing that the contact said."""

    def message(self, content: InboundContent) -> Inbound:
        """Return an update of now, which nobody has sent."""
        contact = self.conversation.contact or Contact(id=self.conversation.contact_ids[0])
        return Inbound(id="typed", account=self.account, contact=contact, at=time.time(), content=content)


class Debugger(Pdb):
    """Python's debugger. It steps over our own functions, and `q` ends the session."""

    def __init__(self) -> None:
        super().__init__(nosigint=True)

    def trace_dispatch(self, frame: FrameType, event: str, arg: Any) -> Any:
        """Trace as pdb does. A handler's `except Exception` must not catch that the person leaves."""
        try:
            return super().trace_dispatch(frame, event, arg)
        except BdbQuit:
            raise Left from None

    def stop_here(self, frame: FrameType) -> bool:
        """Whether to stop in a frame when the person steps: not in our functions, nor in what they call."""
        one: FrameType | None = frame
        while one and not _is_below(one):
            one = one.f_back
        is_handlers = one is not frame and one is not None and _module(one) == PDB
        return is_handlers and super().stop_here(frame)

    def user_exception(self, frame: FrameType, exc_info: Any) -> None:
        """Stop where an exception passes a handler, but not for those with which we end it."""
        if issubclass(exc_info[0], Left):
            self.set_quit()
        elif issubclass(exc_info[0], Exception) or not exc_info[0].__module__.startswith(f"{OURS}."):
            super().user_exception(frame, exc_info)

    def look(self, error: BaseException) -> None:
        """Let the person look around at the line of the bot that raised `error`."""
        trace = _of_the_bot(error.__traceback__)
        if trace:
            self.reset()
            self.interaction(None, trace)


class Stopped(BaseException):
    """Today's handler cannot follow the journal. The text says why."""


class DebugStage(Stage):
    """Where handlers run under the debugger, from their journals."""

    def __init__(self, debugger: Debugger, author: Author, debugged: Debugged) -> None:
        self.has_run: bool = False
        """Whether a handler of the bot has run."""
        self._debugger = debugger
        self._author = author
        self._debugged = debugged

    def replay(self, journal: Journal) -> Replay:
        """Return what replays the journal. The question of a talk that waits is answered by the person."""
        last = journal.entries[-1] if journal.entries else None
        if isinstance(last, Asked) and not self._debugged.update:
            journal = replace(journal, entries=(*journal.entries[:-1], replace(last, answers=())))
        return Rerun(journal)

    def chat(self, replay: Replay, turn: OpenTurn) -> Chat:
        """Return what the handler is given."""
        assert isinstance(replay, Rerun)
        return ShownChat(replay, turn, self._author, self._typed)

    def run(self, handler: Handler, chat: Chat) -> object:
        """Run a handler of the bot under the debugger, and what the bot says by itself without it."""
        assert isinstance(chat, ShownChat)
        if handler.__module__.startswith(f"{OURS}."):
            return handler(chat)  # type: ignore[func-returns-value]
        self.has_run, begun = True, chat.rerun.begun
        size = len(begun.entries)
        entries = f"{size} entr{'y' if size == 1 else 'ies'}"
        self._author.tell(f"{begun.handler} begins, with {entries} in its journal")
        self._author.hears(begun.message.content)
        try:
            result: object = self._debugger.runcall(handler, chat)
            chat.rerun.refuse_rest()
        except Differs as error:
            raise Stopped(str(error)) from error
        except JournalMismatch as error:
            raise Stopped(f"entry {chat.rerun.place} of the journal: {error}") from error
        return result

    def _typed(self) -> Inbound:
        return self._debugged.message(self._author.answer())


class Reach(Nowhere):
    """What a handler may reach while it is debugged: the files that are kept, to be read."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def open(self, key: str) -> BinaryIO:
        """Return the bytes of a file."""
        with SOCKETS.allowed():
            return self._shelf.open(key)

    def url(self, file: File, seconds: float) -> str:
        """Return the address of a file."""
        with SOCKETS.allowed():  # AWS may have to be asked for credentials
            return self._shelf.url(file, seconds)


def debug(bot: Bot, debugged: Debugged, shelf: Shelf = NOWHERE) -> None:
    """Run the talk again, with the person in the debugger, until it ends, fails, or they leave.

    Nothing is written, and nothing is sent: a handler that opens a connection or starts a
    program outside a step is refused.
    """
    author, debugger = Author(bot.catalog), Debugger()
    stage = DebugStage(debugger, author, debugged)
    author.tell(f"conversation {debugged.conversation.key}: nothing is sent, and nothing is written")
    if debugged.cause:
        author.warn(f"the bot failed: {debugged.cause}")
    if debugged.update and not debugged.conversation.journal:
        author.tell("no talk was in progress, or it was too long to be kept")
    with _as_in_pdb(debugger):
        try:
            with SOCKETS.refused(strictly=True):
                _turn(bot, debugged, stage, Reach(shelf))
        except Left:
            return
        except Stopped as stopped:
            author.warn(f"today's handler does not fit the journal: {stopped}")
            debugger.look(stopped.__cause__ or stopped)
        except Exception as error:  # noqa: BLE001 - a bot may raise anything
            author.warn(told_of(error, bot.folder).rstrip())
            debugger.look(error)
        else:
            author.tell("the handler has ended" if stage.has_run else _untaken(debugged))


def _untaken(debugged: Debugged) -> str:
    """Return why no handler of the bot has run."""
    talk = debugged.conversation.journal
    return f"today's bot has no handler {talk.handler}" if talk else "no handler of today's bot takes it"


def _turn(bot: Bot, debugged: Debugged, stage: DebugStage, reach: Reach) -> None:
    """Run a turn of the bot. Where no update comes, the time for an answer is over: that always answers."""
    conversation = replace(debugged.conversation, handoff=False)
    talk = conversation.journal
    waits = TimeUp(question=talk.question if talk else "")
    bot.turn(
        debugged.update or debugged.message(waits),
        conversation,
        first=debugged.is_first,
        now=debugged.at or time.time(),
        limits=channel_of(debugged.account).limits,
        understanding=FuzzyUnderstanding(),
        steps=dict(debugged.steps),
        outside=reach,
        stage=stage,
    )


@contextmanager
def _as_in_pdb(debugger: Debugger) -> Iterator[None]:
    """Let `breakpoint()` in the bot stop in this debugger, and each Ctrl-C interrupt what runs."""
    before, tracing = sys.breakpointhook, sys.gettrace()
    interrupted = signal.signal(signal.SIGINT, signal.default_int_handler) or signal.SIG_DFL
    sys.breakpointhook = lambda *_args, **_how: debugger.set_trace(sys._getframe(1))  # noqa: SLF001
    try:
        yield
    finally:
        sys.breakpointhook = before
        sys.settrace(tracing)
        signal.signal(signal.SIGINT, interrupted)


def _of_the_bot(trace: TracebackType | None) -> TracebackType | None:
    """Return the part of a traceback from the bot's first line to the last one that is not ours."""
    while trace and _is_below(trace.tb_frame):
        trace = trace.tb_next
    last, one = trace, trace
    while one:
        last, one = (last if _is_below(one.tb_frame) else one), one.tb_next
    if last:
        last.tb_next = None
    return trace


def _is_below(frame: FrameType) -> bool:
    """Whether a frame is ours, or the one through which we call a handler."""
    return _module(frame) in (OURS, PDB)


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]
