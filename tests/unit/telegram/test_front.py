"""The front of Telegram: what it queues, what it sets aside, and what it answers at once."""

import json
from typing import Any

import pytest

from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channel_ports import Request, Split
from rejoinder.channels.nesting import MAX_DEPTH, TOO_DEEP
from rejoinder.channels.telegram.front import FRONT, MAX_ANSWER, SECRET_HEADER
from rejoinder.errors import SettingsError
from rejoinder.model.ids import correlation_id, group_of
from rejoinder.services.receive import Receiver
from rejoinder.testing.memory import MemoryMeter, MemoryQuarantine, MemoryQueue
from tests.unit.telegram.test_inbound import ADA, BOT, GROUP, PRIVATE

ACCOUNT = "telegram:123456"
SECRETS = {"bot_token": "123456:secret", "secret_token": "right"}


def webhook(body: object, *, path: str = "/telegram/123456", token: str = "right", **query: str) -> Request:
    """Return the webhook of an update. Bytes are the body as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request(body=raw, headers={SECRET_HEADER: token}, path=path, query=query)


def split(body: object, **query: str) -> Split:
    return FRONT.split(webhook(body, **query))


def message(**fields: object) -> dict[str, Any]:
    said = {"message_id": 5, "date": 1, "chat": PRIVATE, "from": ADA, "text": "hi", **fields}
    return {"update_id": 9, "message": said}


def tapped(**fields: object) -> dict[str, Any]:
    said = {"message_id": 5, "chat": PRIVATE, "reply_markup": {"inline_keyboard": [[button("a", "Yes")]]}}
    query = {"id": "77", "from": ADA, "message": said, "data": "a", **fields}
    return {"update_id": 9, "callback_query": query}


def button(data: str, title: object) -> dict[str, object]:
    return {"text": title, "callback_data": data}


def test_an_update_goes_to_the_conversation_of_its_chat_and_person() -> None:
    (private,) = split(message(), username="demo_bot").conversations
    assert (private.account, private.group) == (ACCOUNT, group_of(ACCOUNT, "1111111"))
    assert private.updates == (
        {
            "correlation_id": correlation_id(ACCOUNT, "1111111.5"),
            "update": message(),
            "username": "demo_bot",
        },
    )
    (group,) = split(message(chat=GROUP)).conversations
    assert group.group == group_of(ACCOUNT, "-1001234567890.1111111")


def test_what_is_done_to_a_message_goes_where_the_message_went() -> None:
    edit = {"update_id": 10, "edited_message": message()["message"]}
    reaction = {"update_id": 11, "message_reaction": {"chat": PRIVATE, "message_id": 5, "user": ADA}}
    groups = {
        split(one).conversations[0].group
        for one in (message(), edit, reaction, tapped(), tapped(message=None), tapped(message={"chat": []}))
    }
    assert groups == {group_of(ACCOUNT, "1111111")}


def test_a_second_bot_is_another_account() -> None:
    (other,) = FRONT.split(webhook(message(), path="/telegram/99")).conversations
    assert other.account == "telegram:99"


@pytest.mark.parametrize("username", ["", "a b", "ä", "x" * 65, "<script>"])
def test_a_username_that_is_none_is_left_out(username: str) -> None:
    assert split(message(), username=username).conversations[0].updates[0]["username"] == ""


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"\xff\xfe",
        b"[]",
        b"5",
        b"null",
        b'{"object": "page"}',
        b"[" * 100_000,
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"update_id": 1, "message": {"a":' * 2000,
    ],
)
def test_what_is_no_update_raises_value_error_and_nothing_else(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of any kind
        split(body)


@pytest.mark.parametrize("number", [None, True, "9", 0, -1, 1.5, 2**63])
def test_an_update_without_a_number_is_set_aside(number: object) -> None:
    assert split(message() | {"update_id": number}).misfits == ("an update without a number",)


@pytest.mark.parametrize("chat", [None, [], "5", {}, {"id": "5"}, {"id": True}, {"id": 0}, {"id": 10**30}])
def test_a_message_without_a_chat_that_can_be_is_set_aside(chat: object) -> None:
    assert split(message(chat=chat)).misfits == ("message without chat",)
    found = split({"update_id": 9, "message_reaction": {"chat": chat, "user": ADA, "message_id": 5}})
    assert found.misfits == ("message_reaction without chat",)


def nested(levels: int) -> dict[str, Any]:
    lists: list[Any] = []
    for _ in range(levels):
        lists = [lists]
    return message(more=lists)


def test_what_is_nested_too_deeply_is_set_aside() -> None:
    assert split(nested(MAX_DEPTH + 1)).misfits == (TOO_DEEP,)
    assert split(nested(MAX_DEPTH - 3)).misfits == ()
    deep_tap = tapped(more=nested(MAX_DEPTH))
    assert split(deep_tap).answer, "the phone of the contact must not wait"


def test_an_update_that_concerns_no_person_is_an_event() -> None:
    poll = {"update_id": 9, "poll": {"id": "1"}}
    assert split(poll) == Split(events=({"account": ACCOUNT, "update": poll},))


# --- the answer to a tap ----------------------------------------------------------------------------------


def answer(update: object) -> Any:
    text = split(update).answer
    return json.loads(text) if text else None


def test_a_tap_is_answered_with_the_words_of_its_button() -> None:
    assert answer(tapped()) == {"method": "answerCallbackQuery", "callback_query_id": "77", "text": "Yes"}
    assert len(answer(tapped(message=keyboard(button("a", "é" * 300))))["text"]) == MAX_ANSWER


def keyboard(*buttons: object) -> dict[str, object]:
    return {"message_id": 5, "chat": PRIVATE, "reply_markup": {"inline_keyboard": [list(buttons)]}}


@pytest.mark.parametrize(
    "fields",
    [
        {"message": None},
        {"message": None, "inline_message_id": "x"},
        {"message": {"chat": PRIVATE, "message_id": 5, "date": 0}},
        {"message": keyboard(button("b", "No"))},
        {"message": keyboard(button("a", 5))},
        {"message": keyboard("odd", None)},
        {"message": {"reply_markup": {"inline_keyboard": "odd"}}},
        {"data": None, "game_short_name": "chess"},
        {"from": None, "message": None},
    ],
)
def test_any_tap_is_answered(fields: dict[str, object]) -> None:
    assert answer(tapped(**fields)) == {"method": "answerCallbackQuery", "callback_query_id": "77"}


def test_a_tap_that_is_set_aside_is_answered() -> None:
    found = split(tapped() | {"update_id": "odd"})
    assert found.misfits
    assert found.answer


def test_nothing_else_is_answered() -> None:
    assert answer(message()) is None
    assert answer(tapped(id=None)) is None
    assert answer(tapped(id="")) is None


# --- in the ingress ---------------------------------------------------------------------------------------


class Secret:
    """The secret of a bot."""

    def read(self) -> dict[str, str]:
        return SECRETS

    read_again = read


def ingress() -> tuple[Receiver, MemoryQueue, MemoryQueue, MemoryQuarantine]:
    inbound, events, quarantine = MemoryQueue(), MemoryQueue(), MemoryQuarantine()
    receiver = Receiver(
        front=FRONT,
        secrets=(Secret(),),
        inbound=inbound,
        events=events,
        bodies=JsonBodies(),
        quarantine=quarantine,
        meter=MemoryMeter(),
        clock=lambda: 1_800_000_000.0,
    )
    return receiver, inbound, events, quarantine


def test_what_cannot_be_understood_is_kept_whole_and_answered_200() -> None:
    """One update that fails would hold up its chat for a day."""
    for body in (b"odd", b"[" * 100_000, json.dumps(message(chat={})).encode()):
        receiver, inbound, events, quarantine = ingress()
        assert receiver.receive(webhook(body)).status == 200
        assert (quarantine.bodies, inbound.messages, events.messages) == ([body], [], [])


def test_the_answer_to_a_tap_is_in_the_body_of_the_200() -> None:
    receiver, inbound, _, _ = ingress()
    told = receiver.receive(webhook(tapped()))
    assert (told.status, told.type) == (200, "application/json")
    assert json.loads(told.body)["method"] == "answerCallbackQuery"
    assert len(inbound.messages) == 1


def test_the_same_update_again_is_the_same_message_of_the_queue() -> None:
    receiver, inbound, _, _ = ingress()
    for _ in range(2):
        assert receiver.receive(webhook(message())).status == 200
    assert len(inbound.messages) == 1


@pytest.mark.parametrize(
    ("path", "token"),
    [
        ("/telegram/123456", "wrong"),
        ("/telegram/123456", ""),
        ("/telegram/99", "right"),
        ("/telegram/", "right"),
    ],
)
def test_what_telegram_did_not_send_is_not_kept(path: str, token: str) -> None:
    receiver, inbound, events, quarantine = ingress()
    told = receiver.receive(webhook(message(), path=path, token=token))
    assert (told.status, told.body) == (401, "")
    assert [inbound.messages, events.messages, quarantine.bodies] == [[], [], []]


def test_a_secret_that_is_missing_proves_nothing() -> None:
    with pytest.raises(SettingsError):
        FRONT.is_genuine(webhook(message()), "", {"bot_token": "123456:secret"})


def test_a_bot_that_taps_is_no_contact_of_ours() -> None:
    """Telegram does not send it. It is queued all the same, because nothing of a webhook is dropped."""
    assert len(split(tapped(**{"from": BOT})).conversations) == 1
