"""A contact's words that no terminal should get: they reach the bot, and every command prints them safely."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from rejoinder.aws.outbox import SqsParkedUpdates
from rejoinder.aws.queues import SqsQueue
from rejoinder.workbench import tools
from rejoinder.workbench.handset.handset import Handset
from rejoinder.workbench.terminal import visible
from tests.stack.make_run import BOT, UP, MakeRun, answer
from tests.unit.worlds import inbound

pytestmark = [pytest.mark.stack, pytest.mark.slow]

ECHO = BOT.replace('{count} by the first bot"', 'You said {chat.message.text}"')
CONTACT = "15550006666"
CUT, ESCAPE, TURNED = "cut \ud83d", "\x1b[2J\x1b]0;mine\x07", "\u202eturned"


def _command(folder: Path, *arguments: str, said: bytes = b"") -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", *arguments],
        cwd=tools.HOUSE,
        env=os.environ | {"REJOINDER_FOLDER": str(folder)},
        input=said,
        capture_output=True,
        check=False,
        timeout=120,
    )
    printed = ended.stdout.decode() + ended.stderr.decode()
    assert ended.returncode == 0, printed
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    return printed


def _say(run: MakeRun, words: str) -> None:
    """Say something in escaped JSON, which can hold half of a surrogate pair."""
    order = json.dumps({"from": CONTACT, "text": words})
    headers = {"content-type": "application/json"}
    url = f"{run.stack().simulator_url}/sim/say"
    httpx.post(url, content=order, headers=headers, timeout=60, trust_env=False).raise_for_status()


def test_words_that_harm_a_terminal_reach_the_bot_and_every_command_prints_them_as_escapes(
    folder: Path,
) -> None:
    (folder / "bot").mkdir(parents=True)
    (folder / "bot" / "bot.py").write_text(ECHO)
    (folder / "bot" / "demo.chat").write_text(f"> {ESCAPE}\n< You said {ESCAPE}\n")
    run = MakeRun(folder)
    try:
        run.wait_for(UP)
        stack, handset = run.stack(), Handset(run.stack().simulator_url, CONTACT)
        for words, heard in ((CUT, "cut \ufffd"), (ESCAPE, ESCAPE), (TURNED, TURNED)):
            _say(run, words)
            expected = f"You said {heard}"
            run.wait_for(re.escape(f"chat      < {visible(expected)}"))
        run.wait_for(re.escape("chat      > cut \\ud83d"))
        dead = SqsQueue(stack.client("sqs"), stack.inbound_dlq_url)
        SqsParkedUpdates(dead).put(
            inbound("cut \ufffd" + ESCAPE), f"ValueError {CUT}{ESCAPE} at bot.py:3", time.time()
        )
        assert "\\x1b[2J" in _command(folder, "redrive")
        assert "put back" in _command(folder, "redrive", "all")
        assert json.loads(_command(folder, "export", CONTACT))
        assert "You said typed" in _command(
            folder, "talk", "--contact", CONTACT, said=b"typed \xff \x1b[1m\n"
        )
        assert "erased" in _command(folder, "forget", CONTACT, "--yes")
        assert answer(handset, "still there?") == "You said still there?"
        run.ctrl_c()
        assert "Traceback" not in run.said()
        assert "\x1b" not in run.said()
    finally:
        run.end()
    assert "every answer came as in" in _command(folder, "demo", "--bot", str(folder / "bot"))
