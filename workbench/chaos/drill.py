"""The drill: contacts write, everything fails, the queues drain, the bot is mended, and all is counted."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rejoinder.workbench.chaos import evidence, telegram
from rejoinder.workbench.chaos.errands import Errands
from rejoinder.workbench.chaos.plan import Update, plan
from rejoinder.workbench.chaos.post import Post, handed_in
from rejoinder.workbench.chaos.saboteur import REJECTIONS, Saboteur
from rejoinder.workbench.chaos.tally import Tally, count
from rejoinder.workbench.deployment.queues import dlq_urls, queue_urls
from rejoinder.workbench.stack import LocalStack

TICK_SECONDS = 0.5
"""The pause between two looks at the stack, in seconds."""

LINE_SECONDS = 10.0
"""How often a line about the progress is printed, in seconds."""

PUT_BACKS = 3
"""How often what was set aside is put back at the end. A queue may show only a part of it at once."""

QUIET_SECONDS = 3.0
"""How long queues must stay empty to count as drained, in seconds. A message on its way arrives sooner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a drill has to do."""

    updates: int
    """How many updates are sent, not counting duplicates."""

    contacts: int
    """How many contacts send them."""

    seed: int
    """The seed of the plan and of the faults."""

    kills: int
    """How many workers are killed."""

    visibility: int | None
    """The visibility timeout of the queues, in seconds; None: as deployed. A killed worker's message waits
    so long."""

    patience: float
    """How long the drill may take, in seconds."""

    calm: float | None = None
    """How long the network still fails after the last webhook, in seconds; None: until the end."""

    wrong: int = 0
    """With how many updates the bot does something wrong."""

    files: int = 0
    """How many updates are about a file."""

    loses: int = 0
    """How many messages are deleted on purpose."""

    spoils: int = 0
    """How many files of contacts are changed on purpose, once they are saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The results of a drill."""

    tally: Tally
    """What was counted at the end."""

    duplicates: int
    """How many updates were sent twice."""

    posts: int
    """How many webhooks were posted, with repetitions."""

    repeated: int
    """How many of them were repetitions."""

    refusals: str
    """How many of them got which answer other than 200."""

    killed: Sequence[str]
    """The functions whose workers were killed."""

    drain_seconds: float
    """How long the queues took to drain after the last webhook."""

    seconds: float
    """How long the whole drill took."""

    is_drained: bool
    """Whether the queues drained within the patience."""

    failed: Sequence[str] = ()
    """The errands that did not do what they should."""

    @property
    def is_right(self) -> bool:
        """Whether everything came through as promised, in time."""
        return self.is_drained and self.tally.is_right and not self.failed


class Drill:
    """One drill on a running stack. `say` prints its lines."""

    def __init__(
        self,
        stack: LocalStack,
        orders: Orders,
        say: Callable[[str], None],
        record: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare a drill. `record` is called again and again while it runs."""
        self._stack = stack
        self._record = record
        self._orders = orders
        self._say = say
        self._bodies = plan(orders.updates, orders.contacts, orders.seed, orders.wrong, orders.files)
        self._saboteur = Saboteur(stack=stack, seed=orders.seed)
        self._errands = Errands(stack=stack)
        self._ids = frozenset(self._updates())
        self._contents: dict[str, dict[str, Any]] = {}
        self._handled = 0
        self._looked_at = self._printed_at = float("-inf")
        self._look_again = 1.0
        self._started = time.monotonic()
        # Only so many updates may wait, so that kills and faults hit functions that are at work.
        max_waiting = max(40, orders.updates // 5)
        self._post = Post(
            simulator_url=stack.simulator_url,
            bodies=self._bodies,
            contents=self._contents,
            may_go_on=lambda given: given - self._handled < max_waiting,
        )

    def run(self) -> Report:
        """Run from the first webhook until the queues have drained, and return the results."""
        self._prepare()
        poster = threading.Thread(target=self._post.run, name="chaos-post", daemon=True)
        self._started = time.monotonic()
        poster.start()
        for share, strike in self._strikes():
            self._until(partial(self._has_handled, share))
            self._tell(strike())
        self._until(lambda: not poster.is_alive())
        all_given = time.monotonic()
        if self._orders.calm is not None:
            self._until(lambda: self._has_drained() or self._is_past(all_given))
            self._tell(self._saboteur.calm())
        is_drained = self._until(self._has_drained)
        drained = time.monotonic()
        is_drained &= self._mend()
        self._errands.end()
        self._post.is_over = True
        poster.join(60)
        return self._report(is_drained=is_drained, drain_seconds=drained - all_given)

    def _mend(self) -> bool:
        """Deploy the bot without its faults and put back what was parked; False when that does not drain."""
        self._tell(self._saboteur.redeploy(mended=True))
        for _ in range(PUT_BACKS):
            if not any(evidence.waiting(self._stack, *dlq_urls(self._stack).values())):
                return True
            self._tell(self._errands.redrive())
            if not self._until(self._has_drained):
                return False
        return True

    def _prepare(self) -> None:
        sqs, seconds = self._stack.client("sqs"), self._orders.visibility
        for url in queue_urls(self._stack).values() if seconds else ():
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
        self._contents |= handed_in(self._stack.simulator_url, self._updates().values())
        telegram.make_known(self._stack, self._updates().values())
        self._saboteur.plant()

    def _updates(self) -> dict[str, Update]:
        return {update.id: update for body in self._bodies for update in body}

    def _strikes(self) -> list[tuple[float, Callable[[], str]]]:
        """Return what is done to the stack, each with the share of updates that must be handled before.

        All of it is done before three quarters of the updates are handled.
        """
        saboteur, orders, errands = self._saboteur, self._orders, self._errands
        # The first two kills hit functions that hold messages. The others are chosen by chance.
        victims = ["sender", "processor"]
        kills: list[tuple[float, Callable[[], str]]] = [
            (
                0.05 + 0.65 * number / orders.kills,
                partial(saboteur.kill, victims[number] if number < len(victims) else None),
            )
            for number in range(orders.kills)
        ]
        losses = [(0.6, saboteur.lose) for _ in range(orders.loses)]
        losses += [(0.7, saboteur.spoil) for _ in range(orders.spoils)]
        others = [
            *[(0.1, errands.begin), (0.2, saboteur.redeploy), (0.3, saboteur.rotate), (0.35, saboteur.storm)],
            *[(0.45, saboteur.restart), (0.5, errands.export), (0.55, errands.release)],
            *[(0.45, saboteur.forget), (0.7, saboteur.forget)],
            *[(0.6, errands.forget), (0.65, errands.redrive), (0.7, saboteur.restart)],
        ]
        return sorted([*kills, *losses, *others], key=lambda s: s[0])

    def _until(self, reached: Callable[[], bool]) -> bool:
        """Wait for `reached` and print the progress; False when the patience is over."""
        while time.monotonic() - self._started < self._orders.patience:
            try:
                self._look()
                if reached():
                    return True
            except (BotoCoreError, ClientError) as error:
                self._tell(f"the local AWS does not answer ({type(error).__name__})")
            time.sleep(TICK_SECONDS)
        return False

    def _look(self) -> None:
        """Count the handled updates, less often when counting takes long. Print a line from time to time."""
        now = time.monotonic()
        if now - self._looked_at >= self._look_again:
            self._handled = evidence.handled(self._stack, self._ids)
            self._looked_at = time.monotonic()
            self._look_again = max(1.0, 10 * (self._looked_at - now))
        if now - self._printed_at >= LINE_SECONDS:
            self._tell(self._progress())
        self._record()

    def _progress(self) -> str:
        left = evidence.waiting(self._stack, *queue_urls(self._stack).values())
        names = ("inbound", "outbound", "events")
        waiting = ", ".join(f"{number} {name}" for name, number in zip(names, left, strict=True))
        return (
            f"sent {len(self._post.updates)}, handled {self._handled}, waiting: {waiting}{self._held(left)}"
        )

    def _held(self, left: Sequence[int]) -> str:
        """Return why the queues may need some time; empty when nothing explains it."""
        now, held = time.monotonic(), self._saboteur.held
        names = ("inbound", "outbound", "events")
        waits = [
            held[name] - now for name, number in zip(names, left, strict=True) if number and name in held
        ]
        if max(waits, default=0.0) > 0:
            return f" (the message of a killed worker comes back within {max(waits):.0f} s)"
        is_only_sending = self._handled == self._orders.updates and any(left)
        return " (messages whose outcome is unknown wait a minute or more)" if is_only_sending else ""

    def _tell(self, line: str) -> None:
        self._printed_at = time.monotonic()
        seconds = int(self._printed_at - self._started)
        self._say(f"  {seconds // 60:2}:{seconds % 60:02}  {line}")

    def _has_handled(self, share: float) -> bool:
        return self._handled >= share * self._orders.updates

    def _is_past(self, all_given: float) -> bool:
        return time.monotonic() - all_given >= (self._orders.calm or 0.0)

    def _has_drained(self) -> bool:
        """Whether the queues are empty and stay empty for QUIET_SECONDS."""
        if not self._is_empty():
            return False
        time.sleep(QUIET_SECONDS)
        return self._is_empty()

    def _is_empty(self) -> bool:
        """Whether no work is on the queues. The doorkeeper of an open gate stays there for some minutes."""
        left = sum(evidence.waiting(self._stack, *queue_urls(self._stack).values()))
        return not left or left <= evidence.open_gates(self._stack)

    def _report(self, *, is_drained: bool, drain_seconds: float) -> Report:
        updates = self._updates()
        given = [update for id, update in updates.items() if id in self._post.updates]
        return Report(
            tally=count(
                evidence.gather(
                    self._stack,
                    given,
                    self._errands.put_back,
                    contents=self._contents,
                    forgotten=self._saboteur.forgotten,
                    rejections=REJECTIONS - self._errands.rejected,
                )
            ),
            duplicates=sum(map(len, self._bodies)) - len(updates),
            posts=self._post.posts,
            repeated=self._post.posts - self._post.acknowledged,
            refusals=", ".join(f"{number} x {what}" for what, number in sorted(self._post.refusals.items())),
            killed=self._saboteur.killed,
            drain_seconds=drain_seconds,
            seconds=time.monotonic() - self._started,
            is_drained=is_drained,
            failed=self._errands.failed,
        )
