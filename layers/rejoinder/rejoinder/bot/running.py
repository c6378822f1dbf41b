"""Running a turn: the handlers that an update starts or continues, one after another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, assert_never

from rejoinder.bot.cases import Case, case_of
from rejoinder.bot.chat import Chat, Handler
from rejoinder.bot.endings import HandedOver, Suspended, Went
from rejoinder.bot.handlers import check_result, name_of
from rejoinder.bot.journal import JournalMismatch, Replay
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.router import Picked, Rules
from rejoinder.bot.storable import parts_of
from rejoinder.bot.turn import OpenTurn
from rejoinder.bot.wishes import is_new
from rejoinder.errors import BotError, NoAnswer, TurnTooLarge
from rejoinder.model.conversation import MAX_DATA_BYTES, Conversation
from rejoinder.model.data import JsonObject
from rejoinder.model.ids import digest
from rejoinder.model.own import Echo
from rejoinder.model.room import fits, size_of
from rejoinder.model.sizes import shortened
from rejoinder.model.spoken import Edited
from rejoinder.model.talk import MAX_JOURNAL_BYTES, Journal, UnreadableJournal
from rejoinder.model.updates import Inbound, WakeUp

Parts = Mapping[str, str]
"""What a JsonObject is made of."""

MAX_HANDLERS = 20
"""The most handlers that one turn may run through by `chat.go`."""

HANDOFF_PAUSE_SECONDS = 3600.0
"""What comes due during a handoff comes due again after this time, in seconds."""


class Stage:
    """Where one handler runs. The debugger has one of its own."""

    def replay(self, journal: Journal) -> Replay:
        """Return what replays the journal of a talk."""
        return Replay(journal)

    def chat(self, replay: Replay, turn: OpenTurn) -> Chat:
        """Return what the handler is given."""
        return Chat(replay, turn)

    def run(self, handler: Handler, chat: Chat) -> object:
        """Run the handler, and return what it returned."""
        return handler(chat)  # type: ignore[func-returns-value]


_USUAL = Stage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What the handlers of a bot run on."""

    rules: Rules
    """The handlers."""

    language: str
    """The language of the bot."""

    says_dropped: bool
    """Whether the bot says that a question is dropped when a handler interrupts a talk."""

    phrases: Callable[[Conversation], Phrases]
    """Returns what the bot says by itself in a conversation."""

    stage: Stage = _USUAL
    """Where each handler runs."""

    def advance(  # noqa: C901, PLR0911 - one line a case
        self, conversation: Conversation, turn: OpenTurn, *, first: bool
    ) -> Conversation:
        """Return the conversation after the update of `turn`."""
        case = case_of(turn.message, conversation, self.rules, self.phrases(conversation))
        match case:
            case Case.NOTHING:
                return conversation
            case Case.MISSED:
                return conversation.missing(turn.message)
            case Case.DUE_IN_HANDOFF:
                turn.wake_ups.append(_again_later(turn.message, turn.now))
                return conversation
            case Case.RELEASE:
                return self._beside(replace(conversation, missed=()), turn)
            case Case.CONSENT | Case.BESIDE | Case.ECHO:
                return self._beside(conversation, turn)
            case Case.WISH:
                return self._wish(conversation, turn)
            case Case.NEW:
                return self._new(conversation, turn, first=first)
            case Case.ANSWER:
                return self._answer(conversation, turn)
            case Case.INTERRUPTION:
                return self._interrupt(_without_talk(conversation), turn)
            case Case.CANCEL:
                return self._say("cancelled", _without_talk(conversation), turn)
            case Case.STALE:
                after = self._say("stale", _without_talk(conversation), turn)
                return replace(after, journal=conversation.journal)
            case _:
                assert_never(case)

    def _new(self, conversation: Conversation, turn: OpenTurn, *, first: bool) -> Conversation:
        """Begin what the update asks for; a contact's first message may be greeted before that."""
        picked = self.rules.pick(turn, first=first)
        if picked is None:
            return conversation
        start = self.rules.start
        if first and start and self.rules.greets_always and picked.handler is not start:
            conversation = self._begin(Picked(handler=start), conversation, turn)
            if conversation.journal or conversation.handoff:
                return conversation
        return self._begin(picked, conversation, turn)

    def _wish(self, conversation: Conversation, turn: OpenTurn) -> Conversation:
        """Let a handler for that very word answer STOP or START, or say what follows from it, once."""
        if self.rules.is_named_in(turn.message):
            return self._beside(conversation, turn)
        if not is_new(conversation, turn.message):
            return conversation
        phrase = "stopped" if conversation.opted_out else "resumed"
        after = self._say(phrase, _without_talk(conversation), turn)
        return replace(after, journal=conversation.journal)

    def _interrupt(self, conversation: Conversation, turn: OpenTurn) -> Conversation:
        """Run the handler that interrupts; the talk is over already."""
        handler = self.rules.ruled(turn.message, interrupting=True) or self.rules.commanded(turn.message)
        assert handler, "that is what made it an interruption"
        if self.says_dropped:
            conversation = self._say("dropped", conversation, turn)
        return self._begin(Picked(handler=handler), conversation, turn)

    def _answer(self, conversation: Conversation, turn: OpenTurn) -> Conversation:
        """Go on with the talk in progress. It begins again when its journal does not fit its handler."""
        talk = conversation.journal
        handler = self.rules.named(talk.handler) if talk else None
        if talk is None or handler is None:
            return self.advance(replace(conversation, journal=None), turn, first=False)
        if isinstance(talk, UnreadableJournal):
            return self._restart(handler, talk, conversation, turn)
        try:
            return self._run(handler, talk.answered(_as_answer(turn.message)), conversation, turn)
        except JournalMismatch:
            return self._restart(handler, talk, conversation, turn)

    def _restart(
        self,
        handler: Handler,
        talk: Journal | UnreadableJournal,
        conversation: Conversation,
        turn: OpenTurn,
    ) -> Conversation:
        """Say so, and begin the talk again."""
        turn.begin_again()
        conversation = self._say("changed", replace(conversation, journal=None), turn)
        language, message = conversation.language or self.language, turn.message.without_raw()
        journal = talk.again(conversation.data, language, message)
        return self._run(handler, replace(journal, opted_out=turn.opted_out), conversation, turn)

    def _beside(self, conversation: Conversation, turn: OpenTurn) -> Conversation:
        """Run a handler beside the talk in progress, which goes on unless that handler asks something."""
        picked = self.rules.pick(turn, first=False)
        if picked is None:
            return conversation
        without_talk = _without_talk(conversation)
        after = self._begin(picked, without_talk, turn)
        if isinstance(turn.message.content, Echo) and turn.said:
            raise BotError("what on(Echo) runs says nothing: a person talks to the contact")
        if not after.journal:
            return replace(after, journal=conversation.journal)
        if conversation.journal:  # only now we know that it asks: the contact is told which question counts
            turn.begin_again()
            after = self._begin(picked, self._say("dropped", without_talk, turn), turn)
        return after

    def _begin(self, picked: Picked, conversation: Conversation, turn: OpenTurn) -> Conversation:
        return self._run(picked.handler, self._journal(picked, 0, conversation, turn), conversation, turn)

    def _journal(self, picked: Picked, number: int, conversation: Conversation, turn: OpenTurn) -> Journal:
        return Journal(
            handler=name_of(picked.handler),
            message=shortened(turn.message),
            number=number,
            data=conversation.data,
            language=conversation.language or self.language,
            given=picked.given,
            missed=turn.missed,
            opted_out=turn.opted_out,
        )

    def _say(self, phrase: str, conversation: Conversation, turn: OpenTurn) -> Conversation:
        """Say a phrase of the bot's own, if the service window still allows it."""
        words = str(getattr(self.phrases(conversation), phrase))
        return self._begin(Picked(handler=_saying(words, turn)), conversation, turn)

    def _give_up(self, conversation: Conversation, turn: OpenTurn) -> Handler:
        """Return what follows an answer that never came."""
        return self.rules.no_answer or _saying(self.phrases(conversation).given_up, turn)

    def _run(
        self, handler: Handler, journal: Journal, conversation: Conversation, turn: OpenTurn
    ) -> Conversation:
        """Run `handler` over `journal`, and the handlers it goes to, until one ends or asks."""
        for number in range(1, MAX_HANDLERS + 1):
            with self.stage.replay(journal) as replay:
                chat = self.stage.chat(replay, turn)
                turn.watch.begins(resumed=bool(journal.entries))
                following: Picked | None = None
                try:
                    check_result(name_of(handler), self.stage.run(handler, chat))
                    chat.steps.went_on()
                except Suspended:
                    self.rules.name_of(handler)
                    return _merged(conversation, chat, journal=_fitting(replay.journal))
                except Went as went:
                    following = Picked(handler=went.handler, given=went.given)
                except HandedOver:
                    return _merged(conversation, chat, journal=None, handoff=True)
                except NoAnswer:
                    following = Picked(handler=self._give_up(conversation, turn))
                except Exception as error:
                    chat.steps.ended_with(error)
                    raise
            chat.refuse_swallowed()
            if following is None:
                return _merged(conversation, chat, journal=None)
            handler, conversation = following.handler, _merged(conversation, chat)
            journal = self._journal(following, number, conversation, turn)
        raise BotError(f"one turn went through {MAX_HANDLERS} handlers; does chat.go run in a circle?")


def _without_talk(conversation: Conversation) -> Conversation:
    return replace(conversation, journal=None) if conversation.journal else conversation


def _saying(words: str, turn: OpenTurn) -> Handler:
    """Return a handler that says `words`, if the service window still allows it."""

    def saying(chat: Chat) -> None:
        if turn.now < turn.window_closes_at:
            chat.say(words)

    return saying


def _as_answer(message: Inbound) -> Inbound:
    """Return `message` as a journal keeps it. An edit of a wrong answer is what the answer is now."""
    if isinstance(message.content, Edited) and message.content.content:
        message = replace(message, id=message.content.message_id, content=message.content.content)
    return message.without_raw()


def _merged(conversation: Conversation, chat: Chat, **left: Any) -> Conversation:
    """Return `conversation` with what a handler left; data and language by a three-way merge, by key.

    The base is what the handler found when it began. What it changed since counts; what something else, such
    as a reminder, changed in the conversation in the meantime stays.
    """
    base, mine = chat.found_data, parts_of(chat.data, "chat.data")
    if mine != base:
        left["data"] = _data_merged(base, mine, JsonObject.of(conversation.data).parts)
    if chat.language != chat.found_language:
        left["language"] = chat.language
    changes = {name: value for name, value in left.items() if value is not getattr(conversation, name)}
    return replace(conversation, **changes) if changes else conversation


def _data_merged(base: Parts, mine: Parts, theirs: Parts) -> JsonObject:
    """Return `theirs` with what differs between `base` and `mine`, as `mine` has it."""
    if theirs is not base:
        changed = {name for name in {*mine, *base} if mine.get(name) != base.get(name)}
        merged = {name: part for name, part in theirs.items() if name not in changed}
        mine = merged | {name: mine[name] for name in mine if name in changed}
    data = JsonObject.of_parts(mine)
    if data.size > MAX_DATA_BYTES:
        raise TurnTooLarge(f"chat.data is {data.size} bytes of JSON; {MAX_DATA_BYTES} at most")
    return data


def _again_later(message: Inbound, now: float) -> WakeUp:
    """Return the same update an hour later, as an update of its own."""
    again = replace(message, id=digest("again", message.id), at=now + HANDOFF_PAUSE_SECONDS)
    return WakeUp(at=again.at, inbound=again)


def _fitting(journal: Journal) -> Journal:
    """Return `journal` as it is kept; TurnTooLarge when it is too long for that."""
    if not fits(journal):
        size = f"{size_of(journal)} bytes; {MAX_JOURNAL_BYTES} at most"
        raise TurnTooLarge(f"what the talk {journal.handler} keeps is {size}")
    message = journal.message.without_raw()
    return journal if message is journal.message else replace(journal, message=message)
