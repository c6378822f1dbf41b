"""What the sender finds on its queue: turns, and errands."""

import json

from rejoinder.aws.stored.fields import Json, as_text, check_format, dump, filled, object_of, reading, words
from rejoinder.aws.stored.messages import account_as_json, account_from_json, turn_from_json
from rejoinder.model.gate import Errand, LetThrough, WatchGate
from rejoinder.model.messages import TurnMessages


def dump_errand(errand: Errand) -> str:
    """Return an errand as JSON text."""
    key = errand.conversation_key if isinstance(errand, LetThrough) else ""
    fields = filled({"gate": account_as_json(errand.account), "conversation_key": key})
    return as_text(dump("errand", fields))


def read_outbound(body: str) -> TurnMessages | Errand:
    """Return what a message of outbound.fifo holds; Unreadable when this version cannot read it."""
    with reading("turn"):
        stored = object_of(json.loads(body))
    return _read_errand(stored) if "gate" in stored else turn_from_json(stored)


def _read_errand(stored: Json) -> Errand:
    with reading("errand"):
        check_format("errand", stored["format"])
        account = account_from_json(object_of(stored["gate"]))
        if "conversation_key" not in stored:
            return WatchGate(account=account)
        return LetThrough(account=account, conversation_key=words(stored["conversation_key"]))
