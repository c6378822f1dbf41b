"""What people do on Telegram, and what a bot gets to see of it."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.unit.simulator.telegram.talking import ADA, BOB, Talking, group_of

BOT = 7000000001
FILE = {"data": base64.b64encode(b"bytes").decode(), "mime_type": "image/jpeg", "filename": "a.jpg"}


def test_a_deep_link_starts_with_its_payload(talking: Talking) -> None:
    talking.say(start="ref_42")
    (update,) = talking.fetched()
    assert update["message"]["text"] == "/start ref_42"
    assert update["message"]["entities"] == [{"offset": 0, "length": 6, "type": "bot_command"}]


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("photo", {}),
        ("photo", {"kind": "image", "caption": "Look at https://a.example"}),
        ("document", {"kind": "document"}),
        ("voice", {"mime_type": "audio/ogg", "kind": "audio", "voice": True}),
        ("audio", {"mime_type": "audio/mpeg"}),
        ("video", {"mime_type": "video/mp4"}),
        ("video_note", {"mime_type": "video/mp4", "kind": "video_note"}),
        ("sticker", {"mime_type": "image/webp"}),
    ],
)
def test_a_file_comes_with_an_id_by_which_it_is_fetched(
    talking: Talking, kind: str, file: dict[str, Any]
) -> None:
    talking.say(file={**FILE, **file})
    (update,) = talking.fetched()
    content = update["message"][kind]
    file_id = (content[-1] if kind == "photo" else content)["file_id"]
    path = talking.call("getFile", file_id=file_id)["file_path"]
    token = "7000000001:rejoinder-development-token-0000000"
    assert talking.http.get(f"/file/bot{token}/{path}").content == b"bytes"
    assert talking.http.get(f"/sim/files/{file_id}").content == b"bytes"
    if "caption" in file:
        assert update["message"]["caption"] == file["caption"]
        assert update["message"]["caption_entities"][0]["type"] == "url"


def test_an_album_is_a_message_and_an_update_for_each_file(talking: Talking) -> None:
    talking.say(files=[FILE, {**FILE, "caption": "Both"}])
    one, two = (update["message"] for update in talking.fetched())
    assert one["media_group_id"] == two["media_group_id"]
    assert two["message_id"] == one["message_id"] + 1
    assert two["caption"] == "Both"
    talking.say(files=[FILE, FILE])
    assert talking.fetched()[0]["message"]["media_group_id"] != one["media_group_id"]


def test_a_place_and_any_other_content_come_as_they_stand_on_the_wire(talking: Talking) -> None:
    talking.say(message={"location": {"latitude": 1.5, "longitude": 2.5}})
    talking.say(message={"dice": {"emoji": "🎲", "value": 3}, "message_id": 7})
    place, dice = (update["message"] for update in talking.fetched())
    assert place["location"] == {"latitude": 1.5, "longitude": 2.5}
    assert (dice["dice"]["value"], dice["message_id"]) == (3, place["message_id"] + 1)
    assert talking.try_to_say(message={}).status_code == 400


def test_a_reply_quotes_and_a_forward_names_its_origin(talking: Talking) -> None:
    talking.say(text="hi")
    asked = talking.call("sendMessage", chat_id=ADA, text="Which?")
    talking.say(text="this one", context={"id": f"{ADA}.{asked['message_id']}"})
    talking.say(text="look", context={"forwarded": True})
    talking.say(forward=f"{ADA}.{asked['message_id']}")
    _, reply, somebody, forward = (update["message"] for update in talking.fetched())
    assert (reply["reply_to_message"]["text"], reply["reply_to_message"]["from"]["id"]) == ("Which?", BOT)
    assert somebody["forward_origin"]["type"] == "hidden_user"
    assert (forward["text"], forward["forward_origin"]["sender_user"]["id"]) == ("Which?", BOT)


def test_an_edit_comes_as_edited_message_of_the_same_number(talking: Talking) -> None:
    said = talking.say(text="tabel")
    done = talking.say(edit={"id": said["id"], "text": "table"})
    message, edited = talking.fetched()
    assert edited["edited_message"]["message_id"] == message["message"]["message_id"]
    assert edited["edited_message"]["text"] == "table"
    assert edited["edited_message"]["edit_date"] > 0
    assert done["id"] == f"{said['id']}.e{edited['update_id']}"
    assert talking.try_to_say(BOB, edit={"id": said["id"], "text": "x"}).status_code == 404


def test_who_blocks_the_bot_is_told_nothing_and_tells_it(talking: Talking) -> None:
    talking.say(text="hi")
    talking.say(block=True)
    assert talking.refused("sendMessage", chat_id=ADA, text="hello?") == (
        403,
        "Forbidden: bot was blocked by the user",
    )
    assert talking.try_to_say(text="hm").status_code == 409
    talking.say(block=False)
    _, blocked, unblocked = (update for update in talking.fetched())
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert unblocked["my_chat_member"]["new_chat_member"]["status"] == "member"
    talking.say(block=True)
    talking.say(start="")
    assert [min(update) for update in talking.fetched()] == [
        "my_chat_member",
        "my_chat_member",
        "message",
    ]


def test_a_key_of_the_keyboard_sends_its_words_a_place_or_a_number(talking: Talking) -> None:
    talking.say(text="hi")
    keys = [
        ["Monday", {"text": "Where I am", "request_location": True}],
        [{"text": "Call me", "request_contact": True}],
    ]
    asked = talking.call("sendMessage", chat_id=ADA, text="When?", reply_markup={"keyboard": keys})
    talking.fetched()
    phone = talking.see("phone", contact=ADA)
    assert phone["keyboard"]["keyboard"][0][0] in ("Monday", {"text": "Monday"})
    assert (phone["lines"][-1]["choices"], phone["lines"][-1]["asks"]) == (["Monday"], "asks for a location")
    talking.say(tap="Monday")
    talking.say(tap="Where I am")
    talking.say(tap="Call me")
    monday, place, number = (update["message"] for update in talking.fetched())
    assert monday["text"] == "Monday"
    assert (place["location"]["latitude"], place["reply_to_message"]["message_id"]) == (
        52.51627,
        asked["message_id"],
    )
    assert number["contact"]["user_id"] == int(ADA)
    assert talking.try_to_say(tap="Tuesday").status_code == 409


def test_a_keyboard_for_one_time_goes_and_a_forced_reply_is_one(talking: Talking) -> None:
    talking.say(text="hi")
    once = {"keyboard": [["Yes"]], "one_time_keyboard": True}
    talking.call("sendMessage", chat_id=ADA, text="Sure?", reply_markup=once)
    talking.say(tap="Yes")
    assert talking.see("phone", contact=ADA)["keyboard"] is None
    asked = talking.call("sendMessage", chat_id=ADA, text="Name?", reply_markup={"force_reply": True})
    talking.say(text="Ada")
    talking.say(text="more")
    *_, name, more = (update["message"] for update in talking.fetched())
    assert name["reply_to_message"]["message_id"] == asked["message_id"]
    assert "reply_to_message" not in more


def test_the_newest_button_is_tapped_unless_a_message_is_named(talking: Talking) -> None:
    talking.say(text="hi")
    markup = {
        "inline_keyboard": [
            [{"text": "Yes", "callback_data": "1"}, {"text": "Site", "url": "https://a.example"}]
        ]
    }
    first = talking.call("sendMessage", chat_id=ADA, text="One?", reply_markup=markup)
    second = talking.call("sendMessage", chat_id=ADA, text="Two?", reply_markup=markup)
    talking.say(tap="Yes")
    talking.say(tap="1", context={"id": f"{ADA}.{first['message_id']}"})
    _, newest, named = talking.fetched()
    assert newest["callback_query"]["message"]["message_id"] == second["message_id"]
    assert named["callback_query"]["message"]["message_id"] == first["message_id"]
    assert "tells no bot" in talking.try_to_say(tap="Site").json()["error"]
    talking.call("editMessageReplyMarkup", chat_id=ADA, message_id=second["message_id"])
    talking.call("deleteMessage", chat_id=ADA, message_id=first["message_id"])
    assert talking.try_to_say(tap="Yes").status_code == 409
    lines = talking.see("transcript", contact=ADA)
    assert [(line["text"], line["tapped"]) for line in lines] == [
        ("hi", False),
        ("Two?", False),
        ("Yes", True),
        ("Yes", True),
    ]


def test_a_vote_in_a_poll_with_names_is_told(talking: Talking) -> None:
    talking.say(text="hi")
    options = [{"text": "Tea"}, {"text": "Coffee"}]
    poll = talking.call("sendPoll", chat_id=ADA, question="?", options=options, is_anonymous=False)
    talking.say(vote={"id": f"{ADA}.{poll['message_id']}", "options": [1]})
    answer = talking.fetched()[-1]["poll_answer"]
    assert (answer["poll_id"], answer["option_ids"], answer["user"]["id"]) == (
        poll["poll"]["id"],
        [1],
        int(ADA),
    )


def test_the_phone_shows_typing_edits_formats_and_reactions(talking: Talking) -> None:
    said = talking.say(text="hi")
    talking.call("sendChatAction", chat_id=ADA, action="typing")
    assert talking.see("phone", contact=ADA)["typing"] is True
    sent = talking.call("sendMessage", chat_id=ADA, text="<b>Bold</b>", parse_mode="HTML")
    talking.call(
        "setMessageReaction",
        chat_id=ADA,
        message_id=int(said["id"].split(".")[1]),
        reaction=[{"type": "emoji", "emoji": "👍"}],
    )
    talking.call("editMessageText", chat_id=ADA, message_id=sent["message_id"], text="Plain")
    phone = talking.see("phone", contact=ADA)
    mine, theirs = phone["lines"]
    assert (phone["typing"], phone["number"], phone["started"]) == (False, "@rejoinder_local_bot", True)
    assert mine["reactions"] == {str(BOT): ["👍"]}
    assert (theirs["text"], theirs["edited"], theirs["direction"]) == ("Plain", True, "out")


# -- groups --------------------------------------------------------------------------------------------------


def test_a_bot_in_privacy_mode_sees_what_is_meant_for_it(talking: Talking) -> None:
    group = group_of(talking)
    meant = ["/menu", "/menu@rejoinder_local_bot", "hey @rejoinder_local_bot, come"]
    for words in (*meant, "just chatting", "/menu@another_bot"):
        assert talking.say(f"{group}.{ADA}", text=words)["told"] is (words in meant)
    assert [update["message"]["text"] for update in talking.fetched()] == meant


def test_a_bot_sees_replies_to_it_and_everything_without_privacy_or_as_administrator(
    talking: Talking,
) -> None:
    group = group_of(talking)
    asked = talking.call("sendMessage", chat_id=group, text="Who?")
    assert talking.say(f"{group}.{ADA}", text="I", context={"id": f"{group}.{asked['message_id']}"})["told"]
    talking.control("bots", {"privacy": False})
    assert talking.say(f"{group}.{BOB}", text="all")["told"]
    talking.control("bots", {"privacy": True})
    assert not talking.say(f"{group}.{BOB}", text="nothing")["told"]
    talking.control(f"chats/{group}", {"do": "member", "id": str(BOT), "status": "administrator"})
    assert talking.say(f"{group}.{BOB}", text="all again")["told"]


def test_a_bot_is_told_when_it_comes_and_goes(talking: Talking) -> None:
    chat = talking.control("chats", {"type": "group", "title": "Team", "members": [ADA]})
    talking.control(f"chats/{chat['id']}", {"do": "member", "id": str(BOT), "status": "kicked"})
    came, went = (update["my_chat_member"] for update in talking.fetched())
    assert (came["old_chat_member"]["status"], came["new_chat_member"]["status"]) == ("left", "member")
    assert went["new_chat_member"]["status"] == "kicked"
    assert not talking.say(f"{chat['id']}.{ADA}", text="/menu")["told"]
    code, text = talking.refused("sendMessage", chat_id=chat["id"], text="hello?")
    assert (code, text) == (403, "Forbidden: bot was kicked from the group chat")


def test_a_group_becomes_a_supergroup_which_is_another_chat(talking: Talking) -> None:
    group = group_of(talking, type="group")
    fresh = talking.control(f"chats/{group}", {"do": "migrate"})["id"]
    old, new = (update["message"] for update in talking.fetched())
    assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (group, fresh)
    assert (new["chat"]["id"], new["migrate_from_chat_id"]) == (fresh, group)
    assert talking.ask("sendMessage", chat_id=group, text="x").json()["parameters"] == {
        "migrate_to_chat_id": fresh
    }
    assert talking.try_to_say(f"{group}.{ADA}", text="/menu").status_code == 409
    assert talking.say(f"{fresh}.{ADA}", text="/menu")["told"]


def test_a_topic_has_messages_of_its_own(talking: Talking) -> None:
    group = group_of(talking)
    topic = talking.control(f"chats/{group}", {"do": "topic", "name": "Tables"})["topic"]
    talking.say(f"{group}.{ADA}.{topic}", text="/menu")
    message = talking.fetched()[-1]["message"]
    assert (message["message_thread_id"], message["is_topic_message"]) == (topic, True)
    assert message["chat"]["is_forum"] is True
    assert [line["text"] for line in talking.see("transcript", contact=f"{group}.{ADA}.{topic}")] == ["/menu"]


def test_a_channel_posts_and_edits(talking: Talking) -> None:
    channel = talking.control("chats", {"type": "channel", "title": "News", "members": [ADA]})["id"]
    post = talking.say(str(channel), text="news")
    talking.say(str(channel), edit={"id": post["id"], "text": "old news"})
    _, posted, edited = talking.fetched()
    assert posted["channel_post"]["sender_chat"]["title"] == "News"
    assert edited["edited_channel_post"]["text"] == "old news"


def test_who_is_not_there_cannot_write(talking: Talking) -> None:
    group = group_of(talking)
    assert talking.try_to_say(f"{group}.99", text="/menu").status_code == 409
    assert talking.try_to_say("-77.99", text="/menu").status_code == 404
    assert talking.try_to_say("somebody", text="hi").status_code == 400
    assert talking.try_to_say(text="hi", tap="Yes").status_code == 400
    assert talking.try_to_say(text="hi", bot="nobody").status_code == 404


def test_everybody_with_a_talk_is_on_one_list(talking: Talking) -> None:
    talking.say(text="hi", name="Ada")
    talking.say(text="/start")
    group_of(talking)
    people = {one["id"]: one for one in talking.http.get("/sim/phone").json()["people"]}
    assert people[ADA] | {"at": 0} == {
        "channel": "telegram",
        "id": ADA,
        "name": "Ada",
        "text": "/start",
        "at": 0,
        "heard": 0,
    }
    assert {name.partition(".")[2] for name in people if "." in name} == {ADA, BOB}
