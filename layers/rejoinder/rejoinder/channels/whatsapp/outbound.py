"""Rendering: outbound messages → the body of `POST /{phone_number_id}/messages`.

Shapes: developers.facebook.com/documentation/business-messaging/whatsapp/messages.
"""

from typing import assert_never

from rejoinder.model.contents import Text
from rejoinder.model.people import Contact
from rejoinder.model.said import Buttons, List, OutboundContent, Template

Json = dict[str, object]


def render(contact: Contact, content: OutboundContent, callback: str) -> Json:
    """Return the body that sends `content` to `contact`. `callback` comes back in the statuses."""
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_address(contact),
        "biz_opaque_callback_data": callback,
        **_content(content),
    }


def render_receipt(message_id: str) -> Json:
    """Return the body that marks a message as read. It shows no typing dots: the answer is there already."""
    return {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}


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
        case Text(body=body):
            return {"type": "text", "text": {"body": body, "preview_url": False}}
        case Buttons():
            return {"type": "interactive", "interactive": _buttons(content)}
        case List():
            return {"type": "interactive", "interactive": _list(content)}
        case Template():
            return {"type": "template", "template": _template(content)}
        case _:
            assert_never(content)


def _buttons(content: Buttons) -> Json:
    replies = [
        {"type": "reply", "reply": {"id": button.id, "title": button.title}} for button in content.buttons
    ]
    return {"type": "button", **_frame(content), "action": {"buttons": replies}}


def _list(content: List) -> Json:
    sections = []
    for section in content.sections:
        rows = [
            {"id": row.id, "title": row.title} | ({"description": row.description} if row.description else {})
            for row in section.rows
        ]
        sections.append({"title": section.title, "rows": rows} if section.title else {"rows": rows})
    return {"type": "list", **_frame(content), "action": {"button": content.button, "sections": sections}}


def _frame(content: Buttons | List) -> Json:
    frame: Json = {"body": {"text": content.body}}
    if content.header:
        frame["header"] = {"type": "text", "text": content.header}
    if content.footer:
        frame["footer"] = {"text": content.footer}
    return frame


def _template(content: Template) -> Json:
    if isinstance(content.parameters, tuple):
        parameters = [{"type": "text", "text": value} for value in content.parameters]
    else:
        parameters = [
            {"type": "text", "parameter_name": name, "text": value}
            for name, value in content.parameters.items()
        ]
    template: Json = {"name": content.name, "language": {"code": content.language}}
    if parameters:
        template["components"] = [{"type": "body", "parameters": parameters}]
    return template
