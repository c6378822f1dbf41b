"""How the business stands with Meta: token, app, payment, reputation, and what Meta's fields tell of them.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/health-status and
https://developers.facebook.com/docs/graph-api/reference/debug_token
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from rejoinder.workbench.simulator import errors
from rejoinder.workbench.simulator.errors import GraphError
from rejoinder.workbench.simulator.jsontext import JsonObject

SCOPES: Final = ("whatsapp_business_management", "whatsapp_business_messaging")
BUSINESS_ID: Final = "400000000000001"
"""The id of the business portfolio."""

ENDED_AT: Final = 1_700_000_000
"""When a token that has expired did, in Unix seconds."""

_PAYMENT: Final = {
    "error_code": 141006,
    "error_description": "There is an error with the payment method.",
    "possible_solution": "Add a new payment method to the account.",
}
_UNREGISTERED: Final = {
    "error_code": 141000,
    "error_description": "The business phone number is not registered.",
    "possible_solution": "Register the number.",
}
_NO_NAME: Final = "The display name has not been approved yet."
_NOT_LIVE: Final = "The app is in development mode. It gets no webhooks of real messages."


@dataclass(slots=True, kw_only=True)
class Health:
    """What Meta thinks of the business. `POST /sim/health` changes it."""

    token: str = "valid"  # noqa: S105 - a state, and no token
    """Whether the access token is `valid`, `expired` or `invalid`."""

    token_expires_at: int = 0
    """When it expires, in Unix seconds; 0 for never."""

    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    """What the access token allows."""

    app: str = "live"
    """Whether the app is `live` or in `development`."""

    quality: str = "GREEN"
    """How contacts rate the phone numbers."""

    throughput: str = "STANDARD"
    """The level of messages per second."""

    payment: bool = True
    """Whether there is a way to pay."""

    verification: str = "verified"
    """Whether the business is verified, in Meta's word."""

    review: str = "APPROVED"
    """What the review of the account said."""

    fault: str = ""
    """The fault of the page's list that was planted last; empty for none."""

    def token_error(self) -> GraphError | None:
        """Return Meta's error for the access token; None while it is valid."""
        error = self._why()
        return GraphError(401, {**error, "type": "OAuthException"}) if error else None

    def _why(self) -> JsonObject:
        if self.token == "expired":  # noqa: S105
            return {
                "message": "Error validating access token: Session has expired.",
                "code": 190,
                "error_subcode": 463,
            }
        if self.token == "invalid":  # noqa: S105
            return {"message": errors.KNOWN[190].title, "code": 190}
        return {}

    def debugged(self, app_id: str, name: str, waba_id: str) -> JsonObject:
        """Return what `debug_token` says of the access token."""
        scopes = self.scopes
        expires_at = ENDED_AT if self.token == "expired" else self.token_expires_at  # noqa: S105
        data: JsonObject = {
            "app_id": app_id,
            "type": "SYSTEM_USER",
            "application": name,
            "data_access_expires_at": 0,
            "expires_at": expires_at,
            "is_valid": True,
            "scopes": scopes,
            "granular_scopes": [{"scope": one, "target_ids": [waba_id]} for one in scopes],
            "user_id": app_id,
        }
        if error := self._why():
            data |= {"error": error, "is_valid": False}
        return data

    def status(
        self, waba_id: str, app_id: str, *, number: tuple[str, bool, bool] | None = None
    ) -> JsonObject:
        """Return `health_status` of an account, or of a number: its id, if it is registered, and named."""
        payment, live = [] if self.payment else [_PAYMENT], self.app == "live"
        entities = [
            _entity("WABA", waba_id, errors_=payment),
            _entity("BUSINESS", BUSINESS_ID),
            _entity("APP", app_id, more=[] if live else [_NOT_LIVE]),
        ]
        if number:
            number_id, registered, named = number
            more = [] if named else [_NO_NAME]
            wrong = [] if registered else [_UNREGISTERED]
            entities.insert(0, _entity("PHONE_NUMBER", number_id, errors_=wrong, more=more))
        states = [entity["can_send_message"] for entity in entities]
        overall = next((one for one in ("BLOCKED", "LIMITED") if one in states), "AVAILABLE")
        return {"can_send_message": overall, "entities": entities}


def _entity(
    kind: str, its_id: str, *, errors_: list[JsonObject] | None = None, more: list[str] | None = None
) -> JsonObject:
    state = "BLOCKED" if errors_ else "LIMITED" if more else "AVAILABLE"
    told: JsonObject = {"errors": errors_} if errors_ else {"additional_info": more} if more else {}
    return {"entity_type": kind, "id": its_id, "can_send_message": state, **told}
