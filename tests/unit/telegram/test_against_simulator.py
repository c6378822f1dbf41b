"""Our client against the simulator, which has its own reading of the Bot API."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rejoinder.channels.telegram.client import BotClient
from rejoinder.channels.telegram.ids import message_id
from rejoinder.channels.telegram.limits import TelegramLimits
from rejoinder.errors import LimitExceeded, OptedOut, Rejected, TokenInvalid
from rejoinder.file_ports import FileStores
from rejoinder.model.contents import Image, Reaction, Text
from rejoinder.model.files import File
from rejoinder.model.people import Contact
from rejoinder.model.said import Button, Buttons, OutboundContent, files_in
from rejoinder.testing.memory_files import MemoryFiles, MemoryUploads
from rejoinder.workbench.development import TELEGRAM_BOT_TOKEN
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from tests.contents import BY_KIND
from tests.unit.telegram.servers import BOT, Connected, Keychain, Time

ADA, BOB = Contact(id="1111111"), Contact(id="2222222")
MANY = 10**6
MAX_BYTES = 100_000
"""The largest file that these tests send, in bytes."""

LIMITS = TelegramLimits()


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    paceless = Settings(telegram_per_second=MANY, telegram_chat_burst=MANY, telegram_group_minute=MANY)
    with (
        Simulator(paceless) as simulator,
        httpx.Client(base_url=simulator.url, trust_env=False, timeout=10) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def bot(http: httpx.Client) -> Iterator[Connected]:
    keychain, files, uploads = (
        Keychain(TELEGRAM_BOT_TOKEN, TELEGRAM_BOT_TOKEN),
        MemoryFiles(),
        MemoryUploads(),
    )
    client = BotClient(
        base_url=str(http.base_url),
        secrets_of=lambda _account: keychain,
        stores=FileStores(files=files, uploads=uploads),
        pace=Time().pace(),
    )
    for contact in (ADA, BOB):
        say(http, contact, text="/start")
    yield Connected(client, keychain, files, uploads)
    client.close()


def say(http: httpx.Client, contact: Contact, **order: Any) -> Any:
    answer = http.post("/sim/say", json={"channel": "telegram", "from": contact.id, **order})
    assert answer.status_code == 200, answer.text
    return answer.json()


def send(bot: Connected, content: OutboundContent, contact: Contact = ADA, quote: str = "") -> str:
    return bot.client.send(BOT, contact, content, "", quote=quote)


def is_taken(content: OutboundContent) -> bool:
    try:
        LIMITS.check(content)
    except LimitExceeded:
        return False
    return True


@pytest.mark.parametrize("kind", list(BY_KIND))
def test_the_simulator_takes_whatever_our_limits_take(bot: Connected, kind: str) -> None:
    before = send(bot, Text(body="Hello"))

    @settings(max_examples=5, suppress_health_check=[HealthCheck.filter_too_much])
    @given(data=st.data())
    def sends(data: st.DataObject) -> None:
        content = data.draw(BY_KIND[kind])
        if isinstance(content, Reaction):
            content = Reaction(message_id=before, emoji=content.emoji)
        for said in files_in(content):
            assume(said.file is not None)  # else it has an id that the simulator did not give
            if isinstance(said.file, File):
                assume(said.file.size <= MAX_BYTES)
                bot.files.kept[said.file.key] = (said.file, b"x" * said.file.size)
        if is_taken(content):
            assert send(bot, content, quote=before)

    sends()


def test_a_keyboard_that_was_tapped_is_taken_away(bot: Connected) -> None:
    sent = send(bot, Buttons(body="Sure?", buttons=(Button(id="y" * 100, title="Yes"),)))
    tap = f"{sent}.t77"
    bot.client.mark_read(BOT, tap)
    with pytest.raises(Rejected, match="not modified"):
        bot.client.mark_read(BOT, tap)
    bot.client.show_typing(BOT, sent)


def test_a_file_goes_out_once_and_then_by_its_id_until_nobody_knows_that_any_more(bot: Connected) -> None:
    content = b"\x89PNG picture"
    file = File(key="p", name="a.png", mime_type="image/png", size=len(content), sha256="11" * 32)
    bot.files.kept["p"] = (file, content)
    bot.uploads.known.clear()
    send(bot, Image(file))
    ((key, uploaded),) = bot.uploads.known.items()
    bot.files.kept.clear()
    send(bot, Image(file, caption="again"))
    bot.files.kept["p"] = (file, content)
    object.__setattr__(uploaded, "media_id", "AgACunknown")
    send(bot, Image(file))
    assert bot.uploads.known[key].media_id != "AgACunknown"
    with bot.client.fetch(BOT, bot.uploads.known[key].media_id) as fetched:
        assert fetched.size == len(content)
        assert fetched.read(100) == content


def test_who_blocked_the_bot_opted_out(bot: Connected, http: httpx.Client) -> None:
    say(http, BOB, block=True)
    with pytest.raises(OptedOut):
        send(bot, Text(body="Hello"), BOB)


def test_a_group_is_followed_to_its_new_id(bot: Connected, http: httpx.Client) -> None:
    order = {"type": "group", "title": "Team", "members": [ADA.id, BOB.id]}
    group = http.post("/sim/chats", json=order).json()["id"]
    fresh = http.post(f"/sim/chats/{group}", json={"do": "migrate"}).json()["id"]
    sent = send(bot, Text(body="Hello"), Contact(id=f"{group}.{ADA.id}"))
    assert sent.startswith(message_id(int(fresh), 0)[:-1])


def test_a_token_of_no_bot_is_invalid(bot: Connected, http: httpx.Client) -> None:
    wrong = Keychain("7000000001:wrong", "7000000001:wrong")
    client = BotClient(base_url=str(http.base_url), secrets_of=lambda _account: wrong)
    with pytest.raises(TokenInvalid):
        client.send(BOT, ADA, Text(body="Hello"), "")
    client.close()
