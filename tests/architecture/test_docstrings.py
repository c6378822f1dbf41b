"""Each public attribute of a class has a docstring of its own, so that an editor shows it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "layers" / "rejoinder" / "rejoinder"
FILES = sorted(PACKAGE.rglob("*.py"))


def is_text(node: ast.stmt | None) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_each_public_attribute_has_a_docstring(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text())):
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        for part, following in zip(node.body, [*node.body[1:], None], strict=True):
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                name = part.target.id
                is_plain = (
                    name.startswith("_") or name == "kind"
                )  # `kind` is the word that tells contents apart
                assert is_plain or is_text(following), f"{node.name}.{name}, line {part.lineno}"
