"""Requests to the webhooks as API Gateway passes them on: good, odd and forged, some while a part fails."""

import base64
import json
from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import strategies as st

from rejoinder.channels.telegram.front import SECRET_HEADER
from rejoinder.channels.whatsapp.front import SIGNATURE_HEADER, sign
from tests.unit.telegram import test_any_webhook as telegram
from tests.unit.whatsapp.test_any_webhook import JSON, WORDS, deep_webhook, mutated

APP_SECRETS = ("now", "before")
VERIFY_TOKEN = "verify"
SECRET_TOKEN = "right"
BOT_TOKEN = "123456:bot"
UPDATES_PATH = "/telegram/123456"

Fault = Literal["", "inbound", "events", "quarantine", "secrets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request. `is_signed` and `knows_token` tell what its maker did; `fault` names what fails."""

    event: dict[str, Any]
    body: bytes = b""
    is_signed: bool = False
    knows_token: bool = False
    fault: Fault = ""

    @property
    def is_update(self) -> bool:
        """Whether it is said to come from Telegram."""
        return str(self.event["requestContext"]["http"]["path"]).startswith("/telegram")

    @property
    def proof_header(self) -> str:
        """The header that proves who sent it."""
        return SECRET_HEADER if self.is_update else SIGNATURE_HEADER

    @property
    def is_handshake(self) -> bool:
        """Whether it is a GET."""
        return bool(self.event["requestContext"]["http"]["method"] == "GET")


def _event(method: str, path: str = "/webhook", **parts: object) -> dict[str, Any]:
    http = {"method": method, "path": path}
    return {"version": "2.0", "rawPath": path, "requestContext": {"http": http}, **parts}


# --- bodies -------------------------------------------------------------------------------------------------

ENCODINGS = ["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7", "latin-1"]


@st.composite
def _written(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> bytes:
    """Draw a value as JSON, written as Meta writes it or in an odd encoding."""
    text = json.dumps(draw(values), ensure_ascii=draw(st.booleans()))
    encoding = draw(st.sampled_from(ENCODINGS))
    # Half of a surrogate pair has no bytes in some encodings, so a question mark replaces it.
    return text.encode(encoding, "replace" if encoding in {"latin-1", "utf-7"} else "surrogatepass")


@st.composite
def _crowds(draw: st.DrawFn) -> bytes:
    """Draw a body with many messages, statuses, changes or entries, of few contacts or of many."""
    count, contacts = draw(st.integers(1, 400)), draw(st.sampled_from([1, 3, 400]))
    length = draw(st.sampled_from([0, 1, 700, 3000]))
    messages: list[dict[str, object]] = [
        {"id": f"m{n}", "from": str(n % contacts), "type": "text", "text": {"body": "x" * length}}
        for n in range(count)
    ]
    statuses: list[object] = [
        {"id": f"s{n}", "status": "sent"} for n in range(draw(st.sampled_from([0, count])))
    ]
    metadata = {"phone_number_id": draw(st.sampled_from(["1", "", "100000000000001", "a/b"]))}

    def change(**parts: object) -> dict[str, object]:
        return {"field": "messages", "value": {"metadata": metadata, **parts}}

    changes: list[Any] = draw(
        st.sampled_from(
            [
                [change(messages=messages, statuses=statuses)],
                [change(messages=[message]) for message in messages],
                [change(statuses=statuses)] * 3,
                [{}] * count,
                list(range(count)),
            ]
        )
    )
    entries = draw(st.sampled_from([[{"changes": changes}], [{"changes": [one]} for one in changes]]))
    return json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()


@st.composite
def _damaged(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> bytes:
    body = bytearray(draw(_written(values)))
    start = draw(st.integers(0, len(body)))
    body[start : start + draw(st.integers(0, 20))] = draw(st.binary(max_size=5))
    return bytes(body)


DEPTHS = st.integers(1, 200) | st.sampled_from([900, 1000, 5000, 100_000])

BODIES: st.SearchStrategy[bytes] = st.one_of(
    _written(mutated()),
    _written(mutated()),
    _written(mutated()),
    _written(mutated()),
    _damaged(mutated()),
    _written(JSON),
    st.binary(max_size=200),
    _crowds(),
    DEPTHS.map(deep_webhook),
    st.sampled_from(
        [b"", b"[" * 100_000, b'{"a":' * 100_000, b"9" * 5000, b"-" * 5000, b'"' + b"x" * 300_000]
    ),
)

UPDATES: st.SearchStrategy[bytes] = st.one_of(
    _written(telegram.mutated()),
    _written(telegram.mutated()),
    _written(st.sampled_from(telegram.VALID)),
    _damaged(telegram.mutated()),
    _written(JSON),
    st.binary(max_size=200),
    DEPTHS.map(telegram.deep_update),
)

# --- headers and queries ------------------------------------------------------------------------------------

FAULTS: st.SearchStrategy[Fault] = st.sampled_from(
    ["", "", "", "", "", "", "inbound", "events", "quarantine", "secrets"]
)
HEADERS = st.dictionaries(WORDS | st.sampled_from(["content-type", "x-hub-signature"]), WORDS, max_size=3)


def _forged(draw: st.DrawFn, body: bytes) -> str | None:
    """Draw a signature header by somebody who does not know the secret, or no header."""
    good = sign(body, APP_SECRETS[0])
    return draw(
        st.none()
        | WORDS.map("sha256={}".format)
        | st.sampled_from(["", "sha256=", good[:-1], good + "0", good.upper(), good[7:], f"{good},{good}"])
        | st.sampled_from([sign(body + b" ", "now"), sign(body, "guess"), "0" * 100_000])
    )


def _carried(draw: st.DrawFn, body: bytes) -> dict[str, Any]:
    """Draw the body as an event carries it: text is as it is or in base64, and other bytes are in base64."""
    try:
        text = body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = None
    if text is None or draw(st.booleans()):
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return {"body": text, "isBase64Encoded": False}


@st.composite
def posts(draw: st.DrawFn) -> Request:
    """Draw a POST. It is signed in three of four cases."""
    body, headers = draw(BODIES), draw(HEADERS)
    is_signed = draw(st.sampled_from([True, True, True, False]))
    signature = sign(body, draw(st.sampled_from(APP_SECRETS))) if is_signed else _forged(draw, body)
    if signature is not None:
        headers = {**headers, "x-hub-signature-256": signature}
    event = _event("POST", headers=headers, **_carried(draw, body))
    return Request(event=event, body=body, is_signed=is_signed, fault=draw(FAULTS))


@st.composite
def updates(draw: st.DrawFn) -> Request:
    """Draw an update of Telegram. Its token, and the bot that the path names, are right in most cases."""
    body, headers = draw(UPDATES), draw(HEADERS)
    wrong = st.sampled_from(["", "Right", "right ", "rig", "right" * 9999, "r\u00efght", "\ud83d"])
    token = draw(st.just(SECRET_TOKEN) | st.just(SECRET_TOKEN) | wrong)
    path = draw(st.sampled_from([UPDATES_PATH] * 6 + ["/telegram/99", "/telegram", "/telegram/123456/x"]))
    if token:
        headers = {**headers, SECRET_HEADER: token}
    query = draw(st.dictionaries(WORDS | st.just("username"), WORDS, max_size=2))
    event = _event("POST", path, headers=headers, queryStringParameters=query or None, **_carried(draw, body))
    is_signed = token == SECRET_TOKEN and path == UPDATES_PATH
    return Request(event=event, body=body, is_signed=is_signed, fault=draw(FAULTS))


@st.composite
def handshakes(draw: st.DrawFn) -> Request:
    """Draw a GET, by Meta or by a stranger."""
    names = st.sampled_from(["hub.mode", "hub.challenge", "hub.verify_token"])
    query: dict[str, str] = draw(st.dictionaries(names | WORDS, WORDS, max_size=4))
    if draw(st.booleans()):
        query |= {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN}
    good = query.get("hub.mode") == "subscribe" and query.get("hub.verify_token") == VERIFY_TOKEN
    event = _event("GET", queryStringParameters=query or None, headers=draw(HEADERS))
    return Request(event=event, knows_token=good, fault=draw(FAULTS))


REQUESTS = st.one_of(*[posts()] * 5, *[updates()] * 3, handshakes())
