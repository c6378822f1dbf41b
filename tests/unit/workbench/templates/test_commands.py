"""`rejoinder templates` against the simulator: lint, diff, pull and status."""

import contextlib
import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from rejoinder.workbench.deployment.deployed import Where
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.client import GraphError
from rejoinder.workbench.templates import commands
from rejoinder.workbench.templates.answers import shown
from rejoinder.workbench.templates.meanings import meaning, refusal
from rejoinder.workbench.templates.schema import COMMENT
from tests.unit.workbench.templates.kit import BROKEN, EDGE, ORDER, PLAIN, Write, decide, pushed


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
        assert commands.diff(account, bot, ["nothing"]) == 1
    told = capsys.readouterr()
    assert told.err == "rejoinder: no template is called nothing\n"
    assert told.out == (
        "order en: only here; `rejoinder templates push order` brings it to Meta\n"
        "table de: only at Meta; `rejoinder templates pull table` writes its file\n"
        "table en: differs\n"
        "   category: utility\n"
        "  -body: Your table is ready.\n"
        "  +body: Your table is waiting.\n"
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
        f"{COMMENT}category: utility\nlanguages:\n"
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


def test_a_language_with_another_category_at_meta_is_told_when_it_is_pulled(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = write("table", PLAIN)
    assert pushed(bot) == 0
    decide(simulator, "table", "en", "approve")
    decide(simulator, "table", "en", "recategorise", category="MARKETING", now=True)
    file.unlink()
    capsys.readouterr()
    with commands.account(Where(), "") as account:
        assert commands.pull(account, bot, [], force=False) == 0
    assert "  en: marketing at Meta; a file has one category: utility\n" in capsys.readouterr().out


def test_a_page_that_does_not_answer_is_one_line(
    bot: Path, write: Write, stack: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("table", PLAIN)
    monkeypatch.setattr(commands, "local_stack", lambda: SimpleNamespace(graph_url="http://127.0.0.1:1"))
    with pytest.raises(StackError, match="does not answer"):
        commands.preview(bot, "table", "", page=True)


def test_a_file_that_cannot_be_called_so_says_how_to_call_it(
    bot: Path, write: Write, stack: dict[str, str]
) -> None:
    write("Bad-Name", PLAIN)
    with (
        commands.account(Where(), "") as account,
        pytest.raises(StackError, match=r"rename the file: a-z, 0-9 and _$"),
    ):
        commands.diff(account, bot, [])


def test_a_template_that_is_tried_for_the_usual_time_keeps_that() -> None:
    one = {"name": "a", "language": "en", "category": "UTILITY", "message_send_ttl_seconds": "-1"}
    assert shown(one).ttl_seconds == -1


def test_a_header_that_a_file_cannot_say_is_told() -> None:
    parts = [{"type": "HEADER", "format": "GIF"}, {"type": "BODY", "text": "Hi"}]
    one = shown({"name": "a", "language": "en", "category": "MARKETING", "components": parts})
    assert (one.wording.header, one.unsaid) == (None, ("a header GIF",))
