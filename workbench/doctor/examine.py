"""All that the doctor looks at, and in which order it is shown."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.workbench.cli.aws_account import refusals
from rejoinder.workbench.doctor import bot, business, numbers, stack, telegram, traffic, webhook
from rejoinder.workbench.doctor.facts import Facts, Patient
from rejoinder.workbench.doctor.finding import Finding, NotNow, skipped, unknown
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import GraphError
from rejoinder.workbench.graph.tokens import BAD_TOKEN
from rejoinder.workbench.pages import page

THREADS = 8
"""How many points are looked at at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One point of the way."""

    name: str
    """Its name in JSON. It stays the same from version to version."""

    title: str
    """Its name for people."""

    look: Callable[[Facts], Finding]
    """Looks at it."""

    channel: str = ""
    """The network that it is about; empty for all."""


def _checks(*rows: tuple[str, str, Callable[[Facts], Finding]], channel: str = "") -> tuple[Check, ...]:
    return tuple(Check(name=name, title=title, look=look, channel=channel) for name, title, look in rows)


AWS = _checks(
    ("identity", "AWS", stack.look_at_identity),
    ("stack", "Stack", stack.look_at_stack),
    ("drift", "Changes by hand", stack.look_at_drift),
    ("functions", "Functions", stack.look_at_functions),
    ("executions", "Executions at once", stack.look_at_executions),
)
"""The points of AWS."""

META = _checks(
    ("secret", "Secret", business.look_at_secret),
    ("app", "Meta app", business.look_at_app),
    ("token", "Access token", business.look_at_token),
    ("account", "WhatsApp account", business.look_at_account),
    ("verification", "Verified business", business.look_at_verification),
    ("payment", "Payment", traffic.look_at_payment),
    ("handshake", "Webhook", webhook.look_at_handshake),
    ("subscription", "Subscription", webhook.look_at_subscription),
    ("fields", "Webhook fields", webhook.look_at_fields),
    ("numbers", "Phone numbers", numbers.look_at_numbers),
    ("quality", "Quality", numbers.look_at_quality),
    ("limits", "Speed and limits", numbers.look_at_limits),
    ("templates", "Templates", bot.look_at_templates),
    ("consent", "Consent", bot.look_at_consent),
    channel="whatsapp",
)
"""The points of Meta, for a stack that is on WhatsApp."""

TELEGRAM = _checks(
    ("telegram_secret", "Telegram secret", telegram.look_at_secret),
    ("telegram_bot", "Telegram bot", telegram.look_at_bot),
    ("telegram_webhook", "Telegram webhook", telegram.look_at_webhook),
    ("telegram_updates", "Telegram updates", telegram.look_at_updates),
    ("telegram_commands", "Telegram menu", telegram.look_at_commands),
    channel="telegram",
)
"""The points of Telegram, for a stack that is there."""

TRAFFIC = _checks(
    ("queues", "Queues", traffic.look_at_queues),
    ("age", "Waiting messages", traffic.look_at_age),
    ("letters", "Dead letters", traffic.look_at_letters),
    ("parked", "Parked updates", traffic.look_at_parked),
    ("gate", "Gate", traffic.look_at_gate),
    ("alarms", "Alarms", traffic.look_at_alarms),
    ("subscribers", "Who gets alarms", stack.look_at_subscribers),
    ("clock", "Clock", traffic.look_at_clock),
    ("last_webhook", "Last webhook", traffic.look_at_last_webhook),
    ("last_send", "Last message", traffic.look_at_last_send),
)
"""The points of what goes on."""

CHECKS = (*AWS, *META, *TELEGRAM, *TRAFFIC)
"""The points, from AWS over the networks to what goes on."""


def examine(patient: Patient, checks: Sequence[Check] = CHECKS) -> list[tuple[Check, Finding]]:
    """Look at every point, at several at once. A point that cannot be checked is a finding, and no error.

    The points of a network that the deployment is not on are left out.
    """
    checks = [check for check in checks if check.channel in ("", *patient.place.channels)]
    with Facts(patient) as facts, ThreadPoolExecutor(THREADS, thread_name_prefix="doctor") as threads:
        found = threads.map(lambda check: one(check, facts), checks)
        return list(zip(checks, found, strict=True))


def one(check: Check, facts: Facts) -> Finding:
    """Look at one point."""
    try:
        return check.look(facts)
    except NotNow as reason:
        return skipped(str(reason))
    except GraphError as error:
        if error.code == BAD_TOKEN:
            return skipped(str(business.token_refused()))
        if business.is_unknown(error):
            return skipped("Meta does not know the account (see WhatsApp account)")
        return unknown(str(error), f"the point Access token, and {page('meta')}")
    except (StackError, BotoCoreError, ClientError) as error:
        return unknown(_line(error), "run the command again, or as somebody who may see it")
    except Exception as error:  # noqa: BLE001 - what one point did not foresee must not hide the others
        return unknown(
            f"{type(error).__name__}: {error}", "this is an error of rejoinder; please tell its authors"
        )


def _line(error: Exception) -> str:
    """Return an error as one line that says what to do."""
    try:
        with refusals():
            raise error
    except StackError as told:
        return str(told)
