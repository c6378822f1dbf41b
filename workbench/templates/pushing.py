"""`rejoinder templates push`: shows what it will do, asks, does it, and follows the review."""

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import chain, repeat
from pathlib import Path

from rich.console import Console

from rejoinder.bot.templates.catalog import FOLDER
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.questions import Questions
from rejoinder.workbench.templates import lint as rules
from rejoinder.workbench.templates.account import Account
from rejoinder.workbench.templates.commands import Files, told
from rejoinder.workbench.templates.plan import Step, deletions, pairs, steps
from rejoinder.workbench.templates.push import Push, Review
from rejoinder.workbench.terminal import RED, console, plain, show

POLL_SECONDS = (*(5.0,) * 12, 60.0)
"""The pauses between the looks at the review; the last one again and again.

A new account may ask Meta 200 times in an hour, and an active one 5,000 times:
https://developers.facebook.com/docs/graph-api/overview/rate-limiting.
"""

WORDS = {"create": "create", "edit": "change", "delete": "delete", "": "leave"}
"""What a step is called."""


def pauses(sleep: Callable[[float], None]) -> Callable[[], None]:
    """Return what pauses by `sleep`, and longer when nothing is decided soon."""
    seconds = chain(POLL_SECONDS, repeat(POLL_SECONDS[-1]))
    return lambda: sleep(next(seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushing:
    """One push, step by step."""

    account: Account
    """Where the templates go."""

    bot: Path
    """The folder of the bot."""

    names: Collection[str] = ()
    """The templates that are meant; empty for all."""

    delete: bool = False
    """Whether to delete what no file has of them."""

    pause: Callable[[], None] = field(default_factory=lambda: pauses(time.sleep))
    """Waits between two looks at the review."""

    def run(self, *, yes: bool, wait: bool) -> int:
        """Push. Return 1 when something is wrong, cannot be done, or was rejected."""
        files = Files(self.bot)
        findings = [one for one in rules.lint(self.bot) if self._is_meant(one.file)]
        if findings:
            told(findings)
            return 1
        planned = self._planned(files)
        if not planned:
            print("nothing to do: Meta has what the files say")
            return 0
        print(f"in the business account {self.account.waba_id}:")
        _show(planned)
        doable = [one for one in planned if one.deed]
        if not doable:
            return 1
        screen = console()
        if not yes and not Questions(screen=screen).yes("do it?"):
            print("nothing was done")
            return 1
        done = self._do(files, doable)
        is_good = len(done) == len(planned)
        sent = {(one.pair.name, one.pair.language): one.pair.here.category for one in done if one.pair.here}
        if wait and sent:
            is_good &= self._follow(files, Review(account=self.account, asked=sent), screen)
        return 0 if is_good else 1

    def _is_meant(self, file: Path) -> bool:
        """Return whether a file is pushed. What is wrong with the bot's code hinders no push."""
        return file.parent.name == FOLDER and (not self.names or file.stem in self.names)

    def _planned(self, files: Files) -> list[Step]:
        known, there = files.all(), self.account.templates()
        unknown = {*self.names} - {*known} - ({one.name for one in there} if self.delete else set())
        if unknown:
            raise StackError(
                f"no file has the template {', '.join(sorted(unknown))}: write it, or delete it with --delete"
            )
        found = pairs(known, there)
        gone = [*deletions(found, self.names)] if self.delete else []
        return [*steps(found, self.names, time.time()), *gone]

    def _do(self, files: Files, planned: Iterable[Step]) -> list[Step]:
        """Carry out the steps, and return those that went well. One that fails stops no other."""
        push = Push(account=self.account, bot=self.bot, file_of=files.catalog.shown)
        done = []
        for step in planned:
            try:
                print(f"{step.pair}: {push.do(step)}")
            except StackError as error:
                show(str(error), RED)
            else:
                done.append(step)
        return done

    def _follow(self, files: Files, review: Review, screen: Console) -> bool:
        """Print each verdict when it is there. Return whether all of them are approved."""
        print("in review at Meta; Ctrl-C stops the waiting, and not the review")
        is_good = True
        try:
            with screen.status("") as line:

                def wait(over: int, of: int) -> None:
                    line.update(plain(f"{over} of {of} decided"))
                    self.pause()

                for one in review.follow(wait):
                    is_good &= one.status == "approved"
                    show(
                        review.verdict(one, files.catalog.shown(one.name)),
                        "" if one.status == "approved" else RED,
                    )
        except KeyboardInterrupt:
            print("\nthe review goes on at Meta: `rejoinder templates status` shows it")
            raise
        return is_good


def _show(planned: Iterable[Step]) -> None:
    for step in planned:
        print(f"{WORDS[step.deed]} {step.pair}{f': {step.note}' if step.note else ''}")
        for line in step.pair.lines:
            print(f"  {line}")
