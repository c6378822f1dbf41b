"""pywa, as its users write it: every call for the account, its numbers, templates and Flows."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from pywa import WhatsApp, utils
from pywa import types as t
from pywa.errors import WhatsAppError
from pywa.types import calls, others
from pywa.types import templates as tt
from pywa.types.flows import FlowCategory, FlowMetricGranularity, FlowMetricName
from told import PLAN, obey

EN = tt.TemplateLanguage.ENGLISH
UTILITY = tt.TemplateCategory.UTILITY
NEW = PLAN["new_number"]
png = bytes.fromhex(PLAN["png"])
sdp = calls.SessionDescription(sdp="v=0", sdp_type="offer")


class Ours(httpx.BaseTransport):
    """Leads requests for Meta's second host to the simulator."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = httpx.URL(PLAN["url"]).copy_with(raw_path=request.url.raw_path)
        request.headers["host"] = f"{request.url.host}:{request.url.port}"
        return session._transport.handle_request(request)


session = httpx.Client(trust_env=False, mounts={"https://api.facebook.com": Ours()})
wa = WhatsApp(
    phone_id=PLAN["number"],
    token=PLAN["token"],
    session=session,
    server=None,
    waba_id=PLAN["waba"],
    app_id=int(PLAN["app"]),
    app_secret=PLAN["app_secret"],
)
# pywa has the address of Meta in it. The session is ours.
session.base_url = httpx.URL(f"{PLAN['url']}/v{utils.Version.GRAPH_API}")
made: dict[str, Any] = {}


def keep(name: str, value: Any) -> Any:
    made[name] = value
    return value


def ready(name: str, header: bytes | None = None) -> tt.Template:
    """Return a template of this name. With a picture above it, pywa uploads the picture."""
    above = [tt.HeaderImage(example=header)] if header else []
    words = tt.BodyText(f"Hello {{{{1}}}}, your table {name} is ready.", "Ada")
    reply = tt.Buttons(buttons=[tt.QuickReplyButton(text="Thanks")])
    return tt.Template(name=name, language=EN, category=UTILITY, components=[*above, words, reply])


def named() -> tt.Template:
    words = tt.BodyText("Hello {{name}}, your bill is here.", name="Ada")
    return tt.Template(
        name="bill", language=EN, category=UTILITY, parameter_format=tt.ParamFormat.NAMED, components=[words]
    )


def all_templates() -> bool:
    """Read all templates, page by page. `next` of pywa 4.5.0 fails for templates, so this uses the cursor."""
    page = wa.get_templates(pagination=t.Pagination(limit=2))
    count = len(page)
    while page.has_next:
        page = wa.get_templates(pagination=t.Pagination(limit=2, after=page.after))
        count += len(page)
    return count == page.total_count > 2


def two_pages() -> bool:
    """Read the numbers, page by page."""
    page = wa.get_business_phone_numbers(pagination=t.Pagination(limit=1))
    return page.has_next and page.next()[0].id == NEW


def address() -> dict[str, str]:
    return {"callback_url": PLAN["callback"], "verify_token": PLAN["verify_token"]}


def flow() -> str:
    return str(made["flow"].id)


def days() -> dict[str, datetime.datetime]:
    now = datetime.datetime.now(datetime.UTC)
    return {"start": now - datetime.timedelta(days=7), "end": now}


SENDS: dict[str, Callable[[], Any]] = {
    # -- templates
    "create_template": lambda: keep("plain", wa.create_template(ready("plain"))),
    "create_template with a picture": lambda: keep("picture", wa.create_template(ready("picture", png))),
    "create_template with names": lambda: wa.create_template(named()),
    "create_template of the library": lambda: wa.create_template(
        tt.LibraryTemplate(name="a", library_template_name="b", language=EN, category=UTILITY)
    ),
    "upsert_authentication_template": lambda: wa.upsert_authentication_template(
        name="login",
        languages=[EN, tt.TemplateLanguage.GERMAN],
        otp_button=tt.CopyCodeOTPButton(),
        add_security_recommendation=True,
        code_expiration_minutes=5,
    ),
    "get_template": lambda: wa.get_template(made["picture"].id).status == tt.TemplateStatus.APPROVED,
    "get_templates": all_templates,
    "get_templates by state": lambda: len(wa.get_templates(statuses=[tt.TemplateStatus.PAUSED])) == 0,
    "update_template": lambda: wa.update_template(
        made["plain"].id, new_components=[tt.BodyText("Hello {{1}}, your bike is ready.", "Ada")]
    ),
    "compare_templates": lambda: wa.compare_templates(made["plain"].id, made["picture"].id, **days()),
    "archive_templates": lambda: wa.archive_templates([made["plain"].id]).archived == (made["plain"].id,),
    "unarchive_templates": lambda: len(wa.unarchive_templates([made["plain"].id]).unarchived) == 1,
    "unpause_template": lambda: wa.unpause_template(made["plain"].id).success is False,
    "migrate_templates": lambda: wa.migrate_templates("1"),
    "delete_template": lambda: wa.delete_template("picture", template_id=made["picture"].id),
    # -- numbers
    "get_business_phone_number": lambda: wa.get_business_phone_number().id == PLAN["number"],
    "get_business_phone_numbers": lambda: len(wa.get_business_phone_numbers()) == 2,
    "get_business_phone_numbers page by page": two_pages,
    "create_phone_number": lambda: wa.create_phone_number(
        country_calling_code=1, phone_number="5550100003", verified_name="Clinic"
    ),
    "request_verification_code": lambda: wa.request_verification_code(
        code_method="SMS", language_code="en_US", phone_id=NEW
    ),
    "verify_phone_number": lambda: wa.verify_phone_number("123456", phone_id=NEW),
    "register_phone_number": lambda: wa.register_phone_number("654321", phone_id=NEW),
    "deregister_phone_number": lambda: wa.deregister_phone_number(phone_id=NEW),
    "update_display_name": lambda: wa.update_display_name("Clinic"),
    "get_business_phone_number_settings": wa.get_business_phone_number_settings,
    "update_business_phone_number_settings": lambda: wa.update_business_phone_number_settings(
        user_identity_change=others.UserIdentityChangeSettings(enable_identity_key_check=True)
    ),
    "update_conversational_automation": lambda: wa.update_conversational_automation(
        ice_breakers=["Book a table"], commands=[t.Command(name="book", description="Book a table")]
    ),
    "update_business_profile": lambda: wa.update_business_profile(
        about="Teeth.", industry=t.Industry.HEALTH, websites=["https://clinic.example/"]
    ),
    "update_business_profile with a picture": lambda: wa.update_business_profile(profile_picture=png),
    "get_business_profile": lambda: wa.get_business_profile().about == "Teeth.",
    "set_business_public_key": lambda: wa.set_business_public_key("-----BEGIN PUBLIC KEY-----\nx"),
    "update_commerce_settings": lambda: wa.update_commerce_settings(is_catalog_visible=True),
    "get_commerce_settings": lambda: wa.get_commerce_settings().is_catalog_visible,
    "create_qr_code": lambda: keep("code", wa.create_qr_code("I want a table")),
    "get_qr_code": lambda: wa.get_qr_code(made["code"].code),
    "get_qr_codes": lambda: len(wa.get_qr_codes()) == 1,
    "update_qr_code": lambda: wa.update_qr_code(made["code"].code, "I want two tables"),
    "delete_qr_code": lambda: wa.delete_qr_code(made["code"].code),
    "block_users": lambda: wa.block_users([PLAN["contact"]]),
    "get_blocked_users": lambda: len(wa.get_blocked_users()) == 1,
    "unblock_users": lambda: wa.unblock_users([PLAN["contact"]]),
    "set_username": lambda: wa.set_username("clinic"),
    "get_current_username": wa.get_current_username,
    "get_reserved_usernames": wa.get_reserved_usernames,
    "delete_username": wa.delete_username,
    "get_call_permissions": lambda: wa.get_call_permissions(PLAN["contact"]),
    "initiate_call": lambda: wa.initiate_call(PLAN["contact"], sdp),
    "pre_accept_call": lambda: wa.pre_accept_call("1", sdp),
    "accept_call": lambda: wa.accept_call("1", sdp),
    "reject_call": lambda: wa.reject_call("1"),
    "terminate_call": lambda: wa.terminate_call("1"),
    "create_group": lambda: wa.create_group(subject="Garden"),
    "get_groups": wa.get_groups,
    # -- the account and the app
    "get_business_account": lambda: wa.get_business_account().id == PLAN["waba"],
    "update_business_account_settings": lambda: wa.update_business_account_settings(
        disable_marketing_messages_on_cloud_api=True
    ),
    "get_owned_business_accounts": lambda: wa.get_owned_business_accounts(
        business_portfolio_id=PLAN["business"]
    ),
    "get_shared_business_accounts": lambda: wa.get_shared_business_accounts(
        business_portfolio_id=PLAN["business"]
    ),
    "get_app_access_token": lambda: keep(
        "token", wa.get_app_access_token(int(PLAN["app"]), PLAN["app_secret"])
    ),
    "set_app_callback_url": lambda: wa.set_app_callback_url(
        int(PLAN["app"]), made["token"], fields=["messages"], **address()
    ),
    "override_waba_callback_url": lambda: wa.override_waba_callback_url(**address()),
    "delete_waba_callback_url": wa.delete_waba_callback_url,
    "override_phone_callback_url": lambda: wa.override_phone_callback_url(**address()),
    "delete_phone_callback_url": wa.delete_phone_callback_url,
    "create_signup": lambda: wa.create_signup("Hello", "Thanks", "https://clinic.example/"),
    "get_signups": wa.get_signups,
    # -- Flows
    "create_flow": lambda: keep("flow", wa.create_flow("Booking", [FlowCategory.OTHER])),
    "update_flow_metadata": lambda: wa.update_flow_metadata(flow(), name="Book"),
    "update_flow_json": lambda: wa.update_flow_json(flow(), '{"version": "7.0", "screens": []}').success,
    "publish_flow": lambda: wa.publish_flow(flow()),
    "get_flow": lambda: wa.get_flow(flow()).name == "Book",
    "get_flows": lambda: len(wa.get_flows()) == 1,
    "get_flow_assets": lambda: wa.get_flow_assets(flow()),
    "get_flow_metrics": lambda: wa.get_flow_metrics(
        flow(), FlowMetricName.ENDPOINT_REQUEST_COUNT, FlowMetricGranularity.DAY
    ),
    "migrate_flows": lambda: wa.migrate_flows("1", ["Booking"]),
    "deprecate_flow": lambda: wa.deprecate_flow(flow()),
    "delete_flow": lambda: wa.delete_flow(wa.create_flow("Gone", [FlowCategory.OTHER]).id),
}


def outcome_of(call: Callable[[], Any]) -> dict[str, Any]:
    try:
        result = call()
    except WhatsAppError as error:
        return {"code": error.code, "words": error.details or error.message}
    except Exception as error:
        return {"error": repr(error)}
    return {"false": repr(result)} if result is False else {"success": True}


def get(query: dict[str, str]) -> tuple[int, str]:
    return 200, query[utils.HUB_CH]


def post(_: bytes, __: Mapping[str, str]) -> tuple[int, str]:
    return 200, ""


obey(SENDS, outcome_of, get, post)
