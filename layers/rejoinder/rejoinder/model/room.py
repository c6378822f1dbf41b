"""How much a talk keeps, and whether there is room for more."""

import json
from collections.abc import Sequence

from rejoinder.model.contents import Tap, Text
from rejoinder.model.sizes import bytes_of, content_bytes_of, stored_bytes_of
from rejoinder.model.talk import (
    MAX_GIVEN_UP_BYTES,
    MAX_JOURNAL_BYTES,
    Answered,
    Asked,
    Entry,
    Journal,
    Planned,
    StepDone,
    Written,
)

_SPARE_BYTES = 2 * MAX_GIVEN_UP_BYTES  # no answer may take them: a question needs some


def size_of(journal: Journal) -> int:
    """Return what a journal keeps, in bytes of UTF-8, as near as the limit needs it.

    What answers became counts once where it repeats itself, as choices do: it is stored compressed.
    """
    return _size_with(journal, journal.entries)


def fits(journal: Journal, within: int = MAX_JOURNAL_BYTES) -> bool:
    """Whether the size of a journal is no more than `within`. Most are plainly so short."""
    written, others = journal.parts
    return _size_with(journal, others) + at_most(written) <= within or size_of(journal) <= within


def has_room(journal: Journal) -> bool:
    """Whether the last entry leaves room for what follows: as much as it takes, and some more."""
    last = journal.entries[-1]
    value = last.value if isinstance(last, Answered) else ""
    return fits(journal, MAX_JOURNAL_BYTES - _SPARE_BYTES - _size_of(last) - stored_bytes_of(value))


def at_most(written: Written) -> int:
    """Return more than entries count in the size of a journal. That takes no time."""
    return 128 * len(written.entries) + 4 * len(written.text)


def _size_with(journal: Journal, entries: Sequence[Entry]) -> int:
    begun = content_bytes_of(journal.message.content) + len(json.dumps(dict(journal.given)))
    values = {entry.value for entry in entries if isinstance(entry, Answered)}
    return begun + sum(map(_size_of, (*entries, *journal.kept))) + sum(map(stored_bytes_of, values))


def _size_of(entry: Entry) -> int:
    match entry:
        case StepDone(result=result, key=key):
            return 48 + len(key) + stored_bytes_of(result)
        case Answered(content=Text(body=words) | Tap(title=words)):
            return 48 + stored_bytes_of(words)
        case Answered(content=content):
            return 64 + content_bytes_of(content)
        case Asked(shown=shown):
            return 256 + sum(map(bytes_of, shown))
        case Planned():
            return 80
        case _:
            return 16
