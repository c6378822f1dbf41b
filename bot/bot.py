"""Your bot. Edit this file: `rejoinder chat` and `rejoinder run` use each edit while they run."""

from datetime import timedelta

from rejoinder import Bot, Chat, Document, Image, NoAnswer, templates

bot = Bot()


@bot.start
@bot.on("hi", "hello", "menu", interrupts=True)
def welcome(chat: Chat) -> None:
    """Answer the first message and every greeting, even in the middle of a talk."""
    name = chat.contact.name
    chat.say(
        f"Hello {name}! What can I do for you?",
        buttons={"Book a table": book, "Opening hours": hours, "Pick a drink": drinks},
    )


@bot.on("hours", "opening hours")
def hours(chat: Chat) -> None:
    """Say two texts. They travel as one message, because each message costs money."""
    chat.say("We are open Monday to Friday, 9 to 17.")
    chat.say("On Saturdays until noon.")


REMIND_AFTER = {"Today": timedelta(hours=2), "Tomorrow": timedelta(days=1)}
"""How long after a booking the reminder comes, by the day of the booking."""

PATIENCE = timedelta(hours=1)
"""How long a question waits for its answer."""


@bot.on("book", "book a table")
def book(chat: Chat) -> None:
    """Book a table in a talk. Each `ask` waits for its answer, even if the machine stops meanwhile."""
    day = chat.ask("Which day?", list(REMIND_AFTER), timeout=PATIENCE)
    people = chat.ask("For how many people?", int, retry="A number, please, such as 4.", timeout=PATIENCE)
    reference = chat.step(reserve, day, people)
    chat.later(REMIND_AFTER[day], remind, people=people)
    chat.say(f"Done: {day.lower()}, {people} people. Your reference is {reference}.")


def reserve(day: str, people: int) -> str:
    """Reserve the table. Your own system would do this; an effect like that belongs in a step."""
    return f"{day[0]}{people}"


@bot.on()
def remind(chat: Chat) -> None:
    """Remind the contact. A day after they last wrote, WhatsApp accepts only templates, so there is one:
    templates/appointment_reminder.yaml.
    """
    chat.say(
        f"See you soon! Your table for {chat.given['people']} is waiting.",
        outside_window=templates.appointment_reminder(
            chat.contact.name, f"{chat.now:%A}", buttons={"Confirm": confirm, "Change": book}
        ),
    )


@bot.on()
def confirm(chat: Chat) -> None:
    """Answer a tap on the button of the template, which leads here."""
    chat.say("Thank you. See you then!")


@bot.on(NoAnswer)
def give_up(chat: Chat) -> None:
    """Give up a talk after three answers that do not fit, or when no answer comes in time."""
    chat.say("I have not booked anything.", buttons={"Book a table": book})


@bot.on("drinks", "pick a drink")
def drinks(chat: Chat) -> None:
    """Show a list. It may have up to ten rows."""
    chat.say("What would you like?", rows=["Coffee", "Tea", "Water"], menu="Drinks")


@bot.on("coffee", "tea", "water")
def order(chat: Chat) -> None:
    """Answer a tap on a row, which comes back as the title of the row."""
    drink = chat.message.text.lower()
    late = templates.order_update(customer_name=chat.contact.name, order_number=drink, order_state="ready")
    chat.say(f"One {drink}, with pleasure.", outside_window=late)


@bot.on("food", "what do you cook")
def food(chat: Chat) -> None:
    """Send files of this folder: a picture with words under it, and a PDF."""
    chat.say(Image("files/menu.png", caption="This is what we cook today."))
    chat.say(Document("files/menu.pdf"))


@bot.on(Image, Document)
def receive(chat: Chat[Image | Document]) -> None:
    """Keep a file that the contact sent, in the stack's own bucket."""
    file = chat.save(chat.message.content)
    chat.say(f"Thank you. I keep {file.name}, {file.size:,} bytes.")


@bot.on("count me")
def count(chat: Chat) -> None:
    """Count in `chat.data`, which is kept from message to message."""
    chat.data["visits"] = chat.data.get("visits", 0) + 1
    chat.say(f"That makes {chat.data['visits']}.")


@bot.otherwise
def lost(chat: Chat) -> None:
    """Answer everything that no other handler understands."""
    chat.say("I did not get that.", buttons={"Start again": welcome})
