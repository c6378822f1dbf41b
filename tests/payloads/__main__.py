"""`python -m tests.payloads FOLDER`: send the bodies of a folder through rejoinder, and tell what is lost.

A body may be a webhook or a part of one, a request, an answer or an error, or an update of Telegram. It ends
with 1 when something is lost. `python -m tests.payloads --page` writes the tables of docs/whatsapp.md.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rejoinder.channels.nesting import TOO_DEEP
from tests.payloads.check import Found, check
from tests.payloads.recognise import Body, bodies_in

EXAMPLES = Path(__file__).parent / "examples"


def checked(folder: Path) -> Iterator[tuple[Path, Found]]:
    """Yield what was found out about each body in the files of `folder`."""
    for file in sorted(folder.rglob("*.json")) if folder.is_dir() else [folder]:
        try:
            found = json.loads(file.read_text(encoding="utf-8-sig"))
        except (ValueError, RecursionError, OSError) as error:
            yield file, Found(kind="unknown", why=f"not JSON: {error}")
            continue
        for body in _bodies(found):
            yield file, check(body)


def _bodies(found: object) -> list[Body]:
    try:
        return list(bodies_in(found))
    except RecursionError:
        return [Body(kind="unknown", json=None, why=TOO_DEEP)]


def verdict_of(found: Found) -> str:
    """Return a word for what was found."""
    if found.lost or found.raised:
        return "LOST" if found.lost else "FAILED"
    if found.set_aside:
        return "set aside"
    return "not ours" if found.why else "ok"


def report(folder: Path) -> int:
    """Print what was found out about each file. Return 1 when something is lost."""
    counts: Counter[str] = Counter()
    for file, found in checked(folder):
        is_bad = bool(found.lost or found.raised)
        counts["lost" if is_bad else found.kind] += 1
        name = file.relative_to(folder) if folder.is_dir() else file
        print(f"{verdict_of(found):9} {name} ({found.kind}){': ' + found.why if found.why else ''}")
        for place in found.lost:
            print(f"         lost: {place}")
        for place in found.dropped:
            print(f"         dropped on purpose: {place}")
    print(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "no JSON file")
    return 1 if counts["lost"] else 0


def main(arguments: list[str]) -> int:
    """Run the command."""
    if arguments == ["--page"]:
        from tests.payloads.page import write  # noqa: PLC0415 - a report needs no page

        write()
        return 0
    if len(arguments) != 1:
        print(__doc__)
        return 2
    return report(Path(arguments[0]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
