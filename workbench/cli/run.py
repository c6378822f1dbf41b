"""`rejoinder run`: runs the bot on a local AWS until Ctrl-C."""

import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from datetime import datetime
from functools import partial
from itertools import chain
from queue import Empty, SimpleQueue

from botocore.exceptions import BotoCoreError

from rejoinder.channels import TABLE
from rejoinder.workbench import versions
from rejoinder.workbench.called import called
from rejoinder.workbench.cli import run_telegram
from rejoinder.workbench.handset.handset import Handset
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, StackError, up
from rejoinder.workbench.stack.handle import OwnBot
from rejoinder.workbench.stack.logs import LogReader
from rejoinder.workbench.stack.watch import BotWatch

POLL_SECONDS = 0.3
"""The pause between two looks at the phones, the logs and the bot's files, in seconds."""


def main(
    project: Project, *, aws_port: int | None, sim_port: int | None, telegram_token: str | None = None
) -> int:
    """Run until Ctrl-C, which is the normal end. A token of Telegram leads to a bot on real phones."""
    print("rejoinder on a local AWS")
    if other := versions.other_pin(project.root):
        print(f"  {other}")
    own_bot = run_telegram.own_bot(telegram_token) if telegram_token else None
    started, is_up = time.monotonic(), False
    alarms = SimpleQueue[str]()
    try:
        with up(project, aws_port=aws_port, sim_port=sim_port, own_bot=own_bot, tell=alarms.put) as stack:
            is_up = True
            _greet(project, stack, time.monotonic() - started, own_bot)
            run_telegram.show_commands(stack)
            with run_telegram.phone(stack, own_bot) if own_bot else nullcontext():
                _follow(project, stack, alarms)
    except KeyboardInterrupt:
        if not is_up:
            raise
        print(f"\n  stopped; all data stays in .rejoinder for the next `{called('run')}`")
    return 0


def _greet(project: Project, stack: LocalStack, seconds: float, own_bot: OwnBot | None) -> None:
    print(f"  {'ready in':<12}{seconds:5.1f} s")
    print()
    print(f"  talk to the bot    {stack.simulator_url}   (or in another terminal: {called('talk')})")
    if own_bot:
        print(f"  on your phone      https://t.me/{own_bot.username}")
    print(f"  its webhook        {stack.webhook_url}")
    print(f"  the local AWS      {stack.aws_endpoint_url}   (all addresses: .rejoinder/local.json)")
    print(f"  An edit of {project.bot_shown}/bot.py is live in seconds. Ctrl-C stops everything.")
    if not own_bot:
        print(f"\n{run_telegram.offer()}")
    print(flush=True)


def _follow(project: Project, stack: LocalStack, alarms: SimpleQueue[str]) -> None:
    """Print what happens, also to the alarms, and deploy edits of the bot."""
    watch = BotWatch(project, stack, then=partial(run_telegram.show_commands, stack))
    logs, chats = LogReader(stack), _Chats(stack)
    while True:
        try:
            news = [*chats.new(), *map(str, logs.read()), *_told(alarms), *_edited(watch)]
        except (BotoCoreError, StackError) as error:
            raise StackError(f"the local AWS has ended by itself ({error}); see {stack.folder}/aws") from None
        for line in news:
            print(line, flush=True)
        time.sleep(POLL_SECONDS)


def _told(alarms: SimpleQueue[str]) -> Iterator[str]:
    """Yield the lines about alarms that came since the last look."""
    with suppress(Empty):
        while True:
            yield f"{datetime.now().astimezone():%H:%M:%S} alarm     {alarms.get_nowait()}"


def _edited(watch: BotWatch) -> list[str]:
    outcome = watch.poll()
    return [f"{datetime.now().astimezone():%H:%M:%S} {outcome}"] if outcome else []


class _Chats:
    """The messages on all phones in the simulator, as a transcript."""

    def __init__(self, stack: LocalStack) -> None:
        self._phones = [Handset(stack.simulator_url, "", channel=name) for name in TABLE]
        self._seen: dict[str, str] = {}

    def new(self) -> list[str]:
        lines = []
        for message in chain.from_iterable(one.shows() for one in self._phones):
            is_new, failed = message.id not in self._seen, message.status == "failed"
            if is_new or (failed and self._seen[message.id] != "failed"):
                text = str(message).replace("\n", "\n" + " " * 19)
                fate = "  FAILED" if failed else ""
                lines.append(f"{datetime.now().astimezone():%H:%M:%S} chat      {text}{fate}")
            self._seen[message.id] = message.status
        return lines
