"""Account events about templates and forms."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rejoinder.model.events import AccountEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutTemplate(AccountEvent):
    """Something that concerns one template."""

    template: str = ""
    """The name of the template."""

    language: str = ""
    """Its language, written as a bot writes it, such as `en_US`."""

    template_id: str = ""
    """The network's id of it."""


def _named(event: AboutTemplate) -> str:
    return f"The template {event.template or event.template_id or 'without a name'}"


_DONE = {
    "APPROVED": "was approved",
    "ARCHIVED": "was archived",
    "UNARCHIVED": "is no longer archived",
    "DELETED": "was deleted",
    "DISABLED": "was disabled",
    "FLAGGED": "has a low quality and may be paused",
    "IN_APPEAL": "is in appeal",
    "LIMIT_EXCEEDED": "is one too many",
    "LOCKED": "was locked",
    "PAUSED": "was paused",
    "PENDING": "is in review",
    "PENDING_DELETION": "will be deleted",
    "REINSTATED": "may be sent again",
    "REJECTED": "was rejected",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateStatus(AboutTemplate):
    """A template may be sent, or may not be sent any more."""

    event: str = ""
    """What happened, in the network's word, such as `APPROVED` or `PAUSED`."""

    reason: str = ""
    """Why, in the network's word, such as `INVALID_FORMAT`."""

    category: str = ""
    """The category of the template, such as `UTILITY`."""

    title: str = ""
    """More about it, in the network's word, such as `FIRST_PAUSE`."""

    description: str = ""
    """A sentence about it."""

    recommendation: str = ""
    """What the network advises."""

    disabled_at: float = 0.0
    """When it was disabled, in Unix seconds."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"{_named(self)} {_DONE.get(self.event, f'is now {self.event}')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateQuality(AboutTemplate):
    """The quality of a template changed."""

    previous: str = ""
    """The quality before, such as `GREEN`."""

    quality: str = ""
    """The quality now: `GREEN`, `YELLOW`, `RED` or `UNKNOWN`."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"{_named(self)} has the quality {self.quality}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateCategory(AboutTemplate):
    """A template is in another category, or will be. Categories have prices."""

    category: str = ""
    """The category now."""

    previous: str = ""
    """The category before, where it has changed."""

    correct: str = ""
    """The category that it should have, where it has not changed yet."""

    changes_at: float = 0.0
    """When it will change, in Unix seconds."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        if self.correct:
            return f"{_named(self)} should be in the category {self.correct}"
        return f"{_named(self)} is in the category {self.category}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateButton:
    """A button of a template that was changed."""

    type: str = ""
    """Its kind, in the network's word."""

    text: str = ""
    """The words on it."""

    url: str = ""
    """The address that it opens."""

    phone: str = ""
    """The number that it calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateComponents(AboutTemplate):
    """The text of a template was changed."""

    header: str = ""
    """The line above the words."""

    body: str = ""
    """The words."""

    footer: str = ""
    """The line below the words."""

    buttons: tuple[TemplateButton, ...] = ()
    """The buttons."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"{_named(self)} has another text"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowEvent(AccountEvent):
    """The status or the health of a form (a WhatsApp Flow) changed."""

    event: str = ""
    """What happened, in the network's word, such as `FLOW_STATUS_CHANGE`."""

    flow_id: str = ""
    """The network's id of the form."""

    message: str = ""
    """A sentence about it."""

    previous_status: str = ""
    """The status before."""

    status: str = ""
    """The status now."""

    alert: str = ""
    """Whether an alert holds: `ACTIVATED` or `DEACTIVATED`."""

    threshold: float = 0.0
    """The value at which the alert begins."""

    details: Mapping[str, object] = field(default_factory=dict)
    """What was measured, by the network's names."""

    @property
    def subject(self) -> str:
        """Return a sentence about it."""
        return f"The form {self.flow_id}: {self.event.replace('_', ' ').lower()}"
