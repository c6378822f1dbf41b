"""`Chat`: the one object a handler holds."""

import inspect
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, ParamSpec, TypeVar, overload

from rejoinder.errors import BotError, LimitExceeded, NoAnswer, SuspensionSwallowed, TurnTooLarge
from rejoinder.handlers import name_of
from rejoinder.journal import (
    MOST_JOURNAL_BYTES,
    Asked,
    Did,
    JournalMismatch,
    PutOff,
    Replay,
    Said,
    Told,
)
from rejoinder.languages import Phrases, phrases_of
from rejoinder.messages import (
    Button,
    Buttons,
    Contact,
    Inbound,
    InboundContent,
    List,
    Outbound,
    OutboundContent,
    Policy,
    Reminder,
    Row,
    Section,
    Template,
    Text,
    TimeUp,
    WakeUp,
    digest,
)
from rejoinder.ports import Limits, Understanding
from rejoinder.questions import BUTTON, MOST_ANSWERS, Question, WrongAnswer, question, question_id

P = ParamSpec("P")
T = TypeVar("T")

Handler = Callable[["Chat"], None]
"""What a bot author writes."""

Choices = Sequence[str | tuple[str, str]] | Mapping[str, Handler]
"""Titles, (id, title) pairs, or titles leading to the handler that a tap starts."""

MOST_MESSAGES = 20
"""Messages one turn may say, and reminders it may put off."""

MOST_GIVEN_BYTES = 16 * 1024
"""Of what one handler gives another, as JSON."""

MOST_STEPS_BYTES = 256 * 1024
"""Of the results of one turn's steps: they are kept in its marker, an item of DynamoDB (400 KB)."""

FURTHEST = timedelta(days=366)
"""How long something may be put off. By then most bots are others, and nobody knows what waits in them."""


class Suspended(BaseException):  # it ends a turn at a question
    """The turn ends here, and the handler goes on when the answer comes."""


class Went(BaseException):  # it ends a handler
    """The handler ends here, and `handler` begins."""

    def __init__(self, handler: Handler, given: Mapping[str, object]) -> None:
        super().__init__()
        self.handler = handler
        self.given = given


class HandedOver(BaseException):  # it ends a handler
    """The handler ends here, and the bot is silent until it is released."""


class Watch:
    """Sees what handlers do; this one looks away. The test door looks closely."""

    def begins(self, *, resumed: bool) -> None:
        """A handler begins; `resumed`: again, with an answer."""

    def sees(self, what: str, *details: object) -> None:
        """The handler did `what`, at its present line."""

    def step(self) -> AbstractContextManager[None]:
        """Around a step."""
        return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The service window: until `closes_at` anything may be said, afterwards only a template."""

    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a turn is run with. It fills `said` with messages, `wake_ups` with what it puts off, `steps` with
    results.
    """

    message: Inbound
    now: float
    window_closes_at: float
    limits: Limits
    understanding: Understanding
    name_of: Callable[[Handler], str]
    steps: dict[str, str]
    watch: Watch
    missed: tuple[Inbound, ...] = ()
    opted_out: bool = False
    said: list[Outbound] = field(default_factory=list)
    wake_ups: list[WakeUp] = field(default_factory=list)


class Chat:
    """A conversation, as a handler sees it: what was said, what is known, `say` to answer, `ask` to go on.

    `contact` is who writes, as they were when the handler began. `message` is what they wrote last
    (`message.text` its words). `data` is a dictionary that is kept (JSON values, 64 KB). `given` is what the
    handler was begun with: the slots of its intent, or what was given to `later` or `go`. `language` is the
    contact's, such as `de`: set it, and what the bot says by itself follows; it is kept as well. `missed` is
    what the contact said during a handoff, when the handler of `on(Release)` runs. `opted_out`: the contact
    wants no offers.
    """

    def __init__(self, replay: Replay, around: Surroundings) -> None:
        begun = replay.begun
        self.contact: Contact = begun.message.contact
        self.message = begun.message
        self.data: dict[str, Any] = json.loads(json.dumps(begun.data))
        self.given: dict[str, Any] = json.loads(json.dumps(begun.given))
        self.language = begun.language
        self.missed = around.missed
        self.opted_out = around.opted_out
        self.suspended_at = ""
        self.found_data, self.found_language = begun.data, begun.language
        self._replay = replay
        self._around = around
        self._thread = threading.get_ident()
        self._step = ""

    @property
    def now(self) -> datetime:
        """The time, the same again when the handler is run again."""
        return self._told("now", self._around.now)

    @property
    def window(self) -> Window:
        """The service window as it is at this line."""
        return Window(closes_at=self._told("window", self._around.window_closes_at))

    def _told(self, name: str, at: float) -> datetime:
        self._does(name)
        entry = self._replay.read(Told, name)
        if entry is None:
            entry = Told(name=name, at=at)
            self._replay.write(entry)
        return datetime.fromtimestamp(entry.at, UTC)

    def say(
        self,
        what: str | OutboundContent,
        *,
        buttons: Choices | None = None,
        rows: Choices | None = None,
        menu: str = "",
        outside_window: Template | None = None,
        apart: bool = False,
        once: bool = False,
    ) -> None:
        """Say `what`: words, or a ready-made content such as a `Template`.

        `buttons` puts up to three reply buttons under the words, `rows` a list of up to ten behind a button
        labelled `menu`. `outside_window` is the template that goes out instead when the service window has
        closed meanwhile. Words said one after another travel as one message, because each message costs
        money; `apart=True` begins a new one. `once=True` is for what is better lost than said twice, such as
        a one-time code: when nobody knows whether it arrived, it is not sent again, and `on(Failed)` learns
        of it. Raises LimitExceeded when the network would not take it.
        """
        self._does("say", what, [*(buttons or ())], [*(rows or ())], outside_window, once)
        if self._replay.read(Said):
            return
        policy = Policy.AT_MOST_ONCE if once else Policy.AT_LEAST_ONCE
        self._send(self._content(what, buttons, rows, menu), outside_window, apart=apart, policy=policy)
        self._replay.write(Said())

    @overload
    def ask(
        self,
        prompt: str,
        *,
        retry: str | None = None,
        timeout: timedelta | None = None,
        outside_window: Template | None = None,
    ) -> str: ...
    @overload
    def ask(
        self,
        prompt: str,
        answer: type[T],
        *,
        retry: str | None = None,
        timeout: timedelta | None = None,
        outside_window: Template | None = None,
    ) -> T: ...
    @overload
    def ask(
        self,
        prompt: str,
        answer: Sequence[str],
        *,
        retry: str | None = None,
        timeout: timedelta | None = None,
        outside_window: Template | None = None,
    ) -> str: ...
    @overload
    def ask(
        self,
        prompt: str,
        answer: Mapping[str, T],
        *,
        retry: str | None = None,
        timeout: timedelta | None = None,
        outside_window: Template | None = None,
    ) -> T: ...
    @overload
    def ask(
        self,
        prompt: str,
        answer: Callable[[str], T],
        *,
        retry: str | None = None,
        timeout: timedelta | None = None,
        outside_window: Template | None = None,
    ) -> T: ...
    def ask(
        self,
        prompt: str,
        answer: Any = str,
        *,
        retry: str | None = None,
        timeout: timedelta | None = None,
        outside_window: Template | None = None,
    ) -> Any:
        """Ask, and give back the answer, be it minutes or days later.

        `answer` says what is wanted: `str`, `int`, `float`, `date`, an Enum, any converter that raises
        ValueError for what does not fit, a content type such as `Image`, or choices (titles, or titles
        leading to values). Choices are shown as buttons, a list or numbers, and may be tapped or typed. To an
        answer that does not fit, `retry` is said; the third one raises NoAnswer("wrong") here, and
        NoAnswer("timeout") is raised when nothing fitting has come before `timeout` has passed.
        `outside_window` is the template that asks instead when the service window is closed.

        The turn ends here. When the answer comes, the handler runs again from its top, and what it did
        before is not done again: so let nothing but `chat.step` have effects of its own.
        """
        self._does("ask", prompt)
        key = self._replay.question_key
        asked = question(question_id(key), answer, retry, self._phrases)
        entry = self._replay.read(Asked, asked.kind)
        if entry is None:
            self._put(asked, prompt, outside_window)
            if timeout is not None:
                self._wake(timeout, TimeUp(question=key))
            self._replay.write(Asked(name=asked.kind))
            self._suspend()
        if self._replay.is_live:  # what this turn changes, it changes from here on
            self.found_data, self.found_language = storable(self.data, "chat.data"), self.language
        value = self._answer(asked, entry)
        self._does("get the answer", value)
        return value

    @overload
    def step(self, function: Callable[..., T], *args: Any, name: str, **kwargs: Any) -> T: ...
    @overload
    def step(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...
    def step(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Do `function(*args, **kwargs)` once; its result (JSON) is remembered when the handler runs again.

        The step is named by its function, or by `name` (which goes to a function that takes a `name` itself).
        A function that takes `idempotency_key` (with a default, for type checkers) is given one that stays
        the same however often the step has to be tried: if the machine stops between the effect and our
        writing it down, the step is done again, with the same key.
        """
        name = name_of(function)
        if "name" in kwargs and "name" not in _parameters(function):
            name = str(kwargs.pop("name"))
        self._does("step", name)
        entry = self._replay.read(Did, name)
        if entry is None:
            key = digest(self._replay.key, name)
            if key not in self._around.steps:
                if "idempotency_key" in _parameters(function):
                    kwargs["idempotency_key"] = key
                self._around.steps[key] = self._result(name, lambda: function(*args, **kwargs))
            entry = Did(name=name, result=self._around.steps[key])
            self._replay.write(entry)
        result: T = json.loads(entry.result)
        return result

    def go(self, handler: Handler, /, **given: Any) -> NoReturn:
        """End this handler and begin another one, with nothing left of this one but `data`.

        There, `chat.given` is what you give here.
        """
        self._does("go", name_of(handler), given)
        raise Went(handler, _small(given, f"what {name_of(handler)} is given"))

    def hand_over(self) -> NoReturn:
        """End this handler, and let a person talk to the contact: the bot is silent until it is released.

        It is by `make release`; `on(Release)` runs then. What comes due meanwhile is put off by an hour.
        """
        self._does("hand over")
        raise HandedOver

    def later(self, when: timedelta | datetime, handler: Handler, /, **given: Any) -> None:
        """Run `handler` at the time `when`, or after it: a reminder. Its `chat.given` is what you give here.

        It runs beside a talk that is in progress then, whose question goes on waiting, unless `handler` asks
        something itself. A day after the contact last wrote only templates go out: give `say` or `ask` there
        one as `outside_window`. It comes up to a minute late. A year is the longest: beyond it, BotError.
        """
        self._does("later", name_of(handler), str(when), given)
        if self._replay.read(PutOff):
            return
        if len(self._around.wake_ups) == MOST_MESSAGES:
            raise TurnTooLarge(f"one turn may put off {MOST_MESSAGES} things")
        name = self._around.name_of(handler)
        self._wake(when, Reminder(handler=name, given=_small(given, f"what {name} is given")))
        self._replay.write(PutOff())

    @property
    def _phrases(self) -> Phrases:
        return phrases_of(self.language)

    def _does(self, what: str, *details: object) -> None:
        """Whatever a handler does passes here."""
        self.refuse_swallowed()
        if self._step:
            raise BotError(f"{what} inside the step {self._step}: a step only gives back a result")
        if threading.get_ident() != self._thread:
            raise BotError(f"{what} in another thread: a handler does one thing after another")
        self._around.watch.sees(what, *details)

    def _result(self, name: str, do: Callable[[], object]) -> str:
        """The result of a step as JSON; BotError when it is none."""
        self._step = name
        try:
            with self._around.watch.step():
                result = do()
        finally:
            self._step = ""
        try:
            written = json.dumps(result, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise BotError(f"the result of step {name} is no JSON value: {error}") from error
        if len(written) > MOST_JOURNAL_BYTES:
            size = f"{len(written)} bytes; {MOST_JOURNAL_BYTES} at most"
            raise TurnTooLarge(f"the result of step {name} is {size}")
        results = [*self._around.steps.values(), written]
        if sum(len(json.dumps(one)) for one in results) > MOST_STEPS_BYTES:
            handler = self._replay.begun.handler
            raise TurnTooLarge(f"{handler} has more than {MOST_STEPS_BYTES} bytes of results in one turn")
        return written

    def refuse_swallowed(self) -> None:
        """SuspensionSwallowed when the handler goes on, or ends, after it was suspended."""
        if self.suspended_at:
            raise SuspensionSwallowed(
                f"the handler went on after asking at {self.suspended_at}: let what ask() raises pass"
            )

    def _answer(self, asked: Question, entry: Asked) -> Any:
        """The first answer that fits. Without one, the question goes on waiting, or is given up."""
        for answer in entry.answers:
            if isinstance(answer.content, TimeUp):
                raise NoAnswer("timeout")
            try:
                value = asked.value(answer)
            except WrongAnswer:
                continue
            self.message = answer
            return value
        if len(entry.answers) >= MOST_ANSWERS:
            self.message = entry.answers[-1]
            raise NoAnswer("wrong")
        if not self._replay.is_live:
            raise JournalMismatch("an answer that fitted fits no longer")
        if entry.answers:
            self._put(asked, asked.retry, None)
        return self._suspend()

    def _put(self, asked: Question, words: str, outside_window: Template | None) -> None:
        content = asked.asked(self._around.limits, words)
        self._send(content, outside_window)

    def _suspend(self) -> NoReturn:
        frame = inspect.currentframe()
        while frame and frame.f_code.co_filename == __file__:
            frame = frame.f_back
        if frame:
            self.suspended_at = f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
        raise Suspended

    def _wake(self, when: timedelta | datetime, content: InboundContent) -> None:
        """Bring `content` to the bot at the time `when`."""
        if not isinstance(when, timedelta | datetime):
            raise BotError(f"a time is a timedelta or a datetime, not {when!r}")
        if isinstance(when, datetime) and not when.tzinfo:
            raise BotError(f"a time of day needs a time zone: {when!r} has none")
        at = when.timestamp() if isinstance(when, datetime) else self._around.now + when.total_seconds()
        if at > self._around.now + FURTHEST.total_seconds():
            raise BotError(f"{when!r} is too far away: {FURTHEST.days} days at most")
        message, number = self._around.message, len(self._around.wake_ups) + 1
        id = f"{content.kind}-{message.hashed_id}-{number}"
        inbound = Inbound(id=id, account=message.account, contact=message.contact, at=at, content=content)
        self._around.wake_ups.append(WakeUp(at=at, inbound=inbound))

    def _send(
        self,
        content: OutboundContent,
        outside_window: Template | None,
        *,
        apart: bool = False,
        policy: Policy = Policy.AT_LEAST_ONCE,
    ) -> None:
        said = self._around.said
        self._around.limits.check(content)
        if outside_window is not None:
            if not isinstance(outside_window, Template):
                raise BotError(f"outside_window is a Template, not {outside_window!r}")
            self._around.limits.check(outside_window)
        alike = Outbound(id="", content=content, outside_window=outside_window, policy=policy)
        if not apart and self._joins_the_last(alike):
            return
        if len(said) == MOST_MESSAGES:
            raise TurnTooLarge(f"one turn may say {MOST_MESSAGES} messages")
        number = f"{self._around.message.hashed_id}-{len(said) + 1}"
        said.append(replace(alike, id=number))

    def _content(
        self, what: str | OutboundContent, buttons: Choices | None, rows: Choices | None, menu: str
    ) -> OutboundContent:
        if not isinstance(what, str):
            if not isinstance(what, OutboundContent):
                raise BotError(f"say() takes words or a content such as a Template, not {what!r}")
            if buttons or rows:
                raise BotError("buttons and rows go under words, not under a ready-made content")
            return what
        if buttons and rows:
            raise BotError("a message has buttons or rows, not both")
        if buttons:
            return Buttons(body=what, buttons=tuple(Button(id=i, title=t) for i, t in self._pairs(buttons)))
        if rows:
            listed = tuple(Row(id=i, title=t) for i, t in self._pairs(rows))
            return List(body=what, button=menu or self._phrases.choose, sections=(Section(rows=listed),))
        return Text(body=what)

    def _pairs(self, choices: Choices) -> list[tuple[str, str]]:
        if isinstance(choices, Mapping):
            handlers = enumerate(choices.items())  # numbered: two titles may lead to one handler
            return [
                (f"{BUTTON}{self._around.name_of(handler)}#{number}", title)
                for number, (title, handler) in handlers
            ]
        return [(choice, choice) if isinstance(choice, str) else choice for choice in choices]

    def _joins_the_last(self, said: Outbound) -> bool:
        """Whether `said` could be said in one message with what was said last; then it is."""
        last = self._around.said[-1] if self._around.said else None
        if last is None or (last.outside_window, last.policy) != (said.outside_window, said.policy):
            return False
        if not (isinstance(last.content, Text) and isinstance(said.content, Text)):
            return False
        joined = Text(body=f"{last.content.body}\n\n{said.content.body}")
        try:
            self._around.limits.check(joined)
        except LimitExceeded:
            return False
        self._around.said[-1] = replace(last, content=joined)
        return True


def storable(data: Mapping[str, object], what: str) -> dict[str, object]:
    """A copy of `data` as JSON has it; BotError when it is no JSON. `what` names it there."""
    try:
        copy: dict[str, object] = json.loads(json.dumps(data, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise BotError(f"{what} takes JSON values only: {error}") from error
    return copy


def _small(given: Mapping[str, object], what: str) -> dict[str, object]:
    """`given` as JSON; it travels through queues and journals."""
    copy = storable(given, what)
    size = len(json.dumps(copy))
    if size > MOST_GIVEN_BYTES:
        raise TurnTooLarge(f"{what} is {size} bytes of JSON; {MOST_GIVEN_BYTES} at most")
    return copy


def _parameters(function: Callable[..., object]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except ValueError:  # a function written in C may have none
        return {}
