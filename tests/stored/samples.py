"""One value of each stored shape. Every field is filled. Every kind of content, entry and step is used."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rejoinder.aws.stored import at_gate, bodies, conversations, items, links, messages, talks, updates
from rejoinder.aws.stored.fields import loads
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.file_ports import Uploaded
from rejoinder.model.answers import CallPermission, Payment, PaymentMethod, ProductInquiry
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    FormReply,
    Image,
    Location,
    MessageError,
    Order,
    OrderItem,
    PostalAddress,
    Reaction,
    Sticker,
    System,
    Tap,
    Text,
    Unsupported,
    Video,
)
from rejoinder.model.context import Quoted, Referral, ReferredProduct
from rejoinder.model.conversation import Conversation, TakenOver
from rejoinder.model.delivery import MessageRecord, Step
from rejoinder.model.files import File
from rejoinder.model.gate import Gate, LetThrough, Waiter, WatchGate
from rejoinder.model.links import LinkCode, Linked
from rejoinder.model.marker import Marker
from rejoinder.model.messages import Outbound, Policy, TurnMessages
from rejoinder.model.own import (
    ConsentTold,
    Delivered,
    Echo,
    Failed,
    Gathered,
    Hold,
    HoldOver,
    Keep,
    LinkTold,
    Preference,
    Read,
    Release,
    Reminder,
    RetentionOver,
    TemplateChanged,
    TimeUp,
)
from rejoinder.model.people import Account, Contact
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import (
    Album,
    Button,
    Buttons,
    Card,
    Carousel,
    LinkButton,
    List,
    OutboundContent,
    Row,
    Section,
    Template,
)
from rejoinder.model.selling import (
    Catalog,
    OrderDetails,
    OrderLine,
    OrderStatus,
    Product,
    ProductList,
    ProductSection,
)
from rejoinder.model.spoken import Deleted, Edited, Several
from rejoinder.model.talk import Answered, Asked, Journal, Planned, Said, StepDone, TimeRead
from rejoinder.model.template_state import TemplateState
from rejoinder.model.templates import (
    CallTime,
    CatalogPicture,
    CopyCode,
    FormStart,
    LinkEnd,
    Moment,
    Money,
    ProductChoice,
    TapId,
    TemplateCard,
)
from rejoinder.model.updates import GroupMessage, Inbound, InboundContent, WakeUp

ACCOUNT = Account(channel="whatsapp", id="100000000000001")
ADA = Contact(
    id="US.1",
    name="Ada \ud83d",
    phone="15550002001",
    user_id="US.1",
    former_ids=("US.0",),
    former_phones=("15550002000",),
)
FILE: dict[str, Any] = {"media_id": "m", "mime_type": "image/jpeg", "sha256": "00", "caption": "look"}
TEMPLATE = Template(name="still_there", language="en_US", parameters=("Ada", "7"))
NAMED = Template(name="hello", language="de", parameters={"name": "Ada"})
BUTTONS = Buttons(body="Sure?", buttons=(Button(id="go:yes#0", title="Yes"),), header="One", footer="Two")
LIST = List(
    body="Which?",
    button="Choose",
    sections=(Section(title="All", rows=(Row(id="q:1:1", title="One", description="first"),)),),
    header="One",
    footer="Two",
)
CARD = ContactCard(name="Bob", phones=("+1 555",), further=(ContactCard(name="Cleo"),))
ITEM = OrderItem(product_id="p", quantity=2, price=3.5, currency="EUR")
CONTENTS: tuple[InboundContent, ...] = (
    Text(body="hi"),
    Tap(id="go:hours#1", title="Hours"),
    Image(**FILE),
    Video(**FILE),
    Audio(**FILE, voice=True),
    Document(**FILE, filename="a.pdf"),
    Sticker(**FILE, animated=True),
    Location(latitude=52.5, longitude=13.4, name="Here", address="Street 1"),
    CARD,
    Reaction(message_id="wamid.0", emoji=None),
    Order(catalog_id="c", items=(ITEM,), text="please"),
    FormReply(name="flow", response="{}"),
    System(event="user_changed_number"),
    Unsupported(type="poll", reason="new"),
    Reminder(handler="remind", given={"table": 4}),
    TimeUp(question="key"),
    *(Failed(outbound_id="o-1", content=said, code=131047, reason="why") for said in (BUTTONS, LIST, NAMED)),
    Echo(),
    Release(),
    Preference(value="stop"),
)


def update_of(content: InboundContent, number: int = 1) -> Inbound:
    """Return an update with that content."""
    return Inbound(
        id=f"wamid.{number}",
        account=ACCOUNT,
        contact=ADA,
        at=1_800_000_000.5,
        content=content,
        reply_to="wamid.0",
        conversation_key="key",
    )


UPDATES = tuple(update_of(content, number) for number, content in enumerate(CONTENTS))
ERROR = MessageError(code=131051, title="Message type unknown", details="It is not supported.")
REFERRAL = Referral(
    source_type="ad",
    source_id="1",
    source_url="https://example.com/ad",
    headline="Soup",
    body="Hot soup",
    ctwa_clid="c",
    media_type="video",
    media_url="https://example.com/video",
    thumbnail_url="https://example.com/thumbnail",
    ref="summer",
    welcome_text="Hello!",
)
WIRE: tuple[InboundContent, ...] = (
    Edited(message_id="wamid.0", content=Text(body="four")),
    Deleted(message_id="wamid.0"),
    Echo(content=Text(body="I take over")),
    Unsupported(type="unsupported", reason="edit", errors=(ERROR,), spoken=False),
    ContactCard(name="", phones=("1",), origin="contact_request", vcard="BEGIN:VCARD"),
    Order(catalog_id="", items=(replace(ITEM, price=None),), left_out=1),
)
INBOUND: tuple[InboundContent, ...] = (
    Tap(id="row", title="Row", description="by the window"),
    Location(latitude=52.5, longitude=13.4, url="https://example.com"),
    ContactCard(
        name="Dora Doe",
        first_name="Dora",
        last_name="Doe",
        middle_name="D.",
        prefix="Dr.",
        suffix="Jr.",
        organization="Clinic",
        department="X-rays",
        title="Head",
        birthday="1990-12-31",
        emails=("dora@example.com",),
        urls=("https://example.com",),
        addresses=(
            PostalAddress(
                street="Street 1",
                city="Town",
                state="CA",
                zip="1",
                country="Spain",
                country_code="es",
                type="HOME",
            ),
        ),
    ),
    FormReply(name="flow", response="{}", body="Sent"),
    System(event="user_changed_number", body="They changed it"),
    CallPermission(granted=True, is_permanent=True, ends_at=1_800_000_000.0, source="user_action"),
    ProductInquiry(product_id="p", catalog_id="c", title="Soup"),
    PaymentMethod(method="card", reference_id="o", last_digits="1234", credential_id="c", chosen_at=1.5),
    Payment(
        reference_id="o",
        status="captured",
        amount=Decimal("210.50"),
        currency="INR",
        receipt="r",
        transaction_id="t",
        transaction_status="success",
        provider="razorpay",
        method="upi",
        error="e",
        refunded=Decimal("0.10"),
    ),
    GroupMessage(sender=ADA, content=Text(body="hi all")),
)
SEVERAL = Several(contents=(Text(body="hi"), Image(**FILE)))
WIRE_UPDATES = tuple(update_of(content, number) for number, content in enumerate(WIRE))
AROUND = replace(
    update_of(Text(body="hi")),
    contact=replace(ADA, username="ada.l"),
    quoted=Quoted(outbound_id="o-1", content=BUTTONS),
    referral=REFERRAL,
    product=ReferredProduct(product_id="p", catalog_id="c"),
    forwarded=True,
    forwarded_often=True,
    raw={"type": "text"},
)
KEPT = File(key="contacts/key/1", name="a.jpg", mime_type="image/jpeg", size=1200, sha256="00" * 32)
PICTURE = Image(KEPT, media_id="m", caption="look")
FILM = Video("https://example.com/film.mp4")
FULL_CARD = ContactCard(
    name="Dr. Ada King Lovelace Jr.",
    first_name="Ada",
    last_name="Lovelace",
    middle_name="King",
    prefix="Dr.",
    suffix="Jr.",
    organization="Engines",
    department="Analysis",
    title="Author",
    birthday="1815-12-10",
    emails=("ada@example.com",),
    urls=("https://example.com",),
    addresses=(
        PostalAddress(
            street="Street 1",
            city="London",
            state="London",
            zip="N1",
            country="United Kingdom",
            country_code="gb",
            type="HOME",
        ),
    ),
    phones=("+1 555",),
    further=(CARD,),
)
BILL = OrderDetails(
    body="Your bill",
    reference_id="r-1",
    lines=(
        OrderLine(
            product_id="p", name="Bread", price=Decimal("2.50"), quantity=2, sale_price=Decimal("2.00")
        ),
    ),
    currency="INR",
    goods="digital-goods",
    tax=Decimal("0.40"),
    shipping=Decimal("1.00"),
    discount=Decimal("0.10"),
    payment={"payment_type": "upi", "payment_configuration": "c"},
    header=FILM,
    footer="Two",
)
SAID: tuple[OutboundContent, ...] = (
    Text(body="https://example.com", preview=True),
    PICTURE,
    replace(FILM, caption="look"),
    Audio(KEPT, voice=True),
    Document(KEPT, filename="a.pdf", caption="look"),
    Sticker(KEPT, animated=True),
    Location(latitude=52.5, longitude=13.4, name="Here", address="Street 1"),
    FULL_CARD,
    Reaction(message_id="wamid.0", emoji="\N{THUMBS UP SIGN}"),
    replace(BUTTONS, header=replace(PICTURE, caption="")),
    LIST,
    TEMPLATE,
    LinkButton(body="Read on", title="Open", url="https://example.com", header=FILM, footer="Two"),
    LocationRequest(body="Where?"),
    ContactRequest(body="Which number?"),
    CallRequest(body="May we call?"),
    CallButton(body="Call us", title="Call", minutes=60, payload="p"),
    Form(
        body="Fill it in",
        button="Open",
        id="1",
        screen="FIRST",
        data={"days": ["Mon", "Tue"]},
        token="t",
        is_draft=True,
        header="One",
        footer="Two",
    ),
    Product(catalog_id="c", product_id="p", body="This one", footer="Two"),
    ProductList(
        catalog_id="c",
        header="One",
        body="These",
        sections=(ProductSection(title="All", product_ids=("p", "q")),),
        footer="Two",
    ),
    Catalog(body="All of it", product_id="p", footer="Two"),
    Carousel(
        body="Look",
        cards=(
            Card(header=PICTURE, body="First", title="Open", url="https://example.com/1"),
            Card(header=FILM, body="Second", buttons=(Button(id="2", title="Take"),)),
            Card(catalog_id="c", product_id="p"),
        ),
    ),
    AddressRequest(
        body="Where to?",
        country="IN",
        values={"city": "Delhi"},
        errors={"in_pin_code": "unknown"},
        header="One",
        footer="Two",
    ),
    BILL,
    OrderStatus(body="On its way", reference_id="r-1", status="shipped", description="Today"),
)
"""One of each kind that a bot may say, with every field filled."""
SEEN = replace(PICTURE, caption="")
FULL_TEMPLATE = Template(
    name="offer",
    language="en_US",
    parameters=(
        "Ada",
        Money(text="$100.99", currency="USD", amount=Decimal("100.99")),
        Moment(text="Friday", at=datetime(2027, 2, 26, 15, 33)),  # noqa: DTZ001 - a time on the wall
    ),
    header=SEEN,
    buttons=(
        None,
        LinkEnd("42"),
        TapId("take"),
        CopyCode("25OFF"),
        FormStart(token="t", data={"days": ["Mon"]}),
        CatalogPicture("p"),
        ProductChoice(product_id="p", sections=(ProductSection(title="All", product_ids=("p", "q")),)),
        CallTime(minutes=60, payload="p"),
    ),
    cards=(
        TemplateCard(header=SEEN, parameters=("First",), buttons=(TapId("1"), LinkEnd("1"))),
        TemplateCard(header=FILM, parameters={"name": "Second"}),
    ),
    offer_ends_at=datetime(2027, 1, 1, tzinfo=UTC),
    order=OrderStatus(reference_id="r-1", status="shipped", description="Today"),
    link="https://example.com",
    link_title="Open",
)
"""A template with all that no other one has at once."""
TEMPLATES = (
    FULL_TEMPLATE,
    Template(name="named", language="en", parameters={"day": "Monday"}, header="June", header_name="month"),
    Template(name="place", language="en", header=Location(latitude=52.5, longitude=13.4, name="Here")),
    Template(
        name="product",
        language="en",
        header=Product(catalog_id="c", product_id="p"),
        order=replace(BILL, body="", header="", footer=""),
    ),
)
"""Templates that carry more than the words of their bodies."""
LEARNT: tuple[InboundContent, ...] = (
    Delivered(outbound_id="o-1", content=BUTTONS),
    Read(outbound_id="o-1", content=PICTURE),
    Keep(media=Image(**FILE)),
    FULL_CARD,
)
TRACKED = tuple(update_of(content, number) for number, content in enumerate(LEARNT))
TURN = TurnMessages(
    account=ACCOUNT,
    contact=ADA,
    conversation_key="key",
    correlation_id="correlation",
    read_id="wamid.1",
    window_closes_at=float("inf"),
    messages=(
        Outbound(id="correlation-1", content=Text(body="hello"), outside_window=TEMPLATE),
        Outbound(id="correlation-2", content=BUTTONS, policy=Policy.AT_MOST_ONCE),
        Outbound(id="correlation-3", content=NAMED, instead_of=LIST),
    ),
    reports_failure=True,
    again=2,
)
WAITING = replace(
    TURN,
    read_id="",
    window_closes_at=1_800_000_000.0,
    messages=(Outbound(id="correlation-4", content=Text(body="later"), waits_until=1_800_000_100.0),),
)
HELD: tuple[InboundContent, ...] = (Hold(turn=WAITING), HoldOver(outbound_id="correlation-4"))
JOURNAL = Journal(
    handler="book",
    message=UPDATES[0],
    number=1,
    restarts=2,
    data={"visits": 1},
    language="de",
    given={"day": "today"},
    entries=(
        Said(),
        TimeRead(name="window", at=float("inf")),
        StepDone(name="pay", result='{"paid": true}', arguments="3f"),
        Planned(name="remind", arguments="4e"),
        Answered(name="str", content=Text(body="Ada"), at=1_800_000_000.0),
        Answered(
            name="choices",
            content=CONTENTS[1],
            at=1_800_000_010.5,
            value='["Tea", 0, ["Tea", "Coffee"]]',
            data={"visits": 2},
            removed=("draft",),
            language="fr",
        ),
        Answered(name="int", content=CONTENTS[15], at=1_800_000_020.0, gave_up="timeout"),
        Asked(
            name="choices",
            at=1_800_000_030.0,
            repeated_at=1_800_000_040.0,
            shown=("Yes", "No"),
            numbered=True,
            messages=("correlation-1", "correlation-2"),
            has_template=True,
            wrong=1,
            wrong_id="wamid.9",
        ),
    ),
    kept=(StepDone(name="book", result="5", arguments="2a"), Planned(name="remind", arguments="1b")),
)
WAKE_UPS = (WakeUp(at=1_800_000_060.0, inbound=update_of(CONTENTS[14])),)
CONVERSATION = Conversation(
    key="key",
    contact_ids=("US.1", "15550002001"),
    contact=ADA,
    contact_at=1.5,
    user_id="US.1",
    data={"visits": 1},
    journal=JOURNAL,
    language="de",
    handoff=True,
    missed=UPDATES[:2],
    opted_out=True,
    wished_at=2.5,
    spoken_at=3.5,
    window_closes_at=4.5,
    begun_at=0.5,
    former_keys=("other",),
    taken_over={"15550002001": TakenOver(at=5.5, user_id="US.9")},
)
LINKED = tuple(
    Linked(account=Account(channel=channel, id="7"), contact_id="US.111", conversation_key=channel)
    for channel in ("telegram", "whatsapp")
)

CONSENT = ConsentEntry(
    purpose=Purpose.MARKETING,
    given=True,
    at=1_800_000_000.5,
    by="import",
    source="paper form",
    message_id="m",
)
MARKER = Marker(
    state="parked",
    conversation_key="key",
    tries=3,
    parked_at=6.5,
    cause="KeyError at bot.py:7",
    messages=TURN,
    wake_ups=WAKE_UPS,
    steps={"step": '"done"'},
)
RECORD = MessageRecord(
    steps={1: {Step.SENDING: 1.5, Step.REFUSED: 2.5}, 2: dict.fromkeys(Step, 3.5)}, turn=TURN
)
GATE = Gate(why=190, closed_at=6.5, probe_at=7.5, probes=2, watched_at=8.5, opened_at=9.5)


def _record_item(record: MessageRecord) -> items.Item:
    times = {
        items.step_attribute(attempt, step): {"N": str(at)}
        for attempt, reached in record.steps.items()
        for step, at in reached.items()
    }
    return {
        "format": items.format_attribute("record"),
        "turn": {"S": messages.dump_turn(record.turn or TURN)},
        **times,
    }


_CHANGED = TemplateChanged(
    name="order_update",
    language="en_US",
    what="status",
    before="approved",
    now="paused",
    reason="FIRST_PAUSE",
)
TEMPLATE_CHANGES = tuple(
    replace(update_of(content, number), contact=Contact.of_business("102290129340398"), conversation_key="")
    for number, content in enumerate(
        (_CHANGED, TemplateChanged(name="order_update", language="en_US", what="components"))
    )
)
TEMPLATE_STATE = TemplateState(
    name="order_update",
    language="en_US",
    status="paused",
    category="utility",
    quality="red",
    reason="FIRST_PAUSE",
    template_id="7",
    status_at=1_800_000_000.0,
    category_at=1_799_999_999.5,
    quality_at=1_799_999_998.0,
    components_at=1_799_999_997.0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How one shape is written and read: as JSON text, or as the JSON of an item."""

    dump: Callable[[Any], str]
    read: Callable[[str], Any]
    value: object
    """What is written and read."""
    added: Mapping[str, object] = field(default_factory=dict)
    """More values of the same format, with fields or kinds that came later, each under a short name."""

    def of(self, name: str) -> object:
        """Return the value with that name; the first one for an empty name."""
        return self.added[name] if name else self.value


def _never(account: Account, update: object, *, received_at: float) -> Inbound:
    assert update == {"id": "wamid.1"}
    return update_of(Text(body=str(account)), int(received_at))


SHAPES: dict[str, Shape] = {
    "contact": Shape(
        dump=lambda contact: json.dumps(messages.contact_as_json(contact)),
        read=lambda text: messages.contact_from_json(loads("contact", text)),
        value=ADA,
        added={"username": replace(ADA, username="ada.l")},
    ),
    "update": Shape(
        dump=updates.dump_updates,
        read=updates.read_updates,
        value=UPDATES,
        added={
            "wire": (*WIRE_UPDATES, replace(AROUND, raw={})),
            "inbound": (
                *(update_of(content, number) for number, content in enumerate(INBOUND)),
                replace(
                    update_of(Image(**FILE)),
                    contact=replace(ADA, parent_user_id="US.ENT.1", identity_hash="h"),
                    errors=(replace(ERROR, message="More"),),
                ),
            ),
            "gathered": (update_of(Gathered()), replace(update_of(SEVERAL), newest_id="wamid.2")),
            "tracked": TRACKED,
            "held": tuple(update_of(content, number) for number, content in enumerate(HELD)),
            "retention_over": (update_of(RetentionOver()),),
            "template_changes": TEMPLATE_CHANGES,
            "linked": (
                update_of(LinkTold(linked=LINKED, consent=(replace(CONSENT, told_to="telegram:7"),))),
            ),
            "album": (replace(update_of(Image(**FILE)), album="13900000000000001"),),
            "consent": tuple(
                update_of(ConsentTold(purpose=one, given=False, by="import", source="paper form"))
                for one in Purpose
            ),
        },
    ),
    "turn": Shape(
        dump=messages.dump_turn,
        read=messages.read_turn,
        value=TURN,
        added={
            "waiting": WAITING,
            "said": replace(
                TURN,
                messages=tuple(
                    Outbound(id=f"correlation-{number}", content=content, quote="wamid.1", track=True)
                    for number, content in enumerate(SAID, 1)
                ),
            ),
            "album": replace(
                TURN,
                messages=(Outbound(id="correlation-1", content=Album(PICTURE, replace(FILM, caption=""))),),
            ),
            "asked": replace(TURN, asked_at=1_800_000_000.0),
            "words_of": replace(
                TURN,
                messages=(
                    Outbound(
                        id="correlation-1",
                        content=Text(body="An offer"),
                        words_of=Template("sale", language="en", category="marketing"),
                    ),
                ),
            ),
            "templates": replace(
                TURN,
                messages=tuple(
                    Outbound(id=f"correlation-{number}", content=content, outside_window=content)
                    for number, content in enumerate(TEMPLATES, 1)
                ),
            ),
        },
    ),
    "journal": Shape(
        dump=talks.dump_talk,
        read=talks.read_talk,
        value=JOURNAL,
        added={
            "free": replace(
                JOURNAL,
                entries=(TimeRead(name="window", at=1.5, free_until=2.5), JOURNAL.entries[-1]),
            )
        },
    ),
    "wake_up": Shape(dump=updates.dump_wake_ups, read=updates.read_wake_ups, value=WAKE_UPS),
    "conversation": Shape(
        dump=lambda conversation: json.dumps(conversations.dump_conversation(conversation)),
        read=lambda text: conversations.read_conversation("key", json.loads(text)),
        value=CONVERSATION,
        added={
            "gathered": replace(CONVERSATION, gathered=WIRE_UPDATES),
            "waiting": replace(CONVERSATION, waiting=(WAITING, TURN), entered_at=1.5, free_until=2.5),
            "behind": replace(CONVERSATION, behind="update-1"),
            "ends": replace(CONVERSATION, ends_at=1_800_000_000.0),
            "stays": replace(
                CONVERSATION, opted_out=True, ends_at=1_800_000_000.0, looked_at=1_800_000_001.0
            ),
            "linked": replace(CONVERSATION, linked=LINKED, wrong_codes=(1.5, 2.0)),
            "consent": replace(
                CONVERSATION,
                consent={
                    one: replace(CONSENT, purpose=one, given=not number) for number, one in enumerate(Purpose)
                },
            ),
        },
    ),
    "marker": Shape(
        dump=lambda marker: json.dumps(items.dump_marker(marker)),
        read=lambda text: items.read_marker(json.loads(text)),
        value=MARKER,
        added={
            "released": replace(MARKER, released=(WAITING, WAITING)),
            "talk": replace(MARKER, talk=JOURNAL, was_first=True),
        },
    ),
    "record": Shape(
        dump=lambda record: json.dumps(_record_item(record)),
        read=lambda text: items.read_record(json.loads(text)),
        value=RECORD,
    ),
    "network_id": Shape(
        dump=lambda outbound_id: json.dumps(
            {"format": items.format_attribute("network_id"), "outbound_id": {"S": outbound_id}}
        ),
        read=lambda text: items.read_network_id(json.loads(text)),
        value="correlation-1",
    ),
    "upload": Shape(
        dump=lambda uploaded: json.dumps(items.dump_upload(uploaded)),
        read=lambda text: items.read_upload(json.loads(text)),
        value=Uploaded(media_id="m", ends_at=10.5),
    ),
    "template_state": Shape(
        dump=lambda state: json.dumps(items.dump_template_state(state)),
        read=lambda text: items.read_template_state(json.loads(text)),
        value=TEMPLATE_STATE,
    ),
    "consent": Shape(
        dump=lambda entry: json.dumps(conversations.dump_consent(entry)),
        read=lambda text: conversations.read_consent(json.loads(text)),
        value=CONSENT,
        added={"linked": replace(CONSENT, told_to="telegram:7")},
    ),
    "link": Shape(
        dump=lambda code: json.dumps(links.dump_code(code)),
        read=lambda text: links.read_code(json.loads(text)),
        value=LinkCode(owner=LINKED[0], ends_at=1.5),
        added={"claimed": LinkCode(owner=LINKED[1], ends_at=1.5, claimed_by="key")},
    ),
    "gate": Shape(
        dump=lambda gate: json.dumps(at_gate.dump_gate(gate)),
        read=lambda text: at_gate.read_gate(json.loads(text)),
        value=GATE,
    ),
    "waiting_turn": Shape(
        dump=lambda turn: json.dumps(at_gate.dump_waiting_turn(turn)),
        read=lambda text: at_gate.read_waiting_turn(json.loads(text)),
        value=TURN,
    ),
    "waiter": Shape(
        dump=lambda waiter: json.dumps(at_gate.dump_waiter(waiter) | {"sk": {"S": "key"}}),
        read=lambda text: at_gate.read_waiter(json.loads(text)),
        value=Waiter(conversation_key="key", let_at=8.5),
    ),
    "errand": Shape(
        dump=at_gate.dump_errand,
        read=at_gate.read_outbound,
        value=LetThrough(account=ACCOUNT, conversation_key="key"),
        added={"watch": WatchGate(account=ACCOUNT)},
    ),
    "alias": Shape(
        dump=lambda key: json.dumps(conversations.dump_alias(key)),
        read=lambda text: conversations.read_alias(json.loads(text)),
        value="key",
    ),
    "inbound_body": Shape(
        dump=lambda _: JsonBodies().updates(str(ACCOUNT), 8.5, ['{"id": "wamid.1"}']),
        read=lambda text: bodies.read_updates(text, _never),
        value=[update_of(Text(body=str(ACCOUNT)), 8)],
    ),
    "events_body": Shape(
        dump=lambda _: JsonBodies().events("whatsapp", 9.5, ['{"status": {}}']),
        read=bodies.read_events,
        value=bodies.Events(channel="whatsapp", received_at=9.5, events=({"status": {}},)),
    ),
    "own_body": Shape(
        dump=bodies.dump_update, read=bodies.read_update, value=UPDATES[0], added={"raw": AROUND}
    ),
    "parked_body": Shape(
        dump=lambda update: bodies.dump_parked(update, "KeyError at bot.py:7"),
        read=bodies.read_update,
        value=UPDATES[0],
        added={"raw": AROUND},
    ),
}
"""Every shape, by its name in FORMATS."""
