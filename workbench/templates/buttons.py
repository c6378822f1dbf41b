"""WhatsApp's rules for the buttons of templates."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from rejoinder.bot.templates.filling import title_of
from rejoinder.bot.templates.reading import BUTTON_KEYS
from rejoinder.bot.templates.variables import VARIABLE
from rejoinder.model.written import ButtonKind, WrittenButton
from rejoinder.workbench.templates.rules import Flaw, Step, too_long

MOST = 10
LABEL = 25
URL = 2000
PHONE = 20
CODE = 15
HASH = 11
MOST_OF: dict[ButtonKind, int] = {"quick_reply": 10, "url": 2}
"""How many there may be of a kind; one of each other kind."""

_PHONE = re.compile(r"\+?[\d ()-]+")


def button_flaws(
    buttons: tuple[WrittenButton, ...], at: tuple[Step, ...], *, is_code: bool = False
) -> Iterator[Flaw]:
    """Yield what is wrong with buttons. `is_code` says that they are of a template for one-time codes."""
    yield from _together(buttons, at)
    for place, button in enumerate(buttons):
        yield from _words(button, (*at, place))
        yield from _RULES.get(button.kind, _nothing)(button, (*at, place))
        if button.kind == "otp" and not is_code:
            what = "a button of type otp is for one-time codes"
            yield Flaw((*at, place), what, "write category: authentication")


def _together(buttons: tuple[WrittenButton, ...], at: tuple[Step, ...]) -> Iterator[Flaw]:
    if len(buttons) > MOST:
        yield Flaw(at, f"{len(buttons)} buttons; a template has up to {MOST}", "delete some")
    for kind, count in Counter(button.kind for button in buttons).items():
        most = MOST_OF.get(kind, 1)
        if count > most:
            yield Flaw(at, f"{count} buttons of type {kind}; there may be {most}", "delete some")
    replies = [button.kind == "quick_reply" for button in buttons]
    if sum(one != other for one, other in pairwise(replies)) > 1:
        what = "quick replies stand together, before or after the other buttons"
        yield Flaw(at, what, "move them together")
    for title, count in Counter(map(title_of, buttons)).items():
        if count > 1:
            yield Flaw(at, f"{count} buttons are called {title!r}", "give each words of its own")


def _words(button: WrittenButton, at: tuple[Step, ...]) -> Iterator[Flaw]:
    if "text" in BUTTON_KEYS[button.kind][0].split() and not button.text.strip():
        yield Flaw(at, "a button needs words", "write text: …")
    for name in ("text", "autofill_text"):
        yield from too_long("a button", getattr(button, name), LABEL, (*at, name))
    if VARIABLE.search(button.text):
        yield Flaw((*at, "text"), "the words on a button have no variables", "write plain words")


def _nothing(_button: WrittenButton, _at: tuple[Step, ...]) -> Iterator[Flaw]:
    return iter(())


def _phone(button: WrittenButton, at: tuple[Step, ...]) -> Iterator[Flaw]:
    if not _PHONE.fullmatch(button.phone) or len(button.phone) > PHONE:
        what = f"{button.phone!r} is no phone number"
        yield Flaw((*at, "phone"), what, f"write + and its digits, up to {PHONE} characters")


def _copy_code(button: WrittenButton, at: tuple[Step, ...]) -> Iterator[Flaw]:
    if not 1 <= len(button.example) <= CODE:
        what = "reviewers need an example of the code (Meta: 2388043)"
        yield Flaw(at, what, f"write example: 25OFF, with up to {CODE} characters")


def _url(button: WrittenButton, at: tuple[Step, ...]) -> Iterator[Flaw]:
    url = (*at, "url")
    yield from too_long("an address", button.url, URL, url)
    if not re.match("https?://[^/]", button.url):
        yield Flaw(url, f"{button.url[:60]!r} is no address", "write https://…")
    found = VARIABLE.findall(button.url)
    if found not in ([], ["1"]) or (found and not button.url.endswith("}}")):
        yield Flaw(url, "an address has one variable, at its end", "write https://…/{{1}}")
    if found and not button.example:
        what = "reviewers need an example of the address (Meta: 2388043)"
        yield Flaw(at, what, "write example: and the whole address")
    if not found and button.example:
        yield Flaw((*at, "example"), "the address has no variable", "delete its example")


def _otp(button: WrittenButton, at: tuple[Step, ...]) -> Iterator[Flaw]:
    if button.otp != "copy_code" and not button.apps:
        cure = "write apps: [{package: com.example, hash: …}]"
        yield Flaw(at, f"{button.otp} needs the app that takes the code", cure)
    for place, app in enumerate(button.apps):
        if not re.fullmatch(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+", app.package) or len(app.hash) != HASH:
            cure = f"write its package, such as com.example, and the {HASH} characters of its hash"
            yield Flaw((*at, "apps", place), "that is no app", cure)
    if button.otp == "zero_tap" and not button.accepts_zero_tap_terms:
        what = "zero_tap needs that you accept WhatsApp's terms for it"
        yield Flaw(at, what, "read them, and write accepts_zero_tap_terms: true")


def _flow(button: WrittenButton, at: tuple[Step, ...]) -> Iterator[Flaw]:
    if bool(button.flow_id) == bool(button.flow_name):
        yield Flaw(at, "a form is named by flow_id or by flow_name", "write one of them")
    if button.flow_screen and button.flow_action == "data_exchange":
        yield Flaw(
            (*at, "flow_screen"), "data_exchange asks your system for the screen", "delete flow_screen"
        )


_RULES: dict[ButtonKind, Callable[[WrittenButton, tuple[Step, ...]], Iterator[Flaw]]] = {
    "url": _url,
    "phone": _phone,
    "copy_code": _copy_code,
    "otp": _otp,
    "flow": _flow,
}
