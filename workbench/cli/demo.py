"""`rejoinder demo`: starts the local stack, plays a scripted conversation, and calls the doctor."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rejoinder.bot.templates.catalog import Catalog
from rejoinder.channels import TABLE
from rejoinder.model.people import Account
from rejoinder.testing import transcript
from rejoinder.workbench.called import called
from rejoinder.workbench.cli import doctor, passage, run_telegram
from rejoinder.workbench.deployment.deployed import Where, on
from rejoinder.workbench.doctor.examine import examine
from rejoinder.workbench.doctor.facts import Patient
from rejoinder.workbench.handset.handset import Handset, Shown, is_settled, wait_for
from rejoinder.workbench.project import Project
from rejoinder.workbench.stack import LocalStack, StackError, up
from rejoinder.workbench.stack.logs import LogReader
from rejoinder.workbench.telegram.api import id_of
from rejoinder.workbench.templates import commands
from rejoinder.workbench.templates.commands import Files
from rejoinder.workbench.templates.plan import pairs
from rejoinder.workbench.templates.pushing import Pushing

SCRIPT = "demo.chat"
NAME = "Ada"

CHANNELS = tuple(TABLE)
"""The networks on which it is played."""

ANSWER_SECONDS = 30.0
"""How long to wait for the answers to one message, in seconds."""

STATUS_SECONDS = 10.0
"""How long to wait for the last status of an answer, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One message of the contact, and the answers that must follow."""

    said: str
    """What the contact says; `[title]` is a tap."""

    expected: Sequence[str]
    """The answers, as a transcript shows them."""


def main(project: Project, *, aws_port: int | None, sim_port: int | None, channels: Sequence[str]) -> int:
    """Play the script on each of these networks.

    Return 0 when every answer came exactly as it is written there, on all of them, and all is well.
    """
    script = read(project.bot / SCRIPT, f"{project.bot_shown}/{SCRIPT}")
    print("rejoinder on a local AWS")
    with up(project, aws_port=aws_port, sim_port=sim_port) as stack:
        push(stack)
        run_telegram.show_commands(stack)
        outcomes = [play_on(channel, stack, script) for channel in channels]
        is_well = looked_at(stack)
    is_right = all(outcomes)
    outcome = "every answer came as in" if is_right else "the answers were NOT as in"
    where = " and ".join(channels)
    print(f"\n  stopped; on {where} {outcome} {project.bot_shown}/{SCRIPT}")
    return 0 if is_right and is_well else 1


def play_on(channel: str, stack: LocalStack, script: Sequence[Exchange]) -> bool:
    """Play the script on a network, and say which. Return whether every answer was right."""
    print(f"\n  on {channel}", flush=True)
    return play(stack, script, channel)


def push(stack: LocalStack) -> None:
    """Push the bot's templates to the simulator, if it has others: it starts without them."""
    bot = Path(stack.bot)
    with commands.account(Where(), "") as account:
        if any(one.here and one.differs for one in pairs(Files(bot).all(), account.templates())):
            print(f"\n  {called('templates push')}", end="\n\n", flush=True)
            Pushing(account=account, bot=bot, pause=lambda: time.sleep(1)).run(yes=True, wait=True)


def looked_at(stack: LocalStack) -> bool:
    """Print what `rejoinder doctor` finds. Return whether all is well."""
    print(f"\n  {called('doctor')}", end="\n\n", flush=True)
    patient = Patient(place=on(stack), is_local=True, bot=Path(stack.bot))
    examined = examine(patient)
    doctor.show(examined)
    return doctor.is_well(examined)


def read(path: Path, shown: str) -> list[Exchange]:
    """Return the exchanges of a script. StackError, which names it as `shown`, when there is none."""
    try:
        messages = transcript.read(path.read_text(encoding="utf-8").splitlines())
    except FileNotFoundError:
        raise StackError(f"there is no {shown}, the file with the conversation to play") from None
    except ValueError as error:
        raise StackError(f"{shown}: {error}") from None
    exchanges: list[Exchange] = []
    for message in messages:
        if transcript.time_in(message):
            raise StackError(f"{shown}: the stack cannot let time pass: {message}")
        if message.startswith("> "):
            exchanges.append(Exchange(said=message[2:], expected=[]))
        elif exchanges:
            exchanges[-1] = Exchange(said=exchanges[-1].said, expected=[*exchanges[-1].expected, message])
        else:
            raise StackError(f"{shown}: it must begin with what the contact says: `> …`")
    return exchanges


def play(stack: LocalStack, script: Sequence[Exchange], channel: str = "whatsapp") -> bool:
    """Play a script as a new contact and print what happens. Return whether every answer was right."""
    # The number is new, so a stack that was used before knows no conversation of it.
    contact = f"1555{int(time.time()) % 10_000_000:07}"
    bot = Path(stack.bot)
    handset = Handset(stack.simulator_url, contact, NAME, Catalog.of(bot), channel=channel)
    played, logs = _Played(handset, bot), LogReader(stack)
    print()
    said: dict[str, str] = {}
    for exchange in script:
        message_id, is_right = played.exchange(exchange)
        said[message_id] = exchange.said
        if not is_right:
            print("\n  from the logs", *logs.read(), sep="\n    ")
            return False
    print()
    for line in passage.of(stack, account_of(stack, channel), said, logs):
        print(line)
    return played.nothing_more()


def account_of(stack: LocalStack, channel: str) -> Account:
    """Return the account of a stack on a network."""
    ids = {"whatsapp": stack.phone_number_id, "telegram": id_of(stack.telegram_bot_token)}
    return Account(channel=channel, id=ids[channel])


class _Played:
    """The conversation so far, as the contact's phone shows it."""

    def __init__(self, handset: Handset, bot: Path) -> None:
        self._handset = handset
        self._bot = bot
        self._heard = 0

    def exchange(self, exchange: Exchange) -> tuple[str, bool]:
        """Say something and wait for the answers. Return the message's id, and whether they are right."""
        started = time.monotonic()
        print(transcript.write(">", exchange.said), flush=True)
        content = transcript.sent_in(f"> {exchange.said}")
        say = self._handset.say
        message_id = self._handset.send(content, self._bot) if content else say(exchange.said)
        answers = self._answers(len(exchange.expected))
        for answer in answers:
            statuses = self._statuses(answer)
            print(f"{answer}\n      {statuses}  ({time.monotonic() - started:.1f} s)", flush=True)
        is_right = [str(answer) for answer in answers] == list(exchange.expected)
        if not is_right:
            print("\n  WRONG: the script says here", *exchange.expected, sep="\n")
        return message_id, is_right

    def nothing_more(self) -> bool:
        """Whether no message came after the last one of the script. Messages that came are printed."""
        more = self._handset.heard()[self._heard :]
        if more:
            print("\n  WRONG: after the end of the script there came", *more, sep="\n")
        return not more

    def _answers(self, count: int) -> Sequence[Shown]:
        """Return the answers that came, once there are `count` of them or the time is over."""

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
            return steps if is_settled(answer, steps) else None

        return ", ".join(wait_for(settled, seconds=STATUS_SECONDS) or self._handset.steps(answer.id))
