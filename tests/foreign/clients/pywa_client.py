"""pywa, as its users write it: every kind of message, files, and a handler for every kind of update."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from pywa import WhatsApp, handlers, utils
from pywa import types as t
from pywa.errors import WhatsAppError
from pywa.types import templates as tt
from pywa.types.flows import FlowActionType, FlowStatus
from told import PLAN, obey, tell

to, link = PLAN["contact"], PLAN["link"]
png = bytes.fromhex(PLAN["png"])
session = httpx.Client(trust_env=False)
wa = WhatsApp(
    phone_id=PLAN["number"],
    token=PLAN["token"],
    session=session,
    server=None,
    app_secret=PLAN["app_secret"],
    verify_token=PLAN["verify_token"],
    waba_id=PLAN["waba"],
)
# pywa has the address of Meta in it. The session is ours.
session.base_url = httpx.URL(f"{PLAN['url']}/v{utils.Version.GRAPH_API}")


def received(_: WhatsApp, update: Any) -> None:
    kind = getattr(update, "type", None) or getattr(update, "status", None)
    tell(received=update.id, shape=type(update).__name__, type=str(getattr(kind, "value", kind)))


for shape in (
    handlers.MessageHandler,
    handlers.CallbackButtonHandler,
    handlers.CallbackSelectionHandler,
    handlers.MessageStatusHandler,
    handlers.GroupMessageStatusesHandler,
    handlers.PhoneNumberChangeHandler,
    handlers.IdentityChangeHandler,
    handlers.FlowCompletionHandler,
    handlers.CallPermissionUpdateHandler,
    handlers.EditedMessageHandler,
    handlers.DeletedMessageHandler,
):
    wa.add_handlers(shape(received))


def fill(name: str, *params: Any) -> Callable[[], Any]:
    return lambda: wa.send_template(to, name, tt.TemplateLanguage.ENGLISH, list(params))


def file() -> dict[str, Any]:
    """Upload a file, look it up, fetch it and delete it."""
    media = wa.upload_media(png, mime_type="image/png", filename="a.png")
    url = wa.get_media_url(media.id)
    same = wa.get_media_bytes(url.url) == png
    wa.send_image(to, media.id, "by id")
    return {"same": same, "type": url.mime_type, "deleted": bool(wa.delete_media(media.id))}


def card(number: int) -> t.ImageCarouselCard:
    return t.ImageCarouselCard(image=link, body=f"Room {number}", buttons=t.URLButton("Look", link))


def card_with_replies(number: int) -> t.VideoCarouselCard:
    return t.VideoCarouselCard(video=link, buttons=[t.Button(f"Room {number}", f"room-{number}")])


def filled_card(number: int) -> Any:
    params = [
        tt.HeaderImage.params(image=link),
        tt.BodyText.params(f"Room {number}"),
        tt.QuickReplyButton.params(callback_data=f"room-{number}", index=0),
        tt.URLButton.params(url_variable="7", index=1),
    ]
    return tt.CarouselCard.params(params=params, index=number)


buttons = [t.Button("Yes", "yes"), t.Button("No", "no")]
sections = [t.Section("Monday", [t.SectionRow("9:00", "m9", "with Ada"), t.SectionRow("10:00", "m10")])]
products = [t.ProductsSection("Knee", ["brace-1"]), t.ProductsSection("Wrist", ["brace-2"])]
flow = t.FlowButton("Register", flow_id="99", flow_token="7", mode=FlowStatus.PUBLISHED)
navigating = t.FlowButton(
    "Register",
    flow_name="registration",
    flow_action_type=FlowActionType.NAVIGATE,
    flow_action_screen="START",
    flow_action_payload={"name": "Ada"},
    mode=FlowStatus.DRAFT,
)
name = t.Contact.Name(formatted_name="Ada Berg", first_name="Ada")
ada = t.Contact(
    name=name,
    birthday="1980-01-02",
    phones=[t.Contact.Phone(phone="+491700000009", type="WORK", wa_id="491700000009")],
    emails=[t.Contact.Email(email="ada@clinic.example", type="WORK")],
    urls=[t.Contact.Url(url=link, type="WORK")],
    addresses=[t.Contact.Address(street="Long Road 1", city="Berlin", type="WORK")],
    org=t.Contact.Org(company="Clinic"),
)
SENDS: dict[str, Callable[[], Any]] = {
    "text": lambda: wa.send_message(to, "hello", preview_url=True, tracker="7"),
    "reply": lambda: wa.send_message(to, "yes", reply_to_message_id=PLAN["inbound"]),
    "user id": lambda: wa.send_message(PLAN["user_id"], "hello"),
    "group": lambda: wa.send_message(PLAN["group"], "hello"),
    "buttons": lambda: wa.send_message(to, "Well?", header="Now", footer="soon", buttons=buttons),
    "list": lambda: wa.send_message(to, "When?", buttons=t.SectionList("Times", sections)),
    "url": lambda: wa.send_message(to, "Look", buttons=t.URLButton("Open", link)),
    "voice call": lambda: wa.send_message(to, "Call", buttons=t.VoiceCallButton("Now", 100)),
    "voice call for days": lambda: wa.send_message(
        to, "Call", buttons=t.VoiceCallButton(ttl_minutes=datetime.timedelta(days=2))
    ),
    "call permission": lambda: wa.send_message(to, "May we?", buttons=t.CallPermissionRequestButton()),
    "contact info": lambda: wa.request_contact_info(to, "Your number?"),
    "flow": lambda: wa.send_message(to, "Register", buttons=flow),
    "flow with a screen": lambda: wa.send_message(to, "Register", buttons=navigating),
    "image": lambda: wa.send_image(to, link, "Look"),
    "image with buttons": lambda: wa.send_image(to, link, "Look", footer="soon", buttons=buttons),
    "image from bytes": lambda: wa.send_image(to, png, "Look", mime_type="image/png"),
    "image with a link": lambda: wa.send_image(to, link, "Look", buttons=t.URLButton("Open", link)),
    "video": lambda: wa.send_video(to, link, "Look"),
    "video with buttons": lambda: wa.send_video(to, link, "Look", buttons=buttons),
    "document": lambda: wa.send_document(to, link, "a.pdf", "Look"),
    "document with buttons": lambda: wa.send_document(to, link, "a.pdf", "Look", buttons=buttons),
    "audio": lambda: wa.send_audio(to, link),
    "voice": lambda: wa.send_voice(to, link),
    "sticker": lambda: wa.send_sticker(to, link),
    "reaction": lambda: wa.send_reaction(to, "👍", PLAN["inbound"]),
    "reaction removed": lambda: wa.remove_reaction(to, PLAN["inbound"]),
    "location": lambda: wa.send_location(to, 52.5, 13.4, "Clinic", "Long Road 1"),
    "location request": lambda: wa.request_location(to, "Where are you?"),
    "contact": lambda: wa.send_contact(to, ada),
    "catalog": lambda: wa.send_catalog(to, "See", "soon", thumbnail_product_sku="brace-1"),
    "product": lambda: wa.send_product(to, "77", "brace-1", "This?", "soon"),
    "products": lambda: wa.send_products(to, "77", products, "Braces", "Choose", "soon"),
    "carousel": lambda: wa.send_carousel(to, body="Rooms", cards=[card(0), card(1)]),
    "carousel with replies": lambda: wa.send_carousel(
        to, body="Rooms", cards=[card_with_replies(0), card_with_replies(1)]
    ),
    "read": lambda: wa.mark_message_as_read(PLAN["inbound"]),
    "typing": lambda: wa.indicate_typing(PLAN["inbound"]),
    "template": fill("plain"),
    "template by position": fill("positional", tt.HeaderText.params("x"), tt.BodyText.params("a", "b", "c")),
    "template by name": fill("named", tt.BodyText.params(name="Ada", hour="nine")),
    "template with an image": fill(
        "image_header", tt.HeaderImage.params(image=link), tt.BodyText.params("Ada")
    ),
    "template with a document": fill("document_header", tt.HeaderDocument.params(document=link)),
    "template with a video": fill("video_header", tt.HeaderVideo.params(video=link)),
    "template with a place": fill(
        "location_header", tt.HeaderLocation.params(lat=1, lon=2, name="Clinic", address="Long Road 1")
    ),
    "template with a product": fill(
        "product_header", tt.HeaderProduct.params(catalog_id="77", sku="brace-1")
    ),
    "template with buttons": fill(
        "buttons",
        tt.QuickReplyButton.params(callback_data="yes", index=0),
        tt.URLButton.params(url_variable="7", index=1),
        tt.CopyCodeButton.params(coupon_code="SAVE7", index=2),
    ),
    "template with a flow": fill(
        "flow_button", tt.FlowButton.params(index=0, flow_token="7", flow_action_data={"name": "Ada"})
    ),
    "template with a catalog": fill(
        "catalog_button", tt.CatalogButton.params(thumbnail_product_sku="brace-1", index=0)
    ),
    "template with products": fill(
        "products_button",
        tt.MPMButton.params(product_sections=products, thumbnail_product_sku="brace-1", index=0),
    ),
    "template with a code": fill(
        "one_time_code", tt.AuthenticationBody.params(otp="123456"), tt.CopyCodeOTPButton.params(otp="123456")
    ),
    "template with an offer": fill(
        "offer",
        tt.BodyText.params("Ada"),
        tt.LimitedTimeOffer.params(expiration_time=datetime.datetime.now(datetime.UTC)),
        tt.CopyCodeButton.params(coupon_code="SAVE7", index=0),
    ),
    "template with a carousel": fill(
        "carousel", tt.BodyText.params("Ada"), tt.Carousel.params(cards=[filled_card(0), filled_card(1)])
    ),
    "pin": lambda: wa.pin_message(PLAN["group"], PLAN["inbound"], expiration_days=7),
    "file": file,
    "too long": lambda: wa.send_message(to, "x" * 4097),
}


def outcome_of(send: Callable[[], Any]) -> dict[str, Any]:
    try:
        result = send()
    except WhatsAppError as error:
        return {"code": error.code, "words": error.details or error.message}
    except Exception as error:
        return {"error": repr(error)}
    if isinstance(result, dict):
        return result
    message_id = getattr(result, "id", None)
    return {"id": message_id} if message_id else {"success": bool(result)}


def get(query: dict[str, str]) -> tuple[int, str]:
    challenge, status = wa.webhook_challenge_handler(query.get(utils.HUB_VT), query.get(utils.HUB_CH))
    return status, challenge or ""


def post(raw: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    refusal = wa.webhook_update_validator(raw, headers.get(utils.HUB_SIG))
    if refusal and isinstance(refusal, tuple) and refusal[1] != 200:
        return refusal[1], refusal[0]
    text, status = wa.webhook_update_handler(raw)
    return status, text


obey(SENDS, outcome_of, get, post)
