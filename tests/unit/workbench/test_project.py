"""Which project a folder is in."""

from pathlib import Path

import pytest

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import MARK, Project


@pytest.mark.parametrize("content", [b"[tool", "[tool.rejoinder]\n".encode("utf-16")])
def test_a_pyproject_toml_that_cannot_be_read_is_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MARK).write_bytes(content)
    with pytest.raises(StackError, match=f"{MARK} is no TOML: "):
        Project.find(tmp_path)


@pytest.mark.parametrize("content", ["tool = 3\n", "[tool]\nrejoinder = 3\n", "[tool.ruff]\n"])
def test_a_pyproject_toml_without_our_table_is_none_of_ours(tmp_path: Path, content: str) -> None:
    (tmp_path / MARK).write_text(content)
    with pytest.raises(StackError, match="is in no project of rejoinder"):
        Project.find(tmp_path)
