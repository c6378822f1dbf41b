"""Unmodified clients of the WhatsApp Cloud API, as their users write them, against the simulator.

Each sends every kind of message that it can send, moves a file, and receives every kind of message and status
by its own reader of webhooks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.foreign.inbound import INBOUND
from tests.foreign.installed import node_command, python_command
from tests.foreign.running import Running

TEMPLATES = [{"name": "video_header", "language": "en", "body": "Hi", "header_format": "VIDEO"}]
LENGTH = "(#100) Param text['body'] must be at most 4096 characters long."


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One foreign client, and what is known of it."""

    command: Callable[[str], list[str]]
    """Returns the command that runs a driver."""

    driver: str
    """The name of its driver."""

    refused: Mapping[str, tuple[int, str]]
    """Its calls that are refused, with code and words. All its other calls are accepted."""

    shape: str = "message"
    """As what its user gets a message."""

    shapes: Mapping[str, str] = field(default_factory=dict)
    """As what its user gets other kinds."""

    types: Mapping[str, str] = field(default_factory=dict)
    """The types under which its user gets some kinds, if they are not those of the webhook."""


TOO_LONG = {"too long": (100, "(#100) Param text['body'] must be at most 4096 characters long.")}
CLIENTS = {
    "pywa": Client(
        command=python_command,
        driver="pywa_client",
        refused={
            **TOO_LONG,
            # This one is right. The simulator lacks pins, and says so.
            "pin": (131051, "The simulator does not simulate messages of type pin."),
        },
        shape="Message",
        shapes={
            "quick reply": "CallbackButton",
            "button": "CallbackButton",
            "row": "CallbackSelection",
            "flow": "FlowCompletion",
            "call permission": "CallPermissionUpdate",
            "edited": "EditedMessage",
            "deleted": "DeletedMessage",
        },
        types={"edited": "text"},  # that of the message which was edited
    ),
    "heyoo": Client(command=python_command, driver="heyoo_client", refused=TOO_LONG),
    "whatsapp-api-js": Client(
        command=node_command,
        driver="whatsapp_api_js",
        refused={
            **TOO_LONG,
            # Meta's page "Tap target URL title override" has a list of links. The library sends one link.
            "template with a title for its link": (
                100,
                (
                    "(#100) Param template['components'][0]['parameters'][0]['tap_target_configuration'] "
                    "must be an array."
                ),
            ),
        },
    ),
    "kapso": Client(
        command=node_command,
        driver="kapso",
        refused={
            **TOO_LONG,
            # Meta's page "Contacts messages" asks for one more part of the name. The README of the library
            # shows a card without one.
            "contact with one name": (131008, "contacts[0]['name']: one more part of the name is required"),
        },
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CLIENTS)
def test_an_unmodified_client_sends_everything_and_receives_everything(name: str) -> None:
    client = CLIENTS[name]
    with Running(client.command(client.driver)) as running:
        running.approve(TEMPLATES)
        said = {kind: running.say(order) for kind, order in INBOUND.items()}
        assert {kind: running.heard(said[kind]) for kind in said} == {
            kind: [client.types.get(kind) or _type(order)] for kind, order in INBOUND.items()
        }
        shapes = {kind: running.received[message_id][0]["shape"] for kind, message_id in said.items()}
        assert shapes == {**dict.fromkeys(INBOUND, client.shape), **client.shapes}
        running.send_everything()
        assert _refused(running) == client.refused
        assert _lost(running) == []
        assert running.sent["file"].items() >= {"same": True, "deleted": True}.items()
        # Statuses may overtake each other, as Meta's do.
        assert sorted(running.heard(running.sent["text"]["id"], 3)) == ["delivered", "read", "sent"]


def _type(order: dict[str, Any]) -> str:
    """Return the type in the webhook of what a contact says."""
    return str(order.get("message", {}).get("type", "text"))


def _refused(running: Running) -> dict[str, tuple[int, str]]:
    """Return what was not accepted, with code and words; code 0 for a fault of the client or its driver."""
    return {
        name: (told.get("code", 0), told.get("words") or told.get("error", ""))
        for name, told in running.sent.items()
        if "code" in told or "error" in told
    }


def _lost(running: Running) -> list[str]:
    """Return what the client holds for accepted and the simulator does not know."""
    accepted = running.accepted()
    told = {name: words for name, words in running.sent.items() if "id" in words or "success" in words}
    return [name for name, words in told.items() if words.get("id", "") not in accepted | {"": None}]
