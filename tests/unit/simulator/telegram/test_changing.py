"""The methods of the simulated Bot API that change messages, and those about the bot, chats and queries."""

from __future__ import annotations

from typing import Any

import pytest

from rejoinder.workbench.simulator.settings import Settings
from rejoinder.workbench.simulator.telegram.network import Update
from tests.unit.simulator.telegram.bot_api import ADA, PNG, BotApi

KEYS = {"inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}]]}


@pytest.fixture
def api() -> BotApi:
    one = BotApi(Settings(telegram_chat_burst=1000, telegram_per_second=1000))
    one.heard()
    return one


def of(message: Any) -> dict[str, Any]:
    return {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}


def photo(api: BotApi, **more: Any) -> Any:
    return api.get("sendPhoto", {"photo": ("a.png", PNG, "image/png")}, chat_id=ADA, **more)


def test_a_text_is_edited_and_loses_a_keyboard_that_is_not_named(api: BotApi) -> None:
    sent = api.say("old", reply_markup=KEYS)
    edited = api.get("editMessageText", **of(sent), text="<b>new</b>", parse_mode="HTML")
    assert (edited["text"], edited["entities"][0]["type"]) == ("new", "bold")
    assert "edit_date" in edited
    assert "reply_markup" not in edited


def test_a_keyboard_is_taken_away_and_the_second_time_nothing_changes(api: BotApi) -> None:
    sent = api.say("old", reply_markup=KEYS)
    taken = api.get("editMessageReplyMarkup", **of(sent))
    assert not {"reply_markup", "edit_date"} & {*taken}, "no phone shows this as an edit"
    unchanged = (
        "Bad Request: message is not modified: specified new message content and reply markup are exactly "
        "the same as a current content and reply markup of the message"
    )
    assert api.no("editMessageReplyMarkup", **of(sent)) == unchanged
    assert api.no("editMessageText", **of(sent), text="old") == unchanged


def test_captions_and_files_are_edited(api: BotApi) -> None:
    sent = photo(api, caption="old")
    assert api.get("editMessageCaption", **of(sent), caption="new")["caption"] == "new"
    assert "caption" not in api.get("editMessageCaption", **of(sent))
    files = {"new": ("a.pdf", b"%PDF", "application/pdf")}
    media = '{"type": "document", "media": "attach://new", "caption": "c"}'
    edited = api.get("editMessageMedia", files, **of(sent), media=media)
    assert (edited["document"]["file_name"], edited["caption"]) == ("a.pdf", "c")
    assert "photo" not in edited


def test_only_what_is_there_and_its_own_can_be_edited(api: BotApi) -> None:
    heard, picture, said = api.heard(), photo(api), api.say()
    fixed = api.say(reply_markup={"keyboard": [["A"]]})
    refusals = {
        api.no("editMessageText", chat_id=ADA, message_id=999, text="x"),
        api.no("editMessageText", chat_id=ADA, message_id=heard.id, text="x"),
        api.no("editMessageText", **of(picture), text="x"),
        api.no("editMessageCaption", **of(said), caption="x"),
        api.no("editMessageText", text="x"),
        api.no("editMessageText", **of(fixed), text="x"),
        api.no("editMessageText", **of(said), text=" "),
        api.no("editMessageText", inline_message_id="x", text="x"),
    }
    assert refusals == {
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
        "Bad Request: there is no text in the message to edit",
        "Bad Request: there is no caption in the message to edit",
        "Bad Request: message identifier is not specified",
        "Bad Request: text must be non-empty",
        "Bad Request: MESSAGE_ID_INVALID",
    }


def test_messages_are_deleted_for_two_days(api: BotApi) -> None:
    sent, heard, old = api.say(), api.heard(), api.say()
    assert api.get("deleteMessage", **of(sent)) is True
    assert api.get("deleteMessage", chat_id=ADA, message_id=heard.id) is True
    assert api.no("deleteMessage", **of(sent)) == "Bad Request: message to delete not found"
    api.clock.advance(48 * 3600 + 1)
    assert api.no("deleteMessage", **of(old)) == "Bad Request: message can't be deleted"
    assert api.no("deleteMessage", chat_id=ADA) == "Bad Request: message identifier is not specified"
    assert api.get("deleteMessages", chat_id=ADA, message_ids=[old["message_id"], 999]) is True
    assert [one.id for one in api.chat().visible()][1:] == [old["message_id"]]


def test_a_member_deletes_only_its_own_messages_in_a_group(api: BotApi) -> None:
    group = api.group()
    theirs = api.network.append(group, api.person(), {"text": "x"})
    asked = {"chat_id": group.id, "message_id": theirs.id}
    assert api.no("deleteMessage", **asked) == "Bad Request: message can't be deleted"
    group.members[api.bot.id] = "administrator"
    assert api.get("deleteMessage", **asked) is True


def test_a_bot_reacts_with_one_emoji_that_telegram_knows(api: BotApi) -> None:
    heard = api.heard()
    asked = {"chat_id": ADA, "message_id": heard.id}
    assert api.get("setMessageReaction", **asked, reaction=[{"type": "emoji", "emoji": "❤️"}]) is True
    assert heard.reactions == {api.bot.id: [{"type": "emoji", "emoji": "❤"}]}
    assert api.get("setMessageReaction", **asked) is True
    assert heard.reactions == {}
    for wrong in ({"type": "emoji", "emoji": "🥑"}, {"type": "paid"}, {"type": "emoji", "emoji": "x"}):
        assert api.no("setMessageReaction", **asked, reaction=[wrong]) == "Bad Request: REACTION_INVALID"
    twice = [{"type": "emoji", "emoji": "👍"}] * 2
    assert api.no("setMessageReaction", **asked, reaction=twice) == "Bad Request: REACTIONS_TOO_MANY"
    missing = api.no("setMessageReaction", chat_id=ADA, message_id=999)
    assert missing == "Bad Request: message to react not found"


def test_messages_are_forwarded_with_their_origin_and_copied_without(api: BotApi) -> None:
    heard = api.heard("the words")
    asked = {"chat_id": ADA, "from_chat_id": ADA, "message_id": heard.id}
    forwarded = api.get("forwardMessage", **asked)
    assert forwarded["text"] == "the words"
    assert forwarded["forward_origin"]["sender_user"]["id"] == ADA
    again = api.get("forwardMessage", **{**asked, "message_id": forwarded["message_id"]})
    assert again["forward_origin"] == forwarded["forward_origin"]
    copy = api.chat().messages[api.get("copyMessage", **asked)["message_id"]]
    assert (copy.content, copy.around) == ({"text": "the words"}, {})
    both = {"chat_id": ADA, "from_chat_id": ADA, "message_ids": [heard.id, copy.id, 999]}
    assert len(api.get("copyMessages", **both)) == len(api.get("forwardMessages", **both)) == 2
    assert api.no("forwardMessage", **{**asked, "message_id": 999}) == (
        "Bad Request: message to forward not found"
    )


def test_a_copy_may_have_another_caption_and_protected_content_has_no_copy(api: BotApi) -> None:
    sent = photo(api, caption="old")
    asked = {"chat_id": ADA, "from_chat_id": ADA}
    copy = api.get("copyMessage", **asked, message_id=sent["message_id"], caption="new")
    assert api.chat().messages[copy["message_id"]].content["caption"] == "new"
    sealed = api.say(protect_content=True)
    for method, verb in (("copyMessage", "copied"), ("forwardMessage", "forwarded")):
        refusal = api.no(method, **asked, message_id=sealed["message_id"])
        assert refusal == f"Bad Request: message can't be {verb}"


def test_a_tap_is_answered_in_time_or_never(api: BotApi) -> None:
    message = api.chat().messages[api.say(reply_markup=KEYS)["message_id"]]
    query = api.network.tap(api.bot, api.person(), message, "yes")
    long = api.no("answerCallbackQuery", callback_query_id=query.id, text="x" * 201)
    assert long == "Bad Request: MESSAGE_TOO_LONG"
    assert api.network.queries[query.id].answer is None
    assert api.get("answerCallbackQuery", callback_query_id=query.id, text="Done") is True
    assert query.answer == {"text": "Done", "show_alert": False, "url": ""}
    late = api.network.tap(api.bot, api.person(), message, "yes")
    api.clock.advance(16)
    for query_id in (late.id, "1", ""):
        assert api.no("answerCallbackQuery", callback_query_id=query_id) == (
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )


def test_payments_and_inline_queries_are_answered(api: BotApi) -> None:
    assert api.get("answerPreCheckoutQuery", pre_checkout_query_id="7", ok=True) is True
    refusal = api.no("answerPreCheckoutQuery", pre_checkout_query_id="8", ok=False)
    assert refusal == 'Bad Request: parameter "error_message" is required'
    assert api.get("answerInlineQuery", inline_query_id="9", results=[]) is True
    assert set(api.network.answers) == {"7", "9"}


def test_commands_are_kept_by_scope_and_language(api: BotApi) -> None:
    usual = [{"command": "start", "description": "Begin"}]
    german = [{"command": "start", "description": "Los"}]
    assert api.get("setMyCommands", commands=usual) is True
    private = {"type": "all_private_chats"}
    assert api.get("setMyCommands", commands=german, scope=private, language_code="de") is True
    assert api.get("getMyCommands") == usual
    assert api.get("getMyCommands", scope=private, language_code="de") == german
    assert api.get("getMyCommands", scope=private) == []
    assert api.get("deleteMyCommands") is True
    assert api.get("getMyCommands") == []


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"commands": [{"command": "Start", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "s" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "s", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "s"}]}, "can't parse BotCommand: Can't find field \"description\""),
        ({"commands": [{"command": "s", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "scope": {"type": "x"}}, "can't parse BotCommandScope: Unsupported type specified"),
    ],
)
def test_wrong_commands_are_refused(api: BotApi, parameters: dict[str, Any], error: str) -> None:
    assert api.no("setMyCommands", **parameters) == f"Bad Request: {error}"


def test_texts_about_a_bot_are_kept_by_language(api: BotApi) -> None:
    assert api.get("getMyDescription") == {"description": ""}
    assert api.get("setMyDescription", description="All") is True
    assert api.get("setMyDescription", description="Alle", language_code="de") is True
    assert api.get("getMyDescription", language_code="de") == {"description": "Alle"}
    assert api.get("getMyDescription", language_code="fr") == {"description": "All"}
    assert api.get("setMyShortDescription", short_description="Short") is True
    assert api.get("getMyShortDescription") == {"short_description": "Short"}
    assert api.no("setMyShortDescription", short_description="x" * 121).startswith("Bad Request: ")
    assert api.get("setChatMenuButton", menu_button={"type": "default"}) is True
    assert api.get("getChatMenuButton", chat_id=ADA) == {"type": "default"}
    assert api.get("logOut") is api.get("close") is True


def test_chats_and_their_members_are_shown(api: BotApi) -> None:
    group = api.group(status="administrator")
    assert api.get("getChat", chat_id=group.id)["title"] == "Friends"
    assert api.get("getChat", chat_id=ADA)["first_name"] == "Visitor"
    assert api.get("getChatMemberCount", chat_id=group.id) == 2
    assert api.get("getChatMember", chat_id=group.id, user_id=ADA)["status"] == "creator"
    assert api.get("getChatMember", chat_id=group.id, user_id=api.bot.id)["can_delete_messages"] is True
    api.person(5)
    assert api.get("getChatMember", chat_id=group.id, user_id=5)["status"] == "left"
    assert len(api.get("getChatAdministrators", chat_id=group.id)) == 2
    assert api.no("getChatAdministrators", chat_id=ADA) == (
        "Bad Request: there are no administrators in the private chat"
    )
    assert api.no("getChatMember", chat_id=group.id) == "Bad Request: invalid user_id specified"


def test_a_bot_that_leaves_a_group_is_told_so_and_cannot_write_there(api: BotApi) -> None:
    told: list[Update] = []
    api.network.on_update.append(told.append)
    group = api.group()
    assert api.get("leaveChat", chat_id=group.id) is True
    assert [(one.kind, one.content["new_chat_member"]["status"]) for one in told] == [
        ("my_chat_member", "left")
    ]
    assert api.no("sendMessage", chat_id=group.id, text="x") == (
        "Forbidden: bot is not a member of the supergroup chat"
    )
