"""What is kept as JSON is read where it is asked for, and written anew where it was changed."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rejoinder import Bot, Chat
from rejoinder.aws.stored.conversations import dump_conversation, read_conversation
from rejoinder.model.conversation import Conversation
from rejoinder.model.data import JsonObject
from tests.unit.worlds import ADA, World, inbound

VALUES = {"a": 1, "b": [1, {"c": None}], "ü": "x\r\n\u2028", "": ""}
LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
JSON = st.recursive(LEAVES, lambda one: st.lists(one) | st.dictionaries(st.text(), one), max_leaves=8)


def stored(values: dict[str, Any]) -> JsonObject:
    """Return an object of which nothing was read yet."""
    return JsonObject.read(JsonObject.of(values).text)


@given(st.dictionaries(st.text(alphabet=st.characters()), JSON, max_size=5))
@example({"\ud83d": "\ud83d\uffff", '"': "\\", "a\r": {",\r": "\r"}})
def test_an_object_comes_back_as_it_was(values: dict[str, Any]) -> None:
    text = JsonObject.of(values).text
    assert json.loads(text) == values, "older code reads it"
    assert JsonObject.read(text) == values
    assert JsonObject.read(text).text == text
    assert JsonObject.read(json.dumps(values)) == values, "older code wrote it"
    assert JsonObject.of(values).size == len(
        json.dumps(values, ensure_ascii=False).encode(errors="surrogatepass")
    )
    assert text.encode(), "halves of surrogate pairs are escaped"


@pytest.mark.parametrize("text", ["", "[]", "1", "{", '{\r"a": 1,\r}', "{\r}"])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises((TypeError, ValueError, IndexError)):
        JsonObject.read(text)


def test_only_what_is_asked_for_is_read() -> None:
    kept = JsonObject.read('{\r"a": [1],\r"b": this was never JSON}')
    assert (kept["a"], len(kept), "b" in kept, [*kept], bool(kept)) == ([1], 2, True, ["a", "b"], True)
    with pytest.raises(ValueError, match="Expecting value"):
        kept.get("b")


def _taken(**given: Any) -> dict[str, Any]:
    return given


def _matched(kept: dict[str, Any]) -> dict[str, Any]:
    match kept:
        case {"a": one, "b": other, "ü": words, "": nothing}:
            return {"a": one, "b": other, "ü": words, "": nothing}
        case _:
            return {}


def _updated(kept: JsonObject) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    plain.update(kept)
    return plain


WAYS: dict[str, Callable[[JsonObject], object]] = {
    "[]": lambda kept: {name: kept[name] for name in kept},
    "get": lambda kept: {name: kept.get(name) for name in kept},
    "items": lambda kept: {name: value for name, value in kept.items()},  # noqa: C416 - that is the way
    "values": lambda kept: dict(zip(kept, kept.values(), strict=True)),
    "pop": lambda kept: {name: kept.pop(name) for name in [*kept]},
    "popitem": lambda kept: dict(reversed([kept.popitem() for _ in range(len(kept))])),
    "setdefault": lambda kept: {name: kept.setdefault(name, 0) for name in kept},
    "dict": dict,
    "stars": lambda kept: {**kept},
    "keyword arguments": lambda kept: _taken(**kept),
    "a pattern": _matched,
    "update": _updated,
    "or": lambda kept: kept | {},
    "or behind another": lambda kept: {} | kept,
    "its copy": lambda kept: kept.copy(),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda kept: pickle.loads(pickle.dumps(kept)),  # noqa: S301 - our own
    "JSON": lambda kept: json.loads(json.dumps(kept)),
    "indented JSON": lambda kept: json.loads(json.dumps(kept, indent=1)),
    "sorted JSON": lambda kept: json.loads(json.dumps(kept, sort_keys=True)),
    "repr": lambda kept: eval(repr(kept)),  # noqa: S307 - our own
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_the_values_finds_them(way: str) -> None:
    found = WAYS[way](stored(VALUES))
    assert found == VALUES
    assert found != {**VALUES, "a": 2}
    assert str(found) == str(VALUES) or "sorted" in way


def test_objects_are_equal_when_their_values_are() -> None:
    assert stored(VALUES) == stored(VALUES) == JsonObject.of(VALUES)
    assert stored(VALUES) != stored({**VALUES, "a": 2})
    assert JsonObject.of(JsonObject(VALUES)).text == stored(VALUES).text


# --- chat.data ----------------------------------------------------------------------------------------------


def after(text: str, handler: Callable[[Chat], None]) -> str:
    """Return the text of `chat.data` after a turn of `handler`, which found it stored as `text`."""
    bot = Bot()
    bot.otherwise(handler)
    world = World(bot)
    world.process(inbound(id="a"))
    ((key, conversation),) = world.store.conversations.items()
    item = dump_conversation(conversation) | {
        "data": {"S": text},
        "version": {"N": str(conversation.version)},
    }
    world.store.conversations[key] = read_conversation(key, item)
    world.process(inbound(id="b"))
    return str(dump_conversation(world.store.conversations[key])["data"]["S"])


def test_what_no_handler_touches_stays_as_it_is_stored() -> None:
    def count(chat: Chat) -> None:
        chat.data["n"] = chat.data.get("n", 0) + 1

    odd = '"odd":   [1,     2]'
    assert after(f'{{\r{odd},\r"n": 1}}', count) == f'{{\r{odd},\r"n": 2}}'
    assert after(f'{{\r{odd},\r"n": 1}}', lambda chat: chat.say("Hi")) == f'{{\r{odd},\r"n": 1}}'


CHANGES: dict[str, tuple[Callable[[Chat], object], dict[str, Any]]] = {
    "deep inside": (lambda chat: chat.data["b"][1].update(c=2), {"a": 1, "b": [1, {"c": 2}]}),
    "deep inside what get gives": (
        lambda chat: chat.data.get("b", []).append(2),
        {"a": 1, "b": [1, {"c": None}, 2]},
    ),
    "deep inside what values give": (lambda chat: [*chat.data.values()][1].clear(), {"a": 1, "b": []}),
    "removed": (lambda chat: chat.data.pop("a"), {"b": [1, {"c": None}]}),
    "deleted": (lambda chat: chat.data.__delitem__("b"), {"a": 1}),
    "deleted and put back": (
        lambda chat: (chat.data.pop("a"), chat.data.update(a=True)),
        {"b": [1, {"c": None}], "a": True},
    ),
    "the last one removed": (lambda chat: chat.data.popitem(), {"a": 1}),
    "cleared": (lambda chat: chat.data.clear(), {}),
    "one for another": (
        lambda chat: (chat.data.pop("a"), chat.data.setdefault("c", 3)),
        {"b": [1, {"c": None}], "c": 3},
    ),
    "replaced": (lambda chat: setattr(chat, "data", {"all": "new"}), {"all": "new"}),
    "only read": (lambda chat: chat.data["b"], {"a": 1, "b": [1, {"c": None}]}),
    "0 for False": (lambda chat: chat.data.update(a=True), {"a": True, "b": [1, {"c": None}]}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_chat_data_is_kept(change: str) -> None:
    handler, expected = CHANGES[change]

    def changing(chat: Chat) -> None:
        if chat.data:
            handler(chat)

    text = after('{\r"a": 1,\r"b": [1, {"c": null}]}', changing)
    assert json.dumps(json.loads(text), sort_keys=True) == json.dumps(expected, sort_keys=True)


def test_a_value_that_was_only_read_is_looked_at_again_when_the_turn_ends() -> None:
    def bad(chat: Chat) -> None:
        if chat.data:
            chat.data["b"][0] = (1, 2)

    text = '{\r"a": 1,\r"b": [[1, 2]]}'
    assert after(text, bad) == text, "the update was parked, and what it changed was not kept"


def test_conversations_are_equal_however_their_data_was_found() -> None:
    one = Conversation(key="k", contact_ids=ADA.ids, data={"a": [1]})
    assert read_conversation("k", dump_conversation(one)) == one
