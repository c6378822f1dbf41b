"""What Telegram has no means for, and what a bot's contact gets instead. The documentation is made of it."""

from collections.abc import Mapping

from rejoinder.model.contents import ContactCard, Reaction
from rejoinder.model.requests import (
    AddressRequest,
    CallButton,
    CallRequest,
    ContactRequest,
    Form,
    LocationRequest,
)
from rejoinder.model.said import Carousel, List, Template
from rejoinder.model.selling import Catalog, OrderDetails, OrderStatus, Product, ProductList

FALLBACKS: Mapping[type, str] = {
    ContactCard: "A card without a phone number, and several cards in one message, are words.",
    Reaction: "Telegram takes some 70 emoji as reactions; another one is an error at the line that says it.",
    List: "Each row is a button under the words. Titles of sections and second lines stand in the words. The "
    "label that opens the list is not shown.",
    Template: "The words of the template's file are said.",
    LocationRequest: "The button 📍 stands in place of the keyboard until the next message. In a group there "
    "are the words only.",
    ContactRequest: "The button 📞 stands in place of the keyboard until the next message. In a group there "
    "are the words only.",
    CallRequest: "The words are said. No business calls anybody on Telegram.",
    CallButton: "The words are said. Nobody calls a bot on Telegram.",
    Form: "The words are said without the form.",
    AddressRequest: "The words are said without the form.",
    Product: "The words are said, with the id of the product. Telegram has no catalogue.",
    ProductList: "The words are said, with the sections and the ids of the products.",
    Catalog: "The words are said. Telegram has no catalogue.",
    Carousel: "The words of the cards are numbered under the message, and their buttons have these "
    "numbers. Pictures and films of cards are not shown.",
    OrderDetails: "The bill is words: its lines, what is added and taken off, and the sum. It has no "
    "button to pay.",
    OrderStatus: "The words are said, with the id of the order and what has become of it.",
}
"""For each content that Telegram shows in another way than WhatsApp: how."""
