"""What our own code of the sender and the tracker takes, for one message and for one status.

AWS and the network answer at once, and nothing is logged: `python -m rejoinder.workbench.bench.deliveries`.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from rejoinder import Text
from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.gates import GateTable
from rejoinder.aws.records import RecordTable
from rejoinder.aws.stored.bodies import read_events
from rejoinder.aws.stored.messages import dump_turn, read_turn
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channels import channel_named, channel_of
from rejoinder.model.delivery import Attempt, Callback
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.model.people import Account, Contact
from rejoinder.ports import Meter
from rejoinder.services.allowed import Allowed
from rejoinder.services.deliver import Sender
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.template_news import TemplateNews
from rejoinder.services.track import Tracker
from rejoinder.testing.memory import (
    MemoryAccountEvents,
    MemoryMeter,
    MemoryOutbox,
    MemoryTemplateStates,
    MemoryUpdates,
)
from rejoinder.testing.memory_files import MemoryUploads, memory_uploader

USER_ID = "US.13491208655302741918"
OUTBOUND_ID = "bldl5tlriwxxxohzw6s3ro3nct-1"
OUR_WAMID = "wamid.HBgLMTU1NTAwMDIwMDEVAgARGBJBMUIyQzNENEU1RjZBN0I4QzIA"
TURN = TurnMessages(
    account=Account(channel="whatsapp", id="106540352242922"),
    contact=Contact(id=USER_ID, name="Ada Lovelace", phone="15550002001", user_id=USER_ID),
    conversation_key="g5rlpaschcfkllbuel5xr4iefw",
    correlation_id="bldl5tlriwxxxohzw6s3ro3nct",
    read_id="wamid.HBgLMTU1NTAwMDIwMDEVAgASGBQzQTAwMDAwMDAwMDAwMDAwMDAwMgA=",
    window_closes_at=float("inf"),
    messages=(Outbound(id=OUTBOUND_ID, content=Text(body="We open at nine. " * 5)),),
)
CALLBACK = Callback(
    stack="rejoinder-dev",
    attempt=Attempt(conversation_key=TURN.conversation_key, outbound_id=OUTBOUND_ID, number=1),
).encode()


class StubTable:
    """A client of DynamoDB whose table is empty and takes everything."""

    def get_item(self, **_: object) -> dict[str, Any]:
        return {}

    def update_item(self, **_: object) -> dict[str, Any]:
        return {}


class StubNetwork:
    """The port `Network`, where every message is accepted."""

    def send(self, *_: object, quote: str = "") -> str:  # noqa: ARG002 - as the port has it
        return OUR_WAMID

    def mark_read(self, *_: object) -> None: ...

    def show_typing(self, *_: object) -> None: ...


def sender(meter: Meter | None = None) -> Callable[[], object]:
    """Return what delivers the body of a queue message: a turn with one text."""
    client: Any = StubTable()
    sender = Sender(
        stack="rejoinder-dev",
        rules_of=channel_of,
        network=StubNetwork(),
        uploader=memory_uploader(),
        allowed=Allowed(
            states=MemoryTemplateStates(),
            consents=ConversationTable(client, "table"),
            owner_of=lambda _account: "owner",
        ),
        records=RecordTable(client, "table"),
        windows=ConversationTable(client, "table"),
        gatekeeper=Gatekeeper(GateTable(client, "table"), meter or MemoryMeter()),
        updates=MemoryUpdates(),
        meter=meter or MemoryMeter(),
        clock=time.time,
        has_time=lambda _: True,
    )
    body = dump_turn(TURN)
    return lambda: sender.deliver(read_turn(body))


def tracker(step: str, meter: Meter | None = None) -> Callable[[], object]:
    """Return what tracks the body of a queue message: one status of Meta."""
    client: Any = StubTable()
    tracker = Tracker(
        stack="rejoinder-dev",
        records=RecordTable(client, "table"),
        outbox=MemoryOutbox(),
        uploads=MemoryUploads(),
        gatekeeper=Gatekeeper(GateTable(client, "table"), meter or MemoryMeter()),
        updates=MemoryUpdates(),
        templates=TemplateNews(
            states=MemoryTemplateStates(),
            updates=MemoryUpdates(),
            meter=meter or MemoryMeter(),
            owner_of=lambda _account: "owner",
        ),
        account_events=MemoryAccountEvents(),
        meter=meter or MemoryMeter(),
        clock=time.time,
    )
    status = {
        "id": OUR_WAMID,
        "status": step,
        "timestamp": "1790002004",
        "recipient_id": TURN.contact.phone,
        "recipient_user_id": USER_ID,
        "biz_opaque_callback_data": CALLBACK,
        "pricing": {"billable": True, "pricing_model": "PMP", "category": "service", "type": "regular"},
    }
    body = JsonBodies().events("whatsapp", 1790002005.5, [json.dumps({"status": status})])

    def track() -> None:
        events = read_events(body)
        channel = channel_named(events.channel)
        tracker.track_all([channel.parse_event(one, received_at=events.received_at) for one in events.events])

    return track
