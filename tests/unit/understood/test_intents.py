"""What people want is understood, and what they do not want is not. The list is in intents.txt."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rejoinder import Intent
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.router import MIN_CONFIDENCE

INTENTS = (
    Intent(
        name="order_status",
        examples=[
            *(
                "where is my order 1234",
                "when does my parcel arrive",
                "track my order",
                "has my order been shipped",
            ),
            *("what is the status of my order", "wo ist meine Bestellung 1234", "wann kommt mein Paket an"),
            *("wo bleibt meine Lieferung", "dónde está mi pedido 1234", "cuándo llega mi paquete"),
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="cancel_order",
        examples=[
            *("cancel my order 1234", "I want to cancel my order", "cancel it", "can I cancel an order"),
            *("ich möchte meine Bestellung stornieren", "Bestellung 1234 stornieren", "ich will stornieren"),
            *("cancelar mi pedido 1234", "quiero cancelar el pedido"),
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="book_table",
        examples=[
            *(
                "book a table",
                "reserve a table for tonight",
                "I want to make a reservation",
                "do you have a free table",
            ),
            *("einen Tisch reservieren", "einen Tisch für 4 Personen", "habt ihr heute einen Tisch frei"),
            *("reservar una mesa para 4", "quiero hacer una reserva", "tienen una mesa para hoy"),
        ],
        slots={"people": "[0-9]{1,2}"},
    ),
    Intent(
        name="opening_hours",
        examples=[
            *(
                "when are you open",
                "what are your opening hours",
                "are you open on sunday",
                "what time do you close",
            ),
            *(
                "wann habt ihr geöffnet",
                "wie sind eure Öffnungszeiten",
                "habt ihr am Sonntag offen",
                "wann macht ihr zu",
            ),
            *("cuál es el horario", "a qué hora abren", "a qué hora cierran", "están abiertos el domingo"),
        ],
    ),
    Intent(
        name="refund",
        examples=[
            *(
                "I want my money back",
                "refund my order 1234",
                "I would like a refund",
                "how do I return an item",
            ),
            *("ich möchte mein Geld zurück", "wie kann ich etwas zurückgeben", "einen Artikel zurückgeben"),
            *("quiero mi dinero de vuelta", "quiero un reembolso", "devolver un artículo", "una devolución"),
        ],
        slots={"order": "[0-9]{4,}"},
    ),
    Intent(
        name="person",
        examples=[
            *("talk to a person", "I want to speak to a human", "can I talk to somebody", "call me please"),
            *(
                "ich möchte mit einem Menschen sprechen",
                "mit einem Mitarbeiter reden",
                "bitte rufen Sie mich an",
            ),
            *("quiero hablar con una persona", "hablar con alguien", "llámenme por favor"),
        ],
    ),
)

NONE = "-"


def _phrases() -> list[tuple[str, str]]:
    text = (Path(__file__).parent / "intents.txt").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if not line.startswith("#")]
    return [(meant, words) for meant, words in rows]


PHRASES = _phrases()
HALVES = pytest.mark.parametrize(
    ("half", "recall", "precision"),
    [(PHRASES[::2], 0.92, 1.0), (PHRASES[1::2], 0.87, 0.96)],
    ids=["tuned", "held out"],
)


def taken(words: str) -> str:
    """Return the intent that a bot would take `words` for; NONE when it would ask again."""
    understood = FuzzyUnderstanding().understand(words, INTENTS)
    return understood.intent if understood and understood.confidence >= MIN_CONFIDENCE else NONE


def test_the_list_has_two_hundred_phrases_for_six_intents_and_for_none() -> None:
    assert len({words for _, words in PHRASES}) == len(PHRASES) >= 200
    assert {meant for meant, _ in PHRASES} == {NONE, *(intent.name for intent in INTENTS)}


@HALVES
def test_what_people_want_is_mostly_found(
    half: Sequence[tuple[str, str]], recall: float, precision: float
) -> None:
    wanted = [(meant, words) for meant, words in half if meant != NONE]
    found = [words for meant, words in wanted if taken(words) == meant]
    assert len(found) / len(wanted) >= recall


@HALVES
def test_almost_nothing_is_taken_for_what_it_is_not(
    half: Sequence[tuple[str, str]], recall: float, precision: float
) -> None:
    takes = [(words, taken(words), meant) for meant, words in half if taken(words) != NONE]
    assert sum(took == meant for _, took, meant in takes) / len(takes) >= precision


CANCEL = Intent(name="cancel", examples=["cancel my order", "I want to cancel"])
BOOK = Intent(name="book", examples=["book an appointment", "I need an appointment", "make an appointment"])
STUCK = Intent(name="stuck", examples=["my order did not arrive", "I have not got my parcel"])


def score(words: str, intent: Intent) -> float:
    return FuzzyUnderstanding().scores(words, [intent])[intent.name]


@pytest.mark.parametrize(
    "words",
    [
        *("do not cancel my order", "don't cancel my order please", "I never wanted to cancel my order"),
        *("I don’t want to cancel", "dont cancel", "no need to cancel my order", "stop cancelling my order"),
        *("I'm not cancelling my order", "please do not cancel it"),
    ],
)
def test_who_denies_a_wish_does_not_have_it(words: str) -> None:
    assert score(words, CANCEL) < MIN_CONFIDENCE


@pytest.mark.parametrize(
    "words",
    [
        *(
            "cancel my appointment",
            "please cancel my appointment",
            "cancell my appointment",
            "appointment cancel",
        ),
        *(
            "I'd like to cancel my appointment",
            "move my appointment",
            "drop my appointment",
            "when is my appointment",
        ),
        *(
            "call off my appointment",
            "forget my appointment",
            "I missed my appointment",
            "I cannot make my appointment",
        ),
    ],
)
def test_another_verb_is_another_wish_even_when_no_intent_has_it(words: str) -> None:
    assert score(words, BOOK) < MIN_CONFIDENCE


def test_a_negation_that_the_examples_have_is_no_denial() -> None:
    assert score("my order has not arrived", STUCK) >= MIN_CONFIDENCE
    assert score("my order did arrive", STUCK) < MIN_CONFIDENCE
    assert score("cancel my order", CANCEL) == 1
    assert score("book an appointment please", BOOK) == 1


@pytest.mark.parametrize(
    ("example", "denied"),
    [
        ("meine Bestellung stornieren", "meine Bestellung nicht stornieren"),
        ("cancelar mi pedido", "no cancelar mi pedido"),
        ("annuler ma commande", "ne pas annuler ma commande"),
        ("annullare il mio ordine", "non annullare il mio ordine"),
        ("cancelar o meu pedido", "não cancelar o meu pedido"),
    ],
)
def test_a_wish_is_denied_in_each_language(example: str, denied: str) -> None:
    intent = Intent(name="cancel", examples=[example])
    assert score(example, intent) == 1
    assert score(denied, intent) < MIN_CONFIDENCE
