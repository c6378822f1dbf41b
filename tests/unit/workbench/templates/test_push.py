"""`rejoinder templates push` against the simulator: what it creates, changes, deletes, leaves and says."""

from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import httpx
import pytest

from rejoinder.workbench import development
from rejoinder.workbench.cli import demo
from rejoinder.workbench.deployment.deployed import Where, local_stack
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.templates import commands
from rejoinder.workbench.templates.push import _created
from rejoinder.workbench.templates.pushing import Pushing, pauses
from tests.unit.workbench.templates.kit import BROKEN, ORDER, PLAIN, Write, at_meta, decide, pushed


def test_a_push_creates_each_language(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("table", PLAIN)
    assert pushed(bot) == 0
    assert at_meta(simulator).keys() == {"table de", "table en"}
    assert capsys.readouterr().out == (
        f"in the business account {development.WABA_ID}:\n"
        "create table de\ncreate table en\ntable de: created\ntable en: created\n"
    )
    decide(simulator, "table", "en", "approve")
    decide(simulator, "table", "de", "approve")
    assert pushed(bot) == 0
    assert capsys.readouterr().out == "nothing to do: Meta has what the files say\n"


def test_a_push_checks_what_it_pushes_and_nothing_else(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("hello", BROKEN)
    write("table", PLAIN)
    (bot / "bot.py").write_text("from rejoinder import Bot, templates\n\nbot = Bot()\ntemplates.none()\n")
    assert pushed(bot) == 1
    told = capsys.readouterr().out
    assert "bot/templates/hello.yaml:4: " in told
    assert "bot.py" not in told
    assert at_meta(simulator) == {}
    assert pushed(bot, "table") == 0
    assert at_meta(simulator).keys() == {"table de", "table en"}
    (bot / "templates" / "hello.yaml").unlink()
    assert pushed(bot) == 0, "what is wrong in the bot's code hinders no push"


def test_a_demo_pushes_first_what_its_simulator_does_not_have(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("table", PLAIN)
    simulator.post("/sim/review", json={"by_hand": False}).raise_for_status()
    demo.push(replace(local_stack(), bot=str(bot)))
    assert {one["status"] for one in at_meta(simulator).values()} == {"APPROVED"}
    capsys.readouterr()
    demo.push(replace(local_stack(), bot=str(bot)))
    assert capsys.readouterr().out == ""


def test_only_a_yes_pushes(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("table", PLAIN)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with commands.account(Where(), "") as account:
        assert Pushing(account=account, bot=bot).run(yes=False, wait=False) == 1
    assert at_meta(simulator) == {}
    assert capsys.readouterr().out.endswith("nothing was done\n")


def test_what_is_in_review_waits_and_what_is_approved_is_changed(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("order", ORDER)
    assert pushed(bot) == 0
    write("order", ORDER.replace("your parcel", "the parcel"))
    capsys.readouterr()
    assert pushed(bot) == 1
    assert "leave order en: it is in review: push again when that is over" in capsys.readouterr().out
    decide(simulator, "order", "en", "approve")
    assert pushed(bot) == 0
    out = capsys.readouterr().out
    assert "change order en" in out
    assert "  -body: Hello {{name}}, your parcel {{tracking}} is on its way. Thank you!" in out
    assert "  +body: Hello {{name}}, the parcel {{tracking}} is on its way. Thank you!" in out
    body = at_meta(simulator)["order en"]["components"][1]  # type: ignore[index]
    assert body["text"].startswith("Hello {{name}}, the parcel")


def test_the_review_is_followed_to_its_end(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("table", PLAIN)
    left = iter(("en", "de"))

    def pause() -> None:
        decide(simulator, "table", next(left), "approve")

    assert pushed(bot, wait=True, pause=pause) == 0
    out = capsys.readouterr().out
    assert "in review at Meta; Ctrl-C stops the waiting, and not the review" in out
    assert out.endswith("table en: approved, utility\ntable de: approved, utility\n")


def test_a_category_that_meta_chooses_is_told(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("order", ORDER)

    def pause() -> None:
        decide(simulator, "order", "en", "approve")
        decide(simulator, "order", "en", "recategorise", category="MARKETING", now=True)

    assert pushed(bot, wait=True, pause=pause) == 0
    assert capsys.readouterr().out.endswith(
        "order en: approved, marketing: Meta made it marketing, and it costs as such: its file says utility: "
        "set `category: marketing`, or make its words utility\n"
    )
    assert _created("utility", "marketing").startswith("created, but Meta made it marketing, and it costs")


def test_a_rejection_is_told_with_its_cure(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("order", ORDER)
    assert (
        pushed(bot, wait=True, pause=lambda: decide(simulator, "order", "en", "reject", reason="PROMOTIONAL"))
        == 1
    )
    assert (
        "bot/templates/order.yaml (en): rejected: PROMOTIONAL: it advertises: set `category: marketing`"
        in capsys.readouterr().out
    )
    assert pushed(bot) == 0  # nothing differs
    assert pushed(bot, "order") == 0
    assert "change order en: it is rejected" in capsys.readouterr().out
    assert at_meta(simulator)["order en"]["status"] == "PENDING"


def test_a_template_that_somebody_deletes_meanwhile_ends_the_waiting(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("order", ORDER)
    assert pushed(bot, wait=True, pause=lambda: decide(simulator, "order", "en", "delete")) == 1
    assert capsys.readouterr().out.endswith("order en: deleted, utility\n")


def test_a_review_that_takes_long_is_looked_at_seldom() -> None:
    slept: list[float] = []
    pause = pauses(slept.append)
    for _ in range(80):
        pause()
    assert slept[0] == 5
    assert len([at for at in accumulate(slept) if at <= 3600]) < 100, "Meta lets a new account ask 200 times"


def test_ctrl_c_lets_the_review_go_on(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("order", ORDER)

    def pause() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pushed(bot, wait=True, pause=pause)
    assert "the review goes on at Meta: `rejoinder templates status` shows it" in capsys.readouterr().out
    assert at_meta(simulator)["order en"]["status"] == "PENDING"


def test_an_example_is_uploaded_once_and_its_handle_is_in_the_header(
    bot: Path, write: Write, stack: dict[str, str], simulator: httpx.Client
) -> None:
    (bot / "files").mkdir()
    (bot / "files" / "a.jpg").write_bytes(b"\xff\xd8\xff" + bytes(100))
    picture = "category: marketing\nlanguages:\n"
    for language, body in (("en", "Spring is here."), ("de", "Der Frühling ist da.")):
        picture += f"  {language}:\n    header: {{image: files/a.jpg}}\n    body: {body}\n"
    write("spring", picture)
    assert pushed(bot) == 0
    found = at_meta(simulator)
    handles = {found[f"spring {one}"]["components"][0]["example"]["header_handle"][0] for one in ("en", "de")}  # type: ignore[index]
    assert len(handles) == 1
    assert handles.pop().startswith("4::aW1hZ2UvanBlZw==:")


def test_what_no_file_has_stays_unless_it_is_named(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("table", PLAIN)
    write("order", ORDER)
    assert pushed(bot) == 0
    write("table", PLAIN.partition("  de:")[0])
    (bot / "templates" / "order.yaml").unlink()
    assert pushed(bot) == 0
    assert len(at_meta(simulator)) == 3
    with pytest.raises(
        StackError, match="no file has the template order: write it, or delete it with --delete"
    ):
        pushed(bot, "order")
    capsys.readouterr()
    assert pushed(bot, "order", "table", delete=True) == 0
    assert at_meta(simulator).keys() == {"table en"}
    assert "delete table de: its name is locked for 30 days" in capsys.readouterr().out


def test_a_failing_step_names_its_file_and_stops_no_other(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(
        "broken",
        "category: utility\nlanguages:\n  en:\n    header: {image: files/none.jpg}\n    body: Hello there.\n",
    )
    write("table", PLAIN)
    with commands.account(Where(), "") as account:
        pushing = Pushing(account=account, bot=bot)
        files = commands.Files(bot)
        assert len(pushing._do(files, pushing._planned(files))) == 2
    assert at_meta(simulator).keys() == {"table de", "table en"}
    assert f"bot/templates/broken.yaml (en): there is no file {bot}/files/none.jpg" in capsys.readouterr().out


def test_a_second_change_in_a_day_is_told_with_the_time_when_it_may_be_made(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words in ("your parcel", "the parcel"):
        write("order", ORDER.replace("your parcel", words))
        assert pushed(bot) == 0
        decide(simulator, "order", "en", "approve")
    write("order", ORDER.replace("your parcel", "this parcel"))
    assert pushed(bot) == 1
    out = capsys.readouterr().out
    assert "bot/templates/order.yaml (en): Meta refused it: " in out
    assert "one change in 24 hours and ten in 30 days are allowed, so push again after 20" in out


def test_what_meta_refuses_is_told_with_its_cure(
    bot: Path, write: Write, stack: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    write("hello", BROKEN)
    with commands.account(Where(), "") as account:
        pushing = Pushing(account=account, bot=bot)
        files = commands.Files(bot)
        assert pushing._do(files, pushing._planned(files)) == []
    out = capsys.readouterr().out
    assert out.startswith("bot/templates/hello.yaml (en): Meta refused it: ")
    assert out.endswith("; put words before the first variable and after the last one\n")
    assert out.count("\n") == 1
