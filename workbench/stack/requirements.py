"""What the bot requires, installed once for all edits of the bot."""

import hashlib
import re
import shutil
import sys
from pathlib import Path

from rejoinder.workbench import source
from rejoinder.workbench.stack import children
from rejoinder.workbench.stack.sam import Sam

RULES = Path(__file__).with_name("requirements.mk")

NAMES_A_PACKAGE = re.compile(r"\s*([A-Za-z0-9][^@/:]*|--hash=\S+\s*\\?\s*)?")
ENDS_AS_A_FILE = re.compile(r"\.(whl|zip|tar|t?gz|t?bz2?|t?xz)\b")


def installed(sam: Sam) -> Path | None:
    """
    Return a folder with what the bot requires, installed there if it is not yet.

    Return None when the bot requires nothing, or when its requirements.txt does not say all. Raises
    StackError, with pip's reason, when the installation fails.
    """
    file = sam.bot / "requirements.txt"
    if not file.is_file() or not says_all(file.read_text()):
        return None
    folder = sam.folder / "requirements"
    place, draft = folder / _key(file), folder / "new"
    if not place.exists():
        shutil.rmtree(draft, ignore_errors=True)  # an installation that failed or was killed
        draft.mkdir(parents=True)
        children.run(
            ["make", "-s", "-f", str(RULES), f"FILE={file}", f"ARTIFACTS_DIR={draft}"],
            env=sam.environment(),
            cwd=source.house(),
            log=sam.folder / "requirements.log",
            what="installing what the bot requires",
        )
        for earlier in {*folder.iterdir()} - {draft}:
            shutil.rmtree(earlier)
        draft.rename(place)
    return place


def says_all(text: str) -> bool:
    """Whether the text of a requirements.txt decides what is installed, and leads to no other file."""
    lines = (re.sub(r"(^|\s)#.*", "", line) for line in text.splitlines())
    return all(NAMES_A_PACKAGE.fullmatch(line) and not ENDS_AS_A_FILE.search(line) for line in lines)


def _key(file: Path) -> str:
    rules = (source.house() / "layers" / "build.mk").read_bytes()  # it has pip's options
    return hashlib.sha256(b"\n".join([file.read_bytes(), rules, sys.version.encode()])).hexdigest()
