"""How fast messages go out, by what this process sent. Telegram refuses what comes faster.

Source: core.telegram.org/bots/faq, "My bot is hitting limits": one message a second in a chat, of which a few
may come together; 20 a minute in a group; 30 a second in all.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from rejoinder.channels.telegram.codes import NO_CODE
from rejoinder.errors import Refused
from rejoinder.model.people import Account
from rejoinder.ports import Clock

IN_ALL = (30, 1.0)
"""How many messages of one bot in how many seconds."""

IN_A_CHAT = (3, 3.0)
"""How many messages in one chat in how many seconds."""

IN_A_GROUP = (20, 60.0)
"""How many messages in one group in how many seconds."""

MAX_WAIT_SECONDS = 3.0
"""The longest time that a message waits here, in seconds: as long as the next one of a long turn has to. Its
queue waits for a longer time."""

MAX_REMEMBERED = 1000
"""The number of chats after which those are forgotten that have been silent."""

WHY = "too many messages in a short time, by the pace that Telegram asks for"

Key = tuple[str, int, int]


@dataclass
class Pace:
    """Lets messages out. It lives as long as its process."""

    clock: Clock = time.monotonic
    """Tells the time."""

    sleep: Callable[[float], None] = time.sleep
    """Waits for so many seconds."""

    _sent: dict[Key, deque[float]] = field(default_factory=dict)

    def wait(self, account: Account, chat_id: int, messages: int = 1) -> None:
        """Return when the next message may go out to a chat; Refused when that takes longer.

        This tells nothing of the account: nobody was asked. So it is no RateLimited, which opens a gate.
        `messages` is how many go out then at once, as an album.
        """
        self._forget()
        rules = [(0, *IN_ALL), (chat_id, *IN_A_CHAT), *([(chat_id, *IN_A_GROUP)] if chat_id < 0 else [])]
        sent = [self._times(account, chat, most) for chat, most, _ in rules]
        now = self.clock()
        free_at = [
            times[0] + seconds
            for times, (_, most, seconds) in zip(sent, rules, strict=True)
            if len(times) == most
        ]
        seconds = max([now, *free_at]) - now
        if seconds > MAX_WAIT_SECONDS:
            raise Refused(NO_CODE, WHY, retry_after_seconds=seconds)
        if seconds > 0:
            self.sleep(seconds)
        for times in sent:
            times.extend([now + seconds] * messages)

    def _times(self, account: Account, chat_id: int, most: int) -> deque[float]:
        """Return when the latest messages went out, `most` at most."""
        return self._sent.setdefault((str(account), chat_id, most), deque(maxlen=most))

    def _forget(self) -> None:
        if len(self._sent) > MAX_REMEMBERED:
            before = self.clock() - IN_A_GROUP[1]
            self._sent = {key: times for key, times in self._sent.items() if times and times[-1] > before}
