"""A clinic: appointments, reminders, two languages. Its texts are in words.py."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rejoinder import Bot, Chat, NoAnswer, templates

from . import diary
from .words import LANGUAGES, WORDS, every

HERE = ZoneInfo("Europe/Berlin")
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
DOCTORS = ["Dr. Okafor", "Dr. Lindner", "Dr. Silva"]

bot = Bot()


@bot.start(always=True)
@bot.on(*every("language"), interrupts=True)
def choose_language(chat: Chat) -> None:
    """Ask for the language, at first and on request. The texts of rejoinder itself follow it."""
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
    """Ask for doctor, day and time, then reserve it and plan the reminder. An hour of silence ends the talk.

    With `moves` the new appointment replaces the old one, which is kept until then.
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
    if not chat.ask(text(chat, "right", appointment), {words["yes"]: True, words["no"]: False}, timeout=HOUR):
        chat.go(menu)

    number = chat.step(diary.reserve, doctor, str(day), at)
    if number is None:  # somebody else has reserved it during this talk
        chat.say(words["taken"])
        chat.go(book, **chat.given)
    if former:
        chat.step(diary.release, former["number"])
    chat.data["appointment"] = appointment | {"number": number}
    chat.say(text(chat, "booked", appointment))
    day_before = datetime.combine(day - timedelta(days=1), time(9), HERE)
    if chat.now < day_before < chat.now + YEAR:  # `later` plans for a year at most
        chat.later(day_before, remind, number=number)
        chat.say(words["reminding"])


@bot.on()
def remind(chat: Chat) -> None:
    """Remind the contact the day before. The template has the buttons of the message, in each language."""
    appointment = coming(chat)
    if appointment is None or appointment["number"] != chat.given["number"]:
        return  # the appointment was cancelled or moved, and its reminder comes all the same
    words = WORDS[chat.language]
    when = datetime.fromisoformat(appointment["when"])
    buttons = {words["confirm"]: confirm, words["change"]: change}
    template = templates.appointment_reminder(chat.contact.name, f"{when:%d.%m.%Y, %H:%M}", buttons=buttons)
    chat.say(text(chat, "reminder", appointment), buttons=buttons, outside_window=template)


@bot.on(*every("confirm"))
def confirm(chat: Chat) -> None:
    appointment = coming(chat)
    if appointment is None:
        chat.go(mine)
    chat.step(diary.confirm, appointment["number"])
    chat.say(text(chat, "confirmed", appointment))


@bot.on(*every("mine"))
def mine(chat: Chat) -> None:
    words, appointment = WORDS[chat.language], coming(chat)
    if appointment:
        chat.say(text(chat, "yours", appointment), buttons={words["change"]: change})
    else:
        chat.say(words["none"], buttons={words["book"]: book})


@bot.on(*every("change"))
def change(chat: Chat) -> None:
    words, appointment = WORDS[chat.language], coming(chat)
    if appointment is None:
        chat.go(mine)
    choices = {words["move"]: "move", words["cancel"]: "cancel", words["keep"]: "keep"}
    wish = chat.ask(text(chat, "how", appointment), choices, timeout=HOUR)
    if wish == "keep":
        chat.go(mine)
    if wish == "move":
        chat.go(book, moves=True)
    chat.step(diary.release, appointment["number"])
    del chat.data["appointment"]
    chat.say(words["cancelled"])


@bot.on(NoAnswer)
def give_up(chat: Chat) -> None:
    """Give up a talk after an hour of silence, or after three answers that do not fit."""
    chat.say(WORDS[chat.language]["given up"])


def coming(chat: Chat) -> dict[str, str] | None:
    """Return the contact's appointment; None when there is none or it is over."""
    kept: dict[str, str] | None = chat.data.get("appointment")
    return kept if kept and chat.now < datetime.fromisoformat(kept["when"]) else None


def text(chat: Chat, key: str, appointment: dict[str, str]) -> str:
    """Return a text about an appointment in the contact's language."""
    when = datetime.fromisoformat(appointment["when"])
    return WORDS[chat.language][key].format(doctor=appointment["doctor"], when=when)
