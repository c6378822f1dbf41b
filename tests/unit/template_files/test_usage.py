"""What the bot's source says of its templates is checked without running it."""

from pathlib import Path

from rejoinder.workbench.templates.lint import lint
from tests.unit.template_files.files import written
from tests.unit.template_files.test_lint import body

SOURCE = """
from rejoinder import Bot, Template, templates as ours

def handler(chat):
    chat.say(ours.ordr(name="Ada"))
    chat.say(ours.order(name="Ada"))
    chat.say(ours.order(name="Ada", tracking="x", number="1", age="3", language="en"))
    chat.say(ours.order(**filled))
    chat.say(ours.order(name="Ada", tracking="x", number="1"))
    chat.say(ours.plain("Ada"))
    chat.say(ours.plain(*names))
    chat.say(ours.plain("Ada", "Friday"))
    chat.say(Template("ordre", language="en"))
    chat.say(Template(name="order", language="en"))
    chat.say(Template(name=chosen))
    other.templates.nothing()
"""


def test_what_the_bot_says_is_checked_without_running_it(tmp_path: Path) -> None:
    order = body("Hello dear {{name}}, here comes your {{tracking}} soon", name="A", tracking="B")
    order += '      number: "1"\n    header: "Order {{number}}"\n'
    plain = body("Dear {{1}}, see you on {{2}} then.", n1="Ada", n2="Friday")
    written(tmp_path, order=order, plain=plain, broken="")
    (tmp_path / "bot.py").write_text(SOURCE)
    (tmp_path / "broken.py").write_text("def (")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_bot.py").write_text(SOURCE)
    call = "write templates.order(name=…, tracking=…, number=…)"
    assert [(one.file.name, one.line, one.what, one.cure) for one in lint(tmp_path)] == [
        ("bot.py", 5, "no template is called 'ordr'", "did you mean order?"),
        ("bot.py", 6, "order needs tracking and number, too", call),
        ("bot.py", 7, "order has no variable 'age'", call),
        ("bot.py", 10, "plain has 2 numbered variables, not 1", "write templates.plain(…, …)"),
        ("bot.py", 13, "no template is called 'ordre'", "did you mean order?"),
        ("broken.yaml", 1, "the file is empty", "write category: and languages:"),
    ]


def test_without_files_nothing_is_said_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "bot.py").write_text(SOURCE)
    assert lint(tmp_path) == []
