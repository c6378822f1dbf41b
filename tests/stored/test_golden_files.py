"""Stored items of the golden files can be read. A shape changes only together with its format number."""

import json
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

from rejoinder.aws.stored.formats import FORMATS
from tests.stored.__main__ import FOLDER, NAMED, golden
from tests.stored.samples import SHAPES

FILES = sorted(FOLDER.glob("*/*.json"))
ROOT = Path(__file__).parents[2]
KEPT = "can_be_read or has_all"


@pytest.mark.parametrize(("shape", "name"), NAMED)
def test_every_shape_has_a_golden_file_of_its_present_format(shape: str, name: str) -> None:
    assert golden(shape, FORMATS[shape], name).is_file(), (
        f"{shape} has none: python -m tests.stored writes it"
    )


def holds(written: object, kept: object, *, is_top: bool = True) -> bool:
    """Whether `written` has everything that is in `kept`. JSON in a string counts as JSON.

    A part may have a new format of its own, with a golden file of its own; the shape around it needs no new
    number for that.
    """
    match written, kept:
        case dict(), dict():
            if not is_top and is_newer(written.get("format"), kept.get("format")):
                return True
            return all(holds(written.get(name), value, is_top=False) for name, value in kept.items())
        case list(), list():
            pairs = zip(written, kept, strict=False)
            return len(written) == len(kept) and all(holds(*pair, is_top=False) for pair in pairs)
        case str(), str() if kept[:1] in ("{", "["):
            return holds(json.loads(written), json.loads(kept), is_top=False)
        case _:
            return written == kept


def is_newer(number: object, than: object) -> bool:
    return isinstance(number, int) and isinstance(than, int) and number > than


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_golden_file_can_be_read(file: Path) -> None:
    shape = SHAPES[file.parent.name]
    present = FORMATS[file.parent.name]
    number = int(file.stem.partition("-")[0])
    assert number in {present, present - 1}, "older formats are not read any more: say so in the docs"
    value = shape.read(file.read_text())
    if number == present:
        assert holds(json.loads(shape.dump(value)), json.loads(file.read_text())), "something was not read"


@pytest.mark.parametrize(("shape", "name"), NAMED)
def test_what_is_written_has_all_that_is_in_the_golden_file(shape: str, name: str) -> None:
    written = json.loads(SHAPES[shape].dump(SHAPES[shape].of(name)))
    assert holds(written, json.loads(golden(shape, FORMATS[shape], name).read_text())), (
        f"{shape} lacks what older code reads: raise its number in aws/stored/fields.py"
    )


def test_a_new_field_needs_no_new_number_and_a_lost_one_does() -> None:
    kept = {"format": 1, "id": "a", "contact": {"format": 1, "id": "b"}, "text": '{"x": 1}'}
    assert holds(kept | {"new": 1}, kept)
    assert holds(kept | {"contact": {"format": 2}, "text": '{"x": 1, "y": 2}'}, kept)
    assert not holds(kept | {"contact": {"format": 1}}, kept)
    assert not holds(kept | {"format": 2}, kept)
    assert not holds(kept | {"text": "{}"}, kept)


def renamed(source: str, name: str, new: str) -> str:
    """Return `source` with an identifier renamed. Words in strings stay as they are, except in f-strings."""
    tokens = []
    for token in tokenize.generate_tokens(iter(source.splitlines(keepends=True)).__next__):
        is_it = token.type == tokenize.NAME and token.string == name
        in_f_string = token.type == tokenize.STRING and token.string.startswith(("f", "rf"))
        words = re.sub(rf"\b{name}\b", new, token.string) if is_it or in_f_string else token.string
        tokens.append((token.type, words))
    return tokenize.untokenize(tokens)


@pytest.mark.parametrize("name", ["wished_at", "restarts", "reports_failure", "spoken_at", "former_phones"])
def test_renaming_a_field_in_the_code_changes_nothing_that_is_stored(name: str, tmp_path: Path) -> None:
    package = tmp_path / "rejoinder"
    shutil.copytree(ROOT / "layers" / "rejoinder" / "rejoinder", package)
    shutil.copytree(FOLDER, tmp_path / "tests" / "stored")
    changed = 0
    for file in [*package.rglob("*.py"), *(tmp_path / "tests").rglob("samples.py")]:
        source = file.read_text()
        if re.search(rf"\b{name}\b", source):
            file.write_text(renamed(source, name, f"{name}_of_tomorrow"))
            changed += 1
    assert changed > 2
    test = tmp_path / "tests" / "stored" / "test_golden_files.py"
    held = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-k",
            "can_be_read or is_written",
            str(test),
        ],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert held.returncode == 0, held.stdout
