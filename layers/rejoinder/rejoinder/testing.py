r"""`Phone`: talk to a bot in a test. The real services run, over ports held in memory.

phone = Phone(bot)
phone.says("hi")
assert phone.transcript == "> hi\n< Hello there! [Opening hours]"
"""

import itertools
import time
from contextlib import nullcontext

from rejoinder.bot import Bot
from rejoinder.channels.whatsapp.limits import WhatsAppLimits
from rejoinder.errors import BotFailed
from rejoinder.memory import (
    MemoryMeter,
    MemoryNetwork,
    MemoryOutbox,
    MemoryParked,
    MemoryStore,
)
from rejoinder.messages import (
    Account,
    Button,
    Buttons,
    Contact,
    Inbound,
    InboundContent,
    List,
    OutboundContent,
    Tap,
    Text,
)
from rejoinder.services.deliver import Sender
from rejoinder.services.process import Processor
from rejoinder.transcript import heard, said


class Phone:
    """A contact's phone. What the bot says comes back from each call, in the transcript's form.

    Raises BotFailed when the bot raises, with the bot's own error as its cause; nothing is tried again.
    """

    def __init__(self, bot: Bot, *, name: str = "", contact_id: str = "15550001111") -> None:
        if not isinstance(bot, Bot):
            raise TypeError(f"Phone takes a Bot, not {bot!r}: from bot import bot imports the module")
        self.bot = bot
        self.lines: list[str] = []
        self._contact = Contact(id=contact_id, name=name, phone=contact_id)
        self._store = MemoryStore()
        self._outbox = MemoryOutbox()
        self._network = MemoryNetwork()
        self._numbers = itertools.count(1)

    def says(self, words: str) -> list[str]:
        """Type `words`; what the bot answers."""
        return self.sends(Text(body=words))

    def taps(self, title: str) -> list[str]:
        """Tap the newest button or row called `title`; what the bot answers. KeyError when there is none."""
        for content in reversed(self._network.sent):
            choices = _choices(content)
            if title in choices:
                return self.sends(Tap(id=choices[title], title=title))
        raise KeyError(f"no button or row is called {title!r}; the talk so far:\n{self.transcript}")

    def sends(self, content: InboundContent) -> list[str]:
        """Send any content, such as an `Image`; what the bot answers."""
        self.lines.append(heard(content))
        before = len(self._network.sent)
        self._processor().process([self._inbound(content)], received_before=False)
        self._deliver()
        answers = [said(sent) for sent in self._network.sent[before:]]
        self.lines += answers
        return answers

    def newest_buttons(self) -> list[Button]:
        """The buttons of what the bot said last, with their ids."""
        match self._network.sent[-1] if self._network.sent else None:
            case Buttons(buttons=buttons):
                return list(buttons)
            case _:
                return []

    @property
    def transcript(self) -> str:
        """The whole talk."""
        return "\n".join(self.lines)

    def _inbound(self, content: InboundContent) -> Inbound:
        return Inbound(
            id=f"memory-{next(self._numbers)}",
            account=Account(channel="whatsapp", id="memory"),
            contact=self._contact,
            at=time.time(),
            content=content,
        )

    def _processor(self) -> Processor:
        return Processor(
            bot=self.bot,
            limits=WhatsAppLimits(),
            store=self._store,
            outbox=self._outbox,
            parked=MemoryParked(),
            meter=MemoryMeter(),
            clock=time.time,
            time_limit=nullcontext,
            has_time=lambda: True,
        )

    def _deliver(self) -> None:
        sender = Sender(
            stack="memory",
            network=self._network,
            records=self._store,
            windows=self._store,
            meter=MemoryMeter(),
            clock=time.time,
            has_time=lambda: True,
        )
        while self._outbox.turns:
            sender.deliver(self._outbox.turns.pop(0))


def _choices(content: OutboundContent) -> dict[str, str]:
    """The titles that can be tapped, with their ids."""
    match content:
        case Buttons(buttons=buttons):
            return {button.title: button.id for button in buttons}
        case List(sections=sections):
            return {row.title: row.id for section in sections for row in section.rows}
        case _:
            return {}


__all__ = ["BotFailed", "Phone"]
