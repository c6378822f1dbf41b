"""The methods of the simulated Bot API that send messages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram.network import Message
from tests.unit.simulator.kit import Webhook
from tests.unit.simulator.telegram.bot_api import ADA, PNG, BotApi


@pytest.fixture
def api() -> BotApi:
    one = BotApi(Settings(telegram_chat_burst=1000, telegram_per_second=1000))
    one.heard()
    return one


def buttons(*rows: list[Any]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def tap(data: str = "yes", text: str = "Yes") -> dict[str, str]:
    return {"text": text, "callback_data": data}


def test_a_message_has_the_shape_of_telegrams(api: BotApi) -> None:
    sent = api.say("Hi")
    message = list(api.chat().visible())[-1]
    assert sent == {
        "message_id": message.id,
        "date": int(message.at),
        "from": api.bot.shown(),
        "chat": {"id": ADA, "first_name": "Visitor", "type": "private"},
        "text": "Hi",
    }


def test_private_chats_of_a_bot_are_numbered_together_and_groups_alone(api: BotApi) -> None:
    first = api.say()["message_id"]
    assert api.heard(person_id=5).id == first + 1
    group = api.group()
    posts = [api.get("sendMessage", chat_id=group.id, text="x")["message_id"] for _ in range(2)]
    assert posts[1] == posts[0] + 1
    assert api.say()["message_id"] == first + 2


def test_an_inline_keyboard_stands_in_the_message(api: BotApi) -> None:
    keys = buttons([tap(), {"text": "Site", "url": "https://example.com"}], [])
    sent = api.say(reply_markup=keys)
    link = {"text": "Site", "url": "https://example.com/"}
    assert sent["reply_markup"] == {"inline_keyboard": [[tap(), link]]}
    assert api.say(reply_markup=json.dumps(keys))["reply_markup"] == sent["reply_markup"]


@pytest.mark.parametrize(
    ("markup", "error"),
    [
        (buttons([tap("x" * 65)]), "BUTTON_DATA_INVALID"),
        (buttons([tap("é" * 33)]), "BUTTON_DATA_INVALID"),
        (buttons([tap("")]),
         "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
        (buttons([{"callback_data": "x"}]), 'can\'t parse inline keyboard button: Can\'t find field "text"'),
        (buttons([{"text": "x", "url": "not-a-url"}]),
         "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL"),
        (buttons([{"text": "x", "url": "ftp://example.com"}]),
         "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol"),
        (buttons([{"text": "x", "url": "http://localhost/"}]),
         "inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL"),
        (buttons([{"text": "x", "web_app": {"url": "http://example.com"}}]),
         "inline keyboard button Web App URL 'http://example.com' is invalid: Only HTTPS links are allowed"),
        (buttons([{"text": "x", "copy_text": {"text": ""}}]), "BUTTON_COPY_TEXT_INVALID"),
        (buttons([{"text": "x", "pay": True}]), "BUTTON_TYPE_INVALID"),
        (buttons(*[[tap()] * 8] * 13), "reply markup is too long"),
        ({"inline_keyboard": "bad"}, 'field "inline_keyboard" must be of type Array'),
        ({"force_reply": "yes"}, 'field "force_reply" must be of type Boolean'),
        ("[]", "object expected as reply markup"),
        ("{", "can't parse reply markup JSON object"),
    ],
)  # fmt: skip
def test_wrong_keyboards_are_refused(api: BotApi, markup: Any, error: str) -> None:
    assert api.no("sendMessage", chat_id=ADA, text="x", reply_markup=markup) == f"Bad Request: {error}"


def test_64_bytes_of_data_and_100_buttons_are_allowed(api: BotApi) -> None:
    api.say(reply_markup=buttons(*[[tap("x" * 64)] * 8] * 12, [tap("é" * 32)] * 4))


def test_a_reply_keyboard_is_shown_by_the_phone_until_it_is_removed(api: BotApi) -> None:
    keys = {"keyboard": [["A", {"text": "Phone", "request_contact": True}]], "one_time_keyboard": True}
    sent = api.say(reply_markup=keys)
    assert "reply_markup" not in sent
    assert api.chat().keyboard == {
        "keyboard": [[{"text": "A"}, {"text": "Phone", "request_contact": True}]],
        "one_time_keyboard": True,
    }
    api.say()
    assert api.chat().keyboard is not None
    api.say(reply_markup={"remove_keyboard": True})
    assert api.chat().keyboard is None
    group = api.group()
    assert api.no("sendMessage", chat_id=group.id, text="x", reply_markup=keys) == (
        "Bad Request: phone number can be requested in private chats only"
    )


def test_a_reply_names_its_message(api: BotApi) -> None:
    heard = api.heard("the question")
    sent = api.say(reply_parameters={"message_id": heard.id, "quote": "the"})
    assert sent["reply_to_message"]["text"] == "the question"
    assert sent["quote"]["text"] == "the"
    assert api.say(reply_to_message_id=heard.id)["reply_to_message"]["message_id"] == heard.id
    again = api.say(reply_parameters={"message_id": sent["message_id"]})
    assert "reply_to_message" not in again["reply_to_message"]
    missing = api.no("sendMessage", chat_id=ADA, text="x", reply_parameters={"message_id": 999})
    assert missing == "Bad Request: message to be replied not found"
    assert "reply_to_message" not in api.say(
        reply_parameters={"message_id": 999, "allow_sending_without_reply": True}
    )
    nameless = api.no("sendMessage", chat_id=ADA, text="x", reply_parameters={"quote": "x"})
    assert nameless == 'Bad Request: can\'t find field "message_id"'


def test_a_topic_must_be_there(api: BotApi) -> None:
    forum = api.group(is_forum=True, topics={77: "News"})
    sent = api.get("sendMessage", chat_id=forum.id, text="x", message_thread_id=77)
    assert (sent["message_thread_id"], sent["is_topic_message"], sent["chat"]["is_forum"]) == (77, True, True)
    for chat_id in (forum.id, ADA):
        assert api.no("sendMessage", chat_id=chat_id, text="x", message_thread_id=5) == (
            "Bad Request: message thread not found"
        )


def test_a_post_of_a_channel_has_no_sender(api: BotApi) -> None:
    channel = api.group("channel", "administrator", username="news")
    sent = api.get("sendMessage", chat_id="@news", text="x")
    assert "from" not in sent
    assert sent["sender_chat"]["id"] == sent["chat"]["id"] == channel.id


@pytest.mark.parametrize(
    ("kind", "mime_type", "more", "field"),
    [
        ("photo", "image/png", {}, "photo"),
        ("video", "video/mp4", {"duration": 7, "width": 320, "height": 200}, "video"),
        ("animation", "video/mp4", {"duration": 7}, "animation"),
        ("audio", "audio/mpeg", {"duration": 7, "title": "Song", "performer": "Band"}, "audio"),
        ("voice", "audio/ogg", {"duration": 7}, "voice"),
        ("video_note", "video/mp4", {"duration": 7, "length": 240}, "video_note"),
        ("document", "application/pdf", {}, "document"),
        ("sticker", "image/webp", {"emoji": "👍"}, "sticker"),
    ],
)
def test_every_kind_of_file_is_sent_and_sent_again_by_its_id(
    api: BotApi, kind: str, mime_type: str, more: dict[str, Any], field: str
) -> None:
    method = f"send{kind.title().replace('_', '')}"
    sent = api.get(method, {kind: ("a.bin", PNG, mime_type)}, chat_id=ADA, **more)
    file = sent[field][-1] if kind == "photo" else sent[field]
    for name, value in more.items():
        assert file[name] == value
    again = api.get(method, chat_id=ADA, **{kind: file["file_id"]})
    repeated = again[field][-1] if kind == "photo" else again[field]
    assert repeated["file_unique_id"] == file["file_unique_id"]
    path = api.get("getFile", file_id=file["file_id"])["file_path"]
    assert api.request("GET", f"/file{api.base}/{path}").content == PNG


def test_a_photo_comes_in_sizes_the_largest_last(api: BotApi) -> None:
    sizes = api.get("sendPhoto", {"photo": ("a.png", PNG, "image/png")}, chat_id=ADA)["photo"]
    assert [(one["width"], one["height"]) for one in sizes] == [(90, 50), (800, 450)]
    assert len({one["file_id"] for one in sizes}) == len({one["file_unique_id"] for one in sizes}) == 2
    api.get("sendPhoto", chat_id=ADA, photo=sizes[0]["file_id"])


def test_a_file_may_stand_behind_another_name(api: BotApi) -> None:
    files = {"thing": ("report.pdf", b"%PDF", "application/pdf")}
    sent = api.get(
        "sendDocument", files, chat_id=ADA, document="attach://thing", caption="*x*", parse_mode="Markdown"
    )
    assert (sent["document"]["file_name"], sent["document"]["mime_type"]) == ("report.pdf", "application/pdf")
    assert (sent["caption"], sent["caption_entities"][0]["type"]) == ("x", "bold")


def test_wrong_files_are_refused(api: BotApi) -> None:
    photo = api.get("sendPhoto", {"photo": ("a.png", PNG, "image/png")}, chat_id=ADA)["photo"][0]["file_id"]
    wrong = "Bad Request: wrong file identifier/HTTP URL specified"
    assert api.no("sendPhoto", chat_id=ADA, photo="nonsense") == wrong
    assert api.no("sendPhoto", chat_id=ADA, photo="attach://nothing") == wrong
    assert api.no("sendPhoto", chat_id=ADA) == "Bad Request: there is no photo in the request"
    assert api.no("sendVideoNote", chat_id=ADA) == "Bad Request: there is no video note in the request"
    assert api.no("sendDocument", chat_id=ADA, document=photo) == (
        "Bad Request: can't use file of type Photo as Document"
    )
    assert api.no("sendPhoto", {"photo": ("a.png", b"", "image/png")}, chat_id=ADA) == (
        "Bad Request: file must be non-empty"
    )
    assert api.no("sendPhoto", {"photo": ("a.pdf", b"%PDF", "application/pdf")}, chat_id=ADA) == (
        "Bad Request: IMAGE_PROCESS_FAILED"
    )
    caption = api.no("sendPhoto", chat_id=ADA, photo=photo, caption="x" * 1025)
    assert caption == "Bad Request: message caption is too long"
    assert api.no("getFile", file_id="x") == (
        "Bad Request: wrong file_id or the file is temporarily unavailable"
    )


def test_files_have_their_limits_in_both_directions(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "rejoinder.workbench.simulator.telegram"
    monkeypatch.setattr(f"{module}.media.PHOTO_BYTES", 10)
    monkeypatch.setattr(f"{module}.media.MOST_BYTES", 40)
    monkeypatch.setattr(f"{module}.answers.DOWNLOAD_BYTES", 20)
    photo = {"photo": ("a.png", b"x" * 11, "image/png")}
    assert api.no("sendPhoto", photo, chat_id=ADA) == "Bad Request: file is too big"
    assert api.no("sendDocument", {"document": ("a", b"x" * 41)}, chat_id=ADA) == "Request Entity Too Large"
    sent = api.get("sendDocument", {"document": ("a", b"x" * 40)}, chat_id=ADA)
    assert api.no("getFile", file_id=sent["document"]["file_id"]) == "Bad Request: file is too big"


def test_a_file_of_another_bot_is_unknown() -> None:
    tokens = {"1:one-token-of-a-bot": "one_bot", "2:two-token-of-a-bot": "two_bot"}
    api = BotApi(Settings(telegram_bots=tokens))
    api.base = "/bot1:one-token-of-a-bot"
    api.heard()
    file = api.get("sendDocument", {"document": ("a", b"x")}, chat_id=ADA)["document"]["file_id"]
    api.base = "/bot2:two-token-of-a-bot"
    assert api.no("sendMessage", chat_id=ADA, text="x").startswith("Forbidden: bot can't initiate")
    api.network.append(
        api.network.private_chat(api.network.bots["2:two-token-of-a-bot"], api.person()), api.person(), {}
    )
    assert api.no("sendDocument", chat_id=ADA, document=file).startswith("Bad Request: wrong file identifier")


def test_files_are_fetched_from_this_machine_and_noted_from_elsewhere(api: BotApi, webhook: Webhook) -> None:
    away = api.get("sendPhoto", chat_id=ADA, photo="https://example.com/a.png")
    assert away["photo"][-1]["file_size"] == 0
    webhook.handshake = lambda _: (200, "%PDF")
    assert api.no("sendPhoto", chat_id=ADA, photo="https://example.com/a.pdf") == (
        "Bad Request: wrong type of the web page content"
    )
    assert api.no("sendDocument", chat_id=ADA, document="https://example.com/a.docx") == (
        "Bad Request: wrong type of the web page content"
    )
    here = api.get("sendDocument", chat_id=ADA, document=f"{webhook.url}/a.pdf")
    assert (here["document"]["file_size"], here["document"]["mime_type"]) == (4, "application/pdf")
    webhook.handshake = lambda _: (404, "")
    for url in (f"{webhook.url}/a.pdf", "http://127.0.0.1:1/a.pdf"):
        assert api.no("sendDocument", chat_id=ADA, document=url) == (
            "Bad Request: failed to get HTTP URL content"
        )


def test_an_album_is_one_group_of_messages(api: BotApi) -> None:
    media = [
        {"type": "photo", "media": "attach://one", "caption": "<b>x</b>", "parse_mode": "HTML"},
        {"type": "video", "media": "attach://two", "duration": 5},
    ]
    files = {"one": ("a.png", PNG, "image/png"), "two": ("a.mp4", b"x", "video/mp4")}
    first, second = api.get("sendMediaGroup", files, chat_id=ADA, media=json.dumps(media))
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], second["video"]["duration"]) == ("x", 5)


@pytest.mark.parametrize(
    ("media", "error"),
    [
        ([{"type": "photo", "media": "x"}], "expected 2 to 10 files in an album"),
        ([{"type": "photo", "media": "x"}] * 11, "too many messages to send as an album"),
        ([{"type": "photo", "media": "x"}, {"type": "document", "media": "x"}],
         "document can't be mixed with other media types"),
        ([{"type": "animation", "media": "x"}] * 2,
         'can\'t parse InputMedia: type "animation" can\'t be used in sendMediaGroup'),
        ([{"type": "nonsense", "media": "x"}] * 2, 'can\'t parse InputMedia: type "nonsense" is unsupported'),
        ([{"type": "photo"}] * 2, "can't parse InputMedia: media not found"),
        ([{"type": "photo", "media": "x"}] * 2, "wrong file identifier/HTTP URL specified"),
        ({}, "expected an Array of InputMedia"),
    ],
)  # fmt: skip
def test_wrong_albums_are_refused_whole(api: BotApi, media: Any, error: str) -> None:
    assert api.no("sendMediaGroup", chat_id=ADA, media=media) == f"Bad Request: {error}"
    assert len(api.chat().messages) == 1


def test_places_cards_polls_and_dice_are_sent(api: BotApi) -> None:
    where = {"latitude": 52.5, "longitude": 13.4}
    assert api.get("sendLocation", chat_id=ADA, **where)["location"] == where
    venue = api.get("sendVenue", chat_id=ADA, title="Café", address="Street 1", **where)["venue"]
    assert (venue["title"], venue["location"]) == ("Café", where)
    card = api.get("sendContact", chat_id=ADA, phone_number="+491", first_name="Ada", vcard="BEGIN:VCARD")
    assert card["contact"] == {"phone_number": "+491", "first_name": "Ada", "vcard": "BEGIN:VCARD"}
    poll = api.get("sendPoll", chat_id=ADA, question="Tea?", options=["Yes", {"text": "No"}])["poll"]
    assert [one["text"] for one in poll["options"]] == ["Yes", "No"]
    assert 1 <= api.get("sendDice", chat_id=ADA)["dice"]["value"] <= 6


@pytest.mark.parametrize(
    ("method", "parameters", "error"),
    [
        ("sendLocation", {"latitude": 91, "longitude": 0}, "wrong location specified"),
        ("sendLocation", {"longitude": 0}, "latitude is empty"),
        ("sendVenue", {"latitude": 1, "longitude": 0, "title": "x"}, 'parameter "address" is required'),
        ("sendContact", {"phone_number": "1"}, 'parameter "first_name" is required'),
        ("sendPoll", {"question": "x" * 301, "options": ["a"]}, "poll question length must not exceed 300"),
        ("sendPoll", {"question": "x", "options": ["a"] * 13}, "poll can't have more than 12 options"),
        ("sendDice", {"emoji": "x"}, "wrong dice emoji specified"),
        ("sendChatAction", {"action": "sleeping"}, "wrong parameter action in request"),
    ],
)
def test_wrong_parameters_are_refused(
    api: BotApi, method: str, parameters: dict[str, Any], error: str
) -> None:
    assert api.no(method, chat_id=ADA, **parameters) == f"Bad Request: {error}"


def test_typing_is_shown_for_five_seconds_or_until_a_message(api: BotApi) -> None:
    assert api.get("sendChatAction", chat_id=ADA, action="typing") is True
    typing = api.chat().typing
    assert typing is not None
    assert 0 < typing.until - api.clock.now() <= 5
    api.say()
    assert api.chat().typing is None


def test_everything_said_is_kept_in_the_chat(api: BotApi) -> None:
    api.say("one")
    api.say("two", protect_content=True)
    kept: list[Message] = list(api.chat().visible())
    assert [one.content["text"] for one in kept] == ["hi", "one", "two"]
    assert kept[2].around == {"has_protected_content": True}
