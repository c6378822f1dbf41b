"""
Makes the environments of this repository with the standard library's venv and pip.

`.venv` is the project's own. The SAM CLI, the local AWS and the compiler of the requirements files have one
each under `.tools/`, because their pinned versions conflict. An environment is made on first use, and again
when its requirements change.

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
from typing import IO, Dict, Iterator, List, NamedTuple, NoReturn, Optional

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
MIN_PYTHON = (3, 11)
NO_NETWORK = re.compile(
    "NewConnectionError|NameResolutionError|ProxyError|ConnectTimeout|ReadTimeout|Failed to establish|"
    "Connection refused|Connection reset|Network is unreachable|name resolution|timed out"
)
"""What pip writes when it cannot reach the package index."""

Environment = NamedTuple(
    "Environment",
    [
        ("folder", str),
        ("requirements", str),
        ("what", str),  # how a person calls its contents
        ("megabytes", int),  # the approximate size of the download
        ("minor", Optional[str]),  # the Python that it is for, if there is one here; otherwise any
    ],
)

ENVIRONMENTS = {
    "venv": Environment(".venv", "requirements-dev.txt", "the project's own packages", 100, None),
    "sam": Environment(".tools/sam", "workbench/stack/requirements-sam.txt", "the AWS SAM CLI", 60, None),
    "ministack": Environment(
        ".tools/ministack", "workbench/stack/requirements-ministack.txt", "MiniStack, the local AWS", 25, None
    ),
    "lock": Environment(".tools/lock", "workbench/requirements-lock.txt", "uv, for `make lock`", 20, None),
    "site": Environment(
        ".tools/site", "workbench/site/requirements.txt", "what builds the documentation", 25, None
    ),
    "bench": Environment(
        ".tools/bench", "workbench/bench/requirements.txt", "what `make bench` compares with", 30, "3.13"
    ),
}


class ToolError(Exception):
    """An error that a person can correct. Its text is one line and says how."""


def python_of(name: str) -> Path:
    """Return the path of an environment's interpreter, even if it does not exist yet."""
    return ROOT / ENVIRONMENTS[name].folder / "bin" / "python"


def ensure(*names: str) -> None:
    """
    Make those of the named environments that are missing or do not match their requirements.

    Raises ToolError, which says what to do, when that fails.
    """
    for name in names:
        if not _is_current(ENVIRONMENTS[name]):
            _make(ENVIRONMENTS[name])


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


def _is_current(environment: Environment) -> bool:
    folder = ROOT / environment.folder
    stamp = folder / "stamp"
    # An upgrade of the system's Python may break the link to it.
    is_there = (folder / "bin" / "python").exists()
    return is_there and stamp.is_file() and stamp.read_text() == _stamp(environment)


def _stamp(environment: Environment) -> str:
    """Return what an environment is made from. Its own path is part of it: environments cannot be moved."""
    requirements = (ROOT / environment.requirements).read_bytes()
    return "%s\n%s %d.%d\n" % (
        hashlib.sha256(requirements).hexdigest(),
        ROOT / environment.folder,
        *sys.version_info[:2],
    )


def _make(environment: Environment) -> None:
    check_python()
    _check_place(ROOT / environment.folder)
    TOOLS.mkdir(exist_ok=True)
    with _alone():
        if _is_current(environment):  # another `make` has just made it
            return
        started = time.monotonic()
        _say(
            "  installing %s into %s (about %d MB, once) ..."
            % (environment.what, environment.folder, environment.megabytes)
        )
        try:
            _install(environment)
        except BaseException:
            _say("\n")
            raise
        _say(" %.0f s\n" % (time.monotonic() - started))


def _check_place(folder: Path) -> None:
    """Raise ToolError when the environment is behind a link: `venv --clear` would empty another one."""
    if folder.resolve() != folder:
        raise ToolError(
            "%s leads to %s, which belongs to another folder: remove that link, then repeat"
            % (folder.relative_to(ROOT), folder.resolve())
        )


def _alone() -> IO[str]:
    """Return a file that holds the lock of all installations until it is closed."""
    import fcntl  # noqa: PLC0415 (Windows has none, and this file must be readable there too)

    lock = (TOOLS / "installing").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def _install(environment: Environment) -> None:
    folder = ROOT / environment.folder
    log = TOOLS / "logs" / (folder.name.strip(".") + ".log")
    log.parent.mkdir(exist_ok=True)
    ours = getattr(sys, "_base_executable", sys.executable)
    base = (environment.minor and python_named(environment.minor)) or ours
    with log.open("w") as output:
        made = _run([base, "-m", "venv", "--clear", str(folder)], output) == 0
        pip = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--no-deps",
            "--no-compile",
        ]
        options = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--retries", "2"]
        if not made or _run([*pip, *options, "-r", str(ROOT / environment.requirements)], output) != 0:
            raise ToolError(_why(log.read_text(errors="replace"), log))
    if environment.folder == ".venv":
        _add_our_folders(folder)
    (folder / "stamp").write_text(_stamp(environment))


def _why(log: str, path: Path) -> str:
    if NO_NETWORK.search(log):
        return (
            "the first install fetches packages and found no network: connect and repeat "
            "(behind a proxy: HTTPS_PROXY=http://host:port make run)"
        )
    errors = [line for line in log.splitlines() if "error" in line.lower()] or ["it failed"]
    return "pip says: %s (full output: %s)" % (errors[-1].strip(), path.relative_to(ROOT))


def _run(command: List[str], output: IO[str]) -> int:
    """Run a program apart from the terminal's signals. When we are stopped, stop it and wait for its end."""
    child = subprocess.Popen(
        command,
        cwd=str(ROOT),
        env=_pip_environment(),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        return child.wait()
    except BaseException:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait()
        raise


def _pip_environment() -> Dict[str, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    environment.update(_of_pip(), PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0")
    return environment


def _of_pip() -> Dict[str, str]:
    """Return the variables that keep the files of pip, also when the SAM CLI calls it, in this repository."""
    temporary = TOOLS / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    return {"PIP_CACHE_DIR": str(TOOLS / "cache" / "pip"), "TMPDIR": str(temporary)}


def _add_our_folders(venv: Path) -> None:
    """Let .venv import the packages of this repository from their folders."""
    (site_packages,) = venv.glob("lib/python3*/site-packages")
    (site_packages / "rejoinder.pth").write_text("%s\n%s\n" % (ROOT, ROOT / "layers" / "rejoinder"))


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def sam(arguments: List[str]) -> NoReturn:
    """Replace this process by the SAM CLI, with the AWS credentials of the person who calls it."""
    ensure("sam")
    environment = dict(os.environ, **sam_environment())
    program = str(python_of("sam"))
    os.execve(program, [program, "-m", "samcli", *arguments], environment)  # noqa: S606 (no shell is wanted)


def sam_environment() -> Dict[str, str]:
    """Return the variables of every SAM CLI call: no telemetry, no files in the home folder, our Python."""
    ours = {
        "SAM_CLI_TELEMETRY": "0",
        "__SAM_CLI_APP_DIR": str(TOOLS / "sam-home"),
        "REJOINDER_PIP_PYTHON": str(python_of("venv")),
    }
    runtime = os.environ.get("REJOINDER_RUNTIME", "python3.13")  # as in layers/build.mk
    compiler = os.environ.get("REJOINDER_COMPILER") or python_named(runtime.replace("python", "", 1))
    return dict(_of_pip(), **ours, **({"REJOINDER_COMPILER": compiler} if compiler else {}))


def lock(upgrade: str) -> None:
    """Compile every requirements file again. The versions stay the same unless `upgrade` is given."""
    ensure("lock")
    for source in (
        "layers/dependencies/requirements.in",
        "requirements-dev.in",
        "workbench/bench/requirements.in",
        "workbench/requirements-lock.in",
        "workbench/site/requirements.in",
        "workbench/stack/requirements-ministack.in",
        "workbench/stack/requirements-sam.in",
    ):
        command = [str(ROOT / ".tools" / "lock" / "bin" / "uv"), "pip", "compile", source, "-q"]
        command += ["-o", source[: -len("in")] + "txt", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--custom-compile-command", "make lock"]
        command += ["--cache-dir", str(TOOLS / "cache" / "uv"), *(["--upgrade"] if upgrade else [])]
        _say("  %s\n" % source)
        if subprocess.call(command, cwd=str(ROOT)) != 0:
            raise ToolError("%s could not be compiled" % source)


def clean() -> None:
    """Remove what was made here. Raises ToolError when a local stack is running."""
    import fcntl  # noqa: PLC0415 (as above)

    lock_file = ROOT / ".rejoinder" / "lock"
    if lock_file.exists():
        with lock_file.open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ToolError("a local stack is running here: stop it first, with Ctrl-C") from None
    for name in (".venv", ".tools", ".rejoinder", ".aws-sam", ".hypothesis"):
        shutil.rmtree(str(ROOT / name), ignore_errors=True)
    for folder in list(ROOT.rglob("__pycache__")):
        shutil.rmtree(str(folder), ignore_errors=True)


def _targets() -> Iterator[str]:
    for line in (ROOT / "Makefile").read_text().splitlines():
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
        elif command == "lock":
            lock(*rest)
        elif command == "sam":
            sam(rest)
        else:
            check_python()
            ensure(*(rest or ["venv"]))
    except ToolError as error:
        return "rejoinder: %s" % error
    except KeyboardInterrupt:
        return "rejoinder: stopped"
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
