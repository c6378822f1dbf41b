"""Templates that nobody has pushed yet, on a page of their own, as a phone shows them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rejoinder.workbench.simulator import jsontext
from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import AsciiJson, JsonObject

_TEXTS: Final = ("title", "header", "file", "picture", "body", "footer", "offer")


class Preview:
    """Keeps what was last given. `page` answers with the page that shows it."""

    def __init__(self, page: Callable[[Request], Awaitable[Response]]) -> None:
        self._page = page
        self._bubbles: list[JsonObject] = []

    def routes(self) -> list[Route]:
        return [
            Route("/sim/preview", self._page, methods=["GET"]),
            Route("/sim/preview", self.keep, methods=["POST"]),
            Route("/sim/preview/bubbles", self.bubbles, methods=["GET"]),
        ]

    async def keep(self, request: Request) -> Response:
        """Take a list of bubbles, in place of the last ones."""
        try:
            given = jsontext.parse(await request.body())
        except ValueError as error:
            raise ControlError(f"the body must be JSON: {error}") from error
        if not isinstance(given, list):
            raise ControlError("the body must be a list of bubbles")
        self._bubbles = [_bubble(one) for one in given]
        return AsciiJson({"shown": len(self._bubbles)})

    async def bubbles(self, _: Request) -> Response:
        return AsciiJson(self._bubbles)


def _bubble(raw: object) -> JsonObject:
    """Return a bubble with all its parts. Raises ControlError for what is none."""
    if not isinstance(raw, dict) or not all(isinstance(raw.get(key, ""), str) for key in _TEXTS):
        raise ControlError(f"a bubble is an object, and these are texts in it: {', '.join(_TEXTS)}")
    buttons, cards = raw.get("buttons") or [], raw.get("cards") or []
    if not isinstance(buttons, list) or not isinstance(cards, list):
        raise ControlError("buttons and cards must be lists")
    texts = {key: raw.get(key, "") for key in _TEXTS}
    return {**texts, "buttons": [_button(one) for one in buttons], "cards": [_bubble(one) for one in cards]}


def _button(raw: object) -> list[str]:
    if not isinstance(raw, list) or [type(part) for part in raw] != [str, str]:
        raise ControlError("a button is a sign and its words")
    return raw
