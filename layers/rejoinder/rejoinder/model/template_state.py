"""What the network says of a template: whether it may be sent, and in which category it is."""

from dataclasses import asdict, dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateState:
    """The state of one template in one language. Words of the network are in lower case."""

    name: str
    """Its name."""

    language: str
    """Its language, such as `en_US`."""

    status: str = ""
    """Whether it may be sent, such as `approved`, `pending`, `rejected`, `paused` or `disabled`; empty when
    nobody told it."""

    category: str = ""
    """`marketing`, `utility` or `authentication`; empty when nobody told it."""

    quality: str = ""
    """`green`, `yellow`, `red` or `unknown`; empty when nobody told it."""

    reason: str = ""
    """Why it may not be sent, in the network's word."""

    template_id: str = ""
    """The network's id of it."""

    at: float = 0.0
    """When the network told us, in Unix seconds."""

    def after(self, told: "TemplateState") -> Self:
        """Return this state with what the network told, unless that is older. What is empty there stays."""
        if told.at < self.at:
            return self
        return replace(self, **{name: value for name, value in asdict(told).items() if value})
