"""`Chat`: the one object a handler holds."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NoReturn, ParamSpec, TypeVar, Unpack, overload

from rejoinder.bot.buttons import question_id
from rejoinder.bot.codec import fingerprint
from rejoinder.bot.endings import HandedOver, Went
from rejoinder.bot.handlers import name_of
from rejoinder.bot.linking import Linking
from rejoinder.bot.questions import AskOptions, kind_of, question
from rejoinder.bot.saying import content_of, quote_of
from rejoinder.bot.steps import parameters
from rejoinder.bot.storable import small
from rejoinder.bot.templates.own import AnyTemplate, OneTimeCode, OwnTemplate
from rejoinder.bot.turn import MAX_MESSAGES
from rejoinder.bot.window import OutsideWindow, Window
from rejoinder.errors import BotError, TurnTooLarge
from rejoinder.model.contents import Header, Media, Tap
from rejoinder.model.files import File
from rejoinder.model.messages import Policy
from rejoinder.model.own import Reminder, TimeUp
from rejoinder.model.requests import AddressRequest, Form
from rejoinder.model.said import OutboundContent
from rejoinder.model.spoken import SpokenContent
from rejoinder.model.talk import Answered, Asked, Planned, Said, TimeRead
from rejoinder.model.updates import Content_co, Inbound

if TYPE_CHECKING:
    from typing_extensions import TypeForm

P = ParamSpec("P")
T = TypeVar("T")
Title = TypeVar("Title", bound=str)
Answer = TypeVar("Answer", bound=SpokenContent | Media)

Handler = Callable[["Chat[Any]"], None]
"""What a bot author writes."""

Prompt = str | OutboundContent | OwnTemplate
"""What asks: words, or a ready-made content."""

Choices = Sequence[str | tuple[str, str]] | Mapping[str, Callable[["Chat[Tap]"], None]]
"""What can be tapped: titles, (id, title) pairs, or titles that lead to the handler that a tap starts."""


class Chat(Linking[Content_co]):
    """A conversation, as a handler sees it.

    To type checkers, the message of a `Chat[Image]` holds an Image, as it does when `on(Image)` begins.
    """

    @property
    def now(self) -> datetime:
        """The time, a datetime in UTC. It is the same again when the handler is run again."""
        return datetime.fromtimestamp(self._read_time(TimeRead(at=self._turn.now)).at, UTC)

    @property
    def channel(self) -> str:
        """The name of the network that the contact writes over, such as `whatsapp` or `telegram`.

        A bot seldom needs it: what one network lacks is said by other means.
        """
        return self._turn.message.account.channel

    @property
    def window(self) -> Window:
        """The service window as it is at this line: until `chat.window.closes_at` anything may be said.

        It is the same again when the handler is run again.
        """
        turn = self._turn
        free_until = turn.free_until if turn.free_until > turn.now else 0.0
        read = self._read_time(TimeRead(name="window", at=turn.window_closes_at, free_until=free_until))
        return Window(
            closes_at=(
                datetime.max.replace(tzinfo=UTC)
                if read.at == float("inf")
                else datetime.fromtimestamp(read.at, UTC)
            ),
            free_until=datetime.fromtimestamp(read.free_until, UTC) if read.free_until else None,
        )

    def _read_time(self, time: TimeRead) -> TimeRead:
        self._does(time.name)
        if self._is_reading:  # what the answer becomes is kept, so the time need not be
            return time
        entry = self._replay.read(TimeRead, time.name)
        if entry is None:
            entry = time
            self._replay.write(entry)
        return entry

    def say(
        self,
        what: str | OutboundContent | OwnTemplate,
        *,
        buttons: Choices | None = None,
        rows: Choices | None = None,
        descriptions: Mapping[str, str] | None = None,
        menu: str = "",
        header: Header = "",
        footer: str = "",
        quote: Inbound[Any] | str | None = None,
        track: bool = False,
        outside_window: OutsideWindow | OwnTemplate | None = None,
        apart: bool = False,
        once: bool = False,
    ) -> None:
        """Say words, or a ready-made content such as an `Image` or `templates.order_update(…)`.

        Texts that are said one after another travel as one message, because each message costs money. A text
        that is too long for one message becomes several.

        Args:
            what: the words, or the content.
            buttons: up to three reply buttons under the words.
            rows: up to ten rows of a list under the words.
            descriptions: the second lines of rows, by their titles.
            menu: the label of the button that opens the list.
            header: what stands above words with buttons or rows: a line, or over buttons an `Image`, a
                `Video` or a `Document`.
            footer: the line below words with buttons or rows.
            quote: the message that this answers, such as `chat.message`, or the network's id of one. It is
                shown above the words.
            track: let the handlers of `on(Delivered)` and `on(Read)` learn what becomes of it.
            outside_window: what becomes of it when the service window has closed meanwhile. A `Template` goes
                out instead. With `"park"` it waits until the contact writes again, for 30 days at most; with
                a timedelta so long. With `"fail"`, or without anything, it fails, and the handler of
                `on(Failed)` learns of it.
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
        content = content_of(
            self._filled(what),
            buttons,
            rows,
            menu or self._phrases.choose,
            name_of=self._turn.name_of,
            descriptions=descriptions,
            header=header,
            footer=footer,
        )
        self._turn.send(
            content,
            self._filled(outside_window),
            apart=apart,
            policy=Policy.AT_MOST_ONCE if once else Policy.AT_LEAST_ONCE,
            quote=quote_of(quote, content),
            track=track,
        )
        self._replay.write(Said())

    def say_code(self, code: str, *, template: str = "") -> None:
        """Say a one-time code, whether the service window is open or closed, and rather lose it than say it
        twice: when nobody knows whether it arrived, the handler of `on(Failed)` learns of it.

        Args:
            code: the code: up to 15 characters without spaces.
            template: the name of the template; where the bot has only one for codes, it need not be named.

        Raises:
            BotError: the bot has no template for codes, or several, or the code cannot be one.
        """
        self.say(OneTimeCode(name=template, parameters=(code,)), once=True)

    @overload
    def ask(self, prompt: Prompt, **options: Unpack[AskOptions]) -> str: ...
    @overload
    def ask(
        self, prompt: Form | AddressRequest, answer: type[dict[str, Any]], **options: Unpack[AskOptions]
    ) -> dict[str, Any]: ...
    @overload
    def ask(  # type: ignore[overload-overlap]  # one type is a form of a type, too: the first of both counts
        self, prompt: Prompt, answer: type[T], **options: Unpack[AskOptions]
    ) -> T: ...
    @overload
    def ask(
        self, prompt: Prompt, answer: tuple[type[Answer], ...], **options: Unpack[AskOptions]
    ) -> Answer: ...
    @overload
    def ask(self, prompt: Prompt, answer: Sequence[Title], **options: Unpack[AskOptions]) -> Title: ...
    @overload
    def ask(self, prompt: Prompt, answer: Mapping[str, T], **options: Unpack[AskOptions]) -> T: ...
    @overload
    def ask(  # type: ignore[overload-overlap]  # as above: a type can be called
        self, prompt: Prompt, answer: Callable[[str], T], **options: Unpack[AskOptions]
    ) -> T: ...
    @overload
    def ask(self, prompt: Prompt, answer: "TypeForm[Answer]", **options: Unpack[AskOptions]) -> Answer: ...
    def ask(
        self,
        prompt: Prompt,
        answer: Any = str,
        *,
        descriptions: Mapping[str, str] | None = None,
        retry: str | None = None,
        timeout: timedelta | None = None,
        outside_window: AnyTemplate | Literal["fail"] | None = None,
    ) -> Any:
        """Ask, and return the answer, be it minutes or days later.

        The turn ends here. When the answer comes, the handler runs again from its top, and what it did
        before is not done again: so let nothing but `chat.step` have effects of its own.

        Args:
            prompt: the words of the question, or a ready-made content that asks, such as a `Form`.
            answer: what is wanted: `str`, `int`, `float`, `date`, an Enum, a function that raises ValueError
                for what does not fit, a content type such as `Image`, or choices (titles, or titles that lead
                to values). Choices are shown as buttons, as a list or with numbers; they may be tapped or
                typed. `Location` and `ContactCard` come by a button. A `Form` or an `AddressRequest` is
                answered by a dictionary: `dict`, or a TypedDict that names the fields and their types.
            descriptions: the second lines of choices, by their titles. They are shown as a list then.
            retry: what is said to an answer that does not fit.
            timeout: how long to wait for an answer that fits.
            outside_window: the template that asks instead when the service window is closed, or `"fail"`. A
                question cannot wait for the contact to write: what they write then would be its answer.

        Raises:
            NoAnswer: `wrong` after three answers that do not fit, `timeout` when the time is over.
            LimitExceeded: the network would not take the question.
        """
        self._does("ask", prompt)
        self._turn.refuse_group("a question: on(GroupMessage) gets what is said there")
        place, entry = self._replay.place, self._replay.read_question(kind_of(answer))
        if isinstance(entry, Answered):
            return self._again(answer, entry)
        key = self._replay.begun.question_key(place)
        ready = self._asking(prompt, is_asked=entry is not None)
        asked = question(
            question_id(key), answer, retry, self._phrases, prompt=ready, descriptions=descriptions
        )
        if entry is not None:
            return self._answer(asked, answer, entry)
        given: object = outside_window  # what an untyped bot gives may be anything
        if given == "park" or isinstance(given, timedelta):
            raise BotError(
                "a question cannot be parked, because what the contact writes next would be its answer: say "
                'something with outside_window="park", or ask with outside_window=Template(…)'
            )
        has_template = isinstance(outside_window, AnyTemplate) or asked.has_own_taps
        waiting = Asked(name=asked.kind, at=self._turn.now, has_template=has_template)
        words = prompt if isinstance(prompt, str) else ""
        waiting = self._put(asked, words, waiting, outside_window)
        if timeout is not None:
            self._turn.plan(timeout, TimeUp(question=key))
        self._replay.write(waiting)
        return self._suspend()

    @overload
    def step(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...
    @overload  # where the step gets a name of its own, nothing can say which arguments are right
    def step(  # type: ignore[overload-cannot-match]  # `name` need not be one of the function's
        self, function: Callable[..., T], *args: object, name: str, **kwargs: object
    ) -> T: ...
    def step(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Call `function(*args, **kwargs)` once, and return its result, also when the handler is run again.

        The step is named by its function, or by `name` (which goes to a function that takes a `name` itself).
        A function that takes `idempotency_key` (with a default, for type checkers) is given one that stays
        the same however often the step has to be tried: if the machine stops between the effect and our
        writing it down, the step is done again, with the same key.

        An exception that the function raises, and the handler catches, is remembered too: an equal one is
        raised when the handler is run again. Of a part that cannot be kept, such as a response, it has the
        plain attributes only. If the handler does not catch it, the step is tried again.

        Raises:
            BotError: the result cannot be kept. JSON values can be, dates, times, Decimal, UUID, bytes,
                tuples, sets, and Enums and dataclasses that stand at the top of a module.
            TurnTooLarge: the result is longer than 64 KB.
        """
        name = name_of(function)
        if "name" in kwargs and "name" not in parameters(function):
            name = str(kwargs.pop("name"))
        self._does("step", name)
        result: T = self.steps.step(name, function, args, kwargs)
        return result

    def save(self, media: Media) -> File:
        """Save a file that the contact sent in the media bucket of the stack, once, and return it.

        `media` is what a message holds: `chat.save(chat.message.content)` in a handler of `on(Image)`, or an
        answer of `ask`. The file goes from the network to the bucket piece by piece.

        Raises:
            MediaGone: the network does not give it out any more. The text says what helps.
            BotError: `media` is no file that a contact sent.
        """
        self._does("save")
        given: object = media  # what an untyped bot gives may be anything
        if not isinstance(given, Media) or not given.media_id:
            raise BotError(f"save() takes a file that the contact sent, not {given!r}")
        # The update of this turn: what the contact wrote before may have been days ago.
        message, key = self._turn.message, self._turn.conversation_key
        saved: File = self.steps.step(
            "chat.save", lambda _id: self._turn.outside.save(message, key, media), (media.media_id,), {}
        )
        return saved

    def typing(self) -> None:
        """Show the contact that an answer is being written, such as before a slow step.

        It ends with the answer, on WhatsApp after 25 seconds at the latest. Their message is marked as read.
        A network that cannot show it changes nothing.
        """
        self._does("typing")
        message = self._turn.message
        if self._replay.is_live and message.is_spoken:
            self._turn.outside.show_typing(message.account, message.newest_id or message.id)

    def go(self, handler: Callable[["Chat[Content_co]"], None], /, **given: Any) -> NoReturn:
        """End this handler and begin another one, with nothing left of this one but `data`.

        There, `chat.given` is what you give here.

        Raises:
            TurnTooLarge: what is given is too long.
        """
        self._does("go", name_of(handler), given)
        raise Went(handler, small(given, f"what {name_of(handler)} is given"))

    def hand_over(self) -> NoReturn:
        """End this handler, and let a person talk to the contact: the bot is silent until it is released.

        `rejoinder release` releases it; the handler of `on(Release)` runs then. What comes due meanwhile
        comes again an hour later.
        """
        self._does("hand over")
        self._turn.refuse_nobody()
        raise HandedOver

    def later(
        self, when: timedelta | datetime, handler: Callable[["Chat[Reminder]"], None], /, **given: Any
    ) -> None:
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
        arguments = fingerprint([when, given])
        if not self._replay.kept(Planned, name, arguments):
            self._turn.plan(when, Reminder(handler=name, given=small(given, f"what {name} is given")))
        self._replay.write(Planned(name=name, arguments=arguments))
