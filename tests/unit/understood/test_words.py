"""What looks alike is the same words, and what is something else is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder import Bot, BotError, Chat
from rejoinder.bot.courtesy import says
from rejoinder.bot.words import fold
from rejoinder.channels import channel_named
from rejoinder.model.letters import clean, phone_digits
from rejoinder.testing import Phone


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hi", "hi\u200b"),
        ("hi", "\u200fhi"),
        ("hi", "\u2068hi\u2069"),
        ("hi", "\ufeffhi"),
        ("coop", "co\u00adop"),
        ("한국", "한국\u3164"),
        ("hi", "¡Hi!"),
        ("hi", "ｈｉ"),
        ("hi", "𝐇𝐈"),
        ("hi", "*hi*"),
        ("ok", "ok :)"),
        ("hello", "hello 👋🏽👋"),
        ("hello", "“Hello”…"),
        ("1", "١"),
        ("1", "१"),
        ("1", "1️⃣"),
        ("1", "\u200e1."),
        ("15", "１５"),
        ("no 5", "№ 5"),
        ("no 5", "№5"),
        ("❤️", "❤"),
        ("👍", "👍🏿"),
        ("don't", "don’t"),
        ("don't", "don´t"),
        ("top-up", "top–up"),
        ("straße", "STRASSE"),
        ("groß", "GROẞ"),
        ("hayır", "HAYIR"),
        ("ışık", "IŞIK"),
        ("istanbul", "İSTANBUL"),
        ("đồng ý", "dong y"),
        ("południe", "POLUDNIE"),
        ("smørrebrød", "smorrebrod"),
        ("œuvre", "OEUVRE"),
        ("ærø", "aero"),
        ("þór", "thor"),
        ("Ελλάς", "ΕΛΛΑΣ"),
        ("ёлка", "ЕЛКА"),
        ("أحمد", "احمد"),
        ("مَرْحَبًا", "مرحبا"),
        ("مرحبـــا", "مرحبا"),
        ("شָלוֹם", "شלום"),
        ("ガ", "ｶﾞ"),
        ("ﬁn", "fin"),
        ("a  b", "a\u00a0b"),
    ],
)
def test_what_a_reader_takes_for_the_same_is_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ピザ", "ビザ"),
        ("か", "が"),
        ("किताब", "कताब"),
        ("มา", "มี"),
        ("A+", "A-"),
        ("c", "c++"),
        ("🇩🇪", "🇫🇷"),
        (
            "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
        ),
        ("⭐", "⭐⭐"),
        ("2²", "22"),
        ("½", "1/2"),
        ("5", ".5"),
        ("5", "-5"),
        ("50", "50%"),
        ("20°", "20"),
        ("?", "!"),
    ],
)
def test_what_is_something_else_stays_so(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    "nothing", ["", " ", "\u200b", "\ufe0f", "\u3164 ", "\u2068\u2069", "\u2800", "\x00", "\U000e0041"]
)
def test_what_nobody_sees_is_no_word(nothing: str) -> None:
    assert (clean(nothing), fold(nothing)) == ("", "")


@pytest.mark.parametrize("seen", ["!", "...", "👍", "?!", "🇩🇪", "❤️", "-", "\ud83d"])
def test_what_can_be_seen_is_never_nothing(seen: str) -> None:
    assert clean(seen)
    assert fold(seen)


@given(st.text())
def test_visible_words_stay_and_others_are_nothing(words: str) -> None:
    assert bool(fold(words)) == bool(clean(words))
    assert clean(clean(words)) == clean(words)
    assert clean(words) in words


def test_the_inside_of_words_is_not_cleaned() -> None:
    assert clean("\u2067 Ada \u200b ") == "Ada"
    assert clean(" ❤️ ") == "❤️"
    assert clean("👨‍👩‍👧") == "👨‍👩‍👧"


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ("hi", "hi there"),
        ("hi", "Hi, how are you?"),
        ("hi", "hiii"),
        ("hi", "hi hi"),
        ("hello", "hello, good morning"),
        ("hallo", "Guten Morgen, hallo"),
        ("hola", "hola buenas"),
        ("hola", "¡¡Holaaa!!"),
        ("bonjour", "Bonjour à tous"),
        ("ciao", "ciao, buona sera"),
        ("oi", "oi, tudo bem?"),
        ("menu", "menu, please"),
        ("menu", "Please… menu 🙏"),
        ("menü", "hallo, Menü bitte"),
        ("good morning", "good morning everyone"),
        ("sign up", "sign-up please"),
        ("👍", "👍!"),
        ("cancel", "cancel please!"),
        ("abbrechen", "bitte abbrechen."),
    ],
)
def test_words_are_said_alone_or_among_courtesy(trigger: str, said: str) -> None:
    assert says(said, trigger)


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        ("hi", "history"),
        ("hi", "hi Anna"),
        ("hi", "high"),
        ("book", "I lost my book"),
        ("book", "the book please"),
        ("day", "good day"),
        ("dia", "bom dia"),
        ("tarde", "boa tarde"),
        ("morning", "good morning"),
        ("morgen", "guten Morgen"),
        ("thanks", "no thanks"),
        ("cancel", "don't cancel"),
        ("hi there", "hi"),
        ("menu", "men"),
        ("xl", "xxxl"),
        ("hi", ""),
        ("hi", "👋"),
    ],
)
def test_words_inside_of_something_else_are_not_said(trigger: str, said: str) -> None:
    assert not says(said, trigger)


def test_a_handler_takes_its_words_with_courtesy_and_no_others() -> None:
    bot = Bot()

    @bot.on("hi")
    def hi(chat: Chat) -> None:
        chat.say("hello")

    phone = Phone(bot)
    assert phone.says("\u2068Hi\u2069 there 👋") == ["< hello"]
    assert phone.says("history") == []


def test_a_trigger_that_nobody_can_type_is_refused() -> None:
    with pytest.raises(BotError, match="no word to compare"):
        Bot().on("\u200b")


@pytest.mark.parametrize(
    "copied",
    [
        "\u202a+1 555 000\u20111111\u202c",
        "+1\u00a0555\u00a0000-1111",
        "\u200e+15550001111",
        "+1/555/0001111",
        "＋１５５５０００１１１１",
        "+1 (555) 000–1111",
        "\u2066+1.555.000.1111\u2069",
        "١٥٥٥٠٠٠١١١١",
    ],
)
def test_a_number_is_known_as_it_was_copied(copied: str) -> None:
    assert phone_digits(copied) == "15550001111"
    contact = channel_named("whatsapp").contact_of(copied)
    assert contact is not None
    assert contact.phone == "15550001111"


def test_a_user_id_keeps_its_letters_and_loses_what_nobody_sees() -> None:
    contact = channel_named("whatsapp").contact_of("\u202aUS.13491\u202c")
    assert contact is not None
    assert (contact.id, contact.phone) == ("US.13491", None)
    assert channel_named("whatsapp").contact_of("\u200b") is None
