"""What was said or asked is not looked up again when its handler runs again: the files may have changed."""

from pathlib import Path

import pytest

from rejoinder import Bot, Chat, Template, Text, templates
from tests.unit.template_files.files import CODE, PLAIN, written
from tests.unit.worlds import NOON, World, inbound


@pytest.mark.parametrize("what", ["code", "plain"])
def test_an_answer_reaches_its_handler_though_the_file_of_what_it_said_is_gone(
    what: str, tmp_path: Path
) -> None:
    bot = Bot()
    bot.folder = tmp_path
    written(tmp_path, plain=PLAIN.replace("marketing", "utility"), login=CODE)

    @bot.on("code")
    def code(chat: Chat) -> None:
        chat.say_code("123456")
        chat.say(f"You wrote {chat.ask('Which code did you get?', int)}.")

    @bot.on("plain")
    def plain(chat: Chat) -> None:
        chat.say(f"You wrote {chat.ask(templates.plain('Ada', 'Friday'), int, retry='A number')}.")

    world = World(bot)
    world.process(inbound(what))
    world.deliver()
    assert isinstance(world.network.sent.pop(0), Template)
    world.network.sent.clear()
    for file in (tmp_path / "templates").iterdir():
        file.unlink()
    for number, words in enumerate(("what?", "123456")):
        world.process(inbound(words, id=f"answer {number}", at=NOON + 1 + number))
    world.deliver()
    assert not world.parked.kept
    assert world.network.sent[-1] == Text(body="You wrote 123456.")
