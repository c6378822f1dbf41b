"""Files on the Bot API: those of contacts come from it, ours go along with a message, piece by piece.

Source: core.telegram.org/bots/api, "getFile" and "Sending files". What Telegram calls a file that it was
given (`file_id`) has no end, and is good for one kind of message only.
"""

import hashlib
import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from mimetypes import guess_type
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote
from uuid import uuid4

from urllib3 import BaseHTTPResponse

from rejoinder.channels.connections import Streamed
from rejoinder.channels.telegram.codes import NO_CODE
from rejoinder.channels.telegram.outbound import Attached, Call
from rejoinder.errors import (
    Invalid,
    MediaGone,
    Refused,
    Rejected,
    SendError,
    TokenInvalid,
    describe,
)
from rejoinder.file_ports import Fetched, FileStores, Uploaded
from rejoinder.model.files import plain_type
from rejoinder.model.people import Account

log = logging.getLogger("rejoinder")

KEPT_SECONDS = 30 * 24 * 3600.0
"""How long we keep what Telegram calls a file, in seconds."""

PIECE_BYTES = 64 * 1024
"""How much of a file is held at one time, in bytes."""

_BREAK = "\r\n"
_UNFIT = re.compile(r'[\x00-\x1f"\\\x7f]')
"""What a name in a form may not hold."""

TOO_BIG = (
    "Telegram gives bots files of up to 20 MB, and this one is larger. Ask the contact for a smaller one"
)

GONE = "Telegram does not give this file out. Ask the contact to send it again"


class BotApi(Protocol):
    """The client of the Bot API."""

    def call(self, account: Account, method: str, fields: Mapping[str, object]) -> Any:
        """Return the result of a method. Raises a SendError."""

    def request(
        self,
        account: Account,
        method: str,
        path: str,
        body: Callable[[], bytes | Iterator[bytes]] | None = None,
        **options: Any,
    ) -> BaseHTTPResponse:
        """Ask Telegram, and return its answer, whose status is 200. Raises a SendError."""

    def result_of(self, response: BaseHTTPResponse) -> Any:
        """Return the result in an answer. Raises a SendError."""


@contextmanager
def fetch(client: BotApi, account: Account, media_id: str) -> Iterator[Fetched]:
    """Open a file that a contact sent. Raises MediaGone when Telegram does not give it, or a SendError."""
    try:
        told = client.call(account, "getFile", {"file_id": media_id})
    except Rejected as error:
        raise MediaGone(TOO_BIG if "too big" in error.details else GONE) from error
    path = told.get("file_path") if isinstance(told, dict) else None
    if not isinstance(path, str):
        raise MediaGone(GONE)
    try:
        response = client.request(account, "GET", f"/file/bot{{token}}/{quote(path)}", preload_content=False)
    except (Rejected, TokenInvalid) as error:  # the token was good a moment ago: it is the path
        raise MediaGone(GONE) from error
    try:
        yield _Streamed(response, path, told.get("file_size"))
    finally:
        response.close()  # a connection whose answer was not read to its end is of no more use


class _Streamed(Streamed):
    """The port `Fetched`. Telegram tells no digest, and with a picture no type but the end of its name."""

    sha256 = ""

    def __init__(self, response: BaseHTTPResponse, path: str, size: object) -> None:
        super().__init__(response, size if type(size) is int else 0)
        guessed = guess_type(path, strict=False)[0] or ""
        self.mime_type = guessed if guessed.startswith("image/") else ""


def send_with_files(client: BotApi, stores: FileStores | None, account: Account, call: Call) -> Any:
    """Send a message with its files, and return the result.

    Telegram is given the bytes once. Then its id of the file is enough, until Telegram does not take that any
    more. Raises a SendError; Rejected when a file is not kept any more.
    """
    if stores is None:
        raise Rejected(NO_CODE, "there are no files here")
    keys = {attached: _key(attached) for attached in call.attached}
    try:
        uploaded, result = _sent_once(client, stores, account, call, keys)
    except MediaGone as error:
        raise Rejected(NO_CODE, str(error)) from error
    except SendError:
        raise
    except Exception as error:  # of the bucket or the table: Telegram was given no whole message
        raise Refused(NO_CODE, describe(error)) from error
    for attached in uploaded:
        _remember(stores, account, keys[attached], _file_id(result, attached))
    return result


def _key(attached: Attached) -> str:
    """Return by what the id of a file is found again: a picture is no document, and a name goes with it."""
    parts = (attached.file.sha256, attached.field, attached.name)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _sent_once(
    client: BotApi, stores: FileStores, account: Account, call: Call, keys: Mapping[Attached, str]
) -> tuple[tuple[Attached, ...], Any]:
    """Send a message, and return the files whose bytes went along, and the result."""
    named = call
    for attached, key in keys.items():
        if known := stores.uploads.find(account, key):
            named = named.with_file(attached, known.media_id)
    try:
        return named.attached, _sent(client, stores, account, named)
    except Invalid:
        if named == call:
            raise
        for key in keys.values():
            stores.uploads.forget(account, key)
    return call.attached, _sent(client, stores, account, call)


def _sent(client: BotApi, stores: FileStores, account: Account, call: Call) -> Any:
    """Send a message with the bytes of its files that go along, and return the result."""
    if not call.attached:
        return client.call(account, call.method, call.fields)
    with ExitStack() as stack:
        opened = [stack.enter_context(stores.files.open(one.file.key)) for one in call.attached]
        return _upload(client, account, call, opened)


def _upload(client: BotApi, account: Account, call: Call, opened: Sequence[BinaryIO]) -> Any:
    boundary = uuid4().hex
    heads, tail = _around(call, boundary)

    def body() -> Iterator[bytes]:
        if opened[0].tell():
            raise Refused(NO_CODE, "the file was read already")
        for head, file in zip(heads, opened, strict=True):
            yield head
            while piece := file.read(PIECE_BYTES):
                yield piece
        yield tail

    length = len(tail) + sum(map(len, heads)) + sum(one.file.size for one in call.attached)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(length),
    }
    path = f"/bot{{token}}/{call.method}"
    return client.result_of(client.request(account, "POST", path, body, headers=headers))


def _around(call: Call, boundary: str) -> tuple[list[bytes], bytes]:
    """Return what stands before the bytes of each file in a form, and what stands behind the last one."""
    fields = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        f"{value if isinstance(value, str) else json.dumps(value)}\r\n"
        for name, value in call.fields.items()
    )
    heads: list[str] = []
    for attached in call.attached:
        name = _UNFIT.sub("_", attached.name) or "file"
        heads.append(
            f"{_BREAK if heads else fields}--{boundary}{_BREAK}"
            f'Content-Disposition: form-data; name="{attached.part}"; filename="{name}"\r\n'
            f"Content-Type: {plain_type(attached.file.mime_type)}\r\n\r\n"
        )
    return [head.encode("utf-8", "replace") for head in heads], f"\r\n--{boundary}--\r\n".encode()


def _file_id(result: object, attached: Attached) -> str:
    """Return what Telegram calls the file of a message; empty where it made another kind of it."""
    if attached.place is not None:
        result = result[attached.place] if isinstance(result, list) and attached.place < len(result) else None
    shown = result.get(attached.field) if isinstance(result, dict) else None
    file = shown[-1] if isinstance(shown, list) and shown else shown  # of a picture, the largest is the last
    file_id = file.get("file_id") if isinstance(file, dict) else None
    return file_id if isinstance(file_id, str) else ""


def _remember(stores: FileStores, account: Account, key: str, file_id: str) -> None:
    """Keep what Telegram calls a file. When that fails, nothing else does: the message went out."""
    if not file_id:
        return
    try:
        stores.uploads.keep(account, key, Uploaded(media_id=file_id, ends_at=time.time() + KEPT_SECONDS))
    except Exception as error:  # noqa: BLE001 - whatever it is, the message must not go out once more
        log.warning("a file id is not kept", extra={"cause": describe(error)})
