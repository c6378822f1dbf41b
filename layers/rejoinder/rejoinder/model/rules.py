"""Rules over the steps that something has reached, as values: code can ask them, or write them down."""

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Has:
    """The rule that an attempt has reached one of `steps`."""

    steps: tuple[str, ...]
    """The steps."""

    def holds(self, reached: Set[str]) -> bool:
        """Whether the rule holds for an attempt that has reached these steps."""
        return any(step in reached for step in self.steps)


@dataclass(frozen=True, slots=True)
class Not:
    """The rule that `rule` does not hold."""

    rule: "Rule"
    """The other rule."""

    def holds(self, reached: Set[str]) -> bool:
        """Whether the rule holds for an attempt that has reached these steps."""
        return not self.rule.holds(reached)


@dataclass(frozen=True, slots=True)
class All:
    """The rule that all of `rules` hold."""

    rules: tuple["Rule", ...]
    """The other rules."""

    def holds(self, reached: Set[str]) -> bool:
        """Whether the rule holds for an attempt that has reached these steps."""
        return all(rule.holds(reached) for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Any:
    """The rule that one of `rules` holds."""

    rules: tuple["Rule", ...]
    """The other rules."""

    def holds(self, reached: Set[str]) -> bool:
        """Whether the rule holds for an attempt that has reached these steps."""
        return any(rule.holds(reached) for rule in self.rules)


Rule = Has | Not | All | Any
