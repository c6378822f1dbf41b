"""The endpoints of Flows. The simulator looks only whether a Flow is JSON.

https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/reference/flowsapi
"""

from __future__ import annotations

import json
import time
from typing import Final

from starlette.datastructures import UploadFile

from rejoinder.workbench.simulator import errors, fields
from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.accounts import NAME as BUSINESS_NAME
from rejoinder.workbench.simulator.business import Flow, new_id
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.part import Part

NODE: Final = "WhatsAppFlow"
METRIC: Final = "metric"
USUAL: Final = ("id", "name", "categories", "status", "validation_errors")
NEVER_SET: Final = ("preview", "health_status")
"""Fields of Meta's that a simulated Flow has no value for."""

CATEGORIES: Final = (
    *("APPOINTMENT_BOOKING", "CONTACT_US", "CUSTOMER_SUPPORT", "LEAD_GENERATION", "OTHER", "SHOPPING"),
    *("SIGN_IN", "SIGN_UP", "SURVEY"),
)
"""What a Flow may be for."""

_SUCCESS: Final = {"success": True}


class Flows:
    """Answers the requests for Flows."""

    def __init__(self, network: Network) -> None:
        self._network = network

    async def all(self, call: Call) -> JsonObject:
        names = [*fields.asked_for(call.parameters, USUAL), "id"]
        shown = [
            fields.picked(self._fields(flow_id, flow), names, NODE)
            for flow_id, flow in self._network.business.flows.items()
        ]
        return fields.page(shown, call.parameters, call.request.url)

    async def create(self, call: Call) -> JsonObject:
        part = Part(call.parameters)
        flow = Flow(
            name=part.text("name"), categories=_categories(part), changed_at=self._network.clock.now()
        )
        flow.endpoint_uri = part.optional_text("endpoint_uri")
        if "flow_json" in part.value:
            flow.json = _flow_json(part.text("flow_json"))
        if fields.flag(part, "publish", usual=False):
            _publish(flow)
        flow_id = new_id()
        self._network.business.flows[flow_id] = flow
        return {"id": flow_id}

    async def show(self, call: Call) -> JsonObject:
        names = [*fields.asked_for(call.parameters, USUAL), "id"]
        if METRIC in names:
            raise errors.lacking("the metrics of Flows")
        return fields.picked(self._fields(call.node, self._flow(call)), names, NODE)

    async def assets(self, call: Call) -> JsonObject:
        """Say where the JSON of a Flow can be fetched, which needs the access token here."""
        text = self._flow(call).json
        if text is None:
            return {"data": []}
        media_id = self._network.shelf.add(text.encode(), "application/json", "flow.json")
        url = self._network.shelf.url(media_id, call.request.url.hostname or "")
        return {"data": [{"name": "flow.json", "asset_type": "FLOW_JSON", "download_url": url}]}

    async def change(self, call: Call) -> JsonObject:
        part, flow = Part(call.parameters), self._flow(call)
        flow.name = part.optional_text("name") or flow.name
        flow.endpoint_uri = part.optional_text("endpoint_uri") or flow.endpoint_uri
        if "categories" in part.value:
            flow.categories = _categories(part)
        flow.changed_at = self._network.clock.now()
        return _SUCCESS

    async def delete(self, call: Call) -> JsonObject:
        if self._flow(call).status != "DRAFT":
            raise errors.coded(139004, "Only a draft can be deleted.")
        del self._network.business.flows[call.node]
        return _SUCCESS

    async def publish(self, call: Call) -> JsonObject:
        _publish(self._flow(call))
        return _SUCCESS

    async def deprecate(self, call: Call) -> JsonObject:
        flow = self._flow(call)
        if flow.status != "PUBLISHED":
            raise errors.coded(139003, "Only a published Flow can be deprecated.")
        flow.status = "DEPRECATED"
        return _SUCCESS

    async def upload(self, call: Call) -> JsonObject:
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

    def _fields(self, flow_id: str, flow: Flow) -> JsonObject:
        app_id = self._network.settings.app_id
        link = f"https://www.facebook.com/games/?app_id={app_id}"
        account = {"id": self._network.settings.waba_id, "name": BUSINESS_NAME, "timezone_id": "1"}
        version = json.loads(flow.json or "{}")
        return {
            **dict.fromkeys(NEVER_SET),
            "id": flow_id,
            "name": flow.name,
            "status": flow.status,
            "categories": flow.categories,
            "validation_errors": [],
            "endpoint_uri": flow.endpoint_uri,
            "json_version": version.get("version") if isinstance(version, dict) else None,
            "data_api_version": version.get("data_api_version") if isinstance(version, dict) else None,
            "updated_at": time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(flow.changed_at)),
            "whatsapp_business_account": account,
            "application": {"id": app_id, "name": BUSINESS_NAME, "link": link},
        }


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
