"""A clinic: appointments, reminders, two languages. What it says is in words.py."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rejoinder import Bot, Chat, NoAnswer, Template

from . import diary
from .words import LANGUAGES, WORDS, every

HERE = ZoneInfo("Europe/Berlin")
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
DOCTORS = ["Dr. Okafor", "Dr. Lindner", "Dr. Silva"]

bot = Bot()


@bot.start
@bot.on(*every("language"), interrupts=True)
def choose_language(chat: Chat) -> None:
    """Asked first, and whenever somebody wants another one. What rejoinder says by itself follows."""
    chat.language = chat.ask("Which language do you prefer? / Welche Sprache möchten Sie?", LANGUAGES)
    chat.go(menu)


@bot.otherwise
@bot.on("hi", "hello", "hallo", "menu")
def menu(chat: Chat) -> None:
    words = WORDS[chat.language]
    handlers = {words["book"]: book, words["mine"]: mine, words["language"]: choose_language}
    chat.say(words["menu"], buttons=handlers)


@bot.on(*every("book"))
def book(chat: Chat) -> None:
    """Doctor, day, time; then the diary and the reminder. Whoever falls silent for an hour is let go.

    With `moves` it replaces the appointment that they have, which stands until then.
    """
    words, former = WORDS[chat.language], coming(chat)
    if former and not chat.given.get("moves"):
        chat.go(mine)
    doctor = chat.ask(words["which doctor"], DOCTORS, timeout=HOUR)
    day = chat.ask(words["which day"], date, timeout=HOUR)
    while day <= chat.now.astimezone(HERE).date() or day.isoweekday() > 5:
        day = chat.ask(words["another day"], date, timeout=HOUR)

    times = chat.step(diary.free_times, doctor, str(day))
    if not times:
        chat.say(words["full"])
        chat.go(book, **chat.given)
    at = chat.ask(words["which time"], times, timeout=HOUR)
    when = datetime.combine(day, time.fromisoformat(at), HERE)
    appointment = {"doctor": doctor, "when": when.isoformat()}
    if not chat.ask(told(chat, "right", appointment), {words["yes"]: True, words["no"]: False}, timeout=HOUR):
        chat.go(menu)

    number = chat.step(diary.reserve, doctor, str(day), at)
    if number is None:  # while we were talking
        chat.say(words["taken"])
        chat.go(book, **chat.given)
    if former:
        chat.step(diary.release, former["number"])
    chat.data["appointment"] = appointment | {"number": number}
    chat.say(told(chat, "booked", appointment))
    day_before = datetime.combine(day - timedelta(days=1), time(9), HERE)
    if chat.now < day_before < chat.now + YEAR:  # further than that, nothing can be put off
        chat.later(day_before, remind, number=number)
        chat.say(words["reminding"])


@bot.on()
def remind(chat: Chat) -> None:
    """The day before. Who has not written since gets the template; its buttons read the same."""
    appointment = coming(chat)
    if appointment is None or appointment["number"] != chat.given["number"]:
        return  # it was cancelled or moved: what is put off comes nevertheless
    words = WORDS[chat.language]
    when = datetime.fromisoformat(appointment["when"])
    filled = (chat.contact.name or "there", f"{when:%d.%m.%Y, %H:%M}")
    template = Template(name="appointment_reminder", language=chat.language, parameters=filled)
    buttons = {words["confirm"]: confirm, words["change"]: change}
    chat.say(told(chat, "reminder", appointment), buttons=buttons, outside_window=template)


@bot.on(*every("confirm"))
def confirm(chat: Chat) -> None:
    appointment = coming(chat)
    if appointment is None:
        chat.go(mine)
    chat.step(diary.confirm, appointment["number"])
    chat.say(told(chat, "confirmed", appointment))


@bot.on(*every("mine"))
def mine(chat: Chat) -> None:
    words, appointment = WORDS[chat.language], coming(chat)
    if appointment:
        chat.say(told(chat, "yours", appointment), buttons={words["change"]: change})
    else:
        chat.say(words["none"], buttons={words["book"]: book})


@bot.on(*every("change"))
def change(chat: Chat) -> None:
    words, appointment = WORDS[chat.language], coming(chat)
    if appointment is None:
        chat.go(mine)
    choices = {words["move"]: "move", words["cancel"]: "cancel", words["keep"]: "keep"}
    wish = chat.ask(told(chat, "how", appointment), choices, timeout=HOUR)
    if wish == "keep":
        chat.go(mine)
    if wish == "move":
        chat.go(book, moves=True)
    chat.step(diary.release, appointment["number"])
    del chat.data["appointment"]
    chat.say(words["cancelled"])


@bot.on(NoAnswer)
def give_up(chat: Chat) -> None:
    """After an hour of silence, or three answers that do not fit."""
    chat.say(WORDS[chat.language]["given up"])


def coming(chat: Chat) -> dict[str, str] | None:
    """The contact's appointment, unless it is over."""
    kept: dict[str, str] | None = chat.data.get("appointment")
    return kept if kept and chat.now < datetime.fromisoformat(kept["when"]) else None


def told(chat: Chat, key: str, appointment: dict[str, str]) -> str:
    when = datetime.fromisoformat(appointment["when"])
    return WORDS[chat.language][key].format(doctor=appointment["doctor"], when=when)
