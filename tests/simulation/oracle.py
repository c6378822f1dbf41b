"""The rules that must always hold. Each function checks one rule when a world is at rest."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from rejoinder.aws.stored.at_gate import read_outbound
from rejoinder.errors import (
    AccountBlocked,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    Refused,
    WindowClosed,
)
from rejoinder.model.consent import Purpose
from rejoinder.model.contents import Tap, Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import MAX_FAILED_LATE, MAX_UNKNOWN, MessageRecord, Settled, Step
from rejoinder.model.files import File
from rejoinder.model.ids import digest
from rejoinder.model.messages import Outbound, Policy, TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.own import (
    ConsentTold,
    Echo,
    Failed,
    Hold,
    Keep,
    LinkTold,
    Preference,
    Release,
    TemplateChanged,
    TimeUp,
)
from rejoinder.model.said import Template, files_in
from rejoinder.model.talk import UnreadableJournal
from rejoinder.model.updates import InboundContent
from rejoinder.services.gatekeeper import KEPT_SECONDS
from tests.simulation.meta import ACCOUNT, Accepted, Ask
from tests.simulation.store import Commit
from tests.simulation.telegramnet import BOT
from tests.simulation.templates import AT_FIRST, OWNER
from tests.simulation.world import SOMEBODY, Violation, World

Judge = Callable[[World], Iterator[str]]
"""Yields a sentence for each case in which its rule is broken."""

_ALWAYS: list[Judge] = []


def _always(judge: Judge) -> Judge:
    _ALWAYS.append(judge)
    return judge


def judge(world: World) -> None:
    """Raise Violation for the first rule that is broken."""
    for name, why in world.store.stopped:
        raise Violation(name, why)
    for promise in _ALWAYS:
        for why in promise(world):
            raise Violation(promise.__name__, why)


@_always
def what_was_acknowledged_was_handled_or_quarantined(world: World) -> Iterator[str]:
    """Updates are durable before the answer 200. Every message of an acknowledged webhook has a finished
    marker, or its body is whole in the quarantine. In the end, everything that the network has to tell is
    acknowledged.
    """
    for item in world.meta.items:
        if not item.acknowledged:
            yield f"{item.label} was never acknowledged"
        marker = world.store.markers.get(item.hashed_id)
        if item.hashed_id and not item.is_misfit and not (marker and marker.finished):
            yield f"{item.label} was never handled"
    for body, items in world.meta.bodies:
        if any(item.is_misfit for item in items) and body not in world.meta.quarantined:
            yield "a body with nonsense in it was not kept"


@_always
def an_unsigned_body_leaves_nothing(world: World) -> Iterator[str]:
    """An unsigned body is answered with 401 and an empty body, and nothing is stored."""
    if any(contact_id in ("666", "US.666") for _, contact_id in world.store.aliases):
        yield "the forged message has an alias"
    if any("666" in one.contact_ids for one in world.store.conversations.values()):
        yield "the forged message has a conversation"


@_always
def a_turn_happens_once(world: World) -> Iterator[str]:
    """Each inbound message has at most one committed turn. A parked one has one more for each redrive."""
    for hashed_id, commits in _by_update(world).items():
        if len(commits) > 1 + world.redriven[hashed_id]:
            yield f"{world.name(hashed_id)} had {len(commits)} turns"
        if any(one.marker.state == "done" for one in commits[:-1]):
            yield f"{world.name(hashed_id)} had another turn after it was done"


def _by_update(world: World) -> dict[str, list[Commit]]:
    commits: dict[str, list[Commit]] = {}
    for one in world.store.commits:
        commits.setdefault(one.inbound.hashed_id, []).append(one)
    return commits


@_always
def order_is_the_order_of_receipt(world: World) -> Iterator[str]:
    """The updates of a conversation are handled in the order in which we received them."""
    committed = dict[str, int]()
    for place, one in enumerate(world.store.commits):
        # Only the first commit counts, because the commit after a redrive comes later.
        committed.setdefault(one.inbound.hashed_id, place)
    for order in world.order.values():
        in_place = [hashed_id for hashed_id in order if hashed_id in committed.keys() - world.put_back]
        places = [(committed[hashed_id], hashed_id) for hashed_id in in_place]
        for (first, earlier), (second, later) in pairwise(places):
            if first > second:
                yield f"{world.name(earlier)} was received before {world.name(later)} and handled after it"


@_always
def contacts_of_different_people_never_share_a_group(world: World) -> Iterator[str]:
    """Conversations run in parallel: a slow or failing one stops only itself."""
    groups = {hashed_id: group for group, order in world.order.items() for hashed_id in order}
    people = dict[str, str]()
    for commit in world.store.commits:
        group, person = groups.get(commit.inbound.hashed_id), _person(world, commit)
        if group and person != SOMEBODY and people.setdefault(group, person) != person:
            yield f"{person} waits behind {people[group]}"


def _person(world: World, commit: Commit) -> str:
    contact = commit.inbound.contact
    return world.owners[contact.user_id or contact.id]


@_always
def a_conversation_is_with_one_person(world: World) -> Iterator[str]:
    """A conversation never has two people. A phone number may pass to somebody else; then the user id, if
    there is one, tells who has it now.
    """
    people = dict[str, set[str]]()
    for commit in world.store.commits:
        before, inbound = commit.before, commit.inbound
        them = {person for one in (before, *before.absorbed) for person in people.pop(one.key, ())}
        if inbound.is_from_contact and inbound.contact.user_id:
            them.add(_person(world, commit))
        people[before.key] = them
        if len(them) > 1:
            yield f"{world.name(inbound.hashed_id)} is in a conversation of {sorted(them)}"


@_always
def what_is_old_stays_with_the_one_it_was_for(world: World) -> Iterator[str]:
    """An update that names its contact only by a number never reaches the conversation of a person who got
    the number after the update was sent.
    """
    for commit in world.store.commits:
        inbound, contact = commit.inbound, commit.inbound.contact
        stranger, since = world.taken_over.get(contact.phone or "", ("", 0.0))
        if not stranger or contact.user_id or inbound.conversation_key or inbound.at >= int(since):
            continue
        if world.owners.get(commit.before.user_id or "") == stranger:
            yield f"{world.name(inbound.hashed_id)} reached {stranger}"


@_always
def an_update_of_our_own_reaches_the_conversation_it_is_for(world: World) -> Iterator[str]:
    """An update of our own names its conversation by the key. That conversation handles it, or the one that
    absorbed that conversation.
    """
    for commit in world.store.commits:
        before, key = commit.before, commit.inbound.conversation_key
        theirs = {k for one in (before, *before.absorbed) for k in (one.key, *one.former_keys)}
        if key and key not in theirs:
            yield f"{world.name(commit.inbound.hashed_id)} is for {key}, and reached {before.key}"


@_always
def the_version_that_wrote_a_journal_can_read_it_again(world: World) -> Iterator[str]:
    """The version that wrote a journal can read it again later. The earlier version cannot read it; it keeps
    the journal as it is, or begins the talk again.
    """
    for commit in world.store.commits:
        if isinstance(commit.before.journal, UnreadableJournal) and not commit.is_old:
            yield f"{world.name(commit.inbound.hashed_id)} found a journal that nobody can read"


def _said(world: World) -> Iterator[tuple[Commit, TurnMessages, Outbound]]:
    for commit in world.store.commits:
        if commit.marker.messages:
            for message in commit.marker.messages.messages:
                yield commit, commit.marker.messages, message


def _taken(world: World) -> dict[str, list[Accepted]]:
    taken: dict[str, list[Accepted]] = {}
    for one in world.meta.accepted:
        taken.setdefault(one.outbound_id, []).append(one)
    return taken


@_always
def nothing_that_was_said_is_missing(world: World) -> Iterator[str]:
    """In the end, each message of a turn is with the network or has failed visibly."""
    taken = _taken(world)
    for _, turn, message in _said(world):
        record = _record(world, message.id)
        failed = any(Step.FAILED in reached for reached in record.steps.values())
        seen = {step for reached in record.steps.values() for step in reached}
        arrived = any(not one.failed for one in taken.get(message.id, []))
        if not arrived and not failed:
            yield f"{world.name(message.id)} is neither with the network nor failed: {record.steps}"
        if not isinstance(record.decide(message.policy, world.now), Settled):
            yield f"{world.name(message.id)} is not settled: {record.steps}"
        of_use = not turn.reports_failure and not seen & {Step.DELIVERED, Step.READ}
        if failed and of_use and not _is_told(world, message.id):
            yield f"the bot was not told that {world.name(message.id)} failed"


def _record(world: World, outbound_id: str) -> MessageRecord:
    return MessageRecord(steps=world.store.steps.get(outbound_id, {}))


def _is_told(world: World, outbound_id: str) -> bool:
    return any(
        isinstance(one.inbound.content, Failed) and one.inbound.content.outbound_id == outbound_id
        for one in world.store.commits
    )


@_always
def nothing_goes_out_twice_but_where_the_outcome_was_unknown(world: World) -> Iterator[str]:
    """A part that was accepted is never sent again. A second attempt is allowed only after an unknown
    outcome, if the policy permits it, or after a failure that was reported late.
    """
    policies = {message.id: message.policy for _, _, message in _said(world)}
    for outbound_id, attempts in _taken(world).items():
        through = [one for one in attempts if not one.failed]
        if len(through) > 1 and policies.get(outbound_id) is Policy.AT_MOST_ONCE:
            yield f"{world.name(outbound_id)} went out twice, and may go out once at most"
        for one in through[:-1]:
            yield from _too_soon(world, one)


def _too_soon(world: World, one: Accepted) -> Iterator[str]:
    """Yield what is wrong with the attempt after `one`. Nobody told us that `one` had failed."""
    steps, name = world.store.steps[one.outbound_id], world.name(one.outbound_id)
    reached, following = steps[one.attempt], steps.get(one.attempt + 1, {})
    if Step.REFUSED in reached:
        return
    if one.known and Step.ACCEPTED in reached:
        yield f"{name}: attempt {one.attempt} was accepted, and another followed"
    pause = following.get(Step.SENDING, world.now) - reached[Step.SENDING]
    if pause < 55 and _has_statuses(world, one.outbound_id):
        yield f"{name}: the attempt after {one.attempt} did not wait"


def _has_statuses(world: World, outbound_id: str) -> bool:
    return all(
        turn.account.channel != BOT.channel for _, turn, message in _said(world) if message.id == outbound_id
    )


@_always
def where_no_status_comes_nobody_waits_for_one(world: World) -> Iterator[str]:
    """An unknown outcome on Telegram follows its policy at once. Only further ones have a pause before them,
    and what waits for a closed gate.
    """
    if str(BOT) in world.gates.shut or world.changed:
        return
    asked = {ask.by.number for ask in world.meta.asks.values()}
    for number, seconds, body in world.put_off:
        turn = read_outbound(body)
        if not isinstance(turn, TurnMessages) or turn.account != BOT:
            continue
        if seconds < 1 or number in asked | world.disturbed:
            continue
        unknown = [_unknown_asks(world, message.id) for message in turn.messages]
        if 1 in unknown and max(unknown) == 1:
            yield f"{world.name(turn.correlation_id)} waits for {seconds:.0f} s, and no status comes"


@_always
def what_may_go_out_twice_is_not_given_up_early(world: World) -> Iterator[str]:
    """Telegram tells nothing later. So a reply of unknown outcome is tried again, as often as is allowed."""
    last = {ask.outbound_id: ask for ask in world.meta.asks.values()}
    for _, turn, message in _said(world):
        ask, steps = last.get(message.id), world.store.steps.get(message.id, {})
        has_failed = any(Step.FAILED in reached for reached in steps.values())
        if turn.account != BOT or message.policy is Policy.AT_MOST_ONCE or not (ask and has_failed):
            continue
        if isinstance(ask.answer, OutcomeUnknown) and _unknown_asks(world, message.id) < MAX_UNKNOWN:
            yield f"{world.name(message.id)} was given up after attempt {ask.attempt}"


def _unknown_asks(world: World, outbound_id: str) -> int:
    """Return how many attempts at a message may have gone out. One whose machine stopped may, too."""
    return sum(
        not {Step.REFUSED, Step.ACCEPTED} & reached.keys()
        for reached in world.store.steps.get(outbound_id, {}).values()
    )


@_always
def a_tap_means_the_button_that_was_tapped(world: World) -> Iterator[str]:
    """Telegram gives back 64 bytes. A button whose id is longer is known by its message, which has a name at
    at once, unless the sender was stopped or not told that it was accepted.
    """
    taps = {one.hashed_id: one for one in world.telegram.taps}
    for commit in world.store.commits:
        tap, content = taps.get(commit.inbound.hashed_id), commit.inbound.content
        if tap is None or not isinstance(content, Tap) or not tap.shown.is_told:
            continue
        if commit.is_old and world.changed:
            continue
        taken = tap.shown.taken
        if world.meta.asks[taken.outbound_id, taken.attempt].by.number in world.disturbed:
            continue
        if content.id != tap.button_id:
            yield f"{tap.label} means {content.id!r}"


@_always
def the_linked_conversations_of_a_person_agree(world: World) -> Iterator[str]:
    """In the end they know each other, and what the person told last in one of them counts in all."""
    of_keys = {key: one for one in world.store.conversations.values() for key in (one.key, *one.former_keys)}
    for one in world.store.conversations.values():
        own = {one.key, *one.former_keys}
        for linked in one.linked:
            other = of_keys[linked.conversation_key]
            if not any(back.conversation_key in own for back in other.linked):
                yield f"{other.contact_ids} does not know {one.contact_ids}"
            if other.opted_out != one.opted_out:
                yield f"{one.contact_ids} has opted_out={one.opted_out}, and {other.contact_ids} has not"


@_always
def a_late_failure_that_will_pass_is_tried_again(world: World) -> Iterator[str]:
    """When status 130429 or 131000 comes after the answer 200, there is another attempt."""
    for _, _, message in _said(world):
        attempts = _taken(world).get(message.id, [])
        passes = any(one.failed in (130429, 131000) for one in attempts)
        if passes and message.policy is Policy.AT_LEAST_ONCE and len(world.store.steps[message.id]) == 1:
            yield f"{world.name(message.id)} was given up"


@_always
def what_fails_late_outside_the_window_goes_out_as_its_template(world: World) -> Iterator[str]:
    """When status 131047 comes after the answer 200, the template goes out, if the bot declared one. It does
    not if another attempt went through, or if too many attempts have failed late.
    """
    taken = _taken(world)
    for _, _, message in _said(world):
        attempts = taken.get(message.id, [])
        went_through = any(not one.failed for one in attempts)
        helps = message.outside_window and message.policy is Policy.AT_LEAST_ONCE
        if not helps or not attempts or went_through or len(attempts) >= MAX_FAILED_LATE:
            continue
        last = attempts[-1]
        is_newest = last.attempt == max(world.store.steps[message.id])
        if is_newest and last.failed == 131047 and not isinstance(last.content, Template):
            yield f"{world.name(message.id)} has a template, and was given up"


@_always
def a_message_of_unknown_outcome_is_given_up_at_last(world: World) -> Iterator[str]:
    """Sending ends while the outcome is unknown, because each attempt may be one more double."""
    settled = {(one.outbound_id, one.attempt) for one in world.meta.accepted if one.failed}
    unknown = Counter(
        ask.outbound_id
        for key, ask in world.meta.asks.items()
        if isinstance(ask.answer, OutcomeUnknown) and key not in settled
    )
    for outbound_id, times in unknown.items():
        if times > MAX_UNKNOWN:
            yield f"{world.name(outbound_id)} was sent {times} times, and nobody knows whether it arrived"


@_always
def what_may_go_out_once_is_sent_again_only_if_it_was_refused(world: World) -> Iterator[str]:
    """A one-time code with an unknown outcome is given up, and the failure is visible."""
    policies = {message.id: message.policy for _, _, message in _said(world)}
    outside = {(one.outbound_id, one.attempt) for one in world.meta.accepted if one.failed == 131047}
    for before, ask in _sent_again(world):
        may_not = policies.get(ask.outbound_id) is Policy.AT_MOST_ONCE
        was_late = (before.outbound_id, before.attempt) in outside
        if may_not and not was_late and not isinstance(before.answer, Refused | WindowClosed):
            yield f"{world.name(ask.outbound_id)} was sent again after {before.answer}"


@_always
def who_is_asked_to_slow_down_does(world: World) -> Iterator[str]:
    """After a rate limit, a message waits as long as the network asks for, or at least one second."""
    for before, ask in _sent_again(world):
        is_told = before.by.number not in world.disturbed
        if is_told and isinstance(before.answer, RateLimited | PairRateLimited):
            waited = ask.at - before.at
            if waited < (before.answer.retry_after_seconds or 1.0):
                yield f"{world.name(ask.outbound_id)}: attempt {ask.attempt} came after {waited:.2f} s"


def _sent_again(world: World) -> Iterator[tuple[Ask, Ask]]:
    """Yield each attempt at a message together with the attempt before it."""
    last = dict[str, Ask]()
    for ask in world.meta.asks.values():
        if ask.outbound_id in last:
            yield last[ask.outbound_id], ask
        last[ask.outbound_id] = ask


@_always
def one_message_probes_a_closed_gate(world: World) -> Iterator[str]:
    """Many messages may find the same gate closed and due for a probe. Only one of them is elected."""
    for (_, gate), elected in Counter(world.gates.elections).items():
        if elected > 1:
            yield f"{elected} probe a gate that closed for {gate.why}"


@_always
def a_blocked_account_is_left_alone(world: World) -> Iterator[str]:
    """A sender that is told of a blocked account closes its gate. Until the gate opens, only an elected
    sender asks the network. A sender may still ask if it began before, or if it saw the gate open up to ten
    seconds before.
    """
    closed_by = dict[int, float]()
    for ask in world.meta.asks.values():
        if not isinstance(ask.answer, AccountBlocked) or ask.by.number in world.gates.elected:
            continue
        if ask.by.began_at > closed_by.get(ask.gate_opened, float("inf")):
            yield f"{world.name(ask.outbound_id)} was sent with {ask.answer.code} known for long"
        if ask.by.number not in world.disturbed:
            closed_by.setdefault(ask.gate_opened, ask.by.ends_at + KEPT_SECONDS)


@_always
def a_failure_is_told_once(world: World) -> Iterator[str]:
    """One failure leads to one turn, however often the network reports it."""
    told = dict[str, str]()
    for commit in world.store.commits:
        content, hashed_id = commit.inbound.content, commit.inbound.hashed_id
        if not isinstance(content, Failed) or commit.before.handoff:  # a failure during a handoff is put off
            continue
        if told.setdefault(content.outbound_id, hashed_id) != hashed_id:
            yield f"the bot was told again that {world.name(content.outbound_id)} failed"


@_always
def what_went_out_twice_is_counted(world: World) -> Iterator[str]:
    """A late success after a second attempt is recorded, and counted as a double."""
    doubles = [id for id, attempts in world.store.steps.items() if _went_through(attempts) > 1]
    counted = world.counted(Metric.MESSAGES_DOUBLED)
    if counted < len(doubles) and not world.event_faults:
        yield f"{len(doubles)} doubles, {counted} counted: {[world.name(id) for id in doubles]}"


def _went_through(attempts: dict[int, dict[Step, float]]) -> int:
    """Return how many attempts went through, as far as we know."""
    arrived, taken = {Step.DELIVERED, Step.READ}, {Step.ACCEPTED, Step.SENT}
    failed = {Step.FAILED, Step.REFUSED}
    through = [a for a in map(set, attempts.values()) if a & arrived or (a & taken and not a & failed)]
    return len([reached for reached in through if Step.FAILED not in reached])


@_always
def what_one_turn_says_arrives_in_order(world: World) -> Iterator[str]:
    """The messages of one turn go out in order, and the turns of a conversation one after the other.

    What has waited for its contact comes when they write.
    """
    held = {id for id, _ in _waits(world)}
    first = dict[str, int]()
    for place, one in enumerate(world.meta.accepted):
        first.setdefault(one.outbound_id, place)
    latest: dict[tuple[str, str], tuple[int, str]] = {}
    groups = {hashed_id: group for group, order in world.order.items() for hashed_id in order}
    for commit, turn, message in _said(world):
        if message.id not in first or message.id in held or commit.inbound.hashed_id in world.put_back:
            continue
        # An update that is parked again after a redrive has the same sorry-text, which is not sent again.
        place = first.pop(message.id)
        way = (turn.conversation_key, groups.get(commit.inbound.hashed_id, ""))
        before, earlier = latest.get(way, (-1, ""))
        if place < before:
            yield f"{world.name(message.id)} went out before {earlier}"
        latest[way] = (place, world.name(message.id))


def _waits(world: World) -> Iterator[tuple[str, Commit]]:
    """Yield each message that began to wait, with the commit of that. One may have to wait again."""
    for commit in world.store.commits:
        known = {_id(turn) for one in (commit.before, *commit.before.absorbed) for turn in one.waiting}
        if isinstance(commit.inbound.content, Hold) and _id(commit.inbound.content.turn) not in known:
            yield _id(commit.inbound.content.turn), commit


def _id(turn: TurnMessages) -> str:
    return turn.messages[0].id


@_always
def what_waits_is_let_go_once(world: World) -> Iterator[str]:
    """Whatever begins to wait is queued again once, and nothing else is."""
    began = Counter(id for id, _ in _waits(world))
    let_go = Counter(_id(turn) for commit in world.store.commits for turn in commit.marker.released)
    for id in began.keys() | let_go.keys():
        if began[id] != let_go[id]:
            yield f"{world.name(id)} had to wait {began[id]} times, and was let go {let_go[id]} times"


@_always
def nothing_waits_longer_than_it_must(world: World) -> Iterator[str]:
    """No turn leaves waiting what its contact may have now, or what has waited long enough."""
    for commit in world.store.commits:
        closes_at, name = commit.after.window_closes_at, world.name(commit.inbound.hashed_id)
        for turn in commit.after.waiting:
            if turn.messages[0].waits_until < commit.at - 2:
                yield f"{name} leaves {world.name(_id(turn))} waiting after its time"
            if turn.window_closes_at < closes_at and commit.at < closes_at:
                yield f"{name} leaves {world.name(_id(turn))} waiting, and the window is open"


@_always
def nothing_waits_while_the_window_is_open(world: World) -> Iterator[str]:
    """A message waits only if we hold the window to be closed, or the network does: for it, or for what the
    same turn said before it.
    """
    for id, commit in _waits(world):
        is_open = commit.at < commit.after.window_closes_at
        is_kept = any(_id(turn) == id for turn in commit.after.waiting)
        turn = id.partition("-")[0]
        of_turn = {ask.outbound_id for ask in world.meta.asks.values() if ask.outbound_id.startswith(turn)}
        if is_open and is_kept and not any(map(world.meta.was_closed_to, of_turn)):
            yield f"{world.name(id)} waits, and the window is open"


@_always
def what_has_waited_comes_before_the_answer(world: World) -> Iterator[str]:
    """What has waited goes out before what the turn says that lets it go, and that of one turn in its order.

    Of several turns, the one that is still with the sender when the window opens may come first.
    """
    last_held = dict(_waits(world))
    for commit in world.store.commits:
        released, said = commit.marker.released, commit.marker.messages
        if not released or commit.inbound.hashed_id in world.put_back:
            continue
        turns = [turn for turn in (*released, said) if turn and turn.conversation_key == commit.before.key]
        ids = [message.id for turn in turns for message in turn.messages]
        final = [id for id in ids if id not in last_held or last_held[id].at < commit.at]
        asked = [id for (id, _), ask in world.meta.asks.items() if id in final and ask.at >= commit.at]
        came = [*dict.fromkeys(asked)]
        answers = {message.id for message in said.messages} if said else set[str]()
        for earlier, later in pairwise(came):
            is_answer_first = earlier in answers and later not in answers
            of_one_turn = earlier.partition("-")[0] == later.partition("-")[0]
            if is_answer_first or (of_one_turn and final.index(earlier) > final.index(later)):
                yield f"{world.name(earlier)} went out before {world.name(later)}"


@_always
def what_is_over_fails_visibly(world: World) -> Iterator[str]:
    """A message for which nobody wrote in time is not sent in a closed window."""
    for commit in world.store.commits:
        content = commit.inbound.content
        if isinstance(content, Failed) and "wrote nothing" in content.reason:
            until = [m.waits_until for _, _, m in _said(world) if m.id == content.outbound_id]
            if commit.at < until[0]:
                yield f"{world.name(content.outbound_id)} failed before its time"


@_always
def a_bot_bug_parks_one_update(world: World) -> Iterator[str]:
    """An update is parked on its third failure, and no other update is. A person sees every parked update."""
    shown = {held.group for held in world.dead.heads()}
    for hashed_id, commits in _by_update(world).items():
        name, hits = world.name(hashed_id), world.hits[hashed_id]
        raised = world.outside.raised.get(commits[0].inbound.id, 0)
        parked = sum(one.marker.state == "parked" for one in commits)
        if raised + hits < 3 * parked:
            yield f"{name} was parked {parked} times after {raised + hits} failures"
        if world.store.markers[hashed_id].state == "parked" and digest("parked", hashed_id) not in shown:
            yield f"{name} was parked, and nobody is shown it"
        if raised > 3 * (parked + 1) + hits:
            yield f"{name} failed {raised} times and was parked {parked} times"


def _parked(world: World) -> Iterator[Commit]:
    return (commit for commit in world.store.commits if commit.marker.state == "parked")


@_always
def who_said_what_is_parked_is_told_so(world: World) -> Iterator[str]:
    """The contact gets a sorry-text, unless a person talks to them."""
    for commit in _parked(world):
        if commit.inbound.is_spoken and not commit.before.handoff and not commit.marker.messages:
            yield f"{world.name(commit.inbound.hashed_id)} was parked without a word"


@_always
def what_is_parked_ends_the_talk(world: World) -> Iterator[str]:
    """A handler in progress ends when the bot fails on an answer to it, or on the end of its wait."""
    for commit in _parked(world):
        of_the_talk = commit.inbound.is_spoken or isinstance(commit.inbound.content, TimeUp)
        if of_the_talk and not commit.before.handoff and commit.after.journal:
            yield f"{world.name(commit.inbound.hashed_id)} was parked, and its talk goes on"


@_always
def a_person_who_answers_silences_the_bot(world: World) -> Iterator[str]:
    """An echo begins a handoff and a release ends it, even if the bot fails on them."""
    for commit in world.store.commits:
        content, handoff = commit.inbound.content, commit.after.handoff
        if (isinstance(content, Echo) and not handoff) or (isinstance(content, Release) and handoff):
            yield f"after {world.name(commit.inbound.hashed_id)} handoff is {handoff}"


@_always
def only_the_processor_writes_a_conversation(world: World) -> Iterator[str]:
    """A turn finds the conversation as the turn before left it. Nothing else writes to it."""
    left = dict[str, Conversation]()
    for commit in world.store.commits:
        for one in (commit.before, *commit.before.absorbed):
            was = (left[one.key], left[one.key].as_of(commit.at)) if one.version else ()
            if was and not commit.before.absorbed and not any(_is_same(one, it) for it in was if it):
                yield f"{world.name(commit.inbound.hashed_id)} found what no turn left"
            left.pop(one.key, None)
        left[commit.before.key] = commit.after
    for key, conversation in world.store.conversations.items():
        if not _is_same(conversation, left[key]):
            yield f"a conversation of {conversation.contact_ids} is not as its last turn left it"


def _is_same(one: Conversation, other: Conversation) -> bool:
    """Whether two versions found the same conversation. One may be unable to read the talk."""
    talks = (one.journal, other.journal)
    is_readable = not any(isinstance(talk, UnreadableJournal) for talk in talks)
    is_same_talk = one.journal == other.journal if is_readable else all(talks)
    return is_same_talk and _kept(one) == _kept(other)


def _kept(one: Conversation) -> tuple[object, ...]:
    return (
        one.data,
        one.opted_out,
        one.handoff,
        one.missed,
        one.language,
        one.window_closes_at,
        one.waiting,
        one.linked,
    )


@_always
def the_last_wish_counts(world: World) -> Iterator[str]:
    """A contact who stops our offers gets none until they resume them, whatever else happens at that moment.
    Of two wishes, the one with the later time counts; at the same time, the one that came later. When two
    conversations turn out to be one, the stricter wish counts.
    """
    for key, conversation in world.store.conversations.items():
        wishes = _wishes(world, key)
        if conversation.opted_out != any(wishes):
            yield f"{conversation.contact_ids} wished {wishes}, and has opted_out={conversation.opted_out}"


def _wishes(world: World, key: str) -> list[bool]:
    """Return the last wish in each conversation that ended in this one. True means: no offers."""
    wishes = dict[str, list[tuple[float, bool]]]()
    for commit in world.store.commits:
        before, content, at = commit.before, commit.inbound.content, commit.inbound.at
        of_all = [wish for one in (before, *before.absorbed) for wish in wishes.pop(one.key, [])]
        newest = max((wished_at for wished_at, _ in of_all), default=0.0)
        stops = stopping(content, has_stopped=any(stops for _, stops in of_all))
        if stops is not None and at >= newest:
            # Where several conversations tell, what we heard later in one second is newer.
            of_all = [(at + (0.001 if at == newest and before.linked else 0.0), stops)]
        wishes[before.key] = after_told(content, of_all)
    return [wish for _, wish in wishes.get(key, [])]


def after_told(content: InboundContent, wishes: list[tuple[float, bool]]) -> list[tuple[float, bool]]:
    """Return the wishes of a conversation after what a linked one told. Of one moment, the refusal counts."""
    for entry in content.consent if isinstance(content, LinkTold) else ():
        newest = max((at for at, _ in wishes), default=0.0)
        is_stricter = entry.at == newest and not entry.given and not any(stops for _, stops in wishes)
        if entry.purpose is Purpose.MARKETING and (entry.at > newest or is_stricter):
            wishes = [(entry.at, not entry.given)]
    return wishes


def stopping(content: InboundContent, *, has_stopped: bool) -> bool | None:
    """Return whether an update stops offers; None when it tells nothing about them.

    START undoes STOP, and may mean anything else when nothing was stopped.
    """
    match content:
        case Text(body="STOP"):
            return True
        case Text(body="START") if has_stopped:
            return False
        case Preference(value=value):
            return value == "stop"
        case ConsentTold(given=given):
            return not given
        case _:
            return None


@_always
def a_step_has_its_effect_once(world: World) -> Iterator[str]:
    """When a bot raises, what it said is rolled back, and the results of finished steps stay.

    An effect may be repeated only in three cases. The run before was disturbed before its result was written.
    Two machines handled one conversation (a contact under two ids), and one of them was first. The talk began
    again in between, because its journal could not be read. A talk that begins again because its handler was
    changed pays for nothing again. But a message that is tried again by a release in which the step stands at
    another place, may pay again: the results of its steps are known by their places.
    """
    moved = world.outside.raised_in & world.outside.paid_by.keys()
    for runs in (*world.outside.effects.values(), *world.outside.payments.values()):
        for run, following in pairwise(runs):
            forestalled = run != following and {run, following} & world.forestalled
            is_restart = any(run < one <= following for one in world.outside.restarted)
            is_moved = run in moved and world.outside.paid_by.get(following) != world.outside.paid_by.get(run)
            if run not in world.disturbed and not (forestalled or is_restart or is_moved):
                yield f"an effect was had {len(runs)} times, in runs {runs}"


@_always
def what_was_put_off_comes(world: World) -> Iterator[str]:
    """Each wake-up of a turn is handled; none is forgotten."""
    for commit in world.store.commits:
        for wake_up in commit.marker.wake_ups:
            marker = world.store.markers.get(wake_up.inbound.hashed_id)
            if not (marker and marker.finished):
                yield f"{world.name(wake_up.inbound.hashed_id)} never came"


@_always
def what_goes_out_is_the_file_that_was_said(world: World) -> Iterator[str]:
    """The network shows a message with the bytes that the bot said."""
    for one in world.meta.accepted:
        for media in files_in(one.content):
            assert isinstance(media.file, File), "the bots say no addresses"
            given = world.meta.files.given[media.media_id]
            if hashlib.sha256(given).hexdigest() != media.file.sha256:
                yield f"{world.name(one.outbound_id)} shows {given!r}"


@_always
def a_file_that_the_network_does_not_find_is_given_anew(world: World) -> Iterator[str]:
    """When the network does not find a file, the next attempt at the message shows it under another id.

    Only that failure leads to another attempt at what the network accepted.
    """
    failed = {(one.outbound_id, one.attempt) for one in world.meta.accepted if one.failed == 131053}
    for before, ask in _sent_again(world):
        told_late = before.answer is None and (before.outbound_id, before.attempt) in failed
        told_at_once = before.answer is not None and before.answer.code == 100
        knows = (told_late or told_at_once) and before.by.number not in world.disturbed
        if knows and _media_ids(before) & _media_ids(ask):
            yield f"{world.name(ask.outbound_id)} shows what the network does not find, once more"


def _media_ids(ask: Ask) -> set[str]:
    return {media.media_id for media in files_in(ask.content)}


@_always
def what_is_saved_is_what_the_contact_sent(world: World) -> Iterator[str]:
    """A damaged file is not kept."""
    sent = {*world.meta.files.sent.values()}
    for key, (_, content) in world.files.kept.items():
        if "/sent/" in key and content not in sent:
            yield f"{content!r} is kept"


@_always
def what_the_bot_keeps_is_kept(world: World) -> Iterator[str]:
    """A file that the bot keeps by itself is kept, unless the network lost it."""
    kept = {content for _, content in world.files.kept.values()}
    for commit in world.store.commits:
        for wake_up in commit.marker.wake_ups:
            content, files = wake_up.inbound.content, world.meta.files
            if not isinstance(content, Keep) or content.media.media_id in files.lost:
                continue
            if files.sent[content.media.media_id] not in kept:
                yield f"{world.name(wake_up.inbound.hashed_id)} was not kept"


@_always
def what_is_known_of_a_template_is_what_the_network_says(world: World) -> Iterator[str]:
    """In whatever order, and however often, the network told it. The bot was told of it, too."""
    told = {
        (content.name, content.now)
        for commit in world.store.commits
        if isinstance(content := commit.inbound.content, TemplateChanged)
    }
    for listed in world.meta.of_templates.listed():
        known = world.template_states.states[OWNER, listed.name, listed.language]
        for held, now in ((known.status, listed.status), (known.category, listed.category)):
            if held != now:
                yield f"{listed.name} is {now}, and is held to be {held}"
            if now not in AT_FIRST and (listed.name, now) not in told:
                yield f"the bot was not told that {listed.name} is {now}"


@_always
def nothing_is_left_on_a_queue(world: World) -> Iterator[str]:
    """Each message on a queue is handled in the end."""
    for queue in (world.inbound, world.outbound, world.events):
        if queue.heads():
            yield f"{len(queue.heads())} messages are left on {queue.name}"


@_always
def nobody_waits_for_a_gate_in_the_end(world: World) -> Iterator[str]:
    """Each turn that waited apart is delivered, and the gate that opened for it is gone."""
    for key, turns in world.waiting.turns.items():
        if turns:
            yield f"{len(turns)} turns of {key[:6]} still wait"
    for account, waiters in world.waiting.listed.items():
        if waiters:
            yield f"{len(waiters)} conversations still wait for {account}"
    for account, gate in world.gates.closed.items():
        if not gate.is_closed:
            yield f"the gate of {account} is still watched"


# --- after everybody has written once more, and nothing went wrong ------------------------------------------


def judge_the_end(world: World) -> None:
    """Raise Violation for what did not repair itself."""
    for promise in (the_gate_opens_again, one_contact_has_one_conversation):
        for why in promise(world):
            raise Violation(promise.__name__, why)


def the_gate_opens_again(world: World) -> Iterator[str]:
    """A closed gate opens by itself once the cause is gone."""
    for account in world.gates.closed:
        last = [one for one in world.store.commits if str(one.inbound.account) == account][-1]
        if last.marker.messages:
            yield f"that of {account} is closed"


def one_contact_has_one_conversation(world: World) -> Iterator[str]:
    """All ids of a contact that we have heard of lead to one conversation."""
    account, found = str(ACCOUNT), dict[str, set[str]]()
    for contact_id, owner in world.owners.items():
        known = world.store.under(account, contact_id)
        if owner != SOMEBODY and known:
            found.setdefault(owner, set()).add(known.key)
    for owner, keys in found.items():
        if len(keys) > 1:
            yield f"{owner} has {len(keys)}"
