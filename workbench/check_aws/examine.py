"""All points of a check, in the order in which they are looked at."""

from collections.abc import Iterator

import httpx

from rejoinder.workbench.check_aws import aliases, measures, rights, talking, times
from rejoinder.workbench.check_aws.site import Site
from rejoinder.workbench.deployment.aws_account import refusals
from rejoinder.workbench.doctor.finding import Finding, NotNow, Point, points, skipped, unknown
from rejoinder.workbench.errors import StackError

POINTS = points(
    ("levels", "Metrics at every log level", measures.look_at_levels),  # the first: it counts turns
    ("alarms", "Alarms", measures.look_at_alarms),
    ("aliases", "Aliases", aliases.look_at_aliases),
    ("strangers", "Unsigned webhooks", talking.look_at_strangers),
    ("batch", "A signed batch", talking.look_at_batch),
    ("statuses", "Statuses", talking.look_at_statuses),
    ("refusal", "A refused message", talking.look_at_refusal),
    ("slow", "A slow conversation", talking.look_at_slow),
    ("failure", "A bot that fails", talking.look_at_failure),
    ("answers", "Time of an answer", times.look_at_answers),
    ("reports", "Times of the functions", times.look_at_reports),
    ("denials", "Refusals in the logs", rights.look_at_denials),
    ("roles", "Roles", rights.look_at_roles),
    ("letter", "Alarm for dead letters", measures.look_at_letter),  # it rings for ten minutes only
    ("ages", "Age of waiting messages", measures.look_at_ages),
)
"""The points. Each makes its own traffic; `letter` needs the dead letter that `failure` leaves."""


def examine(site: Site) -> Iterator[tuple[Point[Site], Finding]]:
    """Look at every point, one after another. A point that cannot be looked at is a finding, and no error."""
    for point in POINTS:
        yield point, one(point, site)


def one(point: Point[Site], site: Site) -> Finding:
    """Look at one point."""
    try:
        with refusals():
            return point.look(site)
    except NotNow as reason:
        return skipped(str(reason))
    except (StackError, httpx.HTTPError) as error:
        return unknown(str(error) or type(error).__name__, "run the command again")
    except Exception as error:  # noqa: BLE001 - what one point did not foresee must not hide the others
        return unknown(
            f"{type(error).__name__}: {error}", "this is an error of rejoinder; please tell its authors"
        )
