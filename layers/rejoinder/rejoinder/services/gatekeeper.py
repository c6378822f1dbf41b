"""The gatekeeper: it closes the gate of an account that cannot send, and lets probes open it again."""

import logging
import random
import time
from dataclasses import dataclass, field

from rejoinder.errors import (
    AccountBlocked,
    GateClosed,
    OutcomeUnknown,
    PairRateLimited,
    RateLimited,
    SendError,
)
from rejoinder.gate_ports import Gates
from rejoinder.model.backoff import PROBE
from rejoinder.model.gate import Gate
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Account
from rejoinder.ports import Clock, Meter

log = logging.getLogger("rejoinder")

KEPT_SECONDS = 10.0
"""The longest time until an open gate is read again, in seconds. It may have been closed since then."""

LATER = 1.25
"""By how much at most those who wait for a probe come later than its time: by a quarter of the pause."""

MAX_SERVER_ERRORS = 5
"""The number of server errors in a row that closes a gate. The network gets a pause then."""


@dataclass
class Gatekeeper:
    """Lets messages pass while the gate of their account is open.

    It lives as long as its process: it remembers gates for a moment, and counts server errors.
    """

    gates: Gates
    """Keeps the gates."""

    meter: Meter
    """Counts."""

    clock: Clock = time.time
    """Tells the time."""

    _known: dict[str, tuple[float, Gate | None]] = field(default_factory=dict)
    _server_errors: dict[str, list[str]] = field(default_factory=dict)

    def is_closed(self, account: Account) -> bool:
        """Whether the gate is closed, as far as we know."""
        gate = self.gate(account)
        return gate is not None and gate.is_closed

    def admit(self, account: Account) -> bool:
        """Whether the next message is a probe of a closed gate. Raises GateClosed when it must wait."""
        gate, now = self.gate(account), self.clock()
        if gate is None or not gate.is_closed:
            return False
        if now >= gate.probe_at:
            self._known.pop(str(account), None)
            if self.gates.elect(account, gate, gate.probed(now)):
                return True
            gate = self.gate(account) or gate
        self.meter.count(Metric.GATE_CLOSED)
        raise GateClosed(until_probe(gate, now))

    def went_through(self, account: Account, *, probing: bool) -> None:
        """Record that the network accepted a message, or rejected only this message: the account works."""
        self._server_errors.pop(str(account), None)
        if probing:
            self.gates.open(account, self.clock())
            self._known.pop(str(account), None)
            log.warning("the gate is open again")

    def failed(self, account: Account, error: SendError, outbound_id: str, *, probing: bool) -> None:
        """Record that the network did not accept a message.

        An error about the whole account closes the gate. So do several server errors in a row, if they are
        about more than one message. A probe that fails leaves the gate as it is. A probe that was sent too
        fast opens it, because the account works then.
        """
        fails_in_a_row = self._fails_in_a_row(account, error, outbound_id)
        if not probing and (isinstance(error, AccountBlocked) or fails_in_a_row):
            self.close(account, error.code)
        if probing and isinstance(error, RateLimited | PairRateLimited):
            self.went_through(account, probing=True)

    def _fails_in_a_row(self, account: Account, error: SendError, outbound_id: str) -> bool:
        """Count a server error. Return whether there are too many in a row, about more than one message."""
        over = self._server_errors.setdefault(str(account), [])
        if isinstance(error, OutcomeUnknown):
            over.append(outbound_id)
        return len(over) >= MAX_SERVER_ERRORS and len(set(over)) > 1

    def close(self, account: Account, code: int) -> None:
        """Close the gate: nothing of this account goes out until a probe succeeds."""
        self._server_errors.pop(str(account), None)
        self._known.pop(str(account), None)
        self.gates.close(account, Gate.closed(code, self.clock()))
        self.meter.count(Metric.GATE_CLOSED)
        log.error("the gate is closed", extra={"code": code})

    def gate(self, account: Account) -> Gate | None:
        """Return the gate. That there is none is believed for a moment, and a gate is read each time."""
        read_at, gate = self._known.get(str(account), (float("-inf"), None))
        if gate or self.clock() - read_at >= KEPT_SECONDS:
            gate = self.gates.read(account)
            self._known[str(account)] = (self.clock(), gate)
        return gate


def until_probe(gate: Gate, now: float) -> float:
    """Return how long to wait until the next probe of a closed gate, in seconds.

    Those who wait do not come back all at once, when the gate may have just opened.
    """
    seconds = max(gate.probe_at - now, 1.0) * random.uniform(1.0, LATER)  # noqa: S311 - no secret
    return min(seconds, PROBE.max_seconds)
