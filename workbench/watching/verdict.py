"""Whether contacts are answered now: what a look has seen, and what is said of it."""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from rejoinder.workbench.watching.figures import Of
from rejoinder.workbench.watching.queues import Queue
from rejoinder.workbench.watching.state import (
    FAILED_LATE,
    IN,
    LATE_SECONDS,
    LATELY_MINUTES,
    MINUTES,
    OUT,
    PARKED,
    RIGHT_SIGNATURES,
    WORK_FAILED,
    WRONG_SIGNATURES,
    State,
    failed_in,
    many,
    refused_in,
)

FEW_WRONG = 5
"""How many webhooks strangers may sign: as in SignatureInvalidAlarm of template.yaml."""

FEW_FAILED = 9
"""How many messages may fail, though they are most: as in MessagesMostlyFailAlarm of template.yaml."""

STANDS_SECONDS = 60
"""From which age on a message stands still, in seconds. Until then it may be in work: CloudWatch is late."""


class Answer(StrEnum):
    """Whether contacts are answered."""

    YES = "yes"

    PERHAPS = "perhaps"
    """Some are not, or nobody knows yet."""

    NO = "no"

    QUIET = "quiet"
    """There was nothing to send."""


Counts = Mapping[Of, int]
"""What was counted in some minutes."""

Rule = tuple[bool, Answer, str]
"""Whether something is seen, and what is said then."""


def verdict(state: State) -> tuple[Answer, str]:
    """Return whether contacts are answered, and why. Of all that is seen, the first is said."""
    rules = (rule for rules in (_no(state), _perhaps(state), _else(state)) for rule in rules)
    return next((answer, said) for is_seen, answer, said in rules if is_seen)


def _no(state: State) -> Iterator[Rule]:
    """Yield what means that contacts are not answered."""
    ten, three, no = state.counts, state.lately, Answer.NO
    sent, out, parked, failed = _sent(ten), ten[OUT], ten[PARKED], failed_in(ten)
    is_refusing = refused_in(three) > 0 and refused_in(ten) > 1
    fails = _mostly_fail(ten) and not _is_over(three)

    yield any(gate.is_closed for gate in state.gates.values()), no, f"not where a gate is closed; {sent}"
    yield is_refusing and not three[IN], no, f"no: {_refused(three)}, and the bot took no update"
    yield _all_wrong(three), no, f"no: {_wrong(three, LATELY_MINUTES)}"
    yield _all_wrong(ten), no, f"no: {_wrong(ten, MINUTES)}"
    yield _is_untaken(state) and _stands(state, "inbound"), no, f"no: {_untaken(state)}"
    yield _is_unsent(state) and _stands(state, "outbound"), no, f"no: {UNSENT}"
    yield any(map(_is_late, state.queues)), no, f"not all: {_late(state)}; {sent}"
    yield fails, no, f"no: most messages fail for good; {failed:,} failed, and {sent}"
    yield parked > 1 and out <= parked, no, f"no: {_apologies(ten)}"
    yield ten[IN] > 0 and failed > 1 and not out, no, f"no: {_failed(ten)}, and none went out"


def _perhaps(state: State) -> Iterator[Rule]:
    """Yield what means that some contacts are not answered, or that nobody knows yet."""
    ten, three, perhaps = state.counts, state.lately, Answer.PERHAPS
    sent, out, parked = _sent(ten), ten[OUT], ten[PARKED]
    some = "only some" if out else "perhaps not"
    troubled = [of.service for of in WORK_FAILED if three[of] and of.service in ("processor", "sender")]
    is_wrong = three[WRONG_SIGNATURES] > 0 and not three[RIGHT_SIGNATURES]
    some_fail = failed_in(three) > 0 or _mostly_fail(ten) or (failed_in(ten) > 0 and not out)

    yield state.is_searching, perhaps, f"perhaps not: {SEARCHED}"
    yield refused_in(three) > 0, perhaps, f"{some}: {_refused(three)}; {sent}"
    yield is_wrong, perhaps, f"perhaps not: {_wrong(three, LATELY_MINUTES)}; {sent}"
    yield _is_untaken(state), perhaps, f"perhaps not: {_untaken(state)}; {sent}"
    yield _is_unsent(state), perhaps, f"perhaps not: {UNSENT}; {sent}"
    yield bool(troubled), perhaps, f"{some}: the {' and the '.join(troubled)} {UNFINISHED}; {sent}"
    yield some_fail, perhaps, f"{some}: {_failed(ten)}; {sent}"
    yield parked > 0 and out <= parked, perhaps, f"perhaps not: {_apologies(ten)}"
    yield parked > 0, perhaps, f"only some: the bot failed on {many(parked, 'update')}; {sent}"


def _else(state: State) -> Iterator[Rule]:
    """Yield what means that contacts are answered, or that there was nothing to send."""
    turns, out, quiet = state.counts[IN], state.counts[OUT], Answer.QUIET

    yield out > 0, Answer.YES, f"yes, {many(out, 'message')} in {MINUTES} minutes"
    yield turns > 0, quiet, f"{many(turns, 'turn')} in {MINUTES} minutes, in which the bot said nothing"
    yield True, quiet, f"no message came in {MINUTES} minutes"


# -- what is seen --------------------------------------------------------------------------------------------


def _all_wrong(counts: Counts) -> bool:
    return counts[WRONG_SIGNATURES] > FEW_WRONG and not counts[RIGHT_SIGNATURES]


def _is_untaken(state: State) -> bool:
    """Whether something is there for the bot, and it has taken nothing."""
    return state.queue("inbound").depth > 0 and not state.lately[IN]


def _is_unsent(state: State) -> bool:
    """Whether something is there to be sent, and nothing went out. What is at work may wait for a retry."""
    queue, lately = state.queue("outbound"), state.lately
    return not lately[OUT] and (queue.waiting > 0 or (lately[IN] > 0 and queue.depth > 0))


def _stands(state: State, name: str) -> bool:
    return max(state.waited.get(name, 0), state.queue(name).oldest_seconds or 0) >= STANDS_SECONDS


def _is_late(queue: Queue) -> bool:
    age = queue.oldest_seconds or 0
    return queue.depth > 0 and age > LATE_SECONDS.get(queue.name, age)


def _mostly_fail(counts: Counts) -> bool:
    """Whether most messages fail. One that fails late was accepted before."""
    failed = failed_in(counts)
    return failed > FEW_FAILED and failed + counts[FAILED_LATE] > counts[OUT]


def _is_over(three: Counts) -> bool:
    """Whether messages go out again, and none has failed lately."""
    return three[OUT] > 0 and not failed_in(three)


# -- what is said --------------------------------------------------------------------------------------------

SEARCHED = "a gate was closed lately, and its account is searched for"
UNSENT = f"answers wait to be sent, and in {LATELY_MINUTES} minutes no message went out"
UNFINISHED = "could not finish something"


def _sent(counts: Counts) -> str:
    return f"{many(counts[OUT], 'message')} out in {MINUTES} minutes"


def _refused(three: Counts) -> str:
    count = many(refused_in(three), "webhook")
    return f"{count} in {LATELY_MINUTES} minutes got a server error"


def _wrong(counts: Counts, minutes: int) -> str:
    count = many(counts[WRONG_SIGNATURES], "webhook")
    return f"{count} in {minutes} minutes had a wrong signature, and none had a right one"


def _untaken(state: State) -> str:
    count = many(state.queue("inbound").depth, "update")
    return f"{count} for the bot, and in {LATELY_MINUTES} minutes it took none"


def _late(state: State) -> str:
    """Return the first that has waited for too long, though others are answered; nothing if nothing has."""
    late = filter(_is_late, state.queues)
    told = (
        f"something in {one.name} has waited for {(one.oldest_seconds or 0) / 60:.0f} minutes" for one in late
    )
    return next(told, "")


def _apologies(ten: Counts) -> str:
    return f"the bot failed on {many(ten[PARKED], 'update')}, and nothing but apologies went out"


def _failed(ten: Counts) -> str:
    return f"{many(failed_in(ten), 'message')} failed for good in {MINUTES} minutes"
