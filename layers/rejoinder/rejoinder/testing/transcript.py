"""Transcripts: a conversation as text. `> hi` is the contact, `< Hello! [Book a table]` is the bot.

More lines of the same message begin with two spaces. Buttons and rows are in brackets after the words. The
line `... 25 hours` means that nothing was said for that time.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Literal, assert_never

from rejoinder.model.contents import Tap, Text
from rejoinder.model.said import Buttons, List, OutboundContent, Template
from rejoinder.model.updates import InboundContent

Speaker = Literal[">", "<"]


def write(speaker: Speaker, words: str, choices: Sequence[str] = ()) -> str:
    """Return one message of a transcript. `choices` are the titles that can be tapped."""
    brackets = "".join(f" [{title}]" for title in choices)
    first, *further = (words + brackets).strip().splitlines() or [""]
    return "\n".join([f"{speaker} {first}", *(f"  {line}".rstrip() for line in further)])


_UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}
_PASSED = re.compile(r"\.\.\. ([1-9]\d{0,5}) (day|hour|minute)s?")


def passed(time: timedelta) -> str:
    """Return the line that `time` passed, in the largest unit that is exact; in minutes when none is."""
    unit = next((name for name, one in _UNITS.items() if time >= one and not time % one), "minute")
    number = time // _UNITS[unit]
    return f"... {number} {unit}{'' if number == 1 else 's'}"


def time_in(line: str) -> timedelta | None:
    """Return the time that passes in `line`; None when it is another kind of line."""
    match = _PASSED.fullmatch(line)
    return int(match[1]) * _UNITS[match[2]] if match else None


def heard(content: InboundContent) -> str:
    """Return a message of the contact, as a transcript has it."""
    match content:
        case Text(body=body):
            return write(">", body)
        case Tap(title=title):
            return write(">", "", [title])
        case _:
            return write(">", f"({content.kind})")


def said(content: OutboundContent) -> str:
    """Return a message of the bot, as a transcript has it."""
    match content:
        case Text(body=body):
            return write("<", body)
        case Buttons(body=body, buttons=buttons):
            return write("<", body, [button.title for button in buttons])
        case List(body=body, sections=sections):
            return write("<", body, [row.title for section in sections for row in section.rows])
        case Template(name=name, language=language, parameters=parameters):
            values = parameters if isinstance(parameters, tuple) else tuple(parameters.values())
            return write("<", " ".join([f"(template {name} {language})", *values]))
        case _:
            assert_never(content)


def read(lines: Iterable[str]) -> list[str]:
    """Return the messages of a written transcript, each as `write` returns it. `#` begins a comment.

    Raises ValueError when a line is neither a message nor a comment.
    """
    messages: list[str] = []
    blank_lines = ""
    for number, line in enumerate(map(str.rstrip, lines), 1):
        if line.startswith(("> ", "< ")) or time_in(line):
            messages.append(line)
        elif line.startswith("  ") and messages:
            messages[-1] += blank_lines + "\n" + line
        elif line and not line.startswith("#"):
            raise ValueError(f"line {number} is neither a message nor a comment: {line!r}")
        blank_lines = blank_lines + "\n" if not line else ""
    return messages


def difference(written: Sequence[str], played: Sequence[str]) -> str:
    """Return where the bot left a written talk. The rest of the talk was not played."""
    turns = sum(not line.startswith("<") for line in played)
    begins = [number for number, line in enumerate(written) if not line.startswith("<")]
    end = begins[turns] if turns < len(begins) else len(written)
    expected, got = ("\n".join(lines).splitlines() for lines in (written[:end], played))
    lines = [line.rstrip() for line in difflib.ndiff(expected, got) if not line.startswith("?")]
    return "\n".join(["the bot answers something else (- as written, + as said):", "", *lines])
