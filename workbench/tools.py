"""
Makes environments with the standard library's venv and pip.

The SAM CLI and the local AWS have one each in an author's project, because their pinned versions conflict. In
rejoinder's own repository there are also `.venv`, and some for its makers. An environment is made on first
use, and again when its requirements change.

This file must parse on Python 3.6, so that it can say there that this Python is too old.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Dict, Iterator, List, NamedTuple, Optional

HOUSE = Path(__file__).resolve().parent.parent
"""The folder above the workbench: rejoinder's own repository, or the installed package."""

REPOSITORY = HOUSE if (HOUSE / "Makefile").is_file() else None
"""rejoinder's own repository, when this is a copy of it."""

MIN_PYTHON = (3, 11)
NO_NETWORK = re.compile(
    "NewConnectionError|NameResolutionError|ProxyError|ConnectTimeout|ReadTimeout|Failed to establish|"
    "Connection refused|Connection reset|Network is unreachable|name resolution|timed out"
)
"""What pip writes when it cannot reach the package index."""

Environment = NamedTuple(
    "Environment",
    [
        ("requirements", str),  # a file in HOUSE
        ("what", str),  # how a person calls its contents
        ("megabytes", int),  # the approximate size of the download
        ("minor", Optional[str]),  # the Python that it is for, if there is one here; otherwise any
    ],
)

ENVIRONMENTS = {
    "venv": Environment("requirements-dev.txt", "the project's own packages", 185, None),
    "sam": Environment("workbench/stack/requirements-sam.txt", "the AWS SAM CLI", 60, None),
    "ministack": Environment(
        "workbench/stack/requirements-ministack.txt", "MiniStack, the local AWS", 25, None
    ),
    "lock": Environment("workbench/requirements-lock.txt", "uv, for `make lock`", 20, None),
    "site": Environment("workbench/site/requirements.txt", "what builds the documentation", 25, None),
    "bench": Environment("workbench/bench/requirements.txt", "what `make bench` compares with", 30, "3.13"),
    "foreign": Environment(
        "tests/foreign/requirements.txt", "other clients, which the tests point at the simulator", 9, None
    ),
}


class ToolError(Exception):
    """An error that a person can correct. Its text is one line and says how."""


def check_python() -> None:
    """Raise ToolError when this Python is too old or cannot make environments."""
    if sys.version_info < MIN_PYTHON:
        raise ToolError(_too_old())
    try:
        import ensurepip  # noqa: PLC0415, F401 (Debian has it in a package of its own)
        import venv  # noqa: PLC0415, F401
    except ImportError:
        raise ToolError(
            "this Python has no venv module. On Debian and Ubuntu: sudo apt install python3-venv"
        ) from None


def _too_old() -> str:
    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if _runs(name)]
    cure = (
        "you have a newer one: PYTHON=%s make run" % newer[0]
        if newer
        else "get one (apt install python3.13 python3.13-venv; brew install python@3.13; python.org), "
        "then PYTHON=python3.13 make run"
    )
    return "Python 3.11 or newer is needed, this is %d.%d; %s" % (*sys.version_info[:2], cure)


def _runs(program: str) -> bool:
    """Whether a program exists and starts. A shim of pyenv may exist and not start."""
    if shutil.which(program) is None:
        return False
    quiet = subprocess.DEVNULL
    return subprocess.call([program, "-c", ""], stdin=quiet, stdout=quiet, stderr=quiet) == 0


def python_named(minor: str) -> Optional[str]:
    """Return a Python of that minor version, such as 3.13, that starts; None when there is none here.

    A shim of pyenv may not start, while pyenv has the version. So its folders are searched too.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    names = ["python" + minor, *map(str, sorted(pyenv.glob(minor + ".*/bin/python"), reverse=True))]
    return next((name for name in names if _runs(name)), None)


class Tools:
    """The environments of one project, each made on first use.

    `folder` has them: `.tools` in rejoinder's own repository, `.rejoinder/tools` in an author's project, or
    REJOINDER_TOOLS, which several projects may share.
    """

    def __init__(self, root: Path) -> None:
        """`root` is the folder of the project."""
        self.root = root
        own = ".tools" if root == REPOSITORY else ".rejoinder/tools"
        self.folder = Path(os.environ.get("REJOINDER_TOOLS") or root / own).resolve()

    def python_of(self, name: str) -> Path:
        """Return the path of an environment's interpreter, even if it does not exist yet."""
        return self._place(name) / "bin" / "python"

    def ensure(self, *names: str) -> None:
        """Make those of the named environments that are missing or do not match their requirements.

        Raises ToolError, which says what to do, when that fails.
        """
        for name in names:
            if not self._is_current(name):
                self._make(name)

    def of_pip(self) -> Dict[str, str]:
        """Return the variables that keep the files of pip, also when the SAM CLI calls it, in the project."""
        temporary = self.folder / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        return {"PIP_CACHE_DIR": str(self.folder / "cache" / "pip"), "TMPDIR": str(temporary)}

    def of_sam(self) -> Dict[str, str]:
        """Return the variables of every SAM CLI call: no telemetry, no files in the home folder, our Python.

        The Python of the SAM CLI has pip and botocore. The one that runs us may have no pip.
        """
        ours = {
            "SAM_CLI_TELEMETRY": "0",
            "__SAM_CLI_APP_DIR": str(self.folder / "sam-home"),
            "REJOINDER_PIP_PYTHON": str(self.python_of("sam")),
        }
        return dict(self.of_pip(), **ours)

    def _place(self, name: str) -> Path:
        if name == "venv":
            return self.root / ".venv"
        # One for each Python: what projects share must not be made anew by each in turn.
        return self.folder / ("%s-%d.%d" % (name, *sys.version_info[:2]))

    def _shown(self, path: Path) -> str:
        return str(path.relative_to(self.root)) if self.root in path.parents else str(path)

    def _is_current(self, name: str) -> bool:
        folder = self._place(name)
        stamp = folder / "stamp"
        # An upgrade of the system's Python may break the link to it.
        is_there = (folder / "bin" / "python").exists()
        return is_there and stamp.is_file() and stamp.read_text() == self._stamp(name)

    def _stamp(self, name: str) -> str:
        """Return what an environment is made from. Its path is part of it: environments cannot be moved."""
        requirements = (HOUSE / ENVIRONMENTS[name].requirements).read_bytes()
        return "%s\n%s %d.%d\n" % (
            hashlib.sha256(requirements).hexdigest(),
            self._place(name),
            *sys.version_info[:2],
        )

    def _make(self, name: str) -> None:
        check_python()
        self._check_place(self._place(name))
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self._is_current(name):  # another command has just made it
                return
            started = time.monotonic()
            what, megabytes = ENVIRONMENTS[name].what, ENVIRONMENTS[name].megabytes
            line = "  installing %s into %s (about %d MB, once) ..." % (
                what,
                self._shown(self._place(name)),
                megabytes,
            )
            _say(line)
            try:
                self._install(name, line)
            except BaseException:
                _say("\n")
                raise
            _say(" %.0f s\n" % (time.monotonic() - started))

    def _check_place(self, folder: Path) -> None:
        """Raise ToolError when the environment is behind a link: `venv --clear` would empty another one."""
        if folder.resolve() != folder:
            raise ToolError(
                "%s leads to %s, which belongs to another folder: remove that link, then repeat"
                % (self._shown(folder), folder.resolve())
            )

    def _alone(self) -> IO[str]:
        """Return a file that holds the lock of all installations until it is closed."""
        import fcntl  # noqa: PLC0415 (Windows has none, and this file must be readable there too)

        lock = (self.folder / "installing").open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def _install(self, name: str, line: str) -> None:
        folder, environment = self._place(name), ENVIRONMENTS[name]
        requirements = HOUSE / environment.requirements
        log = self.folder / "logs" / (name + ".log")
        log.parent.mkdir(exist_ok=True)
        ours = getattr(sys, "_base_executable", sys.executable)
        base = (environment.minor and python_named(environment.minor)) or ours
        progress = _Progress(line, requirements, log)
        with log.open("w") as output:
            made = self._run([base, "-m", "venv", "--clear", str(folder)], output, progress) == 0
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-deps"]
            options = ["--no-compile", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
            command = [*pip, *options, "--retries", "2", "-r", str(requirements)]
            if not made or self._run(command, output, progress) != 0:
                raise ToolError(self._why(log))
        if name == "venv":
            _add_our_folders(folder)
        (folder / "stamp").write_text(self._stamp(name))

    def _why(self, log: Path) -> str:
        text = log.read_text(errors="replace")
        if NO_NETWORK.search(text):
            return (
                "the first install fetches packages and found no network: connect and repeat "
                "(behind a proxy: set HTTPS_PROXY=http://host:port)"
            )
        errors = [line for line in text.splitlines() if "error" in line.lower()] or ["it failed"]
        return "pip says: %s (full output: %s)" % (errors[-1].strip(), self._shown(log))

    def _run(self, command: List[str], output: IO[str], progress: "_Progress") -> int:
        """Run a program apart from the terminal's signals. When we are stopped, stop it and wait."""
        child = subprocess.Popen(
            command,
            cwd=str(HOUSE),
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while True:
                try:
                    return child.wait(PROGRESS_SECONDS)
                except subprocess.TimeoutExpired:
                    progress.show()
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM)
            child.wait()
            raise

    def _environment(self) -> Dict[str, str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
        # Unbuffered, because the progress is read from what pip has said.
        environment.update(self.of_pip(), PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0", PYTHONUNBUFFERED="1")
        return environment


PROGRESS_SECONDS = 0.5
"""The pause between two looks at what pip has done, in seconds."""


class _Progress:
    """Shows on a terminal how many packages pip has fetched."""

    def __init__(self, line: str, requirements: Path, log: Path) -> None:
        self._line = line
        self._log = log
        self._shown = -1
        self._all = len(re.findall(r"^[\w.-]+(\[[^]]*\])?==", requirements.read_text(), re.MULTILINE))

    def show(self) -> None:
        """Write the line again, with the number of packages."""
        if not sys.stderr.isatty():
            return
        said = self._log.read_text(errors="replace")
        # "Ignoring" is a package for another system or another Python.
        done = said.count("Collecting ") + said.count("Ignoring ")
        if done != self._shown:
            self._shown = done
            _say("\r%s %d of %d packages " % (self._line, done, self._all))


def _add_our_folders(venv: Path) -> None:
    """Let .venv import the packages of this repository from their folders."""
    (site_packages,) = venv.glob("lib/python3*/site-packages")
    (site_packages / "rejoinder.pth").write_text("%s\n%s\n" % (HOUSE, HOUSE / "layers" / "rejoinder"))


def _say(text: str) -> None:
    # terminal.py may have made standard error harmless. These words are ours, and write over their own line.
    getattr(sys.stderr, "write_as_it_is", sys.stderr.write)(text)
    sys.stderr.flush()


def clean() -> None:
    """Remove what was made here. Raises ToolError when a local stack is running."""
    import fcntl  # noqa: PLC0415 (as above)

    lock_file = HOUSE / ".rejoinder" / "lock"
    if lock_file.exists():
        with lock_file.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ToolError("a local stack is running here: stop it first, with Ctrl-C") from None
    for name in (".venv", ".tools", ".rejoinder", ".aws-sam", ".hypothesis"):
        shutil.rmtree(str(HOUSE / name), ignore_errors=True)
    for folder in list(HOUSE.rglob("__pycache__")):
        shutil.rmtree(str(folder), ignore_errors=True)


def _targets() -> Iterator[str]:
    for line in (HOUSE / "Makefile").read_text().splitlines():
        found = re.match(r"([a-z-]+):.*## (.*)", line)
        if found:
            yield "  make %-9s %s" % found.groups()


def main(arguments: List[str]) -> Optional[str]:
    """Do what a make target asks for. Return the one line that explains a failure, or None."""
    for number in (signal.SIGINT, signal.SIGTERM):  # some shells start us with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    command, rest = arguments[0], arguments[1:]
    try:
        if command == "help":
            print("\n".join(_targets()))
        elif command == "clean":
            clean()
        else:
            check_python()
            Tools(HOUSE).ensure(*(rest or ["venv"]))
    except ToolError as error:
        return "rejoinder: %s" % error
    except KeyboardInterrupt:
        return "rejoinder: stopped"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
