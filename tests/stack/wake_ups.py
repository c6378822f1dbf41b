"""The wake-ups that wait on the deployed stack, and their time.

A test must not race against a wake-up that comes by itself: it plans one for much later, and lets its time
come when everything is ready.
"""

from datetime import UTC, datetime

from rejoinder.workbench.handset.handset import wait_for
from rejoinder.workbench.stack import LocalStack

PATIENCE_SECONDS = 60.0
"""How long to wait for a wake-up to be planned, in seconds. The phone may hear of it before that."""

KEPT = ("ScheduleExpressionTimezone", "FlexibleTimeWindow", "ActionAfterCompletion", "Target")
"""What a schedule keeps when its time changes."""


def waiting_wake_ups(stack: LocalStack) -> list[str]:
    """Return the names of the schedules that wait."""
    answer = stack.client("scheduler").list_schedules(GroupName=stack.stack_name)
    return [schedule["Name"] for schedule in answer["Schedules"]]


def let_it_be_time(stack: LocalStack) -> None:
    """Let the time of all wake-ups come now, of one at least. The local AWS looks every ten seconds."""
    names = wait_for(lambda: waiting_wake_ups(stack) or None, seconds=PATIENCE_SECONDS)
    assert names, "no wake-up waits"
    scheduler, now = stack.client("scheduler"), f"at({datetime.now(UTC):%Y-%m-%dT%H:%M:%S})"
    for name in names:
        planned = scheduler.get_schedule(GroupName=stack.stack_name, Name=name)
        kept = {key: planned[key] for key in KEPT}
        scheduler.update_schedule(GroupName=stack.stack_name, Name=name, ScheduleExpression=now, **kept)
