"""What the bot needs of Meta and of its contacts: templates that are approved, and people who want them."""

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rejoinder.aws.stored.conversations import read_consents
from rejoinder.aws.stored.items import Item
from rejoinder.bot.templates.catalog import Catalog
from rejoinder.errors import BotError, Unreadable
from rejoinder.model.consent import Purpose
from rejoinder.services.allowed import MAY_NOT_BE_SENT
from rejoinder.workbench.doctor import stack
from rejoinder.workbench.doctor.business import own
from rejoinder.workbench.doctor.facts import Facts, value
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good, notice, unknown

PAGES = 20
"""How many pages of the table are read to find one contact with consent, of 1 MB each."""


@dataclass(frozen=True, slots=True, order=True)
class Used:
    """A template that the bot uses."""

    name: str
    """Its name."""

    language: str = ""
    """Its language; empty where the contact's decides."""


def used(facts: Facts) -> frozenset[Used]:
    """Return the templates that the files and the code of the bot name."""
    folder = facts.patient.bot
    if folder is None or not folder.is_dir():
        raise NotNow("no bot is in this folder")
    catalog = Catalog.of(folder)
    files = [
        Used(name, language) for name in catalog.names() for language in catalog.template(name).languages
    ]
    code = (path for path in folder.rglob("*.py") if "tests" not in path.relative_to(folder).parts)
    return frozenset([*files, *(one for path in code for one in in_code(path))])


def in_code(path: Path) -> Iterator[Used]:
    """Yield the templates that a file of Python names: `Template("x", …)` or `templates.x(…)`."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    yield from (found for call in calls if (found := _named(call)))


def _named(call: ast.Call) -> Used | None:
    match call.func:
        case ast.Attribute(value=ast.Name(id="templates"), attr=name):
            return Used(name)
        case ast.Name(id="Template") | ast.Attribute(attr="Template"):
            given = {one.arg: one.value for one in call.keywords}
            name = _text(call.args[0] if call.args else given.get("name"))
            return Used(name, _text(given.get("language"))) if name else None
        case _:
            return None


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def at_meta(facts: Facts) -> list[dict[str, Any]]:
    """Return the templates of the account."""
    wanted = "name,language,status,category,quality_score,rejected_reason"
    return list(facts.of(own).pages(f"{value(facts, 'waba_id')}/message_templates", fields=wanted, limit=100))


def look_at_templates(facts: Facts) -> Finding:
    """Look whether the templates of the bot are approved."""
    try:
        needed = sorted(facts.of(used))
    except BotError as error:
        return bad(str(error), "`rejoinder templates lint` names each line and its cure")
    if not needed:
        return good("the bot uses no templates")
    there = facts.of(at_meta)
    if lost := [one for one in needed if not _of(one, there)]:
        filed = {one.name for one in lost if one.language}
        told = ", ".join(
            f"{one.name} in {one.language}" if one.language else one.name
            for one in lost
            if one.language or one.name not in filed
        )
        return bad(
            f"Meta does not know {told}",
            "`rejoinder templates push`, or WhatsApp Manager > Message templates",
        )
    ours = [found for one in needed for found in _of(one, there)]
    if refused := sorted({_state(one) for one in ours if not _may_be_sent(one)}):
        waits = all(one["status"] in ("PENDING", "IN_APPEAL") for one in ours if not _may_be_sent(one))
        make, cure = (
            (notice, "wait for Meta's review")
            if waits
            else (bad, "`rejoinder templates status` says why, and what to do")
        )
        return make(f"Meta does not send {', '.join(refused)}", cure)
    if poor := sorted({one["name"] for one in ours if _quality(one) == "RED"}):
        return notice(
            f"contacts dislike {', '.join(poor)}: Meta may pause it", "send it less, to people who asked"
        )
    return good(f"approved: {', '.join(sorted({one.name for one in needed}))}")


def _of(one: Used, there: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        found for found in there if found["name"] == one.name and one.language in ("", found.get("language"))
    ]


def _may_be_sent(one: dict[str, Any]) -> bool:
    return str(one.get("status", "")).lower() not in MAY_NOT_BE_SENT


def _state(one: dict[str, Any]) -> str:
    reason = one.get("rejected_reason")
    why = f" ({reason})" if reason and reason != "NONE" else ""
    return f"{one['name']} in {one['language']}: {str(one['status']).lower()}{why}"


def _quality(one: dict[str, Any]) -> str:
    score = one.get("quality_score") or {}
    return str(score.get("score", "")) if isinstance(score, dict) else ""


def look_at_consent(facts: Facts) -> Finding:
    """Look whether anybody wants what the bot sends only to who wants it."""
    try:
        names = facts.of(used)
    except BotError:
        raise NotNow("a file of bot/templates cannot be read (see Templates)") from None
    there = [found for one in names for found in _of(one, facts.of(at_meta))]
    purposes = [Purpose.MARKETING]
    if facts.of(stack.parameters).get("UtilityNeedsConsent") == "true":
        purposes.append(Purpose.UTILITY)
    needed = [
        one for one in purposes if any(str(found.get("category")).lower() == one.value for found in there)
    ]
    if not needed:
        return good("the bot uses no templates that need consent")
    for purpose in needed:
        answer = anybody(facts, purpose)
        if answer is None:
            return unknown(f"the first {PAGES} MB of the table name nobody", "`rejoinder consent export`")
        if not answer:
            what = f"nobody has opted in to {purpose.value}, so none of its templates goes out"
            return notice(what, "`rejoinder consent import`, or let the bot ask with chat.opt_in")
    return good(f"there are contacts who opted in to {' and '.join(needed)}")


def anybody(facts: Facts, purpose: Purpose) -> bool | None:
    """Return whether a contact agreed to a purpose; None when the table is too large to know."""
    pages = (
        facts.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=facts.patient.place.table_name, FilterExpression="attribute_exists(consent)")
    )
    for number, page in enumerate(pages, start=1):
        if any(_agreed(item, purpose) for item in page["Items"]):
            return True
        if number == PAGES and "LastEvaluatedKey" in page:
            return None
    return False


def _agreed(item: Item, purpose: Purpose) -> bool:
    with suppress(Unreadable):
        entry = read_consents(item).get(purpose)
        return entry is not None and entry.given
    return False
