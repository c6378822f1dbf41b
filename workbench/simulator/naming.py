"""The names of a number: the display name, which Meta reviews, and the username.

https://developers.facebook.com/documentation/business-messaging/whatsapp/display-names and
https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids.
The texts of the errors of usernames are ours.
"""

from __future__ import annotations

import re
from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.business import Number
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.part import Part

DECISIONS: Final = ("APPROVED", "REJECTED")
TRANSFERS: Final = ("none", "force_transfer")
_USERNAME: Final = re.compile(r"(?=.*[a-z])(?!www)(?!.*\.\.)[a-z0-9_][a-z0-9._]{1,33}[a-z0-9_]")
_ENDINGS: Final = (".com", ".net", ".org")
_SUCCESS: Final = {"success": True}


class Names:
    """Answers the requests for the names of a number, and decides on a new one."""

    def __init__(self, network: Network, courier: Courier) -> None:
        self._network = network
        self._courier = courier

    def ask(self, number: Number, name: str) -> None:
        """Take a new display name. It waits for `decide`."""
        if not 3 <= len(name) <= 75:
            raise errors.coded(100, "new_display_name must have 3 to 75 characters")
        number.new_name, number.new_name_status = name, "PENDING_REVIEW"

    def decide(self, order: JsonObject) -> JsonObject:
        """Approve or reject the new display name of a number, and tell the webhook. Raises ControlError."""
        number_id = str(order.get("phone_number_id") or next(iter(self._network.numbers)))
        number, decision = self._network.numbers.get(number_id), order.get("decision")
        if number is None:
            raise ControlError(f"phone_number_id must be one of {', '.join(self._network.numbers)}")
        if decision not in DECISIONS:
            raise ControlError(f"decision must be one of {', '.join(DECISIONS)}")
        if number.new_name is None or number.new_name_status != "PENDING_REVIEW":
            raise ControlError("no new name waits: POST /{phone-number-id} with new_display_name first", 409)
        name, approved = number.new_name, decision == "APPROVED"
        number.new_name_status = "APPROVED" if approved else "DECLINED"
        if approved:
            number.name, number.name_status, number.new_name = name, "APPROVED", None
        value = {"display_phone_number": self._network.settings.phone_numbers[number_id]}
        value |= {"decision": decision, "requested_verified_name": name}
        reason = None if approved else str(order.get("reason") or "NAME_NOT_CONSISTENT")
        self._courier.announce("phone_number_name_update", {**value, "rejection_reason": reason})
        return {"phone_number_id": number_id, "verified_name": number.name, "decision": decision}

    async def username(self, call: Call) -> JsonObject:
        name = self._network.numbers[call.node].username
        return {"username": name, "status": "approved"} if name else {}

    async def suggestions(self, call: Call) -> JsonObject:
        """Suggest names made of the display name."""
        plain = re.sub(r"[^a-z0-9]+", "_", self._network.numbers[call.node].name.lower()).strip("_")
        return {"data": [{"username_suggestions": [plain, f"{plain}_team"]}]}

    async def adopt(self, call: Call) -> JsonObject:
        """Take a username, which another number may give up for it."""
        part = Part(call.parameters)
        name, transfer = part.text("username"), part.optional_text("transfer_action") or "none"
        if not _USERNAME.fullmatch(name) or name.endswith(_ENDINGS):
            raise errors.coded(147001, "3 to 35 of a-z, 0-9, '.' and '_', with a letter, and no web address")
        if transfer not in TRANSFERS:
            raise errors.not_one_of("transfer_action", TRANSFERS, transfer)
        for number_id, number in self._network.numbers.items():
            if number.username == name and number_id != call.node:
                if transfer == "none":
                    raise errors.coded(147005, "Another number of yours has this username.")
                self._set(number_id, None)
        self._set(call.node, name)
        return {"status": "approved"}

    async def drop(self, call: Call) -> JsonObject:
        self._set(call.node, None)
        return _SUCCESS

    def _set(self, number_id: str, name: str | None) -> None:
        self._network.numbers[number_id].username = name
        told = {"display_phone_number": self._network.settings.phone_numbers[number_id]}
        told |= {"username": name, "status": "approved"} if name else {"status": "deleted"}
        self._courier.announce("business_username_updates", told)
