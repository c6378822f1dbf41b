"""The faults of the drill: how each is planted, what rings then, and how docs/operations.md cures it."""

from collections.abc import Sequence
from dataclasses import dataclass

from rejoinder.workbench.drill.scene import GONE, Scene
from rejoinder.workbench.drill.steps import (
    AGAIN,
    BREAKS,
    NO_TOKEN,
    REDRIVE,
    UNDELIVERABLE,
    Step,
    change,
    disabled,
    doubled,
    file_lost,
    given_up,
    in_order,
    moved,
    network,
    old,
    put,
    slow,
    throttled,
    wake_up_lost,
    write,
    wrong_secret,
)


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
    """Whether what AWS would measure is put as a value: the local AWS cannot have the fault itself, or would
    need minutes for it."""

    later: Step | None = None
    """What the fault leads to minutes later, put as a value. Nothing more may ring then."""

    past_seconds: float = 0.0
    """How far back those values go. Such a fault is planted first, so that nothing else is there."""

    patience: float = 60.0
    """How long the alarms and the cure may take each, in seconds."""

    is_short: bool = False
    """Whether it is in the short drill."""


FAULTS: Sequence[Fault] = (
    Fault(
        what="every answer takes half a minute",
        rings=["AnswersSlowAlarm"],
        plant=slow,
        cure=write(),
        cured_by="mend what the bot waits for",
        in_metrics=True,
        past_seconds=2640.0,
    ),
    Fault(
        what="the ingress does not start: a variable is missing",
        rings=["WebhookFailuresAlarm"],
        plant=in_order(change("ingress", INBOUND_QUEUE_URL=None), write()),
        cure=Scene.mend,
        cured_by="undo the change",
        is_short=True,
    ),
    Fault(
        what="API Gateway refuses 101 webhooks",
        rings=["WebhookThrottledAlarm"],
        plant=throttled,
        cure=write(),
        cured_by="raise WebhooksPerSecond",
        in_metrics=True,
    ),
    Fault(
        what="the app secret was changed at Meta",
        rings=["SignatureInvalidAlarm"],
        plant=wrong_secret,
        cure=Scene.store_secret,
        cured_by="rejoinder secrets",
    ),
    Fault(
        what="a webhook is no JSON",
        rings=["QuarantinedAlarm"],
        plant=lambda scene: scene.deliver(b'{"object": "whatsapp_business_account", "entry": ['),
        cure=write(),
        cured_by="nothing to be done: it is kept, and the others are answered",
        is_short=True,
    ),
    Fault(
        what="the processor's table is gone",
        rings=["ProcessorWorkFailedAlarm"],
        plant=in_order(change("processor", TABLE_NAME=GONE), write()),
        later=old("processor"),
        cure=Scene.mend,
        cured_by="undo the change",
        is_short=True,
    ),
    Fault(
        what="the processor does not start: a variable is missing",
        rings=["ProcessorErrorsAlarm"],
        plant=in_order(change("processor", TABLE_NAME=None), write(3)),
        later=old("processor"),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="the sender's table is gone",
        rings=["SenderWorkFailedAlarm"],
        plant=in_order(change("sender", TABLE_NAME=GONE), write()),
        later=old("sender"),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="the sender does not start: a variable is missing",
        rings=["SenderErrorsAlarm"],
        plant=in_order(change("sender", TABLE_NAME=None), write(3)),
        later=old("sender"),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="the tracker's table is gone",
        rings=["TrackerWorkFailedAlarm"],
        plant=in_order(change("tracker", TABLE_NAME=GONE), write()),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="the tracker does not start: a variable is missing",
        rings=["TrackerErrorsAlarm"],
        plant=in_order(change("tracker", TABLE_NAME=None), write()),
        cure=Scene.mend,
        cured_by="undo the change",
    ),
    Fault(
        what="Lambda has no room for the processor",
        rings=["ThrottlesAlarm"],
        plant=in_order(lambda scene: scene.reserve_nothing("processor"), write()),
        cure=Scene.mend,
        cured_by="give it room",
    ),
    Fault(
        what="a new version of the bot raises at every message",
        rings=["UpdatesParkedAlarm", "InboundDlqAlarm", "BotErrorsAlarm"],
        plant=in_order(change("processor", **{BREAKS: "always"}), write(5)),
        cure=REDRIVE,
        cured_by="deploy the bot mended, rejoinder redrive all",
    ),
    Fault(
        what="the bot raises at the first try, and not at the second",
        rings=["BotErrorsAlarm"],
        plant=in_order(change("processor", **{BREAKS: "once"}), write()),
        cure=Scene.mend,
        cured_by="deploy the bot mended",
    ),
    Fault(
        what="the bot raises at one message",
        rings=["InboundDlqAlarm", "BotErrorsAlarm"],
        plant=in_order(change("processor", **{BREAKS: "always"}), write()),
        cure=REDRIVE,
        cured_by="deploy the bot mended, rejoinder redrive all",
    ),
    Fault(
        what="the sender gave up an answer",
        rings=["OutboundDlqAlarm"],
        plant=given_up("sender"),
        cure=REDRIVE,
        cured_by="rejoinder redrive all",
    ),
    Fault(
        what="the tracker gave up a status",
        rings=["EventsDlqAlarm"],
        plant=given_up("tracker"),
        cure=REDRIVE,
        cured_by="rejoinder redrive all",
    ),
    Fault(
        what="a reminder reached no queue",
        rings=["WakeUpsLostAlarm"],
        plant=wake_up_lost,
        cure=write(),
        cured_by="undo the change",
        in_metrics=True,
    ),
    Fault(
        what="the processor's trigger is disabled",
        rings=["InboundAgeAlarm"],
        plant=disabled("processor"),
        cure=Scene.mend,
        cured_by="enable it in the Lambda console",
        in_metrics=True,
        is_short=True,
    ),
    Fault(
        what="the sender's trigger is disabled",
        rings=["OutboundAgeAlarm"],
        plant=disabled("sender"),
        cure=Scene.mend,
        cured_by="enable it in the Lambda console",
        in_metrics=True,
    ),
    Fault(
        what="the tracker's trigger is disabled",
        rings=["EventsAgeAlarm"],
        plant=disabled("tracker"),
        cure=Scene.mend,
        cured_by="enable it in the Lambda console",
        in_metrics=True,
    ),
    Fault(
        what="Meta rejects every message",
        rings=["MessagesMostlyFailAlarm", "MessagesFailedAlarm"],
        plant=network(10, kind="error", code=UNDELIVERABLE, times=None),
        cure=AGAIN,
        cured_by="mend what the code in the log says",
    ),
    Fault(
        what="Meta rejects one message",
        rings=["MessagesFailedAlarm"],
        plant=network(1, kind="error", code=UNDELIVERABLE),
        cure=AGAIN,
        cured_by="nothing to be done",
    ),
    Fault(
        what="Meta accepts a message, and cannot deliver it",
        rings=["MessagesFailedLateAlarm"],
        plant=network(1, kind="status", failed=UNDELIVERABLE),
        cure=AGAIN,
        cured_by="nothing to be done",
    ),
    Fault(
        what="Meta deleted a file before the bot saved it",
        rings=["FilesLostAlarm"],
        plant=file_lost,
        cure=Scene.mend,
        cured_by="ask for the file again",
    ),
    Fault(
        what="Meta moves a template to marketing",
        rings=["TemplatesRecategorisedAlarm"],
        plant=moved,
        cure=write(),
        cured_by="word it otherwise",
    ),
    Fault(
        what="a second attempt is accepted after a status told of the first",
        rings=["MessagesDoubledAlarm"],
        plant=put("MessagesDoubled", 1, "sender"),
        cure=write(),
        cured_by="nothing to be done",
        in_metrics=True,
    ),
    Fault(
        what="Meta says nothing, accepts the second attempt, and then tells of the first",
        rings=["MessagesDoubledLateAlarm"],
        plant=doubled,
        cure=write(),
        cured_by="nothing to be done",
        patience=200.0,
    ),
    Fault(
        what="Meta refuses the access token",
        rings=["GateClosedAlarm"],
        plant=network(1, kind="error", code=NO_TOKEN, times=None),
        cure=Scene.mend,
        cured_by="a valid token; the gate opens by itself",
        patience=120.0,
    ),
)
"""Every fault, as they are planted. The first one goes far back, the last one leaves a message in a queue."""
