"""The processor: it runs one turn of the bot for each update, commits the turn, and queues its messages.

This order keeps the promise "a turn happens once". After a crash before the commit, nothing has happened.
After a crash behind the commit, the marker is finished, and the same messages are queued again under the same
ids.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rejoinder.bot.places import place_in
from rejoinder.bot.turn import Turn
from rejoinder.bot.wishes import wished
from rejoinder.channel_ports import RulesOf
from rejoinder.errors import (
    AlreadyHandled,
    BotError,
    BotFailed,
    MediaGone,
    OutOfTime,
    RetryLater,
    TurnPostponed,
    TurnTooLarge,
    VersionConflict,
    describe,
    describe_at,
)
from rejoinder.model.contents import Media
from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import conversation_key
from rejoinder.model.marker import Marker
from rejoinder.model.metrics import Metric
from rejoinder.model.own import Gathered, HoldOver, Keep, LinkTold
from rejoinder.model.updates import Inbound
from rejoinder.ports import (
    Clock,
    ConversationStore,
    Meter,
    Outbox,
    ParkedUpdates,
    TimeLimit,
    Understanding,
    WakeUps,
)
from rejoinder.services.gather import Kept, as_changed, gather
from rejoinder.services.keep import Keeper
from rejoinder.services.linking import told_on
from rejoinder.services.marking import answered, done, parked
from rejoinder.services.retention import looked, renewed
from rejoinder.services.turns import BotOf
from rejoinder.services.waiting import kept, waited

log = logging.getLogger("rejoinder")

MAX_TRIES = 3
"""The number of failures that parks an update."""

STOPPED = "the function was stopped before the turn ended"

MAX_CONFLICTS = 5
"""The most attempts to commit a turn while other commits come first. Then the queue message comes again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """Processes the updates of conversations."""

    bot_of: BotOf
    """Returns the bot that answers for an account."""

    rules_of: RulesOf
    """Returns the rules of an account's channel."""

    understanding: Understanding
    """Tells the bot what words mean."""

    store: ConversationStore
    """Keeps conversations and markers."""

    outbox: Outbox
    """Accepts the messages of turns."""

    wake_ups: WakeUps
    """Accepts the wake-ups of turns."""

    outside: Keeper
    """What a handler may reach, and where the files go that a turn says."""

    parked: ParkedUpdates
    """Accepts updates whose bot failed for good."""

    meter: Meter
    """Counts."""

    clock: Clock
    """Tells the time."""

    time_limit: TimeLimit
    """Ends a turn that runs too long."""

    has_time: Callable[[], bool]
    """Returns whether another turn fits this invocation."""

    retention_seconds: float
    """How long a conversation is kept after its last update, in seconds; 0 for without end."""

    folder: Path | None = None
    """The folder of the bot's files, to name the line where it failed; None when it has no folder."""

    show: Callable[[BaseException], None] = lambda _error: None
    """Shows an error of the bot to its author, where that is allowed: its text may quote a contact."""

    def process(self, updates: Sequence[Inbound], *, received_before: bool) -> None:
        """Process `updates`, all of one conversation, in order.

        `received_before` says that the queue gave this message out before, and it was not finished. The bot
        may have killed that invocation, or none may have begun, such as when Lambda was throttled. So that
        counts as no try. This one is counted before the bot runs.

        Raises BotFailed, OutOfTime, VersionConflict, or an error of a store or queue, when the queue message
        must come again. Updates that were processed are not processed again.
        """
        was_stopped = received_before
        for number, update in enumerate(updates):
            if number and not self.has_time():
                raise OutOfTime(f"{len(updates) - number} updates are left")
            if self._process_one(update, was_stopped=was_stopped):  # it reached none of those behind it
                was_stopped = False

    def _process_one(self, inbound: Inbound, *, was_stopped: bool) -> bool:
        """Process one update. Return False when it was processed before.

        `was_stopped` says that an earlier invocation may have been stopped while it processed this update.
        """
        if isinstance(inbound.content, Gathered | HoldOver) and self.clock() < inbound.at:
            raise RetryLater(inbound.at - self.clock())
        for _ in range(MAX_CONFLICTS):
            loaded = self.store.load(inbound)
            if loaded.marker and loaded.marker.finished:
                self.meter.count(Metric.TURNS_REPEATED)
                log.info("handled before; its messages are queued again", extra=_log_fields(inbound))
                self._send_on(inbound, loaded.marker)
                return False
            content, conversation = inbound.content, loaded.conversation
            if conversation is None or (
                isinstance(content, Keep | LinkTold) and inbound.at < conversation.begun_at
            ):
                self._finish_stale(inbound)  # whose it is was erased since, and may have come back
                return True
            if isinstance(content, Keep):
                self._save(inbound, conversation, content.media)
                return True
            inbound = self._with_quote(inbound, conversation)
            try:
                turn = self._turn(inbound, conversation, loaded.marker, was_stopped=was_stopped)
                self._send_on(inbound, turn)
                return True
            except (AlreadyHandled, VersionConflict) as lost:
                log.info("somebody committed first", extra=_log_fields(inbound) | {"cause": describe(lost)})
        raise VersionConflict(f"{MAX_CONFLICTS} commits failed, each because another one came first")

    def _with_quote(self, inbound: Inbound, conversation: Conversation) -> Inbound:
        """Return `inbound` with the message of ours that it quotes, and with what only that tells."""
        if not inbound.reply_to or inbound.quoted:
            return inbound
        quoted = replace(inbound, quoted=self.store.quoted(conversation, inbound.reply_to))
        return self.rules_of(inbound.account).completed(quoted)

    def _finish_stale(self, inbound: Inbound) -> None:
        """Finish an update whose contact we do not know any more. The bot does not get it."""
        key = inbound.conversation_key or conversation_key(str(inbound.account), inbound.contact.id)
        self.store.record_try(inbound, Marker(state="done", conversation_key=key))
        self.meter.count(Metric.UPDATES_STALE)
        log.warning("left aside: its contact is not known any more", extra=_log_fields(inbound))

    def _save(self, inbound: Inbound, conversation: Conversation, media: Media) -> None:
        """Save a file that the bot keeps by itself. Raises RetryLater when it cannot be had now."""
        try:
            with self.time_limit():
                self.outside.save(inbound, conversation.key, media)
        except TurnPostponed as postponed:
            raise RetryLater(postponed.seconds) from postponed
        except MediaGone:
            self.meter.count(Metric.FILES_LOST)
            log.warning("a file cannot be had any more", extra=_log_fields(inbound))
        self.store.record_try(inbound, Marker(state="done", conversation_key=conversation.key))

    def _send_on(self, inbound: Inbound, marker: Marker) -> None:
        """Queue the messages and wake-ups of a turn, and a parked update, with the same ids each time."""
        for turn in (*marker.released, *filter(None, [marker.messages])):
            self.outbox.put(turn)
        for wake_up in marker.wake_ups:
            self.wake_ups.put(wake_up)
        if marker.state == "parked":
            self.parked.put(inbound, marker.cause, marker.parked_at)

    def _turn(
        self, inbound: Inbound, before: Conversation, found: Marker | None, *, was_stopped: bool
    ) -> Marker:
        """Run a turn or park the update, and commit. Return the marker that was written.

        Raises BotFailed when the update must come again.
        """
        marker = found or Marker(state="trying")
        if before.contact and not inbound.is_from_contact:  # a wake-up may have an old number
            inbound = replace(inbound, contact=before.contact)
        window_seconds = self.rules_of(inbound.account).window_seconds
        heard = before.heard(inbound, self.clock(), window_seconds)
        heard = wished(heard, inbound, self.bot_of(inbound.account).phrases)
        heard = waited(inbound, heard, self.clock())
        heard = as_changed(heard, inbound)
        if marker.tries >= MAX_TRIES:
            return self._park(inbound, before, heard, marker)
        left = looked(inbound, heard) or kept(inbound, heard) or self._gathered(inbound, before, heard)
        if left:
            try:
                return self._keep(inbound, before, left)
            except TurnTooLarge as error:
                return self._failed(inbound, before, heard, marker, error)
        steps = dict(marker.steps)
        if was_stopped:  # this run may be stopped as well
            self._record_try(inbound, before, replace(marker, tries=marker.tries + 1, cause=STOPPED), steps)
        outcome = self._run(inbound, heard, steps, first=before.spoken_at == 0)
        if isinstance(outcome, Turn):
            try:
                return self._commit(inbound, before, outcome, marker, steps)
            except BotError as error:
                outcome = error
        return self._failed(inbound, before, heard, replace(marker, steps=steps), outcome)

    def _gathered(self, inbound: Inbound, before: Conversation, heard: Conversation) -> Kept | None:
        """Return what an update is while messages are gathered; None when the bot runs on it at once."""
        return gather(
            inbound,
            before,
            heard,
            pause_seconds=self.bot_of(inbound.account).gather_seconds,
            album_seconds=self.rules_of(inbound.account).album_seconds,
            now=self.clock(),
        )

    def _failed(
        self,
        inbound: Inbound,
        before: Conversation,
        heard: Conversation,
        marker: Marker,
        outcome: BaseException,
    ) -> Marker:
        """Count a failure of the bot, and park the update if it was the last one. Return its marker then.

        Raises BotFailed when the update must come again, and RetryLater when the bot has not failed.
        """
        if isinstance(outcome, TurnPostponed):
            self._record_try(inbound, before, marker, marker.steps)
            raise RetryLater(outcome.seconds) from outcome
        tries, cause = marker.tries + 1, describe_at(outcome, place_in(outcome, self.folder))
        if isinstance(outcome, BotError):  # another try would end in the same way
            tries = MAX_TRIES
        self.show(outcome)
        self.meter.count(Metric.BOT_ERRORS)
        log.error("the bot failed", extra=_log_fields(inbound) | {"cause": cause, "tries": tries})
        if tries == MAX_TRIES:
            return self._park(inbound, before, heard, replace(marker, cause=cause))
        self._record_try(inbound, before, replace(marker, tries=tries, cause=cause), marker.steps)
        raise BotFailed(cause, tries) from outcome

    def _record_try(
        self, inbound: Inbound, of: Conversation, tried: Marker, steps: Mapping[str, str]
    ) -> None:
        """Write the tries of `tried`, and `steps`, which are done. When it was parked before is kept."""
        marker = Marker(
            state="trying",
            conversation_key=of.key,
            tries=tried.tries,
            cause=tried.cause,
            steps=dict(steps),
            parked_at=tried.parked_at,
        )
        self.store.record_try(inbound, marker)

    def _run(
        self, inbound: Inbound, heard: Conversation, steps: dict[str, str], *, first: bool
    ) -> Turn | BaseException:
        """Return the turn, or any exception that the bot raised, such as SystemExit."""
        try:
            with self.time_limit():
                return self.bot_of(inbound.account).turn(
                    inbound,
                    heard,
                    first=first,
                    now=self.clock(),
                    limits=self.rules_of(inbound.account).limits,
                    understanding=self.understanding,
                    steps=steps,
                    outside=self.outside,
                )
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a bot may raise anything
            return error

    def _keep(self, inbound: Inbound, before: Conversation, kept: Kept) -> Marker:
        """Commit an update on which the bot does not run yet. Return its marker."""
        after = kept.conversation
        marker = Marker(
            state="done", conversation_key=before.key, released=after.released, wake_ups=kept.wake_ups
        )
        marker = self._write(inbound, before, after, marker)
        waiting = len(after.gathered) + len(after.waiting)
        log.info("kept", extra=_log_fields(inbound) | {"messages": waiting})
        return marker

    def _write(self, inbound: Inbound, before: Conversation, after: Conversation, marker: Marker) -> Marker:
        """Commit an update, with what follows when it has been answered, what linked ones are told, and its
        conversation's end.

        Return its marker.
        """
        after = answered(inbound, after, marker, self.rules_of(inbound.account), self.clock())
        told = told_on(inbound, before, after, self.clock()) if after.linked else ()
        planned, seconds = (*marker.wake_ups, *told), self.retention_seconds
        after, looks = renewed(inbound, after, planned, seconds=seconds, now=self.clock())
        marker = replace(marker, wake_ups=(*planned, *looks))
        self.store.commit(inbound, before, after, marker)
        return marker

    def _commit(
        self, inbound: Inbound, before: Conversation, turn: Turn, found: Marker, steps: Mapping[str, str]
    ) -> Marker:
        """Commit a turn. Return its marker.

        When the commit fails, the bot has not failed. So the earlier tries of `found` are kept, and `steps`,
        which are done.
        """
        marker = done(inbound, turn, found)
        try:
            self.outside.keep_all(turn.files)
            marker = self._write(inbound, before, turn.conversation, marker)
        except (AlreadyHandled, BotError):
            raise
        except Exception:
            self.store.record_try(inbound, replace(found, conversation_key=before.key, steps=steps))
            raise
        self.meter.count(Metric.TURNS_DONE)
        if turn.not_understood:
            self.meter.count(Metric.NOT_UNDERSTOOD)
        log.info("turn done", extra=_log_fields(inbound) | {"messages": len(turn.messages)})
        return marker

    def _park(self, inbound: Inbound, before: Conversation, heard: Conversation, tried: Marker) -> Marker:
        """Park the update. Return its marker, which keeps the results of its steps for a redrive."""
        bot = self.bot_of(inbound.account)
        keeps = bot.keeping(inbound, heard.key, self.clock())
        tried = replace(tried, tries=MAX_TRIES, wake_ups=tuple(keeps), was_first=before.spoken_at == 0)
        ended, marker = parked(inbound, heard, tried, sorry=bot.phrases(heard).sorry, at=self.clock())
        try:
            marker = self._write(inbound, before, ended, marker)
        except AlreadyHandled:
            raise
        except Exception:  # next time it is parked without another try
            again = replace(marker, state="trying", messages=None, wake_ups=(), talk=None)
            self.store.record_try(inbound, again)
            raise
        self.meter.count(Metric.UPDATES_PARKED)
        log.error("parked: the bot failed for good", extra=_log_fields(inbound) | {"cause": marker.cause})
        return marker


def _log_fields(inbound: Inbound) -> dict[str, object]:
    return {"correlation_id": inbound.hashed_id, "content": inbound.content.kind}
