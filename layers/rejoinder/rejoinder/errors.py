"""The errors, sorted by what to do next.

RejoinderError
├── BotError                 the bot's author can mend it
│   ├── LimitExceeded        a message breaks a limit of the network
│   ├── TurnTooLarge         one turn says or stores too much
│   └── SuspensionSwallowed  a handler caught the exception that ends its turn at a question
├── HandlerGone              a reminder is for a handler that this version of the bot lacks
├── MediaGone                a file cannot be had any more
├── NoAnswer                 a question got no answer that fits
├── SettingsError            an environment variable or a secret is missing or malformed
├── BotFailed                the bot raised: the update is tried again, then parked
├── OutOfTime                the rest of this queue message belongs to the next invocation
├── StoreError
│   ├── VersionConflict      another commit of the conversation came first: load again
│   ├── AlreadyHandled       the update's marker is finished: queue its messages again
│   ├── AttemptTaken         this attempt at an outbound message was made already: read its record
│   └── Unreadable           another version of the code wrote the stored or queued data
├── AwsError                 a call of AWS failed
├── QueueError               the queue did not accept all messages
├── RetryLater               the queue message must come again after `seconds`
│   └── GateClosed           ... because the account may not send until its gate opens
└── SendError                the network did not accept an outbound message
    ├── Refused              not accepted; the same request may succeed after a while
    │   ├── RateLimited      ... because the account sends too fast
    │   ├── PairRateLimited  ... because this one contact got too much
    │   └── AccountBlocked   ... because nothing of this account goes out until somebody acts
    │       └── TokenInvalid
    ├── Rejected             not accepted, and never will be
    │   ├── Invalid          a part of it is not as the network wants it, such as a media id
    │   ├── OptedOut         the contact wants no offers: nothing of that kind until they agree again
    │   └── WindowClosed     the service window is closed: only a template may go out
    └── OutcomeUnknown       it may have been accepted: nobody knows yet

`TurnTimeLimit` and `TurnPostponed` are outside this tree. They are BaseExceptions, so that a bot's
`except Exception` does not catch them.
"""

import traceback


def describe(error: BaseException) -> str:
    """Return the error's type, AWS's code if it or its cause has one, and its line.

    Its text may quote a contact.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = (frames[-1].filename.rpartition("/")[2], frames[-1].lineno or 0) if frames else None
    return describe_at(error, place)


def describe_at(error: BaseException, place: tuple[str, int] | None) -> str:
    """Return the same with another file and line, or with none."""
    where = f"at {place[0]}:{place[1]}" if place else ""
    code = _aws_code(error) or (_aws_code(error.__cause__) if error.__cause__ else "")
    return " ".join(part for part in (type(error).__name__, code, where) if part)


def _aws_code(error: BaseException) -> str:
    """Return the code in botocore's `ClientError.response`. Other errors may have anything there."""
    match vars(error):
        case {"response": {"Error": {"Code": str(code)}}}:
            return code
        case _:
            return ""


class RejoinderError(Exception):
    """The base of all errors of this package."""


class BotError(RejoinderError):
    """The bot does something that cannot work. The text says what to change."""


class LimitExceeded(BotError, ValueError):
    """A message breaks a limit of the network."""


class TurnTooLarge(BotError):
    """One turn says or stores more than a turn may."""


class SuspensionSwallowed(BotError):
    """The handler caught the exception by which `ask` ends the turn. It must let that exception pass."""


class HandlerGone(RejoinderError):
    """A reminder is for a handler that the bot has no more, or not yet while a deployment is under way."""


class NoAnswer(RejoinderError):
    """A question got no answer that fits. It ends the talk, unless the handler catches it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """`wrong` after too many answers that do not fit, `timeout` when the time is over."""


class MediaGone(RejoinderError):
    """A file cannot be had: the network or the stack does not keep it any more. The text says what helps."""


class SettingsError(RejoinderError):
    """A setting or a secret is missing or malformed. The text has its name, but never its value."""


class BotFailed(RejoinderError):
    """The bot raised an error in a turn."""

    def __init__(self, cause: str, tries: int) -> None:
        super().__init__(f"the bot failed ({cause}), try {tries}")
        self.cause = cause
        """The type and the line of the bot's error."""
        self.tries = tries
        """How often the bot has failed over this update."""


class OutOfTime(RejoinderError):
    """Too little time is left in this invocation for another turn."""


class StoreError(RejoinderError):
    """The store refused to read or write something."""


class VersionConflict(StoreError):
    """The conversation was committed by another invocation since it was loaded."""


class AlreadyHandled(StoreError):
    """The marker of this update is finished."""


class AttemptTaken(StoreError):
    """The outbound message's record does not allow this attempt."""


class Unreadable(StoreError):
    """This version of the code cannot read stored or queued data. The text names the kind of data."""


class AwsError(RejoinderError):
    """A call of AWS failed. The text is the operation and AWS's code."""

    def __init__(self, text: str, *, code: str = "") -> None:
        super().__init__(text)
        self.response = {"Error": {"Code": code}}
        """As botocore's errors have it, so that log lines tell the code."""


class QueueError(RejoinderError):
    """A queue did not accept all messages."""


class RetryLater(RejoinderError):
    """The queue message must come again later."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds:.0f} s")
        self.seconds = seconds
        """The pause until then, in seconds."""


class GateClosed(RetryLater):
    """The account may not send now: the message must wait until its gate opens."""


class SendError(RejoinderError):
    """The network did not accept a message, as far as we know."""

    def __init__(self, code: int, details: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(f"{code}: {details}")
        self.code = code
        """The network's error code; 0 when there was none."""
        self.details = details
        """The network's explanation, or ours."""
        self.retry_after_seconds = retry_after_seconds
        """The pause that the network asks for, in seconds; None when it asks for none."""


class Refused(SendError):
    """The network did not accept the message. The same request may succeed later."""


class RateLimited(Refused):
    """The account sends faster than it may."""


class PairRateLimited(Refused):
    """This contact got too much in a short time. Messages to other contacts may go out."""


class AccountBlocked(Refused):
    """Nothing of this account goes out until somebody acts (payment, policy, permission)."""


class TokenInvalid(AccountBlocked):
    """The access token is missing, expired or revoked."""


class Rejected(SendError):
    """The network did not accept the message, and will never accept it."""


class Invalid(Rejected):
    """A part of the message is not as the network wants it, such as a media id that it does not know."""


class OptedOut(Rejected):
    """The contact told the network that they want no offers from us."""


class WindowClosed(Rejected):
    """The service window is closed: only a template may go out."""


class OutcomeUnknown(SendError):
    """The request was sent, but no clear answer came. The message may have been accepted."""


class TurnTimeLimit(BaseException):
    """The bot needed more time for one turn than it may."""


class TurnPostponed(BaseException):
    """The turn cannot be done now, and that is not the fault of the bot. It is done from the start later."""

    def __init__(self, cause: str, seconds: float) -> None:
        super().__init__(cause)
        self.seconds = seconds
        """The pause until then, in seconds."""
