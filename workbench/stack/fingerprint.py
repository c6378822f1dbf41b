"""Fingerprints of what is deployed, so that unchanged code is not built and deployed again."""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Self

CACHES, TESTS = "__pycache__", "tests"
"""Folders that are not deployed: the first anywhere, the second directly in the bot's folder."""

DEPLOYED = ("template.yaml", "samconfig.toml", "layers", "functions")
"""The files and folders that make the stack, apart from the bot."""

TOOLS = ("workbench/stack/requirements-ministack.txt", "workbench/stack/requirements-sam.txt")
"""The files that pin the tools. With other versions of them the stack is deployed again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Two hashes, because the bot alone can be replaced in a second."""

    stack: str
    """The hash of everything but the bot."""

    bot: str
    """The hash of the bot."""

    @classmethod
    def of(cls, root: Path, bot: str, parameters: Mapping[str, str]) -> Self:
        """Return the fingerprint of a deployment that would be made now."""
        settings = [f"{name}={value}" for name, value in sorted(parameters.items())]
        settings.append(str(sys.implementation.cache_tag))  # the Python that bytecode and packages are for
        return cls(stack=_hash(root, [*DEPLOYED, *TOOLS], settings), bot=_hash(root, [bot], [bot]))

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the fingerprint in a text that `str` made."""
        stack, _, bot = text.partition(" ")
        return cls(stack=stack, bot=bot)

    def __str__(self) -> str:
        return f"{self.stack} {self.bot}"


def files(places: Iterable[Path]) -> Iterator[Path]:
    """Yield the files in some folders, in a fixed order, without tests, caches and hidden files."""
    for place in places:
        if place.is_file():
            yield place
        else:
            yield from _inside(place, left_out={CACHES, TESTS})


def _inside(folder: Path, *, left_out: Set[str]) -> Iterator[Path]:
    for inner in sorted(folder.iterdir()) if folder.is_dir() else ():
        if inner.is_file() and not inner.name.startswith("."):
            yield inner
        elif inner.name not in left_out and not inner.name.startswith("."):
            yield from _inside(inner, left_out={CACHES})


def _hash(root: Path, names: Iterable[str], settings: Iterable[str]) -> str:
    digest = hashlib.sha256("\n".join(settings).encode())
    for path in files(root / name for name in names):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(root)} {len(content)}\n".encode() + content)
    return digest.hexdigest()
