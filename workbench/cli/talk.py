"""`rejoinder talk`: talk to the running bot in this terminal."""

import sys
import threading
from dataclasses import replace

from rejoinder.model.letters import phone_digits
from rejoinder.model.spoken import FileContent
from rejoinder.testing.transcript import write
from rejoinder.workbench.called import called
from rejoinder.workbench.handset import lines
from rejoinder.workbench.handset.handset import Handset, wait_for
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import StackError, running
from rejoinder.workbench.terminal import DIM, GREEN, RED, show

CONTACT = "15550002222"

POLL_SECONDS = 0.2
"""The pause between two looks at the phone, in seconds."""

ANSWER_SECONDS = 5.0
"""How long to wait for the answer to a line that comes from a pipe, in seconds."""

QUIET_SECONDS = 2.0
"""How long the bot must be silent after the last line before the command ends, in seconds."""


def main(project: Project, *, contact: str, name: str, channel: str = "whatsapp") -> int:
    """Send each line that is typed and show the answers, until the end of input.

    `contact` is the phone number to talk from, or on Telegram the id of a person. `name` is the one in its
    profile.
    """
    stack = running(project)
    if stack is None:
        raise StackError(f"no local stack is running: start it with `{called('run')}` in another terminal")
    if channel == "telegram" and stack.telegram_url != stack.simulator_url:
        raise StackError("the bot is at Telegram itself now: write to it on your phone")
    print("Type to the bot; [Title] taps a button or a row. /help shows what else there is. Ctrl-D ends it.")
    handset = Handset(stack.simulator_url, phone_digits(contact), name, channel=channel)
    try:
        Talk(handset).hold()
    except KeyboardInterrupt:
        print()
    return 0


class Talk:
    """A talk on a handset, whose lines come from standard input."""

    def __init__(self, handset: Handset) -> None:
        self._handset = handset
        self._shown = len(handset.heard())
        self._over = threading.Event()

    def hold(self) -> None:
        """Do what each line says, and show what the bot says, until the end of input."""
        screen = threading.Thread(target=self._show, daemon=True)
        screen.start()
        for line in sys.stdin:
            words = line.removeprefix("> ").strip()
            if words:
                self._do(words)
        self._over.set()
        screen.join(QUIET_SECONDS + 1)

    def _do(self, words: str) -> None:
        """Do what a line says. The next line from a pipe may tap a button of the answer, so wait for that."""
        before, is_typed = self._shown, sys.stdin.isatty()
        if not is_typed:
            print(write(">", words), flush=True)
        try:
            self._send(lines.read(words))
        except (StackError, lines.Mistyped) as error:
            show(f"({error})", RED)
            return
        if not is_typed:
            wait_for(lambda: self._shown > before or None, seconds=ANSWER_SECONDS)

    def _send(self, line: lines.Line) -> None:
        match line:
            case lines.Words():
                self._handset.say(line.words)
            case lines.Choice():
                self._handset.say(f"[{line.title}]")
            case lines.Sending(content=content, file=file):
                show(f"({line.told})", DIM)
                if file and isinstance(content, FileContent):
                    content = replace(content, file=file)
                self._handset.send(content)
            case "help":
                print(lines.A_PHONE, flush=True)
            case lines.Passing():
                raise lines.Mistyped("time is real here; only `rejoinder chat` can let it pass")
            case "release":
                raise lines.Mistyped(f"`{called('release')}` ends a handoff of the running stack")
            case _:
                raise lines.Mistyped("only `rejoinder chat` can do this")

    def _show(self) -> None:
        """Print what the bot says. After the end of input, stop once the bot has been silent for a while."""
        quiet = 0.0
        while quiet < QUIET_SECONDS:
            try:
                new = self._handset.heard()[self._shown :]
            except StackError:
                return
            for message in new:
                show(str(message), GREEN)
            self._shown += len(new)
            quiet = quiet + POLL_SECONDS if self._over.wait(POLL_SECONDS) else 0.0
