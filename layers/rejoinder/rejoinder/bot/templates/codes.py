"""One-time codes: the template that carries them."""

from rejoinder.bot.templates.catalog import Catalog
from rejoinder.bot.templates.own import OwnTemplate
from rejoinder.errors import BotError

LONGEST_CODE = 15
"""The longest one-time code, in characters."""


def code_template(code: object, name: str, catalog: Catalog | None) -> OwnTemplate:
    """Return the template that carries `code`: the one with that name, or the only one for codes.

    Raises BotError when there is none, or more than one, or when the code cannot be one.
    """
    if not (isinstance(code, str) and 1 <= len(code) <= LONGEST_CODE and not any(map(str.isspace, code))):
        raise BotError(f"a code is a text of 1 to {LONGEST_CODE} characters without spaces")
    codes = catalog.of_category("authentication") if catalog else ()
    if name and name not in codes:
        raise BotError(f"the bot has no template {name!r} of the category authentication: {_named(codes)}")
    if not name and len(codes) != 1:
        raise BotError(f"say_code needs one template of the category authentication: {_named(codes)}")
    return OwnTemplate(name=name or codes[0], parameters=(code,))


def _named(codes: tuple[str, ...]) -> str:
    if codes:
        return f"name one by template=…; the bot has {', '.join(codes)}"
    return "write templates/login_code.yaml (docs/templates.md)"
