"""`rejoinder check-aws`: everything, once, on AWS itself."""

import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from rejoinder.workbench.check_aws.examine import examine
from rejoinder.workbench.check_aws.making import Making, is_local
from rejoinder.workbench.check_aws.remains import Leftover, check_name, delete_all
from rejoinder.workbench.check_aws.site import Patience, Site
from rejoinder.workbench.cli.doctor import WORDS, is_well, summary
from rejoinder.workbench.deployment.aws_account import Account, refusals
from rejoinder.workbench.doctor.finding import Finding, Point
from rejoinder.workbench.project import Project
from rejoinder.workbench.questions import Questions
from rejoinder.workbench.terminal import console, plain

CENTS = 5
"""What a check costs at most, in US cents, if AWS gives nothing for nothing."""

WHAT = """\
It deploys a stack {name}, and a stack {name}-stub that takes the place of Meta: five functions, six
queues, two tables, three buckets, a secret, a dashboard, alarms and logs. It sends some hundred
messages of made-up contacts, waits up to 15 minutes for each of some metrics, and deletes
everything. It costs less than
{cents} US cents."""


def main(
    profile: str | None,
    *,
    yes: bool,
    keep: bool = False,
    delete: str = "",
    patience: Patience | None = None,
) -> int:
    """Deploy, look, delete. Return 0 when all is well and nothing is left."""
    screen = console()
    account = Account.of(profile)
    number, arn = account.identity()
    where = "the local AWS" if is_local(account) else f"account {number} in {account.region}, as {arn}"
    screen.print(plain(where, "bold"))
    if delete:
        return clear(account, check_name(delete), screen)
    name = f"rejoinder-check-{secrets.token_hex(4)}"
    screen.print(plain(WHAT.format(name=name, cents=CENTS)))
    if not yes and not Questions(screen=screen).yes("Do this?"):
        screen.print(plain("nothing was deployed"))
        return 1
    owner = Project.find(Path.cwd())
    owner.tools.ensure("sam")  # before anything is made that would have to be deleted
    with _folder(owner, name) as folder:
        making = Making(
            account=account,
            name=name,
            folder=folder,
            owner=owner,
            screen=screen,
            patience=patience or Patience(),
        )
        return check(making, keep=keep)


@contextmanager
def _folder(owner: Project, name: str) -> Iterator[Path]:
    folder = owner.state / name
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check(making: Making, *, keep: bool) -> int:
    """Deploy, look, and delete whatever came of it. Return 0 when all is well and nothing is left."""
    examined: list[tuple[Point[Site], Finding]] = []
    code = 1
    try:
        with refusals(making.account.profile), making.site() as site:
            for point, finding in _timed(examine(site), making.screen):
                examined.append((point, finding))
        code = 0 if is_well(examined) else 1
        making.screen.print(plain(f"\n  {summary(examined)}"))
    finally:  # also after Ctrl-C, and when a deployment failed
        cleared = _keep(making) if keep else clear(making.account, making.name, making.screen)
    return code or cleared


def _timed(
    points: Iterator[tuple[Point[Site], Finding]], screen: Console
) -> Iterator[tuple[Point[Site], Finding]]:
    """Print each point with its time as soon as it was looked at."""
    while True:
        began = time.monotonic()
        with screen.status("looking"):
            found = next(points, None)
        if found is None:
            return
        point, finding = found
        word, style = WORDS[finding.level]
        seconds = f"{time.monotonic() - began:6.1f} s"
        screen.print(plain(f"  {word:<8}{point.title:<28}{seconds}  ", style), plain(finding.what), sep="")
        if finding.cure:
            screen.print(plain(f"          -> {finding.cure}", "bold"))
        yield found


def _keep(making: Making) -> int:
    making.screen.print(
        plain(f"kept, and it costs money until `rejoinder check-aws --delete {making.name}`", "yellow")
    )
    return 0


def clear(account: Account, name: str, screen: Console) -> int:
    """Delete what a check made. Return 1 when something is left."""
    print(f"  deleting {name}; `rejoinder check-aws --delete {name}` would go on with it", file=sys.stderr)
    with refusals(account.profile), screen.status("deleting"):
        left = delete_all(account, name, lambda what: screen.print(plain(f"  {what}", "dim")))
    if not left:
        screen.print(plain(f"nothing with the name {name} is left", "green"))
        return 0
    screen.print(plain(f"{len(left)} things are left. These commands delete them:", "bold red"))
    for one in left:
        screen.print(plain(_line(one)))
    return 1


def _line(one: Leftover) -> str:
    return f"  {one.command}   # {one.kind}"
