"""What Meta knows of an access token.

https://developers.facebook.com/docs/graph-api/reference/debug_token
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from rejoinder.workbench.graph.answers import flag, inner, objects, text, texts, whole
from rejoinder.workbench.graph.client import Graph, Json

NEEDED = ("whatsapp_business_management", "whatsapp_business_messaging")
"""The permissions that rejoinder needs."""

BAD_TOKEN = 190
"""Meta's code for a token that it does not accept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token, as Meta describes it."""

    is_valid: bool = False

    app_id: str = ""
    """The app that it was made for."""

    kind: str = ""
    """`SYSTEM_USER`, `USER` or another."""

    expires_at: int = 0
    """When it ends, in Unix seconds; 0 for never."""

    scopes: tuple[str, ...] = ()
    """Its permissions."""

    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each permission the ids it is limited to; no ids for no limit."""

    error: str = ""
    """Why it is not valid."""

    @classmethod
    def read(cls, answer: Json) -> Self:
        """Return the token that an answer of Meta describes."""
        data = inner(answer, "data")
        limited = objects(data, "granular_scopes")
        return cls(
            is_valid=flag(data, "is_valid"),
            app_id=text(data, "app_id"),
            kind=text(data, "type"),
            expires_at=whole(data, "expires_at"),
            scopes=texts(data, "scopes"),
            targets={text(one, "scope"): texts(one, "target_ids") for one in limited},
            error=text(data, "error", "message"),
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The permissions that rejoinder needs and the token has not."""
        return tuple(scope for scope in NEEDED if scope not in self.scopes)


def app_token(app_id: str, app_secret: str) -> str:
    """Return the app's own token, which is made of its id and its secret."""
    return f"{app_id}|{app_secret}"


def token(graph: Graph, inspected: str) -> Token:
    """Return what Meta knows of a token. The app's own token may ask for each one of the app."""
    found = Token.read(graph.get("debug_token", input_token=inspected))
    return replace(found, error=found.error.replace(inspected, "…"))  # Meta repeats a malformed token
