"""The ids of buttons and rows: what a tap on one of ours means.

`go:<handler>#<number>` starts a handler; the number tells two buttons that lead to one handler apart.
`q:<question>:<number>` is a choice of a question. Any other id is the author's own.
"""

from rejoinder.model.contents import Tap
from rejoinder.model.updates import Inbound

_HANDLER = "go:"
_CHOICE = "q:"

QUESTION_ID_CHARACTERS = 10
"""How much of a question's key its choices carry, in characters: ids of buttons have little room."""


def handler_button(handler: str, number: int) -> str:
    """Return the id of a button that starts the handler of that name."""
    return f"{_HANDLER}{handler}#{number}"


def choice_button(question: str, number: int) -> str:
    """Return the id of the choice `number` of the question with that short id."""
    return f"{_CHOICE}{question}:{number}"


def form_token(question: str) -> str:
    """Return the token of a form that asks the question with that short id."""
    return f"{_CHOICE}{question}"


def question_id(key: str) -> str:
    """Return the short id of the question with that key."""
    return key[:QUESTION_ID_CHARACTERS]


def handler_of(message: Inbound) -> str | None:
    """Return the name of the handler that a tap starts; None when `message` is no such tap."""
    if not (isinstance(message.content, Tap) and message.content.id.startswith(_HANDLER)):
        return None
    return message.content.id.removeprefix(_HANDLER).partition("#")[0]


def is_choice_of(question: str, message: Inbound) -> bool:
    """Whether `message` is a tap on a choice of the question with that short id."""
    return isinstance(message.content, Tap) and message.content.id.startswith(choice_button(question, 0)[:-1])


def choice_of(message: Inbound) -> int | None:
    """Return the number of the choice that was tapped; None when `message` is no tap on a choice."""
    if not (isinstance(message.content, Tap) and message.content.id.startswith(_CHOICE)):
        return None
    number = message.content.id.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def is_our_id(id: object) -> bool:  # noqa: A002 - a field
    """Whether we made the id of a button: no author may give such a one."""
    return isinstance(id, str) and id.startswith((_HANDLER, _CHOICE))
