"""Parsing what is not plain: media, places, contact cards and orders of a webhook → their contents.

Pydantic checks these shapes. It takes 90 ms of a whole processor to import (`make bench`), so this module is
imported by the first message that needs it: most messages are words and taps.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Self, TypedDict, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

from rejoinder.channels.fields import NotAsExpected, whole_characters
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Image,
    Location,
    Order,
    OrderItem,
    PostalAddress,
    Sticker,
    Unsupported,
    Video,
)
from rejoinder.model.spoken import SaidContent

Words = Annotated[str, BeforeValidator(whole_characters)]
"""A string with whole characters only."""


class Wire(BaseModel):
    """A part of a webhook. Unknown fields are ignored.

    A field with a default is as if absent when it is null or of the wrong type: it costs no other field.
    """

    # Python parses NaN and Infinity as JSON, but our queues and tables do not accept them.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _without_odd_options(cls, value: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(value)
        except ValidationError as error:
            needed = {name for name, field in cls.model_fields.items() if field.is_required()}
            odd = {problem["loc"][0] for problem in error.errors() if problem["loc"]} - needed
            if not isinstance(value, dict) or not odd:
                raise
            return handler({name: part for name, part in value.items() if name not in odd})


W = TypeVar("W", bound=Wire)


def readable(model: type[W], parts: object) -> tuple[W, ...]:
    """Return what can be read of an array as `model`. A part that cannot be read costs no other part."""
    found = []
    for part in parts if isinstance(parts, list) else []:
        try:
            found.append(model.model_validate(part))
        except ValidationError:
            continue
    return tuple(found)


class _Media(Wire):
    id: Words
    mime_type: Words = ""
    sha256: Words = ""
    caption: Words = ""
    filename: Words = ""
    voice: bool = False
    animated: bool = False


class _Location(Wire):
    latitude: float
    longitude: float
    name: Words = ""
    address: Words = ""
    url: Words = ""


class _CardName(Wire):
    formatted_name: Words = ""
    first_name: Words = ""
    last_name: Words = ""
    middle_name: Words = ""
    prefix: Words = ""
    suffix: Words = ""


class _CardPhone(Wire):
    phone: Words = ""
    wa_id: Words = ""


class _CardEmail(Wire):
    email: Words = ""


class _CardUrl(Wire):
    url: Words = ""


class _CardAddress(Wire):
    street: Words = ""
    city: Words = ""
    state: Words = ""
    zip: Words = ""
    country: Words = ""
    country_code: Words = ""
    type: Words = ""


class _CardOrg(Wire):
    company: Words = ""
    department: Words = ""
    title: Words = ""


class _Card(Wire):
    name: _CardName = _CardName()
    org: _CardOrg = _CardOrg()
    birthday: Words = ""
    emails: list[object] = Field(default_factory=list)
    urls: list[object] = Field(default_factory=list)
    addresses: list[object] = Field(default_factory=list)
    phones: list[object] = Field(default_factory=list)
    origin: Words = ""
    vcard: Words = ""


class _OrderItem(Wire):
    product_retailer_id: Words
    quantity: int
    item_price: float | None = None
    currency: Words = ""


class _Order(Wire):
    catalog_id: Words = ""
    text: Words = ""
    product_items: list[object]


class _File(TypedDict):
    media_id: str
    mime_type: str
    sha256: str
    caption: str


def _file(file: _Media) -> _File:
    return {
        "media_id": file.id,
        "mime_type": file.mime_type,
        "sha256": file.sha256,
        "caption": file.caption,
    }


def _media(make: Callable[[_Media], SaidContent], part: object) -> SaidContent:
    if part is None:
        return Unsupported(type="", reason="the file is missing")
    return make(_Media.model_validate(part))


def _location(part: object) -> SaidContent:
    place = _Location.model_validate(part)
    return Location(
        latitude=place.latitude,
        longitude=place.longitude,
        name=place.name,
        address=place.address,
        url=place.url,
    )


def _cards(part: object) -> SaidContent:
    cards = [_card(card) for card in readable(_Card, part)]
    if not cards:
        return Unsupported(type="contacts", reason="no card in it")
    first, *further = cards
    return replace(first, further=tuple(further))


def _card(card: _Card) -> ContactCard:
    phones = readable(_CardPhone, card.phones)
    name, org = card.name, card.org
    return ContactCard(
        name=name.formatted_name,
        first_name=name.first_name,
        last_name=name.last_name,
        middle_name=name.middle_name,
        prefix=name.prefix,
        suffix=name.suffix,
        organization=org.company,
        department=org.department,
        title=org.title,
        birthday=card.birthday,
        emails=tuple(one.email for one in readable(_CardEmail, card.emails) if one.email),
        urls=tuple(one.url for one in readable(_CardUrl, card.urls) if one.url),
        addresses=tuple(
            PostalAddress(**told)
            for one in readable(_CardAddress, card.addresses)
            if any((told := one.model_dump()).values())
        ),
        phones=tuple(number for phone in phones if (number := phone.wa_id or phone.phone)),
        origin=card.origin,
        vcard=card.vcard,
    )


def _order(part: object) -> SaidContent:
    order = _Order.model_validate(part)
    items = tuple(
        OrderItem(
            product_id=item.product_retailer_id,
            quantity=item.quantity,
            price=item.item_price,
            currency=item.currency,
        )
        for item in readable(_OrderItem, order.product_items)
    )
    left_out = len(order.product_items) - len(items)
    if left_out and not items:
        return Unsupported(type="order", reason="no line in it that can be read")
    return Order(catalog_id=order.catalog_id, items=items, text=order.text, left_out=left_out)


def _image(file: _Media) -> Image:
    return Image(**_file(file))


def _video(file: _Media) -> Video:
    return Video(**_file(file))


def _audio(file: _Media) -> Audio:
    return Audio(**_file(file), voice=file.voice)


def _voice(file: _Media) -> Audio:
    return Audio(**_file(file), voice=True)


def _document(file: _Media) -> Document:
    return Document(**_file(file), filename=file.filename)


def _sticker(file: _Media) -> Sticker:
    return Sticker(**_file(file), animated=file.animated)


PARSERS: Mapping[str, Callable[[object], SaidContent]] = {
    "image": partial(_media, _image),
    "video": partial(_media, _video),
    "audio": partial(_media, _audio),
    "voice": partial(_media, _voice),  # the older shape of a voice message
    "document": partial(_media, _document),
    "sticker": partial(_media, _sticker),
    "location": _location,
    "contacts": _cards,
    "order": _order,
}


def parse_shape(name: str, part: object) -> SaidContent:
    """Return the content of the type `name`; NotAsExpected, which names what is wrong, when it is none."""
    try:
        return PARSERS[name](part)
    except ValidationError as error:
        raise NotAsExpected([".".join(map(str, (name, *one["loc"]))) for one in error.errors()]) from error
