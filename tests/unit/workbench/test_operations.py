"""The commands for a deployment: what they print, and what they say when there is no deployment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rejoinder.aws.stored.at_gate import dump_errand
from rejoinder.model.delivery import RECORD_SECONDS
from rejoinder.model.gate import WatchGate
from rejoinder.model.marker import MARKER_SECONDS
from rejoinder.model.people import Account
from rejoinder.workbench import tools
from rejoinder.workbench.cli.forget import REST
from rejoinder.workbench.deployment.letters import Letter, Origin
from rejoinder.workbench.times import spoken


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [("redrive",), ("export", "1555"), ("forget", "1555", "--yes"), ("release",)],
)
def test_without_a_stack_each_is_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "rejoinder.workbench", *arguments],
        cwd=tools.HOUSE,
        env={
            "PATH": os.environ["PATH"],
            "REJOINDER_FOLDER": str(tmp_path),
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(
        "rejoinder: no local stack is running: start it with `rejoinder run`, or name"
    )
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-3.0, "0 s"),
        (119.0, "119 s"),
        (120.0, "2 min"),
        (7199.0, "119 min"),
        (7200.0, "2 h"),
        (9e5, "10 days"),
    ],
)
def test_an_age_is_said_in_one_unit(seconds: float, shown: str) -> None:
    assert spoken(seconds) == shown


def letter(body: str, origin: Origin) -> Letter:
    return Letter(origin=origin, id="x", body=body, group="", at=0.0, receipt="", error="", update=None)


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "{}", '{"inbound": 1}', '{"updates": 7}', '"\ud83d'])
@pytest.mark.parametrize("origin", ["inbound", "outbound", "events"])
def test_a_body_that_is_none_of_ours_is_unreadable(body: str, origin: Origin) -> None:
    dead = letter(body, origin)
    assert (dead.kind, dead.is_parked, dead.message) == ("unreadable", False, None)


def test_an_errand_for_a_gate_is_named_even_if_another_version_wrote_it() -> None:
    errand = dump_errand(WatchGate(account=Account(channel="whatsapp", id="1")))
    for body in (errand, errand.replace('"format":', '"another":')):
        assert letter(body, "outbound").kind == "errand: turns that wait for a gate"
    assert letter(errand, "inbound").kind == "unreadable"


def test_what_forgetting_does_not_cover_is_said_in_the_docs_too() -> None:
    page = (tools.HOUSE / "docs" / "operations.md").read_text()
    for part in (
        f"still to come (kept for {RECORD_SECONDS // 86400} days)",
        "what they said or sent in a group",
        "quarantine (30 days)",
        "backups of the table (35 days)",
        "what WhatsApp keeps of files that were sent to them (30 days)",
    ):
        assert part in " ".join(REST.split())
        assert part in " ".join(page.split())


def test_the_docs_say_how_long_markers_and_records_live() -> None:
    page = " ".join((tools.HOUSE / "docs" / "operations.md").read_text().split())
    assert f"what came of each message (kept for {MARKER_SECONDS // 86400} days)" in page
    assert f"every status (kept for {RECORD_SECONDS // 86400} days)" in page
