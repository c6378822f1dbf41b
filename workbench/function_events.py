"""What API Gateway and SQS give to a function."""

import json

Json = dict[str, object]

AT = 4_000_000_000
"""The time of the samples, in Unix seconds. It is far in the future, and a future time counts as the time of
receipt, so the service window is always open."""


def request(
    method: str,
    *,
    body: bytes = b"",
    headers: Json | None = None,
    query: dict[str, str] | None = None,
    path: str = "/webhook",
) -> Json:
    """Return a request as an HTTP API gives it to a function (payload format 2.0)."""
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"}
    event: Json = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", **(headers or {})},
        "requestContext": {"http": http, "requestId": "sample", "stage": "$default"},
        "isBase64Encoded": False,
    }
    return (
        event
        | ({"queryStringParameters": query} if query else {})
        | ({"body": body.decode()} if body else {})
    )


def as_json(text: str) -> Json:
    """Return the object that `text` is."""
    found: Json = json.loads(text)
    return found


def sqs(queue: str, body: Json) -> Json:
    """Return a message of a queue, as it is given to a function."""
    record = {
        "messageId": "11111111-2222-3333-4444-555555555555",
        "receiptHandle": "sample",
        "body": json.dumps(body),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "MessageGroupId": "sample",
            "SentTimestamp": str(AT * 1000),
            "ApproximateFirstReceiveTimestamp": str(AT * 1000),
            **({"SequenceNumber": "18849496460467696128"} if queue.endswith(".fifo") else {}),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:rejoinder-local-{queue}",
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}
