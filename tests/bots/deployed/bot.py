"""The bot of the deployed stack, of the handlers on moto, and of the terminal.

It has what these tests need: a greeting, two texts in one message, a list, kept data, a talk with a reminder,
a file that comes and goes, and a template for outside the window.
"""

from datetime import timedelta

from rejoinder import Bot, Chat, Document, NoAnswer, Template

bot = Bot()

REMIND_AFTER = {"Today": timedelta(hours=2), "Tomorrow": timedelta(days=1)}
PATIENCE = timedelta(hours=1)


@bot.start
@bot.on("hi", "hello", interrupts=True)
def welcome(chat: Chat) -> None:
    buttons = {"Book a table": book, "Opening hours": hours, "Pick a drink": drinks}
    chat.say(f"Hello {chat.contact.name}! What can I do for you?", buttons=buttons)


@bot.on("hours")
def hours(chat: Chat) -> None:
    """Answer also the reminder of the sample events."""
    chat.say("We are open Monday to Friday, 9 to 17.")
    chat.say("On Saturdays until noon.")


@bot.on("book")
def book(chat: Chat) -> None:
    day = chat.ask("Which day?", list(REMIND_AFTER), timeout=PATIENCE)
    people = chat.ask("For how many people?", int, retry="A number, please, such as 4.", timeout=PATIENCE)
    reference = chat.step(reserve, day, people)
    chat.later(REMIND_AFTER[day], remind, people=people)
    chat.say(f"Done: {day.lower()}, {people} people. Your reference is {reference}.")


def reserve(day: str, people: int) -> str:
    return f"{day[0]}{people}"


@bot.on()
def remind(chat: Chat) -> None:
    late = (chat.contact.name, f"{chat.now:%A}")
    chat.say(
        f"See you soon! Your table for {chat.given['people']} is waiting.",
        outside_window=Template(name="appointment_reminder", language="en", parameters=late),
    )


@bot.on(NoAnswer)
def give_up(chat: Chat) -> None:
    chat.say("I have not booked anything.", buttons={"Book a table": book})


@bot.on("drinks", "pick a drink")
def drinks(chat: Chat) -> None:
    chat.say("What would you like?", rows=["Coffee", "Tea", "Water"], menu="Drinks")


@bot.on("coffee", "tea", "water")
def order(chat: Chat) -> None:
    drink = chat.message.text.lower()
    late = {"customer_name": chat.contact.name, "order_number": drink, "order_state": "ready"}
    chat.say(
        f"One {drink}, with pleasure.",
        outside_window=Template(name="order_update", language="en", parameters=late),
    )


@bot.on("code")
def code(chat: Chat) -> None:
    chat.say(chat.link_code())


@bot.on("link")
def link(chat: Chat) -> None:
    was_right = chat.link(chat.ask("Which code?"))
    chat.say("You are linked." if was_right else "That code is wrong.")


@bot.on("count me")
def count(chat: Chat) -> None:
    """Raise TypeError when the visits are no number: tests put such data there."""
    chat.data["visits"] = chat.data.get("visits", 0) + 1
    chat.say(f"That makes {chat.data['visits']}.")


@bot.on(Document)
def keep(chat: Chat[Document]) -> None:
    file = chat.save(chat.message.content)
    chat.say(f"I keep {file.size} bytes.")
    chat.say(Document(file, filename="copy.pdf"))


@bot.otherwise
def lost(chat: Chat) -> None:
    chat.say("I did not get that.", buttons={"Start again": welcome})
