"""What may go out at all: a template that the network would refuse, or that its contact refused, does not."""

from collections.abc import Callable
from dataclasses import dataclass

from rejoinder.model.messages import TurnMessages
from rejoinder.model.people import Account
from rejoinder.model.said import Template
from rejoinder.model.template_state import TemplateState
from rejoinder.ports import Consents, TemplateStates
from rejoinder.services.consented import without_consent

MAY_BE_SENT = ("", "approved", "flagged", "reinstated", "unarchived")
"""The states of a template that may be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Tells which templates may go out to whom, before the network is asked."""

    states: TemplateStates
    """Keeps what the network says of templates."""

    consents: Consents
    """Tells what a contact agreed to."""

    owner_of: Callable[[Account], str]
    """Returns the business account that an account is a part of; empty if unknown."""

    utility_needs_consent: bool = False
    """Whether templates of utility need consent, as those of marketing do."""

    def refusal(self, turn: TurnMessages, template: Template) -> str | None:
        """Return why `template` must not go out to the contact of `turn`; None when it may."""
        owner = self.owner_of(turn.account)
        state = self.states.read(owner, template.name, template.language) if owner else None
        return _refused_by_network(state) or without_consent(
            turn,
            template,
            category_of(template, state),
            self.consents,
            utility_needs_consent=self.utility_needs_consent,
        )


def category_of(template: Template, state: TemplateState | None) -> str:
    """Return what `template` is for: as the network says, else as the bot's file of it says; else empty.

    The network may move a template from utility to marketing: from then on it needs consent.
    """
    return (state.category if state else "") or template.category


def _refused_by_network(state: TemplateState | None) -> str | None:
    if state is None or state.status in MAY_BE_SENT:
        return None
    why = f" ({state.reason})" if state.reason else ""
    return f"the template {state.name} in {state.language} is {state.status}{why}"
