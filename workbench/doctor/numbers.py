"""The phone numbers: registered, liked by contacts, fast enough."""

from typing import Any

from rejoinder.workbench.doctor.business import Json, own, said, unhealthy
from rejoinder.workbench.doctor.facts import Facts, value
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good, notice

WANTED = (
    *("id", "display_phone_number", "verified_name", "status", "code_verification_status", "platform_type"),
    *("quality_rating", "throughput", "whatsapp_business_manager_messaging_limit", "health_status"),
    "webhook_configuration",
)
"""The fields of a number that are looked at."""

MANAGER = "WhatsApp Manager > Phone numbers"


def numbers(facts: Facts) -> list[dict[str, Any]]:
    """Return the numbers of the account."""
    path = f"{value(facts, 'waba_id')}/phone_numbers"
    return list(facts.of(own).pages(path, fields=",".join(WANTED)))


def named(one: dict[str, Any]) -> str:
    """Return a number as people know it."""
    return str(one.get("display_phone_number") or one.get("id"))


def some_numbers(facts: Facts) -> list[dict[str, Any]]:
    """Return the same; NotNow when there is none."""
    found = facts.of(numbers)
    if not found:
        raise NotNow("the account has no number (see Phone numbers)")
    return found


def look_at_numbers(facts: Facts) -> Finding:
    """Look whether the numbers are registered."""
    found = facts.of(numbers)
    if not found:
        return bad("the account has no phone number", f"{MANAGER} > Add phone number")
    off = [one for one in found if one.get("status") != "CONNECTED"]
    if off:
        told = ", ".join(f"{named(one)} is {one.get('status', 'UNKNOWN')}" for one in off)
        return bad(f"not every number can send: {told}", _cure(off[0]))
    if remarks := [f"{named(one)}: {said(remark)}" for one in found for remark in _remarks(one)]:
        return notice(f"Meta limits what a number sends: {'; '.join(remarks)}", MANAGER)
    return good(f"registered: {', '.join(map(named, found))}")


def _remarks(one: dict[str, Any]) -> list[Json]:
    return [remark for _, remark in unhealthy(one, "PHONE_NUMBER")]


def _cure(one: dict[str, Any]) -> str:
    if one.get("code_verification_status") == "NOT_VERIFIED":
        return "`rejoinder phone request-code`, then `rejoinder phone verify` and `rejoinder phone register`"
    if one.get("status") in ("PENDING", "DISCONNECTED", "UNVERIFIED", None):
        return "`rejoinder phone register`"
    return f"{MANAGER} says why, and where to appeal"


def look_at_quality(facts: Facts) -> Finding:
    """Look how contacts rate the numbers."""
    rated = [(one, str(one.get("quality_rating") or "UNKNOWN")) for one in facts.of(some_numbers)]
    poor = [(one, rating) for one, rating in rated if rating in ("YELLOW", "RED")]
    if not poor:
        return good("contacts do not complain: " + ", ".join(sorted({rating.lower() for _, rating in rated})))
    told = ", ".join(f"{named(one)} is {rating.lower()}" for one, rating in poor)
    make = bad if any(rating == "RED" for _, rating in poor) else notice
    return make(
        f"contacts block or report it: {told}", "send fewer templates, to people who asked; see " + MANAGER
    )


def look_at_limits(facts: Facts) -> Finding:
    """Look how fast the numbers are, and how many people they may write to first."""
    found = facts.of(some_numbers)
    levels = {str((one.get("throughput") or {}).get("level") or "unknown") for one in found}
    tiers = [str(one.get("whatsapp_business_manager_messaging_limit") or "") for one in found]
    limits = {tier.removeprefix("TIER_").lower() for tier in tiers if tier}
    told = ", ".join(sorted(levels)).lower()
    if levels - {"STANDARD", "HIGH"}:
        return notice(f"the speed of a number is {told}", "`rejoinder phone register`; see " + MANAGER)
    limit = (
        f"{', '.join(sorted(limits))} new contacts a day" if limits else "Meta tells no limit of new contacts"
    )
    return good(f"speed {told}; {limit}")
