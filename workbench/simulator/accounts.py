"""The endpoints of the WhatsApp Business Account and of the app: numbers, webhooks, Flows, tokens.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override,
https://developers.facebook.com/docs/graph-api/reference/app/subscriptions and
https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/reference/flowsapi
"""

from __future__ import annotations

import json
from typing import Final

from starlette.datastructures import UploadFile

from rejoinder.workbench.simulator import access, errors, fields
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.business import Flow, new_id
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.numbers import USUAL, Numbers
from rejoinder.workbench.simulator.part import Part
from rejoinder.workbench.simulator.webhooks import FIELDS

OBJECT: Final = "whatsapp_business_account"
ACCOUNT: Final = "WhatsAppBusinessAccount"
NAME: Final = "Simulated Business"
CATEGORIES: Final = (
    *("APPOINTMENT_BOOKING", "CONTACT_US", "CUSTOMER_SUPPORT", "LEAD_GENERATION", "OTHER", "SHOPPING"),
    *("SIGN_IN", "SIGN_UP", "SURVEY"),
)
"""What a Flow may be for."""

_SUCCESS: Final = {"success": True}


class Accounts:
    """Answers the requests for the account, the app and the tokens."""

    def __init__(self, network: Network, courier: Courier, numbers: Numbers) -> None:
        self._network = network
        self._courier = courier
        self._numbers = numbers

    async def show(self, call: Call) -> JsonObject:
        known: JsonObject = {"id": call.node, "name": NAME, "currency": "USD", "timezone_id": "1"}
        health, app_id = self._network.health, self._network.settings.app_id
        known |= {
            "message_template_namespace": f"simulated_{call.node}",
            "account_review_status": health.review,
            "business_verification_status": health.verification,
            "health_status": health.status(call.node, app_id),
        }
        return fields.picked(known, [*fields.asked_for(call.parameters, known), "id"], ACCOUNT)

    async def phone_numbers(self, call: Call) -> JsonObject:
        names = [*fields.asked_for(call.parameters, USUAL), "id"]
        shown = [
            fields.picked(self._numbers.fields_of(one), names, "WhatsAppBusinessPhoneNumber")
            for one in self._network.numbers
        ]
        return fields.page(shown, call.parameters, call.request.url)

    # -- webhooks -----------------------------------------------------------------------------------------

    async def subscriptions(self, _: Call) -> JsonObject:
        if not self._courier.subscribed:
            return {"data": []}
        app: JsonObject = {"whatsapp_business_api_data": self._app()}
        if self._courier.override:
            app["override_callback_uri"] = self._courier.override
        return {"data": [app]}

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

    # -- Flows --------------------------------------------------------------------------------------------

    async def flows(self, call: Call) -> JsonObject:
        flows = self._network.business.flows
        return fields.page([_shown(flow_id, flow) for flow_id, flow in flows.items()], call.parameters)

    async def create_flow(self, call: Call) -> JsonObject:
        part = Part(call.parameters)
        flow = Flow(name=part.text("name"), categories=_categories(part))
        flow.endpoint_uri = part.optional_text("endpoint_uri")
        if "flow_json" in part.value:
            flow.json = _flow_json(part.text("flow_json"))
        if fields.flag(part, "publish", usual=False):
            _publish(flow)
        flow_id = new_id()
        self._network.business.flows[flow_id] = flow
        return {"id": flow_id}

    async def flow(self, call: Call) -> JsonObject:
        shown = {**_shown(call.node, self._flow(call)), "endpoint_uri": self._flow(call).endpoint_uri}
        usual = ("id", "name", "categories", "status", "validation_errors")
        return fields.picked(shown, [*fields.asked_for(call.parameters, usual), "id"], "WhatsAppFlow")

    async def change_flow(self, call: Call) -> JsonObject:
        part, flow = Part(call.parameters), self._flow(call)
        flow.name = part.optional_text("name") or flow.name
        flow.endpoint_uri = part.optional_text("endpoint_uri") or flow.endpoint_uri
        if "categories" in part.value:
            flow.categories = _categories(part)
        return _SUCCESS

    async def delete_flow(self, call: Call) -> JsonObject:
        if self._flow(call).status != "DRAFT":
            raise errors.coded(139004, "Only a draft can be deleted.")
        del self._network.business.flows[call.node]
        return _SUCCESS

    async def publish_flow(self, call: Call) -> JsonObject:
        _publish(self._flow(call))
        return _SUCCESS

    async def deprecate_flow(self, call: Call) -> JsonObject:
        flow = self._flow(call)
        if flow.status != "PUBLISHED":
            raise errors.coded(139003, "Only a published Flow can be deprecated.")
        flow.status = "DEPRECATED"
        return _SUCCESS

    async def upload_flow(self, call: Call) -> JsonObject:
        """Take the JSON of a Flow. The simulator looks only whether it is JSON."""
        form = await call.request.form()
        file = form.get("file")
        if form.get("asset_type") != "FLOW_JSON":
            raise errors.not_one_of("asset_type", ("FLOW_JSON",), form.get("asset_type"))
        if not isinstance(file, UploadFile):
            raise errors.required("file")
        self._flow(call).json = _flow_json((await file.read()).decode("utf-8", "replace"))
        return {**_SUCCESS, "validation_errors": []}

    def _flow(self, call: Call) -> Flow:
        return self._network.business.flows[call.node]


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


def _shown(flow_id: str, flow: Flow) -> JsonObject:
    shown = {"id": flow_id, "name": flow.name, "status": flow.status, "categories": flow.categories}
    return {**shown, "validation_errors": []}


def _categories(part: Part) -> list[str]:
    categories = fields.texts(part, "categories")
    for one in categories:
        if one not in CATEGORIES:
            raise errors.not_one_of("categories", CATEGORIES, one)
    if not categories:
        raise errors.required("categories")
    return categories


def _flow_json(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        raise errors.coded(139001, f"The Flow is no JSON: {error}") from error
    return text


def _publish(flow: Flow) -> None:
    if flow.json is None:
        raise errors.coded(139002, "The Flow has no JSON yet.")
    if flow.status != "DRAFT":
        raise errors.coded(139002, "Only a draft can be published.")
    flow.status = "PUBLISHED"
