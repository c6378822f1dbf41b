"""What an author says of a template of the bot: `templates.order_update(name="Ada")`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from rejoinder.errors import BotError
from rejoinder.model.templates import (
    ButtonTake,
    Parameter,
    Parameters,
    Template,
    TemplateCard,
    TemplateHeader,
)

OPTIONS = ("language", "header", "buttons", "cards", "offer_ends_at")
"""What is no variable in `templates.order_update(…)`: for a variable of that name there is `Template`."""

ButtonGiven = Callable[..., None] | str | ButtonTake
"""What a button is given: the handler that a tap starts, the words that it takes, or a take such as
`FormStart`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTemplate:
    """A template of the bot, with what fills it: what `templates.order_update(…)` returns.

    It is checked against the file of the template when it is said.
    """

    name: str
    """The name of the template, which is that of its file."""

    parameters: Parameters = ()
    """What fills its variables: a tuple for {{1}}, {{2}} ..., a mapping for {{named}} ones."""

    language: str = ""
    """The language; empty for the contact's."""

    header: TemplateHeader = ""
    """What fills its header: the words for {{1}}, a file, a place or a product; empty for nothing."""

    buttons: Mapping[str, ButtonGiven] = field(default_factory=dict)
    """What its buttons are given, by the words on them."""

    cards: tuple[TemplateCard, ...] = ()
    """What fills the cards of its carousel, in order."""

    offer_ends_at: datetime | None = None
    """When its offer ends, with a time zone; None for a template without an offer that ends."""


AnyTemplate = Template | OwnTemplate
"""A template as `say` and `ask` take it."""


class Saying(Protocol):
    """Makes an `OwnTemplate` of one template."""

    def __call__(
        self,
        *parameters: Parameter,
        language: str = "",
        header: TemplateHeader = "",
        buttons: Mapping[str, ButtonGiven] | None = None,
        cards: Sequence[TemplateCard] = (),
        offer_ends_at: datetime | None = None,
        **named: Parameter,
    ) -> OwnTemplate:
        """Return the template, filled.

        Args:
            parameters: what fills {{1}}, {{2}} ..., in order.
            language: the language; empty for the contact's.
            header: what fills {{1}} in the header, or the file, the place or the product above the words.
            buttons: by the words on a button, the handler that a tap starts, the end of an address, the code
                that is copied, or a take such as `FormStart`.
            cards: what fills the cards of the carousel, in order.
            offer_ends_at: when the offer ends.
            named: what fills the {{named}} variables.
        """


class OwnTemplates:
    """The templates of the bot, by their names."""

    def __getattr__(self, name: str) -> Saying:
        """Return what fills the template of that name."""
        if name.startswith("__"):  # Python itself asks for such names
            raise AttributeError(name)

        def saying(*parameters: Any, **given: Any) -> OwnTemplate:
            options = {option: given.pop(option) for option in OPTIONS if option in given}
            if parameters and given:
                raise BotError(
                    f"templates.{name}(…) takes words for {{{{1}}}}, {{{{2}}}} … or named ones, not both"
                )
            options["buttons"] = _buttons(name, options.get("buttons"))
            options["cards"] = tuple(options.get("cards", ()))
            return OwnTemplate(name=name, parameters=given or parameters, **options)

        return saying


def _buttons(name: str, given: object) -> Mapping[str, ButtonGiven]:
    if not isinstance(given, Mapping | None):
        raise BotError(
            f'the buttons of templates.{name}(…) are given by their words: buttons={{"Track it": …}}, '
            f"not {given!r}"
        )
    return dict(given or {})


templates: OwnTemplates = OwnTemplates()
"""The templates of the bot: `templates.order_update(name="Ada")` fills `templates/order_update.yaml`."""
