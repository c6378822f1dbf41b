"""What the network says of templates: it is kept, and each change is told to the bot."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from rejoinder.errors import SettingsError, describe
from rejoinder.model.ids import digest
from rejoinder.model.messages import TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.own import TemplateChanged
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import Template
from rejoinder.model.template_events import (
    AboutTemplate,
    TemplateCategory,
    TemplateComponents,
    TemplateQuality,
    TemplateStatus,
)
from rejoinder.model.template_state import DELETED, FACTS, KEPT_SECONDS, TemplateState
from rejoinder.model.updates import Inbound
from rejoinder.ports import Meter, TemplateLists, TemplateStates, Updates

log = logging.getLogger("rejoinder")

SETTLED_SECONDS = 60.0
"""What a list of templates tells is taken to be this much older, in seconds: clocks differ, and a webhook
about what came just before the list may be on its way. It counts more."""

AS_LISTED = {"reinstated": "approved", "unarchived": "approved", "flagged": "approved"}
"""What the network tells as an event, by the status that the template then has in its list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateNews:
    """Keeps the states of templates, and tells the bot when one changes."""

    states: TemplateStates
    """Keeps them."""

    updates: Updates
    """Tells the bot."""

    meter: Meter
    """Counts."""

    owner_of: Callable[[Account], str]
    """Returns the business account that an account is a part of; empty if unknown. SettingsError at worst."""

    def heard(self, event: AboutTemplate) -> None:
        """Keep what an event of the network tells, and tell the bot what is new in it."""
        if not (event.channel and event.owner and event.template and event.language):
            return
        told, previous = _told_by(event)
        account = Account(channel=event.channel, id=event.owner)
        before = self.states.read(account.id, told.name, told.language)
        self._keep(account, told, before, previous=previous, is_first_told=True)

    def failed(self, turn: TurnMessages, status: str, reason: str, at: float) -> None:
        """Keep that the only message of `turn` failed because its template has that status."""
        content = turn.messages[0].content
        if not isinstance(content, Template):
            return
        try:
            owner = self.owner_of(turn.account)
        except SettingsError as error:  # the daily sync finds it out, and statuses must not wait
            log.warning("a template is not followed", extra={"cause": describe(error)})
            return
        if owner:
            told = TemplateState(
                name=content.name, language=content.language, status=status, reason=reason, status_at=at
            )
            before = self.states.read(owner, told.name, told.language)
            self._keep(replace(turn.account, id=owner), told, before, is_first_told=True)

    def sync(self, networks: TemplateLists, accounts: Iterable[Account], now: float) -> int:
        """Ask the networks for all templates of the business accounts of `accounts`. Return how many failed.

        One that fails stops no other. It is asked again the next time.
        """
        failed = 0
        for account in accounts:
            try:
                owner = networks.owner(account)
                if owner:
                    self._sync(replace(account, id=owner), networks.templates(account), now)
            except Exception as error:  # noqa: BLE001 - as the docstring says
                failed += 1
                self.meter.count(Metric.WORK_FAILED)
                log.error("the templates were not synced", extra={"cause": describe(error)})
        return failed

    def _sync(self, account: Account, all_listed: Iterable[TemplateState], now: float) -> None:
        """Keep what the network lists, and what it does not list any more.

        A list without any template tells nothing: so does a token that may not see them. The network itself
        refuses what is really deleted.
        """
        at, listed = now - SETTLED_SECONDS, None
        known = {(state.name, state.language): state for state in self.states.all_of(account.id)}
        for listed in all_listed:
            told = listed.as_of(at)
            before = known.pop((told.name, told.language), None)
            if before is None or _is_worth_writing(before, told):
                self._keep(account, told, before)
        for gone in known.values() if listed else ():
            if gone.status != DELETED:
                told = TemplateState(name=gone.name, language=gone.language, status=DELETED, status_at=at)
                self._keep(account, told, gone)

    def _keep(
        self,
        account: Account,
        told: TemplateState,
        before: TemplateState | None,
        *,
        previous: Mapping[str, str] | None = None,
        is_first_told: bool = False,
    ) -> None:
        """Tell the bot what changes, then keep it. After a crash between the two, the same is told again.

        `previous` has what the network says was before, where we did not know it. With `is_first_told`, the
        first status that we hear of a template is a change, too; a sync would tell of every template.
        """
        known = before or TemplateState(name=told.name, language=told.language)
        after = known.after(told)
        for fact in FACTS:
            was, now = getattr(known, fact) or (previous or {}).get(fact, ""), getattr(after, fact)
            if now not in ("", was) and (was or (fact == "status" and is_first_told)):
                reason = after.reason if fact == "status" else ""
                content = TemplateChanged(
                    name=told.name, language=told.language, what=fact, before=was, now=now, reason=reason
                )
                self._tell(account, content, told.at, since=getattr(known, f"{fact}_at"))
        if after.components_at > known.components_at:
            content = TemplateChanged(name=told.name, language=told.language, what="components")
            self._tell(account, content, told.at, since=known.components_at)
        self.states.write(account.id, told)

    def _tell(self, account: Account, change: TemplateChanged, at: float, *, since: float) -> None:
        """Tell the bot that something changed that was so `since` that time: with one id, however often."""
        same = (account.id, change.name, change.language, change.what, repr(since), change.now)
        self.updates.put(
            Inbound(
                id=f"template-{digest(*same)}",
                account=account,
                contact=Contact.of_business(account.id),
                at=at,
                content=change,
            )
        )
        self.meter.count(Metric.TEMPLATES_CHANGED)
        if change.what == "category" and change.now == "marketing":
            self.meter.count(Metric.TEMPLATES_RECATEGORISED)
        log.warning("a template changed", extra={"field": change.what})


def _is_worth_writing(before: TemplateState, told: TemplateState) -> bool:
    """Whether a sync tells something new, or what it tells was kept long ago and would end."""
    after = before.after(told)
    is_new = any(getattr(after, fact) != getattr(before, fact) for fact in FACTS)
    return is_new or told.at - before.at > KEPT_SECONDS / 2


def _told_by(event: AboutTemplate) -> tuple[TemplateState, Mapping[str, str]]:
    """Return what an event tells of its template, and what it says was before."""
    told = TemplateState(name=event.template, language=event.language, template_id=event.template_id)
    match event:
        case TemplateStatus():
            status = event.event.lower()
            words = (event.description, event.reason, event.title)
            told = replace(
                told,
                status=AS_LISTED.get(status, status),
                reason=next((one for one in words if one not in ("", "NONE")), ""),
                category=event.category.lower(),
                status_at=event.at,
                category_at=event.at,
            )
        case TemplateQuality():
            told = replace(told, quality=event.quality.lower(), quality_at=event.at)
            return told, {"quality": event.previous.lower()}
        case TemplateCategory():
            told = replace(told, category=event.category.lower(), category_at=event.at)
            return told, {"category": event.previous.lower()}
        case TemplateComponents():
            told = replace(told, components_at=event.at)
    return told, {}
