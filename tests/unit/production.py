"""A `Phone` on which a bot runs as in production."""

from dataclasses import replace

from rejoinder import Bot
from rejoinder.aws.stored.talks import dump_talk, read_talk
from rejoinder.model.talk import Journal, Talk
from rejoinder.model.updates import Inbound
from rejoinder.testing import BotFailed, Phone

SORRY = ["< Sorry, something went wrong on our side. Please try again later."]
STALE = ["< That button belongs to an earlier message."]
TOO_LONG = ["< That was too long. Please say it in fewer words."]
AGAIN = "< Sorry, we have to begin again."


class Production(Phone):
    """Each turn runs once. A failing update is tried three times, then parked. Talks are stored as text."""

    def redeploys(self, bot: Bot) -> None:
        super().redeploys(bot)
        self._bare = bot
        self._bot = bot  # type: ignore[assignment] # without the watch, which runs each turn twice

    @property
    def bot(self) -> Bot:
        return self._bare

    @property
    def talk(self) -> Journal:
        """The talk in progress."""
        journals = [one.journal for one in self._store.conversations.values()]
        assert isinstance(journals[0], Journal)
        return journals[0]

    def reads_as(self, talk: Talk) -> None:
        """Let the talk in progress be found as `talk`."""
        for key, one in self._store.conversations.items():
            self._store.conversations[key] = replace(one, journal=talk)

    def _turn(self, inbound: Inbound) -> None:
        for _ in range(2):
            try:
                return self._once(inbound)
            except BotFailed:
                continue
        return self._once(inbound)

    def _once(self, inbound: Inbound) -> None:
        super()._turn(inbound)
        for key, one in self._store.conversations.items():
            if one.journal:
                self._store.conversations[key] = replace(one, journal=read_talk(dump_talk(one.journal)))
