"""Faults that a test plants. They are checked when they are planted, and counted when they strike."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.jsontext import JsonObject

CHANNELS: Final = ("whatsapp", "telegram")
STATUSES: Final = ("sent", "delivered", "read", "played")


class ControlError(Exception):
    """The control API was asked for something that it cannot do. The text says why."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault of the network."""

    kind: str
    """What goes wrong, such as `http`."""

    times: int | None
    """How often it still strikes; None: until it is cleared."""

    to: str | None
    """The id of the only contact that it strikes; None: all contacts."""

    share: float | None = None
    """The probability that it strikes; None: it strikes always."""

    channel: str = "whatsapp"
    """The network that it strikes."""

    seed: int | None = None
    """What the random numbers start from when the fault is planted; None: they go on."""

    options: JsonObject
    """The options of its kind."""

    def shown(self) -> JsonObject:
        only = {"to": self.to, "share": self.share, "seed": self.seed}
        said = {name: value for name, value in only.items() if value is not None}
        if self.channel != CHANNELS[0]:
            said["channel"] = self.channel
        return {"kind": self.kind, "times": self.times, **said, **self.options}


class Faults:
    """The planted faults, oldest first."""

    def __init__(self) -> None:
        self._planted: list[Fault] = []
        self._dice = random.Random(0)  # noqa: S311 - a test wants the same throws each time

    def plant(self, fault: Fault) -> None:
        self._planted.append(fault)
        if fault.seed is not None:
            self._dice.seed(fault.seed)

    def clear(self) -> None:
        self._planted.clear()

    def shown(self) -> list[JsonObject]:
        return [fault.shown() for fault in self._planted]

    def strike(
        self, kinds: tuple[str, ...], contact: Contact | None = None, *, chat_id: str | None = None
    ) -> JsonObject:
        """Return the `kind` and the options of the oldest fault that strikes now; {} when none does.

        With `chat_id`, which may be empty, it is a fault of Telegram; else one of WhatsApp.

        The fault is counted down. One random number decides about all faults: each share is a separate part
        of the range from 0 to 1, so that shares add up.
        """
        ids = {contact.id, contact.user_id} if contact else {chat_id}
        channel = CHANNELS[0] if chat_id is None else CHANNELS[1]
        fitting = [
            one
            for one in self._planted
            if one.kind in kinds and one.channel == channel and (one.to is None or one.to in ids)
        ]
        throw = self._dice.random() if any(one.share is not None for one in fitting) else 0.0
        upper = 0.0
        for fault in fitting:
            upper += math.inf if fault.share is None else fault.share
            if throw < upper:
                self._count_down(fault)
                return {"kind": fault.kind, **fault.options}
        return {}

    def _count_down(self, fault: Fault) -> None:
        if fault.times is not None:
            fault.times -= 1
            if fault.times == 0:
                self._planted.remove(fault)


def number(value: object, what: str, *, maximum: float = 1e6) -> float:
    """Return a number from 0 to `maximum`; ControlError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ControlError(f"{what} must be a number")
    if not 0 <= value <= maximum or not math.isfinite(value):
        raise ControlError(f"{what} must be from 0 to {maximum:g}")
    return float(value)


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10_000_000:
        raise ControlError(f"{what} must be a whole number from 0")
    return value


def _http_status(value: object, what: str) -> int:
    status = _whole(value, what)
    if not 400 <= status <= 599:
        raise ControlError(f"{what} must be from 400 to 599")
    return status


def _flag(value: object, what: str) -> bool:
    if not isinstance(value, bool):
        raise ControlError(f"{what} must be true or false")
    return value


def _string(value: object, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise ControlError(f"{what} must be a string")
    return value


def _statuses(value: object, what: str) -> list[str]:
    if value is True:
        return list(STATUSES)
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or any(name not in STATUSES for name in names):
        raise ControlError(f"{what} must be true or some of {', '.join(STATUSES)}")
    return names


def _copies(value: object, what: str) -> int:
    return 1 if value is True else min(_whole(value, what), 100)


_Checks = Mapping[str, Callable[[object, str], object]]
_FILE: Final[_Checks] = {
    "code": _whole,
    "details": _string,
    "status": _http_status,
    "delay_seconds": number,
}
_OPTIONS: Final[Mapping[str, _Checks]] = {
    "error": {"code": _whole, "details": _string, "status": _http_status, "accepted": _flag},
    "http": {"status": _http_status, "accepted": _flag},
    "accept_no_answer": {"hang_seconds": number},
    "status": {
        "drop": _statuses,
        "duplicate": _statuses,
        "disorder": _flag,
        "early": _flag,
        "failed": _whole,
        "delay_seconds": number,
    },
    "webhook": {"duplicate": _copies, "batch_seconds": number, "disorder": _flag},
    "upload": _FILE,
    "address": _FILE,
    "download": {**_FILE, "cut": _flag},
}
_OF_TELEGRAM: Final[Mapping[str, _Checks]] = {
    **{kind: checks for kind, checks in _OPTIONS.items() if kind != "status"},
    "error": {"code": _http_status, "details": _string, "retry_after": _whole, "accepted": _flag},
    "webhook": {"duplicate": _copies, "disorder": _flag, "delay_seconds": number, "status": _http_status},
}
"""No statuses come there, and the code of an error is its HTTP status."""

_OF_NO_CONTACT: Final = ("webhook", "upload", "address", "download")
_OF_ALL: Final = ("kind", "channel", "times", "to", "share", "seed")
_REQUIRED: Final = {"error": "code", "http": "status"}


def parse(raw: object) -> Fault:
    """Return the fault that a test describes. Raises ControlError, with the reason, when it is invalid."""
    if not isinstance(raw, dict):
        raise ControlError("a fault must be a JSON object")
    channel = raw.get("channel", CHANNELS[0])
    if channel not in CHANNELS:
        raise ControlError(f"channel must be one of {', '.join(CHANNELS)}")
    table = _OPTIONS if channel == CHANNELS[0] else _OF_TELEGRAM
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in table:
        raise ControlError(f"kind must be one of {', '.join(table)}")
    options = _options(kind, table[kind], {key: raw[key] for key in raw if key not in _OF_ALL})
    share = None if raw.get("share") is None else number(raw["share"], "share", maximum=1)
    # By default webhook faults and faults with a share strike until they are cleared, all others once.
    times = raw.get("times", None if kind == "webhook" or share is not None else 1)
    if times is not None and _whole(times, "times") == 0:
        raise ControlError("times must be at least 1, or null for: until cleared")
    if kind in _OF_NO_CONTACT and "to" in raw:
        raise ControlError(f"a fault of {kind} concerns all contacts: leave out to")
    to = None if raw.get("to") is None else _string(raw["to"], "to").lstrip("+")
    seed = None if raw.get("seed") is None else _whole(raw["seed"], "seed")
    return Fault(kind=kind, channel=channel, times=times, to=to, share=share, seed=seed, options=options)


def _options(kind: str, checks: _Checks, given: JsonObject) -> JsonObject:
    for key in given:
        if key not in checks:
            raise ControlError(f"{kind} has no {key!r}; its options are {', '.join(checks)}")
    required = _REQUIRED.get(kind)
    if required and required not in given:
        raise ControlError(f"{kind} needs {required}")
    if kind in ("status", *_OF_NO_CONTACT) and not given:
        raise ControlError(f"{kind} needs one of {', '.join(checks)}")
    return {key: checks[key](value, key) for key, value in given.items()}
