"""Prints file by file what becomes of examples. Exits with 1 if one is refused for no listed reason."""

import argparse
import sys
from pathlib import Path

from tests.management.replay import replay


def main(folder: str) -> int:
    """Replay a folder."""
    verdicts = []
    for verdict in replay(Path(folder)):
        print(verdict.line())
        verdicts.append(verdict)
    accepted = sum(verdict.why is None for verdict in verdicts)
    wrong = sum(not verdict.is_right for verdict in verdicts)
    print(f"{accepted} accepted, {len(verdicts) - accepted} refused; {wrong} not as listed")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tests.management", description=__doc__)
    parser.add_argument("folder", help="where the examples lie")
    sys.exit(main(parser.parse_args().folder))
