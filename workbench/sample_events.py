"""The files under events/: what API Gateway and SQS give to each function.

They are for `make invoke` and `sam local invoke`. Webhooks are signed with the development secret, and show
the development token at Telegram.
`python -m rejoinder.workbench.sample_events` writes the files again.
"""

import hashlib
import hmac
import json
from pathlib import Path

from rejoinder.aws.stored.bodies import dump_update
from rejoinder.aws.stored.messages import dump_turn
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.aws.template_states import SYNC_EVENT
from rejoinder.model.contents import Image, Text
from rejoinder.model.files import File
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.model.own import Keep, Reminder
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import Inbound
from rejoinder.workbench.development import (
    APP_SECRET,
    DISPLAY_PHONE_NUMBER,
    PHONE_NUMBER_ID,
    SECOND_PHONE_NUMBER_ID,
    TELEGRAM_BOT_ID,
    TELEGRAM_BOT_USERNAME,
    TELEGRAM_SECRET_TOKEN,
    VERIFY_TOKEN,
    WABA_ID,
)
from rejoinder.workbench.function_events import AT, Json, as_json, request, sqs
from rejoinder.workbench.sample_updates import UPDATES

LONG_AGO = 1_700_000_000
"""The time of the late failure, in Unix seconds. It is long past, so the next attempt is due at once."""

ACCOUNT = f"whatsapp:{PHONE_NUMBER_ID}"
ADA_ID, ADA_PHONE = "US.10000000000000000001", "15550002001"
ADA: Json = {"profile": {"name": "Ada"}, "wa_id": ADA_PHONE, "user_id": ADA_ID}
MEDIA_ID = "700000000000001"
"""Meta's id of the picture that Ada sends."""

MENU_BYTES = b"\x89PNG\r\n\x1a\n"
"""The file of the bot that a message has. For `sender/file.json` it must be in the media bucket."""

MENU = File(
    key=f"bot/{hashlib.sha256(MENU_BYTES).hexdigest()}",
    name="menu.png",
    mime_type="image/png",
    size=len(MENU_BYTES),
    sha256=hashlib.sha256(MENU_BYTES).hexdigest(),
)
HIDDEN: Json = {"profile": {"name": "Noor", "username": "noor"}, "user_id": "US.10000000000000000002"}


def samples() -> dict[str, Json]:
    """Return each sample event by the name of its file under events/."""
    return {
        "ingress/text.json": _webhook(_change([ADA], [_text("wamid.text", "hi")])),
        "ingress/tap.json": _webhook(_change([ADA], [_tap("wamid.tap", "Opening hours")])),
        "ingress/edit.json": _webhook(_change([ADA], [_edit("wamid.edit"), _revoke("wamid.revoke")])),
        "ingress/advertisement.json": _webhook(_change([ADA], [_from_an_ad("wamid.ad", "hi")])),
        "ingress/no-phone-number.json": _webhook(_change([HIDDEN], [_hidden_text("wamid.hidden", "hi")])),
        "ingress/batch.json": _webhook(
            _change([ADA], [_text("wamid.b1", "hi"), _text("wamid.b2", "hours")]),
            _change([HIDDEN], [_hidden_text("wamid.b3", "hi")], statuses=[_status("delivered")]),
            _change([ADA], [_text("wamid.b4", "hi")], number=SECOND_PHONE_NUMBER_ID),
        ),
        "ingress/unknown.json": _webhook(
            _change([ADA], [{**_text("wamid.new", ""), "type": "hologram", "hologram": {"id": "1"}}]),
            {"field": "brand_new_field", "value": {"event": "SOMETHING"}},
        ),
        "ingress/status.json": _webhook(_change([], [], statuses=[_status("sent"), _status("read")])),
        "ingress/echo.json": _webhook(_aside("smb_message_echoes", "message_echoes", _echo())),
        "ingress/no-offers.json": _webhook(_aside("user_preferences", "user_preferences", _no_offers())),
        "ingress/unsigned.json": request("POST", body=b'{"object":"whatsapp_business_account"}'),
        "ingress/handshake.json": request(
            "GET",
            query={
                "hub.mode": "subscribe",
                "hub.challenge": "1158201444",
                "hub.verify_token": VERIFY_TOKEN,
            },
        ),
        **{f"ingress/telegram-{name}.json": _telegram_webhook(update) for name, update in UPDATES.items()},
        **{
            f"processor/telegram-{name}.json": sqs("inbound.fifo", _telegram(update))
            for name, update in UPDATES.items()
        },
        "processor/text.json": sqs("inbound.fifo", _inbound(_text("wamid.text", "hi"), ADA)),
        "processor/image.json": sqs("inbound.fifo", _inbound(_image("wamid.image"), ADA)),
        "processor/quote.json": sqs("inbound.fifo", _inbound(_quote("wamid.quote", "hi"), ADA)),
        "processor/no-phone-number.json": sqs(
            "inbound.fifo", _inbound(_hidden_text("wamid.hidden", "hi"), HIDDEN)
        ),
        "processor/reminder.json": sqs("inbound.fifo", _reminder()),
        "processor/keep.json": sqs("inbound.fifo", _keep()),
        "sender/turn.json": sqs("outbound.fifo", _turn(Text(body="Hello Ada!"))),
        "sender/file.json": sqs("outbound.fifo", _turn(Image(file=MENU))),
        "tracker/events.json": sqs(
            "events",
            _events(
                AT, {"status": _status("delivered")}, {"change": {"field": "account_alerts", "value": {}}}
            ),
        ),
        "tracker/template-paused.json": sqs("events", _events(AT, _template_paused())),
        "tracker/sync.json": {**SYNC_EVENT},
        "tracker/late-failure.json": sqs("events", _events(LONG_AGO, {"status": _late_failure()})),
    }


def _text(message_id: str, words: str) -> Json:
    return {
        "from": ADA["wa_id"],
        "from_user_id": ADA["user_id"],
        "id": message_id,
        "timestamp": str(AT),
        "type": "text",
        "text": {"body": words},
    }


def _hidden_text(message_id: str, words: str) -> Json:
    """Return a message of a contact whose phone number Meta hides: it has no key `from`."""
    message = _text(message_id, words) | {"from_user_id": HIDDEN["user_id"]}
    del message["from"]
    return message


def _tap(message_id: str, title: str) -> Json:
    reply = {"type": "button_reply", "button_reply": {"id": "go:hours", "title": title}}
    return _text(message_id, "") | {"type": "interactive", "interactive": reply}


def _edit(message_id: str) -> Json:
    edit = {"original_message_id": "wamid.text", "message": {"type": "text", "text": {"body": "hello"}}}
    return _text(message_id, "") | {"type": "edit", "edit": edit}


def _revoke(message_id: str) -> Json:
    return _text(message_id, "") | {"type": "revoke", "revoke": {"original_message_id": "wamid.text"}}


def _quote(message_id: str, words: str) -> Json:
    """Return a message that quotes the message of ours that the statuses are about."""
    return _text(message_id, words) | {"context": {"from": DISPLAY_PHONE_NUMBER, "id": "wamid.out"}}


def _from_an_ad(message_id: str, words: str) -> Json:
    referral = {
        "source_type": "ad",
        "source_id": "400000000000001",
        "source_url": "https://example.com/ad",
        "headline": "Chat with us",
        "ctwa_clid": "sample-click",
    }
    return _text(message_id, words) | {"referral": referral}


def _image(message_id: str) -> Json:
    image = {"id": MEDIA_ID, "mime_type": "image/jpeg", "sha256": "c2hhMjU2", "caption": "hi"}
    return _text(message_id, "") | {"type": "image", "image": image}


def _status(status: str) -> Json:
    return {
        "id": "wamid.out",
        "status": status,
        "timestamp": str(AT),
        "recipient_id": ADA["wa_id"],
        "recipient_user_id": ADA["user_id"],
        "biz_opaque_callback_data": "r1.rejoinder-local.samplekey.sampleturn-1.1",
        "pricing": {
            "billable": False,
            "pricing_model": "PMP",
            "type": "free_customer_service",
            "category": "service",
        },
    }


def _late_failure() -> Json:
    """Return a failed status: Meta accepted the message, and was too busy to deliver it later."""
    errors: list[Json] = [{"code": 130429, "title": "Rate limit hit"}]
    return _status("failed") | {"timestamp": str(LONG_AGO), "errors": errors}


def _template_paused() -> Json:
    """Return what Meta tells when contacts blocked the business after a template."""
    value: Json = {
        "event": "PAUSED",
        "message_template_id": 1689556908129833,
        "message_template_name": "order_update",
        "message_template_language": "en-US",
        "reason": "NONE",
        "message_template_category": "UTILITY",
        "other_info": {"title": "FIRST_PAUSE", "description": "It is paused for 3 hours."},
    }
    return {"id": WABA_ID, "time": AT, "change": {"field": "message_template_status_update", "value": value}}


def _echo() -> Json:
    """Return what a person of the business wrote to Ada from the phone that shares the number."""
    echo = _text("wamid.echo", "I take over")
    del echo["from_user_id"]
    return echo | {"from": DISPLAY_PHONE_NUMBER, "to": ADA["wa_id"]}


def _no_offers() -> Json:
    return {
        "wa_id": ADA["wa_id"],
        "user_id": ADA["user_id"],
        "detail": "User requested to stop marketing messages",
        "category": "marketing_messages",
        "value": "stop",
        "timestamp": AT,
    }


def _aside(field: str, items: str, item: Json) -> Json:
    """Return a change that concerns a contact and is not a message from the contact."""
    metadata = {"display_phone_number": DISPLAY_PHONE_NUMBER, "phone_number_id": PHONE_NUMBER_ID}
    return {"field": field, "value": {"messaging_product": "whatsapp", "metadata": metadata, items: [item]}}


def _change(
    contacts: list[Json],
    messages: list[Json],
    *,
    statuses: list[Json] | None = None,
    number: str = PHONE_NUMBER_ID,
) -> Json:
    metadata = {"display_phone_number": DISPLAY_PHONE_NUMBER, "phone_number_id": number}
    value: Json = {"messaging_product": "whatsapp", "metadata": metadata}
    value |= {"contacts": contacts, "messages": messages} if messages else {}
    value |= {"statuses": statuses} if statuses else {}
    return {"field": "messages", "value": value}


def _webhook(*changes: Json) -> Json:
    webhook = {"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "changes": list(changes)}]}
    body = json.dumps(webhook, separators=(",", ":")).replace("/", "\\/").encode()
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return request("POST", body=body, headers={"x-hub-signature-256": f"sha256={signature}"})


def _telegram_webhook(update: Json) -> Json:
    """Return what Telegram posts, as an HTTP API gives it to a function."""
    path = f"/telegram/{TELEGRAM_BOT_ID}"
    event = request(
        "POST",
        body=json.dumps(update, separators=(",", ":")).encode(),
        headers={"x-telegram-bot-api-secret-token": TELEGRAM_SECRET_TOKEN},
        query={"username": TELEGRAM_BOT_USERNAME},
        path=path,
    )
    return event | {"routeKey": "POST /telegram/{account}", "pathParameters": {"account": TELEGRAM_BOT_ID}}


ACCOUNT_OF_ADA = Account.parse(ACCOUNT)
ADA_NOW = Contact(id=ADA_ID, name="Ada", phone=ADA_PHONE, user_id=ADA_ID)


def _inbound(message: Json, contact: Json) -> Json:
    update = {"correlation_id": "sample", "message": message, "contact": contact}
    return as_json(JsonBodies().updates(ACCOUNT, AT, [json.dumps(update)]))


def _telegram(update: Json) -> Json:
    """Return an update of Telegram as the ingress queues it."""
    queued = {"correlation_id": "sample", "update": update, "username": TELEGRAM_BOT_USERNAME}
    return as_json(JsonBodies().updates(f"telegram:{TELEGRAM_BOT_ID}", AT, [json.dumps(queued)]))


def _events(received_at: float, *events: Json) -> Json:
    return as_json(JsonBodies().events("whatsapp", received_at, [json.dumps(event) for event in events]))


def _reminder() -> Json:
    """Return a wake-up as Scheduler puts it on the queue. The bot has a handler of this name."""
    inbound = Inbound(
        id="later-sampleturn-1",
        account=ACCOUNT_OF_ADA,
        contact=ADA_NOW,
        at=AT,
        content=Reminder(handler="hours", given={}),
    )
    return as_json(dump_update(inbound))


def _keep() -> Json:
    """Return what the processor queues for itself, when a bot with `keeps=Image` got a picture."""
    inbound = Inbound(
        id="keep-sample",
        account=ACCOUNT_OF_ADA,
        contact=ADA_NOW,
        at=AT,
        content=Keep(media=Image(media_id=MEDIA_ID, mime_type="image/jpeg")),
    )
    return as_json(dump_update(inbound))


def _turn(content: OutboundContent) -> Json:
    turn = TurnMessages(
        account=ACCOUNT_OF_ADA,
        contact=ADA_NOW,
        conversation_key="samplekey",
        correlation_id="sampleturn",
        read_id="wamid.text",
        window_closes_at=AT,
        messages=(Outbound(id="sampleturn-1", content=content),),
        asked_at=AT,
    )
    return as_json(dump_turn(turn))


def text_of(event: Json) -> str:
    """Return the text of a sample event's file."""
    return json.dumps(event, indent=2) + "\n"


if __name__ == "__main__":
    for name, event in samples().items():
        (Path("events") / name).write_text(text_of(event))
