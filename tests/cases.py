"""Run small scripts that each try one thing on the test door, and print HOLDS or FAULT for each.

python tests/cases.py FOLDER [WORD ...]

FOLDER holds scripts `case_*.py` and what they import. Each runs in a process of its own, from the repository.
With words, only scripts whose name has one of them run. The exit status is 1 when one does not print HOLDS.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "layers" / "rejoinder"

MOVED = f"""
import runpy, sys, types
sys.path[:0] = [{str(PACKAGE)!r}, {str(ROOT)!r}, sys.argv[2]]
import rejoinder.model.contents, rejoinder.model.own, rejoinder.model.people, rejoinder.model.updates
import rejoinder.channels.whatsapp.front as front
import rejoinder.testing, rejoinder.workbench.deployment.people
from rejoinder.channels import channel_named
from rejoinder.channel_ports import Request
def moved(name, *modules):
    module = sys.modules[name] = types.ModuleType(name)
    for one in modules:
        vars(module).update({{key: value for key, value in vars(one).items() if not key.startswith("__")}})
    return module
model = rejoinder.model
moved("rejoinder.messages", model.people, model.own, model.updates, model.contents)
moved("rejoinder.channels.whatsapp.split", front)
signature = moved("rejoinder.channels.whatsapp.signature", front)
def verify(body, proof, secrets):
    request = Request(path="/webhook", body=body)
    app_secrets = dict(zip(("app_secret_previous", "app_secret"), secrets))
    return front.FRONT.is_genuine(request, proof, app_secrets)
signature.verify = verify
rejoinder.testing.ACCOUNT = model.people.Account(channel="whatsapp", id="memory")
rejoinder.workbench.deployment.people._normal = lambda number: channel_named("whatsapp").contact_of(number).id
sys.argv = sys.argv[1:2]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""What runs a script. The scripts were written when some modules had other names."""


def run(script: Path) -> str:
    """Run a script, and return the line that it prints; what went wrong when it prints none."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MOVED, str(script), str(script.parent)],
        cwd=ROOT,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    lines = done.stdout.strip().splitlines()
    verdict = next((line for line in reversed(lines) if line.startswith(("HOLDS", "FAULT"))), "")
    return verdict or f"FAULT | it ended with {' '.join(done.stderr.strip().splitlines()[-1:])!r}"


def main(arguments: Sequence[str]) -> int:
    """Run the scripts, and return the exit status."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    folder, *words = arguments
    scripts = sorted(Path(folder).resolve().glob("case_*.py"))
    wanted = [script for script in scripts if not words or any(word in script.stem for word in words)]
    faults = 0
    for script in wanted:
        verdict = run(script)
        faults += not verdict.startswith("HOLDS")
        sys.stdout.write(f"{script.stem}: {verdict}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(wanted) - faults} of {len(wanted)} hold\n")
    return 1 if faults or not wanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
