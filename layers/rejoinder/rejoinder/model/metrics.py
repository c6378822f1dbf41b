"""The names of the metrics. The alarms of template.yaml use the same names (a test checks that)."""

from enum import StrEnum


class Metric(StrEnum):
    """One metric. A comment names the function that counts it."""

    # each function
    WORK_FAILED = (
        "WorkFailed"  # a request or a queue message that the function could not finish; it comes again
    )
    # ingress
    UPDATES_RECEIVED = "UpdatesReceived"
    SIGNATURE_VALID = "SignatureValid"
    SIGNATURE_INVALID = "SignatureInvalid"
    QUARANTINED = "Quarantined"
    # processor
    TURNS_DONE = "TurnsDone"
    NOT_UNDERSTOOD = "NotUnderstood"  # a text for which the bot had no handler but `otherwise`
    TURNS_REPEATED = "TurnsRepeated"
    BOT_ERRORS = "BotErrors"
    UPDATES_PARKED = "UpdatesParked"
    UPDATES_STALE = "UpdatesStale"  # their contact is not known any more
    FILES_LOST = "FilesLost"  # a file that the bot keeps by itself and that the network had no more
    # sender
    ANSWER_SECONDS = "AnswerSeconds"  # from when the contact wrote to when the network accepted the answer
    MESSAGES_ACCEPTED = "MessagesAccepted"
    MESSAGES_FAILED = "MessagesFailed"  # also counted by the tracker, when the failure is told late
    MESSAGES_UNKNOWN = "MessagesUnknown"
    WINDOW_MISSES = "WindowMisses"  # messages that found the service window closed; also by the tracker
    SENDS_RETRIED = "SendsRetried"
    GATE_CLOSED = "GateClosed"  # counts each closing, and each message that waits for a closed gate
    TURNS_WAITING = "TurnsWaiting"  # turns that left the queue to wait for a closed gate
    # tracker
    STATUSES_RECORDED = "StatusesRecorded"
    STATUSES_FOREIGN = "StatusesForeign"
    ACCOUNT_EVENTS = "AccountEvents"
    HEALTH_CHANGED = "HealthChanged"  # of a number or an account: its quality, its limits, what it may do
    TEMPLATES_CHANGED = "TemplatesChanged"  # in status, category, quality or text
    TEMPLATES_RECATEGORISED = "TemplatesRecategorised"  # they are marketing now, and were not
    MESSAGES_DOUBLED = "MessagesDoubled"  # also counted by the sender
    MESSAGES_BILLED = "MessagesBilled"  # with the dimension `category`
