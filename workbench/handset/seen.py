"""A message as the simulator has it → the words and the titles by which a transcript tells of it.

So a written talk reads the same for `pytest`, which plays it in memory, and for `rejoinder demo`.
"""

from collections.abc import Callable, Sequence
from typing import Any

from rejoinder.bot.templates.catalog import Catalog
from rejoinder.bot.templates.showing import shown
from rejoinder.channels.whatsapp.limits import FILES
from rejoinder.errors import BotError
from rejoinder.model.markup import bold, code, italic, link
from rejoinder.model.templates import Template

_SHOWN = {
    "location_request_message": "asks for a location",
    "request_contact_info": "asks for a contact card",
    "call_permission_request": "asks to call",
    "address_message": "asks for an address",
    "product": "product",
    "product_list": "products",
    "catalog_message": "catalogue",
    "carousel": "carousel",
    "order_details": "bill",
    "order_status": "order",
}
"""What stands in brackets for a type of interactive message."""


_FILES_OF_TELEGRAM = {
    "photo": "image",
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "audio": "audio",
    "voice": "voice message",
    "document": "document",
    "sticker": "sticker",
}
"""What a transcript calls the files of Telegram."""


_MARKS: dict[str, Callable[[str, dict[str, Any]], str]] = {
    "bold": lambda words, _: bold(words),
    "italic": lambda words, _: italic(words),
    "code": lambda words, _: code(words),
    "pre": lambda words, _: code(words),
    "text_link": lambda words, entity: link(words, entity["url"]),
}
"""The markup of words, by the type of an entity."""


def words_of(line: dict[str, Any]) -> str:
    """Return the words of a message, behind what else it shows; nothing for a tap."""
    try:
        if line.get("tapped"):
            return ""
        return _of_telegram(line) if "message" in line else _words_of(line)
    except (AttributeError, LookupError, TypeError):  # a contact may send any JSON there
        return str(line["text"])


def _words_of(line: dict[str, Any]) -> str:
    kind = line["content"]["type"]
    part = line["content"].get(kind)
    if kind in FILES and isinstance(part, dict):
        return f"({_file(kind, part, line)}) {part.get('caption', '')}"
    match kind:
        case "location":
            named = " ".join(filter(None, (part.get("name"), part.get("address"))))
            place = f"{part['latitude']}, {part['longitude']}"
            return f"(location {', '.join(filter(None, (named, place)))})"
        case "contacts":
            return f"(contact card {', '.join(card['name']['formatted_name'] for card in part)})"
        case "reaction":
            return f"(reaction {part['emoji']})" if part.get("emoji") else "(reaction taken away)"
        case "template":
            return " ".join([f"(template {part['name']} {part['language']['code']})", *_values(part)])
        case "interactive" if line["direction"] == "out":
            return _interactive(part, line)
        case _:
            return str(line["text"])


def _of_telegram(line: dict[str, Any]) -> str:
    """Return the words of a message of Telegram, which stands in the line as on the wire."""
    kind, message = line["kind"], line["message"]
    words = _marked(str(message.get("text") or message.get("caption", "")), message)
    match kind:
        case "location" | "venue":
            place, venue = message["location"], message.get("venue", {})
            named = " ".join(filter(None, (venue.get("title"), venue.get("address"))))
            return f"(location {', '.join(filter(None, (named, _at(place))))})"
        case "contact":
            card = message["contact"]
            return f"(contact card {' '.join(filter(None, (card['first_name'], card.get('last_name'))))})"
        case "text":
            return f"({line['asks']}) {words}" if line.get("asks") else words
        case _ if kind in _FILES_OF_TELEGRAM:
            file = f"{_FILES_OF_TELEGRAM[kind]} {line.get('filename', '')}".rstrip()
            return f"({file}) {words}"
        case _:
            return str(line["text"])


def _marked(text: str, message: dict[str, Any]) -> str:
    """Return a text of Telegram with our markup for its entities, whose places count UTF-16 units."""
    units = text.encode("utf-16-le")
    entities = message.get("entities") or message.get("caption_entities") or []
    known = sorted(
        (one for one in entities if one["type"] in _MARKS), key=lambda one: (one["offset"], -one["length"])
    )

    def within(begin: int, end: int) -> str:
        parts: list[str] = []
        while known and known[0]["offset"] < end:
            one = known.pop(0)
            parts.append(units[2 * begin : 2 * one["offset"]].decode("utf-16-le"))
            begin = one["offset"] + one["length"]
            parts.append(_MARKS[one["type"]](within(one["offset"], begin), one))
        return "".join([*parts, units[2 * begin : 2 * end].decode("utf-16-le")])

    return within(0, len(units) // 2)


def _at(place: dict[str, Any]) -> str:
    return f"{place['latitude']}, {place['longitude']}"


def own_template(line: dict[str, Any], catalog: Catalog) -> tuple[str, Sequence[str]] | None:
    """Return the words and the buttons of a template of the bot; None for any other message.

    What stands above the words is shown where it is a line.
    """
    part = line.get("content", {}).get("template") or {}
    name = str(part.get("name", ""))
    if name not in catalog.names():
        return None
    try:
        wording = catalog.template(name).languages[part["language"]["code"]]
    except (BotError, KeyError):  # the file is not what was approved: what the network has is shown
        return None
    given = {
        str(one["type"]).lower(): one["parameters"]
        for one in part.get("components", ())
        if "parameters" in one
    }
    named = {
        one.get("parameter_name", str(place)): _text(one)
        for place, one in enumerate(given.get("body", ()), 1)
    }
    over = "".join(map(_text, given.get("header", ())))
    read = shown(wording, Template(name, parameters=named, header=over))
    lines = filter(None, (read.header, read.body, read.footer))
    return f"(template {name} {part['language']['code']}) " + "\n".join(lines), read.buttons


def _text(parameter: dict[str, Any]) -> str:
    value = parameter.get(parameter["type"], "")
    return str(value.get("fallback_value", "")) if isinstance(value, dict) else str(value)


def choices_of(line: dict[str, Any]) -> Sequence[str]:
    """Return the titles that can be tapped, or the one that was tapped."""
    if line.get("tapped"):
        return [line["text"]]
    if "message" in line:
        return list(line["choices"])
    part = line["content"].get("interactive", {})
    parameters = part.get("action", {}).get("parameters", {})
    match part.get("type"):
        case "cta_url":
            return [parameters["display_text"]]
        case "flow":
            return [parameters["flow_cta"]]
        case "voice_call":
            return [parameters.get("display_text", "Call")]
        case "carousel":
            return [title for card in part["action"]["cards"] for title in _card(card)]
        case kind:
            return [] if kind in _SHOWN else line["choices"]


def _file(kind: str, part: dict[str, Any], line: dict[str, Any]) -> str:
    what = "voice message" if part.get("voice") else kind
    return f"{what} {part.get('filename') or line.get('filename') or part.get('link', '')}".rstrip()


def _values(template: dict[str, Any]) -> list[str]:
    parts = [part for part in template.get("components", ()) if part["type"] == "body"]
    return [value.get("text", "") for part in parts for value in part["parameters"]]


def _interactive(part: dict[str, Any], line: dict[str, Any]) -> str:
    header = part.get("header", {})
    kind = header.get("type", "")
    file = _file(kind, header[kind], line) if kind in FILES else ""
    named = " ".join(filter(None, (_SHOWN.get(part["type"], ""), file, _detail(part))))
    body = part.get("body", {}).get("text", "")
    return f"({named}) {body}" if named else body


def _detail(part: dict[str, Any]) -> str:
    action = part["action"]
    match part["type"]:
        case "order_details":
            return str(action["parameters"]["reference_id"])
        case "order_status":
            return f"{action['parameters']['reference_id']} {action['parameters']['order']['status']}"
        case "product":
            return str(action["product_retailer_id"])
        case "product_list":
            items = (item for section in action["sections"] for item in section["product_items"])
            return ", ".join(item["product_retailer_id"] for item in items)
        case _:
            return ""


def _card(card: dict[str, Any]) -> list[str]:
    action = card["action"]
    if buttons := action.get("buttons"):
        return [button["quick_reply"]["title"] for button in buttons]
    return [action.get("product_retailer_id") or action["parameters"]["display_text"]]
