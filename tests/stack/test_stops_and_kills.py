"""What stops and kills leave behind: the next `make run` comes up, and nothing waits for a dead function."""

import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest

from rejoinder.workbench.handset.handset import Handset, wait_for
from rejoinder.workbench.stack import ports
from tests.stack.make_run import BOT, UP, MakeRun, answer, left_running

pytestmark = [pytest.mark.stack, pytest.mark.slow]

SLOW = BOT.replace("import Bot, Chat", "import Bot, Chat\nimport pathlib\nimport time").replace(
    "@bot.otherwise",
    """@bot.on("short", "long")
def slow(chat: Chat) -> None:
    pathlib.Path(__file__).with_name("begun").touch()
    time.sleep({"short": 4, "long": 15}[chat.message.text])
    chat.say(f"{chat.message.text} done")


@bot.otherwise""",
)


def _begin_a_turn(run: MakeRun, words: str) -> None:
    run.wait_for(UP)
    run.handset().say(words)
    assert wait_for(lambda: [*run.folder.glob("aws/tmp/**/begun")] or None, seconds=30)


def _is_said(handset: Handset, text: str, *, seconds: float) -> None:
    assert wait_for(lambda: [m for m in handset.heard() if m.text == text] or None, seconds=seconds), text


@pytest.mark.parametrize(
    ("words", "stop"),
    [
        ("short", MakeRun.ctrl_c),  # the turn ends before the local AWS does
        ("long", MakeRun.ctrl_c),  # nobody waits so long: the turn is cut off and made again
        ("long", MakeRun.kill),
    ],
)
def test_a_turn_at_the_moment_of_a_stop_is_answered_by_the_next_run_at_once(
    folder: Path, words: str, stop: Callable[[MakeRun], int]
) -> None:
    (folder / "bot").mkdir(parents=True)
    (folder / "bot" / "bot.py").write_text(SLOW)
    run = MakeRun(folder)
    try:
        _begin_a_turn(run, words)
        stop(run)
        assert "Traceback" not in run.said()
    finally:
        run.end()
    again = MakeRun(folder)
    try:
        again.wait_for(UP)
        # The queue hides a message for 180 s, so it would come too late if the stopped run still held it.
        _is_said(again.handset(), f"{words} done", seconds=60)
        assert answer(again.handset(), "hello") == "1 by the first bot"
        assert "was killed" not in again.said()
    finally:
        again.end()
    assert not left_running(folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Who is killed, and when."""

    victim: str
    """A part of the command of what is killed; empty: the workbench itself."""

    after: str
    """What `make run` has printed by then."""

    seconds: float = 0.0
    """The time since then, or since the stop began."""

    begins: Literal["empty", "changed", "same"] = "same"
    """Whether that run deploys to an empty AWS, over another version, or not at all."""

    stops: bool = False
    """Whether it is being stopped at that moment."""

    def strike(self, run: MakeRun) -> None:
        run.wait_for(UP if self.after == AGAIN else self.after)
        if self.after == AGAIN:
            run.handset().say("again")
            run.wait_for(self.after)
        if self.stops:
            run.begin_to_stop()
        time.sleep(self.seconds)
        run.kill_all(self.victim) if self.victim else run.kill_workbench()


LEASH, SAM, WORKER = "leash.py", "samcli", "ministack-lambda-"
AGAIN = "chat      > again"
KILLS = (
    Kill(victim="", after="simulator ", begins="empty"),
    Kill(victim="", after="local AWS ", seconds=0.2),
    Kill(victim=LEASH, after="local AWS ", seconds=0.2, begins="empty"),
    Kill(victim=LEASH, after="local AWS ", seconds=0.5),
    Kill(victim="", after="build ", seconds=1.0, begins="changed"),
    Kill(victim=SAM, after="build ", seconds=0.7, begins="changed"),
    Kill(victim=LEASH, after="build ", seconds=1.0, begins="empty"),
    Kill(victim="", after="deploy ", seconds=1.0, begins="changed"),
    Kill(victim=SAM, after="deploy ", seconds=1.5, begins="empty"),
    Kill(victim=SAM, after="deploy ", seconds=1.5, begins="changed"),
    Kill(victim=LEASH, after="deploy ", seconds=1.0, begins="changed"),
    Kill(victim=LEASH, after="deploy ", seconds=2.5, begins="empty"),
    Kill(victim=LEASH, after="secrets ", begins="changed"),
    Kill(victim=LEASH, after="functions ", seconds=0.2, begins="empty"),
    Kill(victim="", after="webhook "),
    Kill(victim=LEASH, after=UP, begins="empty"),
    Kill(victim="", after=UP, begins="changed"),
    Kill(victim=WORKER, after=AGAIN),
    Kill(victim=LEASH, after=AGAIN),
    Kill(victim="", after=AGAIN, seconds=0.2),
    Kill(victim=LEASH, after=AGAIN, seconds=0.02, stops=True),
    Kill(victim=LEASH, after=UP, seconds=0.2, stops=True),
    Kill(victim=LEASH, after=UP, seconds=0.4, stops=True),
    Kill(victim=LEASH, after=AGAIN, seconds=0.6, stops=True),
    Kill(victim="", after=UP, seconds=0.1, stops=True),
)


def test_after_a_kill_at_any_moment_the_next_run_comes_up_and_answers(folder: Path) -> None:
    """All runs use one folder. The run after each kill is stopped as usual, so it keeps what it had.

    `make check` has time for five of the kills; with ALL_KILLS=1 it tries all of them.
    """
    port = ports.any_free()
    for number, kill in enumerate(KILLS if os.environ.get("ALL_KILLS") else KILLS[2::5]):
        if kill.begins == "empty":
            shutil.rmtree(folder / "aws", ignore_errors=True)
        if kill.begins == "changed":  # the address of the simulator is a parameter of the stack
            port = ports.any_free(but=port)
        run = MakeRun(folder, f"SIM_PORT={port}")
        try:
            kill.strike(run)
            if kill.victim != WORKER:
                run.wait()
            assert "Traceback" not in run.said(), (number, kill, run.said())
        finally:
            run.end()
        again = MakeRun(folder, f"SIM_PORT={port}")
        try:
            again.wait_for(UP)
            said = answer(again.handset(), "hello")
            assert re.fullmatch(r"\d+ by the first bot", said), (number, kill, said)
            again.ctrl_c()
            assert "Traceback" not in again.said(), (number, kill, again.said())
        finally:
            again.end()
        assert not left_running(folder), (number, kill)
        print(number, kill, *again.said().splitlines()[1:3], sep="\n  ")
