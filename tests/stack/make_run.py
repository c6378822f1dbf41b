"""`make run` as a person starts, stops and kills it, for the tests."""

import json
import os
import re
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from rejoinder.workbench import tools
from rejoinder.workbench.handset.handset import Handset, wait_for
from rejoinder.workbench.stack import LocalStack, lock

BOT = """from rejoinder import Bot, Chat

bot = Bot()


@bot.otherwise
def answer(chat: Chat) -> None:
    count = int(str(chat.data.get("count", 0))) + 1
    chat.data["count"] = count
    chat.say(f"{count} by the first bot")
"""
CONTACT = "15550003333"
UP = "Ctrl-C stops everything."
ANSWER_SECONDS = 180.0
"""How long to wait for an answer, in seconds. A send that a kill cut off holds it up for over a minute."""


class MakeRun:
    """`make run` as a person starts it, in a folder of its own. Everything that it prints goes to a file."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        bot = folder / "bot"
        if not bot.exists():
            bot.mkdir(parents=True)
            (bot / "bot.py").write_text(BOT)
        self._output = folder / "output"
        environment = os.environ | {
            "REJOINDER_FOLDER": str(folder),
            "BOT": str(bot),
            "PYTHONUNBUFFERED": "1",
        }
        with self._output.open("w") as output:
            self._make = subprocess.Popen(
                ["make", "run", *arguments],
                cwd=tools.HOUSE,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self._output.read_text()

    def wait_for(self, pattern: str, *, seconds: float = 120) -> re.Match[str]:
        def find() -> re.Match[str] | None:
            found = re.search(pattern, self.said())
            assert found or self._make.poll() is None, self.said()
            return found

        found = wait_for(find, seconds=seconds)
        assert found, self.said()
        return found

    def ctrl_c(self) -> int:
        """Interrupt every program in the foreground, as the terminal does."""
        os.killpg(self._make.pid, signal.SIGINT)
        return self._make.wait(90)

    def begin_to_stop(self) -> None:
        """Interrupt it and do not wait."""
        os.killpg(self._make.pid, signal.SIGINT)

    def terminate(self) -> int:
        """Terminate only the program that was started, as a service manager does."""
        self._make.terminate()
        return self._make.wait(90)

    def kill_workbench(self) -> None:
        """Kill the workbench itself, which nothing can prevent."""
        with suppress(ProcessLookupError):
            os.kill(int((self.folder / lock.LOCK).read_text()), signal.SIGKILL)

    def kill(self) -> int:
        """Kill the workbench and wait."""
        self.kill_workbench()
        return self._make.wait(90)

    def kill_all(self, part: str) -> None:
        """Kill at once every program of the run whose command contains `part`, such as `leash.py`."""
        for line in left_running(self.folder):
            if part in line:
                with suppress(ProcessLookupError):
                    os.kill(int(line.split()[0]), signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its end, for 90 seconds at most."""
        return self._make.wait(90)

    def stack(self) -> LocalStack:
        return LocalStack(**json.loads((self.folder / lock.RECORD).read_text()))

    def handset(self) -> Handset:
        return Handset(self.stack().simulator_url, CONTACT)

    def end(self) -> None:
        if self._make.poll() is None:
            self.terminate()


def left_running(folder: Path) -> list[str]:
    """Return the lines of `ps` about programs that the run in a folder has started."""
    listed = subprocess.check_output(["ps", "-axww", "-o", "pid=,args="], text=True).splitlines()
    return [line for line in listed if str(folder) in line]


def answer(handset: Handset, words: str) -> str:
    """Say something and return the text of the first answer."""
    before = len(handset.heard())
    handset.say(words)

    def new() -> str | None:
        heard = handset.heard()[before:]
        return heard[0].text if heard else None

    found = wait_for(new, seconds=ANSWER_SECONDS)
    assert found
    return found
