"""Sends the examples of a folder to a simulator, and says for each one whether it is accepted.

A file `post_phone_number_id_register_req_basic.json` is the body of a request. It is accepted if the
simulator answers 200. A file `get_phone_number_id_settings_200_basic.json` is an answer. It is accepted if
the simulator's answer to such a request has all of its outermost keys, with values of the same types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from rejoinder.workbench.development import ACCESS_TOKEN, APP_ID, PHONE_NUMBER_ID, WABA_ID
from rejoinder.workbench.development import SECOND_PHONE_NUMBER_ID as NEW_NUMBER
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.simulator.settings import Settings

REASONS: Final = Path(__file__).with_name("refused.json")
CONTACT: Final = "16505551234"
TEMPLATE: Final = {"name": "2023_april_promo", "language": "en_US", "category": "MARKETING"}
FLOW: Final = {"name": "a", "categories": ["OTHER"], "flow_json": "{}"}
BLOCKED: Final = {"messaging_product": "whatsapp", "block_users": [{"user": CONTACT}]}
NOBODY: Final = "4711"

_NAME: Final = re.compile(r"(get|post|delete)_(.+)_(req|200)_.+")
_HANDLE: Final = re.compile(r'"4::[^"]+"')
_FILE: Final = re.compile(r"@.+?;type=(.+)")
_NODES: Final = (
    "pre_verified_phone_number_id",
    "phone_number_id",
    "waba_id",
    "template_id",
    "flow_id",
    "media_id",
    "app_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One file."""

    name: str
    method: str
    node: str
    """Such as `waba_id`."""

    edge: str
    is_request: bool
    body: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of an example."""

    name: str
    why: str | None
    """Why it was refused; None if it was accepted."""

    listed: str | None
    """The reason that REASONS gives for the refusal."""

    @property
    def is_right(self) -> bool:
        """Whether it was accepted, or refused for a reason that is listed."""
        return (self.why is None) == (self.listed is None)

    def line(self) -> str:
        if self.why is None:
            return f"accepted  {self.name}" + (f"  BUT LISTED: {self.listed}" if self.listed else "")
        return f"refused   {self.name}  {self.why}  ({self.listed or 'NOT LISTED'})"


def read(file: Path) -> Example | None:
    """Return the example in a file; None if its name is not an example's."""
    found = _NAME.fullmatch(file.stem)
    node = next((one for one in _NODES if found and found[2].startswith(one)), None)
    if found is None or node is None:
        return None
    return Example(
        name=file.name,
        method=found[1].upper(),
        node=node,
        edge=found[2][len(node) + 1 :],
        is_request=found[3] == "req",
        body=json.loads(file.read_text()),
    )


def replay(folder: Path) -> Iterator[Verdict]:
    """Yield what becomes of each example of a folder, each at a business of its own."""
    reasons = json.loads(REASONS.read_text())
    settings = Settings(unverified=(NEW_NUMBER,))
    with Simulator(settings) as simulator, _client(simulator) as client:
        for file in sorted(folder.glob("*.json")):
            example = read(file)
            why = (
                "its name is not an example's" if example is None else Replay(client, simulator).why(example)
            )
            yield Verdict(name=file.name, why=why, listed=reasons.get(file.stem))


def _client(simulator: Simulator) -> httpx.Client:
    headers = {"authorization": f"Bearer {ACCESS_TOKEN}"}
    return httpx.Client(base_url=simulator.url, headers=headers, trust_env=False, timeout=10)


class Replay:
    """One example, at a business that has what examples speak of."""

    def __init__(self, client: httpx.Client, simulator: Simulator) -> None:
        self._client = client
        client.post("/sim/reset")
        _said(client)
        components = [{"type": "BODY", "text": "Our sale is on."}]
        self._graph("POST", WABA_ID, "message_templates", {**TEMPLATE, "components": components})
        listed = self._graph("GET", WABA_ID, "message_templates", {"name": TEMPLATE["name"]}).json()
        code = self._graph("POST", PHONE_NUMBER_ID, "message_qrdls", {"prefilled_message": "hi"}).json()
        self._code = code["code"]
        self._ids = {
            "pre_verified_phone_number_id": NOBODY,
            "phone_number_id": PHONE_NUMBER_ID,
            "waba_id": WABA_ID,
            "template_id": listed["data"][0]["id"],
            "flow_id": self._graph("POST", WABA_ID, "flows", FLOW).json()["id"],
            "media_id": simulator.shelf.add(b"a", "image/png"),
            "app_id": APP_ID,
        }

    def why(self, example: Example) -> str | None:
        """Return why an example is refused; None if it is accepted."""
        body = example.body if example.is_request else _request_for(example)
        answer = self._send(example, body)
        if answer.status_code != 200:
            error = answer.json()["error"]
            return str(error.get("error_data", {}).get("details") or error["message"])
        return None if example.is_request else unlike(example.body, answer.json())

    def _send(self, example: Example, body: Any) -> httpx.Response:
        node = self._ids[example.node]
        if example.edge in ("request_code", "verify_code") and node == PHONE_NUMBER_ID:
            node = NEW_NUMBER
        if example.edge == "verify_code":
            self._graph("POST", node, "request_code", {"code_method": "SMS", "language": "en_US"})
        if example.edge == "deprecate":
            self._graph("POST", node, "publish", {})
        if example.edge == "marketing_messages":
            self._client.post("/sim/templates", json=_marketing(body["template"]))
        if example.edge == "block_users" and example.method == "GET":
            self._graph("POST", node, "block_users", BLOCKED)
        if "code" in body and example.edge == "message_qrdls":
            body = {**body, "code": self._code}
        if _HANDLE.search(text := json.dumps(body)):
            body = json.loads(_HANDLE.sub(f'"{self._uploaded()}"', text))
        return self._graph(example.method, node, example.edge, body)

    def _uploaded(self) -> str:
        """Upload a file, and return its handle. That of an example belongs to the business of the example."""
        file = {"file_length": 1, "file_type": "image/png", "file_name": "a"}
        upload = self._graph("POST", APP_ID, "uploads", file).json()["id"]
        answer = self._client.post(f"/v25.0/{upload}", content=b"a", headers={"file_offset": "0"})
        return str(answer.json()["h"])

    def _graph(self, method: str, node: str, edge: str, body: Any) -> httpx.Response:
        path = f"/v25.0/{node}/{edge}".rstrip("/")
        if method == "GET":
            return self._client.get(path, params=body)
        file = _FILE.fullmatch(str(body.get("file", "")))
        if file is None:
            return self._client.request(method, path, json=body)
        form = {key: value for key, value in body.items() if key != "file"}
        return self._client.request(method, path, data=form, files={"file": ("a", b"{}", file[1])})


def unlike(theirs: Any, ours: Any) -> str | None:
    """Return how an answer of ours differs from an example: a key is missing, or of another type."""
    if missing := [key for key in theirs if key not in ours]:
        return f"the answer has no {', '.join(missing)}"
    wrong = [key for key in theirs if type(theirs[key]) is not type(ours[key])]
    return f"{wrong[0]} is a {type(ours[wrong[0]]).__name__}" if wrong else None


def _request_for(example: Example) -> Any:
    """Return a request to which an example may be the answer."""
    whatsapp = {"messaging_product": "whatsapp"}
    requests: dict[str, Any] = {
        "POST phone_number_id/marketing_messages": {
            **whatsapp,
            "to": CONTACT,
            "type": "template",
            "template": {"name": "a", "language": {"code": "en"}},
        },
        "POST phone_number_id/register": {**whatsapp, "pin": "123456"},
        "POST phone_number_id/request_code": {"code_method": "SMS", "language": "en_US"},
        "POST phone_number_id/verify_code": {"code": "123456"},
        "POST phone_number_id/block_users": BLOCKED,
        "DELETE phone_number_id/block_users": BLOCKED,
        "POST phone_number_id/message_qrdls": {"prefilled_message": "hi"},
        "POST phone_number_id/media": {**whatsapp, "file": "@a;type=image/png"},
        "POST phone_number_id/settings": {"calling": {"status": "enabled"}},
        "POST phone_number_id/whatsapp_business_profile": {**whatsapp, "about": "a"},
        "POST phone_number_id/whatsapp_business_encryption": {
            "business_public_key": "-----BEGIN PUBLIC KEY-----"
        },
        "POST phone_number_id/": {"pin": "123456"},
        "GET phone_number_id/": {"fields": ",".join(example.body)},
        "GET flow_id/": {"fields": ",".join(example.body)},
        "POST waba_id/message_templates": {
            **TEMPLATE,
            "name": "another",
            "components": [{"type": "BODY", "text": "a"}],
        },
        "DELETE waba_id/message_templates": {"name": TEMPLATE["name"]},
        "POST waba_id/flows": FLOW,
        "POST flow_id/": {"name": "b"},
        "POST flow_id/assets": {"name": "flow.json", "asset_type": "FLOW_JSON", "file": "@a;type=text/plain"},
        "POST template_id/": {"category": "MARKETING"},
    }
    return requests.get(f"{example.method} {example.node}/{example.edge}", {})


def _marketing(template: Any) -> Any:
    """Return a template of marketing that takes the parameters of a request."""
    parameters = [one for part in template.get("components", []) for one in part["parameters"]]
    variables = " ".join(f"{{{{{n}}}}}" for n, _ in enumerate(parameters, 1))
    named = {"name": template["name"], "language": template["language"]["code"]}
    return {**named, "body": f"Sale {variables} now", "category": "MARKETING"}


def _said(client: httpx.Client) -> None:
    """Let the contact of the examples write, so that its window is open."""
    message = {"from": CONTACT, "id": "wamid.a", "timestamp": "9", "type": "text", "text": {"body": "hi"}}
    now = client.get("/sim/clock").json()["now"]
    message["timestamp"] = str(int(now))
    value = {"metadata": {"phone_number_id": PHONE_NUMBER_ID}, "messages": [message]}
    body = {"entry": [{"changes": [{"field": "messages", "value": value}]}]}
    client.post("/sim/deliver", json=body)
