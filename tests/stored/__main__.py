"""`python -m tests.stored`: write the golden file of each shape that has none for its present format.

A golden file is never written again and never edited, because it is what some deployment has stored.
"""

import json
import sys
from pathlib import Path

from rejoinder.aws.stored.fields import FORMATS
from tests.stored.samples import SHAPES

FOLDER = Path(__file__).parent


def golden(shape: str, number: int) -> Path:
    """Return the path of the golden file of a shape in a format."""
    return FOLDER / shape / f"{number}.json"


def main() -> None:
    """Write the missing files, and print their names."""
    for shape, number in FORMATS.items():
        file = golden(shape, number)
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(json.loads(SHAPES[shape].dump(SHAPES[shape].value)), indent=2) + "\n")
            sys.stdout.write(f"{file.relative_to(FOLDER.parents[1])} is new\n")


if __name__ == "__main__":
    main()
