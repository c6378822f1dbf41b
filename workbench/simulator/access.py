"""What every request to the Graph API passes first: the version in its path, and its access token.

Versions: https://developers.facebook.com/docs/graph-api/guides/versioning says that a call to a version that
is no longer usable is served by the oldest usable one. A version that does not exist yet is read as part of
the path: `GET /v27.0/me` was answered with "Unknown path components: /me" in September 2026, before any look
at a token. A call without a version is served by the one that the app's dashboard sets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request as HttpRequest

from rejoinder.workbench.simulator import errors, jsontext
from rejoinder.workbench.simulator.health import Health
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.settings import Settings

VERSIONS: Final = tuple(f"v{number}.0" for number in range(21, 27))
"""The versions that Meta supports. v20.0 expired on 2026-09-24, by
https://developers.facebook.com/docs/graph-api/changelog/versions."""

EXPIRED: Final = frozenset(
    ["v1.0"]
    + [f"v2.{minor}" for minor in range(13)]
    + [f"v3.{minor}" for minor in range(4)]
    + [f"v{number}.0" for number in range(4, 21)]
)
"""The versions that were usable once. The oldest of VERSIONS serves them."""

_VERSION: Final = re.compile(r"v[0-9]+\.[0-9]+")
_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to the Graph API whose version and token are right."""

    request: HttpRequest
    version: str
    """The version that serves it."""

    node: str
    """The id of the object, which is the first part of the path."""

    rest: tuple[str, ...]
    """The parts of the path behind it: the edge, and rarely more."""

    body: JsonObject
    """The parameters in the body. A file in it is left unread."""

    @property
    def edge(self) -> str:
        return self.rest[0] if self.rest else ""

    @property
    def parameters(self) -> JsonObject:
        """The parameters, which Graph takes from the query and from the body."""
        query = {key: value(text) for key, text in self.request.query_params.items()}
        return {**query, **self.body}


def served_by(path: str, settings: Settings) -> tuple[str, list[str]]:
    """Return the version that serves a path, and the parts of the path behind it; else error 2500."""
    parts = path.strip("/").split("/")
    if not _VERSION.fullmatch(parts[0]):
        return settings.default_version, parts
    version, rest = parts[0], parts[1:]
    if version in VERSIONS:
        return version, rest or [""]
    if version in EXPIRED:
        return VERSIONS[0], rest or [""]
    raise errors.unknown_path("/".join(rest) or version)


async def admitted(request: HttpRequest, settings: Settings, health: Health) -> Call:
    """Return a request, read and taken apart. Raises Meta's error for its version or its token."""
    version, parts = served_by(request.url.path, settings)
    request.state.version = version
    body = await _body(request)
    if parts[0] != "oauth":  # there a secret of the app's buys a token
        authenticate(request, body, settings, health, parts[0])
    return Call(request=request, version=version, node=parts[0], rest=tuple(parts[1:]), body=body)


def authenticate(
    request: HttpRequest, body: JsonObject, settings: Settings, health: Health, node: str = ""
) -> None:
    """Raise Meta's error unless a request has a right token: in its header, its query or its body."""
    token = token_in(request) or request.query_params.get("access_token", "")
    token = token or str(body.pop("access_token", ""))
    if not token:
        raise errors.no_token_for_me() if node == "me" else errors.no_token()
    if not is_right(token, settings):
        raise errors.coded(190)
    if (error := health.token_error()) and not is_of_app(token, settings):
        raise error


def token_in(request: HttpRequest) -> str:
    """Return the token in the header of a request. Meta takes both schemes."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() in ("bearer", "oauth") else ""


def is_right(token: str, settings: Settings) -> bool:
    """Return whether a token is one of the settings', or the app's own: its id, a bar, and its secret."""
    return token in settings.access_tokens or is_of_app(token, settings)


def is_of_app(token: str, settings: Settings) -> bool:
    """Return whether a token is the app's own."""
    return token == f"{settings.app_id}|{settings.app_secret}"


async def _body(request: HttpRequest) -> JsonObject:
    """Return the parameters in a body. There are none if it cannot be read, as with Graph."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared == "multipart/form-data" or "file_offset" in request.headers:
        return {}
    raw = await request.body()
    if declared == _FORM:
        pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
        return {key: value(text) for key, text in pairs}
    try:
        body = jsontext.parse(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def value(text: str) -> object:
    """Return a value of a form or a query. Objects and lists come as JSON, everything else is a string."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return jsontext.parse(text)
    except ValueError:
        return text
