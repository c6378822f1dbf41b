"""What a bot requires, when the bot is built after an edit: installed once, and again when it changes."""

import sys
import zipfile
from pathlib import Path

import pytest

from rejoinder.workbench import source, tools
from rejoinder.workbench.stack import StackError, processor, requirements
from rejoinder.workbench.stack.sam import Sam

BOT = "from rejoinder import Bot\nimport greetings\n\nbot = Bot()\n"


class Here(tools.Tools):
    """The environments of a project, with the Python of the tests in the place of each."""

    def python_of(self, _name: str) -> Path:
        return Path(sys.executable)


@pytest.fixture
def sam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sam:
    """Return a bot that requires a package, which a folder on this machine offers in two versions."""
    for version in ("1.0", "2.0"):
        with zipfile.ZipFile(tmp_path / f"greetings-{version}-py3-none-any.whl", "w") as wheel:
            folder = f"greetings-{version}.dist-info"
            wheel.writestr("greetings.py", f"VERSION = '{version}'\n")
            wheel.writestr(
                f"{folder}/METADATA", f"Metadata-Version: 2.1\nName: greetings\nVersion: {version}\n"
            )
            wheel.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{folder}/RECORD", "")
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


def test_what_was_installed_before_comes_with_its_bytecode(sam: Sam) -> None:
    assert [*(processor.build(sam) / "__pycache__").glob("greetings.*.pyc")]


def test_a_file_of_the_bot_replaces_one_of_what_it_requires(sam: Sam) -> None:
    processor.build(sam)
    (sam.bot / "greetings.py").write_text("VERSION = 'my own'\n")
    assert (processor.build(sam) / "greetings.py").read_text() == "VERSION = 'my own'\n"
    (installed,) = (sam.folder / "requirements").iterdir()
    assert (installed / "greetings.py").read_text() == "VERSION = '1.0'\n"


def test_a_changed_requirements_txt_is_installed_and_the_one_before_removed(sam: Sam) -> None:
    processor.build(sam)
    _required(sam).write_text("greetings==2.0\n")
    assert (processor.build(sam) / "greetings.py").read_text() == "VERSION = '2.0'\n"
    assert len([*(sam.folder / "requirements").iterdir()]) == 1


def test_requirements_that_cannot_be_installed_are_an_error_with_pips_reason(sam: Sam) -> None:
    processor.build(sam)
    _required(sam).write_text("greetings==3.0\n")
    with pytest.raises(StackError, match=r"what the bot requires failed: .*greetings==3\.0"):
        processor.build(sam)
    _required(sam).write_text("greetings==1.0\n")
    assert (processor.build(sam) / "greetings.py").exists()


def test_requirements_that_lead_to_other_files_are_installed_at_each_edit(sam: Sam, tmp_path: Path) -> None:
    more = tmp_path / "more.txt"
    more.write_text("greetings==1.0\n")
    _required(sam).write_text(f"-r {more}\n")
    assert (processor.build(sam) / "greetings.py").read_text() == "VERSION = '1.0'\n"
    more.write_text("greetings==2.0\n")
    assert (processor.build(sam) / "greetings.py").read_text() == "VERSION = '2.0'\n"


def test_a_bot_that_requires_nothing_has_nothing_installed(sam: Sam) -> None:
    _required(sam).unlink()
    (sam.bot / "bot.py").write_text(BOT.replace("import greetings\n", ""))
    assert not (processor.build(sam) / "greetings.py").exists()
    assert not (sam.folder / "requirements").exists()


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# see https://example.com",
        "humanize==4.9.0",
        "  humanize[extra] >= 4, < 5 ; python_version < '3.14'  # see ./here",
        "humanize==4.9.0 \\\n    --hash=sha256:0a1b \\\n    --hash=sha256:2c3d",
    ],
)
def test_lines_that_name_packages_say_all(line: str) -> None:
    assert requirements.says_all(f"one==1\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        *("-r more.txt", "--requirement more.txt", "-c limits.txt", "-e .", "--find-links wheels"),
        *("./mine", "mine/", "/mine", "file:mine", "mine @ file:///mine", "mine@./mine", "mine-1.0.tar.gz"),
        *("mine.whl", "one==1 \\\n -r more.txt"),
    ],
)
def test_lines_that_lead_elsewhere_do_not_say_all(line: str) -> None:
    assert not requirements.says_all(f"one==1\n{line}\n")
