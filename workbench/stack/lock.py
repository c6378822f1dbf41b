"""One stack per folder: a lock that the operating system releases when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rejoinder.workbench.called import called
from rejoinder.workbench.errors import StackError

LOCK = "lock"
RECORD = "local.json"


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock. Raises StackError, which names the holder, when another process holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # it holds what people write to the bot, and after a kill the token of a bot
    with (folder / LOCK).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StackError(_held_by(folder)) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        (folder / RECORD).unlink(missing_ok=True)  # from a stack that was killed
        yield


def is_held(folder: Path) -> bool:
    """Whether a stack is running or starting in a folder."""
    try:
        with (folder / LOCK).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _held_by(folder: Path) -> str:
    pid = (folder / LOCK).read_text() or "?"
    return (
        f"a local stack is running already: process {pid}, in {folder.parent}; "
        f"talk to it with `{called('talk')}`, or stop it there with Ctrl-C"
    )
