"""Builds what `make bench` runs: the layers and the functions as `sam build` makes them, beside the peers."""

import os
import shutil
import subprocess
from pathlib import Path

from rejoinder.workbench import tools

ROOT = tools.HOUSE
FUNCTIONS = ("ingress", "processor", "sender", "tracker")


def python() -> Path:
    """Return the interpreter of the bench, which has what Lambda's runtime has, with bytecode."""
    ours = tools.Tools(ROOT)
    ours.ensure("bench")
    program = ours.python_of("bench")
    subprocess.run([program, "-m", "compileall", "-q", program.parent.parent / "lib"], check=True)
    return program


def certificates(program: Path) -> Path:
    """Return the certificates that the environment of the bench trusts: as many as anywhere."""
    code = "import certifi; print(certifi.where())"
    done = subprocess.run([program, "-c", code], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def build(program: Path, folder: Path) -> None:
    """Build the layers into `folder`/opt, the functions beside it, by the targets of `sam build`."""
    shutil.rmtree(folder, ignore_errors=True)
    environment = {
        **os.environ,
        "REJOINDER_TARGET": "here",
        "REJOINDER_PIP_PYTHON": str(program),
        "BOT": "bot",
    }
    for where, target, into in (
        ("layers/dependencies", "DependenciesLayer", "opt"),
        ("layers/rejoinder", "RejoinderLayer", "opt"),
        ("functions/processor", "ProcessorFunction", "processor"),
    ):
        (folder / into).mkdir(parents=True, exist_ok=True)
        command = ["make", "-s", "-C", where, f"build-{target}", f"ARTIFACTS_DIR={folder / into}"]
        subprocess.run(command, check=True, cwd=ROOT, env=environment)
    for name in FUNCTIONS:
        shutil.copytree(ROOT / "functions" / name, folder / name, dirs_exist_ok=True)
    shutil.copytree(ROOT / "workbench" / "bench" / "peers", folder / "peers")
    others = [folder / name for name in ("ingress", "sender", "tracker", "peers")]
    subprocess.run([program, "-m", "compileall", "-q", *others], check=True)
