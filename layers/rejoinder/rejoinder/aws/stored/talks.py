"""Journals as they are stored."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import assert_never

from rejoinder.aws.stored.fields import (
    Json,
    check_format,
    dump,
    never_as_null,
    object_of,
    objects_of,
    reading,
    time_or_never,
    whole,
    words,
)
from rejoinder.aws.stored.updates import update_as_json, update_from_json
from rejoinder.errors import Unreadable
from rejoinder.model.talk import (
    Asked,
    Entry,
    Journal,
    Planned,
    Said,
    StepDone,
    Talk,
    TimeRead,
    UnreadableJournal,
)


def dump_talk(talk: Talk) -> str:
    """Return a journal as JSON text. One that could not be read is stored again as it was."""
    if isinstance(talk, UnreadableJournal):
        return talk.stored
    return json.dumps(
        dump(
            "journal",
            {
                "handler": talk.handler,
                "message": update_as_json(talk.message),
                "number": talk.number,
                "restarts": talk.restarts,
                "data": dict(talk.data),
                "language": talk.language,
                "given": dict(talk.given),
                "entries": [_entry_as_json(entry) for entry in talk.entries],
            },
        )
    )


def read_talk(text: str) -> Talk:
    """Return a journal, or an `UnreadableJournal` with as much as this code can read of it."""
    try:
        with reading("journal"):
            stored = object_of(json.loads(text))
            check_format("journal", stored["format"])
            return _journal(stored)
    except Unreadable:
        return _unreadable(text)


def _journal(stored: Json) -> Journal:
    return Journal(
        handler=words(stored["handler"]),
        message=update_from_json(object_of(stored["message"])),
        number=whole(stored["number"]),
        restarts=whole(stored["restarts"]),
        data=object_of(stored["data"]),
        language=words(stored["language"]),
        given=object_of(stored["given"]),
        entries=objects_of(stored["entries"], _entry_from_json),
    )


def _unreadable(text: str) -> UnreadableJournal:
    """Return as much of a journal as can be read: the name of its handler, and what it began with."""
    try:
        with reading("journal"):
            stored = object_of(json.loads(text))
            named = UnreadableJournal(stored=text, handler=words(stored["handler"]))
    except Unreadable:
        return UnreadableJournal(stored=text)
    try:
        with reading("journal"):
            return replace(
                named,
                message=update_from_json(object_of(stored["message"])),
                number=whole(stored["number"]),
                restarts=whole(stored["restarts"]),
                given=object_of(stored["given"]),
            )
    except Unreadable:
        return named


def _entry_as_json(entry: Entry) -> dict[str, object]:
    match entry:
        case Said():
            return {"kind": "said"}
        case TimeRead():
            return {"kind": "time_read", "name": entry.name, "at": never_as_null(entry.at)}
        case StepDone():
            return {"kind": "step_done", "name": entry.name, "result": entry.result}
        case Asked():
            answers = [update_as_json(answer) for answer in entry.answers]
            return {"kind": "asked", "name": entry.name, "answers": answers}
        case Planned():
            return {"kind": "planned"}
        case _:
            assert_never(entry)


def _entry_from_json(stored: Json) -> Entry:
    kind = words(stored["kind"])
    if kind not in _ENTRIES:
        raise Unreadable("journal: an entry is of a kind that this version does not know")
    return _ENTRIES[kind](stored)


_ENTRIES: Mapping[str, Callable[[Json], Entry]] = {
    "said": lambda _stored: Said(),
    "time_read": lambda stored: TimeRead(name=words(stored["name"]), at=time_or_never(stored["at"])),
    "step_done": lambda stored: StepDone(name=words(stored["name"]), result=words(stored["result"])),
    "asked": lambda stored: Asked(
        name=words(stored["name"]), answers=objects_of(stored["answers"], update_from_json)
    ),
    "planned": lambda _stored: Planned(),
}
