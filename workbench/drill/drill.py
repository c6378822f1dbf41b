"""The drill: it plants a fault, waits until its alarms ring, cures it, and looks whether that helped."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rejoinder.workbench.cli.deployed import on
from rejoinder.workbench.cli.handset import wait_for
from rejoinder.workbench.drill.alarms import Alarm, alarms_of, physical_ids
from rejoinder.workbench.drill.faults import Fault
from rejoinder.workbench.drill.mailbox import Mail, Mailbox, mailbox
from rejoinder.workbench.drill.readings import Readings
from rejoinder.workbench.drill.said import Commands
from rejoinder.workbench.drill.scene import QUEUES, Greeting, Scene
from rejoinder.workbench.stack import LocalStack

TICK_SECONDS = 0.5
"""The pause between two looks at the alarms, in seconds."""

MAIL_SECONDS = 10.0
"""How long an alarm may need to reach its subscribers, in seconds."""

VISIBILITY_SECONDS = 10
"""After how long a queue gives out a message again, in seconds. As deployed it is minutes."""

TOPICS = {True: "AlarmTopic", False: "NoticeTopic"}
"""The topic of an alarm, by whether it wakes somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """An alarm that rang."""

    alarm: Alarm

    after: float
    """How many seconds after the fault its mail came."""

    topic: str
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

    wrong: tuple[str, ...]
    """What was not as it should be."""


class Drill:
    """A drill on a running stack. It changes the stack until it is closed."""

    def __init__(
        self, stack: LocalStack, say: Callable[[str], None], greeting: Greeting, mails: Mailbox
    ) -> None:
        self._stack = stack
        self._say = say
        self._greeting = greeting
        self._mails = mails
        self._alarms = alarms_of(stack)
        self._ids = physical_ids(stack)
        self._cloudwatch = stack.client("cloudwatch")
        self._readings = Readings(stack)
        names = {alarm.name: self.name_of(alarm) for alarm in self._alarms}
        self._commands = Commands(on(stack), Path(stack.bot), names)

    def run(self, faults: Sequence[Fault]) -> list[Result]:
        """Plant the faults one after another, and return what became of each."""
        return [self._run(fault) for fault in faults]

    def _run(self, fault: Fault) -> Result:
        self._say(f"  {fault.what}")
        self._commands.begin()
        time.sleep(1 - time.time() % 1)  # the second of what is measured now is of another fault
        self._readings.look()
        scene = Scene(self._stack, self._readings, self._greeting)
        began, rung = time.time(), dict[str, Rung]()
        since = int(began) - fault.past_seconds
        try:
            fault.plant(scene)
            while not rung.keys() >= {*fault.rings} and time.time() - began < fault.patience:
                self._ring(rung, since, began)
            if fault.later:
                fault.later(scene)
            told = self._commands.said(rung, next(iter(scene.messages), ""))
            cured_at = time.time()
            fault.cure(scene)
            while not (is_well := scene.is_answered()) and time.time() - cured_at < fault.patience:
                self._ring(rung, since, began)
            cured_after = time.time() - cured_at if is_well else None
            self._ring(rung, since, began)
        finally:
            scene.mend()
        wrong = [*_wrong(fault, rung), *self._stays_on(rung), *self._strayed(rung)]
        wrong += [] if is_well else ["the contacts were not answered after the cure"]
        for line in wrong:
            self._say(f"    WRONG: {line}")
        return Result(
            fault=fault, rung=[*rung.values()], told=told, cured_after=cured_after, wrong=tuple(wrong)
        )

    def _ring(self, rung: dict[str, Rung], since: float, began: float) -> None:
        """Measure, and let ring what is on by its rule and has not rung yet."""
        time.sleep(TICK_SECONDS)
        self._readings.look()
        for alarm in self._alarms:
            if alarm.name in rung:
                continue
            value = alarm.value(self._readings.read, since, time.time() + 1)
            mail = None if value is None else self._mail_of(alarm, value)
            if mail:
                rung[alarm.name] = Rung(alarm=alarm, after=time.time() - began, topic=mail["topic"])
                self._say(f"    {alarm.name} after {time.time() - began:.0f} s")

    def _mail_of(self, alarm: Alarm, value: float) -> Mail | None:
        """Return the mail of an alarm that is on by its rule; None when CloudWatch does not send it.

        It may be on because of an earlier fault, which the local AWS still counts. So it is set to OK, and
        CloudWatch looks at it again.
        """
        name = self.name_of(alarm)
        self._cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="the drill looks again")
        self._mails.new()
        self._readings.put(self._space, alarm.name if alarm.expression else "Look", value)
        return wait_for(
            lambda: next((one for one in self._mails.new() if one["AlarmName"] == name), None),
            seconds=MAIL_SECONDS,
        )

    def _stays_on(self, rung: Mapping[str, Rung]) -> Iterator[str]:
        """Yield the alarms that would be on although nothing more is measured and their time is over."""
        now = time.time()
        for name, one in rung.items():
            if one.alarm.value(self._readings.read, now, now + one.alarm.seconds) is not None:
                yield f"{name} stays on"

    def _strayed(self, rung: Mapping[str, Rung]) -> Iterator[str]:
        for name, one in rung.items():
            if one.topic != self._ids[TOPICS[one.alarm.wakes]]:
                yield f"{name} went to another topic"

    # -- stand-ins

    @property
    def _space(self) -> str:
        """The namespace of the values that are computed here."""
        return f"Rejoinder/{self._stack.stack_name}/Drill"

    def name_of(self, alarm: Alarm) -> str:
        """Return what CloudWatch calls an alarm, or the one that stands in for it."""
        return f"{self._stack.stack_name}-{alarm.name}-drill" if alarm.expression else self._ids[alarm.name]

    @contextmanager
    def stand_ins(self) -> Iterator[None]:
        """Let alarms stand in for those with an expression, which the local AWS cannot compute.

        Each looks at what its expression comes to, with the same threshold, the same text and the same topic.
        """
        computed = [alarm for alarm in self._alarms if alarm.expression]
        for alarm in computed:
            self._cloudwatch.put_metric_alarm(
                AlarmName=self.name_of(alarm),
                AlarmDescription=alarm.text,
                Namespace=self._space,
                MetricName=alarm.name,
                Statistic="Maximum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=alarm.threshold,
                ComparisonOperator="GreaterThanThreshold",
                TreatMissingData="notBreaching",
                AlarmActions=[self._ids[TOPICS[alarm.wakes]]],
            )
        try:
            yield
        finally:
            self._cloudwatch.delete_alarms(AlarmNames=[self.name_of(alarm) for alarm in computed])


@contextmanager
def drill(stack: LocalStack, say: Callable[[str], None], greeting: Greeting | None = None) -> Iterator[Drill]:
    """Prepare a stack for a drill, and leave it as it was. `say` prints, its bot answers `greeting`."""
    ids = physical_ids(stack)
    with ExitStack() as exits:
        mails = exits.enter_context(mailbox(stack, [ids[topic] for topic in TOPICS.values()]))
        exits.enter_context(_impatient_queues(stack))
        one = Drill(stack, say, greeting or Greeting(), mails)
        exits.enter_context(one.stand_ins())
        yield one


@contextmanager
def _impatient_queues(stack: LocalStack) -> Iterator[None]:
    sqs, name = stack.client("sqs"), "VisibilityTimeout"
    urls = [getattr(stack, f"{queue}_queue_url") for queue in QUEUES.values()]
    before = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"] for url in urls]
    for url in urls:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: str(VISIBILITY_SECONDS)})
    try:
        yield
    finally:
        for url, attributes in zip(urls, before, strict=True):
            sqs.set_queue_attributes(QueueUrl=url, Attributes={name: attributes[name]})


def _wrong(fault: Fault, rung: Mapping[str, Rung]) -> Iterator[str]:
    yield from (f"{name} did not ring" for name in fault.rings if name not in rung)
    yield from (f"{name} rang, too" for name in rung if name not in fault.rings)
