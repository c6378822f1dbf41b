"""Carries out a push: uploads examples, creates, changes and deletes templates, and follows the review."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from rejoinder.model.written import Category
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import GraphError
from rejoinder.workbench.templates import plan
from rejoinder.workbench.templates.account import Account
from rejoinder.workbench.templates.answers import Shown
from rejoinder.workbench.templates.meanings import refusal, rejection
from rejoinder.workbench.templates.plan import Step
from rejoinder.workbench.templates.wire import creation, edit, media_of

CANNOT_CHANGE = 2388039
"""Meta's second code for a template that cannot be changed now."""

IN_REVIEW = ("pending", "in_appeal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A push of templates to one account."""

    account: Account
    """Where they go."""

    bot: Path
    """The folder of the bot, in which the examples of pictures and films lie."""

    file_of: Callable[[str], str]
    """Returns the file of a template, as errors name it."""

    _handles: dict[str, str] = field(default_factory=dict)
    """What was uploaded already."""

    def do(self, step: Step) -> str:
        """Carry out one step, and return what is to be said of it. Raises StackError when it fails."""
        try:
            return self._done(step)
        except GraphError as error:
            raise StackError(f"{self._place(step)}: {self._refusal(step, error)}") from None

    def _done(self, step: Step) -> str:
        there, here = step.pair.there, step.pair.here
        if step.deed == "delete" and there:
            self.account.delete(there)
            return "deleted"
        assert here is not None
        handles = {name: self._handle(step, name) for name in media_of(here.languages[step.pair.language])}
        if there is None:
            answer = self.account.create(creation(here, step.pair.language, handles))
            return _created(here.category, str(answer.get("category") or here.category).lower())
        body = edit(here, step.pair.language, handles)
        if there.status == "approved":
            del body["category"]  # Meta takes none for these
        self.account.change(there, body)
        return "changed"

    def _handle(self, step: Step, name: str) -> str:
        if name not in self._handles:
            file = self.bot / name
            if not file.is_file():
                raise StackError(f"{self._place(step)}: there is no file {file}: put the example there")
            self._handles[name] = self.account.upload(file)
        return self._handles[name]

    def _place(self, step: Step) -> str:
        return f"{self.file_of(step.pair.name)} ({step.pair.language})"

    def _refusal(self, step: Step, error: GraphError) -> str:
        there = step.pair.there
        if error.subcode != CANNOT_CHANGE or there is None or there.status != "approved":
            return refusal(error)
        when = f", so push again after {plan.moment(plan.again_at(there))}" if there.changed_at else ""
        return f"{error}; one change in 24 hours and ten in 30 days are allowed{when}"


def _created(asked: Category, given: str) -> str:
    return "created" if asked == given else f"created, but {recategorised(asked, given)}"


def recategorised(asked: Category, given: str) -> str:
    """Return what to do about a category that Meta has chosen."""
    cure = f"set `category: {given}`, or make its words {asked}"
    return f"Meta made it {given}, and it costs as such: its file says {asked}: {cure}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The review of templates at Meta."""

    account: Account
    """Where they are."""

    asked: Mapping[tuple[str, str], Category]
    """The category of each, as its file says it, by its name and language."""

    def states(self) -> list[Shown]:
        """Return how they stand now. Raises GraphError."""
        return [one for one in self.account.templates() if (one.name, one.language) in self.asked]

    def follow(self, wait: Callable[[int, int], None]) -> Iterator[Shown]:
        """Yield each template when its review is over. `wait` is told how many are over, and of how many."""
        over: set[tuple[str, str]] = set()
        there: dict[tuple[str, str], Shown] = {}
        while True:
            # One that was there and is not any more was deleted: nobody will decide about it.
            gone = {key: replace(one, status="deleted") for key, one in there.items()}
            there = {(one.name, one.language): one for one in self.states()}
            for key, one in (gone | there).items():
                if key not in over and one.status not in IN_REVIEW:
                    over.add(key)
                    yield one
            if over >= self.asked.keys():
                return
            wait(len(over), len(self.asked))

    def verdict(self, template: Shown, file: str) -> str:
        """Return what the review says of a template, with the cure if it was rejected."""
        if template.status == "rejected":
            return f"{file} ({template.language}): rejected: {rejection(template.reason)}"
        asked = self.asked[template.name, template.language]
        told = f"{template.name} {template.language}: {template.status}, {template.category}"
        return told if template.category == asked else f"{told}: {recategorised(asked, template.category)}"
