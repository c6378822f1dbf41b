"""What is done to the stack to plant a fault, and to cure it."""

import json
import time
from collections.abc import Callable
from typing import Any

from rejoinder.workbench.development import WABA_ID
from rejoinder.workbench.drill.scene import Scene
from rejoinder.workbench.simulator.webhooks import account_event

Step = Callable[[Scene], None]

UNDELIVERABLE, NO_TOKEN = 131026, 190
"""Meta's codes for a contact who gets no messages, and for a token that is not valid any more."""

BREAKS = "DRILL_BREAKS_THE_BOT"
"""The variable that makes the drill's bot a wrong version of it: `always`, or `once` for each contact."""

CATEGORY = {
    "message_template_id": 1,
    "message_template_name": "drill",
    "message_template_language": "en",
    "previous_category": "UTILITY",
    "new_category": "MARKETING",
}
"""What Meta says when it moves a template."""


def in_order(*steps: Step) -> Step:
    """Return a step that does the given ones, one after another."""

    def all_of(scene: Scene) -> None:
        for step in steps:
            step(scene)

    return all_of


def write(contacts: int = 1) -> Step:
    """Let new contacts write."""
    return lambda scene: scene.write(contacts)


def change(function: str, **changed: str | None) -> Step:
    """Change variables of a function, or take them away."""
    return lambda scene: scene.change(function, **changed)


def put(name: str, value: float, service: str) -> Step:
    """Put a value as a function's line of metrics would."""
    return lambda scene: scene.readings.put_ours(service, name, value)


OLD_SECONDS = {"processor": 181.0, "sender": 601.0, "tracker": 901.0}
"""The age of what waits for a function that rings, in seconds."""


def old(function: str) -> Step:
    """Put the age at which what waits for a function rings."""
    return lambda scene: scene.grow_old(function, OLD_SECONDS[function])


def disabled(function: str) -> Step:
    """Let a function get nothing from its queue, as when somebody disabled its trigger."""
    return in_order(lambda scene: scene.disable(function), write(), old(function))


def given_up(function: str) -> Step:
    """Let what waits for a function become a dead letter."""
    return in_order(
        lambda scene: scene.disable(function),
        write(),
        lambda scene: scene.give_up(function),
        Scene.mend,
    )


def network(contacts: int, **fault: Any) -> Step:
    """Let the network fail so, and contacts write."""
    return in_order(lambda scene: scene.network(fault), write(contacts))


def slow(scene: Scene) -> None:
    """Put answers that took 31 seconds, for three quarters of an hour."""
    for minutes in range(1, 45, 4):
        scene.readings.put_ours("sender", "AnswerSeconds", 31.0, time.time() - 60 * minutes)


def throttled(scene: Scene) -> None:
    """Put that API Gateway refused webhooks."""
    scene.readings.put(f"Rejoinder/{scene.stack.stack_name}", "WebhooksThrottled", 101)


def wake_up_lost(scene: Scene) -> None:
    """Put that neither queue took a wake-up."""
    name = "InvocationsFailedToBeSentToDeadLetterCount"
    scene.readings.put("AWS/Scheduler", name, 1, ScheduleGroup=scene.stack.stack_name)


def file_lost(scene: Scene) -> None:
    """Let the network forget a file before the processor fetches it."""
    scene.disable("processor")
    scene.forget_file(scene.send_file())
    scene.mend()


def doubled(scene: Scene) -> None:
    """Let Meta accept a message with an error, and tell of it when the grace period is over long ago."""
    silence = {"kind": "http", "status": 503, "accepted": True}
    scene.network(silence, {"kind": "status", "delay_seconds": 100})
    scene.write()


def moved(scene: Scene) -> None:
    """Let Meta move a template to marketing."""
    scene.deliver(
        json.dumps(account_event(WABA_ID, time.time(), "template_category_update", CATEGORY)).encode()
    )


def wrong_secret(scene: Scene) -> None:
    """Let Meta sign with another secret, and contacts write."""
    scene.sign_otherwise()
    scene.write(3)


AGAIN: Step = in_order(Scene.mend, Scene.write_again)
REDRIVE: Step = in_order(Scene.mend, Scene.redrive)
