"""Parsing: webhook → inbound messages. Nothing here raises: a message that we do not know is `Unsupported`.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages.
"""

from rejoinder.channels.fields import Json, object_of, timestamp_of, words_of
from rejoinder.channels.whatsapp.codes import errors_of
from rejoinder.channels.whatsapp.contents import parse_content
from rejoinder.channels.whatsapp.ids import is_phone, message_id
from rejoinder.model.contents import MessageError, Unsupported
from rejoinder.model.context import Around, Referral, ReferredProduct
from rejoinder.model.ids import clean_id, digest
from rejoinder.model.own import Echo, Preference
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import GroupMessage, Inbound


def parse(account: Account, update: Json, *, received_at: float) -> Inbound:
    """Parse an update as the ingress queued it.

    It is `{"message": {...}, "contact": {...} | None}`, `{"echo": {...}}` or `{"preference": {...}}`. Beside
    a message, there may be `errors`.
    """
    if "echo" in update:
        return _echo(account, object_of(update, "echo"), received_at)
    if "preference" in update:
        return _preference(account, object_of(update, "preference"), received_at)
    message = object_of(update, "message")
    errors = message.get("errors") or update.get("errors")
    said, sender = (
        parse_content({**message, "errors": errors}),
        _contact(message, object_of(update, "contact")),
    )
    group_id = clean_id(message.get("group_id"))
    return Inbound(
        id=message_id(message),
        account=account,
        contact=Contact.of_group(group_id) if group_id else sender,
        at=timestamp_of(message.get("timestamp"), received_at),
        content=GroupMessage(sender=sender, content=said) if group_id else said,
        **_around(message, () if isinstance(said, Unsupported) else errors_of(errors)),
    )


def _around(message: Json, errors: tuple[MessageError, ...]) -> Around:
    context = object_of(message, "context")
    often = context.get("frequently_forwarded") is True
    return {
        "reply_to": clean_id(context.get("id")),
        "referral": _referral(object_of(message, "referral")),
        "product": _product(object_of(context, "referred_product")),
        "forwarded": often or context.get("forwarded") is True,
        "forwarded_often": often,
        "errors": errors,
        "raw": message,
    }


def _referral(referral: Json) -> Referral | None:
    if not referral:  # as in most messages
        return None
    found = Referral(
        source_type=words_of(referral.get("source_type")),
        source_id=words_of(referral.get("source_id")),
        source_url=words_of(referral.get("source_url")),
        headline=words_of(referral.get("headline")),
        body=words_of(referral.get("body")),
        ctwa_clid=words_of(referral.get("ctwa_clid")),
        media_type=words_of(referral.get("media_type")),
        media_url=words_of(referral.get("image_url")) or words_of(referral.get("video_url")),
        thumbnail_url=words_of(referral.get("thumbnail_url")),
        ref=words_of(referral.get("ref")),
        welcome_text=words_of(object_of(referral, "welcome_message").get("text")),
    )
    return None if found == Referral() else found


def _product(product: Json) -> ReferredProduct | None:
    product_id = words_of(product.get("product_retailer_id"))
    catalog_id = words_of(product.get("catalog_id"))
    return ReferredProduct(product_id=product_id, catalog_id=catalog_id) if product_id or catalog_id else None


def _echo(account: Account, echo: Json, received_at: float) -> Inbound:
    """Parse a message that a person of the business sent by hand. Its `to` is the contact."""
    contact = _contact({"from": echo.get("to"), "from_user_id": echo.get("to_user_id")}, {})
    at = timestamp_of(echo.get("timestamp"), received_at)
    content = Echo(content=parse_content(echo))
    return Inbound(id=message_id(echo), account=account, contact=contact, at=at, content=content, raw=echo)


def _preference(account: Account, preference: Json, received_at: float) -> Inbound:
    """Parse a contact's wish about offers. It has no id, so its id is a digest of all its fields."""
    wants = preference.get("value") == "resume"  # any other value means no offers
    return Inbound(
        id=message_id(preference),
        account=account,
        contact=_contact({}, preference),
        at=timestamp_of(preference.get("timestamp"), received_at),
        content=Preference(value="resume" if wants else "stop"),
        raw=preference,
    )


def _contact(message: Json, card: Json) -> Contact:
    """Return the contact. After a notice of a change, they have the new ids."""
    notice, profile = object_of(message, "system"), object_of(card, "profile")
    user_id = _person(message.get("from_user_id")) or _person(card.get("user_id"))
    sender = _person(message.get("from")) or _person(card.get("wa_id"))
    former = (_person(notice.get("previous_user_id")), user_id, sender)
    user_id, sender = _person(notice.get("user_id")) or user_id, _new_number(notice) or sender
    others = [id for id in dict.fromkeys(former) if id and id not in (user_id, sender)]
    return Contact(
        id=user_id or sender or next(filter(None, former), "unknown"),
        name=words_of(profile.get("name")),
        username=words_of(profile.get("username")),
        phone=sender if sender and is_phone(sender) else None,
        user_id=user_id,
        former_ids=tuple(id for id in others if not is_phone(id)),
        former_phones=tuple(id for id in others if is_phone(id)),
        parent_user_id=_first(notice, "parent_user_id")
        or _first(message, "from_parent_user_id")
        or _first(card, "parent_user_id"),
        identity_hash=_first(notice, "identity")
        or _first(object_of(message, "identity"), "hash")
        or _first(card, "identity_key_hash"),
    )


def _first(part: Json, name: str) -> str:
    return clean_id(part.get(name)) or ""


def _person(value: object) -> str | None:
    """Return the id of a person; a digest when it looks like that of a group."""
    id = clean_id(value)
    return digest("id", id) if id and Contact(id=id).group_id else id


def _new_number(notice: Json) -> str | None:
    """Return the number that a contact has now, as a notice tells it. Its older form has another name."""
    return _person(notice.get("wa_id")) or _person(notice.get("new_wa_id"))
