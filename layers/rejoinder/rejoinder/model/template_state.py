"""What the network says of a template: whether it may be sent, and in which category it is."""

from dataclasses import dataclass, replace
from typing import Any, Literal, Self

KEPT_SECONDS = 60 * 24 * 3600.0
"""How long the state of a template is kept after the network last told of it, in seconds: 60 days."""

Fact = Literal["status", "category", "quality"]

DELETED = "deleted"
"""The status of a template that is no more. Another one may get its name later, in another category."""

FACTS: tuple[Fact, ...] = ("status", "category", "quality")
"""What the network says of a template. It tells each fact at a time of its own."""


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
    """Why it may not be sent, in the network's words."""

    template_id: str = ""
    """The network's id of it."""

    status_at: float = 0.0
    """Since when its status is known, in Unix seconds."""

    category_at: float = 0.0
    """Since when its category is known, in Unix seconds."""

    quality_at: float = 0.0
    """Since when its quality is known, in Unix seconds."""

    components_at: float = 0.0
    """When its text was last changed, in Unix seconds; 0 when nobody told it."""

    @property
    def at(self) -> float:
        """When the network last told us something, in Unix seconds."""
        return max(self.status_at, self.category_at, self.quality_at, self.components_at)

    def as_of(self, at: float) -> Self:
        """Return this state with `at` as the time of its status, its category and its quality."""
        return replace(self, status_at=at, category_at=at, quality_at=at)

    def after(self, told: "TemplateState") -> Self:
        """Return this state with what the network told. What is empty there, or older than here, stays.

        Of two words for one second the first one that came stays: so the same news again changes nothing.
        """
        new: dict[str, Any] = {}
        for fact in FACTS:
            value, at = getattr(told, fact), getattr(told, f"{fact}_at")
            if value and (at > getattr(self, f"{fact}_at") or not getattr(self, fact)):
                new |= {fact: value, f"{fact}_at": at}
        if "status" in new:
            new["reason"] = told.reason or (self.reason if told.status == self.status else "")
        if new.get("status") == DELETED:
            new |= {"category": "", "category_at": told.status_at}
        new["components_at"] = max(self.components_at, told.components_at)
        new["template_id"] = told.template_id or self.template_id
        return replace(self, **new)
