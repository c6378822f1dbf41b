"""What a bot's requirements.txt names, installed once for this Python and made importable.

It lies in `.rejoinder/requirements` until that file, or a file that it leads to, changes. `chat`,
`understand` and the tests import it from there, and the local stack copies it into the function.
"""

import fcntl
import hashlib
import importlib
import os
import re
import shutil
import sys
import sysconfig
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.project import Project

if TYPE_CHECKING:
    from packaging.requirements import Requirement

NAME = "requirements.txt"

INCLUDES = re.compile(r"(?:-r|--requirement)[\s=]*(.+)")
LIMITS = re.compile(r"(?:-c|--constraint)[\s=]*(.+)")


@dataclass(slots=True, kw_only=True)
class Required:
    """What one bot requires, importable in this process."""

    bot: Path
    """The folder of the bot."""

    state: Path | None = None
    """The folder of the project's state; None to find it when it is needed."""

    tell: Callable[[str], None] = lambda words: print(words, end="", file=sys.stderr, flush=True)
    """Shows what is installed, and then how long it took."""

    _read: str = field(default="", init=False)
    _place: Path | None = field(default=None, init=False)

    def use(self) -> bool:
        """Make it importable, and install it first if it is neither here nor in this Python's own packages.

        Return whether that changed anything: not while the requirements are those of the last call. Raises
        StackError, with pip's reason, when they cannot be installed. What was importable before stays so.
        """
        file = self.bot / NAME
        read = key(file) if file.is_file() else ""
        if read == self._read:
            return False
        self._read = read
        others = [path for path in sys.path if path != str(self._place)]
        is_needed = file.is_file() and not is_satisfied(file, others)
        place = installed(file, self.state or state_of(self.bot), self.tell) if is_needed else None
        if self._place:
            _forget(self._place)
        sys.path[:] = [str(place), *others] if place else others
        importlib.invalidate_caches()
        self._place = place
        return True


def state_of(bot: Path) -> Path:
    """Return the folder of the state of the project that a bot is in; one in its own folder when in none."""
    folder = bot.resolve()
    with suppress(StackError):
        return Project.find(folder).state
    return folder / ".rejoinder"


def installed(
    file: Path, state: Path, tell: Callable[[str], None] = lambda _: None, python: str = sys.executable
) -> Path:
    """Return a folder with what a requirements.txt names, installed there if it is not yet.

    `python` has the pip that does it. Raises StackError, with pip's reason, when it fails.
    """
    folder = state / "requirements"
    # What another Python has installed stays: that one may run at this moment, and would install it again.
    bot = hashlib.sha256(f"{file.resolve()} {sys.version}".encode()).hexdigest()[:8]
    place = folder / f"{bot}-{key(file)}"
    if place.exists():
        return place
    folder.mkdir(parents=True, exist_ok=True)
    with (state / "requirements.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the processes of one run of tests ask at the same time
        if not place.exists():
            draft = folder / f"{bot}-new"
            shutil.rmtree(draft, ignore_errors=True)  # an installation that failed or was killed
            started = time.monotonic()
            tell(f"  installing what {file.parent.name}/{NAME} names ({_summary(file)}), once ...")
            try:
                _install(file, draft, state / "requirements.log", python)
            except BaseException:
                tell("\n")
                raise
            tell(f" {time.monotonic() - started:.0f} s\n")
            for earlier in {*folder.glob(f"{bot}-*")} - {draft}:
                shutil.rmtree(earlier)
            draft.rename(place)
    return place


def _install(file: Path, draft: Path, log: Path, python: str) -> None:
    # Tests import this module when a bot has a requirements.txt, and few of them install anything.
    from rejoinder.workbench.stack import children  # noqa: PLC0415
    from rejoinder.workbench.tools import NO_NETWORK  # noqa: PLC0415

    what = "installing what the bot requires"
    if python == sys.executable and not util.find_spec("pip"):
        raise StackError(f"{what} needs pip, which this Python lacks: `{python} -m ensurepip` adds it")
    draft.mkdir(parents=True)
    options = ["-q", "--disable-pip-version-check", "--no-input", "--no-compile", "--retries", "2"]
    pip = [python, "-m", "pip", "install", *options, "-r", NAME, "--target", str(draft.resolve())]
    ours = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    cache = {"PIP_CACHE_DIR": str(log.parent.resolve() / "cache" / "pip")}
    try:
        children.run(pip, env=cache | os.environ | ours, cwd=file.parent, log=log, what=what)
    except StackError:
        if NO_NETWORK.search(log.read_text(errors="replace")):
            raise StackError(
                f"{what} found no network: connect and repeat (behind a proxy: HTTPS_PROXY=http://host:port)"
            ) from None
        raise
    _compile(draft)


def _compile(folder: Path) -> None:
    """Write the bytecode, as a build for Lambda does. A file that is no Python costs itself only."""
    import compileall  # noqa: PLC0415 - only an installation needs it
    import py_compile  # noqa: PLC0415

    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder, quiet=2, stripdir=folder, prependdir="/var/task", invalidation_mode=mode)


def _forget(place: Path) -> None:
    """Remove the modules that came from `place`, so that other versions of them can be imported."""
    for name, module in list(sys.modules.items()):
        origin = getattr(module, "__file__", None)
        if origin and Path(origin).is_relative_to(place):
            del sys.modules[name]


def key(file: Path) -> str:
    """Return a hash of all that decides what is installed: the files, and the Python that it is for."""
    digest = hashlib.sha256(f"{sys.version} {sysconfig.get_platform()}".encode())
    for one in _deciding(file, file.parent, set()):
        stat = one.stat()
        is_small = stat.st_size < 100_000
        content = one.read_bytes() if is_small else f"{stat.st_size} {stat.st_mtime_ns}".encode()
        digest.update(f"\n{one.name} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _deciding(file: Path, base: Path, seen: set[Path]) -> Iterator[Path]:
    """Yield a requirements file and what it leads to: others of its kind, wheels, whole folders."""
    if file in seen or not file.is_file():
        return
    seen.add(file)
    yield file
    for line in _lines(file):
        other = INCLUDES.fullmatch(line) or LIMITS.fullmatch(line)
        if other:
            yield from _deciding(file.parent / other[1].strip("\"'"), base, seen)
        else:
            yield from _named(line, base)


def _named(line: str, base: Path) -> Iterator[Path]:
    """Yield the files that a line names by a path, such as `./mine`, `mine @ file:///mine` or `-f wheels`."""
    for word in filter(None, (line, *re.split(r"[\s=@]+", line))):
        path = base / re.sub(r"^file:(//)?|\[[^\]]*\]$", "", os.path.expandvars(word.strip("\"'")))
        is_path = "/" in word or word.startswith(".") or line.startswith("-")  # others are names of packages
        with suppress(OSError):  # too long for a path
            if path.is_file():
                yield path
            elif is_path and path.is_dir():
                yield from _inside(path)


def _inside(folder: Path) -> Iterator[Path]:
    for inner in sorted(folder.iterdir()):
        if inner.is_file():
            yield inner
        elif inner.name != "__pycache__" and not inner.name.startswith("."):
            yield from _inside(inner)


def _lines(file: Path) -> Iterator[str]:
    """Yield the lines of a requirements file, without comments, each whole."""
    text = re.sub(r"\\\r?\n", " ", file.read_text(encoding="utf-8", errors="replace"))
    for line in text.splitlines():
        words = re.sub(r"(^|\s)#.*", "", line).strip()
        if words:
            yield words


def _summary(file: Path) -> str:
    words = ", ".join(re.sub(r"\s+(--hash=\S+|;.*)", "", line) for line in _lines(file))
    return words if len(words) <= 60 else f"{words[:59]}…"


def is_satisfied(file: Path, paths: Sequence[str]) -> bool:
    """Whether the packages in `paths` are all that a requirements file asks for."""
    from packaging.requirements import InvalidRequirement  # noqa: PLC0415 - few bots require any

    try:
        return all(_is_satisfied(line, file.parent, paths) for line in _lines(file))
    except (InvalidRequirement, OSError):  # a path or an address; an included file that is not there
        return False


def _is_satisfied(line: str, folder: Path, paths: Sequence[str]) -> bool:
    from packaging.requirements import Requirement  # noqa: PLC0415

    other = INCLUDES.fullmatch(line)
    if other:
        return is_satisfied(folder / other[1].strip("\"'"), paths)
    if line.startswith("-"):
        return not re.match("-[ce]|--(constraint|editable)", line)
    return _is_here(Requirement(re.sub(r"\s+--hash=\S+", "", line)), paths)


def _is_here(asked: "Requirement", paths: Sequence[str], extras: Collection[str] = ("",)) -> bool:
    if asked.marker and not any(asked.marker.evaluate({"extra": extra}) for extra in extras):
        return True
    found = next(iter(metadata.distributions(name=asked.name, path=[*paths])), None)
    if found is None or asked.url or not asked.specifier.contains(found.version, prereleases=True):
        return False
    further = map(type(asked), (found.requires or ()) if asked.extras else ())
    of_extras = (one for one in further if one.marker and "extra" in str(one.marker))
    return all(_is_here(one, paths, asked.extras) for one in of_extras)
