"""`python -m rejoinder.workbench.dashboard`: write the dashboard into template.yaml, or draw a record."""

import argparse
import re
from pathlib import Path

from rejoinder.workbench.dashboard.body import body
from rejoinder.workbench.dashboard.picture import draw
from rejoinder.workbench.dashboard.section import alarms_in, written
from rejoinder.workbench.dashboard.series import read
from rejoinder.workbench.source import house

PERIOD = 10.0
"""What one point of a graph adds up, in seconds, unless said otherwise: runs last minutes, not hours."""


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m rejoinder.workbench.dashboard", description=__doc__)
    parser.add_argument("--lines", type=Path, help="what `rejoinder repository chaos --record` wrote")
    parser.add_argument("--picture", type=Path, help="the file for the picture, SVG")
    parser.add_argument("--told", default="", help="a line about the run, for the picture")
    parser.add_argument("--period", type=float, default=PERIOD, help="the seconds of one point")
    given = parser.parse_args()
    template = house() / "template.yaml"
    text = template.read_text()
    if not given.lines:
        template.write_text(written(text))
        return
    alarms = alarms_in(text)
    not_here = [
        name for name in alarms if re.search(rf"^  {name}:\n.*\n    Condition: IsAws$", text, re.MULTILINE)
    ]
    run = read(given.lines.read_text().splitlines())
    picture = draw(body(alarms), run, period=given.period, not_here=not_here, told=given.told)
    given.picture.write_text(picture)


if __name__ == "__main__":
    main()
