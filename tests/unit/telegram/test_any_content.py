"""Whatever our limits take is a request that keeps the rules of the Bot API.

The rules are written here from core.telegram.org/bots/api, not taken from our limits.
"""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.channels.telegram.ids import Place
from rejoinder.channels.telegram.limits import TelegramLimits
from rejoinder.channels.telegram.outbound import Call, render
from rejoinder.channels.telegram.taps import option_of
from rejoinder.errors import LimitExceeded
from rejoinder.model.contents import Reaction, Text
from rejoinder.model.markup import bold, code, italic, link, plain
from rejoinder.model.said import OutboundContent
from tests.contents import BY_KIND

LIMITS = TelegramLimits()
FEW = settings(max_examples=15)
PLACES = [
    Place(chat_id=5000000001, user_id=5000000001),
    Place(chat_id=-1001234567890, user_id=5000000001, topic_id=7),
]
NEEDED = {
    "sendMessage": {"chat_id", "text"},
    "sendPhoto": {"chat_id", "photo"},
    "sendVideo": {"chat_id", "video"},
    "sendAudio": {"chat_id", "audio"},
    "sendVoice": {"chat_id", "voice"},
    "sendDocument": {"chat_id", "document"},
    "sendSticker": {"chat_id", "sticker"},
    "sendMediaGroup": {"chat_id", "media"},
    "sendLocation": {"chat_id", "latitude", "longitude"},
    "sendVenue": {"chat_id", "latitude", "longitude", "title", "address"},
    "sendContact": {"chat_id", "phone_number", "first_name"},
    "setMessageReaction": {"chat_id", "message_id", "reaction"},
}
MARKED = st.recursive(
    st.text("ab é👍🏽\n*_`<", max_size=6),
    lambda words: st.one_of(
        st.builds(bold, words),
        st.builds(italic, words),
        st.builds(code, words),
        st.builds(link, words, st.just("https://example.com/?a=b")),
        st.builds(lambda one, other: one + other, words, words),
    ),
    max_leaves=5,
)


def units(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


def is_taken(content: OutboundContent) -> bool:
    try:
        LIMITS.check(content)
    except LimitExceeded:
        return False
    return True


def check(call: Call, content: OutboundContent) -> None:
    """Check a request as the Bot API does."""
    fields: dict[str, Any] = dict(call.fields)
    for attached in call.attached:
        fields[attached.part] = "attached"
        assert 0 < attached.file.size <= (10 if attached.field == "photo" else 50) << 20
    assert fields.keys() >= NEEDED[call.method]
    assert all(fields[name] or fields[name] in (0, []) for name in NEEDED[call.method])
    check_words(fields)
    check_album(fields)
    assert len(fields.get("vcard", "").encode()) <= 2048
    check_keyboard(fields.get("reply_markup", {}), content, is_private=fields["chat_id"] > 0)


def check_words(fields: dict[str, Any]) -> None:
    for name, most in (("text", 4096), ("caption", 1024)):
        if name in fields:
            assert fields[name].strip()
            assert units(fields[name]) <= most
            check_entities(fields[name], fields.get("entities" if name == "text" else "caption_entities", []))


def check_album(fields: dict[str, Any]) -> None:
    items = fields.get("media", [])
    assert not items or 2 <= len(items) <= 10
    kinds = {item["type"] for item in items}
    assert kinds <= {"photo", "video"} or kinds in ({"document"}, {"audio"})
    for item in items:
        named = item["media"]
        assert fields[named.removeprefix("attach://")] if named.startswith("attach://") else named
        check_words(item)


def check_entities(words: str, entities: list[dict[str, Any]]) -> None:
    assert len(entities) <= 100
    for entity in entities:
        assert entity["type"] in ("bold", "italic", "code", "text_link")
        assert (entity["type"] == "text_link") == ("url" in entity)
        encoded = words.encode("utf-16-le")
        shown = encoded[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        assert units(shown) == entity["length"]
        assert shown.strip(), "Telegram drops an entity without words"


def check_keyboard(markup: dict[str, Any], content: OutboundContent, *, is_private: bool) -> None:
    if not is_private:
        assert not markup.keys() - {"inline_keyboard"}
    keys = [key for row in markup.get("inline_keyboard", []) for key in row]
    assert len(keys) <= 100
    assert all(1 <= len(row) <= 8 for row in markup.get("inline_keyboard", []))
    carried = [key["callback_data"] for key in keys if "callback_data" in key]
    assert len(set(carried)) == len(carried)
    for key in keys:
        assert key["text"].strip()
        assert ("callback_data" in key) != ("url" in key)
    for data in carried:
        assert 1 <= len(data.encode()) <= 64
        assert option_of(data, content), "a tap finds its button"


@pytest.mark.parametrize("kind", list(BY_KIND))
@FEW
@given(data=st.data())
def test_any_content_within_the_limits_keeps_the_rules_of_the_bot_api(kind: str, data: st.DataObject) -> None:
    content = data.draw(BY_KIND[kind])
    if isinstance(content, Reaction):
        content = Reaction(message_id="5000000001.12", emoji=content.emoji)
    if is_taken(content):
        check(render(data.draw(st.sampled_from(PLACES)), content, "5000000001.3"), content)


@FEW
@given(st.lists(MARKED, min_size=1, max_size=4))
def test_any_markup_becomes_entities_of_its_words(words: list[str]) -> None:
    content = Text(body=" ".join(words))
    if is_taken(content):
        call = render(PLACES[0], content)
        check(call, content)
        assert call.fields["text"] == plain(content.body)
