"""Files on WhatsApp's Cloud API: those of contacts come from it, ours go to it, piece by piece.

Source: developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media. A file
that a contact sent can be had for 7 days, by an address that Meta gives for five minutes. A file that we gave
to Meta lives for 30 days.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote
from uuid import uuid4

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from rejoinder.channels.connections import Streamed
from rejoinder.channels.fields import words_of
from rejoinder.channels.whatsapp.codes import NO_CODE, UnknownObject
from rejoinder.errors import MediaGone, OutcomeUnknown, Refused, Rejected
from rejoinder.file_ports import Fetched, Uploaded
from rejoinder.model.contents import in_hex
from rejoinder.model.files import File, plain_type
from rejoinder.model.people import Account
from rejoinder.tls import THIS_MACHINE

KEPT_SECONDS = 30 * 24 * 3600.0
"""How long Meta keeps a file that we gave it, in seconds."""

META_HOSTS = (".facebook.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net")
"""Where Meta keeps files. The access token goes there, and nowhere else."""

PIECE_BYTES = 64 * 1024
"""How much of a file is held at one time, in bytes."""

_UNFIT = re.compile(r'[\x00-\x1f"\\\x7f]')
"""What a name in a form may not hold."""

GONE = "WhatsApp does not have this file any more: it keeps one for 7 days. Ask the contact to send it again"

ELSEWHERE = (
    "the address of this file is none of Meta's, so the access token does not go there: update rejoinder"
)


class Graph(Protocol):
    """The client of the Graph API."""

    def address(self, path: str) -> str:
        """Return the address of a path of the Graph API."""

    def request(
        self,
        account: Account,
        method: str,
        url: str,
        body: Callable[[], Iterator[bytes]] | None = None,
        **options: Any,
    ) -> BaseHTTPResponse:
        """Ask Meta, and return its answer, whose status is 200. Raises a SendError."""


@contextmanager
def fetch(client: Graph, account: Account, media_id: str) -> Iterator[Fetched]:
    """Open a file that a contact sent. Raises MediaGone when Meta has none, or a SendError."""
    try:
        # Meta refuses a `phone_number_id` for files of contacts (github.com/chatwoot/chatwoot/pull/13319).
        told = _object(client.request(account, "GET", client.address(quote(media_id, safe=""))))
        response = client.request(
            account,
            "GET",
            _private(words_of(told.get("url")), client.address("")),
            headers={"User-Agent": "rejoinder"},  # Meta refuses some that look like programs
            preload_content=False,
        )
    except (UnknownObject, Rejected) as error:
        raise MediaGone(GONE) from error
    try:
        yield _Streamed(response, told)
    finally:
        response.close()  # a connection whose answer was not read to its end is of no more use


class _Streamed(Streamed):
    """The port `Fetched`."""

    def __init__(self, response: BaseHTTPResponse, told: dict[str, object]) -> None:
        size = str(told.get("file_size", ""))
        super().__init__(response, int(size) if size.isdecimal() and size.isascii() else 0)
        self.mime_type = words_of(told.get("mime_type"))
        self.sha256 = in_hex(words_of(told.get("sha256")))


def upload(client: Graph, account: Account, file: File, opened: BinaryIO) -> Uploaded:
    """Give Meta a file that is to be sent. Raises a SendError; Rejected when Meta does not take it."""
    boundary = uuid4().hex
    head, tail = _around(file, boundary)

    def body() -> Iterator[bytes]:
        if opened.tell():
            raise Refused(NO_CODE, "the file was read already")
        yield head
        while piece := opened.read(PIECE_BYTES):
            yield piece
        yield tail

    answer = client.request(
        account,
        "POST",
        client.address(f"{account.id}/media"),
        body,
        headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + file.size + len(tail)),
        },
    )
    media_id = words_of(_object(answer).get("id"))
    if not media_id:
        raise OutcomeUnknown(NO_CODE, "a 200 whose body holds no media id")
    return Uploaded(media_id=media_id, ends_at=time.time() + KEPT_SECONDS)


def _around(file: File, boundary: str) -> tuple[bytes, bytes]:
    """Return what stands before and behind the bytes of a file in a form."""
    mime_type = plain_type(file.mime_type)
    fields = {"messaging_product": "whatsapp", "type": mime_type}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    name = _UNFIT.sub("_", file.name) or "file"
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        f"Content-Type: {mime_type}\r\n\r\n"
    )
    return "".join(parts).encode(), f"\r\n--{boundary}--\r\n".encode()


def _object(response: BaseHTTPResponse) -> dict[str, object]:
    try:
        answer = json.loads(response.data)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise OutcomeUnknown(NO_CODE, "a 200 whose body is no JSON object")
    return answer


def _private(url: str, base: str) -> str:
    """Return the address of a file, if the access token may go there."""
    scheme, host = _place(url)
    is_meta = scheme == "https" and host.endswith(META_HOSTS)
    is_here = host in THIS_MACHINE and _place(base)[1] in THIS_MACHINE
    if not (is_meta or is_here):
        raise Refused(NO_CODE, ELSEWHERE)  # Meta has the file for a week, and may give another address
    return url


def _place(url: str) -> tuple[str, str]:
    """Return the scheme and the host of an address, as the client that is to ask there reads them."""
    try:
        parts = parse_url(url)
    except LocationParseError:
        return "", ""
    return parts.scheme or "", (parts.host or "").strip("[]")
