"""The state of the local AWS: which one a run begins with, whatever ended the run before."""

import json
import sys
from pathlib import Path

import pytest

from rejoinder.workbench.stack.leash import UNFINISHED, keep
from rejoinder.workbench.stack.ministack import MiniStack, take_up


def _run(folder: Path, what: str) -> None:
    """Begin a run, and let it write something."""
    take_up(folder)
    (folder / "now" / "s3").mkdir(exist_ok=True)
    (folder / "now" / "s3" / "object").write_text(what)


def _has(folder: Path) -> str | None:
    file = folder / "now" / "s3" / "object"
    return file.read_text() if file.exists() else None


def test_a_run_begins_with_what_the_last_one_kept(tmp_path: Path) -> None:
    _run(tmp_path, "first")
    keep(tmp_path)
    _run(tmp_path, "second")
    keep(tmp_path)
    take_up(tmp_path)
    assert _has(tmp_path) == "second"


def test_a_run_that_was_killed_leaves_what_was_kept_before_it(tmp_path: Path) -> None:
    _run(tmp_path, "kept")
    keep(tmp_path)
    _run(tmp_path, "killed")
    assert MiniStack(folder=tmp_path, port=1, python=Path(sys.executable)).was_killed()
    take_up(tmp_path)
    assert _has(tmp_path) == "kept"


def test_a_first_run_that_was_killed_leaves_nothing(tmp_path: Path) -> None:
    _run(tmp_path, "killed")
    ministack = MiniStack(folder=tmp_path, port=1, python=Path(sys.executable))
    assert (ministack.was_killed(), ministack.has_state()) == (True, False)
    take_up(tmp_path)
    assert _has(tmp_path) is None


@pytest.mark.parametrize("moment", ["before is there", "the two have changed places"])
def test_a_kill_while_a_state_is_kept_leaves_a_whole_one(tmp_path: Path, moment: str) -> None:
    _run(tmp_path, "old")
    keep(tmp_path)
    _run(tmp_path, "new")
    (tmp_path / "kept").rename(tmp_path / "before")
    if moment == "the two have changed places":
        (tmp_path / "now").rename(tmp_path / "kept")
    take_up(tmp_path)
    assert _has(tmp_path) == ("old" if moment == "before is there" else "new")
    keep(tmp_path)
    assert not (tmp_path / "before").exists()


def test_half_of_a_deployment_is_not_kept(tmp_path: Path) -> None:
    _run(tmp_path, "before the deployment")
    keep(tmp_path)
    _run(tmp_path, "half")
    with (
        pytest.raises(KeyboardInterrupt),
        MiniStack(folder=tmp_path, port=1, python=Path(sys.executable)).changing(),
    ):
        raise KeyboardInterrupt
    assert (tmp_path / UNFINISHED).exists()
    keep(tmp_path)
    take_up(tmp_path)
    assert _has(tmp_path) == "before the deployment"
    with MiniStack(folder=tmp_path, port=1, python=Path(sys.executable)).changing():
        (tmp_path / "now" / "s3" / "object").write_text("deployed")
    keep(tmp_path)
    take_up(tmp_path)
    assert _has(tmp_path) == "deployed"


def test_messages_that_functions_of_the_last_run_held_are_visible_again(tmp_path: Path) -> None:
    take_up(tmp_path)
    held = {"id": "a", "sent_at": 1.0, "visible_at": 9e9, "receive_count": 1, "receipt_handle": "r"}
    queue = {"name": "inbound.fifo", "messages": [held]}
    state = {"__ministack_format__": 2, "payload": {"queues": {"data": {"key": queue}}}}
    (tmp_path / "now" / "state" / "sqs.json").write_text(json.dumps(state))
    keep(tmp_path)
    take_up(tmp_path)
    shown = json.loads((tmp_path / "now" / "state" / "sqs.json").read_text())
    (message,) = shown["payload"]["queues"]["data"]["key"]["messages"]
    assert message == held | {"visible_at": 1.0}
