"""Rendering: outbound messages → the body of `POST /{phone_number_id}/messages`.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/messages.
"""

from rejoinder.channels.whatsapp import interactive, selling, templates
from rejoinder.channels.whatsapp.attached import Json, filled, render_file, render_place
from rejoinder.channels.whatsapp.limits import NO_ALBUM
from rejoinder.errors import Rejected
from rejoinder.model.contents import (
    Audio,
    ContactCard,
    Document,
    Image,
    Location,
    PostalAddress,
    Reaction,
    Sticker,
    Text,
    Video,
)
from rejoinder.model.marks import marked
from rejoinder.model.markup import with_words
from rejoinder.model.people import Contact
from rejoinder.model.said import Album, OutboundContent, SaidFile, Template
from rejoinder.model.selling import Catalog, OrderDetails, OrderStatus, Product, ProductList


def render(contact: Contact, content: OutboundContent, callback: str, quote: str = "") -> Json:
    """Return the body that sends `content` to `contact`. `callback` comes back in the statuses.

    `quote` is Meta's id of the message that it answers. A reaction answers none: Meta takes no context there.
    """
    quoted = {"context": {"message_id": quote}} if quote and not isinstance(content, Reaction) else {}
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_address(contact),
        "biz_opaque_callback_data": callback,
        **quoted,
        **_content(with_words(content, marked)),
    }


def render_receipt(message_id: str, *, typing: bool = False) -> Json:
    """Return the body that marks a message as read.

    `typing` also shows that an answer is being written, until it is there or for 25 seconds.
    """
    receipt: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    return receipt | {"typing_indicator": {"type": "text"}} if typing else receipt


def _address(contact: Contact) -> Json:
    """Return `to` with a phone number or a group, or `recipient` with a business-scoped user id.

    Meta silently drops a message with a user id in `to`. A number needs its plus: without the plus, Meta may
    put the country code of the business before the number
    (developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages).
    """
    if contact.group_id:
        return {"recipient_type": "group", "to": contact.group_id}
    return {"to": f"+{contact.phone}"} if contact.phone else {"recipient": contact.id}


def _content(content: OutboundContent) -> Json:
    match content:
        case Text(body=body, preview=preview):
            return {"type": "text", "text": {"body": body, "preview_url": preview}}
        case Template():
            return {"type": "template", "template": templates.render(content)}
        case Image() | Video() | Audio() | Document() | Sticker():
            return {"type": content.kind, content.kind: _file(content)}
        case Album():
            raise Rejected(0, NO_ALBUM)
        case Location() | ContactCard() | Reaction():
            return _plain(content)
        case Product() | ProductList() | Catalog() | OrderDetails() | OrderStatus():
            return {"type": "interactive", "interactive": selling.render(content)}
        case _:
            return {"type": "interactive", "interactive": interactive.render(content)}


def _file(content: SaidFile) -> Json:
    file = render_file(content)
    if content.caption:
        file["caption"] = content.caption
    if isinstance(content, Audio) and content.voice:
        file["voice"] = True
    return file


def _plain(content: Location | ContactCard | Reaction) -> Json:
    match content:
        case Location():
            return {"type": "location", "location": render_place(content)}
        case ContactCard():
            return {"type": "contacts", "contacts": [_card(one) for one in (content, *content.further)]}
        case Reaction():
            reaction = {"message_id": content.message_id, "emoji": content.emoji or ""}
            return {"type": "reaction", "reaction": reaction}


def _card(card: ContactCard) -> Json:
    name = {
        "formatted_name": card.name,
        "first_name": card.first_name or card.name.split()[0],  # Meta wants one more part of the name
        "last_name": card.last_name,
        "middle_name": card.middle_name,
        "prefix": card.prefix,
        "suffix": card.suffix,
    }
    org = {"company": card.organization, "department": card.department, "title": card.title}
    return filled(
        {
            "name": filled(name),
            "org": filled(org),
            "birthday": card.birthday,
            "phones": [{"phone": phone} for phone in card.phones],
            "emails": [{"email": email} for email in card.emails],
            "urls": [{"url": url} for url in card.urls],
            "addresses": [_postal(address) for address in card.addresses],
        }
    )


def _postal(address: PostalAddress) -> Json:
    return filled(
        {
            "street": address.street,
            "city": address.city,
            "state": address.state,
            "zip": address.zip,
            "country": address.country,
            "country_code": address.country_code,
            "type": address.type,
        }
    )
