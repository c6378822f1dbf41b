"""The QR codes of a number.

https://developers.facebook.com/documentation/business-messaging/whatsapp/qr-codes
"""

from __future__ import annotations

import secrets

from rejoinder.workbench.simulator import errors, fields, pictures
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.part import Part


class Codes:
    """Answers the requests for QR codes."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def show(self, call: Call) -> JsonObject:
        """Show the QR codes, or one, with its picture if `fields` names a format of it."""
        codes, asked = self._network.numbers[call.node].codes, str(call.parameters.get("fields", ""))
        shown = list(codes.values())
        if len(call.rest) > 1:
            shown = [codes[call.rest[1]]] if call.rest[1] in codes else []
        kind = next((kind for kind in pictures.TYPES if f"format({kind})" in asked.replace(" ", "")), None)
        return {"data": [{**code, **self._drawn(code, kind)} for code in shown]}

    async def change(self, call: Call) -> JsonObject:
        """Make a QR code, or change the text of one. Its picture shows something, but no QR code."""
        part, codes = Part(call.parameters), self._network.numbers[call.node].codes
        text = part.text("prefilled_message")
        fields.at_most(part, "prefilled_message", 140)
        image = part.optional_text("generate_qr_image")
        if image not in (None, "SVG", "PNG"):
            raise errors.not_one_of("generate_qr_image", ("PNG", "SVG"), image)
        code = part.optional_text("code") or secrets.token_hex(7).upper()
        if "code" in part.value and code not in codes:
            raise errors.unknown_object(code)
        link = f"https://wa.me/message/{code}"
        codes[code] = {"code": code, "prefilled_message": text, "deep_link_url": link}
        return {**codes[code], **self._drawn(codes[code], image)}

    def _drawn(self, code: JsonObject, kind: str | None) -> JsonObject:
        if kind is None:
            return {}
        picture = pictures.drawn(kind, code["deep_link_url"])
        media_id = self._network.shelf.add(picture, pictures.TYPES[kind], f"{code['code']}.{kind.lower()}")
        return {"qr_image_url": self._network.shelf.page(media_id)}

    async def remove(self, call: Call) -> JsonObject:
        code = call.rest[1] if len(call.rest) > 1 else str(call.parameters.get("code", ""))
        if self._network.numbers[call.node].codes.pop(code, None) is None:
            raise errors.unknown_object(code, "delete")
        return {"success": True}
