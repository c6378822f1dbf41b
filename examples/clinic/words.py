"""All texts of the clinic, in each of its languages. A button's title has at most 20 characters."""

LANGUAGES = {"English": "en", "Deutsch": "de"}

WORDS = {
    "en": {
        "menu": "What can we do for you?",
        "book": "New appointment",
        "mine": "My appointment",
        "language": "Language",
        "which doctor": "Whom would you like to see?",
        "which day": "Which day suits you? Please write it as 24.12.2031.",
        "another day": "We need a day from tomorrow on, Monday to Friday. Which one?",
        "full": "That day is full already. Let us look for another one.",
        "which time": "These times are free. Which one would you like?",
        "right": "{doctor} on {when:%A, %d %B %Y} at {when:%H:%M}. Shall I book it?",
        "yes": "Yes, please",
        "no": "No",
        "taken": "I am sorry, somebody was quicker. Let us look for another time.",
        "booked": "Booked: {doctor}, {when:%d %B} at {when:%H:%M}.",
        "reminding": "We shall remind you the day before.",
        "reminder": "A word about tomorrow: {doctor} expects you at {when:%H:%M}. Will you come?",
        "confirm": "Confirm",
        "change": "Change",
        "confirmed": "Thank you. See you at {when:%H:%M}!",
        "yours": "You will see {doctor} on {when:%A, %d %B %Y} at {when:%H:%M}.",
        "none": "You have no appointment with us.",
        "how": "{doctor}, {when:%d %B} at {when:%H:%M}: what would you like to do?",
        "move": "Another time",
        "cancel": "Cancel it",
        "keep": "Keep it",
        "cancelled": "Your appointment is cancelled. Thank you for telling us.",
        "given up": "Let us leave it there; nothing was changed. Do write again!",
    },
    "de": {
        "menu": "Was können wir für Sie tun?",
        "book": "Neuer Termin",
        "mine": "Mein Termin",
        "language": "Sprache",
        "which doctor": "Zu wem möchten Sie?",
        "which day": "Welcher Tag passt Ihnen? Bitte schreiben Sie ihn so: 24.12.2031.",
        "another day": "Wir brauchen einen Tag ab morgen, Montag bis Freitag. Welchen?",
        "full": "Dieser Tag ist schon voll. Suchen wir einen anderen.",
        "which time": "Diese Zeiten sind frei. Welche möchten Sie?",
        "right": "{doctor} am {when:%d.%m.%Y} um {when:%H:%M} Uhr. Soll ich den Termin eintragen?",
        "yes": "Ja, bitte",
        "no": "Nein",
        "taken": "Es tut mir leid, jemand war schneller. Suchen wir eine andere Zeit.",
        "booked": "Eingetragen: {doctor}, {when:%d.%m.} um {when:%H:%M} Uhr.",
        "reminding": "Am Tag davor erinnern wir Sie.",
        "reminder": "Morgen um {when:%H:%M} Uhr haben Sie einen Termin bei {doctor}. Kommen Sie?",
        "confirm": "Bestätigen",
        "change": "Ändern",
        "confirmed": "Danke. Bis um {when:%H:%M} Uhr!",
        "yours": "Ihr Termin bei {doctor}: {when:%d.%m.%Y} um {when:%H:%M} Uhr.",
        "none": "Sie haben keinen Termin bei uns.",
        "how": "{doctor}, {when:%d.%m.} um {when:%H:%M} Uhr: Was möchten Sie tun?",
        "move": "Andere Zeit",
        "cancel": "Absagen",
        "keep": "Behalten",
        "cancelled": "Ihr Termin ist abgesagt. Danke, dass Sie Bescheid sagen.",
        "given up": "Belassen wir es dabei; geändert ist nichts. Schreiben Sie gern wieder!",
    },
}


def every(key: str) -> list[str]:
    """Return a title in each language, so that a contact may also type it."""
    return [words[key] for words in WORDS.values()]
