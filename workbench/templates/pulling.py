"""What Meta has of a template, as a file. What only a file knows stays: its fall-back, and its examples."""

from collections.abc import Collection
from dataclasses import replace

from rejoinder.bot.templates.reading import FILES
from rejoinder.model.written import Wording, WrittenHeader, WrittenTemplate
from rejoinder.workbench.templates.answers import Shown


def pulled(languages: Collection[Shown], own: WrittenTemplate | None = None) -> WrittenTemplate:
    """Return a template in the languages that Meta has. `own` is the file that is there; None without one."""
    first = next(iter(languages))
    mine = own.languages if own else {}
    return WrittenTemplate(
        name=first.name,
        category=first.category,
        languages={one.language: _wording(one.wording, mine.get(one.language)) for one in languages},
        fallback=own.fallback if own and own.fallback in {one.language for one in languages} else "",
        ttl_seconds=first.ttl_seconds or (own.ttl_seconds if own else None),
    )


def lacking(wording: Wording) -> list[str]:
    """Return the kinds of headers that name no file as their example."""
    headers = [wording.header, *(card.header for card in wording.cards)]
    return [header.kind for header in headers if header and header.kind in FILES and not header.example]


def _wording(there: Wording, own: Wording | None) -> Wording:
    """Return what Meta has, with the examples of `own`: those at Meta are addresses that soon end."""
    cards = own.cards if own else ()
    return replace(
        there,
        header=_header(there.header, own.header if own else None) if there.header else None,
        cards=tuple(
            replace(card, header=_header(card.header, cards[n].header if n < len(cards) else None))
            for n, card in enumerate(there.cards)
        ),
    )


def _header(there: WrittenHeader, own: WrittenHeader | None) -> WrittenHeader:
    if there.kind not in FILES:
        return there
    return replace(there, example=own.example if own and own.kind == there.kind else "")
