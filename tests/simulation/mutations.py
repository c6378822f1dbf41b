"""Mutations of the services. Each breaks one rule, and the oracle must see it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from rejoinder.aws import consume, outbox
from rejoinder.aws.stored import conversations
from rejoinder.aws.stored.talks import dump_talk, read_talk
from rejoinder.bot import codec
from rejoinder.bot.steps import Steps
from rejoinder.channel_ports import Request
from rejoinder.channels.telegram import front as telegram_front
from rejoinder.channels.telegram.updates import Update
from rejoinder.channels.whatsapp import front
from rejoinder.errors import AttemptTaken, SettingsError, TurnPostponed, Unreadable
from rejoinder.file_ports import Fetched
from rejoinder.model import conversation, delivery, whose
from rejoinder.model.contents import Media, System
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import (
    Attempt,
    Claim,
    Decision,
    Detail,
    MessageRecord,
    Remedy,
    Settled,
    Status,
    Step,
    Wait,
)
from rejoinder.model.files import File
from rejoinder.model.gate import LetThrough
from rejoinder.model.ids import digest
from rejoinder.model.marker import Marker
from rejoinder.model.messages import Outbound, Policy, TurnMessages
from rejoinder.model.own import Preference, Release
from rejoinder.model.people import Account, Contact
from rejoinder.model.talk import Journal, Talk, UnreadableJournal
from rejoinder.model.template_state import TemplateState
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.services import deliver, failures, linking, marking, process, track, waiting
from rejoinder.services.allowed import Allowed
from rejoinder.services.deliver import Sender
from rejoinder.services.doorkeeper import Doorkeeper
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.keep import Keeper
from rejoinder.services.process import Processor
from rejoinder.services.receive import Answer, Receiver
from rejoinder.services.template_news import TemplateNews
from rejoinder.services.track import Tracker
from rejoinder.services.upload import Uploader
from rejoinder.testing.memory import MemoryStore
from rejoinder.testing.memory_files import MemoryFiles
from rejoinder.testing.memory_gates import MemoryGates, MemoryWaiting
from tests.simulation import play
from tests.simulation.bots import Playing
from tests.simulation.world import Schedules


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One thing done wrong, as `name` says: `wrong` replaces `target.attribute`. `outages` may be longer.

    The search for a run that shows it begins at the seed `first`: few runs show some mutations.
    """

    name: str
    target: Any
    attribute: str
    wrong: Any
    outages: tuple[int, int, int] = play.OUTAGES
    first: int = 1

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Do it wrong in the `with` block."""
        wrong = patch.object(self.target, self.attribute, self.wrong)
        with wrong, patch.object(play, "OUTAGES", self.outages):
            yield


MUTATIONS: list[Mutation] = []


def _instead_of(target: Any, attribute: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(wrong: Callable[..., Any]) -> Callable[..., Any]:
        name = wrong.__name__.replace("_", " ")
        MUTATIONS.append(Mutation(name=name, target=target, attribute=attribute, wrong=wrong))
        return wrong

    return register


_process_one, _commit, _turn = Processor._process_one, MemoryStore.commit, Processor._turn
_write_step, _keep = MemoryStore.write_step, Receiver._keep
_failed, _deliver, _park = Tracker._failed, Sender._deliver, Processor._park
_keep_file, _save, _bot_failed = MemoryFiles.keep, Keeper.save, Processor._failed
_after, _keep_news = TemplateState.after, TemplateNews._keep
_turn_messages, _again, _failure_of = marking.turn_messages, track._again, failures.failure_of
_first, _let_through = MemoryWaiting.first, Doorkeeper.let_through
_waited, _send_on, _told_on = waiting.waited, Processor._send_on, linking.told_on


@_instead_of(MemoryStore, "commit")
def no_marker(
    store: MemoryStore, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker
) -> None:
    _commit(store, inbound, before, after, marker)
    del store.markers[inbound.hashed_id]


@_instead_of(MemoryStore, "_refuse_finished")
def a_marker_without_condition(_store: MemoryStore, _inbound: Inbound) -> None:
    """Refuse nothing."""


@_instead_of(MemoryStore, "commit")
def commit_without_version_check(
    store: MemoryStore, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker
) -> None:
    store._refuse_finished(inbound)
    for absorbed in before.absorbed:
        store.conversations.pop(absorbed.key, None)
    store.conversations[before.key] = replace(after, version=before.version + 1, absorbed=())
    store.markers[inbound.hashed_id] = marker
    store.aliases |= {
        (str(inbound.account), id): after.key for id in after.contact_ids if id not in before.contact_ids
    }


@_instead_of(Processor, "_commit")
def queue_before_commit(
    processor: Processor, inbound: Inbound, before: Conversation, turn: Any, tried: Marker, _steps: object
) -> Marker:
    messages = marking.turn_messages(inbound, turn.conversation, turn.messages, tried)
    marker = Marker(state="done", messages=messages, wake_ups=turn.wake_ups)
    processor._send_on(inbound, marker)
    processor.store.commit(inbound, before, turn.conversation, marker)
    return replace(marker, messages=None, wake_ups=())


@_instead_of(Processor, "_process_one")
def what_is_handled_is_not_queued_again(processor: Processor, inbound: Inbound, *, was_stopped: bool) -> bool:
    marker = processor.store.load(inbound).marker
    return not (marker and marker.finished) and _process_one(processor, inbound, was_stopped=was_stopped)


@_instead_of(Processor, "_record_try")
def tries_are_not_counted(_processor: Processor, *_given: object) -> None:
    """Write nothing."""


@_instead_of(Processor, "_record_try")
def steps_are_forgotten_when_the_bot_fails(
    processor: Processor, inbound: Inbound, _of: object, tried: Marker, _steps: object
) -> None:
    forgotten = Marker(state="trying", tries=tried.tries, cause=tried.cause, parked_at=tried.parked_at)
    processor.store.record_try(inbound, forgotten)


@_instead_of(process, "MAX_TRIES")
def the_first_failure_parks() -> None:
    """Stand in for a number, which is put in below."""


MUTATIONS[-1] = replace(MUTATIONS[-1], wrong=1)


@_instead_of(Processor, "process")
def a_failing_update_is_left_out(
    processor: Processor, updates: Sequence[Inbound], *, received_before: bool
) -> None:
    for update in updates:
        try:
            processor._process_one(update, was_stopped=received_before)
        except Exception:  # noqa: S112 - that is what is wrong
            continue


@_instead_of(Processor, "process")
def a_failing_update_parks_its_neighbours(
    processor: Processor, updates: Sequence[Inbound], *, received_before: bool
) -> None:
    for number, update in enumerate(updates):
        marker = processor.store.load(updates[number - 1]).marker if number else None
        if marker and marker.state == "parked" and marker.tries:
            conversation: Any = processor.store.load(update).conversation
            if not (processor.store.load(update).marker or marker).finished or number:
                try:
                    processor._park(update, conversation, conversation, marker)
                except Exception:
                    processor._process_one(update, was_stopped=received_before)
                continue
        processor._process_one(update, was_stopped=received_before)


@_instead_of(process.Processor, "_send_on")
def what_is_parked_is_shown_to_nobody(processor: Processor, inbound: Inbound, marker: Marker) -> None:
    if marker.messages:
        processor.outbox.put(marker.messages)
    for wake_up in marker.wake_ups:
        processor.wake_ups.put(wake_up)


@_instead_of(marking, "turn_messages")
def nobody_says_sorry(inbound: Inbound, heard: Conversation, said: Sequence[Outbound], tried: Marker) -> Any:
    is_sorry = any(message.id.endswith("-0") for message in said)
    return None if is_sorry else _turn_messages(inbound, heard, said, tried)


@_instead_of(Processor, "_park")
def what_is_parked_keeps_its_talk(
    processor: Processor, inbound: Inbound, before: Conversation, heard: Conversation, tried: Marker
) -> Marker:
    def commit(inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> None:
        store.commit(inbound, before, replace(after, journal=before.journal), marker)

    store: Any = processor.store
    keeping: Any = SimpleNamespace(commit=commit, record_try=store.record_try)
    return _park(replace(processor, store=keeping), inbound, before, heard, tried)


@_instead_of(Processor, "_park")
def what_is_parked_is_not_heard(
    processor: Processor, inbound: Inbound, before: Conversation, heard: Conversation, tried: Marker
) -> Marker:
    deaf = replace(heard, handoff=before.handoff, opted_out=before.opted_out, wished_at=before.wished_at)
    return _park(processor, inbound, before, deaf, tried)


@_instead_of(Receiver, "_unreadable")
def an_unreadable_secret_is_a_wrong_signature(_receiver: Receiver, _error: SettingsError) -> Answer:
    return Answer(status=401)


@_instead_of(front, "group_of")
def one_queue_group_for_all_who_write(_account: str, _contact_id: str) -> str:
    return "everybody"


@_instead_of(Receiver, "_keep")
def acknowledged_before_it_is_queued(receiver: Receiver, request: Request) -> None:
    try:
        _keep(receiver, request)
    except Exception:
        return


@_instead_of(Receiver, "_is_genuine")
def any_signature_will_do(_receiver: Receiver, _request: object) -> bool:
    return True


@_instead_of(MemoryStore, "write_step")
def the_newest_step_replaces_the_others(
    store: MemoryStore, attempt: Attempt, step: Step, at: float, detail: Detail
) -> MessageRecord:
    record = _write_step(store, attempt, step, at, detail)
    store.steps[attempt.outbound_id][attempt.number] = {step: at}
    return record


@_instead_of(MemoryStore, "claim")
def a_claim_without_condition(store: MemoryStore, attempt: Attempt, at: float, turn: TurnMessages) -> None:
    store.turns.setdefault(attempt.outbound_id, turn)
    steps = store.steps.setdefault(attempt.outbound_id, {})
    if Step.ACCEPTED in steps.get(attempt.number, {}):
        raise AttemptTaken
    steps.setdefault(attempt.number, {}).setdefault(Step.SENDING, at)


def _decides(wrong: Callable[[MessageRecord, Policy, float, Decision], Decision]) -> Callable[..., Decision]:
    right = MessageRecord.decide

    def decide(record: MessageRecord, policy: Policy, now: float, *, has_statuses: bool = True) -> Decision:
        return wrong(record, policy, now, right(record, policy, now, has_statuses=has_statuses))

    return decide


def _mutate_decisions(name: str, wrong: Callable[[MessageRecord, Policy, float, Decision], Decision]) -> None:
    MUTATIONS.append(Mutation(name=name, target=MessageRecord, attribute="decide", wrong=_decides(wrong)))


_decide = MessageRecord.decide

_mutate_decisions(
    "an unknown outcome is tried again at once",
    lambda record, _policy, _now, right: (
        Claim(number=record.attempt + 1) if isinstance(right, Wait) else right
    ),
)
_mutate_decisions(
    "an unknown outcome is left alone",
    lambda _record, _policy, _now, right: Settled() if isinstance(right, Wait) else right,
)
_mutate_decisions(
    "one-time codes go out again",
    lambda record, _policy, now, _right: _decide(record, Policy.AT_LEAST_ONCE, now),
)


@_instead_of(Sender, "_window_closes_at")
def the_window_is_ignored(_sender: Sender, _turn: TurnMessages) -> float:
    return float("inf")


@_instead_of(Sender, "_window_closes_at")
def the_window_is_never_read_again(_sender: Sender, turn: TurnMessages) -> float:
    return turn.window_closes_at


@_instead_of(delivery, "MAX_UNKNOWN")
def unknown_outcomes_are_tried_without_end() -> None:
    """Stand in for a number, which is put in below."""


MUTATIONS[-1] = replace(MUTATIONS[-1], wrong=1000, outages=(40_000, 40_000, 40_000))


@_instead_of(deliver, "_pause")
def nobody_waits_between_attempts(_error: object, _attempt: int, _rules: object) -> float:
    return 0.0


@_instead_of(Sender, "deliver")
def the_last_message_goes_first(sender: Sender, turn: TurnMessages) -> None:
    for message in reversed(turn.messages):
        sender._deliver(turn, message)


@_instead_of(Sender, "deliver")
def what_must_wait_does_not_hold_up_the_rest(sender: Sender, turn: TurnMessages) -> None:
    later: Exception | None = None
    for message in turn.messages:
        try:
            sender._deliver(turn, message)
        except Exception as error:
            later = error
    if later:
        raise later


@_instead_of(Sender, "_fail")
def a_failure_is_told_to_nobody(
    sender: Sender, turn: TurnMessages, message: Outbound, attempt: Attempt, why: str, code: int = 0
) -> None:
    sender.records.write_step(attempt, Step.FAILED, sender.clock(), Detail(error_code=code, error=why))


@_instead_of(Gatekeeper, "went_through")
def a_gate_never_opens(gatekeeper: Gatekeeper, account: object, *, probing: bool) -> None:
    gatekeeper._server_errors.clear()


@_instead_of(Gatekeeper, "close")
def a_gate_never_closes(gatekeeper: Gatekeeper, _account: object, _code: int) -> None:
    gatekeeper._server_errors.clear()


@_instead_of(MemoryWaiting, "are_there")
def who_waits_for_a_gate_is_overtaken(_waiting: MemoryWaiting, _conversation_key: str) -> bool:
    return False


@_instead_of(MemoryWaiting, "first")
def what_waits_is_forgotten_before_it_is_delivered(
    waiting: MemoryWaiting, conversation_key: str
) -> tuple[str, TurnMessages] | None:
    if found := _first(waiting, conversation_key):
        waiting.turns[conversation_key].pop(found[0])
    return found


@_instead_of(Doorkeeper, "let_through")
def who_was_let_through_too_early_is_not_let_through_again(
    doorkeeper: Doorkeeper, errand: LetThrough, came_at: float
) -> None:
    try:
        _let_through(doorkeeper, errand, came_at)
    finally:
        doorkeeper.waiting.strike(errand.account, errand.conversation_key)


@_instead_of(MemoryGates, "elect")
def nobody_is_elected(_gates: MemoryGates, _account: object, _before: object, _after: object) -> bool:
    return False


@_instead_of(track, "_again")
def late_failures_are_final(turn: TurnMessages, remedy: Remedy) -> TurnMessages | None:
    return None


@_instead_of(track, "_again")
def a_late_131047_is_final(turn: TurnMessages, remedy: Remedy) -> TurnMessages | None:
    return None if remedy is Remedy.TEMPLATE else _again(turn, remedy)


@_instead_of(track, "failure_of")
def a_failure_is_told_anew(turn: TurnMessages, code: int, reason: str, at: float) -> Inbound | None:
    failure = _failure_of(turn, code, reason, at)
    return replace(failure, id=f"{failure.id}-{at}") if failure else None


@_instead_of(Tracker, "_failed")
def late_failures_are_noted_and_nothing_follows(
    tracker: Tracker, attempt: Attempt, status: Status
) -> tuple[Step, Callable[[], None]]:
    return _failed(tracker, attempt, status)[0], lambda: None


@_instead_of(outbox, "_id_of")
def late_failures_go_by_the_id_of_the_turn(turn: TurnMessages) -> str:
    return turn.correlation_id


@_instead_of(outbox, "_id_of")
def all_turns_go_by_one_id(_turn: TurnMessages) -> str:
    return "turn"


@_instead_of(MessageRecord, "is_double")
def doubles_are_not_seen() -> None:
    """Stand in for a property, which is put in below."""


MUTATIONS[-1] = replace(MUTATIONS[-1], wrong=property(lambda _record: False))


@_instead_of(MemoryStore, "load")
def aliases_are_not_read(store: MemoryStore, inbound: Inbound) -> Any:
    aliases, store.aliases = store.aliases, {}
    try:
        return _load(store, inbound)
    finally:
        store.aliases = aliases


_load = MemoryStore.load


@_instead_of(Conversation, "heard")
def new_ids_are_not_kept(
    conversation: Conversation, inbound: Inbound, now: float, window_seconds: float
) -> Conversation:
    return replace(_heard(conversation, inbound, now, window_seconds), contact_ids=conversation.contact_ids)


_heard = Conversation.heard


@_instead_of(Conversation, "heard")
def the_last_wish_to_come_counts(
    conversation: Conversation, inbound: Inbound, now: float, window_seconds: float
) -> Conversation:
    return _heard(replace(conversation, wished_at=0.0), inbound, now, window_seconds)


@_instead_of(Conversation, "is_with")
def strangers_are_taken_for_one(_conversation: Conversation, _contact: object, _contact_id: str) -> bool:
    return True


@_instead_of(conversation, "_moved")
def a_change_of_number_moves_nobody(known: Contact | None, told: Contact) -> Contact:
    return known or told


@_instead_of(Schedules, "put")
def wake_ups_come_at_once(schedules: Schedules, wake_up: WakeUp) -> None:
    _put(schedules, replace(wake_up, at=0.0))


_put = Schedules.put


@_instead_of(Processor, "_process_one")
def an_opt_out_is_written_beside_the_processor(
    processor: Processor, inbound: Inbound, *, was_stopped: bool
) -> bool:
    if not isinstance(inbound.content, Preference):
        return _process_one(processor, inbound, was_stopped=was_stopped)
    store: Any = processor.store
    found = store.load(inbound)
    if found.marker or not found.conversation.version:
        return _process_one(processor, inbound, was_stopped=was_stopped)
    wish = inbound.content.value == "stop"
    key = found.conversation.key
    store.conversations[key] = replace(store.conversations[key], opted_out=wish)
    store.markers[inbound.hashed_id] = Marker(state="done", conversation_key=key)
    return True


@_instead_of(Processor, "_turn")
def a_wish_is_heard_and_not_kept(
    processor: Processor, inbound: Inbound, before: Conversation, found: Any, *, was_stopped: bool
) -> Marker:
    if isinstance(inbound.content, Preference):
        marker = Marker(state="done", conversation_key=before.key)
        heard = before.heard(inbound, processor.clock(), 86400.0)
        after = replace(heard, opted_out=before.opted_out, wished_at=before.wished_at)
        processor.store.commit(inbound, before, after, marker)
        return marker
    return _turn(processor, inbound, before, found, was_stopped=was_stopped)


@_instead_of(Processor, "_turn")
def a_delivery_that_never_reached_the_bot_counts_as_a_try(
    processor: Processor, inbound: Inbound, before: Conversation, found: Any, *, was_stopped: bool
) -> Marker:
    seen = found or (Marker(state="trying", tries=1) if was_stopped else None)
    return _turn(processor, inbound, before, seen, was_stopped=was_stopped)


@_instead_of(Journal, "again")
def a_talk_that_begins_again_does_its_steps_again(
    journal: Journal, data: Mapping[str, object], language: str, _answer: Inbound
) -> Journal:
    return replace(journal, data=data, language=language, entries=(), restarts=journal.restarts + 1)


@_instead_of(Steps, "went_on")
def what_a_step_raises_is_not_kept_for_the_next_try(_steps: Steps) -> None:
    """Keep nothing."""


@_instead_of(codec, "result_of")
def what_a_step_raised_cannot_be_read_again(text: str) -> Any:
    if text.startswith('{"$raise"'):
        raise codec.Unknown
    return codec.read(text)


@_instead_of(MemoryStore, "unpark")
def a_redrive_forgets_the_steps(store: MemoryStore, inbound: Inbound) -> bool:
    marker = store.markers.get(inbound.hashed_id)
    if marker and marker.state == "parked":
        del store.markers[inbound.hashed_id]
    return not marker or marker.state != "done"


@_instead_of(MemoryStore, "unpark")
def a_redrive_of_what_is_done(store: MemoryStore, inbound: Inbound) -> bool:
    marker = store.markers[inbound.hashed_id]
    store.markers[inbound.hashed_id] = replace(marker, state="trying", tries=0, messages=None)
    return True


@_instead_of(Playing, "turn")
def a_handoff_is_forgotten(
    playing: Playing, message: Inbound, conversation: Conversation, **given: Any
) -> Any:
    is_silent = conversation.handoff and not isinstance(message.content, Release)
    turn = _play(playing, message, replace(conversation, handoff=False), **given)
    return replace(
        turn, conversation=replace(turn.conversation, handoff=is_silent or turn.conversation.handoff)
    )


_play = Playing.turn


@_instead_of(consume, "_is_set_aside")
def what_cannot_be_read_is_tried_for_days(_record: object, _fifo: object, _error: object) -> bool:
    return False


@_instead_of(conversations, "read_talk")
def a_journal_that_cannot_be_read_holds_up_its_conversation(text: str) -> Talk:
    talk = read_talk(text)
    if isinstance(talk, UnreadableJournal):
        raise Unreadable("journal")
    return talk


@_instead_of(conversations, "read_talk")
def a_journal_that_cannot_be_read_is_dropped(text: str) -> Talk | None:
    talk = read_talk(text)
    return None if isinstance(talk, UnreadableJournal) else talk


@_instead_of(conversations, "dump_talk")
def a_journal_that_cannot_be_read_is_not_kept_as_it_is(talk: Talk) -> str:
    return "{}" if isinstance(talk, UnreadableJournal) else dump_talk(talk)


@_instead_of(whose, "_holder_then")
def what_is_old_goes_to_who_has_the_number_now(holder: Any, *_given: object) -> Any:
    return holder


# --- what waits ---------------------------------------------------------------------------------------------


@_instead_of(process, "waited")
def what_waits_is_lost_when_the_contact_writes(
    inbound: Inbound, heard: Conversation, now: float
) -> Conversation:
    return replace(_waited(inbound, heard, now), released=())


@_instead_of(process, "waited")
def what_waits_goes_out_and_goes_on_waiting(
    inbound: Inbound, heard: Conversation, now: float
) -> Conversation:
    after = _waited(inbound, heard, now)
    return replace(after, waiting=(*after.waiting, *after.released))


@_instead_of(waiting, "_is_over")
def nothing_waits_too_long(turn: TurnMessages, closes_at: float, now: float) -> bool:
    return turn.window_closes_at < closes_at > now


@_instead_of(waiting, "_is_over")
def what_waits_never_hears_that_the_contact_wrote(turn: TurnMessages, _closes_at: float, now: float) -> bool:
    return turn.messages[0].waits_until <= now


@_instead_of(Processor, "_send_on")
def what_has_waited_comes_after_the_answer(processor: Processor, inbound: Inbound, marker: Marker) -> None:
    _send_on(processor, inbound, replace(marker, released=()))
    for turn in marker.released:
        processor.outbox.put(turn)


@_instead_of(outbox, "_id_of")
def what_has_waited_goes_by_the_id_that_it_had_before(turn: TurnMessages) -> str:
    return digest(turn.messages[0].id, str(turn.again))


# --- files --------------------------------------------------------------------------------------------------


@_instead_of(Keeper, "keep_all")
def files_of_a_turn_are_not_kept_before_its_commit(_keeper: Keeper, _files: object) -> None:
    """Keep nothing."""


@_instead_of(MemoryFiles, "keep")
def a_damaged_file_is_kept(files: MemoryFiles, file: File, content: Fetched) -> File:
    return _keep_file(files, replace(file, size=0, sha256=""), content)


@_instead_of(Uploader, "forget")
def a_media_id_that_the_network_refused_is_used_again(
    _uploader: Uploader, _account: object, _content: object
) -> bool:
    return True


@_instead_of(Tracker, "_forget_files")
def a_media_id_that_failed_late_is_used_again(_tracker: Tracker, _turn: object) -> None:
    """Forget nothing."""


@_instead_of(Keeper, "save")
def a_file_that_the_bot_keeps_is_given_up_soon(
    keeper: Keeper, message: Inbound, conversation_key: str, media: Media
) -> File:
    return _save(keeper, replace(message, content=System(event="")), conversation_key, media)


@_instead_of(Processor, "_failed")
def a_file_that_cannot_be_had_now_is_a_fault_of_the_bot(
    processor: Processor,
    inbound: Inbound,
    before: Conversation,
    heard: Conversation,
    marker: Marker,
    outcome: BaseException,
) -> Marker:
    blamed = RuntimeError() if isinstance(outcome, TurnPostponed) else outcome
    return _bot_failed(processor, inbound, before, heard, marker, blamed)


# --- templates ----------------------------------------------------------------------------------------------


@_instead_of(Allowed, "refusal")
def a_template_that_is_paused_is_sent_all_the_same(
    _allowed: Allowed, _turn: TurnMessages, _template: object
) -> None:
    """Refuse nothing."""


@_instead_of(TemplateState, "after")
def what_came_last_about_a_template_counts(state: TemplateState, told: TemplateState) -> TemplateState:
    return _after(replace(state, status_at=0.0, category_at=0.0, quality_at=0.0), told)


@_instead_of(TemplateNews, "_keep")
def a_change_of_a_template_is_kept_before_it_is_told(
    news: TemplateNews,
    account: Account,
    told: TemplateState,
    before: TemplateState | None,
    **more: Any,
) -> None:
    news.states.write(account.id, told)
    _keep_news(news, account, told, before, **more)


@_instead_of(TemplateNews, "_tell")
def changes_of_templates_are_not_told(_news: TemplateNews, *_given: object, since: float) -> None:
    """Tell nothing."""


@_instead_of(MemoryStore, "name")
def accepted_messages_are_not_named(_store: MemoryStore, _attempt: Attempt, _network_id: str) -> None:
    """Name nothing."""


@_instead_of(Sender, "_decision")
def the_grace_is_kept_where_no_status_comes(
    sender: Sender, turn: TurnMessages, message: Outbound
) -> Decision:
    return sender.records.read(turn.conversation_key, message.id).decide(message.policy, sender.clock())


_mutate_decisions(
    "without statuses the policy is ignored",
    lambda record, _policy, now, right: (
        _decide(record, Policy.AT_MOST_ONCE, now, has_statuses=False) if isinstance(right, Claim) else right
    ),
)


@_instead_of(Update, "id")
def updates_go_by_their_numbers_only() -> None:
    """Stand in for a property, which is put in below."""


MUTATIONS[-1] = replace(MUTATIONS[-1], wrong=property(lambda update: f"u{update.number}"))


@_instead_of(telegram_front, "_answer")
def taps_are_not_answered(_query: object) -> str:
    return ""


@_instead_of(process, "told_on")
def linked_conversations_are_told_nothing_of_consent(
    inbound: Inbound, before: Conversation, after: Conversation, now: float
) -> tuple[WakeUp, ...]:
    told = _told_on(inbound, before, after, now)
    contents: list[Any] = [one.inbound.content for one in told]
    return tuple(
        replace(one, inbound=replace(one.inbound, content=replace(content, consent=())))
        for one, content in zip(told, contents, strict=True)
    )


@_instead_of(process, "told_on")
def who_is_linked_learns_nothing_of_it(
    inbound: Inbound, before: Conversation, after: Conversation, now: float
) -> tuple[WakeUp, ...]:
    return _told_on(inbound, before, after, now) if len(after.linked) == len(before.linked) else ()


_RARE = {
    "a change of number moves nobody": 246,
    "a damaged file is kept": 155,
    "a delivery that never reached the bot counts as a try": 59,
    "a failing update parks its neighbours": 67,
    "a file that the bot keeps is given up soon": 2695,
    "a journal that cannot be read holds up its conversation": 329,
    "a journal that cannot be read is dropped": 143,
    "a journal that cannot be read is not kept as it is": 370,
    "a late 131047 is final": 83,
    "a media id that the network refused is used again": 156,
    "a redrive forgets the steps": 248,
    "a redrive of what is done": 367,
    "a talk that begins again does its steps again": 500,
    "doubles are not seen": 800,
    "new ids are not kept": 159,
    "the window is never read again": 118,
    "what a step raised cannot be read again": 71,
    "what a step raises is not kept for the next try": 71,
    "what came last about a template counts": 224,
    "what cannot be read is tried for days": 66,
    "what has waited goes by the id that it had before": 168,
    "what is old goes to who has the number now": 314,
    "what is parked keeps its talk": 500,
    "who waits for a gate is overtaken": 500,
}
"""The seeds near which a run shows what few runs show."""

MUTATIONS[:] = [replace(one, first=_RARE.get(one.name, 1)) for one in MUTATIONS]
