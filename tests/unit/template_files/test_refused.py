"""What does not fit the file of a template is an error at the author's line, with its cure."""

import re
from datetime import UTC, datetime

import pytest

from rejoinder import (
    BotError,
    Image,
    LinkEnd,
    TapId,
    Template,
    TemplateCard,
    templates,
)
from rejoinder.bot.templates.own import AnyTemplate
from tests.unit.template_files.saying import VALUES, filled, of_nobody, track

pytestmark = pytest.mark.usefixtures("folder")


WRONG: dict[str, tuple[AnyTemplate, str]] = {
    "no such template": (templates.ordr(), "there is no template 'ordr': did you mean order"),
    "a name with a language": (Template("ordr", language="en"), "there is no template 'ordr'"),
    "a language": (
        templates.order(language="de", **VALUES),
        "not written in 'de', but in en, pt_BR, es: add",
    ),
    "no language": (templates.plain("Ada", "x", language="de_AT"), "not written in 'de_AT', but in en"),
    "missing": (
        templates.order(name="Ada"),
        "needs {{tracking}}, too: write templates.order(name=…, tracking=…",
    ),
    "too many": (templates.order(**VALUES, age="3"), "has no {{age}}: write templates.order(name=…"),
    "missing in order": (templates.plain("Ada"), "needs {{2}}, too: write templates.plain(…, …)"),
    "too many in order": (templates.plain("Ada", "x", "y"), "has no {{3}}"),
    "names": (templates.plain(name="Ada"), "has {{1}} and {{2}}: give what fills them in order"),
    "no names": (
        templates.order("Ada"),
        "has {{name}} and {{tracking}}: give what fills them by their names",
    ),
    "the header's words": (templates.titled("x"), "needs words for {{1}} in its header: give header=…"),
    "the header's name": (
        templates.order(name="Ada", tracking="x", buttons={"Open": "1"}),
        "needs words for {{number}} in its header: give number=…",
    ),
    "the header's file": (templates.file(), "needs header=Image(\"files/…\"), not ''"),
    "the header's place": (templates.place(header="x"), "needs header=Location(…), not 'x'"),
    "a header": (templates.plain("Ada", "x", header="y"), "has nothing to fill in its header"),
    "a button": (
        templates.order(**VALUES, buttons={"Trck": track}),
        "has no button 'Trck', only 'Track it', 'Open'",
    ),
    "no button": (templates.order(**VALUES), "buttons={'Open': \"…\", the end of its address}"),
    "a button that calls": (
        templates.order(**VALUES, buttons={"Open": "1", "Call us": "x"}),
        "gives its button 'Call us' nothing to take",
    ),
    "another take": (
        templates.order(**VALUES, buttons={"Open": TapId("x")}),
        "takes words for its button 'Open', not TapId",
    ),
    "a handler of nobody": (
        templates.order(**VALUES, buttons={"Open": "1", "Track it": of_nobody}),
        "is no handler of this bot: register it with on()",
    ),
    "our own id": (
        templates.order(**VALUES, buttons={"Open": "1", "Track it": "go:x#1"}),
        "has an id of rejoinder's own for 'Track it'",
    ),
    "too many buttons": (
        Template("order", parameters=VALUES, buttons=(None, LinkEnd("1"), None, None)),
        "has 3 buttons, not 4",
    ),
    "a line break": (templates.plain("Ada", "a\nb"), "has a line break"),
    "many spaces": (templates.plain("Ada", "a     b"), "more than 4 spaces in a row"),
    "no text": (templates.plain("Ada", 3), "a template's parameter is a text, not 3"),  # type: ignore[arg-type]
    "long words": (templates.plain("Ada", "x" * 1010), "characters of words once it is filled: 1024 at most"),
    "a long header": (
        templates.titled("x", header="y" * 57),
        "61 characters of header once it is filled: 60",
    ),
    "cards": (templates.cards(), "has 2 cards, not 0: write cards=[TemplateCard(…), …]"),
    "a card": (
        templates.cards(cards=[TemplateCard(header=Image("https://x.example/a.jpg"))] * 2),
        "cards, card 1, needs {{1}}, too: write TemplateCard(parameters=(…,))",
    ),
    "no end": (templates.offer(buttons={"copy_code": "A"}), "has an offer that ends: give offer_ends_at=…"),
    "an end": (
        templates.plain("Ada", "x", offer_ends_at=datetime(2031, 1, 1, tzinfo=UTC)),
        "has no offer that ends: leave out offer_ends_at",
    ),
    "no code": (
        templates.offer(offer_ends_at=datetime(2031, 1, 1, tzinfo=UTC)),
        "needs something for a button: buttons={'copy_code': \"…\", the code}",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_the_file_is_an_error_with_its_cure(name: str) -> None:
    said, why = WRONG[name]
    with pytest.raises(BotError, match=re.escape(why)):
        filled(said)


def test_what_cannot_be_said_at_all_is_an_error_at_once() -> None:
    with pytest.raises(BotError, match="not both"):
        templates.order("Ada", tracking="x")
    with pytest.raises(BotError, match="by their words"):
        templates.order(buttons=[track])  # type: ignore[arg-type]
