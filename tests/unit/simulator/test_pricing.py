"""What messages cost, whom the business may reach, and who does not want its marketing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.pricing import ANSWER_SECONDS, FREE_SECONDS, Audience, Prices, tier_of
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings
from tests.unit.simulator.kit import ADA, BOB, NUMBER, SECOND_NUMBER, USER_ID, Network, Webhook, eventually

AD = {"source_url": "https://fb.me/a", "source_id": "1", "source_type": "ad", "ctwa_clid": "c"}
SALE = {"name": "sale", "language": "en", "body": "The sale is on.", "category": "MARKETING"}
HELLO = {"name": "hello_world", "language": {"code": "en_US"}}
MONTH = 32 * 24 * 3600


def contact() -> Contact:
    return Contact(user_id=USER_ID, wa_id=ADA)


def pricing_of(network: Network, message_id: str) -> list[dict[str, Any]]:
    """Return the pricing in the statuses of a message."""
    network.statuses(message_id, 3)
    items = [item for item in network.webhook.items("statuses") if item["id"] == message_id]
    return [item["pricing"] for item in items if "pricing" in item]


def test_the_first_thousand_service_messages_of_a_number_and_month_are_free() -> None:
    prices, ada = Prices(), contact()
    types = [prices.of(NUMBER, ada, "service", 0).type for _ in range(1001)]
    assert types == ["free_customer_service"] * 1000 + ["regular"]
    assert prices.of(SECOND_NUMBER, ada, "service", 0).type == "free_customer_service"
    assert prices.of(NUMBER, ada, "service", MONTH).type == "free_customer_service"


@pytest.mark.parametrize("category", ["utility", "marketing", "authentication"])
def test_templates_are_billed_and_leave_the_quota_alone(category: str) -> None:
    prices, ada = Prices(), contact()
    billed = {(one.type, one.category) for one in (prices.of(NUMBER, ada, category, 0) for _ in range(1000))}
    assert billed == {("regular", category)}
    assert prices.of(NUMBER, ada, "service", 0).type == "free_customer_service"


def test_an_answer_to_who_came_from_an_ad_begins_three_free_days() -> None:
    prices, ada = Prices(), contact()
    prices.came_from_ad(NUMBER, ada, 0)
    first = prices.of(NUMBER, ada, "service", ANSWER_SECONDS)
    assert (first.type, first.category) == ("free_entry_point", "referral_conversion")
    assert prices.free_until(NUMBER, ada) == ANSWER_SECONDS + FREE_SECONDS
    last = prices.of(NUMBER, ada, "marketing", ANSWER_SECONDS + FREE_SECONDS - 1)
    assert (last.type, last.conversation) == ("free_entry_point", first.conversation)
    assert prices.of(NUMBER, ada, "marketing", ANSWER_SECONDS + FREE_SECONDS).type == "regular"


def test_an_answer_after_a_day_begins_nothing() -> None:
    prices, ada = Prices(), contact()
    prices.came_from_ad(NUMBER, ada, 0)
    assert prices.of(NUMBER, ada, "utility", ANSWER_SECONDS + 1).type == "regular"
    assert prices.free_until(NUMBER, ada) == 0


def test_the_statuses_of_a_free_entry_point_have_the_conversation(network: Network) -> None:
    network.say(ADA, referral=AD)
    sent = network.sent_id(ADA, type="template", template=HELLO)
    assert {one["type"] for one in pricing_of(network, sent)} == {"free_entry_point"}
    statuses = {item["status"]: item for item in network.webhook.items("statuses") if item["id"] == sent}
    begun, delivered = statuses["sent"]["conversation"], statuses["delivered"]["conversation"]
    assert begun["origin"] == {"type": "referral_conversion"}
    assert begun["expiration_timestamp"].isdecimal()
    assert delivered == {"id": begun["id"], "origin": begun["origin"]}


def test_a_template_of_utility_is_billed_in_the_window_too(network: Network) -> None:
    network.say(ADA)
    sent = network.sent_id(ADA, type="template", template=HELLO)
    regular = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}
    assert pricing_of(network, sent) == [regular, regular]


def test_a_limit_counts_contacts_once_in_a_day() -> None:
    audience, ada, bob = Audience(1), contact(), Contact(user_id="US.2", wa_id=BOB)
    assert [audience.reach(ada, 0), audience.reach(ada, 1), audience.reach(bob, 2)] == [True, True, False]
    assert audience.reach(bob, 24 * 3600)
    assert Audience(None).reach(bob, 0)
    assert [tier_of(one) for one in (1, 2_000, 10_001, None)] == [
        "TIER_250",
        "TIER_2K",
        "TIER_100K",
        "TIER_UNLIMITED",
    ]


@pytest.fixture
def small(webhook: Webhook) -> Iterator[Network]:
    """Return a network in which the business may reach one contact a day."""
    settings = Settings(messaging_limit=1, webhook_url=webhook.url, sent_seconds=0.01)
    with Simulator(settings) as simulator, httpx.Client(base_url=simulator.url, trust_env=False) as http:
        yield Network(http, webhook)


def test_beyond_the_limit_templates_fail_but_not_in_a_window(small: Network) -> None:
    first, second = (small.sent_id(to, type="template", template=HELLO) for to in (ADA, BOB))
    assert small.statuses(first, 1) == ["sent"]
    assert small.statuses(second, 1) == ["failed"]
    failed = [item for item in small.webhook.items("statuses") if item["status"] == "failed"]
    assert failed[0]["errors"][0]["code"] == 131048
    small.say(BOB)
    assert small.statuses(small.sent_id(BOB, type="template", template=HELLO), 1) == ["sent"]


def test_who_stopped_marketing_gets_none_until_it_is_resumed(network: Network) -> None:
    network.control("templates", SALE)
    template = {"name": "sale", "language": {"code": "en"}}
    network.control("preferences", {"from": ADA, "value": "stop"})
    (change,) = preferences(network, 1)
    (said,) = change["user_preferences"]
    assert (said["wa_id"], said["category"], said["value"]) == (ADA, "marketing_messages", "stop")
    assert type(said["timestamp"]) is int
    assert change["metadata"]["phone_number_id"] == NUMBER
    sale = network.sent_id(ADA, type="template", template=template)
    assert network.statuses(sale, 1) == ["failed"]
    (failed,) = network.webhook.items("statuses")
    assert failed["errors"][0]["code"] == 131050
    assert network.statuses(network.sent_id(ADA, type="template", template=HELLO), 1) == ["sent"]
    network.control("preferences", {"from": ADA, "value": "resume"})
    assert preferences(network, 2)[1]["user_preferences"][0]["value"] == "resume"
    again = network.sent_id(ADA, type="template", template=template)
    assert network.statuses(again, 1) == ["sent"]


def preferences(network: Network, count: int) -> list[Any]:
    """Wait for so many webhooks of preferences, and return their values."""

    def found() -> list[Any]:
        values = [value for post in list(network.webhook.posts) for value in post.values()]
        return [value for value in values if "user_preferences" in value]

    eventually(lambda: len(found()) >= count)
    return found()
