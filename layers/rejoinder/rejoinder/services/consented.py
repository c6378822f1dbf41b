"""What needs the consent of its contact, and has it: asked before the network is."""

from datetime import UTC, datetime

from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.messages import TurnMessages
from rejoinder.model.said import Template
from rejoinder.ports import Consents


def without_consent(
    turn: TurnMessages,
    template: Template,
    category: str,
    consents: Consents,
    *,
    utility_needs_consent: bool,
) -> str | None:
    """Return why `template` must not go out to the contact of `turn`; None when it may.

    Marketing needs consent, and utility where the owner of the stack wants that. Nothing else does, nor does
    a template of which nobody knows the category.
    """
    needing = {Purpose.MARKETING, *([Purpose.UTILITY] if utility_needs_consent else [])}
    purpose = next((one for one in needing if one.value == category), None)
    if purpose is None:
        return None
    entry = consents.consent(turn, purpose)
    return None if entry and entry.given else _refusal(template, purpose, entry)


def _refusal(template: Template, purpose: Purpose, entry: ConsentEntry | None) -> str:
    if entry is None:
        why = f"the ledger of consent has no entry of this contact about {purpose}"
        cure = "import what they agreed to (rejoinder consent import), or ask them and call chat.opt_in"
    else:
        at = datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="seconds")
        why = f"this contact {entry} at {at}"
        cure = "only they can change that, such as by START"
    return f"the template {template.name} is for {purpose}, and {why}: {cure}"
