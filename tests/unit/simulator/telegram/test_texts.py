"""The texts of the simulated Bot API: formatting, entities, and their limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.simulator.telegram.bot_api import ADA, BotApi


@pytest.fixture(scope="module")
def api() -> BotApi:
    one = BotApi()
    one.heard()
    return one


@pytest.fixture(autouse=True)
def _slowly(api: BotApi) -> None:
    api.clock.advance(60)


def entity(kind: str, offset: int, length: int, **more: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("mode", "text", "plain", "entities"),
    [
        ("HTML", "<b>a</b> <I>b</I>", "a b", [entity("bold", 0, 1), entity("italic", 2, 1)]),
        ("html", "<b>😀<u>x</u></b>", "😀x", [entity("bold", 0, 3), entity("underline", 2, 1)]),
        ("HTML", "a &lt;b&gt; &amp; &quot;&#33;&#x21; &x;", 'a <b> & "!! &x;', []),
        ("HTML", '<a href="https://Example.com?x=1">l</a>', "l", [
            entity("text_link", 0, 1, url="https://example.com?x=1")]),
        ("HTML", '<a href="nonsense">l</a>', "l", []),
        ("HTML", f'<a href="tg://user?id={ADA}">l</a>', "l", [entity("text_mention", 0, 1)]),
        ("HTML", '<pre><code class="language-py">x</code></pre>', "x", [
            entity("pre", 0, 1, language="py")]),
        ("HTML", '<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>', "xy", [
            entity("spoiler", 0, 1), entity("spoiler", 1, 1)]),
        ("HTML", "<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        ("HTML", "<b>a</>", "a", [entity("bold", 0, 1)]),
        ("HTML", "  <b> a </b> ", "a", [entity("bold", 0, 1)]),
        ("MarkdownV2", "*a* _b_ __c__ ~d~ ||e||", "a b c d e", [
            entity("bold", 0, 1), entity("italic", 2, 1), entity("underline", 4, 1),
            entity("strikethrough", 6, 1), entity("spoiler", 8, 1)]),
        ("MarkdownV2", r"1\.5 \* 2", "1.5 * 2", []),
        ("MarkdownV2", "*a _b_*", "a b", [entity("bold", 0, 3), entity("italic", 2, 1)]),
        ("MarkdownV2", "`a.b` ```py\nx.y```", "a.b x.y", [
            entity("code", 0, 3), entity("pre", 4, 3, language="py")]),
        ("MarkdownV2", r"[l](https://a.example/\))", "l", [
            entity("text_link", 0, 1, url="https://a.example/)")]),
        ("MarkdownV2", ">q\n>r\nafter", "q\nr\nafter", [entity("blockquote", 0, 3)]),
        ("Markdown", "*a* _b_ `c` [l](http://a.example/) \\*", "a b c l *", [
            entity("bold", 0, 1), entity("italic", 2, 1), entity("code", 4, 1),
            entity("text_link", 6, 1, url="http://a.example/")]),
        ("Markdown", "1.5 ```x```", "1.5 x", [entity("pre", 4, 1)]),
    ],
)  # fmt: skip
def test_marked_up_texts_become_plain_ones_with_entities(
    api: BotApi, mode: str, text: str, plain: str, entities: list[Any]
) -> None:
    sent = api.say(text, parse_mode=mode)
    assert sent["text"] == plain
    for one in sent.get("entities", []):
        one.pop("user", None)
    assert sent.get("entities", []) == entities


@pytest.mark.parametrize(
    ("mode", "text", "error"),
    [
        ("HTML", "<b>unclosed", 'Can\'t find end tag corresponding to start tag "b"'),
        ("HTML", "<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
        ("HTML", "1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("HTML", "<b><i>test</b></i>", 'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"'),
        ("HTML", "🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13"),
        ("HTML", "🏟 🏟&lt;<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 13'),
        ("HTML", "🏟 🏟&lt;<i    aba>",
         'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 13'),
        ("HTML", "🏟 🏟&lt;<i    aba  =  ", 'Unclosed start tag "i" at byte offset 13'),
        ("HTML", "🏟 🏟&lt;<i    aba  =  190azAz-.,", "Unexpected end of name token at byte offset 27"),
        ("HTML", "🏟 🏟&lt;<i    aba  =  '&lt;&gt;&quot;>", "Unclosed start tag at byte offset 13"),
        ("HTML", "🏟 🏟&lt;</", "Unexpected end tag at byte offset 13"),
        ("HTML", "🏟 🏟&lt;<b></b></", "Unexpected end tag at byte offset 20"),
        ("HTML", "<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("HTML", "<b>x</b", "Unclosed end tag at byte offset 4"),
        ("HTML", "<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("HTML", '<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
        ("MarkdownV2", "hello.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "a-b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
        ("MarkdownV2", "*unclosed", "Can't find end of Bold entity at byte offset 0"),
        ("MarkdownV2", "é __u", "Can't find end of Underline entity at byte offset 3"),
        ("MarkdownV2", "[a](b", "Can't find end of a URL at byte offset 4"),
        ("Markdown", "*unclosed", "Can't find end of the entity starting at byte offset 0"),
        ("Markdown", "snake_case", "Can't find end of the entity starting at byte offset 5"),
    ],
)  # fmt: skip
def test_wrong_markup_is_refused_in_telegrams_words(api: BotApi, mode: str, text: str, error: str) -> None:
    refusal = api.no("sendMessage", chat_id=ADA, text=text, parse_mode=mode)
    assert refusal == f"Bad Request: can't parse entities: {error}"


@pytest.mark.parametrize(
    ("entities", "error"),
    [
        ([entity("bold", 100, 1)], "entity begins after the end of the text at UTF-16 offset 100"),
        ([entity("bold", 0, 100)],
         "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100"),
        ([entity("bold", -1, 1)], "receive an entity with incorrect offset -1"),
        ([entity("bold", 1, 1)], "entity begins in a middle of a UTF-16 symbol at UTF-16 offset 1"),
        ([entity("nonsense", 0, 2)], "can't parse MessageEntity: Unsupported type specified"),
        ([entity("text_link", 0, 2)], 'can\'t parse MessageEntity: Can\'t find field "url"'),
        ([entity("text_link", 0, 2, url="not-a-url")], "entity URL 'not-a-url' is invalid: Wrong HTTP URL"),
        ([entity("text_link", 0, 2, url="")], "entity URL '' is invalid: URL host is empty"),
        ([{"type": "bold"}], 'can\'t parse MessageEntity: Can\'t find field "offset"'),
        (["bold"], "expected an Array of MessageEntity"),
    ],
)  # fmt: skip
def test_explicit_entities_are_checked(api: BotApi, entities: list[Any], error: str) -> None:
    assert api.no("sendMessage", chat_id=ADA, text="😀 hello", entities=entities) == f"Bad Request: {error}"


def test_explicit_entities_are_trimmed_with_the_text(api: BotApi) -> None:
    sent = api.say(" \n 😀 bold  ", entities=[entity("bold", 0, 12), entity("italic", 0, 2)])
    assert (sent["text"], sent["entities"]) == ("😀 bold", [entity("bold", 0, 7)])


def test_telegram_finds_links_commands_and_names_itself(api: BotApi) -> None:
    text = "😀 /start@a_bot #tag a@b.com see https://example.com/x, example.org. @durov_x 1/2 x#y"
    units = text.encode("utf-16-le")
    found = {}
    for one in api.say(text)["entities"]:
        begin, end = one["offset"], one["offset"] + one["length"]
        found[units[2 * begin : 2 * end].decode("utf-16-le")] = one["type"]
    assert found == {
        "/start@a_bot": "bot_command",
        "#tag": "hashtag",
        "a@b.com": "email",
        "https://example.com/x": "url",
        "example.org": "url",
        "@durov_x": "mention",
    }


def test_nothing_is_found_in_code_and_links(api: BotApi) -> None:
    sent = api.say('<code>/start</code> <a href="https://a.example">@durov_x</a>', parse_mode="HTML")
    assert [one["type"] for one in sent["entities"]] == ["code", "text_link"]


def test_only_known_people_are_mentioned(api: BotApi) -> None:
    known = api.say(f'<a href="tg://user?id={ADA}">Ada</a>', parse_mode="HTML")
    assert known["entities"][0]["user"]["id"] == ADA
    assert "entities" not in api.say('<a href="tg://user?id=99">nobody</a>', parse_mode="HTML")


def test_a_text_has_its_limits_after_its_markup_was_read(api: BotApi) -> None:
    assert len(api.say(f"<b>{'x' * 4096}</b>", parse_mode="HTML")["text"]) == 4096
    assert api.no("sendMessage", chat_id=ADA, text="x" * 4097) == "Bad Request: message is too long"
    assert api.no("sendMessage", chat_id=ADA) == "Bad Request: message text is empty"
    half = api.no("sendMessage", chat_id=ADA, text="half \ud83d")
    assert half == "Bad Request: strings must be encoded in UTF-8"
    assert api.no("sendMessage", chat_id=ADA, text="   ") == "Bad Request: text must be non-empty"
    assert api.no("sendMessage", chat_id=ADA, text="<b></b>", parse_mode="HTML") == (
        "Bad Request: text must be non-empty"
    )
    assert (
        api.no("sendMessage", chat_id=ADA, text="x", parse_mode="x") == "Bad Request: unsupported parse_mode"
    )
