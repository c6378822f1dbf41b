"""`rejoinder events`: the sample events, which are what API Gateway and SQS give to each function."""

import json
from pathlib import Path

from rejoinder.workbench import source
from rejoinder.workbench.errors import StackError


def main(name: str, *, as_json: bool) -> int:
    """Print one sample event, or the names of all."""
    if name:
        print(file_of(name).read_text(encoding="utf-8").rstrip())
    elif as_json:
        print(json.dumps(names()))
    else:
        print(*names(), sep="\n")
    return 0


def names() -> list[str]:
    """Return the names of the samples, such as `ingress/text.json`. The folder is their function."""
    folder = _folder()
    return sorted(str(path.relative_to(folder)) for path in folder.glob("*/*.json"))


def file_of(name: str) -> Path:
    """Return the file of a sample; StackError when there is none of that name."""
    wanted = name.removeprefix("events/")
    if wanted not in names():
        raise StackError(f"there is no event {name}; `rejoinder events` lists {len(names())} samples")
    return _folder() / wanted


def _folder() -> Path:
    return source.house() / "events"
