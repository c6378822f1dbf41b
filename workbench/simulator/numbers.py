"""The endpoints of a phone number, but for messages and files.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers,
…/business-profiles, …/block-users, …/qr-codes, and …/business-phone-numbers/conversational-components
"""

from __future__ import annotations

import re
from typing import Final

from rejoinder.workbench.simulator import contacts, errors, fields
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.business import Number
from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.errors import GraphError
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.naming import Names
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.part import Part

NODE: Final = "WhatsAppBusinessPhoneNumber"
CODE: Final = "123456"
"""The code that every text and call brings."""

USUAL: Final = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
    "throughput",
    "id",
)
NEVER_SET: Final = (
    *("certificate", "new_certificate", "last_onboarded_time", "quality_score", "search_visibility"),
    *("eligibility_for_api_business_global_search", "is_preverified_number", "is_on_biz_app"),
    *("country_code", "country_dial_code"),
)
"""Fields of Meta's that a simulated number has no value for."""

VERTICALS: Final = (
    *("ALCOHOL", "APPAREL", "AUTO", "BEAUTY", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GOVT"),
    *("GROCERY", "HEALTH", "HOTEL", "MATRIMONY_SERVICE", "NONPROFIT", "NOT_A_BIZ", "ONLINE_GAMBLING"),
    *("OTC_DRUGS", "OTHER", "PHYSICAL_GAMBLING", "PROF_SERVICES", "RESTAURANT", "RETAIL", "TRAVEL"),
    "UNDEFINED",
)
PROFILE_LIMITS: Final = {"about": 139, "address": 256, "description": 512, "email": 128}
SETTINGS: Final = ("calling", "payload_encryption", "storage_configuration", "user_identity_change")
CHANGEABLE: Final = ("messaging_product", "pin", "new_display_name", "username", "webhook_configuration")
_PIN: Final = re.compile(r"[0-9]{6}")
_SUCCESS: Final = {"success": True}


class Numbers:
    """Answers the requests for a phone number."""

    def __init__(self, network: Network, courier: Courier, names: Names) -> None:
        self._network = network
        self._courier = courier
        self._names = names

    async def show(self, call: Call) -> JsonObject:
        shown = self.fields_of(call.node)
        return fields.picked(shown, [*fields.asked_for(call.parameters, USUAL), "id"], NODE)

    def fields_of(self, number_id: str) -> JsonObject:
        """Return the fields of a number. Those that have no value are None."""
        number, health = self._network.numbers[number_id], self._network.health
        waba_id, app_id = self._network.settings.waba_id, self._network.settings.app_id
        return {
            **dict.fromkeys(NEVER_SET),
            "id": number_id,
            "display_phone_number": f"+{self._network.settings.phone_numbers[number_id]}",
            "verified_name": number.name,
            "quality_rating": health.quality,
            "name_status": number.name_status,
            "new_display_name": number.new_name,
            "new_name_status": number.new_name_status,
            "code_verification_status": "VERIFIED" if number.verified else "NOT_VERIFIED",
            "platform_type": "CLOUD_API" if number.registered else "NOT_APPLICABLE",
            "status": "CONNECTED" if number.registered else "PENDING",
            "throughput": {"level": health.throughput},
            "health_status": health.status(waba_id, app_id, number=(number_id, number.registered)),
            "account_mode": "LIVE",
            "is_official_business_account": False,
            "is_pin_enabled": number.ladder.pin is not None,
            "messaging_limit_tier": self._network.business.messaging_limit,
            "whatsapp_business_manager_messaging_limit": self._network.business.messaging_limit,
            "webhook_configuration": self._courier.addresses(number_id),
            "conversational_automation": number.automation or None,
            "username": number.username,
        }

    async def change(self, call: Call) -> JsonObject:
        """Set the PIN, ask for another display name, or send the number's webhooks elsewhere."""
        part, number = Part(call.body), self._number(call)
        if unknown := [key for key in part.value if key not in CHANGEABLE]:
            raise errors.lacking(f"the parameter {unknown[0]} of POST /{{phone-number-id}}")
        if configuration := part.optional_part("webhook_configuration"):
            await self._courier.override_number(call.node, configuration)
        if name := part.optional_text("new_display_name"):
            self._names.ask(number, name)
        if "username" in part.value:
            await self._names.adopt(call)
        if "pin" in part.value:
            number.ladder.pin = _pin(part)
        return _SUCCESS

    # -- whose number it is -------------------------------------------------------------------------------

    async def request_code(self, call: Call) -> JsonObject:
        part, number = Part(call.parameters), self._number(call)
        method = part.text("code_method")
        if method not in ("SMS", "VOICE"):
            raise errors.not_one_of("code_method", ("SMS", "VOICE"), method)
        part.text("language")
        if number.verified:
            raise errors.coded(136024, "The phone number has already been verified.")
        number.code = CODE
        return _SUCCESS

    async def verify_code(self, call: Call) -> JsonObject:
        number = self._number(call)
        if str(call.parameters.get("code", "")) != number.code:
            raise errors.coded(136025, "The code is not the one that was sent.")
        number.verified, number.code = True, None
        return {**_SUCCESS, "id": call.node}

    async def register(self, call: Call) -> JsonObject:
        part, number = Part(call.parameters), self._number(call)
        fields.product(part)
        pin = _pin(part)
        if "backup" in part.value:
            raise errors.lacking("the parameter backup: there is no On-Premises API to move from")
        now, region = self._network.clock.now(), part.optional_text("data_localization_region")
        number.ladder.begin(now)
        if not number.verified:
            raise errors.coded(133006, "The phone number must be verified before it is registered.")
        number.ladder.settle(region, registered=number.registered)
        number.ladder.guess(pin, now)
        number.registered = True
        return _SUCCESS

    async def deregister(self, call: Call) -> JsonObject:
        number = self._number(call)
        number.ladder.begin(self._network.clock.now())
        if not number.registered:
            raise errors.coded(133010)
        number.registered, number.ladder.region = False, None
        return _SUCCESS

    # -- what contacts see --------------------------------------------------------------------------------

    async def profile(self, call: Call) -> JsonObject:
        known = {
            **dict.fromkeys((*PROFILE_LIMITS, "websites", "vertical", "profile_picture_url", "id")),
            **self._number(call).profile,
        }
        shown = fields.picked(known, fields.asked_for(call.parameters, ()), "WhatsAppBusinessProfile")
        return {"data": [{**shown, "messaging_product": "whatsapp"}]}

    async def change_profile(self, call: Call) -> JsonObject:
        part = Part(call.parameters)
        fields.product(part)
        given = {key: fields.at_most(part, key, limit) for key, limit in PROFILE_LIMITS.items()}
        if part.value.get("about") == "":
            raise errors.coded(100, "The about text must not be empty")
        websites = fields.texts(part, "websites")
        if len(websites) > 2 or any(len(one) > 256 for one in websites):
            raise errors.coded(100, "There may be 2 websites of 256 characters each")
        vertical = part.optional_text("vertical")
        if vertical and vertical not in VERTICALS:
            raise errors.not_one_of("vertical", VERTICALS, vertical)
        new = {**given, "websites": websites or None, "vertical": vertical}
        if handle := part.optional_text("profile_picture_handle"):
            new["profile_picture_url"] = self._picture(handle)
        profile = self._number(call).profile
        profile.update({key: value for key, value in new.items() if value is not None})
        return _SUCCESS

    def _picture(self, handle: str) -> str:
        """Return the address of a picture that was uploaded in pieces."""
        medium = self._network.shelf.get(self._network.handles.get(handle, ""))
        if medium is None or medium.mime_type not in ("image/jpeg", "image/png"):
            raise errors.coded(100, "profile_picture_handle is no handle of an uploaded picture")
        return self._network.shelf.page(medium.id)

    async def automate(self, call: Call) -> JsonObject:
        part, number = Part(call.parameters), self._number(call)
        prompts, commands = fields.texts(part, "prompts"), part.optional_parts("commands")
        if len(prompts) > 4 or any(len(one) > 80 for one in prompts):
            raise errors.coded(100, "There may be 4 prompts of 80 characters each")
        if len(commands) > 30:
            raise errors.coded(100, "There may be 30 commands")
        for command in commands:
            for key, limit in (("command_name", 32), ("command_description", 256)):
                command.text(key)
                fields.at_most(command, key, limit)
        number.automation = {
            "enable_welcome_message": fields.flag(part, "enable_welcome_message", usual=False),
            "prompts": prompts,
            "commands": [command.value for command in commands],
        }
        return _SUCCESS

    # -- whom it does not hear ----------------------------------------------------------------------------

    async def blocked(self, call: Call) -> JsonObject:
        shown = [
            {"messaging_product": "whatsapp", "wa_id": one.wa_id} if one.wa_id else {"user_id": one.user_id}
            for one in self._number(call).blocked
        ]
        return fields.page(shown, call.parameters, call.request.url)

    async def block(self, call: Call) -> JsonObject:
        """Block contacts. Only who wrote in the last 24 hours can be blocked."""
        added, failed = [], []
        for asked, contact in self._users(call):
            entry = _entry(asked, contact)
            if not self._network.is_open(call.node, contact):
                failed.append({**entry, "errors": [_not_lately()]})
                continue
            added.append(entry)
            if contact not in self._number(call).blocked:
                self._number(call).blocked.append(contact)
        result: JsonObject = {"added_users": added}
        if not failed:
            return {"messaging_product": "whatsapp", "block_users": result}
        details = "Failed to block some users, see the block_users response list for details"
        error = errors.coded(139100, details)
        result = {"messaging_product": "whatsapp", "block_users": {**result, "failed_users": failed}}
        raise GraphError(error.status, error.error, beside=result)

    async def unblock(self, call: Call) -> JsonObject:
        removed = []
        for asked, contact in self._users(call):
            removed.append(_entry(asked, contact))
            if contact in self._number(call).blocked:
                self._number(call).blocked.remove(contact)
        return {"messaging_product": "whatsapp", "block_users": {"removed_users": removed}}

    def _users(self, call: Call) -> list[tuple[str, Contact]]:
        part = Part(call.parameters)
        fields.product(part)
        asked = [one.text("user") for one in part.parts("block_users")]
        return [(one, self._contact(one, call.node)) for one in asked]

    def _contact(self, user: str, number_id: str) -> Contact:
        number = contacts.digits(user)
        if number == self._network.settings.phone_numbers[number_id]:
            raise errors.coded(131021)
        if contacts.is_user_id(user):
            return self._network.phone_book.with_user_id(user)
        if not contacts.is_phone(number):
            raise errors.invalid("user: not a phone number")
        return self._network.phone_book.dialled(number)

    # -- what is only kept --------------------------------------------------------------------------------

    async def settings(self, call: Call) -> JsonObject:
        usual = {"calling": {"status": "DISABLED"}, "payload_encryption": {"status": "DISABLED"}}
        return {**usual, "storage_configuration": {"status": "DEFAULT"}, **self._number(call).settings}

    async def change_settings(self, call: Call) -> JsonObject:
        """Keep settings, and tell the webhook of those for calls. They change nothing else."""
        part = Part(call.body)
        if not part.value:
            raise errors.coded(100, "There is no setting in the body")
        for key in part.value:
            if key not in SETTINGS:
                raise errors.coded(100, f"There is no setting {key}")
            part.part(key)
        self._number(call).settings.update(part.value)
        if "calling" in part.value:
            number = {"phone_number_id": call.node}
            metadata = {"display_phone_number": self._network.settings.phone_numbers[call.node], **number}
            value = {"messaging_product": "whatsapp", "metadata": metadata, "type": "PHONE_NUMBER_SETTINGS"}
            value |= {"timestamp": str(int(self._network.clock.now()))}
            changed = {**number, "calling": part.value["calling"]}
            self._courier.announce("account_settings_update", {**value, "phone_number_settings": changed})
        return _SUCCESS

    async def commerce(self, call: Call) -> JsonObject:
        return {"data": [{"id": call.node, **self._number(call).commerce}]}

    async def change_commerce(self, call: Call) -> JsonObject:
        part, commerce = Part(call.parameters), self._number(call).commerce
        commerce.update({key: fields.flag(part, key, usual=bool(usual)) for key, usual in commerce.items()})
        return _SUCCESS

    async def key(self, call: Call) -> JsonObject:
        key = self._number(call).public_key
        shown = {"business_public_key": key, "business_public_key_signature_status": "VALID"}
        return {"data": [shown] if key else []}

    async def change_key(self, call: Call) -> JsonObject:
        key = Part(call.parameters).text("business_public_key")
        if not key.strip().startswith("-----BEGIN PUBLIC KEY-----"):
            raise errors.coded(100, "business_public_key is no public key in PEM format")
        self._number(call).public_key = key
        return _SUCCESS

    def _number(self, call: Call) -> Number:
        return self._network.numbers[call.node]


def _pin(part: Part) -> str:
    pin = str(part.value.get("pin", ""))
    if not pin:
        raise errors.required("pin")
    if not _PIN.fullmatch(pin):
        raise errors.coded(100, "pin must have 6 digits")
    return pin


def _entry(asked: str, contact: Contact) -> JsonObject:
    return {"input": asked, "wa_id": contact.wa_id} if contact.wa_id else {"input": asked}


def _not_lately() -> JsonObject:
    details = errors.KNOWN[131047].details
    return {"message": "Re-engagement required", "code": 131047, "error_data": {"details": details}}
