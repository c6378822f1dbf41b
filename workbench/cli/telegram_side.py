"""What the commands for Telegram share: which bot is meant, and changes that are asked for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rejoinder.workbench import terminal
from rejoinder.workbench.deployment.deployed import Deployed, Where, deployed
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.questions import Questions
from rejoinder.workbench.telegram.api import Asked, BotApi, id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A bot at Telegram, and the person who asks something of it."""

    api: BotApi
    """The client, for this bot."""

    place: Deployed
    """The deployment that answers for it."""

    secret: Mapping[str, str]
    """The values of its secret."""

    is_agreed: bool = False
    """Whether changes are made without a question."""

    def make(self, asked: Asked) -> Any:
        """Show a request, ask whether it is to be made, and make it. Raises StackError when it is not."""
        screen = terminal.console()
        screen.print(terminal.plain(asked.shown(), "bold"))
        if not self.is_agreed and not Questions(screen=screen).yes("Do it?"):
            raise StackError("nothing was changed")
        return asked.make(self.api)


@contextmanager
def counter(where: Where, *, bot_id: str = "", yes: bool = False) -> Iterator[Counter]:
    """Yield the bot of a deployment. Raises StackError when it is not there, or its secret has no token."""
    with deployed(where) as place:
        secret = place.telegram_secret(bot_id)
        token = secret.get("bot_token", "")
        if not token:
            raise StackError("the secret has no bot_token: `rejoinder secrets --telegram` asks for it")
        if bot_id and id_of(token) != bot_id:
            raise StackError(
                f"the secret of the bot {bot_id} has the token of another one, {id_of(token)}: "
                "`rejoinder secrets --telegram` asks for the right one"
            )
        with BotApi(place.telegram_address, token) as api:
            yield Counter(api=api, place=place, secret=secret, is_agreed=yes)
