"""A model in Bedrock chooses an intent and fills its slots. If it does anything else, the words are
understood in another way.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import boto3
import pytest

from rejoinder.aws.bedrock import CONFIG, BedrockUnderstanding, bedrock_understanding
from rejoinder.errors import SettingsError
from rejoinder.model.intent import Intent, Understood

ARN = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.amazon.nova-micro-v1:0"
TEXT = "my secret parcel 4711, where might it be"
INTENTS = [
    Intent(name="status", examples=["where is my order", "track 12345"], slots={"order": "(?i)a?[0-9]{4,}"}),
    Intent(name="hours", examples=["when are you open"]),
]
FALLBACK = Understood(intent="hours", slots={}, confidence=0.5)


def tool_use(name: str, input: object) -> dict[str, object]:  # noqa: A002 - the API's word
    return {"toolUse": {"toolUseId": "tooluse_1", "name": name, "input": input}}


def converse_body(*content: dict[str, object], stop_reason: str = "tool_use") -> dict[str, object]:
    """Return an answer: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html."""
    return {
        "output": {"message": {"role": "assistant", "content": list(content)}},
        "stopReason": stop_reason,
        "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15},
        "metrics": {"latencyMs": 1},
    }


@dataclass
class Bedrock:
    """A server on this machine that answers as told. If `silent`, it never answers during the test."""

    status: int = 200
    body: object = None
    silent: bool = False
    requests: list[tuple[str, Any]] = field(default_factory=list)
    url: str = ""
    is_over: Event = field(default_factory=Event)


@dataclass
class Otherwise:
    """Understands everything as FALLBACK."""

    asked: list[str] = field(default_factory=list)

    def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
        self.asked.append(text)
        return FALLBACK


def handler_of(bedrock: Bedrock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            bedrock.requests.append((self.path, request))
            if bedrock.silent:
                bedrock.is_over.wait(10)
                return
            raw = bedrock.body if isinstance(bedrock.body, bytes) else json.dumps(bedrock.body).encode()
            self.send_response(bedrock.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            """Log nothing."""

    return Handler


@pytest.fixture
def bedrock() -> Iterator[Bedrock]:
    bedrock = Bedrock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(bedrock))
    bedrock.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    yield bedrock
    bedrock.is_over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def otherwise() -> Otherwise:
    return Otherwise()


@pytest.fixture
def model(bedrock: Bedrock, otherwise: Otherwise) -> Iterator[BedrockUnderstanding]:
    client = boto3.client(
        "bedrock-runtime",
        region_name="eu-central-1",
        endpoint_url=bedrock.url,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=CONFIG,
    )
    yield BedrockUnderstanding(client, ARN, otherwise)
    client.close()


def test_the_model_chooses_and_fills(
    bedrock: Bedrock, model: BedrockUnderstanding, otherwise: Otherwise
) -> None:
    bedrock.body = converse_body(
        {"text": "Let me see."}, tool_use("status", {"order": "A4711", "confidence": 1})
    )
    assert model.understand(TEXT, INTENTS) == Understood(
        intent="status", slots={"order": "A4711"}, confidence=1.0
    )
    assert not otherwise.asked


def test_the_model_may_choose_that_nothing_fits(
    bedrock: Bedrock, model: BedrockUnderstanding, otherwise: Otherwise
) -> None:
    bedrock.body = converse_body(tool_use("none_of_these", {}))
    assert model.understand(TEXT, INTENTS) is None
    assert not otherwise.asked


def test_the_request_offers_each_intent_as_a_tool_and_one_for_none(
    bedrock: Bedrock, model: BedrockUnderstanding
) -> None:
    bedrock.body = converse_body(tool_use("none_of_these", {}))
    model.understand(TEXT, INTENTS)
    ((path, request),) = bedrock.requests
    assert path == "/model/" + ARN.replace(":", "%3A").replace("/", "%2F") + "/converse"
    assert request["messages"] == [{"role": "user", "content": [{"text": TEXT}]}]
    assert "data" in request["system"][0]["text"]
    assert request["inferenceConfig"]["temperature"] == 0
    assert request["toolConfig"]["toolChoice"] == {"any": {}}
    status, hours, none = (tool["toolSpec"] for tool in request["toolConfig"]["tools"])
    assert (status["name"], hours["name"], none["name"]) == ("status", "hours", "none_of_these")
    assert "where is my order; track 12345" in status["description"]
    schema = status["inputSchema"]["json"]
    assert list(schema["properties"]) == ["order", "confidence"]
    assert "(?i)a?[0-9]{4,}" in schema["properties"]["order"]["description"]
    assert schema["required"] == ["confidence"]


@pytest.mark.parametrize("order", ["47", "4711; drop it", "", 4711, None, ["4711"], {"is": "4711"}])
def test_a_value_that_does_not_fit_its_slot_is_left_out(
    bedrock: Bedrock, model: BedrockUnderstanding, order: object
) -> None:
    bedrock.body = converse_body(tool_use("status", {"order": order, "more": "x", "confidence": 0.9}))
    assert model.understand(TEXT, INTENTS) == Understood(intent="status", slots={}, confidence=0.9)


@pytest.mark.parametrize(
    "content",
    [
        [],
        [{"text": TEXT}],
        [tool_use("delete_everything", {"confidence": 1})],
        [tool_use("hours", {})],
        [tool_use("hours", None)],
        [tool_use("hours", "sure")],
        [tool_use("hours", [1])],
        *(
            [tool_use("hours", {"confidence": wrong})]
            for wrong in ("1", True, None, -0.1, 1.1, float("nan"), [1])
        ),
    ],
    ids=str,
)
def test_an_answer_of_no_use_counts_for_nothing(
    bedrock: Bedrock, model: BedrockUnderstanding, otherwise: Otherwise, content: list[dict[str, object]]
) -> None:
    bedrock.body = converse_body(*content)
    assert model.understand(TEXT, INTENTS) == FALLBACK
    assert otherwise.asked == [TEXT]


def test_the_local_aws_answers_plain_text_which_is_of_no_use(
    bedrock: Bedrock, model: BedrockUnderstanding
) -> None:
    """MiniStack's ministack/services/bedrock_runtime.py answers so when no model stands behind it."""
    text = f"[ministack mock nova {ARN}] reply for prompt#0123abcd"
    bedrock.body = converse_body({"text": text}, stop_reason="end_turn")
    assert model.understand(TEXT, INTENTS) == FALLBACK


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"message": f"invalid: {TEXT}", "__type": "ValidationException"}),
        (403, {"message": "no access to this model", "__type": "AccessDeniedException"}),
        (429, {"message": "slower", "__type": "ThrottlingException"}),
        (500, {"message": "oops", "__type": "InternalServerException"}),
        (503, b"<html>"),
        (200, b'{"output": {"mess'),
        (200, b""),
        (200, {}),
        (200, []),
        (200, {"output": {"message": {"role": "assistant", "content": "text"}}}),
        (200, {"output": {"message": {"role": "assistant", "content": [{"toolUse": {}}]}}}),
    ],
)
def test_an_error_is_asked_once_falls_back_and_is_logged_without_the_text(
    bedrock: Bedrock,
    model: BedrockUnderstanding,
    otherwise: Otherwise,
    caplog: pytest.LogCaptureFixture,
    status: int,
    body: object,
) -> None:
    bedrock.status, bedrock.body = status, body
    with caplog.at_level(logging.INFO):
        assert model.understand(TEXT, INTENTS) == FALLBACK
    assert len(bedrock.requests) == len(otherwise.asked) == 1
    (line,) = [record for record in caplog.records if record.name == "rejoinder"]
    assert line.__dict__["cause"]
    assert not any("secret" in str(record.__dict__) for record in caplog.records)


def test_the_log_line_names_aws_own_code(
    bedrock: Bedrock, model: BedrockUnderstanding, caplog: pytest.LogCaptureFixture
) -> None:
    bedrock.status, bedrock.body = 429, {"message": "slower", "__type": "ThrottlingException"}
    model.understand(TEXT, INTENTS)
    assert "ThrottlingException" in caplog.records[-1].__dict__["cause"]


@pytest.mark.slow
def test_a_model_that_does_not_answer_is_not_waited_for(
    bedrock: Bedrock, model: BedrockUnderstanding, otherwise: Otherwise
) -> None:
    assert (CONFIG.connect_timeout, CONFIG.read_timeout) == (1, 4)  # type: ignore[attr-defined]
    bedrock.silent = True
    assert model.understand(TEXT, INTENTS) == FALLBACK
    assert len(bedrock.requests) == len(otherwise.asked) == 1


def test_names_of_the_author_that_are_ours_too_are_told_apart(
    bedrock: Bedrock, model: BedrockUnderstanding
) -> None:
    theirs = Intent(name="none_of_these", examples=["nothing"], slots={"confidence": "high|low"})
    bedrock.body = converse_body(tool_use("none_of_these", {"confidence": "high", "confidence_": 0.8}))
    assert model.understand(TEXT, [theirs]) == Understood(
        intent="none_of_these", slots={"confidence": "high"}, confidence=0.8
    )
    assert "none_of_these_" in bedrock.requests[0][1]["system"][0]["text"]
    bedrock.body = converse_body(tool_use("none_of_these_", {}))
    assert model.understand(TEXT, [theirs]) is None


def test_the_client_is_built_for_the_region_of_the_arn(otherwise: Otherwise) -> None:
    understanding = bedrock_understanding(ARN, otherwise)
    assert isinstance(understanding, BedrockUnderstanding)
    config: Any = understanding._client.meta.config
    assert understanding._client.meta.region_name == "eu-central-1"
    assert (config.connect_timeout, config.read_timeout) == (1, 4)
    assert config.retries["total_max_attempts"] == 1


@pytest.mark.parametrize("arn", ["", "amazon.nova-micro-v1:0", "arn:aws:bedrock::123:model/x"])
def test_what_is_no_arn_is_refused_with_an_example(otherwise: Otherwise, arn: str) -> None:
    with pytest.raises(SettingsError, match="arn:aws:bedrock:eu-central-1"):
        bedrock_understanding(arn, otherwise)
