"""The endpoints for files: upload, address, download, deletion, and uploads in pieces.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media and
https://developers.facebook.com/docs/graph-api/guides/upload
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from typing import Final

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response, StreamingResponse

from rejoinder.workbench.simulator import access, errors
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.errors import GraphError
from rejoinder.workbench.simulator.faults import Faults
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.media import LIMITS, TYPES, Medium, Session, bare_type, kind_of, why_not
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.part import Part

IN_PIECES: Final = ("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4")
"""The types that may be uploaded in pieces, by the guide above."""

_CHUNK: Final = 256 * 1024


class Files:
    """Answers the requests for files."""

    def __init__(self, network: Network, faults: Faults) -> None:
        self._network = network
        self._faults = faults

    async def upload(self, call: Call) -> JsonObject:
        """Take a file, whole. Its part of the form says its type; the parameter `type` does not count."""
        await self._fail("upload")
        form = await _form(call)
        # Graph takes parameters from the query too. whatsapp-api-js sends this one there.
        product = form.get("messaging_product") or call.parameters.get("messaging_product")
        if not isinstance(product, str) or not product:
            raise errors.required("messaging_product")
        if product.lower() != "whatsapp":
            raise errors.not_one_of("messaging_product", ("WHATSAPP",), product)
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise errors.required("file") if not file else errors.not_a_file(TYPES, None)
        mime_type = (file.content_type or "application/octet-stream").lower()
        if bare_type(mime_type) not in TYPES:
            raise errors.not_a_file(TYPES, mime_type)
        if too_big := why_not(kind_of(mime_type), mime_type, file.size or 0):
            raise errors.coded(131053, too_big)
        data = await file.read()
        shelf = self._network.shelf
        media_id = shelf.add(data, mime_type, file.filename or "", phone_number_id=call.node)
        return {"id": media_id}

    async def address(self, call: Call) -> JsonObject:
        """Say where a file is, for five minutes."""
        await self._fail("address")
        medium = self._medium(call)
        return {
            "messaging_product": "whatsapp",
            "url": self._network.shelf.url(medium.id, call.request.url.hostname or ""),
            "mime_type": medium.mime_type,
            "sha256": medium.sha256.hex(),
            "file_size": len(medium.data),
            "id": medium.id,
        }

    async def delete(self, call: Call) -> JsonObject:
        medium = self._medium(call)
        self._network.shelf.remove(medium.id)
        return {"success": True}

    async def download(self, request: HttpRequest) -> Response:
        """Answer a request to the second host with the bytes. A token is needed, too."""
        try:
            fault = await self._fail("download")
            access.authenticate(request, {}, self._network.settings, self._network.health)
        except GraphError as error:
            return error.response()
        part = request.query_params.get
        medium = self._network.shelf.behind(part("mid", ""), part("ext", ""), part("hash", ""))
        if medium is None:
            return Response(status_code=404)
        headers = {"content-length": str(len(medium.data))}
        chunks = _chunks(medium, request if fault.get("cut") else None)
        return StreamingResponse(chunks, headers=headers, media_type=medium.mime_type)

    async def begin(self, call: Call) -> JsonObject:
        """Begin an upload in pieces."""
        part = Part(call.parameters)
        length, mime_type = str(part.value.get("file_length", "")), part.text("file_type")
        if not length:
            raise errors.required("file_length")
        if not (length.isascii() and length.isdecimal() and 0 < int(length) <= LIMITS["document"]):
            raise errors.wrong_type("file_length", f"an integer between 1 and {LIMITS['document']}")
        if mime_type not in IN_PIECES:
            raise errors.not_one_of("file_type", IN_PIECES, mime_type)
        unique = secrets.token_urlsafe(24)
        sealed = base64.urlsafe_b64encode(f"1:attachment:{unique}".encode()).decode()
        session_id = f"upload:{sealed}?sig={secrets.token_urlsafe(12)}"
        self._network.uploads[session_id] = Session(length=int(length), mime_type=mime_type)
        return {"id": session_id}

    async def offset(self, call: Call) -> JsonObject:
        """Say how many bytes of an upload have come."""
        session_id, session = self._session(call)
        return {"id": session_id, "file_offset": len(session.data)}

    async def resume(self, call: Call) -> JsonObject:
        """Take the next piece. After the last one the upload has a handle, else it says where to go on."""
        session_id, session = self._session(call)
        at = call.request.headers.get("file_offset", "")
        if at != str(len(session.data)):
            raise errors.coded(100, f"file_offset must be {len(session.data)}: so many bytes have come")
        async for chunk in call.request.stream():
            session.data += chunk[: session.length - len(session.data)]
        if len(session.data) < session.length:
            return {"id": session_id, "file_offset": len(session.data)}
        del self._network.uploads[session_id]
        kind = base64.b64encode(session.mime_type.encode()).decode()
        handle = f"4::{kind}:{secrets.token_urlsafe(48)}:e:{int(self._network.clock.now())}"
        self._network.handles[handle] = self._network.shelf.add(bytes(session.data), session.mime_type)
        return {"h": handle}

    async def _fail(self, step: str) -> JsonObject:
        """Let a planted fault strike: a pause, an error, or what the step itself does with it."""
        fault = self._faults.strike((step,))
        await asyncio.sleep(fault.get("delay_seconds", 0))
        if "code" in fault or "status" in fault:
            raise errors.struck(fault)
        return fault

    def _session(self, call: Call) -> tuple[str, Session]:
        signature = call.request.query_params.get("sig")
        session_id = call.node if signature is None else f"{call.node}?sig={signature}"
        session = self._network.uploads.get(session_id)
        if session is None:
            raise errors.unknown_object(call.node, call.request.method.lower())
        return session_id, session

    def _medium(self, call: Call) -> Medium:
        medium = self._network.shelf.get(call.node)
        if medium is None:
            raise errors.unknown_object(call.node, call.request.method.lower())
        number = call.request.query_params.get("phone_number_id")
        if number is not None and number != medium.phone_number_id:
            raise errors.not_the_number()
        return medium


async def _form(call: Call) -> FormData | JsonObject:
    if call.body:
        return call.body
    try:
        return await call.request.form()
    except HTTPException:  # what is no form has no parameters
        return {}


async def _chunks(medium: Medium, cut: HttpRequest | None) -> AsyncIterator[bytes]:
    """Yield a file piece by piece. With `cut` the connection ends in its middle."""
    view = memoryview(medium.data)
    end = len(view) // 2 if cut else len(view)
    for start in range(0, end, _CHUNK):
        yield bytes(view[start : min(start + _CHUNK, end)])
    if cut and (transport := cut.scope.get("simulator.transport")):
        await asyncio.sleep(0)
        transport.close()
        while (await cut.receive())["type"] != "http.disconnect":
            pass  # until it is closed, the end of this answer would be an error
