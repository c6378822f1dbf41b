"""Installs other people's clients, each as its registry has it, in folders of their own below `.tools`."""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from rejoinder.workbench import tools

HERE = Path(__file__).parent
CLIENTS = HERE / "clients"
NO_NETWORK = re.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|network")
"""What npm writes when it cannot reach its registry."""


def python_command(client: str) -> list[str]:
    """Return the command that runs a client written in Python."""
    ours = tools.Tools(tools.HOUSE)
    ours.ensure("foreign")
    return [str(ours.python_of("foreign")), "-B", str(CLIENTS / f"{client}.py")]


def node_command(client: str) -> list[str]:
    """Return the command that runs a client written for Node. Skips the test where Node is missing."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("there is no Node here")
    folder = tools.Tools(tools.HOUSE).folder / "foreign-node"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(npm, folder)
        # Node looks for packages beside the file that imports them.
        for file in CLIENTS.glob("*.mjs"):
            shutil.copy(file, folder / file.name)
    return [node, str(folder / f"{client}.mjs")]


def _install(npm: str, folder: Path) -> None:
    wanted = HERE / "package.json"
    stamp, now = folder / "stamp", hashlib.sha256(wanted.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == now:
        return
    shutil.copy(wanted, folder / wanted.name)
    options = ["--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--no-update-notifier"]
    cache = ["--cache", str(folder.parent / "cache" / "npm")]
    done = subprocess.run(
        [npm, "install", *options, *cache],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and NO_NETWORK.search(done.stderr):
        pytest.skip("npm cannot reach its registry")
    assert done.returncode == 0, done.stderr
    stamp.write_text(now)
