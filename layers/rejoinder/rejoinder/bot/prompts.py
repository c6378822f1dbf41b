"""The messages that ask: words, with choices or a button of the network, or a ready-made content."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from rejoinder.bot.buttons import choice_button, form_token
from rejoinder.bot.forms import is_shape
from rejoinder.bot.saying import described, ready_made
from rejoinder.channel_ports import Limits
from rejoinder.errors import BotError, LimitExceeded
from rejoinder.model.contents import ContactCard, FormReply, Location, Reaction, Text
from rejoinder.model.requests import AddressRequest, ContactRequest, Form, LocationRequest
from rejoinder.model.said import Button, Buttons, List, OutboundContent, Section

_FORMS = (Form, AddressRequest)

_REQUESTS: Mapping[type, type[LocationRequest | ContactRequest]] = {
    Location: LocationRequest,
    ContactCard: ContactRequest,
}
"""The message whose button brings a content."""


def checked_prompt(prompt: Any, answer: Any, kinds: Sequence[type], id: str) -> OutboundContent | None:  # noqa: A002
    """Return a ready-made content that asks the question with that short id; None for words.

    A form gets a token by which its answer is known. `kinds` are the contents that `answer` asks for.

    Raises BotError when the answer that is wanted cannot come.
    """
    is_form = isinstance(prompt, _FORMS)
    if is_shape(answer) and not is_form:
        raise BotError("a dictionary answers a form: ask(Form(…), dict) or ask(AddressRequest(…), dict)")
    if isinstance(prompt, str):
        return None
    if is_form and not (is_shape(answer) or FormReply in kinds):
        raise BotError("a form is answered by a dictionary: ask(Form(…), dict), or a TypedDict of yours")
    if not isinstance(prompt, OutboundContent) or isinstance(prompt, Reaction):
        raise BotError(f"ask() takes words, or a content that asks, such as a Form, not {prompt!r}")
    content = ready_made(prompt, is_alone=True)
    if isinstance(content, Form) and not content.token:
        return replace(content, token=form_token(id))
    return content


def reworded(prompt: OutboundContent, words: str) -> OutboundContent:
    """Return a ready-made content that asks again, with `words` in the place of its own."""
    if not any(field.name == "body" for field in fields(prompt)):
        return Text(body=words)
    content: Any = prompt
    again: OutboundContent = replace(content, body=words)
    return again


def request_of(kinds: Sequence[type]) -> type[LocationRequest | ContactRequest] | None:
    """Return the message whose button brings one of the contents that are asked for; None when none does."""
    return next((_REQUESTS[kind] for kind in kinds if kind in _REQUESTS), None)


def with_choices(
    limits: Limits,
    words: str,
    menu: str,
    question: str,
    choices: Sequence[str],
    descriptions: Mapping[str, str],
) -> OutboundContent:
    """Return `words` with choices under them: buttons, a list or numbered lines, whatever fits first.

    Choices with second lines are a list, or numbered lines. `menu` is the label of the button that opens it.
    """
    pairs = [(choice_button(question, number), title) for number, title in enumerate(choices, 1)]
    rows = described(pairs, descriptions)
    forms: list[OutboundContent] = [List(body=words, button=menu, sections=(Section(rows=rows),))]
    if not descriptions:
        tapped = tuple(Button(id=id, title=title) for id, title in pairs)
        forms.insert(0, Buttons(body=words, buttons=tapped))
    lines = [f"{row.title} – {row.description}" if row.description else row.title for row in rows]
    numbered = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
    return first_that_fits(limits, *forms, Text(body=f"{words}\n\n{numbered}"))


def first_that_fits(limits: Limits, *forms: OutboundContent) -> OutboundContent:
    """Return the first of several forms of a message that the network takes, or else the last one."""
    return next((form for form in forms[:-1] if _fits(limits, form)), forms[-1])


def _fits(limits: Limits, content: OutboundContent) -> bool:
    try:
        limits.check(content)
    except LimitExceeded:
        return False
    return True
