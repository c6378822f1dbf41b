"""`rejoinder talk`: talk to the running bot in this terminal."""

import sys
import threading

from rejoinder.model.letters import phone_digits
from rejoinder.testing.transcript import write
from rejoinder.workbench.cli.called import called
from rejoinder.workbench.cli.handset import Handset, wait_for
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import StackError, running

CONTACT = "15550002222"

POLL_SECONDS = 0.2
"""The pause between two looks at the phone, in seconds."""

ANSWER_SECONDS = 5.0
"""How long to wait for the answer to a line that comes from a pipe, in seconds."""

QUIET_SECONDS = 2.0
"""How long the bot must be silent after the last line before the command ends, in seconds."""


def main(project: Project, *, contact: str, name: str) -> int:
    """Send each line that is typed and show the answers, until the end of input.

    `contact` is the phone number to talk from, and `name` the one in its profile.
    """
    stack = running(project)
    if stack is None:
        raise StackError(f"no local stack is running: start it with `{called('run')}` in another terminal")
    print("Type to the bot; [Title] taps a button or a row. Ctrl-D or Ctrl-C ends it.")
    handset = Handset(stack.simulator_url, phone_digits(contact), name)
    try:
        _Conversation(handset).hold()
    except KeyboardInterrupt:
        print()
    return 0


class _Conversation:
    def __init__(self, handset: Handset) -> None:
        self._handset = handset
        self._shown = len(handset.heard())
        self._over = threading.Event()

    def hold(self) -> None:
        screen = threading.Thread(target=self._show, daemon=True)
        screen.start()
        for line in sys.stdin:
            words = line.removeprefix("> ").strip()
            if words.startswith("..."):
                print("(time is real here; only `rejoinder chat` can let it pass)", flush=True)
            elif words:
                self._say(words)
        self._over.set()
        screen.join(QUIET_SECONDS + 1)

    def _say(self, words: str) -> None:
        """Say `words`. With input from a pipe, wait for an answer: the next line may tap a button of it."""
        before = self._shown
        if not sys.stdin.isatty():
            print(write(">", words), flush=True)
        try:
            self._handset.say(words)
        except StackError as error:
            print(f"({error})", flush=True)
            return
        if not sys.stdin.isatty():
            wait_for(lambda: self._shown > before or None, seconds=ANSWER_SECONDS)

    def _show(self) -> None:
        """Print what the bot says. After the end of input, stop once the bot has been silent for a while."""
        quiet = 0.0
        while quiet < QUIET_SECONDS:
            try:
                new = self._handset.heard()[self._shown :]
            except StackError:
                return
            for message in new:
                print(message, flush=True)
            self._shown += len(new)
            quiet = quiet + POLL_SECONDS if self._over.wait(POLL_SECONDS) else 0.0
