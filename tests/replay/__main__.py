"""`python -m tests.replay FOLDER`: post the message requests in a folder to the simulator, file by file.

Each file is accepted, or refused with the error and, if it is known, the reason why that is right. The exit
code is 1 when a refusal has no reason.
"""

import argparse
import sys
from collections import Counter
from pathlib import Path

from tests.replay.replaying import Replay


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.replay", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with JSON files, or one file")
    place: Path = parser.parse_args().folder
    if not place.exists():
        parser.error(f"there is no {place}")
    counts: Counter[str] = Counter()
    with Replay() as replay:
        for outcome in replay.file(place) if place.is_file() else replay.folder(place):
            print(outcome.line())
            counts["wrong" if outcome.is_wrong else outcome.verdict] += 1
    print(
        f"{counts['accepted']} accepted, {counts['refused']} rightly refused, {counts['skipped']} skipped, "
        f"{counts['wrong']} refused without a known reason"
    )
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
