"""The control API for what people at the network decide, and contacts about marketing.

Templates are approved, rejected, paused and so on under `/sim/templates`. Contacts stop and resume marketing
at `/sim/preferences`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rejoinder.workbench.simulator import contacts, webhooks
from rejoinder.workbench.simulator.business import Rejection, template_id
from rejoinder.workbench.simulator.delivery import Courier
from rejoinder.workbench.simulator.faults import ControlError
from rejoinder.workbench.simulator.jsontext import AsciiJson, JsonObject
from rejoinder.workbench.simulator.network import Network
from rejoinder.workbench.simulator.orders import order_of, text_in
from rejoinder.workbench.simulator.review import Review
from rejoinder.workbench.simulator.reviewing import REASONS
from rejoinder.workbench.simulator.templates import CATEGORIES, Template
from rejoinder.workbench.simulator.templating import shown

QUALITIES: Final = ("GREEN", "YELLOW", "RED", "UNKNOWN")
PREFERENCES: Final = ("stop", "resume")
DETAILS: Final = ("reason", "why", "recommendation", "category", "now", "quality")
"""What an order about a template may say beside what is to be done."""

_Do = Callable[[Template], None]


class Desk:
    """The endpoints."""

    def __init__(self, network: Network, review: Review, courier: Courier) -> None:
        self._network = network
        self._review = review
        self._courier = courier
        self._plain: Mapping[str, _Do] = {
            "approve": review.approve,
            "pause": review.pause,
            "unpause": review.unpause,
            "flag": review.flag,
            "disable": review.disable,
            "reinstate": review.reinstate,
            "archive": review.archive,
            "unarchive": review.unarchive,
            "delete": review.delete,
            "hold": review.hold,
            "release": review.release,
        }
        self._telling: Mapping[str, Callable[[Template, JsonObject], None]] = {
            "reject": self._reject,
            "recategorise": self._recategorise,
            "rate": self._rate,
        }

    def routes(self) -> list[Route]:
        def route(path: str, endpoint: Callable[[Request], Awaitable[Response]], method: str) -> Route:
            return Route(f"/sim/{path}", endpoint, methods=[method])

        return [
            route("templates", self.templates, "GET"),
            route("templates/{template_id}", self.decide, "POST"),
            route("review", self.reviewer, "GET"),
            route("review", self.switch, "POST"),
            route("preferences", self.prefer, "POST"),
        ]

    async def templates(self, _: Request) -> Response:
        self._review.settle()
        return AsciiJson([self._entry(one) for one in self._network.templates.values()])

    async def decide(self, request: Request) -> Response:
        """Do something with a template. The answer shows it as it is then."""
        self._review.settle()
        order = await order_of(request, ("do", *DETAILS))
        key, what = self._key(request.path_params["template_id"]), text_in(order, "do")
        template = self._network.templates[key]
        if what in self._plain:
            self._plain[what](template)
        elif what in self._telling:
            self._telling[what](template, order)
        else:
            raise ControlError(f"do must be one of {', '.join([*self._plain, *self._telling])}")
        now = self._network.templates.get(key)
        return AsciiJson(self._entry(now) if now else {**shown(template), "status": "DELETED"})

    async def reviewer(self, _: Request) -> Response:
        return AsciiJson({"by_hand": self._network.business.reviews_by_hand})

    async def switch(self, request: Request) -> Response:
        """Say whether somebody decides by hand. What waits is decided when nobody does."""
        order = await order_of(request, ("by_hand",))
        by_hand = order.get("by_hand")
        if not isinstance(by_hand, bool):
            raise ControlError("by_hand must be true or false")
        self._network.business.reviews_by_hand = by_hand
        for template in list(self._network.templates.values()):
            if template.status == "PENDING":
                self._review.submit(template)
        return await self.reviewer(request)

    async def prefer(self, request: Request) -> Response:
        """Let a contact stop or resume the marketing of a number. The webhook says so."""
        order = await order_of(request, ("from", "value", "phone_number_id"))
        sender, value = text_in(order, "from").lstrip("+"), text_in(order, "value")
        if not contacts.is_phone(sender) and not contacts.is_user_id(sender):
            raise ControlError("from must be a phone number in digits, or a user id such as US.1234567890")
        numbers = self._network.settings.phone_numbers
        number = text_in(order, "phone_number_id") if "phone_number_id" in order else next(iter(numbers))
        if value not in PREFERENCES or number not in numbers:
            raise ControlError("value must be stop or resume, and phone_number_id one of the business's")
        contact = self._network.contact_of(sender)
        self._network.prefer(number, contact, marketing=value == "resume")
        at = self._network.clock.now()
        event = webhooks.preference_event(contact, number, self._network.settings, at=at, value=value)
        self._courier.report(event, "user_preferences")
        return AsciiJson({"from": contact.id, "value": value})

    # -- what needs to be told ----------------------------------------------------------------------------

    def _reject(self, template: Template, order: JsonObject) -> None:
        reason = _one_of(order, "reason", REASONS, "INVALID_FORMAT")
        why, recommendation = (str(order.get(key) or "") for key in ("why", "recommendation"))
        self._review.reject(template, Rejection(reason=reason, why=why, recommendation=recommendation))

    def _recategorise(self, template: Template, order: JsonObject) -> None:
        category = _one_of(order, "category", CATEGORIES, "MARKETING")
        if order.get("now"):
            self._review.recategorise(template, category)
        else:
            self._review.announce_category(template, category)

    def _rate(self, template: Template, order: JsonObject) -> None:
        self._review.rate(template, _one_of(order, "quality", QUALITIES, "GREEN"))

    def _key(self, its_id: str) -> tuple[str, str]:
        for key in self._network.templates:
            if template_id(*key) == its_id:
                return key
        raise ControlError(f"there is no template {its_id}", 404)

    def _entry(self, template: Template) -> JsonObject:
        """Return a template as a message fills it, and what is kept of it."""
        its_id = template_id(template.name, template.language)
        return {**shown(template), "id": its_id, "review": asdict(self._network.stored(template))}


def _one_of(order: JsonObject, key: str, allowed: tuple[str, ...], usual: str) -> str:
    value = str(order.get(key) or usual)
    if value not in allowed:
        raise ControlError(f"{key} must be one of {', '.join(allowed)}")
    return value
