"""The names of what is counted. The alarms of template.yaml use the same ones (a test holds that)."""

from enum import StrEnum


class Metric(StrEnum):
    """One counter; the function that counts it stands above it."""

    # ingress
    UPDATES_RECEIVED = "UpdatesReceived"
    SIGNATURE_INVALID = "SignatureInvalid"
    QUARANTINED = "Quarantined"
    # processor
    TURNS_DONE = "TurnsDone"
    TURNS_REPEATED = "TurnsRepeated"
    BOT_ERRORS = "BotErrors"
    UPDATES_PARKED = "UpdatesParked"
    UPDATES_STALE = "UpdatesStale"  # for nobody that is known any more
    # sender
    MESSAGES_ACCEPTED = "MessagesAccepted"
    MESSAGES_FAILED = "MessagesFailed"
    MESSAGES_UNKNOWN = "MessagesUnknown"
    SENDS_RETRIED = "SendsRetried"
    GATE_CLOSED = "GateClosed"  # each time that it closes, or that a message waits before it
    # tracker
    STATUSES_RECORDED = "StatusesRecorded"
    STATUSES_FOREIGN = "StatusesForeign"
    ACCOUNT_EVENTS = "AccountEvents"
    MESSAGES_DOUBLED = "MessagesDoubled"
    MESSAGES_BILLED = "MessagesBilled"  # with the dimension `category`
