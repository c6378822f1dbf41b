"""The processor: one turn of the bot for each update, committed with what it said, then queued.

The order is what keeps the promise "a turn happens once". A crash before the commit: nothing happened. A
crash after it: the marker is finished, and the same messages are queued again under the same ids.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rejoinder.bot import Bot, Turn
from rejoinder.conversation import Conversation, Marker
from rejoinder.errors import (
    AlreadyHandled,
    BotFailed,
    OutOfTime,
    TurnTimeLimit,
    VersionConflict,
    describe,
)
from rejoinder.messages import Inbound, Outbound, ReadReceipt, Text, TurnMessages
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
)

log = logging.getLogger("rejoinder")

MOST_TRIES = 3
"""The third failure parks the update."""

MOST_CONFLICTS = 5
"""Commits that somebody else may forestall before the queue is asked to come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Processor:
    """Handles the updates of conversations. `has_time()` says whether another turn fits this invocation."""

    bot: Bot
    limits: Limits
    store: ConversationStore
    outbox: Outbox
    parked: ParkedUpdates
    meter: Meter
    clock: Clock
    time_limit: TimeLimit
    has_time: Callable[[], bool]

    def process(self, updates: Sequence[Inbound], *, received_before: bool) -> None:
        """Handle `updates`, all of one conversation, in order.

        `received_before` says that an earlier invocation had this queue message and did not finish it: it
        may have been killed by the bot, so a try is counted before the bot runs. Raises BotFailed or
        OutOfTime when the rest must come again; what is handled by then stays handled.
        """
        for number, update in enumerate(updates):
            if number and not self.has_time():
                raise OutOfTime(f"{len(updates) - number} updates are left")
            self._handle(update, received_before=received_before)

    def _handle(self, inbound: Inbound, *, received_before: bool) -> None:
        for conflicts in range(MOST_CONFLICTS):
            loaded = self.store.load(inbound)
            if loaded.marker and loaded.marker.finished:
                self._repeat(inbound, loaded.marker)
                return
            try:
                self._turn(inbound, loaded, count_first=received_before and not conflicts)
                return
            except (AlreadyHandled, VersionConflict) as conflict:
                log.info(
                    "somebody committed first", extra=_about(inbound) | {"conflict": type(conflict).__name__}
                )
        raise VersionConflict(f"{MOST_CONFLICTS} commits were forestalled")

    def _repeat(self, inbound: Inbound, marker: Marker) -> None:
        self.meter.count(Metric.TURNS_REPEATED)
        log.info("handled before; its messages are queued again", extra=_about(inbound))
        if marker.messages:
            self.outbox.put(marker.messages)
        if marker.state == "parked":
            self.parked.put(inbound, marker.cause)

    def _turn(self, inbound: Inbound, loaded: Loaded, *, count_first: bool) -> None:
        before = loaded.conversation
        heard = before.heard(inbound, self.clock())
        tries = loaded.marker.tries if loaded.marker else 0
        cause = loaded.marker.cause if loaded.marker else ""
        if tries < MOST_TRIES:
            if count_first:
                self._record(inbound, tries + 1, "the function was stopped before the turn ended")
            outcome = self._run(inbound, heard, first=before.window_closes_at == 0)
            if isinstance(outcome, Turn):
                self._commit(inbound, before, outcome)
                return
            tries += 1
            cause = describe(outcome)
            self.meter.count(Metric.BOT_ERRORS)
            log.error("the bot failed", extra=_about(inbound) | {"cause": cause, "tries": tries})
            if tries < MOST_TRIES:
                self._record(inbound, tries, cause)
                raise BotFailed(cause, tries) from outcome
        self._park(inbound, before, heard, cause)

    def _record(self, inbound: Inbound, tries: int, cause: str) -> None:
        self.store.record_try(inbound, Marker(state="trying", tries=tries, cause=cause))

    def _run(self, inbound: Inbound, heard: Conversation, *, first: bool) -> Turn | BaseException:
        """The turn, or what the bot raised instead."""
        try:
            with self.time_limit():
                return self.bot.turn(inbound, heard, first=first, now=self.clock(), limits=self.limits)
        except (Exception, TurnTimeLimit) as error:  # noqa: BLE001 - a bot may raise anything
            return error

    def _commit(self, inbound: Inbound, before: Conversation, turn: Turn) -> None:
        messages = _turn_messages(inbound, turn.conversation, turn.messages)
        marker = Marker(state="done", messages=messages)
        self.store.commit(inbound, before, turn.conversation, marker)
        self.meter.count(Metric.TURNS_DONE)
        log.info("turn done", extra=_about(inbound) | {"messages": len(turn.messages)})
        if messages:
            self.outbox.put(messages)

    def _park(self, inbound: Inbound, before: Conversation, heard: Conversation, cause: str) -> None:
        sorry = Outbound(id=f"{inbound.hashed_id}-1", content=Text(body=self.bot.sorry))
        messages = _turn_messages(inbound, heard, (sorry,))
        self.store.commit(
            inbound, before, heard, Marker(state="parked", tries=MOST_TRIES, cause=cause, messages=messages)
        )
        self.meter.count(Metric.UPDATES_PARKED)
        log.error("parked: the bot failed three times", extra=_about(inbound) | {"cause": cause})
        if messages:
            self.outbox.put(messages)
        self.parked.put(inbound, cause)


def _turn_messages(
    inbound: Inbound, conversation: Conversation, said: Sequence[Outbound]
) -> TurnMessages | None:
    """What goes to the sender: a read receipt first, because an answer shows that the message was read."""
    if not said:
        return None
    receipt = Outbound(id=f"{inbound.hashed_id}-0", content=ReadReceipt(message_id=inbound.id))
    return TurnMessages(
        account=inbound.account,
        contact=inbound.contact,
        conversation_key=conversation.key,
        correlation_id=inbound.hashed_id,
        window_closes_at=conversation.window_closes_at,
        messages=(receipt, *said),
    )


def _about(inbound: Inbound) -> dict[str, object]:
    return {"correlation_id": inbound.hashed_id, "content": inbound.content.kind}
