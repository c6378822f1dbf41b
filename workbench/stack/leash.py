"""
Runs MiniStack as long as the process that started it keeps its standard input open.

When that closes, even because the other process was killed, MiniStack lets the running functions end, saves
its state and ends. MiniStack's own interpreter runs this file, so it imports nothing of ours. The argument is
the folder of its state. It also identifies this MiniStack in a list of processes.
"""

import fcntl
import os
import runpy
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

END_SECONDS = 10.0
"""How long functions that read from queues may still run, in seconds. Few turns take longer."""

UNFINISHED = "unfinished"
"""The file in the folder that is there during a deployment. A state with half of one is not kept."""


def _wait_for_release() -> None:
    while sys.stdin.buffer.read(1):
        pass
    _let_functions_end()
    os.kill(os.getpid(), signal.SIGTERM)


def _let_functions_end() -> None:
    """Take no more messages from the queues, and wait for the functions that have some. Kill what is late."""
    from ministack.core import lambda_runtime  # type: ignore[import-not-found]  # noqa: PLC0415
    from ministack.services import lambda_svc  # type: ignore[import-not-found]  # noqa: PLC0415

    lambda_svc._poll_sqs = lambda: False  # noqa: SLF001 - MiniStack has no other way
    deadline = time.monotonic() + END_SECONDS
    time.sleep(0.05)  # a message that was just taken is counted a moment later
    while lambda_svc._esm_inflight and time.monotonic() < deadline:  # noqa: SLF001
        time.sleep(0.02)
    if lambda_svc._esm_inflight:  # noqa: SLF001
        lambda_runtime.reset()


def keep(folder: Path) -> None:
    """Make the state of this run the one that the next run begins with. A kill at any moment leaves one."""
    if (folder / UNFINISHED).exists():
        return
    kept, before = folder / "kept", folder / "before"
    if kept.exists():
        kept.rename(before)
    (folder / "now").rename(kept)
    shutil.rmtree(before, ignore_errors=True)


if __name__ == "__main__":
    from ministack.app import main  # type: ignore[import-not-found]  # only in .tools/ministack

    folder = Path(sys.argv[1])
    held = (folder / "lock").open("a")  # until we end; the next run waits for it
    fcntl.flock(held, fcntl.LOCK_EX)
    workers = runpy.run_path(str(Path(__file__).with_name("workers.py")))
    layers = workers["install"](folder / "layers")
    threading.Thread(target=_wait_for_release, daemon=True).start()
    sys.argv = ["ministack"]
    main()  # it returns when all is saved
    keep(folder)
    layers.forget_unused()
    os._exit(0)  # a thread that waits for something must not delay the end
