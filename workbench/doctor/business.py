"""How Meta sees the business: the secret that proves who it is, its app, its token, its account, its payment.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/health-status
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.aws.settings import owners_in
from rejoinder.channels import FIRST
from rejoinder.workbench.doctor import stack
from rejoinder.workbench.doctor.facts import Facts, secret, value
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good, notice
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import Graph, GraphError
from rejoinder.workbench.graph.tokens import BAD_TOKEN, Token, app_token, token

Json = Mapping[str, Any]

NEEDED = ("app_secret", "verify_token", "access_token")
"""The values without which nothing works."""

HELPFUL = ("waba_id", "app_id")
"""The values without which the account cannot be looked at or managed."""

SOON_SECONDS = 14 * 24 * 3600
"""How long before its end a token is told of, in seconds."""

PAYMENT = (131042, 141006)
"""Meta's codes for a problem with the payment: of a message, and of `health_status`."""

SECRETS = "`rejoinder secrets`"


def token_refused() -> NotNow:
    """Return the error of all that needs the access token while Meta refuses it."""
    return NotNow("Meta refuses the access token (see Access token)")


def is_unknown(error: GraphError) -> bool:
    """Whether Meta says that an object is not there, or not for this token."""
    return (error.code, error.subcode) == (100, 33)


def own(facts: Facts) -> Graph:
    """Return a client with the access token. NotNow while Meta refuses it."""
    graph = facts.graph(value(facts, "access_token"))
    try:
        graph.get("me")
    except GraphError as error:
        if error.code == BAD_TOKEN:
            raise token_refused() from None
    return graph


def of_app(facts: Facts) -> Graph:
    """Return a client with the app's own token, which is made of its id and its secret."""
    return facts.graph(app_token(value(facts, "app_id"), value(facts, "app_secret")))


def debugged(facts: Facts) -> Token:
    """Return what Meta knows of the access token. Raises GraphError when it does not know the app."""
    return token(facts.of(of_app), value(facts, "access_token"))


def account(facts: Facts) -> dict[str, Any]:
    """Return the business account."""
    wanted = "id,name,account_review_status,business_verification_status,health_status"
    return facts.of(own).get(value(facts, "waba_id"), fields=wanted)


def ailing(facts: Facts, kind: str) -> Iterator[tuple[str, Json]]:
    """Yield what keeps the account from sending, of a kind of entity: its state, and each error or remark."""
    return unhealthy(facts.of(account), kind)


def unhealthy(node: Json, kind: str) -> Iterator[tuple[str, Json]]:
    """Yield the same of anything that has `health_status`."""
    for entity in (node.get("health_status") or {}).get("entities", []):
        if entity.get("entity_type") == kind and entity.get("can_send_message") != "AVAILABLE":
            told = [*entity.get("errors", []), *map(_remark, entity.get("additional_info", []))]
            yield from ((entity["can_send_message"], one) for one in told or [{}])


def _remark(text: object) -> Json:
    return {"error_description": str(text)}


def said(one: Json) -> str:
    """Return an error of `health_status` as a sentence."""
    return str(one.get("error_description") or "Meta does not say why").rstrip(".")


def look_at_secret(facts: Facts) -> Finding:
    """Look whether the secret has all its values."""
    try:
        found = facts.of(secret)
    except StackError as error:
        return bad(str(error), f"{SECRETS} stores its values")
    if missing := [name for name in NEEDED if not found.get(name)]:
        return bad(f"the secret has no {', '.join(missing)}", f"{SECRETS} asks for it")
    if spaced := [name for name, one in found.items() if one != one.strip()]:
        return bad(f"there is a space around {', '.join(spaced)}", f"{SECRETS}; type it again")
    if missing := [name for name in HELPFUL if not found.get(name)]:
        return notice(f"the secret has no {', '.join(missing)}", f"{SECRETS} asks for it")
    if lost := [waba for waba in others(facts) if not _has_secret(facts, waba)]:
        told = ", ".join(lost)
        return bad(
            f"the account {told} has no secret, and Numbers names it", f"{SECRETS[:-1]} --waba {lost[0]}`"
        )
    return good(f"{', '.join((*NEEDED, *HELPFUL))} are there")


def others(facts: Facts) -> list[str]:
    """Return the further business accounts of the stack, by its parameter `Numbers`."""
    try:
        named = facts.of(stack.parameters).get("Numbers", "")
    except (BotoCoreError, ClientError):  # that the stack cannot be described is said elsewhere
        return []
    owners = (owner for account, owner in owners_in(named, FIRST).items() if account.channel == FIRST)
    return [one for one in dict.fromkeys(owners) if one != facts.patient.waba]


def _has_secret(facts: Facts, waba: str) -> bool:
    try:
        return bool(facts.patient.place.secret(waba))
    except StackError:
        return False


def look_at_app(facts: Facts) -> Finding:
    """Look whether app and secret belong together, and whether the app is live."""
    app_id = value(facts, "app_id")
    try:
        facts.of(of_app).get(app_id)
    except GraphError as error:
        what = f"Meta does not accept the app's id with its secret ({error.message})"
        return bad(what, f"{SECRETS}; the values are in the Meta app > App settings > Basic")
    if found := list(ailing(facts, "APP")):
        told = "; ".join(said(one) for _, one in found)
        return bad(f"the app is not fully live: {told}", "the Meta app > Publish: switch it to Live")
    return good(f"app {app_id} is live, and its secret is right")


def look_at_token(facts: Facts) -> Finding:
    """Look whether the token is valid, for how long, and what it allows."""
    try:
        told = facts.of(debugged)
    except GraphError as error:
        if error.code != BAD_TOKEN:
            raise
        raise NotNow("Meta does not accept the app's id with its secret (see Meta app)") from None
    cure = (
        "Business settings > System users > Generate token (never expires, both permissions), then " + SECRETS
    )
    expires_at, now = told.expires_at, facts.patient.now()
    if not told.is_valid:
        ended = f"it expired on {_day(expires_at)}" if 0 < expires_at <= now else told.error
        return bad(f"the access token is not valid: {ended or 'Meta does not say why'}", cure)
    if told.app_id not in ("", value(facts, "app_id")):
        return bad(f"the access token is of another app ({told.app_id})", cure)
    if told.missing:
        return bad(f"the access token does not allow {', '.join(told.missing)}", cure)
    if 0 < expires_at < now + SOON_SECONDS:
        return notice(f"the access token expires on {_day(expires_at)}", cure)
    return good(f"valid, {f'until {_day(expires_at)}' if expires_at else 'never expires'}, both permissions")


def _day(at: float) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(at))


def look_at_account(facts: Facts) -> Finding:
    """Look whether Meta approved the account, and lets it send."""
    try:
        found = facts.of(account)
    except GraphError as error:
        if not is_unknown(error):
            raise
        what = f"Meta knows no account {value(facts, 'waba_id')}, or the access token does not reach it"
        return bad(what, f"Business settings > System users > Assign assets; or {SECRETS}, for the right id")
    review = found.get("account_review_status") or "APPROVED"
    if review != "APPROVED":
        return bad(f"the account's review says {review}", "WhatsApp Manager > Account overview")
    told = [
        (state, one)
        for kind in ("WABA", "BUSINESS")
        for state, one in ailing(facts, kind)
        if one.get("error_code") not in PAYMENT
    ]
    if not told:
        unseen = "".join(f"; `rejoinder doctor --waba {waba}` looks at another one" for waba in others(facts))
        return good(f"{found.get('name') or found['id']} is approved, and may send{unseen}")
    what = "; ".join(said(one) for _, one in told)
    cure = next((str(one["possible_solution"]) for _, one in told if one.get("possible_solution")), "")
    make = bad if any(state == "BLOCKED" for state, _ in told) else notice
    return make(
        f"Meta does not let the account send freely: {what}", cure or "WhatsApp Manager > Account overview"
    )


def look_at_verification(facts: Facts) -> Finding:
    """Look whether Meta verified the business."""
    status = str(facts.of(account).get("business_verification_status") or "")
    if status == "verified":
        return good("Meta has verified the business")
    if not status:
        raise NotNow("Meta does not tell it to this token")
    what = f"the business is {status.replace('_', ' ')}: the limits of templates and of new contacts stay low"
    return notice(what, "Business settings > Security Center > Start verification")
