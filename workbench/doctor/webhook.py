"""The way of webhooks from Meta to us: the subscription, its fields, and whether our webhook answers."""

import httpx

from rejoinder.tls import tls_context
from rejoinder.workbench.doctor.business import of_app, own
from rejoinder.workbench.doctor.facts import Facts, value
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good, notice
from rejoinder.workbench.doctor.numbers import named, numbers
from rejoinder.workbench.graph.client import GraphError
from rejoinder.workbench.graph.webhooks import (
    USED_FIELDS,
    AppWebhook,
    SubscribedApp,
    app_webhook,
    subscribed_apps,
)
from rejoinder.workbench.handshake import handshake

MESSAGES = "messages"

SECONDS = 15.0
"""How long the webhook may take to answer, in seconds."""

CONFIGURATION = "the Meta app > WhatsApp > Configuration"


def subscribed(facts: Facts) -> list[SubscribedApp]:
    """Return the apps that are subscribed to the account."""
    return list(subscribed_apps(facts.of(own), value(facts, "waba_id")))


def subscription(facts: Facts) -> AppWebhook:
    """Return what the app gets of WhatsApp, and where. NotNow when Meta does not accept the app's secret."""
    try:
        return app_webhook(facts.of(of_app), value(facts, "app_id"))
    except GraphError:
        raise NotNow("Meta does not tell it to the app's own token (see Meta app)") from None


def addresses(facts: Facts) -> dict[str, str]:
    """Return where the webhooks of each number go: an address of its own, of the account, or of the app."""
    mine, url = value(facts, "app_id"), facts.of(subscription).url
    ours = next((one.override for one in facts.of(subscribed) if one.id == mine), "") or url
    return {named(one): one.webhook or ours for one in facts.of(numbers)} or {"": ours}


def look_at_subscription(facts: Facts) -> Finding:
    """Look whether the account's webhooks go to this app."""
    app_id, waba_id = value(facts, "app_id"), value(facts, "waba_id")
    found = facts.of(subscribed)
    if app_id not in [one.id for one in found]:
        others = ", ".join(one.name for one in found)
        what = f"the account {waba_id} is not subscribed to app {app_id}: no webhook comes"
        return bad(f"{what}; others are: {others}" if others else what, "`rejoinder webhook subscribe`")
    return good(f"the account's webhooks go to app {app_id}")


def look_at_fields(facts: Facts) -> Finding:
    """Look which fields come, and whether they come here."""
    found, ours = facts.of(subscription), facts.patient.place.webhook_address
    cure = f"`rejoinder webhook subscribe`, or {CONFIGURATION}: the callback URL is {ours}"
    if not found.is_active:
        return bad("the app has no webhook of WhatsApp", cure)
    ways = facts.of(addresses)
    elsewhere = {name: url for name, url in ways.items() if ours and url != ours}
    if ways and len(elsewhere) == len(ways):
        return bad(f"webhooks go elsewhere: to {', '.join(sorted({*elsewhere.values()}))}", cure)
    if MESSAGES not in found.fields:
        return bad("the field messages is not subscribed: no message comes", cure)
    if missing := [name for name in USED_FIELDS if name not in found.fields]:
        unheard = "; ".join(f"{name} ({USED_FIELDS[name]})" for name in missing)
        return notice(f"not subscribed: {unheard}", f"`rejoinder webhook subscribe`, or {CONFIGURATION}")
    if elsewhere:
        told = ", ".join(f"those of {name} to {url}" for name, url in elsewhere.items())
        cure = "`rejoinder webhook subscribe --number ID`, with --none as well to take the address away"
        return notice(f"not all webhooks come here: {told}", cure)
    return good(f"{MESSAGES} and the {len(USED_FIELDS) - 1} others that help are subscribed, and come here")


def look_at_handshake(facts: Facts) -> Finding:
    """Ask the webhook as Meta does: with the right verify token, and with a wrong one."""
    url = facts.patient.place.webhook_address
    if not url:
        raise NotNow("the stack does not tell its address: deploy it again")
    token = value(facts, "verify_token")
    cure = "`rejoinder logs --function ingress`; new values of the secret are used within five minutes"
    try:
        with httpx.Client(timeout=SECONDS, verify=tls_context()) as client:
            status, is_right = handshake(client, url, token)
            wrong_status, _ = handshake(client, url, f"not-{token}")
    except httpx.HTTPError as error:
        what = f"the webhook {url} does not answer ({type(error).__name__})"
        return bad(what, "`rejoinder deploy`, and look whether this machine reaches the internet")
    if status != 200 or not is_right:
        return bad(f"the webhook refuses its own verify token (HTTP status {status})", cure)
    if httpx.codes.is_success(wrong_status):
        return bad("the webhook accepts a wrong verify token", "`rejoinder deploy`: that is not our webhook")
    return good("it answers the handshake, and refuses a wrong verify token")
