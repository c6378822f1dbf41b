"""A test of the smallest bot, on a phone in memory."""

from rejoinder.testing import Phone


def test_the_talk_goes_on_after_a_stop_of_the_machine(phone: Phone) -> None:
    phone.says("good morning")
    phone.crashes("after commit")
    assert phone.says("Ada") == ["< Nice to meet you, Ada."]
