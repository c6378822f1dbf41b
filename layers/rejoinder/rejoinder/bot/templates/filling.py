"""A template as an author says it → a `Template` as the network has it, checked against its file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rejoinder.bot.buttons import handler_button, is_our_id
from rejoinder.bot.templates.catalog import Catalog
from rejoinder.bot.templates.codes import code_template
from rejoinder.bot.templates.own import AnyTemplate, OneTimeCode, OwnTemplate
from rejoinder.bot.templates.showing import shown
from rejoinder.bot.templates.variables import variables_in
from rejoinder.errors import BotError
from rejoinder.model.contents import Document, Image, Location, Video
from rejoinder.model.selling import Product
from rejoinder.model.templates import (
    ButtonTake,
    CallTime,
    CatalogPicture,
    CopyCode,
    FormStart,
    LinkEnd,
    Parameters,
    ProductChoice,
    TapId,
    Template,
    TemplateCard,
    TemplateHeader,
)
from rejoinder.model.written import ButtonKind, HeaderKind, Wording, WrittenButton, WrittenHeader

LONGEST_BODY = 1024
"""The longest body of a template once its variables are filled, in characters (error 132005)."""

LONGEST_HEADER = 60
"""The longest header, in characters."""

_TAKES: Mapping[ButtonKind, type] = {
    "quick_reply": TapId,
    "url": LinkEnd,
    "copy_code": CopyCode,
    "otp": LinkEnd,
    "flow": FormStart,
    "catalog": CatalogPicture,
    "products": ProductChoice,
    "voice_call": CallTime,
}
"""What each kind of button takes. The others take nothing."""

_OF_WORDS = (TapId, LinkEnd, CopyCode)
"""The takes that are words."""

_HEADERS: Mapping[HeaderKind, type] = {
    "image": Image,
    "video": Video,
    "document": Document,
    "location": Location,
    "product": Product,
}


def filled(
    said: AnyTemplate,
    catalog: Catalog | None,
    *,
    language: str,
    name_of: Callable[[Callable[..., None]], str],
) -> Template:
    """Return the template as the network has it; BotError, with the cure, where it does not fit its file.

    Args:
        said: what the author gave.
        catalog: the templates of the bot; None where the bot has no folder.
        language: the language of the contact.
        name_of: returns the name by which a handler is found again.
    """
    if isinstance(said, OneTimeCode):
        (code,) = said.parameters
        said = code_template(code, said.name, catalog)
    if catalog is None or not catalog.exists:
        if isinstance(said, Template) and said.language:
            return said
        raise BotError(
            f"this bot has no files of templates: write templates/{said.name}.yaml in it, or say "
            f'Template({said.name!r}, language="…", parameters=…)'
        )
    written = catalog.template(said.name)
    chosen = said.language or _language(language, written.languages, written.fallback)
    if chosen not in written.languages:
        wanted = chosen or language
        raise BotError(
            f"{said.name} is not written in {wanted!r}, but in {', '.join(written.languages)}: add it to "
            f"{catalog.shown(said.name)}, name one by language=…, or set fallback: there"
        )
    filling = _Filling(
        said.name,
        written.languages[chosen],
        name_of,
        others=tuple(written.languages.values()),
        is_code=written.category == "authentication",
    )
    return replace(filling.template(said), language=chosen, category=written.category)


def _language(contact: str, written: Mapping[str, object], fallback: str) -> str:
    """Return the language for a contact; empty when there is none."""
    wanted = contact.replace("-", "_")
    base = wanted.partition("_")[0]
    regions = [one for one in written if one.partition("_")[0] == base and wanted == base]
    candidates = [wanted, base, *(regions if len(regions) == 1 else []), fallback]
    return next((one for one in candidates if one in written), "")


@dataclass(frozen=True, slots=True)
class _Filling:
    """Fills one template in one language."""

    name: str
    wording: Wording
    name_of: Callable[[Callable[..., None]], str]
    others: tuple[Wording, ...] = ()
    is_code: bool = False
    is_card: bool = False

    def template(self, said: AnyTemplate) -> Template:
        """Return `said` as the network has it, without its language and its category."""
        header = self.wording.header
        over = variables_in(header.text) if header else ()
        named = [one for one in over if not one.isdecimal()]
        given, words = self._apart(said, named)
        body = ("1",) if self.is_code else variables_in(self.wording.body)
        self._check_parameters(given, body, named)
        template = Template(
            said.name,
            parameters=given,
            header=words,
            header_name=named[0] if named and words else "",
            buttons=self._buttons(said, given),
            cards=said.cards,
            offer_ends_at=said.offer_ends_at,
        )
        if isinstance(said, Template):
            template = replace(template, order=said.order, link=said.link, link_title=said.link_title)
        self._check_header(header, over, words)
        self._check_cards(said.cards)
        if bool(self.wording.offer and self.wording.offer.expires) != bool(said.offer_ends_at):
            cure = "leave out offer_ends_at" if said.offer_ends_at else "give offer_ends_at=…, a datetime"
            raise self._wrong(f"has {'no' if said.offer_ends_at else 'an'} offer that ends: {cure}")
        self._check_length(template)
        return template

    def _wrong(self, what: str) -> BotError:
        return BotError(f"the template {self.name} {what}")

    def _apart(self, said: AnyTemplate, named: list[str]) -> tuple[Parameters, TemplateHeader]:
        """Return what fills the body, and what fills the header: a named variable of it is one of many."""
        given = said.parameters
        if not (isinstance(given, Mapping) and named and named[0] in given):
            return given, said.header
        value = given[named[0]]
        if not isinstance(value, str):
            raise self._wrong(f"takes words for {named[0]}, not {value!r}")
        used = variables_in(self.wording.body)
        return {name: one for name, one in given.items() if name != named[0] or name in used}, value

    def _check_parameters(self, given: Parameters, wanted: tuple[str, ...], named: list[str]) -> None:
        by_number = all(map(str.isdecimal, wanted))
        if isinstance(given, Mapping) and by_number and wanted:
            raise self._wrong(f"has {_listed(wanted)}: give what fills them in order, without names")
        if not isinstance(given, Mapping) and given and not by_number:
            raise self._wrong(f"has {_listed(wanted)}: give what fills them by their names")
        names = tuple(given) if isinstance(given, Mapping) else tuple(str(n + 1) for n in range(len(given)))
        missing = [one for one in wanted if one not in names]
        if missing:
            raise self._wrong(f"needs {_listed(missing)}, too: {self._call((*wanted, *named))}")
        further = [one for one in names if one not in wanted]
        if further:
            raise self._wrong(f"has no {_listed(further)}: {self._call((*wanted, *named))}")

    def _call(self, wanted: tuple[str, ...]) -> str:
        """Return what an author writes."""
        if self.is_card:
            return f"write TemplateCard(parameters={'(…,)' if all(map(str.isdecimal, wanted)) else '{…}'})"
        arguments = ", ".join("…" if name.isdecimal() else f"{name}=…" for name in dict.fromkeys(wanted))
        return f"write templates.{self.name}({arguments})"

    def _check_header(
        self, header: WrittenHeader | None, over: tuple[str, ...], given: TemplateHeader
    ) -> None:
        if header and header.kind in _HEADERS:
            kind = _HEADERS[header.kind]
            if not isinstance(given, kind):
                files = '"files/…"' if header.kind in ("image", "video", "document") else "…"
                raise self._wrong(f"needs header={kind.__name__}({files}), not {given!r}")
            return
        if not over and given:
            raise self._wrong("has nothing to fill in its header: leave out header")
        if over and not (given and isinstance(given, str)):
            name = "header" if over[0].isdecimal() else over[0]
            raise self._wrong(f"needs words for {_listed(over)} in its header: give {name}=…")

    def _buttons(self, said: AnyTemplate, parameters: Parameters) -> tuple[ButtonTake | None, ...]:
        if self.is_code and not said.buttons:
            return tuple(LinkEnd(str(one)) for one in parameters)
        buttons = self.wording.buttons
        if isinstance(said, OwnTemplate):
            given = self._in_order(said.buttons)
        else:
            given = dict(enumerate(said.buttons))
            if len(given) > len(buttons):
                raise self._wrong(f"has {len(buttons)} buttons, not {len(given)}")
        takes = [self._take(place, button, given.get(place)) for place, button in enumerate(buttons)]
        while takes and takes[-1] is None:
            takes.pop()
        return tuple(takes)

    def _in_order(self, given: Mapping[str, Any]) -> dict[int, Any]:
        """Return what the buttons are given, by their places. The words may be those of any language."""
        places: dict[str, int] = {}
        for wording in (self.wording, *self.others):
            for place, button in enumerate(wording.buttons):
                places.setdefault(title_of(button), place)
        for title in given:
            if title not in places:
                there = ", ".join(map(repr, places)) or "none"
                raise self._wrong(f"has no button {title!r}, only {there}")
        return {places[title]: one for title, one in given.items()}

    def _take(self, place: int, button: WrittenButton, given: Any) -> ButtonTake | None:
        """Return what one button takes."""
        kind = _TAKES.get(button.kind)
        if button.kind == "url" and not variables_in(button.url):
            kind = None
        title = title_of(button)
        if given is None:
            return self._nothing_for(button, kind)
        if kind is None:
            raise self._wrong(f"gives its button {title!r} nothing to take: leave it out of buttons")
        if kind is TapId and callable(given):
            return TapId(handler_button(self.name_of(given), place))
        if isinstance(given, str) and kind in _OF_WORDS:
            given = kind(given)
        if not isinstance(given, ButtonTake) or not isinstance(given, kind):
            words = "a handler or its id" * (kind is TapId) or "words" * (kind in _OF_WORDS) or kind.__name__
            raise self._wrong(f"takes {words} for its button {title!r}, not {given!r}")
        if isinstance(given, TapId) and is_our_id(given.id):
            raise self._wrong(f"has an id of rejoinder's own for {title!r}: give the handler, or another id")
        return given

    def _nothing_for(self, button: WrittenButton, kind: type | None) -> FormStart | None:
        if kind is FormStart:  # the network wants to hear of the button
            return FormStart()
        if kind in (LinkEnd, CopyCode, ProductChoice):
            what = {LinkEnd: '"…", the end of its address', CopyCode: '"…", the code'}.get(
                kind, "ProductChoice(…)"
            )
            raise self._wrong(f"needs something for a button: buttons={{{title_of(button)!r}: {what}}}")
        return None

    def _check_cards(self, cards: tuple[TemplateCard, ...]) -> None:
        written = self.wording.cards
        if written and cards and written[0].header.kind == "product":
            written = written[:1] * len(cards)  # a message says how many products there are
        if len(cards) != len(written):
            raise self._wrong(f"has {len(written)} cards, not {len(cards)}: write cards=[TemplateCard(…), …]")
        for number, (card, pattern) in enumerate(zip(cards, written, strict=True), 1):
            wording = Wording(body=pattern.body, header=pattern.header, buttons=pattern.buttons)
            inside = replace(self, name=f"{self.name}, card {number},", wording=wording, is_card=True)
            inside.template(
                Template(self.name, parameters=card.parameters, header=card.header, buttons=card.buttons)
            )

    def _check_length(self, template: Template) -> None:
        seen = shown(self.wording, template)
        for what, words, most in (
            ("words", seen.body, LONGEST_BODY),
            ("header", seen.header, LONGEST_HEADER),
        ):
            if len(words) > most:
                raise self._wrong(f"has {len(words)} characters of {what} once it is filled: {most} at most")


def title_of(button: WrittenButton) -> str:
    """Return how `buttons=…` calls a button: by its words; by its kind where the network writes them."""
    return button.text or button.kind


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return " and ".join(f"{{{{{name}}}}}" for name in names) or "no variables"
