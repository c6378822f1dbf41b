"""The endpoints of the WhatsApp Business Account and of the app: numbers, webhooks, tokens.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override and
https://developers.facebook.com/docs/graph-api/reference/app/subscriptions
"""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.simulator import access, errors, fields
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.health import BUSINESS_ID
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.numbers import USUAL, Numbers
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.webhooks import FIELDS

OBJECT: Final = "whatsapp_business_account"
ACCOUNT: Final = "WhatsAppBusinessAccount"
NAME: Final = "Simulated Business"
NO_MARKETING: Final = "disable_marketing_messages_on_cloud_api"
USUAL_OF_ACCOUNT: Final = (
    *("id", "name", "currency", "timezone_id", "message_template_namespace", "account_review_status"),
    *("business_verification_status", "health_status"),
)
NEVER_SET: Final = (
    *("is_enabled_for_insights", "marketing_messages_lite_api_status", "on_behalf_of_business_info"),
    "marketing_messages_onboarding_status",
)
"""Fields of Meta's that a simulated account has no value for."""

_SUCCESS: Final = {"success": True}


class Accounts:
    """Answers the requests for the account, the app and the tokens."""

    def __init__(self, network: Network, courier: Courier, numbers: Numbers) -> None:
        self._network = network
        self._courier = courier
        self._numbers = numbers

    async def show(self, call: Call) -> JsonObject:
        known = self._account()
        return fields.picked(known, [*fields.asked_for(call.parameters, USUAL_OF_ACCOUNT), "id"], ACCOUNT)

    async def change(self, call: Call) -> JsonObject:
        """Forbid marketing by the Cloud API, or allow it again."""
        part = Part(call.body)
        if unknown := [key for key in part.value if key != NO_MARKETING]:
            raise errors.lacking(f"the parameter {unknown[0]} of POST /{{waba-id}}")
        self._network.business.no_marketing = fields.flag(part, NO_MARKETING, usual=False)
        return _SUCCESS

    async def owned(self, call: Call) -> JsonObject:
        names = [*fields.asked_for(call.parameters, USUAL_OF_ACCOUNT), "id"]
        return fields.page([fields.picked(self._account(), names, ACCOUNT)], call.parameters)

    async def shared(self, _: Call) -> JsonObject:
        """List the accounts of others. There are none."""
        return {"data": []}

    def _account(self) -> JsonObject:
        health, settings = self._network.health, self._network.settings
        info = {"id": BUSINESS_ID, "name": NAME}
        return {
            **dict.fromkeys(NEVER_SET),
            "id": settings.waba_id,
            "name": NAME,
            "currency": "USD",
            "timezone_id": "1",
            "country": "US",
            "status": "ACTIVE",
            "ownership_type": "SELF",
            "message_template_namespace": f"simulated_{settings.waba_id}",
            "account_review_status": health.review,
            "business_verification_status": health.verification,
            "health_status": health.status(settings.waba_id, settings.app_id),
            "owner_business_info": info,
            NO_MARKETING: self._network.business.no_marketing,
            "subscribed_apps": {"data": self._subscribed()},
        }

    async def phone_numbers(self, call: Call) -> JsonObject:
        names = [*fields.asked_for(call.parameters, USUAL), "id"]
        shown = [
            fields.picked(self._numbers.fields_of(one), names, "WhatsAppBusinessPhoneNumber")
            for one in self._network.numbers
        ]
        return fields.page(shown, call.parameters, call.request.url)

    # -- webhooks -----------------------------------------------------------------------------------------

    async def subscriptions(self, _: Call) -> JsonObject:
        return {"data": self._subscribed()}

    def _subscribed(self) -> list[JsonObject]:
        if not self._courier.subscribed:
            return []
        app: JsonObject = {"whatsapp_business_api_data": self._app()}
        if self._courier.override:
            app["override_callback_uri"] = self._courier.override
        return [app]

    async def subscribe(self, call: Call) -> JsonObject:
        """Let the app get the account's webhooks, at another address if the request names one."""
        part = Part(call.parameters)
        url = fields.at_most(part, "override_callback_uri", 200)
        if url:
            await self._courier.agree(url, part.text("verify_token"))
        self._courier.subscribed, self._courier.override = True, url or None
        return {**_SUCCESS, **(await self.subscriptions(call) if url else {})}

    async def unsubscribe(self, _: Call) -> JsonObject:
        self._courier.subscribed = False
        return _SUCCESS

    async def point(self, call: Call) -> JsonObject:
        """Set the address of the app's webhook and the fields that it gets, as the app's dashboard does."""
        part = Part(call.parameters)
        kind = part.text("object")
        if kind != OBJECT:
            raise errors.lacking(f"webhooks of {kind}")
        names = _field_names(part)
        url = part.text("callback_url")
        await self._courier.agree(url, part.text("verify_token"))
        self._courier.webhook_url = url
        self._courier.fields = names or self._courier.fields
        return _SUCCESS

    async def pointed(self, call: Call) -> JsonObject:
        """Return the address of the app's webhook, and the fields that come there. Only the app may ask."""
        if not access.is_of_app(access.token_in(call.request), self._network.settings):
            raise errors.plain(15, "(#15) This method must be called with an app access_token.")
        if self._courier.webhook_url is None:
            return {"data": []}
        names = [{"name": name, "version": call.version} for name in self._courier.fields]
        of = {"object": OBJECT, "callback_url": self._courier.webhook_url}
        return {"data": [{**of, "active": True, "fields": names}]}

    async def app(self, call: Call) -> JsonObject:
        known = {**self._app(), "category": "Business"}
        return fields.picked(known, [*fields.asked_for(call.parameters, known), "id"], "Application")

    def _app(self) -> JsonObject:
        app_id = self._network.settings.app_id
        return {"id": app_id, "name": NAME, "link": f"https://www.facebook.com/games/?app_id={app_id}"}

    # -- tokens -------------------------------------------------------------------------------------------

    async def me(self, _: Call) -> JsonObject:
        return {"name": NAME, "id": self._network.settings.app_id}

    async def debug(self, call: Call) -> JsonObject:
        settings = self._network.settings
        token = Part(call.parameters).text("input_token")
        if not access.is_right(token, settings):
            why = {"code": 190, "message": errors.KNOWN[190].title}
            return {"data": {"error": why, "is_valid": False, "scopes": []}}
        return {"data": self._network.health.debugged(settings.app_id, NAME, settings.waba_id)}

    async def app_token(self, call: Call) -> JsonObject:
        """Give the app's own token to whom has its secret."""
        settings, given = self._network.settings, call.parameters
        if (given.get("client_id"), given.get("client_secret")) != (settings.app_id, settings.app_secret):
            raise errors.plain(1, "Error validating client secret.")
        return {"access_token": f"{settings.app_id}|{settings.app_secret}", "token_type": "bearer"}


def _field_names(part: Part) -> list[str]:
    """Return the fields to subscribe to, which come as a list or with commas; none stands for no change."""
    given = part.value.get("fields")
    names = (
        [one.strip() for one in given.split(",")] if isinstance(given, str) else fields.texts(part, "fields")
    )
    for name in names:
        if name not in FIELDS:
            raise errors.coded(100, f"Param fields[0] must be one of the fields of webhooks - got {name!r}.")
    return names
