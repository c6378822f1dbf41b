"""What Lambda hands to the functions: a webhook, and messages of queues."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

SECRET = {"app_secret": "a" * 32, "verify_token": "bench", "access_token": "EAAG" + "x" * 200}

ACCOUNT = "106540352242922"

EARLY_START = {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": {"Message": "start"}}]}


def webhook() -> dict[str, Any]:
    """Return an event of the HTTP API: a signed webhook with one text."""
    message = {
        "from": "15550001111",
        "from_user_id": "US.13491208655302741918",
        "id": "wamid.HBgLMTU1NTAwMDExMTEVAgASGBQzQTREMjVDQTA1RTg0OTk4OTQ2NgA=",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "Do you have a table for four on Friday?"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550009999", "phone_number_id": ACCOUNT},
        "contacts": [
            {
                "profile": {"name": "Ada Lovelace"},
                "wa_id": "15550001111",
                "user_id": "US.13491208655302741918",
            }
        ],
        "messages": [message],
    }
    entry = {"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]})
    signature = hmac.new(SECRET["app_secret"].encode(), body.encode(), hashlib.sha256).hexdigest()
    return http_event(body, f"sha256={signature}")


def http_event(body: str, signature: str) -> dict[str, Any]:
    """Return the event of a POST request in payload format 2.0."""
    http = {
        "method": "POST",
        "path": "/webhook",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "f",
    }
    return {
        "version": "2.0",
        "routeKey": "POST /webhook",
        "rawPath": "/webhook",
        "rawQueryString": "",
        "headers": {
            "content-type": "application/json",
            "host": "example.execute-api.us-east-1.amazonaws.com",
            "user-agent": "facebookexternalua",
            "x-hub-signature-256": signature,
            "content-length": str(len(body)),
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "example",
            "domainName": "example.execute-api.us-east-1.amazonaws.com",
            "http": http,
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /webhook",
            "stage": "$default",
            "time": "01/Nov/2026:10:00:00 +0000",
            "timeEpoch": int(time.time() * 1000),
        },
        "body": body,
        "isBase64Encoded": False,
    }


def sqs_event(batch: bytes) -> dict[str, Any]:
    """Return the event that Lambda makes of a message that a function put on a queue by SendMessageBatch."""
    (entry,) = json.loads(batch)["Entries"]
    return record_event(entry)


def record_event(entry: Mapping[str, str]) -> dict[str, Any]:
    """Return the event that Lambda makes of a message on a queue."""
    attributes = {
        "ApproximateReceiveCount": "1",
        "SentTimestamp": str(int(time.time() * 1000)),
        "MessageGroupId": entry.get("MessageGroupId", ""),
        "MessageDeduplicationId": entry.get("MessageDeduplicationId", ""),
        "SequenceNumber": "18849496460467696128",
        "SenderId": "AROAEXAMPLE",
        "ApproximateFirstReceiveTimestamp": str(int(time.time() * 1000)),
    }
    record = {
        "messageId": "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
        "receiptHandle": "AQEB" + "x" * 200,
        "body": entry["MessageBody"],
        "attributes": attributes,
        "messageAttributes": {},
        "md5OfBody": "0" * 32,
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:bench.fifo",
        "awsRegion": "us-east-1",
    }
    return {"Records": [record]}


def status_event(callback: str) -> dict[str, Any]:
    """Return an event of the tracker: a message of the events queue with one status."""
    status = {
        "id": "wamid.HBgLMTU1NTAwMDExMTEVAgARGBI0QTkyQzE0NDJEMTI3RjJBMkYA",
        "status": "delivered",
        "timestamp": str(int(time.time())),
        "recipient_id": "15550001111",
        "biz_opaque_callback_data": callback,
    }
    body = {"format": 1, "channel": "whatsapp", "received_at": time.time(), "events": [{"status": status}]}
    return record_event({"MessageBody": json.dumps(body)})
