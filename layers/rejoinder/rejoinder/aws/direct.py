"""AWS without botocore, for the ingress.

The ingress starts while the network and a contact wait. Importing botocore and making its clients takes two
thirds of that start (`make bench`). The ingress calls three operations, which are here. Their names and
arguments are botocore's, so that the adapters take either.
"""

import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from rejoinder.aws.signature import Credentials, signed
from rejoinder.errors import AwsError
from rejoinder.model.backoff import AWS_CALL
from rejoinder.tls import tls_context

ANSWER_SECONDS = 2.5
"""The longest wait for a connection, and for an answer, in seconds."""

MAX_ATTEMPTS = 3
"""The most attempts of a call, as botocore's standard mode has them."""

LAST_ATTEMPT_SECONDS = 4.0
"""No attempt begins later than this after the first one, in seconds. With two more time-outs, for the
connection and for the answer, the ingress still has time within its 10 s to say that it failed."""

IDLE_SECONDS = 20.0
"""The longest pause between two requests on one connection, in seconds. AWS closes idle ones, also while
Lambda has frozen this function."""

AGAIN = (429, 500, 502, 503, 504)
"""The statuses after which the same request may succeed."""

THROTTLED = re.compile("Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|RequestTimeout")
"""What is in the error codes after which the same request may succeed, such as SQS's RequestThrottled."""


class _Service:
    """One service of AWS, over one connection."""

    name: str

    def __init__(self) -> None:
        self._region = os.environ["AWS_REGION"]
        self._url = _endpoint(self.name, self._region)
        self._connection: HTTPConnection | None = None
        self._used_at = 0.0

    def connect(self) -> None:
        """Open the connection, for the next call. A failure changes nothing."""
        try:
            self._connected().connect()
        except OSError:
            self.close()

    def close(self) -> None:
        """Close the connection, if there is one. The next call opens another one."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _connected(self) -> HTTPConnection:
        """Return the connection; a new one when there is none, or when it may have been closed."""
        if time.time() - self._used_at > IDLE_SECONDS:
            self.close()
        if self._connection is None:
            parts = urlsplit(self._url)
            if parts.scheme == "https":
                secure = HTTPSConnection(parts.netloc, timeout=ANSWER_SECONDS, context=tls_context())
                self._connection = secure
            else:
                self._connection = HTTPConnection(parts.netloc, timeout=ANSWER_SECONDS)
        self._used_at = time.time()
        return self._connection

    def _call(self, operation: str, headers: Mapping[str, str], body: bytes) -> bytes:
        """Post `body`, and return the body of the answer. Raises AwsError when three attempts fail."""
        cause, began_at = "", time.monotonic()
        for attempt in range(MAX_ATTEMPTS):
            if attempt:
                time.sleep(AWS_CALL.seconds(attempt - 1))
                if time.monotonic() - began_at > LAST_ATTEMPT_SECONDS:
                    break
            try:
                answer, text = self._post(headers, body)
            except (OSError, HTTPException) as error:
                self.close()
                cause = type(error).__name__
                continue
            if answer.status == 200:
                return text
            cause = _code(text)
            if answer.status not in AGAIN and not THROTTLED.search(cause):
                break
        raise AwsError(f"{operation}: {cause}", code=cause)

    def _post(self, headers: Mapping[str, str], body: bytes) -> tuple[HTTPResponse, bytes]:
        credentials = Credentials.from_environment()
        all_headers = signed(
            self._url,
            headers,
            body,
            service=self.name,
            region=self._region,
            credentials=credentials,
            at=time.time(),
        )
        connection = self._connected()
        connection.request("POST", "/", body=body, headers=all_headers)
        answer = connection.getresponse()
        return answer, answer.read()

    def _json(self, target: str, version: str, values: Mapping[str, object]) -> Any:
        headers = {"Content-Type": f"application/x-amz-json-{version}", "X-Amz-Target": target}
        return json.loads(self._call(target, headers, json.dumps(values).encode()))


def _endpoint(service: str, region: str) -> str:
    """Return the address of a service. The AWS SDKs' variables for other addresses hold here too."""
    variable = {"secretsmanager": "SECRETS_MANAGER"}.get(service, service.upper())
    ours = os.environ.get(f"AWS_ENDPOINT_URL_{variable}") or os.environ.get("AWS_ENDPOINT_URL")
    return (ours or f"https://{service}.{region}.{os.environ.get('URL_SUFFIX', 'amazonaws.com')}").rstrip("/")


def _code(body: bytes) -> str:
    """Return AWS's error code, in JSON or in XML; what it wrote may quote a message, so only the code."""
    text = body.decode(errors="replace")
    try:
        name = str(json.loads(text).get("__type", ""))
    except (ValueError, AttributeError):
        name = text.partition("<Code>")[2].partition("</Code>")[0]
    return name.rpartition("#")[2][:100] or "no code"


class Sqs(_Service):
    """Amazon SQS."""

    name = "sqs"

    def send_message_batch(self, *, QueueUrl: str, Entries: Sequence[Mapping[str, object]]) -> Any:  # noqa: N803
        """Put up to ten messages on a queue. The answer names those that SQS did not take in `Failed`."""
        return self._json("AmazonSQS.SendMessageBatch", "1.0", {"QueueUrl": QueueUrl, "Entries": Entries})


class SecretsManager(_Service):
    """AWS Secrets Manager."""

    name = "secretsmanager"

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803
        """Return a secret; its text is the `SecretString`."""
        return self._json("secretsmanager.GetSecretValue", "1.1", {"SecretId": SecretId})


class Sns(_Service):
    """Amazon SNS, whose protocol is an HTML form."""

    name = "sns"

    def publish(self, *, TopicArn: str, Message: str, Subject: str = "") -> None:  # noqa: N803
        """Publish a message to the subscribers of a topic. An e-mail has the subject, where there is one."""
        form = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": TopicArn, "Message": Message}
        form |= {"Subject": Subject} if Subject else {}
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        self._call("Publish", headers, urlencode(form).encode())
