"""A tea shop: it understands people's own words, looks up orders over HTTP, and asks for a photo."""

import os
import re
from datetime import timedelta

import requests
from rejoinder import Bot, Chat, Failed, Image, Intent, NoAnswer

SYSTEM = os.environ.get("SHOP_SYSTEM", "http://127.0.0.1:8099")
"""The address of the shop's own system. orders.py is a stand-in for it."""

SORRY = "I am sorry, I cannot reach our system right now. Please try again in a few minutes."
PATIENCE = timedelta(hours=12)
"""How long a question waits for its answer."""

NUMBER = {"number": "[0-9]{4}"}
"""The slot of an order's number."""

TEAS = {
    "Assam": "Assam: strong and malty, good with milk. 100 g for 8.50.",
    "Darjeeling": "Darjeeling: first flush, light and flowery. 100 g for 14.00.",
    "Sencha": "Sencha: green, as fresh as grass. 100 g for 11.00.",
    "Rooibos": "Rooibos: red and mild, without caffeine. 100 g for 6.00.",
}

bot = Bot()


@bot.otherwise
@bot.on("hi", "hello", "menu")
def menu(chat: Chat) -> None:
    rows = {
        "Where is my order?": order,
        "Send something back": send_back,
        "Our teas": teas,
        "Opening hours": hours,
        "Talk to a person": person,
    }
    chat.say("Welcome to the tea shop! What can I do for you?", rows=rows, menu="See what I can do")


@bot.on("order", Intent(name="order", examples=["where is my order 1001", "has it been sent"], slots=NUMBER))
def order(chat: Chat) -> None:
    chat.say(chat.step(look_up, number_of(chat)), buttons={"Talk to a person": person})


def look_up(number: str) -> str:
    """Return what to say about an order. This is a step; an error of the other system is an answer too."""
    try:
        answer = requests.get(f"{SYSTEM}/orders/{number}", timeout=3)
        if answer.status_code == requests.codes.not_found:
            return f"I cannot find an order {number}. Is it the number in our letter to you?"
        answer.raise_for_status()
        return f"Your order {number} is {answer.json()['state']}."
    except requests.RequestException:
        return SORRY


SEND_BACK = Intent(
    name="send_back",
    examples=["I would like to send my order 1001 back", "return my tea", "my tea is damaged", "refund"],
    slots=NUMBER,
)


@bot.on("return", SEND_BACK)
def send_back(chat: Chat) -> None:
    """Ask for number, reason and photo, and pass the return on to the shop's people."""
    number = number_of(chat)
    reasons = ["It is damaged", "Not what I ordered", "I do not like it"]
    reason = chat.ask("I am sorry to hear that. What is wrong with it?", reasons, timeout=PATIENCE)
    try:
        photo = chat.ask("Please send me a photo.", Image, retry="I need a photo.", timeout=PATIENCE)
    except NoAnswer:
        chat.say("Without a photo I cannot go on. Write “return” when you have one.")
        return
    done = chat.step(pass_on, f"return of {number}: {reason}, photo {photo.media_id}")
    chat.say("Thank you. You will hear from us within a day." if done else SORRY)


def pass_on(task: str, *, idempotency_key: str = "") -> bool:
    """Put a task on the list of the shop's people. This is a step; the same key means the same task."""
    try:
        headers = {"Idempotency-Key": idempotency_key}
        requests.post(f"{SYSTEM}/tasks", json=task, headers=headers, timeout=3).raise_for_status()
    except requests.RequestException:
        return False
    return True


@bot.on("teas", Intent(name="teas", examples=["which teas do you have", "what kinds of tea can I buy"]))
def teas(chat: Chat) -> None:
    """Describe a tea. More than three choices are shown as a list, and each one leads to its value."""
    chat.say(chat.ask("Which one shall I tell you about?", TEAS, timeout=PATIENCE))


@bot.on("hours", Intent(name="hours", examples=["when are you open", "what are your opening hours"]))
def hours(chat: Chat) -> None:
    chat.say("We are open Monday to Saturday, 10 to 18.")


@bot.on("person", Intent(name="person", examples=["talk to a person", "can somebody call me please"]))
def person(chat: Chat) -> None:
    about = chat.ask("One of us will call you. What is it about?", timeout=PATIENCE)
    done = chat.step(pass_on, f"call {caller(chat)}: {about}")
    chat.say("Thank you. We will call you today." if done else SORRY)


@bot.on(Failed)
def undelivered(chat: Chat) -> None:
    """Tell a person that a message could not be delivered: another message would not arrive either."""
    chat.step(pass_on, f"does not get our messages: {caller(chat)}")


def caller(chat: Chat) -> str:
    return f"{chat.message.contact.name} {chat.contact.phone or chat.contact.id}".strip()


def number_of(chat: Chat) -> str:
    """Return the number that came with the wish, or ask for it."""
    if "number" in chat.given:
        return str(chat.given["number"])
    asked = "What is the number of your order? It has four digits."
    return chat.ask(asked, four_digits, retry="Four digits, please, such as 1001.", timeout=PATIENCE)


def four_digits(words: str) -> str:
    """Return the number in an answer. On a ValueError the question is asked again."""
    found = re.search(r"\b[0-9]{4}\b", words)
    if found is None:
        raise ValueError
    return found[0]
