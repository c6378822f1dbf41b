"""The plan: what the contacts write, and in which webhooks it comes. All of it follows from the seed."""

import random
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

from rejoinder.workbench import development

DUPLICATES = 0.2
"""The share of the updates that come twice."""

MAX_IN_BODY = 100
"""The most updates in one webhook. Meta sometimes batches more, but most of its webhooks hold fewer."""

MAX_DUPLICATE_DISTANCE = 200
"""How many updates after the first one a duplicate comes, at most."""


PARKING = ("raise", "exit", "sleep", "memory")
"""What the bot does wrong each time, so that the update is parked after three tries."""

PASSING = ("stumble", "threads", "print")
"""What the bot does wrong and survives, if need be at the second try."""

PICTURE, DOCUMENT, BOOK, MENU, REPORT = FILES = ("picture", "document", "book", "menu", "report")
"""What files there are. A contact sends a picture, which the bot saves and says again. Or they send a
document or a long book, which it keeps beside its answer. Or they ask for the menu, a file of its folder, or
a report that it makes. The answer to a document and to a book has the menu, too."""

BEGINNINGS = {
    PICTURE: ("image/png", b"\x89PNG\r\n\x1a\n"),
    DOCUMENT: ("application/pdf", b"%PDF-1.4\n"),
    BOOK: ("application/pdf", b"%PDF-1.4\n"),
}
"""The type of each kind of file that a contact sends, and the bytes that tell it."""

BOOK_BYTES = 9 * 1024 * 1024
"""The length of a book: it does not fit into one piece of those in which files go into the bucket."""

MAX_BYTES = 64 * 1024
"""The length of any other file that a contact sends, at most."""

MENU_FILE = Path(__file__).parent / "bot" / "files" / "menu.png"
"""The menu."""

CHAOS_ID = "wamid.chaos-"
"""How the ids of all updates of a plan begin on WhatsApp."""

Contents = Mapping[str, dict[str, Any]]
"""What the messages with files hold on the wire, by the ids of their updates."""

NUMBERS = {
    development.PHONE_NUMBER_ID: development.DISPLAY_PHONE_NUMBER,
    development.SECOND_PHONE_NUMBER_ID: development.DISPLAY_PHONE_NUMBER,
}
"""The business's phone numbers, by id. Each contact writes to both: these are two conversations."""

ACCOUNTS = (*NUMBERS, development.TELEGRAM_BOT_ID)
"""The ids of the numbers, and of the bot on Telegram. There each contact has a third conversation."""

FIRST_MESSAGE = 1_000_000
"""The number before that of a contact's first message on Telegram. The simulator's own numbers are lower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One message of a contact."""

    id: str
    """The network's id of the message."""

    contact: str
    """The contact's phone number."""

    place: int
    """Its place among the messages of its conversation, from 1."""

    number: str = development.PHONE_NUMBER_ID
    """The id of the business's phone number, or of its bot on Telegram."""

    wrong: str = ""
    """What the bot does wrong with it; empty: nothing."""

    file: str = ""
    """Which of FILES it is about; empty: none."""

    @property
    def channel(self) -> str:
        """The network."""
        return "whatsapp" if self.number in NUMBERS else "telegram"

    @property
    def account(self) -> str:
        """The account, as it is stored."""
        return f"{self.channel}:{self.number}"

    @property
    def talk(self) -> str:
        """The name of its conversation."""
        return talk_of(self.number, self.contact)

    @property
    def text(self) -> str:
        """What the contact writes."""
        return " ".join(filter(None, ["message", str(self.place), self.file, self.wrong]))

    @property
    def sends_file(self) -> bool:
        """Whether the contact sends a file, with the text under it."""
        return self.file in BEGINNINGS

    @property
    def sent_bytes(self) -> bytes:
        """The bytes of the file that the contact sends."""
        dice = random.Random(self.id)  # noqa: S311 - the same update, the same bytes
        size = BOOK_BYTES if self.file == BOOK else dice.randint(1, MAX_BYTES)
        return BEGINNINGS[self.file][1] + dice.randbytes(size)

    @property
    def said_bytes(self) -> bytes:
        """The bytes of the file that the bot says."""
        if self.file == PICTURE:
            return self.sent_bytes
        return f"%PDF-1.4\n{self.text}".encode() if self.file == REPORT else MENU_FILE.read_bytes()


def talk_of(number: str, contact: str) -> str:
    """Return the name of the conversation of a contact with one of the business's accounts."""
    return f"{contact}@{number[-1] if number in NUMBERS else 't'}"


def plan(updates: int, contacts: int, seed: int, wrong: int = 0, files: int = 0) -> list[list[Update]]:
    """Return the updates of each webhook. With `wrong` of them the bot does something wrong.

    `files` of them are about a file. One is a book, the others are of each other kind equally often.

    `contacts` are conversations. They are mixed. The messages of each come in order when they come first, and
    a fifth of all come twice.
    """
    dice = random.Random(seed)  # noqa: S311 - the same seed, the same run
    writers = [number % contacts for number in range(updates)]
    dice.shuffle(writers)
    bad = dict(zip(dice.sample(range(updates), wrong), cycle(PARKING + PASSING), strict=False))
    filed = _filed([number % len(ACCOUNTS) < len(NUMBERS) for number in writers], files, dice)
    firsts = list(_numbered(writers, seed, bad, filed))
    again = dice.sample(range(updates), round(updates * DUPLICATES))
    placed = [(float(position), update) for position, update in enumerate(firsts)]
    placed += [(position + dice.uniform(0.5, MAX_DUPLICATE_DISTANCE), firsts[position]) for position in again]
    in_order = [update for _, update in sorted(placed, key=lambda pair: pair[0])]
    return list(_cut(in_order, dice, largest=max(1, min(MAX_IN_BODY, updates // 10))))


def _filed(may_send: Sequence[bool], files: int, dice: random.Random) -> dict[int, str]:
    """Return what file the updates at some positions are about.

    Contacts send files on WhatsApp only: there the network is given them without a message. The bot says some
    everywhere.
    """
    kinds = [*islice(chain([BOOK], cycle([PICTURE, DOCUMENT, MENU, REPORT])), files)]
    sent, said = [one for one in kinds if one in BEGINNINGS], [one for one in kinds if one not in BEGINNINGS]
    places = dice.sample([place for place, may in enumerate(may_send) if may], len(sent))
    others = dice.sample([*{*range(len(may_send))} - {*places}], len(said))
    return dict(zip([*places, *others], [*sent, *said], strict=True))


def _numbered(
    writers: Sequence[int], seed: int, wrong: Mapping[int, str], files: Mapping[int, str]
) -> Iterator[Update]:
    places = dict.fromkeys(writers, 0)
    for position, writer in enumerate(writers):
        places[writer] += 1
        person, account = divmod(writer, len(ACCOUNTS))
        contact, place, number = f"1555{person:07}", places[writer], ACCOUNTS[account]
        on_telegram = f"{contact}.{FIRST_MESSAGE + place}"
        yield Update(
            id=f"{CHAOS_ID}{seed}-{writer}-{place}" if number in NUMBERS else on_telegram,
            contact=contact,
            place=place,
            number=number,
            wrong=wrong.get(position, ""),
            file=files.get(position, ""),
        )


def _cut(updates: list[Update], dice: random.Random, *, largest: int) -> Iterator[list[Update]]:
    while updates:
        size = dice.randint(1, largest)
        yield updates[:size]
        updates = updates[size:]


def as_taken(update: Update) -> dict[str, str]:
    """Return the file that the contact sends as the simulator takes it."""
    return {
        "data": b64encode(update.sent_bytes).decode(),
        "mime_type": BEGINNINGS[update.file][0],
        "filename": update.file,
        "caption": update.text,
    }


def body_of(updates: Sequence[Update], contents: Contents) -> dict[str, Any]:
    """Return the body of a webhook with `updates`, sent now."""
    changes = [
        {
            "field": "messages",
            "value": _value(number, [one for one in updates if one.number == number], contents),
        }
        for number in dict.fromkeys(update.number for update in updates)
    ]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": development.WABA_ID, "changes": changes}],
    }


def _value(number: str, updates: Sequence[Update], contents: Contents) -> dict[str, Any]:
    messages = [
        {
            "from": update.contact,
            "id": update.id,
            "timestamp": str(int(time.time())),
            **contents.get(update.id, {"type": "text", "text": {"body": update.text}}),
        }
        for update in updates
    ]
    metadata = {"display_phone_number": NUMBERS[number], "phone_number_id": number}
    return {"messaging_product": "whatsapp", "metadata": metadata, "messages": messages}
