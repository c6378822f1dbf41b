"""Your bot. Edit this file: `make chat` and `make run` take it up while they run."""

from rejoinder import Bot, Chat, Template

bot = Bot()


@bot.start
@bot.on("hi", "hello", "menu")
def welcome(chat: Chat) -> None:
    """The first message, and whenever somebody greets."""
    name = chat.contact.name or "there"
    chat.say(
        f"Hello {name}! What can I do for you?",
        buttons={"Opening hours": hours, "Pick a drink": drinks, "Count me": count},
    )


@bot.on("hours", "opening hours")
def hours(chat: Chat) -> None:
    """Two texts, which travel as one message because each message costs money."""
    chat.say("We are open Monday to Friday, 9 to 17.")
    chat.say("On Saturdays until noon.")


@bot.on("drinks", "pick a drink")
def drinks(chat: Chat) -> None:
    """A list: up to ten rows."""
    chat.say("What would you like?", rows=["Coffee", "Tea", "Water"], menu="Drinks")


@bot.on("coffee", "tea", "water")
def order(chat: Chat) -> None:
    """A tap on a row comes back as its title. The template goes out if the answer is more than a day late."""
    drink = chat.message.text.lower()
    late = {"customer_name": chat.contact.name or "there", "order_number": drink, "order_state": "ready"}
    chat.say(
        f"One {drink}, with pleasure.",
        outside_window=Template(name="order_update", language="en", parameters=late),
    )


@bot.on("book", "book a table")
def book(chat: Chat) -> None:
    """A talk: each `ask` waits for an answer, minutes or days, also over a restart."""
    day = chat.ask("Which day?", ["Today", "Tomorrow"])
    people = chat.ask("For how many people?", int, retry="A number, please, such as 4.")
    reference = chat.step(reserve, day, people)
    chat.say(f"Done: {day.lower()}, {people} people. Your reference is {reference}.")


def reserve(day: str, people: int) -> str:
    """What has an effect belongs in a step: here your own system would be asked for a table."""
    return f"{day[0]}{people}"


@bot.on("count me")
def count(chat: Chat) -> None:
    """`chat.data` is kept from message to message."""
    chat.data["visits"] = chat.data.get("visits", 0) + 1
    chat.say(f"That makes {chat.data['visits']}.")


@bot.otherwise
def lost(chat: Chat) -> None:
    """Everything else."""
    chat.say("I did not get that.", buttons={"Start again": welcome})
