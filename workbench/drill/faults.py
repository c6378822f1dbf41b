"""The faults of the drill: how each is planted, what rings then, and how docs/operations.md cures it."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rejoinder.workbench.development import WABA_ID
from rejoinder.workbench.drill.scene import GONE, Scene
from rejoinder.workbench.simulator.webhooks import account_event

Step = Callable[[Scene], None]

UNDELIVERABLE, NO_TOKEN = 131026, 190
"""Meta's codes for a contact who gets no messages, and for a token that is not valid any more."""

BROKEN = {"DRILL_BREAKS_THE_BOT": "yes"}
"""The variable that makes the drill's bot a wrong version of it."""

CATEGORY = {
    "message_template_id": 1,
    "message_template_name": "drill",
    "message_template_language": "en",
    "previous_category": "UTILITY",
    "new_category": "MARKETING",
}
"""What Meta says when it moves a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault."""

    what: str
    """What is wrong, in a few words."""

    rings: Sequence[str]
    """The alarms that ring then, and no other: one that wakes somebody at most, and it comes first."""

    plant: Step
    """Plants it."""

    cure: Step
    """Does what docs/operations.md says."""

    cured_by: str
    """What that is, in a few words."""

    in_metrics: bool = False
    """Whether what AWS would measure is put as a value, because the local AWS cannot have the fault itself, or would
    need minutes for it."""

    past_seconds: float = 0.0
    """How far back those values go. Such a fault is planted first, so that nothing else is there."""

    patience: float = 60.0
    """How long the alarms and the cure may take each, in seconds."""

    is_short: bool = False
    """Whether it is in the short drill."""


def _steps(*steps: Step) -> Step:
    def all_of(scene: Scene) -> None:
        for step in steps:
            step(scene)

    return all_of


def _write(contacts: int = 1) -> Step:
    return lambda scene: scene.write(contacts=contacts)


def _change(function: str, **changed: str | None) -> Step:
    return lambda scene: scene.change(function, **changed)


def _put(name: str, value: float, service: str) -> Step:
    return lambda scene: scene.readings.put_ours(service, name, value)


def _old(function: str, seconds: float) -> Step:
    """Let a function get nothing from its queue, as when somebody disabled its trigger."""
    return _steps(
        lambda scene: scene.disable(function), _write(), lambda scene: scene.grow_old(function, seconds)
    )


def _given_up(function: str) -> Step:
    return _steps(
        lambda scene: scene.disable(function),
        _write(),
        lambda scene: scene.give_up(function),
        Scene.mend,
    )


def _network(contacts: int, **fault: Any) -> Step:
    return _steps(lambda scene: scene.network(fault), _write(contacts))


def _slow(scene: Scene) -> None:
    for minutes in range(1, 45, 4):
        scene.readings.put_ours("sender", "AnswerSeconds", 31.0, time.time() - 60 * minutes)


def _throttled(scene: Scene) -> None:
    scene.readings.put(f"Rejoinder/{scene.stack.stack_name}", "WebhooksThrottled", 101)


def _wake_up_lost(scene: Scene) -> None:
    name = "InvocationsFailedToBeSentToDeadLetterCount"
    scene.readings.put("AWS/Scheduler", name, 1, ScheduleGroup=scene.stack.stack_name)


def _file_lost(scene: Scene) -> None:
    scene.disable("processor")
    scene.forget_file(scene.send_file())
    scene.mend()


def _moved(scene: Scene) -> None:
    scene.deliver(json.dumps(account_event(WABA_ID, time.time(), "template_category_update", CATEGORY)).encode())


def _wrong_secret(scene: Scene) -> None:
    scene.sign_otherwise()
    scene.write(contacts=3)


_AGAIN: Step = _steps(Scene.mend, Scene.write_again)
_REDRIVE: Step = _steps(Scene.mend, Scene.redrive)

FAULTS: Sequence[Fault] = (
    Fault(
        what="every answer takes half a minute",
        rings=["AnswersSlowAlarm"],
        plant=_slow,
        cure=_write(),
        cured_by="mend what the bot waits for",
        in_metrics=True,
        past_seconds=2640.0,
    ),
    Fault(
        what="the ingress does not start: a variable is missing",
        rings=["WebhookFailuresAlarm"],
        plant=_steps(_change("ingress", INBOUND_QUEUE_URL=None), _write()),
        cure=Scene.mend,
        cured_by="undo the change",
        is_short=True,
    ),
    Fault(
        what="API Gateway refuses 101 webhooks",
        rings=["WebhookThrottledAlarm"],
        plant=_throttled,
        cure=_write(),
        cured_by="raise the limit",
        in_metrics=True,
    ),
    Fault(
        what="the app secret was changed at Meta",
        rings=["SignatureInvalidAlarm"],
        plant=_wrong_secret,
        cure=Scene.store_secret,
        cured_by="rejoinder secrets",
        is_short=True,
    ),
    Fault(
        what="a webhook is no JSON",
        rings=["QuarantinedAlarm"],
        plant=lambda scene: scene.deliver(b'{"object": "whatsapp_business_account", "entry": ['),
        cure=_write(),
        cured_by="nothing to be done: it is kept, and the others are answered",
    ),
    Fault(
        what="the processor's table is gone",
        rings=["ProcessorWorkFailedAlarm"],
        plant=_steps(_change("processor", TABLE_NAME=GONE), _write()),
        cure=Scene.mend,
        cured_by="undo the change",
        is_short=True,
    ),
    Fault(
        what="the processor does not start: a variable is missing",
        rings=["ProcessorErrorsAlarm"],
        plant=_steps(_change("processor", TABLE_NAME=None), _write(3)),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="the sender's table is gone",
        rings=["SenderWorkFailedAlarm"],
        plant=_steps(_change("sender", TABLE_NAME=GONE), _write()),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="the sender does not start: a variable is missing",
        rings=["SenderErrorsAlarm"],
        plant=_steps(_change("sender", TABLE_NAME=None), _write(3)),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="the tracker's table is gone",
        rings=["TrackerWorkFailedAlarm"],
        plant=_steps(_change("tracker", TABLE_NAME=GONE), _write()),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="the tracker does not start: a variable is missing",
        rings=["TrackerErrorsAlarm"],
        plant=_steps(_change("tracker", TABLE_NAME=None), _write()),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="Lambda has no room for the processor",
        rings=["ThrottlesAlarm"],
        plant=_steps(lambda scene: scene.reserve_nothing("processor"), _write()),
        cure=Scene.mend,
        cured_by="give it room",
    ),
    Fault(
        what="a new version of the bot raises at every message",
        rings=["UpdatesParkedAlarm", "InboundDlqAlarm"],
        plant=_steps(_change("processor", **BROKEN), _write(5)),
        cure=_REDRIVE,
        cured_by="deploy the bot mended, rejoinder redrive all",
        is_short=True,
    ),
    Fault(
        what="the bot raises at one message",
        rings=["InboundDlqAlarm"],
        plant=_steps(_change("processor", **BROKEN), _write()),
        cure=_REDRIVE,
        cured_by="deploy the bot mended, rejoinder redrive all",
    ),
    Fault(
        what="the sender gave up an answer",
        rings=["OutboundDlqAlarm"],
        plant=_given_up("sender"),
        cure=_REDRIVE,
        cured_by="rejoinder redrive all",
    ),
    Fault(
        what="the tracker gave up a status",
        rings=["EventsDlqAlarm"],
        plant=_given_up("tracker"),
        cure=_REDRIVE,
        cured_by="rejoinder redrive all",
    ),
    Fault(
        what="a reminder reached no queue",
        rings=["WakeUpsLostAlarm"],
        plant=_wake_up_lost,
        cure=_write(),
        cured_by="undo the change",
        in_metrics=True,
    ),
    Fault(
        what="the processor's trigger is disabled",
        rings=["InboundAgeAlarm"],
        plant=_old("processor", 181),
        cure=Scene.mend,
        cured_by="enable it in the Lambda console",
        in_metrics=True,
        is_short=True,
    ),
    Fault(
        what="the sender's trigger is disabled",
        rings=["OutboundAgeAlarm"],
        plant=_old("sender", 601),
        cure=Scene.mend,
        cured_by="enable it in the Lambda console",
        in_metrics=True,
    ),
    Fault(
        what="the tracker's trigger is disabled",
        rings=["EventsAgeAlarm"],
        plant=_old("tracker", 901),
        cure=Scene.mend,
        cured_by="enable it in the Lambda console",
        in_metrics=True,
    ),
    Fault(
        what="Meta refuses the access token",
        rings=["GateClosedAlarm"],
        plant=_network(1, kind="error", code=NO_TOKEN, times=None),
        cure=Scene.mend,
        cured_by="a valid token; the gate opens by itself",
        patience=120.0,
    ),
    Fault(
        what="Meta rejects every message",
        rings=["MessagesMostlyFailAlarm", "MessagesFailedAlarm"],
        plant=_network(10, kind="error", code=UNDELIVERABLE, times=None),
        cure=_AGAIN,
        cured_by="mend what the code in the log says",
    ),
    Fault(
        what="Meta rejects one message",
        rings=["MessagesFailedAlarm"],
        plant=_network(1, kind="error", code=UNDELIVERABLE),
        cure=_AGAIN,
        cured_by="nothing to be done",
    ),
    Fault(
        what="Meta accepts a message, and cannot deliver it",
        rings=["MessagesFailedLateAlarm"],
        plant=_network(1, kind="status", failed=UNDELIVERABLE),
        cure=_AGAIN,
        cured_by="nothing to be done",
    ),
    Fault(
        what="Meta deleted a file before the bot saved it",
        rings=["FilesLostAlarm"],
        plant=_file_lost,
        cure=Scene.mend,
        cured_by="ask for the file again",
    ),
    Fault(
        what="Meta moves a template to marketing",
        rings=["TemplatesRecategorisedAlarm"],
        plant=_moved,
        cure=_write(),
        cured_by="word it otherwise",
    ),
    Fault(
        what="a second attempt is accepted after a status told of the first",
        rings=["MessagesDoubledAlarm"],
        plant=_put("MessagesDoubled", 1, "sender"),
        cure=_write(),
        cured_by="nothing to be done",
        in_metrics=True,
    ),
    Fault(
        what="a status tells of a first attempt after the second",
        rings=["MessagesDoubledLateAlarm"],
        plant=_put("MessagesDoubled", 1, "tracker"),
        cure=_write(),
        cured_by="nothing to be done",
        in_metrics=True,
    ),
)
"""Every fault, in the order in which they are planted."""
