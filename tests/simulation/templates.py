"""The templates of the network: they are paused, approved again, and moved to another category.

The business account's webhooks tell of it, in any order, twice, and late.
"""

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any

from rejoinder.model.template_state import TemplateState
from rejoinder.testing.memory import MemoryTemplateStates
from tests.simulation.bots import LATE

if TYPE_CHECKING:
    from tests.simulation.world import World

OWNER = "2000"
"""The network's id of the business account."""

AT_FIRST = ("approved", "utility")
"""What each template is at first."""

LATENESS = (0.0, 0.0, 2.0, 20.0, 200.0, 5000.0)
"""How late the network tells of a change, in seconds."""


@dataclass
class NetworkTemplates:
    """What the network has in its list: the status and the category of each template."""

    world: "World"
    status: dict[str, str] = field(default_factory=lambda: {LATE.name: "APPROVED"})
    category: dict[str, str] = field(default_factory=lambda: {LATE.name: "UTILITY"})
    changed_at: float = 0.0

    def is_paused(self, name: str) -> bool:
        """Whether the network refuses messages with that template."""
        return self.status.get(name) == "PAUSED"

    def listed(self) -> list[TemplateState]:
        """Return its list."""
        return [
            TemplateState(
                name=name,
                language=LATE.language,
                status=self.status[name].lower(),
                category=self.category[name].lower(),
            )
            for name in self.status
        ]

    def changes(self) -> None:
        """Pause a template, approve it again, or move it to another category. Webhooks tell of it."""
        name, draw = LATE.name, self.world.choices.draw
        if self.world.now < self.changed_at + 2:
            return  # of two changes in one second nobody can tell which came first
        self.changed_at = self.world.now
        if draw(3) == 2:
            before = self.category[name]
            self.category[name] = "MARKETING" if before == "UTILITY" else "UTILITY"
            what = {"previous_category": before, "new_category": self.category[name]}
            self._tells(name, "template_category_update", what)
        else:
            self.status[name] = "APPROVED" if self.is_paused(name) else "PAUSED"
            what = {"event": self.status[name], "message_template_category": self.category[name]}
            self._tells(name, "message_template_status_update", what)

    def _tells(self, name: str, field_name: str, what: dict[str, Any]) -> None:
        from tests.simulation.meta import Item  # noqa: PLC0415 - it imports this module

        value = {"message_template_name": name, "message_template_language": LATE.language, **what}
        label = f"{name}: {', '.join(what.values())}"
        self.world.tell_story("network", label)
        # Whole seconds, after the change: a message that fails in that second may tell of what was before.
        item = Item(label=label, change={"field": field_name, "value": value}, at=ceil(self.world.now))
        for _ in range(1 + self.world.choices.one_in(3)):
            self.world.meta.tell(item, LATENESS[self.world.choices.draw(len(LATENESS))])


class States(MemoryTemplateStates):
    """The port `TemplateStates`, whose calls may fail. It knows when it last learned what it holds."""

    def __init__(self, world: "World") -> None:
        super().__init__()
        self.world = world
        self.learned_at: dict[str, float] = {}
        """When each template was last written, in Unix seconds."""
        for state in NetworkTemplates(world).listed():
            super().write(OWNER, state.as_of(1.0))

    def read(self, owner: str, name: str, language: str) -> TemplateState | None:
        return self.world.call("states.read", lambda: super(States, self).read(owner, name, language))

    def all_of(self, owner: str) -> list[TemplateState]:
        return self.world.call("states.all_of", lambda: super(States, self).all_of(owner))

    def write(self, owner: str, told: TemplateState) -> TemplateState | None:
        return self.world.call("states.write", lambda: self._write(owner, told))

    def _write(self, owner: str, told: TemplateState) -> TemplateState | None:
        before = super().write(owner, told)
        if before and before.status != self.states[owner, told.name, told.language].status:
            self.learned_at[told.name] = self.world.now
        return before
