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

OBJECT: Final = "whatsapp_business_account"
FIELDS: Final = (
    *("account_alerts", "account_review_update", "account_settings_update", "account_update"),
    *("automatic_events", "business_capability_update", "business_username_updates", "calls", "flows"),
    *("group_lifecycle_update", "group_participants_update", "group_settings_update"),
    *("group_status_update", "history", "message_echoes", "message_template_components_update"),
    *("message_template_quality_update", "message_template_status_update", "messages"),
    *("messaging_handovers", "partner_solutions", "payment_configuration_update"),
    *("phone_number_name_update", "phone_number_quality_update", "security", "smb_app_state_sync"),
    *("smb_message_echoes", "standby", "template_category_update"),
    *("template_correct_category_detection", "user_preferences"),
)
"""The fields that an app can get of an account."""

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
        known = {"id": call.node, "name": NAME, "currency": "USD", "timezone_id": "1"}
        known |= {"message_template_namespace": f"simulated_{call.node}", "account_review_status": "APPROVED"}
        return fields.picked(known, [*fields.asked_for(call.parameters, known), "id"], ACCOUNT)

    async def phone_numbers(self, call: Call) -> JsonObject:
        names = [*fields.asked_for(call.parameters, USUAL), "id"]
        shown = [
            fields.picked(self._numbers.fields_of(one), names, "WhatsAppBusinessPhoneNumber")
            for one in self._network.numbers
        ]
        return fields.page(shown, call.parameters)

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

    async def points(self, _: Call) -> JsonObject:
        """Show where the app gets its webhooks, and which fields. Meta wants the app's own token for it."""
        if self._courier.webhook_url is None:
            return {"data": []}
        version = self._network.settings.default_version
        chosen = self._courier.fields
        names = FIELDS if chosen is None else [name for name in FIELDS if name in chosen]
        shown = [{"name": name, "version": version} for name in names]
        where = {"object": OBJECT, "callback_url": self._courier.webhook_url}
        return {"data": [{**where, "active": True, "fields": shown}]}

    async def point(self, call: Call) -> JsonObject:
        """Set the address of the app's webhook and the fields that it gets, as the app's dashboard does."""
        part = Part(call.parameters)
        kind = part.text("object")
        if kind != OBJECT:
            raise errors.lacking(f"webhooks of {kind}")
        url, given = part.text("callback_url"), part.value.get("fields")
        names = given.split(",") if isinstance(given, str) else fields.texts(part, "fields")
        for name in names:
            if name not in FIELDS:
                raise errors.not_one_of("fields", FIELDS, name)
        await self._courier.agree(url, part.text("verify_token"))
        self._courier.webhook_url = url
        if names:
            self._courier.fields = frozenset(names)
        return _SUCCESS

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
        scopes = ["whatsapp_business_management", "whatsapp_business_messaging"]
        return {
            "data": {
                "app_id": settings.app_id,
                "type": "SYSTEM_USER",
                "application": NAME,
                "data_access_expires_at": 0,
                "expires_at": 0,
                "is_valid": True,
                "scopes": scopes,
                "granular_scopes": [{"scope": one, "target_ids": [settings.waba_id]} for one in scopes],
                "user_id": settings.app_id,
            }
        }

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
