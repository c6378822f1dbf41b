"""What contacts read of a business: its profile.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-profiles
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from rejoinder.workbench.graph.answers import inner, objects, text, texts
from rejoinder.workbench.graph.changes import Change, post
from rejoinder.workbench.graph.client import Graph, Json

FIELDS = ("about", "address", "description", "email", "profile_picture_url", "websites", "vertical")
"""The fields of a profile."""

LIMITS = {"about": 139, "address": 256, "description": 512, "email": 128}
"""The most characters of each text."""

VERTICALS = (
    *("ALCOHOL", "APPAREL", "AUTO", "BEAUTY", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GOVT"),
    *("GROCERY", "HEALTH", "HOTEL", "MATRIMONY_SERVICE", "NONPROFIT", "NOT_A_BIZ", "ONLINE_GAMBLING"),
    *("OTC_DRUGS", "OTHER", "PHYSICAL_GAMBLING", "PROF_SERVICES", "RESTAURANT", "RETAIL", "TRAVEL"),
)
"""What a business may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile. What is not set is empty."""

    about: str = ""
    """The line below the name."""

    address: str = ""
    description: str = ""
    email: str = ""

    vertical: str = ""
    """What the business is: one of VERTICALS."""

    websites: tuple[str, ...] = ()
    """Two at most."""

    picture: str = ""
    """The address of the picture."""

    @classmethod
    def read(cls, answer: Json) -> Self:
        """Return the profile in an answer of Meta. The specification puts it one level deeper."""
        found = next(iter(objects(answer, "data")), {})
        found = inner(found, "business_profile") or found
        return cls(
            about=text(found, "about"),
            address=text(found, "address"),
            description=text(found, "description"),
            email=text(found, "email"),
            vertical=text(found, "vertical"),
            websites=texts(found, "websites"),
            picture=text(found, "profile_picture_url"),
        )


def profile(graph: Graph, number_id: str) -> Profile:
    """Return the profile of a number. Raises GraphError."""
    return Profile.read(graph.get(f"{number_id}/whatsapp_business_profile", fields=",".join(FIELDS)))


def set_profile(number_id: str, new: Mapping[str, Any]) -> Change:
    """Return the request that changes some fields, and leaves the others."""
    return post(f"{number_id}/whatsapp_business_profile", {"messaging_product": "whatsapp", **new})
