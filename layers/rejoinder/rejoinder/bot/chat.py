"""`Chat`: the one object a handler holds."""

import inspect
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, ParamSpec, TypeVar, Unpack, overload

from rejoinder.bot.buttons import question_id
from rejoinder.bot.handlers import name_of
from rejoinder.bot.journal import JournalMismatch, Replay
from rejoinder.bot.phrases import Phrases, phrases_of
from rejoinder.bot.questions import MAX_ANSWERS, AskOptions, Question, WrongAnswer, question
from rejoinder.bot.saying import content_of
from rejoinder.bot.turn import MAX_MESSAGES, HandedOver, OpenTurn, Suspended, Went, Window, small, storable
from rejoinder.errors import BotError, NoAnswer, SuspensionSwallowed, TurnTooLarge
from rejoinder.model.contents import OutboundContent, Template
from rejoinder.model.ids import digest
from rejoinder.model.messages import Policy
from rejoinder.model.people import Contact
from rejoinder.model.talk import MAX_JOURNAL_BYTES, Asked, Planned, Said, StepDone, TimeRead
from rejoinder.model.updates import Inbound, Reminder, TimeUp

P = ParamSpec("P")
T = TypeVar("T")

Handler = Callable[["Chat"], None]
"""What a bot author writes."""

Choices = Sequence[str | tuple[str, str]] | Mapping[str, Handler]
"""What can be tapped: titles, (id, title) pairs, or titles that lead to the handler that a tap starts."""

MAX_STEPS_BYTES = 256 * 1024
"""The most that the results of one turn's steps may hold, in bytes of JSON: they are kept in its marker, an
item of DynamoDB (400 KB)."""


class Chat:
    """A conversation, as a handler sees it."""

    contact: Contact
    """Who writes, as they were when the handler began."""

    message: Inbound
    """What they wrote last: the message that began the handler, then each answer. Its words are
    `message.text`."""

    data: dict[str, Any]
    """A dictionary that is kept for this contact: JSON values, 64 KB at most."""

    given: dict[str, Any]
    """What the handler was begun with: the slots of its intent, or what was given to `later` or `go`."""

    language: str
    """The contact's language, such as `de`. Set it, and what the bot says by itself follows; it is kept."""

    missed: tuple[Inbound, ...]
    """What the contact said during a handoff, when the handler of `on(Release)` runs."""

    opted_out: bool
    """Whether the contact wants no offers."""

    def __init__(self, replay: Replay, turn: OpenTurn) -> None:
        begun = replay.begun
        self.contact = begun.message.contact
        self.message = turn.as_it_came(begun.message)
        self.data = json.loads(json.dumps(begun.data))
        self.given = json.loads(json.dumps(begun.given))
        self.language = begun.language
        self.missed = turn.missed
        self.opted_out = turn.opted_out
        self.suspended_at = ""
        self.found_data, self.found_language = begun.data, begun.language
        self._replay = replay
        self._turn = turn
        self._thread = threading.get_ident()
        self._step = ""

    @property
    def now(self) -> datetime:
        """The time, in UTC. It is the same again when the handler is run again."""
        return datetime.fromtimestamp(self._read_time("now", self._turn.now), UTC)

    @property
    def window(self) -> Window:
        """The service window as it is at this line."""
        closes_at = self._read_time("window", self._turn.window_closes_at)
        if closes_at == float("inf"):
            return Window(closes_at=datetime.max.replace(tzinfo=UTC))
        return Window(closes_at=datetime.fromtimestamp(closes_at, UTC))

    def _read_time(self, name: str, at: float) -> float:
        self._does(name)
        entry = self._replay.read(TimeRead, name)
        if entry is None:
            entry = TimeRead(name=name, at=at)
            self._replay.write(entry)
        return entry.at

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
        """Say words, or a ready-made content such as a `Template`.

        Texts that are said one after another travel as one message, because each message costs money.

        Args:
            what: the words, or the content.
            buttons: up to three reply buttons under the words.
            rows: up to ten rows of a list under the words.
            menu: the label of the button that opens the list.
            outside_window: the template that goes out instead when the service window has closed meanwhile.
            apart: begin a message of its own.
            once: rather lose it than say it twice, such as a one-time code. When nobody knows whether it
                arrived, it is not sent again, and the handler of `on(Failed)` learns of it.

        Raises:
            LimitExceeded: the network would not take it.
            TurnTooLarge: this turn says too much.
        """
        self._does("say", what, [*(buttons or ())], [*(rows or ())], outside_window, once)
        if self._replay.read(Said):
            return
        policy = Policy.AT_MOST_ONCE if once else Policy.AT_LEAST_ONCE
        content = content_of(what, buttons, rows, menu or self._phrases.choose, name_of=self._turn.name_of)
        self._turn.send(content, outside_window, apart=apart, policy=policy)
        self._replay.write(Said())

    @overload
    def ask(self, prompt: str, **options: Unpack[AskOptions]) -> str: ...
    @overload
    def ask(self, prompt: str, answer: type[T], **options: Unpack[AskOptions]) -> T: ...
    @overload
    def ask(self, prompt: str, answer: Sequence[str], **options: Unpack[AskOptions]) -> str: ...
    @overload
    def ask(self, prompt: str, answer: Mapping[str, T], **options: Unpack[AskOptions]) -> T: ...
    @overload
    def ask(self, prompt: str, answer: Callable[[str], T], **options: Unpack[AskOptions]) -> T: ...
    def ask(
        self,
        prompt: str,
        answer: Any = str,
        *,
        retry: str | None = None,
        timeout: timedelta | None = None,
        outside_window: Template | None = None,
    ) -> Any:
        """Ask, and return the answer, be it minutes or days later.

        The turn ends here. When the answer comes, the handler runs again from its top, and what it did
        before is not done again: so let nothing but `chat.step` have effects of its own.

        Args:
            prompt: the words of the question.
            answer: what is wanted: `str`, `int`, `float`, `date`, an Enum, a function that raises ValueError
                for what does not fit, a content type such as `Image`, or choices (titles, or titles that lead
                to values). Choices are shown as buttons, as a list or with numbers; they may be tapped or
                typed.
            retry: what is said to an answer that does not fit.
            timeout: how long to wait for an answer that fits.
            outside_window: the template that asks instead when the service window is closed.

        Raises:
            NoAnswer: `wrong` after three answers that do not fit, `timeout` when the time is over.
            LimitExceeded: the network would not take the question.
        """
        self._does("ask", prompt)
        key = self._replay.question_key
        asked = question(question_id(key), answer, retry, self._phrases)
        entry = self._replay.read(Asked, asked.kind)
        if entry is None:
            self._put(asked, prompt, outside_window)
            if timeout is not None:
                self._turn.plan(timeout, TimeUp(question=key))
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
        """Call `function(*args, **kwargs)` once, and return its result, also when the handler is run again.

        The step is named by its function, or by `name` (which goes to a function that takes a `name` itself).
        A function that takes `idempotency_key` (with a default, for type checkers) is given one that stays
        the same however often the step has to be tried: if the machine stops between the effect and our
        writing it down, the step is done again, with the same key.

        Raises:
            BotError: the result is no JSON value.
            TurnTooLarge: the result is too long to be kept.
        """
        name = name_of(function)
        if "name" in kwargs and "name" not in _parameters(function):
            name = str(kwargs.pop("name"))
        self._does("step", name)
        entry = self._replay.read(StepDone, name)
        if entry is None:
            key = digest(self._replay.key, name)
            if key not in self._turn.steps:
                if "idempotency_key" in _parameters(function):
                    kwargs["idempotency_key"] = key
                self._turn.steps[key] = self._result(name, lambda: function(*args, **kwargs))
            entry = StepDone(name=name, result=self._turn.steps[key])
            self._replay.write(entry)
        result: T = json.loads(entry.result)
        return result

    def go(self, handler: Handler, /, **given: Any) -> NoReturn:
        """End this handler and begin another one, with nothing left of this one but `data`.

        There, `chat.given` is what you give here.

        Raises:
            TurnTooLarge: what is given is too long.
        """
        self._does("go", name_of(handler), given)
        raise Went(handler, small(given, f"what {name_of(handler)} is given"))

    def hand_over(self) -> NoReturn:
        """End this handler, and let a person talk to the contact: the bot is silent until it is released.

        `make release` releases it; the handler of `on(Release)` runs then. What comes due meanwhile comes
        again an hour later.
        """
        self._does("hand over")
        raise HandedOver

    def later(self, when: timedelta | datetime, handler: Handler, /, **given: Any) -> None:
        """Run `handler` at the time `when`, up to a minute later: a reminder.

        Its `chat.given` is what you give here. It runs beside a talk that is in progress then, whose question
        goes on waiting, unless `handler` asks something itself. A day after the contact last wrote only
        templates go out: give `say` or `ask` there one as `outside_window`.

        Raises:
            BotError: `when` is more than a year away, or has no time zone.
            TurnTooLarge: this turn plans too much.
        """
        self._does("later", name_of(handler), str(when), given)
        if self._replay.read(Planned):
            return
        if len(self._turn.wake_ups) == MAX_MESSAGES:
            raise TurnTooLarge(f"one turn may plan {MAX_MESSAGES} things")
        name = self._turn.name_of(handler)
        self._turn.plan(when, Reminder(handler=name, given=small(given, f"what {name} is given")))
        self._replay.write(Planned())

    @property
    def _phrases(self) -> Phrases:
        return phrases_of(self.language)

    def _does(self, what: str, *details: object) -> None:
        """Check that the handler may do something now, and let the watch see it."""
        self.refuse_swallowed()
        if self._step:
            raise BotError(f"{what} inside the step {self._step}: a step only gives back a result")
        if threading.get_ident() != self._thread:
            raise BotError(f"{what} in another thread: a handler does one thing after another")
        self._turn.watch.sees(what, *details)

    def _result(self, name: str, do: Callable[[], object]) -> str:
        """Return the result of a step as JSON; BotError when it is none, TurnTooLarge when it is too long."""
        self._step = name
        try:
            with self._turn.watch.step():
                result = do()
        finally:
            self._step = ""
        try:
            written = json.dumps(result, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise BotError(f"the result of step {name} is no JSON value: {error}") from error
        if len(written) > MAX_JOURNAL_BYTES:
            size = f"{len(written)} bytes; {MAX_JOURNAL_BYTES} at most"
            raise TurnTooLarge(f"the result of step {name} is {size}")
        results = [*self._turn.steps.values(), written]
        if sum(len(json.dumps(one)) for one in results) > MAX_STEPS_BYTES:
            handler = self._replay.begun.handler
            raise TurnTooLarge(f"{handler} has more than {MAX_STEPS_BYTES} bytes of results in one turn")
        return written

    def refuse_swallowed(self) -> None:
        """Raise SuspensionSwallowed when the handler goes on, or ends, after it was suspended."""
        if self.suspended_at:
            raise SuspensionSwallowed(
                f"the handler went on after asking at {self.suspended_at}: let what ask() raises pass"
            )

    def _answer(self, asked: Question, entry: Asked) -> Any:
        """Return the first answer that fits. Without one, the question goes on waiting, or is given up."""
        for answer in entry.answers:
            if isinstance(answer.content, TimeUp):
                raise NoAnswer("timeout")
            try:
                value = asked.value(answer)
            except WrongAnswer:
                continue
            self.message = self._turn.as_it_came(answer)
            return value
        if len(entry.answers) >= MAX_ANSWERS:
            self.message = self._turn.as_it_came(entry.answers[-1])
            raise NoAnswer("wrong")
        if not self._replay.is_live:
            raise JournalMismatch("an answer that fitted fits no longer")
        if entry.answers:
            self._put(asked, asked.retry, None)
        return self._suspend()

    def _put(self, asked: Question, words: str, outside_window: Template | None) -> None:
        self._turn.send(asked.asked(self._turn.limits, words), outside_window)

    def _suspend(self) -> NoReturn:
        frame = inspect.currentframe()
        while frame and frame.f_code.co_filename == __file__:
            frame = frame.f_back
        if frame:
            self.suspended_at = f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
        raise Suspended


def _parameters(function: Callable[..., object]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except ValueError:  # a function written in C may have none
        return {}
