"""Files of templates for tests."""

import os
from pathlib import Path

from rejoinder.bot.templates.catalog import Catalog

FULL = """\
category: utility
ttl_seconds: 43200
fallback: en
languages:
  en:
    header: "Order {{number}}"
    body: |
      Hello {{name}}, your parcel {{tracking}} is on its way. Thank you!
    footer: Reply STOP to get no more
    examples: {number: "42", name: Ada, tracking: AB12}
    buttons:
      - {type: quick_reply, text: Track it}
      - {type: url, text: Open, url: "https://s.example/{{1}}", example: "https://s.example/42"}
      - {type: phone, text: Call us, phone: "+15550001111"}
      - {type: copy_code, example: 25OFF}
      - type: otp
        otp: one_tap
        text: Copy
        autofill_text: Autofill
        apps: [{package: com.example, hash: K8a/AINcGX7}]
      - {type: flow, text: Book, flow_id: "123", flow_action: navigate, flow_screen: FIRST}
      - {type: voice_call, text: Talk, minutes: 15}
      - {type: request_contact}
    cards:
      - header: {image: files/a.jpg}
        body: Tulips for {{1}} today
        buttons: [{type: quick_reply, text: More}]
        examples: {1: 3}
      - header: {product: true}
    offer: {text: Ends soon, expires: false}
    security_note: true
    code_minutes: 10
  de:
    body: Hallo
    header: {text: "Für {{1}}", example: Ada}
"""
"""Everything that a file may have, more than any template has."""

BEGIN = "category: utility\nlanguages:\n  en:\n"

BAD = [
    ("", 1, "the file is empty"),
    ("hello", 1, "a template is written by names"),
    ("category: utility\n", 1, "a template needs languages; write languages: …"),
    ("category: Utility\nlanguages: {en: {}}\n", 1, "write one of marketing, utility, authentication"),
    ("category: utility\nlanguages: []\n", 2, "languages are written by names"),
    ("category: utility\nlanguage: en\n", 2, "a template has no 'language'; write one of category,"),
    (f"{BEGIN}    body: a\n    bdy: b\n", 5, "a language has no 'bdy'"),
    (
        f"{BEGIN}    body: a\n    body: b\n",
        5,
        "body is there twice; keep one of them: the other one is on line 4",
    ),
    (f"{BEGIN}\tbody: a\n", 4, "indent with spaces, not with tabs"),
    (f"{BEGIN}    body: a: b\n", 4, 'put a text that has ": " or quotes in it into "…"'),
    (f"{BEGIN}    body: {{a\n", 5, "this is no YAML"),
    (f"{BEGIN}    body:\n", 4, 'body is a text; write body: "…"'),
    (f"{BEGIN}    body: [a]\n", 4, "body is a text"),
    (f"{BEGIN}    body: {{{{name}}}} is here\n", 4, "this is no YAML"),
    (f"{BEGIN}    body: {{{{name}}}}\n", 4, 'put a text that begins with { into "…"'),
    (f"{BEGIN}    header: {{image: a, video: b}}\n", 4, "a header is one thing"),
    (f"{BEGIN}    header: {{image: a, example: b}}\n", 4, "a header is one thing"),
    (f"{BEGIN}    header: {{location: false}}\n", 4, "write location: true, or no header"),
    (f"{BEGIN}    header: {{gif: a}}\n", 4, "a header has no 'gif'"),
    (f"{BEGIN}    buttons: {{type: url}}\n", 4, "begin each of buttons with a hyphen"),
    (f"{BEGIN}    buttons: [Track]\n", 4, "a button is written by names"),
    (f"{BEGIN}    buttons: [{{text: Track}}]\n", 4, "a button needs type"),
    (f"{BEGIN}    buttons:\n      - {{type: link, text: a}}\n", 5, "write one of quick_reply, url, phone"),
    (f"{BEGIN}    buttons:\n      - {{type: url, text: a}}\n", 5, "a button of type url needs url"),
    (
        f"{BEGIN}    buttons:\n      - {{type: quick_reply, text: a, url: b}}\n",
        5,
        "type quick_reply has no 'url'",
    ),
    (
        f"{BEGIN}    buttons:\n      - {{type: otp, otp: sms}}\n",
        5,
        "write one of copy_code, one_tap, zero_tap",
    ),
    (
        f"{BEGIN}    buttons:\n      - {{type: voice_call, text: a, minutes: x}}\n",
        5,
        "minutes is a whole number",
    ),
    (f"{BEGIN}    cards: [{{body: a}}]\n", 4, "a card needs header"),
    (f"{BEGIN}    offer: {{expires: true}}\n", 4, "an offer needs text"),
    (f"{BEGIN}    security_note: 1\n", 4, "security_note is true or false"),
    (f"{BEGIN}    examples: [Ada]\n", 4, "examples are written by names"),
    ("category: utility\nttl_seconds: 1h\nlanguages: {en: {}}\n", 2, "write ttl_seconds: 60"),
    ('category: utility\nttl_seconds: "60"\nlanguages: {en: {}}\n', 2, "ttl_seconds is a whole number"),
    ("category: &a\n  b: *a\nlanguages: {en: {}}\n", 1, "this lies too deep"),
]
"""Texts that are no template, the line of what is wrong, and words of the error."""


ORDER = """\
category: utility
fallback: en
languages:
  en:
    header: Order {{number}}
    body: Hello {{name}}, your parcel {{tracking}} is on its way. Thank you!
    footer: Reply STOP to get no more
    buttons:
      - {type: quick_reply, text: Track it}
      - {type: url, text: Open, url: "https://shop.example/{{1}}", example: "https://shop.example/42"}
      - {type: phone, text: Call us, phone: "+15550001111"}
    examples: {number: "42", name: Ada, tracking: AB12}
  pt_BR:
    body: Olá {{name}}, a encomenda {{tracking}} está a caminho.
  es:
    body: Hola {{name}}, su paquete {{tracking}} está en camino.
"""
PLAIN = "category: marketing\nlanguages: {en: {body: 'Dear {{1}}, see you on {{2}} then.'}}\n"
FILE = "category: utility\nlanguages: {en: {header: {image: ''}, body: Hello there}}\n"
PLACE = "category: utility\nlanguages: {en: {header: {location: true}, body: Hello there}}\n"
TITLED = "category: utility\nlanguages: {en: {header: 'For {{1}}', body: 'Use {{1}} today'}}\n"
OFFER = """\
category: marketing
languages:
  en:
    body: Ends soon
    offer: {text: Hurry}
    buttons: [{type: copy_code}, {type: flow, text: Book, flow_id: "1"}, {type: catalog, text: See all}]
"""
CARDS = """\
category: marketing
languages:
  en:
    body: Look at these
    cards:
      - {header: {image: ""}, body: "Only {{1}} left", buttons: [{type: quick_reply, text: More}]}
      - {header: {image: ""}, body: "Only {{1}} left", buttons: [{type: quick_reply, text: More}]}
"""
PRODUCTS = "category: marketing\nlanguages: {en: {body: Hi, cards: [{header: {product: true}}]}}\n"
CODE = """\
category: authentication
languages:
  en: {security_note: true, code_minutes: 10, buttons: [{type: otp, otp: copy_code}]}
"""


def written(folder: Path, *, at: int = 1, **texts: str) -> Catalog:
    """Write files of templates into the folder of a bot, at a time of their own, and return them all."""
    catalog = Catalog.of(folder)
    catalog.folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        catalog.file(name).write_text(text, encoding="utf-8")
        os.utime(catalog.file(name), (at, at))
    return catalog
