"""Which function answers which endpoint."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.responses import Response

from rejoinder.workbench.simulator.access import Call
from rejoinder.workbench.simulator.accounts import Accounts
from rejoinder.workbench.simulator.codes import Codes
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.drafting import Drafting
from rejoinder.workbench.simulator.files import Files
from rejoinder.workbench.simulator.flows import Flows
from rejoinder.workbench.simulator.health import BUSINESS_ID
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.naming import Names
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.numbers import Numbers
from rejoinder.workbench.simulator.review import Review

Answer = Callable[[Call], Awaitable[JsonObject | Response]]
MESSAGES: Final = "POST /{phone-number-id}/messages"
MARKETING: Final = "POST /{phone-number-id}/marketing_messages"
WITH_IDS: Final = ("message_qrdls",)
"""The edges behind which an id may stand."""

ALIASES: Final = ("debug_token", "me", "oauth")
"""What stands in the place of an id and is none."""


class Endpoints:
    """The functions, by method and path."""

    def __init__(self, network: Network, courier: Courier, files: Files, review: Review) -> None:
        self._network = network
        self._drafting = Drafting(network, review)
        self.names = Names(network, courier)
        numbers = Numbers(network, courier, self.names)
        self.answers: Mapping[str, Answer] = {
            **_of_files(files),
            **_of_numbers(numbers),
            **_of_names(self.names),
            **_of_codes(Codes(network)),
            **_of_templates(self._drafting),
            **_of_flows(Flows(network)),
            **_of_accounts(Accounts(network, courier, numbers)),
        }

    def kind_of(self, node: str) -> str | None:
        """Return what an id is, as the paths of the table name it; None when nobody has it."""
        network, settings = self._network, self._network.settings
        if node in network.numbers:  # first, because most requests are for messages
            return "{phone-number-id}"
        if node in ALIASES:
            return node
        kinds = {
            "{waba-id}": node == settings.waba_id,
            "{app-id}": node == settings.app_id,
            "{business-id}": node == BUSINESS_ID,
            "{upload-id}": node.startswith("upload:"),
            "{media-id}": network.shelf.get(node) is not None,
            "{template-id}": self._drafting.has(node),
            "{flow-id}": node in network.business.flows,
        }
        return next((kind for kind, is_one in kinds.items() if is_one), None)


def _of_files(files: Files) -> dict[str, Answer]:
    return {
        "POST /{phone-number-id}/media": files.upload,
        "GET /{media-id}": files.address,
        "DELETE /{media-id}": files.delete,
        "POST /{app-id}/uploads": files.begin,
        "POST /{upload-id}": files.resume,
        "GET /{upload-id}": files.offset,
    }


def _of_numbers(numbers: Numbers) -> dict[str, Answer]:
    return {
        "GET /{phone-number-id}": numbers.show,
        "POST /{phone-number-id}": numbers.change,
        "GET /{phone-number-id}/whatsapp_business_profile": numbers.profile,
        "POST /{phone-number-id}/whatsapp_business_profile": numbers.change_profile,
        "POST /{phone-number-id}/request_code": numbers.request_code,
        "POST /{phone-number-id}/verify_code": numbers.verify_code,
        "POST /{phone-number-id}/register": numbers.register,
        "POST /{phone-number-id}/deregister": numbers.deregister,
        "GET /{phone-number-id}/block_users": numbers.blocked,
        "POST /{phone-number-id}/block_users": numbers.block,
        "DELETE /{phone-number-id}/block_users": numbers.unblock,
        "POST /{phone-number-id}/conversational_automation": numbers.automate,
        "GET /{phone-number-id}/settings": numbers.settings,
        "POST /{phone-number-id}/settings": numbers.change_settings,
        "GET /{phone-number-id}/whatsapp_commerce_settings": numbers.commerce,
        "POST /{phone-number-id}/whatsapp_commerce_settings": numbers.change_commerce,
        "GET /{phone-number-id}/whatsapp_business_encryption": numbers.key,
        "POST /{phone-number-id}/whatsapp_business_encryption": numbers.change_key,
    }


def _of_names(names: Names) -> dict[str, Answer]:
    return {
        "GET /{phone-number-id}/username": names.username,
        "POST /{phone-number-id}/username": names.adopt,
        "DELETE /{phone-number-id}/username": names.drop,
        "GET /{phone-number-id}/username_suggestions": names.suggestions,
    }


def _of_codes(codes: Codes) -> dict[str, Answer]:
    return {
        "GET /{phone-number-id}/message_qrdls": codes.show,
        "POST /{phone-number-id}/message_qrdls": codes.change,
        "DELETE /{phone-number-id}/message_qrdls": codes.remove,
    }


def _of_templates(drafting: Drafting) -> dict[str, Answer]:
    return {
        "GET /{waba-id}/message_templates": drafting.templates,
        "POST /{waba-id}/message_templates": drafting.create,
        "DELETE /{waba-id}/message_templates": drafting.delete,
        "POST /{waba-id}/upsert_message_templates": drafting.upsert,
        "POST /{waba-id}/message_templates/archive": drafting.archive,
        "POST /{waba-id}/message_templates/unarchive": drafting.unarchive,
        "GET /{template-id}": drafting.template,
        "POST /{template-id}": drafting.change,
        "POST /{template-id}/unpause": drafting.unpause,
        "GET /{template-id}/compare": drafting.compare,
    }


def _of_accounts(accounts: Accounts) -> dict[str, Answer]:
    return {
        "GET /{waba-id}": accounts.show,
        "POST /{waba-id}": accounts.change,
        "GET /{business-id}/owned_whatsapp_business_accounts": accounts.owned,
        "GET /{business-id}/client_whatsapp_business_accounts": accounts.shared,
        "GET /{waba-id}/phone_numbers": accounts.phone_numbers,
        "GET /{waba-id}/subscribed_apps": accounts.subscriptions,
        "POST /{waba-id}/subscribed_apps": accounts.subscribe,
        "DELETE /{waba-id}/subscribed_apps": accounts.unsubscribe,
        "GET /{app-id}": accounts.app,
        "GET /{app-id}/subscriptions": accounts.pointed,
        "POST /{app-id}/subscriptions": accounts.point,
        "GET /oauth/access_token": accounts.app_token,
        "GET /debug_token": accounts.debug,
        "GET /me": accounts.me,
    }


def _of_flows(flows: Flows) -> dict[str, Answer]:
    return {
        "GET /{waba-id}/flows": flows.all,
        "POST /{waba-id}/flows": flows.create,
        "GET /{flow-id}": flows.show,
        "POST /{flow-id}": flows.change,
        "DELETE /{flow-id}": flows.delete,
        "POST /{flow-id}/assets": flows.upload,
        "POST /{flow-id}/publish": flows.publish,
        "POST /{flow-id}/deprecate": flows.deprecate,
        "GET /{flow-id}/assets": flows.assets,
    }
