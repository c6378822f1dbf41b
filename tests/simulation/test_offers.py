"""STOP overtakes a send, and comes during a campaign: the rules hold, and the judges see what breaks them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.conversation import Conversation
from rejoinder.model.messages import TurnMessages
from rejoinder.services import allowed, process
from rejoinder.services.allowed import Allowed
from rejoinder.testing.memory import MemoryStore
from tests.simulation.choices import Choices
from tests.simulation.mutations import Mutation
from tests.simulation.offers import SALE, Offers, perform
from tests.simulation.world import Violation

SCHEDULES = 20
MAX_SCHEDULES = 60
"""The number of schedules within which each mutation must be caught."""


def violations(schedules: int) -> Iterator[Violation]:
    return (violation for seed in range(schedules) if (violation := perform(Choices(seed))))


def test_schedules_of_offers_hold_and_offers_are_sent_and_refused_in_them() -> None:
    sent, refused = 0, 0
    for seed in range(SCHEDULES):
        play = Offers(Choices(seed))
        play.perform()
        sent += sum(ask.content == SALE for ask in play.world.meta.asks.values())
        refused += sum(commit.inbound.content.kind == "failed" for commit in play.world.store.commits)
    assert sent > SCHEDULES
    assert refused > SCHEDULES


_told, _consent, _emptied = Conversation.told, MemoryStore.consent, Conversation.emptied


def _nothing_is_refused(_allowed: Allowed, _turn: TurnMessages, _template: object) -> None:
    """Refuse nothing."""


def _all_is_refused(*_given: object, **_more: object) -> str:
    return "no"


def _what_was_once_read_counts(
    store: MemoryStore, turn: TurnMessages, purpose: Purpose
) -> ConsentEntry | None:
    known: dict[str, Any] = vars(store).setdefault("known", {})
    if turn.conversation_key not in known:
        known[turn.conversation_key] = _consent(store, turn, purpose)
    found: ConsentEntry | None = known[turn.conversation_key]
    return found


def _stop_is_not_heard(conversation: Conversation, *_given: object) -> Conversation:
    return conversation


def _what_came_last_counts(conversation: Conversation, *entries: ConsentEntry) -> Conversation:
    return _told(replace(conversation, wished_at=0.0), *entries)


def _nothing_undoes_stop(conversation: Conversation, *entries: ConsentEntry) -> Conversation:
    kept = [entry for entry in entries if not (entry.given and conversation.opted_out)]
    return _told(conversation, *kept)


def _nothing_stays(_conversation: Conversation) -> bool:
    return False


def _an_end_forgets_a_refusal(conversation: Conversation) -> Conversation:
    return replace(_emptied(conversation), consent={}, opted_out=False, wished_at=0.0)


def _nobody_looks_whether_it_is_over(
    _inbound: object, after: Conversation, _planned: object, *, seconds: float, now: float
) -> tuple[Conversation, tuple[()]]:
    return replace(after, ends_at=now + seconds), ()


MUTATIONS = [
    Mutation(
        name=wrong.__name__.strip("_").replace("_", " "), target=target, attribute=attribute, wrong=wrong
    )
    for target, attribute, wrong in (
        (Allowed, "refusal", _nothing_is_refused),
        (allowed, "without_consent", _all_is_refused),
        (MemoryStore, "consent", _what_was_once_read_counts),
        (process, "wished", _stop_is_not_heard),
        (Conversation, "told", _what_came_last_counts),
        (Conversation, "told", _nothing_undoes_stop),
        (Conversation, "emptied", _an_end_forgets_a_refusal),
        (process, "renewed", _nobody_looks_whether_it_is_over),
    )
]
MUTATIONS.append(
    Mutation(name="nothing stays", target=Conversation, attribute="stays", wrong=property(_nothing_stays))
)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_judges_of_offers_bite(mutation: Mutation) -> None:
    with mutation.at_work():
        assert next(violations(MAX_SCHEDULES), None), f"not caught in {MAX_SCHEDULES} schedules"
