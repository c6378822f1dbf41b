"""Both networks, feature by feature: the tables of docs/telegram.md, made from the code of both channels."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from rejoinder.channel_ports import Request
from rejoinder.channels import Channel, channel_named
from rejoinder.channels.telegram import outbound as telegram
from rejoinder.channels.telegram.contents import PARSERS as CONTENTS
from rejoinder.channels.telegram.fallbacks import FALLBACKS
from rejoinder.channels.telegram.front import FRONT
from rejoinder.channels.telegram.ids import Place
from rejoinder.channels.whatsapp import outbound as whatsapp
from rejoinder.errors import LimitExceeded, Rejected
from rejoinder.model.contents import Image, Text
from rejoinder.model.conversation import NO_WINDOW
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import Button, Buttons, List, OutboundContent, Row, Section
from rejoinder.workbench.marks import replaced
from tests.networks.samples import SAMPLES, URL
from tests.payloads.page import gets

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "telegram.md"
WIRE = ROOT / "tests" / "unit" / "telegram" / "wire"

BESIDE = {"GroupMessage": "any, with a `group_id`", "Preference": "`user_preferences`"}
"""What WhatsApp tells otherwise than by the type of a message."""

BOTH = (channel_named("whatsapp"), channel_named("telegram"))


def said() -> str:
    """Return the table of what a bot says."""
    rows = ((f"`{type(one).__name__}`", _on_whatsapp(one), _on_telegram(one)) for one in SAMPLES)
    return _table(("the bot says", "on WhatsApp", "on Telegram"), rows)


def _on_whatsapp(content: OutboundContent) -> str:
    first, *further = channel_named("whatsapp").limits.split(content)
    if further:
        return "each file is a message of its own"
    body: Any = whatsapp.render(Contact(id="1", phone="1"), first, "")
    kind = body["type"]
    return f"`{kind}`, `{body[kind]['type']}`" if kind == "interactive" else f"`{kind}`"


def _on_telegram(content: OutboundContent) -> str:
    instead = FALLBACKS.get(type(content), "")
    try:
        method = f"`{telegram.render(Place(chat_id=1, user_id=1), content).method}`"
    except Rejected:  # what the bot says in another way before it comes here
        return instead
    return f"{method}. {instead}" if instead else method


def heard() -> str:
    """Return the table of what a contact sends, with each network's own words, from cases of the tests."""
    by_whatsapp, by_telegram = BESIDE | _by_name(gets().items()), _by_name(_telegram())
    names = sorted({*by_whatsapp, *by_telegram} - {"Unsupported"})
    rows = ((f"`{name}`", by_whatsapp.get(name, ""), by_telegram.get(name, "")) for name in names)
    return _table(("the bot gets", "from WhatsApp's", "from Telegram's"), rows)


def _by_name(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the network's words for each content, by its name."""
    words: dict[str, set[str]] = {}
    for word, name in pairs:
        words.setdefault(name, set()).add(f"`{word.rpartition(', ')[2]}`")
    return {name: ", ".join(sorted(some)) for name, some in words.items()}


def _telegram() -> Iterator[tuple[str, str]]:
    """Yield Telegram's word for each content of the cases, with the name of the content."""
    account = Account(channel="telegram", id="123456")
    for file in sorted(WIRE.glob("*.json")):
        body = json.dumps(json.loads(file.read_text())["update"]).encode()
        request = Request(body=body, path="/telegram/123456", query={"username": "demo_bot"})
        for several in FRONT.split(request).conversations:
            for update in several.updates:
                content = channel_named("telegram").parse(account, update, received_at=2e9).content
                yield _word(update["update"]), type(content).__name__


def _word(update: Any) -> str:
    """Return Telegram's word for what an update is: of a message, for what the message holds."""
    kind = next(name for name in update if name != "update_id")
    return next((name for name in CONTENTS if kind == "message" and name in update[kind]), kind)


def rules() -> str:
    """Return the table of the rules that differ. The limits are found by asking the channels."""
    asked: dict[str, Callable[[Channel], str]] = {
        "the service window": _window,
        "templates": lambda one: _yes(one.limits.has_templates),
        "forms": lambda one: _yes(one.limits.has_forms),
        "statuses (sent, delivered, read)": lambda one: _yes(one.has_statuses),
        "albums come as one turn": lambda one: _yes(one.album_seconds > 0),
        "the longest text of one message": lambda one: _most(one, lambda n: Text(body="a" * n)),
        "the longest caption": lambda one: _most(one, lambda n: Image(URL, caption="a" * n)),
        "buttons under words": lambda one: _most(one, _buttons),
        "rows of a list": lambda one: _most(one, _rows),
        "the longest title of a button": lambda one: _most(one, _titled),
    }
    rows = ((name, *(ask(channel) for channel in BOTH)) for name, ask in asked.items())
    return _table(("", "WhatsApp", "Telegram"), rows)


def _window(channel: Channel) -> str:
    if channel.window_seconds == NO_WINDOW:
        return "none: it is always open"
    return f"{channel.window_seconds / 3600:.0f} hours after the contact wrote"


def _yes(is_so: bool) -> str:  # noqa: FBT001 - a table has one column for it
    return "yes" if is_so else "no"


def _buttons(number: int) -> OutboundContent:
    return Buttons(body="a", buttons=tuple(Button(id=str(n), title=f"B{n}") for n in range(number)))


def _rows(number: int) -> OutboundContent:
    rows = tuple(Row(id=str(n), title=f"R{n}") for n in range(number))
    return List(body="a", button="Open", sections=(Section(rows=rows),))


def _titled(length: int) -> OutboundContent:
    return Buttons(body="a", buttons=(Button(id="1", title="a" * length),))


def _most(channel: Channel, made: Callable[[int], OutboundContent]) -> str:
    """Return the largest number that the channel takes, up to 10,000."""
    taken, refused = 0, 10_001
    while refused - taken > 1:
        tried = (taken + refused) // 2
        try:
            channel.limits.check(made(tried))
            taken = tried
        except LimitExceeded:
            refused = tried
    return f"{taken:,}" if taken < 10_000 else "no limit"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


TABLES: dict[str, Callable[[], str]] = {"said": said, "heard": heard, "rules": rules}
"""What writes each table, by the name that stands in the page around it."""


def page(text: str) -> str:
    """Return the text of the page with its tables as the code has them now."""
    for name, write in TABLES.items():
        text = replaced(text, f"<!-- {name}: begin -->", f"<!-- {name}: end -->", f"\n\n{write()}\n\n")
    return text


def written() -> None:
    """Write the tables into the page."""
    PAGE.write_text(page(PAGE.read_text()))
