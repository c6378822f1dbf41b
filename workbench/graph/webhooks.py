"""Where Meta sends webhooks: the address of the app and its fields, and the other addresses that override it.

https://developers.facebook.com/docs/graph-api/reference/app/subscriptions and
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from rejoinder.workbench.graph.answers import flag, objects, text
from rejoinder.workbench.graph.changes import Change, delete, post
from rejoinder.workbench.graph.client import Graph, Json

OBJECT = "whatsapp_business_account"
"""What an app subscribes to."""

USED_FIELDS = {
    "messages": "messages and statuses: without it the bot hears nothing",
    "user_preferences": "who stops marketing is not written to again",
    "message_template_status_update": "a template that is paused or rejected is not sent",
    "message_template_quality_update": "a template of low quality is known before it is paused",
    "message_template_components_update": "a template that was changed elsewhere is known",
    "template_category_update": "a template that becomes marketing needs consent, and costs more",
    "phone_number_quality_update": "the limits of a number",
    "phone_number_name_update": "the decision on a new display name",
    "account_update": "an account that is restricted or disabled",
    "account_alerts": "warnings about the account",
    "account_review_update": "the decision of a review",
    "business_capability_update": "the limits of the business",
    "security": "somebody asks for the PIN of a number",
    "smb_message_echoes": "the bot is silent while a person answers from the phone",
}
"""The fields that rejoinder uses, and what for. `messages` is needed for anything:
https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppWebhook:
    """The webhook of an app."""

    url: str = ""
    """Its address; empty when the app has none."""

    fields: tuple[str, ...] = ()
    """What it gets, such as `messages`."""

    is_active: bool = False
    """Whether Meta uses it."""

    @classmethod
    def read(cls, answer: Json) -> Self:
        """Return the webhook for WhatsApp that an answer of Meta shows."""
        (found, *_) = [one for one in objects(answer, "data") if text(one, "object") == OBJECT] or [{}]
        named = found.get("fields")
        plain = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
        names = (*plain, *(text(one, "name") for one in objects(found, "fields")))
        return cls(url=text(found, "callback_url"), fields=names, is_active=flag(found, "active"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribedApp:
    """An app that gets the webhooks of an account."""

    id: str
    name: str = ""

    override: str = ""
    """The address that gets them instead of the app's; empty for the app's."""

    @classmethod
    def read(cls, answer: Json) -> Self:
        """Return the app that an item of Meta's list shows."""
        return cls(
            id=text(answer, "whatsapp_business_api_data", "id"),
            name=text(answer, "whatsapp_business_api_data", "name"),
            override=text(answer, "override_callback_uri"),
        )


def app_webhook(as_app: Graph, app_id: str) -> AppWebhook:
    """Return the webhook of an app. Meta answers only to the app's own token. Raises GraphError."""
    return AppWebhook.read(as_app.get(f"{app_id}/subscriptions"))


def set_app_webhook(app_id: str, url: str, verify_token: str, fields: Iterable[str]) -> Change:
    """Return the request that sets the address and the fields. Meta answers only to the app's own token."""
    body = {"object": OBJECT, "callback_url": url, "verify_token": verify_token, "fields": ",".join(fields)}
    return post(f"{app_id}/subscriptions", {**body, "include_values": True}, secrets=("verify_token",))


def subscribed_apps(graph: Graph, waba_id: str) -> Iterator[SubscribedApp]:
    """Yield the apps that get the webhooks of an account. Raises GraphError."""
    for one in graph.pages(f"{waba_id}/subscribed_apps"):
        yield SubscribedApp.read(one)


def subscribe(waba_id: str, url: str = "", verify_token: str = "") -> Change:
    """Return the request after which the app gets an account's webhooks, at `url` if there is one."""
    return post(f"{waba_id}/subscribed_apps", _override(url, verify_token), secrets=("verify_token",))


def unsubscribe(waba_id: str) -> Change:
    """Return the request after which the app gets no webhooks of an account."""
    return delete(f"{waba_id}/subscribed_apps")


def override_number(number_id: str, url: str, verify_token: str = "") -> Change:
    """Return the request that sends a number's webhooks to another address; an empty one ends that."""
    configuration = _override(url, verify_token) or {"override_callback_uri": ""}
    return post(number_id, {"webhook_configuration": configuration}, secrets=("verify_token",))


def _override(url: str, verify_token: str) -> Json:
    return {"override_callback_uri": url, "verify_token": verify_token} if url else {}
