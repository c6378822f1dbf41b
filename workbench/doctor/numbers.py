"""The phone numbers: registered, liked by contacts, fast enough."""

from collections.abc import Iterator

from rejoinder.workbench.doctor.business import own, said, unhealthy
from rejoinder.workbench.doctor.facts import Facts, value
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good, notice
from rejoinder.workbench.graph.client import Json
from rejoinder.workbench.graph.numbers import FIELDS, Number

MANAGER = "WhatsApp Manager > Phone numbers"


def answers(facts: Facts) -> list[Json]:
    """Return what Meta answers of each number of the account, with its health."""
    path = f"{value(facts, 'waba_id')}/phone_numbers"
    return list(facts.of(own).pages(path, fields=",".join((*FIELDS, "health_status"))))


def numbers(facts: Facts) -> list[Number]:
    """Return the numbers of the account."""
    return [Number.read(one) for one in facts.of(answers)]


def named(one: Number) -> str:
    """Return a number as people know it."""
    return one.phone or one.id


def some_numbers(facts: Facts) -> list[Number]:
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
    off = [one for one in found if one.status != "CONNECTED"]
    if off:
        told = ", ".join(f"{named(one)} is {one.status or 'UNKNOWN'}" for one in off)
        return bad(f"not every number can send: {told}", _cure(off[0]))
    if remarks := [*_remarks(facts)]:
        return notice(f"Meta limits what a number sends: {'; '.join(remarks)}", MANAGER)
    return good(f"registered: {', '.join(map(named, found))}")


def _remarks(facts: Facts) -> Iterator[str]:
    for answer in facts.of(answers):
        for _, remark in unhealthy(answer, "PHONE_NUMBER"):
            yield f"{named(Number.read(answer))}: {said(remark)}"


def _cure(one: Number) -> str:
    if one.verification == "NOT_VERIFIED":
        return "`rejoinder phone request-code`, then `rejoinder phone verify` and `rejoinder phone register`"
    if one.status in ("PENDING", "DISCONNECTED", "UNVERIFIED", ""):
        return "`rejoinder phone register`"
    return f"{MANAGER} says why, and where to appeal"


def look_at_quality(facts: Facts) -> Finding:
    """Look how contacts rate the numbers."""
    rated = [(one, one.quality or "UNKNOWN") for one in facts.of(some_numbers)]
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
    levels = {one.throughput or "unknown" for one in found}
    limits = {one.limit.removeprefix("TIER_").lower() for one in found if one.limit}
    told = ", ".join(sorted(levels)).lower()
    if levels - {"STANDARD", "HIGH"}:
        return notice(f"the speed of a number is {told}", "`rejoinder phone register`; see " + MANAGER)
    limit = (
        f"{', '.join(sorted(limits))} new contacts a day" if limits else "Meta tells no limit of new contacts"
    )
    return good(f"speed {told}; {limit}")
