"""What the simulator tells of templates, read by our channel, which knows nothing of the simulator."""

from __future__ import annotations

from rejoinder.channels.whatsapp.front import split
from rejoinder.channels.whatsapp.inbound import parse
from rejoinder.channels.whatsapp.statuses import parse_event
from rejoinder.model.events import AccountEvent
from rejoinder.model.own import Preference
from rejoinder.model.people import Account
from rejoinder.model.template_events import (
    AboutTemplate,
    TemplateCategory,
    TemplateComponents,
    TemplateQuality,
    TemplateStatus,
)
from rejoinder.workbench.simulator.business import template_id
from tests.unit.simulator.kit import ADA, NUMBER, TOKEN, Network, Post, eventually

WABA = "200000000000001"
HELLO = template_id("hello_world", "en_US")
ORDERS = (
    *({"do": "pause"}, {"do": "unpause"}, {"do": "disable"}, {"do": "reinstate"}, {"do": "flag"}),
    *({"do": "archive"}, {"do": "unarchive"}, {"do": "approve"}),
    {"do": "reject", "reason": "SCAM", "why": "It lies.", "recommendation": "Be honest."},
    *({"do": "rate", "quality": "RED"}, {"do": "recategorise"}, {"do": "recategorise", "now": True}),
    {"do": "delete"},
)


def events_in(post: Post) -> list[AccountEvent]:
    read = [parse_event(event, received_at=0.0) for event in split(post.raw).events]
    return [one for one in read if isinstance(one, AccountEvent)]


def test_our_channel_understands_all_that_becomes_of_a_template(network: Network) -> None:
    for n, order in enumerate(ORDERS, 1):
        network.control(f"templates/{HELLO}", order)
        eventually(lambda n=n: len(network.webhook.posts) == n)  # type: ignore[misc]
    events = [event for post in network.webhook.posts for event in events_in(post)]
    assert {
        (one.template, one.language, one.template_id) for one in events if isinstance(one, AboutTemplate)
    } == {("hello_world", "en_US", HELLO)}
    assert [one.owner for one in events] == [WABA] * len(ORDERS)
    statuses = [one for one in events if isinstance(one, TemplateStatus)]
    assert [(one.event, one.title) for one in statuses] == [
        ("PAUSED", "FIRST_PAUSE"),
        ("APPROVED", "UNPAUSE"),
        ("DISABLED", ""),
        ("REINSTATED", ""),
        ("FLAGGED", ""),
        ("ARCHIVED", ""),
        ("UNARCHIVED", ""),
        ("APPROVED", ""),
        ("REJECTED", ""),
        ("DELETED", ""),
    ]
    assert statuses[2].disabled_at > 0
    assert (statuses[-2].reason, statuses[-2].recommendation) == ("It lies.", "Be honest.")
    (quality,) = [one for one in events if isinstance(one, TemplateQuality)]
    assert (quality.previous, quality.quality) == ("UNKNOWN", "RED")
    impending, done = (one for one in events if isinstance(one, TemplateCategory))
    assert (impending.correct, done.previous, done.category) == ("MARKETING", "UTILITY", "MARKETING")


def test_our_channel_understands_new_words_of_a_template(network: Network) -> None:
    edited = {"components": [{"type": "BODY", "text": "Hello again."}]}
    network.http.post(f"/v25.0/{HELLO}", json=edited, headers=TOKEN)
    eventually(lambda: len(network.webhook.posts) == 2)
    events = [event for post in network.webhook.posts for event in events_in(post)]
    (components,) = [one for one in events if isinstance(one, TemplateComponents)]
    assert (components.template, components.body) == ("hello_world", "Hello again.")


def test_our_channel_understands_who_stops_marketing(network: Network) -> None:
    network.control("preferences", {"from": ADA, "value": "stop"})
    eventually(lambda: len(network.webhook.posts) == 1)
    (batch,) = split(network.webhook.posts[0].raw).conversations
    (update,) = batch.updates
    read = parse(Account(channel="whatsapp", id=NUMBER), update, received_at=0.0)
    assert (read.contact.phone, read.content) == (ADA, Preference(value="stop"))
