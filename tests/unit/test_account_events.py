"""Account events: what is published of them, and that SNS takes it."""

import json

import pytest

from rejoinder.aws.account_events import MAX_MESSAGE_BYTES, AccountEventsTopic, message_of
from rejoinder.channels.whatsapp.statuses import parse_event
from rejoinder.model.events import AccountEvent

AT = 1_800_000_000.0


def event(field: str, **value: object) -> AccountEvent:
    """Return the account event that a field with `value` becomes."""
    told = parse_event({"change": {"field": field, "value": value}, "id": "2", "time": 5}, received_at=AT)
    assert isinstance(told, AccountEvent)
    return told


class Topic:
    """What was published."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str, str]] = []

    def publish(self, *, TopicArn: str, Message: str, Subject: str) -> None:  # noqa: N803
        self.published.append((TopicArn, Subject, Message))


PAUSED = {"event": "PAUSED", "message_template_name": "order_ready", "message_template_language": "en-US"}


@pytest.mark.parametrize(
    ("field", "value", "subject"),
    [
        ("message_template_status_update", PAUSED, "The template order_ready was paused"),
        ("message_template_status_update", PAUSED | {"event": "NEW"}, "The template order_ready is now NEW"),
        ("account_review_update", {"decision": "APPROVED"}, "The review of the account: APPROVED"),
        ("account_update", {"event": "ACCOUNT_DELETED"}, "The account: account deleted"),
        (
            "security",
            {"event": "PIN_CHANGED", "display_phone_number": "1"},
            "Security of the number 1: PIN_CHANGED",
        ),
        ("messages", {"errors": [{"code": 130429}]}, "The network told of errors: 130429"),
        ("telepathy_update", {"a": 1}, "The network told of telepathy update"),
    ],
)
def test_the_subject_is_a_sentence(field: str, value: dict[str, object], subject: str) -> None:
    topic = Topic()
    AccountEventsTopic(topic, "arn:topic").publish(event(field, **value))
    ((arn, told, message),) = topic.published
    assert (arn, told) == ("arn:topic", subject)
    assert json.loads(message)["subject"] == subject


def test_the_message_has_the_typed_values_and_all_that_was_sent() -> None:
    assert json.loads(message_of(event("message_template_status_update", **PAUSED))) == {
        "field": "message_template_status_update",
        "kind": "TemplateStatus",
        "at": 5.0,
        "subject": "The template order_ready was paused",
        "account": "",
        "owner": "2",
        "number": "",
        "template": "order_ready",
        "language": "en_US",
        "event": "PAUSED",
        "value": PAUSED,
    }


def test_what_people_say_to_each_other_is_not_published() -> None:
    thread = {"id": "15550002001", "messages": [{"id": "wamid.1", "text": {"body": "my secret"}}]}
    history = event("history", history=[{"metadata": {"phase": 0}, "threads": [thread]}])
    standby = event("standby", standby={"messages": [{"text": {"body": "my secret"}}]})
    for message in map(message_of, (history, standby)):
        assert "secret" not in message
        assert json.loads(message)["messages"] == 1


@pytest.mark.parametrize("name", ["x" * 300_000, "é\n" * 200, "\ud83d", ""], ids=lambda name: ascii(name[:6]))
def test_sns_takes_whatever_a_template_is_called(name: str) -> None:
    topic = Topic()
    AccountEventsTopic(topic, "arn:topic").publish(
        event("message_template_status_update", **PAUSED | {"message_template_name": name})
    )
    ((_, subject, message),) = topic.published
    assert 0 < len(subject) < 100
    assert subject.isascii()
    assert subject.isprintable()
    assert len(message.encode()) <= MAX_MESSAGE_BYTES


def test_numbers_that_json_does_not_have_are_not_published() -> None:
    assert json.loads(message_of(event("telepathy_update", a=float("nan"))))["value"] == {"a": None}


def test_a_value_that_is_no_object_is_published_as_it_came() -> None:
    change = {"field": "security", "value": [1, 2]}
    told = parse_event({"change": change}, received_at=AT)
    assert isinstance(told, AccountEvent)
    assert json.loads(message_of(told))["value"] == change
