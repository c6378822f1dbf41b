"""Meta's errors: every body the simulator answers or reports is made here.

Shapes, codes and HTTP statuses: Cloud API error codes
(https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes) and the Graph
API's general errors (https://developers.facebook.com/docs/graph-api/guides/error-handling). The wording of
`details` is what the network was seen to answer; where none was seen it is ours, in the same manner.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from workbench.simulator.jsontext import AsciiJson, JsonObject

HREF: Final = "/documentation/business-messaging/whatsapp/support/error-codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One row of the error table: HTTP status, title, and the details Meta usually gives."""

    status: int
    title: str
    details: str = ""
    subcode: int | None = None


# Section "Error codes" of the page above; statuses where the page gives them, else as they were seen.
KNOWN: Final[dict[int, Known]] = {
    0: Known(status=401, title="AuthException", details="We were unable to authenticate the app user."),
    1: Known(status=400, title="API Unknown", details="Invalid request or possible server error."),
    2: Known(status=503, title="API Service", details="Temporary due to downtime or being overloaded."),
    4: Known(status=400, title="API Too Many Calls", details="The app has reached its API call rate limit."),
    10: Known(status=403, title="API Permission Denied", details="Permission is not granted or was removed."),
    100: Known(status=400, title="Invalid parameter"),
    190: Known(status=401, title="Invalid OAuth access token - Cannot parse access token"),
    200: Known(status=403, title="API Permission", details="Permission is not granted or was removed."),
    368: Known(status=403, title="Temporarily blocked for policies violations"),
    80007: Known(status=400, title="Rate limit issues"),
    130429: Known(
        status=400,
        title="Rate limit hit",
        details="Cloud API message throughput has been reached.",
        subcode=2494055,
    ),
    130472: Known(status=400, title="User's number is part of an experiment"),
    131000: Known(status=500, title="Something went wrong", details="Message failed to send: unknown error."),
    131008: Known(status=400, title="Required parameter is missing"),
    131009: Known(status=400, title="Parameter value is not valid"),
    131016: Known(status=500, title="Service unavailable", details="A service is temporarily unavailable."),
    131021: Known(status=400, title="Recipient cannot be sender"),
    131026: Known(status=400, title="Message undeliverable", details="Message Undeliverable."),
    131030: Known(status=400, title="Recipient phone number not in allowed list"),
    131031: Known(status=403, title="Account has been locked"),
    131042: Known(status=400, title="Business eligibility payment issue"),
    131047: Known(
        status=400,
        title="Re-engagement message",
        details="Message failed to send because more than 24 hours have passed since the customer last "
        "replied to this number.",
    ),
    131048: Known(status=400, title="Spam rate limit hit"),
    131049: Known(
        status=400,
        title="This message was not delivered to maintain healthy ecosystem engagement.",
        details="In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    131050: Known(status=400, title="User has stopped marketing messages from this business"),
    131051: Known(status=400, title="Unsupported message type"),
    131053: Known(status=400, title="Media upload error"),
    131056: Known(
        status=400,
        title="(Business Account, Consumer Account) pair rate limit hit",
        details="Message failed to send because there were too many messages sent from this phone number to "
        "the same phone number in a short period of time.",
    ),
    131057: Known(status=500, title="Account in maintenance mode"),
    131062: Known(status=400, title="Authentication messages cannot be sent to a business-scoped user id"),
    132000: Known(status=400, title="Number of parameters does not match the expected number of params"),
    132001: Known(status=404, title="Template name does not exist in the translation"),
    132005: Known(status=400, title="Translated text too long"),
    132015: Known(status=400, title="Template is Paused"),
    132016: Known(status=400, title="Template is disabled"),
    132018: Known(status=400, title="There's an issue with the parameters in your template"),
    133004: Known(status=503, title="Server Temporarily Unavailable"),
    133010: Known(status=400, title="Account not registered", details="The account is not registered"),
}


class GraphError(Exception):
    """An answer other than 200, with its whole body."""

    def __init__(self, status: int, error: JsonObject) -> None:
        super().__init__(error["message"])
        self.status = status
        self.error = error

    def response(self) -> AsciiJson:
        trace = trace_id()
        headers = {"x-fb-trace-id": trace, "www-authenticate": _challenge(str(self.error["message"]))}
        return AsciiJson({"error": {**self.error, "fbtrace_id": trace}}, self.status, headers)


def trace_id() -> str:
    """A new id in the form of Meta's `fbtrace_id`."""
    return "A" + secrets.token_urlsafe(16)


def _challenge(message: str) -> str:
    printable = "".join(c if " " <= c <= "~" and c != '"' else "?" for c in message)
    return f'OAuth "Facebook Platform" "invalid_request" "{printable}"'


def coded(code: int, details: str = "", *, status: int | None = None) -> GraphError:
    """The error of a code, with its usual or the given details."""
    known = KNOWN.get(code, Known(status=400, title="Unknown error"))
    bare = code == 190
    message = known.title if bare else f"(#{code}) {known.title}"
    error: JsonObject = {"message": message, "type": "OAuthException", "code": code}
    if known.subcode:
        error["error_subcode"] = known.subcode
    if text := details or known.details:
        error["error_data"] = {"messaging_product": "whatsapp", "details": text}
    return GraphError(known.status if status is None else status, error)


def status_error(code: int, details: str = "") -> JsonObject:
    """The entry in `errors` of a failed status."""
    known = KNOWN.get(code, Known(status=400, title="Unknown error"))
    return {
        "code": code,
        "title": known.title,
        "message": known.title,
        "error_data": {"details": details or known.details or known.title},
        "href": HREF,
    }


def _plain(message: str) -> GraphError:
    return GraphError(400, {"message": f"(#100) {message}", "type": "OAuthException", "code": 100})


def required(path: str) -> GraphError:
    """100 as Graph words a parameter that is not there (or is the empty string)."""
    return _plain(f"The parameter {path} is required.")


def wrong_type(path: str, expected: str) -> GraphError:
    """100: `text['body']` must be a string."""
    return _plain(f"Param {path} must be {expected}.")


def too_long(path: str, limit: int) -> GraphError:
    """100 as Graph words a length that its schema limits."""
    return _plain(f"Param {path} must be at most {limit} characters long.")


def not_one_of(path: str, allowed: tuple[str, ...], got: object) -> GraphError:
    """100 as Graph words a value outside an enumeration."""
    return _plain(f'Param {path} must be one of {{{", ".join(allowed)}}} - got "{got}".')


def invalid(details: str) -> GraphError:
    """131009, the Cloud API's own checks of a value."""
    return coded(131009, details)


def unknown_version(path: str) -> GraphError:
    """2500: a version that does not exist (any more) is read as part of the path."""
    message = f"Unknown path components: /{path}"
    return GraphError(400, {"message": message, "type": "OAuthException", "code": 2500})


def no_token() -> GraphError:
    """104: no access token in the request."""
    message = "An access token is required to request this resource."
    return GraphError(401, {"message": message, "type": "OAuthException", "code": 104})


def unknown_object(object_id: str, method: str = "post") -> GraphError:
    """100/33: no such object, or not for this token."""
    message = (
        f"Unsupported {method} request. Object with ID '{object_id}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    error = {"message": message, "type": "GraphMethodException", "code": 100, "error_subcode": 33}
    return GraphError(400, error)
