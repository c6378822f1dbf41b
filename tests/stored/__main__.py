"""`python -m tests.stored`: write the golden file of each shape that has none for its present format.

What is added to a shape without a new format has a golden file of its own, such as `update/1-wire.json`. A
golden file is never written again and never edited, because it is what some deployment has stored.
"""

import json
import sys
from pathlib import Path

from rejoinder.aws.stored.formats import FORMATS
from tests.stored.samples import SHAPES

FOLDER = Path(__file__).parent
NAMED = [(shape, name) for shape in FORMATS for name in ("", *SHAPES[shape].added)]
"""The golden files: the shape of each, and the name of what was added since; empty for the first one."""


def golden(shape: str, number: int, name: str = "") -> Path:
    """Return the path of the golden file of a shape in a format; with a name, of what was added since."""
    return FOLDER / shape / (f"{number}-{name}.json" if name else f"{number}.json")


def main() -> None:
    """Write the missing files, and print their names."""
    for shape, name in NAMED:
        file = golden(shape, FORMATS[shape], name)
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            written = json.loads(SHAPES[shape].dump(SHAPES[shape].of(name)))
            file.write_text(json.dumps(written, indent=2) + "\n")
            sys.stdout.write(f"{file.relative_to(FOLDER.parents[1])} is new\n")


if __name__ == "__main__":
    main()
