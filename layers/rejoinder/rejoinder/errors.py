"""Everything that can go wrong, by what to do next.

RejoinderError
├── BotError                 the bot's author can mend it
│   ├── LimitExceeded        a message is longer than the network takes
│   ├── TurnTooLarge         one turn says or stores too much
│   └── SuspensionSwallowed  a handler caught what ends its turn at a question
├── NoAnswer                 a question got no answer that fits
├── SettingsError            an environment variable or a secret is missing or malformed
├── BotFailed                the bot raised: the update is tried again, then parked
├── OutOfTime                the rest of this queue message belongs to the next invocation
├── StoreError
│   ├── VersionConflict      somebody else committed first: load again
│   ├── AlreadyHandled       the inbound message's marker is finished: queue its messages again
│   ├── AttemptTaken         another attempt at this outbound message was made: look at its record
│   └── Unreadable           another version of the code wrote what is stored
├── QueueError               the queue did not take everything
├── RetryLater               the queue message is to come back after `seconds`
└── SendError                what the network said of one outbound message
    ├── Refused              not accepted; the same request may succeed after a while
    │   ├── RateLimited      ... because the account sends too fast
    │   ├── PairRateLimited  ... because this one contact was sent too much
    │   └── AccountBlocked   ... because nothing of this account goes out until somebody acts
    │       └── TokenInvalid
    ├── Rejected             not accepted, and never will be
    │   └── WindowClosed     the service window is closed: only a template may go out
    └── OutcomeUnknown       it may have been accepted, nobody knows yet

`TurnTimeLimit` stands beside the tree: it is a BaseException, so that a bot's `except Exception` does not
swallow it.
"""

import traceback


def describe(error: BaseException, *, of_bot: bool = False) -> str:
    """The error's type, AWS's code if it has one, and its line; not its text, which may quote a contact.

    With `of_bot` the line is the bot's own, not one of this package that the bot called.
    """
    frames: list[traceback.FrameSummary] = list(traceback.extract_tb(error.__traceback__))
    if of_bot:
        here = __file__.rpartition("/")[0]
        frames = [frame for frame in frames if not frame.filename.startswith(here)] or frames
    where = f"at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    return " ".join(part for part in (type(error).__name__, _aws_code(error), where) if part)


def _aws_code(error: BaseException) -> str:
    """The code in botocore's `ClientError.response`; other errors may hold anything at all by that name."""
    match vars(error):
        case {"response": {"Error": {"Code": str(code)}}}:
            return code
        case _:
            return ""


class RejoinderError(Exception):
    """Root of all errors of this package."""


class BotError(RejoinderError):
    """The bot does something that cannot work; the text says what to change."""


class LimitExceeded(BotError, ValueError):
    """A message breaks a limit of the network."""


class TurnTooLarge(BotError):
    """One turn says or stores more than a turn may."""


class SuspensionSwallowed(BotError):
    """`ask` ends the turn by an exception, and the handler caught it: it must let it through."""


class NoAnswer(RejoinderError):
    """A question got no answer that fits: `reason` is `wrong` or `timeout`. Catch it, or it ends the talk."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SettingsError(RejoinderError):
    """A setting or secret is missing or malformed; the text names it, never its value."""


class BotFailed(RejoinderError):
    """The bot raised while it handled an update. `tries` counts how often this update has failed so far."""

    def __init__(self, cause: str, tries: int) -> None:
        super().__init__(f"the bot failed ({cause}), try {tries}")
        self.cause = cause
        self.tries = tries


class OutOfTime(RejoinderError):
    """Too little time is left in this invocation for another turn."""


class StoreError(RejoinderError):
    """The store refused a write."""


class VersionConflict(StoreError):
    """The conversation was committed by somebody else since it was loaded."""


class AlreadyHandled(StoreError):
    """The marker of this inbound message is finished."""


class AttemptTaken(StoreError):
    """The outbound message's record does not allow this attempt."""


class Unreadable(StoreError):
    """What is stored or queued cannot be read by this version of the code; the text names the shape."""


class QueueError(RejoinderError):
    """A queue did not take all messages."""


class RetryLater(RejoinderError):
    """The queue message shall be seen again after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.seconds = seconds


class SendError(RejoinderError):
    """The network's answer to a message that was not accepted.

    `code` is the network's error code (0: there was none), `details` its explanation, and
    `retry_after_seconds` the pause it asks for, if it asks for one.
    """

    def __init__(self, code: int, details: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code
        self.details = details
        self.retry_after_seconds = retry_after_seconds


class Refused(SendError):
    """Not accepted; the same request may succeed later."""


class RateLimited(Refused):
    """The account sends faster than it may."""


class PairRateLimited(Refused):
    """This contact was sent too much in a short time; other contacts are not concerned."""


class AccountBlocked(Refused):
    """Nothing of this account goes out until somebody acts (payment, policy, permission)."""


class TokenInvalid(AccountBlocked):
    """The access token is missing, expired or revoked."""


class Rejected(SendError):
    """Not accepted, and sending the same again is of no use."""


class WindowClosed(Rejected):
    """More than 24 hours since the contact wrote: only a template may go out."""


class OutcomeUnknown(SendError):
    """The request left and no clear answer came: the message may have been accepted."""


class TurnTimeLimit(BaseException):
    """The bot took longer over one turn than it may."""
