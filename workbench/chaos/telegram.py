"""The contacts of a drill who are on Telegram: what they write on the wire, and what arrives at them."""

import hashlib
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import httpx

from rejoinder.workbench.chaos.plan import Update, talk_of
from rejoinder.workbench.chaos.tally import ANSWER, NUMBERED, Acceptance, outbound_id_of
from rejoinder.workbench.development import TELEGRAM_BOT_ID
from rejoinder.workbench.stack import LocalStack
from rejoinder.workbench.telegram.api import BotApi
from rejoinder.workbench.telegram.webhooks import set_webhook

Json = dict[str, Any]

CHANNEL = "telegram"


def make_known(stack: LocalStack, updates: Iterable[Update]) -> None:
    """Let each contact on Telegram write to the bot once, and tell nobody of it: it may answer only then."""
    people = dict.fromkeys(one.contact for one in updates if one.channel == CHANNEL)
    webhook = set_webhook(stack.telegram_webhook_url, stack.telegram_secret_token)
    with (
        BotApi(stack.telegram_url, stack.telegram_bot_token) as api,
        httpx.Client(base_url=stack.simulator_url, timeout=60, trust_env=False) as client,
    ):
        api.call(webhook.method, **{**webhook.parameters, "allowed_updates": ["poll"]})
        for person in people:
            order = {"channel": CHANNEL, "from": person, "text": "/start"}
            client.post("/sim/say", json=order).raise_for_status()
        webhook.make(api)


def body_of(update: Update) -> Json:
    """Return the webhook with an update, sent now."""
    person = {"id": int(update.contact), "first_name": "Ada"}
    chat, _, number = update.id.partition(".")
    message = {
        "message_id": int(number),
        "from": {**person, "is_bot": False},
        "chat": {**person, "id": int(chat), "type": "private"},
        "date": int(time.time()),
        "text": update.text,
    }
    return {"update_id": int(update.contact) % 10**7 * 1000 + update.place, "message": message}


def acceptances(
    stack: LocalStack, updates: Sequence[Update], put_back: Collection[str]
) -> Iterator[Acceptance]:
    """Yield the messages that Telegram accepted, oldest first.

    Telegram gives no callback data back. So a message is known by its words: each answer has the words of its
    update, and the apologies of a conversation are those of its updates in `put_back`, in order.
    """
    answer = httpx.get(
        f"{stack.simulator_url}/sim/sent", params={"channel": CHANNEL}, timeout=60, trust_env=False
    )
    its = {(one.talk, one.text): one for one in updates}
    sorry: dict[str, list[Update]] = defaultdict(list)
    for one in sorted((one for one in updates if one.id in put_back), key=lambda one: one.place):
        sorry[one.talk].append(one)
    for line in answer.raise_for_status().json():
        talk, text = talk_of(TELEGRAM_BOT_ID, str(line["contact"])), str(line["text"])
        yield Acceptance(
            contact=talk,
            text=text,
            file=_file(stack, line),
            outbound_id=_outbound_id(talk, text, its, sorry.get(talk, [])),
            attempt=0,
        )


def _outbound_id(talk: str, text: str, its: Mapping[tuple[str, str], Update], sorry: list[Update]) -> str:
    numbered = NUMBERED.fullmatch(text)
    if numbered:
        update = its.get((talk, numbered[3]))
        return outbound_id_of(update, int(numbered[2] or ANSWER) + 1) if update else ""
    if not sorry:
        return ""
    return outbound_id_of(sorry.pop(0) if len(sorry) > 1 else sorry[0], 0)


def _file(stack: LocalStack, line: Json) -> str:
    """Return the SHA-256 of the file in a message; empty when it has none."""
    content = line["message"].get(line["kind"])
    one = content[-1] if isinstance(content, list) and content else content  # a photo has several sizes
    file_id = one.get("file_id") if isinstance(one, dict) else None
    if not file_id:
        return ""
    found = httpx.get(f"{stack.simulator_url}/sim/files/{file_id}", timeout=60, trust_env=False)
    return hashlib.sha256(found.raise_for_status().content).hexdigest()
