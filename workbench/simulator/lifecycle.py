"""The statuses that follow an accepted message: sent, delivered, read, and played, or failed."""

from __future__ import annotations

import asyncio
from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.background import Background
from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.delivery import Courier, Outcome
from rejoinder.workbench.simulator.faults import Faults
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.links import Links
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.records import Sent
from rejoinder.workbench.simulator.webhooks import status_update

WITHDRAWN: Final = {"PAUSED": 132015, "DISABLED": 132016}
"""The code of a message that was accepted before its template got this status."""

_PRICED: Final = ("delivered", "read")
"""The price is in `sent`, and in the one of these statuses that comes first."""


class Lifecycle:
    """Sends the statuses of messages, each after its delay, as the planted faults allow."""

    def __init__(
        self, network: Network, faults: Faults, courier: Courier, links: Links, background: Background
    ) -> None:
        self._network = network
        settings = network.settings
        self._after_seconds = {
            "sent": settings.sent_seconds,
            "delivered": settings.delivered_seconds,
            "read": settings.read_seconds,
            "played": settings.played_seconds,
            "failed": settings.sent_seconds,
        }
        self._faults = faults
        self._courier = courier
        self._links = links
        self._background = background

    async def begin(self, sent: Sent) -> None:
        """Start the statuses of a message. With the fault `early` they come before the sender's answer."""
        if sent.contact is None:
            return
        fault = self._faults.strike(("status",), sent.contact)
        sent.doomed = sent.doomed or fault.get("failed")
        life = self._live(sent, sent.contact, fault)
        if fault.get("early"):
            await life
        else:
            self._background.spawn(life)

    async def _live(self, sent: Sent, contact: Contact, fault: JsonObject) -> None:
        if sent.doomed is None and (reason := await self._links.why_not(sent.body)):
            sent.doomed, sent.doom = 131053, reason
        passed = -float(fault.get("delay_seconds", 0.0))
        for status, after_seconds in self._plan(sent, fault):
            await asyncio.sleep(max(0.0, after_seconds - passed))
            passed = max(passed, after_seconds)
            if withdrawn := self._withdrawn(sent):
                sent.doomed = withdrawn
            outcome = self._emit(sent, contact, "failed" if withdrawn else status)
            if fault.get("early"):
                await outcome
            if withdrawn:
                return

    def _withdrawn(self, sent: Sent) -> int | None:
        """Return the code of a message whose template was paused or disabled before it was sent."""
        if sent.template is None or sent.doomed or sent.statuses:
            return None
        return WITHDRAWN.get(self._network.status_of(sent.template))

    def _plan(self, sent: Sent, fault: JsonObject) -> list[tuple[str, float]]:
        # In a group the further statuses are those of its members, and the simulator has none.
        in_group = sent.contact is not None and sent.contact.is_group
        statuses = ["sent"] if sent.reaction or in_group else ["sent", "delivered", "read"]
        if _is_voice(sent.body) and not in_group:
            statuses.append("played")
        if sent.doomed:
            statuses = ["failed"]
        times = [self._after_seconds[status] for status in statuses]
        if fault.get("disorder"):
            statuses.reverse()
        kept = [pair for pair in zip(statuses, times, strict=True) if pair[0] not in fault.get("drop", ())]
        return [pair for pair in kept for _ in range(1 + (pair[0] in fault.get("duplicate", ())))]

    def _emit(self, sent: Sent, contact: Contact, status: str) -> asyncio.Future[Outcome]:
        at = sent.at + self._after_seconds[status]
        earlier = {entry["status"] for entry in sent.statuses}
        priced = status == "sent" or (status in _PRICED and earlier.isdisjoint(_PRICED))
        entry: JsonObject = {"status": status, "at": at}
        if status == "failed":
            entry["error"] = errors.status_error(sent.doomed or 0, sent.doom)
        sent.statuses.append(entry)
        return self._courier.put(status_update(sent, contact, status, at, priced=priced))


def _is_voice(body: JsonObject) -> bool:
    """Return whether a request is a voice note, which a contact plays."""
    audio = body.get("audio") if body.get("type") == "audio" else None
    return isinstance(audio, dict) and audio.get("voice") is True
