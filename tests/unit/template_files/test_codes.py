"""One-time codes go out in a template of their own, at most once."""

from pathlib import Path

import pytest

from rejoinder import (
    BotError,
    LinkEnd,
    Template,
)
from rejoinder.model.messages import Policy
from tests.unit.template_files.files import CODE, written
from tests.unit.template_files.saying import bot, outbound

pytestmark = pytest.mark.usefixtures("folder")


def test_a_code_goes_into_the_words_and_the_button_at_most_once() -> None:
    message = outbound(lambda chat: chat.say_code("123456"))
    assert message.policy is Policy.AT_MOST_ONCE
    assert message.content == Template(
        "login",
        language="en",
        parameters=("123456",),
        buttons=(LinkEnd("123456"),),
        category="authentication",
    )


@pytest.mark.parametrize("code", ["", "12 34", "1" * 16, 123456])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(BotError, match="a code is a text of 1 to 15 characters without spaces"):
        outbound(lambda chat: chat.say_code(code))


def test_one_of_several_templates_for_codes_is_named(folder: Path) -> None:
    written(folder, signup=CODE)
    with pytest.raises(BotError, match="name one by template=…; the bot has login, signup"):
        outbound(lambda chat: chat.say_code("123"))
    with pytest.raises(BotError, match="no template 'plain' of the category authentication"):
        outbound(lambda chat: chat.say_code("123", template="plain"))
    content = outbound(lambda chat: chat.say_code("123", template="signup")).content
    assert isinstance(content, Template)
    assert content.name == "signup"


def test_a_bot_without_a_template_for_codes_is_told_to_write_one(tmp_path: Path) -> None:
    bot.folder = tmp_path / "other"
    with pytest.raises(BotError, match=r"write templates/login_code\.yaml"):
        outbound(lambda chat: chat.say_code("123"))
