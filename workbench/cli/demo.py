"""`make demo`: the local stack, and a scripted conversation with the bot on it."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rejoinder.testing import transcript
from workbench import tools
from workbench.cli import options, passage
from workbench.cli.handset import SETTLED, Handset, Shown, wait_for
from workbench.stack import LocalStack, StackError, up
from workbench.stack.logs import LogReader

SCRIPT = "demo.chat"
NAME = "Ada"
ANSWER_SECONDS = 30.0
STATUS_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What the contact says, and what the bot is to answer."""

    said: str
    expected: Sequence[str]


def main(arguments: list[str]) -> int:
    """Play the script; 0 when every answer came exactly as it is written there."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    options.bot(parser)
    options.ports(parser)
    asked = parser.parse_args(arguments)
    script = read(tools.ROOT / asked.bot / SCRIPT)
    print("rejoinder on a local AWS")
    with up(tools.ROOT, bot=asked.bot, aws_port=asked.aws_port, sim_port=asked.sim_port) as stack:
        is_right = play(stack, script)
    outcome = "every answer came as in" if is_right else "the answers were NOT as in"
    print(f"\n  stopped; {outcome} {asked.bot}/{SCRIPT}")
    return 0 if is_right else 1


def read(path: Path) -> list[Exchange]:
    """The exchanges of a script. StackError when there is none or it is not one."""
    shown = path.relative_to(tools.ROOT)
    try:
        messages = transcript.read(path.read_text().splitlines())
    except FileNotFoundError:
        raise StackError(f"there is no {shown}: it holds the conversation to play") from None
    except ValueError as error:
        raise StackError(f"{shown}: {error}") from None
    exchanges: list[Exchange] = []
    for message in messages:
        if transcript.time_in(message):
            raise StackError(f"{shown}: time cannot be made to pass on the stack: {message}")
        if message.startswith("> "):
            exchanges.append(Exchange(said=message[2:], expected=[]))
        elif exchanges:
            exchanges[-1] = Exchange(said=exchanges[-1].said, expected=[*exchanges[-1].expected, message])
        else:
            raise StackError(f"{shown}: it begins with what the contact says, `> …`")
    return exchanges


def play(stack: LocalStack, script: Sequence[Exchange]) -> bool:
    """Play a script as a new contact and print all that comes of it; whether every answer was right."""
    contact = f"1555{int(time.time()) % 10_000_000:07}"  # its conversation has no past in a reused stack
    played, logs = _Played(Handset(stack.simulator_url, contact, NAME)), LogReader(stack)
    print()
    said: dict[str, str] = {}
    for exchange in script:
        message_id, is_right = played.exchange(exchange)
        said[message_id] = exchange.said
        if not is_right:
            print("\n  from the logs", *logs.read(), sep="\n    ")
            return False
    print()
    for line in passage.of(stack, said, logs):
        print(line)
    return played.nothing_more()


class _Played:
    """The conversation so far, as the contact's phone has it."""

    def __init__(self, handset: Handset) -> None:
        self._handset = handset
        self._heard = 0

    def exchange(self, exchange: Exchange) -> tuple[str, bool]:
        """Say something and hear the answers; the message's id, and whether they are those of the script."""
        started = time.monotonic()
        print(transcript.write(">", exchange.said), flush=True)
        message_id = self._handset.say(exchange.said)
        answers = self._answers(len(exchange.expected))
        for answer in answers:
            statuses = self._statuses(answer)
            print(f"{answer}\n      {statuses}  ({time.monotonic() - started:.1f} s)", flush=True)
        is_right = [str(answer) for answer in answers] == list(exchange.expected)
        if not is_right:
            print("\n  WRONG: the script has here", *exchange.expected, sep="\n")
        return message_id, is_right

    def nothing_more(self) -> bool:
        """Whether no message came behind the last one of the script; those that did are printed."""
        more = self._handset.heard()[self._heard :]
        if more:
            print("\n  WRONG: the script has nothing more, but there came", *more, sep="\n")
        return not more

    def _answers(self, count: int) -> Sequence[Shown]:
        """The answers that came, as soon as they are as many as expected."""

        def all_there() -> Sequence[Shown] | None:
            heard = self._handset.heard()[self._heard :]
            return heard if len(heard) >= count else None

        wait_for(all_there, seconds=ANSWER_SECONDS)
        answers = self._handset.heard()[self._heard :]
        self._heard += len(answers)
        return answers

    def _statuses(self, answer: Shown) -> str:
        def settled() -> list[str] | None:
            steps = self._handset.steps(answer.id)
            return steps if SETTLED & {*steps} else None

        return ", ".join(wait_for(settled, seconds=STATUS_SECONDS) or self._handset.steps(answer.id))
