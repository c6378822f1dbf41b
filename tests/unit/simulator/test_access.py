"""The version in the path and the access token: they come before everything else, on every path."""

from __future__ import annotations

import json
import logging
import random
from typing import Any

import pytest

from rejoinder.workbench.simulator import kinds, validation
from rejoinder.workbench.simulator.simulated import BEGIN, ENDPOINTS, LACKING, PAGE, TYPES, written
from tests.unit.simulator.kit import ADA, NUMBER, TOKEN, Network, error_of

WRONG = {"authorization": "Bearer EAAnobody"}
PATHS = [
    f"/v25.0/{NUMBER}/messages",
    f"/v25.0/{NUMBER}/media",
    f"/v25.0/{NUMBER}/whatsapp_business_profile",
    "/v25.0/200000000000001/message_templates",
    "/v25.0/4711",
    "/v25.0/4711/nothing",
    f"/{NUMBER}",
    "/upload:none",
]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", PATHS)
def test_no_path_is_answered_without_the_token(network: Network, path: str, method: str) -> None:
    missing, wrong = (network.http.request(method, path, headers=headers) for headers in ({}, WRONG))
    assert (missing.status_code, error_of(missing)["code"]) == (401, 104)
    assert (wrong.status_code, error_of(wrong)["code"]) == (401, 190)


def test_me_without_a_token_has_an_error_of_its_own(network: Network) -> None:
    answer = network.http.get("/v25.0/me")
    expected = "An active access token must be used to query information about the current user."
    assert (error_of(answer)["code"], error_of(answer)["message"]) == (2500, expected)


@pytest.mark.parametrize(
    ("path", "served_by"),
    [("/v25.0", "v25.0"), ("/v20.0", "v21.0"), ("/v2.10", "v21.0"), ("/v1.0", "v21.0"), ("", "v26.0")],
)
def test_an_expired_version_is_served_by_the_oldest_one(network: Network, path: str, served_by: str) -> None:
    answer = network.http.get(f"{path}/{NUMBER}", headers=TOKEN)
    assert answer.json()["id"] == NUMBER
    assert answer.headers["facebook-api-version"] == served_by


@pytest.mark.parametrize("version", ["v27.0", "v20.1", "v0.9", "v999.0"])
def test_a_version_that_never_was_is_part_of_the_path(network: Network, version: str) -> None:
    answer = network.http.get(f"/{version}/me", headers=WRONG)
    assert (answer.status_code, error_of(answer)["code"]) == (400, 2500)
    assert error_of(answer)["message"] == "Unknown path components: /me"


def test_the_apps_own_token_is_sold_for_its_secret(network: Network) -> None:
    app = {"client_id": "300000000000001", "client_secret": "rejoinder-development-app-secret"}
    token = network.http.get("/v25.0/oauth/access_token", params=app).json()["access_token"]
    assert network.http.get("/v25.0/me", params={"access_token": token}).status_code == 200
    refused = network.http.get("/v25.0/oauth/access_token", params={**app, "client_secret": "x"})
    assert error_of(refused)["code"] == 1


# -- what the simulator lacks --------------------------------------------------------------------------------


def test_an_object_that_nobody_has_is_100_33(network: Network) -> None:
    error = error_of(network.http.get("/v25.0/4711", headers=TOKEN))
    assert (error["code"], error["error_subcode"]) == (100, 33)


def test_what_only_the_simulator_lacks_is_said_and_logged(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        error = error_of(network.http.post(f"/v25.0/{NUMBER}/calls", headers=TOKEN, json={}))
    assert error["code"] == 3
    assert error["error_data"]["details"].startswith("The simulator lacks POST /{phone-number-id}/calls.")
    assert caplog.messages == ["the simulator lacks POST /{phone-number-id}/calls"]


def test_an_edge_that_nobody_knows_is_said_and_logged(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answer = network.http.post(f"/v25.0/{NUMBER}/nothing", headers=TOKEN, json={})
    assert error_of(answer)["message"] == "Unknown path components: /nothing"
    assert caplog.messages == ["the simulator does not know POST /{phone-number-id}/nothing, and Meta may"]


def test_another_method_is_an_unsupported_request(network: Network) -> None:
    answer = network.http.get(f"/v25.0/{NUMBER}/messages", headers=TOKEN)
    assert error_of(answer)["message"].startswith("Unsupported get request.")


# -- the table -----------------------------------------------------------------------------------------------


IDS = {
    "{phone-number-id}": NUMBER,
    "{waba-id}": "200000000000001",
    "{app-id}": "300000000000001",
    "{business-id}": "400000000000001",
    "{upload-id}": "upload:none",
}


def test_the_table_says_what_is_answered(network: Network) -> None:
    ids = {**IDS, **_made(network)}
    for row in sorted(ENDPOINTS, key=lambda row: row.what.startswith("DELETE")):  # at the end: it takes away
        method, _, path = row.what.partition(" ")
        for name, value in ids.items():
            path = path.replace(name, value)
        answer = network.http.request(method, f"/v25.0{path}", headers=TOKEN)
        code = answer.json().get("error", {}).get("code")
        assert (code == 3) == (row.state == LACKING), row.what
        assert code != 2500, row.what


NAMES = (
    *(
        "messaging_product",
        "name",
        "language",
        "category",
        "components",
        "categories",
        "fields",
        "limit",
        "after",
    ),
    *(
        "pin",
        "code",
        "about",
        "websites",
        "prompts",
        "commands",
        "block_users",
        "calling",
        "file_length",
        "type",
    ),
    *("override_callback_uri", "object", "input_token", "prefilled_message", "template", "file", "flow_json"),
)
ODD: tuple[Any, ...] = (
    None,
    5,
    -1.5,
    True,
    "",
    "x",
    "whatsapp",
    "\ud800",
    [],
    {},
    [1],
    ["a"],
    [{}],
    [{"type": "BODY"}],
    {"a": 1},
)


def test_no_parameters_are_too_odd_to_be_answered(network: Network) -> None:
    dice = random.Random(7)  # noqa: S311 - the same oddities in each run
    ids = {**IDS, **_made(network)}
    for row in ENDPOINTS:
        method, _, path = row.what.partition(" ")
        for name, value in ids.items():
            path = path.replace(name, value)
        for _ in range(5):
            odd = {name: dice.choice(ODD) for name in dice.sample(NAMES, 6)} | {
                "messaging_product": "whatsapp"
            }
            raw = json.dumps(odd).encode()
            answer = network.http.request(method, f"/v25.0{path}", headers=TOKEN, content=raw)
            assert isinstance(answer.json(), dict), (row.what, odd)


def test_the_table_has_every_type_that_is_checked_or_lacking(network: Network) -> None:
    simple = {name.lower() for name in validation.TYPES} - {"interactive"}
    rich = {f"interactive {name}" for name in (*kinds.CHECKS, *kinds.LACKING)}
    assert {row.what for row in TYPES} == simple | rich | {"pin"}
    lacking = {row.what for row in TYPES if row.state == LACKING}
    assert lacking == {f"interactive {name}" for name in kinds.LACKING} | {"pin"}
    for name in sorted(lacking):
        kind, _, inner = name.partition(" ")
        assert error_of(network.send(ADA, type=kind, **{kind: {"type": inner}}))["code"] == 131051, name


def test_the_page_shows_the_table() -> None:
    page = PAGE.read_text()
    assert BEGIN in page
    assert written(page) == page, "run `python -m rejoinder.workbench.simulator.simulated`"


def _made(network: Network) -> dict[str, str]:
    """Return the ids of what has none before somebody makes it."""
    templates = network.http.get("/v25.0/200000000000001/message_templates", headers=TOKEN).json()["data"]
    flow = {"name": "f", "categories": ["OTHER"]}
    made = network.http.post("/v25.0/200000000000001/flows", headers=TOKEN, json=flow).json()["id"]
    files = {"file": ("a.txt", b"a", "text/plain")}
    form = {"messaging_product": "whatsapp"}
    media = network.http.post(f"/v25.0/{NUMBER}/media", headers=TOKEN, files=files, data=form).json()["id"]
    return {"{template-id}": templates[0]["id"], "{flow-id}": made, "{media-id}": media}
