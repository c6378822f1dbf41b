"""`rejoinder templates preview` shows a template as a phone does, in the terminal and on the page."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from rejoinder.workbench.errors import StackError
from rejoinder.workbench.site.drawing import picture
from rejoinder.workbench.templates import commands
from rejoinder.workbench.templates.bubbles import styled

Write = Callable[[str, str], Path]

DEAL = """\
category: marketing
languages:
  en:
    header: {text: "{{1}} is here", example: Spring}
    body: |
      Hello *{{1}}*, use _{{2}}_ today.
    footer: Lucky Shrub
    offer: {text: Ends soon}
    buttons:
      - {type: copy_code, example: 25OFF}
      - {type: url, text: Open, url: "https://a.example/{{1}}", example: "https://a.example/1"}
    examples: {"1": Ada, "2": 25OFF}
  de:
    header: {image: files/a.png}
    body: Der Frühling ist da.
    cards:
      - header: {image: files/a.png}
        body: "Rose {{1}}"
        examples: {"1": rot}
        buttons: [{type: quick_reply, text: Mehr}]
      - {header: {image: files/none.png}, body: Nelke, buttons: [{type: quick_reply, text: Mehr}]}
"""

CODE = """\
category: authentication
languages:
  en:
    security_note: true
    code_minutes: 10
    buttons: [{type: otp, otp: copy_code}]
"""

SHOWN = """\
╭─ deal en · marketing ──────────────────────╮
│ Spring is here                             │
│ ⏳ Ends soon                               │
│ Hello Ada, use 25OFF today.                │
│ Lucky Shrub                                │
│ ▣ Copy offer code                          │
│ ↗ Open                                     │
╰────────────────────────────────────────────╯
"""


def test_a_template_is_shown_in_the_terminal(
    bot: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("deal", DEAL)
    assert commands.preview(bot, "deal", "en", page=False) == 0
    shown = capsys.readouterr().out
    assert [line.split() for line in shown.splitlines()] == [line.split() for line in SHOWN.splitlines()]


def test_every_language_and_every_card_is_shown(
    bot: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("deal", DEAL)
    assert commands.preview(bot, "deal", "", page=False) == 0
    out = capsys.readouterr().out
    for words in (
        "deal en · marketing",
        "deal de · marketing",
        "[picture files/a.png]",
        "card 2",
        "Rose rot",
    ):
        assert words in out


def test_a_template_for_codes_is_shown_with_the_words_of_the_network(
    bot: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("code", CODE)
    commands.preview(bot, "code", "en", page=False)
    out = " ".join(capsys.readouterr().out.replace("│", "").split())
    assert "123456 is your verification code. For your security, do not share this code." in out
    assert "This code expires in 10 minutes. ▣ Copy code" in out


def test_what_is_not_there_is_one_line(bot: Path, write: Write) -> None:
    write("deal", DEAL)
    with pytest.raises(StackError, match="deal has no fr: it has en, de"):
        commands.preview(bot, "deal", "fr", page=False)
    with pytest.raises(StackError, match="there is no template 'daal': did you mean deal"):
        commands.preview(bot, "daal", "", page=False)


def test_marks_become_styles() -> None:
    text = styled("a *b* _c_ ~d~ 2*3*4")
    assert text.plain == "a b c d 2*3*4"
    assert [span.style for span in text.spans] == ["bold", "italic", "strike"]


def test_the_page_gets_the_template_with_its_pictures(
    bot: Path,
    write: Write,
    stack: dict[str, str],
    simulator: httpx.Client,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (bot / "files").mkdir()
    (bot / "files" / "a.png").write_bytes(picture())
    write("deal", DEAL)
    assert commands.preview(bot, "deal", "de", page=True) == 0
    address = capsys.readouterr().out.strip()
    assert address == f"{str(simulator.base_url).rstrip('/')}/sim/preview"
    page = simulator.get(address)
    assert page.headers["content-type"].startswith("text/html")
    (kept,) = simulator.get("/sim/preview/bubbles").json()
    assert (kept["title"], kept["body"], kept["file"]) == ("deal de", "Der Frühling ist da.", "picture")
    assert kept["picture"].startswith("data:image/png;base64,")
    assert [card["picture"][:10] for card in kept["cards"]] == ["data:image", ""]
    assert kept["cards"][0]["buttons"] == [["↩", "Mehr"]]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{", "the body must be JSON"),
        ("{}", "the body must be a list of bubbles"),
        ('[{"body": 1}]', "a bubble is an object"),
        ('[{"buttons": {"a": 1}}]', "buttons and cards must be lists"),
        ('[{"buttons": [["a"]]}]', "a button is a sign and its words"),
    ],
)
def test_what_is_no_bubble_is_refused(simulator: httpx.Client, body: str, why: str) -> None:
    answer = simulator.post("/sim/preview", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert why in answer.json()["error"]
