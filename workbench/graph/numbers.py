"""The phone numbers of a business account.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from rejoinder.workbench.graph.answers import flag, inner, text
from rejoinder.workbench.graph.changes import Change, delete, post
from rejoinder.workbench.graph.client import Graph, Json

FIELDS = (
    *("id", "display_phone_number", "verified_name", "name_status", "new_display_name", "new_name_status"),
    *("code_verification_status", "platform_type", "status", "quality_rating", "throughput"),
    *("whatsapp_business_manager_messaging_limit", "is_pin_enabled", "account_mode", "webhook_configuration"),
)
"""The fields of a number that `numbers` and `number` ask for."""

REGIONS = ("AE", "AU", "BH", "BR", "CA", "CH", "DE", "GB", "ID", "IN", "JP", "KR", "SG", "ZA")
"""Where Meta can keep messages, beside its usual place:
https://developers.facebook.com/documentation/business-messaging/whatsapp/local-storage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A phone number, as Meta shows it. What Meta does not say is empty."""

    id: str
    """The phone number id."""

    phone: str = ""
    """The number itself, as people read it."""

    name: str = ""
    """The display name."""

    name_status: str = ""
    """What Meta thinks of the name, such as `APPROVED` or `DECLINED`."""

    new_name: str = ""
    """A display name that waits for Meta's review."""

    new_name_status: str = ""
    """What Meta thinks of the new name."""

    verification: str = ""
    """`VERIFIED` when its owner has typed in the code; else `NOT_VERIFIED` or `EXPIRED`."""

    platform: str = ""
    """`CLOUD_API` when it is registered."""

    status: str = ""
    """`CONNECTED` when it can send; else such as `PENDING`, `FLAGGED` or `RESTRICTED`."""

    quality: str = ""
    """`GREEN`, `YELLOW`, `RED` or `UNKNOWN`."""

    throughput: str = ""
    """`STANDARD` for 80 messages a second, `HIGH` for 1,000."""

    limit: str = ""
    """To how many people the portfolio may write first in 24 hours, such as `TIER_250`."""

    has_pin: bool = False
    """Whether there is a PIN of the two-step verification."""

    mode: str = ""
    """`LIVE`, or `SANDBOX` for a number to try things."""

    webhook: str = ""
    """The address that gets its webhooks instead of the one of the app or the account."""

    @classmethod
    def read(cls, answer: Json) -> Self:
        """Return the number that an answer of Meta shows."""
        return cls(
            id=text(answer, "id"),
            phone=text(answer, "display_phone_number"),
            name=text(answer, "verified_name"),
            name_status=text(answer, "name_status"),
            new_name=text(answer, "new_display_name"),
            new_name_status=text(answer, "new_name_status"),
            verification=text(answer, "code_verification_status"),
            platform=text(answer, "platform_type") or text(answer, "host_platform"),
            status=text(answer, "status"),
            quality=text(answer, "quality_rating"),
            throughput=text(answer, "throughput", "level"),
            limit=text(answer, "whatsapp_business_manager_messaging_limit")
            or text(answer, "messaging_limit_tier"),
            has_pin=flag(answer, "is_pin_enabled"),
            mode=text(answer, "account_mode"),
            webhook=text(inner(answer, "webhook_configuration"), "phone_number"),
        )


def numbers(graph: Graph, waba_id: str) -> Iterator[Number]:
    """Yield the numbers of an account. Raises GraphError."""
    for one in graph.pages(f"{waba_id}/phone_numbers", fields=",".join(FIELDS)):
        yield Number.read(one)


def number(graph: Graph, number_id: str) -> Number:
    """Return a number. Raises GraphError."""
    return Number.read(graph.get(number_id, fields=",".join(FIELDS)))


def request_code(number_id: str, *, by_voice: bool, language: str) -> Change:
    """Return the request for a code to the number, by SMS or by a call."""
    return post(
        f"{number_id}/request_code", {"code_method": "VOICE" if by_voice else "SMS", "language": language}
    )


def verify(number_id: str, code: str) -> Change:
    """Return the request that proves with the code whose number it is."""
    return post(f"{number_id}/verify_code", {"code": code}, secrets=("code",))


def register(number_id: str, pin: str, region: str = "") -> Change:
    """Return the request that lets the number send. `region` is where Meta keeps its messages."""
    body = {"messaging_product": "whatsapp", "pin": pin}
    body |= {"data_localization_region": region} if region else {}
    return post(f"{number_id}/register", body, secrets=("pin",))


def deregister(number_id: str) -> Change:
    """Return the request after which the number can neither send nor receive."""
    return post(f"{number_id}/deregister")


def set_pin(number_id: str, pin: str) -> Change:
    """Return the request that sets another PIN."""
    return post(number_id, {"pin": pin}, secrets=("pin",))


def set_name(number_id: str, name: str) -> Change:
    """Return the request for another display name, which Meta reviews."""
    return post(number_id, {"new_display_name": name})


def username(graph: Graph, number_id: str) -> tuple[str, str]:
    """Return the username and its status; two empty texts when there is none. Raises GraphError."""
    answer = graph.get(f"{number_id}/username")
    return text(answer, "username"), text(answer, "status")


def set_username(number_id: str, name: str) -> Change:
    """Return the request for a username; without a name the one that gives it up."""
    return post(f"{number_id}/username", {"username": name}) if name else delete(f"{number_id}/username")
