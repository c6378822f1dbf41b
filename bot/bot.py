"""Your bot. Edit this file: `make chat` and `make run` take it up while they run."""

from datetime import timedelta

from rejoinder import Bot, Chat, NoAnswer, Template

bot = Bot()


@bot.start
@bot.on("hi", "hello", "menu", interrupts=True)
def welcome(chat: Chat) -> None:
    """The first message, and whenever somebody greets, even in the middle of a talk."""
    name = chat.contact.name or "there"
    chat.say(
        f"Hello {name}! What can I do for you?",
        buttons={"Book a table": book, "Opening hours": hours, "Pick a drink": drinks},
    )


@bot.on("hours", "opening hours")
def hours(chat: Chat) -> None:
    """Two texts, which travel as one message because each message costs money."""
    chat.say("We are open Monday to Friday, 9 to 17.")
    chat.say("On Saturdays until noon.")


REMIND_AFTER = {"Today": timedelta(hours=2), "Tomorrow": timedelta(days=1)}
PATIENCE = timedelta(hours=1)


@bot.on("book", "book a table")
def book(chat: Chat) -> None:
    """A talk: each `ask` waits for its answer, also over a restart."""
    day = chat.ask("Which day?", list(REMIND_AFTER), timeout=PATIENCE)
    people = chat.ask("For how many people?", int, retry="A number, please, such as 4.", timeout=PATIENCE)
    reference = chat.step(reserve, day, people)
    chat.later(REMIND_AFTER[day], remind, people=people)
    chat.say(f"Done: {day.lower()}, {people} people. Your reference is {reference}.")


def reserve(day: str, people: int) -> str:
    """What has an effect belongs in a step: here your own system would be asked for a table."""
    return f"{day[0]}{people}"


@bot.on()
def remind(chat: Chat) -> None:
    """A day after the contact last wrote, WhatsApp takes nothing but templates, so one stands ready."""
    chat.say(
        f"See you soon! Your table for {chat.given['people']} is waiting.",
        outside_window=Template(
            name="appointment_reminder",
            language="en",
            parameters=(chat.contact.name or "there", f"{chat.now:%A}"),
        ),
    )


@bot.on(NoAnswer)
def give_up(chat: Chat) -> None:
    """Three answers that do not fit, or none in time."""
    chat.say("I have not booked anything.", buttons={"Book a table": book})


@bot.on("drinks", "pick a drink")
def drinks(chat: Chat) -> None:
    """A list: up to ten rows."""
    chat.say("What would you like?", rows=["Coffee", "Tea", "Water"], menu="Drinks")


@bot.on("coffee", "tea", "water")
def order(chat: Chat) -> None:
    """A tap on a row comes back as its title."""
    drink = chat.message.text.lower()
    late = {"customer_name": chat.contact.name or "there", "order_number": drink, "order_state": "ready"}
    chat.say(
        f"One {drink}, with pleasure.",
        outside_window=Template(name="order_update", language="en", parameters=late),
    )


@bot.on("count me")
def count(chat: Chat) -> None:
    """`chat.data` is kept from message to message."""
    chat.data["visits"] = chat.data.get("visits", 0) + 1
    chat.say(f"That makes {chat.data['visits']}.")


@bot.otherwise
def lost(chat: Chat) -> None:
    """Everything else."""
    chat.say("I did not get that.", buttons={"Start again": welcome})
