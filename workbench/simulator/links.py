"""Fetches the files that message requests name by link, as the network does after it accepted them."""

from __future__ import annotations

from typing import Final

import httpx

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.media import LIMITS, why_not
from rejoinder.workbench.simulator.references import Reference, references
from rejoinder.workbench.simulator.settings import Settings

_HERE: Final = ("127.0.0.1", "localhost", "::1")
_SECONDS: Final = 20.0
_HEADERS: Final = {"user-agent": "facebookexternalua"}


class Links:
    """Fetches what lies on this machine. What lies elsewhere is fetched only if the settings say so."""

    def __init__(self, settings: Settings) -> None:
        self._everywhere = settings.fetches_links
        self._client = httpx.AsyncClient(
            timeout=_SECONDS, trust_env=False, follow_redirects=self._everywhere, headers=_HEADERS
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def why_not(self, body: JsonObject) -> str | None:
        """Return why a file of a request could not be fetched, or cannot be sent; None when all can."""
        for one in references(body):
            if one.link and self._is_fetched(one.link) and (reason := await self._reason(one, one.link)):
                return reason
        return None

    def _is_fetched(self, link: str) -> bool:
        try:
            return self._everywhere or httpx.URL(link).host in _HERE
        except httpx.InvalidURL:
            return True

    async def _reason(self, one: Reference, link: str) -> str | None:
        try:
            async with self._client.stream("GET", link) as answer:
                if answer.status_code != 200:
                    # https://github.com/WhatsApp/WhatsApp-Business-API-Setup-Scripts/issues/110 has it.
                    status = f"{answer.status_code}, status message {answer.reason_phrase}"
                    return f"Downloading media from weblink failed with http code {status}"
                size = 0
                async for chunk in answer.aiter_raw():
                    size += len(chunk)
                    if size > LIMITS[one.kind]:
                        break
                return why_not(one.kind, answer.headers.get("content-type", ""), size)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return f"Downloading media from weblink failed: {type(error).__name__}"
