"""A template → a message with its words, for a network that knows no templates."""

from dataclasses import replace

from rejoinder.bot.templates.catalog import Catalog
from rejoinder.bot.templates.showing import Shown, shown
from rejoinder.bot.templates.variables import VARIABLE
from rejoinder.errors import BotError
from rejoinder.model.contents import Document, Header, Image, Location, Text, Video
from rejoinder.model.markup import code
from rejoinder.model.said import Button, Buttons, LinkButton, OutboundContent
from rejoinder.model.templates import CopyCode, LinkEnd, Template
from rejoinder.model.written import Wording


def worded(template: Template, catalog: Catalog | None) -> OutboundContent:
    """Return what says the words of a filled template. Taps on its quick replies bring the same ids.

    A button that opens an address stays one where it is the only button. Otherwise its address, a code to
    copy, and the cards of a carousel are lines of words. What else a button does, such as opening a form,
    this network does not do.

    Raises BotError for a template without a file, whose words nobody here knows.
    """
    if catalog is None or not template.category:
        raise BotError(
            f"this network has no templates, so the words of {template.name} are said: write "
            f"templates/{template.name}.yaml in the bot's folder"
        )
    wording = catalog.template(template.name).languages[template.language]
    seen, links = shown(wording, template), _links(wording, template)
    buttons = tuple(Button(id=id, title=title) for title, id in seen.replies.items())
    header = _header(template, seen)
    one = links[0] if len(links) == 1 and not buttons else None
    addresses = [] if one else [f"{title}: {url}" for title, url in links]
    lines = [_place(template), seen.body, *_lines(wording, template, seen), *addresses]
    body = "\n\n".join(filter(None, lines))
    if buttons:
        return Buttons(body=body, buttons=buttons, header=header, footer=seen.footer)
    if one:
        return LinkButton(body=body, title=one[0], url=one[1], header=header, footer=seen.footer)
    words = "\n\n".join(filter(None, [header if isinstance(header, str) else "", body, seen.footer]))
    return Text(body=words) if isinstance(header, str) else replace(header, caption=words)


def _header(template: Template, seen: Shown) -> Header:
    return template.header if isinstance(template.header, Image | Video | Document) else seen.header


def _place(template: Template) -> str:
    """Return the place above the words in words; empty where there is none."""
    place = template.header
    return ", ".join(filter(None, [place.name, place.address])) if isinstance(place, Location) else ""


def _links(wording: Wording, template: Template) -> list[tuple[str, str]]:
    """Return the words and the addresses of the buttons that open one."""
    links = []
    for place, button in enumerate(wording.buttons):
        take = template.buttons[place] if place < len(template.buttons) else None
        end = take.end if isinstance(take, LinkEnd) else ""
        if button.kind == "url":
            links.append((button.text, end.join(VARIABLE.split(button.url)[::2])))
    return links


def _lines(wording: Wording, template: Template, seen: Shown) -> list[str]:
    """Return what buttons and cards give beside the words, as lines."""
    codes = [code(take.code) for take in template.buttons if isinstance(take, CopyCode)]
    phones = [f"{button.text}: {button.phone}" for button in wording.buttons if button.kind == "phone"]
    return [*codes, *phones, *(card.body for card in seen.cards)]
