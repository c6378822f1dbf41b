"""What becomes of a template: its review by rule or by hand, pauses, quality, category, archive and end.

https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-review,
…/templates/template-pausing, …/templates/template-pacing, …/templates/template-categorization and
…/templates/template-archival. Everything but the pause before a decision follows the virtual clock.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

from rejoinder.workbench.simulator import template_events
from rejoinder.workbench.simulator.background import Background
from rejoinder.workbench.simulator.business import Rejection
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.lifecycle import Lifecycle
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.records import Sent
from rejoinder.workbench.simulator.reviewing import fault_of
from rejoinder.workbench.simulator.templates import Template

PAUSES: Final = ((3 * 3600, "FIRST_PAUSE"), (6 * 3600, "SECOND_PAUSE"))
"""How long each pause lasts, in seconds, and its name. After these a template is disabled."""

NOTICE_SECONDS: Final = 24 * 3600
"""How long before it changes a category is announced, in seconds."""


class Review:
    """Changes the state of templates, and tells the business of it."""

    def __init__(
        self, network: Network, courier: Courier, lifecycle: Lifecycle, background: Background
    ) -> None:
        self._network = network
        self._courier = courier
        self._lifecycle = lifecycle
        self._background = background
        self._held: dict[tuple[str, str], list[Sent]] = {}

    def reset(self) -> None:
        """Forget the messages that wait."""
        self._held.clear()

    # -- by rule ------------------------------------------------------------------------------------------

    def submit(self, template: Template) -> None:
        """Look at a new or edited template: at once, after a while, or when somebody decides by hand."""
        seconds = self._network.settings.review_seconds
        if self._network.business.reviews_by_hand:
            return
        if seconds > 0:
            self._background.spawn(self._later(template, seconds))
        else:
            self._decide(template)

    async def _later(self, template: Template, seconds: float) -> None:
        await asyncio.sleep(seconds)
        is_same = self._network.templates.get((template.name, template.language)) is template
        if is_same and not self._network.business.reviews_by_hand:
            self._decide(template)

    def _decide(self, template: Template) -> None:
        rejection = fault_of(template, self._network.templates.values())
        if rejection:
            self.reject(template, rejection)
        else:
            self.approve(template)

    def settle(self) -> None:
        """Do what the clock has brought: end pauses, and change categories."""
        now = self._network.clock.now()
        for template in list(self._network.templates.values()):
            stored = self._network.stored(template)
            if stored.paused_until is not None and stored.paused_until <= now:
                self.unpause(template)
            if stored.category_changes_at is not None and stored.category_changes_at <= now:
                self.recategorise(self._network.templates[template.name, template.language])

    # -- by hand ------------------------------------------------------------------------------------------

    def approve(self, template: Template) -> None:
        self._change(template, "APPROVED", template_events.status(template, "APPROVED"))

    def reject(self, template: Template, rejection: Rejection) -> None:
        said = {"reason": rejection.why, "recommendation": rejection.recommendation}
        more = {"rejection_info": said} if rejection.why or rejection.recommendation else {}
        event = template_events.status(template, "REJECTED", rejection.reason, **more)
        self._change(template, "REJECTED", event)
        self._network.stored(template).rejection = rejection

    def pause(self, template: Template) -> None:
        """Pause a template for bad feedback: for 3 hours, then for 6, then for ever.

        What waited for this feedback fails. Such a pause ends only when the business ends it.
        """
        stored = self._network.stored(template)
        was_held = stored.is_held
        if stored.pauses == len(PAUSES):
            self.disable(template)
            return
        seconds, title = PAUSES[stored.pauses]
        until = self._network.clock.now() + seconds
        said = f"Your WhatsApp message template has been paused for {seconds // 3600} hours because it "
        info = {"title": title, "description": f"{said}continued to have issues."}
        event = template_events.status(template, "PAUSED", other_info=info)
        self._change(template, "PAUSED", event)
        stored.pauses += 1
        stored.paused_until = None if was_held else until
        self._let_go(template, 132015)

    def unpause(self, template: Template) -> None:
        info = {"title": "UNPAUSE", "description": "Your WhatsApp message template has been unpaused."}
        self._change(template, "APPROVED", template_events.status(template, "APPROVED", other_info=info))

    def disable(self, template: Template) -> None:
        when = {"disable_date": int(self._network.clock.now())}
        event = template_events.status(template, "DISABLED", disable_info=when)
        self._change(template, "DISABLED", event)
        self._let_go(template, 132016)

    def flag(self, template: Template) -> None:
        """Warn that a template may be disabled. It can still be sent."""
        self._tell(template_events.STATUS, template_events.status(template, "FLAGGED"))

    def reinstate(self, template: Template) -> None:
        self._change(template, "APPROVED", template_events.status(template, "REINSTATED"))

    def rate(self, template: Template, quality: str) -> None:
        """Give a template another quality."""
        stored = self._network.stored(template)
        before, stored.quality = stored.quality, quality
        stored.changed_at = self._network.clock.now()
        self._tell(template_events.QUALITY, template_events.quality(template, before, quality))

    def announce_category(self, template: Template, category: str) -> None:
        """Say that the category will change in a day."""
        stored = self._network.stored(template)
        at = self._network.clock.now() + NOTICE_SECONDS
        stored.correct_category, stored.category_changes_at = category, at
        event = template_events.category_impending(template, category, at)
        self._tell(template_events.CATEGORY, event)

    def recategorise(self, template: Template, category: str = "") -> None:
        """Change the category now: to the given one, or to the one that was announced."""
        stored = self._network.stored(template)
        new = replace(template, category=category or stored.correct_category or template.category)
        stored.previous_category, stored.correct_category = template.category, None
        stored.category_changes_at = None
        stored.message_send_ttl_seconds = None
        self._network.templates[new.name, new.language] = new
        self._tell(template_events.CATEGORY, template_events.category_done(new, template.category))

    def archive(self, template: Template) -> None:
        self._network.stored(template).status_before = template.status
        self._change(template, "ARCHIVED", template_events.status(template, "ARCHIVED"))

    def unarchive(self, template: Template) -> None:
        before = self._network.stored(template).status_before or "APPROVED"
        self._change(template, before, template_events.status(template, "UNARCHIVED"))

    def delete(self, template: Template) -> None:
        """Delete a template. Nobody can use name and language of an approved one again for 30 days."""
        if template.status == "APPROVED":
            key = (template.name, template.language)
            self._network.business.deleted[key] = self._network.clock.now()
        self._network.forget(template)
        self._tell(template_events.STATUS, template_events.status(template, "DELETED", None))

    # -- pacing -------------------------------------------------------------------------------------------

    def hold(self, template: Template) -> None:
        """Let the messages of a template wait until its quality is known."""
        self._network.stored(template).is_held = True

    def release(self, template: Template) -> None:
        """Send what waited: the quality is good."""
        self._let_go(template, None)

    async def begin(self, sent: Sent) -> None:
        """Begin the statuses of an accepted message, or let it wait."""
        if sent.template and sent.contact and self._network.stored(sent.template).is_held:
            self._held.setdefault((sent.template.name, sent.template.language), []).append(sent)
            sent.is_held = True
        else:
            await self._lifecycle.begin(sent)

    def _let_go(self, template: Template, doomed: int | None) -> None:
        self._network.stored(template).is_held = False
        for sent in self._held.pop((template.name, template.language), []):
            sent.doomed, sent.is_held = sent.doomed or doomed, False
            sent.at = self._network.clock.now()
            self._background.spawn(self._lifecycle.begin(sent))

    # -- what all of them do ------------------------------------------------------------------------------

    def edited(self, template: Template) -> None:
        """Tell of an edit, which is then reviewed."""
        stored = self._network.stored(template)
        self._tell(template_events.COMPONENTS, template_events.components(template, stored))
        self.submit(template)

    def _change(self, template: Template, status: str, event: JsonObject) -> None:
        self._network.templates[template.name, template.language] = replace(template, status=status)
        stored = self._network.stored(template)
        stored.changed_at = self._network.clock.now()
        stored.rejection = stored.paused_until = None
        self._tell(template_events.STATUS, event)

    def _tell(self, field: str, value: JsonObject) -> None:
        self._courier.announce(field, value)
