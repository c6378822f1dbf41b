"""A contact's phone in the simulator: it says and taps things, and shows the messages."""

import re
import time
from base64 import b64encode
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from rejoinder.bot.files import type_of
from rejoinder.bot.templates.catalog import Catalog
from rejoinder.channels.telegram.tapped import MARK
from rejoinder.model.contents import Audio, ContactCard, Document, FormReply, Image, Location, Sticker, Video
from rejoinder.model.spoken import FileContent
from rejoinder.model.updates import InboundContent
from rejoinder.testing.transcript import write
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.handset.seen import choices_of, own_template, words_of
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.webhooks import card_content, file_content, location_content
from rejoinder.workbench.stack.ports import NO_TLS

TAP = re.compile(r"\[(.+)\]")

SETTLED = {"read", "failed"}
"""The statuses after which no other one is expected."""

TELEGRAM = "telegram"

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as the phone shows it."""

    id: str
    """The network's id of the message."""

    ours: bool
    """Whether the contact sent it."""

    text: str
    """The words; empty for a tap."""

    choices: Sequence[str]
    """The titles that can be tapped, or the one that was tapped."""

    status: str
    """The last status of the message."""

    has_statuses: bool = True
    """Whether its network tells more of a message than that it was accepted."""

    def __str__(self) -> str:
        return write(">" if self.ours else "<", self.text, self.choices)


def is_settled(message: Shown, steps: Collection[str]) -> bool:
    """Whether no other status is expected after `steps`. A reaction is only ever sent."""
    is_reaction = message.text.startswith("(reaction")
    if not message.has_statuses:
        return True
    return bool(SETTLED.intersection(steps)) or (is_reaction and "sent" in steps)


class Handset:
    """One contact's phone on one network. `templates` are those of the bot.

    `contact` is a phone number in digits. On Telegram it is the id of a person such as `1111111`, or
    `<chat>.<person>` for somebody in a group.
    """

    def __init__(
        self,
        simulator_url: str,
        contact: str,
        name: str | None = None,
        templates: Catalog | None = None,
        *,
        channel: str = "whatsapp",
    ) -> None:
        self._simulator_url = simulator_url
        self.contact = contact
        self._name = name
        self._templates = templates
        self._channel = channel

    def say(self, words: str) -> str:
        """Say something, or tap a choice given as `[title]`. Return the id of the message."""
        tap = TAP.fullmatch(words)
        return self._say({"tap": self._as_shown(tap[1])} if tap else {"text": words})

    def _as_shown(self, title: str) -> str:
        """Return a title as the phone shows it: with the mark of an earlier tap, if it has one."""
        if self._channel != TELEGRAM:
            return title
        titles = next(
            (
                one.choices
                for one in reversed(self.heard())
                if {title, MARK + title}.intersection(one.choices)
            ),
            (),
        )
        return title if title in titles else MARK + title if titles else title

    def send(self, content: InboundContent, folder: Path | None = None) -> str:
        """Send a file, a place, a card or a form. Return the id of the message.

        A file has a path, in `folder` if it has no folder of its own.
        """
        if isinstance(content, FileContent) and isinstance(content.file, str | Path):
            return self._say({"file": _handed_over(content, (folder or Path()) / content.file)})
        if self._channel != TELEGRAM:
            return self._say({"message": _on_the_wire(content)})
        return self._say(
            {"text": _lines_of(content)}
            if isinstance(content, FormReply)
            else {"message": _of_telegram(content)}
        )

    def shows(self) -> list[Shown]:
        """Return all messages, oldest first."""
        where = f"/sim/transcript?contact={self.contact}&channel={self._channel}"
        return [_shown(line, self._templates) for line in self._request("GET", where)]

    def heard(self) -> list[Shown]:
        """Return the bot's messages, oldest first."""
        return [message for message in self.shows() if not message.ours]

    def steps(self, message_id: str) -> list[str]:
        """Return the statuses that a message of the bot went through, in order."""
        if self._channel == TELEGRAM:
            return ["accepted"]
        sent = [entry for entry in self._request("GET", "/sim/sent") if entry["id"] == message_id]
        return ["accepted", *(str(status["status"]) for entry in sent for status in entry["statuses"])]

    def _say(self, order: dict[str, Any]) -> str:
        sender = {"channel": self._channel, "from": self.contact}
        named = {"name": self._name} if self._name else {}
        return str(self._request("POST", "/sim/say", json=sender | named | order)["id"])

    def _request(self, method: str, path: str, **content: Any) -> Any:
        try:
            response = httpx.request(
                method,
                f"{self._simulator_url}{path}",
                timeout=60,
                trust_env=False,
                verify=NO_TLS,
                **content,
            )
        except httpx.TransportError as error:
            raise StackError(f"the simulator does not answer ({error})") from None
        if response.is_error:
            raise StackError(f"the simulator says: {response.json().get('error', response.text)}")
        return response.json()


def _handed_over(content: FileContent, path: Path) -> JsonObject:
    """Return a file as the simulator takes it from a contact."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StackError(f"{path} cannot be read: {error.strerror}") from None
    return {
        "kind": content.kind,
        "data": b64encode(data).decode(),
        "mime_type": type_of(data, path.name),
        "filename": path.name,
        "caption": content.caption,
        "voice": isinstance(content, Audio) and content.voice,
    }


def _on_the_wire(content: InboundContent) -> JsonObject:
    match content:
        case Location():
            return location_content(content.latitude, content.longitude, content.name)
        case ContactCard():
            return card_content(content.name, content.phones)
        case FormReply(name=name, response=response):
            reply = {"name": name, "body": "Sent", "response_json": response}
            return {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}
        case Image() | Video() | Audio() | Document() | Sticker():
            facts = asdict(content)
            return file_content(facts.pop("kind"), {"id": facts.pop("media_id"), **facts})
        case _:
            raise StackError(f"a handset cannot send {content.kind}")


def _lines_of(form: FormReply) -> str:
    """Return the answers of a form as a contact types them where the network has no forms."""
    listed = {
        name: ", ".join(map(str, value)) if isinstance(value, list) else value
        for name, value in form.answers.items()
    }
    return "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in listed.items())


def _of_telegram(content: InboundContent) -> JsonObject:
    """Return a message as Telegram has it."""
    match content:
        case Location(name=name) if name:
            place = {"latitude": content.latitude, "longitude": content.longitude}
            venue = {"location": place, "title": name, "address": content.address}
            return {"venue": venue, "location": place}
        case Location():
            return {"location": {"latitude": content.latitude, "longitude": content.longitude}}
        case ContactCard(name=name, phones=phones):
            first, _, last = name.partition(" ")
            card = {"phone_number": (*phones, "")[0].removeprefix("+"), "first_name": first}
            return {"contact": card | ({"last_name": last} if last else {})}
        case _:
            raise StackError(f"a handset of Telegram cannot send {content.kind}")


def _shown(line: dict[str, Any], templates: Catalog | None) -> Shown:
    own = own_template(line, templates) if templates and line["direction"] == "out" else None
    return Shown(
        id=line["id"],
        ours=line["direction"] == "in",
        text=own[0] if own else words_of(line),
        choices=own[1] if own else choices_of(line),
        status=line["status"],
        has_statuses=line.get("channel") != TELEGRAM,
    )


def wait_for(find: Callable[[], Found | None], *, seconds: float) -> Found | None:
    """Return what `find` returns, once that is not None; None when it stays None for `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = find()
        if found is not None or time.monotonic() > deadline:
            return found
        time.sleep(0.1)
