"""Planted faults: which requests they hit, how often, and for whom."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from rejoinder.workbench import development
from rejoinder.workbench.simulator.faults import ControlError, Faults, parse
from rejoinder.workbench.simulator.webhooks import sign
from tests.unit.simulator.kit import ADA, BOB, USER_ID, Network, error_of, eventually


def test_an_error_strikes_as_often_as_it_was_planted(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "error", "code": 130429, "times": 2})
    answers = [network.send(ADA) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 400, 200]
    error = error_of(answers[0])
    assert error["message"] == "(#130429) Rate limit hit"
    assert (error["code"], error["error_subcode"]) == (130429, 2494055)
    assert error["error_data"]["details"] == "Cloud API message throughput has been reached."
    assert network.see("faults") == []


def test_an_error_strikes_only_the_contact_it_names(network: Network) -> None:
    network.say(ADA)
    network.say(BOB)
    network.control("faults", {"kind": "error", "code": 131047, "to": f"+{BOB}"})
    assert [network.send(one).status_code for one in (ADA, BOB, BOB)] == [200, 400, 200]


def test_an_error_can_come_although_the_message_was_taken(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "error", "code": 131000, "accepted": True})
    answer = network.send(ADA)
    assert (answer.status_code, error_of(answer)["code"]) == (500, 131000)
    message_id = network.see("sent")[0]["id"]
    assert network.statuses(message_id, 3) == ["sent", "delivered", "read"]


def test_the_details_and_the_status_of_an_error_can_be_set(network: Network) -> None:
    network.control("faults", {"kind": "error", "code": 4, "details": "slow down", "status": 429})
    answer = network.send(ADA)
    assert (answer.status_code, error_of(answer)["error_data"]["details"]) == (429, "slow down")


def test_an_expired_token_is_a_fault_like_others(network: Network) -> None:
    network.control("faults", {"kind": "error", "code": 190})
    answer = network.send(ADA)
    assert answer.status_code == 401
    assert error_of(answer)["message"] == "Invalid OAuth access token - Cannot parse access token"


@pytest.mark.parametrize(("accepted", "sent"), [(False, 0), (True, 1)])
def test_an_http_failure_is_not_json(network: Network, sent: int, *, accepted: bool) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "http", "status": 503, "accepted": accepted})
    answer = network.send(ADA)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert len(network.see("sent")) == sent


def test_a_message_can_be_taken_and_never_answered(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "accept_no_answer", "hang_seconds": 0.05})
    with pytest.raises(httpx.RemoteProtocolError):
        network.send(ADA)
    message_id = network.see("sent")[0]["id"]
    assert network.statuses(message_id, 3) == ["sent", "delivered", "read"]
    assert network.send(ADA).status_code == 200


def test_statuses_can_be_dropped(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "status", "drop": ["delivered"]})
    assert network.statuses(network.sent_id(ADA), 2) == ["sent", "read"]
    assert "pricing" in network.webhook.items("statuses")[-1]


def test_all_statuses_can_be_dropped(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "status", "drop": True})
    silent, loud = network.sent_id(ADA), network.sent_id(ADA)
    network.statuses(loud, 3)
    assert network.webhook.statuses(silent) == []


def test_a_status_can_come_twice(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "status", "duplicate": "sent"})
    assert sorted(network.statuses(network.sent_id(ADA), 4)) == ["delivered", "read", "sent", "sent"]


def test_statuses_can_come_last_first(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "status", "disorder": True, "delay_seconds": 0.01})
    message_id = network.sent_id(ADA)
    network.statuses(message_id, 3)
    entries = network.see("sent")[0]["statuses"]
    assert [entry["status"] for entry in entries] == ["read", "delivered", "sent"]
    assert entries[0]["at"] > entries[-1]["at"]


def test_statuses_can_come_before_the_answer(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "status", "early": True})
    message_id = network.sent_id(ADA)
    assert network.webhook.statuses(message_id) == ["sent", "delivered", "read"]


def test_a_message_can_fail_later_for_any_reason(network: Network) -> None:
    network.say(USER_ID)
    network.control("faults", {"kind": "status", "failed": 131026, "to": USER_ID})
    body = {"messaging_product": "whatsapp", "recipient": USER_ID, "text": {"body": "hi"}}
    message_id = network.graph(body).json()["messages"][0]["id"]
    assert network.statuses(message_id, 1) == ["failed"]
    assert network.webhook.items("statuses")[0]["errors"][0]["title"] == "Message undeliverable"


def test_read_receipts_are_never_struck(network: Network) -> None:
    said = network.say(ADA)["id"]
    network.control("faults", {"kind": "http", "status": 500})
    receipt = {"messaging_product": "whatsapp", "status": "read", "message_id": said}
    assert network.graph(receipt).status_code == 200
    assert network.send(ADA).status_code == 500


def test_a_list_replaces_and_an_empty_list_clears(network: Network) -> None:
    network.control("faults", {"kind": "error", "code": 1})
    network.control("faults", {"kind": "webhook", "duplicate": True})
    assert network.see("faults") == [
        {"kind": "error", "times": 1, "code": 1},
        {"kind": "webhook", "times": None, "duplicate": 1},
    ]
    network.control("faults", [{"kind": "http", "status": 502, "times": None}])
    assert network.see("faults") == [{"kind": "http", "times": None, "status": 502}]
    assert network.control("faults", []) == []


def test_a_bad_fault_in_a_list_changes_nothing(network: Network) -> None:
    network.control("faults", {"kind": "error", "code": 1})
    answer = network.http.post("/sim/faults", json=[{"kind": "error", "code": 2}, {"kind": "error"}])
    assert (answer.status_code, answer.json()) == (400, {"error": "error needs code"})
    assert [fault["code"] for fault in network.see("faults")] == [1]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (None, "must be a JSON object"),
        ({}, "kind must be one of"),
        ({"kind": "rain"}, "kind must be one of"),
        ({"kind": "http", "status": 200}, "from 400 to 599"),
        ({"kind": "error", "code": "190"}, "whole number"),
        ({"kind": "error", "code": 1, "times": 0}, "at least 1"),
        ({"kind": "error", "code": 1, "to": 5}, "to must be a string"),
        ({"kind": "error", "code": 1, "share": 1.5}, "from 0 to 1"),
        ({"kind": "error", "code": 1, "share": 0.5, "seed": "x"}, "whole number"),
        ({"kind": "error", "code": 1, "accepted": 1}, "true or false"),
        ({"kind": "status"}, "needs one of"),
        ({"kind": "status", "drop": ["gone"]}, "some of sent, delivered, read"),
        ({"kind": "status", "delay": 1}, "has no 'delay'"),
        ({"kind": "webhook", "duplicate": 1, "to": ADA}, "leave out to"),
        ({"kind": "accept_no_answer", "hang_seconds": -1}, "from 0"),
        ({"kind": "accept_no_answer", "hang_seconds": 10**400}, "from 0"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_a_reason(fault: Any, reason: str) -> None:
    with pytest.raises(ControlError, match=reason):
        parse(fault)


def test_a_reset_lets_go_of_a_caller_kept_waiting(network: Network) -> None:
    network.say(ADA)
    network.control("faults", {"kind": "accept_no_answer", "hang_seconds": 60})
    url = str(network.http.base_url)
    with httpx.Client(base_url=url, trust_env=False, timeout=0.2) as impatient:
        hasty = Network(impatient, network.webhook)
        with pytest.raises(httpx.ReadTimeout):
            hasty.send(ADA)
    eventually(lambda: len(network.see("sent")) == 1)
    network.control("reset", {})
    assert network.see("sent") == []


def strikes(faults: Faults, count: int) -> list[str]:
    """Return the HTTP statuses of the faults that struck, and "" where none did."""
    return [str(faults.strike(("http",)).get("status", "")) for _ in range(count)]


def shares(seed: int, **shares: float) -> Faults:
    faults = Faults()
    for status, share in shares.items():
        faults.plant(parse({"kind": "http", "status": int(status[1:]), "share": share, "seed": seed}))
    return faults


def test_a_share_strikes_that_part_and_shares_add_up() -> None:
    struck = strikes(shares(1, s500=0.1, s503=0.2), 10_000)
    assert 0.09 < struck.count("500") / 10_000 < 0.11
    assert 0.19 < struck.count("503") / 10_000 < 0.21


def test_shares_strike_the_same_ones_by_the_same_seed() -> None:
    first, same, other = (strikes(shares(seed, s500=0.5), 100) for seed in (7, 7, 8))
    assert first == same != other


def test_behind_shares_a_fault_without_one_strikes_the_rest() -> None:
    faults = shares(1, s500=0.5)
    faults.plant(parse({"kind": "http", "status": 502}))
    struck = strikes(faults, 100)
    assert struck.count("502") == 1
    assert set(struck) == {"500", "502", ""}


def test_a_share_of_nothing_never_strikes_and_a_share_of_all_always() -> None:
    assert set(strikes(shares(1, s500=0.0), 100)) == {""}
    assert set(strikes(shares(1, s500=1.0), 100)) == {"500"}


def test_a_share_stays_until_it_is_cleared_unless_times_says_otherwise(network: Network) -> None:
    network.control("faults", {"kind": "http", "status": 500, "share": 1})
    network.control("faults", {"kind": "http", "status": 500, "share": 1, "times": 2, "seed": 3})
    assert network.see("faults") == [
        {"kind": "http", "times": None, "share": 1.0, "status": 500},
        {"kind": "http", "times": 2, "share": 1.0, "seed": 3, "status": 500},
    ]


def test_the_network_can_sign_with_another_secret_until_it_is_reset(network: Network) -> None:
    def signed_with() -> str:
        network.say(ADA)
        post = network.webhook.posts[-1]
        secrets = (development.APP_SECRET, "another")
        header = post.headers["x-hub-signature-256"]
        return next(one for one in secrets if sign(one, post.raw, "sha256") == header)

    assert signed_with() == development.APP_SECRET
    network.control("secret", {"app_secret": "another"})
    assert signed_with() == "another"
    network.control("deliver", {"object": "any"})
    assert (
        sign("another", network.webhook.posts[-1].raw, "sha256")
        == (network.webhook.posts[-1].headers["x-hub-signature-256"])
    )
    network.control("reset", {})
    network.control("handshake", {"webhook_url": network.webhook.url})
    assert signed_with() == development.APP_SECRET
