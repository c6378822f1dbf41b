"""The Graph API of a check: it accepts messages, keeps them in a table, and refuses when it is told to.

It runs in Lambda, as a part of the template stub.yaml, with the boto3 that is there.
"""

import hmac
import json
import os
import time
import uuid
from typing import Any

import boto3

table = os.environ["TABLE_NAME"]
dynamodb = boto3.client("dynamodb")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a request of the HTTP API."""
    given = event["headers"].get("authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {os.environ['TOKEN']}".encode()):
        return answer(401, error(190))
    if not event["rawPath"].endswith("/messages"):
        return answer(200, {"now": time.time()})
    asked = json.loads(event["body"])
    if "to" not in asked and "recipient" not in asked:  # it marks a message as read
        return answer(200, {"success": True})
    status, code = refusal()
    network_id = f"wamid.{uuid.uuid4().hex}"
    keep(asked, status, network_id)
    if status != 200:
        return answer(status, error(code))
    to = str(asked.get("to") or asked["recipient"])
    contacts = [{"input": to, "wa_id": to}]
    return answer(
        200, {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": network_id}]}
    )


def refusal() -> tuple[int, int]:
    """Return the status and the error code for this request, if there are orders to refuse; 200 without."""
    try:
        orders = dynamodb.update_item(
            TableName=table,
            Key={"pk": {"S": "orders"}, "sk": {"S": "refuse"}},
            UpdateExpression="ADD #times :less",
            ConditionExpression="#times > :none",
            ExpressionAttributeNames={"#times": "times"},
            ExpressionAttributeValues={":less": {"N": "-1"}, ":none": {"N": "0"}},
            ReturnValues="ALL_NEW",
        )["Attributes"]
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return 200, 0
    return int(orders["status"]["N"]), int(orders["code"]["N"])


def keep(asked: dict[str, Any], status: int, network_id: str) -> None:
    """Write down what was asked. The sort key has the order of the requests."""
    dynamodb.put_item(
        TableName=table,
        Item={
            "pk": {"S": "asked"},
            "sk": {"S": f"{time.time_ns():020d}#{network_id}"},
            "at": {"N": repr(time.time())},
            "to": {"S": str(asked.get("to") or asked.get("recipient"))},
            "text": {"S": str(asked.get("text", {}).get("body", ""))},
            "callback": {"S": str(asked.get("biz_opaque_callback_data", ""))},
            "status": {"N": str(status)},
            "network_id": {"S": network_id},
        },
    )


def error(code: int) -> dict[str, Any]:
    """Return the body of a refusal, as the Graph API writes it."""
    return {"error": {"message": f"({code})", "type": "OAuthException", "code": code, "fbtrace_id": "check"}}


def answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    """Return the response."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }
