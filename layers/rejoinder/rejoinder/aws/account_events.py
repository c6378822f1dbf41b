"""Account events on a topic, so that an e-mail address, a function or a queue can subscribe to them."""

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import Any, Protocol

from rejoinder.model.data import escaped
from rejoinder.model.events import AccountEvent

MAX_MESSAGE_BYTES = 256 * 1024
"""The longest message of Amazon SNS, in bytes (docs.aws.amazon.com, "Amazon SNS message publishing")."""

_NO_SUBJECT = re.compile(r"[^ -~]+")
"""What a subject may not hold: it is printable ASCII, and shorter than 100 characters (docs.aws.amazon.com,
"Publish")."""


class _Sns(Protocol):
    def publish(self, *, TopicArn: str, Message: str, Subject: str) -> object:  # noqa: N803
        """Publish a message."""


class AccountEventsTopic:
    """The port `AccountEvents`."""

    def __init__(self, sns: _Sns, topic_arn: str) -> None:
        self._sns = sns
        self._topic_arn = topic_arn

    def publish(self, event: AccountEvent) -> None:
        """Publish `event` as JSON, under a sentence about it. The same one again is published again.

        What the network sent goes along as `value`, unless people's chats are in it, or it makes the message
        longer than SNS takes.
        """
        subject = _NO_SUBJECT.sub("?", event.subject)[:99]
        self._sns.publish(TopicArn=self._topic_arn, Message=message_of(event), Subject=subject)


def message_of(event: AccountEvent) -> str:
    """Return the message that tells of `event`, as JSON text."""
    own = {name: _as_json(value) for name, value in event.told().items()}
    head: dict[str, object] = {"field": event.field, "kind": type(event).__name__, "at": event.at}
    head["subject"] = event.subject[:200]
    told = head | {"account": event.account, "owner": event.owner, "number": event.number} | own
    forms = [] if event.holds_chats else [told | {"value": event.raw}]
    texts = (escaped(json.dumps(form, ensure_ascii=False)) for form in (*forms, told, head))
    return next(text for text in texts if len(text.encode()) <= MAX_MESSAGE_BYTES)


def _as_json(value: Any) -> Any:
    """Return a value of an event as JSON, without what is empty."""
    if isinstance(value, tuple):
        return [_as_json(part) for part in value]
    if not dataclasses.is_dataclass(value):
        return dict(value) if isinstance(value, Mapping) else value
    named = ((one.name, getattr(value, one.name)) for one in dataclasses.fields(value))
    return {name: _as_json(part) for name, part in named if part not in ("", None, (), 0)}
