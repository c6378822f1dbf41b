"""Any bot may lie in `bot/`: `make test` stays green. And the bots that we ship obey our rules.

All of it is slow: `make test` judges no bot by our rules, so `make check` looks at the bots that we ship.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.architecture.test_imports import imports
from tests.own_bots import EMPTY, RAISING

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(file.parent for file in (ROOT / "examples").glob("*/bot.py"))
CHECKED = ROOT / ".tools" / "cache" / "mypy"
SHIPPED = [ROOT / "bot", *EXAMPLES]

PATIENCE_SECONDS = 1800
"""After so long a run hangs."""

LOOKS_INTO_IT = [
    "tests/architecture",
    "tests/moto/test_handlers.py",
    *(f"tests/unit/workbench/test_{name}.py" for name in ("chat", "commands", "cost", "demo", "understand")),
    "tests/unit/test_docs.py",
    "tests/unit/test_pytest_plugin.py",
    "bot",
]
"""The tests that read `bot/` before they had bots of their own, and the author's tests."""

THE_REST = ["tests/architecture", "tests/unit/test_docs.py", "bot"]
"""What is run with the others: those of the tests above that look at the files of the repository."""

AN_AUTHORS_OWN = """
import sys, warnings
from rejoinder.testing import Phone
import pytest
def test_it_fails(phone):
    warnings.warn("old", DeprecationWarning)
    print('{"level": "INFO", "location": "a logger of theirs", "message": "Ada wrote from 15550001111"}')
    with pytest.raises(Exception): phone.says('hi'); print( "never" )
"""
"""A test as nobody here would write it."""


class Copy:
    """A copy of the work tree in another folder, with a `.venv` as `make setup` makes it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        listed = self._git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
        for name in listed.split("\0"):
            if name and (ROOT / name).exists():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, root / name, follow_symlinks=False)
        self._git("init", "-q", cwd=root)
        if CHECKED.exists():  # mypy looks again at what differs
            shutil.copytree(CHECKED, root / CHECKED.relative_to(ROOT))
        self._make_environment()

    def _make_environment(self) -> None:
        """Let the packages of this Python be there, but `rejoinder` and `tests` come from the copy."""
        venv.create(self.root / ".venv", symlinks=True)
        (self.root / ".venv" / "bin" / "ruff").symlink_to(Path(sys.executable).with_name("ruff"))
        packages = sysconfig.get_path("purelib", vars={"base": str(self.root / ".venv")})
        paths = (self.root, self.root / "layers" / "rejoinder", sysconfig.get_path("purelib"))
        (Path(packages) / "copy.pth").write_text("\n".join(map(str, paths)))

    def replace_bot(self, other: Path) -> None:
        shutil.rmtree(self.root / "bot")
        shutil.copytree(other, self.root / "bot", ignore=shutil.ignore_patterns("__pycache__"))
        self._git("add", "-A", cwd=self.root)

    def runs(self, *arguments: str) -> str:
        """Run a module of Python in the copy, and return what it prints."""
        ours = ("PYTHON", "PYTEST", "COVERAGE", "BOT")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        done = subprocess.run(
            [self.root / ".venv" / "bin" / "python", "-m", *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout[-20_000:]}{done.stderr[-5000:]}"
        return done.stdout

    @staticmethod
    def _git(*arguments: str, cwd: Path) -> str:
        return subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("repository"))


@pytest.mark.parametrize("bot", [EMPTY, RAISING, *EXAMPLES], ids=lambda bot: bot.name)
def test_whatever_lies_in_bot_make_test_stays_green(copy: Copy, bot: Path) -> None:
    """All is collected, and all is run that is about the author's side of the repository.

    The rest of the tests is about the package, and takes minutes. Nor is the deployed smoke test run here: it
    deploys a bot of ours.
    """
    copy.replace_bot(bot)
    if bot == RAISING:
        (copy.root / "bot" / "tests").mkdir()
        (copy.root / "bot" / "tests" / "test_own.py").write_text(AN_AUTHORS_OWN)
    copy.runs("ruff", "check", "--no-cache")
    copy.runs("ruff", "format", "--check", "--no-cache")
    copy.runs("mypy")
    copy.runs("pytest", "-q", "--collect-only")
    tests = LOOKS_INTO_IT if bot == RAISING else THE_REST  # what reads `bot/` meets an error there
    copy.runs("pytest", "-q", "-m", "not stack and not slow", *tests)


# --- the bots that we ship ----------------------------------------------------------------------------------


def test_the_bots_that_we_ship_obey_the_rules_of_the_repository() -> None:
    files = [str(file) for bot in SHIPPED for file in bot.rglob("*.py")]
    sorted_as_authors_do = ("--config", "lint.isort.known-third-party = ['rejoinder']")
    for command in (
        ("ruff", "check", *sorted_as_authors_do),
        ("ruff", "format", "--check"),
        ("mypy", "--no-incremental"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command, *files], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_bot_that_we_ship_is_whole_and_stands_alone(folder: Path) -> None:
    assert (folder / "demo.chat").is_file()
    assert list((folder / "tests").glob("test_*.py"))
    for file in (*folder.rglob("*.py"), *folder.rglob("*.chat"), *folder.rglob("*.txt")):
        found = re.findall(r"`make |examples/|\.venv|layers/|workbench", file.read_text())
        assert not found, f"{file} names {found}, which an author's project does not have"
    for file in folder.rglob("*.py"):
        ours = {name for name in imports(file) if name.split(".")[0] == "rejoinder"}
        is_test = "tests" in file.relative_to(folder).parts
        assert ours <= {"rejoinder", *({"rejoinder.testing", "rejoinder.bot.loading"} if is_test else ())}


def test_what_the_pages_name_in_bot_is_there() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        # The files of templates on a page are written there.
        for name in re.findall(r"`(bot/(?!templates/)[\w./*-]*)`(?!\]\()", page.read_text()):
            assert list(ROOT.glob(name.rstrip("/"))), f"{page.name} names {name}"
