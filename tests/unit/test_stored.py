"""Values are stored and queued, and they come back unchanged."""

import json
import math
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder import Bot, Chat, Text
from rejoinder.aws.stored.bodies import (
    MAX_BODY_BYTES,
    dump_parked,
    dump_update,
    read_events,
    read_update,
    read_updates,
)
from rejoinder.aws.stored.contents import dump_content, read_outbound_content, read_template
from rejoinder.aws.stored.conversations import dump_conversation, read_conversation
from rejoinder.aws.stored.formats import FORMATS
from rejoinder.aws.stored.items import dump_marker, read_marker
from rejoinder.aws.stored.messages import contact_as_json, contact_from_json, dump_turn, read_turn
from rejoinder.aws.stored.talks import dump_talk, read_talk
from rejoinder.aws.stored.updates import dump_wake_ups, read_wake_ups
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channels import channel_named
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.errors import Unreadable
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
    Unsupported,
    Video,
)
from rejoinder.model.context import Quoted, Referral, ReferredProduct
from rejoinder.model.conversation import NO_WINDOW, Conversation, TakenOver
from rejoinder.model.links import Linked
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
from rejoinder.model.said import Album, Button, Buttons, List, OutboundContent, Row, Section, Template
from rejoinder.model.spoken import Deleted, Edited, Several
from rejoinder.model.talk import (
    Answered,
    Asked,
    Journal,
    Planned,
    Said,
    StepDone,
    TimeRead,
    UnreadableJournal,
)
from rejoinder.model.updates import GroupMessage, Inbound, InboundContent, WakeUp
from tests.stored.samples import PICTURE, TEMPLATES
from tests.stored.samples import SAID as EVERY_KIND
from tests.unit.worlds import NOON, World, inbound, said

ACCOUNT = Account(channel="whatsapp", id="100000000000001")
parse = channel_named("whatsapp").parse
ADA = Contact(id="15550002001", phone="15550002001")
MOVED = Contact(
    id="US.2",
    name="Ada",
    phone="15550002002",
    user_id="US.2",
    former_ids=("US.1",),
    former_phones=("15550002001",),
)
TURN = TurnMessages(
    account=ACCOUNT,
    contact=ADA,
    conversation_key="key",
    correlation_id="correlation",
    read_id="",
    window_closes_at=0.0,
    messages=(),
)


def loose(content: type[Any], **parts: Any) -> Any:
    """Return a content as a bot may make it without a type checker."""
    return content(**parts)


YES, NO = Button(id="yes", title="Yes"), Button(id="no", title="No")
ONE, TWO = Row(id="1", title="One"), Row(id="2", title="Two")
CASES = [
    (loose(Buttons, body="Sure?", buttons=[YES, NO]), Buttons(body="Sure?", buttons=(YES, NO))),
    (
        loose(List, body="Which?", button="All", sections=[Section(title="A", rows=(ONE, TWO))]),
        List(body="Which?", button="All", sections=(Section(title="A", rows=(ONE, TWO)),)),
    ),
    (
        loose(List, body="Which?", button="All", sections=(loose(Section, rows=[ONE, TWO]),)),
        List(body="Which?", button="All", sections=(Section(rows=(ONE, TWO)),)),
    ),
    (
        loose(List, body="Which?", button="All", sections=[loose(Section, rows=[ONE]), Section(rows=(TWO,))]),
        List(body="Which?", button="All", sections=(Section(rows=(ONE,)), Section(rows=(TWO,)))),
    ),
    (
        loose(Template, name="hello", language="en", parameters=["Ada", "19:00"]),
        Template(name="hello", language="en", parameters=("Ada", "19:00")),
    ),
]
LOOSE = pytest.mark.parametrize(
    ("content", "strict"), CASES, ids=[type(strict).__name__ for _, strict in CASES]
)


def turn_of(content: OutboundContent) -> TurnMessages:
    """Return a turn that says `content`."""
    return replace(TURN, messages=(Outbound(id="o-1", content=content),))


WAITING = replace(
    turn_of(Text(body="later")),
    messages=(Outbound(id="o-2", content=Text(body="later"), waits_until=2.5),),
    correlation_id="another",
)


def update_of(content: InboundContent) -> Inbound:
    """Return an update that holds `content`."""
    return Inbound(id="u", account=ACCOUNT, contact=MOVED, at=1.5, content=content, conversation_key="key")


@LOOSE
def test_lists_where_tuples_belong_come_back_as_tuples(content: Any, strict: OutboundContent) -> None:
    turn = read_turn(dump_turn(turn_of(content)))
    assert turn == turn_of(strict)
    assert render(ADA, turn.messages[0].content, "c") == render(ADA, strict, "c")
    assert dump_turn(turn) == dump_turn(turn_of(content))


@LOOSE
def test_nothing_that_people_write_is_in_a_warning(
    content: Any, strict: OutboundContent, capfd: pytest.CaptureFixture[str]
) -> None:
    failed = Failed(outbound_id="o-1", content=content, code=1, reason="")
    update = Inbound(id="f", account=ACCOUNT, contact=ADA, at=0.0, content=failed)
    expected = replace(update, content=replace(failed, content=strict))
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert json.loads(dump_turn(turn_of(content)))
        assert read_updates(dump_update(update), parse) == [expected]
        assert read_wake_ups(dump_wake_ups((WakeUp(at=1.0, inbound=update),)))[0].inbound == expected
    assert capfd.readouterr() == ("", "")


REFUSED_BY_SQS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""docs.aws.amazon.com, "SendMessage"."""


@pytest.mark.parametrize("words", ["é \N{WAVING HAND SIGN}", "\ud83d", "\ufffe", "\x00\n\u2028"], ids=ascii)
def test_any_words_come_back_and_are_such_as_sqs_takes_between(words: str) -> None:
    turn, update = turn_of(Text(body=words)), update_of(Text(body=words))
    assert not REFUSED_BY_SQS.search(dump_turn(turn))
    assert read_turn(dump_turn(turn)) == turn
    assert not REFUSED_BY_SQS.search(dump_update(update))
    assert read_update(dump_update(update)) == update


# --- what is written comes back -----------------------------------------------------------------------------

CARD = ContactCard(name="Bea", phones=("1", "2"), further=(ContactCard(name="Cy"),))
WHOLE_CARD = ContactCard(
    name="Dr. Dora D. Doe Jr.",
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
    addresses=(PostalAddress(street="1 Main St", city="Town", zip="94000", country_code="us", type="HOME"),),
)
PAYMENT = Payment(
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
)
LINE = OrderItem(product_id="p", quantity=2, price=2.5, currency="EUR")
HEARD: list[InboundContent] = [
    Text(body="hi"),
    Several(contents=(Text(body="hi"), Image(media_id="1"))),
    Gathered(),
    Tap(id="yes", title="Yes"),
    Image(media_id="1", mime_type="image/jpeg", sha256="x", caption="c"),
    Video(media_id="1"),
    Audio(media_id="1", voice=True),
    Document(media_id="1", filename="a.pdf"),
    Sticker(media_id="1", animated=True),
    Location(latitude=1.5, longitude=-2, name="n", address="a"),
    CARD,
    Tap(id="yes", title="Yes", description="by the window"),
    Location(latitude=1.5, longitude=-2, url="https://example.com"),
    WHOLE_CARD,
    CallPermission(granted=True, is_permanent=True, ends_at=1.5, source="user_action"),
    CallPermission(granted=False),
    ProductInquiry(product_id="p", catalog_id="c", title="Soup"),
    PaymentMethod(method="card", reference_id="o", last_digits="1234", credential_id="c", chosen_at=2.5),
    PaymentMethod(method="card", reference_id=""),
    GroupMessage(sender=MOVED, content=Text(body="hi all")),
    GroupMessage(sender=ADA, content=CARD),
    PAYMENT,
    Payment(reference_id="o", status="pending"),
    Reaction(message_id="m", emoji="x"),
    Reaction(message_id="m", emoji=None),
    Order(catalog_id="c", items=(LINE,), text="t"),
    FormReply(name="f", response="{}"),
    FormReply(name="f", response="{}", body="Sent"),
    System(event="user_changed_number"),
    System(event="user_changed_number", body="They changed it"),
    Unsupported(type="poll", errors=(MessageError(code=1, message="more"),)),
    Unsupported(type="poll", reason="r"),
    Unsupported(type="poll", errors=(MessageError(code=131051, title="t", details="d"),), spoken=False),
    ContactCard(name="", origin="contact_request", vcard="BEGIN:VCARD"),
    Order(catalog_id="", items=(replace(LINE, price=None),), left_out=2),
    Edited(message_id="m", content=Text(body="four")),
    Edited(message_id="m"),
    Deleted(message_id="m"),
    Reminder(handler="remind", given={"a": [1, None, {"b": "c"}]}),
    TimeUp(question="q"),
    Failed(outbound_id="o-1", content=Text(body="lost"), code=131026, reason="r"),
    Echo(),
    Echo(content=Text(body="I take over")),
    Echo(content=Edited(message_id="m", content=Text(body="four"))),
    Release(),
    Preference(value="stop"),
    TemplateChanged(name="t", language="en", what="category", before="utility", now="marketing"),
    TemplateChanged(name="t", language="en", what="components"),
    ConsentTold(purpose=Purpose.UTILITY, given=True, by="import", source="paper form"),
    LinkTold(
        linked=(Linked(account=Account(channel="telegram", id="7"), contact_id="1", conversation_key="k"),),
        consent=(
            ConsentEntry(purpose=Purpose.MARKETING, given=True, at=1.5, by="bot", told_to="telegram:7"),
        ),
    ),
    Delivered(outbound_id="o-1", content=PICTURE),
    Read(outbound_id="o-1", content=Text(body="read")),
    Keep(media=Image(media_id="1")),
    HoldOver(outbound_id="o-1"),
    RetentionOver(),
    Hold(turn=WAITING),
]
SAID: list[OutboundContent] = [
    Text(body="hi"),
    Buttons(body="b", buttons=(YES, NO), header="h", footer="f"),
    List(body="b", button="All", sections=(Section(title="A", rows=(ONE,)),), header="h", footer="f"),
    Template(name="t", language="en", parameters=("a",)),
    Template(name="t", language="en", parameters={"name": "a"}),
    Album(Image(media_id="1"), Image(media_id="2")),
    *EVERY_KIND,
]
TALK = Journal(
    handler="talk",
    message=update_of(Text(body="talk")),
    number=2,
    restarts=1,
    data={"a": [1, {"b": None}]},
    language="de",
    given={"order": "1234"},
    entries=(
        Said(),
        TimeRead(at=1.5),
        TimeRead(name="window", at=math.inf),
        TimeRead(name="window", at=1.5, free_until=2.5),
        StepDone(name="reserve", result='{"a": 1}'),
        StepDone(name="reserve", result='{"a": 1}', arguments="ff"),
        Planned(),
        Planned(name="remind", arguments="ff"),
        Answered(name="str", content=Text(body="Ada \N{WAVING HAND SIGN} \ud83d"), at=1.5),
        Answered(name="Location", content=CARD, at=1.5, data={"a": [1]}, removed=("b",), language="de"),
        Answered(name="choices", content=Tap(id="q:a:1", title="A"), at=2.0, value='["A", 0, ["A"]]'),
        Answered(name="int", content=TimeUp(question="q"), at=2.0, gave_up="timeout"),
        Asked(
            name="choices",
            at=2.5,
            repeated_at=3.5,
            shown=("A", "B"),
            numbered=True,
            messages=("m-1", "m-2"),
            has_template=True,
            wrong=2,
            wrong_id="wamid.9",
        ),
        Asked(name="str", answers=(update_of(CARD), update_of(TimeUp(question="q")))),
    ),
)


@pytest.mark.parametrize("content", HEARD, ids=lambda content: content.kind)
def test_every_update_comes_back_as_it_was(content: InboundContent) -> None:
    update = update_of(content)
    assert read_update(dump_update(update)) == update
    assert read_updates(dump_update(update), parse) == [update]
    assert read_updates(dump_parked(update, "cause"), parse) == [update], "a dead letter goes back as it is"
    wake_ups = (WakeUp(at=2.5, inbound=update),) * 2
    assert read_wake_ups(dump_wake_ups(wake_ups)) == wake_ups


@pytest.mark.parametrize("content", [*SAID, *TEMPLATES], ids=lambda content: content.kind)
@pytest.mark.parametrize("closes_at", [0.0, 1.5, math.inf])
def test_every_turn_comes_back_as_it_was(content: OutboundContent, closes_at: float) -> None:
    instead = Template(name="late", language="en")
    message = Outbound(
        id="o-1", content=content, outside_window=instead, policy=Policy.AT_MOST_ONCE, instead_of=content
    )
    message = replace(message, quote="wamid.1", track=True)
    turn = replace(turn_of(content), contact=MOVED, window_closes_at=closes_at, reports_failure=True, again=3)
    turn = replace(turn, messages=(message, *turn.messages))
    assert read_turn(dump_turn(turn)) == turn


@pytest.mark.parametrize("content", TEMPLATES, ids=lambda content: content.name)
def test_a_template_with_more_fields_is_not_read_as_one_without_them(
    content: Template,
) -> None:
    """The first version has but four fields, and would send the template without the rest."""
    stored = dump_content(content)
    assert "parameters" not in stored, "without it, the first version reads no template, and waits"
    assert read_template(stored) == read_outbound_content(stored) == content


def test_a_template_with_its_first_fields_is_written_as_ever() -> None:
    for parameters, written in (((), []), (("Ada",), ["Ada"]), ({"name": "Ada"}, {"name": "Ada"})):
        stored = {"kind": "template", "name": "n", "language": "en", "parameters": written}
        content = Template(name="n", language="en", parameters=parameters)
        assert dump_content(content) == stored
        assert read_template(stored) == content


AROUND: list[dict[str, Any]] = [
    {"quoted": Quoted(outbound_id="o-1", content=Text(body="hi"))},
    {"quoted": Quoted(outbound_id="o-1", content=Template(name="t", language="en", parameters={"a": "b"}))},
    {"referral": Referral(source_type="ad", source_id="1", headline="h", ctwa_clid="c", welcome_text="w")},
    {"product": ReferredProduct(product_id="p", catalog_id="c")},
    {"forwarded": True},
    {"forwarded": True, "forwarded_often": True},
    {"contact": replace(MOVED, username="ada.l")},
    {"contact": replace(MOVED, parent_user_id="US.ENT.1", identity_hash="h")},
    {"contact": Contact.of_group("g1")},
    {"errors": (MessageError(code=131052, title="t", details="d", message="m"),)},
]


@pytest.mark.parametrize("around", AROUND, ids=lambda around: str([*around]))
def test_what_surrounds_a_message_comes_back_as_it_was(around: dict[str, Any]) -> None:
    update = replace(update_of(Text(body="hi")), **around)
    assert read_update(dump_update(update)) == update
    assert read_update(dump_parked(update, "why")) == update
    assert read_talk(dump_talk(replace(TALK, message=update))) == replace(TALK, message=update)


def test_what_the_network_sent_goes_along_in_queues_and_is_kept_nowhere_else() -> None:
    update = replace(
        update_of(Text(body="hi")), raw={"text": {"body": "hi", "unheard": [1, None, "half \ud83d"]}}
    )
    assert read_update(dump_update(update)).raw == update.raw
    assert read_update(dump_parked(update, "why")).raw == update.raw
    talk = read_talk(dump_talk(replace(TALK, message=update)))
    assert isinstance(talk, Journal)
    assert talk.message.raw == {}
    missed = Conversation(key="key", contact_ids=("1",)).missing(update).missed
    assert [one.raw for one in missed] == [{}]
    assert "unheard" not in json.dumps(
        dump_conversation(Conversation(key="k", contact_ids=(), missed=(update,)))
    )
    assert "unheard" not in repr(update), "it is not to be logged by mistake"


def test_what_the_network_sent_is_left_out_of_a_body_that_it_would_make_too_large() -> None:
    update = replace(update_of(Text(body="hi")), raw={"text": "x" * MAX_BODY_BYTES})
    for body in (dump_update(update), dump_parked(update, "why")):
        assert len(body) < MAX_BODY_BYTES
        assert read_update(body) == update


def test_what_an_older_version_stored_is_read_without_what_it_did_not_know() -> None:
    stored = json.loads(dump_update(update_of(Echo())))
    assert stored["inbound"]["content"] == {"kind": "echo"}
    assert read_update(json.dumps(stored)) == update_of(Echo())


@pytest.mark.parametrize("former", [(), ("US.1",)])
@pytest.mark.parametrize("user_id", [None, "US.2"])
@pytest.mark.parametrize("phone", [None, "15550002002"])
@pytest.mark.parametrize("id", ["US.2", "15550002002", "US.3"])
def test_an_id_of_a_contact_is_written_once_and_any_contact_comes_back(
    id: str,  # noqa: A002 - the field's name
    phone: str | None,
    user_id: str | None,
    former: tuple[str, ...],
) -> None:
    contact = Contact(id=id, phone=phone, user_id=user_id, former_ids=former, former_phones=former)
    stored = contact_as_json(contact)
    assert contact_from_json(stored) == contact
    assert id in stored.values(), "an erasure looks for it"
    if id == (user_id or phone):
        assert [*stored.values()].count(id) == 1
    assert None not in stored.values()


def test_a_turn_is_stored_without_what_is_empty_and_what_its_ids_tell() -> None:
    turn = replace(turn_of(Text(body="hi")), correlation_id="o")
    stored = json.loads(dump_turn(turn))
    assert stored.keys() == {
        "format",
        "account",
        "contact",
        "conversation_key",
        "window_closes_at",
        "messages",
    }
    assert stored["messages"] == [{"id": "o-1", "content": {"kind": "text", "body": "hi"}}]
    assert read_turn(dump_turn(turn)) == turn
    foreign = replace(turn, correlation_id="another")
    assert read_turn(dump_turn(foreign)) == foreign


def test_no_kind_of_content_is_left_out_here() -> None:
    assert {type(content) for content in HEARD} == set(get_args(InboundContent))
    assert {type(content) for content in SAID} == set(get_args(OutboundContent))


def test_a_talk_comes_back_as_it_was() -> None:
    assert read_talk(dump_talk(TALK)) == TALK


def test_a_conversation_and_a_marker_come_back_as_they_were() -> None:
    conversation = Conversation(
        key="key",
        contact_ids=("US.2", "15550002002"),
        contact=MOVED,
        contact_at=1.5,
        user_id="US.2",
        data={"a": [1, None]},
        journal=TALK,
        language="de",
        handoff=True,
        missed=(update_of(Text(body="missed")),),
        opted_out=True,
        wished_at=2.5,
        spoken_at=3.5,
        window_closes_at=4.5,
        begun_at=5.5,
        former_keys=("other",),
        waiting=(WAITING, WAITING),
        entered_at=6.5,
        free_until=7.5,
        taken_over={"15550002002": TakenOver(at=1.0, user_id="US.9")},
    )
    for one in (
        conversation,
        replace(conversation, window_closes_at=NO_WINDOW),
        Conversation(key="k", contact_ids=()),
    ):
        assert read_conversation(one.key, dump_conversation(one)) == one
    marker = Marker(
        state="parked",
        conversation_key="key",
        tries=3,
        parked_at=1.5,
        cause="KeyError",
        messages=turn_of(Text(body="sorry")),
        released=(WAITING, WAITING),
        wake_ups=(WakeUp(at=2.5, inbound=update_of(Release())),),
        steps={"key": "[1]"},
    )
    for kept in (marker, Marker(state="done"), Marker(state="trying", tries=1)):
        assert read_marker(dump_marker(kept)) == kept


def test_what_the_ingress_writes_is_read_by_the_channel() -> None:
    wire = (
        '{"message": {"id": "a", "from": "1", "type": "text", "text": {"body": "\\ud83d"}}, "contact": null}'
    )
    body = JsonBodies().updates(str(ACCOUNT), 1_800_000_000.0, [wire, wire.replace('"a"', '"b"')])
    one, other = read_updates(body, parse)
    assert (one.account, one.id, one.at, other.id) == (ACCOUNT, "a", 1_800_000_000.0, "b")
    events = read_events(JsonBodies().events("whatsapp", 1.5, ['{"status": {}}', "{}"]))
    assert (events.channel, events.received_at, events.events) == ("whatsapp", 1.5, ({"status": {}}, {}))


# --- what another version wrote -----------------------------------------------------------------------------

Json = dict[str, Any]


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the place of everything within `node`: the container, and the key or index in it."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
    for key in keys:
        yield node, key
        yield from places(node[key])


SECRET = "words of a contact"
WRITTEN: list[tuple[str, str, Callable[[str], object]]] = [
    ("turn", dump_turn(replace(turn_of(SAID[2]), contact=replace(MOVED, name=SECRET))), read_turn),
    ("own_body", dump_update(update_of(Text(body=SECRET))), read_update),
    ("own_body", dump_update(update_of(HEARD[17])), lambda text: read_updates(text, parse)),
    ("wake_up", dump_wake_ups([WakeUp(at=2.5, inbound=update_of(HEARD[15]))]), read_wake_ups),
    (
        "inbound_body",
        JsonBodies().updates(str(ACCOUNT), 1.5, ['{"message": {}, "contact": null}']),
        lambda text: read_updates(text, parse),
    ),
    ("events_body", JsonBodies().events("whatsapp", 1.5, ["{}"]), read_events),
]
BY_SHAPE = pytest.mark.parametrize(("shape", "text", "read"), WRITTEN, ids=[shape for shape, _, _ in WRITTEN])


def with_format(text: str, number: object) -> str:
    """Return the stored `text` with another format number."""
    stored = json.loads(text)
    (stored[0] if isinstance(stored, list) else stored)["format"] = number
    return json.dumps(stored)


@BY_SHAPE
def test_this_format_and_the_one_before_are_read_and_no_other(
    shape: str, text: str, read: Callable[[str], object]
) -> None:
    known = FORMATS[shape]
    for number in (known, known - 1):
        assert read(with_format(text, number))
    for other in (known + 1, known - 2, None, True, "1", [1]):
        with pytest.raises(Unreadable):
            read(with_format(text, other))


@pytest.mark.parametrize("newer", ["own_body", "parked_body"])
def test_a_parked_body_and_another_of_our_own_have_each_their_own_format_number(
    monkeypatch: pytest.MonkeyPatch, newer: str
) -> None:
    bodies = {
        "own_body": dump_update(update_of(Text(body="x"))),
        "parked_body": dump_parked(update_of(Text(body="x")), "KeyError at bot.py:3"),
    }
    monkeypatch.setitem(FORMATS, newer, 7)
    for shape, body in bodies.items():
        read_now = {number for number in (*range(9),) if is_read(with_format(body, number))}
        assert read_now == ({6, 7} if shape == newer else {0, 1})


def is_read(body: str) -> bool:
    """Whether `read_update` reads a body of our own."""
    try:
        return read_update(body) == update_of(Text(body="x"))
    except Unreadable:
        return False


@BY_SHAPE
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_what_cannot_be_read_is_unreadable_and_quotes_nothing(
    shape: str, text: str, read: Callable[[str], object], data: st.DataObject
) -> None:
    stored = json.loads(text)
    parent, key = data.draw(st.sampled_from([*places(stored)]))
    other = st.sampled_from([None, True, 1, 2.5, "x", SECRET, [], {}, [SECRET], {"kind": SECRET}, math.inf])
    if data.draw(st.booleans()):
        parent[key] = data.draw(other)
    else:
        del parent[key]
    told = ""
    try:
        read(json.dumps(stored))
    except Unreadable as error:
        told = str(error)
    assert SECRET not in told


@pytest.mark.parametrize(
    "text", ["", "x", "1", "null", "[]", "{}", "[" * 100_000, "9" * 5000], ids=lambda t: t[:9]
)
def test_what_is_no_object_at_all_is_unreadable(text: str) -> None:
    for read in (read_turn, read_update, lambda body: read_updates(body, parse), read_events):
        with pytest.raises(Unreadable):
            read(text)
    assert read_talk(text) == UnreadableJournal(stored=text)


def talking() -> Bot:
    """Return a bot that asks for a name and a day."""
    bot = Bot(changed="Again, please.")

    @bot.on("talk")
    def talk(chat: Chat) -> None:
        chat.say("Hi.")
        name = chat.ask("Name?")
        chat.say(f"{name}, {chat.ask('Day?')}, {chat.data}.")

    @bot.on("stop", interrupts=True)
    def stop(chat: Chat) -> None:
        chat.say("Stopped.")

    @bot.otherwise
    def lost(chat: Chat) -> None:
        chat.say("Lost.")

    return bot


def the_one(world: World) -> Conversation:
    """Return the only conversation."""
    (conversation,) = world.store.conversations.values()
    return conversation


def half_way(spoil: Callable[[Json], object]) -> tuple[World, str]:
    """Return a world in which a talk waits for a day, and the text of its journal. `spoil` has changed the
    journal, as another version might.
    """
    world = World(talking())
    world.process(inbound("talk", id="a"), inbound("Ada", id="b"))
    conversation = the_one(world)
    assert conversation.journal
    stored = json.loads(dump_talk(conversation.journal))
    spoil(stored)
    text = json.dumps(stored)
    spoilt = replace(conversation, journal=read_talk(text), data={"kept": 1})
    world.store.conversations[conversation.key] = spoilt
    world.outbox.turns.clear()
    return world, text


def last_said(world: World) -> list[str]:
    """Return what the newest turn said."""
    return said(world.outbox.turns[-1])


def unknown_entry(stored: Json) -> None:
    stored["entries"].append({"kind": "paid", "amount": 5})


def unknown_format(stored: Json) -> None:
    stored["format"] = FORMATS["journal"] + 1


def unknown_answer(stored: Json) -> None:
    (answer,) = (entry for entry in stored["entries"] if entry[0] == "answered")
    answer[3] = {"kind": "hologram", "words": SECRET}


def answer_that_is_a_number(stored: Json) -> None:
    (answer,) = (entry for entry in stored["entries"] if entry[0] == "answered")
    answer[3] = 5


SPOILT = pytest.mark.parametrize(
    "spoil",
    [unknown_entry, unknown_format, unknown_answer, answer_that_is_a_number],
    ids=lambda spoil: spoil.__name__,
)


@SPOILT
def test_a_talk_whose_journal_cannot_be_read_says_so_and_begins_again(spoil: Callable[[Json], None]) -> None:
    world, _ = half_way(spoil)
    assert isinstance(the_one(world).journal, UnreadableJournal)
    world.process(inbound("monday", id="c"))
    assert last_said(world) == ["Again, please.\n\nHi.\n\nName?"]
    begun = the_one(world).journal
    assert isinstance(begun, Journal)
    assert (begun.restarts, begun.data) == (1, {"kept": 1})
    assert begun.message.id == "a"
    world.process(inbound("Bea", id="d"), inbound("friday", id="e"))
    assert last_said(world) == ["Bea, friday, {'kept': 1}."]
    assert the_one(world).journal is None


@SPOILT
def test_a_journal_that_cannot_be_read_is_kept_as_it_is_until_the_next_message(
    spoil: Callable[[Json], None],
) -> None:
    world, text = half_way(spoil)
    between: list[InboundContent] = [
        Reaction(message_id="m", emoji="x"),
        System(event="user_changed_number"),
        TimeUp(question="q"),
        Preference(value="stop"),
        Release(),
    ]
    for number, content in enumerate(between):
        world.process(inbound(content, id=f"between-{number}"))
        item = dump_conversation(the_one(world))
        assert item["journal"]["S"] == text
        assert read_conversation("key", item).journal == the_one(world).journal
    assert world.outbox.turns == []


@SPOILT
@pytest.mark.parametrize(("words", "answer"), [("cancel", "Cancelled."), ("stop", "Stopped.")])
def test_a_talk_whose_journal_cannot_be_read_may_be_left(
    spoil: Callable[[Json], None], words: str, answer: str
) -> None:
    world, _ = half_way(spoil)
    world.process(inbound(words, id="c"))
    assert last_said(world) == [answer]
    assert the_one(world).journal is None


def test_a_talk_whose_beginning_cannot_be_read_begins_again_with_the_message_that_came() -> None:
    world, text = half_way(lambda stored: stored["message"]["content"].update(kind="hologram"))
    assert the_one(world).journal == UnreadableJournal(stored=text, handler="talking.<locals>.talk")
    world.process(inbound("monday", id="c"))
    (words,) = last_said(world)
    assert words.startswith("Again, please.")
    begun = the_one(world).journal
    assert isinstance(begun, Journal)
    assert begun.message.id == "c"


def test_a_talk_of_which_nothing_can_be_read_is_over_and_the_message_is_a_new_one() -> None:
    world, text = half_way(lambda stored: stored.pop("handler"))
    assert the_one(world).journal == UnreadableJournal(stored=text)
    world.process(inbound("monday", id="c"))
    assert last_said(world) == ["Lost."]
    assert the_one(world).journal is None


def test_of_two_conversations_that_become_one_a_talk_that_cannot_be_read_is_no_hindrance() -> None:
    for at, is_newer in ((NOON - 60, True), (NOON + 60, False)):
        world, _ = half_way(unknown_entry)
        other = Contact(id="US.9", user_id="US.9")
        world.process(inbound("talk", id="x", contact=other, at=at))
        assert len(world.store.conversations) == 2
        both = replace(other, former_ids=("US.111",))
        world.process(inbound(System(event="user_changed_user_id"), id="y", contact=both))
        assert isinstance(the_one(world).journal, UnreadableJournal) is is_newer


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_journal_whatever_stands_in_it_is_read_and_raises_nothing(data: st.DataObject) -> None:
    stored = json.loads(dump_talk(TALK))
    parent, key = data.draw(st.sampled_from([*places(stored)]))
    if data.draw(st.booleans()):
        parent[key] = data.draw(st.sampled_from([None, True, 1, "x", [], {}, [1], {"kind": 1}, -1.5]))
    else:
        del parent[key]
    text = json.dumps(stored)
    talk = read_talk(text)
    assert isinstance(talk, Journal) or dump_talk(talk) == text
