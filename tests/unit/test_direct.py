"""AWS without botocore: the same signatures as botocore's, and what becomes of errors."""

import json
import random
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import time_machine
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.aws import direct
from rejoinder.aws.direct import SecretsManager, Sns, Sqs
from rejoinder.aws.signature import Credentials, signed
from rejoinder.errors import AwsError, describe
from rejoinder.model.backoff import AWS_CALL

NAMES = st.sampled_from(["Content-Type", "X-Amz-Target", "x-custom", "X-Amz-Api-Version", "accept"])
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
WORD = st.text("abcdefghijklmnopqrstuvwxyz-0123456789", min_size=1, max_size=20)
KEY = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)


@given(
    headers=st.dictionaries(NAMES, VALUES),
    body=st.binary(max_size=200),
    host=WORD,
    port=st.one_of(st.none(), st.integers(1, 65535).filter(lambda port: port not in (80, 443))),
    path=st.sampled_from(["", "/", "/000000000000/queue.fifo"]),
    service=WORD,
    region=WORD,
    keys=st.tuples(KEY, KEY, st.one_of(st.just(""), KEY)),
    at=st.integers(0, 4_000_000_000),
)
def test_a_signature_is_the_same_byte_by_byte_as_botocores(  # noqa: PLR0917 - it covers all that
    headers: dict[str, str],
    body: bytes,
    host: str,
    port: int | None,
    path: str,
    service: str,
    region: str,
    keys: tuple[str, str, str],
    at: int,
) -> None:
    host = host.strip("-") or "h"
    url = f"https://{host}.example{f':{port}' if port else ''}{path}"
    request = AWSRequest("POST", url, data=body, headers=headers)
    access, secret, token = keys
    with time_machine.travel(datetime.fromtimestamp(at, UTC), tick=False):
        SigV4Auth(BotocoreCredentials(access, secret, token or None), service, region).add_auth(request)
    credentials = Credentials(access_key=access, secret_key=secret, token=token)
    ours = signed(url, headers, body, service=service, region=region, credentials=credentials, at=at)
    assert {name.lower(): value for name, value in ours.items()} == {
        name.lower(): value for name, value in request.headers.items()
    }


def test_no_key_is_in_the_text_of_the_credentials() -> None:
    assert "secret" not in str(Credentials(access_key="id", secret_key="secret", token="secret"))


class Aws(ThreadingHTTPServer):
    """A server on this machine. It gives these answers, one for each request, and the last one again."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: list[tuple[int, object]] = [(200, {})]
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.hangs_up_after: int | None = None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Aws

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((dict(self.headers), body))
        if self.server.hangs_up_after == len(self.server.requests):
            self.close_connection = True
            return
        status, answer = self.server.answers[min(len(self.server.requests), len(self.server.answers)) - 1]
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def made() -> Iterator[Callable[[type[Any]], Any]]:
    """Return a function that makes a service, whose connection is closed after the test."""
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(closing(service()))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with Aws() as server:
        monkeypatch.setenv("AWS_REGION", "eu-central-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "id")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setattr(time, "sleep", lambda _: None)
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_call_is_what_the_protocol_wants(aws: Aws, made: Any) -> None:
    aws.answers = [(200, {"SecretString": "{}"})]
    assert made(SecretsManager).get_secret_value(SecretId="s") == {"SecretString": "{}"}
    ((headers, body),) = aws.requests
    assert headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
    assert headers["X-Amz-Security-Token"] == "token"
    assert "/eu-central-1/secretsmanager/aws4_request" in headers["Authorization"]
    assert json.loads(body) == {"SecretId": "s"}


def test_a_publish_is_a_form(aws: Aws, made: Any) -> None:
    made(Sns).publish(TopicArn="arn:aws:sns:x:1:t", Message="a b&c")
    body = aws.requests[0][1].decode()
    assert body == "Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Ax%3A1%3At&Message=a+b%26c"


@pytest.mark.parametrize(
    "first",
    [
        (500, "oops"),
        (503, {}),
        (429, {}),
        (400, {"__type": "com.amazonaws.sqs#ThrottlingException"}),
        (400, {"__type": "com.amazonaws.sqs#RequestThrottled"}),
        (400, {"__type": "com.amazonaws.sqs#KmsThrottled"}),
    ],
)
def test_what_may_succeed_is_tried_again(aws: Aws, made: Any, first: tuple[int, object]) -> None:
    aws.answers = [first, first, (200, {"Successful": []})]
    assert made(Sqs).send_message_batch(QueueUrl="q", Entries=[]) == {"Successful": []}
    assert len(aws.requests) == 3


def test_a_third_failure_is_an_error_that_names_the_operation_and_nothing_else(aws: Aws, made: Any) -> None:
    aws.answers = [(500, {"__type": "InternalError", "message": "about +15550002001"})]
    with pytest.raises(AwsError) as caught:
        made(Sqs).send_message_batch(QueueUrl="q", Entries=[{"Id": "0", "MessageBody": "Hello Ada"}])
    assert str(caught.value) == "AmazonSQS.SendMessageBatch: InternalError"
    assert len(aws.requests) == 3


def test_the_pauses_before_the_next_attempts_are_those_of_the_policy(
    aws: Aws, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    monkeypatch.setattr(random, "uniform", lambda *_: 1.0)
    aws.answers = [(500, {})]
    with pytest.raises(AwsError):
        made(Sqs).send_message_batch(QueueUrl="q", Entries=[])
    assert pauses == [AWS_CALL.seconds(0), AWS_CALL.seconds(1)]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"__type": "com.amazonaws.secretsmanager#AccessDeniedException"}, "AccessDeniedException"),
        (
            "<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>",
            "AuthorizationError",
        ),
        ("<html>no</html>", "no code"),
        ([], "no code"),
    ],
)
def test_what_cannot_succeed_is_not_tried_again(aws: Aws, made: Any, body: object, code: str) -> None:
    aws.answers = [(400, body)]
    with pytest.raises(AwsError, match=f": {code}$") as caught:
        made(SecretsManager).get_secret_value(SecretId="s")
    assert len(aws.requests) == 1
    assert describe(caught.value).startswith(f"AwsError {code} at direct.py:")  # as a log line has it


def test_a_connection_that_aws_closed_is_opened_again(aws: Aws, made: Any) -> None:
    sqs = made(Sqs)
    sqs.send_message_batch(QueueUrl="q", Entries=[])
    aws.hangs_up_after = 2
    sqs.send_message_batch(QueueUrl="q", Entries=[])
    assert len(aws.requests) == 3


def test_after_a_pause_a_new_connection_is_used(aws: Aws, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = made(Sqs)
    sqs.send_message_batch(QueueUrl="q", Entries=[])
    first = sqs._connection
    sqs.send_message_batch(QueueUrl="q", Entries=[])
    assert sqs._connection is first
    monkeypatch.setattr(direct, "IDLE_SECONDS", -1.0)
    sqs.send_message_batch(QueueUrl="q", Entries=[])
    assert sqs._connection is not first


def test_nobody_there_is_an_error(monkeypatch: pytest.MonkeyPatch, aws: Aws, made: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", f"http://127.0.0.1:{taken.getsockname()[1]}")
        sqs = made(Sqs)
        sqs.connect()
        with pytest.raises(AwsError, match="ConnectionRefusedError"):
            sqs.send_message_batch(QueueUrl="q", Entries=[])


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, "https://sqs.eu-central-1.amazonaws.com"),
        ({"URL_SUFFIX": "amazonaws.com.cn"}, "https://sqs.eu-central-1.amazonaws.com.cn"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:4566/"}, "http://127.0.0.1:4566"),
        ({"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_SQS": "http://b"}, "http://b"),
    ],
)
def test_the_address_of_a_service(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str
) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "URL_SUFFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    service: Any = Sqs()
    assert service._url == url


def test_the_variable_of_secrets_manager_is_the_one_of_the_aws_sdks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://secrets")
    service: Any = SecretsManager()
    assert service._url == "http://secrets"


def test_no_attempt_begins_when_the_ingress_would_not_live_to_tell_of_it(
    aws: Aws, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.answers = [(500, {"__type": "InternalError"})]
    monkeypatch.setattr(direct, "LAST_ATTEMPT_SECONDS", 0.0)
    with pytest.raises(AwsError, match="InternalError"):
        made(Sqs).send_message_batch(QueueUrl="q", Entries=[])
    assert len(aws.requests) == 1


def test_a_call_ends_within_the_time_of_the_ingress() -> None:
    template = (Path(__file__).parents[2] / "template.yaml").read_text()
    ingress = template.partition("  IngressFunction:")[2].partition("  IngressRole:")[0]
    (seconds,) = re.findall(r"Timeout: (\d+)", ingress)
    assert float(seconds) > direct.LAST_ATTEMPT_SECONDS + 2 * direct.ANSWER_SECONDS
