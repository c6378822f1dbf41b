"""`Chat`: the one object a handler holds."""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NoReturn, ParamSpec, TypeVar, overload

from rejoinder.errors import BotError, LimitExceeded, NoAnswer, TurnTooLarge
from rejoinder.journal import MOST_JOURNAL_BYTES, Asked, Did, Replay, Said, Told
from rejoinder.messages import (
    Button,
    Buttons,
    Contact,
    Inbound,
    List,
    Outbound,
    OutboundContent,
    Row,
    Section,
    Template,
    Text,
    digest,
)
from rejoinder.ports import Limits
from rejoinder.questions import MOST_ANSWERS, Question, WrongAnswer, question

P = ParamSpec("P")
T = TypeVar("T")

Handler = Callable[["Chat"], None]
"""What a bot author writes."""

Choices = Sequence[str] | Sequence[tuple[str, str]] | Mapping[str, Handler]
"""Titles, (id, title) pairs, or titles leading to the handler that a tap starts."""

MOST_MESSAGES = 20
"""Messages one turn may say."""


class Suspended(BaseException):  # it ends a turn at a question
    """The turn ends here, and the handler goes on when the answer comes."""


class Went(BaseException):  # it ends a handler
    """The handler ends here, and `handler` begins."""

    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self.handler = handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The service window: until `closes_at` anything may be said, afterwards only a template."""

    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a turn is run with. `said` and `steps` are filled by it: the messages, and results of steps."""

    message: Inbound
    now: float
    window_closes_at: float
    limits: Limits
    name_of: Callable[[Handler], str]
    said: list[Outbound]
    steps: dict[str, str]


class Chat:
    """A conversation, as a handler sees it: what was said, what is known, `say` to answer, `ask` to go on.

    `contact` is who writes, as they were when the handler began. `message` is what they wrote last
    (`message.text` its words). `data` is a dictionary that is kept (JSON values, 64 KB).
    """

    def __init__(self, replay: Replay, around: Surroundings) -> None:
        begun = replay.journal
        self.contact: Contact = begun.message.contact
        self.message = begun.message
        self.data: dict[str, Any] = json.loads(json.dumps(begun.data))
        self.window = Window(closes_at=datetime.fromtimestamp(around.window_closes_at, UTC))
        self.suspended_at = ""
        self._begun = begun
        self._replay = replay
        self._around = around

    @property
    def now(self) -> datetime:
        """The time, the same again when the handler is run again."""
        entry = self._replay.read(Told)
        if entry is None:
            entry = Told(at=self._around.now)
            self._replay.write(entry)
        return datetime.fromtimestamp(entry.at, UTC)

    def say(
        self,
        what: str | OutboundContent,
        *,
        buttons: Choices | None = None,
        rows: Choices | None = None,
        menu: str = "Choose",
        outside_window: Template | None = None,
        apart: bool = False,
    ) -> None:
        """Say `what`: words, or a ready-made content such as a `Template`.

        `buttons` puts up to three reply buttons under the words, `rows` a list of up to ten behind a button
        labelled `menu`. `outside_window` is the template that goes out instead when the service window has
        closed meanwhile. Words said one after another travel as one message, because each message costs
        money; `apart=True` begins a new one. Raises LimitExceeded when the network would not take it.
        """
        if self._replay.read(Said):
            return
        content = self._content(what, buttons, rows, menu)
        self._around.limits.check(content)
        if outside_window is not None:
            if not isinstance(outside_window, Template):
                raise BotError(f"outside_window is a Template, not {outside_window!r}")
            self._around.limits.check(outside_window)
        self._send(content, outside_window, apart=apart)
        self._replay.write(Said())

    @overload
    def ask(self, prompt: str, *, retry: str | None = None) -> str: ...
    @overload
    def ask(self, prompt: str, answer: type[T], *, retry: str | None = None) -> T: ...
    @overload
    def ask(self, prompt: str, answer: Sequence[str], *, retry: str | None = None) -> str: ...
    @overload
    def ask(self, prompt: str, answer: Mapping[str, T], *, retry: str | None = None) -> T: ...
    @overload
    def ask(self, prompt: str, answer: Callable[[str], T], *, retry: str | None = None) -> T: ...
    def ask(self, prompt: str, answer: Any = str, *, retry: str | None = None) -> Any:
        """Ask, and give back the answer, be it minutes or days later.

        `answer` says what is wanted: `str`, `int`, `float`, `date`, an Enum, any converter that raises
        ValueError for what does not fit, a content type such as `Image`, or choices (titles, or titles
        leading to values). Choices are shown as buttons, a list or numbers, and may be tapped or typed. To an
        answer that does not fit, `retry` is said; the third one raises NoAnswer here.

        The turn ends here. When the answer comes, the handler runs again from its top, and what it did
        before is not done again: so let nothing but `chat.step` have effects of its own.
        """
        place = str(self._replay.place)
        asked = question(digest(self._key(place))[:10], prompt, answer, retry)
        entry = self._replay.read(Asked, asked.kind)
        if entry is None:
            self._put(asked, prompt)
            self._replay.write(Asked(name=asked.kind))
            self._suspend()
        return self._answer(asked, entry)

    def step(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `function(*args, **kwargs)` once; its result (JSON) is remembered when the handler runs again.

        A function that takes `idempotency_key` is given one that stays the same however often the step has to
        be tried: if the machine stops between the effect and our writing it down, the step is done again,
        with the same key.
        """
        name = getattr(function, "__qualname__", repr(function))
        key = digest(self._key(str(self._replay.place)), name)
        entry = self._replay.read(Did, name)
        if entry is None:
            if key not in self._around.steps:
                self._around.steps[key] = _result(name, function, args, kwargs, key)
            entry = Did(name=name, result=self._around.steps[key])
            self._replay.write(entry)
        result: T = json.loads(entry.result)
        return result

    def go(self, handler: Handler) -> NoReturn:
        """End this handler and begin another one, with nothing left of this one but `data`."""
        raise Went(handler)

    def _key(self, place: str) -> str:
        begun = self._begun
        return digest(begun.message.hashed_id, str(begun.number), begun.handler, place)

    def _answer(self, asked: Question, entry: Asked) -> Any:
        """The first answer that fits. Without one, the question goes on waiting, or is given up."""
        for answer in entry.answers:
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
            raise BotError(
                f"{self._begun.handler} did something else when it ran again (random, the clock, a converter "
                "that is not pure?): what may differ from run to run belongs in chat.step"
            )
        if entry.answers:
            self._put(asked, asked.retry)
        return self._suspend()

    def _put(self, asked: Question, words: str) -> None:
        content = asked.asked(self._around.limits, words)
        self._around.limits.check(content)
        self._send(content, None, apart=False)

    def _suspend(self) -> NoReturn:
        frame = inspect.stack()[2]
        self.suspended_at = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        raise Suspended

    def _send(self, content: OutboundContent, outside_window: Template | None, *, apart: bool) -> None:
        said = self._around.said
        if not apart and self._joins_the_last(content, outside_window):
            return
        if len(said) == MOST_MESSAGES:
            raise TurnTooLarge(f"one turn may say {MOST_MESSAGES} messages")
        number = f"{self._around.message.hashed_id}-{len(said) + 1}"
        said.append(Outbound(id=number, content=content, outside_window=outside_window))

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
            return List(body=what, button=menu, sections=(Section(rows=listed),))
        return Text(body=what)

    def _pairs(self, choices: Choices) -> list[tuple[str, str]]:
        if isinstance(choices, Mapping):
            return [(self._around.name_of(handler), title) for title, handler in choices.items()]
        return [(choice, choice) if isinstance(choice, str) else choice for choice in choices]

    def _joins_the_last(self, content: OutboundContent, outside_window: Template | None) -> bool:
        """Whether `content` could be said in one message with what was said last; then it is."""
        last = self._around.said[-1] if self._around.said else None
        if last is None or last.outside_window != outside_window or not isinstance(last.content, Text):
            return False
        if not isinstance(content, Text):
            return False
        joined = Text(body=f"{last.content.body}\n\n{content.body}")
        try:
            self._around.limits.check(joined)
        except LimitExceeded:
            return False
        self._around.said[-1] = replace(last, content=joined)
        return True


def _result(name: str, function: Callable[..., Any], args: Any, kwargs: Any, key: str) -> str:
    """The result of a step as JSON; BotError when it is none."""
    try:
        takes_key = "idempotency_key" in inspect.signature(function).parameters
    except ValueError:  # a function written in C may have none
        takes_key = False
    result = function(*args, **kwargs, idempotency_key=key) if takes_key else function(*args, **kwargs)
    try:
        written = json.dumps(result, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BotError(f"the result of step {name} is no JSON value: {error}") from error
    if len(written) > MOST_JOURNAL_BYTES:
        raise TurnTooLarge(f"the result of step {name} is {len(written)} bytes; {MOST_JOURNAL_BYTES} at most")
    return written
