"""The life of one message as a list of events, from what is kept of it and from the logs."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rejoinder.aws.stored.items import Item, item_number
from rejoinder.channels import channel_named
from rejoinder.model.delivery import MessageRecord, Step
from rejoinder.model.ids import correlation_of
from rejoinder.workbench.cli.deployed import Deployed
from rejoinder.workbench.cli.letters import Letter, dead_letters
from rejoinder.workbench.stack.logs import Entry, events, parse
from rejoinder.workbench.watching.life import Finder, Kept
from rejoinder.workbench.watching.queues import queues
from rejoinder.workbench.watching.state import many

BEFORE_SECONDS = 3600.0
"""How long before the first known time the logs are searched, in seconds: an update may have waited."""

AFTER_SECONDS = 600.0
"""How long after the last one."""

WITHOUT_SECONDS = 24 * 3600.0
"""How far back the logs are searched for a message of which nothing is kept, in seconds."""

WHERE = {
    Step.SENDING: ("sender", "the network is asked"),
    Step.REFUSED: ("sender", "refused"),
    Step.UNKNOWN: ("sender", "no answer that tells whether it was accepted"),
    Step.ACCEPTED: ("sender", "accepted"),
    Step.SENT: ("network", "sent"),
    Step.FAILED: ("sender", "failed for good"),
    Step.DELIVERED: ("phone", "delivered"),
    Step.READ: ("phone", "read"),
    Step.PLAYED: ("phone", "played"),
}
"""Where each step happens, and what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing that happened."""

    at: float
    """When, in Unix seconds."""

    where: str
    """Where: a function, the network, the phone."""

    what: str
    """What, in words that quote nobody."""

    outbound_id: str = ""
    """The answer that it is about; empty for the contact's message."""

    order: float = 0.0
    """Where it stands among the others. Networks tell whole seconds, so what came later may look earlier."""

    @property
    def is_rough(self) -> bool:
        """Whether its time has whole seconds only."""
        return self.at == int(self.at)

    @property
    def shown_at(self) -> float:
        """When it happened, as far as its place among the others tells."""
        return self.order or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The life of one message."""

    kept: Kept
    """What is kept of it."""

    happenings: Sequence[Happening]
    """What happened, in order."""

    letters: Sequence[Letter] = ()
    """The dead letters with the message or one of its answers."""

    open: Sequence[str] = field(default_factory=list)
    """What has not happened, and what that means."""

    @property
    def is_known(self) -> bool:
        """Whether anything is known of the message: what was kept may have ended, one item after another."""
        return bool(self.happenings or self.letters)

    def since_webhook(self, one: Happening) -> float:
        """Return how many seconds after the webhook something happened; after the first thing without it."""
        began = next((other for other in self.happenings if other.where == "ingress"), self.happenings[0])
        return one.at - began.at


def life_of(place: Deployed, message: str) -> Life | None:
    """Return the life of the message with this id, ours or the network's; None when nothing is known of it.

    Where nothing is kept of it, the dead letters and the logs may tell.
    """
    finder = Finder(place)
    kept = finder.find(message)
    candidates = [kept] if kept else [Kept(correlation_id=one) for one in finder.correlations]
    lives = (life(place, one) for one in candidates)
    return next((one for one in lives if one.is_known), None)


def life(place: Deployed, kept: Kept) -> Life:
    """Return the life of a message."""
    own = [*_asked(kept), *_marked(kept), *_recorded(kept)]
    letters = _letters(place, kept)
    logged = [*_logged(place, kept, *_searched(own, letters))]
    if any(one.where == "processor" for one in logged):
        own = [one for one in own if one.where != "processor"]  # the log is more exact
    found = sorted([*own, *logged], key=lambda one: one.shown_at)
    return Life(kept=kept, happenings=found, letters=letters, open=[*_open(kept, found, letters)])


def _searched(own: Sequence[Happening], letters: Sequence[Letter]) -> tuple[float, float]:
    """Return from when and until when the logs are searched, in Unix seconds."""
    if own:
        times = [one.at for one in own]
        return min(times) - BEFORE_SECONDS, max(times) + AFTER_SECONDS
    now = time.time()
    return min([now - WITHOUT_SECONDS, *(one.at - BEFORE_SECONDS for one in letters)]), now + AFTER_SECONDS


def _asked(kept: Kept) -> Iterator[Happening]:
    if kept.said and kept.said.asked_at:
        yield Happening(at=kept.said.asked_at, where="network", what="the contact wrote")


def _marked(kept: Kept) -> Iterator[Happening]:
    """Yield what the marker tells. It has whole seconds, and only the last of its times."""
    if kept.marker:
        state = {"done": "turn done", "parked": "parked", "trying": "the bot failed"}[kept.marker.state]
        yield Happening(at=kept.marked_at, where="processor", what=state)


def _recorded(kept: Kept) -> Iterator[Happening]:
    for outbound_id, item in kept.records.items():
        for attempt, steps in sorted(kept.record(outbound_id).steps.items()):
            order = 0.0
            for step in Step:
                if step not in steps:
                    continue
                order = max(order, steps[step])
                where, what = WHERE[step]
                code = _code(item, attempt) if step in (Step.REFUSED, Step.UNKNOWN, Step.FAILED) else ""
                yield Happening(
                    at=steps[step],
                    where=where,
                    what=f"attempt {attempt}: {what}{code}",
                    outbound_id=outbound_id,
                    order=order,
                )


def _code(item: Item, attempt: int) -> str:
    code = item_number(item, f"a{attempt}_error_code")
    return f" (code {code:.0f})" if code else ""


def _logged(place: Deployed, kept: Kept, since: float, until: float) -> Iterator[Happening]:
    """Yield what the logs tell beside what the records do."""
    known = {*Step} if kept.records else set[str]()
    for name, function in place.functions.items():
        found = events(
            place.client("logs"),
            function,
            int(since * 1000),
            until_ms=int(until * 1000),
            pattern=kept.correlation_id,
        )
        for event in found:
            entry = parse(name, event["timestamp"], event["message"])
            for one in entry.each() if entry else ():
                if _is_about(one, kept.correlation_id) and one.message not in known:
                    outbound_id = str(one.fields.get("outbound_id", ""))
                    yield Happening(at=_logged_at(one), where=name, what=_words(one), outbound_id=outbound_id)


def _is_about(entry: Entry, correlation: str) -> bool:
    outbound = str(entry.fields.get("outbound_id", ""))
    return correlation in (entry.correlation_id, correlation_of(outbound))


def _logged_at(entry: Entry) -> float:
    """Return when a line was written: the local AWS has the end of the invocation instead."""
    return entry.written_at.timestamp()


def _words(entry: Entry) -> str:
    shown = ("content", "messages", "cause", "tries", "code", "pause_seconds")
    extras = [f"{name} {entry.fields[name]}" for name in shown if entry.fields.get(name) is not None]
    return ", ".join([entry.message, *extras])


def _letters(place: Deployed, kept: Kept) -> list[Letter]:
    """Return the dead letters with the message or one of its answers."""
    now = datetime.fromtimestamp(time.time()).astimezone()
    if not any(queue.depth for queue in queues(place, now) if queue.is_for_letters):
        return []
    with dead_letters(place) as letters:
        return [one for one in letters.receive() if kept.correlation_id in one.correlation_ids]


# --- what is missing ----------------------------------------------------------------------------------------


def _open(kept: Kept, found: Sequence[Happening], letters: Sequence[Letter]) -> Iterator[str]:
    for letter in letters:
        what = f"it lies among the dead letters of {letter.origin} ({letter.cause})"
        yield f"{what}: `rejoinder redrive {letter.id}` puts it back"
    marker = kept.marker
    if marker and marker.state == "trying":
        yield f"the bot failed {many(marker.tries, 'time')} ({marker.cause}); the update comes again"
    elif marker and not kept.outbound_ids:
        yield "nothing: the bot said nothing"
    elif not kept.outbound_ids and not letters:
        yield from _no_turn(found)
    for outbound_id in kept.outbound_ids:
        if why := _of_answer(kept, outbound_id):
            yield f"answer {number(outbound_id)}: {why}"


def _no_turn(found: Sequence[Happening]) -> Iterator[str]:
    if any(one.where == "processor" for one in found):
        yield "no answer is kept: the bot said nothing, or it was erased"
    else:
        yield "the bot has not handled it: it waits in inbound, or behind another update of its conversation"


def _of_answer(kept: Kept, outbound_id: str) -> str:
    """Return what has not happened to an answer; empty when it was read or has failed."""
    if outbound_id in kept.waits_for_gate:
        return "it waits apart until the gate of its account opens"
    if outbound_id in kept.waits_for_contact:
        return "it waits until the contact writes again"
    record = kept.record(outbound_id)
    if not record.steps:
        return "the sender has not begun: it waits in outbound, or behind another message of its conversation"
    return _of_state(record, has_statuses=_has_statuses(kept.account))


def _of_state(record: MessageRecord, *, has_statuses: bool) -> str:
    if not has_statuses and record.state in (Step.ACCEPTED, Step.SENT):
        return "no status will come: this network tells none"
    return {
        Step.SENDING: "no answer of the network is recorded yet: the sender is at it, or looks again",
        Step.REFUSED: "it was refused and is tried again",
        Step.UNKNOWN: "a status, or the next attempt after a pause, will tell",
        Step.ACCEPTED: "no status yet; `rejoinder logs --function tracker` shows whether any come",
        Step.SENT: "not delivered yet: the phone is off or has no network",
        Step.DELIVERED: "not read yet, or the contact does not let it be known",
    }.get(record.state or Step.FAILED, "")


def _has_statuses(account: str) -> bool:
    channel = account.partition(":")[0]
    return not channel or channel_named(channel).has_statuses


def number(outbound_id: str) -> str:
    """Return which answer of its turn an id means, such as `1`."""
    return outbound_id.rpartition("-")[2]
