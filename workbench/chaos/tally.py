"""Counts what came through. It looks only at what the table and the network hold, not at what was done."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from rejoinder.model.ids import correlation_id, outbound_id
from rejoinder.workbench.chaos.plan import PARKING, Update

FINISHED = {"done", "parked"}
"""The states of a marker whose update had its turn."""

SETTLED = {"accepted", "sent", "delivered", "read", "played", "failed"}
"""The steps that say what became of a message."""

ANSWERED = {"accepted", "refused", "failed"}
"""The steps that the sender writes when the network has told it the outcome of an attempt."""

ANSWER, FILE, BEHIND = range(3)
"""The messages of a turn, in order: the answer, its file if it has one, and the words behind the file. They
are numbered, such as 3, 3.1 and 3.2."""

NUMBERED = re.compile(r"(\d+)(?:\.(\d))?: (.*)")
"""What the bot says: a number and the contact's words."""

Steps = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """A message that the network accepted."""

    contact: str
    """The name of the conversation."""

    text: str
    """The words, or those under the file."""

    file: str = ""
    """The SHA-256 of the file as the network has it; empty when there is none."""

    outbound_id: str
    """The id in its callback data; empty when there is none."""

    attempt: int
    """The number of the attempt in its callback data; 0 when there is none, as on Telegram."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found at the end."""

    updates: Sequence[Update]
    """The updates that were acknowledged, each once."""

    markers: Mapping[str, str]
    """The state of each marker, by the id of its update."""

    counts: Mapping[str, int]
    """How many messages the bot counted, by contact."""

    records: Mapping[str, Mapping[int, Steps]]
    """The steps of each attempt, by outbound id and the number of the attempt."""

    acceptances: Sequence[Acceptance]
    """The accepted messages, oldest first."""

    saved: Mapping[str, str] = field(default_factory=dict)
    """The SHA-256 of what the media bucket holds of each contact's file, by the id of its update."""

    rejections: int = 0
    """How many files the network was told to reject for good."""

    dead: int = 0
    """How many messages are in the dead-letter queues."""

    put_back: Collection[str] = ()
    """The ids of the updates that were parked, and put back once the bot was mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The figures of the table."""

    sent: int
    """How many updates were acknowledged."""

    handled: int
    """How many of them had their turn."""

    without_turn: tuple[str, ...]
    """The updates that had no turn."""

    without_answer: tuple[str, ...]
    """The updates that had a turn and no answer."""

    turns_doubled: int
    """How many turns happened twice."""

    sends_doubled: int
    """How many messages were accepted again."""

    wrongly_doubled: tuple[str, ...]
    """Those of them that were sent again although their outcome was known."""

    out_of_order: tuple[str, ...]
    """The answers that came after a later one."""

    files_sent: int
    """How many updates brought a file."""

    not_saved: tuple[str, ...]
    """Those of them whose file is not in the media bucket."""

    saved_otherwise: tuple[str, ...]
    """Those of them whose file has other bytes in the media bucket than the contact sent."""

    files_said: int
    """How many files the bot said."""

    not_arrived: tuple[str, ...]
    """Those of them that never arrived, and that the network was not told to reject."""

    rejected: tuple[str, ...]
    """Those of them that the network rejected for good, and whose record says so."""

    arrived_otherwise: tuple[str, ...]
    """Those of them that arrived with other bytes."""

    unknown: int
    """How many messages had an attempt whose outcome was unknown."""

    settled: int
    """How many of them have a record that says in the end what became of them."""

    put_back: int
    """How many updates were parked, and put back once the bot was mended."""

    wrongly_parked: tuple[str, ...]
    """Those of them with which the bot did nothing wrong, or nothing that parks."""

    without_word: tuple[str, ...]
    """Those of them whose contact was not told that something went wrong."""

    parked: int
    """How many updates are parked in the end."""

    dead: int
    """How many messages are in the dead-letter queues."""

    @property
    def lost(self) -> int:
        """How many updates had no turn, no answer, or no word of apology when they were parked."""
        return len(self.without_turn) + len(self.without_answer) + len(self.without_word)

    @property
    def is_right(self) -> bool:
        """Whether all promises were kept."""
        broken = (self.lost, self.turns_doubled, len(self.wrongly_doubled), len(self.out_of_order))
        parked = (len(self.wrongly_parked), self.parked)
        files = (self.not_saved, self.saved_otherwise, self.not_arrived, self.arrived_otherwise)
        return not any((*broken, *parked, *files)) and not self.dead and self.handled == self.sent


def count(evidence: Evidence) -> Tally:
    """Return the figures that follow from `evidence`."""
    finished = {id for id, state in evidence.markers.items() if state in FINISHED}
    sorry = {_sorry_id(update): update for update in evidence.updates if update.id in evidence.put_back}
    told = {one.outbound_id for one in evidence.acceptances}
    first = _first_acceptances(one for one in evidence.acceptances if one.outbound_id not in sorry)
    unknown = [id for id, attempts in evidence.records.items() if any(map(is_unknown, attempts.values()))]
    doubles = list(_doubles(evidence.acceptances))
    files = [update for update in evidence.updates if update.sends_file]
    said = [one for one in evidence.updates if one.file and evidence.markers.get(one.id) == "done"]
    unheard, rejected = _unheard(evidence, said)
    return Tally(
        sent=len(evidence.updates),
        handled=sum(update.id in finished for update in evidence.updates),
        without_turn=tuple(update.id for update in evidence.updates if update.id not in finished),
        without_answer=tuple(_without_answer(evidence, finished, first)),
        turns_doubled=sum(_turns_doubled(evidence, finished, first)),
        sends_doubled=len(doubles),
        wrongly_doubled=tuple(_wrongly_doubled(doubles, evidence.records)),
        out_of_order=tuple(_out_of_order(first, {(one.talk, one.text) for one in sorry.values()})),
        files_sent=len(files),
        not_saved=tuple(update.id for update in files if update.id not in evidence.saved),
        saved_otherwise=tuple(
            update.id
            for update in files
            if evidence.saved.get(update.id, _hash(update.sent_bytes)) != _hash(update.sent_bytes)
        ),
        files_said=len(said),
        not_arrived=tuple(unheard),
        rejected=tuple(rejected),
        arrived_otherwise=tuple(_arrived_otherwise(evidence, said)),
        unknown=len(unknown),
        settled=sum(any(SETTLED & steps for steps in evidence.records[id].values()) for id in unknown),
        put_back=len(sorry),
        wrongly_parked=tuple(update.id for update in sorry.values() if update.wrong not in PARKING),
        without_word=tuple(update.id for id, update in sorry.items() if id not in told),
        parked=sum(state == "parked" for state in evidence.markers.values()),
        dead=evidence.dead,
    )


def is_unknown(steps: Steps) -> bool:
    """Whether the network never told the sender the outcome of an attempt with these steps."""
    return "unknown" in steps or ("sending" in steps and not ANSWERED & steps)


def is_rejected(attempts: Mapping[int, Steps]) -> bool:
    """Whether the last attempt at a message failed before the network had accepted it."""
    last = attempts[max(attempts)] if attempts else frozenset()
    return "failed" in last and "accepted" not in last


def _sorry_id(update: Update) -> str:
    """Return the outbound id of the apology for an update."""
    return outbound_id_of(update, 0)


def outbound_id_of(update: Update, number: int) -> str:
    """Return the outbound id of a message in the answer to an update."""
    return outbound_id(correlation_id(update.account, update.id), number)


def _file_id(update: Update) -> str:
    """Return the outbound id of the file in the answer to an update. Messages of a turn count from 1."""
    return outbound_id_of(update, FILE + 1)


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()


def _unheard(evidence: Evidence, said: Sequence[Update]) -> tuple[list[str], list[str]]:
    """Return the updates whose answer's file never arrived, and those whose file the network rejected."""
    heard = {one.outbound_id for one in evidence.acceptances}
    missing = [one for one in said if _file_id(one) not in heard]
    failed = [one.id for one in missing if is_rejected(evidence.records.get(_file_id(one), {}))]
    rejected = failed[: evidence.rejections]
    return [one.id for one in missing if one.id not in rejected], rejected


def _arrived_otherwise(evidence: Evidence, said: Sequence[Update]) -> Iterator[str]:
    right = {_file_id(one): one for one in said}
    for one in evidence.acceptances:
        update = right.get(one.outbound_id)
        if one.file != ("" if update is None else _hash(update.said_bytes)):
            yield one.outbound_id


def _first_acceptances(acceptances: Iterable[Acceptance]) -> dict[str, list[str]]:
    """Return the different texts that each contact got, in the order in which they came first."""
    first: dict[str, dict[str, None]] = defaultdict(dict)
    for one in acceptances:
        first[one.contact].setdefault(one.text)
    return {contact: list(texts) for contact, texts in first.items()}


def _parts(text: str) -> tuple[int, int, str]:
    """Return the bot's number, the place in its answer, and the contact's words.

    The number is 0 when the bot did not give one.
    """
    found = NUMBERED.fullmatch(text)
    return (int(found[1]), int(found[2] or ANSWER), found[3]) if found else (0, ANSWER, text)


def _without_answer(
    evidence: Evidence, finished: set[str], first: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """Yield the updates of which words are missing: the answer, or those behind its file."""
    answered = {(contact, *_parts(text)[1:]) for contact, texts in first.items() for text in texts}
    for update in evidence.updates:
        is_done = update.id in finished and evidence.markers[update.id] == "done"
        places = (ANSWER, BEHIND) if update.file else (ANSWER,)
        if is_done and any((update.talk, place, update.text) not in answered for place in places):
            yield update.id


def _turns_doubled(
    evidence: Evidence, finished: set[str], first: Mapping[str, Sequence[str]]
) -> Iterator[int]:
    """Yield for each contact how many turns happened twice.

    It is how far the bot counted too far, or how often a message got another number, whichever is more.
    """
    done: dict[str, int] = defaultdict(int)
    for update in evidence.updates:
        done[update.talk] += update.id in finished
    for contact in {*evidence.counts, *first}:
        numbered = {_parts(text)[::2] for text in first.get(contact, ())}
        counted_too_far = evidence.counts.get(contact, 0) - done[contact]
        yield max(counted_too_far, len(numbered) - len({words for _, words in numbered}), 0)


def _out_of_order(first: Mapping[str, Sequence[str]], late: Collection[tuple[str, str]]) -> Iterator[str]:
    """Yield the answers that came after a later one, by the bot's number or by the contact's.

    `late` are the conversations and words of updates that were put back. Their answers may come late.
    """
    for contact, texts in first.items():
        number, place = (0, ANSWER), 0
        for text in texts:
            counted, part, words = _parts(text)
            its_number = (counted, part)
            its_place = place if (contact, words) in late else _place(words, place)
            if its_number <= number or its_place < place:
                yield f"{contact} {text}"
            number, place = max(number, its_number), max(place, its_place)


def _place(words: str, otherwise: int) -> int:
    """Return the place that the contact's words give: `message 3` has place 3."""
    place = [*words.split(), "", ""][1]
    return int(place) if place.isdecimal() else otherwise


def _doubles(acceptances: Sequence[Acceptance]) -> Iterator[tuple[Acceptance, Acceptance]]:
    """Yield each acceptance of a text that the contact already had, after the acceptance before it.

    Apologies are all alike, so each is known by its message.
    """
    latest: dict[tuple[str, str], Acceptance] = {}
    for one in acceptances:
        key = (one.contact, one.text if _parts(one.text)[0] else one.outbound_id)
        if key in latest:
            yield latest[key], one
        latest[key] = one


def _wrongly_doubled(
    doubles: Iterable[tuple[Acceptance, Acceptance]], records: Mapping[str, Mapping[int, Steps]]
) -> Iterator[str]:
    """Yield what arrived again, though it is no other attempt at a message whose outcome was unknown."""
    times: Counter[str] = Counter()
    for earlier, later in doubles:
        times[later.outbound_id] += 1
        attempts = records.get(earlier.outbound_id, {})
        may = earlier.attempt < later.attempt and is_unknown(attempts.get(earlier.attempt, frozenset()))
        if not later.attempt:  # the network does not tell which one it is
            may = times[later.outbound_id] <= sum(map(is_unknown, attempts.values()))
        if not may or earlier.outbound_id != later.outbound_id:
            yield later.outbound_id
