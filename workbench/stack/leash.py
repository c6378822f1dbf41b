"""
Runs MiniStack for as long as somebody holds the other end of its standard input.

When that end closes, even because its holder was killed, it gets the SIGTERM at which it saves its state.
Run by MiniStack's own interpreter, so it imports nothing of ours; its argument, the
folder, only tells in a list of processes whose it is.
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
