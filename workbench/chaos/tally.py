"""What came through, counted from what the table and the network hold: nothing here knows what was done."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbench.chaos.plan import Update

FINISHED = {"done", "parked"}
SETTLED = {"accepted", "sent", "delivered", "read", "played", "failed"}
ANSWERED = {"accepted", "refused", "failed"}
"""What the sender writes when the network has told it what became of an attempt."""

Steps = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A message that the network took; `outbound_id` and `attempt` are those of its callback data."""

    contact: str
    text: str
    outbound_id: str
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found when all was over.

    `updates` are those that were acknowledged, each once; `markers` the states by the update's id; `counts`
    how many messages the bot counted of each contact; `records` the steps by outbound id and attempt;
    `acceptances` the oldest first; `dead` the messages in the dead-letter queues.
    """

    updates: Sequence[Update]
    markers: Mapping[str, str]
    counts: Mapping[str, int]
    records: Mapping[str, Mapping[int, Steps]]
    acceptances: Sequence[Acceptance]
    dead: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The table's figures. `unknown` are messages of which an attempt's outcome was, `settled` those of them
    whose record says in the end what became of them.
    """

    sent: int
    handled: int
    without_turn: tuple[str, ...]
    without_answer: tuple[str, ...]
    turns_doubled: int
    sends_doubled: int
    wrongly_doubled: tuple[str, ...]
    out_of_order: tuple[str, ...]
    unknown: int
    settled: int
    parked: int
    dead: int

    @property
    def lost(self) -> int:
        """Updates that came to no turn, or whose answer never went out."""
        return len(self.without_turn) + len(self.without_answer)

    @property
    def is_right(self) -> bool:
        """Whether all promises were kept."""
        broken = (self.lost, self.turns_doubled, len(self.wrongly_doubled), len(self.out_of_order))
        return not any(broken) and not self.parked and not self.dead and self.handled == self.sent


def count(evidence: Evidence) -> Tally:
    """The tally of `evidence`."""
    finished = {id for id, state in evidence.markers.items() if state in FINISHED}
    first = _first_acceptances(evidence.acceptances)
    unknown = [id for id, attempts in evidence.records.items() if any(map(is_unknown, attempts.values()))]
    doubles = list(_doubles(evidence.acceptances))
    return Tally(
        sent=len(evidence.updates),
        handled=sum(update.id in finished for update in evidence.updates),
        without_turn=tuple(update.id for update in evidence.updates if update.id not in finished),
        without_answer=tuple(_without_answer(evidence, finished, first)),
        turns_doubled=sum(_turns_doubled(evidence, finished, first)),
        sends_doubled=len(doubles),
        wrongly_doubled=tuple(
            later.outbound_id
            for earlier, later in doubles
            if not _may_follow(earlier, later, evidence.records)
        ),
        out_of_order=tuple(_out_of_order(first)),
        unknown=len(unknown),
        settled=sum(any(SETTLED & steps for steps in evidence.records[id].values()) for id in unknown),
        parked=sum(state == "parked" for state in evidence.markers.values()),
        dead=evidence.dead,
    )


def is_unknown(steps: Steps) -> bool:
    """Whether nobody told the sender what became of an attempt."""
    return "unknown" in steps or ("sending" in steps and not ANSWERED & steps)


def _first_acceptances(acceptances: Sequence[Acceptance]) -> dict[str, list[str]]:
    """The different texts that each contact got, in the order in which they came first."""
    first: dict[str, dict[str, None]] = defaultdict(dict)
    for one in acceptances:
        first[one.contact].setdefault(one.text)
    return {contact: list(texts) for contact, texts in first.items()}


def _parts(text: str) -> tuple[int, str]:
    """The bot's number and the contact's words; 0 for a text that the bot did not number."""
    number, _, words = text.partition(": ")
    return (int(number), words) if number.isdecimal() else (0, text)


def _without_answer(
    evidence: Evidence, finished: set[str], first: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    answered = {(contact, _parts(text)[1]) for contact, texts in first.items() for text in texts}
    for update in evidence.updates:
        is_done = update.id in finished and evidence.markers[update.id] == "done"
        if is_done and (update.contact, update.text) not in answered:
            yield update.id


def _turns_doubled(
    evidence: Evidence, finished: set[str], first: Mapping[str, Sequence[str]]
) -> Iterator[int]:
    """Per contact: by how much the bot counted too far, or numbers that a message got beyond its one."""
    done: dict[str, int] = defaultdict(int)
    for update in evidence.updates:
        done[update.contact] += update.id in finished
    for contact in {*evidence.counts, *first}:
        numbered = [_parts(text)[1] for text in first.get(contact, ())]
        counted_too_far = evidence.counts.get(contact, 0) - done[contact]
        yield max(counted_too_far, len(numbered) - len(set(numbered)), 0)


def _out_of_order(first: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Answers that came behind a later one, by the bot's number or by the contact's."""
    for contact, texts in first.items():
        number, place = 0, 0
        for text in texts:
            its_number, words = _parts(text)
            its_place = int(words.rpartition(" ")[2]) if words.rpartition(" ")[2].isdecimal() else place
            if its_number <= number or its_place < place:
                yield f"{contact} {text}"
            number, place = max(number, its_number), max(place, its_place)


def _doubles(acceptances: Sequence[Acceptance]) -> Iterator[tuple[Acceptance, Acceptance]]:
    """Each acceptance of what the contact has got before, behind the one before it."""
    latest: dict[tuple[str, str], Acceptance] = {}
    for one in acceptances:
        key = (one.contact, one.text)
        if key in latest:
            yield latest[key], one
        latest[key] = one


def _may_follow(earlier: Acceptance, later: Acceptance, records: Mapping[str, Mapping[int, Steps]]) -> bool:
    """Whether `later` is a further attempt at a message whose `earlier` one had an unknown outcome."""
    steps = records.get(earlier.outbound_id, {}).get(earlier.attempt, frozenset())
    is_same = earlier.outbound_id == later.outbound_id
    return is_same and earlier.attempt < later.attempt and is_unknown(steps)
