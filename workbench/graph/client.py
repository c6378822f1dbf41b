"""Requests to the Graph API, and its errors."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Self

import httpx

from rejoinder.tls import tls_context
from rejoinder.workbench.errors import StackError

Json = dict[str, Any]

SECONDS = 30.0
"""How long to wait for an answer, in seconds."""


class GraphError(StackError):
    """The Graph API refused a request. The text is what it says, in one line."""

    def __init__(self, status: int, error: Mapping[str, Any], answer: Json | None = None) -> None:
        self.status = status
        """The HTTP status."""
        self.code = _whole(error.get("code"))
        """Meta's code; 0 when there was none."""
        self.subcode = _whole(error.get("error_subcode"))
        """Meta's second code, such as 2388299 for a template; 0 when there was none."""
        self.message = str(error.get("message") or f"HTTP status {status}")
        """Meta's sentence."""
        data = error.get("error_data")
        details = data.get("details", "") if isinstance(data, Mapping) else ""
        self.details = str(error.get("error_user_msg") or details or "")
        """What Meta says beside it; empty for nothing."""
        self.answer = answer or {}
        """The whole answer, which also tells what was done nevertheless."""
        text = f"{self.message}: {self.details}" if self.details else self.message
        super().__init__(f"Meta refused it: {text}")


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


class Graph:
    """A client of the Graph API, for one access token."""

    def __init__(self, base_url: str, version: str, token: str) -> None:
        if not token.isascii():
            raise StackError(
                "the access token has a sign that no token has: `rejoinder secrets`; type it again"
            )
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(
            base_url=f"{base_url.rstrip('/')}/{version}/",
            headers=headers,
            timeout=SECONDS,
            verify=tls_context(),
            trust_env=True,
        )
        self.token = token
        """The access token."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def get(self, path: str, **parameters: object) -> Json:
        """Return what `path` holds. Raises GraphError."""
        return self.ask("GET", path, params=parameters)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Json:
        """Send `body` as JSON. Raises GraphError."""
        return self.ask("POST", path, json=dict(body or {}))

    def delete(self, path: str, *, body: Mapping[str, Any] | None = None, **parameters: object) -> Json:
        """Delete what `path` names. Raises GraphError."""
        return self.ask("DELETE", path, params=parameters, **({"json": dict(body)} if body else {}))

    def pages(self, path: str, **parameters: object) -> Iterator[Json]:
        """Yield the items of a list, page after page. Raises GraphError."""
        while True:
            page = self.get(path, **parameters)
            yield from page.get("data", [])
            paging = page.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after")
            if not after or "next" not in paging:
                return
            parameters["after"] = after

    def ask(self, method: str, path: str, **options: Any) -> Json:
        """Make one request, and return its answer. Raises GraphError; StackError when nobody answers."""
        try:
            response = self._client.request(method, path.lstrip("/"), **options)
        except httpx.HTTPError as failure:
            raise StackError(f"the Graph API cannot be reached ({type(failure).__name__})") from None
        answer = self._read(response)
        if response.is_success and isinstance(answer, dict) and "error" not in answer:
            return answer
        told = answer if isinstance(answer, dict) else {}
        error = told.get("error")
        raise GraphError(response.status_code, error if isinstance(error, dict) else {}, told)

    def _read(self, response: httpx.Response) -> object:
        """Return the answer; None for no JSON. Meta repeats a malformed token in its error."""
        text = (
            response.text if response.is_success or not self.token else response.text.replace(self.token, "…")
        )
        try:
            return json.loads(text)
        except ValueError:
            return None
