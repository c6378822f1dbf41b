"""What a person can do about an error of the account side.

Codes: https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import GraphError

_AGAIN = "wait as long as Meta says there, then try once more with the right PIN"

CURES = {
    3: "give the token's system user the permission whatsapp_business_management",
    4: "wait an hour: the app has asked too often",
    10: "give the system user full control of the business account, and make a new token",
    100: "compare the ids and the values with WhatsApp Manager",
    104: "store an access token: `rejoinder secrets`",
    190: "make a new token of the system user, and store it: `rejoinder secrets`",
    200: "give the system user full control of the business account, and make a new token",
    2200: "the webhook did not answer the handshake: `rejoinder webhook test` shows why",
    80007: "wait an hour: the business account has been asked too often",
    131045: "register the number again: `rejoinder phone register`",
    133000: "the last deregistration did not end: deregister the number again, then register it",
    133004: "Meta's servers are busy: try again in some minutes",
    133005: "type the PIN that was set last; if nobody knows it, switch the two-step verification off in "
    "WhatsApp Manager, and register with a new one",
    133006: "verify the number first: `rejoinder phone request-code`, then `rejoinder phone verify`",
    133008: f"too many wrong PINs: {_AGAIN}",
    133009: f"the PINs came too fast: {_AGAIN}",
    133010: "register the number first: `rejoinder phone register`",
    133015: "the number was deleted a moment ago: wait 5 minutes, then register it",
    133016: "ten registrations and deregistrations in 72 hours are all: wait until 72 hours have passed",
    136024: "the number needs no code, or had too many: look with `rejoinder phone list`",
    136025: "type the newest code, or ask for another: `rejoinder phone request-code`",
    139100: "Meta blocks only who wrote to the number in the last 24 hours",
    147001: "3 to 35 of a-z, 0-9, dots and underscores, with a letter, and not like a web address",
    147005: "take it from the other number first: `rejoinder phone username --none --number ID`",
}
"""What to do, by the code."""


@contextmanager
def cured() -> Iterator[None]:
    """Turn an error of Meta in the block into a StackError: one line, with what to do."""
    try:
        yield
    except GraphError as error:
        raise StackError(told(error)) from None


def told(error: GraphError) -> str:
    """Return an error of Meta as one line, with what to do where that is known."""
    line = " ".join(str(error).split()).rstrip(".")
    code = "" if f"#{error.code}" in line or not error.code else f" (code {error.code})"
    cure = CURES.get(error.code)
    return f"{line}{code}. {cure[0].upper()}{cure[1:]}" if cure else f"{line}{code}"
