"""What of Meta's the simulator has, in one table: it leads requests, and `docs/simulator.md` shows it.

`python -m rejoinder.workbench.simulator.simulated` writes the table into that page.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rejoinder.workbench.marks import replaced

WHOLE, PARTLY, LACKING = "yes", "partly", "no"

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "simulator.md"
BEGIN: Final = "<!-- simulated: begin -->"
END: Final = "<!-- simulated: end -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Something of Meta's."""

    what: str
    """A method and a path, or a name."""

    state: str
    """Whether the simulator has it: WHOLE, PARTLY or LACKING."""

    note: str = ""
    """What it does, or what is missing."""


def rows(*given: tuple[str, str] | tuple[str, str, str]) -> tuple[Row, ...]:
    """Return the rows of a table."""
    return tuple(Row(what=row[0], state=row[1], note=row[2] if len(row) == 3 else "") for row in given)


# fmt: off
ENDPOINTS: Final = rows(
    ("POST /{phone-number-id}/messages", PARTLY, "the table above has the types; receipts and typing, too"),
    ("POST /{phone-number-id}/media", WHOLE, "types and sizes are checked, what is in the file is not"),
    ("GET /{media-id}", WHOLE, "the address lives five minutes, on the other host name"),
    ("DELETE /{media-id}", WHOLE),
    ("POST /{app-id}/uploads", WHOLE, "an upload in pieces"),
    ("POST /{upload-id}", WHOLE, "with `file_offset`; the last piece gets a handle"),
    ("GET /{upload-id}", WHOLE, "how many bytes have come"),
    ("GET /{phone-number-id}", PARTLY, "`/sim/health` sets the quality"),
    ("POST /{phone-number-id}", PARTLY,
     "the PIN, the names (`/sim/names` decides on a display name), an address for the number's webhooks"),
    ("GET /{phone-number-id}/whatsapp_business_profile", WHOLE),
    ("POST /{phone-number-id}/whatsapp_business_profile", WHOLE, "the picture is an upload in pieces"),
    ("POST /{phone-number-id}/request_code", WHOLE, "the code is always 123456"),
    ("POST /{phone-number-id}/verify_code", WHOLE),
    ("POST /{phone-number-id}/register", WHOLE,
     "wrong PINs lock it: 133005, 133009, 133008; ten tries in 72 hours: 133016; else sends fail: 133010"),
    ("POST /{phone-number-id}/deregister", WHOLE),
    ("GET /{phone-number-id}/block_users", WHOLE),
    ("POST /{phone-number-id}/block_users", WHOLE, "messages to a blocked contact fail, its own do not come"),
    ("DELETE /{phone-number-id}/block_users", WHOLE),
    ("GET /{phone-number-id}/message_qrdls", PARTLY, "no phone can read the pictures"),
    ("POST /{phone-number-id}/message_qrdls", PARTLY, "no phone can read the pictures"),
    ("DELETE /{phone-number-id}/message_qrdls", WHOLE),
    ("POST /{phone-number-id}/conversational_automation", PARTLY, "kept and shown, not used"),
    ("GET /{phone-number-id}/settings", PARTLY, "shows what was set"),
    ("POST /{phone-number-id}/settings", PARTLY, "kept; a webhook tells of calls; it changes nothing else"),
    ("GET /{phone-number-id}/whatsapp_commerce_settings", PARTLY, "shows what was set"),
    ("POST /{phone-number-id}/whatsapp_commerce_settings", PARTLY, "kept; it changes nothing"),
    ("GET /{phone-number-id}/whatsapp_business_encryption", PARTLY, "shows what was set"),
    ("POST /{phone-number-id}/whatsapp_business_encryption", PARTLY, "kept; nobody signs it"),
    ("POST /{phone-number-id}/calls", LACKING),
    ("GET /{phone-number-id}/call_permissions", LACKING),
    ("POST /{phone-number-id}/marketing_messages", PARTLY, "sends templates of marketing; no policy matters"),
    ("POST /{phone-number-id}/messages_encrypted", LACKING),
    ("GET /{phone-number-id}/message_history", LACKING),
    ("GET /{phone-number-id}/username", WHOLE),
    ("POST /{phone-number-id}/username", PARTLY, "approved at once, unless another number has it"),
    ("DELETE /{phone-number-id}/username", WHOLE),
    ("GET /{phone-number-id}/username_suggestions", PARTLY, "made of the display name"),
    ("GET /{phone-number-id}/groups", LACKING),
    ("POST /{phone-number-id}/groups", LACKING),
    ("DELETE /{phone-number-id}/contact_book", LACKING),
    ("GET /{waba-id}", PARTLY, "no analytics"),
    ("POST /{waba-id}", PARTLY, "only `disable_marketing_messages_on_cloud_api`: 131063"),
    ("GET /{business-id}/owned_whatsapp_business_accounts", PARTLY, "the one account"),
    ("GET /{business-id}/client_whatsapp_business_accounts", PARTLY, "none"),
    ("POST /{waba-id}/migrate_flows", LACKING, "there is one account"),
    ("GET /{waba-id}/signups", LACKING),
    ("POST /{waba-id}/signups", LACKING),
    ("GET /{waba-id}/phone_numbers", WHOLE),
    ("POST /{waba-id}/phone_numbers", LACKING, "the settings say which numbers there are"),
    ("GET /{waba-id}/message_templates", WHOLE, "filters, cursors, `next`, `summary`"),
    ("POST /{waba-id}/message_templates", PARTLY,
     "Meta's rules, 100 in an hour, 250 in all; reviewed by rule or by hand; no library, no other category"),
    ("DELETE /{waba-id}/message_templates", WHOLE, "the name is locked for 30 days: 2388023"),
    ("POST /{waba-id}/message_templates/archive", WHOLE),
    ("POST /{waba-id}/message_templates/unarchive", WHOLE),
    ("POST /{waba-id}/upsert_message_templates", WHOLE, "for one-time codes"),
    ("POST /{waba-id}/migrate_message_templates", LACKING, "there is one account"),
    ("GET /{waba-id}/subscribed_apps", WHOLE),
    ("POST /{waba-id}/subscribed_apps", WHOLE, "also with another address"),
    ("DELETE /{waba-id}/subscribed_apps", WHOLE, "then no webhooks come"),
    ("GET /{waba-id}/flows", PARTLY),
    ("POST /{waba-id}/flows", PARTLY, "no copy of another Flow"),
    ("GET /{waba-id}/schedules", LACKING),
    ("POST /{waba-id}/schedules", LACKING),
    ("GET /{waba-id}/template_analytics", LACKING),
    ("GET /{waba-id}/assigned_users", LACKING),
    ("GET /{waba-id}/message_template_library", LACKING),
    ("GET /{template-id}", WHOLE),
    ("POST /{template-id}", WHOLE, "an approved one once in 24 hours and 10 times in 30 days"),
    ("POST /{template-id}/unpause", WHOLE),
    ("GET /{template-id}/compare", PARTLY, "how often it was sent; nobody blocks the business"),
    ("GET /{flow-id}", PARTLY, "no preview, no health, no metrics"),
    ("POST /{flow-id}", WHOLE),
    ("DELETE /{flow-id}", WHOLE),
    ("POST /{flow-id}/assets", PARTLY, "only whether it is JSON"),
    ("GET /{flow-id}/assets", WHOLE, "the address needs the access token"),
    ("POST /{flow-id}/publish", WHOLE),
    ("POST /{flow-id}/deprecate", WHOLE),
    ("GET /{app-id}", PARTLY, "its name"),
    ("GET /{app-id}/subscriptions", WHOLE, "with the app's own token"),
    ("POST /{app-id}/subscriptions", WHOLE, "the address of the webhook, and its fields"),
    ("GET /oauth/access_token", PARTLY, "the app's own token"),
    ("GET /debug_token", WHOLE),
    ("GET /me", WHOLE),
)
"""The endpoints. What stands in neither this table nor at Meta's is an unknown path."""

TYPES: Final = rows(
    ("text", WHOLE, "a link has no preview"),
    ("image", WHOLE),
    ("video", WHOLE),
    ("audio", WHOLE, "voice notes, too"),
    ("document", WHOLE),
    ("sticker", WHOLE, "the limit is that of stickers that move"),
    ("location", WHOLE),
    ("contacts", WHOLE),
    ("reaction", WHOLE),
    ("template", WHOLE, "with files, buttons and cards"),
    ("interactive button", WHOLE),
    ("interactive list", WHOLE),
    ("interactive cta_url", WHOLE),
    ("interactive location_request_message", WHOLE),
    ("interactive request_contact_info", WHOLE),
    ("interactive address_message", WHOLE),
    ("interactive carousel", WHOLE),
    ("interactive call_permission_request", PARTLY, "there are no calls, and no limits of asking"),
    ("interactive voice_call", PARTLY, "there are no calls"),
    ("interactive flow", PARTLY, "any Flow exists"),
    ("interactive product", PARTLY, "any catalog and product exists"),
    ("interactive product_list", PARTLY, "any catalog and product exists"),
    ("interactive catalog_message", PARTLY, "any catalog exists"),
    ("interactive order_details", PARTLY, "nobody pays"),
    ("interactive order_status", PARTLY, "any order exists"),
    ("interactive form_message", LACKING),
    ("interactive menu_options", LACKING),
    ("interactive message_with_link", LACKING),
    ("interactive message_with_link_status", LACKING),
    ("pin", LACKING),
)
"""The types of messages to contacts."""

RULES: Final = rows(
    ("versions of the API", WHOLE, "expired ones are served by the oldest, as Meta says; v27.0 is unknown"),
    ("tokens", PARTLY, "missing: 104, wrong: 190, on each path; no permissions; `/sim/health` ends them"),
    ("files by link", PARTLY, "fetched if they are on this machine, or all by a setting; failed: 131053"),
    ("the service window", WHOLE, "24 hours; 131047"),
    ("rates of a pair and of a number", WHOLE, "131056, 130429"),
    ("statuses", WHOLE, "`conversation` only after an advertisement, as since v24.0"),
    ("reviews of templates", WHOLE, "by rule or by hand; pauses of 3 and 6 hours, then disabled"),
    ("prices", PARTLY,
     "1,000 free service messages a month, 72 free hours after an advertisement; no tiers, no countries"),
    ("opt-out from marketing", WHOLE, "131050, and `user_preferences`"),
    ("the limit of contacts in 24 hours", WHOLE, "by a setting; 131048"),
    ("retries of webhooks", PARTLY, "some 20 in minutes instead of 7 days"),
    ("pacing and quality of templates", PARTLY, "by hand: held, released, paused"),
    ("quality of numbers", LACKING),
    ("groups", PARTLY, "messages to any group; there are no members, invitations and pins"),
    ("calls", LACKING),
)
"""The rules that hold for many requests."""
# fmt: on


def named(what: str) -> Row | None:
    """Return the row of an endpoint; None when the table has none."""
    return next((row for row in ENDPOINTS if row.what == what), None)


def table() -> str:
    """Return all tables as Markdown."""
    return "\n\n".join(
        [
            table_of("type of message", TYPES, code=True),
            table_of("rule", RULES, code=False),
            table_of("endpoint", ENDPOINTS, code=True),
        ]
    )


def table_of(title: str, given: tuple[Row, ...], *, code: bool) -> str:
    """Return one table as Markdown."""
    head = [f"| {title} | simulated | |", "|---|---|---|"]
    return "\n".join([*head, *(_line(row, code=code) for row in given)])


def written(page: str) -> str:
    """Return a page with the tables between the two marks."""
    return replaced(page, BEGIN, END, f"\n\n{table()}\n\n")


def _line(row: Row, *, code: bool) -> str:
    what = f"`{row.what}`" if code else row.what
    return f"| {what} | {row.state} | {row.note} |".replace("|  |", "| |")


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
