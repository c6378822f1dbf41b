"""What a bot requires: installed once, and again when it changes, for the local stack and for us."""

import importlib.util
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rejoinder.workbench import requirements, source, tools
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.requirements import Required
from rejoinder.workbench.stack import processor
from rejoinder.workbench.stack.sam import Sam

BOT = "from rejoinder import Bot\nimport greetings\n\nbot = Bot()\n"


class Here(tools.Tools):
    """The environments of a project, with the Python of the tests in the place of each."""

    def python_of(self, _name: str) -> Path:
        return Path(sys.executable)


def _wheel(folder: Path, version: str, source: str) -> None:
    with zipfile.ZipFile(folder / f"greetings-{version}-py3-none-any.whl", "w") as wheel:
        about = f"greetings-{version}.dist-info"
        wheel.writestr("greetings.py", source)
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: greetings\nVersion: {version}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/RECORD", "")


@pytest.fixture
def sam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sam:
    """Return a bot that requires a package, which a folder on this machine offers in two versions."""
    for version in ("1.0", "2.0"):
        _wheel(tmp_path, version, f"VERSION = '{version}'\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    bot = tmp_path / "bot"
    bot.mkdir()
    (bot / "bot.py").write_text(BOT)
    (bot / "requirements.txt").write_text("greetings==1.0\n")
    made = Sam(tools=Here(tools.HOUSE), folder=tmp_path / "state", bot=bot, endpoint_url="http://127.0.0.1:1")
    source.lay_out(made.source, bot)
    return made


def _required(sam: Sam) -> Path:
    return sam.bot / "requirements.txt"


@pytest.mark.slow
def test_an_edit_of_the_bot_is_built_with_what_was_installed_before(sam: Sam) -> None:
    assert (processor.build(sam) / "greetings.py").read_text() == "VERSION = '1.0'\n"
    (installed,) = (sam.folder / "requirements").iterdir()
    (installed / "greetings.py").write_text("VERSION = 'the one that was installed before'\n")
    (sam.bot / "bot.py").write_text(BOT + "# edited")
    built = processor.build(sam)
    assert (built / "greetings.py").read_text() == "VERSION = 'the one that was installed before'\n"
    assert (built / "bot.py").read_text().endswith("# edited")
    assert {path.name for path in built.iterdir()} >= {"app.py", "greetings-1.0.dist-info"}
    assert not (built / "requirements.txt").exists()


@pytest.mark.slow
def test_what_was_installed_before_comes_with_its_bytecode(sam: Sam) -> None:
    assert [*(processor.build(sam) / "__pycache__").glob("greetings.*.pyc")]


@pytest.mark.slow
def test_a_file_of_the_bot_replaces_one_of_what_it_requires(sam: Sam) -> None:
    processor.build(sam)
    (sam.bot / "greetings.py").write_text("VERSION = 'my own'\n")
    assert (processor.build(sam) / "greetings.py").read_text() == "VERSION = 'my own'\n"
    (installed,) = (sam.folder / "requirements").iterdir()
    assert (installed / "greetings.py").read_text() == "VERSION = '1.0'\n"


@pytest.mark.slow
def test_a_changed_requirements_txt_is_installed_and_the_one_before_removed(sam: Sam) -> None:
    processor.build(sam)
    _required(sam).write_text("greetings==2.0\n")
    assert (processor.build(sam) / "greetings.py").read_text() == "VERSION = '2.0'\n"
    assert len([*(sam.folder / "requirements").iterdir()]) == 1


@pytest.mark.slow
def test_what_another_python_has_installed_stays(sam: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    first = requirements.installed(_required(sam), sam.folder)
    monkeypatch.setattr(sys, "version", "another one")
    second = requirements.installed(_required(sam), sam.folder)
    assert first != second
    assert (first / "greetings.py").exists()


@pytest.mark.slow
def test_requirements_that_cannot_be_installed_are_an_error_with_pips_reason(sam: Sam) -> None:
    processor.build(sam)
    _required(sam).write_text("greetings==3.0\n")
    with pytest.raises(StackError, match=r"what the bot requires failed: .*greetings==3\.0"):
        processor.build(sam)
    _required(sam).write_text("greetings==1.0\n")
    assert (processor.build(sam) / "greetings.py").exists()


@pytest.mark.parametrize(
    "line",
    [
        *("-r ../more.txt", "-r../more.txt", "-r {folder}/more.txt", "--requirement=../more.txt"),
        *(
            "-c ../more.txt",
            "-r 'more words.txt'",
            "-r ../first.txt",
            "./mine.whl",
            "mine.whl  # beside the bot",
        ),
        *("mine @ file:{folder}/bot/mine.whl", "mine@file://{folder}/bot/mine.whl", "../mine[extra]"),
        *("-e ../mine", "--find-links ../mine", "--find-links=../mine", "-f ../mine", "-f ${{HERE}}/mine"),
    ],
)
def test_what_a_line_leads_to_decides_what_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setenv("HERE", str(tmp_path))
    file = tmp_path / "bot" / "requirements.txt"
    others = ("more.txt", "bot/mine.whl", "mine/deep/setup.py", "bot/more words.txt")
    for path in map(tmp_path.joinpath, others):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# first")
    (tmp_path / "first.txt").write_text("-r more.txt\n-r first.txt\n")
    file.write_text("one==1\n" + line.format(folder=tmp_path))
    before = requirements.key(file)
    assert requirements.key(file) == before
    for path in map(tmp_path.joinpath, others):
        path.write_text("# edited")
    assert requirements.key(file) != before


@pytest.mark.slow
def test_an_included_file_and_a_wheel_beside_the_bot_are_installed_once(sam: Sam, tmp_path: Path) -> None:
    wheel = (tmp_path / "greetings-1.0-py3-none-any.whl").rename(
        tmp_path / "bot" / "greetings-1.0-py3-none-any.whl"
    )
    (tmp_path / "more.txt").write_text(f"./{wheel.name}\n")
    file = _required(sam)
    file.write_text("-r ../more.txt\n")
    place = requirements.installed(file, sam.folder)
    (place / "greetings.py").write_text("VERSION = 'not installed again'\n")
    assert requirements.installed(file, sam.folder) == place
    assert (place / "greetings.py").read_text() == "VERSION = 'not installed again'\n"
    _wheel(wheel.parent, "1.0", "VERSION = 'made again'\n")
    assert (
        requirements.installed(file, sam.folder) / "greetings.py"
    ).read_text() == "VERSION = 'made again'\n"


@pytest.mark.slow
def test_a_wheel_beside_the_bot_is_found_by_the_target_that_sam_builds(sam: Sam, tmp_path: Path) -> None:
    wheel = "greetings-1.0-py3-none-any.whl"
    (tmp_path / wheel).rename(sam.bot / wheel)
    _required(sam).write_text(f"./{wheel}\n")
    target = ["make", "-s", "-C", "functions/processor", "build-ProcessorFunction"]
    built = tmp_path / "built"
    subprocess.run([*target, f"ARTIFACTS_DIR={built}"], env=sam.environment(), cwd=sam.source, check=True)
    assert (built / "greetings.py").exists()


@pytest.mark.slow
def test_what_is_built_has_no_commands_of_packages_because_they_name_a_path_of_this_machine(
    sam: Sam, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "greetings-1.0-py3-none-any.whl", "a") as wheel:
        wheel.writestr(
            "greetings-1.0.dist-info/entry_points.txt", "[console_scripts]\nhello = greetings:main\n"
        )
    target = ["make", "-s", "-C", "functions/processor", "build-ProcessorFunction"]
    built = tmp_path / "built"
    subprocess.run([*target, f"ARTIFACTS_DIR={built}"], env=sam.environment(), cwd=sam.source, check=True)
    assert not (built / "bin").exists()
    record = (built / "greetings-1.0.dist-info" / "RECORD").read_text()
    assert "greetings.py" in record
    assert "bin/hello" not in record


def test_a_folder_of_the_name_of_a_package_is_not_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("greetings\n--prefer-binary\n")
    before = requirements.key(file)
    (tmp_path / "greetings").mkdir()
    (tmp_path / "greetings" / "notes.txt").write_text("mine")
    assert requirements.key(file) == before


def test_a_bot_that_requires_nothing_has_nothing_installed(sam: Sam) -> None:
    _required(sam).unlink()
    (sam.bot / "bot.py").write_text(BOT.replace("import greetings\n", ""))
    assert not (processor.build(sam) / "greetings.py").exists()
    assert not (sam.folder / "requirements").exists()


@pytest.fixture
def required(sam: Sam) -> Iterator[tuple[Required, list[str]]]:
    """Return what the bot requires, for this process, and the words that are shown."""
    told: list[str] = []
    before = [*sys.path]
    yield Required(bot=sam.bot, state=sam.folder, tell=told.append), told
    sys.path[:] = before
    sys.modules.pop("greetings", None)


def _version() -> object:
    return importlib.import_module("greetings").VERSION


@pytest.mark.slow
def test_what_a_bot_requires_is_importable_here_and_one_line_tells_of_it(
    required: tuple[Required, list[str]],
) -> None:
    one, told = required
    one.use()
    one.use()
    assert _version() == "1.0"
    line = "".join(told)
    assert line.startswith("  installing what bot/requirements.txt names (greetings==1.0), once ... ")
    assert line.endswith(" s\n")


@pytest.mark.slow
def test_an_edit_of_the_requirements_replaces_what_was_imported(
    required: tuple[Required, list[str]], sam: Sam
) -> None:
    one, _ = required
    one.use()
    assert _version() == "1.0"
    _required(sam).write_text("greetings==2.0\n")
    one.use()
    assert _version() == "2.0"
    _required(sam).unlink()
    one.use()
    with pytest.raises(ModuleNotFoundError):
        _version()


@pytest.mark.slow
def test_requirements_that_cannot_be_installed_leave_those_before(
    required: tuple[Required, list[str]], sam: Sam
) -> None:
    one, told = required
    one.use()
    _required(sam).write_text("greetings==3.0\n")
    with pytest.raises(StackError, match=r"^installing what the bot requires failed: .*greetings==3\.0"):
        one.use()
    one.use()  # it is not tried again until the file changes
    assert _version() == "1.0"
    assert told[-1] == "\n"


def test_without_a_network_the_cure_is_told(sam: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    _required(sam).write_text("there-is-no-such-package\n")
    with pytest.raises(StackError, match="found no network: connect and repeat"):
        requirements.installed(_required(sam), sam.folder)


def test_without_pip_the_cure_is_told(sam: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(StackError, match=r"needs pip, which this Python lacks: `.* -m ensurepip` adds it"):
        requirements.installed(_required(sam), sam.folder)


@pytest.mark.slow
def test_processes_that_ask_at_once_install_once(sam: Sam) -> None:
    code = "from rejoinder.workbench.requirements import installed; from pathlib import Path; import sys; "
    code += "print(installed(Path(sys.argv[1]), Path(sys.argv[2]), sys.stdout.write))"
    asked = [sys.executable, "-c", code, str(_required(sam)), str(sam.folder)]
    processes = [subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=120)[0] for process in processes]
    assert sum("installing" in words for words in said) == 1
    assert len({words.splitlines()[-1] for words in said}) == 1


@pytest.mark.parametrize(
    ("text", "is_here"),
    [
        ("", True),
        ("# nothing", True),
        ("pytest>=9\n", True),
        ("PyTest  # in other letters", True),
        ("pytest==1.0\n", False),
        ("pytest>=9 \\\n  --hash=sha256:0a1b\n", True),
        ("there-is-no-such-package ; python_version < '3'\npytest", True),
        ("there-is-no-such-package\n", False),
        ("moto[there-is-no-such-extra]\n", True),
        ("httpx[http2,zstd]\n", False),
        ("pytest @ https://example.com/pytest.whl\n", False),
        ("--prefer-binary\npytest", True),
        ("-r more.txt", True),
        ("-r none.txt", False),
        ("-c more.txt\npytest", False),
        ("-e .", False),
        ("./mine", False),
    ],
)
def test_what_this_python_has_already_is_not_installed(tmp_path: Path, text: str, *, is_here: bool) -> None:
    (tmp_path / "more.txt").write_text("pytest\n")
    (tmp_path / "requirements.txt").write_text(text)
    assert requirements.is_satisfied(tmp_path / "requirements.txt", sys.path) is is_here
