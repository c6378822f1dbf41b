"""Journals as they are stored."""

import json
import math
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, assert_never

from rejoinder.aws.stored.contents import dump_content, read_inbound_content
from rejoinder.aws.stored.fields import (
    Json,
    as_text,
    check_format,
    dump,
    flag,
    list_of,
    never_as_null,
    number,
    object_of,
    objects_of,
    reading,
    strings,
    time_or_never,
    whole,
    words,
)
from rejoinder.aws.stored.updates import update_as_json, update_from_json
from rejoinder.errors import Unreadable
from rejoinder.model.contents import Text
from rejoinder.model.data import JsonObject
from rejoinder.model.talk import (
    Answered,
    Asked,
    Entry,
    Journal,
    Kept,
    Planned,
    Said,
    StepDone,
    Talk,
    TimeRead,
    UnreadableJournal,
    Written,
)

PACKED_BYTES = 1024
"""From this length on, in characters, the entries are stored compressed. A long talk repeats itself, so its
conversation stays a few kilobytes long: DynamoDB charges each kilobyte that is written."""

_NEXT = ",\r"
"""What stands between two entries. JSON has a bare return between values only, never in words."""

_DATA, _ENTRIES = '"data": ', '"entries": ['
"""What the second and the third line begin with."""


def dump_talk(talk: Talk) -> str:
    """Return a journal as JSON text. One that could not be read is stored again as it was."""
    if isinstance(talk, UnreadableJournal):
        return talk.stored
    head = as_text(
        dump(
            "journal",
            {
                "handler": talk.handler,
                "message": update_as_json(talk.message),
                "number": talk.number,
                "restarts": talk.restarts,
                "language": talk.language,
                "given": dict(talk.given),
                **({"missed": [update_as_json(missed) for missed in talk.missed]} if talk.missed else {}),
                **({"opted_out": True} if talk.opted_out else {}),
                "kept": [_entry_as_json(entry) for entry in talk.kept],
            },
        )
    )
    # In three lines: so its data need not be read, and what does not change need not be written anew.
    return f"{head[:-1]},\n{_DATA}{JsonObject.of(talk.data).text},\n{_dump_entries(talk)}}}"


def _dump_entries(talk: Journal) -> str:
    written, entries = talk.parts
    known = [written.text] if written.entries else []
    text = _NEXT.join(known + [as_text(_entry_as_json(entry)) for entry in entries])
    if len(text) >= PACKED_BYTES:
        whole = f"[{text}]".encode()
        deflate = zlib.compressobj(level=3, wbits=13, memLevel=6)  # half the time of `compress`
        packed = b64encode(deflate.compress(whole) + deflate.flush()).decode()
        if len(packed) < len(whole):
            return f'"packed": "{packed}"'
    return f"{_ENTRIES}{text}]"


def read_talk(text: str) -> Talk:
    """Return a journal, or an `UnreadableJournal` with as much as this code can read of it."""
    try:
        with reading("journal"):
            head, data, last = _lines(text)
            stored = object_of(json.loads(head + last))
            check_format("journal", stored["format"])
            return _journal(stored, JsonObject.read(data) if data else None, last)
    except Unreadable:
        return _unreadable(text)


def _lines(text: str) -> tuple[str, str, str]:
    """Return a journal without its data, its data, and its entries. All is first if it has other lines."""
    lines = text.split("\n")
    if len(lines) != 3 or not lines[1].startswith(_DATA):
        return text, "", ""
    return lines[0], lines[1][len(_DATA) : -1], lines[2]


def _journal(stored: Json, data: JsonObject | None, last: str) -> Journal:
    kept = tuple(map(_entry_from_json, list_of(stored.get("kept", []))))
    rows, text = _entries(stored, last)
    entries = tuple([_words_from_json(row) or _entry_from_json(row) for row in rows])
    is_known = 0 < text.count(_NEXT) == len(entries) - 1  # the last entry is a question that waits
    read = Written(entries=entries[:-1], text=text.rpartition(_NEXT)[0]) if is_known else Written()
    return Journal(
        handler=words(stored["handler"]),
        message=update_from_json(object_of(stored["message"])),
        number=whole(stored["number"]),
        restarts=whole(stored["restarts"]),
        data=JsonObject.of(object_of(stored["data"])) if data is None else data,
        language=words(stored["language"]),
        given=object_of(stored["given"]),
        missed=objects_of(stored.get("missed", []), update_from_json),
        opted_out=flag(stored.get("opted_out", False)),
        entries=entries,
        kept=tuple(entry for entry in kept if isinstance(entry, Kept)),
        read=read,
    )


def _entries(stored: Json, last: str) -> tuple[list[object], str]:
    """Return the entries, and their text. It is empty where it is not known."""
    if "packed" not in stored:
        return list_of(stored["entries"]), last[len(_ENTRIES) : -2]
    try:
        written = zlib.decompress(b64decode(words(stored["packed"]))).decode()
    except zlib.error as error:
        raise Unreadable("journal: its entries cannot be unpacked") from error
    return list_of(json.loads(written)), written[1:-1]


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


def _entry_as_json(entry: Entry) -> list[object]:
    """Return an entry as an array that begins with its kind: most of a long journal is names otherwise."""
    match entry:
        case Said():
            return ["said"]
        case TimeRead():
            free = [entry.free_until] if entry.free_until else []
            return ["time_read", entry.name, never_as_null(entry.at), *free]
        case StepDone():
            own = [entry.key] if entry.key else []
            return ["step_done", entry.name, entry.arguments, entry.result, *own]
        case Planned():
            return ["planned", entry.name, entry.arguments]
        case Asked():
            return ["asked", _asked_as_json(entry)]
        case Answered():
            return _answered_as_json(entry)
        case _:
            assert_never(entry)


def _asked_as_json(asked: Asked) -> dict[str, object]:
    return {
        "name": asked.name,
        "at": asked.at,
        "repeated_at": asked.repeated_at,
        "shown": list(asked.shown),
        "numbered": asked.numbered,
        "messages": list(asked.messages),
        "has_template": asked.has_template,
        "wrong": asked.wrong,
        "wrong_id": asked.wrong_id,
        "answers": [update_as_json(answer) for answer in asked.answers],
    }


def _answered_as_json(answered: Answered) -> list[object]:
    content = answered.content
    said = content.body if isinstance(content, Text) else dump_content(content)
    rest: dict[str, object] = {
        "value": answered.value,
        "gave_up": answered.gave_up,
        "data": dict(answered.data),
        "removed": list(answered.removed),
        "language": answered.language,
        "wish": answered.wish,
    }
    shown = {name: value for name, value in rest.items() if value}
    return ["answered", answered.name, answered.at, said, *([shown] if shown else [])]


def _words_from_json(row: object) -> Answered | None:
    """Return an answer by words, and what they became, as nearly all are; None for any other entry."""
    if type(row) is not list or not 4 <= len(row) <= 5 or row[0] != "answered":
        return None
    _, name, at, said, *more = row
    if not (type(name) is str and type(at) is float and math.isfinite(at) and type(said) is str):
        return None
    if not more:
        return Answered(name, Text(body=said), at)
    value = more[0].get("value") if type(more[0]) is dict and len(more[0]) == 1 else None
    return Answered(name, Text(body=said), at, value) if type(value) is str else None


def _entry_from_json(stored: object) -> Entry:
    """Return an entry. Until format 2 an entry was an object."""
    if isinstance(stored, dict):
        return _OBJECTS[words(stored["kind"])](stored)
    row = list_of(stored)
    read = _ARRAYS.get(words(row[0]))
    if read is None:
        raise Unreadable("journal: an entry is of a kind that this version does not know")
    return read(row)


def _asked(stored: Json) -> Asked:
    return Asked(
        name=words(stored["name"]),
        at=number(stored["at"]),
        repeated_at=number(stored["repeated_at"]),
        shown=strings(stored["shown"]),
        numbered=flag(stored["numbered"]),
        messages=strings(stored["messages"]),
        has_template=flag(stored["has_template"]),
        wrong=whole(stored["wrong"]),
        wrong_id=words(stored["wrong_id"]),
        answers=objects_of(stored["answers"], update_from_json),
    )


def _answered(row: list[object]) -> Answered:
    _, name, at, said, *rest = row
    content = Text(body=said) if isinstance(said, str) else read_inbound_content(object_of(said))
    more = object_of(rest[0]) if rest else {}
    return Answered(
        name=words(name),
        at=number(at),
        content=content,
        value=words(more.get("value", "")),
        gave_up=words(more.get("gave_up", "")),
        data=object_of(more.get("data", {})),
        removed=strings(more.get("removed", [])),
        language=words(more.get("language", "")),
        wish=_WISHES[words(more.get("wish", ""))],
    )


_WISHES: Mapping[str, Literal["", "stop", "resume"]] = {"": "", "stop": "stop", "resume": "resume"}

_SAID = Said()

_ARRAYS: Mapping[str, Callable[[list[object]], Entry]] = {
    "said": lambda _row: _SAID,
    "time_read": lambda row: TimeRead(
        name=words(row[1]), at=time_or_never(row[2]), free_until=number(row[3]) if len(row) > 3 else 0.0
    ),
    "step_done": lambda row: StepDone(
        name=words(row[1]),
        arguments=words(row[2]),
        result=words(row[3]),
        key=words(row[4]) if len(row) > 4 else "",
    ),
    "planned": lambda row: Planned(name=words(row[1]), arguments=words(row[2])),
    "asked": lambda row: _asked(object_of(row[1])),
    "answered": _answered,
}

_OBJECTS: Mapping[str, Callable[[Json], Entry]] = {
    "said": lambda _stored: Said(),
    "time_read": lambda stored: TimeRead(name=words(stored["name"]), at=time_or_never(stored["at"])),
    "step_done": lambda stored: StepDone(name=words(stored["name"]), result=words(stored["result"])),
    "asked": lambda stored: Asked(
        name=words(stored["name"]), answers=objects_of(stored["answers"], update_from_json)
    ),
    "planned": lambda _stored: Planned(),
}
"""Format 1."""
