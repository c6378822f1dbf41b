"""One request of a bot, read: its parameters as strings, and its files.

https://core.telegram.org/bots/api#making-requests: GET or POST; the parameters stand in the query, in a form,
in JSON or in multipart/form-data. Objects and lists are JSON in a string, or stand in a JSON body as they
are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from rejoinder.workbench.simulator import jsontext
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.errors import Refusal, refused
from rejoinder.workbench.simulator.telegram.who import Bot

MOST_BYTES: Final = 50 * 1024 * 1024
"""The largest upload of a bot."""

_TRUE: Final = ("true", "yes", "1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file in a request."""

    name: str
    data: bytes = field(repr=False)
    mime_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request of a bot."""

    bot: Bot
    method: str
    """In small letters."""

    parameters: Mapping[str, str]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a parameter; an empty string when it is missing, as the server does."""
        return self.parameters.get(name, "")

    def whole(self, name: str) -> int:
        """Return a number; 0 for what is none."""
        return whole(self.text(name))

    def number(self, name: str) -> float | None:
        """Return a number that may have a fraction; None for what is none."""
        try:
            return float(self.text(name))
        except ValueError:
            return None

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in _TRUE

    def value(self, name: str, what: str) -> object:
        """Return the value of a parameter in JSON; None when it is missing. `what` is named in the error."""
        text = self.text(name)
        if not text:
            return None
        try:
            return jsontext.parse(text)
        except ValueError:
            raise refused(f"can't parse {what} JSON object") from None

    def object(self, name: str, what: str) -> JsonObject:
        """Return an object in JSON; an empty one when it is missing."""
        found = self.value(name, what)
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise refused(f"object expected as {what}")
        return found

    def objects(self, name: str, what: str) -> list[JsonObject]:
        """Return a list of objects in JSON; an empty one when it is missing."""
        found = self.value(name, what)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise refused(f"expected an Array of {what}")
        return found


def whole(text: str) -> int:
    """Return a number; 0 for what is none."""
    try:
        return int(text)
    except ValueError:
        return 0


async def in_answer(bot: Bot, content_type: str, raw: bytes) -> Call:
    """Return the call that stands in the body of an answer to a webhook; its method is empty for none.

    The body may have every form that the body of a request may have. Raises Refusal.
    """

    async def receive() -> Message:
        return {"type": "http.request", "body": raw}

    headers = [(b"content-type", content_type.encode("latin-1"))]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    request = Request(scope, receive)
    call = await read(bot, "", request)
    await request.close()  # the files of a form
    parameters = {name: text for name, text in call.parameters.items() if name != "method"}
    return replace(call, method=call.text("method").lower(), parameters=parameters)


async def read(bot: Bot, method: str, request: Request) -> Call:
    """Return a request, read."""
    query = dict(parse_qsl(request.url.query, keep_blank_values=True))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    uploads: dict[str, Upload] = {}
    posted: dict[str, str] = {}
    if kind == "multipart/form-data":
        posted, uploads = await _parts(request)
    elif kind == "application/json":
        posted = _json(await request.body())
    elif request.method == "POST":
        posted = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))
    parameters = query | posted
    try:
        "".join(parameters.values()).encode()
    except UnicodeEncodeError:
        raise refused("strings must be encoded in UTF-8") from None
    return Call(bot=bot, method=method.lower(), parameters=parameters, uploads=uploads)


async def _parts(request: Request) -> tuple[dict[str, str], dict[str, Upload]]:
    if int(request.headers.get("content-length") or 0) > MOST_BYTES + 1024 * 1024:
        raise Refusal(413, "Request Entity Too Large")
    try:
        form = await request.form(max_part_size=8 * 1024 * 1024)
    except HTTPException as error:
        raise refused(f"can't parse the form: {error.detail}") from None
    texts: dict[str, str] = {}
    uploads: dict[str, Upload] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            mime_type = value.content_type or "application/octet-stream"
            uploads[name] = Upload(name=value.filename or "", data=await value.read(), mime_type=mime_type)
        else:
            texts[name] = value
    return texts, uploads


def _json(raw: bytes) -> dict[str, str]:
    if not raw:
        return {}
    try:
        body = jsontext.parse(raw)
    except ValueError:
        raise refused("can't parse request body as JSON") from None  # the wording is ours
    if not isinstance(body, dict):
        raise refused("request body must be a JSON object")  # the wording is ours
    return _strings(body)


def _strings(body: JsonObject) -> dict[str, str]:
    return {
        key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for key, value in body.items()
        if value is not None
    }
