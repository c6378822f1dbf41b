"""A short drill: some faults ring what they should and nothing else, and the cure of each helps.

It covers each way to an alarm: a metric of a function, one that AWS measures, an expression, and a notice.
`make drill` plants the fault of every alarm.
"""

import pytest

from rejoinder.workbench.drill.drill import drill
from rejoinder.workbench.drill.faults import FAULTS
from rejoinder.workbench.drill.page import table
from rejoinder.workbench.drill.scene import Greeting
from rejoinder.workbench.stack import LocalStack

pytestmark = [pytest.mark.stack, pytest.mark.slow]


def test_a_fault_rings_its_alarm_only_and_its_cure_helps(stack: LocalStack) -> None:
    faults = [fault for fault in FAULTS if fault.is_short]
    for url in (stack.inbound_dlq_url, stack.outbound_dlq_url, stack.events_dlq_url):
        stack.client("sqs").purge_queue(QueueUrl=url)  # letters of other tests would be new ones here
    with drill(stack, print, Greeting(words="hi", answer="Hello Ada!")) as short:
        results = short.run(faults)
    assert [result.wrong for result in results] == [()] * len(faults), "\n".join(table(results))
    alarms = {one.alarm.name: one.alarm for result in results for one in result.rung}
    assert {alarm.wakes for alarm in alarms.values()} == {True, False}
    assert any(alarm.expression for alarm in alarms.values())
    assert {alarm.measures[0].namespace.partition("/")[0] for alarm in alarms.values()} == {
        "AWS",
        "Rejoinder",
    }
    of_processor = next(one for one in results if one.fault.rings == ["ProcessorWorkFailedAlarm"])
    assert "ProcessorWorkFailedAlarm" in of_processor.told["watch"]
    assert "ProcessorWorkFailedAlarm" in of_processor.told["doctor"]
    assert of_processor.told["trace"]
