"""The part of `Chat` that is about consent: what the contact agreed to, and how a handler writes it down."""

from typing import Literal, get_args

from rejoinder.bot.asking import Asking
from rejoinder.errors import BotError, TurnTooLarge
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.talk import TimeRead
from rejoinder.model.updates import Content_co

PurposeName = Literal["marketing", "utility"]
"""The name of a purpose."""

MAX_TOLD = 20
"""The most entries about consent that one turn may write: they share its transaction."""


class Consenting(Asking[Content_co]):
    """Reads and writes the ledger of consent."""

    def consent(self, purpose: PurposeName = "marketing") -> ConsentEntry | None:
        """Return the newest entry about `purpose` in the contact's ledger; None when there is none.

        It is the same again when the handler is run again.

        Raises:
            BotError: there is no such purpose.
        """
        self._does("consent", purpose)
        about = _purpose(purpose)
        found: ConsentEntry | None = self.steps.step(
            "chat.consent", lambda _purpose: self._turn.consent_about(about), (about.value,), {}
        )
        return found

    def opt_in(self, purpose: PurposeName = "marketing") -> None:
        """Write down that the contact agreed to get messages for `purpose`, such as by an answer.

        Raises:
            BotError: there is no such purpose.
        """
        self._tell("opt_in", purpose, given=True)

    def opt_out(self, purpose: PurposeName = "marketing") -> None:
        """Write down that the contact wants no messages for `purpose` any more.

        Raises:
            BotError: there is no such purpose.
        """
        self._tell("opt_out", purpose, given=False)

    def _tell(self, what: str, purpose: PurposeName, *, given: bool) -> None:
        self._does(what, purpose)
        about = _purpose(purpose)
        name = f"{what} {about}"
        if self._replay.read(TimeRead, name) is None:
            self._replay.write(TimeRead(name=name, at=self._turn.now))
            if len(self._turn.told) == MAX_TOLD:
                raise TurnTooLarge(f"one turn may write {MAX_TOLD} entries about consent")
            # When the contact told it: a turn may run late, and what they say since, such as STOP, is newer.
            at = min(self._turn.message.at, self._turn.now)
            message_id = self._turn.message.hashed_id
            entry = ConsentEntry(purpose=about, given=given, at=at, by="bot", message_id=message_id)
            if entry.is_news_after(self._turn.consent_about(about)):
                self._turn.told.append(entry)
        if about is Purpose.MARKETING:
            self.opted_out: bool = not given


def _purpose(name: object) -> Purpose:
    """Return the purpose with that name; BotError when there is none. An untyped bot may give anything."""
    if name not in get_args(PurposeName):
        raise BotError(f"a purpose is {' or '.join(get_args(PurposeName))}, not {name!r}")
    return Purpose(str(name))
