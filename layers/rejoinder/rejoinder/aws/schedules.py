"""Wake-ups on EventBridge Scheduler. Each is a one-time schedule that puts its update on inbound.fifo."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rejoinder.aws.stored.bodies import dump_update
from rejoinder.model.own import Gathered, Keep, LinkTold
from rejoinder.model.updates import WakeUp
from rejoinder.ports import Clock, Updates, WakeUps

if TYPE_CHECKING:
    from mypy_boto3_scheduler import EventBridgeSchedulerClient

SOON_SECONDS = 10.0
"""The shortest time from now to a schedule, in seconds, so that its time is not over when AWS receives it.
Scheduler is exact to the minute only: a schedule for 1:00 runs from 1:00:00 to 1:00:59."""


class SoonOrLater:
    """The port `WakeUps`: what waits in the queue goes there at once, everything else into a schedule.

    The queue takes what the contact said, a file that is to be saved, what a linked conversation tells, and
    what ends a moment: it waits there for its time.
    """

    def __init__(self, updates: Updates, schedules: WakeUps) -> None:
        self._updates = updates
        self._schedules = schedules

    def put(self, wake_up: WakeUp) -> None:
        """Keep `wake_up`; the same one again changes nothing."""
        inbound = wake_up.inbound
        if inbound.is_spoken or isinstance(inbound.content, Gathered | Keep | LinkTold):
            self._updates.put(inbound)
        else:
            self._schedules.put(wake_up)


class Schedules:
    """The port `WakeUps`: schedules of the group `group`. Each is deleted after its time.

    Scheduler has the role `role_arn` and puts updates on the queue `queue_arn`. An update that the queue does
    not accept for a day goes to `dead_letter_arn`. That is a standard queue, because Scheduler supports no
    other (docs.aws.amazon.com, "Configuring a schedule's dead-letter queue").
    """

    def __init__(
        self,
        client: Callable[[], "EventBridgeSchedulerClient"],
        *,
        group: str,
        queue_arn: str,
        dead_letter_arn: str,
        role_arn: str,
        clock: Clock,
    ) -> None:
        self._client = client
        self._group = group
        self._queue_arn = queue_arn
        self._dead_letter_arn = dead_letter_arn
        self._role_arn = role_arn
        self._clock = clock

    def put(self, wake_up: WakeUp) -> None:
        """Create the schedule of `wake_up`, unless it exists."""
        inbound = wake_up.inbound
        at = math.ceil(max(wake_up.at, self._clock() + SOON_SECONDS))  # whole seconds, and never early
        client = self._client()
        try:
            client.create_schedule(
                GroupName=self._group,
                Name=inbound.hashed_id,
                ScheduleExpression=f"at({datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S})",
                ScheduleExpressionTimezone="UTC",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": self._queue_arn,
                    "RoleArn": self._role_arn,
                    "SqsParameters": {"MessageGroupId": inbound.group},
                    # Scheduler replaces <aws.scheduler.execution-id> and the like in it.
                    "Input": dump_update(inbound).replace("<aws.", "\\u003caws."),
                    # The longest time that Scheduler allows: a day.
                    "RetryPolicy": {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185},
                    "DeadLetterConfig": {"Arn": self._dead_letter_arn},
                },
            )
        except client.exceptions.ConflictException:
            return  # it exists
