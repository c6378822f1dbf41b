"""What was deployed, so that the same is not built and deployed again."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

LEFT_OUT = {"__pycache__", "tests"}
DEPLOYED = ("template.yaml", "samconfig.toml", "layers", "functions")
TOOLS = ("workbench/stack/requirements-ministack.txt", "workbench/stack/requirements-sam.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Two hashes: over the bot, which alone can be replaced in a second, and over all the rest."""

    stack: str
    bot: str

    @classmethod
    def of(cls, root: Path, bot: str, parameters: Mapping[str, str]) -> Self:
        """What a deployment made now would be made from."""
        settings = [f"{name}={value}" for name, value in sorted(parameters.items())]
        return cls(stack=_hash(root, [*DEPLOYED, *TOOLS], settings), bot=_hash(root, [bot], [bot]))

    @classmethod
    def read(cls, text: str) -> Self:
        """From what `str` wrote."""
        stack, _, bot = text.partition(" ")
        return cls(stack=stack, bot=bot)

    def __str__(self) -> str:
        return f"{self.stack} {self.bot}"


def files(places: Iterable[Path]) -> Iterator[Path]:
    """The files in some folders, in a fixed order, without tests and what Python and editors leave behind."""
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir() and place.name not in LEFT_OUT:
            yield from files(sorted(inner for inner in place.iterdir() if not inner.name.startswith(".")))


def _hash(root: Path, names: Iterable[str], settings: Iterable[str]) -> str:
    digest = hashlib.sha256("\n".join(settings).encode())
    for path in files(root / name for name in names):
        content = path.read_bytes()
        digest.update(f"\n{path.relative_to(root)} {len(content)}\n".encode() + content)
    return digest.hexdigest()
