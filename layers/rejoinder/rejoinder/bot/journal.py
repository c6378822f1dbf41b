"""Replaying a journal: it is read while the handler repeats what it did, then written."""

import logging
from dataclasses import replace
from typing import Self, TypeVar

from rejoinder.model.talk import Asked, Entry, Journal, Planned, Said, StepDone, TimeRead

E = TypeVar("E", Said, TimeRead, StepDone, Asked, Planned)


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
        self._place = 0
        self._disabled = logging.root.manager.disable

    def __enter__(self) -> Self:
        if not self.is_live:
            logging.disable()
        return self

    def __exit__(self, *_error: object) -> None:
        logging.disable(self._disabled)

    @property
    def journal(self) -> Journal:
        """The journal as it is now."""
        return replace(self.begun, entries=tuple(self._entries))

    @property
    def key(self) -> str:
        """The key of the next entry."""
        return self.begun.key(self._place)

    @property
    def question_key(self) -> str:
        """The key of a question that is the next entry."""
        return self.begun.question_key(self._place)

    @property
    def is_live(self) -> bool:
        """Whether everything in the journal has been read."""
        return self._place == len(self._entries)

    def read(self, kind: type[E], name: str = "") -> E | None:
        """Return the entry at this place; None at the end of the journal.

        Raises JournalMismatch when that entry is of another kind or has another name.
        """
        if self.is_live:
            return None
        entry = self._entries[self._place]
        if not isinstance(entry, kind) or getattr(entry, "name", name) != name:
            raise JournalMismatch(f"{entry.kind} at place {self._place}, not {kind.__name__.lower()}")
        self._place += 1
        if self.is_live:
            logging.disable(self._disabled)
        return entry

    def write(self, entry: Entry) -> None:
        """Add an entry at the end."""
        self._entries.append(entry)
        self._place += 1
