"""What contacts notice: answers, order, what is refused, what is slow, and a bot that fails."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from rejoinder.channels.whatsapp.front import sign
from rejoinder.workbench.check_aws.functions import restart
from rejoinder.workbench.check_aws.site import Asked, Site, messages_in, statuses, texts
from rejoinder.workbench.doctor.finding import Finding, NotNow, bad, good

LOGS = "look into `rejoinder logs --stack NAME`; keep the stack for that with --keep"
TRIES = 3
"""How often the bot gets an update over which it fails."""

PAUSES = (2.0, 4.0)
"""The pauses between these tries that the processor asks SQS for, in seconds."""

ROOM = 1.0
"""How much sooner a message may come than it was asked for, in seconds: SQS counts in whole ones."""

RATE_LIMIT = 130429
"""The code with which the Graph API says that it was asked too much."""


def look_at_strangers(site: Site) -> Finding:
    """Look whether a webhook without a signature, or with a wrong one, is refused."""
    body = texts([(site.contacts(1)[0], "let me in")])
    answers = [site.post(body, None), site.post(body, sign(body, "another secret"))]
    wrong = [f"{one.status_code} with {len(one.content)} bytes" for one in answers if _lets_in(one)]
    if wrong:
        return bad(f"answered with {' and '.join(wrong)}, not with an empty 401", LOGS)
    return good("without a signature: 401, with a wrong one: 401, both empty")


def _lets_in(answer: object) -> bool:
    return (getattr(answer, "status_code", 0), getattr(answer, "content", b"")) != (401, b"")


def look_at_batch(site: Site) -> Finding:
    """Look whether each message of a signed batch is answered once and in order, also if it comes twice."""
    contacts, words = site.contacts(3), ["one", "two", "three"]
    body = texts([(contact, word) for word in words for contact in contacts])
    site.deliver(body)
    site.deliver(body)  # Meta delivers again what it believes to be lost
    site.heard(contacts, len(contacts) * len(words))
    site.settle()
    wrong = [*_wrong(site.heard(contacts, 0), dict.fromkeys(contacts, words))]
    if wrong:
        return bad("; ".join(wrong), LOGS)
    return good(f"{len(contacts) * len(words)} answers to {len(contacts)} contacts, each once and in order")


def _wrong(heard: Sequence[Asked], wanted: Mapping[str, Sequence[str]]) -> Iterable[str]:
    for contact, words in wanted.items():
        got = [one.text for one in heard if one.to == contact]
        if got == list(words):
            continue
        if missing := [word for word in words if word not in got]:
            yield f"no answer to {', '.join(missing)}"
        elif len(got) > len(words):
            yield f"{len(got)} answers to {len(words)} messages"
        else:
            yield f"answered in the order {', '.join(got)}"


def look_at_statuses(site: Site) -> Finding:
    """Look whether signed statuses reach the records of the messages."""
    restart(site, ["tracker"])  # otherwise `look_at_reports` would find nothing of it
    contacts = site.contacts(2)
    site.say([(contact, "hello") for contact in contacts])
    accepted = site.heard(contacts, len(contacts))
    if len(accepted) < len(contacts):
        return bad(f"{len(accepted)} of {len(contacts)} messages were answered", LOGS)
    site.deliver(statuses(accepted))

    def delivered() -> int | None:
        pages = (
            site.place.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=site.place.table_name,
                FilterExpression="begins_with(sk, :records)",
                ExpressionAttributeValues={":records": {"S": "OUT#"}},
            )
        )
        items = [item for page in pages for item in page["Items"]]
        count = sum(any(name.endswith("_delivered_at") for name in item) for item in items)
        return count if count >= len(accepted) else None

    if not site.patience.until(delivered, site.patience.answers):
        return bad("the records do not show that the messages were delivered", LOGS)
    site.deliver(statuses(accepted))  # again, so that the tracker has a warm invocation, too
    return good(f"{len(accepted)} messages were recorded as delivered")


def look_at_refusal(site: Site) -> Finding:
    """Look whether a message that the network refuses for now is sent again, once."""
    (contact,) = site.contacts(1)
    site.stub.refuse(status=429, code=RATE_LIMIT, times=1)
    site.say([(contact, "hello")])
    site.heard([contact], 1)
    site.settle()
    asked = [one for one in site.stub.asked() if one.to == contact]
    answered = [one.status for one in asked]
    if answered != [429, 200]:
        return bad(f"the stand-in answered {answered}, not 429 and then 200", LOGS)
    return good(f"refused with 429, accepted {asked[1].at - asked[0].at:.1f} s later")


def look_at_slow(site: Site) -> Finding:
    """Look whether a slow conversation keeps another one waiting."""
    if site.is_local:
        raise NotNow("the local AWS hands out the messages of a FIFO queue one by one")
    slow, quick = site.contacts(2)
    site.say([(slow, "slow 8"), (quick, "quick")])
    at = {one.to: one.at for one in site.heard([slow, quick], 2)}
    if len(at) < 2:
        return bad(f"{len(at)} of 2 contacts got an answer", LOGS)
    if at[quick] > at[slow]:
        return bad("the quick conversation was answered after the slow one", "look at the queue's group ids")
    return good(f"the quick conversation was answered {at[slow] - at[quick]:.1f} s before the slow one")


def look_at_failure(site: Site) -> Finding:
    """Look when an update comes again over which the bot fails, whether others are served, and its end."""
    failing, *others = site.contacts(3)
    what = uuid.uuid4().hex
    site.say([(failing, f"fail {what}"), *((contact, "hello") for contact in others)])
    tried: list[float] = []

    def tries() -> bool | None:
        tried[:] = [line["tried_at"] for line in site.log("processor") if line.get("what") == what]
        return True if len(tried) >= TRIES else None

    site.patience.until(tries, site.patience.answers)
    served = site.heard(others, len(others))
    sorry = site.heard([failing], 1)
    if wrong := [*_wrong_tries(tried), *_not_served(served, others, tried)]:
        return bad("; ".join(wrong), LOGS)
    if not sorry:
        return bad("the contact whose update was parked got no word", LOGS)
    if not site.patience.until(lambda: _letters(site), site.patience.answers):
        return bad("the update is not among the dead letters", LOGS)
    pauses = " and ".join(f"{pause:.1f} s" for pause in _pauses(tried))
    return good(f"{TRIES} tries with pauses of {pauses}, then parked; others were served meanwhile")


def _pauses(tried: Sequence[float]) -> list[float]:
    return [after - before for before, after in pairwise(tried)]


def _wrong_tries(tried: Sequence[float]) -> Iterable[str]:
    if len(tried) != TRIES:
        yield f"the bot got the update {len(tried)} times, not {TRIES} times"
        return
    for asked, pause in zip(PAUSES, _pauses(tried), strict=True):
        if not asked - ROOM < pause < 30:
            yield f"the update came again after {pause:.1f} s, not after {asked:.0f} s"


def _not_served(served: Sequence[Asked], others: Sequence[str], tried: Sequence[float]) -> Iterable[str]:
    if len(served) < len(others):
        yield f"{len(served)} of {len(others)} others got an answer"
    elif tried and max(one.at for one in served) > tried[-1]:
        yield "the others had to wait until the update was parked"


def _letters(site: Site) -> bool | None:
    return True if messages_in(site.place.client("sqs"), site.place.inbound_dlq_url) else None
