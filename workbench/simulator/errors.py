"""Meta's errors: every error that the simulator answers or reports is made here.

Shapes, codes and HTTP statuses: Cloud API error codes
(https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes) and the Graph
API's general errors (https://developers.facebook.com/docs/graph-api/guides/error-handling). The `details`
are worded as the network was seen to answer. Where no answer was seen, the wording is ours.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from rejoinder.workbench.pages import page
from rejoinder.workbench.simulator.jsontext import AsciiJson, JsonObject

HREF: Final = "/documentation/business-messaging/whatsapp/support/error-codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One row of the error table."""

    status: int
    """The HTTP status."""

    title: str
    """The title of the error."""

    details: str = ""
    """The details that Meta usually gives."""

    subcode: int | None = None
    """The `error_subcode`, if there is one."""


# The codes are from the section "Error codes" of the page above. So are the statuses, where the page gives
# them; the others are as they were seen.
KNOWN: Final[dict[int, Known]] = {
    0: Known(status=401, title="AuthException", details="We were unable to authenticate the app user."),
    1: Known(status=400, title="API Unknown", details="Invalid request or possible server error."),
    2: Known(status=503, title="API Service", details="Temporary due to downtime or being overloaded."),
    3: Known(
        status=400, title="Application does not have the capability to make this API call."
    ),  # Meta says 500; the simulator says 400, so that no client tries again
    4: Known(status=400, title="API Too Many Calls", details="The app has reached its API call rate limit."),
    10: Known(status=403, title="API Permission Denied", details="Permission is not granted or was removed."),
    100: Known(status=400, title="Invalid parameter"),
    190: Known(status=401, title="Invalid OAuth access token - Cannot parse access token"),
    200: Known(status=403, title="API Permission", details="Permission is not granted or was removed."),
    368: Known(status=403, title="Temporarily blocked for policies violations"),
    80007: Known(status=400, title="Rate limit issues"),
    130403: Known(
        status=400, title="User blocked by business", details="Your business has blocked this user."
    ),
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
    131048: Known(
        status=400,
        title="Spam rate limit hit",
        details="Message failed to send because there are restrictions on how many messages can be sent from "
        "this phone number.",
    ),
    131049: Known(
        status=400,
        title="This message was not delivered to maintain healthy ecosystem engagement.",
        details="In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    131050: Known(
        status=400,
        title="Unable to deliver the message. This recipient has chosen to stop receiving marketing messages "
        "on WhatsApp from your business",
    ),
    131051: Known(status=400, title="Unsupported message type"),
    131053: Known(status=400, title="Media upload error"),
    131055: Known(status=400, title="Method not allowed"),
    131056: Known(
        status=400,
        title="(Business Account, Consumer Account) pair rate limit hit",
        details="Message failed to send because there were too many messages sent from this phone number to "
        "the same phone number in a short period of time.",
    ),
    131057: Known(status=500, title="Account in maintenance mode"),
    131062: Known(status=400, title="Authentication messages cannot be sent to a business-scoped user id"),
    131063: Known(
        status=400, title="Marketing messages are disabled on Cloud API for this WhatsApp Business Account"
    ),
    132000: Known(status=400, title="Number of parameters does not match the expected number of params"),
    132001: Known(status=404, title="Template name does not exist in the translation"),
    132005: Known(status=400, title="Translated text too long"),
    132012: Known(status=400, title="Parameter format does not match format in the created template"),
    132015: Known(
        status=400,
        title="Template is Paused",
        details="Template is paused due to low quality so it cannot be sent in a template message.",
    ),
    132016: Known(status=400, title="Template is disabled"),
    132018: Known(status=400, title="There's an issue with the parameters in your template"),
    133004: Known(status=503, title="Server Temporarily Unavailable"),
    133005: Known(status=400, title="Two step verification PIN Mismatch"),
    133006: Known(status=400, title="Phone number re-verification needed"),
    133008: Known(status=400, title="Too many two step verification PIN guesses"),
    133009: Known(status=400, title="Two step verification PIN guessed too fast"),
    133010: Known(status=400, title="Account not registered", details="The account is not registered"),
    133016: Known(status=400, title="Account register deregister rate limit exceeded"),
    136024: Known(status=400, title="Request code error"),
    136025: Known(status=400, title="Verify code error"),
    139001: Known(status=400, title="Updating attempt failed"),
    139002: Known(status=400, title="Publishing attempt failed"),
    139003: Known(status=400, title="Deprecating attempt failed"),
    139004: Known(status=400, title="Deleting attempt failed"),
    139100: Known(status=400, title="Failed to block/unblock some users"),
    147001: Known(status=400, title="Username is not valid"),
    147005: Known(status=400, title="Username is taken"),
}


class GraphError(Exception):
    """An answer other than 200, with its body."""

    def __init__(self, status: int, error: JsonObject, *, beside: JsonObject | None = None) -> None:
        super().__init__(error["message"])
        self.status = status
        self.error = error
        self.beside = beside or {}
        """What the body has beside the error: what was done nevertheless."""

    def response(self) -> Response:
        trace = trace_id()
        headers = {"x-fb-trace-id": trace, "www-authenticate": _challenge(str(self.error["message"]))}
        return AsciiJson({**self.beside, "error": {**self.error, "fbtrace_id": trace}}, self.status, headers)


class ServerError(GraphError):
    """An answer of the servers in front of Graph. It is HTML."""

    def __init__(self, status: int) -> None:
        super().__init__(status, {"message": "Sorry, something went wrong."})

    def response(self) -> Response:
        page = "<html><head><title>Error</title></head><body>Sorry, something went wrong.</body></html>"
        return Response(page, self.status, media_type="text/html")


def struck(fault: JsonObject) -> GraphError:
    """Return the error of a planted fault: that of its `code`, else a page of its HTTP `status`."""
    if "code" in fault:
        return coded(fault["code"], fault.get("details", ""), status=fault.get("status"))
    return ServerError(fault["status"])


def trace_id() -> str:
    """Return a new id in the form of Meta's `fbtrace_id`."""
    return "A" + secrets.token_urlsafe(16)


def _challenge(message: str) -> str:
    printable = "".join(c if " " <= c <= "~" and c != '"' else "?" for c in message)
    return f'OAuth "Facebook Platform" "invalid_request" "{printable}"'


def coded(code: int, details: str = "", *, status: int | None = None) -> GraphError:
    """Return the error of a code, with its usual or the given details."""
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
    """Return the entry in `errors` of a failed status."""
    known = KNOWN.get(code, Known(status=400, title="Unknown error"))
    return {
        "code": code,
        "title": known.title,
        "message": known.title,
        "error_data": {"details": details or known.details or known.title},
        "href": HREF,
    }


def _parameter_error(message: str) -> GraphError:
    return GraphError(400, {"message": f"(#100) {message}", "type": "OAuthException", "code": 100})


def required(path: str) -> GraphError:
    """Return error 100 for a parameter that is missing or is the empty string."""
    return _parameter_error(f"The parameter {path} is required.")


def wrong_type(path: str, expected: str) -> GraphError:
    """Return error 100 for a value of a wrong type; `expected` is such as `a string`."""
    return _parameter_error(f"Param {path} must be {expected}.")


def unexpected_key(key: str, path: str) -> GraphError:
    """Return error 100 for a key that Graph's schema does not have. Seen for `interactive` and others."""
    return _parameter_error(f'Unexpected key "{key}" on param "{path}".')


def not_a_link(path: str) -> GraphError:
    """Return error 100 for a link that is no address of the web."""
    return _parameter_error(f"Param {path} is not a valid URI.")


def too_long(path: str, limit: int) -> GraphError:
    """Return error 100 for a text that is longer than Graph's schema allows."""
    return _parameter_error(f"Param {path} must be at most {limit} characters long.")


def not_one_of(path: str, allowed: tuple[str, ...], got: object) -> GraphError:
    """Return error 100 for a value outside an enumeration."""
    return _parameter_error(f'Param {path} must be one of {{{", ".join(allowed)}}} - got "{got}".')


def invalid(details: str) -> GraphError:
    """Return error 131009 for a value that fails the Cloud API's own checks."""
    return coded(131009, details)


def unknown_path(path: str) -> GraphError:
    """Return error 2500: Graph reads a version or an edge that does not exist as part of the path."""
    message = f"Unknown path components: /{path}"
    return GraphError(400, {"message": message, "type": "OAuthException", "code": 2500})


def no_token() -> GraphError:
    """Return error 104 for a request without an access token."""
    message = "An access token is required to request this resource."
    return GraphError(401, {"message": message, "type": "OAuthException", "code": 104})


def unknown_object(object_id: str, method: str = "post") -> GraphError:
    """Return error 100/33 for an object that does not exist, or not for this token."""
    message = (
        f"Unsupported {method} request. Object with ID '{object_id}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api"
    )
    error = {"message": message, "type": "GraphMethodException", "code": 100, "error_subcode": 33}
    return GraphError(400, error)


def no_token_for_me() -> GraphError:
    """Return error 2500 for `me` without an access token."""
    message = "An active access token must be used to query information about the current user."
    return GraphError(400, {"message": message, "type": "OAuthException", "code": 2500})


def plain(code: int, message: str) -> GraphError:
    """Return an error that has no details."""
    return GraphError(400, {"message": message, "type": "OAuthException", "code": code})


def no_field(name: str, node: str) -> GraphError:
    """Return error 100 for a field or an edge that an object does not have."""
    return _parameter_error(f"Tried accessing nonexisting field ({name}) on node type ({node})")


def lacking(what: str) -> GraphError:
    """Return error 3 for something of Meta's that the simulator does not have."""
    return coded(3, f"The simulator lacks {what}. {page('simulator')} lists what it has.")


def not_media(path: str) -> GraphError:
    """Return error 100 for a media id that nobody knows, or that has expired."""
    return _parameter_error(f"Param {path} is not a valid whatsapp business account media attachment ID")


def not_the_number() -> GraphError:
    """Return error 100 for a file that was not uploaded on the number that the request names.

    https://github.com/chatwoot/chatwoot/pull/13319 has the text. It says that contacts' files get it, too.
    """
    return _parameter_error("Param phone_number_id is not a valid whatsapp business phone number id ID")


def not_a_file(allowed: tuple[str, ...], got: str | None) -> GraphError:
    """Return error 100 for an upload that is no file, or a file of another type.

    https://github.com/MissaelAnda/laravel-whatsapp/issues/4 and
    https://github.com/fbsamples/whatsapp-api-examples/issues/10 have the texts.
    """
    received = "" if got is None else f" Received file of type '{got}'."
    return _parameter_error(
        f"Param file must be a file with one of the following types: {', '.join(allowed)}.{received}"
    )


def template_error(subcode: int, title: str, message: str, *, code: int = 100) -> GraphError:
    """Return the error of a template that cannot be created or changed."""
    return GraphError(
        400,
        {
            "message": "Invalid parameter",
            "type": "OAuthException",
            "code": code,
            "error_subcode": subcode,
            "is_transient": False,
            "error_user_title": title,
            "error_user_msg": message,
        },
    )
