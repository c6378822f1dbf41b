"""Parsing: a field of a webhook that concerns the account → an account event. Nothing here raises.

`FIELDS` says for each field of Meta which event it becomes, and where in its value each part of that stands.
Fields: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview.
"""

import re
from collections.abc import Mapping

from rejoinder.channels.fields import Json, object_of, timestamp_of, whole_parts
from rejoinder.channels.whatsapp.contact_fields import CLICKS, CONTACT_FIELDS
from rejoinder.channels.whatsapp.front import NAME
from rejoinder.channels.whatsapp.parts import (
    Parts,
    as_words,
    errors,
    inner,
    language,
    many,
    number,
    read,
    time,
    value_at,
    without,
    words,
)
from rejoinder.model import events, template_events
from rejoinder.model.events import AccountEvent
from rejoinder.model.ids import clean_id
from rejoinder.model.people import Account

_FIELD = re.compile(r"[a-z_]{1,64}")
"""The name of a field of Meta. Others are not logged."""

_TEMPLATE: Parts = {
    "channel": lambda _value: NAME,
    "template": words("message_template_name"),
    "language": language("message_template_language"),
    "template_id": words("message_template_id"),
}

_RESTRICTION: Parts = {"type": words("restriction_type"), "ends_at": time("expiration")}
_BUTTON: Parts = {
    "type": words("message_template_button_type"),
    "text": words("message_template_button_text"),
    "url": words("message_template_button_url"),
    "phone": words("message_template_button_phone_number"),
}
FIELDS: Mapping[str, tuple[type[AccountEvent], Parts]] = {
    "account_alerts": (
        events.AccountAlert,
        {
            "type": words("alert_info.alert_type", "alert_type"),
            "severity": words("alert_info.alert_severity", "alert_severity"),
            "status": words("alert_info.alert_status", "alert_status"),
            "description": words("alert_info.alert_description", "alert_description"),
            "entity_type": words("entity_type"),
            "entity_id": words("entity_id"),
        },
    ),
    "account_review_update": (events.AccountReview, {"decision": words("decision")}),
    "account_update": (
        events.AccountUpdate,
        {
            "event": words("event"),
            "violation": words("violation_info.violation_type"),
            "restrictions": many("restriction_info", events.Restriction, _RESTRICTION),
            "ban_state": words("ban_info.waba_ban_state"),
            "ban_date": words("ban_info.waba_ban_date"),
            "country": words("country"),
            "account_id": words("waba_info.waba_id"),
            "portfolio_id": words("waba_info.owner_business_id"),
            "ad_account_id": words("waba_info.ad_account_id", "waba_info.ad_account_linked"),
            "partner_app_id": words("waba_info.partner_app_id"),
            "solution_id": words("waba_info.solution_id"),
            "price_category": words("volume_tier_info.pricing_category"),
            "price_tier": words("volume_tier_info.tier"),
            "price_region": words("volume_tier_info.region"),
            "price_month": words("volume_tier_info.effective_month"),
            "price_at": time("volume_tier_info.tier_update_time"),
            "international_at": time("auth_international_rate_eligibility.start_time"),
            "details": without(
                *("event", "country", "phone_number", "violation_info", "restriction_info"),
                *("ban_info", "volume_tier_info"),
            ),
        },
    ),
    "account_settings_update": (
        events.AccountSettings,
        {"type": words("type"), "settings": inner("phone_number_settings")},
    ),
    "business_capability_update": (
        events.Capability,
        {
            "conversations": words(
                "max_daily_conversations_per_business", "max_daily_conversation_per_phone"
            ),
            "numbers": words("max_phone_numbers_per_waba", "max_phone_numbers_per_business"),
        },
    ),
    **dict.fromkeys(
        ("business_username_updates", "phone_number_username_update", "business_username_update"),
        (events.Username, {"username": words("username"), "status": words("status")}),
    ),
    "partner_solutions": (
        events.PartnerSolution,
        {
            "event": words("event"),
            "solution_id": words("solution_id"),
            "status": words("solution_status"),
        },
    ),
    "payment_configuration_update": (
        events.PaymentConfiguration,
        {
            "name": words("configuration_name"),
            "provider": words("provider_name"),
            "merchant_id": words("provider_mid"),
            "status": words("status"),
            "created_at": time("created_timestamp"),
            "updated_at": time("updated_timestamp"),
        },
    ),
    "phone_number_name_update": (
        events.NumberName,
        {
            "decision": words("decision"),
            "name": words("requested_verified_name"),
            "reason": words("rejection_reason"),
        },
    ),
    "phone_number_quality_update": (
        events.NumberQuality,
        {
            "event": words("event"),
            "limit": words("current_limit", "max_daily_conversations_per_business"),
            "previous_limit": words("old_limit"),
        },
    ),
    "security": (events.Security, {"event": words("event"), "requester": words("requester")}),
    "flows": (
        template_events.FlowEvent,
        {
            "event": words("event"),
            "flow_id": words("flow_id"),
            "message": words("message"),
            "previous_status": words("old_status"),
            "status": words("new_status"),
            "alert": words("alert_state"),
            "threshold": number("threshold"),
            "details": without(
                *("event", "flow_id", "message", "old_status", "new_status", "alert_state", "threshold")
            ),
        },
    ),
    "message_template_status_update": (
        template_events.TemplateStatus,
        {
            **_TEMPLATE,
            "event": words("event"),
            "reason": words("rejection_info.reason", "reason"),
            "category": words("message_template_category"),
            "title": words("other_info.title"),
            "description": words("other_info.description"),
            "recommendation": words("rejection_info.recommendation"),
            "disabled_at": time("disable_info.disable_date"),
        },
    ),
    "message_template_quality_update": (
        template_events.TemplateQuality,
        {**_TEMPLATE, "previous": words("previous_quality_score"), "quality": words("new_quality_score")},
    ),
    "message_template_components_update": (
        template_events.TemplateComponents,
        {
            **_TEMPLATE,
            "header": words("message_template_title"),
            "body": words("message_template_element"),
            "footer": words("message_template_footer"),
            "buttons": many("message_template_buttons", template_events.TemplateButton, _BUTTON),
        },
    ),
    **dict.fromkeys(
        ("template_category_update", "template_correct_category_detection"),
        (
            template_events.TemplateCategory,
            {
                **_TEMPLATE,
                "category": words("new_category", "category"),
                "previous": words("previous_category"),
                "correct": words("correct_category"),
                "changes_at": time("category_update_timestamp"),
            },
        ),
    ),
    **CONTACT_FIELDS,
}
"""For each field: the event that it becomes, and the parts of that."""

ERRORS = (events.AccountErrors, {"errors": errors("errors")})


def parse_account_event(event: Json, *, received_at: float) -> AccountEvent:
    """Parse an event as the ingress queued it: a `change`, with the `id` and the `time` of its entry."""
    change = object_of(event, "change")
    name, value = change.get("field"), object_of(change, "value")
    named = name if isinstance(name, str) and _FIELD.fullmatch(name) else "unknown"
    make, parts = _kind_of(named, value)
    shown = words("metadata.display_phone_number", "display_phone_number", "phone_number")(value)
    account = clean_id(value_at(value, "metadata.phone_number_id")) or ""
    return make(
        field=named,
        account=str(Account(channel=NAME, id=account)) if account else "",
        owner=as_words(event.get("id")),
        number=shown,
        at=timestamp_of(event.get("time") or value.get("timestamp"), received_at),
        raw=whole_parts(value if isinstance(change.get("value"), dict) else change),
        **read(parts, value),
    )


def _kind_of(field: str, value: Json) -> tuple[type[AccountEvent], Parts]:
    if field == "messages":
        return CLICKS if "user_actions" in value else ERRORS if "errors" in value else (AccountEvent, {})
    if field == "message_template_status_update" and "new_quality_score" in value:
        return FIELDS["message_template_quality_update"]  # as in an example of Meta's
    return FIELDS.get(field, (AccountEvent, {}))
