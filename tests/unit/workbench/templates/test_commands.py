"""`rejoinder templates …` against the simulator: what is pushed is there, and what is there is told."""

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from rejoinder.workbench import development
from rejoinder.workbench.cli.deployed import Where
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import GraphError
from rejoinder.workbench.templates import commands
from rejoinder.workbench.templates.answers import shown
from rejoinder.workbench.templates.meanings import meaning, refusal
from rejoinder.workbench.templates.push import _created
from rejoinder.workbench.templates.pushing import Pushing

Write = Callable[[str, str], Path]
EDGE = f"/v26.0/{development.WABA_ID}/message_templates"

ORDER = """\
category: utility
languages:
  en:
    header:
      text: Order {{number}}
    body: Hello {{name}}, your parcel {{tracking}} is on its way. Thank you!
    footer: Reply STOP to get no more
    buttons:
      - type: quick_reply
        text: Track it
    examples:
      number: '42'
      name: Ada
      tracking: AB12
"""

BROKEN = """\
category: utility
languages:
  en:
    body: "{{1}} hello, this is not a good beginning."
    examples: {1: Ada}
"""

PLAIN = """\
category: utility
languages:
  en:
    body: Your table is ready.
  de:
    body: Ihr Tisch ist fertig.
"""


def pushed(bot: Path, *names: str, delete: bool = False, wait: bool = False, **more: object) -> int:
    """Push without a question, and return the exit code."""
    with commands.account(Where(), "") as account:
        pushing = Pushing(account=account, bot=bot, names=names, delete=delete, **more)  # type: ignore[arg-type]
        return pushing.run(yes=True, wait=wait)


def at_meta(simulator: httpx.Client) -> dict[str, dict[str, object]]:
    """Return what the simulator has, by name and language."""
    fields = "name,language,status,category,components,id"
    found = simulator.get(EDGE, params={"limit": 100, "fields": fields}).raise_for_status().json()["data"]
    return {f"{one['name']} {one['language']}": one for one in found}


def decide(simulator: httpx.Client, name: str, language: str, do: str, **details: object) -> None:
    """Let the people at Meta do something with a template."""
    its_id = at_meta(simulator)[f"{name} {language}"]["id"]
    simulator.post(f"/sim/templates/{its_id}", json={"do": do, **details}).raise_for_status()


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
        "create table de\ncreate table en\ntable de: created\ntable en: created\n"
    )
    decide(simulator, "table", "en", "approve")
    decide(simulator, "table", "de", "approve")
    assert pushed(bot) == 0
    assert capsys.readouterr().out == "nothing to do: Meta has what the files say\n"


def test_what_is_wrong_is_told_with_its_line_and_its_cure(
    bot: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("hello", BROKEN)
    write("table", PLAIN)
    assert commands.lint(bot, as_json=False) == 1
    first, last = capsys.readouterr().out.splitlines()
    assert re.match(r"bot/templates/hello\.yaml:4: .*2388299.*; .", first)
    assert last == "1 finding in 2 files"
    assert commands.lint(bot, as_json=True) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert told.keys() == {"file", "line", "what", "cure"}
    write("hello", PLAIN.replace("Your", "The").replace("Ihr", "Der"))
    assert commands.lint(bot, as_json=False) == 0


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
    assert "bot/templates/hello.yaml:4: " in capsys.readouterr().out
    assert at_meta(simulator) == {}
    assert pushed(bot, "table") == 0
    assert at_meta(simulator).keys() == {"table de", "table en"}


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


def test_a_field_that_meta_does_not_have_hinders_nothing(
    bot: Path, write: Write, stack: dict[str, str]
) -> None:
    write("table", PLAIN)
    assert pushed(bot) == 0
    with commands.account(Where(), "") as account:
        other = replace(account, fields="id,name,language,nothing")
        assert [(one.language, one.wording.body) for one in other.templates()] == [
            ("de", "Ihr Tisch ist fertig."),
            ("en", "Your table is ready."),
        ]


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


def test_a_category_that_meta_has_changed_is_a_difference(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write("order", ORDER)
    assert pushed(bot) == 0
    decide(simulator, "order", "en", "approve")
    decide(simulator, "order", "en", "recategorise", category="MARKETING", now=True)
    capsys.readouterr()
    with commands.account(Where(), "") as account:
        assert commands.diff(account, bot, []) == 1
    out = capsys.readouterr().out
    assert "  -category: marketing\n  +category: utility\n" in out
    assert pushed(bot) == 1
    assert "set `category: marketing`, or give the template another name" in capsys.readouterr().out


def test_diff_tells_what_is_only_here_only_there_and_different(
    bot: Path, write: Write, stack: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    write("table", PLAIN)
    assert pushed(bot) == 0
    write("order", ORDER)
    write("table", PLAIN.replace("ready", "waiting").partition("  de:")[0])
    capsys.readouterr()
    with commands.account(Where(), "") as account:
        assert commands.diff(account, bot, []) == 1
        assert commands.diff(account, bot, ["nothing"]) == 0
    assert capsys.readouterr().out == (
        "order en: only here\n"
        "table de: only at Meta\n"
        "table en: differs\n"
        "   category: utility\n"
        "  -body: Your table is ready.\n"
        "  +body: Your table is waiting.\n"
        "the files say what Meta has\n"
    )


def test_what_is_pulled_is_what_was_pushed(
    bot: Path, write: Write, stack: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    file = write("order", ORDER)
    write("table", PLAIN)
    assert pushed(bot) == 0
    (bot / "templates" / "table.yaml").unlink()
    own = ORDER.replace("Hello", "Dear")
    file.write_text(own)
    capsys.readouterr()
    with commands.account(Where(), "") as account:
        assert commands.pull(account, bot, [], force=False) == 1
        assert file.read_text() == own
        assert "order.yaml: differs, and stays; `rejoinder templates diff order`" in capsys.readouterr().out
        assert commands.pull(account, bot, [], force=True) == 0
        assert commands.diff(account, bot, []) == 0
        assert commands.pull(account, bot, ["nothing"], force=False) == 1
    assert "bot/templates/table.yaml: as Meta has it" in capsys.readouterr().out
    assert (bot / "templates" / "table.yaml").read_text() == (
        "# yaml-language-server: $schema=schema.json\n"
        "category: utility\nlanguages:\n"
        "  de:\n    body: Ihr Tisch ist fertig.\n"
        "  en:\n    body: Your table is ready.\n"
    )


def test_pull_says_what_a_file_cannot_have(
    bot: Path, stack: dict[str, str], simulator: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    (bot / "a.jpg").write_bytes(bytes(10))
    with commands.account(Where(), "") as account:
        handle = account.upload(bot / "a.jpg")
    parts = [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}},
        {"type": "BODY", "text": "Hello there."},
        {
            "type": "BUTTONS",
            "buttons": [
                {
                    "type": "URL",
                    "text": "Open",
                    "url": "https://a.example",
                    "app_deep_link": {"meta_app_id": 1},
                }
            ],
        },
    ]
    body = {"name": "deal", "language": "en", "category": "MARKETING", "components": parts}
    simulator.post(EDGE, json=body).raise_for_status()
    with commands.account(Where(), "") as account:
        assert commands.pull(account, bot, [], force=False) == 0
    out = capsys.readouterr().out
    assert "en: name a file as the example of its image" in out
    assert "en: Meta has app_deep_link of the button URL, and a file cannot say it: do not push it" in out


def test_the_status_says_what_it_means(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with commands.account(Where(), "") as account:
        assert commands.status(account, [], as_json=False) == 0
        assert capsys.readouterr().out.startswith("there is no template")
        write("table", PLAIN)
        pushed(bot)
        decide(simulator, "table", "en", "pause")
        capsys.readouterr()
        assert commands.status(account, [], as_json=False) == 0
        out = capsys.readouterr().out
        assert "in review, which takes up to 24 hours" in out
        assert "cannot be sent for some hours, because contacts disliked it" in out
        assert commands.status(account, ["other"], as_json=True) == 1
        capsys.readouterr()
        assert commands.status(account, ["table"], as_json=True) == 0
        told = json.loads(capsys.readouterr().out)
    assert [(one["language"], one["status"]) for one in told] == [("de", "pending"), ("en", "paused")]


@pytest.fixture
def other(stack: dict[str, str], secrets: Any) -> str:
    """Return the id of another account, which has a secret of its own."""
    name = "rejoinder-local/whatsapp/77"
    with contextlib.suppress(secrets.exceptions.ResourceExistsException):
        secrets.create_secret(Name=name, SecretString=json.dumps(stack | {"waba_id": "77"}))
    return "77"


def test_another_account_has_its_own_secret(bot: Path, other: str) -> None:
    with commands.account(Where(), other) as account:
        assert account.waba_id == "77"
    with (
        pytest.raises(StackError, match="there is no secret rejoinder-local/whatsapp/78"),
        commands.account(Where(), "78"),
    ):
        pass


def test_an_account_that_the_token_does_not_see_is_one_line(bot: Path, other: str) -> None:
    with (
        pytest.raises(StackError, match="check waba_id") as failure,
        commands.account(Where(), other) as account,
    ):
        account.templates()
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("subcode", "cure"),
    [
        (2388299, "put words before the first variable and after the last one"),
        (2388023, "take another name, or wait up to 30 days"),
        (2388019, "delete some with `push --delete NAME`"),
    ],
)
def test_a_code_of_meta_has_a_cure(subcode: int, cure: str) -> None:
    error = GraphError(400, {"code": 100, "error_subcode": subcode, "message": "Invalid parameter"})
    assert refusal(error).startswith("Meta refused it: Invalid parameter; ")
    assert refusal(error).endswith(cure)


def test_a_rejected_template_has_the_reason_in_its_meaning() -> None:
    one = shown({"name": "a", "language": "en", "status": "REJECTED", "rejected_reason": "PROMOTIONAL"})
    assert meaning(one).startswith("PROMOTIONAL: it advertises")
    red = shown({"name": "a", "language": "en", "status": "APPROVED", "quality_score": {"score": "RED"}})
    assert meaning(red) == "can be sent; contacts dislike it, and Meta may pause it soon"
