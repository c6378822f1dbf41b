"""
Runs MiniStack as long as the process that started it keeps its standard input open.

When that closes, even because the other process was killed, MiniStack gets a SIGTERM and saves its state.
MiniStack's own interpreter runs this file, so it imports nothing of ours. The argument, the state's folder,
is not used; it only identifies this MiniStack in a list of processes.
"""

import os
import signal
import sys
import threading


def _wait_for_release() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    from ministack.app import main  # type: ignore[import-not-found]  # only in .tools/ministack

    threading.Thread(target=_wait_for_release, daemon=True).start()
    sys.argv = ["ministack"]
    main()
