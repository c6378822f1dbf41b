"""What people do with a deployment while it works: they put back, release, export and forget."""

import io
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field

import httpx

from rejoinder.model.contents import Document, Image
from rejoinder.workbench.chaos import evidence
from rejoinder.workbench.chaos.plan import MENU_FILE
from rejoinder.workbench.chaos.tally import is_rejected
from rejoinder.workbench.cli import redrive, release
from rejoinder.workbench.cli.export import kept
from rejoinder.workbench.cli.forget import erase
from rejoinder.workbench.deployment.deployed import Deployed, on
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.handset.handset import Handset
from rejoinder.workbench.stack import LocalStack, StackError

HANDED_OVER, FORGOTTEN, SPOILED = "15560000001", "15560000002", "15560000003"
"""Three contacts that no plan has: one with whom a person talks, one who is forgotten, and one to whom a file
fails at first."""

NO_MEDIA = {"kind": "status", "failed": 131053, "times": 1, "to": SPOILED}
"""The fault that the network takes a message, and then says that it cannot have its file."""


@dataclass(slots=True, kw_only=True)
class Errands:
    """The errands of one drill. Each method returns a line about what was done."""

    stack: LocalStack

    put_back: set[str] = field(default_factory=set)
    """The ids of the updates that were parked when somebody put them back."""

    failed: list[str] = field(default_factory=list)
    """What did not do what it should."""

    rejected: int = 0
    """How many files of these contacts met a rejection that was meant for any file."""

    kept_in: list[str] = field(default_factory=list)
    """How the keys of the files began that were kept of the contact who is forgotten."""

    def begin(self) -> str:
        """Let three contacts write, one of them to a person. One sends files, and one asks for one."""
        url = self.stack.simulator_url
        Handset(url, HANDED_OVER).say("person")
        Handset(url, FORGOTTEN).say("forget me")
        Handset(url, FORGOTTEN).send(Image(MENU_FILE))
        Handset(url, FORGOTTEN).send(Document(MENU_FILE))
        httpx.post(f"{url}/sim/faults", json=NO_MEDIA, timeout=60, trust_env=False).raise_for_status()
        Handset(url, SPOILED).say("only the menu")
        return "three more contacts wrote, and one of them talks to a person now"

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
        self._do("forget", self._forget)
        return "a contact was forgotten"

    def end(self) -> None:
        """Look whether each contact has what it should, and nothing is left of the one who is forgotten."""
        heard = Handset(self.stack.simulator_url, HANDED_OVER).heard()
        if not any("am I back?" in message.text for message in heard):
            self.failed.append("release: the bot did not speak again")
        with suppress(StackError):  # what was in the queues came after the first time, as `make forget` says
            self._forget(on(self.stack))
        with suppress(StackError):
            kept(on(self.stack), FORGOTTEN)
            self.failed.append("forget: something of the contact is left")
        if any(key for folder in self.kept_in for key, _ in evidence.objects(self.stack, folder)):
            self.failed.append("forget: a file of the contact is left")
        statuses = [message.status for message in Handset(self.stack.simulator_url, SPOILED).heard()]
        if statuses in ([], ["failed"]) and self._was_rejected():
            self.rejected += 1
        elif statuses[:1] != ["failed"] or "failed" in statuses[-1:]:
            self.failed.append(f"a file that the network did not have was not sent again: {statuses}")

    def _do(self, name: str, errand: Callable[[Deployed], object]) -> str:
        """Do an errand without its output. Return the last line of it."""
        with redirect_stdout(io.StringIO()) as said, redirect_stderr(io.StringIO()):
            try:
                errand(on(self.stack))
            except StackError as error:
                self.failed.append(f"{name}: {error}")
        return (said.getvalue().splitlines() or ["nothing"])[-1]

    def _was_rejected(self) -> bool:
        """Whether the file that fails at first was then rejected for good."""
        table = Table(on(self.stack))
        _, records, _ = table.messages(table.find(SPOILED))
        return any(is_rejected(evidence.attempts_of(record)) for record in records)

    def _forget(self, place: Deployed) -> None:
        people = Table(place).find(FORGOTTEN)
        self.kept_in += [f"contacts/{key}/" for person in people for key in person.keys]
        erase(place, people)
