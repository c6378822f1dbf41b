"""What may go out at all: a template that the network would refuse, or that its contact refused, does not."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rejoinder.errors import SettingsError
from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account
from rejoinder.model.said import Template
from rejoinder.model.template_state import TemplateState
from rejoinder.ports import Clock, Consents, TemplateStates
from rejoinder.services.consented import without_consent

log = logging.getLogger("rejoinder")

KEPT_SECONDS = 10.0
"""The longest time until the state of a template is read again, in seconds. It may have changed since."""

MAY_NOT_BE_SENT = {
    "paused": "is paused",
    "disabled": "is disabled",
    "rejected": "was rejected",
    "pending": "is still in review",
    "in_appeal": "is in appeal",
    "archived": "is archived",
    "deleted": "does not exist any more",
    "pending_deletion": "is being deleted",
    "limit_exceeded": "is one too many",
}
"""The statuses of a template that the network does not send, and what an error says of them. One that is not
here may be sent: the network knows better."""


@dataclass(slots=True, kw_only=True)
class Allowed:
    """Tells which templates may go out to whom, before the network is asked.

    It lives as long as its process, and remembers the states of templates for a moment.
    """

    states: TemplateStates
    """Keeps what the network says of templates."""

    consents: Consents
    """Tells what a contact agreed to."""

    owner_of: Callable[[Account], str]
    """Returns the business account that an account is a part of; empty if unknown."""

    utility_needs_consent: bool = False
    """Whether templates of utility need consent, as those of marketing do."""

    clock: Clock = time.time
    """Tells the time."""

    _known: dict[tuple[str, str, str], tuple[float, TemplateState | None]] = field(default_factory=dict)

    def refusal(self, turn: TurnMessages, template: Template) -> str | None:
        """Return why `template` must not go out to the contact of `turn`; None when it may."""
        state = self._state(self._owner(turn.account), template)
        of_turn = {"correlation_id": turn.correlation_id}
        if by_network := _refused_by_network(state):
            log.warning("its template may not be sent now", extra=of_turn)
            return by_network
        by_contact = without_consent(
            turn,
            template,
            category_of(template, state),
            self.consents,
            utility_needs_consent=self.utility_needs_consent,
        )
        if by_contact:
            log.warning("its contact has not agreed to it", extra=of_turn)
        return by_contact

    def _owner(self, account: Account) -> str:
        """Return the business account; empty when the secret cannot be read: the network refuses us then."""
        try:
            return self.owner_of(account)
        except SettingsError:
            return ""

    def _state(self, owner: str, template: Template) -> TemplateState | None:
        """Return what the network says of `template`, as we knew it a moment ago."""
        if not owner:
            return None
        key, now = (owner, template.name, template.language), self.clock()
        read_at, state = self._known.get(key, (float("-inf"), None))
        if now - read_at >= KEPT_SECONDS:
            state = self.states.read(*key)
            self._known[key] = (now, state)
        return state


def category_of(template: Template, state: TemplateState | None) -> str:
    """Return what `template` is for: as the network says, else as the bot's file of it says; else empty.

    The network may move a template from utility to marketing: from then on it needs consent.
    """
    return (state.category if state else "") or template.category


def _refused_by_network(state: TemplateState | None) -> str | None:
    if state is None or state.status not in MAY_NOT_BE_SENT:
        return None
    why = f" ({state.reason})" if state.reason else ""
    return (
        f"the template {state.name} in {state.language} {MAY_NOT_BE_SENT[state.status]}{why}: "
        "`rejoinder templates status` shows it"
    )
