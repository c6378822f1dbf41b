"""`python -m tests.payloads FOLDER`: send the bodies of a folder through rejoinder, and tell what is lost.

A body may be a webhook or a part of one, a request, an answer or an error. It ends with 1 when something is
lost. `python -m tests.payloads --page` writes the tables of docs/whatsapp.md.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.payloads.check import Found, check
from tests.payloads.recognise import bodies_in

EXAMPLES = Path(__file__).parent / "examples"


def checked(folder: Path) -> Iterator[tuple[Path, Found]]:
    """Yield what was found out about each body in the files of `folder`."""
    for file in sorted(folder.rglob("*.json")) if folder.is_dir() else [folder]:
        try:
            found = json.loads(file.read_text(encoding="utf-8-sig"))
        except (ValueError, RecursionError, OSError) as error:
            yield file, Found(kind="unknown", why=f"not JSON: {error}")
            continue
        for body in bodies_in(found):
            yield file, check(body)


def report(folder: Path) -> int:
    """Print what was found out about each file. Return 1 when something is lost."""
    counts: Counter[str] = Counter()
    for file, found in checked(folder):
        is_bad = bool(found.lost or found.raised)
        counts["lost" if is_bad else found.kind] += 1
        name = file.relative_to(folder) if folder.is_dir() else file
        verdict = "LOST" if found.lost else "FAILED" if found.raised else "not ours" if found.why else "ok"
        print(f"{verdict:8} {name} ({found.kind}){': ' + found.why if found.why else ''}")
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
