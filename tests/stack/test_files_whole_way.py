"""A picture goes the whole way on the deployed stack, where the roles of the functions are enforced."""

import base64

import pytest

from rejoinder.workbench.cli import export, forget
from rejoinder.workbench.cli.deployed import on
from rejoinder.workbench.cli.people import Table
from tests.stack.test_whole_way import Network, network, phone, wait_until

__all__ = ["network", "phone"]
pytestmark = pytest.mark.stack

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def test_a_picture_is_saved_said_exported_and_forgotten(network: Network, phone: str) -> None:
    file = {"data": base64.b64encode(PNG).decode(), "mime_type": "image/png", "caption": "keep this"}
    network.http.post("/sim/say", json={"from": phone, "file": file}).raise_for_status()

    def pictures() -> list[str]:
        sent = network.http.get("/sim/sent").json()
        return [
            one["body"]["image"]["id"] for one in sent if one["contact"] == phone and "image" in one["body"]
        ]

    wait_until(lambda: bool(pictures()), "the picture")
    assert network.http.get(f"/sim/files/{pictures()[0]}").content == PNG
    place = on(network.stack)
    (found,) = export.kept(place, phone)
    assert [(one["type"], one["bytes"]) for one in found["files"]] == [("image/png", len(PNG))]
    assert forget.erase(place, Table(place).find(phone))["files"] == 1
