"""What people do with a deployment while it works: they put back, release, export and forget."""

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field

from rejoinder.workbench.chaos import evidence
from rejoinder.workbench.cli import redrive, release
from rejoinder.workbench.cli.deployed import Deployed, on
from rejoinder.workbench.cli.export import kept
from rejoinder.workbench.cli.forget import erase
from rejoinder.workbench.cli.handset import Handset
from rejoinder.workbench.cli.people import Table
from rejoinder.workbench.stack import LocalStack, StackError

HANDED_OVER, FORGOTTEN = "15560000001", "15560000002"
"""Two contacts that no plan has: one with whom a person talks, and one who is forgotten."""


@dataclass(slots=True, kw_only=True)
class Errands:
    """The errands of one drill. Each method returns a line about what was done."""

    stack: LocalStack

    put_back: set[str] = field(default_factory=set)
    """The ids of the updates that were parked when somebody put them back."""

    failed: list[str] = field(default_factory=list)
    """What did not do what it should."""

    def begin(self) -> str:
        """Let two contacts write, one of them to a person."""
        Handset(self.stack.simulator_url, HANDED_OVER).say("person")
        Handset(self.stack.simulator_url, FORGOTTEN).say("forget me")
        return "two more contacts wrote, and one of them talks to a person now"

    def redrive(self) -> str:
        """Put back what was set aside."""
        self.put_back |= evidence.parked(self.stack)
        said = self._do("redrive", lambda place: redrive.put_back(place, {redrive.EVERYTHING}))
        return f"what was set aside was put back: {said}"

    def release(self) -> str:
        """End the handoff. From now on the bot answers the contact again."""
        self._do("release", lambda place: release.release(place, HANDED_OVER))
        Handset(self.stack.simulator_url, HANDED_OVER).say("am I back?")
        return "a contact was released"

    def export(self) -> str:
        """Export what is kept of a contact."""
        self._do("export", lambda place: kept(place, FORGOTTEN))
        return "a contact was exported"

    def forget(self) -> str:
        """Erase what is kept of a contact."""
        self._do("forget", _forget)
        return "a contact was forgotten"

    def end(self) -> None:
        """Look whether the contact that was released had its answer, and nothing is left of the other one."""
        heard = Handset(self.stack.simulator_url, HANDED_OVER).heard()
        if not any("am I back?" in message.text for message in heard):
            self.failed.append("release: the bot did not speak again")
        with suppress(StackError):  # what was in the queues came after the first time, as `make forget` says
            _forget(on(self.stack))
        with suppress(StackError):
            kept(on(self.stack), FORGOTTEN)
            self.failed.append("forget: something of the contact is left")

    def _do(self, name: str, errand: Callable[[Deployed], object]) -> str:
        """Do an errand without its output. Return the last line of it."""
        with redirect_stdout(io.StringIO()) as said, redirect_stderr(io.StringIO()):
            try:
                errand(on(self.stack))
            except StackError as error:
                self.failed.append(f"{name}: {error}")
        return (said.getvalue().splitlines() or ["nothing"])[-1]


def _forget(place: Deployed) -> None:
    erase(place, Table(place).find(FORGOTTEN))
