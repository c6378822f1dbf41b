"""Reads the object `template` of a request back into what a bot says."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from rejoinder.model.selling import OrderDetails, OrderStatus, Product
from rejoinder.model.templates import (
    ButtonTake,
    CallTime,
    CatalogPicture,
    CopyCode,
    FormStart,
    LinkEnd,
    Moment,
    Money,
    Parameter,
    Parameters,
    ProductChoice,
    TapId,
    Template,
    TemplateCard,
    TemplateHeader,
)
from tests.payloads.requests import NotSaid, bill_of, file_of, place_of, sections_of, status_of

Part = Mapping[str, Any]

OF_TYPE = (
    *("header", "body", "limited_time_offer", "tap_target_configuration", "order_status", "button"),
    "carousel",
)
"""The types of components, in the order in which rejoinder sends them."""


def template_of(part: Part) -> Template:
    """Return the template that becomes `part`. Raises NotSaid when none does."""
    components = part.get("components", [])
    if unknown := [one["type"] for one in components if one["type"].lower() not in OF_TYPE]:
        raise NotSaid(f"a template with a component of the type {unknown[0]}")
    header, header_name = _header(components)
    return Template(
        name=part["name"],
        language=part["language"]["code"],
        parameters=_parameters(components),
        header=header,
        header_name=header_name,
        buttons=_takes(components),
        cards=tuple(
            TemplateCard(
                header=_header(card["components"])[0],  # type: ignore[arg-type] # no card has words
                parameters=_parameters(card["components"]),
                buttons=_takes(card["components"]),
            )
            for carousel in _of_type(components, "carousel")
            for card in carousel["cards"]
        ),
        offer_ends_at=_offer(components),
        order=_order(components),
        link=_link(components, "url"),
        link_title=_link(components, "title"),
    )


def _of_type(components: list[Part], kind: str) -> list[Part]:
    return [one for one in components if one["type"].lower() == kind]


def _given(components: list[Part], kind: str) -> list[Part]:
    """Return the parameters of the components of one type."""
    return [one for component in _of_type(components, kind) for one in component.get("parameters", [])]


def _header(components: list[Part]) -> tuple[TemplateHeader, str]:
    """Return what fills the header, and the name of its variable."""
    for one in _given(components, "header"):
        match one["type"].lower():
            case "text":
                return one["text"], one.get("parameter_name", "")
            case "location":
                return place_of(one["location"]), ""
            case "product":
                product = one["product"]
                ids = {"catalog_id": product["catalog_id"], "product_id": product["product_retailer_id"]}
                return Product(**ids), ""
            case "image" | "video" | "document" as kind:
                return file_of(kind, one[kind]), ""  # type: ignore[return-value] # of these kinds
            case kind:
                raise NotSaid(f"a template with a header of the type {kind}")
    return "", ""


def _parameters(components: list[Part]) -> Parameters:
    given = _given(components, "body")
    if given and all("parameter_name" in one for one in given):
        return {one["parameter_name"]: _parameter(one) for one in given}
    return tuple(map(_parameter, given))


def _parameter(one: Part) -> Parameter:
    match one["type"].lower():
        case "text":
            return str(one["text"])
        case "currency":
            money = one["currency"]
            amount = Decimal(money["amount_1000"]) / 1000
            return Money(text=money["fallback_value"], currency=money["code"], amount=amount)
        case "date_time":
            moment = one["date_time"]
            parts = [moment.get(name) for name in ("year", "month", "day_of_month", "hour", "minute")]
            at = None if None in parts else datetime(*parts)  # noqa: DTZ001 - a time on the wall
            return Moment(text=moment["fallback_value"], at=at)
        case kind:
            raise NotSaid(f"a template with a variable of the type {kind}")


def _takes(components: list[Part]) -> tuple[ButtonTake | None, ...]:
    takes = {int(one.get("index", 0)): _take(one) for one in _of_type(components, "button")}
    return (
        tuple(takes.get(place) for place in range(max(takes, default=-1) + 1)) if any(takes.values()) else ()
    )


def _take(button: Part) -> ButtonTake | None:
    kind, given = button["sub_type"].lower(), button.get("parameters", [])
    if kind == "order_details":
        return None  # the order of the template has it
    values = {one["type"].lower(): one[one["type"].lower()] for one in given}
    if kind not in _TAKES:
        raise NotSaid(f"a template with a button of the type {kind}")
    try:
        return _TAKES[kind](values)
    except KeyError as error:
        raise NotSaid(f"a button of the type {kind} without {error}") from error


_TAKES: Mapping[str, Callable[[Part], ButtonTake]] = {
    "url": lambda given: LinkEnd(given["text"]),
    "quick_reply": lambda given: TapId(given["payload"]),
    "copy_code": lambda given: CopyCode(given["coupon_code"]),
    "flow": lambda given: FormStart(
        token=given.get("action", {}).get("flow_token", ""),
        data=given.get("action", {}).get("flow_action_data", {}),
    ),
    "catalog": lambda given: CatalogPicture(given["action"]["thumbnail_product_retailer_id"]),
    "mpm": lambda given: ProductChoice(
        product_id=given["action"]["thumbnail_product_retailer_id"], sections=sections_of(given["action"])
    ),
    "voice_call": lambda given: CallTime(minutes=given.get("ttl_minutes"), payload=given.get("payload", "")),
}


def _offer(components: list[Part]) -> datetime | None:
    for one in _given(components, "limited_time_offer"):
        return datetime.fromtimestamp(one["limited_time_offer"]["expiration_time_ms"] / 1000, UTC)
    return None


def _order(components: list[Part]) -> OrderDetails | OrderStatus | None:
    for one in _given(components, "order_status"):
        return status_of(one["order_status"])
    for one in _given(components, "button"):
        if "order_details" in one.get("action", {}):
            return bill_of(one["action"]["order_details"])
    return None


def _link(components: list[Part], name: str) -> str:
    for one in _given(components, "tap_target_configuration"):
        (target,) = one["tap_target_configuration"]
        return str(target[name])
    return ""
