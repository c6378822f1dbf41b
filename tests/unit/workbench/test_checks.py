"""What is known of a bot before anybody talks to it."""

from pathlib import Path

import pytest

from rejoinder.bot.loading import load_bot
from rejoinder.workbench.checks.bots import findings

ROOT = Path(__file__).parents[3]

BEGIN = """from rejoinder import Bot, Button, Buttons, Chat, Form, Image, List, Row, Section, Template
from .words import *

bot = Bot()


def forgotten(chat: Chat) -> None:
    pass


@bot.on("yes")
def accept(chat: Chat) -> None:
    pass


"""
WORDS = """
from typing import TypedDict

LONG = "Yes, I would like that very much"
NAMES = ["Ada", "Bob"]
TITLES = {"short": "Yes"}
MENU = {}
ANSWERS = {"Yes": True, "No": False}
Visit = TypedDict("Visit", {"name": str})
"""


def found(folder: Path, line: str, *, words: str = WORDS, more: str = "") -> list[str]:
    """Return what is found in a bot that has `line` in a handler."""
    (folder / "words.py").write_text(words)
    handler = f'@bot.on("hi")\ndef hi(chat: Chat) -> None:\n    {line}\n'
    (folder / "bot.py").write_text(f"{BEGIN}{handler}{more}")
    return [f"{finding.line}: {finding.text}" for finding in findings(folder, load_bot(folder))]


LINE = BEGIN.count("\n") + 3


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('chat.say("?", buttons={"A title of 21 letters": accept})', "a button's title is 21 characters"),
        ('chat.say("?", buttons={LONG: accept})', "a button's title is 32 characters long"),
        ('chat.say(words(), buttons={LONG: accept, **MENU}); chat.say("")', "a text is empty"),
        ('chat.say("?", buttons={"Yes": forgotten})', "forgotten is no handler of this bot: register"),
        ('chat.say("?", buttons=["yes", "no"])', "no handler takes 'no': lead it to one, {'no': handler}"),
        ('chat.say("?", rows=NAMES)', "no handler takes 'Ada'"),
        ('chat.say("?", rows=[words(i) for i in NAMES], menu=LONG); chat.say(LONG * 0 or "")', ""),
        ('chat.say("?", rows={str(1): accept, "x" * 2: accept}, menu=LONG)', "the label that opens a list"),
        ('chat.say("?", buttons=["yes"] , rows=["yes"])', "a message has buttons or rows, not both"),
        ('chat.say("?", buttons={"yes": True})', "buttons lead from titles to handlers, and 'yes' leads"),
        ('chat.say("?", buttons=[("go:hi", "yes")])', "the id 'go:hi' begins as rejoinder's own ids do"),
        ("chat.say(5)", "say() takes words or a content such as a Template, not 5"),
        ('chat.ask("?", ["a", "b", "a"])', "the choices 'a' and 'a' read alike"),
        ('chat.ask("?", Visit)', "a dictionary answers a form"),
        ('chat.ask("?", [1, 2])', "a choice is a title, not 1"),
        ('chat.ask("?", "yes")', "ask() takes a type, a converter or a list of choices, not 'yes'"),
        ('chat.ask("?", Template)', "ask() waits for what a contact sends, and Template is what a bot says"),
        ('x = Template("a", parameters=("x",))', ""),
        ('x = Template("a", parameters=("a\\nb",))', "a template's parameter has"),
        ('chat.ask("")', "a text is empty"),
        ('chat.say(Buttons(body="", buttons=(Button(id="a", title="b"),)))', "the text over buttons"),
        ('x = Template(name="A b", language="en")', "a template's name is made of a-z, 0-9 and _, not 'A b'"),
        ('x = Template(name="a", language="eng lish")', "a template's language is written as en or en_US"),
        ('x = Template(name="a", language="en", header="a\\nb", buttons=words())', "a template's header has"),
        ('x = Template(name="a", language="en", parameters=5)', "parameters are a tuple"),
        ('x = Template(name="a", language="en", parameters=("a\\nb",))', "a template's parameter has"),
        (
            'chat.say(List(body="?", button="Go", sections=[Section(rows=[Row(id="1", title=LONG)])]))',
            "a row's title is 32 characters long",
        ),
    ],
)  # fmt: skip
def test_what_the_network_or_rejoinder_would_refuse_is_found_with_its_line(
    tmp_path: Path, line: str, wrong: str
) -> None:
    one = found(tmp_path, line)
    assert [text[: len(f"{LINE}: {wrong}")] for text in one] == ([f"{LINE}: {wrong}"] if wrong else [])


@pytest.mark.parametrize(
    "line",
    [
        'chat.say(f"Hello {chat.contact.name}!", buttons={"Yes": accept, TITLES["short"]: accept})',
        'chat.say(words(), buttons={"Yes": accept} | MENU, rows=None)',
        'chat.say("?", buttons=MENU)',
        'chat.say("?", buttons={title: accept for title in [LONG]})',
        'chat.say("?", buttons=[("yes", "Yes"), (words(1), "No")])',
        'chat.say("?", buttons=[*NAMES])',
        'chat.say("?", buttons={"Maybe": chat.data["handler"]})',
        "chat.say(*MENU, **MENU)",
        'chat.ask("?", ANSWERS)',
        'chat.ask("?", {TITLES["short"]: 1, words(2): 2})',
        'chat.ask("?", [LONG, "b", "c", "d"])',
        'chat.ask("?", Image | None, timeout=None)',
        'chat.ask("?", (Image, Image))',
        'chat.ask("?", int)',
        'chat.ask(Form(body="?", button="Go", id="1"), Visit)',
        'x = Template(name="a", language=chat.language, parameters=(chat.contact.name, str(1)))',
        'x = Template(name=words(), language="en", parameters=words())',
        'x = Template(name="b", language="en", header=Image(words()), buttons=words(), cards=(words(),))',
        'x = Template(name="b", language="en", order=words(), offer_ends_at=words(), link=words())',
        'x = Template(language="en")',
        "x = Buttons(body=words(), buttons=words())",
        'x = List(body="?", button=words(), sections=[Section(rows=[words()])])',
        'LONG = "short"; chat.say("?", buttons={LONG: accept})',
        'from .words import LONG; chat.say("?", buttons={LONG: accept})',
        'say = print; words.say("", buttons={})',
        '(lambda chat: chat.say("fine"))(chat)',
    ],
)  # fmt: skip
def test_what_only_a_talk_can_tell_is_left_to_the_tests(tmp_path: Path, line: str) -> None:
    assert found(tmp_path, line) == []


def test_every_way_to_write_a_handler_is_looked_into(tmp_path: Path) -> None:
    more = """
bot.on("one")(lambda chat: chat.say(""))

def make():
    def inner(anything: "Chat[Image]") -> None:
        anything.say("")
    return inner

class Shop:
    def menu(self, chat):
        chat.say("")

def helper(other, chat: int) -> None:
    other.say("")
    chat.say("")
"""
    assert [text.partition(": ")[2] for text in found(tmp_path, "pass", more=more)] == ["a text is empty"] * 3


def test_a_template_with_other_parameters_than_elsewhere_is_found(tmp_path: Path) -> None:
    def used(*parameters: str) -> str:
        return "\n".join(f'Template(name="order", language="en", parameters={one})' for one in parameters)

    assert found(tmp_path, "pass", more=used('("a", "b")', "[str(1), 'x']")) == []
    assert found(tmp_path, "pass", more=used('{"a": "1", "b": "2"}', '{"b": "3", "a": "4"}')) == []
    (one,) = found(tmp_path, "pass", more=used('("a", "b")', '("a",)'))
    place = f"{tmp_path}/bot.py:{LINE + 1}"
    assert one == (
        f"{LINE + 2}: the template order has 1 parameter here and 2 parameters at {place}: "
        "it was approved with one set"
    )
    (one,) = found(tmp_path, "pass", more=used('{"day": "1", "name": "2"}', "()"))
    assert "order has 0 parameters here and the parameters day, name at" in one


def test_all_files_of_the_bot_are_looked_into_but_no_others(tmp_path: Path) -> None:
    said = 'def say(chat):\n    chat.say("")\n'
    for place in ("tests", ".venv/lib", "venv/lib/site-packages", "more"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "file.py").write_text(said)
    (tmp_path / "unused.py").write_text("this is no Python")
    assert found(tmp_path, "pass", words=said) == [
        "2: a text is empty",
        "1: invalid syntax",
        "2: a text is empty",
    ]


def test_a_written_talk_that_cannot_be_read_is_found(tmp_path: Path) -> None:
    (tmp_path / "tests" / "deep").mkdir(parents=True)
    (tmp_path / "demo.chat").write_text("> hi\nHello\n")
    (tmp_path / "tests" / "deep" / "one.chat").write_text("hi\n")
    (tmp_path / "tests" / "two.chat").write_text("> hi\n< Hello\n")
    found(tmp_path, "pass")
    assert list(map(str, findings(tmp_path, load_bot(tmp_path)))) == [
        f"{tmp_path}/demo.chat: line 2 is neither a message nor a comment: 'Hello'",
        f"{tmp_path}/tests/deep/one.chat: line 1 is neither a message nor a comment: 'hi'",
    ]


@pytest.mark.parametrize(
    "bot", sorted((ROOT / "examples").glob("*/bot.py")), ids=lambda path: path.parent.name
)
def test_nothing_is_found_in_the_examples(bot: Path) -> None:
    assert findings(bot.parent, load_bot(bot.parent)) == []
