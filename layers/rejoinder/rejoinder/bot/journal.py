"""Replaying a journal: it is read while the handler repeats what it did, then written."""

import logging
from dataclasses import replace
from typing import Self, TypeVar

from rejoinder.model.ids import digest
from rejoinder.model.talk import (
    Answered,
    Asked,
    Entry,
    Journal,
    Kept,
    Planned,
    Said,
    StepDone,
    TimeRead,
)

_QUESTIONS = (Answered, Asked)

E = TypeVar("E", Said, TimeRead, StepDone, Planned)
K = TypeVar("K", StepDone, Planned)


class JournalMismatch(BaseException):  # so that a bot's `except Exception` does not catch it
    """The handler does something else than before at this place: it was changed during the talk."""


class Replay:
    """A journal that is read to its end, then written.

    As a context manager it disables logging while the journal is read: the handler logged those lines before.
    """

    def __init__(self, journal: Journal) -> None:
        self.begun = journal
        """The journal as it was when the handler began to run."""
        self._entries = list(journal.entries)
        self._kept: list[Kept] = list(journal.kept)
        self.place: int = 0
        """The place of the next entry."""
        self._disabled: int | None = None
        """The level that was disabled before; None when nothing is to be restored."""

    def __enter__(self) -> Self:
        if not self.is_live:
            self._disabled = logging.root.manager.disable
            logging.disable()
        return self

    def __exit__(self, *_error: object) -> None:
        self._log_again()

    def _log_again(self) -> None:
        if self._disabled is not None:  # each change makes every logger forget which levels it logs
            logging.disable(self._disabled)
            self._disabled = None

    @property
    def journal(self) -> Journal:
        """The journal as it is now."""
        return replace(self.begun, entries=tuple(self._entries), kept=tuple(self._kept))

    def key_of_step(self, name: str, arguments: str) -> str:
        """Return the key of the step that is the next entry: no other step of this talk has it.

        A step that was done before the talk began again may have the key of this place.
        """
        key = self.begun.key_of_step(self.place, name)
        done = (entry for entry in (*self._entries, *self._kept) if isinstance(entry, StepDone))
        return digest(key, arguments) if any(entry.key == key for entry in done) else key

    @property
    def is_live(self) -> bool:
        """Whether everything in the journal has been read."""
        return self.place == len(self._entries)

    def read(self, kind: type[E], name: str = "") -> E | None:
        """Return the entry at this place; None at the end of the journal.

        Raises JournalMismatch when that entry is of another kind or has another name.
        """
        if self.is_live:
            return None
        entry = self._entries[self.place]
        if not isinstance(entry, kind) or (name and getattr(entry, "name", name) != name):
            raise self._mismatch(kind.__name__)
        self._pass()
        return entry

    def read_question(self, name: str) -> Asked | Answered | None:
        """Return the question at this place, as `read` does."""
        if self.place == len(self._entries):
            return None
        entry = self._entries[self.place]
        if not isinstance(entry, _QUESTIONS) or entry.name != name:
            raise self._mismatch("a question")
        self._pass()
        return entry

    def kept(self, kind: type[K], name: str, arguments: str) -> K | None:
        """Return what was done before the talk began again, with the same name and arguments.

        Each is returned once; None when there is none.
        """
        for entry in self._kept:
            if isinstance(entry, kind) and (entry.name, entry.arguments) == (name, arguments):
                self._kept.remove(entry)
                return entry
        return None

    def write(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self._entries.append(entry)
        self.place += 1

    def rewrite(self, entry: Asked | Answered) -> None:
        """Replace the question that was read last."""
        self._entries[self.place - 1] = entry

    def _pass(self) -> None:
        self.place += 1
        if self.place == len(self._entries):
            self._log_again()

    def _mismatch(self, wanted: str) -> JournalMismatch:
        return JournalMismatch(f"{self._entries[self.place].kind} at place {self.place}, not {wanted}")
