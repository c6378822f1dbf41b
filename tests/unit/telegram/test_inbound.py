"""What Telegram's updates become. Each JSON file in wire/ is one case, with the expected result. Fields that
a file leaves out of a value have their defaults.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from rejoinder.channel_ports import Request
from rejoinder.channels.telegram.channel import CHANNEL
from rejoinder.channels.telegram.contents import PARSERS, parse_content
from rejoinder.channels.telegram.front import FRONT
from rejoinder.channels.telegram.ids import message_of, place_of
from rejoinder.channels.telegram.taps import data_of
from rejoinder.model.contents import Image, Reaction, Tap, Text, Unsupported
from rejoinder.model.context import Quoted, Referral
from rejoinder.model.events import AccountEvent
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import Button, Buttons, List, Row, Section
from rejoinder.model.spoken import Edited
from rejoinder.model.updates import GroupMessage, Inbound, InboundContent

RECEIVED_AT = 1_800_000_000.0
CASES = sorted((Path(__file__).parent / "wire").glob("*.json"))
INBOUND: TypeAdapter[Inbound] = TypeAdapter(Inbound[InboundContent])
BOT = {"id": 123456, "is_bot": True, "first_name": "Demo", "username": "demo_bot"}
ADA: dict[str, Any] = {"id": 1111111, "is_bot": False, "first_name": "Ada", "username": "ada"}
PRIVATE = {"id": 1111111, "type": "private", "first_name": "Ada"}
GROUP: dict[str, Any] = {"id": -1001234567890, "type": "supergroup", "title": "Team"}


def shown(inbound: Inbound) -> dict[str, Any]:
    """Return `inbound` in the form of a wire file."""
    values: dict[str, Any] = INBOUND.dump_python(inbound, mode="json", exclude_defaults=True, exclude={"raw"})
    content: Any = inbound.content
    part = values["content"] = {"kind": content.kind, **values["content"]}
    while (content := getattr(content, "content", None)) is not None:
        part["content"] = {"kind": content.kind, **part.get("content", {})}
        part = part["content"]
    return values | {"account": str(inbound.account)}


def told(event: object) -> dict[str, Any]:
    """Return `event` in the form of a wire file."""
    values: dict[str, Any] = TypeAdapter(type(event)).dump_python(
        event, mode="json", exclude_defaults=True, exclude={"raw"}
    )
    return values if type(event) is AccountEvent else {"event_kind": type(event).__name__, **values}


def given_by(update: object, username: str = "demo_bot") -> dict[str, Any]:
    """Return what a webhook becomes, in the form of a wire file."""
    body, query = json.dumps(update).encode(), {"username": username}
    found = FRONT.split(Request(body=body, path="/telegram/123456", query=query))
    gives = {
        "messages": [
            shown(CHANNEL.parse(Account.parse(several.account), one, received_at=RECEIVED_AT))
            for several in found.conversations
            for one in several.updates
        ],
        "events": [told(CHANNEL.parse_event(event, received_at=RECEIVED_AT)) for event in found.events],
        "misfits": list(found.misfits),
        "answer": json.loads(found.answer or "{}"),
    }
    return {name: parts for name, parts in gives.items() if parts}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_an_update_becomes_what_its_file_says(case: Path) -> None:
    wire = json.loads(case.read_text())
    assert given_by(wire["update"]) == wire["gives"]


def parsed(kind: str = "message", *, username: str = "demo_bot", **fields: object) -> Inbound:
    """Return what an update becomes whose object has `fields`."""
    around: dict[str, Any] = {"message_id": 5, "date": 1_799_999_990, "chat": PRIVATE, "from": ADA}
    update = {"update_id": 9, kind: {**around, **fields}}
    account = Account(channel="telegram", id="123456")
    return CHANNEL.parse(account, {"update": update, "username": username}, received_at=RECEIVED_AT)


def in_group(words: str, *, username: str = "demo_bot", **fields: Any) -> Inbound:
    return parsed(username=username, chat=GROUP, text=words, **fields)


def marked(kind: str, offset: int, length: int, **more: object) -> dict[str, Any]:
    return {"entities": [{"type": kind, "offset": offset, "length": length, **more}]}


@pytest.mark.parametrize(
    ("words", "fields", "understood"),
    [
        ("/book", {}, "/book"),
        ("/book 5", {}, "/book 5"),
        ("/book@demo_bot 5", {}, "/book 5"),
        ("/book@Demo_Bot", {}, "/book"),
        ("@demo_bot: hello", marked("mention", 0, 9), "hello"),
        ("@DEMO_bot /book 5", marked("mention", 0, 9), "/book 5"),
        ("hello, @demo_bot", marked("mention", 7, 9), "hello"),
        ("ask @demo_bot now", marked("mention", 4, 9), "ask @demo_bot now"),
        ("@demo_bot", marked("mention", 0, 9), "@demo_bot"),
        # Telegram counts in units of UTF-16: the face is two.
        ("😀 @demo_bot", marked("mention", 3, 9), "😀"),
        ("Demo, hello", marked("text_mention", 0, 4, user=BOT), "hello"),
        ("yes", {"reply_to_message": {"message_id": 4, "from": BOT}}, "yes"),
    ],
)
def test_in_a_group_what_is_for_the_bot_is_said_to_it_alone(
    words: str, fields: dict[str, Any], understood: str
) -> None:
    inbound = in_group(words, **fields)
    assert inbound.content == Text(body=understood)
    assert inbound.contact.id == "-1001234567890.1111111"
    assert inbound.is_spoken


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ("hello", {}),
        ("/book@other_bot", {}),
        ("see /book", {}),
        ("/usr/bin is a folder", {}),
        ("@other_bot hello", marked("mention", 0, 10)),
        ("@demo_bot hello", {}),  # nobody is mentioned: somebody typed it, or quoted it
        ("@demo_bot", marked("mention", -3, 9)),
        ("@demo_bot", marked("mention", 0, 10**30)),
        ("Ben, hello", marked("text_mention", 0, 3, user={"id": 5})),
        ("yes", {"reply_to_message": {"message_id": 4, "from": ADA}}),
        ("/book", {"from": {**ADA, "is_bot": True}}),
    ],
)
def test_in_a_group_everything_else_is_a_message_of_the_group(words: str, fields: dict[str, Any]) -> None:
    inbound = in_group(words, **fields)
    assert isinstance(inbound.content, GroupMessage)
    assert inbound.content.text == words
    assert inbound.content.sender == Contact(id="1111111", name="Ada", username="ada", user_id="1111111")
    assert not inbound.is_spoken


def test_without_its_username_the_bot_answers_only_what_can_mean_no_other() -> None:
    assert in_group("/book", username="").is_spoken
    assert not in_group("/book@demo_bot", username="").is_spoken
    assert not in_group("@demo_bot hi", username="", **marked("mention", 0, 9)).is_spoken


def test_an_administrator_who_hides_is_no_bot() -> None:
    hidden: dict[str, Any] = {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}}
    assert in_group("/book", sender_chat=GROUP, **hidden).is_spoken


def test_each_person_of_a_group_has_a_conversation_and_each_topic_another() -> None:
    other: dict[str, Any] = {"from": {**ADA, "id": 2222222}}
    ids = [
        in_group("hi").contact.id,
        in_group("hi", **other).contact.id,
        in_group("hi", message_thread_id=77, is_topic_message=True).contact.id,
        in_group("hi", message_thread_id=77).contact.id,  # an answer that is no topic
    ]
    assert ids == [f"-1001234567890.{rest}" for rest in ("1111111", "2222222", "1111111.77", "1111111")]
    assert all(map(place_of, ids))


def test_a_picture_for_the_bot_in_a_group_keeps_its_words_without_the_mention() -> None:
    caption: dict[str, Any] = {
        "caption": "@demo_bot see",
        "caption_entities": [{"type": "mention", "offset": 0, "length": 9}],
    }
    inbound = parsed(chat=GROUP, photo=[{"file_id": "p", "width": 1, "height": 1}], **caption)
    assert inbound.content == Image(media_id="p", caption="see")
    assert inbound.raw["caption"] == "@demo_bot see"


def test_the_first_message_of_a_topic_is_not_what_is_answered() -> None:
    begun = {"message_id": 77, "forum_topic_created": {"name": "Food"}}
    assert in_group("hi", reply_to_message=begun).reply_to is None
    assert in_group("hi", reply_to_message={"message_id": 78}).reply_to == "-1001234567890.78"


@pytest.mark.parametrize(
    ("words", "ref"),
    [("/start ref_42", "ref_42"), ("/start", None), ("/start two words", None), ("/starter x", None)],
)
def test_only_a_deep_link_is_a_referral(words: str, ref: str | None) -> None:
    inbound = parsed(text=words)
    assert inbound.content == Text(body=words)
    assert inbound.referral == (Referral(source_type="deep_link", ref=ref) if ref else None)


def test_a_deep_link_into_a_group_is_a_referral_too() -> None:
    assert in_group("/start@demo_bot ref").referral == Referral(source_type="deep_link", ref="ref")


def test_an_edit_names_the_message_by_the_id_that_the_message_has() -> None:
    before, edit = parsed(text="helo"), parsed("edited_message", text="hello", edit_date=1_799_999_995)
    assert edit.content == Edited(message_id=before.id, content=Text(body="hello"))
    assert (edit.id, edit.at) == ("1111111.5.e9", 1_799_999_995)
    assert message_of(before.id) is not None


def test_an_edit_in_a_group_is_for_the_bot_when_the_message_is() -> None:
    edit = parsed("edited_message", chat=GROUP, text="/book 5")
    assert edit.content == Edited(message_id="-1001234567890.5", content=Text(body="/book 5"))
    assert isinstance(parsed("edited_message", chat=GROUP, text="hello").content, GroupMessage)


EMOJI, FACE = {"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "😀"}
OWN = {"type": "custom_emoji", "custom_emoji_id": "5"}


@pytest.mark.parametrize(
    ("old", "new", "emoji"),
    [
        ([], [EMOJI], "👍"),
        ([EMOJI], [], None),
        ([EMOJI], [EMOJI, FACE], "😀"),
        ([EMOJI, FACE], [EMOJI], "👍"),
        ([FACE], [EMOJI, FACE], "👍"),
        ("odd", None, None),
    ],
)
def test_the_reaction_is_the_one_that_is_new(old: object, new: object, emoji: str | None) -> None:
    reaction = parsed("message_reaction", user=ADA, old_reaction=old, new_reaction=new)
    assert reaction.content == Reaction(message_id="1111111.5", emoji=emoji)


def test_a_reaction_without_an_emoji_is_unsupported_and_wants_no_answer() -> None:
    content = parsed("message_reaction", user=ADA, old_reaction=[], new_reaction=[OWN]).content
    assert content == Unsupported(type="message_reaction", reason="it is no emoji", spoken=False)


LONG = "book:" + "x" * 90
SAID = Buttons(body="Book?", buttons=(Button(id=LONG, title="Yes"), Button(id="no", title="No")))
ROWS = List(
    body="Which?", button="Choose", sections=(Section(rows=(Row(id=LONG, title="A", description="Big"),)),)
)


def tap(data: str, said: Buttons | List | None, title: str = "") -> object:
    """Return what a tap holds once the message of ours is known that was tapped."""
    keyboard = {"inline_keyboard": [[{"text": title, "callback_data": data}]]} if title else {}
    message = {"message_id": 5, "chat": PRIVATE, "reply_markup": keyboard}
    inbound = parsed("callback_query", id="77", data=data, message=message)
    assert (inbound.id, inbound.reply_to) == ("1111111.5.t77", "1111111.5")
    quoted = Quoted(outbound_id="o-1", content=said) if said else None
    return CHANNEL.completed(Inbound(**{**_fields(inbound), "quoted": quoted})).content


def _fields(inbound: Inbound) -> dict[str, Any]:
    return {name: getattr(inbound, name) for name in Inbound.__dataclass_fields__}


def test_a_tap_has_the_long_id_of_its_button_from_the_message_that_was_tapped() -> None:
    assert tap(data_of(LONG), SAID, "Yes") == Tap(LONG, "Yes")
    assert tap("no", SAID, "No") == Tap("no", "No")
    assert tap(data_of(LONG), ROWS, "A") == Tap(LONG, "A", "Big")


def test_a_tap_has_its_words_from_there_where_telegram_shows_the_message_no_more() -> None:
    assert tap("no", SAID) == Tap("no", "No")


def test_a_tap_on_what_we_do_not_know_any_more_has_what_the_button_carried() -> None:
    assert tap(data_of(LONG), None, "Yes") == Tap(data_of(LONG), "Yes")
    assert tap("gone", SAID) == Tap("gone")


def test_a_tap_in_a_group_belongs_to_the_person_who_tapped() -> None:
    message = {"message_id": 5, "chat": GROUP, "from": BOT, "message_thread_id": 7, "is_topic_message": True}
    inbound = parsed("callback_query", id="77", data="a", message=message)
    assert inbound.contact.id == "-1001234567890.1111111.7"
    assert inbound.is_spoken


def test_a_group_that_becomes_a_supergroup_keeps_the_conversation_of_who_did_it() -> None:
    old, new = {"id": -4000001, "type": "group"}, {"id": -1005, "type": "supergroup"}
    left = parsed(chat=old, migrate_to_chat_id=-1005).contact
    come = parsed(chat=new, migrate_from_chat_id=-4000001).contact
    assert left == come
    assert (come.id, come.former_ids) == ("-1005.1111111", ("-4000001.1111111",))


def test_the_largest_size_of_a_picture_is_taken() -> None:
    sizes = [(90, 51, "s"), (800, 450, "l"), (320, 180, "m")]
    photo = [{"file_id": name, "width": width, "height": height} for width, height, name in sizes]
    assert parsed(photo=[*photo, "odd", {"file_id": "x"}]).content == Image(media_id="l")


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize(
    "part", [None, 0, "", "x", [], [[]], {}, {"file_id": 5}, {"location": {"latitude": "x"}}]
)
def test_a_content_that_is_not_as_it_should_be_is_no_error(name: str, part: object) -> None:
    parse_content({name: part, "from": 5})


def test_a_kind_that_nobody_knows_yet_is_unsupported() -> None:
    assert parsed(hologram={"id": 1}).content == Unsupported(type="hologram")
    assert parsed().content == Unsupported(type="unknown")
    assert parsed("mind_reading").content == Unsupported(type="mind_reading", spoken=False)


@pytest.mark.parametrize(
    ("date", "at"),
    [(1_799_999_990, 1_799_999_990), (0, RECEIVED_AT), (10**400, RECEIVED_AT), ("x", RECEIVED_AT)],
)
def test_a_time_that_cannot_be_is_the_time_of_receipt(date: object, at: float) -> None:
    assert parsed(text="hi", date=date).at == at


def test_a_contact_of_telegram_is_known_by_the_id_as_we_write_it() -> None:
    contact = CHANNEL.contact_of(" 1111111 ")
    assert contact == Contact(id="1111111", user_id="1111111")
    assert parsed(text="hi").contact.id == contact.id
    assert CHANNEL.contact_of("Ada") is None
