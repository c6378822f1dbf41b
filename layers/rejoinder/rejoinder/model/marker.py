"""The marker: that an update was handled, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rejoinder.model.messages import TurnMessages
from rejoinder.model.talk import Talk
from rejoinder.model.updates import WakeUp

MARKER_SECONDS = 30 * 24 * 3600
"""How long a marker lives, in seconds: 30 days. An update may lie for 14 days in its queue and for 14 more
among the dead letters, from where a redrive puts it back; networks deliver again for 7 days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """What is kept of one handled update."""

    state: Literal["trying", "done", "parked"]
    """`trying`: its bot has failed, and it is tried again. `done` and `parked` are finished."""

    conversation_key: str = ""
    """The key of its conversation."""

    tries: int = 0
    """How often its bot failed."""

    parked_at: float = 0.0
    """When it was parked, in Unix seconds. It tells one parking from the next."""

    cause: str = ""
    """Why its bot failed the last time."""

    messages: TurnMessages | None = None
    """What its turn said; of a parked update, the sorry-text. It is queued again when asked."""

    released: tuple[TurnMessages, ...] = ()
    """Messages that had waited until then. They go out before `messages`, and are queued again when asked."""

    wake_ups: tuple[WakeUp, ...] = ()
    """What its turn planned for later. It is queued again when asked."""

    steps: Mapping[str, str] = field(default_factory=dict)
    """The results, as JSON, of steps that were done before the bot failed, by their idempotency keys. Those
    of a parked update wait for its redrive."""

    talk: Talk | None = None
    """The talk that a parked update ended, for the debugger; None when there was none, or it is too long."""

    was_first: bool = False
    """Whether a parked update was the first thing that its contact ever said, for the debugger."""

    @property
    def finished(self) -> bool:
        """Whether no turn may follow."""
        return self.state != "trying"
