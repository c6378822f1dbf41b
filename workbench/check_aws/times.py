"""How long it takes: the starts of the functions, their work, and the whole way of an answer."""

import time
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from rejoinder.workbench.check_aws.functions import restart
from rejoinder.workbench.check_aws.site import Site
from rejoinder.workbench.check_aws.talking import LOGS
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good

MODELLED_MS = (1051, 1269)
"""From a webhook to the Graph API, all functions cold: the medians that docs/performance.md models."""

WARM = 10
"""How many warm answers are measured."""


def look_at_answers(site: Site) -> Finding:
    """Look how long an answer takes, from the webhook to the Graph API, cold and warm."""
    offset = site.offset()
    restart(site, ("ingress", "processor", "sender"))
    cold, *warm = [_answer_seconds(site, offset) for _ in range(WARM + 1)]
    if cold is None or not (known := [one for one in warm if one is not None]):
        return bad("no answer came", LOGS)
    first = f"{cold * 1000:.0f} ms cold, {median(known) * 1000:.0f} ms warm (median of {len(known)})"
    if site.is_local:
        return good(f"{first}, on this machine")
    low, high = MODELLED_MS
    return good(f"{first}; our model says {low:,} to {high:,} ms cold")


def _answer_seconds(site: Site, offset: float) -> float | None:
    """Return how long one answer takes, in seconds; None when none comes."""
    (contact,) = site.contacts(1)
    said_at = time.time()
    site.say([(contact, "hello")])
    heard = site.heard([contact], 1)
    return heard[0].at - offset - said_at if heard else None


def look_at_reports(site: Site) -> Finding:
    """Look how long the functions took, by Lambda's own lines in their logs."""
    if site.is_local:
        raise NotNow("the local AWS writes no reports of invocations")
    found: dict[str, list[Mapping[str, float]]] = {}

    def all_told() -> bool | None:
        found.update({name: [*reports(site.log(name))] for name in site.place.functions})
        return True if all(_has_both(of) for of in found.values()) else None

    site.patience.until(all_told, site.patience.answers)
    if silent := sorted(name for name, of in found.items() if not of):
        return bad(
            f"no platform.report in the log of: {', '.join(silent)}",
            "look at SystemLogLevel of the functions",
        )
    return good("; ".join(f"{name}: {row(of)}" for name, of in found.items()))


def _has_both(of: Sequence[Mapping[str, float]]) -> bool:
    return any("initDurationMs" in one for one in of) and any("initDurationMs" not in one for one in of)


def reports(lines: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, float]]:
    """Yield the metrics of each invocation that Lambda reports (docs.aws.amazon.com, "platform.report")."""
    for line in lines:
        if line.get("type") == "platform.report":
            yield line["record"]["metrics"]


def row(of: Sequence[Mapping[str, float]]) -> str:
    """Return the medians of a function in words."""
    cold = [one for one in of if "initDurationMs" in one]
    warm = [one["durationMs"] for one in of if "initDurationMs" not in one]
    told = []
    if cold:
        start = median(one["initDurationMs"] for one in cold)
        first = median(one["durationMs"] for one in cold)
        told.append(f"start {start:.0f} ms and first event {first:.0f} ms ({len(cold)} times)")
    if warm:
        told.append(f"warm {median(warm):.0f} ms ({len(warm)} times)")
    return ", ".join(told)
