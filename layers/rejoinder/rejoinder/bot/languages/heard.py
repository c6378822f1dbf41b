"""What a language has to tell, so that its words are understood."""

from typing import NamedTuple


class Heard(NamedTuple):  # no dataclass: with so many fields, to make one takes more than a millisecond
    """The words of one language. Each field holds phrases, with a comma between two."""

    courtesy: str
    """Greetings and polite words. They are said around everything."""

    thanks: str
    """Words of thanks."""

    stop: str
    """What says that no more offers are wanted. Nothing here may be said for another reason."""

    start: str
    """What says, after that, that offers are wanted again."""

    denies: str
    """Words that say that something is not, or is not wanted."""

    turns: str
    """Words that make another wish of the same things: who cancels an appointment books none."""

    frames: str
    """What stands around a question, and when. It is no wish of its own."""

    wishes: str
    """What stands before a wish. The word behind it is the verb of the wish, or its thing."""

    yes: str
    """What means yes where the choices are yes and no."""

    no: str
    """What means no there."""

    ordinals: str
    """The places in a list. Words for the same place are joined by a stroke."""

    last: str
    """The last place in a list."""

    around: str
    """Articles, wishes and other words around an answer that do not change it."""

    numbers: str
    """The numbers from 0 on, one after the other. Words for the same number are joined by a stroke."""

    tens: str
    """20, 30, … 90."""

    alters: str
    """Words that make another number of the one beside them, or leave it open."""

    months: str
    """The months from January on. Words for the same month are joined by a stroke."""

    weekdays: str
    """The days from Monday on. Words for the same day are joined by a stroke."""

    days: str
    """Yesterday, today, tomorrow and the day after it. Words for the same day are joined by a stroke."""

    on: str
    """Words before a date that has a number or is a weekday."""

    towards: str
    """Words before any day."""

    this: str
    """Words before a weekday that name the one of this week."""

    next: str
    """Words before or behind a weekday that name the one of the next week."""

    dayparts: str
    """Words behind a day that name a part of it."""

    within: str
    """Words before a time from now on, such as `in` of `in 3 days`."""

    spans: str
    """Day and week, as they are counted. Words for the same span are joined by a stroke."""
