"""Fingerprints of what is deployed, so that unchanged code is not built and deployed again."""

import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rejoinder.workbench import source
from rejoinder.workbench.tools import HOUSE

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
    def of(cls, bot: Path, parameters: Mapping[str, str]) -> Self:
        """Return the fingerprint of a deployment of the bot in a folder that would be made now."""
        settings = [f"{name}={value}" for name, value in sorted(parameters.items())]
        settings.append(str(sys.implementation.cache_tag))  # the Python that bytecode and packages are for
        pins = [(HOUSE / name, Path(name)) for name in TOOLS]
        return cls(stack=hash_of([*source.deployed_files(), *pins], settings), bot=cls.of_bot(bot))

    @classmethod
    def of_bot(cls, bot: Path) -> str:
        """Return the hash of the bot alone."""
        return hash_of([(path, path.relative_to(bot)) for path in source.files([bot])], [str(bot)])

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the fingerprint in a text that `str` made."""
        stack, _, bot = text.partition(" ")
        return cls(stack=stack, bot=bot)

    def __str__(self) -> str:
        return f"{self.stack} {self.bot}"


def hash_of(files: Iterable[tuple[Path, Path]], settings: Iterable[str]) -> str:
    """Return the hash of settings and files, each with the name that it is known by."""
    digest = hashlib.sha256("\n".join(settings).encode())
    for path, name in files:
        content = path.read_bytes()
        digest.update(f"\n{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
