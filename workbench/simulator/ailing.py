"""What `POST /sim/health` breaks and mends: the standing of the business, its numbers, its templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Final

from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.faults import ControlError, number
from rejoinder.workbench.simulator.health import Health
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.webhooks import FIELDS

BREAKS: Final[Mapping[str, JsonObject]] = {
    "token_expired": {"token": "expired"},
    "not_subscribed": {"subscribed": False},
    "not_registered": {"registered": False},
    "template_paused": {"templates": "PAUSED"},
    "quality_red": {"quality": "RED"},
    "payment_trouble": {"payment": False},
}
"""The faults of the page's list."""

_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "token": ("valid", "expired", "invalid"),
    "app": ("live", "development"),
    "quality": ("GREEN", "YELLOW", "RED", "UNKNOWN"),
    "name": ("APPROVED", "PENDING_REVIEW", "DECLINED"),
    "throughput": ("STANDARD", "HIGH", "NOT_APPLICABLE"),
    "verification": ("verified", "not_verified", "pending", "pending_submission", "rejected"),
    "review": ("APPROVED", "PENDING", "REJECTED"),
    "templates": ("APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED"),
}
_FLAGS: Final = ("payment", "subscribed", "registered")
_LISTS: Final = ("scopes", "fields")
KEYS: Final = (*_WORDS, *_FLAGS, *_LISTS, "token_expires_at", "break")
"""What an order may name."""


class Ailing:
    """Breaks and mends. What nobody mentions stays as it is, but for `break`, which first mends all."""

    def __init__(self, network: Network, courier: Courier) -> None:
        self._network = network
        self._courier = courier

    def shown(self) -> JsonObject:
        """Return how everything is now."""
        first = next(iter(self._network.numbers.values()))
        return {
            **asdict(self._network.health),
            "subscribed": self._courier.subscribed,
            "registered": first.registered,
            "name": first.name_status,
            "fields": self._courier.fields,
            "breaks": list(BREAKS),
        }

    def change(self, order: JsonObject) -> JsonObject:
        """Change what an order names. Raises ControlError, with the reason, when it is invalid."""
        for key, value in order.items():
            _check(key, value)
        if "break" in order:
            self._mend()
            self._network.health.fault = order["break"]
            order = {**BREAKS.get(order["break"], {}), **order}
        for key, value in order.items():
            self._set(key, value)
        return self.shown()

    def _mend(self) -> None:
        self._network.health = Health()
        for key, value in {
            "subscribed": True,
            "registered": True,
            "name": "APPROVED",
            "fields": list(FIELDS),
        }.items():
            self._set(key, value)
        for name, status in self._network.paused.items():
            if name in self._network.templates:
                self._network.templates[name] = replace(self._network.templates[name], status=status)
        self._network.paused.clear()

    def _set(self, key: str, value: object) -> None:
        if key in ("subscribed", "fields"):
            setattr(self._courier, key, value)
        elif key in ("registered", "name"):
            self._set_numbers(key, value)
        elif key == "templates":
            for name, template in self._network.templates.items():
                self._network.paused.setdefault(name, template.status)
                self._network.templates[name] = replace(template, status=str(value))
        elif key != "break":
            setattr(self._network.health, key, value)

    def _set_numbers(self, key: str, value: object) -> None:
        for one in self._network.numbers.values():
            if key == "name":
                one.name_status = str(value)
            else:
                one.registered = bool(value) and one.verified


def _check(key: str, value: object) -> None:
    if key in _WORDS and value not in _WORDS[key]:
        raise ControlError(f"{key} must be one of {', '.join(_WORDS[key])}")
    if key in _FLAGS and not isinstance(value, bool):
        raise ControlError(f"{key} must be true or false")
    if key == "token_expires_at":
        number(value, key, maximum=1e11)
    if key == "break" and value not in ("", *BREAKS):
        raise ControlError(f"break must be empty, or one of {', '.join(BREAKS)}")
    if key in _LISTS and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise ControlError(f"{key} must be a list of strings")
