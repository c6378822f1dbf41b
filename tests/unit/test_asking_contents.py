"""`ask` with places, cards and forms, and with contents that ask."""

import json
import sys
import types
from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict

import pytest
import typing_extensions

from rejoinder import (
    AddressRequest,
    Bot,
    BotError,
    Button,
    Buttons,
    Chat,
    ContactCard,
    ContactRequest,
    Document,
    Failed,
    Form,
    FormReply,
    Image,
    List,
    Location,
    LocationRequest,
    NoAnswer,
    OrderDetails,
    OrderLine,
    Row,
    Section,
    Tap,
    Text,
)
from rejoinder.bot.chat import Handler
from rejoinder.errors import BotFailed
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import InboundContent
from tests.unit.test_ask import asking
from tests.unit.worlds import World, inbound, said

HERE = Location(latitude=52.5, longitude=13.4)
ADA = ContactCard(name="Ada", phones=("1",))


class Visit(TypedDict):
    name: str
    people: int
    price: NotRequired[float]
    terrace: NotRequired[bool | None]
    wishes: NotRequired[list[str]]
    table: NotRequired[Literal["small", "large"]]


FORM = Form(body="Fill it in, please.", button="Open", id="1")
FULL = {
    "name": "Ada",
    "people": 4,
    "price": 9.5,
    "terrace": None,
    "wishes": ["quiet"],
    "table": "small",
}


def reply(answers: object, token: str | None = None) -> FormReply:
    """Return the answers of a form, with a token."""
    if isinstance(answers, dict) and token is not None:
        answers = {**answers, "flow_token": token}
    return FormReply(name="flow", response=json.dumps(answers))


class Talk:
    """One talk with a bot, whose contents are looked at as they are."""

    def __init__(self, handler: Handler) -> None:
        bot = Bot()
        bot.otherwise(handler)
        self.world = World(bot)
        self.number = 0

    def sends(self, content: InboundContent | str) -> list[OutboundContent]:
        """Send a content, and return what the bot says to it."""
        self.number += 1
        before = len(self.world.outbox.turns)
        self.world.process(inbound(content, id=f"wamid.{self.number}", at=self.world.now + self.number))
        messages = [one for turn in self.world.outbox.turns[before:] for one in turn.messages]
        return [message.content for message in messages]


# --- places and cards ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "shown", "answer"),
    [
        (Location, LocationRequest, HERE),
        (ContactCard, ContactRequest, ADA),
        (Location | Text, LocationRequest, HERE),
    ],
    ids=["a place", "a card", "a place or words"],
)
def test_places_and_cards_are_asked_for_by_their_button(
    wanted: Any, shown: Any, answer: InboundContent
) -> None:
    found: list[object] = []
    talk = Talk(lambda chat: found.append(chat.ask("Which?", wanted)))
    assert talk.sends("hi") == [shown(body="Which?")]
    assert talk.sends(answer) == []
    assert found == [answer]


def test_a_wrong_answer_brings_the_button_once_more_with_the_retry() -> None:
    talk = Talk(lambda chat: chat.say(str(chat.ask("Where?", Location, retry="Your place.").latitude)))
    talk.sends("hi")
    assert talk.sends("at home") == [LocationRequest(body="Your place.")]
    assert talk.sends(HERE) == [Text(body="52.5")]


def test_words_that_fit_over_no_button_are_asked_alone() -> None:
    talk = Talk(lambda chat: chat.say(str(chat.ask("x" * 1025, Location))))
    assert talk.sends("hi") == [Text(body="x" * 1025)]


def test_pictures_and_documents_are_asked_for_by_words() -> None:
    talk = Talk(lambda chat: chat.say(chat.ask("Your papers?", Image | Document).media_id))
    assert talk.sends("hi") == [Text(body="Your papers?")]
    assert talk.sends(Image(media_id="7")) == [Text(body="7")]


# --- choices with second lines ------------------------------------------------------------------------------


def test_choices_with_second_lines_are_a_list() -> None:
    def handler(chat: Chat) -> None:
        chat.say(chat.ask("Which?", ["Tea", "Coffee"], descriptions={"Tea": "green or black"}))

    talk = Talk(handler)
    (shown,) = talk.sends("hi")
    assert isinstance(shown, List)
    tea, coffee = shown.sections[0].rows
    assert (tea.title, tea.description, coffee.description) == ("Tea", "green or black", "")
    assert talk.sends(Tap(id=tea.id, title="Tea")) == [Text(body="Tea")]


def test_many_choices_with_second_lines_are_numbered_with_them() -> None:
    choices = [f"No. {number}" for number in range(11)]
    talk = Talk(lambda chat: chat.say(chat.ask("Which?", choices, descriptions={"No. 0": "none"})))
    (shown,) = talk.sends("hi")
    assert isinstance(shown, Text)
    assert shown.body.splitlines()[2:4] == ["1. No. 0 – none", "2. No. 1"]


# --- ready-made contents ------------------------------------------------------------------------------------


def test_buttons_of_ones_own_ask_and_bring_their_tap() -> None:
    buttons = Buttons(body="Sure?", buttons=(Button(id="y", title="Yes"), Button(id="n", title="No")))

    def handler(chat: Chat) -> None:
        tap = chat.ask(buttons, Tap, retry="Please tap.")
        chat.say(tap.id)

    phone = asking(handler)
    assert phone.says("hi") == ["< Sure? [Yes] [No]"]
    assert phone.says("hm") == ["< Please tap. [Yes] [No]"]
    assert phone.taps("No") == ["< n"]


def test_a_tap_answers_before_we_know_what_the_network_calls_the_question() -> None:
    buttons = Buttons(body="Sure?", buttons=(Button(id="y", title="Yes"), Button(id="n", title="No")))
    talk = Talk(lambda chat: chat.say(chat.ask(buttons)))
    talk.sends("hi")
    assert talk.sends(Tap(id="n", title="No")) == [Text(body="No")]


def test_a_picture_asks_and_its_retry_is_words() -> None:
    picture = Image("https://example.com/plan.png", caption="Which table?")
    talk = Talk(lambda chat: chat.say(str(chat.ask(picture, int, retry="A number, please."))))
    assert talk.sends("hi") == [picture]
    assert talk.sends("hm") == [Text(body="A number, please.")]
    assert talk.sends("4") == [Text(body="4")]


# --- forms --------------------------------------------------------------------------------------------------


def test_a_form_is_answered_by_a_typed_dictionary_which_the_journal_keeps() -> None:
    found: list[Visit] = []

    def handler(chat: Chat) -> None:
        visit = chat.ask(FORM, Visit)
        found.append(visit)
        chat.ask("Anything else?")
        chat.say(f"{visit['name']}, {visit['people']}")

    talk = Talk(handler)
    (form,) = talk.sends("hi")
    assert isinstance(form, Form)
    assert form.token
    assert form.body == FORM.body
    assert talk.sends(reply({**FULL, "more": 1}, form.token)) == [Text(body="Anything else?")]
    assert talk.sends("no") == [Text(body="Ada, 4")]
    assert found == [FULL, FULL]


def test_a_form_is_answered_by_any_dictionary() -> None:
    found: list[dict[str, Any]] = []
    talk = Talk(lambda chat: found.append(chat.ask(FORM, dict)))
    (form,) = talk.sends("hi")
    assert isinstance(form, Form)
    talk.sends(reply({"a": [1, {"b": None}]}, form.token))
    assert found == [{"a": [1, {"b": None}]}]


def test_an_answer_without_a_token_is_taken_and_one_to_an_older_form_is_not() -> None:
    talk = Talk(lambda chat: chat.say(chat.ask(FORM, Visit, retry="Once more, please.")["name"]))
    (form,) = talk.sends("hi")
    assert talk.sends(reply(FULL, "q:another")) == [Form(**{**parts(form), "body": "Once more, please."})]
    assert talk.sends(reply(FULL)) == [Text(body="Ada")]


def test_the_content_of_a_form_may_be_asked_for_and_is_not_that_of_an_older_one() -> None:
    talk = Talk(lambda chat: chat.say(chat.ask(FORM, FormReply).name))
    (form,) = talk.sends("hi")
    assert isinstance(form, Form)
    assert [one.kind for one in talk.sends(reply(FULL, "q:another"))] == ["form"]
    assert talk.sends(reply(FULL, form.token)) == [Text(body="flow")]


def parts(form: object) -> dict[str, Any]:
    assert isinstance(form, Form)
    return {name: getattr(form, name) for name in ("button", "id", "token")}


def test_a_token_of_ones_own_stays() -> None:
    mine = Form(body="Fill it in", button="Open", id="1", token="mine")
    talk = Talk(lambda chat: chat.say(chat.ask(mine, dict)["a"]))
    assert talk.sends("hi") == [mine]
    assert talk.sends(reply({"a": "b"}, "mine")) == [Text(body="b")]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"name": "Ada"},
        {**FULL, "name": 4},
        {**FULL, "people": "many"},
        {**FULL, "people": 4.5},
        {**FULL, "people": True},
        {**FULL, "price": "9,5 or so"},
        {**FULL, "terrace": "yes"},
        {**FULL, "wishes": "quiet"},
        {**FULL, "wishes": [4]},
        {**FULL, "table": "middle"},
        [FULL],
        None,
    ],
    ids=repr,
)
def test_answers_of_another_shape_do_not_fit(answers: object) -> None:
    def handler(chat: Chat) -> None:
        try:
            chat.say(chat.ask(FORM, Visit)["name"])
        except NoAnswer as error:
            chat.say(error.reason)

    talk = Talk(handler)
    talk.sends("hi")
    assert [one.kind for one in talk.sends(reply(answers))] == ["form"]
    talk.sends(FormReply(name="flow", response="no JSON"))
    assert talk.sends("words") == [Text(body="wrong")]


def test_numbers_that_were_typed_into_a_form_are_numbers() -> None:
    talk = Talk(lambda chat: chat.say(repr(chat.ask(FORM, Visit))))
    talk.sends("hi")
    shown = talk.sends(reply({"name": "Ada", "people": "4", "price": "9.50"}))
    assert shown == [Text(body="{'name': 'Ada', 'people': 4, 'price': 9.5}")]


def test_an_address_is_answered_by_the_fields_of_its_form() -> None:
    request = AddressRequest(body="Where to?", country="IN")
    talk = Talk(lambda chat: chat.say(chat.ask(request, dict)["city"]))
    assert talk.sends("hi") == [request]
    assert talk.sends(reply({"saved_address_id": "1", "values": {"city": "Delhi"}})) == [Text(body="Delhi")]


def test_a_typed_dict_of_typing_extensions_and_of_a_module_with_late_annotations_will_do() -> None:
    module = types.ModuleType("late_module")
    source = (
        "from __future__ import annotations\n"
        "from typing_extensions import NotRequired, TypedDict\n"
        "class Late(TypedDict):\n    name: str\n    age: NotRequired[int]\n"
    )
    sys.modules[module.__name__] = module
    exec(source, module.__dict__)  # noqa: S102 - ours, and with other annotations than this module's
    for shape in (module.Late, Extended):
        talk = Talk(lambda chat, shape=shape: chat.say(chat.ask(FORM, shape)["name"]))  # type: ignore[misc]
        talk.sends("hi")
        assert talk.sends(reply({"name": "Ada"})) == [Text(body="Ada")]
    del sys.modules[module.__name__]


class Extended(typing_extensions.TypedDict):
    name: str


class Dated(TypedDict):
    day: type[int]


@pytest.mark.parametrize(
    ("asks", "why"),
    [
        (lambda chat: chat.ask("Which?", dict), "a dictionary answers a form"),
        (lambda chat: chat.ask(FORM), "a form is answered by a dictionary"),
        (lambda chat: chat.ask(FORM, int), "a form is answered by a dictionary"),
        (lambda chat: chat.ask(FORM, Dated), "the field day of Dated is"),
        (lambda chat: chat.ask(5), "ask() takes words, or a content that asks"),
        (lambda chat: chat.ask(LocationRequest(body="?"), ["a"]), "choices go under words"),
        (lambda chat: chat.ask("?", int, descriptions={"a": "b"}), "second lines of choices"),
        (lambda chat: chat.ask("?", ["a"], descriptions={"b": "c"}), "no row has that title"),
        (
            lambda chat: chat.ask(
                List(body="?", button="b", sections=(Section(rows=(Row(id="q:1", title="a"),)),)), Tap
            ),
            "begins as rejoinder's own ids do",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_line(asks: Any, why: str) -> None:
    with pytest.raises(BotFailed) as failed:
        asking(asks).says("hi")
    assert isinstance(failed.value.__cause__, BotError)
    assert why in str(failed.value.__cause__)


@pytest.mark.parametrize(
    ("response", "answers"),
    [('{"a": 1}', {"a": 1}), ("[1]", {}), ("", {}), ("no", {}), ("[" * 100_000, {})],
    ids=lambda part: str(part)[:9],
)
def test_the_answers_of_a_form_are_an_object_or_nothing(response: str, answers: object) -> None:
    assert FormReply(name="flow", response=response).answers == answers


def test_a_bill_that_failed_may_begin_a_talk() -> None:
    line = OrderLine(product_id="1", name="Bread", price=Decimal("2.50"))
    bill = OrderDetails(body="Bill", reference_id="r", lines=(line,), currency="INR")
    bot = Bot()
    bot.on(Failed)(lambda chat: chat.say(chat.ask("How will you pay?")))
    world = World(bot)
    world.process(inbound(Failed(outbound_id="o-1", content=bill, code=131009, reason="?")))
    world.process(inbound("In cash", id="wamid.2"))
    assert [said(turn) for turn in world.outbox.turns] == [["How will you pay?"], ["In cash"]]
