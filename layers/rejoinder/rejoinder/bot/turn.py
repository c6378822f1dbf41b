"""A turn: one update handled by the bot."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta, tzinfo

from rejoinder.bot.files import FileToKeep, SaidFiles
from rejoinder.bot.phrases import Phrases, phrases_of
from rejoinder.bot.templates.catalog import Catalog
from rejoinder.bot.window import MAX_AHEAD, OutsideWindow, outside
from rejoinder.channel_ports import Limits
from rejoinder.errors import BotError, LimitExceeded, TurnTooLarge
from rejoinder.file_ports import Outside
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.contents import Media, Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.ids import outbound_id
from rejoinder.model.links import Linked
from rejoinder.model.messages import Outbound, Policy
from rejoinder.model.own import Reminder, TimeUp
from rejoinder.model.said import Album, OutboundContent, Template
from rejoinder.model.sizes import bytes_of
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.ports import Understanding

MAX_MESSAGES = 20
"""The most messages that one turn may say, and the most things that it may plan."""

MAX_TURN_BYTES = 256 * 1024
"""The most that one turn may say and plan, in bytes of JSON: it is one queue message, and part of an item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One update handled."""

    conversation: Conversation
    """The conversation after it."""

    messages: tuple[Outbound, ...]
    """What was said, in order."""

    wake_ups: tuple[WakeUp, ...] = ()
    """What was planned for later."""

    files: tuple[FileToKeep, ...] = ()
    """What must be in the bucket before the messages go out."""

    not_understood: bool = False
    """Whether the contact wrote something that no handler but `otherwise` was for."""


class Watch:
    """Sees what handlers do. This one looks away; the test door looks closely."""

    def begins(self, *, resumed: bool) -> None:
        """See that a handler begins; `resumed` says that it runs again, with an answer."""

    def sees(self, what: str, *details: object) -> None:
        """See that the handler did `what`, at its present line."""

    def step(self) -> AbstractContextManager[None]:
        """Return a context for the time of a step."""
        return nullcontext()


@dataclass(slots=True, kw_only=True)
class OpenTurn:
    """The turn that is being run: what it was given, and what it has said, done and planned so far."""

    message: Inbound
    """The update that it handles."""

    conversation_key: str
    """The key of the conversation."""

    now: float
    """When it runs, in Unix seconds."""

    window_closes_at: float
    """When the service window closes, in Unix seconds."""

    data: Mapping[str, object]
    """`chat.data` as the conversation has it now."""

    language: str
    """The contact's language as the conversation has it now."""

    zone: tzinfo
    """The time zone that tells what day it is."""

    limits: Limits
    """The limits of the channel."""

    understanding: Understanding
    """Who is asked what words mean."""

    name_of: Callable[[Callable[..., None]], str]
    """Returns the name by which a handler is found again; BotError when it would not be."""

    steps: dict[str, str]
    """The results of steps, as JSON, by their idempotency keys: those of earlier runs, and of this one."""

    watch: Watch
    """Who watches the handlers."""

    files: SaidFiles
    """Finds the files that it says."""

    outside: Outside
    """What a handler may reach."""

    templates: Catalog | None = None
    """The templates of the bot; None where the bot has no folder."""

    phrases: Callable[[str], Phrases] = phrases_of
    """Returns what the bot says by itself in a language."""

    free_until: float = 0.0
    """Until when messages cost nothing, in Unix seconds; 0 when they never did."""

    missed: tuple[Inbound, ...] = ()
    """What the contact said during a handoff."""

    opted_out: bool = False
    """Whether the contact wants no offers."""

    consent: Mapping[Purpose, ConsentEntry] = field(default_factory=dict)
    """The newest entry of the ledger of consent, by purpose."""

    told: list[ConsentEntry] = field(default_factory=list)
    """What it has added to that ledger so far."""

    linked: tuple[Linked, ...] = ()
    """The other conversations that are with the same person, as the conversation knew them."""

    wrong_codes: tuple[float, ...] = ()
    """When the contact last said wrong codes, in Unix seconds, before this turn."""

    links: dict[str, Linked] = field(default_factory=dict)
    """The conversations to which it has linked this one so far, by their codes."""

    guesses: list[float] = field(default_factory=list)
    """When wrong codes were said in it, in Unix seconds."""

    said: list[Outbound] = field(default_factory=list)
    """What it has said so far."""

    wake_ups: list[WakeUp] = field(default_factory=list)
    """What it has planned so far."""

    not_understood: bool = False
    """Whether the contact wrote something that no handler but `otherwise` was for."""

    def as_it_came(self, message: Inbound) -> Inbound:
        """Return `message` as the network sent it, if it is the update of this turn. Journals lack `raw`."""
        return self.message if message == self.message else message

    def begin_again(self) -> None:
        """Forget what was said and planned. What was done in steps stays done."""
        self.said.clear()
        self.wake_ups.clear()
        self.told.clear()
        self.links.clear()
        self.files.to_keep.clear()

    def consent_about(self, purpose: Purpose) -> ConsentEntry | None:
        """Return the newest entry of the ledger of consent about `purpose`."""
        told = (entry for entry in reversed(self.told) if entry.purpose is purpose)
        return next(told, self.consent.get(purpose))

    def send(
        self,
        content: OutboundContent,
        outside_window: OutsideWindow | None,
        *,
        apart: bool = False,
        policy: Policy = Policy.AT_LEAST_ONCE,
        quote: str = "",
        track: bool = False,
    ) -> str:
        """Say `content`, in one message with what was said last if that is possible and `apart` is not set.

        What the network does not take as one message becomes several. The first one has the quote, and the
        template, which stands for all. If it may wait, all of it waits. Return the id of the last message.

        Raises LimitExceeded when the network would not take it, TurnTooLarge when that is too many messages.
        """
        self.refuse_nobody()
        words_of = None
        if not self.limits.has_templates:  # nor a service window that closes
            words_of, content = _offer(content), self._worded(content)
            outside_window = None if isinstance(outside_window, Template) else outside_window
        if not isinstance(content, Text | Media | Album | Template):
            self.refuse_group(f"a {type(content).__name__}")
        content = self.files.found(content)
        parts = self.limits.split(content)
        for part in parts:
            self.limits.check(part)
        template, waits_until = outside(outside_window, self.now)
        late = self._late(template) if template else None
        if isinstance(content, Template):
            waits_until = 0.0  # it goes out at any time
        plain = Outbound(
            id="", content=parts[0], waits_until=waits_until, policy=policy, track=track, words_of=words_of
        )
        said, first = [*self.said], replace(plain, outside_window=late, quote=quote)
        joined = None if apart else self._joined(first)
        if joined:
            said[-1] = joined
        rest = replace(plain, goes_on=late is not None)
        for message in (*(() if joined else (first,)), *(replace(rest, content=part) for part in parts[1:])):
            said.append(replace(message, id=outbound_id(self.message.hashed_id, len(said) + 1)))
        if len(said) > MAX_MESSAGES:
            raise TurnTooLarge(f"one turn may say {MAX_MESSAGES} messages")
        self.said[:] = said
        return said[-1].id

    def _worded(self, content: OutboundContent) -> OutboundContent:
        """Return what says the words of a template; any other content as it is."""
        if not isinstance(content, Template):
            return content
        from rejoinder.bot.templates.worded import worded  # noqa: PLC0415 - few turns say a template

        return worded(content, self.templates)

    def _late(self, template: Template) -> Template:
        """Return the template for later with its files found; LimitExceeded when it cannot go out then."""
        found = self.files.found(template)
        self.limits.check(found)
        assert isinstance(found, Template)
        return found

    def refuse_nobody(self) -> None:
        """Raise BotError when the conversation is with no contact, such as one about a template."""
        if self.message.contact.is_business:
            raise BotError(
                "there is nobody to say it to: a change of a template belongs to no contact; "
                "tell somebody of your own in chat.step"
            )

    def refuse_group(self, what: str) -> None:
        """Raise BotError when the conversation is that of a group, which takes only what is plain."""
        if self.message.contact.group_id:
            raise BotError(f"a group takes words, files and templates, not {what}")

    def refuse_public(self, what: str) -> None:
        """Raise BotError when others read the conversation: that of a group, or of a person in a group."""
        self.refuse_group(what)
        if not self.message.contact.is_alone:
            raise BotError(f"everybody in a group reads {what}: say it where you talk to one person alone")

    def _joined(self, message: Outbound) -> Outbound | None:
        """Return what was said last together with `message`, if both are words that go out in the same way,
        neither quotes another message, and the network takes them as one.
        """
        last = self.said[-1] if self.said else None
        if last is None or not (isinstance(last.content, Text) and isinstance(message.content, Text)):
            return None
        joined = replace(last.content, body=f"{last.content.body}\n\n{message.content.body}")
        if message.quote or replace(message, id=last.id, content=joined) != replace(last, content=joined):
            return None
        if last.content.preview != message.content.preview:
            return None
        try:
            self.limits.check(joined)
        except LimitExceeded:
            return None
        return replace(last, content=joined)

    def plan(self, when: timedelta | datetime, content: Reminder | TimeUp) -> None:
        """Bring `content` back to the bot at the time `when`; BotError for a time that cannot be meant."""
        if not isinstance(when, timedelta | datetime):
            raise BotError(f"a time is a timedelta or a datetime, not {when!r}")
        if isinstance(when, datetime) and not when.tzinfo:
            raise BotError(f"a time of day needs a time zone: {when!r} has none")
        at = when.timestamp() if isinstance(when, datetime) else self.now + when.total_seconds()
        if at > self.now + MAX_AHEAD.total_seconds():
            raise BotError(f"{when!r} is too far away: {MAX_AHEAD.days} days at most")
        message = self.message
        id = f"{content.kind}-{message.hashed_id}-{len(self.wake_ups) + 1}"
        inbound = Inbound(
            id=id,
            account=message.account,
            contact=message.contact,
            at=at,
            content=content,
            conversation_key=self.conversation_key,
        )
        self.wake_ups.append(WakeUp(at=at, inbound=inbound))

    def close(self, conversation: Conversation) -> Turn:
        """Return the turn that this has become; TurnTooLarge when it says and plans too much."""
        if not self._is_small():
            all_of_it = [*map(asdict, self.said), *map(asdict, self.wake_ups)]
            size = bytes_of(json.dumps(all_of_it, ensure_ascii=False, default=str))  # prices are Decimal
            if size > MAX_TURN_BYTES:
                raise TurnTooLarge(f"this turn says {size} bytes of JSON; {MAX_TURN_BYTES} at most")
        return Turn(
            conversation=conversation.joined(*self.links.values()).told(*self.told).guessed(*self.guesses),
            messages=tuple(self.said),
            wake_ups=tuple(self.wake_ups),
            files=tuple(self.files.to_keep),
            not_understood=self.not_understood,
        )

    def _is_small(self) -> bool:
        """Whether it is plain that all of it fits. No word is more than six times as long in JSON."""
        texts = [one.content for one in self.said if isinstance(one.content, Text) and not one.outside_window]
        if self.wake_ups or len(texts) < len(self.said):
            return False
        return sum(6 * len(text.body) + 1024 for text in texts) <= MAX_TURN_BYTES


def _offer(content: OutboundContent) -> Template | None:
    """Return what the sender needs to know of a template to which its contact must agree; else None."""
    if not isinstance(content, Template) or content.category not in set(Purpose):
        return None
    return Template(content.name, language=content.language, category=content.category)
