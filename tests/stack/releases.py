"""Two releases of rejoinder as wheels: this one, and one of tomorrow. An author's project runs on either."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import rejoinder
from rejoinder.workbench import tools
from rejoinder.workbench.handset.handset import wait_for
from tests.stored.test_golden_files import renamed

TODAY, TOMORROW = rejoinder.__version__, "99.0.0"

PACKAGE = "layers/rejoinder/rejoinder"

RENAMED = ("restarts", "reports_failure", "former_phones")
"""Fields that are stored, and have other names in the code of tomorrow."""

ALARM = """\
  AlarmOfTomorrow:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmDescription: An alarm that only tomorrow's version has
      Namespace: AWS/SQS
      MetricName: ApproximateAgeOfOldestMessage
      Dimensions: [{ Name: QueueName, Value: !GetAtt OutboundQueue.QueueName }]
      Statistic: Maximum
      Period: 60
      EvaluationPeriods: 1
      Threshold: 60
      ComparisonOperator: GreaterThanThreshold
      AlarmActions: [!Ref AlarmTopic]

  OutboundAgeAlarm:
"""

CHANGES: Mapping[str, Mapping[str, str]] = {
    f"{PACKAGE}/__init__.py": {f'__version__ = "{TODAY}"': f'__version__ = "{TOMORROW}"'},
    f"{PACKAGE}/aws/stored/formats.py": {'"journal": 2,': '"journal": 3,'},
    # What was said is an entry of a new kind. Entries of the kind before are read as well.
    f"{PACKAGE}/aws/stored/talks.py": {
        'return ["said"]': 'return ["spoken"]',
        '"said": lambda _row: _SAID,': '**dict.fromkeys(("said", "spoken"), lambda _row: _SAID),',
    },
    "template.yaml": {
        f"Value: {TODAY}": f"Value: {TOMORROW}",
        "journal 2,": "journal 3,",
        "Outputs:\n": "Outputs:\n  OutputOfTomorrow:\n    Value: !Ref AlarmOfTomorrow\n",
        "  OutboundAgeAlarm:\n": ALARM,
    },
    "CHANGELOG.md": {f"## {TODAY}": f"## {TOMORROW}\n\n### For authors\n\n- Talks glow.\n\n## {TODAY}"},
}
"""What another day's work changed: for each file, old and new text."""


def source_of_today(folder: Path) -> Path:
    """Copy what a wheel is built from. It may have changed since the last commit."""

    def unwanted(_folder: str, names: list[str]) -> list[str]:
        return [name for name in names if name.startswith(".") or name in {"__pycache__", "tests", "docs"}]

    shutil.copytree(tools.HOUSE, folder, symlinks=True, ignore=unwanted)
    return folder


def source_of_tomorrow(folder: Path) -> Path:
    """Copy it with tomorrow's changes."""
    source_of_today(folder)
    for name, changes in CHANGES.items():
        text = (folder / name).read_text()
        for old, new in changes.items():
            assert text.count(old) == 1, f"{name} has {text.count(old)} times {old!r}"
            text = text.replace(old, new)
        (folder / name).write_text(text)
    for file in [*(folder / PACKAGE).rglob("*.py"), *(folder / "workbench").rglob("*.py")]:
        for name in RENAMED:
            if re.search(rf"\b{name}\b", source := file.read_text()):
                file.write_text(renamed(source, name, f"{name}_of_tomorrow"))
    return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A release that is installed in an environment of its own."""

    version: str
    command: Path

    @classmethod
    def install(cls, source: Path, folder: Path) -> "Release":
        """Build the wheel and install it. What it depends on comes from the environment that runs us."""
        _ran([sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", str(folder), str(source)])
        (wheel,) = folder.glob("*.whl")
        venv.create(folder / "venv")
        python = folder / "venv" / "bin" / "python"
        pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
        _ran([*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)])
        (packages,) = (folder / "venv").glob("lib/python3*/site-packages")
        # A path, not a link to it: the files there that lead to this repository are not read then.
        (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
        told = "import rejoinder; print(rejoinder.__file__, rejoinder.__version__)"
        file, version = _ran([str(python), "-c", told]).split()
        assert Path(file).is_relative_to(packages)
        return cls(version=version, command=python.with_name("rejoinder"))

    def call(self, project: Path, *arguments: str) -> str:
        """Run a command in a project, and return what it prints."""
        return _ran([str(self.command), *arguments], cwd=project)

    def run(self, project: Path) -> "Running":
        """Start `rejoinder run` in a project."""
        return Running(self, project)


class Running:
    """`rejoinder run`, until it is stopped."""

    def __init__(self, release: Release, project: Path) -> None:
        self._output = project / f"{release.version}.log"
        with self._output.open("w") as output:
            self._child = subprocess.Popen(
                [str(release.command), "run"],
                cwd=project,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self._output.read_text()

    def is_up(self) -> bool:
        """Wait until it is up. Return whether it came up."""

        def ready() -> bool | None:
            ended = self._child.poll() is not None
            return "Ctrl-C stops everything." in self.said() or (False if ended else None)

        return wait_for(ready, seconds=300) or False

    def stop(self) -> None:
        if self._child.poll() is None:
            os.killpg(self._child.pid, signal.SIGINT)
            self._child.wait(90)


def _ran(command: list[str], cwd: Path | None = None) -> str:
    ended = subprocess.run(
        command, cwd=cwd, env=_environment(), capture_output=True, text=True, check=False, timeout=300
    )
    sys.stdout.write(f"$ {command}\n{ended.stdout}{ended.stderr}")  # shown when a test fails
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def _environment() -> dict[str, str]:
    """Return an environment in which nothing leads to this repository, except to its tools."""
    ours = ("PYTHON", "MAKE", "REJOINDER_", "COV_", "COVERAGE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"REJOINDER_TOOLS": str(tools.Tools(tools.HOUSE).folder), "PYTHONUNBUFFERED": "1"}
