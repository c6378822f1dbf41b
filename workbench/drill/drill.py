"""The drill: plants one fault after another, waits until its alarms ring, cures it, and looks whether that helped."""

import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rejoinder.workbench.cli.handset import wait_for
from rejoinder.workbench.drill import said
from rejoinder.workbench.drill.alarms import Alarm, alarms_of, physical_ids
from rejoinder.workbench.drill.faults import Fault
from rejoinder.workbench.drill.readings import Readings
from rejoinder.workbench.drill.scene import Scene
from rejoinder.workbench.stack import LocalStack

TICK_SECONDS = 0.5
"""The pause between two looks at the alarms, in seconds."""

MAIL_SECONDS = 10.0
"""How long an alarm may need to reach its subscribers, in seconds."""

VISIBILITY_SECONDS = 10
"""After how long a queue gives out a message again, in seconds. As deployed it is minutes, and a drill would wait."""

TOPICS = ("AlarmTopic", "NoticeTopic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """An alarm that rang."""

    alarm: Alarm

    after: float
    """How many seconds after the fault its mail came."""

    reached: str
    """The topic by which the mail came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one fault."""

    fault: Fault
    rung: Sequence[Rung]
    """The alarms that rang, in order."""

    told: Mapping[str, str]
    """What each command said meanwhile, by its name."""

    cured_after: float | None
    """How many seconds after the cure every contact was answered; None when they were not."""

    wrong: Sequence[str]
    """What was not as it should be."""


class Drill:
    """A drill on a running stack. `say` prints its lines."""

    def __init__(self, stack: LocalStack, say: Callable[[str], None]) -> None:
        self._stack = stack
        self._say = say
        self._alarms = alarms_of(stack)
        self._ids = physical_ids(stack)
        self._cloudwatch, self._sqs = stack.client("cloudwatch"), stack.client("sqs")
        self._readings = Readings(stack)
        self._mailbox = self._subscribe()
        for alarm in self._alarms:
            if alarm.expression:
                self._stand_in(alarm)
        for queue in ("inbound", "outbound", "events"):
            url, seconds = getattr(stack, f"{queue}_queue_url"), str(VISIBILITY_SECONDS)
            self._sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": seconds})

    def run(self, faults: Sequence[Fault]) -> list[Result]:
        """Plant the faults one after another, and return what became of each."""
        return [self._run(fault) for fault in faults]

    def _run(self, fault: Fault) -> Result:
        self._say(f"  {fault.what}")
        self._readings.look()
        self._mails()
        scene, began, rung = Scene(self._stack, self._readings), time.time(), dict[str, Rung]()
        since = int(began) - fault.past_seconds  # a metric of a function has the second of its line
        try:
            fault.plant(scene)
            wait_for(lambda: self._look(fault, rung, since, began) or None, seconds=fault.patience)
            told = said.by_commands(scene)
            cured_at = time.time()
            fault.cure(scene)
            well = wait_for(
                lambda: (self._ring(rung, since, began), scene.is_answered())[1] or None, seconds=fault.patience
            )
            cured_after = time.time() - cured_at if well else None
            self._look(fault, rung, since, began)
        finally:
            scene.mend()
        result = Result(
            fault=fault,
            rung=[*rung.values()],
            told=told,
            cured_after=cured_after,
            wrong=[*self._wrong(fault, rung, since, well=bool(well))],
        )
        for line in result.wrong:
            self._say(f"    WRONG: {line}")
        return result

    def _look(self, fault: Fault, rung: dict[str, Rung], since: float, began: float) -> bool:
        """Let ring what is to ring. Return whether all that the fault should ring has rung."""
        self._ring(rung, since, began)
        return rung.keys() >= {*fault.rings}

    def _ring(self, rung: dict[str, Rung], since: float, began: float) -> None:
        time.sleep(TICK_SECONDS)
        self._readings.look()
        for alarm in self._alarms:
            value = alarm.value(self._readings.read, since, time.time() + 1)
            if value is None or alarm.name in rung:
                continue
            mail = self._mail_of(alarm, value)
            if mail:
                rung[alarm.name] = Rung(alarm=alarm, after=time.time() - began, reached=mail["topic"])
                self._say(f"    {alarm.name} after {time.time() - began:.0f} s")

    def _mail_of(self, alarm: Alarm, value: float) -> Mapping[str, Any] | None:
        """Return the mail of an alarm that is on by its rule; None when CloudWatch does not send it.

        It may have rung before: the local AWS still has what an earlier fault counted. So it is set to OK, and looks
        again.
        """
        name = self._name_of(alarm)
        self._cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="the drill looks again")
        self._mails()
        self._readings.put(self._space, alarm.name if alarm.expression else "Look", value)
        return wait_for(
            lambda: next((one for one in self._mails() if one["AlarmName"] == name), None), seconds=MAIL_SECONDS
        )

    def _wrong(self, fault: Fault, rung: Mapping[str, Rung], since: float, *, well: bool) -> list[str]:
        now = time.time()
        late = [
            one.alarm.name
            for one in rung.values()
            if one.alarm.value(self._readings.read, now, now + one.alarm.seconds) is not None
        ]
        wrong_topic = [
            one.alarm.name
            for one in rung.values()
            if one.reached != self._ids[TOPICS[0] if one.alarm.pages else TOPICS[1]]
        ]
        silent, more = {*fault.rings} - rung.keys(), rung.keys() - {*fault.rings}
        return [
            *(f"{name} did not ring" for name in sorted(silent)),
            *(f"{name} rang, too" for name in sorted(more)),
            *(f"{name} went to another topic" for name in wrong_topic),
            *(f"{name} stays on" for name in late),
            *(["the contacts were not answered after the cure"] if not well else []),
        ]

    # -- the local AWS

    @property
    def _space(self) -> str:
        """The namespace of the values that are computed here."""
        return f"Rejoinder/{self._stack.stack_name}/Drill"

    def _name_of(self, alarm: Alarm) -> str:
        return f"{self._stack.stack_name}-{alarm.name}-drill" if alarm.expression else self._ids[alarm.name]

    def _stand_in(self, alarm: Alarm) -> None:
        """Make an alarm of what the expression of another one comes to, which the local AWS cannot compute."""
        topic = TOPICS[0] if alarm.pages else TOPICS[1]
        self._cloudwatch.put_metric_alarm(
            AlarmName=self._name_of(alarm),
            AlarmDescription=alarm.text,
            Namespace=self._space,
            MetricName=alarm.name,
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=alarm.threshold,
            ComparisonOperator="GreaterThanThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[self._ids[topic]],
        )

    def _subscribe(self) -> str:
        """Return the URL of a queue that subscribes to the alarms and to the notices."""
        sns = self._stack.client("sns")
        url = str(self._sqs.create_queue(QueueName=f"drill-{uuid.uuid4().hex[:8]}")["QueueUrl"])
        names = ["QueueArn"]
        arn = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]["QueueArn"]
        topics = [self._ids[name] for name in TOPICS]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": topics}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self._sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        for topic in topics:
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return url

    def _mails(self) -> list[dict[str, Any]]:
        """Return the new mails that say that an alarm went on, and take them out of the mailbox."""
        found = []
        while messages := self._sqs.receive_message(QueueUrl=self._mailbox, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._mailbox, ReceiptHandle=message["ReceiptHandle"])
                envelope = json.loads(message["Body"])
                found.append(json.loads(envelope["Message"]) | {"topic": envelope["TopicArn"]})
        return [one for one in found if one.get("NewStateValue") == "ALARM"]
