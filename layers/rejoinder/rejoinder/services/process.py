"""The processor: one turn of the bot for each update, committed with what it said, then queued.

The order is what keeps the promise "a turn happens once". A crash before the commit: nothing happened. A
crash after it: the marker is finished, and the same messages are queued again under the same ids.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from rejoinder.bot import Turn
from rejoinder.conversation import Conversation, Marker
from rejoinder.errors import (
    AlreadyHandled,
    BotFailed,
    OutOfTime,
    TurnTooLarge,
    VersionConflict,
    describe,
)
from rejoinder.languages import Phrases
from rejoinder.messages import Failed, Inbound, Outbound, Text, TimeUp, TurnMessages
from rejoinder.metrics import Metric
from rejoinder.ports import (
    Clock,
    ConversationStore,
    Limits,
    Loaded,
    Meter,
    Outbox,
    ParkedUpdates,
    TimeLimit,
    Understanding,
    WakeUps,
)

log = logging.getLogger("rejoinder")

MOST_TRIES = 3
"""The third failure parks the update."""

STOPPED = "the function was stopped before the turn ended"

MOST_CONFLICTS = 5
"""Commits that somebody else may forestall before the queue is asked to come again."""


class Turns(Protocol):
    """What the processor needs of a `Bot`."""

    def turn(
        self,
        message: Inbound,
        conversation: Conversation,
        *,
        first: bool,
        now: float,
        limits: Limits,
        understanding: Understanding,
        steps: dict[str, str],
    ) -> Turn:
        """Run one turn; a handler's errors pass through."""

    def phrases(self, conversation: Conversation) -> Phrases:
        """What the bot says by itself in this conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """Handles the updates of conversations. `has_time()` says whether another turn fits this invocation."""

    bot: Turns
    limits: Limits
    understanding: Understanding
    store: ConversationStore
    outbox: Outbox
    wake_ups: WakeUps
    parked: ParkedUpdates
    meter: Meter
    clock: Clock
    time_limit: TimeLimit
    has_time: Callable[[], bool]

    def process(self, updates: Sequence[Inbound], *, received_before: bool) -> None:
        """Handle `updates`, all of one conversation, in order.

        `received_before` says that an earlier invocation had this queue message and did not finish it: it
        may have been killed by the bot, so a try is counted before the bot runs. Raises BotFailed, OutOfTime,
        VersionConflict, or what a store or queue raises, when the rest must come again; what is handled by
        then stays handled.
        """
        may_have_stopped = received_before
        for number, update in enumerate(updates):
            if number and not self.has_time():
                raise OutOfTime(f"{len(updates) - number} updates are left")
            # Whether the invocation that stopped had come to this one is certain of the first only.
            stops = (1 if number else 2) if may_have_stopped else 0
            is_new = self._handle(update, stops=stops)
            may_have_stopped = may_have_stopped and not is_new  # those behind it were not begun

    def _handle(self, inbound: Inbound, *, stops: int) -> bool:
        """Handle one update; whether that had not been done before. `stops` are tries to count in advance."""
        for _ in range(MOST_CONFLICTS):
            loaded = self.store.load(inbound)
            if loaded.marker and loaded.marker.finished:
                self.meter.count(Metric.TURNS_REPEATED)
                log.info("handled before; its messages are queued again", extra=_about(inbound))
                self._send_on(inbound, loaded.marker)
                return False
            try:
                self._send_on(inbound, self._turn(inbound, loaded, stops=stops))
                return True
            except (AlreadyHandled, VersionConflict) as conflict:
                log.info("somebody committed first", extra=_about(inbound) | {"cause": describe(conflict)})
        raise VersionConflict(f"{MOST_CONFLICTS} commits were forestalled")

    def _send_on(self, inbound: Inbound, marker: Marker) -> None:
        """Queue what the turn said and put off, under the same ids each time; show people what is parked."""
        if marker.messages:
            self.outbox.put(marker.messages)
        for wake_up in marker.wake_ups:
            self.wake_ups.put(wake_up)
        if marker.state == "parked":
            self.parked.put(inbound, marker.cause, marker.parked_at)

    def _turn(self, inbound: Inbound, loaded: Loaded, *, stops: int) -> Marker:
        """Run a turn, or park the update, and commit; the marker that was written."""
        before, marker = loaded.conversation, loaded.marker or Marker(state="trying")
        if before.contact and not inbound.is_from_contact:  # an old wake-up may know an old number
            inbound = replace(inbound, contact=before.contact)
        heard = before.heard(inbound, self.clock())
        if marker.tries >= MOST_TRIES:
            return self._park(inbound, before, heard, marker)
        steps = dict(marker.steps)
        if stops:  # this run may be stopped; and the one before, which nobody could write down
            self._record(inbound, before, marker.tries + (1 if loaded.marker else stops), STOPPED, steps)
        outcome = self._run(inbound, heard, steps, first=before.window_closes_at == 0)
        if isinstance(outcome, Turn):
            try:
                tried = replace(marker, conversation_key=before.key, steps=steps)
                return self._commit(inbound, before, outcome, tried)
            except TurnTooLarge as error:
                outcome = error
        tries, cause = marker.tries + 1, describe(outcome, of_bot=True)
        self.meter.count(Metric.BOT_ERRORS)
        log.error("the bot failed", extra=_about(inbound) | {"cause": cause, "tries": tries})
        if tries == MOST_TRIES:
            return self._park(inbound, before, heard, replace(marker, cause=cause, steps=steps))
        self._record(inbound, before, tries, cause, steps)
        raise BotFailed(cause, tries) from outcome

    def _record(
        self, inbound: Inbound, of: Conversation, tries: int, cause: str, steps: Mapping[str, str]
    ) -> None:
        marker = Marker(state="trying", conversation_key=of.key, tries=tries, cause=cause, steps=dict(steps))
        self.store.record_try(inbound, marker)

    def _run(
        self, inbound: Inbound, heard: Conversation, steps: dict[str, str], *, first: bool
    ) -> Turn | BaseException:
        """The turn, or what the bot raised instead, be it the end of the program."""
        try:
            with self.time_limit():
                return self.bot.turn(
                    inbound,
                    heard,
                    first=first,
                    now=self.clock(),
                    limits=self.limits,
                    understanding=self.understanding,
                    steps=steps,
                )
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - a bot may raise anything
            return error

    def _commit(self, inbound: Inbound, before: Conversation, turn: Turn, tried: Marker) -> Marker:
        """Commit a turn. When that fails, the bot did not: `tried` is kept, with the tries of before this
        turn and the steps that are done.
        """
        messages = _turn_messages(inbound, turn.conversation, turn.messages)
        marker = Marker(state="done", conversation_key=before.key, messages=messages, wake_ups=turn.wake_ups)
        try:
            self.store.commit(inbound, before, turn.conversation, marker)
        except (AlreadyHandled, TurnTooLarge):
            raise
        except Exception:
            self.store.record_try(inbound, tried)
            raise
        self.meter.count(Metric.TURNS_DONE)
        log.info("turn done", extra=_about(inbound) | {"messages": len(turn.messages)})
        return marker

    def _park(self, inbound: Inbound, before: Conversation, heard: Conversation, tried: Marker) -> Marker:
        """Set the update aside. The results of its steps are kept for a redrive."""
        # Number 0, because the turn of a redrive begins with number 1.
        sorry = Outbound(id=f"{inbound.hashed_id}-0", content=Text(body=self.bot.phrases(heard).sorry))
        says_sorry = inbound.is_spoken and not heard.handoff
        messages = _turn_messages(inbound, heard, (sorry,) if says_sorry else ())
        marker = replace(
            tried,
            state="parked",
            conversation_key=before.key,
            tries=MOST_TRIES,
            messages=messages,
            parked_at=self.clock(),
        )
        of_the_talk = inbound.is_spoken or isinstance(inbound.content, TimeUp)
        ended = replace(heard, journal=None) if of_the_talk else heard
        if heard.handoff and inbound.is_spoken:
            ended = ended.missing(inbound)
        try:
            self.store.commit(inbound, before, ended, marker)
        except AlreadyHandled:
            raise
        except Exception:  # next time it is parked without being tried again
            self.store.record_try(inbound, replace(marker, state="trying", messages=None))
            raise
        self.meter.count(Metric.UPDATES_PARKED)
        log.error("parked: the bot failed three times", extra=_about(inbound) | {"cause": marker.cause})
        return marker


def _turn_messages(
    inbound: Inbound, conversation: Conversation, said: Sequence[Outbound]
) -> TurnMessages | None:
    if not said:
        return None
    return TurnMessages(
        account=inbound.account,
        contact=conversation.contact or inbound.contact,  # as they are reached now
        conversation_key=conversation.key,
        correlation_id=inbound.hashed_id,
        read_id=inbound.id if inbound.is_spoken else "",
        window_closes_at=conversation.window_closes_at,
        messages=tuple(said),
        reports_failure=isinstance(inbound.content, Failed),
    )


def _about(inbound: Inbound) -> dict[str, object]:
    return {"correlation_id": inbound.hashed_id, "content": inbound.content.kind}
