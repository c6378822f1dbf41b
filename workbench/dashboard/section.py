"""Writes the dashboard into template.yaml."""

import json
import re
from collections.abc import Iterator
from typing import Any

from rejoinder.workbench.dashboard.body import Json, body
from rejoinder.workbench.marks import replaced

BEGIN = "  # Written by `python -m rejoinder.workbench.dashboard` from workbench/dashboard/body.py: begin."
END = "  # Written by `python -m rejoinder.workbench.dashboard`: end."
INDENT = 8
"""How far the body is indented, in spaces."""

_ALARM = re.compile(r"^  (\w+):\n    Type: AWS::CloudWatch::(?:Composite)?Alarm$", re.MULTILINE)


def written(template: str) -> str:
    """Return the text of template.yaml with the dashboard as it is to be, in its place."""
    dashboard = body(alarms_in(template))
    lines = "\n".join(f"{'':{INDENT}}{line}" for line in _lines(dashboard))
    resource = f"""
  BotDashboard:
    Type: AWS::CloudWatch::Dashboard
    Condition: HasDashboard
    Properties:
      # An account has one dashboard of a name, and not one in each region.
      DashboardName: !Sub ${{AWS::StackName}}-${{AWS::Region}}
      DashboardBody: !Sub |
{lines}
"""
    return replaced(template, BEGIN, END, resource)


def alarms_in(template: str) -> list[str]:
    """Return the names of the alarms in the text of template.yaml."""
    return _ALARM.findall(template)


def _lines(dashboard: Json) -> Iterator[str]:
    """Yield the JSON of a dashboard, with a line for each property of a widget and for each metric."""
    *others, widgets = dashboard.items()
    yield "{"
    yield from (f'  "{name}": {json.dumps(value)},' for name, value in others)
    yield f'  "{widgets[0]}": ['
    yield from _parted([*map(_widget, widgets[1])], "    ")
    yield "  ]"
    yield "}"


def _widget(widget: Json) -> list[str]:
    *others, (_, properties) = widget.items()
    head = ", ".join(f'"{name}": {json.dumps(value)}' for name, value in others)
    parts = [[*_property(name, value)] for name, value in properties.items()]
    return [f'{{{head}, "properties": {{', *_parted(parts, "  "), "}}"]


def _property(name: str, value: Any) -> Iterator[str]:
    if name not in ("metrics", "alarms"):
        yield f'"{name}": {json.dumps(value)}'
        return
    yield f'"{name}": ['
    yield from _parted([[json.dumps(entry)] for entry in value], "  ")
    yield "]"


def _parted(parts: list[list[str]], indent: str) -> Iterator[str]:
    """Yield the lines of several parts, with a comma behind each part but the last."""
    for number, part in enumerate(parts, 1):
        *lines, last = part
        yield from (f"{indent}{line}" for line in lines)
        yield f"{indent}{last}{',' if number < len(parts) else ''}"
